"""Settings and inventories of tenants from their rows in a database, remembered for a minute."""
################################################################
# A tenant that a token names and that the database does not know is not monitored
# yet: it has no figures, and that is no error.
#
# Before a tenant was created nothing was owed: that time is not in service.
#
# Of zone, activation and monitoring the more specific statement wins: the tenant's
# own table in the contract file, else its row, else the file's defaults. All else is
# said by the file alone. A tenant that the file names needs no row.
#
# While the database is down the last settings and inventories hold, so that the
# tenant's remembered days can still be shown.
################################################################

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from time import monotonic
from typing import Any, Final, Generic, Protocol, TypeVar

from sla_compliance.errors import requires_extra

with requires_extra("serve", __name__):
    from sqlalchemy.exc import SQLAlchemyError

from sla_compliance.inventory import Inventory
from sla_compliance.service import TenantSettings
from sla_compliance.settings import Agreement, Settings
from sla_compliance.sources.protocol import AsyncSupportsInventory
from sla_compliance.sources.sqlalchemy import TenantRow

REMEMBERED_S: Final = 60.0
MOST_TENANTS: Final = 100_000
NOT_MONITORED: Final = TenantSettings("UTC", in_service=())

_Fact = TypeVar("_Fact")


class TenantRows(Protocol):
    """A table of tenants, e.g. AsyncSQLAlchemyTenantSource."""

    async def fetch(self, tenant_id: str) -> TenantRow | None:
        """Return the tenant's row; None where there is none."""
        ...


class DatabaseTenants:
    """Tenants of a database; the service's Tenants, and an AsyncSupportsInventory."""

    def __init__(
        self,
        source: TenantRows,
        contract: Settings,
        *,
        inventories: AsyncSupportsInventory | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Keep the sources, and what was agreed with the tenants; without `inventories` all of them are empty."""
        self._source = source
        self._contract = contract
        self._inventories = inventories
        self._remembered_settings: _Remembered[TenantSettings] = _Remembered(clock)
        self._remembered_inventories: _Remembered[Inventory] = _Remembered(clock)

    async def settings(self, tenant_id: str) -> TenantSettings:
        """Return the settings of a tenant; the database's own errors where none are remembered."""
        return await self._remembered_settings.read(tenant_id, self._read_settings)

    async def inventory(self, tenant_id: str) -> Inventory:
        """Return the inventory of a tenant; errors as `settings`."""
        if self._inventories is None:
            return Inventory(())
        return await self._remembered_inventories.read(tenant_id, self._inventories.inventory)

    async def _read_settings(self, tenant_id: str) -> TenantSettings:
        row = await self._source.fetch(tenant_id)
        agreement = self._contract.agreement(tenant_id)
        if row is not None:
            return agreement_with_row(agreement, row).tenant_settings()
        is_named = tenant_id in self._contract.tenants
        return agreement.tenant_settings() if is_named and agreement.zone is not None else NOT_MONITORED


class _Remembered(Generic[_Fact]):
    """A fact of each tenant, read once in REMEMBERED_S; while the database is down the last one holds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._facts: dict[str, tuple[float, _Fact]] = {}

    async def read(self, tenant_id: str, read: Callable[[str], Awaitable[_Fact]]) -> _Fact:
        """Return the fact of a tenant, by `read` where none is fresh."""
        remembered = self._facts.get(tenant_id)
        if remembered is not None and self._clock() < remembered[0] + REMEMBERED_S:
            return remembered[1]
        try:
            fact = await read(tenant_id)
        except (SQLAlchemyError, OSError):
            if remembered is None:
                raise
            return remembered[1]
        # Tokens may name any number of tenants: memory stays bounded, at the price of reading all of them once more.
        if len(self._facts) >= MOST_TENANTS:
            self._facts.clear()
        self._facts[tenant_id] = (self._clock(), fact)
        return fact


def agreement_with_row(agreement: Agreement, row: TenantRow) -> Agreement:
    """Return an agreement in which the tenant's row says what the tenant's own table in the contract file does not."""
    changes: dict[str, Any] = {}
    if "zone" not in agreement.own_keys:
        changes["zone"] = row.zone
    if "in_service" not in agreement.own_keys:
        changes["in_service_from"] = row.monitored_since
        changes["in_service_to"] = None
    if "monitored_since" not in agreement.own_keys:
        changes["monitored_since"] = row.monitored_since
    return replace(agreement, **changes)
