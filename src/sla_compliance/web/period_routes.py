"""GET routes for periods: the error budget, what cost it, how reliable a service was, how periods compare."""
################################################################
#     GET /sla/budget          of the period in progress
#     GET /sla/attribution     downtime of a range by a column of the alarms
#     GET /sla/incident-costs  incidents of a range, the dearest first
#     GET /sla/reliability     MTBF, MTTR, MTTA of a range
#     GET /sla/trend           the last periods, each beside the one before
#
# Bodies that grow with a tenant's rows are made in the service's computing thread.
################################################################

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from sla_compliance.errors import SLAComplianceError
from sla_compliance.incidents import PageBounds
from sla_compliance.service import ComplianceService
from sla_compliance.web.errors import client_errors, service_errors
from sla_compliance.web.host_errors import ErrorForm, route_options
from sla_compliance.web.outage_log import OutageLog
from sla_compliance.web.period_queries import (
    AttributionParameters,
    BudgetParameters,
    IncidentCostsParameters,
    ReliabilityParameters,
    TrendParameters,
)
from sla_compliance.web.period_responses import (
    AttributedDowntime,
    Budget,
    PeriodChange,
    PricedIncidents,
    ReliabilityFigures,
    attribution_body,
    budget_body,
    change_body,
    incident_costs_body,
)
from sla_compliance.web.queries import ComplianceQuery, QueryParameters
from sla_compliance.web.responses import COMMON_RESPONSES, Body, Content, content_response, to_json

ReadQuery = Callable[[str, QueryParameters], Awaitable[ComplianceQuery]]
"""Reads the parameters of a request for a tenant; errors are problems."""


def periods_router(
    service: ComplianceService,
    *,
    admitted_tenant: Any,  # noqa: ANN401 - what Depends() returns has no public type
    read_query: ReadQuery,
    outages: OutageLog,
    errors: ErrorForm,
    **options: Any,  # noqa: ANN401 - of APIRouter
) -> APIRouter:
    """Return the router of these routes.

    Args:
        admitted_tenant: the dependency whose value is the tenant id.
        read_query: reads parameters.
        outages: what the log says of failures.
        errors: who answers errors.
        options: of the router: its prefix and tags.
    """
    router = APIRouter(**route_options(errors, COMMON_RESPONSES), **options)
    contents = _Contents(service, read_query, outages)
    is_sample = service.is_sample

    @router.get("/budget", response_model=Budget)
    async def budget(
        request: Request, parameters: Annotated[BudgetParameters, Query()], tenant_id: str = admitted_tenant
    ) -> Response:
        """Return how much of the error budget of the period in progress is left, and until when an outage may last."""
        return content_response(request, await contents.budget(tenant_id, parameters), is_sample=is_sample)

    @router.get("/attribution", response_model=AttributedDowntime)
    async def attribution(
        request: Request, parameters: Annotated[AttributionParameters, Query()], tenant_id: str = admitted_tenant
    ) -> Response:
        """Return how the downtime of a range is spread over the values of a column of the alarms."""
        return content_response(request, await contents.attribution(tenant_id, parameters), is_sample=is_sample)

    @router.get("/incident-costs", response_model=PricedIncidents)
    async def incident_costs(
        request: Request, parameters: Annotated[IncidentCostsParameters, Query()], tenant_id: str = admitted_tenant
    ) -> Response:
        """List the outages of a range with what each took of its error budget, and which decided it."""
        return content_response(request, await contents.incident_costs(tenant_id, parameters), is_sample=is_sample)

    @router.get("/reliability", response_model=ReliabilityFigures)
    async def reliability(
        request: Request, parameters: Annotated[ReliabilityParameters, Query()], tenant_id: str = admitted_tenant
    ) -> Response:
        """Return how often the service failed in a range, and how long it took to restore."""
        return content_response(request, await contents.reliability(tenant_id, parameters), is_sample=is_sample)

    @router.get("/trend", response_model=list[PeriodChange])
    async def trend(
        request: Request, parameters: Annotated[TrendParameters, Query()], tenant_id: str = admitted_tenant
    ) -> Response:
        """Return the last weeks or months in order of time, each beside the one that it is compared with."""
        return content_response(request, await contents.trend(tenant_id, parameters), is_sample=is_sample)

    return router


@dataclass(frozen=True, slots=True)
class _Contents:
    """The content of each route's answer: read the parameters for the tenant, ask the service."""

    service: ComplianceService
    read_query: ReadQuery
    outages: OutageLog

    async def budget(self, tenant_id: str, parameters: BudgetParameters) -> Content:
        query = await self.read_query(tenant_id, parameters)
        with service_errors(self.outages):
            budget = await self.service.budget(
                tenant_id, parameters.chosen_period, target=query.target, accounting=query.accounting
            )
        return Content.of(to_json(budget_body(budget, period=parameters.period, zone=query.zone)))

    async def attribution(self, tenant_id: str, parameters: AttributionParameters) -> Content:
        query = await self.read_query(tenant_id, parameters)
        with _errors_of_column(), service_errors(self.outages):
            attribution = await self.service.attribution(
                tenant_id, query.start, query.end, by=parameters.by, accounting=query.accounting
            )
        return await self._content(
            lambda: attribution_body(attribution, limit=parameters.limit, offset=parameters.offset)
        )

    async def incident_costs(self, tenant_id: str, parameters: IncidentCostsParameters) -> Content:
        query = await self.read_query(tenant_id, parameters)
        bounds = PageBounds(offset=parameters.offset, limit=parameters.limit, alarm_limit=0)
        with service_errors(self.outages):
            costs = await self.service.incident_costs(
                tenant_id, query.start, query.end, bounds=bounds, target=query.target, accounting=query.accounting
            )
        return await self._content(
            lambda: incident_costs_body(costs, query.start, query.end, limit=parameters.limit, offset=parameters.offset)
        )

    async def reliability(self, tenant_id: str, parameters: ReliabilityParameters) -> Content:
        query = await self.read_query(tenant_id, parameters)
        with service_errors(self.outages):
            figures = await self.service.reliability(tenant_id, query.start, query.end, accounting=query.accounting)
        return Content.of(to_json(figures.as_dict()))

    async def trend(self, tenant_id: str, parameters: TrendParameters) -> Content:
        query = await self.read_query(tenant_id, parameters)
        with service_errors(self.outages):
            changes = await self.service.trend(
                tenant_id,
                parameters.chosen_period,
                against=parameters.against,
                count=parameters.count,
                target=query.target,
                accounting=query.accounting,
            )
        return await self._content(lambda: [change_body(change, period=parameters.period) for change in changes])

    async def _content(self, make_body: Callable[[], Body | list[Body]]) -> Content:
        return await self.service.compute(lambda: Content.of(to_json(make_body())))


@contextmanager
def _errors_of_column() -> Iterator[None]:
    """Turn an error about the column `by` into a 422: which columns there are is known with the rows alone."""
    try:
        yield
    except SLAComplianceError as error:
        if error.field != "by":
            raise
        with client_errors():
            raise
