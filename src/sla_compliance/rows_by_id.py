"""Rows of a batch by their ids, and their ancestors: the rows that they name as their parents."""
################################################################
# Ids are compared as text. A parent is named by its `id`, or by the `alarm_id` of its
# rows; both are looked for, at any depth, and targeting.py decides which is meant.
#
# A source finds rows by their ids beside those that it has fetched for a window. The
# rows of these ids are then the ones found by id, all of them together. Ancestors that
# came along are the same rows as those of the window where id, alarm_id and start are
# the same.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.corrections import rows_of_ids

_PARENT: Final = "parent_alarm_id"


def with_ids(batch: AlarmBatch, texts: Collection[str]) -> AlarmBatch:
    """Return the rows of a batch, and the rows set aside, whose ids read as one of some texts."""
    return _part(batch, rows_named(batch.columns.get("id", ()), texts), texts)


def with_ids_and_ancestors(batch: AlarmBatch, texts: Collection[str]) -> AlarmBatch:
    """Return the same, and the ancestors of these rows, also of those set aside."""
    rows = rows_named(batch.columns.get("id", ()), texts)
    part = _part(batch, rows, texts)
    return _part(batch, sorted({*rows, *ancestors(batch, parents_named(part))}), texts)


def without_rows(batch: AlarmBatch, texts: Collection[str]) -> AlarmBatch:
    """Return a batch without the rows, and rows set aside, whose ids read as one of some texts."""
    good = frozenset(rows_named(batch.columns.get("id", ()), texts))
    bad = frozenset(rows_named([row.columns.get("id") for row in batch.rejected], texts))
    return replace(
        batch.take([row for row in range(len(batch)) if row not in good]),
        rejected=tuple(row for index, row in enumerate(batch.rejected) if index not in bad),
        disputed_ids=frozenset(key for key in batch.disputed_ids if str(key) not in texts),
    )


def with_rows_found(batch: AlarmBatch, found: AlarmBatch, texts: Collection[str]) -> AlarmBatch:
    """Return a batch in which the rows of some ids are those found by id, with the ancestors that it lacks.

    Args:
        found: the rows of these ids and their ancestors.
    """
    own = without_rows(batch, texts)
    own_rows = set(_identities(own))
    of_ids = frozenset(rows_named(found.columns.get("id", ()), texts))
    rows = [row for row, identity in enumerate(_identities(found)) if row in of_ids or identity not in own_rows]
    return own.joined(found.take(rows))


def rows_named(ids: Iterable[Any], texts: Iterable[str]) -> list[int]:
    """Return the rows, by index and ascending, whose ids read as one of some texts."""
    return sorted(row for rows in rows_of_ids(ids, texts).values() for row in rows)


def parents_named(batch: AlarmBatch) -> set[str]:
    """Return the texts by which the rows of a batch, those set aside too, name their parents."""
    parents = [*batch.columns.get(_PARENT, ()), *(row.columns.get(_PARENT) for row in batch.rejected)]
    return {str(parent) for parent in parents if parent is not None}


def ancestors(batch: AlarmBatch, names: Collection[str]) -> set[int]:
    """Return the rows that have some names, as their id or alarm_id, and the rows that these name as their parents."""
    rows_by_name = _rows_by_name(batch)
    parents: Sequence[Any] = batch.columns.get(_PARENT, (None,) * len(batch))
    rows: set[int] = set()
    names_to_visit = list(names)
    while names_to_visit:
        for row in rows_by_name.get(names_to_visit.pop(), ()):
            if row not in rows:
                rows.add(row)
                names_to_visit += [] if parents[row] is None else [str(parents[row])]
    return rows


def _rows_by_name(batch: AlarmBatch) -> Mapping[str, list[int]]:
    rows_by_name: dict[str, list[int]] = defaultdict(list)
    for column in ("id", "alarm_id"):
        for row, key in enumerate(batch.columns.get(column, ())):
            if key is not None:
                rows_by_name[str(key)].append(row)
    return rows_by_name


def _part(batch: AlarmBatch, rows: Sequence[int], texts: Collection[str]) -> AlarmBatch:
    """Return some rows of a batch, with the rows set aside whose ids read as one of some texts."""
    bad_rows = rows_named([row.columns.get("id") for row in batch.rejected], texts)
    part = batch.take(rows)
    ids = {str(key) for key in part.columns.get("id", ())}
    return replace(
        part,
        rejected=tuple(batch.rejected[row] for row in bad_rows),
        disputed_ids=frozenset(key for key in batch.disputed_ids if str(key) in ids),
    )


def _identities(batch: AlarmBatch) -> Iterable[Hashable]:
    """Return what tells each row of a source from its others."""
    none = (None,) * len(batch)
    ids, alarm_ids = batch.columns.get("id", none), batch.columns.get("alarm_id", none)
    return zip(map(str, ids), map(str, alarm_ids), batch.starts_us, strict=True)
