"""Caches, observers and transports that break promises; run by test_broken_promises.py."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from sla_compliance.cache.memory import MemoryCache
from sla_compliance.delivery.messages import DeliveryError, Message
from sla_compliance.stores.notifications import Channel, Delivery
from sla_compliance.testing import CacheContract, ObserverContract, TransportContract
from sla_compliance.testing.transport import RECIPIENT_SECRET


class Unordered(MemoryCache):
    """Returns what it has, in an order of its own."""

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        if not keys:
            raise ValueError("no keys")
        return sorted(await super().get_many(keys), key=str)


class TextsAlone(MemoryCache):
    """Keeps texts, without blanks and NUL at their ends."""

    async def set_many(self, values: Mapping[str, bytes], *, lifetime_s: float) -> None:
        await super().set_many({key: value.strip(b"\0 ") for key, value in values.items()}, lifetime_s=lifetime_s)


class ForEver(MemoryCache):
    """Knows no lifetime."""

    async def set_many(self, values: Mapping[str, bytes], *, lifetime_s: float) -> None:
        await super().set_many(values, lifetime_s=lifetime_s + 60)


class FirstLifetime(MemoryCache):
    """A second value keeps the lifetime of the first."""

    async def set_many(self, values: Mapping[str, bytes], *, lifetime_s: float) -> None:
        before = dict(self._values)
        await super().set_many(values, lifetime_s=lifetime_s)
        for key in before.keys() & values.keys():
            self._values[key] = (before[key][0], values[key])


class DeletingAll(MemoryCache):
    """Deletes everything."""

    async def delete_many(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("no keys")
        self._values.clear()


class OpenLocks(MemoryCache):
    """Gives everybody the lock."""

    async def lock(self, key: str, holder: str, *, lifetime_s: float) -> bool:
        del key, holder, lifetime_s
        return True


class AnybodysLocks(MemoryCache):
    """Lets anybody give back a lock."""

    async def unlock(self, key: str, holder: str) -> None:
        del holder
        self._locks.pop(key, None)


class TestCaches(CacheContract):
    """Each breaks something."""

    @pytest.fixture(params=[Unordered, TextsAlone, ForEver, FirstLifetime, DeletingAll, OpenLocks, AnybodysLocks])
    async def cache(self, request: pytest.FixtureRequest) -> Any:
        return request.param()


class AwaitedNotes:
    """Has to be awaited."""

    async def note(self) -> None:
        """Do nothing."""

    def _noted(self, *_: object, **__: object) -> Any:
        note = self.note()
        note.close()
        return note

    answered = queried = failed = severities_counted = budget_measured = _noted


class SlowNotes:
    """Writes each note to a disk."""

    def _noted(self, *_: object, **__: object) -> None:
        time.sleep(0.001)

    answered = queried = failed = _noted


class ParticularNotes:
    """Takes note of plain texts alone."""

    def answered(self, answer: Any, *, seconds: float) -> None:
        """Take note."""
        del seconds
        answer.tenant_id.encode("ascii")

    def queried(self, tenant_id: str, *, seconds: float) -> None:
        """Take note."""
        del seconds
        tenant_id.encode("ascii")

    def failed(self, what: str, error: BaseException) -> None:
        """Take note."""
        str(error).format(what)

    def severities_counted(self, tenant_id: str, *, unrecognized_rows: int) -> None:
        """Take note."""
        del unrecognized_rows
        tenant_id.encode("ascii")


class TestObservers(ObserverContract):
    """Each breaks something."""

    @pytest.fixture(params=[AwaitedNotes, SlowNotes, ParticularNotes])
    def observer(self, request: pytest.FixtureRequest) -> Any:
        return request.param()


class Transport:
    """Keeps its promises; the transports below break some."""

    most_at_once: Any = 4

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, delivery: Delivery, message: Message) -> None:
        """Send."""
        if delivery.recipient.startswith("nowhere"):
            raise DeliveryError("the recipient cannot be reached")
        self.messages.append(message)


class SentSoon(Transport):
    """Returns before the message is there."""

    async def send(self, delivery: Delivery, message: Message) -> None:
        sending = asyncio.ensure_future(super().send(delivery, message))
        sending.add_done_callback(lambda done: done.exception())


class OneAtATime(Transport):
    """Loses all but one of those that are sent at once, and does not say so."""

    async def send(self, delivery: Delivery, message: Message) -> None:
        before = list(self.messages)
        await asyncio.sleep(0)
        await super().send(delivery, message)
        self.messages = [*before, message]


class OwnErrors(Transport):
    """Raises what comes."""

    async def send(self, delivery: Delivery, message: Message) -> None:
        if delivery.recipient.startswith("nowhere"):
            raise OSError("connection refused")
        message.subject.encode("ascii")
        await super().send(delivery, message)


class Talkative(Transport):
    """Shows whom it could not reach, and with what."""

    async def send(self, delivery: Delivery, message: Message) -> None:
        if delivery.recipient.startswith("nowhere"):
            raise DeliveryError(f"{delivery.recipient} did not take {message.text!r}")
        if "\n" in message.subject:
            self.messages.append(message)
            raise DeliveryError("the subject has several lines")
        await super().send(delivery, message)


class TestTransports(TransportContract):
    """Each breaks something."""

    @pytest.fixture(params=[SentSoon, OneAtATime, OwnErrors, Talkative])
    def transport(self, request: pytest.FixtureRequest) -> Transport:
        transport: Transport = request.param()
        return transport

    @pytest.fixture
    def channel(self) -> Channel:
        return Channel.WEBHOOK

    @pytest.fixture
    def recipient(self) -> str:
        return "somewhere"

    @pytest.fixture
    def arrived(self, transport: Transport) -> Callable[[], int]:
        return lambda: len(transport.messages)

    @pytest.fixture
    def unreachable_recipient(self) -> str:
        return f"nowhere?token={RECIPIENT_SECRET}"
