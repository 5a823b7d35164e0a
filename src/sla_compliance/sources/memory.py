"""Alarms, settings, inventories and corrections of tenants that are in memory already."""
################################################################
# One batch a tenant, checked when the source is made. It returns more than the
# window asks for, as a source may: the core measures what lies inside.
################################################################

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Final

from sla_compliance.agreements import TenantSettings
from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.corrections import Correction, checked_corrections
from sla_compliance.errors import SLAComplianceError, UnknownTenantError
from sla_compliance.inventory import Inventory
from sla_compliance.rows_by_id import ancestors, parents_named, with_ids_and_ancestors
from sla_compliance.sources.protocol import EVERY_QUALIFYING

NO_INVENTORIES: Final[Mapping[str, Inventory]] = {}


class MemoryAlarmSource:
    """Alarms by tenant, held in memory; an AlarmSource.

    >>> from sla_compliance.alarms import Alarm
    >>> source = MemoryAlarmSource({"acme": AlarmBatch.from_alarms([])})
    >>> len(source.fetch("acme", 0, 1)), len(source.fetch("somebody else", 0, 1))
    (0, 0)
    """

    def __init__(self, batches: Mapping[str, AlarmBatch]) -> None:
        self._batches = dict(batches)

    def fetch(
        self,
        tenant_id: str,
        start_us: int,
        end_us: int,
        wanted: AlarmFilter = EVERY_QUALIFYING,  # noqa: ARG002 - the core filters; data quality sees the rest
    ) -> AlarmBatch:
        """Return the tenant's alarms that meet the window, of any severity; an empty batch for a tenant without any."""
        batch = self._batches.get(tenant_id, AlarmBatch())
        return batch.take(batch.rows_within_reach(start_us, end_us))

    def fetch_with_ancestors(
        self,
        tenant_id: str,
        start_us: int,
        end_us: int,
        wanted: AlarmFilter = EVERY_QUALIFYING,  # noqa: ARG002 - as `fetch`
    ) -> AlarmBatch:
        """Return the same, and the alarms that these name as their parents, at any depth."""
        batch = self._batches.get(tenant_id, AlarmBatch())
        rows = batch.rows_within_reach(start_us, end_us)
        return batch.take(sorted({*rows, *ancestors(batch, parents_named(batch.take(rows)))}))

    def fetch_by_ids(self, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        """Return the tenant's alarms with these ids and their ancestors, whatever their severity or time."""
        return with_ids_and_ancestors(self._batches.get(tenant_id, AlarmBatch()), row_ids)


class MemoryTenants:
    """Settings and inventories by tenant, in memory; a Tenants, SupportsManySettings, AsyncSupportsInventory."""

    def __init__(
        self, settings: Mapping[str, TenantSettings], *, inventories: Mapping[str, Inventory] = NO_INVENTORIES
    ) -> None:
        """Copy the mappings; a tenant without an inventory has an empty one."""
        self._settings = dict(settings)
        self._inventories = dict(inventories)

    async def settings(self, tenant_id: str) -> TenantSettings:
        """Return the settings of a tenant."""
        if tenant_id not in self._settings:
            raise UnknownTenantError(tenant_id)
        return self._settings[tenant_id]

    async def settings_of_tenants(self, tenant_ids: Collection[str]) -> dict[str, TenantSettings]:
        """Return the settings of those of some tenants that are known, each by `settings`, as a subclass has it."""
        settings: dict[str, TenantSettings] = {}
        for tenant_id in tenant_ids:
            with suppress(SLAComplianceError):
                settings[tenant_id] = await self.settings(tenant_id)
        return settings

    async def inventory(self, tenant_id: str) -> Inventory:
        """Return the inventory of a tenant."""
        return self._inventories.get(tenant_id, Inventory(()))


class MemoryCorrections:
    """Corrections by tenant, held in memory; an AsyncSupportsCorrections. They are only ever added."""

    def __init__(self, corrections: Mapping[str, Iterable[Correction]]) -> None:
        """Check and copy the mapping.

        Raises:
            InvalidTypeError: a value of it is not several Correction.
        """
        self._corrections = {tenant_id: checked_corrections(entered) for tenant_id, entered in corrections.items()}

    def add(self, tenant_id: str, correction: Correction) -> None:
        """Add a correction; report it to the service then."""
        self._corrections[tenant_id] = checked_corrections((*self._corrections.get(tenant_id, ()), correction))

    async def corrections(self, tenant_id: str) -> tuple[Correction, ...]:
        """Return the corrections of a tenant."""
        return self._corrections.get(tenant_id, ())
