"""Doubt: what rows leave open, the two readings that follow, and the bounds of figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.certainty import Doubt, DoubtCause
from sla_compliance.columns import is_absent, joined_column
from sla_compliance.downtime import DowntimeRule
from sla_compliance.measured import DOUBT_PREFIX, DayFact, FactCode
from sla_compliance.quality import doubts_of_facts, lines_of
from sla_compliance.readings import doubtful_time
from sla_compliance.units import HOUR_US, MINUTE_US
from tests.unit.moments import at, report_of, us

HOUR = timedelta(hours=1)


def test_rows_of_one_id_that_disagree_are_certain_where_all_agree() -> None:
    """Down for the union in the record; rows of another id, and those apart, are no doubt."""
    alarms = [
        sla.Alarm(at(8, 1), at(8, 5), id="a"),
        sla.Alarm(at(8, 3), at(8, 7), id="a"),
        sla.Alarm(at(8, 20), at(8, 21), id="a"),
        sla.Alarm(at(8, 10), at(8, 11), id="b"),
        sla.Alarm(at(8, 12), at(8, 12), id="a"),
    ]
    report = report_of(alarms, at(8), at(9))
    assert report.total.downtime_us == 8 * HOUR_US
    assert [reading.downtime_us // HOUR_US for reading in (report.total.optimistic, report.total.pessimistic)] == [4, 8]
    assert report.bounds().because == (Doubt(DoubtCause.DISAGREEING, 2, 4 * HOUR_US),)


def test_rows_of_one_id_that_disagree_only_after_as_of_are_no_doubt() -> None:
    """Nothing at or after it is known."""
    alarms = [sla.Alarm(at(8, 1), at(9, 5), id="a"), sla.Alarm(at(8, 1), at(9, 7), id="a")]
    assert report_of(alarms, at(8), at(10), as_of=at(9)).bounds().because == ()


def test_a_snapshot_lends_its_worst_severity() -> None:
    """The row that is over was overwritten, and an earlier snapshot says what it was."""
    alarms = [
        sla.Alarm(at(8, 1), id="a", severity="critical"),
        sla.Alarm(at(8, 1), at(8, 2), id="a", severity="cleared"),
        sla.Alarm(at(8, 4), at(8, 3), id="a"),
        sla.Alarm(at(8, 4), id="c", severity="cleared"),
        sla.Alarm(at(8, 4), at(8, 5), id="c", severity="cleared"),
    ]
    batch = sla.AlarmBatch.from_alarms(alarms, on_invalid="quarantine")
    assert batch.columns["severity"][0] is sla.Severity.CRITICAL
    assert batch.row_facts.snapshots == 2


def test_undated_rows_of_one_id_are_compared_by_their_last_sight_or_bound() -> None:
    """Apart where these do not meet."""
    alarms = [
        sla.Alarm(at(8, 1), id="a", status="cleared", last_occurrence=at(8, 2)),
        sla.Alarm(at(8, 3), id="a", status="cleared", updated_at=at(8, 4)),
        sla.Alarm(at(8, 5), id="a", status="cleared"),
    ]
    assert sla.AlarmBatch.from_alarms(alarms).row_facts.apart >= 2


def test_a_monitor_that_looks_now_and_then_widens_the_bounds() -> None:
    """An outage may have begun and ended so much earlier; verdicts never use it."""
    report = report_of([sla.Alarm(at(8, 1), at(8, 2)), sla.Alarm(at(8, 3), at(8, 3, 1))], at(8), at(9))
    bounds = report.bounds(polled_every=timedelta(minutes=5))
    assert bounds.low is not None
    assert bounds.high is not None
    day_minutes = 24 * 60
    assert (1 - bounds.low) * day_minutes == 71
    assert (1 - bounds.high) * day_minutes == 55
    assert report.bounds().low == report.bounds().high == report.total.availability_ratio
    assert report.bounds(report.days[0], polled_every=timedelta(minutes=5)).low == bounds.low


def test_polling_and_rows_without_a_key_widen_together() -> None:
    """Both are in doubt of the key's report."""
    alarms = [sla.Alarm(at(8, 1), at(8, 2), resource_id="r1"), sla.Alarm(at(8, 4), at(8, 5))]
    reports = sla.evaluate_each(alarms, start=at(8), end=at(9), zone="UTC", as_of=at(9))
    bounds = reports["r1"].bounds(polled_every=timedelta(minutes=5))
    assert bounds.low is not None
    assert (1 - bounds.low) * 24 * 60 == 130


def test_a_report_of_nothing_but_rows_without_a_start_has_no_bounds() -> None:
    """And explains why nothing is confirmed, or that no reading has an availability."""
    report = report_of([], at(8), at(9), monitored=[])
    assert report.contract.monitored.total_us == 0
    assert "no reading of the rows has an availability" not in report.total.explain()
    unowed = report_of([], at(8), at(9), in_service=[])
    assert "no reading of the rows has an availability" in unowed.total.explain()


def test_keyless_rows_may_be_everybodys() -> None:
    """Columns that one of the two has not are absent there."""
    alarms = [sla.Alarm(at(8, 1), at(8, 2), resource_id="r1"), sla.Alarm(at(8, 4), at(8, 5), title="backbone")]
    arguments: dict[str, Any] = {"start": at(8), "end": at(9), "zone": "UTC", "as_of": at(9)}
    reports = sla.evaluate_each(alarms, unkeyed="everybody", inventory=["r1", "r2"], **arguments)
    assert {key: report.total.downtime_us // HOUR_US for key, report in reports.items()} == {"r1": 2, "r2": 1}


@pytest.mark.parametrize(
    ("unkeyed", "words"),
    [("doubt", "in doubt for every key"), ("everybody", "counted for every key"), ("nobody", "counted for no key")],
)
def test_reports_by_key_say_how_many_rows_name_none_and_how_long(unkeyed: Any, words: str) -> None:
    """Overlaps count once, rows outside the window and those that do not qualify not at all."""
    alarms = [
        sla.Alarm(at(8, 1), at(8, 2), resource_id="r1"),
        sla.Alarm(at(8, 4), at(8, 6)),
        sla.Alarm(at(8, 5), at(8, 7)),
        sla.Alarm(at(8, 5), at(8, 23), severity="minor"),
        sla.Alarm(at(6, 4), at(6, 5)),
    ]
    arguments: dict[str, Any] = {"start": at(8), "end": at(9), "zone": "UTC", "as_of": at(9), "inventory": ["r1", "r2"]}
    reports = sla.evaluate_each(alarms, unkeyed=unkeyed, **arguments)
    first = "the first: raised 2025-10-08 04:00:00+00:00"
    line = f"2 rows without the key, {words}: 3 h of downtime, {first}"
    assert [line in reports[key].quality.lines() for key in ("r1", "r2")] == [True, True]
    keyed = sla.evaluate_each(alarms[:1], unkeyed=unkeyed, **arguments)
    assert [report.quality.lines() for report in keyed.values()] == [(), ()]


def test_columns_are_joined_where_one_has_them() -> None:
    """The other's rows have no value."""
    assert joined_column(None, 1, None, 2) is None
    assert joined_column(("a",), 1, None, 2) == ("a", None, None)
    assert joined_column(None, 1, ("a",), 1) == (None, "a")


def test_foreign_absent_values_are_absent() -> None:
    """By the names of their types, or as they differ from themselves; one that raises is a value."""

    class Hostile:
        def __ne__(self, other: object) -> bool:
            raise RuntimeError

        __hash__ = None  # type: ignore[assignment]

    assert is_absent(type("NAType", (), {})())
    assert is_absent(float("nan"))
    assert not is_absent(Hostile())
    assert not is_absent(0)


def test_a_subclass_of_alarm_is_an_alarm() -> None:
    """Whatever else is given is named."""

    class Ticket(sla.Alarm):
        pass

    assert len(sla.AlarmBatch.from_alarms([Ticket(at(8), at(9))])) == 1
    with pytest.raises(sla.InvalidTypeError, match=r"alarms\[1\]"):
        sla.AlarmBatch.from_alarms([Ticket(at(8), at(9)), "x"])  # type: ignore[list-item]


def test_a_circle_of_parents_does_no_harm() -> None:
    """No row is visited twice."""
    alarms = [
        sla.Alarm(at(8, 1), at(8, 2), id="a", parent_alarm_id="b", resource_id="olt"),
        sla.Alarm(at(8, 1), at(8, 3), id="b", parent_alarm_id="a"),
    ]
    work = sla.MaintenanceWindow(at(8), at(9), applies_to={"resource_id": "olt"}, with_children=True)
    assert report_of(alarms, at(8), at(9), maintenance=[work]).total.downtime_us == 0


def test_alarms_of_an_outage_that_damping_dropped_belong_to_none() -> None:
    """Between the outages that are shown."""
    policy = sla.SLAPolicy(min_outage=timedelta(minutes=10))
    alarms = [
        sla.Alarm(at(8, 1), at(8, 2), id="a"),
        sla.Alarm(at(8, 3), at(8, 3, 1), id="short"),
        sla.Alarm(at(8, 4), at(8, 5), id="b"),
    ]
    incidents = report_of(alarms, at(8), at(9), policy=policy).incidents()
    assert [[alarm.id for alarm in incident.alarms] for incident in incidents] == [["a"], ["b"]]


def test_doubts_of_several_days_are_summed() -> None:
    """Rows by name, once; the time at stake of all days."""
    code = f"{DOUBT_PREFIX}{DoubtCause.UNSEEN}"
    days = [DayFact(code, "a"), DayFact(code, "", 0, MINUTE_US), DayFact(code, "a"), DayFact(code, "", 0, MINUTE_US)]
    assert doubts_of_facts([*days, DayFact(FactCode.LEGACY, "x")]) == (Doubt(DoubtCause.UNSEEN, 1, 2 * MINUTE_US),)


def test_work_that_no_name_is_kept_of_is_counted() -> None:
    """So many pieces more."""
    facts = [
        DayFact(FactCode.REFUSED_WORK, "night: why"),
        DayFact(FactCode.REFUSED_WORK, "", 2),
        DayFact(FactCode.LATE_WORK, "", 1),
        DayFact(FactCode.NO_ROWS, ""),
    ]
    assert set(lines_of(facts)) == {
        "excuses nothing: night: why",
        "excuse nothing: 2 more pieces of planned work",
        "excuse although late: 1 more piece of planned work",
        "no rows were read",
    }


def test_a_stale_overwritten_row_may_have_lasted_until_now() -> None:
    """Unless open alarms are refreshed as often as that."""
    row = sla.Alarm(at(8, 1), severity="cleared", last_occurrence=at(8, 2))
    stale = sla.SLAPolicy(stale_after=HOUR)
    report = report_of([row], at(8), at(9), policy=stale)
    refreshed = report_of([row], at(8), at(9), policy=replace_policy(stale))
    assert report.bounds().because == (Doubt(DoubtCause.OVERWRITTEN, 1, 23 * HOUR_US),)
    assert refreshed.bounds().because == (Doubt(DoubtCause.OVERWRITTEN, 1, 1 * HOUR_US),)


def replace_policy(policy: sla.SLAPolicy) -> sla.SLAPolicy:
    """Return a policy under which open alarms are refreshed as often as they go stale."""
    return sla.SLAPolicy(stale_after=policy.stale_after, refreshed_every=timedelta(minutes=30))


def test_facts_of_readings_do_not_change_with_a_target() -> None:
    """A record under another target has the same readings."""
    report = report_of([sla.Alarm(at(8, 1), id="a")], at(8), at(20), as_of=at(20))
    record = replace(report.total, target_ratio=sla.SLAPolicy(target_percentage=50).target_ratio)
    assert record.pessimistic.downtime_us == report.total.pessimistic.downtime_us
    assert report.bounds(record).because == report.bounds().because


def test_a_row_without_a_readable_start_is_doubt_of_the_whole_input() -> None:
    """Nothing is confirmed, and the reason is said; it is no length."""
    batch = sla.AlarmBatch.from_alarms([sla.Alarm(at(8).replace(tzinfo=None), at(9))], on_invalid="quarantine")
    report = report_of(batch, at(8), at(9))
    assert not report.total.is_confirmed
    assert report.bounds().because == (Doubt(DoubtCause.NO_START, 1, 0),)
    assert "rows without a readable start may be outages of any time" in report.total.explain()


def test_rows_without_an_id_are_rows_of_their_own() -> None:
    """Whatever other rows share an id."""
    alarms = [*[sla.Alarm(at(8, 1), at(8, 2), id="a")] * 2, *[sla.Alarm(at(8, 3), at(8, 4))] * 2]
    batch = sla.AlarmBatch.from_alarms(alarms)
    assert len(batch) == 3
    assert batch.row_facts.copies == 1


def test_ids_of_very_many_rows_are_compared_as_those_of_few() -> None:
    """They are compared a part at a time: a copy of the first row is found at the end of them all."""
    count = 1 << 18
    columns: dict[str, list[Any]] = {
        "first_occurrence": [0] * count,
        "cleared_at": [HOUR_US] * count,
        "id": list(map(str, range(count))),
    }
    assert len(sla.AlarmBatch.from_named_columns(columns)) == count
    with_copy = {name: [*column, column[0]] for name, column in columns.items()}
    batch = sla.AlarmBatch.from_named_columns(with_copy)
    assert len(batch) == count
    assert batch.row_facts.copies == 1


def test_what_cannot_qualify_is_no_doubt() -> None:
    """A bad row of a severity that is no outage, or of one that begins after the present."""
    minor = sla.Alarm(at(8, 4), at(8, 3), severity="minor")
    later = sla.Alarm(at(9, 4), at(9, 3))
    batch = sla.AlarmBatch.from_alarms([minor, later], on_invalid="quarantine")
    assert report_of(batch, at(8), at(10), as_of=at(9)).bounds().because == ()


def test_overwritten_rows_without_a_time_last_to_their_bound() -> None:
    """A day at most, where nothing says more."""
    row = sla.Alarm(at(8, 1), severity="cleared", status="cleared")
    because = report_of([row], at(8), at(10)).bounds().because
    assert because == (Doubt(DoubtCause.OVERWRITTEN, 1, 24 * HOUR_US),)


def test_an_undated_row_without_a_last_sight_lasts_to_its_bound() -> None:
    """In the record, where it qualifies; the least is nothing at all."""
    row = sla.Alarm(at(8, 1), status="cleared")
    total = report_of([row], at(8), at(10)).total
    assert total.downtime_us == 24 * HOUR_US
    assert total.optimistic.downtime_us == 0


def test_doubtful_time_is_that_on_which_readings_disagree() -> None:
    """Of a row by itself."""
    policy = sla.SLAPolicy()
    batch = sla.AlarmBatch.from_alarms([sla.Alarm(at(8, 1), status="cleared")])
    rule = DowntimeRule(policy, us(at(10)))
    times = doubtful_time(batch, batch.qualifying(policy.qualifying), rule)
    assert list(times) == [(us(at(8, 1)), us(at(9, 1)))]
