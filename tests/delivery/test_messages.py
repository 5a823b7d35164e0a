"""Messages, their deliveries, and the log of these."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sla_compliance.delivery.log import log_record
from sla_compliance.delivery.messages import DeliveryError, deliveries_to, delivery_id, shown_recipient
from sla_compliance.settings import AlertSettings, ReportSettings
from sla_compliance.stores.notifications import Channel, Delivery, DeliveryKind, DeliveryStatus
from tests.delivery.samples import MADE_US, delivery_to

SLACK = "https://hooks.example.com:8443/services/T0KEN?key=T0KEN"


def test_every_recipient_of_the_contract_file_has_a_delivery() -> None:
    """The same message to the same recipient is the same delivery, whenever it is made."""
    settings = ReportSettings(email=("ana@example.com", "bo@example.com"), webhook=SLACK, folder="acme")

    def made(created_us: int, due_us: int | None = None) -> tuple[Delivery, ...]:
        return deliveries_to(
            settings,
            message_id="m1",
            tenant_id="acme",
            kind=DeliveryKind.REPORT,
            content="{}",
            created_us=created_us,
            due_us=due_us,
        )

    deliveries = made(MADE_US)
    recipients = [(delivery.channel, delivery.recipient) for delivery in deliveries]
    assert recipients == [
        (Channel.EMAIL, "ana@example.com"),
        (Channel.EMAIL, "bo@example.com"),
        (Channel.WEBHOOK, SLACK),
        (Channel.FOLDER, "acme"),
    ]
    assert [delivery.delivery_id for delivery in made(MADE_US + 1, 9)] == [item.delivery_id for item in deliveries]
    assert {delivery.due_us for delivery in deliveries} == {MADE_US}
    assert {delivery.due_us for delivery in made(MADE_US, 9)} == {9}


def test_alerts_have_no_folder() -> None:
    """And without recipients there is no delivery."""
    values: dict[str, Any] = {"message_id": "m1", "tenant_id": "acme", "content": "{}"}
    settings = AlertSettings(email=("ana@example.com",))
    (delivery,) = deliveries_to(settings, **values, kind=DeliveryKind.ALERT, created_us=MADE_US)
    assert delivery == replace(delivery_to("ana@example.com", Channel.EMAIL))
    assert deliveries_to(AlertSettings(), **values, kind=DeliveryKind.ALERT, created_us=MADE_US) == ()


def test_different_deliveries_have_different_ids() -> None:
    """However their parts are cut; any text has one."""
    parts = [
        ("m1", Channel.EMAIL, "a"),
        ("m", Channel.EMAIL, "1a"),
        ("m1", Channel.FOLDER, "a"),
        ("m1", Channel.EMAIL, ""),
    ]
    parts += [("\ud800", Channel.EMAIL, "\0"), ("m15:email", Channel.EMAIL, "a")]
    assert len({delivery_id(*part) for part in parts}) == len(parts)
    assert {len(delivery_id(*part)) for part in parts} == {32}


def test_the_log_has_no_secret_of_a_url() -> None:
    """The host alone; instants are ISO texts."""
    sent = replace(delivery_to(SLACK), status=DeliveryStatus.SENT, finished_us=MADE_US + 1_000_000, attempts=2)
    record = log_record(sent)
    assert "T0KEN" not in str(record)
    assert record == {
        "delivery_id": sent.delivery_id,
        "message_id": "m1",
        "tenant_id": "acme",
        "kind": "alert",
        "channel": "webhook",
        "recipient": "hooks.example.com:8443",
        "status": "sent",
        "attempts": 2,
        "created_at": "2026-09-21T14:13:20+00:00",
        "due_at": "2026-09-21T14:13:20+00:00",
        "finished_at": "2026-09-21T14:13:21+00:00",
        "error": None,
    }
    assert log_record(delivery_to("acme", Channel.FOLDER))["finished_at"] is None
    assert shown_recipient(delivery_to("https://hooks.example.com?T0KEN")) == "hooks.example.com"


def test_an_error_survives_a_worker() -> None:
    """With what it says of further attempts."""
    error = pickle.loads(  # noqa: S301 - our own bytes
        pickle.dumps(DeliveryError("HTTP 503", is_permanent=True, retry_after=timedelta(seconds=5)))
    )
    assert (str(error), error.is_permanent, error.retry_after) == ("HTTP 503", True, timedelta(seconds=5))
