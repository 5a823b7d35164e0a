"""Guards: what comes before a request's parameters are read: identity, tenant, length of the query, load."""
################################################################
# The tenant comes from the platform's own dependency, never from a parameter. A
# header X-Tenant-ID can only confirm it: one that names another tenant is a 403. Where
# such a header means something else to the platform, it is ignored.
#
# A route takes one dependency, whose value is what the platform says of the identity.
# FastAPI runs a route's dependencies before it reads the route's own parameters, and
# those of a dependency in the order of its arguments. For each dependency it does a fixed
# amount of work, and as much again wherever the same one is named: hence a single one.
#
# What a guard leaves in request.state stands there for an access log alone.
################################################################

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Literal

from fastapi import Depends, Request

from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.web.errors import ProblemError, busy
from sla_compliance.web.held_places import hold

TENANT_HEADER: Final = "x-tenant-id"
TENANT_NOT_HELD: Final = "X-Tenant-ID names a tenant that you do not hold; leave it out."
MAX_QUERY_BYTES: Final = 1_024
BUSY_RETRY_AFTER_S: Final = 1

AnyDependency = Callable[..., Any]
TenantHeader = Literal["confirm", "ignore"]


class ConcurrencyLimit:
    """Lets at most `max_concurrent` requests of this process run at once; others get a 503."""

    def __init__(self, max_concurrent: int) -> None:
        self._free = max_concurrent

    def take(self, request: Request) -> None:
        """Hold one of the places until the request has ended."""
        # Checked and taken without an await in between: no other request can come in there.
        if self._free < 1:
            raise busy("Too many requests at once; ask again in a moment.", retry_after_s=BUSY_RETRY_AFTER_S)
        self._free -= 1
        hold(request.scope, self._give_back)

    def _give_back(self) -> None:
        self._free += 1


@dataclass(frozen=True, slots=True)
class Guards:
    """Makes the dependencies of the routes of one router, which share its places.

    Attributes:
        limit: of requests at once.
        tenant_header: "confirm": a header X-Tenant-ID that names another tenant is refused; "ignore": it is not read.
    """

    limit: ConcurrencyLimit
    tenant_header: TenantHeader

    def __post_init__(self) -> None:
        """Check the arguments.

        Raises:
            InvalidValueError: `tenant_header` is another text.
        """
        if self.tenant_header not in ("confirm", "ignore"):
            raise InvalidValueError(
                f"tenant_header is {shown(self.tenant_header)}; give 'confirm' or 'ignore'", field="tenant_header"
            )

    def of_tenant(self, authorize: AnyDependency, tenant: AnyDependency) -> Callable[..., Awaitable[str]]:
        """Return the dependency of a route about one tenant; its value is the tenant id.

        Args:
            authorize: the platform's dependency that permits or raises; it runs first.
            tenant: the platform's dependency whose value is the tenant id.
        """

        async def admitted_tenant(
            request: Request, _: object = Depends(authorize), tenant_id: str = Depends(tenant)
        ) -> str:
            self._confirm(request, tenant_id)
            request.state.sla_tenant_id = tenant_id
            self._check_load(request)
            return tenant_id

        return admitted_tenant

    def of_tenants(self, authorize: AnyDependency) -> Callable[..., Awaitable[None]]:
        """Return the dependency of a route about several tenants; it runs `authorize` first."""

        async def admitted(request: Request, _: object = Depends(authorize)) -> None:
            self._check_load(request)

        return admitted

    def _confirm(self, request: Request, tenant_id: str) -> None:
        # A proxy may look at any of several such headers, so each of them has to agree.
        headers = request.headers.getlist(TENANT_HEADER) if self.tenant_header == "confirm" else []
        if any(header != tenant_id for header in headers):
            raise ProblemError(HTTPStatus.FORBIDDEN, TENANT_NOT_HELD)

    def _check_load(self, request: Request) -> None:
        """Refuse a query string that is longer than any request needs, and what is one request too many."""
        length = len(request.scope["query_string"])
        if length > MAX_QUERY_BYTES:
            raise ProblemError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"the query string is {length} bytes long; a question needs less than {MAX_QUERY_BYTES}",
            )
        self.limit.take(request)
