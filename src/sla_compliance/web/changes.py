"""POST /sla/changes: a platform says which facts of a tenant changed, where it cannot call the service itself."""
################################################################
# The tenant is that of the authenticated identity, as for every route. The whole body
# is read and checked before anything is done. Then each change is applied as the
# service's own methods do: when the answer is sent, stored days are restated and
# cached ones invalidated.
#
# 200 lists the altered dates. Applying a change twice does no harm, so after a 503 or
# a lost answer the client sends the same body again.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter

from sla_compliance.alarms import Alarm
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.errors import CacheUnavailableError
from sla_compliance.service import ComplianceService, Subject
from sla_compliance.web.errors import PROBLEM_JSON, busy, client_errors, service_errors
from sla_compliance.web.host_errors import ErrorForm, route_options
from sla_compliance.web.outage_log import OutageLog
from sla_compliance.web.reported_changes import (
    AlarmChange,
    AlteredDatesBody,
    MaintenanceChange,
    ReportedChanges,
    check_occurrences,
    reported_alarm,
    reported_dates,
    reported_window,
)
from sla_compliance.web.request_bodies import MAX_BODY_BYTES
from sla_compliance.web.responses import COMMON_RESPONSES, Problem

NOT_INVALIDATED: Final = "The cache does not answer, so old figures may be shown; report the same changes again."

_PROBLEM: Final = {PROBLEM_JSON: {"schema": Problem.model_json_schema()}}
_OWN_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.BAD_REQUEST.value: {"description": "The body is no JSON text.", "content": _PROBLEM},
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value: {
        "description": f"The body is longer than {MAX_BODY_BYTES:,} bytes.",
        "content": _PROBLEM,
    },
    HTTPStatus.UNPROCESSABLE_ENTITY.value: {
        "description": "The body is not of this form; nothing was done.",
        "content": _PROBLEM,
    },
}
CHANGES_RESPONSES: Final = {
    status: response for status, response in COMMON_RESPONSES.items() if status != HTTPStatus.NOT_MODIFIED
} | _OWN_RESPONSES

Apply = Callable[[str], Coroutine[Any, Any, tuple[dt.date, ...]]]


def changes_router(
    service: ComplianceService,
    *,
    admitted_tenant: Any,  # noqa: ANN401 - what Depends() returns has no public type
    outages: OutageLog,
    errors: ErrorForm,
    **options: Any,  # noqa: ANN401 - of APIRouter
) -> APIRouter:
    """Return the router of the one route.

    Args:
        admitted_tenant: the dependency whose value is the tenant id.
        outages: what the log says of failures.
        errors: who answers errors.
        options: of the router: its prefix and tags.
    """
    router = APIRouter(**route_options(errors, CHANGES_RESPONSES), **options)

    @router.post("/changes")
    async def changes(body: ReportedChanges, tenant_id: str = admitted_tenant) -> AlteredDatesBody:
        """Take note of changes of the tenant's facts; answer with the local dates that they can alter.

        Idempotent: after an error, or where the answer was lost, send the same body again.
        """
        with service_errors(outages):
            subject = await service.subject(tenant_id)
        with client_errors():
            applications = _applications(service, body, subject, dt.datetime.now(dt.UTC))
        altered_dates: set[dt.date] = set()
        with service_errors(outages):
            try:
                for apply in applications:
                    altered_dates.update(await apply(tenant_id))
            except CacheUnavailableError as error:
                outages.failed(error)
                raise busy(NOT_INVALIDATED) from error
        return AlteredDatesBody(altered_dates=[date.isoformat() for date in sorted(altered_dates)])

    return router


def _applications(service: ComplianceService, body: ReportedChanges, subject: Subject, now: dt.datetime) -> list[Apply]:
    """Return what applies each change to a tenant; errors as of reported_changes.py."""
    applications: list[Apply] = []
    windows: dict[str, MaintenanceWindow] = {}
    for number, change in enumerate(body.changes):
        field = f"changes[{number}]"
        if isinstance(change, AlarmChange):
            old, new = reported_alarm(change.old, f"{field}.old", now), reported_alarm(change.new, f"{field}.new", now)
            applications.append(_alarm_application(service, old, new))
        elif isinstance(change, MaintenanceChange):
            before, after = (
                reported_window(change.old, f"{field}.old", now),
                reported_window(change.new, f"{field}.new", now),
            )
            windows |= {
                f"{field}.{name}": window for name, window in (("old", before), ("new", after)) if window is not None
            }
            applications.append(_window_application(service, before, after))
        else:
            applications.append(_dates_application(service, reported_dates(change.dates, f"{field}.dates", now)))
    check_occurrences(windows, subject.zone, subject.as_of_us)
    return applications


def _alarm_application(service: ComplianceService, old: Alarm | None, new: Alarm | None) -> Apply:
    return lambda tenant_id: service.alarm_changed(tenant_id, old, new)


def _window_application(
    service: ComplianceService, old: MaintenanceWindow | None, new: MaintenanceWindow | None
) -> Apply:
    return lambda tenant_id: service.exclusion_changed(tenant_id, old, new)


def _dates_application(service: ComplianceService, dates: tuple[dt.date, ...]) -> Apply:
    async def invalidate(tenant_id: str) -> tuple[dt.date, ...]:
        await service.invalidate(tenant_id, dates)
        return dates

    return invalidate
