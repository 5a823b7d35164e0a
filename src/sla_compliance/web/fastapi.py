"""compliance_router: the endpoint, inside the platform's own FastAPI app."""
################################################################
#     GET /sla/compliance     one record for each local day
#     GET /sla/rollup-stats   totals of the last days
#     GET /sla/incidents      one day's outages, with their alarms
#     GET /sla/resources      the worst resources of a range
#
# The platform's dependencies say who asks: `authorize` permits or raises, `tenant`
# names the tenant of the authenticated identity. They run before anything else.
################################################################

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sla_compliance.errors import requires_extra
from sla_compliance.service import ComplianceAnswer, ComplianceService

with requires_extra("fastapi", __name__):
    from fastapi import APIRouter, Depends, Request, Response

from sla_compliance.web.documents import (
    EXAMPLE,
    RESPONSES,
    ComplianceDay,
    DayIncidents,
    ResourceCompliance,
    RollupStats,
)
from sla_compliance.web.figures import incidents_of_day, rollup, worst_resources
from sla_compliance.web.limits import Places, short_query
from sla_compliance.web.parameters import Asked, DayAsked, RangeAsked, RankingAsked, TotalsAsked
from sla_compliance.web.problems import ClientFault, Figures, ProblemRoute
from sla_compliance.web.questions import Question
from sla_compliance.web.replies import reply
from sla_compliance.web.tenancy import TenantId, held_tenant

__all__ = ["compliance_router"]

AnyDependency = Callable[..., Any]
TAG: Final = "SLA compliance"


def compliance_router(
    service: ComplianceService, *, tenant: AnyDependency, authorize: AnyDependency, max_concurrent: int = 64
) -> APIRouter:
    """Return the routes, to be included in an app of yours.

    Args:
        service: answers from any source.
        tenant: a dependency that returns the tenant id of the authenticated identity, or raises.
        authorize: a dependency that raises for an identity that may not see these figures.
        max_concurrent: requests of one process beyond this many at once get a 503 that says when to come back.
    """
    gates = (authorize, held_tenant(tenant), short_query, Places(max_concurrent))
    router = APIRouter(
        prefix="/sla",
        tags=[TAG],
        route_class=ProblemRoute,
        dependencies=[Depends(gate) for gate in gates],
        responses=RESPONSES,
    )
    ask = _Endpoints(service)
    router.get("/compliance", response_model=list[ComplianceDay], responses=EXAMPLE)(ask.compliance)
    router.get("/rollup-stats", response_model=RollupStats)(ask.rollup_stats)
    router.get("/incidents", response_model=DayIncidents)(ask.incidents)
    router.get("/resources", response_model=list[ResourceCompliance])(ask.resources)
    return router


@dataclass(frozen=True, slots=True)
class _Endpoints:
    """What each route does: read the question, ask the service, reply."""

    service: ComplianceService

    async def compliance(self, request: Request, tenant_id: TenantId, asked: RangeAsked) -> Response:
        """Return the availability of each local day; `[]` where there is none yet."""
        answer = await self._answer(await self._question(tenant_id, asked))
        records = answer.as_dicts(detail=asked.is_full)
        mark = {"sample_data": True} if asked.is_full and self.service.is_sample else {}
        return self._reply(request, [{**record, **mark} for record in records])

    async def rollup_stats(self, request: Request, tenant_id: TenantId, asked: TotalsAsked) -> Response:
        """Return the totals of the last days."""
        return self._reply(request, rollup(await self._answer(await self._question(tenant_id, asked))))

    async def incidents(self, request: Request, tenant_id: TenantId, asked: DayAsked) -> Response:
        """List the outages that touch one local day, with the alarms behind them."""
        question = await self._question(tenant_id, asked)
        with Figures():
            found = await self.service.incidents(tenant_id, asked.day)
        return self._reply(request, incidents_of_day(asked.day, question.start, question.end, found))

    async def resources(self, request: Request, tenant_id: TenantId, asked: RankingAsked) -> Response:
        """List the resources with the lowest availability, the worst first."""
        question = await self._question(tenant_id, asked)
        with Figures():
            reports = await self.service.resources(tenant_id, question.start, question.end)
        ranking = worst_resources(reports, accounting=question.accounting, target=question.target, limit=asked.limit)
        return self._reply(request, ranking)

    async def _question(self, tenant_id: str, asked: Asked) -> Question:
        """Return what is asked, in the tenant's own days; a bad question is the client's fault."""
        with Figures():
            subject = await self.service.subject(tenant_id)
        with ClientFault():
            return asked.question(subject)

    async def _answer(self, question: Question) -> ComplianceAnswer:
        with Figures():
            return await self.service.compliance(
                question.tenant_id,
                question.start,
                question.end,
                target=question.target,
                accounting=question.accounting,
            )

    def _reply(self, request: Request, body: object) -> Response:
        return reply(request, body, is_sample=self.service.is_sample)
