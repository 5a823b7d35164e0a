"""SyncComplianceService: the same service for callers that cannot await: scripts, notebooks, task queues."""
################################################################
# The async service runs on one event loop, in one background thread, until this
# one is closed. Any number of threads may call it; they share measurements,
# connections and the cache, as the requests of one process do.
#
# A thread that waits for an answer that can never come would wait for ever. So uses
# after `close`, in a fork (which has no such thread) and on the background thread
# itself are refused, and `close` ends the calls of others.
################################################################

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Callable, Coroutine, Hashable, Iterable
from concurrent.futures import CancelledError, Future
from threading import Lock, Thread, current_thread
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from sla_compliance.alarms import Alarm
from sla_compliance.calendars.exclusions import AnyExclusion
from sla_compliance.corrections import Correction, UnusedCorrection
from sla_compliance.errors import ServiceUseError
from sla_compliance.incidents import Incident
from sla_compliance.inventory import Inventory
from sla_compliance.labels import Accounting
from sla_compliance.measured import MeasuredDay
from sla_compliance.policy import Target
from sla_compliance.report import ComplianceReport
from sla_compliance.service.answers import ComplianceAnswer
from sla_compliance.service.change_reports import Sweep
from sla_compliance.service.observer import Statistics
from sla_compliance.service.overview import TenantOverview
from sla_compliance.service.queries import Subject
from sla_compliance.service.reconciliation import Reconciliation
from sla_compliance.service.service import ComplianceService
from sla_compliance.service.sync_period_answers import SyncPeriodAnswers
from sla_compliance.service.sync_reports import SyncServiceReports
from sla_compliance.service.sync_statements import SyncServiceStatements
from sla_compliance.service.usage import check_usable

CLOSE_WITHIN_S: Final = 5.0
"""How long `close` waits for what it has cancelled, e.g. for a driver whose server hangs."""

_Result = TypeVar("_Result")


class SyncComplianceService(SyncPeriodAnswers, SyncServiceReports, SyncServiceStatements):
    """A ComplianceService, blocking; arguments, results and errors are the same.

    Use it as a context manager, or `close` it.
    """

    def __init__(self, service: ComplianceService) -> None:
        """Take over a service that no other event loop has used, and start its loop."""
        self._service: ComplianceService = service
        self._process_id = os.getpid()
        self._is_closed = False
        self._running: set[Future[Any]] = set()
        self._lock = Lock()  # no call starts while the service is being closed
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="sla-compliance", daemon=True)
        self._thread.start()

    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Return the result of a coroutine, run on the loop.

        Raises:
            ServiceUseError: the service is closed or of another process, or this is the loop's own thread.
        """
        try:
            # Before the lock: a fork may have copied it while a thread of the parent held it.
            self._check_usable()
            with self._lock:
                self._check_usable()
                future = asyncio.run_coroutine_threadsafe(work, self._loop)
                self._running.add(future)
        except BaseException:
            work.close()  # it never runs
            raise
        try:
            return future.result()
        except CancelledError as error:
            raise ServiceUseError("the service was closed while it worked on this; make a new one") from error
        finally:
            self._running.discard(future)

    def call(self, work: Callable[[ComplianceService], Coroutine[Any, Any, _Result]]) -> _Result:
        """Return the result of some async work with the service, run on its loop; errors come through.

        For what is built on a ComplianceService and belongs to its loop, such as a Notifier.

        Raises:
            ServiceUseError: as every method.
        """
        return self._run(work(self._service))

    def _check_usable(self) -> None:
        check_usable(is_closed=self._is_closed, process_id=self._process_id)
        if current_thread() is self._thread:
            raise ServiceUseError(
                "the blocking service is used on its own background thread, which would wait for itself; "
                "await the ComplianceService there"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Cancel what runs, in calls of other threads too, close the cache's connections, stop the loop.

        Twice does no harm. In a fork it does nothing: what there is to close belongs to the parent.
        """
        if self._is_closed or self._process_id != os.getpid():
            return
        self._run(self._service.aclose())
        with self._lock:
            self._is_closed = True
        asyncio.run_coroutine_threadsafe(_cancel_others(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        for future in tuple(self._running):
            future.cancel()  # a call that could not be cancelled in time: its thread waits no longer

    @property
    def statistics(self) -> Statistics:
        """What the service has done so far."""
        return self._service.statistics

    def subject(self, tenant_id: str) -> Subject:
        """Return a tenant with its settings, now, as `ComplianceService.subject`."""
        return self._run(self._service.subject(tenant_id))

    def subjects(self, tenant_ids: Iterable[str]) -> dict[str, Subject]:
        """Return those of some tenants whose settings can be read together, as `ComplianceService.subjects`."""
        return self._run(self._service.subjects(tenant_ids))

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

    def overview(
        self, tenant_ids: Iterable[str], first: dt.date | None = None, last: dt.date | None = None
    ) -> tuple[TenantOverview, ...]:
        """Return how each of some tenants stands, as `ComplianceService.overview`."""
        return self._run(self._service.overview(tenant_ids, first, last))

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

    def shown_day(self, tenant_id: str, date: dt.date) -> MeasuredDay | None:
        """Return the day that is shown without being measured, as `ComplianceService.shown_day`."""
        return self._run(self._service.shown_day(tenant_id, date))

    def store_closed_days(self, tenant_id: str, start: dt.datetime, end: dt.datetime) -> Sweep:
        """Store closed days, as `ComplianceService.store_closed_days`."""
        return self._run(self._service.store_closed_days(tenant_id, start, end))

    def reconcile(self, tenant_id: str, start: dt.datetime, end: dt.datetime, *, apply: bool = False) -> Reconciliation:
        """Compare stored days with the rows as they are, as `ComplianceService.reconcile`."""
        return self._run(self._service.reconcile(tenant_id, start, end, apply=apply))

    def forget(self, tenant_id: str) -> None:
        """Remember nothing of a tenant, as `ComplianceService.forget`."""
        self._run(self._service.forget(tenant_id))


async def _cancel_others() -> None:
    """Cancel every other task of this loop, and wait a while for their ends."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=CLOSE_WITHIN_S)
