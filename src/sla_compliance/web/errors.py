"""Errors of the endpoint: each is problem+json (RFC 9457), with a `detail` that says what to do."""
################################################################
# A router cannot register exception handlers, so its routes turn errors into
# answers: what is raised in one of them, in the platform's own dependencies too,
# leaves it as problem+json.
#
#     400  a date is bad, empty or reversed, or the range is too long
#     401, 403  as the platform's dependencies say; 403 too for a tenant not held
#     408, 413  the body takes too long, or is too long
#     409  what is known of the tenant cannot be used: its zone, a date, its id
#     422  any other parameter is bad
#     503  the figures are not available at present; Retry-After says when to ask again
#
# A fault of the server's own settings is none of these: it stays an error.
################################################################

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final

from sla_compliance.errors import (
    InvalidTenantError,
    MissingExtraError,
    SLAComplianceError,
    UnknownTenantError,
    requires_extra,
)
from sla_compliance.web.outage_log import OutageLog

with requires_extra("fastapi", __name__):
    from fastapi import HTTPException, Request, Response
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse
    from starlette.exceptions import HTTPException as AnyHTTPException  # FastAPI raises it for a body that is no JSON

from sla_compliance.web.held_places import PlaceHoldingRoute
from sla_compliance.web.request_bodies import with_bounded_body

PROBLEM_JSON: Final = "application/problem+json"
RETRY_AFTER_S: Final = 5
UNAVAILABLE: Final = "The figures are not available at present, and none are remembered; ask again later."
DATE_PARAMETERS: Final = frozenset({"from_date", "to_date", "date", "month"})

LOG: Final = logging.getLogger(__name__)


class ProblemError(HTTPException):
    """An error for the client; headers are keywords, `Retry_After` is Retry-After."""

    def __init__(self, status: HTTPStatus, detail: str, **headers: str) -> None:
        http_headers = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(status, detail, http_headers or None)


def busy(detail: str, *, retry_after_s: int = RETRY_AFTER_S) -> ProblemError:
    """Return the 503 that tells the client when to try again."""
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, detail, Retry_After=str(retry_after_s))


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as problem+json."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body, status, {"Cache-Control": "no-store", **(headers or {})}, PROBLEM_JSON)


@contextmanager
def client_errors() -> Iterator[None]:
    """Turn errors of the library into a 400 or a 422: the block reads nothing but what the client sent."""
    try:
        yield
    except MissingExtraError:
        raise  # no fault of the client's
    except SLAComplianceError as error:
        is_date = error.field in DATE_PARAMETERS
        status = HTTPStatus.BAD_REQUEST if is_date else HTTPStatus.UNPROCESSABLE_ENTITY
        raise ProblemError(status, str(error)) from error


@contextmanager
def service_errors(outages: OutageLog) -> Iterator[None]:
    """Turn what fails while the service is asked into a 503, noted in the log.

    An unknown tenant is a 403, one whose settings cannot be used a 409. Any other error of the
    library comes through: it is a fault of the server's settings.
    """
    try:
        yield
    except UnknownTenantError as error:
        raise ProblemError(HTTPStatus.FORBIDDEN, str(error)) from error
    except InvalidTenantError as error:
        raise ProblemError(HTTPStatus.CONFLICT, str(error)) from error
    except (SLAComplianceError, HTTPException):
        raise
    except Exception as error:
        outages.failed(error)
        raise busy(UNAVAILABLE) from error


class ProblemRoute(PlaceHoldingRoute):
    """A route whose errors are problem+json."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with errors turned into answers."""
        handle = super().get_route_handler()

        async def handle_with_problems(request: Request) -> Response:
            try:
                return await handle(with_bounded_body(request))
            except RequestValidationError as error:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, validation_detail(error))
            except AnyHTTPException as error:
                return problem(error.status_code, str(error.detail), error.headers)

        return handle_with_problems


def validation_detail(error: RequestValidationError) -> str:
    """Return what is wrong with the parameters, in one line."""
    texts: list[str] = []
    for fault in error.errors():
        place = fault["loc"][1:] or fault["loc"]  # the first part says where it was sent: query, header or body
        texts.append(f"{'.'.join(map(str, place))}: {fault['msg']}")
    return "; ".join(texts)
