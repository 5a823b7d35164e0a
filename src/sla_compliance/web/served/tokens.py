"""Bearer tokens: JSON Web Tokens that say whose figures may be seen."""
################################################################
# HS256 and nothing else, whatever a token's header says. A token names its
# audience and its end; one without either is refused. It holds
#     tenants      the ids whose figures it opens, the first being meant by default
#     permissions  one of those in READERS is needed
################################################################

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt

from sla_compliance.errors import InvalidValueError
from sla_compliance.web.served.settings import checked_secret

ALGORITHM: Final = "HS256"
AUDIENCE: Final = "sla-compliance"
READERS: Final = frozenset({"faults.sla.read", "faults.alarms.read"})
DEFAULT_PERMISSION: Final = "faults.sla.read"


class InvalidTokenError(InvalidValueError):
    """A token opens nothing; the message says why, and nothing of what it holds."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks.

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


class Tokens:
    """Issues tokens and reads them."""

    def __init__(self, secret: str) -> None:
        """Keep the secret; errors as `checked_secret`."""
        self._secret = checked_secret(secret)

    def issue(self, tenants: Sequence[str], permissions: Sequence[str], *, lifetime: timedelta) -> str:
        """Return a token that holds from now on."""
        now = datetime.now(UTC)
        claims = {"aud": AUDIENCE, "iat": now, "exp": now + lifetime, "tenants": list(tenants)}
        return jwt.encode({**claims, "permissions": list(permissions)}, self._secret, ALGORITHM)

    def read(self, token: str) -> Identity:
        """Return who asks.

        Raises:
            InvalidTokenError: the token is malformed, not signed with the secret, over, or meant for somebody else.
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
        return _identity(claims)


def _identity(claims: dict[str, Any]) -> Identity:
    tenants, permissions = claims.get("tenants"), claims.get("permissions", [])
    if not tenants or not (_are_texts(tenants) and _are_texts(permissions)):
        raise InvalidTokenError("The token names no tenants; get one for this server.")
    return Identity(tuple(tenants), frozenset(permissions))


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)
