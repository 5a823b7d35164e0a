"""Rounds of a notifier: over a service and a store, by several workers, with tenants that fail."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import sla_compliance as sla
from sla_compliance import alerts
from sla_compliance.alerts.ended_budgets import ended_budget
from sla_compliance.alerts.messages import ALERT_RENDERERS
from sla_compliance.alerts.notifier import Notifier, RoundReport
from sla_compliance.analysis import budget
from sla_compliance.errors import UnknownTenantError
from sla_compliance.service import ComplianceService, MemoryTenants, TenantSettings
from sla_compliance.settings.notifications import AlertSettings
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.memory_notifications import MemoryNotificationStore
from sla_compliance.stores.notifications import Channel, Delivery, DeliveryKind, StoredState

pytestmark = pytest.mark.anyio

TENANTS = ("acme", "beta", "gamma")
MINUTE = dt.timedelta(minutes=1)
TO_ANA = AlertSettings(email=("ana@example.com",), webhook="https://hooks.example.com/sla")
VALIDATOR = Draft202012Validator(alerts.alert_schema())


def at(day: int, hour: int = 0, minute: int = 0, *, month: int = 10) -> dt.datetime:
    """Return a moment of 2026, UTC."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=dt.UTC)


def outage(start: dt.datetime, minutes: float) -> sla.Alarm:
    return sla.Alarm(start, start + minutes * MINUTE, id=start.isoformat())


class Platform:
    """Tenants with alarms, a clock, and a store that several workers share."""

    def __init__(self, **rows: Sequence[sla.Alarm]) -> None:
        self.now = at(8, 10)
        self.rows = {tenant_id: list(rows.get(tenant_id, ())) for tenant_id in TENANTS}
        self.failing: set[str] = set()
        self.store = MemoryNotificationStore()
        self.days = MemoryDayStore()
        self.settings = dict.fromkeys(TENANTS, TO_ANA)

    def clock(self) -> dt.datetime:
        return self.now

    async def fetch(self, tenant_id: str, *window: Any) -> sla.AlarmBatch:
        if tenant_id in self.failing:
            raise ConnectionError("the database is down")
        source = MemoryAlarmSource({tenant_id: sla.AlarmBatch.from_alarms(self.rows[tenant_id])})
        return source.fetch(tenant_id, *window)

    def worker(self, **options: Any) -> Notifier:
        """Return the notifier of a process of its own."""
        tenants = MemoryTenants(dict.fromkeys(TENANTS, TenantSettings("Europe/Oslo")))
        service = ComplianceService(self, tenants=tenants, clock=self.clock, store=self.days)
        parts: dict[str, Any] = {"store": self.store, "settings": self.settings.__getitem__, "clock": self.clock}
        return Notifier(service, **(parts | options))

    async def rounds(self, worker: Notifier, until: dt.datetime, every: dt.timedelta = MINUTE) -> list[RoundReport]:
        """Return the reports of rounds from now on."""
        reports: list[RoundReport] = []
        while self.now <= until:
            reports.append(await worker.run_round(TENANTS))
            self.now += every
        return reports

    async def deliveries(self) -> tuple[Delivery, ...]:
        """Return what was committed, the first made first."""
        return (await self.store.deliveries(limit=1_000)).deliveries[::-1]

    async def titles(self) -> list[str]:
        """Return the titles of the e-mails, the first made first."""
        mails = [each for each in await self.deliveries() if each.channel is Channel.EMAIL]
        return [json.loads(mail.content)["title"] for mail in mails]


async def test_an_outage_is_told_to_each_recipient_once() -> None:
    """Urgent, then lost; the state is written where it has changed and at no other time."""
    platform = Platform(acme=[outage(at(8, 10, 5), 120)])
    reports = await platform.rounds(platform.worker(), at(8, 11))
    assert await platform.titles() == [
        "acme: cleared by 12:49 (Europe/Oslo) or October is lost",
        "acme: October 2026 is lost",
    ]
    deliveries = await platform.deliveries()
    assert {(each.channel, each.recipient) for each in deliveries} == {
        (Channel.EMAIL, "ana@example.com"),
        (Channel.WEBHOOK, "https://hooks.example.com/sla"),
    }
    assert len({each.delivery_id for each in deliveries}) == 4
    assert len({each.message_id for each in deliveries}) == 2
    for each in deliveries:
        payload = json.loads(each.content)
        VALIDATOR.validate(payload)
        assert payload["id"] == each.message_id
    assert all(report.looked_at == 3 and not report.errors for report in reports)
    states = await platform.store.states(TENANTS)
    # First look; urgent; low; lost.
    assert [states[tenant_id].version for tenant_id in TENANTS] == [4, 1, 1]


async def test_the_message_of_a_delivery_is_its_payload_and_a_text_for_people() -> None:
    platform = Platform(acme=[outage(at(8, 7), 120)])
    await platform.worker().run_round(TENANTS)
    delivery = (await platform.deliveries())[0]
    message = await ALERT_RENDERERS[delivery.kind](delivery)
    payload = json.loads(delivery.content)
    assert (message.message_id, message.payload, message.subject) == (payload["id"], payload, payload["title"])
    assert message.text == f"{payload['text']}\n\nid: {payload['id']}\n"


async def test_the_digest_comes_once_at_its_time() -> None:
    """What is low waits until eight o'clock in Oslo."""
    platform = Platform(acme=[outage(at(1, 1), 36)])
    await platform.rounds(platform.worker(), at(10, 12), dt.timedelta(minutes=30))
    (mail,) = [each for each in await platform.deliveries() if each.channel is Channel.EMAIL]
    payload = json.loads(mail.content)
    VALIDATOR.validate(payload)
    assert (mail.kind, payload["at"]) == (DeliveryKind.DIGEST, "2026-10-09T08:00:00+02:00")
    assert [entry["kind"] for entry in payload["alerts"]] == ["LOW"]


async def test_a_tenant_that_fails_does_not_stop_the_others() -> None:
    """It is without data after an hour, once; its alerts come when it can be read again."""
    platform = Platform(acme=[outage(at(8, 10), 120)], beta=[outage(at(8, 10), 120)])
    platform.failing = {"acme"}
    worker = platform.worker()
    reports = await platform.rounds(worker, at(8, 12))
    assert isinstance(reports[0].errors["acme"], ConnectionError)
    assert [title for title in await platform.titles() if "acme" in title] == ["acme: no data"]
    assert "beta: October 2026 is lost" in await platform.titles()
    platform.failing = set()
    await platform.rounds(worker, at(8, 12, 5))
    assert (await platform.titles())[-1] == "acme: October 2026 is lost"


async def test_settings_that_cannot_be_read_are_one_tenants_fault() -> None:
    platform = Platform()
    del platform.settings["beta"]
    report = await platform.worker().run_round(TENANTS)
    assert report.looked_at == 2
    assert isinstance(report.errors["beta"], KeyError)


async def test_a_tenant_that_nobody_is_told_of_is_not_looked_at() -> None:
    platform = Platform(acme=[outage(at(8, 8), 120)])
    platform.settings["acme"] = AlertSettings()
    report = await platform.worker().run_round(TENANTS)
    assert (report.looked_at, report.alerts) == (2, [])


async def test_an_unknown_tenant_is_a_reading_that_fails() -> None:
    platform = Platform()
    platform.settings["nobody"] = TO_ANA
    report = await platform.worker().run_round(["nobody"])
    assert isinstance(report.errors["nobody"], UnknownTenantError)


async def test_of_two_workers_one_tells() -> None:
    """Both have read the same states; the second finds that it was overtaken."""
    platform = Platform(acme=[outage(at(8, 7), 120)])
    first, second = platform.worker(), platform.worker(store=Overtaken(platform))
    report = await second.run_round(TENANTS)
    assert report.overtaken == list(TENANTS)
    assert report.deliveries == 0
    assert await platform.titles() == ["acme: October 2026 is lost"]
    await first.run_round(TENANTS)
    assert await platform.titles() == ["acme: October 2026 is lost"]


class Overtaken:
    """The platform's store, in which another worker runs a whole round between reading and writing."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    async def states(self, tenant_ids: Sequence[str]) -> Any:
        states = await self.platform.store.states(tenant_ids)
        await self.platform.worker().run_round(TENANTS)
        return states

    async def commit(self, *arguments: Any) -> frozenset[str]:
        return await self.platform.store.commit(*arguments)


class Killed(BaseException):
    """The end of a worker."""


class Dying:
    """The platform's store, whose worker dies before or after a commit."""

    def __init__(self, platform: Platform, *, commits: int, is_done: bool) -> None:
        self.platform = platform
        self.commits_left = commits
        self.is_done = is_done

    async def states(self, tenant_ids: Sequence[str]) -> Any:
        return await self.platform.store.states(tenant_ids)

    async def commit(self, states: Sequence[StoredState], deliveries: Sequence[Delivery]) -> frozenset[str]:
        self.commits_left -= 1
        if self.commits_left >= 0:
            return await self.platform.store.commit(states, deliveries)
        if self.is_done:
            await self.platform.store.commit(states, deliveries)
        raise Killed


@pytest.mark.parametrize("is_done", [False, True], ids=["before the commit", "after the commit"])
@pytest.mark.parametrize("commits", [0, 1, 2])
async def test_a_worker_that_is_killed_loses_nothing_and_tells_nothing_twice(commits: int, is_done: bool) -> None:
    """All three tenants have lost the month; the round after that tells what was not told."""
    rows = [outage(at(8, 7), 120)]
    platform = Platform(acme=rows, beta=rows, gamma=rows)
    with pytest.raises(Killed):
        await platform.worker(store=Dying(platform, commits=commits, is_done=is_done)).run_round(TENANTS)
    await platform.worker().run_round(TENANTS)
    assert sorted(await platform.titles()) == [f"{tenant_id}: October 2026 is lost" for tenant_id in TENANTS]


async def test_a_callback_is_called_once_an_alert_and_again_where_it_fails() -> None:
    """Its error is the tenant's; nothing of that alert is committed until it succeeds."""
    platform = Platform(acme=[outage(at(8, 7), 120)], beta=[outage(at(8, 7), 120)])
    calls: list[str] = []

    def on_alert(alert: alerts.Alert) -> None:
        calls.append(alert.alert_id)
        if calls.count(alert.alert_id) == 1 and alert.tenant_id == "acme":
            raise OSError("the pager is off")

    worker = platform.worker(on_alert=on_alert)
    report = await worker.run_round(TENANTS)
    assert isinstance(report.errors["acme"], OSError)
    assert await platform.titles() == ["beta: October 2026 is lost"]
    await worker.run_round(TENANTS)
    await worker.run_round(TENANTS)
    assert sorted(calls.count(alert_id) for alert_id in set(calls)) == [1, 2]
    assert len(await platform.titles()) == 2


async def test_a_callback_needs_no_recipients() -> None:
    platform = Platform(acme=[outage(at(8, 7), 120)])
    platform.settings = dict.fromkeys(TENANTS, AlertSettings())
    called: list[str] = []
    worker = platform.worker(on_alert=lambda alert: called.append(alert.title))
    report = await worker.run_round(TENANTS)
    assert called == ["acme: October 2026 is lost"]
    assert (report.looked_at, len(report.alerts), report.deliveries) == (3, 1, 0)


async def test_the_ids_that_a_callback_was_called_with_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sla_compliance.alerts.notifier._MOST_IDS_REMEMBERED", 1)
    rows = [outage(at(8, 7), 120)]
    platform = Platform(acme=rows, beta=rows)
    called: list[str] = []
    worker = platform.worker(on_alert=lambda alert: called.append(alert.tenant_id))
    await worker.run_round(TENANTS)
    assert sorted(called) == ["acme", "beta"]


async def test_a_state_of_a_later_version_is_left_alone() -> None:
    platform = Platform()
    later = StoredState(tenant_id="acme", content='{"version":2}', version=0)
    await platform.store.commit([later], ())
    report = await platform.worker().run_round(TENANTS)
    assert set(report.errors) == {"acme"}
    assert (await platform.store.states(["acme"]))["acme"].content == later.content


async def test_a_recipient_that_no_store_can_keep_is_one_tenants_fault() -> None:
    rows = [outage(at(8, 7), 120)]
    platform = Platform(acme=rows, beta=rows)
    platform.settings["acme"] = AlertSettings(email=("a\0@example.com",))
    report = await platform.worker().run_round(TENANTS)
    assert set(report.errors) == {"acme"}
    assert await platform.titles() == ["beta: October 2026 is lost"]


async def test_the_last_minute_of_a_month_is_looked_at_once_more() -> None:
    """The breach came between two rounds, and the second one is of November."""
    platform = Platform(acme=[outage(at(31, 22, 10), 49)])
    platform.now = at(31, 22, 50)
    worker = platform.worker()
    await worker.run_round(TENANTS)
    # In Oslo October ends at 23:00 UTC: 49 minutes are more than the 44.7 that are allowed.
    platform.now = at(31, 23, 0)
    await worker.run_round(TENANTS)
    assert await platform.titles() == [
        "acme: cleared by 23:54 (Europe/Oslo) or October is lost",
        "acme: October 2026 is lost",
    ]


async def test_a_lost_month_that_is_over_is_met_after_all() -> None:
    """A change that is reported comes to the look back of the next hours; a look back that fails comes again."""
    platform = Platform(acme=[outage(at(8, 7), 120)])
    worker = platform.worker()
    await worker.run_round(TENANTS)
    platform.now = at(2, month=11)
    await worker.run_round(TENANTS)
    assert len(await platform.titles()) == 1
    platform.rows["acme"] = [outage(at(8, 7), 1)]
    platform.now += dt.timedelta(hours=2)
    platform.failing = {"acme"}
    fresh = platform.worker()
    assert set((await fresh.run_round(TENANTS)).errors) == {"acme"}
    platform.failing = set()
    await fresh.run_round(TENANTS)
    assert (await platform.titles())[-1] == "acme: October 2026 met its target after all"
    # Not again, and no look back in every round.
    await fresh.run_round(TENANTS)
    assert len(await platform.titles()) == 2


async def test_a_look_back_by_a_clock_that_was_ahead_delays_no_other() -> None:
    """It was three days ahead for a round; the look back of that round is still to come."""
    platform = Platform(acme=[outage(at(8, 7), 120)])
    await platform.worker().run_round(TENANTS)
    for day in (2, 5):
        platform.now = at(day, month=11)
        await platform.worker().run_round(TENANTS)
    platform.now = at(2, 1, month=11)
    platform.rows["acme"] = [outage(at(8, 7), 1)]
    platform.days = MemoryDayStore()
    await platform.worker().run_round(TENANTS)
    assert (await platform.titles())[-1] == "acme: October 2026 met its target after all"


def test_the_budget_of_a_record_is_that_of_its_report() -> None:
    """All of it but what rows alone say."""
    for target, minutes in (("99.9", 60), ("100", 0), ("99", 10)):
        report = sla.evaluate(
            [outage(at(8), minutes)],
            start=at(1),
            end=at(1, month=11),
            zone="Europe/Oslo",
            as_of=at(2, month=11),
            policy=sla.SLAPolicy(target),
        )
        of_record, of_report = ended_budget(report.total, report.as_of_us), budget(report)
        left_out = {"last_monitored_at", "because", "more_in_doubt"}
        for name in set(type(of_report).__slots__) - left_out:
            assert getattr(of_record, name) == getattr(of_report, name), name
