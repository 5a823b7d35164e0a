"""The messages of alerts and digests, from the content of their deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from json import loads
from typing import Final

from sla_compliance.delivery.dispatcher import Renderer
from sla_compliance.delivery.messages import Message
from sla_compliance.stores.notifications import Delivery, DeliveryKind


async def alert_message(delivery: Delivery) -> Message:
    """Return the message of an alert or a digest: its payload, and title and text of it for people."""
    payload = loads(delivery.content)
    return Message(
        message_id=delivery.message_id,
        created_us=delivery.created_us,
        subject=payload["title"],
        text=f"{payload['text']}\n\nid: {payload['id']}\n",
        payload=payload,
    )


ALERT_RENDERERS: Final[Mapping[DeliveryKind, Renderer]] = {
    DeliveryKind.ALERT: alert_message,
    DeliveryKind.DIGEST: alert_message,
}
