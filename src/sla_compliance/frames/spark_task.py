"""SparkTask: what an executor does with the gathered rows of some keys."""
################################################################
# This runs in processes of the cluster. It holds nothing but what it was made of, so a
# task may run twice, or at two places at once.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from sla_compliance.dataframes import ValueType
from sla_compliance.errors import InvalidAlarmError, InvalidAlarmsError, InvalidValueError, requires_extra, shown
from sla_compliance.record_columns import RECORD_TYPES

with requires_extra("spark", __name__):
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import compute

    from sla_compliance.frames.daily import daily_result
    from sla_compliance.frames.whole_keys import TableSize, whole_keys

IS_LISTED: Final = "_sla_is_listed"
"""The column that marks rows that list a key of the inventory and are no alarms."""
_MOST_FAULTS_NAMED: Final = 3
_ARROW_TYPES: Final = {
    ValueType.DATE: pa.date32(),
    ValueType.TEXT: pa.string(),
    ValueType.FLAG: pa.bool_(),
    ValueType.INTEGER: pa.int64(),
    ValueType.NUMBER: pa.float64(),
}


@dataclass(frozen=True, slots=True)
class SparkTask:
    """Measures the days of keys, from Arrow batches to Arrow batches.

    Attributes:
        keywords: of `daily_result`, other than the inventory; `by` is a tuple.
        their_names: the frame's names of the columns `by`.
        group_columns: those of them by which rows are gathered.
        id_column: the frame's name of the column `id`; None: it has none.
        size: of the tables that are measured at once.
        keyless: rows of the frame that name no key.
        first_row: some row that names one, or no row; with an inventory alone.
    """

    keywords: Mapping[str, Any]
    their_names: tuple[str, ...]
    group_columns: tuple[str, ...]
    id_column: str | None
    size: TableSize
    keyless: pa.Table
    first_row: pa.Table | None = None

    def days_of_batches(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the days of the keys of a partition."""
        for table in whole_keys(batches, self.group_columns, self.their_names, self.size):
            yield from self._days_of_keys(table).to_batches()

    def days_without_key(self) -> pa.Table:
        """Return the days of the rows that name no key; none where these have no days of their own.

        Raises:
            InvalidValueError: rows are bad. Others as `daily_result`.
        """
        return self._days(self.keyless, ())

    def _days_of_keys(self, table: pa.Table) -> pa.Table:
        """Return the days of the keys of a table, all of whose rows are there."""
        by = self.keywords["by"]
        if self.first_row is None:
            return _with_key(self._days(self._with_keyless(table), ()), by)
        is_listed = table.column(IS_LISTED)
        listed_keys = self._keys(table.filter(is_listed))
        alarms = self._with_keyless(table.filter(compute.invert(is_listed)).drop_columns([IS_LISTED]))
        if alarms.num_rows or not self.first_row.num_rows:
            return _with_key(self._days(alarms, listed_keys), by)
        # Where no row is read, all days are in doubt. Other tasks have rows: one stands for them.
        days = self._days(self.first_row, listed_keys)
        (borrowed_key,) = self._keys(self.first_row)
        values = borrowed_key if len(by) > 1 else (borrowed_key,)
        is_borrowed = reduce(compute.and_, map(compute.equal, map(days.column, by), values))
        return days.filter(compute.invert(is_borrowed))

    def _with_keyless(self, alarms: pa.Table) -> pa.Table:
        # The driver's table has its instants in UTC, those of tasks are in the session's zone.
        return pa.concat_tables([alarms, self.keyless.cast(alarms.schema)])

    def _keys(self, table: pa.Table) -> list[Any]:
        """Return the key of each row, of several columns a tuple, as inventories have it."""
        values = [table.column(name).to_pylist() for name in self.their_names]
        return values[0] if len(values) == 1 else list(zip(*values, strict=True))

    def _days(self, alarms: pa.Table, listed_keys: Sequence[Any]) -> pa.Table:
        """Return the days of some rows, and of keys that are listed, with the types of columns that Spark is told."""
        try:
            days = daily_result(alarms, inventory=listed_keys or None, **self.keywords).frame
        except InvalidAlarmsError as error:
            raise self._error_naming_rows(error, alarms) from None
        for name, value_type in RECORD_TYPES.items():
            days = days.set_column(days.schema.get_field_index(name), name, days[name].cast(_ARROW_TYPES[value_type]))
        return days

    def _error_naming_rows(self, error: InvalidAlarmsError, alarms: pa.Table) -> InvalidValueError:
        """Return the error of bad rows by their keys and ids: in a cluster rows have no number."""
        bad_rows = [fault for fault in error.exceptions if isinstance(fault, InvalidAlarmError)]
        faults = [self._fault(fault, alarms) for fault in bad_rows[:_MOST_FAULTS_NAMED]]
        more = "" if len(bad_rows) == len(faults) else "; and more"
        return InvalidValueError(
            f"{len(bad_rows)} bad alarm rows: {'; '.join(faults)}{more}; mend them or pass on_invalid='quarantine'",
            field="dataframe",
        )

    def _fault(self, fault: InvalidAlarmError, alarms: pa.Table) -> str:
        names = dict(zip(self.keywords["by"], self.their_names, strict=True))
        if self.id_column is not None:
            names["id"] = self.id_column
        row = ", ".join(f"{name} {shown(alarms[theirs][fault.row].as_py())}" for name, theirs in names.items())
        return f"of the row with {row} {str(fault).removeprefix(f'alarms[{fault.row}].')}"


def _with_key(days: pa.Table, by: Sequence[str]) -> pa.Table:
    """Return the days of keys; those of rows without a key are measured once, by the driver."""
    for name in by:
        values = days.column(name)
        is_named = compute.is_valid(values)
        if not pa.types.is_integer(values.type):
            is_named = compute.and_(is_named, compute.not_equal(values, ""))
        days = days.filter(compute.fill_null(is_named, fill_value=False))
    return days
