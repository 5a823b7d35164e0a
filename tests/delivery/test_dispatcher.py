"""The dispatcher: nothing lost, nothing sent twice under two ids, and nobody waits for another's hanging server."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic, time
from typing import Any

import pytest
from sqlalchemy import create_engine

from sla_compliance.delivery import dispatcher as module
from sla_compliance.delivery.dispatcher import CLAIM_S, Dispatched, Dispatcher
from sla_compliance.delivery.messages import DeliveryError, Message
from sla_compliance.delivery.retries import RetryRule
from sla_compliance.errors import InvalidValueError
from sla_compliance.stores.memory_notifications import MemoryNotificationStore
from sla_compliance.stores.notifications import Channel, Delivery, DeliveryKind, DeliveryStatus, NotificationStore
from sla_compliance.stores.sqlalchemy import SQLAlchemyNotificationStore
from sla_compliance.units import SECOND_US
from tests.delivery.http_server import ACCEPTED, Behaviour, answer, hang, late, receiving
from tests.delivery.samples import MADE_US, delivery_to, render, webhook

pytestmark = pytest.mark.anyio


class Transport:
    """Keeps what it is told to send; fails where it is told to."""

    def __init__(self, work: Callable[[Delivery], Awaitable[None]] | None = None, most_at_once: int = 64) -> None:
        self.sent: list[str] = []
        self.most_at_once = most_at_once
        self._work = work

    async def send(self, delivery: Delivery, message: Message) -> None:
        assert message.message_id == delivery.message_id
        if self._work is not None:
            await self._work(delivery)
        self.sent.append(delivery.recipient)


def dispatcher(store: NotificationStore, transport: Any, **changes: Any) -> Dispatcher:
    values: dict[str, Any] = {
        "transports": {Channel.WEBHOOK: transport},
        "renderers": {DeliveryKind.ALERT: render},
        "clock": lambda: MADE_US / SECOND_US,
    }
    return Dispatcher(store, **{**values, **changes})


async def statuses(store: NotificationStore) -> dict[str, str]:
    page = await store.deliveries(limit=1_000)
    return {delivery.recipient: delivery.status.value for delivery in page.deliveries}


async def waiting(store: NotificationStore) -> list[Delivery]:
    page = await store.deliveries(limit=1_000)
    return [delivery for delivery in page.deliveries if delivery.status is DeliveryStatus.WAITING]


async def test_all_that_is_due_is_sent_and_marked() -> None:
    """What is due later, of another kind or by another way is left to others."""
    store, transport = MemoryNotificationStore(), Transport()
    later = replace(delivery_to("later"), due_us=MADE_US + 1)
    report = replace(delivery_to("report"), kind=DeliveryKind.REPORT)
    mail = delivery_to("ana@example.com", Channel.EMAIL)
    await store.add([later, report, mail, *(delivery_to(f"r{rank}") for rank in range(300))])
    assert await dispatcher(store, transport).dispatch_due() == Dispatched(sent=300)
    assert Counter(transport.sent) == {f"r{rank}": 1 for rank in range(300)}
    assert Counter((await statuses(store)).values()) == {"sent": 300, "waiting": 3}
    assert await dispatcher(store, transport).dispatch_due() == Dispatched()


async def test_who_has_little_time_leaves_the_rest_to_the_next_call() -> None:
    """What was claimed is finished."""

    async def work(_: Delivery) -> None:
        await asyncio.sleep(0.05)

    store, transport = MemoryNotificationStore(), Transport(work, most_at_once=1)
    await store.add([delivery_to(f"r{rank}") for rank in range(30)])
    sender = dispatcher(store, transport)
    assert await sender.dispatch_due(claims_for_s=0) == Dispatched()
    begun = await sender.dispatch_due(claims_for_s=0.2)
    assert 0 < begun.sent < 30
    assert Counter((await statuses(store)).values()) == {"sent": begun.sent, "waiting": 30 - begun.sent}
    assert all(delivery.attempts == 0 for delivery in await waiting(store))
    assert await sender.dispatch_due() == Dispatched(sent=30 - begun.sent)
    assert len(transport.sent) == len(set(transport.sent)) == 30


@pytest.mark.parametrize(
    ("error", "status", "text", "outcome"),
    [
        (DeliveryError("HTTP 503"), "waiting", "HTTP 503", Dispatched(retried=1)),
        (DeliveryError("HTTP 410", is_permanent=True), "failed", "HTTP 410", Dispatched(failed=1)),
        (
            RuntimeError("postgresql://u:PASSWORD@h"),
            "waiting",
            "the message cannot be made: RuntimeError",
            Dispatched(retried=1),
        ),
        (TimeoutError("x"), "waiting", "the message cannot be made: TimeoutError", Dispatched(retried=1)),
        (
            InvalidValueError("zone is 'x'", field="zone"),
            "waiting",
            "the message cannot be made: zone is 'x'",
            Dispatched(retried=1),
        ),
    ],
)
@pytest.mark.parametrize("is_rendering", [True, False])
async def test_what_fails_is_marked_with_the_reason(
    error: Exception, status: str, text: str, outcome: Dispatched, is_rendering: bool
) -> None:
    """Of a foreign error the type alone, for its text may hold a secret."""

    async def fail(delivery: Delivery) -> Any:
        del delivery
        raise error

    store, transport = MemoryNotificationStore(), Transport(None if is_rendering else fail)
    await store.add([delivery_to("r1")])
    renderers = {DeliveryKind.ALERT: fail if is_rendering else render}
    assert await dispatcher(store, transport, renderers=renderers).dispatch_due() == outcome
    (marked,) = (await store.deliveries(limit=9)).deliveries
    assert (marked.status.value, marked.error, marked.attempts) == (status, text, 1)
    assert transport.sent == []


async def test_a_delivery_is_tried_until_the_rule_gives_up() -> None:
    """Each wait is twice the one before, up to the longest; then it has failed for good, and stays in the log."""

    async def fail(delivery: Delivery) -> None:
        raise DeliveryError(f"HTTP 500 of {delivery.recipient}")

    store = MemoryNotificationStore()
    await store.add([delivery_to("r1")])
    now_us = MADE_US
    waits_s: list[int] = []
    rule = RetryRule(jitter=0.0)
    for _ in range(rule.most_attempts):
        parts = {"retries": rule, "clock": lambda: now_us / SECOND_US}  # noqa: B023 - it is called in this turn
        await dispatcher(store, Transport(fail), **parts).dispatch_due()
        (marked,) = (await store.deliveries(limit=9)).deliveries
        waits_s.append((marked.due_us - now_us) // SECOND_US)
        now_us = max(now_us, marked.due_us)
    assert waits_s[:5] == [30, 60, 120, 240, 480]
    assert waits_s[-2] == 7_200
    assert (marked.status, marked.attempts, marked.error) == (DeliveryStatus.FAILED, 20, "HTTP 500 of r1")
    assert 22 * 3_600 < sum(waits_s[:-1]) < 26 * 3_600


def test_retries_are_spread_and_wait_as_long_as_the_receiver_asks() -> None:
    """At least."""
    rule, error = RetryRule(), DeliveryError("x")
    waits = [rule.retry_us(1, error, 0, draw=draw) for draw in (0.0, 0.5, 1.0)]
    assert waits == [24 * SECOND_US, 30 * SECOND_US, 36 * SECOND_US]
    patient = DeliveryError("x", retry_after=timedelta(hours=3))
    assert rule.retry_us(1, patient, 0, draw=0.5) == 3 * 3_600 * SECOND_US
    hasty = DeliveryError("x", retry_after=timedelta(0))
    assert rule.retry_us(1, hasty, 0, draw=0.5) == 30 * SECOND_US
    assert rule.retry_us(19, error, 0, draw=0.5) == 7_200 * SECOND_US
    assert rule.retry_us(20, error, 0, draw=0.5) is None
    assert RetryRule(most_attempts=10**6).retry_us(10**5, error, 0, draw=0.5) == 7_200 * SECOND_US


async def test_a_delivery_at_which_workers_die_is_given_up() -> None:
    """Each claim counts, though none was marked."""
    store, transport = MemoryNotificationStore(), Transport()
    await store.add([replace(delivery_to("r1"), attempts=20)])
    assert await dispatcher(store, transport).dispatch_due() == Dispatched(failed=1)
    (marked,) = (await store.deliveries(limit=9)).deliveries
    assert (marked.status, marked.error) == (DeliveryStatus.FAILED, "too many attempts did not come to an end")
    assert transport.sent == []


async def test_recipients_that_hang_do_not_delay_others() -> None:
    """Though everything for them was due first; each holds few places."""
    released = asyncio.Event()
    began = Counter[str]()

    async def work(delivery: Delivery) -> None:
        began[delivery.recipient] += 1
        if delivery.recipient.startswith("hang"):
            await released.wait()

    store, transport = MemoryNotificationStore(), Transport(work)
    hanging = [
        replace(delivery_to(f"hang-{host}", message_id=f"m{rank}"), due_us=MADE_US - 1_000 + rank)
        for host in range(5)
        for rank in range(50)
    ]
    await store.add([*hanging, *(delivery_to(f"good-{rank}") for rank in range(200))])
    running = asyncio.create_task(dispatcher(store, transport).dispatch_due())
    began_s = monotonic()
    while len(transport.sent) < 200:
        assert monotonic() - began_s < 5
        await asyncio.sleep(0.01)
    assert all(count <= 5 for recipient, count in began.items() if recipient.startswith("hang"))
    released.set()
    assert (await running).sent == 450


async def test_a_recipient_that_failed_rests() -> None:
    """What else is due to it waits for the next round; others go on."""

    async def work(delivery: Delivery) -> None:
        await asyncio.sleep(0)
        if delivery.recipient == "down":
            raise DeliveryError("HTTP 503")

    store, transport = MemoryNotificationStore(), Transport(work)
    await store.add([delivery_to("down", message_id=f"m{rank}") for rank in range(100)])
    await store.add([delivery_to(f"good-{rank}") for rank in range(20)])
    outcome = await dispatcher(store, transport).dispatch_due()
    assert outcome.sent == 20
    assert 1 <= outcome.retried <= 5


class SlowStore(MemoryNotificationStore):
    """A store whose claims take longer than deliveries."""

    async def claim(self, *arguments: Any, **options: Any) -> tuple[Delivery, ...]:
        claimed = await super().claim(*arguments, **options)
        await asyncio.sleep(0.01)
        return claimed


async def test_all_is_sent_to_one_recipient_though_a_claim_takes_longer_than_that() -> None:
    """A claim that found the recipient busy is not the last one; no run waits where a place is free."""
    for is_long_run in (False, True):
        store, transport = SlowStore(), Transport()
        await store.add([delivery_to("r1", message_id=f"m{rank}") for rank in range(40)])
        if is_long_run:
            stop = asyncio.Event()
            running = asyncio.create_task(dispatcher(store, transport).run(stop, poll_s=3_600))
            await _until(lambda: len(transport.sent) == 40)  # noqa: B023 - it is called in this turn
            stop.set()
            await running
        else:
            assert (await dispatcher(store, transport).dispatch_due()).sent == 40


async def test_a_transport_makes_no_more_at_once_than_it_can() -> None:
    """A mail server has a few connections for us."""
    under_way, most = 0, 0

    async def work(delivery: Delivery) -> None:
        nonlocal under_way, most
        del delivery
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1

    store = MemoryNotificationStore()
    await store.add([delivery_to(f"r{rank}") for rank in range(100)])
    outcome = await dispatcher(store, Transport(work, most_at_once=8)).dispatch_due()
    assert outcome.sent == 100
    assert 4 <= most <= 8 + 3  # a claim may bring four where there is room for one


async def test_an_attempt_without_an_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before its claim is over."""
    assert module.ATTEMPT_S < CLAIM_S
    monkeypatch.setattr(module, "ATTEMPT_S", 0.05)

    async def work(delivery: Delivery) -> None:
        del delivery
        await asyncio.sleep(3_600)

    store = MemoryNotificationStore()
    await store.add([delivery_to("r1")])
    assert await dispatcher(store, Transport(work)).dispatch_due() == Dispatched(retried=1)
    (marked,) = (await store.deliveries(limit=9)).deliveries
    assert marked.error == "it took longer than 0.05 s"


class FailingStore(MemoryNotificationStore):
    """A store that fails some of its calls."""

    def __init__(self, *, marks: int = 0, claims: int = 0) -> None:
        super().__init__()
        self.failing_marks, self.failing_claims = marks, claims

    async def mark_sent(self, delivery_id: str, at_us: int) -> None:
        if self.failing_marks:
            self.failing_marks -= 1
            raise OSError("the database is down")
        await super().mark_sent(delivery_id, at_us)

    async def claim(self, *arguments: Any, **options: Any) -> tuple[Delivery, ...]:
        if self.failing_claims:
            self.failing_claims -= 1
            raise OSError("the database is down")
        return await super().claim(*arguments, **options)


async def test_a_store_that_fails_for_a_moment_is_written_to_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not marked would be sent once more."""
    monkeypatch.setattr(module, "_PAUSES_OF_WRITES_S", (0.0, 0.0))
    store = FailingStore(marks=2)
    await store.add([delivery_to("r1")])
    await dispatcher(store, Transport()).dispatch_due()
    assert await statuses(store) == {"r1": "sent"}


async def test_what_could_not_be_marked_comes_due_again_under_the_same_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """When its claim is over."""
    monkeypatch.setattr(module, "_PAUSES_OF_WRITES_S", (0.0,))
    store, transport = FailingStore(marks=2), Transport()
    await store.add([delivery_to("r1")])
    await dispatcher(store, transport).dispatch_due()
    assert await statuses(store) == {"r1": "waiting"}
    await dispatcher(store, transport, clock=lambda: MADE_US / SECOND_US + CLAIM_S).dispatch_due()
    assert await statuses(store) == {"r1": "sent"}
    assert transport.sent == ["r1", "r1"]


async def test_a_claim_that_fails_ends_one_round_and_not_a_long_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run waits and goes on."""
    monkeypatch.setattr(module, "PAUSE_S", 0.01)
    with pytest.raises(OSError, match="the database is down"):
        await dispatcher(FailingStore(claims=1), Transport()).dispatch_due()
    store, transport = FailingStore(claims=3), Transport()
    await store.add([delivery_to("r1")])
    stop = asyncio.Event()
    running = asyncio.create_task(dispatcher(store, transport).run(stop, poll_s=0.01))
    await _until(lambda: transport.sent == ["r1"])
    await store.add([delivery_to("r2")])
    await _until(lambda: transport.sent == ["r1", "r2"])
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_a_run_that_is_stopped_finishes_what_is_under_way() -> None:
    """And claims nothing more."""
    going_on, began = asyncio.Event(), asyncio.Event()

    async def work(delivery: Delivery) -> None:
        del delivery
        began.set()
        await going_on.wait()

    store, transport, stop = MemoryNotificationStore(), Transport(work), asyncio.Event()
    await store.add([delivery_to("r1")])
    running = asyncio.create_task(dispatcher(store, transport).run(stop, poll_s=0.01))
    await began.wait()
    stop.set()
    await store.add([delivery_to("r2")])
    await asyncio.sleep(0.05)
    assert not running.done()
    going_on.set()
    await asyncio.wait_for(running, 5)
    assert await statuses(store) == {"r1": "sent", "r2": "waiting"}


async def test_a_run_that_is_cancelled_leaves_its_claims_to_others() -> None:
    """They come due again."""
    store, stop = MemoryNotificationStore(), asyncio.Event()
    began = asyncio.Event()

    async def work(delivery: Delivery) -> None:
        del delivery
        began.set()
        await asyncio.sleep(3_600)

    await store.add([delivery_to("r1")])
    running = asyncio.create_task(dispatcher(store, Transport(work)).run(stop))
    await began.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    transport = Transport()
    await dispatcher(store, transport).dispatch_due()
    assert transport.sent == []
    await dispatcher(store, transport, clock=lambda: MADE_US / SECOND_US + CLAIM_S).dispatch_due()
    assert transport.sent == ["r1"]


async def _until(is_so: Callable[[], bool]) -> None:
    for _ in range(500):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to it")


@pytest.mark.parametrize(
    "behaviours",
    [
        (answer("503 Later"), ACCEPTED),
        (hang, ACCEPTED),
        (late(0.8, ACCEPTED), ACCEPTED),
        (answer("500 No"), hang, answer("429 Slow", "Retry-After: 1"), ACCEPTED),
    ],
    ids=["fails", "hangs", "late", "all of it"],
)
async def test_a_receiver_that_recovers_gets_everything_once(behaviours: tuple[Behaviour, ...]) -> None:
    """By the ids: one that answered too late has some of it twice, under the same id."""
    store = MemoryNotificationStore()
    now_s = MADE_US / SECOND_US
    async with receiving(*behaviours) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        await store.add([delivery_to(url, message_id=f"m{rank}") for rank in range(3)])
        for _ in range(8):
            await dispatcher(store, webhook(), clock=lambda: now_s).dispatch_due()  # noqa: B023
            now_s += 600
    ids = [json.loads(request.body)["id"] for request in receiver.requests]
    assert set(ids) == {"m0", "m1", "m2"}
    assert len(ids) == 3 + len(behaviours) - 1
    page = await store.deliveries(limit=9)
    assert {delivery.status for delivery in page.deliveries} == {DeliveryStatus.SENT}


def worker(url: str, *arguments: str) -> subprocess.Popen[str]:
    """Start another process that dispatches."""
    command = [sys.executable, "-m", "tests.delivery.dispatching_worker", url, *arguments]
    return subprocess.Popen(command, text=True, cwd=Path(__file__).parents[2])


async def test_workers_that_are_killed_lose_nothing(tmp_path: Path) -> None:
    """Between sending and marking: another worker sends it again under the same id, when the claim is over."""
    url = f"sqlite:///{tmp_path / 'app.db'}"
    engine = create_engine(url)
    store = SQLAlchemyNotificationStore(engine)
    await store.create_tables()
    async with receiving(ACCEPTED) as receiver:
        hook = f"http://127.0.0.1:{receiver.port}/"
        await store.add([delivery_to(hook, message_id=f"m{rank:02}") for rank in range(16)])
        now_s = int(time())
        for killed_at in (3, 4):
            process = worker(url, str(now_s), str(killed_at))
            assert await asyncio.to_thread(process.wait, 60) == -signal.SIGKILL
        assert (await store.deliveries(status=DeliveryStatus.WAITING, limit=99)).total > 0
        processes = [worker(url, str(now_s + CLAIM_S + 1)) for _ in range(2)]
        for process in processes:
            assert await asyncio.to_thread(process.wait, 60) == 0
    assert (await store.deliveries(status=DeliveryStatus.SENT, limit=99)).total == 16
    ids = Counter(request.headers["x-sla-message"] for request in receiver.requests)
    assert set(ids) == {f"m{rank:02}" for rank in range(16)}
    # Only what was under way when a worker was killed arrived twice.
    assert sum(count - 1 for count in ids.values()) <= 2 * 6
    assert max(ids.values()) <= 3
    by_delivery = {request.headers["x-sla-delivery"]: request.body for request in receiver.requests}
    assert len(by_delivery) == 16
    engine.dispose()
