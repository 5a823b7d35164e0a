"""Settings and inventories of tenants from their rows in a database, by the contract file."""
################################################################
# A tenant that a token names and that the database does not know is not monitored
# yet: it has no figures, and that is no error.
#
# Before a tenant was created nothing was owed: that time is not in service.
#
# Of zone, activation and monitoring the more specific statement wins: the tenant's
# own table in the contract file, else its row, else the file's defaults. All else is
# said by the file alone. A tenant that the file names needs no row.
################################################################

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, final, runtime_checkable

from sla_compliance.errors import SLAComplianceError, requires_extra

with requires_extra("serve", __name__):
    from sqlalchemy import ColumnElement, String, cast, column, null, select, table
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.ext.asyncio import AsyncEngine

from sla_compliance.inventory import Inventory
from sla_compliance.service import TenantSettings
from sla_compliance.settings import Agreement, Settings
from sla_compliance.sources.protocol import AsyncSupportsInventory
from sla_compliance.sources.sqlalchemy import TenantRow, mapped_tables
from sla_compliance.web.tenants import ListedTenant

NOT_MONITORED: Final = TenantSettings("UTC", in_service=())


class TenantRows(Protocol):
    """A table of tenants, e.g. AsyncSQLAlchemyTenantSource."""

    async def fetch(self, tenant_id: str) -> TenantRow | None:
        """Return the tenant's row; None where there is none."""
        ...


@runtime_checkable
class ManyTenantRows(Protocol):
    """A table of tenants that reads many rows at once."""

    async def fetch_many(self, tenant_ids: Collection[str]) -> Mapping[str, TenantRow]:
        """Return the rows of some tenants; one that is left out has no row, or has to be read by `fetch`."""
        ...


@final
class DatabaseTenants:
    """Tenants of a database; the service's Tenants, SupportsManySettings and AsyncSupportsInventory."""

    def __init__(
        self, source: TenantRows, contract: Settings, *, inventories: AsyncSupportsInventory | None = None
    ) -> None:
        """Keep the sources, and what was agreed with the tenants; without `inventories` all of them are empty."""
        self._source = source
        self._contract = contract
        self._inventories = inventories

    async def settings(self, tenant_id: str) -> TenantSettings:
        """Return the settings of a tenant; the database's own errors come through."""
        row = await self._source.fetch(tenant_id)
        agreement = self._contract.agreement(tenant_id)
        if row is not None:
            return agreement_with_row(agreement, row).tenant_settings()
        is_named = tenant_id in self._contract.tenants
        return agreement.tenant_settings() if is_named and agreement.zone is not None else NOT_MONITORED

    async def settings_of_tenants(self, tenant_ids: Collection[str]) -> dict[str, TenantSettings]:
        """Return the settings of those of some tenants that have a row, where the table reads many at once."""
        if not isinstance(self._source, ManyTenantRows):
            return {}
        settings: dict[str, TenantSettings] = {}
        for tenant_id, row in (await self._source.fetch_many(tenant_ids)).items():
            try:
                settings[tenant_id] = agreement_with_row(self._contract.agreement(tenant_id), row).tenant_settings()
            except SLAComplianceError:
                continue  # `settings` says what is wrong
        return settings

    async def inventory(self, tenant_id: str) -> Inventory:
        """Return the inventory of a tenant; errors as `settings`."""
        if self._inventories is None:
            return Inventory(())
        return await self._inventories.inventory(tenant_id)


@dataclass(frozen=True, slots=True)
class TenantDirectory:
    """The tenants that have a row in a database or a table of their own in the contract file; a Directory.

    Their titles are those of the mapped column, where there is one.
    """

    engine: AsyncEngine
    contract: Settings

    async def listed(self) -> Sequence[ListedTenant]:
        """Return them, in order; errors as `Directory.listed`."""
        titles = dict.fromkeys(self.contract.tenants) | await self._titles(None)
        return [ListedTenant(tenant_id, titles[tenant_id]) for tenant_id in sorted(titles)]

    async def titled(self, tenant_ids: Sequence[str]) -> Sequence[ListedTenant]:
        """Return these tenants, in this order; errors as `Directory.titled`. No query where no column has titles."""
        has_titles = mapped_tables(self.contract.tables).tenants.title is not None
        titles = await self._titles(tenant_ids) if has_titles else {}
        return [ListedTenant(tenant_id, titles.get(tenant_id)) for tenant_id in tenant_ids]

    async def _titles(self, tenant_ids: Sequence[str] | None) -> dict[str, str | None]:
        """Return the title of each row; of these tenants alone, unless `tenant_ids` is None."""
        mapping = mapped_tables(self.contract.tables).tenants
        # Identifiers of any type are texts here.
        id_text = cast(column(mapping.id), String)
        title: ColumnElement[Any] = null() if mapping.title is None else column(mapping.title)
        rows = select(id_text, title).select_from(table(mapping.table, schema=mapping.schema))
        rows = rows.where(id_text.is_not(None) if tenant_ids is None else id_text.in_(tenant_ids))
        try:
            async with self.engine.connect() as connection:
                titled_ids = (await connection.execute(rows)).all()
        except SQLAlchemyError as error:
            raise ConnectionError(f"the list of tenants cannot be read: {error}") from error
        return {tenant_id: None if title is None else str(title) for tenant_id, title in titled_ids}


def agreement_with_row(agreement: Agreement, row: TenantRow) -> Agreement:
    """Return an agreement in which the tenant's row says what the tenant's own table in the contract file does not."""
    changes: dict[str, Any] = {}
    if "zone" not in agreement.own_keys and row.zone:
        changes["zone"] = row.zone
    if "in_service" not in agreement.own_keys:
        changes["in_service_from"] = row.monitored_since
        changes["in_service_to"] = None
    if "monitored_since" not in agreement.own_keys:
        changes["monitored_since"] = row.monitored_since
    return replace(agreement, **changes)
