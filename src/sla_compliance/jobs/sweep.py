"""Precomputing tenants: plain functions that any queue, cron or script can call."""
################################################################
# One tenant is one piece of work: its closed days that are not stored yet are
# stored, those that changes had altered are restated, and the whole range is asked
# for once, so that the first visitor finds it remembered. All of it is idempotent:
# work that was cut off, or comes twice, adds what is missing and nothing else.
#
# A tenant that fails stops nobody. Who failed, and why, stands in the report.
#
# A tenant's day has just ended where it was closed in the last two hours: past its
# end by what damping and stale alarms need. Asked every hour, each day comes up
# twice, so one tick that is late or lost loses none.
################################################################

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from sla_compliance.calendars.local_days import local_days
from sla_compliance.measured import closes_at_us
from sla_compliance.service import Subject, SyncComplianceService
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
    """Store the closed days of one tenant's last days, and have its answer remembered.

    Raises:
        InvalidValueError: the service has no store.
        UnknownTenantError, TimeoutError, or the source's or the store's own error.
    """
    end = moment(service.subject(tenant_id).as_of_us)
    stored = service.store_closed_days(tenant_id, end - lookback, end)
    service.compliance(tenant_id, end - lookback, end)
    return TenantOutcome(tenant_id, stored.added, len(stored.restated))


def sweep(
    service: SyncComplianceService, tenant_ids: Iterable[str], *, lookback: timedelta = LOOKBACK, at_once: int = AT_ONCE
) -> SweepReport:
    """Precompute many tenants, `at_once` at a time; whoever fails is in the report, and nothing is raised."""
    done = _each(tenant_ids, lambda tenant_id: precompute(service, tenant_id, lookback=lookback), at_once)
    errors = {tenant_id: error for tenant_id, work in done.items() if (error := work.exception())}
    return SweepReport(
        succeeded=tuple(work.result() for tenant_id, work in done.items() if tenant_id not in errors),
        failed=tuple(TenantOutcome(tenant_id, error=error) for tenant_id, error in errors.items()),
    )


def tenants_whose_day_has_just_ended(
    service: SyncComplianceService, tenant_ids: Iterable[str], *, within: timedelta = JUST_NOW, at_once: int = AT_ONCE
) -> tuple[str, ...]:
    """Return the tenants that have a day which was closed in the last hours, by their own zone and policy.

    One whose settings cannot be had is among them: its own work then says why.
    """
    within_us = length_us(within, field="within")
    subjects = _each(tenant_ids, service.subject, at_once)
    return tuple(
        tenant_id
        for tenant_id, work in subjects.items()
        if work.exception() or _has_just_closed(work.result(), within_us)
    )


def _has_just_closed(subject: Subject, within_us: int) -> bool:
    """Return whether a day was closed in the last `within_us`."""
    end_us = subject.as_of_us - closes_at_us(0, subject.policy)  # a day that ended here would be closed just now
    begun_us = local_days(subject.zone, end_us, end_us + 1).bounds_us[0]  # and the last to end ended here
    return begun_us > end_us - within_us


def _each(tenant_ids: Iterable[str], work: Callable[[str], _Result], at_once: int) -> Mapping[str, Future[_Result]]:
    """Return the finished work on each tenant, in their order."""
    with ThreadPoolExecutor(at_once) as pool:
        return {tenant_id: pool.submit(work, tenant_id) for tenant_id in dict.fromkeys(tenant_ids)}
