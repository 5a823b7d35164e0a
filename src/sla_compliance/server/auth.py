"""Bearer tokens: JSON Web Tokens that name the tenants whose figures they open, and the router's use of them."""
################################################################
# HS256 and nothing else, whatever a token's header says. A token names its
# audience and its end; one without either is refused. It holds
#     tenants      the ids whose figures it opens; the first is the default
#     permissions  one of those in READERS to see figures, WRITER to report changes
#
# 401 means that the token opens nothing, 403 that it lacks a permission. No
# message repeats anything that a token holds.
################################################################

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from sla_compliance.errors import InvalidValueError, requires_extra

with requires_extra("serve", __name__):
    import jwt
    from fastapi import Depends, Request
    from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from sla_compliance.server.settings import checked_secret
from sla_compliance.web.errors import ProblemError
from sla_compliance.web.guards import TENANT_HEADER

ALGORITHM: Final = "HS256"
AUDIENCE: Final = "sla-compliance"
READERS: Final = frozenset({"faults.sla.read", "faults.alarms.read"})
DEFAULT_PERMISSION: Final = "faults.sla.read"
WRITER: Final = "faults.sla.write"

# Without auto_error, a request without a token reaches `identity`, which answers it like any other error.
_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="As `sla-compliance token` prints it.")


class InvalidTokenError(InvalidValueError):
    """A token opens nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a token says of its holder.

    Attributes:
        tenants: whose figures may be seen; at least one.
        permissions: what may be done.
    """

    tenants: tuple[str, ...]
    permissions: frozenset[str]

    @property
    def is_reader(self) -> bool:
        """Whether figures may be seen at all."""
        return bool(READERS & self.permissions)

    @property
    def is_writer(self) -> bool:
        """Whether changes of facts may be reported."""
        return WRITER in self.permissions


class Tokens:
    """Issues tokens and reads them."""

    def __init__(self, secret: str) -> None:
        """Keep the secret; errors as `checked_secret`."""
        self._secret = checked_secret(secret)

    def issue(self, tenants: Sequence[str], permissions: Sequence[str], *, lifetime: timedelta) -> str:
        """Return a token that holds from now on."""
        now = datetime.now(UTC)
        claims = {
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + lifetime,
            "tenants": list(tenants),
            "permissions": list(permissions),
        }
        return jwt.encode(claims, self._secret, ALGORITHM)

    def read(self, token: str) -> Identity:
        """Return what a token says of its holder.

        Raises:
            InvalidTokenError: the token is malformed, expired, not signed with the secret or for another audience.
        """
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                options={"require": ["aud", "exp"]},
            )
        except jwt.ExpiredSignatureError:
            raise InvalidTokenError("The token has expired; get a new one.") from None
        except jwt.InvalidTokenError:
            raise InvalidTokenError("The token is not valid; get one for this server.") from None
        return _identity_of(claims)


def _identity_of(claims: dict[str, Any]) -> Identity:
    tenants = claims.get("tenants")
    permissions = claims.get("permissions", [])
    if not tenants or not _are_texts(tenants) or not _are_texts(permissions):
        raise InvalidTokenError("The token names no tenants; get one for this server.")
    return Identity(tuple(tenants), frozenset(permissions))


def _are_texts(value: object) -> bool:
    """Return whether a claim is a list of texts, none of them empty."""
    return isinstance(value, list) and all(isinstance(text, str) and text != "" for text in value)


class RouterDependencies(NamedTuple):
    """The dependencies of `compliance_router`."""

    tenant: Callable[..., Awaitable[str]]
    authorize: Callable[..., Awaitable[None]]
    authorize_changes: Callable[..., Awaitable[None]]


def router_dependencies(tokens: Tokens) -> RouterDependencies:
    """Return the dependencies that read bearer tokens."""
    # Coroutines, for FastAPI runs plain functions in threads: each would wait for its turn while something is computed.

    async def identity(credentials: HTTPAuthorizationCredentials | None = Depends(_bearer)) -> Identity:
        if credentials is None:
            raise _unauthorized("There is no bearer token; send one in the Authorization header.")
        try:
            return tokens.read(credentials.credentials)
        except InvalidTokenError as error:
            raise _unauthorized(str(error)) from error

    async def authorize(holder: Identity = Depends(identity)) -> None:
        if not holder.is_reader:
            raise ProblemError(HTTPStatus.FORBIDDEN, f"The token lacks a permission, e.g. {DEFAULT_PERMISSION}.")

    async def authorize_changes(holder: Identity = Depends(identity)) -> None:
        if not holder.is_writer:
            raise ProblemError(HTTPStatus.FORBIDDEN, f"The token lacks the permission {WRITER}.")

    async def tenant(request: Request, holder: Identity = Depends(identity)) -> str:
        # A header that names a tenant which the token does not hold is refused by the router: it compares the two.
        header_tenant = request.headers.get(TENANT_HEADER)
        return header_tenant if header_tenant in holder.tenants else holder.tenants[0]

    return RouterDependencies(tenant, authorize, authorize_changes)


def _unauthorized(detail: str) -> ProblemError:
    return ProblemError(HTTPStatus.UNAUTHORIZED, detail, WWW_Authenticate="Bearer")
