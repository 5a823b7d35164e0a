"""Who answers errors: the router itself, as problem+json, or the app that it is included in."""
################################################################
# An app may have a form of its own for errors, made by its exception handlers. Then the
# router's errors reach those handlers: HTTPException with status, detail and headers (its
# __cause__ is the library's error), RequestValidationError for parameters and bodies.
# Statuses and details are the same either way.
################################################################

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any, Literal

from fastapi import Request, Response

from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.web.errors import ProblemRoute
from sla_compliance.web.held_places import PlaceHoldingRoute
from sla_compliance.web.request_bodies import with_bounded_body

ErrorForm = Literal["problem", "host"]
Responses = Mapping[int | str, Mapping[str, Any]]


class HostRoute(PlaceHoldingRoute):
    """A route whose errors reach the exception handlers of the app."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with the bounds of bodies."""
        handle = super().get_route_handler()

        async def handle_bounded(request: Request) -> Response:
            return await handle(with_bounded_body(request))

        return handle_bounded


def route_options(errors: ErrorForm, responses: Responses) -> dict[str, Any]:
    """Return the arguments of an APIRouter that say who answers errors, and what OpenAPI says of them.

    Args:
        responses: as OpenAPI describes them where errors are problem+json.

    Raises:
        InvalidValueError: `errors` is neither "problem" nor "host".
    """
    if errors == "problem":
        return {"route_class": ProblemRoute, "responses": responses}
    if errors != "host":
        raise InvalidValueError(f"errors is {shown(errors)}; give 'problem' or 'host'", field="errors")
    return {"route_class": HostRoute, "responses": _without_error_bodies(responses)}


def _without_error_bodies(responses: Responses) -> dict[int | str, dict[str, Any]]:
    """Return responses of which errors have a description alone: their bodies are the app's."""
    described: dict[int | str, dict[str, Any]] = {}
    for status, response in responses.items():
        is_error = int(status) >= HTTPStatus.BAD_REQUEST
        kept_keys = {"description"} if is_error else response.keys()
        described[status] = {key: response[key] for key in kept_keys}
    return described
