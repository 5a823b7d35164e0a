"""Settings of the app: environment variables, so that every worker process reads the same ones."""

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
CONTRACT: Final = "SLA_CONTRACT"
SHORTEST_SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """Settings of the app.

    Attributes:
        secret: what tokens are signed with, at least 32 bytes.
        database_url: of PostgreSQL or SQLite, as SQLAlchemy writes it.
        redis_url: of Redis or Valkey; None: each process has a cache of its own.
        has_stored_days: whether the database has the tables of stored days (`sla-compliance ddl`).
        metrics_token: the bearer token that /metrics needs; None: it is open.
        has_tenant_metrics: whether /metrics has series of single tenants.
        contract: the path of the contract file; None: there is none, and every tenant has the default policy.
    """

    secret: str = field(repr=False)
    database_url: str = field(repr=False)
    redis_url: str | None = field(default=None, repr=False)
    has_stored_days: bool = False
    metrics_token: str | None = field(default=None, repr=False)
    has_tenant_metrics: bool = False
    contract: str | None = None

    def as_environment(self) -> dict[str, str]:
        """Return the variables that `from_environment` reads."""
        variables = {
            SECRET: self.secret,
            DATABASE_URL: self.database_url,
            STORED_DAYS: str(int(self.has_stored_days)),
            TENANT_METRICS: str(int(self.has_tenant_metrics)),
        }
        if self.redis_url is not None:
            variables[REDIS_URL] = self.redis_url
        if self.metrics_token is not None:
            variables[METRICS_TOKEN] = self.metrics_token
        if self.contract is not None:
            variables[CONTRACT] = self.contract
        return variables

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> ServeSettings:
        """Return the settings that variables hold.

        Raises:
            InvalidValueError: the database's URL is missing, or the secret is missing or too short.
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
            contract=environment.get(CONTRACT) or None,
        )


def checked_secret(secret: str) -> str:
    """Return a secret that is long enough to sign tokens with.

    Raises:
        InvalidValueError: it is too short; the message does not show it.
    """
    length_bytes = len(secret.encode())
    if length_bytes < SHORTEST_SECRET_BYTES:
        raise InvalidValueError(
            f"{SECRET} is {length_bytes} bytes long; give {SHORTEST_SECRET_BYTES} or more, "
            "e.g. of `openssl rand -hex 32`",
            field=SECRET,
        )
    return secret
