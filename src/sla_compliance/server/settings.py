"""Settings of the app: environment variables, so that every worker process reads the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from sla_compliance.cache.seals import derived_cache_key
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.server.variables import (
    CACHE_KEY,
    CONTRACT,
    DATABASE_URL,
    HEADER_USE,
    KEY_SET,
    METRICS_HOSTS,
    METRICS_TOKEN,
    REDIS_URL,
    SECRET,
    STORED_DAYS,
    TENANT_METRICS,
)

_HeaderUse = Literal["confirm", "ignore"]
"""As of compliance_router, which this module does not import: a command reads settings without FastAPI."""
SHORTEST_SECRET_BYTES: Final = 32
LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """Settings of the app.

    Attributes:
        secret: what tokens are signed with (HS256), at least 32 bytes; empty: there are no such tokens.
        key_set: the path of a JWKS file with the public keys of other tokens (RS256, ES256); None: there are none.
        database_url: of PostgreSQL or SQLite, as SQLAlchemy writes it.
        redis_url: of Redis or Valkey; None: each process has a cache of its own.
        cache_secret: what the key of cache entries is derived from; None: the secret of tokens.
        has_stored_days: whether the database has the tables of stored days (`sla-compliance ddl`).
        tenant_header: what the header X-Tenant-ID does; "confirm": it chooses among a token's tenants.
        metrics_token: the bearer token that /metrics needs; None: it is open.
        metrics_hosts: the names by which /metrics may be requested without a token.
        has_tenant_metrics: whether /metrics has series of single tenants.
        contract: the path of the contract file; None: there is none, and every tenant has the default policy.
    """

    secret: str = field(repr=False)
    database_url: str = field(repr=False)
    key_set: str | None = None
    redis_url: str | None = field(default=None, repr=False)
    cache_secret: str | None = field(default=None, repr=False)
    has_stored_days: bool = False
    tenant_header: _HeaderUse = "confirm"
    metrics_token: str | None = field(default=None, repr=False)
    metrics_hosts: tuple[str, ...] = ()
    has_tenant_metrics: bool = False
    contract: str | None = None

    @property
    def cache_key(self) -> bytes | None:
        """The key that seals entries of the cache; None: they are not sealed."""
        secret = self.cache_secret or self.secret
        return derived_cache_key(secret) if secret else None

    def as_environment(self) -> dict[str, str]:
        """Return the variables that `from_environment` reads."""
        variables = {
            SECRET: self.secret,
            DATABASE_URL: self.database_url,
            STORED_DAYS: str(int(self.has_stored_days)),
            HEADER_USE: self.tenant_header,
            TENANT_METRICS: str(int(self.has_tenant_metrics)),
            METRICS_HOSTS: ",".join(self.metrics_hosts),
        }
        optional_variables = {
            KEY_SET: self.key_set,
            REDIS_URL: self.redis_url,
            CACHE_KEY: self.cache_secret,
            METRICS_TOKEN: self.metrics_token,
            CONTRACT: self.contract,
        }
        return variables | {name: value for name, value in optional_variables.items() if value is not None}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], *, reads_tokens: bool = True) -> ServeSettings:
        """Return the settings that variables hold.

        Args:
            reads_tokens: False for a process that answers no requests and so needs no secret of tokens.

        Raises:
            InvalidValueError: the database's URL is missing, a secret is missing or too short, or a value is not one of
                those that its variable knows.
        """
        if DATABASE_URL not in environment:
            raise InvalidValueError(f"{DATABASE_URL} is missing; set it to the database's URL", field=DATABASE_URL)
        key_set = environment.get(KEY_SET) or None
        secret = environment.get(SECRET, "")
        redis_url = environment.get(REDIS_URL) or None
        cache_secret = environment.get(CACHE_KEY) or None
        if secret or (reads_tokens and key_set is None):
            checked_secret(secret, SECRET)
        if cache_secret is not None:
            checked_secret(cache_secret, CACHE_KEY)
        if redis_url is not None and not (secret or cache_secret):
            raise InvalidValueError(
                f"{CACHE_KEY} is missing, so entries of the cache cannot be sealed; set it to a secret of "
                f"{SHORTEST_SECRET_BYTES} bytes or more, e.g. of `openssl rand -hex 32`",
                field=CACHE_KEY,
            )
        return cls(
            secret=secret,
            key_set=key_set,
            database_url=environment[DATABASE_URL],
            redis_url=redis_url,
            cache_secret=cache_secret,
            has_stored_days=environment.get(STORED_DAYS) == "1",
            tenant_header=_header_use(environment.get(HEADER_USE) or "confirm"),
            metrics_token=environment.get(METRICS_TOKEN) or None,
            metrics_hosts=_names(environment.get(METRICS_HOSTS, "")),
            has_tenant_metrics=environment.get(TENANT_METRICS) == "1",
            contract=environment.get(CONTRACT) or None,
        )


def _header_use(word: str) -> _HeaderUse:
    if word == "confirm":
        return "confirm"
    if word == "ignore":
        return "ignore"
    raise InvalidValueError(f"{HEADER_USE} is {shown(word)}; give confirm or ignore", field=HEADER_USE)


def _names(text: str) -> tuple[str, ...]:
    """Return the names of a text with commas between them, in lower case."""
    return tuple(name.strip().lower() for name in text.split(",") if name.strip())


def checked_secret(secret: str, name: str = SECRET) -> str:
    """Return a secret that is long enough to sign tokens or to seal entries with.

    Args:
        name: of its variable.

    Raises:
        InvalidValueError: it is too short; the message does not show it.
    """
    length_bytes = len(secret.encode())
    if length_bytes < SHORTEST_SECRET_BYTES:
        raise InvalidValueError(
            f"{name} is {length_bytes} bytes long; give {SHORTEST_SECRET_BYTES} or more, "
            "e.g. of `openssl rand -hex 32`",
            field=name,
        )
    return secret
