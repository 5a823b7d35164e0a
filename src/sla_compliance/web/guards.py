"""Guards: what is checked before a request's parameters are read: the tenant, the query's length, the load."""
################################################################
# The tenant comes from the platform's own dependency, never from a parameter. A
# header X-Tenant-ID can only confirm it: one that names another tenant is a 403.
#
# Routes take the confirmed tenant as the value of the dependency. FastAPI runs a
# router's dependencies even where one of their own dependencies failed validation,
# so what a guard leaves in request.state may be absent. It stands there for an
# access log alone.
################################################################

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from fastapi import Depends, Request

from sla_compliance.web.errors import ProblemError, busy

TENANT_HEADER: Final = "x-tenant-id"
TENANT_NOT_HELD: Final = "X-Tenant-ID names a tenant that you do not hold; leave it out."
MAX_QUERY_BYTES: Final = 1_024
BUSY_RETRY_AFTER_S: Final = 1


def confirmed_tenant(tenant: Callable[..., Any]) -> Callable[..., Awaitable[str]]:
    """Return the dependency whose value is the tenant id of `tenant`; it refuses a header that names another."""

    async def confirm(request: Request, tenant_id: str = Depends(tenant)) -> str:
        # A proxy may look at any of several such headers, so each of them has to agree.
        if any(header != tenant_id for header in request.headers.getlist(TENANT_HEADER)):
            raise ProblemError(HTTPStatus.FORBIDDEN, TENANT_NOT_HELD)
        request.state.sla_tenant_id = tenant_id
        return tenant_id

    return confirm


async def bounded_query(request: Request) -> None:
    """Refuse a query string that is longer than any request needs."""
    length = len(request.scope["query_string"])
    if length > MAX_QUERY_BYTES:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"the query string is {length} bytes long; a question needs less than {MAX_QUERY_BYTES}",
        )


class ConcurrencyLimit:
    """A dependency that lets at most `max_concurrent` requests of this process run at once; others get a 503."""

    def __init__(self, max_concurrent: int) -> None:
        self._free = max_concurrent

    async def __call__(self) -> AsyncIterator[None]:
        """Hold one of the places until the request has ended."""
        # Checked and taken without an await in between: no other request can come in there.
        if self._free < 1:
            raise busy("Too many requests at once; ask again in a moment.", retry_after_s=BUSY_RETRY_AFTER_S)
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1
