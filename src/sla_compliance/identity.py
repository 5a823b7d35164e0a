"""Identity of rows: snapshots of one alarm, and outages that share an id."""
################################################################
# A row's identity is its `id`, within its tenant where rows are of several. Rows of one id
# never drop one another, but for
# snapshots of one alarm, which have the same id and start:
#   - copies, the same in every column, are one row;
#   - a row without an end is superseded by one that states its end, else by one
#     whose status says that it is over, else by the one seen last (one of unknown
#     last sight was seen when it was raised; of several seen last, all stay);
#   - what is left bears the worst severity among them other than `cleared`.
# Rows of one id that lie apart, or touch, are outages of their own (a monitor's id,
# a fingerprint). Rows of one id that share an instant and have other bounds all
# count, as any alarms do; what they disagree on is doubt (`disputed_ids`;
# readings.py), each connected group by itself. The order of rows changes nothing.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sla_compliance.alarms import WORST_FIRST, Severity
from sla_compliance.columns import Column, is_empty, within_tenants
from sla_compliance.validation import STILL_ACTIVE_US


@dataclass(frozen=True, slots=True)
class RowFacts:
    """How many rows of an input were more than one row an alarm, or nearly bad.

    Attributes:
        copies: rows that repeat another in every column.
        snapshots: rows without an end that another row of the same alarm supersedes.
        apart: rows of an id that other rows have too, at another time.
        overlapping: rows of an id that share an instant and have other bounds.
        reversed_within_skew: rows that end before they start by no more than the clock skew; they have length 0.
    """

    copies: int = 0
    snapshots: int = 0
    apart: int = 0
    overlapping: int = 0
    reversed_within_skew: int = 0


_MOST_IDS_AT_ONCE: Final = 1 << 18

NO_ROW_FACTS: Final = RowFacts()


@dataclass(frozen=True, slots=True)
class Identities:
    """What the identities of rows say.

    Attributes:
        superseded: rows that count for nothing: copies and snapshots.
        severities: severities that differ from the row's own, by row.
        disputed_ids: ids of which rows disagree on when the alarm was.
        facts: how many there were of each.
    """

    superseded: frozenset[int] = frozenset()
    severities: Mapping[int, str | None] = field(default_factory=dict)
    disputed_ids: frozenset[Hashable] = frozenset()
    facts: RowFacts = NO_ROW_FACTS


NO_IDENTITIES: Final = Identities()


def identities(
    starts: Sequence[int],
    ends: Sequence[int],
    last_seen: Sequence[int | None] | None,
    columns: Mapping[str, Column],
    undated: Mapping[int, int | None],
    bad_rows: Collection[int],
) -> Identities:
    """Return what the ids of rows say; cost: where each is there once, a set of up to _MOST_IDS_AT_ONCE ids.

    Args:
        ends: as the rows state them, STILL_ACTIVE_US where they state none.
        undated: rows that say they are over and not when, each with its earliest known bound.
        bad_rows: rows that are set aside and take no part.
    """
    ids = columns.get("id")
    if ids is None or is_empty(ids) or _are_distinct(ids):
        return NO_IDENTITIES
    rows_by_id: dict[Hashable, list[int]] = defaultdict(list)
    for row, key in enumerate(within_tenants(ids, columns)):
        if key is not None:
            rows_by_id[key].append(row)
    resolution = _Resolution(starts, ends, last_seen, columns, undated)
    for rows in rows_by_id.values():
        good_rows = [row for row in rows if row not in bad_rows]
        if len(good_rows) > 1:
            resolution.add(ids[good_rows[0]], good_rows)
    return resolution.result()


def _are_distinct(ids: Column) -> bool:
    """Return whether no id is there twice."""
    # A set of a million ids takes as much memory as the ids, so that many ids are compared a part at a time.
    part_count = 1 + len(ids) // _MOST_IDS_AT_ONCE
    if part_count == 1:
        return len(set(ids)) == len(ids)
    for part in range(part_count):
        ids_of_part = [key for key in ids if hash(key) % part_count == part]
        if len(set(ids_of_part)) < len(ids_of_part):
            return False
    return True


class _Resolution:
    """The rows of one id after another."""

    def __init__(
        self,
        starts: Sequence[int],
        ends: Sequence[int],
        last_seen: Sequence[int | None] | None,
        columns: Mapping[str, Column],
        undated: Mapping[int, int | None],
    ) -> None:
        self._starts = starts
        self._ends = ends
        self._last_seen = last_seen
        self._columns = columns
        self._undated = undated
        self._superseded: set[int] = set()
        self._severities: dict[int, str | None] = {}
        self._disputed_ids: set[Hashable] = set()
        self._copies = self._snapshots = self._apart = self._overlapping = 0

    def add(self, key: Hashable, rows: Sequence[int]) -> None:
        """Resolve the rows of one id, at least two."""
        rows_by_start: dict[int, list[int]] = defaultdict(list)
        for row in rows:
            rows_by_start[self._starts[row]].append(row)
        remaining = [row for same_start in rows_by_start.values() for row in self._current(same_start)]
        bounds_by_row = {row: (self._starts[row], self._end(row)) for row in remaining}
        groups = connected_groups(bounds_by_row)
        for group in groups:
            if len({bounds_by_row[row] for row in group}) > 1:
                self._disputed_ids.add(key)
                self._overlapping += len(group)
            elif len(groups) > 1:
                self._apart += len(group)

    def _current(self, rows: list[int]) -> list[int]:
        """Return the rows of one id and start that are not superseded by another."""
        if len(rows) == 1:
            return rows
        distinct = list({self._content(row): row for row in rows}.values())
        stated = [row for row in distinct if self._ends[row] != STILL_ACTIVE_US]
        over = [row for row in distinct if row in self._undated]
        current = stated or self._seen_last(over or distinct)
        self._superseded.update(set(rows) - set(current))
        self._copies += len(rows) - len(distinct)
        self._snapshots += len(distinct) - len(current)
        self._take_worst_severity(rows, current)
        return current

    def _take_worst_severity(self, rows: Sequence[int], current: Sequence[int]) -> None:
        severities = {self._column("severity", row) for row in rows} - {Severity.CLEARED}
        worst = next((severity for severity in WORST_FIRST if severity in severities), None)
        if worst is not None:
            self._severities |= {row: worst for row in current if self._column("severity", row) != worst}

    def _end(self, row: int) -> int:
        """Return the end as far as rows say it: of one that is over and undated, its last sight, else its bound."""
        if row not in self._undated:
            return self._ends[row]
        last_seen_us, bound = self._seen(row), self._undated[row]
        if last_seen_us is not None:
            return max(self._starts[row], last_seen_us)
        return STILL_ACTIVE_US if bound is None else bound

    def _seen(self, row: int) -> int | None:
        return None if self._last_seen is None else self._last_seen[row]

    def _seen_last(self, rows: Sequence[int]) -> list[int]:
        """Return the rows that were seen last; one of unknown last sight was seen when it was raised."""
        sight_by_row = {}
        for row in rows:
            last_seen_us = self._seen(row)
            sight_by_row[row] = self._starts[row] if last_seen_us is None else last_seen_us
        latest = max(sight_by_row.values())
        return [row for row in rows if sight_by_row[row] == latest]

    def _column(self, name: str, row: int) -> Any:  # noqa: ANN401 - of whichever column
        column = self._columns.get(name)
        return None if column is None else column[row]

    def _content(self, row: int) -> str:
        """Return all that a row says, as text."""
        facts = [self._starts[row], self._ends[row], self._last_seen and self._last_seen[row]]
        return repr([*facts, *(str(column[row]) for column in self._columns.values())])

    def result(self) -> Identities:
        """Return what all rows added say."""
        facts = RowFacts(self._copies, self._snapshots, self._apart, self._overlapping)
        return Identities(frozenset(self._superseded), self._severities, frozenset(self._disputed_ids), facts)


def connected_groups(bounds_by_row: Mapping[int, tuple[int, int]]) -> list[tuple[int, ...]]:
    """Return rows in order of their starts, as groups connected by shared instants; touching rows share none.

    Args:
        bounds_by_row: start and end of each row; those without length share no instant and are in no group.
    """
    groups: list[list[int]] = []
    reach = 0
    for row, (start, end) in sorted(bounds_by_row.items(), key=lambda item: item[1]):
        if start == end:
            continue
        if groups and start < reach:
            groups[-1].append(row)
            reach = max(reach, end)
        else:
            groups.append([row])
            reach = end
    return [tuple(group) for group in groups]
