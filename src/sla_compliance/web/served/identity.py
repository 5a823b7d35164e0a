"""Who asks, as the router wants to know it: dependencies over bearer tokens."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from sla_compliance.web.errors import ProblemError
from sla_compliance.web.guards import TENANT_HEADER
from sla_compliance.web.served.tokens import DEFAULT_PERMISSION, Identity, InvalidTokenError, Tokens

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="As `sla-compliance token` prints it.")


class Guards(NamedTuple):
    """The two dependencies of `compliance_router`."""

    tenant: Callable[..., str]
    authorize: Callable[..., None]


def guards(tokens: Tokens) -> Guards:
    """Return the dependencies that read bearer tokens."""

    def identity(credentials: HTTPAuthorizationCredentials | None = Depends(_bearer)) -> Identity:
        if credentials is None:
            raise _unknown("There is no bearer token; send one in the Authorization header.")
        try:
            return tokens.read(credentials.credentials)
        except InvalidTokenError as error:
            raise _unknown(str(error)) from error

    def authorize(who: Identity = Depends(identity)) -> None:
        if not who.is_reader:
            raise ProblemError(HTTPStatus.FORBIDDEN, f"The token lacks a permission, e.g. {DEFAULT_PERMISSION}.")

    def tenant(request: Request, who: Identity = Depends(identity)) -> str:
        named = request.headers.get(TENANT_HEADER)
        return named if named in who.tenants else who.tenants[0]

    return Guards(tenant, authorize)


def _unknown(detail: str) -> ProblemError:
    return ProblemError(HTTPStatus.UNAUTHORIZED, detail, WWW_Authenticate="Bearer")
