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

from dataclasses import replace
from typing import Any, Final, Protocol

from sla_compliance.inventory import Inventory
from sla_compliance.service import TenantSettings
from sla_compliance.settings import Agreement, Settings
from sla_compliance.sources.protocol import AsyncSupportsInventory
from sla_compliance.sources.sqlalchemy import TenantRow

NOT_MONITORED: Final = TenantSettings("UTC", in_service=())


class TenantRows(Protocol):
    """A table of tenants, e.g. AsyncSQLAlchemyTenantSource."""

    async def fetch(self, tenant_id: str) -> TenantRow | None:
        """Return the tenant's row; None where there is none."""
        ...


class DatabaseTenants:
    """Tenants of a database; the service's Tenants, and an AsyncSupportsInventory."""

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

    async def inventory(self, tenant_id: str) -> Inventory:
        """Return the inventory of a tenant; errors as `settings`."""
        if self._inventories is None:
            return Inventory(())
        return await self._inventories.inventory(tenant_id)


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
