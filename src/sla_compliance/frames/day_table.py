"""DayTable: the days of all keys as columns, filled by either way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

import numpy as np

from sla_compliance.dataframes import DataColumn
from sla_compliance.record_columns import RECORD_TYPES
from sla_compliance.rounding import percentage_decimals
from sla_compliance.timeline.figures import DayColumns
from sla_compliance.timeline.line import Int64s
from sla_compliance.units import MINUTE_US
from sla_compliance.verdicts import Verdict

_VERDICTS: Final = tuple(map(str, Verdict))
_BREACHED: Final = _VERDICTS.index(Verdict.BREACHED)
_TYPES: Final[dict[str, Any]] = {
    "date": "datetime64[D]",
    "compliance_percentage": np.float64,
    "target_percentage": np.float64,
    "uptime_minutes": np.int64,
    "downtime_minutes": np.int64,
    "sla_breaches": np.int64,
    "verdict": np.int8,
    "is_confirmed": np.bool_,
    "uptime_us": np.int64,
    "downtime_us": np.int64,
}


class DayTable:
    """The columns of RECORD_TYPES, with the days of one key after another."""

    def __init__(self, day_counts: Sequence[int]) -> None:
        """Make room.

        Args:
            day_counts: how many days each key has, in the order in which keys stand.
        """
        self._first_days = np.concatenate([[0], np.cumsum(np.array(day_counts, dtype=np.int64))])
        self._columns = {name: np.empty(self._first_days[-1], dtype=dtype) for name, dtype in _TYPES.items()}

    def put_keys(self, places: Int64s, dates: Sequence[date], days: DayColumns, target: Fraction) -> None:
        """Put the days of some keys of one frame.

        Args:
            places: where each key stands.
        """
        rows = self._first_days[places][:, np.newaxis] + np.arange(len(dates))
        counted_us = days.uptime_us + days.downtime_us
        unit = int(10 ** percentage_decimals(target))
        with np.errstate(invalid="ignore"):  # 0 / 0 is NaN: no availability
            percentages = days.uptime_us * (100 * unit) // np.maximum(counted_us, 1) / unit
        values = {
            "date": np.array(dates, dtype="datetime64[D]"),
            "compliance_percentage": np.where(counted_us == 0, np.nan, percentages),
            "target_percentage": float(target * 100),
            "uptime_minutes": days.uptime_us // MINUTE_US,
            "downtime_minutes": -(-days.downtime_us // MINUTE_US),
            "sla_breaches": days.verdicts == _BREACHED,
            "verdict": days.verdicts,
            "is_confirmed": days.is_confirmed,
            "uptime_us": days.uptime_us,
            "downtime_us": days.downtime_us,
        }
        for name, value in values.items():
            self._columns[name][rows] = value

    def put_key(self, place: int, columns: Sequence[DataColumn]) -> None:
        """Put the days of one key, as `record_columns` has them."""
        rows = slice(self._first_days[place], self._first_days[place + 1])
        for column in columns:
            values: Sequence[Any] = column.values
            if column.name == "verdict":
                values = list(map(_VERDICTS.index, values))
            elif column.name == "compliance_percentage":
                values = [np.nan if value is None else value for value in values]
            self._columns[column.name][rows] = values

    def columns(self) -> list[DataColumn]:
        """Return the columns."""
        values: dict[str, Any] = dict(self._columns)
        values["verdict"] = np.array(_VERDICTS, dtype=object)[values["verdict"]]
        return [DataColumn(name, value_type, values[name]) for name, value_type in RECORD_TYPES.items()]
