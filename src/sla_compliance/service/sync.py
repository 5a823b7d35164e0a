"""SyncComplianceService: the same service for callers that cannot await: scripts, notebooks, task queues."""
################################################################
# The async service runs on one event loop, in one background thread, until this
# one is closed. Any number of threads may call it; they share measurements,
# connections and the cache, as the requests of one process do.
################################################################

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Coroutine, Hashable, Iterable
from threading import Thread
from types import TracebackType
from typing import Any, Self, TypeVar

from sla_compliance.alarms import Alarm
from sla_compliance.calendars.exclusions import AnyExclusion
from sla_compliance.corrections import Correction, UnusedCorrection
from sla_compliance.incidents import Incident
from sla_compliance.inventory import Inventory
from sla_compliance.labels import Accounting
from sla_compliance.policy import Target
from sla_compliance.report import ComplianceReport
from sla_compliance.service.answers import ComplianceAnswer
from sla_compliance.service.observer import Statistics
from sla_compliance.service.queries import Subject
from sla_compliance.service.service import ComplianceService, Sweep

_Result = TypeVar("_Result")


class SyncComplianceService:
    """A ComplianceService, blocking; arguments, results and errors are the same.

    Use it as a context manager, or `close` it.
    """

    def __init__(self, service: ComplianceService) -> None:
        """Take over a service that no other event loop has used, and start its loop."""
        self._service = service
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="sla-compliance", daemon=True)
        self._thread.start()

    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Cancel what runs in the background, close the cache's connections, stop the loop; twice does no harm."""
        if self._loop.is_closed():
            return
        self._run(self._service.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    @property
    def statistics(self) -> Statistics:
        """What the service has done so far."""
        return self._service.statistics

    def subject(self, tenant_id: str) -> Subject:
        """Return a tenant with its settings, now, as `ComplianceService.subject`."""
        return self._run(self._service.subject(tenant_id))

    def compliance(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime | None = None,
        *,
        target: Target | None = None,
        accounting: Accounting | None = None,
    ) -> ComplianceAnswer:
        """Return the tenant's compliance, as `ComplianceService.compliance`."""
        return self._run(self._service.compliance(tenant_id, start, end, target=target, accounting=accounting))

    def incidents(self, tenant_id: str, date: dt.date, *, accounting: Accounting | None = None) -> tuple[Incident, ...]:
        """Return the outages of a local date, as `ComplianceService.incidents`."""
        return self._run(self._service.incidents(tenant_id, date, accounting=accounting))

    def resources(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime,
        *,
        by: str = "resource_id",
        inventory: Inventory | Iterable[Hashable] | None = None,
    ) -> dict[Hashable, ComplianceReport]:
        """Return a report for each resource, as `ComplianceService.resources`."""
        return self._run(self._service.resources(tenant_id, start, end, by=by, inventory=inventory))

    def alarm_changed(self, tenant_id: str, old: Alarm | None, new: Alarm | None) -> tuple[dt.date, ...]:
        """Take note that an alarm changed, as `ComplianceService.alarm_changed`."""
        return self._run(self._service.alarm_changed(tenant_id, old, new))

    def correction_changed(self, tenant_id: str, correction: Correction) -> tuple[dt.date, ...]:
        """Take note that a correction was entered, as `ComplianceService.correction_changed`."""
        return self._run(self._service.correction_changed(tenant_id, correction))

    def unused_corrections(self, tenant_id: str) -> tuple[UnusedCorrection, ...]:
        """Return the corrections that change nothing, as `ComplianceService.unused_corrections`."""
        return self._run(self._service.unused_corrections(tenant_id))

    def exclusion_changed(
        self, tenant_id: str, old: AnyExclusion | None, new: AnyExclusion | None
    ) -> tuple[dt.date, ...]:
        """Take note that maintenance or an exclusion changed, as `ComplianceService.exclusion_changed`."""
        return self._run(self._service.exclusion_changed(tenant_id, old, new))

    def invalidate(
        self, tenant_id: str, dates: Iterable[dt.date], *, reason: str = "facts of these dates changed"
    ) -> None:
        """Take note that facts of some dates changed, as `ComplianceService.invalidate`."""
        self._run(self._service.invalidate(tenant_id, dates, reason=reason))

    def store_closed_days(self, tenant_id: str, start: dt.datetime, end: dt.datetime) -> Sweep:
        """Store closed days, as `ComplianceService.store_closed_days`."""
        return self._run(self._service.store_closed_days(tenant_id, start, end))
