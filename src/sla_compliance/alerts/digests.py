"""Digest: what waited for the end of a day, told in one message."""
################################################################
# A digest is due at the first `digest_at` of the tenant's clocks after the first of its
# entries was made and after the last digest was due: so there is at most one a day, and
# none without entries. Its id follows from the tenant, that instant and the first entry:
# after a clock has jumped back, another digest is due at the same instant.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any, Final

from sla_compliance.alerts.alert import PAYLOAD_VERSION, Alert, alert_id_of
from sla_compliance.alerts.states import AlertState
from sla_compliance.alerts.texts import short_name
from sla_compliance.units import DAY_US, ONE_DAY, instant_us, moment
from sla_compliance.zones import load_zone

DIGEST: Final = "DIGEST"


@dataclass(frozen=True, slots=True)
class AlertDigest:
    """The entries of a day.

    Attributes:
        digest_id: 32 hexadecimal digits.
        tenant_id: whose.
        due_at: when it is due, aware, in the tenant's zone.
        alerts: the entries, the first made first.
    """

    digest_id: str
    tenant_id: str
    due_at: datetime
    alerts: tuple[Alert, ...]

    @property
    def title(self) -> str:
        """What it tells in a few words."""
        date = self.due_at.date().isoformat()
        return f"{short_name(self.tenant_id)}: digest of {date}, {_counted(self.alerts)}"

    @property
    def text(self) -> str:
        """The entries, a paragraph each."""
        return "\n\n".join(f"{alert.title}\n{alert.text}" for alert in self.alerts)

    def as_dict(self) -> dict[str, Any]:
        """Return the payload, in JSON types."""
        return {
            "version": PAYLOAD_VERSION,
            "id": self.digest_id,
            "kind": DIGEST,
            "tenant_id": self.tenant_id,
            "at": self.due_at.isoformat(),
            "title": self.title,
            "text": self.text,
            "alerts": [alert.as_dict() for alert in self.alerts],
        }


def take_digest(
    state: AlertState, now: datetime, *, digest_at: time, zone: str
) -> tuple[AlertState, AlertDigest | None]:
    """Return the state without the entries that are due, and their digest; None where none are due.

    Args:
        now: aware.
        digest_at: wall-clock time of the tenant's zone.
        zone: that zone, an IANA name.
    """
    if not state.waiting:
        return state, None
    # An entry may be older than the last digest: it is of a budget that was remembered.
    first_us = instant_us(datetime.fromisoformat(state.waiting[0].at), field="at")
    now_us = instant_us(now, field="now")
    last_us = state.digest_us
    if last_us is None or last_us - now_us > DAY_US:  # more than a day ahead: the clock was wrong
        last_us = first_us
    due_at = _first_after(max(first_us, last_us), digest_at, zone)
    due_us = instant_us(due_at, field="due_at")
    if now_us < due_us:
        return state, None
    digest_id = alert_id_of(state.tenant_id, DIGEST, due_us, state.waiting[0].alert_id)
    digest = AlertDigest(digest_id, state.tenant_id, due_at, state.waiting)
    return replace(state, waiting=(), digest_us=due_us), digest


def _first_after(after_us: int, wall_clock: time, zone: str) -> datetime:
    """Return the first instant after another one at which clocks of a zone show a time."""
    local_zone = load_zone(zone)
    local_date = moment(after_us, local_zone).date()
    candidate = datetime.combine(local_date, wall_clock, tzinfo=local_zone)
    if instant_us(candidate, field="digest_at") <= after_us:
        candidate = datetime.combine(local_date + ONE_DAY, wall_clock, tzinfo=local_zone)
    return candidate


def _counted(alerts: Sequence[Alert]) -> str:
    return f"{len(alerts):,} {'entry' if len(alerts) == 1 else 'entries'}"
