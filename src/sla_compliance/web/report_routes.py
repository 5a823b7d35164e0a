"""Reports: a route that answers with a file, and one that lists the formats that this server can write."""
################################################################
#     GET /sla/report           a month, or other days, as PDF, HTML, XLSX, CSV or JSON
#     GET /sla/report-formats   which of these formats the server has the packages for
#
# Whoever may see the figures may have them as a file. Every file is an attachment, so
# that a browser opens none of them as a page of this server. Made-up figures have no
# report.
################################################################

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from sla_compliance.errors import InvalidFileError, InvalidValueError, MissingExtraError, shown
from sla_compliance.outlets.report_formats import FILE_FORMATS, ReportFormat, available_formats
from sla_compliance.outlets.report_names import report_file_name
from sla_compliance.service import ComplianceService
from sla_compliance.service.report_facts import ReportFacts
from sla_compliance.settings.notifications import ReportsOf
from sla_compliance.web.errors import LOG, PROBLEM_JSON, ProblemError, service_errors
from sla_compliance.web.host_errors import ErrorForm, route_options
from sla_compliance.web.outage_log import OutageLog, one_line
from sla_compliance.web.period_routes import ReadQuery
from sla_compliance.web.queries import ComplianceQuery, DeclaredParameters
from sla_compliance.web.report_queries import ReportParameters
from sla_compliance.web.report_writing import ReportPlaces, ReportWriting
from sla_compliance.web.responses import COMMON_RESPONSES, Content, Problem, content_response, json_response

_FILE: Final = {"schema": {"type": "string", "format": "binary"}}
REPORT_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.OK.value: {
        "description": "The file.",
        "content": {entry.media_type: {} if entry.name == "json" else _FILE for entry in FILE_FORMATS.values()},
        "headers": {
            "Content-Disposition": {"description": "The name of the file.", "schema": {"type": "string"}},
        },
    },
}
MISSING_PACKAGES: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.NOT_IMPLEMENTED.value: {
        "description": "The server lacks the packages for this format or locale; the detail names them.",
        "content": {PROBLEM_JSON: {"schema": Problem.model_json_schema()}},
    },
}


def reports_router(
    service: ComplianceService,
    *,
    admitted_tenant: Any,  # noqa: ANN401 - what Depends() returns has no public type
    read_query: ReadQuery,
    check_declared: Callable[[DeclaredParameters], None],
    reports: ReportsOf,
    outages: OutageLog,
    errors: ErrorForm,
    **options: Any,  # noqa: ANN401 - of APIRouter
) -> APIRouter:
    """Return the router of the two routes.

    Args:
        admitted_tenant: the dependency whose value is the tenant id.
        read_query: reads parameters.
        check_declared: refuses parameters that a route does not declare, where the app wants that.
        reports: title, parties, logo and locale of a tenant's reports.
        outages: what the log says of failures.
        errors: who answers errors.
        options: of the router: its prefix and tags.
    """
    router = APIRouter(**route_options(errors, {**COMMON_RESPONSES, **MISSING_PACKAGES}), **options)
    files = _ReportFiles(service, read_query, reports, outages)

    @router.get("/report", response_class=Response, responses=REPORT_RESPONSES)
    async def report(
        request: Request, parameters: Annotated[ReportParameters, Query()], tenant_id: str = admitted_tenant
    ) -> Response:
        """Return the report of a month, or of other days, as a file."""
        with _errors_of_extras():
            name, content = await files.file(tenant_id, parameters)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        media_type = FILE_FORMATS[parameters.format].media_type
        return content_response(request, content, is_sample=False, more_headers=headers, media_type=media_type)

    @router.get("/report-formats", response_model=list[str])
    async def report_formats(
        request: Request, parameters: Annotated[DeclaredParameters, Query()], _: str = admitted_tenant
    ) -> Response:
        """List the formats that this server has the packages for."""
        check_declared(parameters)
        return json_response(request, available_formats(), is_sample=False)

    return router


@dataclass(frozen=True, slots=True)
class _ReportFiles:
    """The file of an answer: read the parameters for the tenant, ask the service, write what it says."""

    service: ComplianceService
    read_query: ReadQuery
    reports: ReportsOf
    outages: OutageLog
    places: ReportPlaces = field(default_factory=ReportPlaces)
    writing: ReportWriting = field(default_factory=ReportWriting)

    async def file(self, tenant_id: str, parameters: ReportParameters) -> tuple[str, Content]:
        """Return the name of the file and what is in it."""
        with self.places.taken(tenant_id):
            return await self._file(tenant_id, parameters)

    async def _file(self, tenant_id: str, parameters: ReportParameters) -> tuple[str, Content]:
        report_format = FILE_FORMATS[parameters.format]
        _check_available(report_format)
        query = await self.read_query(tenant_id, parameters)
        settings = self.reports(tenant_id)
        if parameters.locale is not None:
            settings = replace(settings, locale=parameters.locale)
        with service_errors(self.outages):
            facts = await self._facts(query, parameters)
        with service_errors(self.outages), _errors_of_settings(tenant_id):
            document = await self.service.document_of(facts, settings)
        dates = facts.answer.dates
        name = report_file_name(tenant_id, dates[0], dates[-1], report_format.name)
        return name, Content.of(await self.writing.write(lambda: report_format.write(document)))

    async def _facts(self, query: ComplianceQuery, parameters: ReportParameters) -> ReportFacts:
        if parameters.first_date is not None:
            return await self.service.month_facts(query.tenant_id, parameters.first_date, accounting=query.accounting)
        end = None if query.is_until_now else query.end
        return await self.service.range_facts(query.tenant_id, query.start, end, accounting=query.accounting)


def _check_available(report_format: ReportFormat) -> None:
    """Check that a format can be written, before any figure is read.

    Raises:
        MissingExtraError: it cannot.
    """
    if not report_format.is_available:
        raise MissingExtraError(f"format {report_format.name}", extra=report_format.extra or report_format.name)


@contextmanager
def _errors_of_settings(tenant_id: str) -> Iterator[None]:
    """Turn what the settings of a tenant's reports are refused for into a 409; a file's path is for the log alone."""
    try:
        yield
    except (InvalidFileError, InvalidValueError) as error:
        LOG.error("tenant %s has no reports: %s", shown(tenant_id), one_line(error))
        field = error.field if isinstance(error, InvalidValueError) else "reports.logo"
        detail = f"The settings of your reports cannot be used: {field}. The server's log says why."
        raise ProblemError(HTTPStatus.CONFLICT, detail) from error


@contextmanager
def _errors_of_extras() -> Iterator[None]:
    """Turn the lack of packages into a 501."""
    try:
        yield
    except MissingExtraError as error:
        raise ProblemError(HTTPStatus.NOT_IMPLEMENTED, str(error)) from error
