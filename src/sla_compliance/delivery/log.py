"""The log of deliveries as rows for people: what was sent to whom, what waits, what failed and why."""

from __future__ import annotations

from sla_compliance.delivery.messages import shown_recipient
from sla_compliance.stores.notifications import Delivery
from sla_compliance.units import moment


def log_record(delivery: Delivery) -> dict[str, object]:
    """Return a delivery as plain data; instants are ISO texts in UTC, of a webhook's URL there is the host alone."""
    return {
        "delivery_id": delivery.delivery_id,
        "message_id": delivery.message_id,
        "tenant_id": delivery.tenant_id,
        "kind": delivery.kind.value,
        "channel": delivery.channel.value,
        "recipient": shown_recipient(delivery),
        "status": delivery.status.value,
        "attempts": delivery.attempts,
        "created_at": _text(delivery.created_us),
        "due_at": _text(delivery.due_us),
        "finished_at": None if delivery.finished_us is None else _text(delivery.finished_us),
        "error": delivery.error,
    }


def _text(instant_us: int) -> str:
    return moment(instant_us).isoformat(timespec="seconds")
