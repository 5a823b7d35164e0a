"""Which of a token's tenants a request is about, and which ones there are to choose from."""
################################################################
# `tenant=` or the header X-Tenant-ID names one. A name that the token does not hold is
# refused, and so are two different names: a proxy may look at either. Without a name a
# request is about the token's first tenant; an operator's, about the first of all.
#
# An operator may name a tenant that no list has: it has no figures.
################################################################

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Final, NamedTuple, Protocol

from sla_compliance.errors import requires_extra

with requires_extra("serve", __name__):
    from fastapi import Depends, Query, Request

from sla_compliance.web.errors import ProblemError, busy
from sla_compliance.web.guards import TENANT_HEADER, TenantHeader
from sla_compliance.web.tenants import ListedTenant

TENANT_PARAMETER: Final = "tenant"
NOT_THE_TOKENS: Final = (
    f"{TENANT_PARAMETER}= or X-Tenant-ID names a tenant that the token does not hold, or they name two; leave them out."
)


class Holder(Protocol):
    """Whom a token is of, e.g. an Identity."""

    @property
    def tenants(self) -> tuple[str, ...]:
        """Whose figures may be seen; empty for an operator."""
        ...

    @property
    def is_operator(self) -> bool:
        """Whether those of every tenant may be seen."""
        ...


class Directory(Protocol):
    """Lists tenants with their titles."""

    async def listed(self) -> Sequence[ListedTenant]:
        """Return the tenants of an operator, in order.

        Raises:
            OSError: they cannot be read now.
        """
        ...

    async def titled(self, tenant_ids: Sequence[str]) -> Sequence[ListedTenant]:
        """Return the tenants of another token, in this order; errors as `listed`."""
        ...


class TenantDependencies(NamedTuple):
    """Dependencies of `compliance_router`."""

    tenant: Callable[..., Awaitable[str]]
    tenants: Callable[..., Awaitable[Sequence[ListedTenant]]]


def tenant_dependencies(
    identity: Callable[..., Awaitable[Holder]], directory: Directory, tenant_header: TenantHeader = "confirm"
) -> TenantDependencies:
    """Return the dependencies that choose a tenant, and list all to choose from.

    Args:
        identity: the dependency whose value is the holder of the request's token.
        directory: asked for all tenants, of operators, and for the titles of those of others.
        tenant_header: "confirm": the header X-Tenant-ID names a tenant as the parameter does; "ignore": it is not read.
    """

    async def tenants_of(holder: Holder) -> Sequence[ListedTenant]:
        try:
            return await (directory.listed() if holder.is_operator else directory.titled(holder.tenants))
        except OSError as error:
            raise busy("The list of tenants is not available at present; ask again later.") from error

    async def tenants(holder: Holder = Depends(identity)) -> Sequence[ListedTenant]:
        return await tenants_of(holder)

    async def tenant(
        request: Request,
        holder: Holder = Depends(identity),
        # For the documentation: a request may have several, and all of them are read below.
        _: str | None = Query(None, alias=TENANT_PARAMETER, description="One of the token's; by default its first."),
    ) -> str:
        named = {*request.query_params.getlist(TENANT_PARAMETER)}
        if tenant_header == "confirm":
            named.update(request.headers.getlist(TENANT_HEADER))
        if named:
            return _only_held(named, holder)
        if holder.tenants:
            return holder.tenants[0]
        listed = await tenants_of(holder)
        if not listed:
            raise ProblemError(HTTPStatus.FORBIDDEN, f"No tenant is known yet; name one: {TENANT_PARAMETER}=...")
        return listed[0].tenant_id

    return TenantDependencies(tenant, tenants)


def _only_held(named: set[str], holder: Holder) -> str:
    """Return the only tenant that a request names; anything else is a 403."""
    tenant_id, *others = named
    is_held = tenant_id != "" and (holder.is_operator or tenant_id in holder.tenants)
    if others or not is_held:
        raise ProblemError(HTTPStatus.FORBIDDEN, NOT_THE_TOKENS)
    return tenant_id
