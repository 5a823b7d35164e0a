"""The statements on a mapped table of alarms: one reads a request's rows, another those with some ids."""
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

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_

from sla_compliance.alarms import ALARM_COLUMNS, DESCRIPTIVE_COLUMNS, INSTANT_COLUMNS, AlarmFilter
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.instant_columns import YEAR_2_US, YEAR_9999_US
from sla_compliance.lazy import lazy_property
from sla_compliance.sources._sql.ancestors import Lineage
from sla_compliance.sources._sql.instants import Expression, PostgresInstants
from sla_compliance.sources._sql.mappings import AlarmsTable, DefaultName, named_columns
from sla_compliance.sources._sql.next_rows import NEXT_START, NextRows
from sla_compliance.sources._sql.reflection import checked_tenant_id
from sla_compliance.sources._sql.row_ids import NameColumn, RowsById
from sla_compliance.sources._sql.row_security import readable_table
from sla_compliance.sources._sql.shapes import Fields, PairsAndRows, RowsStatement, rows_statement
from sla_compliance.sources._sql.tenant_looks import TENANT, TenantLooks
from sla_compliance.sources._sql.unique_ids import check_ids_are_unique
from sla_compliance.sources._sql.words import SeverityColumn
from sla_compliance.units import MAX_US, MIN_US

_NEEDED: Final = frozenset({"id", "status"})  # to infer an end, and to name a row in data quality
_UNNEEDED_INSTANTS: Final = frozenset({"acknowledged_at"})  # by figures
_MAY_DIFFER_IN_KIND: Final = frozenset({"acknowledged_at", "updated_at"})
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
        has_ancestors: whether the rows that these name as their parents are read too, whatever their severity or time.
    """

    tenant_id: str
    start_us: int
    end_us: int
    wanted: AlarmFilter
    is_detailed: bool = False
    has_ancestors: bool = False


@dataclass(frozen=True, slots=True)
class StatementShape:
    """What decides the text of a statement.

    Attributes:
        wanted, is_detailed, has_ancestors: as in the request.
        has_odd_severities: whether the tenant has rows whose severity no filter can match.
    """

    wanted: AlarmFilter
    is_detailed: bool
    has_ancestors: bool
    has_odd_severities: bool


class MappedAlarms:
    """A mapped table of alarms, reflected, and the statements on it."""

    def __init__(self, connection: Connection, mapping: AlarmsTable, skew_us: int) -> None:
        mapped = _mapped(mapping)
        self._mapping = mapping
        self._table = readable_table(connection, mapping, [*named_columns(mapped.values()), *mapping.more])
        columns = {name: column for name, column in mapped.items() if self._is_usable(name, column)}
        check_ids_are_unique(connection, self._table, mapping)
        instants = {name: column for name, column in columns.items() if name in INSTANT_COLUMNS}
        plain_columns = {name: column for name, column in columns.items() if name in DESCRIPTIVE_COLUMNS}
        plain_columns |= {name: name for name in mapping.more}
        self._kind = self._table.instants(instants.values(), mapping.naive_times, mapping.times_in)
        self._id_column = columns.get("id")
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

    @lazy_property
    def rows_by_id(self) -> RowsById:
        """What finds rows by their ids, in full.

        Raises:
            InvalidValueError: no column of ids is mapped.
        """
        if self._id_column is None:
            name = self._mapping.id
            fault = "None" if name is None else f"{shown(name)}, which {self._table.name} lacks"
            raise InvalidValueError(
                f"id is {fault}, so corrections cannot name rows; map the column of ids", field="id"
            )
        fields = self._fields(self._plain_columns, is_detailed=True)
        alarm_id = self._lineage.columns.get("alarm_id")
        return RowsById(
            ids=NameColumn(self._table, self._id_column, "row_ids"),
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
        """Return whether the table has a mapped column that can be read.

        Instants of another kind than the others' are left out where figures hardly need them. An end of another kind
        stays, and is an error: without it alarms that are over would be open.
        """
        if name in _MAY_DIFFER_IN_KIND and isinstance(column, DefaultName):
            return self._table.has_instants_like(column, self._mapping.first_occurrence)
        return column in self._table.types

    def next_starts_us(self, columns: Mapping[str, list[Any]], answers: list[Any]) -> list[int | None]:
        """Return the start of each row's next one from what the database sent."""
        if isinstance(self._kind, PostgresInstants):
            return answers
        return self._next_rows.earliest(columns["first_occurrence"], answers)

    def _statement(self, shape: StatementShape) -> RowsStatement:
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
            where = self._lineage.with_ancestors(self._table, where, self._tenant)
        if is_detailed or filter_names or not isinstance(self._kind, PostgresInstants):
            return rows_statement(fields, self._kind, where, self._table.name)
        pair = (self._instants["first_occurrence"], self._over)
        is_ordinary = self._is_ordinary(self._kind)
        if has_odd_severities:
            is_ordinary = and_(is_ordinary, self._severity.means_one_of(wanted.severities))
        return PairsAndRows.where(where, pair, is_ordinary, fields, self._kind)

    @property
    def _tenant(self) -> Expression:
        return self._table.parameter(TENANT, self._mapping.tenant_id)

    def _fields(self, plain_columns: Mapping[str, Expression], is_detailed: bool) -> Fields:
        unneeded = frozenset() if is_detailed else _UNNEEDED_INSTANTS
        instants = {name: column for name, column in self._instants.items() if name not in unneeded}
        next_start = self._next_rows.expression(self._table.selectable, self._tenant)
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
