"""Rows that say they are over and not when: by when each was over at the latest."""
################################################################
# A row that says it is over and not when is over at last_occurrence. Without that
# it ends at the earliest of updated_at, the start of the next row of the same
# alarm_id (of the same resource_id, where it has no alarm_id), and a length after
# its start that the policy sets. The first two are found here; the policy's length
# is added by the rule of downtime. A source that returns a part of its rows alone
# says itself when the next one of a device began.
################################################################

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any

from sla_compliance.columns import Column, within_tenants
from sla_compliance.validation import STILL_ACTIVE_US, says_over


def rows_over_without_time(ends: Sequence[int], columns: Mapping[str, Column]) -> list[int]:
    """Return the rows that say they are over and not when; cost: a pass over the distinct statuses, else over all."""
    statuses = columns.get("status")
    if statuses is None or STILL_ACTIVE_US not in ends:
        return []
    over = {status for status in set(statuses) if says_over(status)}
    if not over:
        return []
    return [row for row, end in enumerate(ends) if end == STILL_ACTIVE_US and statuses[row] in over]


def bounds_by_other_facts(
    rows: Sequence[int],
    starts: Sequence[int],
    columns: Mapping[str, Column],
    ignored: Collection[int],
    known_next_starts: Sequence[int | None] | None = None,
) -> dict[int, int | None]:
    """Return by when some rows were over at the latest, as far as other facts say; None where none does.

    Args:
        ignored: rows that do not count as the next one of a device.
        known_next_starts: the start of the next row by row, where the source knows more rows than these.
    """
    next_start = _next_starts(rows, starts, columns, ignored)
    updated = columns.get("updated_at")
    bounds: dict[int, int | None] = {}
    for row in rows:
        known_next_start = None if known_next_starts is None else known_next_starts[row]
        candidates = [next_start.get(row), known_next_start, None if updated is None else updated[row]]
        # A row that was last written before it began says nothing of its end.
        later = [bound for bound in candidates if bound is not None and bound >= starts[row]]
        bounds[row] = min(later, default=None)
    return bounds


def _next_starts(
    rows: Sequence[int], starts: Sequence[int], columns: Mapping[str, Column], ignored: Collection[int]
) -> dict[int, int]:
    """Return the start of the next row of the same device for those rows that have one."""
    following: dict[int, int] = {}
    for name in ("alarm_id", "resource_id"):
        column = columns.get(name)
        if column is None:
            continue
        # A row without an alarm_id is told by its resource; one with it is not, even if no row follows it.
        concerned = [row for row in rows if column[row] is not None and not _has_alarm_id(row, name, columns)]
        if not concerned:
            continue
        column = within_tenants(column, columns)
        starts_by_key = _starts_by_key({column[row] for row in concerned}, column, starts, ignored)
        for row in concerned:
            device_starts = starts_by_key[column[row]]
            rank = bisect_right(device_starts, starts[row])
            if rank < len(device_starts):
                following[row] = device_starts[rank]
    return following


def _has_alarm_id(row: int, name: str, columns: Mapping[str, Column]) -> bool:
    """Return whether a row is told by its alarm_id rather than by another column."""
    alarm_ids = columns.get("alarm_id")
    return name != "alarm_id" and alarm_ids is not None and alarm_ids[row] is not None


def _starts_by_key(
    keys: set[Any], column: Column, starts: Sequence[int], ignored: Collection[int]
) -> dict[Hashable, list[int]]:
    starts_by_key: dict[Hashable, list[int]] = {key: [] for key in keys}
    for row, key in enumerate(column):
        if key in starts_by_key and row not in ignored:
            starts_by_key[key].append(starts[row])
    for device_starts in starts_by_key.values():
        device_starts.sort()
    return starts_by_key
