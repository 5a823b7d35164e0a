"""A tenant whose facts change: alarms, agreements and a clock, and what the core makes of them at any moment."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sla_compliance.alarms import Alarm, AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import AnyExclusion, Exclusion, MaintenanceWindow
from sla_compliance.compliance import evaluate
from sla_compliance.corrections import Correction
from sla_compliance.errors import UnknownTenantError
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US, IntervalSet
from sla_compliance.ledger import CellLengths
from sla_compliance.report import ComplianceReport
from sla_compliance.rows_by_id import with_ids
from sla_compliance.service import ComplianceService, TenantSettings
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.units import instant_us

TENANT = "acme"
MICROSECOND = dt.timedelta(microseconds=1)


def at(day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    """Return a moment of October 2025, UTC."""
    return dt.datetime(2025, 10, day, hour, minute, tzinfo=dt.UTC)


class LiveFacts:
    """One tenant's alarms, agreements and corrections, now; a source of all of them, and a clock.

    Attributes:
        alarms: the rows by id.
        agreed: maintenance and exclusions.
        entered: corrections.
        now: what the clock says.
        purged_until: since when rows are complete.
        asked: the window of each query for alarms.
        delay_s: how long an answer takes.
        is_answer_ready, may_leave: set when an answer is ready; what it then waits for.
        error: what is raised instead of one.
    """

    def __init__(self, settings: TenantSettings, now: dt.datetime, *alarms: Alarm) -> None:
        self.settings = settings
        self.now = now
        self.alarms = {alarm.id: alarm for alarm in alarms}
        self.agreed: list[AnyExclusion] = []
        self.entered: list[Correction] = []
        self.purged_until: dt.datetime | None = None
        self.asked: list[tuple[int, int]] = []
        self.delay_s = 0.0
        self.is_answer_ready = asyncio.Event()
        self.may_leave: asyncio.Event | None = None
        self.error: Exception | None = None

    def clock(self) -> dt.datetime:
        """Return the present moment."""
        return self.now

    def complete_since(self, tenant_id: str) -> int | None:
        """Return since when rows are complete."""
        assert tenant_id == TENANT
        return None if self.purged_until is None else instant_us(self.purged_until, field="purged_until")

    async def fetch(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return the alarms of the window, as they are when it is asked."""
        assert tenant_id == TENANT
        assert wanted == self.settings.policy.qualifying
        self.asked.append((start_us, end_us))
        await asyncio.sleep(self.delay_s)
        if self.error is not None:
            raise self.error
        batch = AlarmBatch.from_alarms(self.alarms.values(), on_invalid="quarantine")
        answer = batch.take(batch.rows_within_reach(start_us, end_us))
        self.is_answer_ready.set()
        if self.may_leave is not None:
            await self.may_leave.wait()
        return answer

    async def fetch_by_ids(self, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        """Return the alarms with these ids."""
        assert tenant_id == TENANT
        return with_ids(AlarmBatch.from_alarms(self.alarms.values(), on_invalid="quarantine"), row_ids)

    async def corrections(self, tenant_id: str) -> Sequence[Correction]:
        """Return the corrections as they are now."""
        assert tenant_id == TENANT
        return tuple(self.entered)

    @property
    def queries(self) -> int:
        """How often alarms were asked for."""
        return len(self.asked)

    def agreements(self) -> LiveAgreements:
        """Return the agreements as a source."""
        return LiveAgreements(self)

    def report(self, start: dt.datetime, end: dt.datetime) -> ComplianceReport:
        """Return what the core makes of the facts as they are now."""
        since_us = max(self.settings.monitored_since_us, self.complete_since(TENANT) or ALWAYS_START_US)
        return evaluate(
            AlarmBatch.from_alarms(self.alarms.values(), on_invalid="quarantine"),
            start=start,
            end=end,
            zone=self.settings.zone,
            as_of=self.now,
            policy=self.settings.policy,
            maintenance=[one for one in self.agreed if isinstance(one, MaintenanceWindow)],
            exclusions=[one for one in self.agreed if isinstance(one, Exclusion)],
            service_hours=self.settings.service_hours,
            monitor_gap=self.settings.monitor_gap,
            in_service=self.settings.in_service,
            monitored=IntervalSet((since_us,), (ALWAYS_END_US,)),
            corrections=self.entered,
        )

    def cells(self, start: dt.datetime, end: dt.datetime) -> list[CellLengths]:
        """Return the cells of each day as they are now."""
        return [record.cells_us for record in self.report(start, end).days]


def service_of(facts: LiveFacts, **options: Any) -> ComplianceService:
    """Return a service over these facts."""
    return ComplianceService(
        facts, tenants=LiveTenants(facts), exclusions=facts.agreements(), clock=facts.clock, **options
    )


class LiveAgreements:
    """The agreements of LiveFacts; an ExclusionSource."""

    def __init__(self, facts: LiveFacts) -> None:
        self._facts = facts

    async def fetch(self, tenant_id: str, start_us: int, end_us: int) -> Sequence[AnyExclusion]:  # noqa: ARG002 - all of them
        """Return all agreements: more than the window asks for is allowed."""
        assert tenant_id == TENANT
        return tuple(self._facts.agreed)


class LiveTenants:
    """The tenant of LiveFacts; Tenants."""

    def __init__(self, facts: LiveFacts) -> None:
        self._facts = facts

    async def settings(self, tenant_id: str) -> TenantSettings:
        """Return the settings as they are now."""
        if tenant_id != TENANT:
            raise UnknownTenantError(tenant_id)
        return self._facts.settings
