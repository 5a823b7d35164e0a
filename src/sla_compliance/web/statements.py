"""Statements: two routes that list and return what was issued; issuing is a job's or a person's work."""
################################################################
#     GET /sla/statements             those issued last first, without days and lines
#     GET /sla/statements/{digest}    one of them, whole, as `sla-compliance statement`
#                                     writes and reads it
#
# They are there where the service has a store of statements. A digest names one
# statement, whatever its period, number and subject. With `known_at` the list has of
# each period the statement that was the last one at that instant.
################################################################

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from sla_compliance.analysis import Statement
from sla_compliance.analysis.statement_documents import document_of
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.errors import InvalidIntervalError, InvalidValueError, shown
from sla_compliance.service import ComplianceService
from sla_compliance.stores.statements import StatementFilter
from sla_compliance.units import MAX_US, MIN_US, ONE_DAY, instant_us, moment, parse_date, parse_timestamp
from sla_compliance.web.errors import PROBLEM_JSON, ProblemError, client_errors, service_errors
from sla_compliance.web.host_errors import ErrorForm, route_options
from sla_compliance.web.outage_log import OutageLog
from sla_compliance.web.queries import DEFAULT_LIMIT, DeclaredParameters, Limit, Offset
from sla_compliance.web.responses import COMMON_RESPONSES, TOTAL_HEADER, Content, Problem, content_response
from sla_compliance.zones import load_zone

_DATE: Final = "A date of the tenant (YYYY-MM-DD): statements of periods that"
_Figures = dict[str, str | int | bool | None]

LIST_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.OK.value: {
        "headers": {
            TOTAL_HEADER: {
                "description": "How many statements there are; `limit` and `offset` choose among them.",
                "schema": {"type": "integer"},
            },
        },
    }
}
ONE_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.NOT_FOUND.value: {
        "description": "No statement of the tenant has this digest.",
        "content": {PROBLEM_JSON: {"schema": Problem.model_json_schema()}},
    }
}


class StatementsParameters(DeclaredParameters):
    """Parameters of `/sla/statements`."""

    limit: Limit = Field(DEFAULT_LIMIT, description="How many, those issued last first.")
    offset: Offset = Field(0, description="How many of those issued last are skipped.")
    from_date: str | None = Field(None, description=f"{_DATE} last until then or longer.")
    to_date: str | None = Field(None, description=f"{_DATE} begin by then.")
    known_at: str | None = Field(
        None, description="An RFC 3339 timestamp: of each period the last statement that was issued by then."
    )
    subject: str | None = Field(None, description="Statements of this resource or other subject alone.")

    def wanted(self, zone: str) -> StatementFilter:
        """Return which statements are meant, in the tenant's days; errors carry the parameter as `field`."""
        start_us, end_us = MIN_US, MAX_US
        if self.from_date is not None:
            from_date = parse_date(self.from_date, field="from_date")
            start_us = first_instant_us(from_date, zone, field="from_date")
        if self.to_date is not None:
            to_date = parse_date(self.to_date, field="to_date")
            if to_date == dt.date.max:
                raise InvalidValueError(f"to_date is {shown(to_date)}; give an earlier date", field="to_date")
            end_us = first_instant_us(to_date + ONE_DAY, zone, field="to_date")
        if end_us <= start_us:
            raise InvalidIntervalError(
                f"to_date is {shown(self.to_date)}, before from_date {shown(self.from_date)}; swap them",
                field="to_date",
            )
        known_at_us = None
        if self.known_at is not None:
            known_at_us = instant_us(parse_timestamp(self.known_at, field="known_at"), field="known_at")
        subjects = None if self.subject is None else (self.subject,)
        return StatementFilter(start_us=start_us, end_us=end_us, known_at_us=known_at_us, subjects=subjects)


class StatementSummary(BaseModel):
    """A statement in a list."""

    digest: str = Field(description="Its name in `/sla/statements/{digest}`.")
    subject: str | None = Field(description="Of what it is, e.g. a resource; null: all of the tenant.")
    zone: str
    start: str
    end: str
    number: int = Field(description="1 for the first one of its period and subject.")
    issued_at: str
    issued_by: str
    is_provisional: bool = Field(description="Whether its period was not closed yet.")
    figures: _Figures = Field(description="Shares are exact, as numerator/denominator.")
    supersedes: str | None = Field(description="The digest of the statement before it; null: it is the first.")
    reason: str | None = Field(description="Why the facts changed; null: it is the first.")


class StatementDocument(BaseModel):
    """A whole statement; lengths and instants are microseconds."""

    tenant: str
    subject: str | None
    zone: str
    start_us: int
    end_us: int
    number: int
    issued_us: int
    issued_by: str
    is_provisional: bool
    policy: str
    tz_version: str
    as_of_us: int
    figures: _Figures
    day_cells: dict[str, dict[str, int]] = Field(description="By local date, the length of each SCOPE/STATE.")
    corrections: list[str]
    input_digest: str = Field(description="SHA-256 of the lines.")
    supersedes: str | None
    reason: str | None
    lines: list[str] | None = Field(description="What it was made from; null where there is too much of it.")
    digest: str = Field(description="SHA-256 of the fields other than the lines, as canonical JSON.")


def statements_router(
    service: ComplianceService,
    *,
    admitted_tenant: Any,  # noqa: ANN401 - what Depends() returns has no public type
    outages: OutageLog,
    errors: ErrorForm,
    check_declared: Callable[[DeclaredParameters], None],
    **options: Any,  # noqa: ANN401 - of APIRouter
) -> APIRouter:
    """Return the router of the two routes.

    Args:
        admitted_tenant: the dependency whose value is the tenant id.
        outages: what the log says of failures.
        check_declared: refuses parameters that a route does not declare, where the app wants that.
        errors: who answers errors.
        options: of the router: its prefix and tags.
    """
    router = APIRouter(**route_options(errors, COMMON_RESPONSES), **options)

    @router.get("/statements", response_model=list[StatementSummary], responses=LIST_RESPONSES)
    async def statements(
        request: Request, parameters: Annotated[StatementsParameters, Query()], tenant_id: str = admitted_tenant
    ) -> Response:
        """List the statements of the tenant, those issued last first."""
        check_declared(parameters)
        with service_errors(outages):
            subject = await service.subject(tenant_id)
        with client_errors():
            wanted = parameters.wanted(subject.zone)
        with service_errors(outages):
            page = await service.statements(tenant_id, wanted, limit=parameters.limit, offset=parameters.offset)
        content = await service.compute(lambda: _content([_summary(kept) for kept in page.statements]))
        headers = {TOTAL_HEADER: str(page.total)}
        return content_response(request, content, is_sample=service.is_sample, more_headers=headers)

    @router.get("/statements/{digest}", response_model=StatementDocument, responses=ONE_RESPONSES)
    async def statement(
        request: Request, digest: Annotated[str, Path(pattern="^[0-9a-f]{64}$")], tenant_id: str = admitted_tenant
    ) -> Response:
        """Return one statement, whole."""
        with service_errors(outages):
            kept = await service.statement_with_digest(tenant_id, digest)
        if kept is None:
            raise ProblemError(HTTPStatus.NOT_FOUND, f"digest is {digest}, which no statement of this tenant has")
        content = await service.compute(lambda: _content(document_of(kept)))
        return content_response(request, content, is_sample=service.is_sample)

    return router


def _summary(kept: Statement) -> dict[str, object]:
    zone = load_zone(kept.zone)
    return {
        "digest": kept.digest,
        "subject": kept.subject,
        "zone": kept.zone,
        "start": moment(kept.start_us, zone).isoformat(),
        "end": moment(kept.end_us, zone).isoformat(),
        "number": kept.number,
        "issued_at": moment(kept.issued_us, zone).isoformat(),
        "issued_by": kept.issued_by,
        "is_provisional": kept.is_provisional,
        "figures": dict(kept.figures),
        "supersedes": kept.supersedes,
        "reason": kept.reason,
    }


def _content(body: object) -> Content:
    """Return a body as ASCII alone: a statement keeps texts of rows, and these may be what no encoding has."""
    return Content.of(json.dumps(body, separators=(",", ":"), allow_nan=False).encode("ascii"))
