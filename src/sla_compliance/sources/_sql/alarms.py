"""The one statement that reads a tenant's alarms, and the batch it becomes."""
################################################################
# Of an ordinary alarm, over and plausible, a figure needs two instants: raised
# and over. PostgreSQL itself checks that a row is ordinary, by the rules of
# validation.py, and sends such pairs packed. Rows about which a report may have
# more to say (active, reversed, an end to be inferred) come whole in the same
# statement and pass through validation. Drill-down reads every mapped column of
# all rows.
#
# Rows whose severity no filter can match (an unknown word, or one that "cleared" has
# overwritten) are counted by one look an hour and tenant, as far back as rows are
# complete. Where there are any, the statement brings them too: they are doubt, not
# uptime.
#
# Where cleared rows are purged, rows are complete from `purged_after` ago. No purge has
# come beyond a cleared row that is still there, so rows are complete from the end of
# the oldest one, where that is earlier.
#
# Rows that corrections name come by their ids, whatever their severity or time
# (row_ids.py).
#
# The statement narrows by tenant, severity and time. Where types or statuses are
# excluded, all rows come with those columns, and the core leaves rows out: what an
# exclusion means is decided there alone.
################################################################

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_

from sla_compliance.alarms import (
    ALARM_COLUMNS,
    DESCRIPTIVE_COLUMNS,
    INSTANT_COLUMNS,
    AlarmFilter,
    ColumnKind,
)
from sla_compliance.batch import AlarmBatch
from sla_compliance.checks import row_field
from sla_compliance.errors import InvalidAlarmError, InvalidValueError
from sla_compliance.instant_columns import YEAR_2_US, YEAR_9999_US
from sla_compliance.sources._sql.ancestors import Lineage
from sla_compliance.sources._sql.instants import Expression, PostgresInstants
from sla_compliance.sources._sql.mappings import AlarmsTable, DefaultName
from sla_compliance.sources._sql.next_rows import NEXT_START, NextRows
from sla_compliance.sources._sql.ordinary_rows import numbers, row_names, with_ordinary
from sla_compliance.sources._sql.reflection import checked_tenant_id, reflect_table
from sla_compliance.sources._sql.row_ids import NameColumn, RowsById
from sla_compliance.sources._sql.shapes import (
    Columns,
    Fields,
    PairsAndRows,
    Statement,
    rows_statement,
)
from sla_compliance.sources._sql.tenant_looks import TENANT, TenantLooks
from sla_compliance.sources._sql.unique_ids import check_ids_are_unique
from sla_compliance.sources._sql.words import SeverityColumn
from sla_compliance.units import HOUR_US, MAX_US, MIN_US, length_us
from sla_compliance.validation import OnInvalid

_NEEDED: Final = frozenset({"id", "status"})  # to infer an end, and to name a row in data quality
_UNNEEDED_INSTANTS: Final = frozenset({"acknowledged_at"})  # by figures
_START: Final = "window_start"
_END: Final = "window_end"
_STATEMENTS_KEPT: Final = 64
LOOK_EVERY_US: Final = HOUR_US
_MOST_TENANTS: Final = 100_000


@dataclass(frozen=True, slots=True)
class AlarmRequest:
    """What to read of one tenant.

    Attributes:
        start_us, end_us: the window, half-open, microseconds since 1970.
        wanted: which alarms qualify.
        is_detailed: whether every mapped column is read, or only those that figures need.
        has_ancestors: whether the rows that these name as their parents are read too, whatever their severity or time.
    """

    tenant_id: str
    start_us: int
    end_us: int
    wanted: AlarmFilter
    is_detailed: bool = False
    has_ancestors: bool = False


@dataclass(frozen=True, slots=True)
class _Shape:
    """What decides the text of a statement.

    Attributes:
        wanted, is_detailed, has_ancestors: as in the request.
        has_odd_severities: whether the tenant has rows whose severity no filter can match.
    """

    wanted: AlarmFilter
    is_detailed: bool
    has_ancestors: bool
    has_odd_severities: bool


class AlarmReader:
    """Reads alarms over a connection; the first one reflects the table."""

    def __init__(
        self,
        mapping: AlarmsTable,
        on_invalid: OnInvalid,
        clock_skew: timedelta,
        now_us: Callable[[], int],
        purged_after_us: int | None,
    ) -> None:
        self._mapping = mapping
        self._on_invalid = on_invalid
        self._clock_skew = clock_skew
        self._now_us = now_us
        self._severities = mapping.severities
        self._statuses = mapping.statuses
        self._purged_after_us = purged_after_us
        self._table: _MappedAlarms | None = None
        self._looks: dict[str, tuple[int, int]] = {}

    def read(self, connection: Connection, request: AlarmRequest) -> AlarmBatch:
        """Return the alarms of a request; one statement."""
        table = self._mapped_table(connection)
        has_odd_severities = self._count_odd_severities(connection, table, request.tenant_id) > 0
        shape = _Shape(request.wanted, request.is_detailed, request.has_ancestors, has_odd_severities)
        columns = table.statement(shape).fetch(connection, table.parameters(request))
        return with_ordinary(columns.pairs, self._batch(columns), request.wanted)

    def read_by_ids(self, connection: Connection, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        """Return the alarms with these ids and their ancestors, with every mapped column.

        Raises:
            InvalidValueError: no column of ids is mapped.
        """
        return self._mapped_table(connection).rows_by_id.read(connection, tenant_id, row_ids, self._batch)

    def odd_severity_rows(self, tenant_id: str) -> int | None:
        """Return how many rows had a severity that no filter can match at the last look; None before the first."""
        return self._looks[tenant_id][1] if tenant_id in self._looks else None

    def purged_until_us(self) -> int | None:
        """Return how far a purge may have come; None where there is none."""
        return None if self._purged_after_us is None else self._now_us() - self._purged_after_us

    def complete_since_us(self, connection: Connection, tenant_id: str) -> int | None:
        """Return the instant from which on no row of a tenant is missing; None where none ever is."""
        purged_until_us = self.purged_until_us()
        if purged_until_us is None:
            return None
        oldest_us = self._mapped_table(connection).looks.oldest_cleared_us(connection, tenant_id)
        return purged_until_us if oldest_us is None else min(purged_until_us, oldest_us)

    def _count_odd_severities(self, connection: Connection, table: _MappedAlarms, tenant_id: str) -> int:
        """Return how many rows of a tenant have a severity that no filter can match; one look an hour and tenant."""
        now_us = self._now_us()
        looked_at_us, rows = self._looks.get(tenant_id, (None, 0))
        if looked_at_us is None or not looked_at_us <= now_us < looked_at_us + LOOK_EVERY_US:
            rows = table.looks.count_odd_severities(
                connection, tenant_id, self.complete_since_us(connection, tenant_id)
            )
            # Requests may name any number of tenants: memory stays bounded, at the price of looking once more.
            if len(self._looks) >= _MOST_TENANTS:
                self._looks.clear()
            self._looks[tenant_id] = (now_us, rows)
        return rows

    def _mapped_table(self, connection: Connection) -> _MappedAlarms:
        if self._table is None:
            self._table = _MappedAlarms(connection, self._mapping, length_us(self._clock_skew, field="clock_skew"))
        return self._table

    def _batch(self, columns: Columns) -> AlarmBatch:
        """Return the batch of the rows that came whole."""
        columns_by_name = dict(columns.by_name)
        for column in ALARM_COLUMNS:
            if column.kind is ColumnKind.COUNT and column.name in columns_by_name:
                columns_by_name[column.name] = numbers(columns_by_name[column.name])
        next_starts_us = columns_by_name.pop(NEXT_START, None)
        if next_starts_us is not None and self._table is not None:
            next_starts_us = self._table.next_starts_us(columns_by_name, next_starts_us)
        names = row_names(columns_by_name.get("id"))
        faults = [InvalidAlarmError(str(error), field=error.field, row=row) for row, error in columns.faults]
        if "severity" in columns_by_name:
            columns_by_name["severity"], bad_words = self._severities.read_column(columns_by_name["severity"])
            for row, fault in bad_words.items():
                field = row_field(row, "severity", names)
                faults.append(InvalidAlarmError(f"{field} {fault}", field=field, row=row))
        if "status" in columns_by_name:
            columns_by_name["status"] = self._statuses.read_column(columns_by_name["status"])
        return AlarmBatch.from_named_columns(
            columns_by_name,
            next_starts_us=next_starts_us,
            row_names=names,
            faults=faults,
            on_invalid=self._on_invalid,
            clock_skew=self._clock_skew,
        )


class _MappedAlarms:
    """A mapped table of alarms, reflected, and the statements on it."""

    def __init__(self, connection: Connection, mapping: AlarmsTable, skew_us: int) -> None:
        mapped = _mapped(mapping)
        required = [name for name in mapped.values() if not isinstance(name, DefaultName)]
        self._mapping = mapping
        self._table = reflect_table(connection, mapping.table, mapping.schema, [*required, *mapping.more])
        columns = {name: column for name, column in mapped.items() if self._is_usable(name, column)}
        check_ids_are_unique(connection, self._table, mapping)
        instants = {name: column for name, column in columns.items() if name in INSTANT_COLUMNS}
        plain_columns = {name: column for name, column in columns.items() if name in DESCRIPTIVE_COLUMNS}
        plain_columns |= {name: name for name in mapping.more}
        self._kind = self._table.instants(instants.values(), mapping.naive_times, mapping.times_in)
        self._severity = SeverityColumn(self._table, mapping.severity, mapping.severities.words)
        self._instants = {name: self._table.column(column) for name, column in instants.items()}
        self._plain_columns = {name: self._table.column_as_text(column) for name, column in plain_columns.items()}
        self._next_rows = NextRows(mapping, columns, self._kind, skew_us)
        self._lineage = Lineage(mapping, columns)
        self.looks = TenantLooks(
            self._table, mapping, self._kind, self._instants["cleared_at"], self._over, self._severity.is_odd
        )
        # A cache of this table's own: one on the method would keep every table alive.
        self.statement = lru_cache(_STATEMENTS_KEPT)(self._statement)

    @cached_property
    def rows_by_id(self) -> RowsById:
        """What finds rows by their ids, in full.

        Raises:
            InvalidValueError: no column of ids is mapped.
        """
        if self._mapping.id is None:
            raise InvalidValueError("id is None, so corrections cannot name rows; map the column of ids", field="id")
        fields = self._fields(self._plain_columns, is_detailed=True)
        alarm_id = self._lineage.columns.get("alarm_id")
        return RowsById(
            ids=NameColumn(self._table, self._mapping.id, "row_ids"),
            alarm_ids=None if alarm_id is None else NameColumn(self._table, alarm_id, "alarm_ids"),
            is_tenants=self._table.is_equal(self._mapping.tenant_id, TENANT),
            statement_where=lambda where: rows_statement(fields, self._kind, where, self._table.name),
        )

    def parameters(self, request: AlarmRequest) -> Mapping[str, object]:
        """Return the parameters of the statements for a request."""
        return {
            TENANT: checked_tenant_id(request.tenant_id),
            **self._kind.parameters(_START, max(request.start_us, MIN_US)),
            **self._kind.parameters(_END, min(request.end_us, MAX_US)),
        }

    def _is_usable(self, name: str, column: str) -> bool:
        """Return whether a mapped column is there, and instants of a default one are of the kind of the others."""
        if not isinstance(column, DefaultName):
            return True
        if name in INSTANT_COLUMNS:
            return self._table.has_instants_like(column, self._mapping.first_occurrence)
        return column in self._table.types

    def next_starts_us(self, columns: Mapping[str, list[Any]], answers: list[Any]) -> list[int | None]:
        """Return the start of each row's next one from what the database sent."""
        if isinstance(self._kind, PostgresInstants):
            return answers
        return self._next_rows.earliest(columns["first_occurrence"], answers)

    def _statement(self, shape: _Shape) -> Statement:
        wanted, is_detailed = shape.wanted, shape.is_detailed
        excluded_texts = {"alarm_type": wanted.excluded_alarm_types, "status": wanted.excluded_statuses}
        filter_names = {name for name, texts in excluded_texts.items() if texts}
        names = self._plain_columns.keys() if is_detailed else _NEEDED | filter_names
        plain_columns = {name: column for name, column in self._plain_columns.items() if name in names}
        has_odd_severities = shape.has_odd_severities and self.looks.odd_severity is not None
        if has_odd_severities:
            plain_columns["severity"] = self._plain_columns["severity"]
        fields = self._fields(plain_columns, is_detailed)
        where = self._meets_window(wanted, has_odd_severities)
        if shape.has_ancestors:
            where = self._lineage.with_ancestors(self._table, where, self._table.parameter(TENANT))
        if is_detailed or filter_names or not isinstance(self._kind, PostgresInstants):
            return rows_statement(fields, self._kind, where, self._table.name)
        pair = (self._instants["first_occurrence"], self._over)
        is_ordinary = self._is_ordinary(self._kind)
        if has_odd_severities:
            is_ordinary = and_(is_ordinary, self._severity.means_one_of(wanted.severities))
        return PairsAndRows.where(where, pair, is_ordinary, fields, self._kind)

    def _fields(self, plain_columns: Mapping[str, Expression], is_detailed: bool) -> Fields:
        unneeded = frozenset() if is_detailed else _UNNEEDED_INSTANTS
        instants = {name: column for name, column in self._instants.items() if name not in unneeded}
        next_start = self._next_rows.expression(self._table.selectable, self._table.parameter(TENANT))
        if next_start is None:
            return Fields(instants, plain_columns)
        if isinstance(self._kind, PostgresInstants):
            return Fields({**instants, NEXT_START: next_start}, plain_columns)
        return Fields(instants, {**plain_columns, NEXT_START: next_start})

    def _meets_window(self, wanted: AlarmFilter, has_odd_severities: bool) -> ColumnElement[bool]:
        """Return the condition of a qualifying alarm that meets the window.

        A row that is over before it is raised is read too, so that it becomes a fault and does not go unnoticed.
        """
        first, over = self._instants["first_occurrence"], self._over
        severity = self._severity.means_one_of(wanted.severities)
        is_odd = self.looks.odd_severity
        if has_odd_severities and is_odd is not None:
            severity = or_(severity, is_odd)
        return and_(
            self._table.is_equal(self._mapping.tenant_id, TENANT),
            severity,
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
        return and_(first >= kind.constant(YEAR_2_US), over >= first, over < kind.constant(YEAR_9999_US))


def _mapped(mapping: AlarmsTable) -> dict[str, str]:
    """Return the mapped columns by what they are called in an Alarm, the tenant's among them."""
    names = ("tenant_id", *(column.name for column in ALARM_COLUMNS))
    return {name: column for name in names if (column := getattr(mapping, name)) is not None}
