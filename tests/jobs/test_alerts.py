"""The job that alerts people: on an app that runs its tasks where they are sent."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging

import pytest
from celery import Celery

import sla_compliance as sla
from sla_compliance.alerts.messages import ALERT_RENDERERS
from sla_compliance.alerts.notifier import Notifier
from sla_compliance.delivery.dispatcher import Dispatcher
from sla_compliance.delivery.messages import Message
from sla_compliance.jobs.alerts import AlertParts, AlertSender
from sla_compliance.jobs.celery import register_tasks
from sla_compliance.jobs.celery_alerts import ALERTS
from sla_compliance.service import ComplianceService, MemoryTenants, SyncComplianceService, TenantSettings, to_async
from sla_compliance.settings import AlertSettings
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.stores.memory_notifications import MemoryNotificationStore
from sla_compliance.stores.notifications import Channel, Delivery

NOW = dt.datetime(2026, 10, 8, 12, tzinfo=dt.UTC)


class Outbox:
    """A way to deliver that keeps what it was given."""

    most_at_once = 1

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, delivery: Delivery, message: Message) -> None:
        assert json.loads(delivery.content) == message.payload
        self.messages.append(message)


def test_the_task_looks_at_each_tenant_and_sends(caplog: pytest.LogCaptureFixture) -> None:
    """Each alert is logged, and each tenant that fails; a second run tells nothing."""
    caplog.set_level(logging.INFO)
    rows = sla.AlarmBatch.from_alarms([sla.Alarm(NOW - dt.timedelta(hours=2), NOW, id="1")])
    service = SyncComplianceService(
        ComplianceService(
            to_async(MemoryAlarmSource({"acme": rows})),
            tenants=MemoryTenants({"acme": TenantSettings("Europe/Oslo")}),
            clock=lambda: NOW,
        )
    )
    outbox = Outbox()
    services: list[ComplianceService] = []

    def make_parts(async_service: ComplianceService) -> AlertParts:
        services.append(async_service)
        store = MemoryNotificationStore()
        settings = AlertSettings(email=("ana@example.com",))
        notifier = Notifier(async_service, store, settings=lambda _: settings, clock=lambda: NOW)
        return notifier, Dispatcher(store, transports={Channel.EMAIL: outbox}, renderers=ALERT_RENDERERS)

    app = Celery(set_as_current=False)
    app.conf.update(task_always_eager=True)
    with service:
        tasks = register_tasks(
            app,
            make_service=lambda: service,
            list_tenants=lambda: ["acme", "nobody"],
            send_alerts=AlertSender(make_parts),
        )
        assert tasks.send_alerts.delay().get() == 1
        assert tasks.send_alerts.delay().get() == 0
    assert len(services) == 1
    (message,) = outbox.messages
    assert message.subject == "acme: October 2026 is lost"
    assert message.payload["id"] in message.text
    lines = [record.getMessage() for record in caplog.records if record.name == "sla_compliance.jobs.celery"]
    assert lines[0] == f"alert {message.message_id} of tenant 'acme': acme: October 2026 is lost"
    assert lines[1].startswith("tenant 'nobody' could not be looked at: UnknownTenantError")
    assert app.conf.beat_schedule[ALERTS]["options"] == {"expires": 60}


def test_without_recipients_the_task_does_nothing() -> None:
    """And is not sent."""
    app = Celery(set_as_current=False)
    app.conf.update(task_always_eager=True)
    tasks = register_tasks(app, make_service=_no_service, list_tenants=lambda: ["acme"])
    assert tasks.send_alerts.delay().get() == 0
    assert ALERTS not in app.conf.beat_schedule


def _no_service() -> SyncComplianceService:
    raise AssertionError("no service is needed")


def test_a_notifier_alone_leaves_the_sending_to_others() -> None:
    rows = sla.AlarmBatch.from_alarms([sla.Alarm(NOW - dt.timedelta(hours=2), NOW, id="1")])
    store = MemoryNotificationStore()
    settings = AlertSettings(email=("ana@example.com",))
    source, tenants = to_async(MemoryAlarmSource({"acme": rows})), MemoryTenants({"acme": TenantSettings("UTC")})
    with SyncComplianceService(ComplianceService(source, tenants=tenants, clock=lambda: NOW)) as service:
        sender = AlertSender(
            lambda async_service: (
                Notifier(async_service, store, settings=lambda _: settings, clock=lambda: NOW),
                None,
            )
        )
        assert sender(service, ["acme"]).deliveries == 1
    assert asyncio.run(store.deliveries(limit=9)).total == 1
