"""Corrections of a batch: its rows and those it set aside go through the checks once more."""
################################################################
# A batch is checked already: what its rows said before is known only as far as the
# batch keeps it. Rows that corrections name, and rows set aside of the same ids, are
# judged again with the corrections in them; all other rows stay as they are, also
# ends that were assumed from the start of a row that is corrected now.
#
# A row that its correction contradicts (an end before its start) is set aside.
################################################################

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sla_compliance.batch import AlarmBatch
from sla_compliance.corrections import Correction, checked_corrections, rows_of_ids
from sla_compliance.errors import InvalidAlarmError
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.validation import NEEDED_INSTANT, STILL_ACTIVE_US


def corrected_batch(batch: AlarmBatch, corrections: Iterable[Correction]) -> AlarmBatch:
    """Return a batch with corrections in its rows.

    Raises:
        InvalidTypeError: they are not several Correction.

    Cost: a pass over the ids, and the checks of the rows that are corrected.
    """
    in_order = checked_corrections(corrections)
    if not in_order:
        return batch
    texts = {str(correction.row_id) for correction in in_order}
    good_rows = _rows_named(batch.columns.get("id", ()), texts)
    bad_rows = _rows_named([row.columns.get("id") for row in batch.rejected], texts)
    rejected = [batch.rejected[row] for row in bad_rows]
    judged = _judged_again(batch.take(good_rows), rejected, in_order)
    unused = (*batch.unused_corrections, *judged.unused_corrections)
    return replace(without_rows(batch, texts).joined(judged), unused_corrections=unused)


def without_rows(batch: AlarmBatch, texts: Collection[str]) -> AlarmBatch:
    """Return a batch without the rows, and rows set aside, whose ids read as one of some texts."""
    good = frozenset(_rows_named(batch.columns.get("id", ()), texts))
    bad = frozenset(_rows_named([row.columns.get("id") for row in batch.rejected], texts))
    return replace(
        batch.take([row for row in range(len(batch)) if row not in good]),
        rejected=tuple(row for index, row in enumerate(batch.rejected) if index not in bad),
        disputed_ids=frozenset(key for key in batch.disputed_ids if str(key) not in texts),
    )


def with_ids(batch: AlarmBatch, texts: Collection[str]) -> AlarmBatch:
    """Return the rows of a batch, and the rows set aside, whose ids read as one of some texts."""
    bad_rows = _rows_named([row.columns.get("id") for row in batch.rejected], texts)
    return replace(
        batch.take(_rows_named(batch.columns.get("id", ()), texts)),
        rejected=tuple(batch.rejected[row] for row in bad_rows),
        disputed_ids=frozenset(key for key in batch.disputed_ids if str(key) in texts),
    )


def _rows_named(ids: Sequence[Any], texts: Iterable[str]) -> list[int]:
    return sorted(row for rows in rows_of_ids(ids, texts).values() for row in rows)


def _judged_again(good: AlarmBatch, rejected: Sequence[RejectedRow], corrections: Sequence[Correction]) -> AlarmBatch:
    """Return rows of a batch, and rows that it set aside, judged with corrections in them."""
    count = len(good)
    ends_us = [
        None if end_us == STILL_ACTIVE_US or row in good.undated else end_us for row, end_us in enumerate(good.ends_us)
    ]
    columns: dict[str, list[Any]] = {
        NEEDED_INSTANT: [*good.starts_us, *(row.start_us for row in rejected)],
        "cleared_at": [*ends_us, *(row.instants.get("cleared_at") for row in rejected)],
        "resolved_at": [None] * count + [row.instants.get("resolved_at") for row in rejected],
        "last_occurrence": [
            *(good.last_seen_us or [None] * count),
            *(row.instants.get("last_occurrence") for row in rejected),
        ],
    }
    names = dict.fromkeys((*good.columns, *(name for row in rejected for name in row.columns)))
    for name in names:
        columns[name] = [*good.columns.get(name, (None,) * count), *(row.columns.get(name) for row in rejected)]
    judged = AlarmBatch.from_named_columns(
        columns,
        next_starts_us=[*(good.undated.get(row) for row in range(count)), *(row.bound_us for row in rejected)],
        row_names=[*(f"row {good.name_of(row)}" for row in range(count)), *(row.name for row in rejected)],
        faults=[fault for index, row in enumerate(rejected, count) for fault in _faults(row, index)],
        corrections=corrections,
        on_invalid="quarantine",
    )
    # A row set aside keeps its place in the input; that of a row that was good is not known any more.
    still_rejected = [
        replace(row, row=rejected[row.row - count].row if row.row >= count else row.row) for row in judged.rejected
    ]
    return replace(judged, rejected=tuple(still_rejected))


def _faults(rejected: RejectedRow, index: int) -> list[InvalidAlarmError]:
    """Return the faults of a row set aside, but for times in the wrong order: those are judged again."""
    return [
        InvalidAlarmError(reason, row=index, column=column)
        for reason, column in zip(rejected.reasons, rejected.faulty_columns, strict=True)
        if rejected.instants.get(column) is None
    ]
