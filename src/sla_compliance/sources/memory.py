"""Alarms and settings of tenants that are in memory already."""
################################################################
# One batch a tenant, checked when the source is made. It returns more than the
# window asks for, as a source may: the core measures what lies inside.
################################################################

from __future__ import annotations

from collections.abc import Mapping

from sla_compliance.agreements import TenantSettings
from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.errors import UnknownTenantError
from sla_compliance.sources.protocol import EVERY_QUALIFYING


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
        bounds = zip(batch.starts_us, batch.ends_us, strict=True)
        return batch.take([row for row, (start, end) in enumerate(bounds) if start < end_us and end > start_us])


class MemoryTenants:
    """Settings by tenant, held in memory; a Tenants."""

    def __init__(self, settings: Mapping[str, TenantSettings]) -> None:
        """Copy the mapping."""
        self._settings = dict(settings)

    async def settings(self, tenant_id: str) -> TenantSettings:
        """Return the settings of a tenant."""
        if tenant_id not in self._settings:
            raise UnknownTenantError(tenant_id)
        return self._settings[tenant_id]
