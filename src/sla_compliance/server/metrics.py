"""/metrics: what Prometheus scrapes, of all workers."""
################################################################
# Series of single tenants say how available each of them was. They are shown where
# only this machine can reach the port, or behind a token of their own; elsewhere
# all tenants are counted together.
#
# A page of another site can make a browser send requests here, by a name of its own that
# it lets point to this machine (DNS rebinding), and read the answers. Such a request has
# that name in its Host header. So without a token /metrics answers requests by addresses,
# by localhost and by names that the operator has listed; a page has no token.
################################################################

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection
from hmac import compare_digest
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final, NamedTuple

from sla_compliance.errors import requires_extra

with requires_extra("serve", __name__):
    from fastapi import Request, Response
    from prometheus_client import CollectorRegistry

from sla_compliance.outlets.prometheus import exposition
from sla_compliance.server.variables import METRICS_HOSTS, METRICS_TOKEN
from sla_compliance.web.errors import ProblemError

LOCAL_NAME: Final = "localhost"
_HOST: Final = re.compile(r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[^:\[\]]+))(?::[0-9]+)?")


class Refusal(NamedTuple):
    """Why metrics are not shown."""

    status: HTTPStatus
    detail: str


def metrics_endpoint(
    registry: CollectorRegistry, token: str | None, hosts: Collection[str] = ()
) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint.

    Args:
        token: only requests with this bearer token are answered; None: those by a host that is permitted.
        hosts: names by which it may be requested without a token, in lower case.
    """

    async def metrics(request: Request) -> Response:
        authorization, host = request.headers.get("authorization", ""), request.headers.get("host", "")
        reason = refusal(authorization, host, token, hosts)
        if reason is not None:
            headers = {"WWW_Authenticate": "Bearer"} if reason.status == HTTPStatus.UNAUTHORIZED else {}
            raise ProblemError(reason.status, reason.detail, **headers)
        body, content_type = exposition(registry, request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": content_type, "Cache-Control": "no-store"})

    return metrics


def refusal(authorization: str, host: str, token: str | None, hosts: Collection[str]) -> Refusal | None:
    """Return why a request with these headers is not answered; None where it is. Arguments as of the endpoint."""
    if token is not None:
        # In constant time: how long it takes says nothing about the token.
        if compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            return None
        return Refusal(HTTPStatus.UNAUTHORIZED, f"Send the token of {METRICS_TOKEN}.")
    if is_permitted_host(host, hosts):
        return None
    detail = f"The Host header names another host; list it in {METRICS_HOSTS}, or set {METRICS_TOKEN}."
    return Refusal(HTTPStatus.MISDIRECTED_REQUEST, detail)


def is_permitted_host(host: str, names: Collection[str]) -> bool:
    """Return whether a Host header is an address, localhost or one of some names, with any port or none."""
    match = _HOST.fullmatch(host.lower())
    if match is None:
        return False
    return match["name"] in {LOCAL_NAME, *names} or _is_address(match["name"] or match["address"])


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
