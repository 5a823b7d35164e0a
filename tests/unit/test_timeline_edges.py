"""The timeline at its edges: targets exactly met, coverage exactly enough, lengths that just fit into 64 bits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import sla_compliance as sla
from sla_compliance.evaluation import EvaluationArguments
from sla_compliance.timeline.days import is_unseen, objection_to
from sla_compliance.timeline.line import KeyedTimes
from sla_compliance.units import DAY_US, HOUR_US, MINUTE_US, moment
from tests.unit.test_timeline import START_US, arguments, assert_days_are_those_of_the_core, drawn_times

STILL_ACTIVE_US = 2**62
FIRST_DAY_US = START_US + 4 * HOUR_US  # the first local midnight in New York


def times_of(*alarms: tuple[int, int, int]) -> KeyedTimes:
    """Return alarms: key, start and end in microseconds after the first local midnight."""
    ranks, starts_us, ends_us = (np.array(column, dtype=np.int64) for column in zip(*alarms, strict=True))
    return KeyedTimes(ranks, starts_us + FIRST_DAY_US, ends_us + FIRST_DAY_US)


def objection(terms: EvaluationArguments) -> str:
    """Return why the timeline does not cover some terms."""
    return objection_to(terms.ledger_rule(terms.contract, sla.AlarmBatch()))


@pytest.mark.parametrize("target", ["50", "99", "0", "100"])
def test_a_target_exactly_met_is_met(target: str) -> None:
    """To the microsecond; as much up as down is not nothing; all down is breached."""
    allowed_us = DAY_US * (100 - int(target)) // 100
    times = times_of(
        *((rank, 0, allowed_us + more_us) for rank, more_us in enumerate((0, 1)) if allowed_us + more_us),
        (2, 0, DAY_US // 2),
        (3, 0, DAY_US),
        (4, 0, DAY_US - 1),
    )
    assert_days_are_those_of_the_core(arguments(policy=sla.SLAPolicy(target)), times)


@pytest.mark.parametrize("monitored_us", [DAY_US * 6 // 10 - 1, DAY_US * 6 // 10, DAY_US * 6 // 10 + 1])
def test_unmonitored_time_is_left_out_where_coverage_is_enough(monitored_us: int) -> None:
    """Exactly as much as agreed is enough; downtime was observed as well as uptime."""
    policy = sla.SLAPolicy("99", unknown="excluded", minimum_coverage="0.6")
    monitored = [(moment(FIRST_DAY_US), moment(FIRST_DAY_US + monitored_us))]
    times = times_of((0, HOUR_US, HOUR_US + MINUTE_US), (1, HOUR_US, 7 * HOUR_US), (2, 20 * HOUR_US, 21 * HOUR_US))
    assert_days_are_those_of_the_core(arguments(policy=policy, monitored=monitored), times)


@pytest.mark.parametrize("unmonitored_hours", [0, 1, 2, 3])
def test_a_day_in_progress_may_be_met_and_at_risk_by_its_readings(unmonitored_hours: int) -> None:
    """A verdict that is not final yet is confirmed as long as no reading is lost."""
    as_of_us = FIRST_DAY_US + 12 * HOUR_US
    monitored = [(moment(FIRST_DAY_US + unmonitored_hours * HOUR_US), moment(FIRST_DAY_US + 2 * DAY_US))]
    terms = arguments(policy=sla.SLAPolicy("90"), as_of=moment(as_of_us), monitored=monitored)
    assert_days_are_those_of_the_core(terms, times_of((0, 3 * HOUR_US, 4 * HOUR_US), (1, 3 * HOUR_US, 6 * HOUR_US)))


def test_an_alarm_is_open_after_its_start_and_before_its_end() -> None:
    """Raised or over exactly at the instant of evaluation, it is not; whenever it was seen."""
    as_of_us = START_US
    starts_us = np.array([as_of_us, as_of_us - 1, as_of_us - DAY_US, as_of_us - DAY_US])
    ends_us = np.array([STILL_ACTIVE_US, STILL_ACTIVE_US, as_of_us, as_of_us + 1])
    sights_us = np.full(4, as_of_us - 8 * DAY_US)
    assert is_unseen(starts_us, ends_us, sights_us, as_of_us).tolist() == [False, True, False, True]


def test_a_margin_that_just_fits_is_covered() -> None:
    """36,000 years on both sides; one microsecond more is not."""
    longest = timedelta(microseconds=2**60)
    for policy in (sla.SLAPolicy(min_outage=longest), sla.SLAPolicy(merge_gap=longest)):
        assert_days_are_those_of_the_core(arguments(policy=policy), drawn_times(7, 60))
    both: dict[str, Any] = {"merge_gap": longest - timedelta(days=1), "min_outage": timedelta(days=1)}
    assert objection(arguments(policy=sla.SLAPolicy(**both))) == ""
    too_long = replace(arguments(), policy=sla.SLAPolicy(merge_gap=longest, min_outage=timedelta(microseconds=1)))
    assert objection(too_long) == "policy.merge_gap or policy.min_outage of many thousand years"


def test_keys_that_one_line_cannot_hold_stand_on_others() -> None:
    """With a margin of 36,000 years it holds three; those of other lines bridge no gap of theirs."""
    policy = sla.SLAPolicy(merge_gap=timedelta(microseconds=2**60))
    times = times_of((0, HOUR_US, 2 * HOUR_US), (8, HOUR_US, 2 * HOUR_US), (8, 3 * DAY_US, 4 * DAY_US))
    assert_days_are_those_of_the_core(arguments(policy=policy), times, keys=10)


def test_a_window_that_is_over_ends_with_its_last_instant() -> None:
    """What lies behind it decides about outages that reach beyond, within the margin."""
    policy = sla.SLAPolicy(merge_gap=timedelta(hours=1), min_outage=timedelta(hours=2))
    end_us = START_US + 10 * DAY_US - FIRST_DAY_US
    times = times_of(
        (0, end_us - HOUR_US, end_us + HOUR_US),
        (1, end_us - HOUR_US, end_us + HOUR_US - 1),
        (2, end_us - 2 * HOUR_US, end_us - MINUTE_US),
        (2, end_us + MINUTE_US, end_us + HOUR_US),
        (3, end_us - HOUR_US, end_us),
    )
    for as_of_us in (START_US + 12 * DAY_US, START_US + 10 * DAY_US):
        assert_days_are_those_of_the_core(arguments(policy=policy, as_of=moment(as_of_us)), times)
        assert_days_are_those_of_the_core(arguments(policy=policy, as_of=moment(as_of_us)), drawn_times(8, 200))


@pytest.mark.parametrize("gap_us", [0, 1, 2, 3])
@pytest.mark.parametrize(("merge_gap_us", "min_outage_us"), [(0, 0), (0, HOUR_US), (2, HOUR_US), (1, 2), (2, 2)])
def test_outages_are_joined_where_they_touch_or_nearly_so(gap_us: int, merge_gap_us: int, min_outage_us: int) -> None:
    """Before those that are too short are dropped; to the microsecond."""
    policy = sla.SLAPolicy(
        merge_gap=timedelta(microseconds=merge_gap_us), min_outage=timedelta(microseconds=min_outage_us)
    )
    half_us = HOUR_US // 2
    times = times_of(
        (0, HOUR_US, HOUR_US + half_us),
        (0, HOUR_US + half_us + gap_us, 2 * HOUR_US + gap_us),
        (1, HOUR_US, HOUR_US + 1),
        (1, HOUR_US + 1 + gap_us, HOUR_US + 2 + gap_us),
        (2, HOUR_US, HOUR_US + 2),
    )
    assert_days_are_those_of_the_core(arguments(policy=policy), times)


def test_shares_are_covered_whose_products_with_three_days_fit() -> None:
    """A target is compared, and shown with its decimals; a coverage is compared."""
    finest = 2**63 // (3 * DAY_US)
    for denominator, is_covered in ((finest, True), (finest + 1, False)):
        policy = sla.SLAPolicy(unknown="excluded", minimum_coverage=Fraction(1, denominator))
        assert (objection(arguments(policy=policy)) == "") is is_covered
    many = "policy.target_percentage has many decimals"
    assert (
        objection(arguments(policy=sla.SLAPolicy("99.999995"))) == many
    )  # 1 - 1 / 20,000,000, shown with six decimals
