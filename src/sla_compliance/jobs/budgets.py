"""Measuring the error budgets of all tenants, so that their gauges need no visitor."""
################################################################
# A service calls its observers with each budget that it measures; that sets the
# gauges (outlets/prometheus.py) of the process that the service is in. A tenant that
# fails does not stop the others.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sla_compliance.analysis import ErrorBudget
from sla_compliance.calendars.periods import Period
from sla_compliance.jobs.sweep import AT_ONCE, run_for_tenants
from sla_compliance.service import SyncComplianceService


def measure_budgets(
    service: SyncComplianceService,
    tenant_ids: Iterable[str],
    *,
    period: Period = Period.MONTH,
    at_once: int = AT_ONCE,
) -> Mapping[str, ErrorBudget | BaseException]:
    """Return the budget of the period in progress of each tenant, or why there is none; nothing is raised.

    Args:
        at_once: how many tenants are measured at a time; one query of the source each.
    """
    futures = run_for_tenants(tenant_ids, lambda tenant_id: service.budget(tenant_id, period), at_once)
    return {tenant_id: future.exception() or future.result() for tenant_id, future in futures.items()}
