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

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.corrections import Correction, checked_corrections
from sla_compliance.errors import InvalidAlarmError
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.rows_by_id import rows_named, without_rows
from sla_compliance.validation import NEEDED_INSTANT, STILL_ACTIVE_US

_STATED_INSTANTS: Final = (NEEDED_INSTANT, "cleared_at", "resolved_at", "last_occurrence")


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
    good_rows = rows_named(batch.columns.get("id", ()), texts)
    bad_rows = rows_named([row.columns.get("id") for row in batch.rejected], texts)
    rejected = [batch.rejected[row] for row in bad_rows]
    judged = _judged_again(batch.take(good_rows), rejected, in_order)
    unused = (*batch.unused_corrections, *judged.unused_corrections)
    return replace(without_rows(batch, texts).joined(judged), unused_corrections=unused)


@dataclass(frozen=True, slots=True, kw_only=True)
class _StatedRow:
    """What a row says, as far as its batch keeps it.

    Attributes:
        values: by column, instants among them.
        next_start_us: by when it was over at the latest, if it is, as far as other rows say.
        name: what to call it in messages.
        faults: what is wrong with it whatever is corrected: sentences, each with its column.
        place: its index in the input; None where that is not known any more.
    """

    values: Mapping[str, Any]
    next_start_us: int | None
    name: str
    faults: tuple[tuple[str, str], ...] = ()
    place: int | None = None


def _stated_rows(batch: AlarmBatch) -> list[_StatedRow]:
    """Return what each row of a batch says."""
    rows: list[_StatedRow] = []
    for row, (start_us, end_us) in enumerate(zip(batch.starts_us, batch.ends_us, strict=True)):
        is_end_stated = end_us != STILL_ACTIVE_US and row not in batch.undated
        values = {name: column[row] for name, column in batch.columns.items()}
        values[NEEDED_INSTANT] = start_us
        values["cleared_at"] = end_us if is_end_stated else None
        values["last_occurrence"] = None if batch.last_seen_us is None else batch.last_seen_us[row]
        rows.append(_StatedRow(values=values, next_start_us=batch.undated.get(row), name=f"row {batch.name_of(row)}"))
    return rows


def _stated_rejected_row(rejected: RejectedRow) -> _StatedRow:
    """Return what a row says that was set aside.

    Its times may be in the wrong order; that is judged again, with its corrections, and is no fault of a value.
    """
    instants = rejected.instants
    faults = zip(rejected.reasons, rejected.faulty_columns, strict=True)
    values = {**rejected.columns, **{name: instants.get(name) for name in _STATED_INSTANTS}}
    values[NEEDED_INSTANT] = rejected.start_us
    return _StatedRow(
        values=values,
        next_start_us=rejected.bound_us,
        name=rejected.name,
        faults=tuple((reason, column) for reason, column in faults if instants.get(column) is None),
        place=rejected.row,
    )


def _judged_again(good: AlarmBatch, rejected: Iterable[RejectedRow], corrections: Sequence[Correction]) -> AlarmBatch:
    """Return rows of a batch, and rows that it set aside, judged with corrections in them."""
    rows = [*_stated_rows(good), *map(_stated_rejected_row, rejected)]
    # A column that the batch has stays one, whichever rows are corrected: without severities every row is critical.
    names = dict.fromkeys((*_STATED_INSTANTS, *good.columns))
    for row in rows:
        names |= dict.fromkeys(row.values)
    faults: list[InvalidAlarmError] = []
    for index, row in enumerate(rows):
        faults += [InvalidAlarmError(reason, row=index, column=column) for reason, column in row.faults]
    judged = AlarmBatch.from_named_columns(
        {name: [row.values.get(name) for row in rows] for name in names},
        next_starts_us=[row.next_start_us for row in rows],
        row_names=[row.name for row in rows],
        faults=faults,
        corrections=corrections,
        on_invalid="quarantine",
    )
    still_rejected: list[RejectedRow] = []
    for bad_row in judged.rejected:
        place = rows[bad_row.row].place
        still_rejected.append(bad_row if place is None else replace(bad_row, row=place))
    return replace(judged, rejected=tuple(still_rejected))
