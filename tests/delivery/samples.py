"""Deliveries and messages of tests."""

from __future__ import annotations

from typing import Any

from sla_compliance.delivery.addresses import AddressRules
from sla_compliance.delivery.http_post import PostLimits
from sla_compliance.delivery.messages import Attachment, Message, delivery_id
from sla_compliance.delivery.webhook import WebhookAccess, WebhookTransport
from sla_compliance.stores.notifications import Channel, Delivery, DeliveryKind

MADE_US = 1_790_000_000_000_000
SECRET = "a secret of the tests, as long as it has to be"  # noqa: S105


def delivery_to(recipient: str, channel: Channel = Channel.WEBHOOK, *, message_id: str = "m1") -> Delivery:
    """Return a delivery that is due."""
    return Delivery(
        delivery_id=delivery_id(message_id, channel, recipient),
        message_id=message_id,
        tenant_id="acme",
        kind=DeliveryKind.ALERT,
        channel=channel,
        recipient=recipient,
        content="{}",
        created_us=MADE_US,
        due_us=MADE_US,
    )


def message(message_id: str = "m1", **changes: Any) -> Message:
    """Return a message with everything."""
    values: dict[str, Any] = {
        "message_id": message_id,
        "created_us": MADE_US,
        "subject": "October is lost: Zoë's line",
        "text": "Acme: October is lost.\n.\nSince 10:05 é 🦊\n",
        "html": "<p>October is lost</p>",
        "attachments": (Attachment(name="report é.pdf", media_type="application/pdf", content=b"%PDF-\x00\r\n.\r\n"),),
        "payload": {"id": message_id, "kind": "BREACHED", "text": "é 🦊"},
    }
    return Message(**{**values, **changes})


async def render(delivery: Delivery) -> Message:
    return message(delivery.message_id)


def webhook(*, step_s: float = 0.5) -> WebhookTransport:
    """Return a transport that may reach this machine."""
    return WebhookTransport(
        lambda _: WebhookAccess(secret=SECRET, secret_name="SLA_WEBHOOK_SECRET", may_be_http=True),  # noqa: S106
        addresses=AddressRules.parse("1", "field"),
        limits=PostLimits(connect_s=step_s, read_s=step_s, total_s=2 * step_s),
    )
