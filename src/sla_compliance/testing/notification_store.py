"""The promises of NotificationStore, as tests: every store's test class inherits them and brings an empty `store`."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from sla_compliance.errors import InvalidValueError
from sla_compliance.stores.notifications import (
    Channel,
    ClaimFilter,
    Delivery,
    DeliveryKind,
    DeliveryStatus,
    NotificationStore,
    StoredState,
)
from sla_compliance.testing.store import UNUSUAL_TENANTS
from sla_compliance.units import HOUR_US, MINUTE_US

MADE_US = 1_790_000_000_000_000
LATER_US = MADE_US + HOUR_US


def waiting(delivery_id: str = "d1", tenant_id: str = "acme", *, due_us: int = MADE_US) -> Delivery:
    """Return a delivery that waits."""
    return Delivery(
        delivery_id=delivery_id,
        message_id=f"m-{delivery_id}",
        tenant_id=tenant_id,
        kind=DeliveryKind.ALERT,
        channel=Channel.WEBHOOK,
        recipient="https://example.com/hooks?a=é🦊",
        content='{"text": "é 🦊"}',
        created_us=due_us,
        due_us=due_us,
    )


def state_over(tenant_id: str = "acme", version: int = 0, content: str = "{}") -> StoredState:
    """Return a new content over a version that was read."""
    return StoredState(tenant_id=tenant_id, content=content, version=version)


async def claimed_ids(store: NotificationStore, now_us: int = MADE_US, *, limit: int = 99) -> list[str]:
    """Claim for a minute; return the ids."""
    claimed = await store.claim(now_us, until_us=now_us + MINUTE_US, limit=limit)
    return [delivery.delivery_id for delivery in claimed]


@pytest.mark.anyio
class NotificationStoreContract:
    """What a store of notifications promises."""

    async def test_a_state_is_read_as_it_was_written(self, store: NotificationStore) -> None:
        """One version after the one that was read; tenants without a state have none."""
        assert await store.states(["acme"]) == {}
        assert await store.commit([state_over(content='{"é": "🦊"}')], []) == {"acme"}
        expected = {"acme": StoredState(tenant_id="acme", content='{"é": "🦊"}', version=1)}
        assert await store.states(["acme", "other"]) == expected
        assert await store.commit([state_over(version=1, content="second")], []) == {"acme"}
        assert (await store.states(["acme"]))["acme"] == StoredState(tenant_id="acme", content="second", version=2)
        assert await store.states([]) == {}
        assert await store.commit([], []) == frozenset()

    async def test_a_state_is_written_over_the_version_that_was_read_alone(self, store: NotificationStore) -> None:
        """Of another version nothing is kept, the deliveries of its tenant neither; those of others are."""
        await store.commit([state_over()], [])
        await store.commit([state_over(version=1, content="second")], [])
        for version in (0, 1, 3):
            late = [state_over(version=version, content="late"), state_over(f"other-{version}")]
            deliveries = [waiting(f"late-{version}"), waiting(f"good-{version}", f"other-{version}")]
            assert await store.commit(late, deliveries) == {f"other-{version}"}
        assert (await store.states(["acme"]))["acme"].content == "second"
        assert await store.commit([state_over("new", version=4)], [waiting("x", "new")]) == frozenset()
        assert await claimed_ids(store) == ["good-0", "good-1", "good-3"]

    async def test_of_two_workers_one_commits(self, store: NotificationStore) -> None:
        """Its deliveries are kept, and not those of the others."""
        for version in range(3):
            commits = (
                store.commit([state_over(version=version, content=f"{rank}")], [waiting(f"{version}-{rank}")])
                for rank in range(5)
            )
            written = await asyncio.gather(*commits)
            assert sorted(map(len, written)) == [0, 0, 0, 0, 1]
            stored = (await store.states(["acme"]))["acme"]
            assert stored.version == version + 1
            assert await claimed_ids(store) == [f"{version}-{stored.content}"]

    async def test_what_does_not_belong_together_is_refused(self, store: NotificationStore) -> None:
        """And nothing is written."""
        with pytest.raises(InvalidValueError, match="deliveries holds one of tenant 'other', who has no state there"):
            await store.commit([state_over()], [waiting(), waiting("d2", "other")])
        with pytest.raises(InvalidValueError, match="states has two of one tenant"):
            await store.commit([state_over(), state_over(content="x")], [])
        for text in ("a\0b", "\ud800"):
            with pytest.raises(InvalidValueError, match="content holds"):
                await store.commit([state_over(content=text)], [])
            with pytest.raises(InvalidValueError, match="recipient holds"):
                await store.add([waiting("d2"), replace(waiting(), recipient=text)])
        assert await store.states(["acme"]) == {}
        assert (await store.deliveries(limit=9)).total == 0

    async def test_a_delivery_is_kept_once(self, store: NotificationStore) -> None:
        """As it was first added, whether it was sent since or not."""
        assert await store.add([waiting(), waiting("d2")]) == 2
        assert await store.add([replace(waiting(), content="other"), waiting("d3")]) == 1
        assert await store.add([]) == 0
        await store.mark_sent("d2", LATER_US)
        await store.commit([state_over()], [waiting("d2"), waiting("d3"), waiting("d4")])
        page = await store.deliveries(limit=9)
        assert [delivery.delivery_id for delivery in page.deliveries] == ["d1", "d2", "d3", "d4"]
        assert page.deliveries[0] == waiting()
        assert page.deliveries[1].status is DeliveryStatus.SENT

    async def test_due_deliveries_are_claimed_once_and_the_longest_due_first(self, store: NotificationStore) -> None:
        """Until their claim is over."""
        await store.add([waiting(f"d{rank}", due_us=MADE_US - rank) for rank in range(5)])
        await store.add([waiting("later", due_us=MADE_US + 1)])
        assert await claimed_ids(store, limit=2) == ["d4", "d3"]
        assert await claimed_ids(store) == ["d2", "d1", "d0"]
        assert await claimed_ids(store) == []
        assert await claimed_ids(store, MADE_US + 1) == ["later"]
        assert await claimed_ids(store, MADE_US + MINUTE_US - 1) == []
        assert await claimed_ids(store, MADE_US + MINUTE_US) == ["d4", "d3", "d2", "d1", "d0"]

    async def test_a_worker_claims_what_it_wants(self, store: NotificationStore) -> None:
        """Of some kinds, by some channels, not to some recipients; nothing of no kind."""
        report = replace(waiting("report"), kind=DeliveryKind.REPORT)
        mail = replace(waiting("mail"), channel=Channel.EMAIL, recipient="ana@example.com")
        await store.add([waiting("alert"), report, mail])

        async def claim(**wanted: object) -> list[str]:
            which = ClaimFilter(**wanted)  # type: ignore[arg-type]
            claimed = await store.claim(MADE_US, until_us=MADE_US + MINUTE_US, limit=9, wanted=which)
            return sorted(delivery.delivery_id for delivery in claimed)

        assert await claim(kinds=()) == await claim(channels=()) == []
        assert await claim(kinds={DeliveryKind.REPORT}) == ["report"]
        assert await claim(channels={Channel.EMAIL, Channel.FOLDER}, except_recipients=["ana@example.com"]) == []
        assert await claim(except_recipients=[waiting().recipient, "'"]) == ["mail"]
        assert await claim() == ["alert"]

    async def test_a_claim_returns_the_delivery_and_counts(self, store: NotificationStore) -> None:
        """A worker that was killed has tried it."""
        await store.add([waiting()])
        for attempts in (1, 2):
            now_us = MADE_US + attempts * HOUR_US
            claimed = await store.claim(now_us, until_us=now_us + 1, limit=9)
            assert claimed == (replace(waiting(), attempts=attempts),)

    async def test_workers_at_once_share_the_deliveries(self, store: NotificationStore) -> None:
        """Each is claimed by one of them."""
        await store.add([waiting(f"d{rank:02}") for rank in range(40)])
        claims = await asyncio.gather(*(claimed_ids(store, limit=9) for _ in range(8)))
        claimed = [delivery_id for claim in claims for delivery_id in claim]
        claimed += await claimed_ids(store)
        assert sorted(claimed) == [f"d{rank:02}" for rank in range(40)]

    async def test_what_was_sent_is_not_claimed_again(self, store: NotificationStore) -> None:
        """And stays sent, whatever a slower worker marks."""
        await store.add([waiting()])
        await claimed_ids(store)
        await store.mark_failed("d1", MADE_US, error="HTTP 503", retry_us=MADE_US + 1)
        await store.mark_sent("d1", LATER_US)
        await store.mark_failed("d1", LATER_US + 1, error="slower", retry_us=LATER_US + 2)
        await store.mark_failed("d1", LATER_US + 1, error="slower", retry_us=None)
        await store.mark_sent("d1", LATER_US + 5)
        assert await claimed_ids(store, LATER_US + HOUR_US) == []
        (sent,) = (await store.deliveries(limit=9)).deliveries
        assert (sent.status, sent.finished_us, sent.error, sent.attempts) == (DeliveryStatus.SENT, LATER_US, None, 1)

    async def test_what_failed_is_due_when_it_is_to_be_retried(self, store: NotificationStore) -> None:
        """Also before its claim is over; the log says why it failed."""
        await store.add([waiting()])
        await claimed_ids(store)
        await store.mark_failed("d1", MADE_US, error="HTTP 503 \0\ud800", retry_us=MADE_US + 5)
        (failed,) = (await store.deliveries(limit=9)).deliveries
        assert (failed.status, failed.due_us, failed.finished_us) == (DeliveryStatus.WAITING, MADE_US + 5, None)
        assert failed.error is not None
        assert failed.error.startswith("HTTP 503")
        assert await claimed_ids(store, MADE_US + 4) == []
        assert await claimed_ids(store, MADE_US + 5) == ["d1"]

    async def test_what_failed_for_good_waits_again_when_a_person_says_so(self, store: NotificationStore) -> None:
        """Nothing else does."""
        await store.add([waiting(), waiting("d2")])
        await claimed_ids(store)
        await store.mark_failed("d1", LATER_US, error="HTTP 410", retry_us=None)
        assert await claimed_ids(store, LATER_US + HOUR_US) == ["d2"]
        (failed,) = (await store.deliveries(status=DeliveryStatus.FAILED, limit=9)).deliveries
        assert (failed.error, failed.finished_us, failed.attempts) == ("HTTP 410", LATER_US, 1)
        for delivery_id in ("d2", "none", "\0"):
            assert not await store.retry(delivery_id, LATER_US)
        assert await store.retry("d1", LATER_US)
        assert not await store.retry("d1", LATER_US)
        assert await claimed_ids(store, LATER_US - 1) == []
        assert await store.claim(LATER_US, until_us=LATER_US + 1, limit=9) == (
            replace(waiting(), attempts=1, due_us=LATER_US, error="HTTP 410"),
        )

    async def test_marking_what_is_not_kept_changes_nothing(self, store: NotificationStore) -> None:
        """It is no error: another program may have emptied the table."""
        await store.mark_sent("d1", MADE_US)
        await store.mark_failed("d1", MADE_US, error="x", retry_us=None)
        assert (await store.deliveries(limit=9)).total == 0

    async def test_the_log_has_those_made_last_first(self, store: NotificationStore) -> None:
        """Of all tenants or of one, of any status or of one, in pages; the total is that of all pages."""
        for rank in range(4):
            tenant_id = "acme" if rank % 2 else "other"
            await store.add([waiting(f"d{rank}", tenant_id, due_us=MADE_US + rank)])
        await store.mark_sent("d3", LATER_US)

        async def page(**which: object) -> tuple[list[str], int]:
            found = await store.deliveries(**{"limit": 9, **which})  # type: ignore[arg-type]
            return [delivery.delivery_id for delivery in found.deliveries], found.total

        assert await page() == (["d3", "d2", "d1", "d0"], 4)
        assert await page(limit=2, offset=1) == (["d2", "d1"], 4)
        assert await page(limit=2, offset=9) == ([], 4)
        assert await page(tenant_id="acme") == (["d3", "d1"], 2)
        assert await page(status=DeliveryStatus.WAITING) == (["d2", "d1", "d0"], 3)
        assert await page(tenant_id="acme", status=DeliveryStatus.SENT) == (["d3"], 1)
        assert await page(tenant_id="none") == ([], 0)

    async def test_tenant_ids_are_data(self, store: NotificationStore) -> None:
        """Quotes, NUL, lone surrogates, look-alikes: no tenant gets the state or the deliveries of another."""
        for rank, tenant_id in enumerate(UNUSUAL_TENANTS):
            await store.commit([state_over(tenant_id, content=f"{rank}")], [waiting(f"d{rank}", tenant_id)])
        states = await store.states(UNUSUAL_TENANTS)
        assert [states[tenant_id].content for tenant_id in UNUSUAL_TENANTS] == [*map(str, range(len(UNUSUAL_TENANTS)))]
        for rank, tenant_id in enumerate(UNUSUAL_TENANTS):
            assert states[tenant_id].tenant_id == tenant_id
            (delivery,) = (await store.deliveries(tenant_id, limit=9)).deliveries
            assert (delivery.delivery_id, delivery.tenant_id) == (f"d{rank}", tenant_id)

    async def test_many_tenants_are_read_and_written_at_once(self, store: NotificationStore) -> None:
        """A round has a thousand of them."""
        tenant_ids = [f"t{rank:04}" for rank in range(2_000)]
        written = await store.commit([*map(state_over, tenant_ids)], [waiting(name, name) for name in tenant_ids])
        assert written == set(tenant_ids)
        assert set(await store.states(tenant_ids)) == set(tenant_ids)
        assert (await store.deliveries(limit=1)).total == 2_000
