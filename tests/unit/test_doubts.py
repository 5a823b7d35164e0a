"""Each cause of doubt: what the optimistic and the pessimistic reading make of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance import Doubt, DoubtCause
from sla_compliance.errors import InvalidAlarmError
from tests.unit.moments import HOUR_US, at, report_of, us

DAYS = {"start": at(20), "end": at(22), "as_of": at(22)}
NEVER_SEEN: Any = datetime(2025, 10, 8)  # noqa: DTZ001 - a naive end cannot be read


def report(*alarms: sla.Alarm, **terms: Any) -> sla.ComplianceReport:
    """Evaluate 20 and 21 October, bad rows set aside."""
    return report_of(alarms, **{**DAYS, "on_invalid": "quarantine", **terms})


def hours_down(found: sla.ComplianceReport) -> tuple[float, float, float]:
    """Return the downtime of the optimistic reading, of the record and of the pessimistic reading, in hours."""
    ledgers = (found.readings.optimistic, found.ledger, found.readings.pessimistic)
    optimistic, recorded, pessimistic = (
        sum(length for (_, state), length in ledger.segments.items() if state is sla.State.DOWN) / HOUR_US
        for ledger in ledgers
    )
    return optimistic, recorded, pessimistic


STALE = sla.SLAPolicy(stale_after=timedelta(days=1))
REFRESHED = sla.SLAPolicy(stale_after=timedelta(days=1), refreshed_every=timedelta(days=1))
REFRESHED_TOO_RARELY = sla.SLAPolicy(stale_after=timedelta(days=1), refreshed_every=timedelta(days=1, seconds=1))

# name: (alarm, policy, hours down optimistically, on record and pessimistically, cause, hours at stake)
CASES: dict[str, tuple[sla.Alarm, sla.SLAPolicy, tuple[float, float, float], DoubtCause | None, float]] = {
    "nothing in doubt": (sla.Alarm(at(20), at(20, 5)), sla.SLAPolicy(), (5, 5, 5), None, 0),
    "active and seen within 7 days": (
        sla.Alarm(at(20, 12), last_occurrence=at(20, 13)), sla.SLAPolicy(), (36, 36, 36), None, 0,
    ),
    "active and unseen for 7 days": (
        sla.Alarm(at(1), last_occurrence=at(14, 23)), sla.SLAPolicy(), (0, 48, 48), DoubtCause.UNSEEN, 48,
    ),
    "seen 7 days ago to the second": (
        sla.Alarm(at(1), last_occurrence=at(15)), sla.SLAPolicy(), (48, 48, 48), None, 0,
    ),
    "active, of unknown last sight and old": (
        sla.Alarm(at(14, 23)), sla.SLAPolicy(), (0, 48, 48), DoubtCause.UNSEEN, 48,
    ),
    "active, of unknown last sight and new": (sla.Alarm(at(20)), sla.SLAPolicy(), (48, 48, 48), None, 0),
    "over only after the instant of evaluation": (
        sla.Alarm(at(1), at(30), last_occurrence=at(2)), sla.SLAPolicy(), (0, 48, 48), DoubtCause.UNSEEN, 48,
    ),
    "cut off as stale": (
        sla.Alarm(at(19), last_occurrence=at(20, 6)), STALE, (6, 6, 48), DoubtCause.CUT_OFF, 42,
    ),
    "cut off, and the source refreshes often enough": (
        sla.Alarm(at(19), last_occurrence=at(20, 6)), REFRESHED, (6, 6, 6), None, 0,
    ),
    "cut off, and the source refreshes too rarely": (
        sla.Alarm(at(19), last_occurrence=at(20, 6)), REFRESHED_TOO_RARELY, (6, 6, 48), DoubtCause.CUT_OFF, 42,
    ),
    "over without a time": (
        sla.Alarm(at(20, 12), status="closed"), sla.SLAPolicy(), (0, 24, 24), DoubtCause.UNDATED, 24,
    ),
    "over without a time, last seen": (
        sla.Alarm(at(20, 12), status="closed", last_occurrence=at(20, 14)), sla.SLAPolicy(), (2, 2, 24),
        DoubtCause.UNDATED, 22,
    ),
    "set aside, no end": (
        sla.Alarm(at(20, 12), severity="fatal"), sla.SLAPolicy(), (0, 0, 36), DoubtCause.SET_ASIDE, 36,
    ),
    "set aside, a readable end": (
        sla.Alarm(at(20, 12), at(20, 15), severity="fatal"), sla.SLAPolicy(), (0, 0, 3), DoubtCause.SET_ASIDE, 3,
    ),
    "set aside, an unreadable end": (
        sla.Alarm(at(20, 12), NEVER_SEEN), sla.SLAPolicy(), (0, 0, 36), DoubtCause.SET_ASIDE, 36,
    ),
    "set aside, an unreadable end and a readable one": (
        sla.Alarm(at(20, 12), NEVER_SEEN, resolved_at=at(20, 14)), sla.SLAPolicy(), (0, 0, 2), DoubtCause.SET_ASIDE, 2,
    ),
    "set aside, over before it began": (
        sla.Alarm(at(20, 12), at(20, 11)), sla.SLAPolicy(), (0, 0, 24), DoubtCause.SET_ASIDE, 24,
    ),
    "set aside, over before it began and last written": (
        sla.Alarm(at(20, 12), at(20, 11), updated_at=at(20, 13)), sla.SLAPolicy(), (0, 0, 1), DoubtCause.SET_ASIDE, 1,
    ),
    "set aside, over before it began and resolved after": (
        sla.Alarm(at(20, 12), at(20, 11), resolved_at=at(20, 16)), sla.SLAPolicy(), (0, 0, 4), DoubtCause.SET_ASIDE, 4,
    ),
    "set aside, over by its status": (
        sla.Alarm(at(20, 12), severity="fatal", status="RESOLVED"), sla.SLAPolicy(doubt_at_most=timedelta(hours=7)),
        (0, 0, 7), DoubtCause.SET_ASIDE, 7,
    ),
    "set aside, of a severity that does not qualify": (
        sla.Alarm(at(20, 12), at(20, 11), severity="minor"), sla.SLAPolicy(), (0, 0, 0), None, 0,
    ),
    "set aside, its severity overwritten": (
        sla.Alarm(at(20, 12), at(20, 11), severity="cleared"), sla.SLAPolicy(), (0, 0, 24), DoubtCause.SET_ASIDE, 24,
    ),
    "set aside, of an excluded type": (
        sla.Alarm(at(20, 12), severity="fatal", alarm_type="Test"),
        sla.SLAPolicy(qualifying=sla.AlarmFilter(excluded_alarm_types={"test"})), (0, 0, 0), None, 0,
    ),
    "set aside, of an excluded status": (
        sla.Alarm(at(20, 12), severity="fatal", status="Suppressed"),
        sla.SLAPolicy(qualifying=sla.AlarmFilter(excluded_statuses={"suppressed"})), (0, 0, 0), None, 0,
    ),
    "set aside, raised later": (
        sla.Alarm(at(23), severity="fatal"), sla.SLAPolicy(), (0, 0, 0), None, 0,
    ),
    "a severity overwritten": (
        sla.Alarm(at(20, 12), at(20, 14), severity="cleared"), sla.SLAPolicy(), (0, 0, 2), DoubtCause.OVERWRITTEN, 2,
    ),
    "a severity overwritten, over without a time": (
        sla.Alarm(at(20, 12), severity="cleared", status="cleared", last_occurrence=at(20, 13)), sla.SLAPolicy(),
        (0, 0, 24), DoubtCause.OVERWRITTEN, 24,
    ),
    "a severity overwritten, cut off as stale": (
        sla.Alarm(at(20, 12), severity="cleared", last_occurrence=at(20, 13)), STALE, (0, 0, 36),
        DoubtCause.OVERWRITTEN, 36,
    ),
    "a severity overwritten, surely over": (
        sla.Alarm(at(20, 12), severity="cleared", last_occurrence=at(20, 13)), REFRESHED, (0, 0, 1),
        DoubtCause.OVERWRITTEN, 1,
    ),
    "a severity overwritten, of an excluded status": (
        sla.Alarm(at(20, 12), at(20, 14), severity="cleared", status="suppressed"),
        sla.SLAPolicy(qualifying=sla.AlarmFilter(excluded_statuses={"suppressed"})), (0, 0, 0), None, 0,
    ),
    "a severity overwritten that qualifies": (
        sla.Alarm(at(20, 12), at(20, 14), severity="cleared"),
        sla.SLAPolicy(qualifying=sla.AlarmFilter({"critical", "cleared"})), (2, 2, 2), None, 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_the_readings_make_of_a_row(name: str) -> None:
    """No doubt: all three are one; else the cause, the row and the time at stake are named."""
    alarm, policy, hours, cause, at_stake = CASES[name]
    found = report(alarm, policy=policy)
    assert hours_down(found) == hours
    assert found.bounds().because == (() if cause is None else (Doubt(cause, 1, int(at_stake * HOUR_US)),))
    bounds = found.bounds()
    assert (bounds.low, bounds.high) == (1 - Fraction(int(hours[2]), 48), 1 - Fraction(int(hours[0]), 48))


def test_rows_without_a_start_are_doubt_of_the_whole_input() -> None:
    """One line, no bounds, and nothing of that input is confirmed; those that cannot qualify are none."""
    lost = [sla.Alarm(NEVER_SEEN), sla.Alarm(None), sla.Alarm(None, severity="minor")]  # type: ignore[arg-type]
    found = report(*lost)
    bounds = found.bounds()
    assert bounds.because == (Doubt(DoubtCause.NO_START, 2, 0),)
    assert (bounds.low, bounds.high) == (Fraction(1), Fraction(1))
    assert not bounds.is_confirmed
    assert not any(day.is_confirmed for day in found.days)
    assert "rows without a readable start may be outages of any time" in found.total.explain()


def test_what_a_reader_could_not_read_is_doubt_too() -> None:
    """A fault of the start leaves none, a fault of another column leaves the start."""
    faults = [InvalidAlarmError("a.csv:2 is bad", row=0), InvalidAlarmError("a.csv:3 is bad", row=1)]
    batch = sla.AlarmBatch.from_named_columns(
        {"first_occurrence": [None, us(at(20))], "cleared_at": [None, us(at(20, 1))]},
        faults=faults,
        on_invalid="quarantine",
    )
    assert [row.start_us for row in batch.rejected] == [None, us(at(20))]
    assert [row.name for row in batch.rejected] == ["row 0", "row 1"]
    found = report_of(batch, **DAYS)
    assert set(found.bounds().because) == {
        Doubt(DoubtCause.NO_START, 1, 0),
        Doubt(DoubtCause.SET_ASIDE, 1, HOUR_US),
    }


def test_no_window_excuses_a_doubtful_part() -> None:
    """Its state is down in the pessimistic reading, whatever window applies; its scope stays."""
    unseen = sla.Alarm(at(1), last_occurrence=at(20, 6), resource_id="r1")
    work = sla.MaintenanceWindow(at(20), at(21), applies_to={"resource_id": "r1"})
    found = report(unseen, maintenance=[work, (at(20, 12), at(20, 13))], as_of=at(28))
    assert found.ledger.segments[sla.Scope.AGREED, sla.State.EXCUSED_MAINTENANCE] == 23 * HOUR_US
    pessimistic = found.readings.pessimistic.segments
    assert pessimistic[sla.Scope.AGREED, sla.State.EXCUSED_MAINTENANCE] == 6 * HOUR_US
    assert pessimistic[sla.Scope.MAINTENANCE, sla.State.DOWN] == HOUR_US
    assert pessimistic[sla.Scope.AGREED, sla.State.DOWN] == 41 * HOUR_US
    assert found.readings.optimistic.segments[sla.Scope.AGREED, sla.State.EXCUSED_MAINTENANCE] == 6 * HOUR_US


def test_readings_are_damped_as_the_record_is() -> None:
    """Doubtful pieces join outages across short gaps, and vanish where they are too short."""
    policy = sla.SLAPolicy(merge_gap=timedelta(hours=2), min_outage=timedelta(hours=3))
    alarms = [sla.Alarm(at(20), at(20, 4)), sla.Alarm(at(20, 5), at(20, 6), severity="cleared")]
    assert hours_down(report(*alarms, policy=policy)) == (4, 4, 6)
    assert hours_down(report(alarms[1], policy=policy)) == (0, 0, 0)


def test_doubt_that_reaches_a_day_over_midnight_is_named_there() -> None:
    """The row in doubt lies on the 20th; with it a merge gap bridges midnight, without it there is a gap."""
    policy = sla.SLAPolicy(merge_gap=timedelta(hours=4))
    alarms = [sla.Alarm(at(20, 20), at(20, 23), severity="cleared"), sla.Alarm(at(21, 2), at(21, 3))]
    found = report(*alarms, policy=policy)
    first, second = (found.bounds(day) for day in found.days)
    assert (second.low, second.high) == (1 - Fraction(3, 24), 1 - Fraction(1, 24))
    assert second.because == (Doubt(DoubtCause.OVERWRITTEN, 1, 2 * HOUR_US),)
    assert first.because == (Doubt(DoubtCause.OVERWRITTEN, 1, 4 * HOUR_US),)
    assert found.bounds().because == (Doubt(DoubtCause.OVERWRITTEN, 1, 6 * HOUR_US),)


def test_doubt_that_decides_about_an_outage_is_named_for_all_of_it() -> None:
    """Too short by itself, the outage of the 21st counts where the row before it does."""
    policy = sla.SLAPolicy(min_outage=timedelta(hours=3))
    rows = [sla.Alarm(at(20, 22), at(21), severity="cleared"), sla.Alarm(at(21), at(21, 2))]
    found = report(*rows, policy=policy)
    assert found.bounds(found.days[1]).because == (Doubt(DoubtCause.OVERWRITTEN, 1, 2 * HOUR_US),)


def test_doubt_beside_time_that_was_not_monitored_decides_whether_it_is_bridged() -> None:
    """As up, where both sides of it are up."""
    monitored = [(at(20), at(20, 23)), (at(21, 1), at(22))]
    rows = [sla.Alarm(at(20, 22), at(20, 23), severity="cleared")]
    found = report(*rows, monitored=monitored, monitor_gap=timedelta(hours=3))
    assert found.bounds(found.days[1]).because == (Doubt(DoubtCause.OVERWRITTEN, 1, HOUR_US),)


def test_doubt_decides_whether_work_excuses_only_what_it_caused() -> None:
    """An outage that may have been there before the work is not excused by it, on the next day neither."""
    work = sla.MaintenanceWindow(at(20, 23), at(21, 2))
    rows = [sla.Alarm(at(20, 22), at(20, 23), severity="cleared"), sla.Alarm(at(20, 23), at(21, 2))]
    policy = sla.SLAPolicy(planned_work=sla.PlannedWork(excuses="caused"))
    found = report(*rows, maintenance=[work], policy=policy)
    assert found.bounds(found.days[1]).because == (Doubt(DoubtCause.OVERWRITTEN, 1, 2 * HOUR_US),)


def test_causes_are_listed_by_the_time_at_stake() -> None:
    """Within each period; overlapping rows of one cause count once in length."""
    alarms = [
        sla.Alarm(at(20), at(20, 3), severity="cleared"),
        sla.Alarm(at(20, 1), at(20, 4), severity="cleared"),
        sla.Alarm(at(20, 23), at(21, 5), severity="fatal"),
    ]
    found = report(*alarms, monitored=[(at(20, 10), at(22))])
    assert found.bounds().because == (
        Doubt(DoubtCause.UNMONITORED, 0, 10 * HOUR_US),
        Doubt(DoubtCause.SET_ASIDE, 1, 6 * HOUR_US),
        Doubt(DoubtCause.OVERWRITTEN, 2, 4 * HOUR_US),
    )
    second = found.bounds(found.days[1]).because
    assert second == (Doubt(DoubtCause.SET_ASIDE, 1, 5 * HOUR_US),)


def test_doubt_outside_a_period_is_none_of_it() -> None:
    """The first day stays confirmed, with the record's own cells."""
    found = report(sla.Alarm(at(21), at(21, 5), severity="fatal"))
    first, second = found.days
    assert first.is_confirmed
    assert first.certainty.value == report().days[0].certainty.value
    assert not second.is_confirmed


def test_a_window_without_an_instant_has_no_doubt_in_it() -> None:
    """Though the rows around it have."""
    found = report(sla.Alarm(at(20), at(21), severity="fatal"), start=at(20, 12), end=at(20, 12))
    assert found.bounds().because == ()


def test_a_poll_now_and_then_leaves_its_interval_open() -> None:
    """An outage may have begun, or ended, so much earlier than it was seen; a question to one report."""
    found = report(sla.Alarm(at(20, 12), at(20, 14)), sla.Alarm(at(21), at(21, 0, 3)))
    bounds = found.bounds(polled_every=timedelta(minutes=5))
    assert bounds.low == 1 - Fraction(125 + 8, 48 * 60)
    assert bounds.high == 1 - Fraction(115, 48 * 60)
    assert found.bounds() == found.bounds(polled_every=timedelta(0))
    assert found.bounds(found.days[0], polled_every=timedelta(minutes=5)).high == 1 - Fraction(115, 24 * 60)


def test_polling_widens_the_bounds_that_doubt_gives() -> None:
    """More doubt never narrows."""
    found = report(
        sla.Alarm(at(20, 12), at(20, 14)),
        sla.Alarm(at(20, 18), at(20, 19), severity="cleared"),
        sla.Alarm(at(21, 12), status="closed", last_occurrence=at(21, 13)),
    )
    bounds, polled = found.bounds(), found.bounds(polled_every=timedelta(minutes=5))
    assert bounds.low is not None
    assert bounds.high is not None
    assert polled.low == bounds.low - Fraction(3 * 5, 48 * 60)
    assert polled.high == bounds.high + Fraction(2 * 5, 48 * 60)
