"""Look: one tenant's budgets as a service has them, stepped."""
################################################################
#     1. periods that were followed and are over: at once when the current one has
#        ended, later once an hour or so, from remembered days
#     2. the period in progress
#     3. the digest, where it is due
#
# A reading that fails is a look without a budget: the rule says when that is told.
# A look back that fails comes again in the next round.
################################################################

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Final
from zlib import crc32

from sla_compliance.alerts.alert import Alert
from sla_compliance.alerts.digests import AlertDigest, take_digest
from sla_compliance.alerts.ended_budgets import ended_budget
from sla_compliance.alerts.rules import AlertRule
from sla_compliance.alerts.states import AlertState
from sla_compliance.alerts.steps import step
from sla_compliance.analysis import ErrorBudget
from sla_compliance.service import ComplianceService, Subject
from sla_compliance.units import HOUR_US, MINUTE_US, moment

LOOK_BACK_EVERY_US: Final = HOUR_US
_SPREAD_MINUTES: Final = 30


@dataclass(slots=True)
class TenantLook:
    """What a look at a tenant has come to.

    Attributes:
        state: afterwards; what it was before where nothing has changed.
        alerts: what is to be told.
        digest: what is to be told of earlier looks; None: nothing.
        errors: of readings that failed.
    """

    state: AlertState
    alerts: list[Alert] = field(default_factory=list)
    digest: AlertDigest | None = None
    errors: list[Exception] = field(default_factory=list)

    def step(self, budget: ErrorBudget | None, now: datetime, rule: AlertRule) -> None:
        """Step the state."""
        self.state, new_alerts = step(self.state, budget, now, rule=rule)
        self.alerts += new_alerts


async def look_at_tenant(
    service: ComplianceService,
    state: AlertState,
    rule: AlertRule,
    *,
    digest_at: time,
    clock: Callable[[], datetime],
) -> TenantLook:
    """Return what a look at a tenant has come to.

    Args:
        service: has its budgets.
        state: what was told of it; of any policy.
        rule: when it is alerted.
        digest_at: when its digest is due, wall-clock time of its zone.
        clock: the present moment, aware.
    """
    look = TenantLook(state)
    try:
        subject = await service.subject(state.tenant_id)
        look.state = state.under(subject.policy.fingerprint)
        await _look_back(service, look, subject, rule)
        budget = await service.budget(state.tenant_id, rule.period)
    except Exception as error:
        look.errors.append(error)
        look.step(None, clock(), rule)
        return look
    look.step(budget, clock(), rule)
    look.state, look.digest = take_digest(look.state, clock(), digest_at=digest_at, zone=subject.zone)
    return look


async def _look_back(service: ComplianceService, look: TenantLook, subject: Subject, rule: AlertRule) -> None:
    """Step the state by periods that are over, where that is due."""
    periods = look.state.periods_to_look_back_at(subject.as_of_us)
    if not periods or not _is_look_back_due(look.state, subject.as_of_us):
        return
    try:
        budgets = [
            ended_budget((await service.compliance(subject.tenant_id, *bounds)).total, subject.as_of_us)
            for bounds in [tuple(map(moment, period.bounds_us)) for period in periods]
        ]
    except Exception as error:
        look.errors.append(error)
        return
    for budget in budgets:
        look.step(budget, budget.as_of, rule)
    look.state = replace(look.state, looked_back_us=subject.as_of_us)


def _is_look_back_due(state: AlertState, now_us: int) -> bool:
    has_just_ended = state.current is not None and state.current.end_us <= now_us
    if has_just_ended or state.looked_back_us is None:
        return True
    # Not all tenants in one round, whose months end together.
    spread_us = crc32(state.tenant_id.encode("utf-8", "surrogatepass")) % _SPREAD_MINUTES * MINUTE_US
    since_us = now_us - state.looked_back_us
    return since_us < 0 or since_us >= LOOK_BACK_EVERY_US + spread_us  # below 0: the clock was wrong
