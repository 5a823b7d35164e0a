"""Whose figures: the tenant of the authenticated identity, and nobody else's."""
################################################################
# The tenant comes from the platform's own dependency, never from a parameter. A
# header X-Tenant-ID can only confirm it: one that names another tenant is a 403.
# What was found is kept in the request's state, where an access log may read it.
################################################################

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from sla_compliance.web.problems import ProblemError

TENANT_HEADER: Final = "x-tenant-id"


def held_tenant(tenant: Callable[..., Any]) -> Callable[..., Awaitable[None]]:
    """Return the dependency that lets the tenant of `tenant` pass, unless the header names another."""

    async def check(request: Request, tenant_id: str = Depends(tenant)) -> None:
        if any(named != tenant_id for named in request.headers.getlist(TENANT_HEADER)):
            raise ProblemError(HTTPStatus.FORBIDDEN, "X-Tenant-ID names a tenant that you do not hold; leave it out.")
        request.state.sla_tenant_id = tenant_id

    return check


def _checked(request: Request) -> str:
    tenant_id: str = request.state.sla_tenant_id
    return tenant_id


TenantId = Annotated[str, Depends(_checked)]
"""The tenant that `held_tenant` has let pass."""
