"""Scopes, states and accountings."""

from __future__ import annotations

import pickle

import pytest
from hypothesis.vendor.pretty import pretty

from sla_compliance.errors import InvalidTypeError, InvalidValueError
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


def test_the_repr_says_what_differs_from_removed() -> None:
    """And nothing else; printers of notebooks and of Hypothesis write the same."""
    unknown_as_up = {(Scope.AGREED, State.UNKNOWN): Counts.UP}
    custom = Accounting({**unknown_as_up, (Scope.AGREED, State.DOWN): Counts.DOWN})
    assert repr(custom) == pretty(custom) == f"Accounting({unknown_as_up!r})"
    assert pretty(Accounting.GROSS) == "Accounting.GROSS"


def test_the_dictionary_names_every_counted_cell() -> None:
    """Plain text that JSON can hold, in the order of the cells."""
    counts = Accounting({(Scope.MAINTENANCE, State.UP): Counts.UP, (Scope.AGREED, State.UP): Counts.NOT_COUNTED})
    expected = {
        "MAINTENANCE/UP": "UP",
        "AGREED/DOWN": "DOWN",
        "AGREED/EXCUSED_MAINTENANCE": "UP",
        "AGREED/EXCUSED_OTHER": "UP",
    }
    assert list(counts.as_dict().items()) == list(expected.items())
    assert {type(text) for text in counts.as_dict().values()} == {str}


NO_MAPPINGS_OF_CELLS: list[tuple[object, str]] = [
    (None, "is None; give a mapping"),
    ([((Scope.AGREED, State.UP), Counts.UP)], "is a value of type list; give a mapping"),
    ({("AGREED", "UNKNOWN"): Counts.UP}, "has the key a value of type tuple; keys are pairs"),
    ({(Scope.AGREED, "UNKNOWN"): Counts.UP}, "has the key a value of type tuple"),
    ({(State.UNKNOWN, Scope.AGREED): Counts.UP}, "has the key a value of type tuple"),
    ({State.UNKNOWN: Counts.UP}, "has the key 'UNKNOWN'; keys are pairs"),
    ({(Scope.AGREED, State.UNKNOWN): "UP"}, "has the value 'UP'; give Counts.UP"),
]


@pytest.mark.parametrize(("counts", "message"), NO_MAPPINGS_OF_CELLS)
def test_what_maps_no_cells_to_counts_is_refused(counts: object, message: str) -> None:
    """Texts that spell members are no members."""
    with pytest.raises(InvalidTypeError) as caught:
        Accounting(counts)  # type: ignore[arg-type]
    assert str(caught.value).startswith(f"accounting {message}")
    assert caught.value.field == "accounting"


@pytest.mark.parametrize("count", [Counts.UP, Counts.DOWN])
def test_time_that_has_not_come_counts_as_nothing(count: Counts) -> None:
    """It may only be named as what it is."""
    with pytest.raises(InvalidValueError, match=r"^accounting counts State\.NOT_YET") as caught:
        Accounting({(Scope.AGREED, State.NOT_YET): count})
    assert caught.value.field == "accounting"
    assert Accounting({(Scope.AGREED, State.NOT_YET): Counts.NOT_COUNTED}) == Accounting.REMOVED


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
