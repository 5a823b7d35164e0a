"""WebhookTransport: a signed POST of a message's payload as JSON."""
################################################################
# Sent is what was answered with 2xx. Other answers fail, most of them for a while: a
# receiver that is being repaired or whose secret is being changed gets the message
# later. What says that the message or the place is wrong fails for good. A redirect is
# not followed, for it would lead past all checks.
################################################################

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import time
from typing import Final
from urllib.parse import urlsplit

from sla_compliance.calls.worker_threads import WorkerThreads
from sla_compliance.delivery.addresses import PUBLIC_ADDRESSES, AddressRules
from sla_compliance.delivery.http_post import AnswerHead, ConnectError, PostLimits, PostTarget, post
from sla_compliance.delivery.messages import DeliveryError, Message
from sla_compliance.delivery.signatures import SIGNATURE_HEADER, signature
from sla_compliance.errors import InvalidValueError
from sla_compliance.settings.recipients import check_webhook_url
from sla_compliance.stores.notifications import Delivery

MOST_WEBHOOKS_AT_ONCE: Final = 64
LONGEST_RETRY_AFTER: Final = timedelta(days=1)
_PERMANENT: Final = frozenset({400, 405, 406, 410, 411, 413, 414, 415, 422, 431, 501, 505})
_PORTS: Final = {"http": 80, "https": 443}
_MOST_ADDRESSES: Final = 3

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""Returns the addresses of a host, as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAccess:
    """What the operator says of a webhook.

    Attributes:
        secret: what messages are signed with; None: there is none, and nothing is sent.
        secret_name: the environment variable that has it.
        may_be_http: whether the URL may begin with http://.
    """

    secret: str | None = field(repr=False)
    secret_name: str
    may_be_http: bool = False


class WebhookTransport:
    """Posts messages to the URLs of their deliveries."""

    most_at_once = MOST_WEBHOOKS_AT_ONCE

    def __init__(
        self,
        access: Callable[[Delivery], WebhookAccess],
        *,
        addresses: AddressRules = PUBLIC_ADDRESSES,
        tls: ssl.SSLContext | None = None,
        limits: PostLimits | None = None,
        resolve: Resolver | None = None,
        clock: Callable[[], float] = time,
    ) -> None:
        """Connect to nothing yet.

        Args:
            access: returns what the operator says of a delivery's webhook.
            addresses: which addresses may be connected to.
            tls: whose certificates are trusted; None: those that the system trusts.
            limits: how long the steps may take; None: the default's.
            resolve: returns the addresses of a host; None: as the system does.
            clock: returns the present moment, seconds since 1970.
        """
        self._access = access
        self._addresses = addresses
        self._tls = ssl.create_default_context() if tls is None else tls
        self._limits = PostLimits() if limits is None else limits
        self._resolve = _SystemResolver() if resolve is None else resolve
        self._clock = clock

    async def send(self, delivery: Delivery, message: Message) -> None:
        """Post a message.

        Raises:
            DeliveryError: it was not answered with 2xx in time, or may not be sent.
        """
        access = self._access(delivery)
        if not access.secret:
            raise DeliveryError(f"{access.secret_name} is not set, so nothing can be signed; set it to a secret")
        try:
            check_webhook_url(delivery.recipient, "webhook", may_be_http=access.may_be_http)
        except InvalidValueError as error:
            raise DeliveryError(str(error), is_permanent=True) from error
        endpoint = _endpoint(delivery.recipient, self._tls)
        body = json.dumps(message.payload, separators=(",", ":"), allow_nan=False).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "sla-compliance",
            "X-SLA-Message": _header_text(message.message_id),
            "X-SLA-Delivery": _header_text(delivery.delivery_id),
            SIGNATURE_HEADER: signature(body, access.secret, int(self._clock())),
        }
        try:
            async with asyncio.timeout(self._limits.total_s):
                answer = await self._post(endpoint, headers, body)
        except TimeoutError:
            raise DeliveryError(f"{endpoint.host} took longer than {self._limits.total_s:g} s") from None
        _check(answer, endpoint.host, self._clock())

    async def _post(self, endpoint: PostTarget, headers: dict[str, str], body: bytes) -> AnswerHead:
        """Post to the first address that there is a connection to."""
        addresses = await self._allowed_addresses(endpoint)
        for address in addresses[:-1]:
            try:
                return await post(endpoint, address, headers, body, self._limits)
            except ConnectError:
                continue
        return await post(endpoint, addresses[-1], headers, body, self._limits)

    async def _allowed_addresses(self, endpoint: PostTarget) -> list[str]:
        try:
            addresses = await self._resolve(endpoint.host, endpoint.port)
        except (OSError, UnicodeError) as error:
            raise DeliveryError(f"{endpoint.host} has no address: {error}") from error
        allowed_addresses = [address for address in dict.fromkeys(addresses) if self._addresses.allows(address)]
        if allowed_addresses:
            return allowed_addresses[:_MOST_ADDRESSES]
        if not addresses:
            raise DeliveryError(f"{endpoint.host} has no address")
        raise DeliveryError(
            f"{endpoint.host} is at {addresses[0]}, which is no public address; allow its network by"
            " SLA_WEBHOOK_ALLOW_PRIVATE, or give another URL",
            is_permanent=True,
        )


class _SystemResolver:
    """Asks the system, in threads that a name server which hangs cannot use up for others."""

    def __init__(self) -> None:
        self._threads = WorkerThreads("the resolution of names")

    async def __call__(self, host: str, port: int) -> list[str]:
        infos = await self._threads.run(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        return [str(socket_address[0]) for *_, socket_address in infos]


def _endpoint(url: str, tls: ssl.SSLContext) -> PostTarget:
    parts = urlsplit(url)
    host = parts.hostname or ""
    target = parts.path or "/"
    if parts.query:
        target = f"{target}?{parts.query}"
    port = parts.port or _PORTS[parts.scheme]
    return PostTarget(host, port, parts.netloc, target, tls if parts.scheme == "https" else None)


def _header_text(text: str) -> str:
    """Return a text that can stand in a header: an id has nothing else."""
    return "".join(character for character in text if character.isascii() and character.isprintable())


def _check(answer: AnswerHead, host: str, now_s: float) -> None:
    """Raise a DeliveryError unless an answer says that the message arrived."""
    status = answer.status
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise DeliveryError(f"{host} redirects (HTTP {status}); give the URL that it leads to", is_permanent=True)
    raise DeliveryError(
        f"{host} answered HTTP {status}",
        is_permanent=status in _PERMANENT,
        retry_after=_retry_after(answer.headers.get("retry-after", ""), now_s),
    )


def _retry_after(text: str, now_s: float) -> timedelta | None:
    """Return how long an answer asks to wait: seconds, or a date; at most a day."""
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    wait = moment - datetime.fromtimestamp(now_s, UTC)
    return min(wait, LONGEST_RETRY_AFTER) if wait > timedelta(0) else None
