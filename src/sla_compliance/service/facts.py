"""Facts: alarms and agreements of a tenant's window, fetched and measured."""
################################################################
# One query for alarms, over the window widened by the margin of damping. A window
# that begins in the future needs none. Alarms come with their descriptive columns
# only where an exclusion of some alarms asks for them, or a person does.
#
# Time is monitored since the tenant is, and since the source's rows are complete:
# what a purge has taken is unknown, not up.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter

from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import AnyExclusion, Exclusion, MaintenanceWindow
from sla_compliance.compliance import EvaluationArguments
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US, IntervalSet
from sla_compliance.service.observer import ServiceObserver
from sla_compliance.service.questions import Window
from sla_compliance.service.turns import Turns
from sla_compliance.sources.protocol import (
    AsyncAlarmSource,
    AsyncDetailedAlarmSource,
    ExclusionSource,
    SupportsCompleteSince,
)
from sla_compliance.units import moment


@dataclass(frozen=True, slots=True)
class Facts:
    """Where the facts come from.

    Attributes:
        source: of alarms.
        exclusions: of maintenance and exclusions; None: the settings have them all.
        time_out: how long the source may take, waiting for a turn included.
        observer: told of each query.
        turns: how much is measured at once.
    """

    source: AsyncAlarmSource
    exclusions: ExclusionSource | None
    time_out: timedelta
    observer: ServiceObserver
    turns: Turns = field(default_factory=Turns)

    def complete_since_us(self, tenant_id: str) -> int:
        """Return since when no row is missing."""
        since = self.source.complete_since(tenant_id) if isinstance(self.source, SupportsCompleteSince) else None
        return ALWAYS_START_US if since is None else since

    async def terms(self, window: Window) -> EvaluationArguments:
        """Return what `evaluate` needs beside the alarms."""
        subject, settings, agreed = window.subject, window.subject.settings, await self.agreed(window)
        since_us = max(settings.monitored_since_us, self.complete_since_us(subject.tenant_id))
        return EvaluationArguments(
            start=moment(window.start_us),
            end=moment(window.end_us),
            zone=settings.zone,
            as_of=moment(subject.as_of_us),
            policy=settings.policy,
            maintenance=[one for one in agreed if isinstance(one, MaintenanceWindow)],
            exclusions=[one for one in agreed if isinstance(one, Exclusion)],
            service_hours=settings.service_hours,
            in_service=settings.in_service,
            monitored=IntervalSet((since_us,), (ALWAYS_END_US,)),
        )

    async def agreed(self, window: Window) -> Sequence[AnyExclusion]:
        """Return the maintenance and exclusions that may meet the window's reach."""
        subject = window.subject
        if self.exclusions is None:
            return subject.settings.exclusions
        async with asyncio.timeout(self.time_out.total_seconds()):
            fetched = await self.exclusions.fetch(subject.tenant_id, *window.reach_us)
        return (*subject.settings.exclusions, *fetched)

    async def alarms(self, window: Window, *, whole_rows: bool) -> AlarmBatch:
        """Return the alarms that meet the window's reach; one query, or none where the window is in the future.

        Raises:
            TimeoutError: the source takes too long. Its own errors come through as they are.
        """
        subject, source = window.subject, self.source
        if window.start_us >= subject.as_of_us:
            return AlarmBatch()
        fetch = source.fetch_details if whole_rows and isinstance(source, AsyncDetailedAlarmSource) else source.fetch
        async with asyncio.timeout(self.time_out.total_seconds()), self.turns.fetching:
            began = perf_counter()
            try:
                return await fetch(subject.tenant_id, *window.reach_us, subject.policy.qualifying)
            finally:
                self.observer.queried(subject.tenant_id, seconds=perf_counter() - began)
