"""The environment variables of the app: the one table that reads them, shows them in `--help` and documents them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DATABASE_URL: Final = "SLA_DATABASE_URL"
REDIS_URL: Final = "SLA_REDIS_URL"
CACHE_KEY: Final = "SLA_CACHE_KEY"
CONTRACT: Final = "SLA_CONTRACT"
SECRET: Final = "SLA_JWT_SECRET"  # noqa: S105 - the name of a variable
KEY_SET: Final = "SLA_JWKS_FILE"
HEADER_USE: Final = "SLA_TENANT_HEADER"
METRICS_TOKEN: Final = "SLA_METRICS_TOKEN"  # noqa: S105 - the name of a variable
METRICS_HOSTS: Final = "SLA_METRICS_HOSTS"
STORED_DAYS: Final = "SLA_STORED_DAYS"
TENANT_METRICS: Final = "SLA_TENANT_METRICS"
BROKER_URL: Final = "SLA_BROKER_URL"
WORKER_METRICS: Final = "SLA_WORKER_METRICS"
WEBHOOK_SECRET: Final = "SLA_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable
WEBHOOK_ALLOW_PRIVATE: Final = "SLA_WEBHOOK_ALLOW_PRIVATE"
WEBHOOK_CA_FILE: Final = "SLA_WEBHOOK_CA_FILE"
SMTP_HOST: Final = "SLA_SMTP_HOST"
SMTP_PORT: Final = "SLA_SMTP_PORT"
SMTP_SENDER: Final = "SLA_SMTP_SENDER"
SMTP_TLS: Final = "SLA_SMTP_TLS"
SMTP_USER: Final = "SLA_SMTP_USER"
SMTP_PASSWORD: Final = "SLA_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
SMTP_PASSWORD_FILE: Final = "SLA_SMTP_PASSWORD_FILE"  # noqa: S105 - the name of a variable
SMTP_CA_FILE: Final = "SLA_SMTP_CA_FILE"
REPORTS_FOLDER: Final = "SLA_REPORTS_FOLDER"


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable.

    Attributes:
        name: as the environment has it.
        meaning: what its value says.
        without: what holds where it is not set.
        option: the option of `serve` that says the same and wins; empty where there is none.
    """

    name: str
    meaning: str
    without: str
    option: str = ""


VARIABLES: Final = (
    Variable(
        DATABASE_URL,
        "the database with the platform's tables: PostgreSQL or SQLite",
        "a file sla-compliance.sqlite",
        "--database-url",
    ),
    Variable(
        REDIS_URL, "Redis or Valkey, the cache that workers share", "each process has a cache of its own", "--redis-url"
    ),
    Variable(
        CACHE_KEY,
        "the secret that seals entries of the cache, at least 32 bytes; jobs that share the cache need it too",
        f"one that is derived from {SECRET}",
    ),
    Variable(
        CONTRACT,
        "the contract file: what was agreed with the tenants, names of tables, how long rows are kept",
        "every tenant has the default policy",
        "--contract",
    ),
    Variable(
        SECRET,
        "the secret that signs tokens (HS256), at least 32 bytes",
        f"with {KEY_SET} there are no such tokens; else one is made up, and tokens are printed",
    ),
    Variable(
        KEY_SET,
        "a JWKS file: the public keys of an identity provider, whose tokens (RS256, ES256) are accepted",
        "they are not",
    ),
    Variable(
        HEADER_USE,
        "`confirm`: the header X-Tenant-ID chooses among a token's tenants, another one is refused; "
        "`ignore`: it is not read",
        "confirm",
    ),
    Variable(
        METRICS_TOKEN,
        "the bearer token that /metrics needs; it then has series of single tenants",
        "/metrics is open, to the hosts below",
    ),
    Variable(
        METRICS_HOSTS,
        "names, with commas between them, by which /metrics may be requested without a token",
        "addresses and localhost",
    ),
    Variable(
        STORED_DAYS,
        "1: the database has the tables of stored days; `serve` finds out and sets it for its workers",
        "0",
    ),
    Variable(
        TENANT_METRICS,
        "1: /metrics has series of single tenants; `serve` sets it for its workers, by --host and the token",
        "0",
    ),
    Variable(
        BROKER_URL,
        "of the worker and beat of the jobs: Redis or Valkey of their queue",
        f"that of {REDIS_URL}",
    ),
    Variable(
        WORKER_METRICS,
        "of the worker of the jobs: host:port of its own /metrics",
        "it has none",
    ),
    Variable(
        WEBHOOK_SECRET,
        "the secret that signs webhooks, at least 32 bytes; the contract file may name others that begin alike",
        "webhooks wait, and the log of deliveries says why",
    ),
    Variable(
        WEBHOOK_ALLOW_PRIVATE,
        "1: webhooks may be in private networks and on this machine; or networks, with commas between them",
        "they may be at public addresses alone",
    ),
    Variable(
        WEBHOOK_CA_FILE,
        "a PEM file: the certificates that webhooks are trusted by, beside those of the system",
        "those of the system",
    ),
    Variable(SMTP_HOST, "the mail server", "mails wait, and the log of deliveries says why"),
    Variable(SMTP_PORT, "its port", "587; with SLA_SMTP_TLS tls 465, with none 25"),
    Variable(SMTP_SENDER, "the address that mails come from", f"it is needed with {SMTP_HOST}"),
    Variable(
        SMTP_TLS,
        "`starttls`: encrypted after a greeting; `tls`: from the start; `none`: not at all, without a password",
        "starttls",
    ),
    Variable(SMTP_USER, "the user at the mail server", "it takes mails without"),
    Variable(SMTP_PASSWORD, "the user's password", f"that of {SMTP_PASSWORD_FILE}"),
    Variable(SMTP_PASSWORD_FILE, "a file with the user's password", f"that of {SMTP_PASSWORD}"),
    Variable(
        SMTP_CA_FILE,
        "a PEM file: the certificates that the mail server is trusted by, beside those of the system",
        "those that the system trusts",
    ),
    Variable(REPORTS_FOLDER, "the folder below which reports are written", "reports for folders wait"),
)


def help_text() -> str:
    r"""Return the variables as the end of a command's help; \b keeps click from filling the lines."""
    lines = ["\b", "Environment:"]
    for variable in VARIABLES:
        instead = f" ({variable.option})" if variable.option else ""
        lines += [f"  {variable.name}{instead}", f"      {variable.meaning};", f"      else: {variable.without}"]
    return "\n".join(lines)
