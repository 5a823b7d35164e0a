"""Statements on tenants: the rows of one or many, which tenants there are, rows of alarms without one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, case, func, inspect, select

from sla_compliance.errors import InvalidTenantError, NaiveDatetimeError, SLAComplianceError, shown
from sla_compliance.instant_columns import YEAR_2_US, YEAR_9999_US
from sla_compliance.sources._sql.kept_reflection import KeptReflection
from sla_compliance.sources._sql.mappings import AlarmsTable, MappedTable, TenantsTable
from sla_compliance.sources._sql.reflection import checked_tenant_id
from sla_compliance.sources._sql.row_ids import NAMES_AT_ONCE, NameColumn
from sla_compliance.sources._sql.row_security import readable_table
from sla_compliance.sources._sql.shapes import Columns, Fields, rows_statement
from sla_compliance.units import MIN_US, moment

_TENANT: Final = "tenant"  # names of the statements' parameters
_TENANTS: Final = "tenants"
_HAS_CREATION: Final = "has_creation"


@dataclass(frozen=True, slots=True)
class TenantRow:
    """What the database says of a tenant.

    Attributes:
        zone: the name of its time zone, as stored; not checked here; empty where the row has none.
        monitored_since: its creation, aware, in UTC.
    """

    zone: str
    monitored_since: datetime


class TenantReader:
    """Reads tenants over a connection; the first one reflects the table."""

    def __init__(self, mapping: TenantsTable) -> None:
        self._mapping = mapping
        self._table = KeptReflection(lambda connection: _MappedTenants(connection, mapping))

    def check(self, connection: Connection) -> None:
        """Check that the table and its columns are there, and can mean what the mapping says; errors as a source."""
        _MappedTenants(connection, self._mapping)

    def read(self, connection: Connection, tenant_id: str) -> TenantRow | None:
        """Return the tenant's row; None where there is none."""
        with self._table.used(connection) as table:
            return table.row(connection, tenant_id)

    def read_many(self, connection: Connection, tenant_ids: Collection[str]) -> dict[str, TenantRow]:
        """Return the rows of some tenants, some thousands with one statement; those to be read alone are left out."""
        unique_ids = sorted(set(tenant_ids))
        rows: dict[str, TenantRow] = {}
        with self._table.used(connection) as table:
            for first in range(0, len(unique_ids), NAMES_AT_ONCE):
                rows |= table.rows(connection, unique_ids[first : first + NAMES_AT_ONCE])
        return rows


class _MappedTenants:
    """A mapped table of tenants, reflected, and the statement on it."""

    def __init__(self, connection: Connection, mapping: TenantsTable) -> None:
        needed = [mapping.id, mapping.timezone, mapping.created_at, *([mapping.title] if mapping.title else [])]
        table = readable_table(connection, mapping, needed, may_be_empty=True)
        kind = table.instants([mapping.created_at], mapping.naive_times)
        created_at = table.column(mapping.created_at)
        # PostgreSQL sends infinity as it sends a missing instant; the two mean different things here.
        has_creation = case((created_at.is_(None), ""), else_=_HAS_CREATION)
        fields = Fields(
            instants={"created_at": created_at},
            plain_columns={
                "id": table.column_as_text(mapping.id),
                "timezone": table.column_as_text(mapping.timezone),
                _HAS_CREATION: has_creation,
            },
        )
        self._ids = NameColumn(table, mapping.id, _TENANTS)
        self._statement = rows_statement(fields, kind, table.is_equal(mapping.id, _TENANT), table.name)
        self._statement_of_many = rows_statement(fields, kind, self._ids.is_one_of_names, table.name)
        self._created_at = f"{table.name}.{mapping.created_at}"

    def row(self, connection: Connection, tenant_id: str) -> TenantRow | None:
        """Return the row of a tenant.

        Raises:
            InvalidTenantError: its creation is no instant of the years 2 to 9998.
            NaiveDatetimeError: its creation has no offset, and the mapping does not say what it means.
        """
        columns = self._statement.fetch(connection, {_TENANT: checked_tenant_id(tenant_id)})
        if not columns.by_name["timezone"]:
            return None
        for _, fault in columns.faults:
            if isinstance(fault, NaiveDatetimeError):
                raise fault
            raise self._invalid(tenant_id, str(fault)) from fault
        return self._row_at(columns, 0, tenant_id)

    def rows(self, connection: Connection, tenant_ids: Collection[str]) -> dict[str, TenantRow]:
        """Return the rows of some tenants by id.

        Left out are tenants without a row, with several or with a bad one, and ids that do not read as the row's own
        (a column of integers takes 017 for 17): what is right for these `row` says.
        """
        columns = self._statement_of_many.fetch(connection, {_TENANTS: self._ids.values_of(tenant_ids)})
        sought_ids = set(tenant_ids)
        ids = [str(tenant_id) for tenant_id in columns.by_name["id"]]
        row_count_by_id = Counter(ids)
        bad_rows = {row for row, _ in columns.faults}
        rows_by_id: dict[str, TenantRow] = {}
        for row, tenant_id in enumerate(ids):
            if row in bad_rows or row_count_by_id[tenant_id] > 1 or tenant_id not in sought_ids:
                continue
            try:
                rows_by_id[tenant_id] = self._row_at(columns, row, tenant_id)
            except SLAComplianceError:
                continue
        return rows_by_id

    def _row_at(self, columns: Columns, row: int, tenant_id: str) -> TenantRow:
        zone, created_us = columns.by_name["timezone"][row] or "", columns.by_name["created_at"][row]
        if not columns.by_name[_HAS_CREATION][row]:
            return TenantRow(zone, moment(MIN_US))
        if created_us is None or not YEAR_2_US <= created_us < YEAR_9999_US:
            fault_text = f"{self._created_at} is in year 1 or 9999, or infinite; store when it was created"
            raise self._invalid(tenant_id, fault_text)
        return TenantRow(zone, moment(created_us))

    def _invalid(self, tenant_id: str, fault: str) -> InvalidTenantError:
        return InvalidTenantError(f"tenant {shown(tenant_id)}: {fault}", tenant_id=tenant_id, field=self._created_at)


_SOURCE: Final = "source"


def tenant_ids(connection: Connection, alarms: AlarmsTable, tenants: TenantsTable) -> list[str]:
    """Return the ids of all tenants that have a row of their own or an alarm, in order.

    A database may have no table of tenants.
    """
    mapped: list[tuple[MappedTable, str]] = [(alarms, alarms.tenant_id)]
    if inspect(connection).has_table(tenants.table, schema=tenants.schema):
        mapped.append((tenants, tenants.id))
    ids: set[str] = set()
    for mapping, column in mapped:
        table = readable_table(connection, mapping, [column])
        statement = select(table.column_as_text(column)).distinct().where(table.column(column).is_not(None))
        ids.update(str(tenant_id) for tenant_id in connection.scalars(statement))
    return sorted(ids)


def rows_without_tenant(connection: Connection, alarms: AlarmsTable) -> dict[str | None, int]:
    """Return how many rows of alarms name no tenant, by their column `source`; None where there is no such column."""
    table = readable_table(connection, alarms, [alarms.tenant_id])
    is_without = table.column(alarms.tenant_id).is_(None)
    if _SOURCE not in table.types:
        count = connection.scalar(select(func.count()).select_from(table.selectable).where(is_without)) or 0
        return {None: count} if count else {}
    source = table.column_as_text(_SOURCE)
    statement = select(source, func.count()).where(is_without).group_by(source)
    return {row[0]: row[1] for row in connection.execute(statement)}
