"""Rows of a batch as Alarms, many at once, for a person to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any

from sla_compliance.alarms import DESCRIPTIVE_COLUMNS, DESCRIPTIVE_INSTANTS, Alarm
from sla_compliance.units import moment
from sla_compliance.validation import STILL_ACTIVE_US


def alarms_at(
    rows: Sequence[int],
    *,
    starts_us: Sequence[int],
    ends_us: Sequence[int],
    last_seen_us: Sequence[int | None] | None,
    columns: Mapping[str, Sequence[Any]],
) -> Iterator[Alarm]:
    """Yield rows of a batch's columns as Alarms, times in UTC; no end while active."""
    described = {name: map(columns[name].__getitem__, rows) for name in DESCRIPTIVE_COLUMNS if name in columns}
    instants = {name: _moments(columns[name], rows) for name in DESCRIPTIVE_INSTANTS if name in columns}
    if last_seen_us is not None:
        instants["last_occurrence"] = _moments(last_seen_us, rows)
    fields: dict[str, Iterable[Any]] = {**described, **instants}
    value_rows = zip(*fields.values(), strict=True) if fields else repeat(())
    for row, values in zip(rows, value_rows, strict=False):
        end = None if ends_us[row] == STILL_ACTIVE_US else moment(ends_us[row])
        yield Alarm(moment(starts_us[row]), end, **dict(zip(fields, values, strict=True)))


def _moments(column: Sequence[int | None], rows: Iterable[int]) -> Iterator[datetime | None]:
    return map(_moment, map(column.__getitem__, rows))


def _moment(instant_us: int | None) -> datetime | None:
    return None if instant_us is None else moment(instant_us)
