"""Routes about several tenants: which ones there are to choose from, and how all of them stand."""
################################################################
# Which tenants these are is said by the app's own dependency, from the authenticated
# identity. No parameter and no header of a request adds one.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from sla_compliance.errors import InvalidIntervalError, InvalidValueError, RangeTooLongError, shown
from sla_compliance.service import ComplianceService, TenantOverview
from sla_compliance.units import SECOND_US, parse_date
from sla_compliance.web.errors import client_errors, service_errors
from sla_compliance.web.host_errors import ErrorForm, route_options
from sla_compliance.web.outage_log import OutageLog
from sla_compliance.web.queries import DEFAULT_LIMIT, MAX_DAYS, DeclaredParameters, Limit, Offset
from sla_compliance.web.responses import COMMON_RESPONSES, TOTAL_HEADER, Body, json_response

TENANTS_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "headers": {
            TOTAL_HEADER: {
                "description": "How many tenants there are; `limit` and `offset` choose among them.",
                "schema": {"type": "integer"},
            },
        },
    }
}


@dataclass(frozen=True, slots=True)
class ListedTenant:
    """A tenant to choose from.

    Attributes:
        tenant_id: its id.
        title: what people call it; None where that is not known.
    """

    tenant_id: str
    title: str | None = None


class Tenant(BaseModel):
    """A tenant to choose from."""

    tenant_id: str
    title: str = Field(description="What people call it; its id where that is not known.")


class TopDoubt(BaseModel):
    """What leaves most time in doubt."""

    cause: str
    rows: int = Field(description="How many rows leave it open.")
    seconds: float = Field(description="The time at stake.")


class TopCause(BaseModel):
    """What took most downtime by itself."""

    code: str = Field(description="STALE_ALARM: an alarm unseen for 7 days; REFUSED_WORK: work that excuses nothing.")
    name: str = Field(description="The alarm or the window.")
    seconds: float


class TenantStanding(BaseModel):
    """How a tenant stands over the stored days of the range."""

    tenant_id: str
    title: str
    zone: str | None
    has_data: bool = Field(description="Whether a stored day has an availability; else the figures are null.")
    start: str | None = Field(description="First instant of the first stored day, with the tenant's offset.")
    end: str | None = Field(description="End of the last stored day.")
    closed_days: int = Field(description="How many days of the range are over for good.")
    stored_days: int = Field(description="How many of them the figures are of.")
    compliance_percentage: float | None = Field(description="Rounded down.")
    target_percentage: float | None
    verdict: Literal["MET", "AT_RISK", "BREACHED", "UNDETERMINED"]
    is_confirmed: bool = Field(description="Whether neither a doubt nor a missing day could change the verdict.")
    low_percentage: float | None = Field(description="The least availability of the stored days by any reading.")
    high_percentage: float | None = Field(description="The greatest one, likewise.")
    downtime_minutes: int | None
    downtime_seconds: float | None
    top_doubt: TopDoubt | None
    top_cause: TopCause | None = Field(description="Null where stored days name no cause: they know few by name.")
    fault: str | None = Field(description="Why what is known of the tenant cannot be used; null where it can.")


class ListParameters(DeclaredParameters):
    """Which part of a list is wanted."""

    limit: Limit = Field(DEFAULT_LIMIT, description="How many.")
    offset: Offset = Field(0, description="How many of the first are skipped.")


class OverviewParameters(ListParameters):
    """Parameters of `/sla/overview`."""

    from_date: str | None = Field(None, description="A date, YYYY-MM-DD: each tenant's own local day.")
    to_date: str | None = Field(None, description="A date, included. Without it: until today.")
    period: Literal["month"] | None = Field(None, description="Instead of dates, and without any: this month.")

    @property
    def dates(self) -> tuple[dt.date | None, dt.date | None]:
        """The first and the last date; None where the parameters do not say.

        Raises:
            SLAComplianceError: a parameter is bad; `field` names it.
        """
        if self.from_date is None and self.to_date is None:
            return None, None
        if self.period is not None:
            raise InvalidValueError("period stands beside from_date or to_date; give one or the other", field="period")
        if self.from_date is None:
            raise InvalidValueError("from_date is missing; give it beside to_date", field="from_date")
        first = parse_date(self.from_date, field="from_date")
        if self.to_date is None:
            return first, None
        last = parse_date(self.to_date, field="to_date")
        if last < first:
            raise InvalidIntervalError(
                f"to_date is {shown(self.to_date)}, before from_date {shown(self.from_date)}; swap them",
                field="to_date",
            )
        return first, last


@dataclass(frozen=True, slots=True)
class _Overviews:
    """How tenants stand, as the service says."""

    service: ComplianceService
    outages: OutageLog

    async def of(self, tenants: Sequence[ListedTenant], parameters: OverviewParameters) -> Sequence[TenantOverview]:
        with client_errors():
            first, last = parameters.dates
            today = self.service.utc_date
            if first is not None:
                last = self._checked_last(first, today if last is None else last, parameters)
        with service_errors(self.outages):
            return await self.service.overview([tenant.tenant_id for tenant in tenants], first, last)

    def _checked_last(self, first: dt.date, last: dt.date, parameters: OverviewParameters) -> dt.date:
        """Return the last date, not before the first one, for a `from_date` may lie in the future.

        Raises:
            RangeTooLongError: these are more than MAX_DAYS.
        """
        if (last - first).days >= MAX_DAYS:
            raise RangeTooLongError(
                f"from_date {shown(parameters.from_date)} to {last.isoformat()} is more than {MAX_DAYS} days; ask for "
                "fewer",
                field="from_date",
            )
        return max(first, last)


def tenants_router(
    service: ComplianceService,
    *,
    tenants: Any,  # noqa: ANN401 - what Depends returns
    authorize_overview: Callable[..., Any] | None,
    check_declared: Callable[[DeclaredParameters], None],
    outages: OutageLog,
    errors: ErrorForm,
    **options: Any,  # noqa: ANN401 - of APIRouter
) -> APIRouter:
    """Return the routes.

    Args:
        tenants: the dependency whose value is the ListedTenants of the authenticated identity.
        authorize_overview: as of `compliance_router`.
        check_declared: refuses parameters that a route does not declare, where the app wants that.
        outages: what the log says of failures.
        errors: who answers errors.
        options: of the router: its prefix, tags and dependencies.
    """
    router = APIRouter(**route_options(errors, COMMON_RESPONSES), **options)
    overviews = _Overviews(service, outages)
    is_sample = service.is_sample

    @router.get("/tenants", response_model=list[Tenant], responses=TENANTS_RESPONSES)
    async def listed_tenants(
        request: Request,
        parameters: Annotated[ListParameters, Query()],
        listed: Sequence[ListedTenant] = tenants,
    ) -> Response:
        """List the tenants whose figures the identity may see, the default one first."""
        check_declared(parameters)
        unique = list({tenant.tenant_id: tenant for tenant in listed}.values())
        page = unique[parameters.offset : parameters.offset + parameters.limit]
        body = [{"tenant_id": tenant.tenant_id, "title": _title(tenant)} for tenant in page]
        return json_response(request, body, is_sample=is_sample, more_headers={TOTAL_HEADER: str(len(unique))})

    if authorize_overview is None:
        return router

    @router.get(
        "/overview",
        response_model=list[TenantStanding],
        responses=TENANTS_RESPONSES,
        dependencies=[Depends(authorize_overview)],
    )
    async def overview(
        request: Request,
        parameters: Annotated[OverviewParameters, Query()],
        listed: Sequence[ListedTenant] = tenants,
    ) -> Response:
        """List how all of these tenants stand, the worst first, from stored days; today is never among them."""
        check_declared(parameters)
        standings = await overviews.of(listed, parameters)
        titles = {tenant.tenant_id: _title(tenant) for tenant in listed}
        page = standings[parameters.offset : parameters.offset + parameters.limit]
        body = [standing_body(standing, titles[standing.tenant_id]) for standing in page]
        return json_response(request, body, is_sample=is_sample, more_headers={TOTAL_HEADER: str(len(standings))})

    return router


def _title(tenant: ListedTenant) -> str:
    return tenant.tenant_id if tenant.title is None else tenant.title


def standing_body(standing: TenantOverview, title: str) -> Body:
    """Return how a tenant stands, in JSON types; shapes as TenantStanding."""
    record, doubt, cause = standing.record, standing.top_doubt, standing.top_cause
    detail = {} if record is None else record.as_dict(detail=True)
    figures = {
        name: detail.get(name)
        for name in (
            "start",
            "end",
            "compliance_percentage",
            "target_percentage",
            "low_percentage",
            "high_percentage",
            "downtime_minutes",
            "downtime_seconds",
        )
    }
    return {
        "tenant_id": standing.tenant_id,
        "title": title,
        "zone": standing.zone,
        "has_data": standing.has_data,
        "closed_days": standing.closed_days,
        "stored_days": standing.stored_days,
        **figures,
        "verdict": detail.get("verdict", "UNDETERMINED"),
        "is_confirmed": standing.is_confirmed,
        "top_doubt": None
        if doubt is None
        else {"cause": str(doubt.cause), "rows": doubt.rows, "seconds": doubt.length_us / SECOND_US},
        "top_cause": None
        if cause is None
        else {"code": cause.code, "name": cause.name, "seconds": cause.length_us / SECOND_US},
        "fault": standing.fault or None,
    }
