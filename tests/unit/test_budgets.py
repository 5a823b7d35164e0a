"""Error budgets: what a target leaves to be lost, and how much of it is left."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from sla_compliance import Accounting, Alarm, Counts, Scope, SLAPolicy, State, Verdict, evaluate
from sla_compliance.analysis.budgets import budget, error_budget_remaining_ratio
from sla_compliance.records import ComplianceRecord

START = dt.datetime(2025, 10, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def _record(
    down_s: int, target: str, in_service: list[tuple[dt.datetime, dt.datetime]] | None = None
) -> ComplianceRecord:
    """Return the record of one day with one outage."""
    alarms = [Alarm(START, START + dt.timedelta(seconds=down_s))]
    policy = SLAPolicy(target)
    return evaluate(
        alarms, start=START, end=START + DAY, zone="UTC", as_of=START + 2 * DAY, policy=policy, in_service=in_service
    ).total


@pytest.mark.parametrize(
    ("down_s", "left"),
    [(0, Fraction(1)), (216, Fraction(3, 4)), (864, Fraction(0)), (1728, Fraction(-1)), (86400, Fraction(-99))],
)
def test_what_is_left_is_a_share_of_what_the_target_allows(down_s: int, left: Fraction) -> None:
    """99 % of a day allow 864 seconds."""
    assert error_budget_remaining_ratio(_record(down_s, "99")) == left


@pytest.mark.parametrize("down_s", [863, 864, 865])
def test_a_budget_is_overspent_exactly_when_the_target_is_missed(down_s: int) -> None:
    """To the second, and exactly."""
    record = _record(down_s, "99")
    left = error_budget_remaining_ratio(record)
    assert left is not None
    assert (left < 0) == record.is_breached


def test_a_target_of_100_leaves_no_budget() -> None:
    """No share of nothing."""
    assert error_budget_remaining_ratio(_record(1, "100")) is None


def test_time_that_does_not_count_spends_nothing() -> None:
    """Without an availability there is no budget either; half a day in service has half the budget."""
    nothing = _record(100, "99", in_service=[])
    assert error_budget_remaining_ratio(nothing) is None
    half = _record(108, "99", in_service=[(START, START + DAY / 2)])
    assert error_budget_remaining_ratio(half) == Fraction(3, 4)


def test_a_budget_below_0_has_no_deadline() -> None:
    """Where an accounting counts UP as down, a target that is kept so far may be lost by the time to come."""
    recounted = {(Scope.AGREED, State.DOWN): Counts.UP, (Scope.AGREED, State.UP): Counts.DOWN}
    policy = SLAPolicy("99", accounting=Accounting(recounted))
    report = evaluate(
        [Alarm(START, START + DAY / 2)], start=START, end=START + DAY, zone="UTC", as_of=START + DAY / 2, policy=policy
    )
    figures = budget(report)
    assert (figures.state, figures.left_us < 0) == (Verdict.MET, True)
    assert figures.deadline is None
    assert "the period is lost" in str(figures)
