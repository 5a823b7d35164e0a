"""Confirmation of records: bounds, coverage, unknown time, and what is agreed of it."""

from __future__ import annotations

import json
import pickle
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance import Accounting, Counts, Doubt, DoubtCause, Scope, State
from sla_compliance.certainty import CERTAIN, Certainty, DeferredCertainty
from tests.unit.moments import HOUR_US, at, report_of

SIX_HOURS_BLIND = {"monitored": [(at(8, 6), at(9))]}


def test_without_doubt_low_and_high_are_the_availability() -> None:
    """And the verdict is confirmed."""
    report = report_of([sla.Alarm(at(8, 9), at(8, 10))], at(8), at(9))
    assert report.bounds() == sla.Bounds(Fraction(23, 24), Fraction(23, 24), True, Fraction(1), ())
    assert report.is_confirmed
    assert report.total.verdict_text == "Breached"


def test_unknown_time_may_have_been_up_or_down() -> None:
    """A month with a quarter of it dark is not met for sure, whatever was seen."""
    report = report_of([], at(8), at(9), **SIX_HOURS_BLIND)
    assert report.total.availability_ratio == 1
    assert report.bounds() == sla.Bounds(
        Fraction(18, 24), Fraction(1), False, Fraction(3, 4), (Doubt(DoubtCause.UNMONITORED, 0, 6 * HOUR_US),)
    )
    assert report.total.verdict_text == "Not confirmed"
    assert report.total.coverage_ratio == Fraction(3, 4)


def test_unknown_time_counts_in_doubt_only_where_up_and_down_count_differently() -> None:
    """Not out of hours, not in maintenance unless the accounting counts it."""
    terms: dict[str, Any] = {"service_hours": [(at(8, 4), at(9))], "maintenance": [(at(8, 5), at(8, 7))]}
    total = report_of([], at(8), at(9), **SIX_HOURS_BLIND, **terms).total
    assert total.coverage_ratio == Fraction(17, 18)
    assert total.counted_as(Accounting.COUNTED).coverage_ratio == Fraction(18, 20)
    assert total.counted_as(Accounting.EXCUSED).coverage_ratio == Fraction(18, 19)
    pessimistic = total.pessimistic
    assert pessimistic.segments[Scope.AGREED, State.DOWN] == HOUR_US
    assert pessimistic.segments[Scope.OUT_OF_HOURS, State.UNKNOWN] == 4 * HOUR_US
    assert pessimistic.segments[Scope.MAINTENANCE, State.UNKNOWN] == HOUR_US


def test_unknown_time_that_an_accounting_counts_is_in_doubt_all_the_same() -> None:
    """What it counts as is agreed, what it was is not."""
    accounting = Accounting({(Scope.AGREED, State.UNKNOWN): Counts.UP})
    report = report_of([], at(8), at(9), policy=sla.SLAPolicy(accounting=accounting), **SIX_HOURS_BLIND)
    bounds = report.bounds()
    assert (bounds.low, bounds.high) == (Fraction(18, 24), Fraction(1))
    assert bounds.because == (Doubt(DoubtCause.UNMONITORED, 0, 6 * HOUR_US),)


@pytest.mark.parametrize(
    ("minimum", "is_confirmed"), [(0, True), ("0.75", True), (Decimal("0.7501"), False), (1, False)]
)
def test_what_is_agreed_is_no_doubt(minimum: Any, is_confirmed: bool) -> None:
    """Unknown time is left out at or above the coverage agreed; below it is doubt."""
    policy = sla.SLAPolicy(unknown="excluded", minimum_coverage=minimum)
    report = report_of([], at(8), at(9), policy=policy, **SIX_HOURS_BLIND)
    bounds = report.bounds()
    assert bounds.is_confirmed is is_confirmed
    assert bounds.coverage_ratio == Fraction(3, 4)
    assert (bounds.because == ()) is is_confirmed
    assert bounds.low == (1 if is_confirmed else Fraction(18, 24))


def test_coverage_is_judged_for_each_period_by_itself() -> None:
    """A month may have enough of it, and a day of that month not."""
    policy = sla.SLAPolicy(unknown="excluded", minimum_coverage="0.8")
    report = report_of([], at(8), at(18), policy=policy, monitored=[(at(8, 6), at(18))])
    assert report.is_confirmed
    assert [day.is_confirmed for day in report.days] == [False] + [True] * 9


def test_where_nothing_was_seen_nothing_is_confirmed() -> None:
    """No data in any reading, or in one of them."""
    blind = report_of([], at(8), at(9), monitored=[])
    assert blind.bounds() == sla.Bounds(Fraction(0), Fraction(1), False, Fraction(0), blind.bounds().because)
    assert blind.total.verdict_text == "No data"
    agreed = report_of([], at(8), at(9), monitored=[], policy=sla.SLAPolicy(unknown="excluded"))
    assert agreed.bounds() == sla.Bounds(None, None, False, Fraction(0), ())
    assert "No data: no reading of the rows has an availability" in agreed.total.explain()
    out_of_hours = report_of([], at(8), at(9), service_hours=[])
    assert out_of_hours.bounds() == sla.Bounds(None, None, False, None, ())


def test_a_breach_on_the_record_stays_one_and_may_be_unconfirmed() -> None:
    """Optimistically the alarm was over when it was last seen."""
    unseen = sla.Alarm(at(1), last_occurrence=at(2))
    total = report_of([unseen], at(8), at(9), as_of=at(20)).total
    assert total.is_breached
    assert not total.is_confirmed
    assert total.verdict_text == "Breached, unconfirmed"
    assert "availability lies between 0.00 % and 100.00 %, by how doubtful time is read" in total.explain()


def test_a_period_in_progress_is_confirmed_while_no_doubt_can_lose_it() -> None:
    """Two minutes may be repaired by what is to come; once it is over they may not."""
    doubtful = sla.Alarm(at(8, 1), at(8, 1, 2), severity="cleared")
    policy = sla.SLAPolicy("99.8")
    verdicts = []
    for hour in (2, 24):
        total = report_of([doubtful], at(8), at(9), as_of=at(8) + timedelta(hours=hour), policy=policy).total
        verdicts.append((total.verdict, total.pessimistic.verdict, total.is_confirmed))
    assert verdicts == [(sla.Verdict.MET, sla.Verdict.AT_RISK, True), (sla.Verdict.MET, sla.Verdict.MET, True)]
    strict = report_of([doubtful], at(8), at(9), policy=sla.SLAPolicy("99.9")).total
    assert not strict.is_confirmed


def test_other_questions_to_a_record_are_answered_with_its_doubt() -> None:
    """Another target, another accounting."""
    doubtful = sla.Alarm(at(8, 1), at(8, 2), severity="cleared")
    report = report_of([doubtful], at(8), at(9), maintenance=[(at(8, 1), at(8, 2))])
    assert report.is_confirmed
    counted = report.total.counted_as(Accounting.COUNTED)
    assert not counted.is_confirmed
    assert report.bounds(counted).low == Fraction(23, 24)
    assert counted.with_target(95).is_confirmed


def test_the_wire_s_detail_has_the_confirmation() -> None:
    """Percentages rounded down, as all of them; null where there is none."""
    report = report_of([sla.Alarm(at(8, 7), at(8, 7, 1), severity="cleared")], at(8), at(9), **SIX_HOURS_BLIND)
    (details,) = report.as_dicts(detail=True)
    assert json.loads(json.dumps(details)) == details
    shown = {
        name: details[name] for name in ("is_confirmed", "low_percentage", "high_percentage", "coverage_percentage")
    }
    assert shown == {
        "is_confirmed": False,
        "low_percentage": 74.93,
        "high_percentage": 100.0,
        "coverage_percentage": 75.0,
    }
    assert "is_confirmed" not in report.as_dicts()[0]
    nothing = report_of([], at(8), at(9), service_hours=[]).as_dicts(detail=True)[0]
    assert (nothing["low_percentage"], nothing["coverage_percentage"]) == (None, None)


def test_readings_of_a_month_are_the_sums_of_its_days() -> None:
    """Totals are computed on lengths, in every reading."""
    alarms = [sla.Alarm(at(day, 3), at(day, 4), severity="cleared") for day in (1, 8, 20)]
    (month,) = report_of(alarms, at(1), at(31)).by(sla.Period.MONTH)
    assert month.pessimistic.downtime_us == 3 * HOUR_US
    assert month.optimistic.downtime_us == month.downtime_us == 0


def test_a_deferred_certainty_is_its_value() -> None:
    """Equal, of one hash, pickled as it, computed once; unequal to anything else."""
    calls = []

    def compute(first: int, after: int) -> Certainty:
        calls.append((first, after))
        return CERTAIN

    deferred = DeferredCertainty(compute, 3, 5)
    assert calls == []
    assert deferred == CERTAIN
    assert deferred == CERTAIN
    assert deferred == DeferredCertainty(compute, 0, 1)
    assert hash(deferred) == hash(CERTAIN)
    assert deferred != "certain"
    copy = pickle.loads(pickle.dumps(deferred))  # noqa: S301 - our own bytes
    assert type(copy) is Certainty
    assert copy == CERTAIN
    assert calls == [(3, 5), (0, 1)]
