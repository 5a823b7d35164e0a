"""The one statement that reads a tenant's row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from sla_compliance.sources._sql.mappings import TenantsTable
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
