"""Reconciling tenants: plain functions that any queue, cron or script can call."""
################################################################
# One tenant is one piece of work: the closed stored days of its last 90 are compared
# with the rows, and those that differ are restated. What a purge may have taken is
# never applied here: it is reported, and waits for a person and
# `sla-compliance reconcile --apply`.
#
# A tenant that fails does not stop the others. The report says which failed, and why.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sla_compliance.jobs.sweep import AT_ONCE, LOOKBACK, run_for_tenants
from sla_compliance.service import Reconciliation, SyncComplianceService
from sla_compliance.units import moment


@dataclass(frozen=True, slots=True)
class ReconciliationOutcome:
    """What became of one tenant.

    Attributes:
        tenant_id: which.
        checked: how many stored days were measured again.
        restated: dates whose stored day was rewritten.
        waiting: dates whose stored day differs, and is left for a person to decide.
        error: why it failed; None where it did not.
    """

    tenant_id: str
    checked: int = 0
    restated: tuple[dt.date, ...] = ()
    waiting: tuple[dt.date, ...] = ()
    error: BaseException | None = None

    @classmethod
    def of(cls, reconciliation: Reconciliation) -> ReconciliationOutcome:
        """Return the outcome of a reconciliation."""
        return cls(
            reconciliation.subject.tenant_id,
            reconciliation.checked,
            tuple(restatement.key.date for restatement in reconciliation.restated),
            tuple(day.date for day in reconciliation.waiting),
        )


def reconcile_tenant(
    service: SyncComplianceService, tenant_id: str, *, lookback: timedelta = LOOKBACK
) -> ReconciliationOutcome:
    """Reconcile the closed days of one tenant's last days.

    Raises:
        InvalidValueError: the service has no store.
        UnknownTenantError, TimeoutError, or the source's, the store's or the cache's own error.
    """
    end = moment(service.subject(tenant_id).as_of_us)
    return ReconciliationOutcome.of(service.reconcile(tenant_id, end - lookback, end))


def reconcile_tenants(
    service: SyncComplianceService, tenant_ids: Iterable[str], *, lookback: timedelta = LOOKBACK, at_once: int = AT_ONCE
) -> tuple[ReconciliationOutcome, ...]:
    """Reconcile many tenants, `at_once` at a time; a failure is in the outcome of its tenant, and nothing is raised."""
    futures = run_for_tenants(
        tenant_ids, lambda tenant_id: reconcile_tenant(service, tenant_id, lookback=lookback), at_once
    )
    outcomes: list[ReconciliationOutcome] = []
    for tenant_id, future in futures.items():
        error = future.exception()
        outcomes.append(future.result() if error is None else ReconciliationOutcome(tenant_id, error=error))
    return tuple(outcomes)
