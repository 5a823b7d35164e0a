"""Bearer tokens: JSON Web Tokens that name the tenants whose figures they open, and the router's use of them."""
################################################################
# HS256 with the app's secret, or RS256 and ES256 with the public keys of a key set
# (key_set.py). The algorithm that a token's header names has to be that of the key: a
# public key is never taken for a secret. A token names its audience and its end; one
# without either is refused. It holds
#     tenants      a list of the ids whose figures it opens, the first is the default; or
#                  the text "*": an operator's token, which opens those of every tenant
#     permissions  one of those in READERS to see figures, WRITER to report changes,
#                  OVERVIEW besides to see how all of its tenants stand
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
    from fastapi import Depends
    from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from sla_compliance.server.key_set import ES256, RS256, KeySetFile
from sla_compliance.server.settings import checked_secret
from sla_compliance.server.tenant_choice import Directory, tenant_dependencies
from sla_compliance.web.errors import ProblemError
from sla_compliance.web.guards import TenantHeader
from sla_compliance.web.tenants import ListedTenant

ALGORITHM: Final = "HS256"
AUDIENCE: Final = "sla-compliance"
READERS: Final = frozenset({"faults.sla.read", "faults.alarms.read"})
DEFAULT_PERMISSION: Final = "faults.sla.read"
WRITER: Final = "faults.sla.write"
OVERVIEW: Final = "faults.sla.overview"
EVERY_TENANT: Final = "*"
"""The claim of an operator's token. In a list it is the id of a tenant."""

# Without auto_error, a request without a token reaches `identity`, which answers it like any other error.
_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="As `sla-compliance token` prints it.")


class InvalidTokenError(InvalidValueError):
    """A token opens nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a token says of its holder.

    Attributes:
        tenants: whose figures may be seen; at least one, but for an operator.
        permissions: what may be done.
        is_operator: whether those of every tenant may be seen.
    """

    tenants: tuple[str, ...]
    permissions: frozenset[str]
    is_operator: bool = False

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

    def __init__(self, secret: str, key_set: KeySetFile | None = None) -> None:
        """Keep what verifies tokens.

        Args:
            secret: of HS256; with a key set it may be empty, then no such token is valid.

        Raises:
            InvalidValueError: as `checked_secret`.
        """
        self._secret = secret if key_set is not None and not secret else checked_secret(secret)
        self._key_set = key_set

    def issue(self, tenants: Sequence[str], permissions: Sequence[str], *, lifetime: timedelta) -> str:
        """Return a token that holds from now on, signed with the secret.

        Args:
            tenants: a list of ids; EVERY_TENANT instead makes it an operator's.

        Raises:
            InvalidValueError: as `checked_secret`.
        """
        checked_secret(self._secret)
        now = datetime.now(UTC)
        claims = {
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + lifetime,
            "tenants": tenants if tenants == EVERY_TENANT else list(tenants),
            "permissions": list(permissions),
        }
        return jwt.encode(claims, self._secret, ALGORITHM)

    def read(self, token: str) -> Identity:
        """Return what a token says of its holder.

        Raises:
            InvalidTokenError: the token is malformed, expired, not signed with the secret or a key of the key set, or
                for another audience.
        """
        if not token.isascii():  # jwt would encode it, which fails for a half of a surrogate pair
            raise InvalidTokenError("The token is not valid; get one for this server.")
        try:
            algorithm, key = self._verifier(token)
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=AUDIENCE,
                options={"require": ["aud", "exp"]},
            )
        except jwt.ExpiredSignatureError:
            raise InvalidTokenError("The token has expired; get a new one.") from None
        except jwt.InvalidTokenError:
            raise InvalidTokenError("The token is not valid; get one for this server.") from None
        return _identity_of(claims)

    def _verifier(self, token: str) -> tuple[str, Any]:
        """Return the algorithm that a token names, and the key that verifies this algorithm and no other.

        Raises:
            jwt.InvalidTokenError: there is no such key.
        """
        header = jwt.get_unverified_header(token)
        algorithm, key = header.get("alg"), None
        if algorithm == ALGORITHM:
            key = self._secret or None
        elif algorithm in (RS256, ES256) and self._key_set is not None:
            key = self._key_set.key(algorithm, header.get("kid"))
        if key is None:
            raise jwt.InvalidTokenError("no key verifies this token")
        return str(algorithm), key


def _identity_of(claims: dict[str, Any]) -> Identity:
    tenants = claims.get("tenants")
    permissions = claims.get("permissions", [])
    if tenants == EVERY_TENANT and _are_texts(permissions):
        return Identity((), frozenset(permissions), is_operator=True)
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
    tenants: Callable[..., Awaitable[Sequence[ListedTenant]]]
    authorize_overview: Callable[..., Awaitable[None]]


def router_dependencies(
    tokens: Tokens, directory: Directory, tenant_header: TenantHeader = "confirm"
) -> RouterDependencies:
    """Return the dependencies that read bearer tokens.

    Args:
        directory, tenant_header: as of `tenant_dependencies`.
    """
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

    async def authorize_overview(holder: Identity = Depends(identity)) -> None:
        if OVERVIEW not in holder.permissions:
            raise ProblemError(HTTPStatus.FORBIDDEN, f"The token lacks the permission {OVERVIEW}.")

    tenant, tenants = tenant_dependencies(identity, directory, tenant_header)
    return RouterDependencies(tenant, authorize, authorize_changes, tenants, authorize_overview)


def _unauthorized(detail: str) -> ProblemError:
    return ProblemError(HTTPStatus.UNAUTHORIZED, detail, WWW_Authenticate="Bearer")
