"""The oracle on worked examples: each figure was counted by hand from the rule that the example is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from sla_compliance.testing.oracle import Oracle
from sla_compliance.testing.oracle.rows import Cause
from sla_compliance.testing.oracle.world import (
    EMERGENCY,
    OTHER,
    UNREADABLE,
    DailyHours,
    OneKey,
    Place,
    PlannedWork,
    Row,
    Terms,
    Window,
    World,
)

SIX_HOURS = Place("UTC", datetime(2025, 10, 20, tzinfo=UTC), timedelta(hours=6))
MONTH_END = Place("UTC", datetime(2025, 10, 31, 20, tzinfo=UTC))  # November begins at 4
TERMS = {field.name for field in fields(Terms)}
WORK = {field.name for field in fields(PlannedWork)} - {"hours"}
R1 = (("resource_id", ("r1",)),)
R2 = (("resource_id", ("r2",)),)


def world(*rows: Row, window: tuple[int, int] = (0, 10), as_of: int | None = None, **more: Any) -> World:
    """Return a world of ten hours, all of them over; `more` are fields of World, Terms or PlannedWork."""
    work = {name: more.pop(name) for name in WORK & more.keys()}
    if "hours_of_work" in more:
        work["hours"] = more.pop("hours_of_work")
    terms = {name: more.pop(name) for name in TERMS & more.keys()}
    return World(
        rows,
        window,
        window[1] if as_of is None else as_of,
        terms=Terms(**terms, planned_work=PlannedWork(**work)),
        **more,
    )


@dataclass(frozen=True)
class Example:
    """A world, and what it comes to; `expected` names figures of the total, of `cells` only those that are not 0."""

    title: str
    world: World
    expected: Mapping[str, Any]
    share: OneKey | None = None


def cells(**lengths: int) -> dict[str, Any]:
    """Return cells of agreed time by state, others by "scope__state"."""
    whole = {tuple(name.split("__")) if "__" in name else ("AGREED", name): length for name, length in lengths.items()}
    return {"cells": whole}


def bounds(low: str | int, high: str | int, *, is_confirmed: bool | None = None) -> dict[str, Any]:
    """Return the least and the greatest availability, and whether the verdict is confirmed."""
    expected: dict[str, Any] = {"low": Fraction(low), "high": Fraction(high)}
    return expected if is_confirmed is None else {**expected, "is_confirmed": is_confirmed}


WHICH = [
    Example("a critical alarm is an outage", world(Row(2, 5)), cells(DOWN=3, UP=7)),
    Example("a minor one is not", world(Row(2, 5, severity="minor")), cells(UP=10)),
    Example("severities in any case", world(Row(2, 5, severity="MAJOR")), cells(DOWN=3, UP=7)),
    Example("an excluded type", world(Row(2, 5, alarm_type="Test"), excluded_types=("test",)), cells(UP=10)),
    Example("a suppressed alarm may be real", world(Row(2, 5, status="suppressed")), cells(DOWN=3, UP=7)),
    Example(
        "an excluded status", world(Row(2, 5, status="SUPPRESSED"), excluded_statuses=("suppressed",)), cells(UP=10)
    ),
]
ENDS = [
    Example("cleared comes before resolved", world(Row(2, 5, resolved=8)), cells(DOWN=3, UP=7)),
    Example("resolved where it was not cleared", world(Row(2, resolved=4)), cells(DOWN=2, UP=8)),
    Example("over by its status: when last seen", world(Row(2, seen=6, status="CLEARED")), cells(DOWN=4, UP=6)),
    Example("over without a time: the last update", world(Row(2, updated=5, status="closed")), cells(DOWN=3, UP=7)),
    Example(
        "over without a time: the next row of the alarm_id, of any severity",
        world(
            Row(2, status="closed", alarm_id="a", resource_id="r1"),
            Row(3, 3, severity="minor", alarm_id="b", resource_id="r1"),
            Row(4, 5, severity="minor", alarm_id="a"),
        ),
        cells(DOWN=2, UP=8),
    ),
    Example(
        "over without a time and alarm_id: the next row of the resource",
        world(Row(2, status="closed", resource_id="r1"), Row(6, 6, resource_id="r1")),
        cells(DOWN=4, UP=6),
    ),
    Example(
        "over without a time: not the next row of another device",
        world(Row(2, status="closed", resource_id="r1"), Row(4, 4, resource_id="r2"), doubt_at_most=3),
        cells(DOWN=3, UP=7),
    ),
    Example(
        "over without a time: a day at most",
        world(Row(2, status="closed"), window=(0, 48)),
        cells(DOWN=24, UP=24),
    ),
    Example("an open alarm runs to as_of", world(Row(2), as_of=6), cells(DOWN=4, UP=2, NOT_YET=4)),
    Example("a stale one to when it was seen", world(Row(2, seen=3), stale_after=2), cells(DOWN=1, UP=9)),
    Example("unseen for exactly stale_after is not stale", world(Row(2, seen=3), stale_after=7), cells(DOWN=8, UP=2)),
    Example(
        "stale when it was asked, though cleared since",
        world(Row(2, 20, seen=3), stale_after=2),
        cells(DOWN=1, UP=9),
    ),
    Example("of unknown last sight, never stale", world(Row(2), stale_after=2), cells(DOWN=8, UP=2)),
    Example("an alarm without length is legal", world(Row(2, 2)), cells(UP=10)),
]
DOWNTIME = [
    Example(
        "overlapping and touching alarms count once",
        world(Row(1, 4), Row(2, 3), Row(4, 6)),
        {**cells(DOWN=5, UP=5), "outages": [(1, 6)]},
    ),
    Example("a gap shorter than merge_gap", world(Row(1, 2), Row(4, 5), merge_gap=3), cells(DOWN=4, UP=6)),
    Example("a gap of exactly merge_gap", world(Row(1, 2), Row(4, 5), merge_gap=2), cells(DOWN=2, UP=8)),
    Example("a short outage", world(Row(1, 2), Row(4, 7), min_outage=2), cells(DOWN=3, UP=7)),
    Example("first merged, then dropped", world(Row(1, 2), Row(3, 4), merge_gap=2, min_outage=3), cells(DOWN=3, UP=7)),
    Example(
        "damped before it is clipped",
        world(Row(-2, 1), min_outage=3),
        {**cells(DOWN=1, UP=9), "outages": [(-2, 1)]},
    ),
    Example("still too short at as_of", world(Row(8), min_outage=3), cells(UP=10)),
    Example(
        "an alarm after as_of takes no part",
        world(Row(1, 2), Row(3, 4), as_of=3, merge_gap=5),
        cells(DOWN=1, UP=2, NOT_YET=7),
    ),
]
SCOPES = [
    Example(
        "the first scope that applies",
        world(in_service=((0, 8),), hours=((2, 10),), windows=(Window(3, 5), Window(4, 6, kind=OTHER))),
        cells(NOT_IN_SERVICE__UP=2, OUT_OF_HOURS__UP=2, MAINTENANCE__UP=2, EXCLUDED__UP=1, UP=3),
    ),
    Example(
        "an alarm is evidence where nothing was monitored",
        world(Row(5, 7), monitored=((0, 4),)),
        cells(DOWN=2, UP=4, UNKNOWN=4),
    ),
    Example(
        "what has not come is not unknown",
        world(Row(2, 5), as_of=3, monitored=()),
        cells(UNKNOWN=2, DOWN=1, NOT_YET=7),
    ),
    Example(
        "service hours on the wall",
        world(window=(0, 24), hours=DailyHours(9, 17), place=Place("Europe/Berlin")),
        cells(OUT_OF_HOURS__UP=16, UP=8),
    ),
    Example("a short unmonitored stretch", world(monitored=((0, 3), (5, 10)), monitor_gap=3), cells(UP=10)),
    Example(
        "an unmonitored stretch of exactly monitor_gap",
        world(monitored=((0, 3), (5, 10)), monitor_gap=2),
        cells(UP=8, UNKNOWN=2),
    ),
    Example(
        "a short stretch between up and down stays unknown",
        world(Row(0, 3), monitored=((0, 3), (5, 10)), monitor_gap=3),
        cells(DOWN=3, UP=5, UNKNOWN=2),
    ),
    Example(
        "a short stretch between down and down is down",
        world(Row(0, 3), Row(5, 7), monitored=((0, 3), (5, 10)), monitor_gap=3),
        cells(DOWN=7, UP=3),
    ),
]
ROWS_OF_ONE_ID = [
    Example(
        "an open snapshot is superseded by one that is over",
        world(Row(2, id="x"), Row(2, 5, id="x")),
        {**cells(DOWN=3, UP=7), **bounds("7/10", "7/10")},
    ),
    Example(
        "of open snapshots the one seen last stays",
        world(Row(2, seen=5, id="x"), Row(2, seen=3, id="x"), stale_after=2),
        cells(DOWN=3, UP=7),
    ),
    Example(
        "the worst severity of the snapshots",
        world(Row(2, id="x"), Row(2, 5, id="x", severity="minor")),
        cells(DOWN=3, UP=7),
    ),
    Example(
        "a severity overwritten by cleared is another snapshot's",
        world(Row(2, id="x", severity="major"), Row(2, 5, id="x", severity="cleared")),
        {**cells(DOWN=3, UP=7), **bounds("7/10", "7/10")},
    ),
    Example(
        "rows of one id that lie apart or touch",
        world(Row(1, 2, id="x"), Row(5, 6, id="x"), Row(6, 7, id="x")),
        {**cells(DOWN=3, UP=7), **bounds("7/10", "7/10")},
    ),
    Example(
        "rows of one id that overlap all count and are in doubt",
        world(Row(1, 5, id="x"), Row(3, 7, id="x")),
        {**cells(DOWN=6, UP=4), **bounds("4/10", "8/10"), "doubts": [(Cause.OVERLAP, 2, 4)]},
    ),
    Example(
        "each connected group by itself",
        world(Row(0, 2, id="x"), Row(1, 3, id="x"), Row(6, 8, id="x"), Row(7, 9, id="x")),
        {**cells(DOWN=6, UP=4), **bounds("4/10", "8/10")},
    ),
    Example(
        "rows of one id that overlap step by step say nothing together",
        world(Row(0, 3, id="x"), Row(2, 6, id="x"), Row(5, 8, id="x")),
        {**cells(DOWN=8, UP=2), **bounds("2/10", 1)},
    ),
]
TARGETED = [
    Example(
        "excused by maintenance",
        world(Row(2, 5, resource_id="r1"), windows=(Window(0, 10, targets=R1),)),
        {**cells(EXCUSED_MAINTENANCE=3, UP=7), "availability": 1},
    ),
    Example(
        "excused otherwise",
        world(Row(2, 5, resource_id="r1"), windows=(Window(0, 10, kind=OTHER, targets=R1),)),
        cells(EXCUSED_OTHER=3, UP=7),
    ),
    Example(
        "not where another device is down",
        world(Row(2, 6, resource_id="r1"), Row(4, 8, resource_id="r2"), windows=(Window(0, 10, targets=R1),)),
        cells(EXCUSED_MAINTENANCE=2, DOWN=4, UP=4),
    ),
    Example(
        "cut at the window's edges, one incident",
        world(Row(2, 8, resource_id="r1"), windows=(Window(4, 6, targets=R1),)),
        {**cells(EXCUSED_MAINTENANCE=2, DOWN=4, UP=4), "outages": [(2, 8)]},
    ),
    Example(
        "a bridged gap between excused instants",
        world(
            Row(1, 2, resource_id="r1"),
            Row(4, 5, resource_id="r1"),
            windows=(Window(1, 2, targets=R1), Window(4, 5, targets=R1)),
            merge_gap=3,
        ),
        cells(EXCUSED_MAINTENANCE=4, UP=6),
    ),
    Example(
        "a bridged gap beside an instant that is not",
        world(
            Row(1, 2, resource_id="r1"),
            Row(4, 5, resource_id="r2"),
            windows=(Window(0, 10, targets=R1),),
            merge_gap=3,
        ),
        cells(EXCUSED_MAINTENANCE=1, DOWN=3, UP=6),
    ),
    Example(
        "a bridged gap with maintenance on one side",
        world(
            Row(1, 2, resource_id="r1"),
            Row(4, 5, resource_id="r2"),
            windows=(Window(0, 10, kind=OTHER, targets=R1), Window(0, 10, targets=R2)),
            merge_gap=3,
        ),
        cells(EXCUSED_OTHER=1, EXCUSED_MAINTENANCE=3, UP=6),
    ),
    Example(
        "one of two alarms is excused by maintenance",
        world(
            Row(1, 3, resource_id="r1"),
            Row(1, 3, resource_id="r2"),
            windows=(Window(0, 10, kind=OTHER, targets=R1), Window(0, 2, targets=R2), Window(2, 9, OTHER, R2)),
        ),
        cells(EXCUSED_MAINTENANCE=1, EXCUSED_OTHER=1, UP=8),
    ),
    Example(
        "damped as a whole before anything is excused",
        world(
            Row(2, 4, resource_id="r1"),
            Row(4, 6, resource_id="r2"),
            windows=(Window(0, 10, targets=R1),),
            min_outage=4,
        ),
        cells(EXCUSED_MAINTENANCE=2, DOWN=2, UP=6),
    ),
    Example(
        "everybody's window sets the scope and excuses nothing",
        world(Row(2, 5, resource_id="r1"), windows=(Window(0, 4), Window(3, 10, targets=R1))),
        cells(MAINTENANCE__UP=2, MAINTENANCE__DOWN=1, MAINTENANCE__EXCUSED_MAINTENANCE=1, EXCUSED_MAINTENANCE=1, UP=5),
    ),
    Example(
        "any of the columns will do",
        world(
            Row(2, 5, resource_id="r9", customer_id="c1"),
            windows=(Window(0, 10, targets=(*R1, ("customer_id", ("c1",)))),),
        ),
        cells(EXCUSED_MAINTENANCE=3, UP=7),
    ),
    Example(
        "several columns together",
        world(
            Row(1, 2, resource_type="olt", resource_id="17"),
            Row(4, 5, resource_type="ont", resource_id="17"),
            windows=(Window(0, 10, targets=((("resource_type", "resource_id"), (("olt", 17),)),)),),
        ),
        cells(EXCUSED_MAINTENANCE=1, DOWN=1, UP=8),
    ),
    Example(
        "children at any depth, by id and by alarm_id, below a row that does not qualify",
        world(
            Row(0, 0, severity="minor", id="p", alarm_id="olt", resource_id="r1"),
            Row(1, 2, id="q", parent_alarm_id="olt"),
            Row(4, 5, id="s", parent_alarm_id="q"),
            Row(7, 8, id="t", parent_alarm_id="elsewhere"),
            windows=(Window(0, 10, targets=R1, with_children=True),),
        ),
        cells(EXCUSED_MAINTENANCE=2, DOWN=1, UP=7),
    ),
    Example(
        "an id comes before an alarm_id",
        world(
            Row(0, 0, id="p", resource_id="r2"),
            Row(0, 0, id="q", alarm_id="p", resource_id="r1"),
            Row(4, 5, id="s", parent_alarm_id="p"),
            windows=(Window(0, 10, targets=R1, with_children=True),),
        ),
        cells(DOWN=1, UP=9),
    ),
    Example(
        "parents that go round in a circle",
        world(
            Row(1, 2, id="p", parent_alarm_id="q"),
            Row(4, 5, id="q", parent_alarm_id="p", resource_id="r1"),
            windows=(Window(0, 10, targets=R1, with_children=True),),
        ),
        cells(EXCUSED_MAINTENANCE=2, UP=8),
    ),
    Example(
        "children only where the window says so",
        world(
            Row(1, 2, id="p", resource_id="r1"),
            Row(4, 5, id="q", parent_alarm_id="p"),
            windows=(Window(0, 10, targets=R1),),
        ),
        cells(EXCUSED_MAINTENANCE=1, DOWN=1, UP=8),
    ),
]
COUNTED = [
    # In each: 2 up and 1 down in maintenance, 1 up and 1 down in an exclusion, 1 excused each way, 1 down, 2 up.
    Example(
        accounting,
        world(
            Row(2, 4),
            Row(5, 6, resource_id="r1"),
            Row(6, 7, resource_id="r2"),
            Row(7, 8),
            windows=(
                Window(0, 3),
                Window(3, 5, kind=OTHER),
                Window(5, 6, targets=R1),
                Window(6, 7, kind=OTHER, targets=R2),
            ),
            accounting=accounting,
        ),
        {"availability": Fraction(availability)},
    )
    for accounting, availability in (
        ("REMOVED", "4/5"),
        ("PLANNED_DOWNTIME_REMOVED", "6/7"),
        ("EXCUSED", "7/8"),
        ("COUNTED", "5/8"),
        ("GROSS", "5/10"),
    )
] + [
    Example(
        "counted otherwise",
        world(Row(2, 4), monitored=((0, 6),), recounted=(("AGREED", "UNKNOWN", "UP"), ("AGREED", "UP", "NOT_COUNTED"))),
        {"availability": Fraction(4, 6)},
    ),
    Example("nothing counts before it has come", world(as_of=0), {"availability": None, "verdict": "UNDETERMINED"}),
    Example("exactly the target", world(Row(2, 3), target=Fraction(9, 10)), {"verdict": "MET"}),
    Example("recoverable", world(Row(0, 1), as_of=2, target=Fraction(9, 10)), {"verdict": "AT_RISK"}),
    Example("beyond repair", world(Row(0, 1), as_of=2, target=Fraction(19, 20)), {"verdict": "BREACHED"}),
    Example(
        "what is to come repairs only where it counts",
        world(Row(0, 1), as_of=2, target=Fraction(9, 10), hours=((0, 5),)),
        {"verdict": "BREACHED"},
    ),
]
CONFIRMATION = [
    Example(
        "unknown time that cannot breach",
        world(monitored=((0, 8),), target=Fraction(3, 4)),
        {**bounds("8/10", 1, is_confirmed=True), "coverage": Fraction(8, 10), "doubts": [(Cause.UNKNOWN, 0, 2)]},
    ),
    Example(
        "unknown time that could",
        world(monitored=((0, 8),), target=Fraction(9, 10)),
        {**bounds("8/10", 1, is_confirmed=False), "verdict": "MET"},
    ),
    Example(
        "unknown time where up and down count alike",
        world(monitored=((0, 8),), windows=(Window(8, 10),), accounting="EXCUSED"),
        {**bounds(1, 1, is_confirmed=True), "coverage": 1, "doubts": []},
    ),
    Example(
        "unknown time left out by agreement",
        world(monitored=((0, 8),), unknown="excluded", minimum_coverage=Fraction(8, 10)),
        {**bounds(1, 1, is_confirmed=True), "doubts": []},
    ),
    Example(
        "too little coverage",
        world(monitored=((0, 8),), unknown="excluded", minimum_coverage=Fraction(9, 10)),
        bounds("8/10", 1, is_confirmed=False),
    ),
    Example(
        "unseen for over a week",
        world(Row(2, seen=4), window=(0, 40), place=SIX_HOURS),
        {**bounds("2/40", "38/40", is_confirmed=True), "doubts": [(Cause.UNSEEN, 1, 36)]},
    ),
    Example(
        "unseen for exactly a week",
        world(Row(2, seen=4), window=(0, 32), place=SIX_HOURS),
        bounds("2/32", "2/32", is_confirmed=True),
    ),
    Example(
        "never seen again, raised over a week ago",
        world(Row(2), window=(0, 40), place=SIX_HOURS),
        bounds("2/40", 1, is_confirmed=False),
    ),
    Example("stale", world(Row(2, seen=3), stale_after=2), bounds("2/10", "9/10", is_confirmed=True)),
    Example(
        "stale, though the source touches open alarms often enough",
        world(Row(2, seen=3), stale_after=2, refreshed_every=2),
        bounds("9/10", "9/10"),
    ),
    Example(
        "stale, and the source touches open alarms less often",
        world(Row(2, seen=3), stale_after=2, refreshed_every=3),
        bounds("2/10", "9/10"),
    ),
    Example(
        "over without a time, never seen again",
        world(Row(2, updated=5, status="closed")),
        {**bounds("7/10", 1, is_confirmed=False), "availability": Fraction(7, 10)},
    ),
    Example(
        "over without a time, seen before the earliest of the three",
        world(Row(2, seen=4, updated=7, status="closed")),
        {**bounds("5/10", "8/10"), "availability": Fraction(8, 10)},
    ),
    Example(
        "over without a time, seen after the earliest of the three",
        world(Row(2, seen=6, updated=4, status="closed")),
        bounds("6/10", "6/10"),
    ),
    Example(
        "cleared before it was raised: over, some time within the bound",
        world(Row(5, cleared=3), doubt_at_most=2),
        {**cells(UP=10), **bounds("8/10", 1, is_confirmed=False), "doubts": [(Cause.SET_ASIDE, 1, 2)]},
    ),
    Example(
        "cleared before it was raised, resolved after",
        world(Row(5, cleared=3, resolved=6), doubt_at_most=2),
        bounds("9/10", 1),
    ),
    Example("an unknown severity", world(Row(5, 8, severity="Disaster")), bounds("7/10", 1, is_confirmed=False)),
    Example("an end that cannot be read", world(Row(5, cleared=UNREADABLE)), bounds("5/10", 1)),
    Example(
        "an end that cannot be read, over by its status",
        world(Row(5, cleared=UNREADABLE, status="resolved"), doubt_at_most=2),
        bounds("8/10", 1),
    ),
    Example("a bad row that cannot qualify", world(Row(5, 3, severity="minor")), bounds(1, 1, is_confirmed=True)),
    Example("a start that cannot be read", world(Row(UNREADABLE, 3)), bounds(1, 1, is_confirmed=False)),
    Example("no start, and no outage", world(Row(None, 3, severity="minor")), bounds(1, 1, is_confirmed=True)),
    Example(
        "a severity overwritten by cleared",
        world(Row(2, 5, severity="cleared")),
        {**cells(UP=10), **bounds("7/10", 1), "doubts": [(Cause.OVERWRITTEN, 1, 3)]},
    ),
    Example(
        "no window excuses what may have been an outage",
        world(Row(2, 5, severity="Disaster", resource_id="r1"), windows=(Window(0, 10, targets=R1),)),
        bounds("7/10", 1),
    ),
    Example(
        "nor an end that was only assumed, where the record excuses it",
        world(Row(2, updated=5, status="closed", resource_id="r1"), windows=(Window(0, 10, targets=R1),)),
        {**cells(EXCUSED_MAINTENANCE=3, UP=7), **bounds("7/10", 1, is_confirmed=False)},
    ),
    Example(
        "what is in doubt bridges gaps",
        world(Row(1, 3), Row(4, 5, severity="cleared"), Row(6, 8), merge_gap=2),
        {**cells(DOWN=4, UP=6), **bounds("3/10", "6/10")},
    ),
    Example(
        "a breach that could be none",
        world(Row(1, 5, id="x"), Row(3, 7, id="x"), target=Fraction(8, 10)),
        {**bounds("4/10", "8/10", is_confirmed=False), "verdict": "BREACHED"},
    ),
    Example(
        "met so far, and recoverable in any reading",
        world(monitored=((0, 1),), as_of=2, target=Fraction(9, 10)),
        {**bounds("1/2", 1, is_confirmed=True), "verdict": "MET"},
    ),
    Example(
        "at risk, and lost in the pessimistic reading",
        world(Row(0, 1), monitored=((0, 1),), as_of=2, target=Fraction(85, 100)),
        {**bounds(0, "1/2", is_confirmed=False), "verdict": "AT_RISK"},
    ),
    Example(
        "no availability by the record, one if the unknown was up",
        world(monitored=()),
        {**bounds(0, 1, is_confirmed=False), "availability": None},
    ),
]
PLANNED_WORK = [
    Example("emergency work is downtime", world(Row(2, 5), windows=(Window(2, 5, EMERGENCY),)), cells(DOWN=3, UP=7)),
    Example(
        "unless it is accepted",
        world(Row(2, 5), windows=(Window(2, 5, EMERGENCY),), accepted=("emergency",)),
        cells(MAINTENANCE__DOWN=3, UP=7),
    ),
    Example("work that ended early", world(windows=(Window(2, 6, actual_end=4),)), cells(MAINTENANCE__UP=2, UP=8)),
    Example("an overrun was not agreed", world(windows=(Window(2, 6, actual_end=8),)), cells(MAINTENANCE__UP=4, UP=6)),
    Example(
        "work that recurs",
        world(windows=(Window(2, 4, every=5, times=2),)),
        cells(MAINTENANCE__UP=4, UP=6),
    ),
    Example("announced in time", world(windows=(Window(5, 7, announced=2),), notice=3), cells(MAINTENANCE__UP=2, UP=8)),
    Example("announced too late", world(windows=(Window(5, 7, announced=3),), notice=3), cells(UP=10)),
    Example("recorded too late", world(windows=(Window(5, 7, announced=0, entered=3),), notice=3), cells(UP=10)),
    Example("recorded in time", world(windows=(Window(5, 7, entered=2),), notice=3), cells(MAINTENANCE__UP=2, UP=8)),
    Example("announced after it began", world(windows=(Window(5, 7, announced=6),), notice=0), cells(UP=10)),
    Example("late, with no rule", world(windows=(Window(5, 7, announced=6),)), cells(MAINTENANCE__UP=2, UP=8)),
    Example("never announced", world(windows=(Window(5, 7),), notice=3), cells(MAINTENANCE__UP=2, UP=8)),
    Example(
        "never announced, refused", world(windows=(Window(5, 7),), notice=3, without_notice="reject"), cells(UP=10)
    ),
    Example(
        "never announced, with no rule",
        world(windows=(Window(5, 7),), without_notice="reject"),
        cells(MAINTENANCE__UP=2, UP=8),
    ),
    Example(
        "each occurrence by itself",
        world(windows=(Window(2, 4, announced=1, every=5, times=2),), notice=3),
        cells(MAINTENANCE__UP=2, UP=8),
    ),
    Example(
        "only inside the hours of work",
        world(windows=(Window(1, 8),), hours_of_work=DailyHours(2, 5)),
        cells(MAINTENANCE__UP=3, UP=7),
    ),
    Example(
        "so many windows of a period; empty ones do not count",
        world(windows=(Window(0, 0), Window(1, 2), Window(4, 6), Window(8, 9)), most_windows=2, per="day"),
        cells(MAINTENANCE__UP=3, UP=7),
    ),
    Example(
        "a window belongs to the period of its start",
        world(windows=(Window(1, 2), Window(3, 6), Window(7, 8)), most_windows=1, place=MONTH_END),
        cells(MAINTENANCE__UP=2, UP=8),
    ),
    Example(
        "so much time of a period, overlaps once",
        world(windows=(Window(1, 4), Window(3, 6)), most_time=4),
        cells(MAINTENANCE__UP=4, UP=6),
    ),
    Example(
        "split at the period's end",
        world(windows=(Window(1, 8),), most_time=2, place=MONTH_END),
        cells(MAINTENANCE__UP=4, UP=6),
    ),
    Example(
        "each target has its own caps",
        world(
            Row(1, 2, resource_id="r1"),
            windows=(Window(1, 2, targets=R1), Window(4, 6), Window(7, 8, targets=R1)),
            most_windows=1,
        ),
        cells(EXCUSED_MAINTENANCE=1, MAINTENANCE__UP=2, UP=7),
    ),
    Example("overlapping work", world(Row(1, 5), windows=(Window(2, 4),)), cells(MAINTENANCE__DOWN=2, DOWN=2, UP=6)),
    Example(
        "work that did not cause the outage",
        world(Row(1, 5), windows=(Window(2, 7),), excuses="caused"),
        cells(DOWN=4, MAINTENANCE__UP=2, UP=4),
    ),
    Example(
        "work that caused the outage, and another in it",
        world(Row(2, 5), Row(6, 7), windows=(Window(2, 8),), excuses="caused"),
        cells(MAINTENANCE__DOWN=4, MAINTENANCE__UP=2, UP=4),
    ),
    Example(
        "touching windows are one work",
        world(Row(2, 6), windows=(Window(2, 4), Window(4, 6)), excuses="caused"),
        cells(MAINTENANCE__DOWN=4, UP=6),
    ),
    Example(
        "targeted work that did not cause the outage",
        world(Row(1, 5, resource_id="r1"), windows=(Window(2, 9, targets=R1),), excuses="caused"),
        cells(DOWN=4, UP=6),
    ),
]
SHARES = [
    Example(
        "a key's own window is everybody's in its report",
        world(Row(2, 5, resource_id="r1"), windows=(Window(3, 7, targets=R1),)),
        cells(DOWN=1, MAINTENANCE__DOWN=2, MAINTENANCE__UP=2, UP=5),
        OneKey("resource_id", "r1"),
    ),
    Example(
        "and targeted in others",
        world(
            Row(2, 5, resource_id="r2", customer_id="c1"),
            windows=(Window(3, 7, targets=(*R1, ("customer_id", ("c1",)))),),
        ),
        cells(DOWN=1, EXCUSED_MAINTENANCE=2, UP=7),
        OneKey("resource_id", "r2"),
    ),
    Example(
        "rows without the key are in doubt",
        world(Row(2, 5), Row(7, 8, resource_id="r2")),
        {**cells(UP=10), **bounds("7/10", 1), "doubts": [(Cause.UNKEYED, 1, 3)]},
        OneKey("resource_id", "r1"),
    ),
    Example("everybody's", world(Row(2, 5)), bounds("7/10", "7/10"), OneKey("resource_id", "r1", "everybody")),
    Example("nobody's", world(Row(2, 5)), bounds(1, 1), OneKey("resource_id", "r1", "nobody")),
    Example(
        "a report of their own",
        world(Row(2, 5), Row(7, 8, resource_id="r2")),
        cells(DOWN=3, UP=7),
        OneKey("resource_id", None),
    ),
    Example(
        "the start of another key's row cannot be read",
        world(Row(UNREADABLE, resource_id="r2")),
        bounds(1, 1, is_confirmed=True),
        OneKey("resource_id", "r1"),
    ),
    Example(
        "the start of a row without the key cannot be read",
        world(Row(UNREADABLE)),
        bounds(1, 1, is_confirmed=False),
        OneKey("resource_id", "r1"),
    ),
]
EXAMPLES = [
    *WHICH, *ENDS, *DOWNTIME, *SCOPES, *ROWS_OF_ONE_ID, *TARGETED, *COUNTED, *CONFIRMATION, *PLANNED_WORK, *SHARES
]  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_the_oracle_counts_what_was_counted_by_hand(example: Example) -> None:
    """Cells, outages, availability, verdict, bounds, coverage and doubts."""
    oracle = Oracle(example.world, share=example.share)
    figures = {
        **vars(oracle.total),
        "cells": {cell: length for cell, length in oracle.total.cells.items() if length},
        "outages": [(outage.start, outage.stop) for outage in oracle.record.outages],
        "doubts": [(doubt.cause, doubt.rows, doubt.length) for doubt in oracle.total.doubts],
    }
    assert {name: figures[name] for name in example.expected} == example.expected


def hours_of_days(place: Place, window: tuple[int, int]) -> dict[date, int]:
    """Return the units of each local day of a window."""
    oracle = Oracle(World((), window, window[1], place))
    return {day: sum(lengths.values()) for day, lengths in oracle.day_cells.items()}


def test_days_are_those_of_the_zone() -> None:
    """A day of 25 hours, one of 23 whose midnight does not exist, a midnight that comes twice, a date left out."""
    berlin = hours_of_days(Place("Europe/Berlin"), (-2, 47))
    assert berlin == {date(2025, 10, 25): 24, date(2025, 10, 26): 25}
    cairo = hours_of_days(Place("Africa/Cairo", datetime(2025, 4, 23, 22, tzinfo=UTC)), (0, 48))
    assert cairo == {date(2025, 4, 24): 24, date(2025, 4, 25): 23, date(2025, 4, 26): 1}
    havana = hours_of_days(Place("America/Havana", datetime(2025, 11, 2, 4, tzinfo=UTC)), (0, 26))
    assert havana == {date(2025, 11, 2): 25, date(2025, 11, 3): 1}
    apia = hours_of_days(Place("Pacific/Apia", datetime(2011, 12, 29, 10, tzinfo=UTC)), (0, 48))
    assert apia == {date(2011, 12, 29): 24, date(2011, 12, 31): 24}


def test_a_clock_set_back_over_midnight_does_not_begin_the_day_again() -> None:
    """In St John's midnight is passed, a minute later the date is the day before's once more: the day goes on."""
    place = Place("America/St_Johns", datetime(2006, 10, 29, 2, 29, tzinfo=UTC), timedelta(minutes=1))
    assert hours_of_days(place, (0, 10)) == {date(2006, 10, 28): 1, date(2006, 10, 29): 9}


def test_breached_days_are_counted() -> None:
    """Of two days one is breached."""
    oracle = Oracle(world(Row(2, 5), window=(0, 48), target=Fraction(9, 10)))
    assert oracle.breached_days == 1
    assert [figures.verdict for figures in oracle.days.values()] == ["BREACHED", "MET"]
