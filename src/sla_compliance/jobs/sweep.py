"""Precomputing tenants: plain functions that any queue, cron or script can call."""
################################################################
# One tenant is one piece of work: its closed days that are not stored yet are
# stored, those that changes had altered are restated, and the whole range is read
# once, so that the first visitor finds it in the cache. All of it is idempotent:
# work that was cut off, or comes twice, adds what is missing and nothing else.
#
# A tenant that fails does not stop the others. The report says which failed, and why.
#
# A tenant's day has just ended where it was closed in the last two hours: past its
# end by what damping and stale alarms need. An hourly check sees each day twice, so
# a tick that is late or lost loses no day.
################################################################

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from sla_compliance.calendars.local_days import local_days
from sla_compliance.errors import ServiceUseError
from sla_compliance.measured import closes_at_us
from sla_compliance.service import Subject, SyncComplianceService
from sla_compliance.service.tenant_lookup import TENANTS_OF_A_CALL
from sla_compliance.units import length_us, moment

LOOKBACK: Final = timedelta(days=90)
JUST_NOW: Final = timedelta(hours=2)
AT_ONCE: Final = 4

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class TenantOutcome:
    """What became of one tenant.

    Attributes:
        tenant_id: which.
        added: how many closed days were stored.
        restated: how many stored days differed after a change of facts.
        error: why it failed; None where it did not.
    """

    tenant_id: str
    added: int = 0
    restated: int = 0
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What became of each tenant.

    Attributes:
        succeeded, failed: in the order of the tenants.
    """

    succeeded: tuple[TenantOutcome, ...]
    failed: tuple[TenantOutcome, ...]

    @property
    def added(self) -> int:
        """How many closed days were stored."""
        return sum(outcome.added for outcome in self.succeeded)


def precompute(service: SyncComplianceService, tenant_id: str, *, lookback: timedelta = LOOKBACK) -> TenantOutcome:
    """Store the closed days of one tenant's last days, and put its answer into the cache.

    Raises:
        InvalidValueError: the service has no store.
        UnknownTenantError, TimeoutError, or the source's or the store's own error.
    """
    end = moment(service.subject(tenant_id).as_of_us)
    start = end - lookback
    stored = service.store_closed_days(tenant_id, start, end)
    service.compliance(tenant_id, start, end)
    return TenantOutcome(tenant_id, stored.added, len(stored.restated))


def sweep(
    service: SyncComplianceService, tenant_ids: Iterable[str], *, lookback: timedelta = LOOKBACK, at_once: int = AT_ONCE
) -> SweepReport:
    """Precompute many tenants, `at_once` at a time; those that fail are in the report, and nothing is raised."""
    succeeded, failed = [], []
    for tenant_id, future in _with_settings(
        service, tenant_ids, lambda tenant_id: precompute(service, tenant_id, lookback=lookback), at_once
    ):
        error = future.exception()
        if error is None:
            succeeded.append(future.result())
        else:
            failed.append(TenantOutcome(tenant_id, error=error))
    return SweepReport(tuple(succeeded), tuple(failed))


def tenants_whose_day_has_just_ended(
    service: SyncComplianceService, tenant_ids: Iterable[str], *, within: timedelta = JUST_NOW, at_once: int = AT_ONCE
) -> tuple[str, ...]:
    """Return the tenants that have a day which was closed in the last hours, by their own zone and policy.

    A tenant whose settings cannot be read is among them: precomputing it then reports why.
    """
    within_us = length_us(within, field="within")
    futures = _with_settings(service, tenant_ids, service.subject, at_once)
    return tuple(
        tenant_id for tenant_id, future in futures if future.exception() or _has_just_closed(future.result(), within_us)
    )


def _has_just_closed(subject: Subject, within_us: int) -> bool:
    """Return whether a day was closed in the last `within_us`."""
    # A day that ended here would be closed just now; the last day to end did so at the start of the day that holds it.
    closing_end_us = subject.as_of_us - closes_at_us(0, subject.policy)
    last_end_us = local_days(subject.zone, closing_end_us, closing_end_us + 1).bounds_us[0]
    return last_end_us > closing_end_us - within_us


def _with_settings(
    service: SyncComplianceService, tenant_ids: Iterable[str], work: Callable[[str], _Result], at_once: int
) -> Iterator[tuple[str, Future[_Result]]]:
    """Yield the finished work on every tenant, as `run_for_tenants`; settings are read some hundreds at a time."""
    unique_tenant_ids = list(dict.fromkeys(tenant_ids))
    for first in range(0, len(unique_tenant_ids), TENANTS_OF_A_CALL):
        some_ids = unique_tenant_ids[first : first + TENANTS_OF_A_CALL]
        # Where a service cannot be used, the work on each tenant says so.
        with suppress(ServiceUseError):
            service.subjects(some_ids)
        yield from run_for_tenants(some_ids, work, at_once).items()


def run_for_tenants(
    tenant_ids: Iterable[str], work: Callable[[str], _Result], at_once: int
) -> Mapping[str, Future[_Result]]:
    """Return the finished work on every tenant, in their order; a tenant that is listed twice is worked on once."""
    unique_tenant_ids = dict.fromkeys(tenant_ids)
    with ThreadPoolExecutor(at_once) as pool:  # leaving the block waits for all of it
        return {tenant_id: pool.submit(work, tenant_id) for tenant_id in unique_tenant_ids}
