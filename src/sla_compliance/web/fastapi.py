"""compliance_router: the endpoint, inside the platform's own FastAPI app."""
################################################################
#     GET /sla/compliance     one record for each local day
#     GET /sla/rollup-stats   totals of the last days
#     GET /sla/incidents      one day's outages, with their alarms
#     GET /sla/resources      the worst resources of a range
#     GET /sla/budget, ...    answers for periods: period_routes.py
#     GET /sla/report         a month or other days as a file, and its formats: report_routes.py
#     GET /sla/statements     what was issued; where the service keeps statements
#     GET /sla/tenants        the tenants that one may choose from; where `tenants` is given
#     GET /sla/overview       how these stand, the worst first; where `authorize_overview` is given too
#     POST /sla/changes       facts have changed; where `authorize_changes` is given
#
# The platform's dependencies say who asks: `authorize` permits or raises, `tenant`
# names the tenant of the authenticated identity. They run before anything else.
# Reading and reporting are two permissions, and neither includes the other.
################################################################

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from sla_compliance.errors import SLAComplianceError, requires_extra
from sla_compliance.service import ComplianceAnswer, ComplianceService
from sla_compliance.settings.notifications import DEFAULT_REPORTS, ReportsOf

with requires_extra("fastapi", __name__):
    from fastapi import APIRouter, Depends, Query, Request, Response

from sla_compliance.web.changes import changes_router
from sla_compliance.web.errors import LOG, ProblemError, client_errors, service_errors
from sla_compliance.web.guards import AnyDependency, ConcurrencyLimit, Guards, TenantHeader
from sla_compliance.web.host_errors import ErrorForm, route_options
from sla_compliance.web.long_bodies import (
    ResourcesContent,
    day_incidents_content,
    shown_figure,
    worst_resources_content,
)
from sla_compliance.web.outage_log import OutageLog
from sla_compliance.web.period_routes import periods_router
from sla_compliance.web.queries import (
    ComplianceParameters,
    ComplianceQuery,
    DeclaredParameters,
    IncidentsParameters,
    QueryParameters,
    ResourcesParameters,
    RollupStatsParameters,
)
from sla_compliance.web.remembered_bodies import RememberedBodies
from sla_compliance.web.report_routes import reports_router
from sla_compliance.web.responses import (
    COMMON_RESPONSES,
    COMPLIANCE_RESPONSES,
    RESOURCES_RESPONSES,
    TOTAL_HEADER,
    ComplianceDay,
    Content,
    DayIncidents,
    ResourceCompliance,
    RollupStats,
    compliance_body,
    content_response,
    rollup_stats_body,
)
from sla_compliance.web.statements import statements_router
from sla_compliance.web.tenants import tenants_router

__all__ = ["compliance_router"]

PREFIX: Final = "/sla"
UnknownParameters = Literal["ignore", "refuse"]
TAG: Final = "SLA compliance"


def compliance_router(
    service: ComplianceService,
    *,
    tenant: AnyDependency,
    authorize: AnyDependency,
    authorize_changes: AnyDependency | None = None,
    tenants: AnyDependency | None = None,
    authorize_overview: AnyDependency | None = None,
    reports: ReportsOf | None = None,
    max_concurrent: int = 64,
    unknown_parameters: UnknownParameters = "ignore",
    own_parameters: Collection[str] = (),
    tenant_header: TenantHeader = "confirm",
    errors: ErrorForm = "problem",
) -> APIRouter:
    """Return the routes, to be included in an app of yours.

    Args:
        service: answers from any source.
        tenant: a dependency that returns the tenant id of the authenticated identity, or raises.
        authorize: a dependency that raises for an identity that may not see these figures.
        authorize_changes: a dependency that raises for an identity that may not report changes; None: there is no
            route to report them.
        tenants: a dependency that returns the ListedTenants that the authenticated identity may choose from; None:
            there are no routes about several tenants.
        authorize_overview: a dependency that raises for an identity that may not see how all of these stand; None:
            there is no overview.
        reports: returns title, parties, logo and locale of a tenant's reports, by the tenant's id; None: those of
            `ReportSettings()`.
        max_concurrent: requests of one process beyond this many at once get a 503 that says when to come back.
        unknown_parameters: whether query parameters that a route does not declare are ignored, or refused with a 422.
        own_parameters: query parameters that a dependency or a middleware of yours takes; they are never refused.
        tenant_header: what a header X-Tenant-ID does: "confirm", then one that names another tenant is a 403, or
            "ignore", where such a header means something else to your platform. It never chooses the tenant.
        errors: "problem": the routes answer errors themselves, as problem+json; "host": they raise HTTPException and
            RequestValidationError, which your app's own exception handlers answer.

    Raises:
        InvalidValueError: `tenant_header` or `errors` is another text.
    """
    guards = Guards(ConcurrencyLimit(max_concurrent), tenant_header)
    reader_tenant = Depends(guards.of_tenant(authorize, tenant))
    bodies = _Bodies(service, unknown_parameters, own_parameters)
    options: dict[str, Any] = {"outages": bodies.outages, "errors": errors, "prefix": PREFIX, "tags": [TAG]}
    routers = [
        _figures_router(bodies, reader_tenant, errors),
        periods_router(service, admitted_tenant=reader_tenant, read_query=bodies.query, **options),
    ]
    if not service.is_sample:
        files = reports_router(
            service,
            admitted_tenant=reader_tenant,
            read_query=bodies.query,
            check_declared=bodies.check_declared,
            reports=(lambda _: DEFAULT_REPORTS) if reports is None else reports,
            **options,
        )
        routers.append(files)
    if service.keeps_statements:
        statements = statements_router(
            service, admitted_tenant=reader_tenant, check_declared=bodies.check_declared, **options
        )
        routers.append(statements)
    if tenants is not None:
        several = tenants_router(
            service,
            tenants=Depends(tenants),
            authorize_overview=authorize_overview,
            check_declared=bodies.check_declared,
            dependencies=[Depends(guards.of_tenants(authorize))],
            **options,
        )
        routers.append(several)
    if authorize_changes is not None:
        admitted_tenant = Depends(guards.of_tenant(authorize_changes, tenant))
        routers.append(changes_router(service, admitted_tenant=admitted_tenant, **options))
    # One router of all routes: FastAPI looks a path up twice at every level of routers within routers.
    return APIRouter(routes=[route for router in routers for route in router.routes])


def _figures_router(
    bodies: _Bodies,
    admitted_tenant: Any,  # noqa: ANN401 - what Depends() returns has no public type
    errors: ErrorForm,
) -> APIRouter:
    """Return the routes that answer with figures.

    Args:
        admitted_tenant: the dependency whose value is the tenant id.
        errors: who answers errors.
    """
    router = APIRouter(prefix=PREFIX, tags=[TAG], **route_options(errors, COMMON_RESPONSES))
    responses_of_resources = route_options(errors, RESOURCES_RESPONSES)["responses"]
    is_sample = bodies.service.is_sample

    @router.get("/compliance", response_model=list[ComplianceDay], responses=COMPLIANCE_RESPONSES)
    async def compliance(
        request: Request, parameters: Annotated[ComplianceParameters, Query()], tenant_id: str = admitted_tenant
    ) -> Response:
        """Return the availability of each local day; `[]` where there is none yet."""
        answer = await bodies.answer(tenant_id, parameters)
        kind = "days in full" if parameters.is_full else "days"
        sent = bodies.remembered.of(answer, kind, partial(compliance_body, is_full=parameters.is_full))
        return content_response(request, sent.content, is_sample=is_sample, more_headers=sent.headers)

    @router.get("/rollup-stats", response_model=RollupStats)
    async def rollup_stats(
        request: Request, parameters: Annotated[RollupStatsParameters, Query()], tenant_id: str = admitted_tenant
    ) -> Response:
        """Return the totals of the last days."""
        answer = await bodies.answer(tenant_id, parameters)
        sent = bodies.remembered.of(answer, "totals", rollup_stats_body)
        return content_response(request, sent.content, is_sample=is_sample)

    @router.get("/incidents", response_model=DayIncidents)
    async def incidents(
        request: Request, parameters: Annotated[IncidentsParameters, Query()], tenant_id: str = admitted_tenant
    ) -> Response:
        """List the outages that touch one local day, with the alarms behind them."""
        content = await bodies.incidents(tenant_id, parameters)
        return content_response(request, content, is_sample=is_sample)

    @router.get("/resources", response_model=list[ResourceCompliance], responses=responses_of_resources)
    async def resources(
        request: Request, parameters: Annotated[ResourcesParameters, Query()], tenant_id: str = admitted_tenant
    ) -> Response:
        """List the resources with the lowest availability, the worst first."""
        content, total = await bodies.resources(tenant_id, parameters)
        headers = {TOTAL_HEADER: str(total)}
        return content_response(request, content, is_sample=is_sample, more_headers=headers)

    return router


@dataclass(frozen=True, slots=True)
class _Bodies:
    """The body of each route's answer: read the parameters for the tenant, ask the service."""

    service: ComplianceService
    unknown_parameters: UnknownParameters
    own_parameters: Collection[str]
    outages: OutageLog = field(default_factory=lambda: OutageLog(LOG))
    remembered: RememberedBodies = field(default_factory=RememberedBodies)

    async def answer(self, tenant_id: str, parameters: QueryParameters) -> ComplianceAnswer:
        return await self._answer(await self.query(tenant_id, parameters))

    async def incidents(self, tenant_id: str, parameters: IncidentsParameters) -> Content:
        with client_errors():
            bounds = parameters.page_bounds
        query = await self.query(tenant_id, parameters)
        with service_errors(self.outages):
            page = await self.service.incident_page(tenant_id, parameters.day, bounds, accounting=query.accounting)
            # After the incidents: what is measured in between is no older than they are.
            shown = await self.service.shown_day(tenant_id, parameters.day)
        figure = None if shown is None else shown_figure(shown, query, page.downtime_us)
        return await self.service.compute(lambda: day_incidents_content(parameters.day, query, page, bounds, figure))

    async def resources(self, tenant_id: str, parameters: ResourcesParameters) -> ResourcesContent:
        query = await self.query(tenant_id, parameters)
        with _no_resources(), service_errors(self.outages):
            reports = await self.service.resources(tenant_id, query.start, query.end)
        # What is certain of a report is computed when it is asked for, which takes a while for many.
        return await self.service.compute(
            lambda: worst_resources_content(reports, query, limit=parameters.limit, offset=parameters.offset)
        )

    async def query(self, tenant_id: str, parameters: QueryParameters) -> ComplianceQuery:
        """Return the query, in the tenant's own days; a bad parameter is the client's fault."""
        self.check_declared(parameters)
        with service_errors(self.outages):
            subject = await self.service.subject(tenant_id)
        with client_errors():
            return parameters.query(subject)

    def check_declared(self, parameters: DeclaredParameters) -> None:
        """Refuse other parameters, where the app wants that."""
        if self.unknown_parameters == "refuse":
            with client_errors():
                parameters.check_declared(self.own_parameters)

    async def _answer(self, query: ComplianceQuery) -> ComplianceAnswer:
        end = None if query.is_until_now else query.end
        with service_errors(self.outages):
            return await self.service.compliance(
                query.tenant_id, query.start, end, target=query.target, accounting=query.accounting
            )


@contextmanager
def _no_resources() -> Iterator[None]:
    """Turn the error that the alarms have no column of resources into a 404: there is nothing to list."""
    try:
        yield
    except SLAComplianceError as error:
        if error.field != "by":
            raise
        detail = f"The alarms name no resources: {error}; the source's mapping must name a column as resource_id."
        raise ProblemError(HTTPStatus.NOT_FOUND, detail) from error
