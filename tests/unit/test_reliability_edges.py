"""Reliability at its edges: what programs read of it, ranks, restorations, acknowledgements."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.analysis import Reliability, reliability
from tests.unit.moments import HOUR_US, MINUTE_US, at, report_of

MICROSECOND = timedelta(microseconds=1)


def of_day(*alarms: sla.Alarm, **terms: Any) -> Reliability:
    """Return the reliability of 8 October."""
    return reliability(report_of(list(alarms), at(8), at(9), **terms))


def outage(hour: int, minutes: int, **fields: Any) -> sla.Alarm:
    """Return an outage from an hour of 8 October on."""
    return sla.Alarm(at(8, hour), at(8, hour) + timedelta(minutes=minutes), **fields)


def test_reliability_in_json_types_and_in_words() -> None:
    """All figures, in seconds; one outage lasts, one alarm was acknowledged before it was raised."""
    figures = of_day(
        outage(2, 10, acknowledged_at=at(8, 2, 4)),
        outage(4, 20, acknowledged_at=at(8, 3)),
        outage(6, 60),
        sla.Alarm(at(8, 22, 30), acknowledged_at=at(8, 22, 40)),
    )
    assert figures.as_dict() == {
        "start": "2025-10-08T00:00:00+00:00",
        "end": "2025-10-09T00:00:00+00:00",
        "failures": 4,
        "mean_up_seconds": 5.25 * 3600,
        "mean_down_seconds": 2700.0,
        "mean_between_seconds": 6 * 3600.0,
        "restorations": 3,
        "mttr_seconds": 1800.0,
        "median_seconds": 1200.0,
        "p95_seconds": 3600.0,
        "longest_seconds": 3600.0,
        "still_open": 1,
        "oldest_open_seconds": 5400.0,
        "raised": 4,
        "acknowledged": 3,
        "acknowledged_percentage": 75.0,
        "mtta_seconds": 420.0,
        "acknowledged_before_raised": 1,
    }
    assert figures.explain() == (
        "2025-10-08T00:00:00+00:00 to 2025-10-09T00:00:00+00:00: 4 failures\n"
        "mean time up 5 h 15 min, down 45 min for each\n"
        "3 restored: mean 30 min, median 20 min, longest 1 h\n"
        "1 still open, for 1 h 30 min\n"
        "3 of 4 alarms acknowledged, on average after 7 min"
    )
    assert repr(figures) == (
        "<Reliability 2025-10-08T00:00:00+00:00 to 2025-10-09T00:00:00+00:00\n"
        "  failures: 4\n"
        "  mean time up: 5 h 15 min\n"
        "  mean time down: 45 min\n"
        "  mean time between failures: 6 h\n"
        "  restorations: 3\n"
        "  mean time to restore: 30 min\n"
        "  median: 20 min\n"
        "  95th percentile: 1 h\n"
        "  longest: 1 h\n"
        "  still open: 1\n"
        "  oldest open: 1 h 30 min\n"
        "  acknowledged: 3 of 4 alarms\n"
        "  mean time to acknowledge: 7 min>"
    )
    assert of_day().explain() == "2025-10-08T00:00:00+00:00 to 2025-10-09T00:00:00+00:00: 0 failures"


@pytest.mark.parametrize(("count", "median", "p95"), [(1, 1, 1), (2, 1, 2), (3, 2, 3), (19, 10, 19), (20, 10, 19)])
def test_percentiles_are_lengths_that_were_observed(count: int, median: int, p95: int) -> None:
    """Nearest ranks, whatever the order of the outages."""
    figures = of_day(*(outage(count - minutes, minutes) for minutes in range(1, count + 1)))
    assert (figures.median_us, figures.p95_us) == (median * MINUTE_US, p95 * MINUTE_US)
    assert figures.longest_us == count * MINUTE_US


def test_an_outage_belongs_to_the_days_that_it_meets_and_ends_in_one() -> None:
    """Its counted time is that of the day; its length is that of all of it."""
    report = report_of([sla.Alarm(at(8, 22), at(9, 3))], at(7), at(11))
    by_day = [reliability(report, day) for day in report.days]
    assert [figures.failures for figures in by_day] == [0, 1, 1, 0]
    assert [figures.restorations for figures in by_day] == [0, 0, 1, 0]
    assert [figures.mean_down_us for figures in by_day] == [None, 2 * HOUR_US, 3 * HOUR_US, None]
    assert by_day[1].mean_up_us == 22 * HOUR_US
    assert by_day[1].mttr_us is None
    assert by_day[2].mttr_us == 5 * HOUR_US
    counted = [reliability(report, day, clock="counted").mttr_us for day in report.days]
    assert counted == [None, None, 5 * HOUR_US, None]


def test_each_restoration_has_its_own_counted_time() -> None:
    """Whatever came before and comes after; what maintenance takes out is no part of it."""
    alarms = [outage(2, 60), outage(4, 120), outage(8, 180)]
    report = report_of(alarms, at(8), at(9), maintenance=[(at(8, 5), at(8, 5, 30))])
    figures = reliability(report, clock="counted")
    assert figures.mttr_us == 110 * MINUTE_US
    assert (figures.median_us, figures.longest_us) == (90 * MINUTE_US, 3 * HOUR_US)
    assert reliability(report).mttr_us == 2 * HOUR_US


def test_time_that_does_not_count_is_no_failure() -> None:
    """The outage is restored nevertheless."""
    figures = of_day(outage(2, 60), maintenance=[(at(8, 2), at(8, 3))])
    assert (figures.failures, figures.mean_up_us, figures.mean_down_us) == (0, None, None)
    assert figures.restorations == 1
    assert figures.mttr_us == HOUR_US


def test_an_outage_that_lasts_is_open_and_in_no_mean() -> None:
    """Until it is over; one that ended just before now is restored."""
    lasting = of_day(sla.Alarm(at(8, 2)), as_of=at(8, 6))
    assert (lasting.still_open, lasting.oldest_open_us, lasting.restorations) == (1, 4 * HOUR_US, 0)
    over = of_day(sla.Alarm(at(8, 2), at(8, 6) - MICROSECOND), as_of=at(8, 6))
    assert (over.still_open, over.oldest_open_us, over.restorations) == (0, None, 1)
    just_over = of_day(sla.Alarm(at(8, 2), at(8, 6)), as_of=at(8, 6))
    assert (just_over.still_open, just_over.oldest_open_us, just_over.restorations) == (0, None, 1)


def test_alarms_are_raised_in_the_period_that_holds_their_start() -> None:
    """From its first instant on, up to its end and to now."""
    alarms = [
        sla.Alarm(at(8) - MICROSECOND, at(8, 1)),
        *(outage(hour, 1) for hour in (0, 12)),
        sla.Alarm(at(9), at(10)),
    ]
    report = report_of(alarms, at(7), at(11))
    assert [reliability(report, day).raised for day in report.days] == [1, 2, 1, 0]
    early = report_of(alarms, at(7), at(11), as_of=at(8, 12))
    assert [reliability(early, day).raised for day in early.days] == [1, 1, 0, 0]


def test_an_acknowledgement_counts_once_it_is_known_in_the_period_in_which_it_came() -> None:
    """What comes later is not known yet; at once is a delay of 0."""
    alarms = [
        sla.Alarm(at(8, 23), at(8, 23, 1), acknowledged_at=at(9)),
        sla.Alarm(at(9, 4), at(9, 5), acknowledged_at=at(9, 4)),
        sla.Alarm(at(9, 5), at(9, 6), acknowledged_at=at(9, 12)),
    ]
    report = report_of(alarms, at(8), at(10), as_of=at(9, 12))
    first, second = (reliability(report, day) for day in report.days)
    assert (first.raised, first.acknowledged, first.mtta_us) == (1, 1, None)
    assert (second.raised, second.acknowledged) == (2, 1)
    assert second.mtta_us == HOUR_US // 2
    assert second.acknowledged_share == Fraction(1, 2)
    later = report_of(alarms, at(8), at(10), as_of=at(9, 12) + MICROSECOND)
    assert reliability(later, later.days[1]).acknowledged == 2
    assert reliability(later, later.days[1]).acknowledged_before_raised == 0


def test_another_clock_is_named() -> None:
    """With the choice."""
    with pytest.raises(sla.InvalidValueError) as caught:
        reliability(report_of([], at(8), at(9)), clock="wall")  # type: ignore[arg-type]
    assert str(caught.value) == "clock is 'wall'; give 'elapsed' or 'counted'"
    assert caught.value.field == "clock"
