"""The ledger: one partition, and the questions one may ask of it."""

from __future__ import annotations

import pickle
from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.contract import Contract
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.labels import CELLS, Scope, State
from sla_compliance.ledger import Frame, differing_time, summed_cells
from tests.unit.moments import DAY_US, HOUR_US, at, report_of, us


def test_an_outage_over_midnight_is_split_between_its_days() -> None:
    """Each day has its own part, and they add up."""
    first, second = report_of([sla.Alarm(at(8, 23), at(9, 2))], at(8), at(10)).days
    assert (first.downtime_us, second.downtime_us) == (HOUR_US, 2 * HOUR_US)


def test_exactly_the_window_asked_for_is_measured() -> None:
    """Partial first and last days are partial."""
    report = report_of([], at(8, 18), at(10, 6))
    assert [sum(record.cells_us) for record in report.days] == [6 * HOUR_US, DAY_US, 6 * HOUR_US]
    assert (report.ledger.start_us, report.ledger.end_us) == (us(at(8, 18)), us(at(10, 6)))


def test_an_empty_window_has_no_day_and_no_length() -> None:
    """It is asked for when a range lies in the future."""
    report = report_of([sla.Alarm(at(8), at(9))], at(8, 12), at(8, 12))
    assert report.days == ()
    assert report.total.observed_us == 0
    assert report.total.availability_ratio is None
    assert report.total.date == at(8).date()
    assert list(report.ledger.timeline()) == []
    assert report.incidents() == ()
    assert report.by(sla.Period.rolling(1)) == report.by(sla.Period.MONTH) == ()


def test_the_timeline_names_scope_and_state_in_order_of_time() -> None:
    """Without gap or overlap."""
    report = report_of(
        [sla.Alarm(at(8, 2), at(8, 4))], at(8), at(8, 8), as_of=at(8, 6), maintenance=[(at(8, 3), at(8, 5))]
    )
    assert list(report.ledger.timeline()) == [
        (us(at(8, 0)), us(at(8, 2)), Scope.AGREED, State.UP),
        (us(at(8, 2)), us(at(8, 3)), Scope.AGREED, State.DOWN),
        (us(at(8, 3)), us(at(8, 4)), Scope.MAINTENANCE, State.DOWN),
        (us(at(8, 4)), us(at(8, 5)), Scope.MAINTENANCE, State.UP),
        (us(at(8, 5)), us(at(8, 6)), Scope.AGREED, State.UP),
        (us(at(8, 6)), us(at(8, 8)), Scope.AGREED, State.NOT_YET),
    ]


def test_the_cells_of_a_part_are_clipped_to_the_window() -> None:
    """What lies outside counts nothing; a reversed part is empty."""
    ledger = report_of([], at(8), at(9)).ledger
    assert sum(ledger.cells_us(us(at(7)), us(at(8, 1)))) == HOUR_US
    assert sum(ledger.cells_us(us(at(8, 2)), us(at(8, 1)))) == 0
    assert sum(ledger.cells_us(us(at(10)), us(at(11)))) == 0
    assert ledger.segments[Scope.AGREED, State.UP] == DAY_US


@pytest.mark.parametrize("hour", [0, 1, 2, 3, 12, 24])
def test_a_part_without_length_has_no_cells(hour: int) -> None:
    """At the edges of the window, of maintenance and of an outage, and between them."""
    instant_us = us(at(8)) + hour * HOUR_US
    ledger = report_of([sla.Alarm(at(8, 2), at(8, 3))], at(8), at(9), maintenance=[(at(8, 1), at(8, 3))]).ledger
    assert ledger.cells_us(instant_us, instant_us) == (0,) * len(CELLS)


def test_few_outages_in_many_days_are_measured_where_they_are() -> None:
    """In the first piece of the window, in the last one, over several, in part of one; nowhere else."""
    hour = timedelta(hours=1)
    outages = [(at(1, 6), at(1, 7)), (at(10, 23), at(13, 2)), (at(20, 5), at(20, 6)), (at(31, 20), at(31, 23))]
    beyond = [(at(1) - 3 * hour, at(1) - hour), (at(31, 23), at(31, 23) + 9 * hour)]
    alarms = [sla.Alarm(*times) for times in (*outages, *beyond)]
    report = report_of(alarms, at(1, 6), at(31, 23), as_of=at(31, 23), maintenance=[(at(15), at(15, 1))])
    down_hours = {day.date.day: day.downtime_us / HOUR_US for day in report.days if day.downtime_us}
    assert down_hours == {1: 1, 10: 1, 11: 24, 12: 24, 13: 2, 20: 1, 31: 3}
    assert [sum(day.cells_us) for day in report.days] == [18 * HOUR_US, *[DAY_US] * 29, 23 * HOUR_US]
    assert report.ledger.cells_us() == summed_cells([day.cells_us for day in report.days])
    assert report.ledger.without_downtime.segments[Scope.AGREED, State.DOWN] == 0


def test_few_excused_outages_in_many_days_are_taken_back_from_downtime() -> None:
    """Each by what excuses it; the cells are those of the timeline, and of days that are few."""
    alarms = [sla.Alarm(at(10, 22), at(11, 3), resource_id="r"), sla.Alarm(at(20, 4), at(20, 8), resource_id="s")]
    work = sla.MaintenanceWindow(at(10, 23), at(11, 2), applies_to={"resource_id": "r"})
    theft = sla.Exclusion(at(20, 5), at(20, 7), applies_to={"resource_id": "s"}, reason="theft")
    terms: dict[str, Any] = {"maintenance": [work], "exclusions": [theft]}
    ledger = report_of(alarms, at(1), at(31), **terms).ledger
    segments = ledger.segments
    assert segments[Scope.AGREED, State.DOWN] == 4 * HOUR_US
    assert segments[Scope.AGREED, State.EXCUSED_MAINTENANCE] == 3 * HOUR_US
    assert segments[Scope.AGREED, State.EXCUSED_OTHER] == 2 * HOUR_US
    assert segments[Scope.AGREED, State.UP] == 30 * DAY_US - 9 * HOUR_US
    for first, last in ((10, 12), (20, 21)):
        few_days = report_of(alarms, at(first), at(last), **terms).ledger
        assert ledger.day_cells_us()[first - 1 : last - 1] == few_days.day_cells_us()


def test_the_downtime_of_a_part_alone_leaves_the_others_up() -> None:
    """What is excused of it too."""
    alarms = [sla.Alarm(at(8, hour), at(8, hour + 4), resource_id="r") for hour in (1, 9, 17)]
    work = [sla.MaintenanceWindow(at(8, hour), at(8, hour + 1), applies_to={"resource_id": "r"}) for hour in (2, 10)]
    thefts = [
        sla.Exclusion(at(8, hour), at(8, hour + 1), applies_to={"resource_id": "r"}, reason="theft") for hour in (3, 11)
    ]
    ledger = report_of(alarms, at(8), at(9), maintenance=work, exclusions=thefts).ledger
    start_us, end_us = us(at(8, 9, 30)), us(at(8, 11, 30))
    part = ledger.with_downtime_within(start_us, end_us)
    assert part.cells_us(start_us, end_us) == ledger.cells_us(start_us, end_us)
    down_states = State.DOWN, State.EXCUSED_MAINTENANCE, State.EXCUSED_OTHER
    assert [part.segments[Scope.AGREED, state] / HOUR_US for state in down_states] == [0.5, 1, 0.5]
    assert part.segments[Scope.AGREED, State.UP] == 22 * HOUR_US


def test_the_days_of_a_part_are_clipped_to_it() -> None:
    """Each has its own cells; the first and the last may be partial."""
    ledger = report_of([sla.Alarm(at(8, 20), at(9, 2))], at(7), at(12)).ledger
    days = ledger.day_cells_between_us(us(at(8, 21)), us(at(10, 1)))
    assert list(map(sum, days)) == [3 * HOUR_US, DAY_US, HOUR_US]
    down = CELLS.index((Scope.AGREED, State.DOWN))
    assert [cells[down] for cells in days] == [3 * HOUR_US, 2 * HOUR_US, 0]
    (whole_day,) = ledger.day_cells_between_us(us(at(9)), us(at(10)))
    assert whole_day == ledger.cells_us(us(at(9)), us(at(10)))


def stretch(start_hour: int, end_hour: int) -> IntervalSet:
    """Return hours of the eighth as instants."""
    return IntervalSet((us(at(8, start_hour)),), (us(at(8, end_hour)),))


DIFFERENCES: dict[str, tuple[dict[str, Any], IntervalSet]] = {
    "nothing": ({}, NEVER),
    "an outage that is longer": ({"alarms": [sla.Alarm(at(8, 2), at(8, 5), resource_id="r")]}, stretch(4, 5)),
    "an outage that is shorter": ({"alarms": [sla.Alarm(at(8, 3), at(8, 4), resource_id="r")]}, stretch(2, 3)),
    "maintenance": ({"maintenance": [(at(8, 8), at(8, 9))]}, stretch(8, 9)),
    "what was monitored": ({"monitored": [(at(7), at(8, 21)), (at(8, 22), at(10))]}, stretch(21, 22)),
    "work that excuses": (
        {"maintenance": [sla.MaintenanceWindow(at(8, 3), at(8, 6), applies_to={"resource_id": "r"})]},
        stretch(3, 4),
    ),
    "another exclusion": (
        {"exclusions": [sla.Exclusion(at(8, 1), at(8, 3), applies_to={"resource_id": "r"}, reason="no access")]},
        stretch(2, 3),
    ),
}


@pytest.mark.parametrize(("terms", "expected"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_two_ledgers_differ_where_they_say_something_else(terms: dict[str, Any], expected: IntervalSet) -> None:
    """Whichever of the two is named first."""
    alarms = [sla.Alarm(at(8, 2), at(8, 4), resource_id="r")]
    common: dict[str, Any] = {"alarms": alarms, "start": at(8), "end": at(9), "monitored": [(at(7), at(10))]}
    ledger, other = report_of(**common).ledger, report_of(**{**common, **terms}).ledger
    assert differing_time(ledger, other) == differing_time(other, ledger) == expected


def test_what_is_excused_in_several_parts_of_a_day_adds_up() -> None:
    """Everybody's work cuts the day into pieces, of which two have excused downtime."""
    alarms = [sla.Alarm(at(8, 9), at(8, 13), resource_id="r"), sla.Alarm(at(8, 15), at(8, 20), resource_id="s")]
    work = sla.MaintenanceWindow(at(8, 9), at(8, 13), applies_to={"resource_id": "r"})
    theft = sla.Exclusion(at(8, 15), at(8, 20), applies_to={"resource_id": "s"}, reason="theft")
    everybody = [(at(8, 10), at(8, 11)), (at(8, 16), at(8, 18))]
    report = report_of(alarms, at(8), at(9), maintenance=[work, *everybody], exclusions=[theft])
    for cells_us in (report.ledger.cells_us(), *report.ledger.day_cells_us()):
        assert cells_us[CELLS.index((Scope.AGREED, State.EXCUSED_MAINTENANCE))] == 3 * HOUR_US
        assert cells_us[CELLS.index((Scope.AGREED, State.EXCUSED_OTHER))] == 3 * HOUR_US
        assert sum(cells_us) == DAY_US


def test_a_frame_keeps_its_window_under_another_contract() -> None:
    """All of it, whatever cuts it."""
    work = IntervalSet((us(at(9, 2)),), (us(at(9, 4)),))
    window: dict[str, Any] = {"start_us": us(at(8)), "end_us": us(at(11)), "zone": "UTC", "as_of_us": us(at(10, 6))}
    bare, cut = Frame.of(Contract(), **window), Frame.of(Contract(maintenance=work), **window)
    assert bare.under(Contract(maintenance=work)) == cut.under(Contract(maintenance=work)) == cut
    assert cut.under(Contract()) == bare != cut


def test_no_tables_sum_to_an_empty_one() -> None:
    """Twenty zeros."""
    assert summed_cells([]) == (0,) * len(CELLS)
    assert summed_cells([(1, 2), (3, 4)]) == (4, 6)


def test_ledgers_are_values() -> None:
    """Equal, hashable, picklable."""
    one, other = (report_of([sla.Alarm(at(8), at(8, 1))], at(8), at(9)).ledger for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own bytes
