"""Frames of many keys for tests, and the days that the core finds in them, one key after another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import polars as pl

import sla_compliance as sla
from sla_compliance.alarms import ALARM_COLUMNS, ColumnKind
from sla_compliance.dataframes import DataColumn
from sla_compliance.record_columns import RECORD_TYPES, record_columns

INSTANT: Final = pl.Datetime("us", "UTC")
SCHEMA: Final[dict[str, Any]] = {
    column.name: {ColumnKind.INSTANT: INSTANT, ColumnKind.COUNT: pl.Int64}.get(column.kind, pl.String)
    for column in ALARM_COLUMNS
}


def frame_of_alarms(alarms: Sequence[sla.Alarm], **more: Sequence[Any]) -> pl.DataFrame:
    """Return alarms as a frame, with further columns; a column that no alarm has is left out."""
    columns: dict[str, Any] = {}
    for name, dtype in SCHEMA.items():
        values = [getattr(alarm, name, None) for alarm in alarms]
        if name == "first_occurrence" or any(value is not None for value in values):
            columns[name] = pl.Series(name, [_cell(value) for value in values], dtype=dtype)
    return pl.DataFrame(
        {**columns, **{name: pl.Series(name, values, dtype=pl.String) for name, values in more.items()}}
    )


def _cell(value: Any) -> Any:
    """Return a value as a column of one type holds it: a time without a zone, as a bad row has it, is missing."""
    if isinstance(value, datetime):
        return value if value.tzinfo else None
    return value if value is None or isinstance(value, int) else str(value)


def days_by_key(
    frame: pl.DataFrame, by: str, *, zones: dict[Any, str] | None = None, **arguments: Any
) -> dict[Any, dict[str, list[Any]]]:
    """Return the columns of each key's days, as evaluate_each() finds them, by key as text.

    Args:
        zones: the zone of each key; None: `arguments` say that of all.
    """
    batch = sla.alarms_from_frame(frame, on_invalid="quarantine")
    days: dict[Any, dict[str, list[Any]]] = {}
    for zone in [None] if zones is None else sorted(set(zones.values())):
        terms = arguments if zone is None else {**arguments, "zone": zone}
        for key, report in sla.evaluate_each(batch, by=by, **terms).items():
            if zones is None or key is None or zones[key] == zone:
                columns = record_columns(report.days, is_input_in_doubt=report.doubt_of_input is not None)
                days[None if key is None else str(key)] = values_of(columns)
    return days


def values_of(columns: Iterable[DataColumn]) -> dict[str, list[Any]]:
    """Return the values of columns by their names."""
    return {column.name: list(column.values) for column in columns}


def days_of_frame(days: pl.DataFrame, by: str) -> dict[Any, dict[str, list[Any]]]:
    """Return the same of a frame of days."""
    parts = days.partition_by(by, maintain_order=True, as_dict=True)
    return {
        None if key is None else str(key): {name: part[name].to_list() for name in RECORD_TYPES}
        for (key,), part in parts.items()
    }


def at(text: str) -> datetime:
    """Return an instant of a text."""
    return sla.parse_timestamp(text)
