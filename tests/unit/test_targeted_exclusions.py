"""Targeted exclusions: whose outages they excuse, and that the evidence stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

import sla_compliance as sla
from sla_compliance.intervals import NEVER
from sla_compliance.labels import NAMED_ACCOUNTINGS
from sla_compliance.targeting import AcceptedWindow, TargetedExclusion, matches_of
from tests.unit.moments import HOUR_US, at, report_of, us

WORK = {"resource_id": "r1"}


def cells(report: sla.ComplianceReport) -> dict[str, float]:
    """Return the states of agreed time that hold anything, in hours."""
    segments = report.total.segments
    return {str(state): length / HOUR_US for (scope, state), length in segments.items() if length and scope == "AGREED"}


def work(start: int, end: int, applies_to: Any = WORK, **facts: Any) -> sla.MaintenanceWindow:
    """Return maintenance by hours of 8 October."""
    return sla.MaintenanceWindow(at(8, start), at(8, end), applies_to=applies_to, **facts)


def other(start: int, end: int, applies_to: Any = WORK, **facts: Any) -> sla.Exclusion:
    """Return another exclusion by hours of 8 October."""
    return sla.Exclusion(at(8, start), at(8, end), reason="theft", applies_to=applies_to, **facts)


def alarm(start: int, end: int, resource: str | None = "r1", **fields: Any) -> sla.Alarm:
    """Return an alarm by hours of 8 October."""
    return sla.Alarm(at(8, start), at(8, end), resource_id=resource, **fields)


def test_an_instant_is_excused_where_every_active_alarm_is() -> None:
    """Work on one device takes no time from the others, and excuses nothing of theirs."""
    alarms = [alarm(9, 13), alarm(11, 12, "r2")]
    report = report_of(alarms, at(8), at(9), maintenance=[work(10, 14)])
    assert cells(report) == {"DOWN": 2, "EXCUSED_MAINTENANCE": 2, "UP": 20}


def test_several_windows_may_excuse_one_instant_together() -> None:
    """Each alarm by its own; maintenance where a maintenance window excuses one of them."""
    alarms = [alarm(9, 12), alarm(10, 13, "r2")]
    excuses: dict[str, Any] = {
        "maintenance": [work(9, 13, {"resource_id": ["r2"]})],
        "exclusions": [other(9, 13)],
    }
    report = report_of(alarms, at(8), at(9), **excuses)
    assert cells(report) == {"EXCUSED_OTHER": 1, "EXCUSED_MAINTENANCE": 3, "UP": 20}


@pytest.mark.parametrize(
    ("name", "hours_down"),
    [("REMOVED", 1), ("PLANNED_DOWNTIME_REMOVED", 1), ("EXCUSED", 1), ("COUNTED", 2), ("GROSS", 3)],
)
def test_excused_outages_count_as_the_accounting_says(name: str, hours_down: int) -> None:
    """COUNTED sees what maintenance excuses, GROSS everything; the others see neither."""
    alarms = [alarm(9, 10), alarm(11, 12, "r2"), alarm(13, 14, "r3")]
    windows: dict[str, Any] = {"maintenance": [work(9, 10)], "exclusions": [other(11, 12, {"resource_id": "r2"})]}
    total = report_of(alarms, at(8), at(9), **windows).total.counted_as(getattr(sla.Accounting, name))
    assert total.downtime_us == hours_down * HOUR_US
    assert total.observed_us == 24 * HOUR_US


def test_everybodys_windows_set_the_scope_of_excused_time_too() -> None:
    """State and scope are told apart: an excused instant in everybody's maintenance."""
    report = report_of([alarm(9, 11)], at(8), at(9), maintenance=[work(9, 11), (at(8, 10), at(8, 12))])
    assert report.total.segments[sla.Scope.MAINTENANCE, sla.State.EXCUSED_MAINTENANCE] == HOUR_US
    assert report.total.segments[sla.Scope.MAINTENANCE, sla.State.UP] == HOUR_US
    assert report.total.segments[sla.Scope.AGREED, sla.State.EXCUSED_MAINTENANCE] == HOUR_US


@pytest.mark.parametrize(
    ("second", "second_excluded", "expected"),
    [
        ("r1", None, {"EXCUSED_MAINTENANCE": 3}),
        ("r2", None, {"EXCUSED_MAINTENANCE": 1, "DOWN": 2}),
        ("r2", "exclusions", {"EXCUSED_MAINTENANCE": 2, "EXCUSED_OTHER": 1}),
        ("r2", "maintenance", {"EXCUSED_MAINTENANCE": 3}),
    ],
    ids=["both sides excused", "one side not", "the other side otherwise", "the other side by other work"],
)
def test_a_bridged_gap_is_excused_where_both_its_sides_are(
    second: str, second_excluded: str | None, expected: dict[str, float]
) -> None:
    """By maintenance where either side is."""
    policy = sla.SLAPolicy(merge_gap=timedelta(hours=2))
    windows: dict[str, Any] = {"maintenance": [work(8, 13)], "exclusions": []}
    if second_excluded == "exclusions":
        windows["exclusions"] = [other(11, 12, {"resource_id": "r2"})]
    elif second_excluded == "maintenance":
        windows["maintenance"] = [work(8, 13), work(11, 12, {"resource_id": "r2"})]
    report = report_of([alarm(9, 10), alarm(11, 12, second)], at(8), at(9), policy=policy, **windows)
    assert cells(report) == {**expected, "UP": 21}


def test_damping_comes_first_on_whole_outages() -> None:
    """What is excused of an outage makes it no shorter, and one that is too short stays dropped."""
    policy = sla.SLAPolicy(min_outage=timedelta(hours=3))
    long = report_of([alarm(9, 12)], at(8), at(9), policy=policy, maintenance=[work(9, 11)])
    assert cells(long) == {"EXCUSED_MAINTENANCE": 2, "DOWN": 1, "UP": 21}
    short = report_of([alarm(9, 11)], at(8), at(9), policy=policy, maintenance=[work(9, 10)])
    assert cells(short) == {"UP": 24}


KEYS: dict[str, tuple[Any, list[dict[str, Any]]]] = {
    "any match of any column": (
        {"customer_id": "c1", "resource_id": ["r2", "r9"]},
        [{"customer_id": "c1"}, {"resource_id": "r2"}],
    ),
    "numbers as text": ({"resource_id": 17}, [{"resource_id": "17"}, {"resource_id": 17}]),
    "UUIDs as text": ({"id": UUID(int=5)}, [{"id": str(UUID(int=5))}, {"id": UUID(int=5)}]),
    "several columns together": (
        {("resource_type", "resource_id"): {("olt", "17"), ("ont", "4")}},
        [{"resource_type": "olt", "resource_id": "17"}, {"resource_type": "ont", "resource_id": 4}],
    ),
    "together or alone": (
        {("resource_type", "resource_id"): [("olt", 17)], "customer_id": ["c1"]},
        [{"resource_type": "olt", "resource_id": "17"}, {"customer_id": "c1", "resource_type": "ont"}],
    ),
}
STRANGERS: list[dict[str, Any]] = [
    {"resource_id": "r1", "customer_id": "c2"},
    {"resource_type": "ont", "resource_id": "18", "id": 6},
    {"resource_type": "olt", "resource_id": None},
    {},
]


@pytest.mark.parametrize("name", KEYS)
def test_a_window_matches_by_column_and_value(name: str) -> None:
    """Values are compared as text; a row without a value matches nothing."""
    applies_to, matching = KEYS[name]
    alarms = [sla.Alarm(at(8), at(9), **fields) for fields in (*matching, *STRANGERS)]
    report = report_of(alarms, at(8), at(9), maintenance=[work(0, 1, applies_to)])
    matches = matches_of(report.batch, report.rule.targeted)
    assert [bool(indices) for indices in matches] == [True] * len(matching) + [False] * len(STRANGERS)


def test_a_column_that_the_rows_do_not_carry_matches_nothing() -> None:
    """Alone, or beside one that they carry."""
    batch = sla.AlarmBatch.from_columns(starts_us=[us(at(8))], ends_us=[us(at(8, 1))], resource_ids=["r1"])
    windows = [work(0, 1, {"circuit": "c1"}), work(0, 1, {("circuit", "resource_id"): [("c1", "r1")]})]
    report = report_of(batch, at(8), at(9), maintenance=windows)
    assert cells(report) == {"DOWN": 1, "UP": 23}
    assert len(report.quality.unmatched_exclusions) == 2


def targeted(*windows: Any) -> tuple[TargetedExclusion, ...]:
    """Return windows as the targeted exclusions of a contract."""
    return report_of([], at(8), at(9), maintenance=windows).rule.targeted


def test_every_window_that_names_an_alarm_matches_it() -> None:
    """By the same column, by another one, and as its parent's child."""
    windows = [
        work(0, 1),
        work(1, 2, {"customer_id": "c1"}),
        work(2, 3),
        work(3, 4, {"resource_id": "parent"}, with_children=True),
        work(4, 5, {"customer_id": "c1"}, with_children=True),
    ]
    rows = [
        alarm(0, 9, "parent", id=1, customer_id="c1"),
        alarm(0, 9, "r1", id=2, parent_alarm_id="1"),
        alarm(0, 9, "r1", id=3, customer_id="c1"),
        alarm(0, 9, "r3", id=4),
    ]
    matches = matches_of(sla.AlarmBatch.from_alarms(rows), targeted(*windows))
    assert [set(indices) for indices in matches] == [{1, 3, 4}, {0, 2, 3, 4}, {0, 1, 2, 4}, set()]


def test_a_window_can_match_rows_that_carry_its_columns() -> None:
    """All those of one of its targets are enough."""
    (window,) = targeted(work(0, 1, {"circuit": "c1", ("resource_id", "site"): [("r1", "s")]}))
    for columns, can_match in (
        ({"circuit"}, True),
        ({"resource_id", "site"}, True),
        ({"resource_id"}, False),
        ({"site"}, False),
        (set(), False),
    ):
        row = {"first_occurrence": at(8), **dict.fromkeys(columns, "x")}
        assert window.can_match(sla.alarms_from_rows([row])) is can_match
    columns_alone = sla.AlarmBatch.from_columns(starts_us=[0], ends_us=[1], resource_ids=["r1"])
    assert targeted(work(0, 1))[0].can_match(columns_alone)
    assert window.keys_of("circuit") == {"c1"}
    assert window.keys_of("resource_id") == set()


def test_a_window_for_everybody_names_no_alarms() -> None:
    """What is known of it besides stays."""
    known: dict[str, Any] = {"name": "w", "kind": "emergency", "reason": "leak", "author": "ann", "times": NEVER}
    window = AcceptedWindow(**known, targets=((("id",), (("1",),)),), with_children=True, place=0)
    assert window.for_everybody() == AcceptedWindow(**known)
    bare = AcceptedWindow(name="w", kind="exclusion", times=NEVER)
    assert (bare.reason, bare.author, bare.targets, bare.with_children, bare.place) == ("", "", None, False, None)
    assert (window.is_maintenance, bare.is_maintenance) == (True, False)


def tree(**fields: Any) -> list[sla.Alarm]:
    """Return a parent, its child, its grandchild and a stranger, an hour each."""
    return [
        alarm(0, 1, "olt", id="parent", alarm_id="los:olt", **fields),
        alarm(2, 3, "port", id="child", parent_alarm_id="parent"),
        alarm(4, 5, "ont", id="grandchild", parent_alarm_id="child"),
        alarm(6, 7, "other", id="stranger", parent_alarm_id="nobody"),
    ]


@pytest.mark.parametrize(("with_children", "excused"), [(False, 1), (True, 3)])
def test_with_children_alarms_below_a_match_match_at_any_depth(with_children: bool, excused: int) -> None:
    """Each where the window lies, not where its parent's alarm does."""
    window = work(0, 8, {"resource_id": "olt"}, with_children=with_children)
    assert cells(report_of(tree(), at(8), at(9), maintenance=[window]))["EXCUSED_MAINTENANCE"] == excused
    early = work(0, 3, {"resource_id": "olt"}, with_children=with_children)
    assert cells(report_of(tree(), at(8), at(9), maintenance=[early]))["EXCUSED_MAINTENANCE"] == min(excused, 2)


def test_a_parent_is_looked_up_among_all_rows() -> None:
    """Of whatever severity; whatever the order of rows."""
    window = work(0, 8, {"resource_id": "olt"}, with_children=True)
    for rows in (tree(severity="info"), tree(severity="info")[::-1]):
        assert cells(report_of(rows, at(8), at(9), maintenance=[window]))["EXCUSED_MAINTENANCE"] == 2


def test_a_parent_s_key_is_an_id_else_an_alarm_id() -> None:
    """Where a row has it as its id, others with that alarm_id are no parents; numbers are text."""
    window = work(0, 8, {"resource_id": "olt"}, with_children=True)
    by_alarm_id = [alarm(0, 1, "olt", id=1, alarm_id="7"), alarm(2, 3, "port", id=2, parent_alarm_id="7")]
    assert cells(report_of(by_alarm_id, at(8), at(9), maintenance=[window]))["EXCUSED_MAINTENANCE"] == 2
    by_id = [*by_alarm_id, alarm(4, 5, "elsewhere", id=7)]
    assert cells(report_of(by_id, at(8), at(9), maintenance=[window])) == {
        "EXCUSED_MAINTENANCE": 1,
        "DOWN": 2,
        "UP": 21,
    }


def test_a_parent_is_a_row_of_the_same_tenant() -> None:
    """Where rows are of several: an alarm_id is a device's, and tenants may have devices of one name."""
    rows: list[dict[str, Any]] = [
        {"tenant_id": "a", "id": 1, "alarm_id": "olt", "resource_id": "r1"},
        {"tenant_id": "a", "id": 2, "parent_alarm_id": "olt"},
        {"tenant_id": "b", "id": 3, "parent_alarm_id": "olt"},
    ]
    batch = sla.alarms_from_rows([{"first_occurrence": at(8, 9), "cleared_at": at(8, 10), **row} for row in rows])
    arguments = {"maintenance": [work(9, 10, with_children=True)], "start": at(8), "end": at(9)}
    reports = sla.evaluate_each(batch, by="tenant_id", zone="UTC", as_of=at(9), **arguments)  # type: ignore[arg-type]
    assert {key: report.total.downtime_minutes for key, report in reports.items()} == {"a": 0, "b": 60}


def test_a_circle_of_parents_does_no_harm() -> None:
    """A row is its own ancestor at most once."""
    rows = [alarm(0, 1, "olt", id=1, parent_alarm_id="2"), alarm(2, 3, "x", id=2, parent_alarm_id="1")]
    window = work(0, 8, {"resource_id": "olt"}, with_children=True)
    assert cells(report_of(rows, at(8), at(9), maintenance=[window]))["EXCUSED_MAINTENANCE"] == 2


def test_rows_without_parents_have_no_children() -> None:
    """A missing id is nobody's parent, even of a row whose parent reads as None."""
    batch = sla.AlarmBatch.from_columns(
        starts_us=[us(at(8)), us(at(8, 2))],
        ends_us=[us(at(8, 1)), us(at(8, 3))],
        resource_ids=["olt", "x"],
        parent_alarm_ids=[None, "None"],
    )
    window = work(0, 8, {"resource_id": "olt"}, with_children=True)
    assert cells(report_of(batch, at(8), at(9), maintenance=[window])) == {
        "EXCUSED_MAINTENANCE": 1,
        "DOWN": 1,
        "UP": 22,
    }
    without = sla.AlarmBatch.from_columns(starts_us=[us(at(8))], ends_us=[us(at(8, 1))], resource_ids=["olt"])
    assert cells(report_of(without, at(8), at(9), maintenance=[window])) == {"EXCUSED_MAINTENANCE": 1, "UP": 23}


def test_excusing_an_alarm_is_no_worse_than_deleting_it() -> None:
    """Under REMOVED and without damping; GROSS depends on no window."""
    alarms = [alarm(9, 13), alarm(11, 14, "r2"), alarm(12, 15)]
    windows = {"maintenance": [work(9, 15)]}
    excused, deleted = report_of(alarms, at(8), at(9), **windows), report_of(alarms[1:2], at(8), at(9))
    bare = report_of(alarms, at(8), at(9))
    assert excused.total.availability_ratio is not None
    assert deleted.total.availability_ratio is not None
    assert excused.total.availability_ratio >= deleted.total.availability_ratio
    assert excused.gross.availability_ratio == bare.gross.availability_ratio


def test_the_timeline_shows_excused_stretches_in_order_of_time() -> None:
    """And they sum to the cells, whatever the accounting."""
    alarms = [alarm(9, 13), alarm(11, 12, "r2")]
    windows: dict[str, Any] = {"maintenance": [work(10, 11)], "exclusions": [other(12, 13)]}
    report = report_of(alarms, at(8), at(9), **windows)
    stretches = [
        ((start - us(at(8))) // HOUR_US, (end - us(at(8))) // HOUR_US, str(state))
        for start, end, _, state in report.ledger.timeline()
    ]
    assert stretches == [
        (0, 9, "UP"),
        (9, 10, "DOWN"),
        (10, 11, "EXCUSED_MAINTENANCE"),
        (11, 12, "DOWN"),
        (12, 13, "EXCUSED_OTHER"),
        (13, 24, "UP"),
    ]
    for name in NAMED_ACCOUNTINGS:
        total = report.total.counted_as(getattr(sla.Accounting, name))
        assert total.uptime_us + total.downtime_us == 24 * HOUR_US


def test_what_only_stale_alarms_cause_is_not_what_is_excused_anyway() -> None:
    """The downtime without them is counted as the report counts."""
    stale = sla.Alarm(at(1), last_occurrence=at(1, 1), resource_id="r2", id="stale")
    window = sla.MaintenanceWindow(at(1), at(9), applies_to=WORK)
    report = report_of([alarm(9, 10), stale], at(8), at(9), as_of=at(20), maintenance=[window])
    assert report.total.downtime_us == report.quality.stale_only_downtime_us == 24 * HOUR_US
