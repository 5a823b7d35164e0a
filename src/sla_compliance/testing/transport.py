"""The promises of Transport, as tests."""
################################################################
# A test class inherits TransportContract and brings five fixtures: `transport`;
# `channel`, of its deliveries; `recipient`, who can be reached; `arrived`, which returns
# how many messages have arrived there; and `unreachable_recipient`. The last one may hold
# the text RECIPIENT_SECRET, which no error may show.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Final
from uuid import uuid4

import pytest

from sla_compliance.delivery.messages import Attachment, DeliveryError, Message, Transport, delivery_id
from sla_compliance.stores.notifications import Channel, Delivery, DeliveryKind

RECIPIENT_SECRET: Final = "T0KEN-of-the-recipient"  # noqa: S105 - of the tests
LONGEST_ATTEMPT_S: Final = 60.0
_MADE_US: Final = 1_790_000_000_000_000
_HOSTILE_TEXTS: Final = ("a\r\nBcc: all@example.com", "\0", "\ud800", "x" * 5_000, "")


def new_message(subject: str = "October is lost: Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}'s line") -> Message:
    """Return a message of an id of its own, with everything that a transport may carry."""
    message_id = uuid4().hex
    return Message(
        message_id=message_id,
        created_us=_MADE_US,
        subject=subject,
        text="Acme: October is lost.\n.\nSince 10:05 \N{FOX FACE}\n",
        html="<p>October is lost</p>",
        attachments=(Attachment(name=f"{message_id}.csv", media_type="text/csv", content=b"a,b\r\n.\r\n\x00"),),
        payload={"id": message_id, "text": "\N{FOX FACE}"},
    )


def delivery_of(message: Message, channel: Channel, recipient: str) -> Delivery:
    """Return the delivery of a message to a recipient."""
    return Delivery(
        delivery_id=delivery_id(message.message_id, channel, recipient),
        message_id=message.message_id,
        tenant_id="acme",
        kind=DeliveryKind.ALERT,
        channel=channel,
        recipient=recipient,
        content="{}",
        created_us=_MADE_US,
        due_us=_MADE_US,
    )


@pytest.mark.anyio
class TransportContract:
    """What every Transport promises; needs `transport`, `channel`, `recipient`, `arrived`, `unreachable_recipient`."""

    async def test_what_was_sent_has_arrived_once(
        self, transport: Transport, channel: Channel, recipient: str, arrived: Callable[[], int]
    ) -> None:
        """When `send` returns, not some time later."""
        for number in (1, 2):
            message = new_message()
            await transport.send(delivery_of(message, channel, recipient), message)
            assert arrived() == number

    async def test_as_many_at_once_as_it_says_all_arrive(
        self, transport: Transport, channel: Channel, recipient: str, arrived: Callable[[], int]
    ) -> None:
        """It says how many: one at least."""
        most_at_once = transport.most_at_once
        assert isinstance(most_at_once, int)
        assert most_at_once >= 1
        messages = [new_message() for _ in range(min(most_at_once, 50))]
        await asyncio.gather(
            *(transport.send(delivery_of(message, channel, recipient), message) for message in messages)
        )
        assert arrived() == len(messages)

    async def test_what_does_not_arrive_is_one_delivery_error(
        self, transport: Transport, channel: Channel, unreachable_recipient: str
    ) -> None:
        """In bounded time; one line that names neither secrets nor what the message says."""
        message = new_message()
        began_s = monotonic()
        with pytest.raises(DeliveryError) as caught:
            await transport.send(delivery_of(message, channel, unreachable_recipient), message)
        assert monotonic() - began_s < LONGEST_ATTEMPT_S
        text = str(caught.value)
        assert text.isprintable()
        assert text
        assert RECIPIENT_SECRET not in text
        assert "October" not in text

    async def test_odd_texts_arrive_or_are_refused(
        self, transport: Transport, channel: Channel, recipient: str, arrived: Callable[[], int]
    ) -> None:
        """Nothing else comes out, and nothing that is refused arrives."""
        count = 0
        for text in _HOSTILE_TEXTS:
            message = new_message(text)
            try:
                await transport.send(delivery_of(message, channel, recipient), message)
            except DeliveryError:
                assert arrived() == count
            else:
                count += 1
                assert arrived() == count
