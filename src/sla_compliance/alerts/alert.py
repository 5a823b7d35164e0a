"""Alert: what is told of a tenant, once, under an id by which receivers know it again."""
################################################################
#     id = the first 32 hexadecimal digits of sha256 over (what it is of, the transition,
#          the incident or the number)
#
# What it is of are the tenant, the period and the fingerprint of the policy; missing
# data is of the tenant alone. So whatever makes an alert a second time (a worker that
# was killed, another worker, a replay) makes it under the same id.
#
# The payload (`as_dict`) is held to alert.schema.json. It is what is sent, and what a
# state keeps of entries that wait for the daily digest.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib.resources import files
from json import dumps, loads
from typing import Any, Final, Self

PAYLOAD_VERSION: Final = 1
_ID_DIGITS: Final = 32


class AlertKind(StrEnum):
    """What an alert tells."""

    LOW = "LOW"
    URGENT = "URGENT"
    BREACHED = "BREACHED"
    MET_AFTER_ALL = "MET_AFTER_ALL"
    NO_DATA = "NO_DATA"


class NoDataReason(StrEnum):
    """Why there is no data."""

    NOT_MONITORED = "not_monitored"
    READING_FAILED = "reading_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What is told of a tenant.

    Attributes:
        alert_id: 32 hexadecimal digits.
        kind: what it tells.
        tenant_id: whose.
        at: since when it is known, RFC 3339, in the tenant's zone: the instant of evaluation of the budget, or when a
            reading failed.
        is_for_digest: whether it waits for the daily digest; the others are sent at once.
        title: what it tells in a few words.
        text: the same in whole sentences.
        facts: in JSON types: `period` (name, start, end) and `budget` (as ErrorBudget.as_dict), `policy_fingerprint`,
            `number`, `since`, `reason`; None where there is none.
    """

    alert_id: str
    kind: AlertKind
    tenant_id: str
    at: str
    is_for_digest: bool
    title: str
    text: str
    facts: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the payload, in JSON types."""
        return {
            "version": PAYLOAD_VERSION,
            "id": self.alert_id,
            "kind": str(self.kind),
            "tenant_id": self.tenant_id,
            "at": self.at,
            "is_for_digest": self.is_for_digest,
            "title": self.title,
            "text": self.text,
            **self.facts,
        }

    @classmethod
    def from_dict(cls, payload: Mapping[str, Any]) -> Self:
        """Return the alert of a payload; a KeyError or ValueError where it is none."""
        own_keys = {"version", "id", "kind", "tenant_id", "at", "is_for_digest", "title", "text"}
        return cls(
            alert_id=payload["id"],
            kind=AlertKind(payload["kind"]),
            tenant_id=payload["tenant_id"],
            at=payload["at"],
            is_for_digest=payload["is_for_digest"],
            title=payload["title"],
            text=payload["text"],
            facts={name: value for name, value in payload.items() if name not in own_keys},
        )


def alert_id_of(*parts: str | int) -> str:
    """Return the id of what these parts name.

    >>> alert_id_of("acme", "BREACHED", 1) == alert_id_of("acme", "BREACHED", 1) != alert_id_of("acme", "BREACHED", 2)
    True
    """
    # JSON keeps the parts apart: no tenant's id can look like that of another one with a part more.
    return sha256(dumps(parts).encode()).hexdigest()[:_ID_DIGITS]


@cache
def alert_schema() -> dict[str, Any]:
    """Return the JSON schema of the payloads of alerts and digests."""
    text = (files("sla_compliance.alerts") / "alert.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = loads(text)
    return schema
