"""Checked rows: from columns that a source gives to those that a batch keeps."""
################################################################
# Every row is judged before any is left out, so that each fault is found at once.
# A row that says that it is over and not when ends when it was last seen; where
# that is not known, its end stays open until a policy bounds it (downtime.py).
################################################################

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from sla_compliance.alarms import DESCRIPTIVE_INSTANTS, INSTANT_COLUMNS
from sla_compliance.checks import check_lengths, row_sequence
from sla_compliance.columns import Column, is_empty
from sla_compliance.corrections import (
    CorrectedRow,
    Correction,
    RowCorrections,
    UnusedCorrection,
    checked_corrections,
)
from sla_compliance.errors import InvalidAlarmError
from sla_compliance.identity import RowFacts, identities
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.undated_rows import bounds_by_other_facts, rows_over_without_time
from sla_compliance.validation import NEEDED_INSTANT, STILL_ACTIVE_US, RowValidation, stated_ends

_NEEDED_COLUMNS: Final = (NEEDED_INSTANT, "cleared_at")  # where they are given, they are more than None


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """Columns of all rows of a source, and which of them a batch leaves out.

    Attributes:
        starts_us, ends_us, last_seen_us, undated, disputed_ids, columns, rejected, row_facts: as an AlarmBatch's.
        corrected, unused_corrections: as an AlarmBatch's.
        left_out: rows set aside, rows that are void, and copies and earlier snapshots of others.
    """

    starts_us: tuple[int, ...]
    ends_us: tuple[int, ...]
    last_seen_us: tuple[int | None, ...] | None
    undated: Mapping[int, int | None]
    disputed_ids: frozenset[Hashable]
    columns: Mapping[str, Column]
    rejected: tuple[RejectedRow, ...]
    row_facts: RowFacts
    corrected: tuple[CorrectedRow, ...]
    unused_corrections: tuple[UnusedCorrection, ...]
    left_out: frozenset[int]


def checked_rows(
    validation: RowValidation,
    instants: Mapping[str, Sequence[Any]],
    descriptive: dict[str, Column],
    next_starts_us: Sequence[int | None] | None,
    corrections: Iterable[Correction] = (),
) -> CheckedRows:
    """Return the rows of some columns, judged.

    Args:
        validation: holds the faults found so far.
        instants: by column, checked one by one already.
        descriptive: the other columns.
        next_starts_us: for each row the start of the next one of the same alarm, where a source knows it.
        corrections: what people know better; put into the columns before rows are judged together.

    Raises:
        InvalidAlarmsError: rows are bad, and the validation does not set bad rows aside.
    """
    columns = validation.descriptive(descriptive)
    columns |= {name: tuple(instants[name]) for name in DESCRIPTIVE_INSTANTS if not is_empty(instants.get(name, ()))}
    by_hand = RowCorrections(checked_corrections(corrections))
    corrected = dict(instants)
    by_hand.apply(validation, corrected, columns)
    starts, cleared, last_seen = corrected[NEEDED_INSTANT], corrected["cleared_at"], corrected.get("last_occurrence")
    ends = validation.ordered_ends(starts, stated_ends(cleared, corrected.get("resolved_at")), cleared)
    over_rows = rows_over_without_time(ends, columns)
    if last_seen is not None:
        validation.check_last_sights(over_rows, starts, last_seen)
    bad_rows = frozenset(validation.faults)
    ignored_rows = bad_rows | by_hand.void_rows
    bounds_of = partial(
        bounds_by_other_facts, starts=starts, columns=columns, ignored=ignored_rows, known_next_starts=next_starts_us
    )
    undated = bounds_of([row for row in over_rows if row not in bad_rows])
    identity = identities(starts, ends, last_seen, columns, undated, ignored_rows)
    rejected = validation.set_aside(corrected, columns, bounds_of(sorted(bad_rows)))
    for row in undated:
        last_seen_us = None if last_seen is None else last_seen[row]
        ends[row] = STILL_ACTIVE_US if last_seen_us is None else max(last_seen_us, starts[row])
    if identity.severities:
        severities = columns["severity"]
        columns["severity"] = tuple(identity.severities.get(row, text) for row, text in enumerate(severities))
    unreadable = {row for row in bad_rows if NEEDED_INSTANT in validation.unreadable[row]}
    return CheckedRows(
        starts_us=tuple(starts),
        ends_us=tuple(ends),
        last_seen_us=None if last_seen is None or is_empty(last_seen) else tuple(last_seen),
        undated=undated,
        disputed_ids=identity.disputed_ids,
        columns=columns,
        rejected=rejected,
        row_facts=replace(identity.facts, reversed_within_skew=len(validation.rows_within_skew - bad_rows)),
        corrected=by_hand.corrected_rows(starts, ends, columns, unreadable),
        unused_corrections=tuple(by_hand.unused),
        left_out=identity.superseded | ignored_rows,
    )


def instants_and_descriptive(
    columns: Mapping[str, Sequence[Any] | None], validation: RowValidation, faults: Iterable[InvalidAlarmError]
) -> tuple[dict[str, Sequence[Any]], dict[str, Column]]:
    """Return the columns that are given, by name: those of instants, checked one by one, and the others.

    Args:
        validation: gets the faults of single values.
        faults: what the reader of the rows found wrong already.

    Raises:
        InvalidIntervalError: the columns differ in length.
        InvalidTypeError: a column is not several values.
    """
    for fault in faults:
        validation.add_known_fault(fault)
    arguments = validation.arguments or {}
    present = [name for name, values in columns.items() if values is not None or name in _NEEDED_COLUMNS]
    lists = {name: row_sequence(columns[name], arguments.get(name, name)) for name in present}
    lists.setdefault("cleared_at", [None] * len(lists[NEEDED_INSTANT]))
    lengths = {arguments.get(name, name): values for name, values in lists.items()}
    check_lengths(lengths if validation.row_names is None else {**lengths, "row_names": validation.row_names})
    instants = {name: validation.integers(values, name) for name, values in lists.items() if name in INSTANT_COLUMNS}
    descriptive = {name: tuple(values) for name, values in lists.items() if name not in INSTANT_COLUMNS}
    return instants, descriptive
