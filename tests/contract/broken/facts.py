"""Sources of exclusions, inventories, corrections and settings that break promises; run by test_broken_promises.py."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest

from sla_compliance.agreements import TenantSettings
from sla_compliance.calendars.exclusions import AnyExclusion, Exclusion, MaintenanceWindow
from sla_compliance.corrections import Correction
from sla_compliance.errors import UnknownTenantError
from sla_compliance.inventory import Inventory, Unit
from sla_compliance.service import MemoryTenants
from sla_compliance.testing import (
    CorrectionSourceContract,
    ExclusionSourceContract,
    InventorySourceContract,
    TenantsContract,
)


class Facts:
    """Facts of tenants; None for a tenant that is not known."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts

    def of(self, tenant_id: str) -> Any:
        """Return the facts of a tenant."""
        return self.facts.get(tenant_id, ())


class AlikeFacts(Facts):
    """Compares tenants without case and blanks."""

    def of(self, tenant_id: str) -> Any:
        alike = [name for name in self.facts if name.strip().lower() == tenant_id.strip().lower()]
        return self.facts[alike[-1]] if alike else ()


class BoundsAlone(Facts):
    """Keeps when work is, and nothing else."""

    def fetch(self, tenant_id: str, start_us: int, end_us: int) -> Sequence[AnyExclusion]:
        del start_us, end_us
        return [MaintenanceWindow(one.start, one.end) for one in self.of(tenant_id)]


class BegunInTheWindow(Facts):
    """Asks for work that begins in the window."""

    def fetch(self, tenant_id: str, start_us: int, end_us: int) -> Sequence[AnyExclusion]:
        return [one for one in self.of(tenant_id) if start_us <= one.start_us < end_us]


class AlikeExclusions(AlikeFacts):
    """Compares tenants without case and blanks."""

    def fetch(self, tenant_id: str, start_us: int, end_us: int) -> Sequence[AnyExclusion]:
        del start_us, end_us
        return list(self.of(tenant_id))


class KnownTenantsAlone(Facts):
    """Fails for a tenant without any."""

    def fetch(self, tenant_id: str, start_us: int, end_us: int) -> Sequence[AnyExclusion]:
        del start_us, end_us
        return list(self.facts[tenant_id])


class WholeHours(Facts):
    """Cuts work to the hours that are full."""

    def fetch(self, tenant_id: str, start_us: int, end_us: int) -> Sequence[AnyExclusion]:
        del start_us, end_us
        works = [one for one in self.of(tenant_id) if not isinstance(one, Exclusion)]
        return [MaintenanceWindow(one.start, one.start.replace(minute=59)) for one in works if one.end > one.start]


class TestExclusions(ExclusionSourceContract):
    """Each breaks something."""

    @pytest.fixture(params=[BoundsAlone, BegunInTheWindow, AlikeExclusions, KnownTenantsAlone, WholeHours])
    def source_of(self, request: pytest.FixtureRequest) -> Any:
        return request.param


class KeysAlone(Facts):
    """Keeps keys and nothing else."""

    def inventory(self, tenant_id: str) -> Inventory:
        return Inventory([Unit(unit.key) for unit in self.of(tenant_id).units])


class AlikeInventories(AlikeFacts):
    """Compares tenants without case and blanks."""

    def inventory(self, tenant_id: str) -> Inventory:
        inventory: Inventory = self.of(tenant_id) or next(iter(self.facts.values()))
        return inventory


class TestInventories(InventorySourceContract):
    """Each breaks something."""

    @pytest.fixture(params=[KeysAlone, AlikeInventories])
    def source_of(self, request: pytest.FixtureRequest) -> Any:
        return request.param


class AsEntered(Facts):
    """Returns them in the order in which they came."""

    def corrections(self, tenant_id: str) -> Sequence[Correction]:
        return tuple(self.of(tenant_id))


class WithoutWords(AlikeFacts):
    """Keeps no reasons, and takes every tenant for the first one."""

    def corrections(self, tenant_id: str) -> Sequence[Correction]:
        entered = self.of(tenant_id) or next(iter(self.facts.values()))
        return [Correction(one.row_id, void=True, reason="-", author="-", entered_at=one.entered_at) for one in entered]


class TestCorrections(CorrectionSourceContract):
    """Each breaks something."""

    @pytest.fixture(params=[AsEntered, WithoutWords])
    def source_of(self, request: pytest.FixtureRequest) -> Any:
        return request.param


class DefaultsForAll(Facts):
    """A tenant that is not known has settings that say nothing."""

    async def settings(self, tenant_id: str) -> TenantSettings:
        settings: TenantSettings = self.facts.get(tenant_id, TenantSettings("UTC"))
        return settings


class ZonesAlone(AlikeFacts):
    """Keeps zones and nothing else."""

    async def settings(self, tenant_id: str) -> TenantSettings:
        known = self.of(tenant_id)
        if not known:
            raise UnknownTenantError(tenant_id)
        return TenantSettings(known.zone)


class LastAsked(Facts):
    """Keeps whom it was asked for in itself, and waits for the database."""

    tenant_id = ""

    async def settings(self, tenant_id: str) -> TenantSettings:
        self.tenant_id = tenant_id
        await asyncio.sleep(0)
        return await MemoryTenants(self.facts).settings(self.tenant_id)


class ForgettingTooMuch(MemoryTenants):
    """Forgets that there was such a tenant."""

    def forget(self, tenant_id: str) -> None:
        self._settings.pop(tenant_id)


class InOtherOrder(MemoryTenants):
    """Returns the settings of many in the order in which it has them."""

    async def settings_of_tenants(self, tenant_ids: Collection[str]) -> dict[str, TenantSettings]:
        return dict(zip(tenant_ids, self._settings.values(), strict=False))


class TestTenants(TenantsContract):
    """Each breaks something."""

    @pytest.fixture(params=[DefaultsForAll, ZonesAlone, LastAsked, ForgettingTooMuch, InOtherOrder])
    def tenants_of(self, request: pytest.FixtureRequest) -> Any:
        return request.param
