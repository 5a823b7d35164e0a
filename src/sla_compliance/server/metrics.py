"""/metrics: what Prometheus scrapes, of all workers."""
################################################################
# Series of single tenants say how available each of them was. They are shown where
# only this machine can reach the port, or behind a token of their own; elsewhere
# all tenants are counted together.
################################################################

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hmac import compare_digest
from http import HTTPStatus

from sla_compliance.errors import requires_extra

with requires_extra("serve", __name__):
    from fastapi import Request, Response
    from prometheus_client import CollectorRegistry

from sla_compliance.outlets.prometheus import exposition
from sla_compliance.server.settings import METRICS_TOKEN
from sla_compliance.web.errors import ProblemError


def metrics_endpoint(registry: CollectorRegistry, token: str | None) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint; with a token, only requests with this bearer token are answered."""

    async def metrics(request: Request) -> Response:
        if token is not None and not _has_bearer_token(request, token):
            detail = f"Send the token of {METRICS_TOKEN}."
            raise ProblemError(HTTPStatus.UNAUTHORIZED, detail, WWW_Authenticate="Bearer")
        body, content_type = exposition(registry, request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": content_type, "Cache-Control": "no-store"})

    return metrics


def _has_bearer_token(request: Request, token: str) -> bool:
    """Compare in constant time: how long it takes says nothing about the token."""
    authorization = request.headers.get("authorization", "")
    return compare_digest(authorization.encode(), f"Bearer {token}".encode())
