"""Windows at their edges: what is not said, single instants, messages, recurrences on the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sla_compliance.calendars.exclusions import Exclusion, MaintenanceKind, MaintenanceWindow
from sla_compliance.errors import InvalidRecurrenceError, SLAComplianceError
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.units import DAY_US, HOUR_US, instant_us

START = datetime(2026, 10, 1, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)
END = START + 4 * HOUR
START_US, END_US = instant_us(START, field="start"), instant_us(END, field="end")
PAIR: tuple[str, str] = ("resource_type", "resource_id")
OF_PAIR = "applies_to['resource_type', 'resource_id']"


def test_what_is_not_said_is_empty() -> None:
    """A window of which only its time is known."""
    window = MaintenanceWindow(START, END)
    assert (window.reason, window.author, window.with_children, window.kind) == ("", "", False, "planned")
    known = (window.announced_at_us, window.entered_at_us, window.actual_end_us, window.recurrence, window.zone)
    assert known == (None,) * 5
    exclusion = Exclusion(START, END, reason="flood")
    assert (exclusion.note, exclusion.author, exclusion.with_children, exclusion.targets) == ("", "", False, None)
    assert [str(kind) for kind in MaintenanceKind] == ["planned", "emergency"]
    assert MaintenanceWindow(START, END, author="noc").author == Exclusion(START, END, reason="x", author="noc").author


@pytest.mark.parametrize(
    ("start_us", "end_us", "is_met"),
    [
        (START_US - 2, START_US - 1, False),
        (START_US - 1, START_US, False),
        (START_US - 1, START_US + 1, True),
        (START_US + 1, START_US + 2, True),
        (END_US - 1, END_US, True),
        (END_US, END_US + 1, False),
    ],
)
def test_a_window_meets_what_shares_an_instant_with_it(start_us: int, end_us: int, is_met: bool) -> None:
    """To the microsecond; its occurrence is whole."""
    assert MaintenanceWindow(START, END).occurrences("UTC", start_us, end_us) == [(START_US, END_US)] * is_met
    short = MaintenanceWindow(START, END, actual_end=START + HOUR)
    early = (START_US, START_US + HOUR_US)
    assert short.occurrences("UTC", start_us, end_us) == [early] * (is_met and start_us < early[1])


@pytest.mark.parametrize(
    ("facts", "field", "message"),
    [
        ({"applies_to": ["r1"]}, "applies_to", "give a mapping such as {'resource_id': ['r1']}"),
        ({"applies_to": {"resource_id": []}}, "applies_to", "applies_to names no values; give None where it applies"),
        ({"applies_to": {5: ["r1"]}}, "applies_to", "give the name of a column, or a tuple of names"),
        ({"applies_to": {(): ["r1"]}}, "applies_to", "give the name of a column, or a tuple of names"),
        ({"applies_to": {("a", 5): [("x", "y")]}}, "applies_to", "applies_to is 5; give names of columns"),
        ({"applies_to": {"id": None}}, "applies_to['id']", "applies_to['id'] is None; give texts"),
        ({"applies_to": {"id": [b"x"]}}, "applies_to['id']", "; give texts"),
        ({"applies_to": {"id": [["x"]]}}, "applies_to['id']", "; give texts"),
        ({"applies_to": {"id": [{"x"}]}}, "applies_to['id']", "; give texts"),
        ({"applies_to": {PAIR: 5}}, OF_PAIR, "is 5; give tuples of values"),
        ({"applies_to": {PAIR: ["olt"]}}, OF_PAIR, "; give tuples of 2 values"),
        ({"applies_to": {PAIR: [("olt", "1"), "x"]}}, OF_PAIR, "is 'x'; give tuples of 2 values"),
        ({"applies_to": {PAIR: [("olt", "1", "2")]}}, OF_PAIR, "; give tuples of 2 values"),
        ({"applies_to": {PAIR: [("olt", None)]}}, OF_PAIR, "is None; give texts"),
        ({"with_children": True}, "with_children", "with_children is True, and applies_to names no alarm"),
        ({"with_children": 1, "applies_to": {"id": "1"}}, "with_children", "with_children is 1; give True or False"),
        ({"author": 5}, "author", "author is 5; give text"),
        (
            {"end": START - HOUR},
            "end",
            "end is 2026-10-01 21:00:00+00:00, before start 2026-10-01 22:00:00+00:00; swap",
        ),
    ],
)
def test_a_bad_fact_is_named_with_the_way_out(facts: dict[str, Any], field: str, message: str) -> None:
    """Of maintenance and of other exclusions."""
    for make in (MaintenanceWindow, Exclusion):
        arguments: dict[str, Any] = {"start": START, "end": END, "reason": "flood", **facts}
        with pytest.raises(SLAComplianceError) as caught:
            make(**arguments)
        assert message in str(caught.value)
        assert caught.value.field == field


@pytest.mark.parametrize(
    ("facts", "field", "message"),
    [
        ({"kind": "planed"}, "kind", "kind is 'planed'; give one of planned, emergency"),
        ({"kind": 5}, "kind", "kind is 5; give text"),
        ({"entered_at": 5}, "entered_at", "entered_at is 5"),
        ({"announced_at": 5}, "announced_at", "announced_at is 5"),
        ({"actual_end": START - HOUR}, "actual_end", "before start"),
        ({"recurrence": "FREQ=DAILY", "actual_end": END}, "actual_end", "give that one a window of its own"),
        ({"recurrence": 5}, "recurrence", "give text such as 'FREQ=WEEKLY'"),
    ],
)
def test_a_bad_fact_of_maintenance_is_named(facts: dict[str, Any], field: str, message: str) -> None:
    """As an attribute too."""
    with pytest.raises(SLAComplianceError) as caught:
        MaintenanceWindow(START, END, **facts)
    assert caught.value.field == field
    assert message in str(caught.value)


def test_values_are_kept_as_text_once_and_in_order() -> None:
    """Whatever iterable they are in; one value by itself, a tuple by itself, lists of pairs."""
    assert MaintenanceWindow(START, END, applies_to={"id": (number for number in (2, 10, 2))}).targets == (
        (("id",), (("10",), ("2",))),
    )
    assert MaintenanceWindow(START, END, applies_to={"id": 5}).targets == ((("id",), (("5",),)),)
    assert MaintenanceWindow(START, END, applies_to={PAIR: [["olt", 1], ("olt", 1)]}).targets == (
        (PAIR, (("olt", "1"),)),
    )
    assert MaintenanceWindow(START, END, applies_to={PAIR: ["olt", 1]}).targets == ((PAIR, (("olt", "1"),)),)
    assert MaintenanceWindow(START, END, applies_to={("id",): [("5",)]}).applies_to == {"id": frozenset({"5"})}


def test_a_recurring_window_is_on_the_wall_of_its_own_zone() -> None:
    """Else of the tenant's; it lasts as long as its first occurrence does on the wall."""
    facts: dict[str, Any] = {"recurrence": "FREQ=DAILY"}
    first, last = START_US, START_US + 40 * DAY_US
    tokyo = MaintenanceWindow(START, END, zone="Asia/Tokyo", **facts)
    assert tokyo.expand("Europe/Berlin", first, last) == tokyo.expand("UTC", first, last)
    own = MaintenanceWindow(START, END, **facts)
    berlin, utc = own.expand("Europe/Berlin", first, last), own.expand("UTC", first, last)
    assert berlin != utc == tokyo.expand("UTC", first, last)
    # After the clock goes back on 25 October, midnight in Berlin is 23:00 UTC.
    assert START_US + 30 * DAY_US + HOUR_US in berlin.starts_us
    assert MaintenanceWindow(START, END, **facts).expand("UTC", END_US, START_US + DAY_US) == NEVER
    one_night = own.expand("UTC", START_US + HOUR_US, START_US + 2 * HOUR_US)
    assert one_night == IntervalSet((START_US + HOUR_US,), (START_US + 2 * HOUR_US,))


def test_a_window_around_the_hour_that_comes_twice_may_end_before_it_starts_on_the_wall() -> None:
    """Then it cannot recur; without length on the wall it can."""
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 25, 2, 50, tzinfo=berlin)
    window = MaintenanceWindow(start, datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=berlin), recurrence="FREQ=DAILY")
    with pytest.raises(InvalidRecurrenceError) as caught:
        window.expand("Europe/Berlin", START_US, START_US + 40 * DAY_US)
    assert caught.value.field == "end"
    assert "end is 2026-10-25 02:10:00 on the wall of Europe/Berlin, before the start" in str(caught.value)
    same = MaintenanceWindow(start, datetime(2026, 10, 25, 2, 50, fold=1, tzinfo=berlin), recurrence="FREQ=DAILY")
    assert same.expand("Europe/Berlin", START_US, START_US + 30 * DAY_US) == NEVER


def test_a_rule_is_tried_in_the_zone_of_the_window() -> None:
    """31 December at 23:00 UTC is the new year in Tokyo."""
    start = datetime(2026, 12, 31, 23, tzinfo=UTC)
    window = MaintenanceWindow(start, start + HOUR, recurrence="FREQ=YEARLY", zone="Asia/Tokyo")
    assert window.expand("UTC", instant_us(start, field=""), instant_us(start + HOUR, field="")).total_us == HOUR_US


def test_a_window_of_everybody_becomes_one_of_a_value() -> None:
    """And a targeted one needs that value beside its own; the window itself stays as it is."""
    whole = Exclusion(START, END, reason="flood")
    narrowed = whole.only_where("tenant_id", "a")
    assert narrowed.targets == ((("tenant_id",), (("a",),)),)
    assert (whole.targets, narrowed.reason, narrowed.start_us, narrowed.end_us) == (None, "flood", START_US, END_US)
    twice = narrowed.only_where("site", "s")
    assert twice.targets == ((("site", "tenant_id"), (("s", "a"),)),)
