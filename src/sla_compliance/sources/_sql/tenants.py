"""The one statement that reads a tenant's row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from sla_compliance.sources._sql.mappings import TenantsTable
from sla_compliance.sources._sql.reflection import reflected, storable
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
    """Reads tenants over a connection; what the table looks like is asked of the first one."""

    def __init__(self, mapping: TenantsTable) -> None:
        self._mapping = mapping
        self._known: _KnownTenants | None = None

    def read(self, connection: Connection, tenant_id: str) -> TenantRow | None:
        """Return the tenant's row; None where there is none."""
        known = self._known = self._known or _KnownTenants(connection, self._mapping)
        return known.row(connection, tenant_id)


class _KnownTenants:
    """A mapped table of tenants whose columns are known."""

    def __init__(self, connection: Connection, mapping: TenantsTable) -> None:
        needed = [mapping.id, mapping.timezone, mapping.created_at]
        table = reflected(connection, mapping.table, mapping.schema, needed)
        kind = table.instants([mapping.created_at], mapping.naive_times)
        fields = Fields({"created_at": table.column(mapping.created_at)}, {"timezone": table.shown(mapping.timezone)})
        self._statement = rows_statement(fields, kind, table.is_equal(mapping.id, _TENANT), table.name)

    def row(self, connection: Connection, tenant_id: str) -> TenantRow | None:
        fetched = self._statement.fetch(connection, {_TENANT: storable(tenant_id)}).checked()
        if not fetched.by_name["timezone"]:
            return None
        created_us = fetched.by_name["created_at"][0]
        return TenantRow(fetched.by_name["timezone"][0], moment(MIN_US if created_us is None else created_us))
