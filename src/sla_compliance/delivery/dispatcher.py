"""Dispatcher: claims due deliveries, sends them, and marks what became of them."""
################################################################
# A delivery is claimed just before it is sent, for longer than an attempt can take. A
# worker that is killed in between leaves it claimed; when the claim is over another
# worker sends it again, under the same ids.
#
# A recipient that hangs holds a few of the places and no more: while two deliveries to
# it are under way, and for a while after one found no answer, no further ones are
# claimed. Those to others go on.
#
# An attempt that fails never ends the dispatcher. A store that fails ends
# `dispatch_due`; `run` waits and goes on.
################################################################

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import monotonic, time
from typing import Final

from sla_compliance.delivery.messages import DeliveryError, Message, Transport, shown_recipient
from sla_compliance.delivery.retries import DEFAULT_RETRIES, RetryRule
from sla_compliance.errors import SLAComplianceError
from sla_compliance.stores.notifications import Channel, ClaimFilter, Delivery, DeliveryKind, NotificationStore
from sla_compliance.units import SECOND_US

DELIVERY_LOG: Final = "sla_compliance.delivery"
CLAIM_S: Final = 300
ATTEMPT_S: Final = 240
MOST_AT_ONCE: Final = 64
MOST_PER_RECIPIENT: Final = 2
REST_S: Final = 30.0
POLL_S: Final = 1.0
PAUSE_S: Final = 10.0
_CLAIMED_AT_ONCE: Final = 4
_PAUSES_OF_WRITES_S: Final = (0.5, 3.0)
_MOST_RESTING: Final = 300

Renderer = Callable[[Delivery], Awaitable[Message]]
"""Makes the message of a delivery of one kind. A DeliveryError says whether the attempt is worth repeating."""

_log = logging.getLogger(DELIVERY_LOG)


@dataclass(slots=True)
class Dispatched:
    """What became of deliveries.

    Attributes:
        sent: how many were sent.
        retried: how many attempts failed that are repeated later.
        failed: how many failed for good.
    """

    sent: int = 0
    retried: int = 0
    failed: int = 0


class Dispatcher:
    """Sends what a store of notifications has; any number of them may share the store."""

    def __init__(
        self,
        store: NotificationStore,
        *,
        transports: Mapping[Channel, Transport],
        renderers: Mapping[DeliveryKind, Renderer],
        retries: RetryRule = DEFAULT_RETRIES,
        clock: Callable[[], float] = time,
    ) -> None:
        """Send nothing yet.

        Args:
            store: each of its calls has a time-out of its own; see TimedNotificationStore.
            transports: of the channels that are claimed.
            renderers: of the kinds that are claimed.
            retries: when an attempt is repeated.
            clock: returns the present moment, seconds since 1970.
        """
        self._store = store
        self._transports = transports
        self._renderers = renderers
        self._retries = retries
        self._clock = clock
        self._under_way: dict[asyncio.Task[None], Delivery] = {}
        self._resting_until_s: dict[str, float] = {}
        self._ended = 0
        self._outcome = Dispatched()

    async def dispatch_due(self, *, claims_for_s: float = math.inf) -> Dispatched:
        """Send what is due, and return when nothing is under way; errors of a claim come through.

        Args:
            claims_for_s: after so many seconds nothing more is claimed; what is due then is left to the next call.
        """
        last_claim_s = monotonic() + claims_for_s
        self._outcome = Dispatched()
        try:
            while True:
                ended = self._ended
                may_claim = monotonic() < last_claim_s
                if may_claim and (await self._claim_more() or ended != self._ended):
                    continue  # what ended meanwhile has made a place
                if not self._under_way:
                    break
                # A delivery that ends makes a place.
                await asyncio.wait({*self._under_way}, return_when="FIRST_COMPLETED")
        finally:
            await self._cancel()
        return self._outcome

    async def run(self, stop: asyncio.Event, *, poll_s: float = POLL_S) -> None:
        """Send what is due until `stop` is set; what is under way then is finished.

        Args:
            stop: once it is set, nothing more is claimed.
            poll_s: how often the store is asked while nothing is due.
        """
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                pause_s, ended = poll_s, self._ended
                try:
                    if await self._claim_more() or ended != self._ended:
                        continue
                except Exception as error:
                    _log.error("deliveries cannot be claimed: %s", _summary(error))
                    pause_s = max(poll_s, PAUSE_S)
                # A delivery that ends makes a place.
                await asyncio.wait({stopping, *self._under_way}, timeout=pause_s, return_when="FIRST_COMPLETED")
            while self._under_way:
                await asyncio.wait({*self._under_way}, return_when="FIRST_COMPLETED")
        finally:
            stopping.cancel()
            await self._cancel()

    async def _claim_more(self) -> bool:
        """Claim some deliveries and begin to send them; return whether there were any."""
        wanted = self._claimable()
        free_places = MOST_AT_ONCE - len(self._under_way)
        if not wanted.channels or not free_places:
            return False
        now_us = self._now_us()
        claimed = await self._store.claim(
            now_us,
            until_us=now_us + CLAIM_S * SECOND_US,
            # Few, for all of them may be to one recipient.
            limit=min(free_places, _CLAIMED_AT_ONCE),
            wanted=wanted,
        )
        for delivery in claimed:
            task = asyncio.create_task(self._attempt(delivery))
            self._under_way[task] = delivery
            task.add_done_callback(self._end)
        return bool(claimed)

    def _claimable(self) -> ClaimFilter:
        """Return which deliveries there is a place for."""
        now_s = monotonic()
        self._resting_until_s = {
            recipient: until_s for recipient, until_s in self._resting_until_s.items() if until_s > now_s
        }
        by_channel = Counter(delivery.channel for delivery in self._under_way.values())
        # A mail server is one for all recipients; hosts of webhooks differ.
        by_recipient = Counter(delivery.recipient for delivery in self._under_way.values())
        busy_recipients = [recipient for recipient, count in by_recipient.items() if count >= MOST_PER_RECIPIENT]
        return ClaimFilter(
            kinds=tuple(self._renderers),
            channels=tuple(
                channel
                for channel, transport in self._transports.items()
                if by_channel[channel] < transport.most_at_once
            ),
            except_recipients=[*busy_recipients, *list(self._resting_until_s)[-_MOST_RESTING:]],
        )

    async def _attempt(self, delivery: Delivery) -> None:
        """Make one attempt, and mark what became of it."""
        if delivery.attempts > self._retries.most_attempts:
            # Workers were killed at it again and again.
            await self._failed(delivery, DeliveryError("too many attempts did not come to an end", is_permanent=True))
            return
        limit = asyncio.timeout(ATTEMPT_S)
        try:
            async with limit:
                message = await self._renderers[delivery.kind](delivery)
                await self._transports[delivery.channel].send(delivery, message)
        except DeliveryError as error:
            await self._failed(delivery, error)
        except Exception as error:
            if limit.expired():
                await self._failed(delivery, DeliveryError(f"it took longer than {ATTEMPT_S} s"))
                return
            # Of whatever makes the message: a database that is down, a fault.
            _log.exception("%s cannot be made", _name(delivery))
            await self._failed(delivery, DeliveryError(f"the message cannot be made: {_summary(error)}"))
        else:
            self._outcome.sent += 1
            await _repeated(lambda: self._store.mark_sent(delivery.delivery_id, self._now_us()))

    async def _failed(self, delivery: Delivery, error: DeliveryError) -> None:
        now_us = self._now_us()
        draw = random.random()  # noqa: S311 - it spreads retries, and protects nothing
        retry_us = self._retries.retry_us(delivery.attempts, error, now_us, draw=draw)
        if retry_us is None:
            self._outcome.failed += 1
            _log.error("%s failed for good: %s", _name(delivery), error)
        else:
            self._outcome.retried += 1
            _log.warning("%s failed, attempt %d: %s", _name(delivery), delivery.attempts, error)
            if delivery.channel is Channel.WEBHOOK:
                self._resting_until_s[delivery.recipient] = monotonic() + REST_S
        text = str(error)
        await _repeated(lambda: self._store.mark_failed(delivery.delivery_id, now_us, error=text, retry_us=retry_us))

    def _end(self, task: asyncio.Task[None]) -> None:
        """Forget a task; an error that it ends with is one of the store."""
        delivery = self._under_way.pop(task)
        self._ended += 1
        if not task.cancelled() and (error := task.exception()) is not None:
            # The claim ends by itself, and the delivery is made again under the same ids.
            _log.error("%s cannot be marked: %s", _name(delivery), _summary(error))

    async def _cancel(self) -> None:
        """Give up what is under way: it was claimed, and comes due again."""
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _now_us(self) -> int:
        return int(self._clock() * SECOND_US)


async def _repeated(write: Callable[[], Awaitable[None]]) -> None:
    """Write to the store, again where it fails for a moment: what is not marked is sent once more."""
    for pause_s in _PAUSES_OF_WRITES_S:
        try:
            await write()
        except Exception as error:
            _log.warning("a delivery cannot be marked yet: %s", _summary(error))
            await asyncio.sleep(pause_s)
        else:
            return
    await write()


def _name(delivery: Delivery) -> str:
    """Return what a log calls a delivery."""
    return f"{delivery.kind.value} {delivery.delivery_id} by {delivery.channel.value} to {shown_recipient(delivery)}"


def _summary(error: BaseException) -> str:
    """Return an error for the log of deliveries; of a foreign one the type alone, for its text may hold a secret."""
    return str(error) if isinstance(error, SLAComplianceError) else type(error).__name__
