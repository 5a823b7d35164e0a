"""Which rows the readings doubt, and by which id: of rows set aside, of several rows of one id, of rows without one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sla_compliance as sla
from sla_compliance import DoubtCause
from sla_compliance.evaluation import EvaluationArguments
from sla_compliance.readings import doubtful_time
from tests.unit.moments import at, report_of, us


def doubtful_ids(*alarms: sla.Alarm, **terms: Any) -> list[tuple[DoubtCause, object]]:
    """Return causes and ids of the rows in doubt, 1 to 20 October."""
    report = report_of(list(alarms), at(1), at(20), **terms)
    return [(time.cause, time.row_id) for time in report.readings.doubtful]


def test_a_row_set_aside_is_in_doubt_under_its_own_id() -> None:
    """Or under none, where it has none."""
    backwards = at(8, 3), at(8, 2)
    assert doubtful_ids(sla.Alarm(*backwards, id="x"), on_invalid="quarantine") == [(DoubtCause.SET_ASIDE, "x")]
    assert doubtful_ids(sla.Alarm(*backwards), on_invalid="quarantine") == [(DoubtCause.SET_ASIDE, None)]


def test_an_overwritten_row_of_a_batch_without_ids_is_in_doubt_under_none() -> None:
    """Its batch has no such column."""
    batch = sla.AlarmBatch.from_columns(
        starts_us=[us(at(8))], ends_us=[us(at(8, 2))], severities=[sla.Severity.CLEARED]
    )
    (time,) = report_of(batch, at(1), at(20)).readings.doubtful
    assert (time.cause, time.row_id) == (DoubtCause.OVERWRITTEN, None)


def test_rows_without_an_id_do_not_disagree() -> None:
    """Where rows that share one do."""
    sharing = sla.Alarm(at(5, 1), at(5, 4), id="a"), sla.Alarm(at(5, 2), at(5, 6), id="a")
    without_id = sla.Alarm(at(6, 1), at(6, 4)), sla.Alarm(at(6, 2), at(6, 6))
    causes = doubtful_ids(*sharing, *without_id)
    assert set(causes) == {(DoubtCause.DISAGREEING, "a")}


def test_a_row_of_no_length_says_nothing_against_another_of_its_id() -> None:
    """It is no outage, wherever it lies."""
    assert doubtful_ids(sla.Alarm(at(5, 1), at(5, 4), id="a"), sla.Alarm(at(5, 2), at(5, 2), id="a")) == []


def test_rows_agree_wherever_stale_after_cuts_them_off() -> None:
    """Both say that the alarm was not over by the end of the window; when each was seen is another matter."""
    rows = [sla.Alarm(at(5), at(end), id="a", last_occurrence=at(seen)) for end, seen in ((25, 6), (26, 8))]
    causes = {cause for cause, _ in doubtful_ids(*rows, policy=sla.SLAPolicy(stale_after=timedelta(days=1)))}
    assert causes == {DoubtCause.CUT_OFF}


def test_rows_that_do_not_say_when_they_ended_disagree_on_by_when_they_had() -> None:
    """Each had ended when its own device raised the next alarm."""
    undated = [sla.Alarm(at(5), id="a", status="cleared", resource_id=name) for name in ("r1", "r2")]
    first_next = sla.Alarm(at(5, 6), at(5, 7), id="b", resource_id="r1")
    second_next = sla.Alarm(at(5, 9), at(5, 10), id="c", resource_id="r2")
    assert (DoubtCause.DISAGREEING, "a") in doubtful_ids(*undated, first_next, second_next)


def test_an_open_alarm_is_unseen_however_many_outages_were_before_it() -> None:
    """One of them that is over does not hide it."""
    rows = sla.Alarm(at(2), at(3), id="a"), sla.Alarm(at(10), id="b", last_occurrence=at(11))
    assert doubtful_ids(*rows) == [(DoubtCause.UNSEEN, "b")]


def test_the_doubtful_time_of_some_rows_has_that_of_unseen_ones() -> None:
    """Without a report of them."""
    batch = sla.AlarmBatch.from_alarms([sla.Alarm(at(10), last_occurrence=at(11))])
    arguments = EvaluationArguments(start=at(1), end=at(20), zone="UTC", as_of=at(20))
    rule = arguments.ledger_rule(arguments.contract, batch)
    assert list(doubtful_time(batch, batch, rule.downtime)) == [(us(at(11)), us(at(20)))]
