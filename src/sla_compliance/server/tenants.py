"""Settings of tenants from their rows in a database, remembered for a minute."""
################################################################
# A tenant that a token names and that the database does not know is not monitored
# yet: it has no figures, and that is no error.
#
# Before a tenant was created nothing was owed: that time is not in service.
#
# While the database is down the last settings hold, so that the tenant's
# remembered days can still be shown.
################################################################

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final, Protocol

from sla_compliance.errors import requires_extra

with requires_extra("serve", __name__):
    from sqlalchemy.exc import SQLAlchemyError

from sla_compliance.intervals import ALWAYS_END_US, IntervalSet
from sla_compliance.policy import SLAPolicy
from sla_compliance.service import TenantSettings
from sla_compliance.sources.sqlalchemy import TenantRow
from sla_compliance.units import instant_us

REMEMBERED_S: Final = 60.0
MOST_TENANTS: Final = 100_000
NOT_MONITORED: Final = TenantSettings("UTC", in_service=())


class TenantRows(Protocol):
    """A table of tenants, e.g. AsyncSQLAlchemyTenantSource."""

    async def fetch(self, tenant_id: str) -> TenantRow | None:
        """Return the tenant's row; None where there is none."""
        ...


class DatabaseTenants:
    """Tenants of a database; the service's Tenants."""

    def __init__(self, source: TenantRows, policy: SLAPolicy, *, clock: Callable[[], float] = monotonic) -> None:
        """Keep the source; every tenant has the same policy."""
        self._source = source
        self._policy = policy
        self._clock = clock
        self._remembered: dict[str, tuple[float, TenantSettings]] = {}

    async def settings(self, tenant_id: str) -> TenantSettings:
        """Return the settings of a tenant; the database's own errors where none are remembered."""
        read_at_s, remembered = self._remembered.get(tenant_id, (float("-inf"), None))
        if remembered is not None and self._clock() < read_at_s + REMEMBERED_S:
            return remembered
        try:
            settings = await self._read(tenant_id)
        except (SQLAlchemyError, OSError):
            if remembered is None:
                raise
            return remembered
        self._remember(tenant_id, settings)
        return settings

    async def _read(self, tenant_id: str) -> TenantSettings:
        row = await self._source.fetch(tenant_id)
        if row is None:
            return NOT_MONITORED
        since_us = instant_us(row.monitored_since, field="monitored_since")
        in_service = IntervalSet((since_us,), (ALWAYS_END_US,))
        return TenantSettings(row.zone, self._policy, in_service=in_service, monitored_since=row.monitored_since)

    def _remember(self, tenant_id: str, settings: TenantSettings) -> None:
        # Tokens may name any number of tenants: memory stays bounded, at the price of reading all of them once more.
        if len(self._remembered) >= MOST_TENANTS:
            self._remembered.clear()
        self._remembered[tenant_id] = (self._clock(), settings)
