"""Laws of corrections: what they settle is certain, and it does not matter through which door they come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.testing import Place, corrections
from tests.unit.moments import at

TERMS: dict[str, Any] = {"start": at(8), "end": at(12), "zone": "UTC", "as_of": at(20), "on_invalid": "quarantine"}

hours = st.integers(-10, 110).map(lambda number: at(8) + timedelta(hours=number))
ids = st.integers(1, 3)
drawn_corrections = corrections(Place("UTC", at(8), timedelta(hours=1)), row_ids=(1, 2, 3))
severities = st.sampled_from(("critical", "minor", "cleared", "fatal"))


@st.composite
def alarms(draw: st.DrawFn) -> sla.Alarm:
    """Return an alarm of whichever kind of doubt."""
    return sla.Alarm(
        draw(st.one_of(hours, st.none())),  # type: ignore[arg-type]
        draw(st.one_of(hours, st.none())),
        id=draw(ids),
        severity=draw(severities),
        status=draw(st.sampled_from((None, "cleared", "active"))),
        last_occurrence=draw(st.one_of(hours, st.none())),
        resource_id=draw(st.sampled_from((None, "r1"))),
    )


def correction(row_id: int, **facts: Any) -> sla.Correction:
    """Return a correction of a row."""
    return sla.Correction(row_id, reason="seen", author="NOC", entered_at=at(13), **facts)


@given(
    rows=st.lists(alarms(), max_size=3, unique_by=lambda row: row.id),
    facts=st.lists(st.tuples(hours, hours, st.sampled_from(("critical", "minor"))), min_size=3, max_size=3),
    void=st.sampled_from((None, 1, 2)),
)
def test_what_is_corrected_in_all_that_was_in_doubt_is_certain(
    rows: list[sla.Alarm], facts: list[tuple[Any, Any, str]], void: int | None
) -> None:
    """Both readings are the record, and the record is that of rows that had said so."""
    by_hand, stated = [], []
    for row in rows:
        first, last, severity = facts[int(str(row.id)) - 1]
        start, end = sorted((first, last))
        if void is not None and row.id == void:
            by_hand.append(correction(void, void=True))
        else:
            by_hand.append(correction(int(str(row.id)), starts=start, ends=end, severity=severity))
            stated.append(sla.Alarm(start, end, severity=severity))
    report = sla.evaluate(rows, corrections=by_hand, **TERMS)
    assert report.readings.optimistic == report.readings.pessimistic == report.ledger
    assert report.bounds().because == ()
    assert report.days == sla.evaluate(stated, **TERMS).days
    assert len(report.quality.corrected) == sum(len(fact.fields) for fact in by_hand)


@given(
    rows=st.lists(alarms(), max_size=4, unique_by=lambda row: row.id), by_hand=st.lists(drawn_corrections, max_size=3)
)
def test_a_batch_is_corrected_as_its_rows_would_have_been(rows: list[sla.Alarm], by_hand: list[sla.Correction]) -> None:
    """Ends that were assumed from other rows aside, which these have not: no two rows share a device."""
    rows = [sla.Alarm(**{**_fields(row), "resource_id": f"r{row.id}"}) for row in rows]
    before = sla.evaluate(rows, corrections=by_hand, **TERMS)
    after = sla.evaluate(sla.AlarmBatch.from_alarms(rows, on_invalid="quarantine"), corrections=by_hand, **TERMS)
    assert before.total.segments == after.total.segments
    assert before.readings.optimistic.segments == after.readings.optimistic.segments
    assert before.readings.pessimistic.segments == after.readings.pessimistic.segments
    assert before.readings.rows_without_start == after.readings.rows_without_start
    assert sorted(before.quality.corrected) == sorted(after.quality.corrected)
    assert before.quality.unused_corrections == after.quality.unused_corrections


@given(rows=st.lists(alarms(), max_size=5), by_hand=st.lists(drawn_corrections, max_size=4))
def test_each_correction_is_said_or_listed(rows: list[sla.Alarm], by_hand: list[sla.Correction]) -> None:
    """None is lost, whatever rows there are, and however many have the id."""
    quality = sla.evaluate(rows, corrections=by_hand, **TERMS).quality
    corrected_ids = {line.split()[1] for line in quality.corrected}
    unused_ids = {line.split()[1].rstrip(",") for line in quality.unused_corrections}
    assert corrected_ids | unused_ids == {str(fact.row_id) for fact in by_hand}
    assert not corrected_ids & unused_ids


def _fields(row: sla.Alarm) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).__slots__}
