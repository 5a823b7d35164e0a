"""Checked rows: from columns that a source gives to those that a batch keeps."""
################################################################
# Every row is judged before any is left out, so that each fault is found at once.
# A row that says that it is over and not when ends when it was last seen; where
# that is not known, its end stays open until a policy bounds it (downtime.py).
################################################################

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sla_compliance.alarms import DESCRIPTIVE_INSTANTS
from sla_compliance.columns import Column, is_empty
from sla_compliance.identity import RowFacts, identities
from sla_compliance.undated_rows import bounds_by_other_facts, rows_over_without_time
from sla_compliance.validation import NEEDED_INSTANT, STILL_ACTIVE_US, RejectedRow, RowValidation, stated_ends


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """Columns of all rows of a source, and which of them a batch leaves out.

    Attributes:
        starts_us, ends_us, last_seen_us, undated, disputed_ids, columns, rejected, row_facts: as an AlarmBatch's.
        left_out: rows set aside, and copies and earlier snapshots of others.
    """

    starts_us: tuple[int, ...]
    ends_us: tuple[int, ...]
    last_seen_us: tuple[int | None, ...] | None
    undated: Mapping[int, int | None]
    disputed_ids: frozenset[Hashable]
    columns: Mapping[str, Column]
    rejected: tuple[RejectedRow, ...]
    row_facts: RowFacts
    left_out: frozenset[int]


def checked_rows(
    validation: RowValidation,
    instants: dict[str, list[Any]],
    descriptive: dict[str, Column],
    next_starts_us: Sequence[int | None] | None,
) -> CheckedRows:
    """Return the rows of some columns, judged.

    Args:
        validation: holds the faults found so far.
        instants: by column, checked one by one already.
        descriptive: the other columns.
        next_starts_us: for each row the start of the next one of the same alarm, where a source knows it.

    Raises:
        InvalidAlarmsError: rows are bad, and the validation does not set bad rows aside.
    """
    columns = validation.descriptive(descriptive)
    columns |= {name: tuple(instants[name]) for name in DESCRIPTIVE_INSTANTS if not is_empty(instants.get(name, ()))}
    starts, cleared, last_seen = instants[NEEDED_INSTANT], instants["cleared_at"], instants.get("last_occurrence")
    ends = validation.ordered_ends(starts, stated_ends(cleared, instants.get("resolved_at")), cleared)
    over_rows = rows_over_without_time(ends, columns)
    if last_seen is not None:
        validation.check_last_sights(over_rows, starts, last_seen)
    bad_rows = validation.faults.keys()
    bounds_of = partial(
        bounds_by_other_facts, starts=starts, columns=columns, ignored=bad_rows, known_next_starts=next_starts_us
    )
    undated = bounds_of([row for row in over_rows if row not in bad_rows])
    identity = identities(starts, ends, last_seen, columns, undated, bad_rows)
    rejected = validation.set_aside(instants, columns, bounds_of(sorted(bad_rows)))
    for row in undated:
        last_seen_us = None if last_seen is None else last_seen[row]
        ends[row] = STILL_ACTIVE_US if last_seen_us is None else max(last_seen_us, starts[row])
    if identity.severities:
        severities = columns["severity"]
        columns["severity"] = tuple(identity.severities.get(row, text) for row, text in enumerate(severities))
    return CheckedRows(
        starts_us=tuple(starts),
        ends_us=tuple(ends),
        last_seen_us=None if last_seen is None or is_empty(last_seen) else tuple(last_seen),
        undated=undated,
        disputed_ids=identity.disputed_ids,
        columns=columns,
        rejected=rejected,
        row_facts=replace(identity.facts, reversed_within_skew=len(validation.rows_within_skew - bad_rows)),
        left_out=frozenset(identity.superseded | bad_rows),
    )
