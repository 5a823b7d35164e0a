"""Problems: every error as problem+json (RFC 9457), with a `detail` that says what to do."""
################################################################
# A router cannot register exception handlers, so its routes do the work: whatever
# is raised in a route of ours, the platform's own dependencies included, leaves it
# as problem+json.
#
#     400  a date is bad, empty or reversed, or the range is too long
#     401, 403  as the platform's dependencies say; 403 too for a tenant not held
#     422  any other parameter is bad
#     503  the figures cannot be had at present; Retry-After says when to ask again
#
# A fault of the server's own settings is none of these: it stays an error.
################################################################

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final

from sla_compliance.errors import SLAComplianceError, UnknownTenantError, requires_extra

with requires_extra("fastapi", __name__):
    from fastapi import HTTPException, Request, Response
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse
    from fastapi.routing import APIRoute

PROBLEM_JSON: Final = "application/problem+json"
RETRY_AFTER_S: Final = 5
DATES: Final = frozenset({"from_date", "to_date", "date"})

_log = logging.getLogger(__name__)


class ProblemError(HTTPException):
    """An error for the client."""

    def __init__(self, status: HTTPStatus, detail: str, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(status, detail, named or None)


def busy(detail: str, *, retry_after_s: int = RETRY_AFTER_S) -> ProblemError:
    """Return the 503 that asks the client to come back."""
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, detail, Retry_After=str(retry_after_s))


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as problem+json."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body, status, {"Cache-Control": "no-store", **(headers or {})}, PROBLEM_JSON)


class ClientFault:
    """A block in which an error of the library is the client's fault, for it reads what the client sent."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Turn an error of the library into a 400 or 422."""
        if isinstance(error, SLAComplianceError):
            is_date = error.field in DATES
            status = HTTPStatus.BAD_REQUEST if is_date else HTTPStatus.UNPROCESSABLE_ENTITY
            raise ProblemError(status, str(error)) from error


class Figures:
    """A block that asks the service: what fails there, the source most of all, is a 503 for the client.

    An error of the library is a fault of settings and comes through, but for a tenant that nobody knows: a 403.
    """

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Turn what failed into a problem, and log it."""
        if isinstance(error, UnknownTenantError):
            raise ProblemError(HTTPStatus.FORBIDDEN, str(error)) from error
        if isinstance(error, Exception) and not isinstance(error, SLAComplianceError | HTTPException):
            _log.error("the figures cannot be had: %s", type(error).__name__, exc_info=error)
            raise busy("The figures cannot be had at present, and none are remembered; ask again later.") from error


class ProblemRoute(APIRoute):
    """A route whose errors are problem+json."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, its errors turned into answers."""
        handle = super().get_route_handler()

        async def handle_with_problems(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, faults_of(error))
            except HTTPException as error:
                return problem(error.status_code, str(error.detail), error.headers)

        return handle_with_problems


def faults_of(error: RequestValidationError) -> str:
    """Return what is wrong with the parameters, in one line."""
    return "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
