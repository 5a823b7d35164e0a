"""Budgets, deadlines and burn rates at their edges, and what programs read of them."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.analysis import budget, burn_rate, projected_budget
from sla_compliance.analysis.budgets import MOST_ROWS_NAMED
from sla_compliance.analysis.slack import cost_us, counted_with_time_to_come_as, slack_us
from sla_compliance.labels import State
from sla_compliance.ledger import summed_cells
from tests.unit.moments import DAY_US, HOUR_US, MINUTE_US, at, report_of, us

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
P99 = sla.SLAPolicy("99")


def day(*alarms: sla.Alarm, **terms: Any) -> sla.ComplianceReport:
    """Return the report of 8 October, of which 99 % allow 14 minutes and 24 seconds of downtime."""
    return report_of(list(alarms), at(8), at(9), **{"policy": P99, **terms})


def outage(start: float, minutes: float, **fields: Any) -> sla.Alarm:
    """Return an outage from an hour of 8 October on."""
    return sla.Alarm(at(8) + start * HOUR, at(8) + start * HOUR + minutes * MINUTE, **fields)


def test_a_budget_in_progress_in_json_types_and_in_words() -> None:
    """Down since 06:00 after 3 minutes at 02:00; now it is 06:05."""
    report = day(outage(2, 3), sla.Alarm(at(8, 6), id="open", last_occurrence=at(8, 6, 5)), as_of=at(8, 6, 5))
    answer = budget(report)
    assert answer.as_dict() == {
        "start": "2025-10-08T00:00:00+00:00",
        "end": "2025-10-09T00:00:00+00:00",
        "as_of": "2025-10-08T06:05:00+00:00",
        "target_percentage": 99.0,
        "allowed_seconds": 864.0,
        "spent_seconds": 480.0,
        "left_seconds": 384.0,
        "remaining_percentage": 44.44,
        "to_date_percentage": -119.18,
        "best_percentage": 99.44,
        "worst_percentage": 24.79,
        "deadline": "2025-10-08T06:11:24+00:00",
        "state": "AT_RISK",
        "down_since": "2025-10-08T06:00:00+00:00",
        "left_when_it_began_seconds": 684.0,
        "is_confirmed": True,
        "because": [],
        "more_in_doubt": 0,
        "last_monitored_at": "2025-10-08T06:05:00+00:00",
    }
    assert answer.explain() == (
        "2025-10-08T00:00:00+00:00 to 2025-10-09T00:00:00+00:00: target 99 % allows 14 min 24 s down\n"
        "spent 8 min, left 6 min 24 s\n"
        "down since 2025-10-08T06:00:00+00:00\n"
        "lost unless cleared by 2025-10-08T06:11:24+00:00, if nothing else is down;"
        " no targeted exclusion is reckoned with"
    )
    assert repr(answer) == (
        "<ErrorBudget 2025-10-08T00:00:00+00:00 to 2025-10-09T00:00:00+00:00\n"
        "  verdict: At risk\n"
        "  target: 99 %\n"
        "  allowed: 14 min 24 s\n"
        "  spent: 8 min\n"
        "  left: 6 min 24 s\n"
        "  left of the period's budget: 44.44 %\n"
        "  left to date: -119.18 %\n"
        "  availability at best: 99.44 %\n"
        "  availability at worst: 24.79 %\n"
        "  down since: 2025-10-08T06:00:00+00:00\n"
        "  deadline: lost unless cleared by 2025-10-08T06:11:24+00:00, if nothing else is down;"
        " no targeted exclusion is reckoned with>"
    )


def test_the_instants_of_a_budget_are_in_the_tenant_s_zone() -> None:
    """As the period's are."""
    report = day(sla.Alarm(at(8, 6)), as_of=at(8, 6, 5), zone="Africa/Lagos")
    known = budget(report).as_dict()
    assert [known[name] for name in ("start", "as_of", "down_since", "deadline", "last_monitored_at")] == [
        "2025-10-08T01:00:00+01:00",
        "2025-10-08T07:05:00+01:00",
        "2025-10-08T07:00:00+01:00",
        "2025-10-08T07:14:24+01:00",
        "2025-10-08T07:05:00+01:00",
    ]


def test_a_budget_that_is_over_in_json_types_and_in_words() -> None:
    """Nothing is to come, so the best and the worst are what was."""
    answer = budget(day(outage(2, 15)))
    known = answer.as_dict()
    assert known["best_percentage"] == known["worst_percentage"] == 98.95
    assert known["remaining_percentage"] == known["to_date_percentage"] == -4.17
    assert [known[name] for name in ("deadline", "down_since", "left_when_it_began_seconds")] == [None] * 3
    assert answer.explain().splitlines()[1:] == ["spent 15 min, overspent by 36 s", "the period is lost"]
    exactly = budget(day(outage(2, 14.4), as_of=at(8, 12)))
    assert exactly.left_us == 0
    assert exactly.deadline == at(8, 12)
    assert "an outage from now on is cleared by" in exactly.explain()


def test_a_budget_of_a_day_that_is_over_has_no_outage_that_lasts() -> None:
    """Although the alarm is open: its time after the day is of another budget."""
    report = report_of([sla.Alarm(at(8, 23, 50))], at(8), at(10), as_of=at(9), policy=P99)
    first, second = (budget(report, record) for record in report.days)
    assert (first.down_since, first.deadline, first.left_when_it_began_us) == (None, None, None)
    assert first.left_us == 264_000_000
    assert second.down_since == at(8, 23, 50)
    assert second.deadline == at(9, 0, 14, 24)
    assert second.left_when_it_began_us == second.left_us == second.allowed_us


def test_rows_in_doubt_stand_in_order_of_what_is_at_stake() -> None:
    """Those of the period, each named once, the first hundred of them."""
    alarms = [
        sla.Alarm(at(8, hour), at(8, hour) + minutes * MINUTE, id=name, severity="cleared")
        for hour, minutes, name in ((1, 5, "short"), (3, 30, "long"), (5, 20, "middle"))
    ]
    elsewhere = [
        sla.Alarm(at(7, 22), at(8), id="ends before", severity="cleared"),
        sla.Alarm(at(9), at(9, 1), id="begins after", severity="cleared"),
        sla.Alarm(at(7, 22), at(8, 0, 1), id="reaches in", severity="cleared"),
    ]
    report = report_of([*alarms, *elsewhere], at(7), at(10), policy=P99)
    answer = budget(report, report.days[1])
    assert (answer.because, answer.more_in_doubt) == (("reaches in", "long", "middle", "short"), 0)
    many = [outage(20, 30, id=f"{number:03}", severity="cleared") for number in range(MOST_ROWS_NAMED + 2)]
    crowded = budget(day(*many))
    assert (len(crowded.because), crowded.more_in_doubt) == (MOST_ROWS_NAMED, 2)
    assert repr(crowded).endswith(f"row in doubt: '007'\n  and: {MOST_ROWS_NAMED + 2 - 8} more>")
    kept = budget(day(outage(2, 3, id="in doubt of no weight", severity="cleared")))
    assert (kept.is_confirmed, kept.because) == (True, ())
    assert budget(day(*many[:MOST_ROWS_NAMED])).more_in_doubt == 0


def test_the_last_instant_that_was_monitored_is_not_after_now() -> None:
    """Of several stretches the end of the latest by now."""
    monitored = [(at(8), at(8, 2)), (at(8, 4), at(8, 6)), (at(8, 8), at(8, 20))]
    assert budget(day(monitored=monitored, as_of=at(8, 7))).last_monitored_at == at(8, 6)
    assert budget(day(monitored=monitored, as_of=at(8, 9))).last_monitored_at == at(8, 9)


def test_a_burn_rate_looks_back_from_now_and_not_beyond_the_window() -> None:
    """Exactly to the window's start is allowed; an hour down of two is 50 times the 1 % allowed."""
    report = day(outage(2, 60), as_of=at(8, 4))
    assert burn_rate(report, 2 * HOUR) == 50
    assert burn_rate(report, HOUR) == 0
    assert burn_rate(report, 4 * HOUR) == 25
    with pytest.raises(sla.InvalidValueError) as caught:
        burn_rate(report, 4 * HOUR + timedelta(microseconds=1))
    assert caught.value.field == "lookback"
    assert "the window begins at 2025-10-08T00:00:00+00:00" in str(caught.value)
    with pytest.raises(sla.InvalidTypeError) as wrong:
        burn_rate(report, 5)  # type: ignore[arg-type]
    assert wrong.value.field == "lookback"


def test_a_burn_rate_after_the_window_ends_with_it() -> None:
    """Time after the window is of another one; a look back that does not reach into it is refused."""
    report = day(outage(23, 30), as_of=at(9, 1))
    assert burn_rate(report, 2 * HOUR) == 50
    with pytest.raises(sla.InvalidValueError, match="lookback"):
        burn_rate(report, HOUR)


def test_slack_and_cost_are_exact() -> None:
    """Of a day of 99 %, an hour down costs an hour; of time to come, whichever state it is taken as."""
    report = day(outage(2, 60), as_of=at(8, 12))
    record = report.total
    assert slack_us(record) == Fraction(DAY_US, 100) - HOUR_US
    assert counted_with_time_to_come_as(State.UP, record) == (23 * HOUR_US, HOUR_US)
    assert counted_with_time_to_come_as(State.DOWN, record) == (11 * HOUR_US, 13 * HOUR_US)
    assert slack_us(record, report.days[0].cells_us) == slack_us(record)
    ledger = report.ledger
    first_us, last_us = us(at(8, 2, 30)), us(at(8, 5))
    assert cost_us(record, ledger.without_downtime, ledger, first_us, last_us) == HOUR_US // 2
    assert cost_us(record, ledger, ledger.without_downtime, first_us, last_us) == -(HOUR_US // 2)


def test_a_deadline_is_the_last_instant_that_keeps_the_target() -> None:
    """Rounded down to the microsecond; where all that is left costs less, there is none."""
    report = report_of([], at(8), at(8) + timedelta(microseconds=10), as_of=at(8), policy=sla.SLAPolicy("65"))
    assert budget(report).deadline == at(8) + timedelta(microseconds=3)
    evening = {"as_of": at(8, 23, 45, 36)}
    assert budget(day(**evening)).deadline is None
    assert budget(day(as_of=at(8, 23, 45, 35))).deadline == at(8, 23, 59, 59)


def test_an_outage_may_wait_until_just_before_it_counts() -> None:
    """Down for 4 of 10 minutes that count: at most to a microsecond before the tenth; from the tenth on it counts."""
    policy = sla.SLAPolicy("99.9", min_outage=10 * MINUTE)
    short = day(sla.Alarm(at(8, 6)), as_of=at(8, 6, 4), policy=policy)
    assert budget(short).deadline == at(8, 6, 10) - timedelta(microseconds=1)
    long = day(sla.Alarm(at(8, 6)), as_of=at(8, 6, 10), policy=policy)
    assert (budget(long).left_us < 0, budget(long).deadline) == (True, None)
    kind = sla.SLAPolicy("99", min_outage=10 * MINUTE)
    just = day(sla.Alarm(at(8, 6)), as_of=at(8, 6, 10), policy=kind)
    assert budget(just).deadline == at(8, 6, 14, 24)


def test_a_projection_in_json_types() -> None:
    """What is added, spent and left; lengths in seconds."""
    projection = projected_budget(day(outage(2, 3), as_of=at(8, 12)), [(at(8, 20), at(8, 20, 12))])
    assert projection.as_dict() == {
        "start": "2025-10-08T00:00:00+00:00",
        "end": "2025-10-09T00:00:00+00:00",
        "added_seconds": 720.0,
        "spent_seconds": 900.0,
        "left_seconds": -36.0,
        "verdict": "BREACHED",
    }
    assert projection.added_us == 12 * MINUTE_US
    assert projection.left_us == -36_000_000
    with pytest.raises(sla.InvalidTypeError) as caught:
        projected_budget(day(), 5)  # type: ignore[arg-type]
    assert caught.value.field == "outages"


def test_a_projection_is_certain_and_by_the_record_s_own_terms() -> None:
    """Whatever is in doubt of the rows; under the record's target and accounting."""
    doubtful = sla.Alarm(at(8, 1), at(8, 2), id="1", severity="cleared")
    report = day(doubtful, as_of=at(8, 12))
    record = report.total.with_target("95")
    projection = projected_budget(report, [(at(8, 20), at(8, 21))], record)
    assert (projection.record.is_confirmed, projection.verdict) == (True, sla.Verdict.MET)
    assert projection.left_us == Fraction(DAY_US, 20) - HOUR_US
    assert projected_budget(report, [(at(8, 20), at(8, 21))]).verdict is sla.Verdict.BREACHED
    over = day(doubtful)
    assert (over.is_confirmed, projected_budget(over, []).record.is_confirmed) == (False, True)


def test_the_days_of_a_projection_sum_to_its_record() -> None:
    """The outage is in their cells too."""
    report = report_of([], at(8), at(10), as_of=at(8, 12), policy=P99)
    record = projected_budget(report, [(at(8, 23), at(9, 1))]).record
    assert summed_cells(record.day_cells_us) == record.cells_us != report.total.cells_us
