"""Targeting: which alarms each targeted exclusion matches, their children too."""
################################################################
# An alarm matches where it has the values of any of an exclusion's targets; values
# are compared as text. With `with_children` it matches too where its parent does,
# at any depth: `parent_alarm_id` is the `id`, else the `alarm_id`, of the parent.
# Parents are looked up among all rows given of the same tenant, qualifying or not, and
# no row is visited twice, so a circle of parents does no harm.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import ColumnNames, MaintenanceKind, Targets
from sla_compliance.columns import Column, within_tenants
from sla_compliance.intervals import IntervalSet

Matches = tuple[frozenset[int], ...]
"""For each row the exclusions that match it, as indices."""

_NONE: Final[frozenset[int]] = frozenset()


@dataclass(frozen=True, slots=True)
class TargetedExclusion:
    """Maintenance or an exclusion of some alarms only.

    Attributes:
        name: what to call it in a report.
        is_maintenance: whether it is maintenance, or another exclusion.
        targets: alarm columns and values; an alarm that has the values of any of them matches.
        with_children: whether alarms whose parent matches, at any depth, match too.
        windows: when it applies.
        start_us: when it begins to apply, or would.
    """

    name: str
    is_maintenance: bool
    targets: Targets
    with_children: bool
    windows: IntervalSet
    start_us: int

    def can_match(self, batch: AlarmBatch) -> bool:
        """Whether an alarm could match: it names columns that the batch carries."""
        return any(batch.columns.keys() >= set(columns) for columns, _ in self.targets)

    def keys_of(self, column: str) -> set[str]:
        """Return the values of one column that it names by themselves, not together with another column's."""
        return {value for columns, rows in self.targets if columns == (column,) for (value,) in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedWindow:
    """A maintenance window or an exclusion by itself, as far as it is accepted.

    Attributes:
        name: what to call it in a report.
        kind: of maintenance "planned" or "emergency"; of another exclusion "exclusion".
        reason, author: why, and who entered it; empty: not known.
        targets: alarm columns and values that it applies to; None: everybody.
        with_children: whether alarms whose parent matches, at any depth, match too.
        times: when it applies; of a recurring one all its occurrences.
        place: its place among the targeted exclusions of its contract; None: it applies to everybody.
    """

    name: str
    kind: str
    reason: str = ""
    author: str = ""
    targets: Targets | None = None
    with_children: bool = False
    times: IntervalSet
    place: int | None = None

    @classmethod
    def of_pairs(cls, name: str, kind: str, times: IntervalSet) -> AcceptedWindow:
        """Return what stands for all plain pairs of times that were given."""
        return cls(name=f"{name} given as times alone", kind=kind, times=times)

    @property
    def is_maintenance(self) -> bool:
        """Whether it is maintenance, or another exclusion."""
        return self.kind in set(MaintenanceKind)

    def for_everybody(self) -> AcceptedWindow:
        """Return the same window where it applies to everybody."""
        return replace(self, targets=None, with_children=False, place=None)


def matches_of(batch: AlarmBatch, targeted: Sequence[TargetedExclusion]) -> Matches:
    """Return which targeted exclusions match each row of a batch.

    Cost: one pass over each column that exclusions name; with children, one over the parents.
    """
    own: list[frozenset[int]] = [_NONE] * len(batch)
    for columns in sorted({columns for exclusion in targeted for columns, _ in exclusion.targets}):
        if batch.columns.keys() >= set(columns):
            _add_matches(own, batch, columns, targeted)
    inheritable = frozenset(index for index, exclusion in enumerate(targeted) if exclusion.with_children)
    if inheritable and "parent_alarm_id" in batch.columns:
        return _with_inherited(own, batch, inheritable)
    return tuple(own)


def _add_matches(
    own: list[frozenset[int]], batch: AlarmBatch, columns: ColumnNames, targeted: Sequence[TargetedExclusion]
) -> None:
    """Add the exclusions that name the values of each row in these columns."""
    indices_by_values = _indices_by_values(columns, targeted)
    rows = zip(*(batch.columns[column] for column in columns), strict=True)
    for row, values in enumerate(rows):
        if None not in values:
            indices = indices_by_values.get(tuple(map(str, values)))
            if indices is not None:
                own[row] |= indices


def _indices_by_values(
    columns: ColumnNames, targeted: Sequence[TargetedExclusion]
) -> dict[tuple[str, ...], frozenset[int]]:
    indices: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for index, exclusion in enumerate(targeted):
        for target_columns, values in exclusion.targets:
            if target_columns == columns:
                for value in values:
                    indices[value].add(index)
    return {values: frozenset(numbers) for values, numbers in indices.items()}


def _with_inherited(own: Sequence[frozenset[int]], batch: AlarmBatch, inheritable: frozenset[int]) -> Matches:
    """Return the matches of rows with those that they have from their parents, walking from parents to children."""
    children_of = _children(batch)
    matches = list(own)
    for exclusion in inheritable:
        to_visit = [row for row, indices in enumerate(own) if exclusion in indices]
        visited = set(to_visit)
        while to_visit:
            for child in children_of(to_visit.pop()):
                if child not in visited:
                    visited.add(child)
                    to_visit.append(child)
                    matches[child] |= {exclusion}
    return tuple(matches)


def _children(batch: AlarmBatch) -> Callable[[int], list[int]]:
    """Return a function from a row to the rows whose parent it is.

    A parent's key means the rows with that `id`; where there is none, all rows with that `alarm_id`. Where rows are of
    several tenants, it means rows of the same tenant.
    """
    children_by_key: dict[Hashable, list[int]] = defaultdict(list)
    for row, key in enumerate(_names(batch, "parent_alarm_id")):
        if key is not None:
            children_by_key[key].append(row)
    ids = _names(batch, "id")
    alarm_ids = _names(batch, "alarm_id")
    keys_that_are_ids = set(ids)

    def children(row: int) -> list[int]:
        keys = {ids[row]} if alarm_ids[row] in keys_that_are_ids else {ids[row], alarm_ids[row]}
        return [child for key in keys if key is not None for child in children_by_key.get(key, ())]

    return children


def _names(batch: AlarmBatch, column_name: str) -> Column:
    """Return a column of names as text within a tenant, None where a row has no value or the batch not the column."""
    column = batch.columns.get(column_name, (None,) * len(batch))
    texts = tuple(None if value is None else str(value) for value in column)
    return within_tenants(texts, batch.columns)
