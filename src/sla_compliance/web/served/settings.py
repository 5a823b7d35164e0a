"""What the app is told when it starts, in environment variables: so that every worker is told the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sla_compliance.errors import InvalidValueError

SECRET: Final = "SLA_JWT_SECRET"  # noqa: S105 - the name of a variable
DATABASE_URL: Final = "SLA_DATABASE_URL"
REDIS_URL: Final = "SLA_REDIS_URL"
STORED_DAYS: Final = "SLA_STORED_DAYS"
METRICS_TOKEN: Final = "SLA_METRICS_TOKEN"  # noqa: S105 - the name of a variable
TENANT_METRICS: Final = "SLA_TENANT_METRICS"
SHORTEST_SECRET: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """What the app is told.

    Attributes:
        secret: what tokens are signed with, at least 32 bytes.
        database_url: of PostgreSQL or SQLite, as SQLAlchemy writes it.
        redis_url: of Redis or Valkey; None: each process remembers for itself.
        has_stored_days: whether the database has the tables of stored days (`sla-compliance ddl`).
        metrics_token: what /metrics asks for; None: nothing.
        has_tenant_metrics: whether /metrics has series of each tenant.
    """

    secret: str = field(repr=False)
    database_url: str = field(repr=False)
    redis_url: str | None = field(default=None, repr=False)
    has_stored_days: bool = False
    metrics_token: str | None = field(default=None, repr=False)
    has_tenant_metrics: bool = False

    def as_environment(self) -> dict[str, str]:
        """Return the variables that say so."""
        said = {
            SECRET: self.secret,
            DATABASE_URL: self.database_url,
            REDIS_URL: self.redis_url,
            STORED_DAYS: str(int(self.has_stored_days)),
            METRICS_TOKEN: self.metrics_token,
            TENANT_METRICS: str(int(self.has_tenant_metrics)),
        }
        return {name: value for name, value in said.items() if value is not None}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> ServeSettings:
        """Return what the variables say.

        Raises:
            InvalidValueError: one that is needed is missing or too short.
        """
        if DATABASE_URL not in environment:
            raise InvalidValueError(f"{DATABASE_URL} is missing; set it to the database's URL", field=DATABASE_URL)
        return cls(
            secret=checked_secret(environment.get(SECRET, "")),
            database_url=environment[DATABASE_URL],
            redis_url=environment.get(REDIS_URL),
            has_stored_days=environment.get(STORED_DAYS) == "1",
            metrics_token=environment.get(METRICS_TOKEN),
            has_tenant_metrics=environment.get(TENANT_METRICS) == "1",
        )


def checked_secret(secret: str) -> str:
    """Return a secret that is long enough to sign tokens with.

    Raises:
        InvalidValueError: it is not; the message does not show it.
    """
    length = len(secret.encode())
    if length < SHORTEST_SECRET:
        raise InvalidValueError(
            f"{SECRET} is {length} bytes long; give {SHORTEST_SECRET} or more, e.g. of `openssl rand -hex 32`",
            field=SECRET,
        )
    return secret
