"""/metrics: what Prometheus scrapes, of all workers."""
################################################################
# Series of tenants say how available each of them was. They are shown where only
# this machine can ask, or where whoever scrapes has a token of its own; else what
# is counted is counted for all tenants together.
################################################################

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hmac import compare_digest
from http import HTTPStatus

from fastapi import Request, Response
from prometheus_client import CollectorRegistry

from sla_compliance.outlets.prometheus import exposition
from sla_compliance.web.errors import ProblemError


def metrics_of(registry: CollectorRegistry, token: str | None) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint; with a token, it is for those alone who send it as a bearer."""

    async def metrics(request: Request) -> Response:
        if token is not None and not _is_bearer(request, token):
            raise ProblemError(
                HTTPStatus.UNAUTHORIZED, "Send the token of SLA_METRICS_TOKEN.", WWW_Authenticate="Bearer"
            )
        body, content_type = exposition(registry, request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": content_type, "Cache-Control": "no-store"})

    return metrics


def _is_bearer(request: Request, token: str) -> bool:
    given = request.headers.get("authorization", "")
    return compare_digest(given.encode(), f"Bearer {token}".encode())
