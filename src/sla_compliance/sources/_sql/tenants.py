"""Statements on tenants: a tenant's row, which tenants there are, rows of alarms without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, inspect, select

from sla_compliance.sources._sql.mappings import AlarmsTable, TenantsTable
from sla_compliance.sources._sql.reflection import checked_tenant_id, reflect_table
from sla_compliance.sources._sql.shapes import Fields, rows_statement
from sla_compliance.units import MIN_US, moment

_TENANT: Final = "tenant"  # name of the statement's parameter


@dataclass(frozen=True, slots=True)
class TenantRow:
    """What the database says of a tenant.

    Attributes:
        zone: the name of its time zone, as stored; not checked here.
        monitored_since: its creation, aware, in UTC.
    """

    zone: str
    monitored_since: datetime


class TenantReader:
    """Reads tenants over a connection; the first one reflects the table."""

    def __init__(self, mapping: TenantsTable) -> None:
        self._mapping = mapping
        self._table: _MappedTenants | None = None

    def read(self, connection: Connection, tenant_id: str) -> TenantRow | None:
        """Return the tenant's row; None where there is none."""
        if self._table is None:
            self._table = _MappedTenants(connection, self._mapping)
        return self._table.row(connection, tenant_id)


class _MappedTenants:
    """A mapped table of tenants, reflected, and the statement on it."""

    def __init__(self, connection: Connection, mapping: TenantsTable) -> None:
        needed = [mapping.id, mapping.timezone, mapping.created_at]
        table = reflect_table(connection, mapping.table, mapping.schema, needed)
        kind = table.instants([mapping.created_at], mapping.naive_times)
        fields = Fields(
            instants={"created_at": table.column(mapping.created_at)},
            plain_columns={"timezone": table.column_as_text(mapping.timezone)},
        )
        self._statement = rows_statement(fields, kind, table.is_equal(mapping.id, _TENANT), table.name)

    def row(self, connection: Connection, tenant_id: str) -> TenantRow | None:
        columns = self._statement.fetch(connection, {_TENANT: checked_tenant_id(tenant_id)}).checked()
        zones, creations_us = columns.by_name["timezone"], columns.by_name["created_at"]
        if not zones:
            return None
        created_us = MIN_US if creations_us[0] is None else creations_us[0]
        return TenantRow(zones[0], moment(created_us))


_SOURCE: Final = "source"


def tenant_ids(connection: Connection, alarms: AlarmsTable, tenants: TenantsTable) -> list[str]:
    """Return the ids of all tenants that have a row of their own or an alarm, in order.

    A database may have no table of tenants.
    """
    mapped = [(alarms.table, alarms.schema, alarms.tenant_id)]
    if inspect(connection).has_table(tenants.table, schema=tenants.schema):
        mapped.append((tenants.table, tenants.schema, tenants.id))
    ids: set[str] = set()
    for name, schema, column in mapped:
        table = reflect_table(connection, name, schema, [column])
        statement = select(table.column_as_text(column)).distinct().where(table.column(column).is_not(None))
        ids.update(str(tenant_id) for tenant_id in connection.scalars(statement))
    return sorted(ids)


def rows_without_tenant(connection: Connection, alarms: AlarmsTable) -> dict[str | None, int]:
    """Return how many rows of alarms name no tenant, by their column `source`; None where there is no such column."""
    table = reflect_table(connection, alarms.table, alarms.schema, [alarms.tenant_id])
    is_without = table.column(alarms.tenant_id).is_(None)
    if _SOURCE not in table.types:
        count = connection.scalar(select(func.count()).select_from(table.selectable).where(is_without)) or 0
        return {None: count} if count else {}
    source = table.column_as_text(_SOURCE)
    statement = select(source, func.count()).where(is_without).group_by(source)
    return {row[0]: row[1] for row in connection.execute(statement)}
