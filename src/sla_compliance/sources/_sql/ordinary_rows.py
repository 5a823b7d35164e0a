"""Ordinary rows beside whole ones: the columns of a batch from both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.columns import Column
from sla_compliance.sources._sql.shapes import Columns, FetchedRows, Pairs


def row_names(ids: Sequence[Any] | None) -> list[str] | None:
    """Return the names of rows in messages: by id, for the order of rows in a result means nothing."""
    if ids is None:
        return None
    return [f"alarm {alarm_id}" for alarm_id in ids]


def numbers(column: list[Any]) -> list[int | None]:
    """Return a column of whole numbers; PostgreSQL's packed rows bring them as text."""
    return [None if value is None else int(value) for value in column]


def batch_of_rows(rows: FetchedRows, batch_of: Callable[[Columns], AlarmBatch], wanted: AlarmFilter) -> AlarmBatch:
    """Return the batch of fetched rows; `batch_of` makes one of those that came whole."""
    columns = rows.columns()
    return with_ordinary(columns.pairs, batch_of(columns), wanted)


def with_ordinary(pairs: Pairs, whole_rows: AlarmBatch, wanted: AlarmFilter) -> AlarmBatch:
    """Return a batch with ordinary alarms before its rows; of those only the two instants are known."""
    starts_us, ends_us = pairs
    missing = (None,) * len(starts_us)
    columns: dict[str, Column] = {name: missing + column for name, column in whole_rows.columns.items()}
    if "severity" in columns:
        # The database has compared the severities of pairs: each is one of those wanted, and which makes no difference.
        columns["severity"] = (min(wanted.severities),) * len(starts_us) + whole_rows.columns["severity"]
    shift, last_seen_us = len(starts_us), whole_rows.last_seen_us
    return replace(
        whole_rows,
        starts_us=starts_us + whole_rows.starts_us,
        ends_us=ends_us + whole_rows.ends_us,
        last_seen_us=None if last_seen_us is None else missing + last_seen_us,
        undated={row + shift: bound for row, bound in whole_rows.undated.items()},
        columns=columns,
    )
