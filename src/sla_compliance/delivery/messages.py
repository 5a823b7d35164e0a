"""Message: what is sent, whichever way it takes; and the deliveries of one."""
################################################################
# A message has one id, by which receivers de-duplicate. The id of a delivery follows
# from the message, the channel and the recipient, so the same message to the same
# recipient is the same delivery, however often it is made.
################################################################

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final, Protocol

from sla_compliance.errors import SLAComplianceError
from sla_compliance.settings import AlertSettings, ReportSettings
from sla_compliance.settings.recipients import webhook_host
from sla_compliance.stores.notifications import Channel, Delivery, DeliveryKind

_ID_LENGTH: Final = 32


class DeliveryError(SLAComplianceError, RuntimeError):
    """An attempt to deliver a message failed. The text names neither secrets nor the path or the query of a URL.

    Attributes:
        is_permanent: whether the same attempt would fail again, so that there is none.
        retry_after: how long the receiver asks to wait; None: it does not say.
    """

    def __init__(self, message: str, *, is_permanent: bool = False, retry_after: timedelta | None = None) -> None:
        super().__init__(message, field="delivery")
        self.is_permanent = is_permanent
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a message.

    Attributes:
        name: of the file.
        media_type: e.g. "application/pdf".
        content: its bytes.
    """

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent. Each way takes what it can carry.

    Attributes:
        message_id: the same for all recipients and all attempts.
        created_us: when it was made, microseconds.
        subject: one line; of an e-mail.
        text, html: of an e-mail; html None: it has none.
        attachments: of an e-mail; the files of a folder.
        payload: of a webhook; plain data for JSON.
    """

    message_id: str
    created_us: int
    subject: str
    text: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)


class Transport(Protocol):
    """A way to deliver messages. No base class to inherit."""

    @property
    def most_at_once(self) -> int:
        """How many deliveries it makes at once at most."""
        ...

    async def send(self, delivery: Delivery, message: Message) -> None:
        """Send a message to the recipient of a delivery, in bounded time.

        Raises:
            DeliveryError: it was not sent, or nobody knows whether it was.
        """
        ...


def delivery_id(message_id: str, channel: Channel, recipient: str) -> str:
    """Return the id of the delivery of a message to a recipient.

    >>> delivery_id("m1", Channel.EMAIL, "ana@example.com")
    '2de394a59b5b966494ba0691cdaf9ff9'
    """
    parts = (message_id, channel.value, recipient)
    # Lengths in front, so that no two different rows of parts have one text.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:_ID_LENGTH]


def deliveries_to(
    settings: ReportSettings | AlertSettings,
    *,
    message_id: str,
    tenant_id: str,
    kind: DeliveryKind,
    content: str,
    created_us: int,
    due_us: int | None = None,
) -> tuple[Delivery, ...]:
    """Return the deliveries of a message to all recipients that a contract file names.

    Args:
        content: JSON in ASCII, from which the message is made when it is sent.
        due_us: not to be sent earlier; None: at once.
    """
    return tuple(
        Delivery(
            delivery_id=delivery_id(message_id, channel, recipient),
            message_id=message_id,
            tenant_id=tenant_id,
            kind=kind,
            channel=channel,
            recipient=recipient,
            content=content,
            created_us=created_us,
            due_us=created_us if due_us is None else due_us,
        )
        for channel, recipient in _recipients(settings)
    )


def _recipients(settings: ReportSettings | AlertSettings) -> Iterator[tuple[Channel, str]]:
    for address in settings.email:
        yield Channel.EMAIL, address
    if settings.webhook is not None:
        yield Channel.WEBHOOK, settings.webhook
    if isinstance(settings, ReportSettings) and settings.folder is not None:
        yield Channel.FOLDER, settings.folder


def shown_recipient(delivery: Delivery) -> str:
    """Return the recipient for a log: of a webhook the host alone, for its path and its query may be secret."""
    if delivery.channel is Channel.WEBHOOK:
        return webhook_host(delivery.recipient)
    return delivery.recipient
