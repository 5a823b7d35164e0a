"""Scopes, states and accountings."""

from __future__ import annotations

import pickle

import pytest

from sla_compliance.labels import CELLS, NAMED_ACCOUNTINGS, Accounting, Counts, Scope, State


def _cells(scope: Scope, excused_maintenance: str, excused_other: str) -> dict[tuple[Scope, State], str]:
    return {
        (scope, State.UP): "UP",
        (scope, State.DOWN): "DOWN",
        (scope, State.EXCUSED_MAINTENANCE): excused_maintenance,
        (scope, State.EXCUSED_OTHER): excused_other,
    }


COUNTED: dict[str, dict[tuple[Scope, State], str]] = {
    "REMOVED": _cells(Scope.AGREED, "UP", "UP"),
    "PLANNED_DOWNTIME_REMOVED": {(Scope.MAINTENANCE, State.UP): "UP"},
    "EXCUSED": dict.fromkeys(
        ((Scope.MAINTENANCE, state) for state in State if state not in (State.NOT_YET, State.UNKNOWN)), "UP"
    ),
    "COUNTED": {**_cells(Scope.AGREED, "DOWN", "UP"), **_cells(Scope.MAINTENANCE, "DOWN", "UP")},
    "GROSS": {
        **_cells(Scope.AGREED, "DOWN", "DOWN"),
        **_cells(Scope.MAINTENANCE, "DOWN", "DOWN"),
        **_cells(Scope.EXCLUDED, "DOWN", "DOWN"),
    },
}


@pytest.mark.parametrize("name", NAMED_ACCOUNTINGS)
def test_a_named_accounting_counts_exactly_these_cells(name: str) -> None:
    """Agreed time as it was, in all of them; nothing else but what the name says."""
    accounting = getattr(Accounting, name)
    expected = {**dict.fromkeys(CELLS, "NOT_COUNTED"), **COUNTED["REMOVED"], **COUNTED[name]}
    assert {cell: accounting.counts(*cell) for cell in CELLS} == expected
    assert accounting.name == name
    assert repr(accounting) == f"Accounting.{name}"


def test_anyone_may_count_otherwise() -> None:
    """What the mapping does not name stays as in REMOVED."""
    custom = Accounting({(Scope.AGREED, State.UNKNOWN): Counts.UP})
    assert custom.counts(Scope.AGREED, State.UNKNOWN) is Counts.UP
    assert custom.counts(Scope.AGREED, State.DOWN) is Counts.DOWN
    assert custom.name == "CUSTOM"
    assert "UNKNOWN" in repr(custom)


def test_a_mapping_may_take_agreed_time_out() -> None:
    """And equal mappings are equal accountings, whatever their order."""
    nothing = {(Scope.AGREED, state): Counts.NOT_COUNTED for state in State}
    assert Accounting(nothing).up_cells == Accounting(nothing).down_cells == ()
    assert Accounting(nothing) == Accounting(dict(reversed(nothing.items())))


def test_accountings_are_values() -> None:
    """Hashable and picklable."""
    copy = pickle.loads(pickle.dumps(Accounting.GROSS))  # noqa: S301 - our own bytes
    assert copy == Accounting.GROSS
    assert hash(copy) == hash(Accounting.GROSS)


def test_the_order_of_labels_is_the_order_of_precedence() -> None:
    """The first that applies wins."""
    assert [*Scope] == ["NOT_IN_SERVICE", "OUT_OF_HOURS", "MAINTENANCE", "EXCLUDED", "AGREED"]
    assert [*State] == ["NOT_YET", "DOWN", "EXCUSED_MAINTENANCE", "EXCUSED_OTHER", "UNKNOWN", "UP"]
