"""compliance_router: the endpoint, inside the platform's own FastAPI app."""
################################################################
#     GET /sla/compliance     one record for each local day
#     GET /sla/rollup-stats   totals of the last days
#     GET /sla/incidents      one day's outages, with their alarms
#     GET /sla/resources      the worst resources of a range
#     POST /sla/changes       facts have changed; where `authorize_changes` is given
#
# The platform's dependencies say who asks: `authorize` permits or raises, `tenant`
# names the tenant of the authenticated identity. They run before anything else.
# Reading and reporting are two permissions, and neither includes the other.
################################################################

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

from sla_compliance.errors import requires_extra
from sla_compliance.service import ComplianceAnswer, ComplianceService

with requires_extra("fastapi", __name__):
    from fastapi import APIRouter, Depends, Query, Request, Response

from sla_compliance.web.changes import changes_router
from sla_compliance.web.errors import LOG, ProblemRoute, client_errors, service_errors
from sla_compliance.web.guards import ConcurrencyLimit, bounded_query, confirmed_tenant
from sla_compliance.web.long_bodies import ResourcesContent, day_incidents_content, worst_resources_content
from sla_compliance.web.outage_log import OutageLog
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
    RESOURCES_RESPONSES,
    TOTAL_HEADER,
    Body,
    ComplianceDay,
    Content,
    DayIncidents,
    ResourceCompliance,
    RollupStats,
    compliance_body,
    content_response,
    json_response,
    rollup_stats_body,
    shown_figure,
    verdict_headers,
)

__all__ = ["compliance_router"]

AnyDependency = Callable[..., Any]
PREFIX: Final = "/sla"
UnknownParameters = Literal["ignore", "refuse"]
TAG: Final = "SLA compliance"


def compliance_router(
    service: ComplianceService,
    *,
    tenant: AnyDependency,
    authorize: AnyDependency,
    authorize_changes: AnyDependency | None = None,
    max_concurrent: int = 64,
    unknown_parameters: UnknownParameters = "ignore",
) -> APIRouter:
    """Return the routes, to be included in an app of yours.

    Args:
        service: answers from any source.
        tenant: a dependency that returns the tenant id of the authenticated identity, or raises.
        authorize: a dependency that raises for an identity that may not see these figures.
        authorize_changes: a dependency that raises for an identity that may not report changes; None: there is no
            route to report them.
        max_concurrent: requests of one process beyond this many at once get a 503 that says when to come back.
        unknown_parameters: whether query parameters that a route does not declare are ignored, or refused with a 422.
            Where a dependency or a middleware of yours takes some, they cannot be refused here.
    """
    confirmed = Depends(confirmed_tenant(tenant))
    limit = Depends(ConcurrencyLimit(max_concurrent))
    bodies = _Bodies(service, unknown_parameters)
    # In this order, and all of them before a route's own parameters are read.
    reading = [Depends(authorize), confirmed, Depends(bounded_query), limit]
    figures = _figures_router(bodies, confirmed, dependencies=reading)
    if authorize_changes is None:
        return figures
    reporting = [Depends(authorize_changes), confirmed, Depends(bounded_query), limit]
    changes = changes_router(
        service, confirmed=confirmed, outages=bodies.outages, prefix=PREFIX, tags=[TAG], dependencies=reporting
    )
    return _side_by_side(figures, changes)


def _figures_router(bodies: _Bodies, confirmed: Any, *, dependencies: Sequence[Any]) -> APIRouter:  # noqa: ANN401
    """Return the routes that answer with figures.

    Args:
        confirmed: the dependency whose value is the tenant id.
        dependencies: run before each of them.
    """
    router = APIRouter(
        prefix=PREFIX, tags=[TAG], route_class=ProblemRoute, dependencies=dependencies, responses=COMMON_RESPONSES
    )
    is_sample = bodies.service.is_sample

    @router.get("/compliance", response_model=list[ComplianceDay], responses=COMPLIANCE_RESPONSES)
    async def compliance(
        request: Request, parameters: Annotated[ComplianceParameters, Query()], tenant_id: str = confirmed
    ) -> Response:
        """Return the availability of each local day; `[]` where there is none yet."""
        answer = await bodies.answer(tenant_id, parameters)
        body = compliance_body(answer, is_full=parameters.is_full)
        return json_response(request, body, is_sample=is_sample, more_headers=verdict_headers(answer))

    @router.get("/rollup-stats", response_model=RollupStats)
    async def rollup_stats(
        request: Request, parameters: Annotated[RollupStatsParameters, Query()], tenant_id: str = confirmed
    ) -> Response:
        """Return the totals of the last days."""
        body = await bodies.rollup_stats(tenant_id, parameters)
        return json_response(request, body, is_sample=is_sample)

    @router.get("/incidents", response_model=DayIncidents)
    async def incidents(
        request: Request, parameters: Annotated[IncidentsParameters, Query()], tenant_id: str = confirmed
    ) -> Response:
        """List the outages that touch one local day, with the alarms behind them."""
        content = await bodies.incidents(tenant_id, parameters)
        return content_response(request, content, is_sample=is_sample)

    @router.get("/resources", response_model=list[ResourceCompliance], responses=RESOURCES_RESPONSES)
    async def resources(
        request: Request, parameters: Annotated[ResourcesParameters, Query()], tenant_id: str = confirmed
    ) -> Response:
        """List the resources with the lowest availability, the worst first."""
        content, total = await bodies.resources(tenant_id, parameters)
        headers = {TOTAL_HEADER: str(total)}
        return content_response(request, content, is_sample=is_sample, more_headers=headers)

    return router


def _side_by_side(*routers: APIRouter) -> APIRouter:
    """Return one router of several; a router's own dependencies hold for all routes that are included in it."""
    outer = APIRouter()
    for router in routers:
        outer.include_router(router)
    return outer


@dataclass(frozen=True, slots=True)
class _Bodies:
    """The body of each route's answer: read the parameters for the tenant, ask the service."""

    service: ComplianceService
    unknown_parameters: UnknownParameters
    outages: OutageLog = field(default_factory=lambda: OutageLog(LOG))

    async def answer(self, tenant_id: str, parameters: QueryParameters) -> ComplianceAnswer:
        return await self._answer(await self._query(tenant_id, parameters))

    async def rollup_stats(self, tenant_id: str, parameters: RollupStatsParameters) -> Body:
        return rollup_stats_body(await self.answer(tenant_id, parameters))

    async def incidents(self, tenant_id: str, parameters: IncidentsParameters) -> Content:
        with client_errors():
            bounds = parameters.page_bounds
        query = await self._query(tenant_id, parameters)
        with service_errors(self.outages):
            page = await self.service.incident_page(tenant_id, parameters.day, bounds, accounting=query.accounting)
            # After the incidents: what is measured in between is no older than they are.
            shown = await self.service.shown_day(tenant_id, parameters.day)
        figure = None if shown is None else shown_figure(shown, query, page.downtime_us)
        return await self.service.compute(lambda: day_incidents_content(parameters.day, query, page, bounds, figure))

    async def resources(self, tenant_id: str, parameters: ResourcesParameters) -> ResourcesContent:
        query = await self._query(tenant_id, parameters)
        with service_errors(self.outages):
            reports = await self.service.resources(tenant_id, query.start, query.end)
        # What is certain of a report is computed when it is asked for, which takes a while for many.
        return await self.service.compute(
            lambda: worst_resources_content(reports, query, limit=parameters.limit, offset=parameters.offset)
        )

    async def _query(self, tenant_id: str, parameters: QueryParameters) -> ComplianceQuery:
        """Return the query, in the tenant's own days; a bad parameter is the client's fault."""
        if self.unknown_parameters == "refuse":
            with client_errors():
                parameters.check_declared()
        with service_errors(self.outages):
            subject = await self.service.subject(tenant_id)
        with client_errors():
            return parameters.query(subject)

    async def _answer(self, query: ComplianceQuery) -> ComplianceAnswer:
        end = None if query.is_until_now else query.end
        with service_errors(self.outages):
            return await self.service.compliance(
                query.tenant_id, query.start, end, target=query.target, accounting=query.accounting
            )
