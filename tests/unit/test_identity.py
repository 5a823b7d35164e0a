"""Rows of one id: snapshots of one alarm, outages of their own, and rows that disagree."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.identity import RowFacts
from tests.unit.moments import HOUR_US, at, report_of, us


def extents(batch: sla.AlarmBatch) -> list[tuple[int, int]]:
    """Return start and end of each row, as hours of 8 October where they lie on it."""
    return sorted(
        ((start - us(at(8))) // HOUR_US, (end - us(at(8))) // HOUR_US)
        for start, end in zip(batch.starts_us, batch.ends_us, strict=True)
    )


def alarm(start: int, end: int | None = None, **fields: Any) -> sla.Alarm:
    """Return an alarm of id 7 by hours of 8 October."""
    return sla.Alarm(at(8, start), None if end is None else at(8, end), **{"id": 7, **fields})


OPEN = (2**62 - us(at(8))) // HOUR_US
SNAPSHOTS: dict[str, tuple[list[sla.Alarm], list[tuple[int, int]], RowFacts]] = {
    "copies are one alarm": ([alarm(9, 10), alarm(9, 10)], [(9, 10)], RowFacts(copies=1)),
    "an open row is superseded by one that is over": (
        [alarm(9, last_occurrence=at(8, 12)), alarm(9, 10)],
        [(9, 10)],
        RowFacts(snapshots=1),
    ),
    "by one that says it is over and not when": (
        [alarm(9, last_occurrence=at(8, 12)), alarm(9, status="closed", last_occurrence=at(8, 11))],
        [(9, 11)],
        RowFacts(snapshots=1),
    ),
    "a row without a time is superseded by one with it": (
        [alarm(9, status="closed", last_occurrence=at(8, 11)), alarm(9, 10)],
        [(9, 10)],
        RowFacts(snapshots=1),
    ),
    "outages apart are outages of their own": (
        [alarm(9, 10), alarm(11, 12), alarm(12, 13)],
        [(9, 10), (11, 12), (12, 13)],
        RowFacts(apart=3),
    ),
    "rows that share an instant all count": (
        [alarm(9, 11), alarm(10, 12), alarm(14, 15)],
        [(9, 11), (10, 12), (14, 15)],
        RowFacts(apart=1, overlapping=2),
    ),
    "rows over without a time share what they were seen at": (
        [alarm(9, status="closed", last_occurrence=at(8, 11)), alarm(10, 12)],
        [(9, 11), (10, 12)],
        RowFacts(overlapping=2),
    ),
    "or until they were last written": (
        [alarm(9, status="closed", updated_at=at(8, 10)), alarm(10, 12)],
        [(9, OPEN), (10, 12)],
        RowFacts(apart=2),
    ),
    "or nothing is known": ([alarm(9, status="closed"), alarm(10, 12)], [(9, OPEN), (10, 12)], RowFacts(overlapping=2)),
    "two ends of one start all count": ([alarm(9, 10), alarm(9, 12)], [(9, 10), (9, 12)], RowFacts(overlapping=2)),
    "a row without length shares no instant": ([alarm(9, 12), alarm(10, 10)], [(9, 12), (10, 10)], RowFacts()),
    "rows of other ids are never compared": (
        [alarm(9, 10, id=None), alarm(9, id=None), alarm(9, 12, id=8)],
        [(9, 10), (9, 12), (9, OPEN)],
        RowFacts(),
    ),
}


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_rows_of_one_id_never_drop_one_another_but_for_snapshots(name: str) -> None:
    """In whatever order they come, and the batch says how many there were of each."""
    rows, expected, facts = SNAPSHOTS[name]
    for order in itertools.permutations(rows):
        batch = sla.AlarmBatch.from_alarms(order)
        assert extents(batch) == expected
        assert batch.row_facts == facts


def test_of_open_snapshots_the_one_seen_last_stays() -> None:
    """One of unknown last sight was seen when it was raised; of several seen last, all stay."""
    early, late = alarm(9, last_occurrence=at(8, 10), title="early"), alarm(9, last_occurrence=at(8, 11), title="late")
    unknown = alarm(9, title="unknown")
    for rows in itertools.permutations([early, late, unknown]):
        assert sla.AlarmBatch.from_alarms(rows).columns["title"] == ("late",)
    tied = [alarm(9, last_occurrence=at(8, 9), title="seen once"), unknown]
    assert set(sla.AlarmBatch.from_alarms(tied).columns["title"]) == {"seen once", "unknown"}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (["minor", "critical"], "critical"),
        (["major", "cleared"], "major"),
        (["indeterminate", "info", "warning"], "warning"),
        (["cleared", "cleared"], "cleared"),
    ],
)
def test_the_severity_of_snapshots_is_the_worst_of_theirs_but_for_cleared(said: list[str], kept: str) -> None:
    """What a platform writes over it later takes nothing away."""
    rows = [alarm(9, severity=severity, title=f"snapshot {place}") for place, severity in enumerate(said[:-1])]
    batch = sla.AlarmBatch.from_alarms([*rows, alarm(9, 10, severity=said[-1])])
    assert batch.columns["severity"] == (kept,)


def test_a_bad_row_takes_no_part_in_the_identity_of_others() -> None:
    """It is set aside; the open row of its id stays open."""
    batch = sla.AlarmBatch.from_alarms([alarm(9), alarm(9, 8)], on_invalid="quarantine")
    assert len(batch) == len(batch.rejected) == 1
    assert batch.active_rows == [0]


def test_what_rows_of_one_id_disagree_on_is_doubt() -> None:
    """Each connected group by itself: what all of its rows say is certain, their union is the record."""
    rows = [alarm(1, 3), alarm(2, 4), alarm(9, 11), alarm(10, 12), alarm(14, 15)]
    report = report_of(rows, at(8), at(9))
    assert report.total.downtime_us == 7 * HOUR_US
    (doubt,) = report.bounds().because
    assert doubt == sla.Doubt(sla.DoubtCause.DISAGREEING, 4, 4 * HOUR_US)
    assert report.readings.optimistic.segments[sla.Scope.AGREED, sla.State.DOWN] == 3 * HOUR_US
    assert report.readings.pessimistic.segments == report.ledger.segments


def test_rows_that_agree_on_their_bounds_are_no_doubt() -> None:
    """Whatever else they say."""
    rows = [alarm(9, 10, title="a"), alarm(9, 10, title="b")]
    assert report_of(rows, at(8), at(9)).bounds().because == ()


def test_only_rows_that_qualify_can_disagree() -> None:
    """A minor row of the id says nothing of an outage."""
    rows = [alarm(9, 11), alarm(10, 12, severity="minor")]
    report = report_of(rows, at(8), at(9))
    assert report.total.downtime_us == 2 * HOUR_US
    assert report.bounds().because == ()


def test_rows_disagree_only_on_what_lies_before_the_instant_of_evaluation() -> None:
    """A row raised later takes no part, and an end still to come is no other bound."""
    rows = [alarm(9), alarm(9, 20), alarm(16, 18)]
    assert report_of(rows[:1] + rows[2:], at(8), at(9), as_of=at(8, 12)).bounds().because == ()
    two_ends = [alarm(9, 20), alarm(9, 21)]
    assert report_of(two_ends, at(8), at(9), as_of=at(8, 12)).bounds().because == ()


def test_rows_of_one_end_agree_wherever_the_policy_ends_them() -> None:
    """Other last sights alone are no dispute, also as of an instant at which neither was over."""
    rows = [alarm(9, 20, last_occurrence=at(8, 10)), alarm(9, 20, last_occurrence=at(8, 11))]
    policy = sla.SLAPolicy(stale_after=timedelta(hours=1))
    assert report_of(rows, at(8), at(9), policy=policy).bounds().because == ()
    report = report_of(rows, at(8), at(9), as_of=at(8, 14), policy=policy)
    assert report.total.downtime_us == 2 * HOUR_US
    assert report.bounds().because == (sla.Doubt(sla.DoubtCause.CUT_OFF, 2, 4 * HOUR_US),)


def test_rows_that_come_to_the_same_time_leave_nothing_open() -> None:
    """One is over, the other was cut off at that very instant: what they say differs, what counts does not."""
    rows = [alarm(9, 12), alarm(9, 20, last_occurrence=at(8, 12))]
    policy = sla.SLAPolicy(stale_after=timedelta(hours=1))
    report = report_of(rows, at(8), at(9), as_of=at(8, 14), policy=policy)
    assert report.bounds().because == (sla.Doubt(sla.DoubtCause.CUT_OFF, 1, 2 * HOUR_US),)


def test_an_id_of_several_keys_is_several_outages() -> None:
    """In the report of one key its own rows alone can disagree."""
    rows = [alarm(1, 3, resource_id="r1"), alarm(2, 4, resource_id="r2"), alarm(3, 5, resource_id="r1")]
    each = sla.evaluate_each(rows, start=at(8), end=at(9), zone="UTC", as_of=at(9))
    assert each["r1"].total.downtime_us == 4 * HOUR_US
    assert each["r1"].bounds().because == each["r2"].bounds().because == ()
    assert report_of(rows, at(8), at(9)).bounds().because[0].rows == 3


def test_ids_and_devices_are_those_of_one_tenant() -> None:
    """Rows of several tenants may be numbered alike: neither supersedes, disputes or bounds the other's."""
    open_row, over, undated = at(8, 9), at(8, 10), at(8, 11)
    batch = sla.AlarmBatch.from_columns(
        starts_us=[us(open_row), us(open_row), us(over), us(undated)],
        ends_us=[None, us(over), us(undated), None],
        ids=[1, 1, 2, 3],
        alarm_ids=["a", "a", "a", "a"],
        statuses=[None, None, None, "cleared"],
        more={"tenant_id": ["acme", "other", "acme", "other"]},
    )
    assert len(batch) == 4
    assert batch.undated == {3: None}
    alone = batch.by("tenant_id")
    assert [len(alarms) for alarms in alone.values()] == [2, 2]
