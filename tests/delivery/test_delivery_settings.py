"""What the environment says of deliveries, and what is made of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance import settings as contract_files
from sla_compliance.delivery.addresses import PRIVATE_NETWORKS
from sla_compliance.delivery.messages import DeliveryError
from sla_compliance.errors import InvalidValueError
from sla_compliance.server.delivery import dispatcher_of, notification_store_of, transports_of
from sla_compliance.server.delivery_settings import DeliverySettings
from sla_compliance.stores.memory_notifications import MemoryNotificationStore
from sla_compliance.stores.notifications import Channel, DeliveryKind
from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyNotificationStore
from sla_compliance.stores.timed_notifications import TimedNotificationStore
from tests.delivery.certificates import SelfSigned
from tests.delivery.http_server import ACCEPTED, receiving
from tests.delivery.samples import SECRET, delivery_to, message, render
from tests.delivery.smtp_server import mail_box

pytestmark = pytest.mark.anyio

OTHER_SECRET = "another secret of the tests, as long as it is"  # noqa: S105
MAIL = {"SLA_SMTP_HOST": "mail.example.com", "SLA_SMTP_SENDER": "noc@example.com"}


def read(**variables: str) -> DeliverySettings:
    return DeliverySettings.from_environment(variables)


def test_an_empty_environment_sets_up_nothing() -> None:
    """Webhooks to public addresses need a secret all the same."""
    settings = read()
    assert (settings.webhook_secrets, settings.mail_server, settings.reports_folder) == ({}, None, None)
    assert settings.webhook_addresses.allowed_networks == ()


def test_every_variable_reaches_what_it_names(tmp_path: Path) -> None:
    """Secrets are not shown."""
    (tmp_path / "password").write_text("s3cret\n", encoding="utf-8")
    settings = read(
        **MAIL,
        SLA_SMTP_USER="ana",
        SLA_SMTP_PASSWORD_FILE=str(tmp_path / "password"),
        SLA_SMTP_PORT="2525",
        SLA_SMTP_TLS="tls",
        SLA_WEBHOOK_SECRET=SECRET,
        SLA_WEBHOOK_SECRET_ACME=OTHER_SECRET,
        SLA_WEBHOOK_ALLOW_PRIVATE="1",
        SLA_REPORTS_FOLDER=str(tmp_path),
    )
    server = settings.mail_server
    assert server is not None
    assert (server.host, server.port, server.tls) == ("mail.example.com", 2525, "tls")
    assert (server.user, server.password, server.sender) == ("ana", "s3cret", "noc@example.com")
    assert settings.webhook_secrets == {"SLA_WEBHOOK_SECRET": SECRET, "SLA_WEBHOOK_SECRET_ACME": OTHER_SECRET}
    assert settings.webhook_addresses.allowed_networks == PRIVATE_NETWORKS
    assert settings.reports_folder == tmp_path
    for secret in ("s3cret", SECRET, OTHER_SECRET):
        assert secret not in repr(settings)


@pytest.mark.parametrize(("tls", "port"), [("", 587), ("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_follows_from_tls(tls: str, port: int) -> None:
    """Where none is said."""
    server = read(**MAIL, SLA_SMTP_TLS=tls).mail_server
    assert server is not None
    assert server.port == port


@pytest.mark.parametrize(
    ("variables", "fault"),
    [
        ({"SLA_SMTP_HOST": "h"}, "SLA_SMTP_SENDER is missing; set it to the address"),
        ({**MAIL, "SLA_SMTP_SENDER": "x"}, "SLA_SMTP_SENDER is 'x'; give an address"),
        ({**MAIL, "SLA_SMTP_TLS": "ssl"}, "SLA_SMTP_TLS is 'ssl'; give one of starttls, tls, none"),
        ({**MAIL, "SLA_SMTP_PORT": "0"}, "SLA_SMTP_PORT is '0'; give a number from 1 to 65535"),
        ({**MAIL, "SLA_SMTP_PORT": "65536"}, "SLA_SMTP_PORT is '65536'"),
        ({**MAIL, "SLA_SMTP_PORT": "٣"}, "SLA_SMTP_PORT is "),
        ({**MAIL, "SLA_SMTP_USER": "u"}, "SLA_SMTP_PASSWORD is missing; set user and password"),
        ({**MAIL, "SLA_SMTP_PASSWORD": "PASSWORD"}, "SLA_SMTP_USER is missing; set user and password"),
        (
            {**MAIL, "SLA_SMTP_USER": "u", "SLA_SMTP_PASSWORD": "PASSWORD", "SLA_SMTP_TLS": "none"},
            "SLA_SMTP_TLS is 'none', so the password would be sent unencrypted",
        ),
        (
            {**MAIL, "SLA_SMTP_USER": "u", "SLA_SMTP_PASSWORD": "PASSWORD", "SLA_SMTP_PASSWORD_FILE": "f"},
            "SLA_SMTP_PASSWORD is set and SLA_SMTP_PASSWORD_FILE too; set one of them",
        ),
        (
            {**MAIL, "SLA_SMTP_USER": "u", "SLA_SMTP_PASSWORD_FILE": "/no/such/file"},
            "SLA_SMTP_PASSWORD_FILE is '/no/such/file', which cannot be read: FileNotFoundError",
        ),
        ({**MAIL, "SLA_SMTP_CA_FILE": "/no/such/file"}, "SLA_SMTP_CA_FILE is '/no/such/file', which cannot be read"),
        ({"SLA_WEBHOOK_CA_FILE": __file__}, "SLA_WEBHOOK_CA_FILE is .* which cannot be read as certificates"),
        ({"SLA_WEBHOOK_SECRET": "PASSWORD"}, "SLA_WEBHOOK_SECRET is 8 bytes long; give 32 or more"),
        ({"SLA_WEBHOOK_SECRET_B": "PASSWORD"}, "SLA_WEBHOOK_SECRET_B is 8 bytes long; give 32 or more"),
        ({"SLA_WEBHOOK_ALLOW_PRIVATE": "all"}, "SLA_WEBHOOK_ALLOW_PRIVATE holds 'all'; give 1, or networks"),
    ],
)
def test_a_wrong_value_is_refused(variables: dict[str, str], fault: str) -> None:
    """By the name of its variable, without the secret."""
    with pytest.raises(InvalidValueError, match=f"^{fault}") as caught:
        read(**variables)
    assert "PASSWORD" not in str(caught.value).replace("SLA_SMTP_PASSWORD", "")


async def test_each_tenants_webhook_is_signed_with_the_secret_that_its_table_names(tmp_path: Path) -> None:
    """Alerts and reports may have different ones; TLS is checked by the file of certificates."""
    certificate = SelfSigned(tmp_path)
    settings = read(
        SLA_WEBHOOK_SECRET=SECRET,
        SLA_WEBHOOK_SECRET_ACME=OTHER_SECRET,
        SLA_WEBHOOK_ALLOW_PRIVATE="127.0.0.0/8",
        SLA_WEBHOOK_CA_FILE=str(certificate.file),
    )
    contract = contract_files.loads(
        """
        [tenants.acme.alerts]
        webhook_secret_variable = "SLA_WEBHOOK_SECRET_ACME"
        [tenants.beta.alerts]
        webhook_secret_variable = "SLA_WEBHOOK_SECRET_BETA"
        """
    )
    webhooks = transports_of(contract, settings)[Channel.WEBHOOK]
    signatures: list[str] = []
    async with receiving(ACCEPTED, tls=certificate.server()) as receiver:
        alert = delivery_to(f"https://127.0.0.1:{receiver.port}/")
        for delivery in (alert, replace(alert, tenant_id="other"), replace(alert, kind=DeliveryKind.REPORT)):
            await webhooks.send(delivery, message())
        signatures = [request.headers["x-sla-signature"].partition("v1=")[2] for request in receiver.requests]
        with pytest.raises(DeliveryError, match="SLA_WEBHOOK_SECRET_BETA is not set"):
            await webhooks.send(replace(alert, tenant_id="beta"), message())
        with pytest.raises(DeliveryError, match="begins with http://"):
            await webhooks.send(delivery_to(f"http://127.0.0.1:{receiver.port}/"), message())
    assert len(signatures) == 3
    assert signatures[0] not in signatures[1:]


async def test_what_is_not_set_up_waits_and_says_what_to_set() -> None:
    """Nothing is lost, and nothing waits in silence."""
    store = MemoryNotificationStore()
    await store.add([delivery_to("ana@example.com", Channel.EMAIL), delivery_to("acme", Channel.FOLDER)])
    renderers = {DeliveryKind.ALERT: render}
    outcome = await dispatcher_of(store, contract_files.loads(""), read(), renderers).dispatch_due()
    assert outcome.retried == 2
    errors = {delivery.channel: delivery.error for delivery in (await store.deliveries(limit=9)).deliveries}
    assert errors == {
        Channel.EMAIL: "SLA_SMTP_HOST is not set, so no mail can be sent; set it to the mail server",
        Channel.FOLDER: "SLA_REPORTS_FOLDER is not set, so no file can be written; set it to a folder",
    }


async def test_the_app_keeps_its_deliveries_in_its_database(tmp_path: Path) -> None:
    """Each call of the store has a time-out."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'app.db'}")
    await AsyncSQLAlchemyNotificationStore(engine).create_tables()
    store = notification_store_of(engine)
    assert isinstance(store, TimedNotificationStore)
    await store.add([delivery_to("ana@example.com", Channel.EMAIL)])
    assert (await dispatcher_of(store, contract_files.loads(""), read(), {}).dispatch_due()).retried == 0
    assert (await store.deliveries(limit=9)).total == 1
    await engine.dispose()


async def test_mails_and_files_go_where_the_environment_says(tmp_path: Path) -> None:
    """By a real server, into a real folder."""
    store = MemoryNotificationStore()
    await store.add([delivery_to("ana@example.com", Channel.EMAIL), delivery_to("acme", Channel.FOLDER)])
    certificate = SelfSigned(tmp_path)
    reports = tmp_path / "reports"
    reports.mkdir()
    async with mail_box(starttls=certificate.server(), password="s3cret") as box:  # noqa: S106
        variables: dict[str, Any] = {
            "SLA_SMTP_HOST": "127.0.0.1",
            "SLA_SMTP_PORT": str(box.port),
            "SLA_SMTP_SENDER": "NOC <noc@example.com>",
            "SLA_SMTP_USER": "ana",
            "SLA_SMTP_PASSWORD": "s3cret",
            "SLA_SMTP_CA_FILE": str(certificate.file),
            "SLA_REPORTS_FOLDER": str(reports),
        }
        dispatcher = dispatcher_of(store, contract_files.loads(""), read(**variables), {DeliveryKind.ALERT: render})
        assert (await dispatcher.dispatch_due()).sent == 2
    assert [taken.mail["To"] for taken in box.mails] == ["ana@example.com"]
    assert [path.name for path in (reports / "acme").iterdir()] == ["report é.pdf"]
