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

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from sla_compliance.errors import requires_extra
from sla_compliance.service import ComplianceAnswer, ComplianceService

with requires_extra("fastapi", __name__):
    from fastapi import APIRouter, Depends, Query, Request, Response

from sla_compliance.web.errors import ProblemRoute, client_errors, service_errors
from sla_compliance.web.guards import ConcurrencyLimit, bounded_query, confirmed_tenant
from sla_compliance.web.queries import (
    ComplianceParameters,
    ComplianceQuery,
    IncidentsParameters,
    QueryParameters,
    ResourcesParameters,
    RollupStatsParameters,
)
from sla_compliance.web.responses import (
    COMMON_RESPONSES,
    COMPLIANCE_RESPONSES,
    Body,
    ComplianceDay,
    DayIncidents,
    ResourceCompliance,
    RollupStats,
    compliance_body,
    day_incidents_body,
    json_response,
    rollup_stats_body,
    verdict_headers,
    worst_resources_body,
)

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
    confirmed = Depends(confirmed_tenant(tenant))
    router = APIRouter(
        prefix="/sla",
        tags=[TAG],
        route_class=ProblemRoute,
        # In this order, and all of them before a route's own parameters are read.
        dependencies=[Depends(authorize), confirmed, Depends(bounded_query), Depends(ConcurrencyLimit(max_concurrent))],
        responses=COMMON_RESPONSES,
    )
    bodies = _Bodies(service)

    def respond(request: Request, body: object) -> Response:
        return json_response(request, body, is_sample=service.is_sample)

    @router.get("/compliance", response_model=list[ComplianceDay], responses=COMPLIANCE_RESPONSES)
    async def compliance(
        request: Request, parameters: Annotated[ComplianceParameters, Query()], tenant_id: str = confirmed
    ) -> Response:
        """Return the availability of each local day; `[]` where there is none yet."""
        answer = await bodies.answer(tenant_id, parameters)
        body = compliance_body(answer, is_full=parameters.is_full)
        return json_response(request, body, is_sample=service.is_sample, more_headers=verdict_headers(answer))

    @router.get("/rollup-stats", response_model=RollupStats)
    async def rollup_stats(
        request: Request, parameters: Annotated[RollupStatsParameters, Query()], tenant_id: str = confirmed
    ) -> Response:
        """Return the totals of the last days."""
        return respond(request, await bodies.rollup_stats(tenant_id, parameters))

    @router.get("/incidents", response_model=DayIncidents)
    async def incidents(
        request: Request, parameters: Annotated[IncidentsParameters, Query()], tenant_id: str = confirmed
    ) -> Response:
        """List the outages that touch one local day, with the alarms behind them."""
        return respond(request, await bodies.incidents(tenant_id, parameters))

    @router.get("/resources", response_model=list[ResourceCompliance])
    async def resources(
        request: Request, parameters: Annotated[ResourcesParameters, Query()], tenant_id: str = confirmed
    ) -> Response:
        """List the resources with the lowest availability, the worst first."""
        return respond(request, await bodies.resources(tenant_id, parameters))

    return router


@dataclass(frozen=True, slots=True)
class _Bodies:
    """The body of each route's answer: read the parameters for the tenant, ask the service."""

    service: ComplianceService

    async def answer(self, tenant_id: str, parameters: QueryParameters) -> ComplianceAnswer:
        return await self._answer(await self._query(tenant_id, parameters))

    async def rollup_stats(self, tenant_id: str, parameters: RollupStatsParameters) -> Body:
        return rollup_stats_body(await self.answer(tenant_id, parameters))

    async def incidents(self, tenant_id: str, parameters: IncidentsParameters) -> Body:
        query = await self._query(tenant_id, parameters)
        with service_errors():
            incidents = await self.service.incidents(tenant_id, parameters.day, accounting=query.accounting)
        return day_incidents_body(parameters.day, query, incidents)

    async def resources(self, tenant_id: str, parameters: ResourcesParameters) -> list[Body]:
        query = await self._query(tenant_id, parameters)
        with service_errors():
            reports = await self.service.resources(tenant_id, query.start, query.end)
        # What is certain of a report is computed when it is asked for, which takes a while for many.
        return await asyncio.to_thread(worst_resources_body, reports, query, limit=parameters.limit)

    async def _query(self, tenant_id: str, parameters: QueryParameters) -> ComplianceQuery:
        """Return the query, in the tenant's own days; a bad parameter is the client's fault."""
        with service_errors():
            subject = await self.service.subject(tenant_id)
        with client_errors():
            return parameters.query(subject)

    async def _answer(self, query: ComplianceQuery) -> ComplianceAnswer:
        end = None if query.is_until_now else query.end
        with service_errors():
            return await self.service.compliance(
                query.tenant_id, query.start, end, target=query.target, accounting=query.accounting
            )
