"""The one statement that reads a tenant's alarms, and the batch it becomes."""
################################################################
# Of an ordinary alarm, over and plausible, a figure needs two instants: raised
# and over. PostgreSQL itself checks that a row is ordinary, by the rules of
# validation.py, and sends such pairs packed. Rows about which a report may have
# more to say (active, reversed, an end to be inferred) come whole in the same
# statement and pass through validation. Drill-down reads every mapped column of
# all rows.
#
# The statement narrows by tenant, severity and time. Where types or statuses are
# excluded, all rows come with those columns, and the core leaves rows out: what an
# exclusion means is decided there alone.
################################################################

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_

from sla_compliance.alarms import ALARM_COLUMNS, DESCRIPTIVE_COLUMNS, INSTANT_COLUMNS, AlarmFilter, ColumnKind
from sla_compliance.batch import AlarmBatch
from sla_compliance.errors import InvalidAlarmError
from sla_compliance.sources._sql.instants import Expression, PostgresInstants
from sla_compliance.sources._sql.mappings import AlarmsTable
from sla_compliance.sources._sql.reflection import checked_tenant_id, reflect_table
from sla_compliance.sources._sql.shapes import (
    Columns,
    Fields,
    Pairs,
    PairsAndRows,
    Statement,
    rows_statement,
)
from sla_compliance.units import MAX_US, MIN_US
from sla_compliance.validation import OnInvalid

_NEEDED: Final = frozenset({"id", "status"})  # to infer an end, and to name a row in data quality
_TENANT: Final = "tenant"  # names of the statements' parameters
_START: Final = "window_start"
_END: Final = "window_end"
_STATEMENTS_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class AlarmRequest:
    """What to read of one tenant.

    Attributes:
        start_us, end_us: the window, half-open, microseconds since 1970.
        wanted: which alarms qualify.
        is_detailed: whether every mapped column is read, or only those that figures need.
    """

    tenant_id: str
    start_us: int
    end_us: int
    wanted: AlarmFilter
    is_detailed: bool = False


class AlarmReader:
    """Reads alarms over a connection; the first one reflects the table."""

    def __init__(self, mapping: AlarmsTable, on_invalid: OnInvalid, clock_skew: timedelta) -> None:
        self._mapping = mapping
        self._on_invalid = on_invalid
        self._clock_skew = clock_skew
        self._table: _MappedAlarms | None = None

    def read(self, connection: Connection, request: AlarmRequest) -> AlarmBatch:
        """Return the alarms of a request; one statement."""
        if self._table is None:
            self._table = _MappedAlarms(connection, self._mapping)
        statement = self._table.statement(request.wanted, request.is_detailed)
        columns = statement.fetch(connection, self._table.parameters(request))
        return _with_ordinary(columns.pairs, self._batch(columns))

    def _batch(self, columns: Columns) -> AlarmBatch:
        """Return the batch of the rows that came whole."""
        columns_by_name = dict(columns.by_name)
        for column in ALARM_COLUMNS:
            if column.kind is ColumnKind.COUNT and column.name in columns_by_name:
                columns_by_name[column.name] = _numbers(columns_by_name[column.name])
        return AlarmBatch.from_named_columns(
            columns_by_name,
            row_names=_row_names(columns_by_name.get("id")),
            faults=[InvalidAlarmError(str(error), field=error.field, row=row) for row, error in columns.faults],
            on_invalid=self._on_invalid,
            clock_skew=self._clock_skew,
        )


def _row_names(ids: Sequence[Any] | None) -> list[str] | None:
    """Return the names of rows in messages: by id, for the order of rows in a result means nothing."""
    if ids is None:
        return None
    return [f"alarm {alarm_id}" for alarm_id in ids]


def _numbers(column: list[Any]) -> list[int | None]:
    """Return a column of whole numbers; PostgreSQL's packed rows bring them as text."""
    return [None if value is None else int(value) for value in column]


def _with_ordinary(pairs: Pairs, whole_rows: AlarmBatch) -> AlarmBatch:
    """Return a batch with ordinary alarms before its rows; of those only the two instants are known."""
    starts_us, ends_us = pairs
    missing = (None,) * len(starts_us)
    not_assumed = (False,) * len(starts_us)
    last_seen_us, is_end_assumed = whole_rows.last_seen_us, whole_rows.is_end_assumed
    return replace(
        whole_rows,
        starts_us=starts_us + whole_rows.starts_us,
        ends_us=ends_us + whole_rows.ends_us,
        last_seen_us=None if last_seen_us is None else missing + last_seen_us,
        is_end_assumed=None if is_end_assumed is None else not_assumed + is_end_assumed,
        columns={name: missing + column for name, column in whole_rows.columns.items()},
    )


class _MappedAlarms:
    """A mapped table of alarms, reflected, and the statements on it."""

    def __init__(self, connection: Connection, mapping: AlarmsTable) -> None:
        instants = _mapped(mapping, INSTANT_COLUMNS)
        plain_columns = _mapped(mapping, DESCRIPTIVE_COLUMNS) | {name: name for name in mapping.more}
        needed = [mapping.tenant_id, mapping.severity, *instants.values(), *plain_columns.values()]
        self._mapping = mapping
        self._table = reflect_table(connection, mapping.table, mapping.schema, needed)
        self._kind = self._table.instants(instants.values(), mapping.naive_times)
        self._instants = {name: self._table.column(column) for name, column in instants.items()}
        self._plain_columns = {name: self._table.column_as_text(column) for name, column in plain_columns.items()}
        # A cache of this table's own: one on the method would keep every table alive.
        self.statement = lru_cache(_STATEMENTS_KEPT)(self._statement)

    def parameters(self, request: AlarmRequest) -> Mapping[str, object]:
        """Return the parameters of the statements for a request."""
        return {
            _TENANT: checked_tenant_id(request.tenant_id),
            **self._kind.parameters(_START, max(request.start_us, MIN_US)),
            **self._kind.parameters(_END, min(request.end_us, MAX_US)),
        }

    def _statement(self, wanted: AlarmFilter, is_detailed: bool) -> Statement:
        excluded_texts = {"alarm_type": wanted.excluded_alarm_types, "status": wanted.excluded_statuses}
        filter_names = {name for name, texts in excluded_texts.items() if texts}
        names = self._plain_columns.keys() if is_detailed else _NEEDED | filter_names
        plain_columns = {name: column for name, column in self._plain_columns.items() if name in names}
        fields = Fields(self._instants, plain_columns)
        where = self._meets_window(wanted)
        if is_detailed or filter_names or not isinstance(self._kind, PostgresInstants):
            return rows_statement(fields, self._kind, where, self._table.name)
        pair = (self._instants["first_occurrence"], self._over)
        return PairsAndRows.where(where, pair, self._is_ordinary(self._kind), fields, self._kind)

    def _meets_window(self, wanted: AlarmFilter) -> ColumnElement[bool]:
        """Return the condition of a qualifying alarm that meets the window.

        A row that is over before it is raised is read too, so that it becomes a fault and does not go unnoticed.
        """
        first, over = self._instants["first_occurrence"], self._over
        return and_(
            self._table.is_equal(self._mapping.tenant_id, _TENANT),
            self._table.means_one_of(self._mapping.severity, wanted.severities),
            self._kind.is_before(first, _END),
            or_(self._kind.is_after(over, _START), over.is_(None), over < first),
        )

    @property
    def _over(self) -> Expression:
        """The end that a row names: `cleared_at`, else `resolved_at`; the core infers the end of other rows."""
        cleared, resolved = self._instants["cleared_at"], self._instants.get("resolved_at")
        return cleared if resolved is None else func.coalesce(cleared, resolved)

    def _is_ordinary(self, kind: PostgresInstants) -> ColumnElement[bool]:
        """Return the condition of an alarm that is over and that validation would accept as it is."""
        first, over = self._instants["first_occurrence"], self._over
        return and_(first >= kind.constant(MIN_US), over >= first, over <= kind.constant(MAX_US))


def _mapped(mapping: AlarmsTable, names: Sequence[str]) -> dict[str, str]:
    """Return the table's columns by name, of those that it has."""
    return {name: column for name in names if (column := getattr(mapping, name)) is not None}
