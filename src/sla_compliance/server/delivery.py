"""What sends the deliveries of the app: its store, its transports, by the environment and the contract file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sla_compliance.delivery.dispatcher import Dispatcher, Renderer
from sla_compliance.delivery.folder import FolderTransport
from sla_compliance.delivery.mail import MailTransport
from sla_compliance.delivery.messages import DeliveryError, Message, Transport
from sla_compliance.delivery.webhook import WebhookAccess, WebhookTransport
from sla_compliance.errors import requires_extra
from sla_compliance.server.delivery_settings import DeliverySettings
from sla_compliance.server.variables import REPORTS_FOLDER, SMTP_HOST
from sla_compliance.settings import Settings
from sla_compliance.stores.notifications import Channel, Delivery, DeliveryKind, NotificationStore

with requires_extra("serve", __name__):
    from sqlalchemy.ext.asyncio import AsyncEngine

from sla_compliance.stores.sqlalchemy import AsyncSQLAlchemyNotificationStore
from sla_compliance.stores.timed_notifications import TimedNotificationStore

STORE_TIME_OUT: Final = timedelta(seconds=10)


def notification_store_of(engine: AsyncEngine) -> NotificationStore:
    """Return the store of notifications in the app's database; each of its calls has a time-out."""
    return TimedNotificationStore(AsyncSQLAlchemyNotificationStore(engine), STORE_TIME_OUT)


def dispatcher_of(
    store: NotificationStore,
    contract: Settings,
    settings: DeliverySettings,
    renderers: Mapping[DeliveryKind, Renderer],
) -> Dispatcher:
    """Return what sends the deliveries of a store.

    Args:
        renderers: what makes the messages; kinds without one are left to other programs.
    """
    return Dispatcher(store, transports=transports_of(contract, settings), renderers=renderers)


def transports_of(contract: Settings, settings: DeliverySettings) -> dict[Channel, Transport]:
    """Return the ways to deliver; one that is not set up fails each attempt, and says what to set."""

    def access(delivery: Delivery) -> WebhookAccess:
        agreement = contract.agreement(delivery.tenant_id)
        recipients = agreement.reports if delivery.kind is DeliveryKind.REPORT else agreement.alerts
        return WebhookAccess(
            secret=settings.webhook_secrets.get(recipients.webhook_secret_variable),
            secret_name=recipients.webhook_secret_variable,
            may_be_http=recipients.webhook_may_be_http,
        )

    mail: Transport = _UnsetTransport(f"{SMTP_HOST} is not set, so no mail can be sent; set it to the mail server")
    if settings.mail_server is not None:
        mail = MailTransport(settings.mail_server)
    folder: Transport = _UnsetTransport(f"{REPORTS_FOLDER} is not set, so no file can be written; set it to a folder")
    if settings.reports_folder is not None:
        folder = FolderTransport(settings.reports_folder)
    webhook = WebhookTransport(access, addresses=settings.webhook_addresses, tls=settings.webhook_tls)
    return {Channel.EMAIL: mail, Channel.WEBHOOK: webhook, Channel.FOLDER: folder}


class _UnsetTransport:
    """A way that the operator has not set up: what takes it waits, and the log says why."""

    most_at_once = 1

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def send(self, delivery: Delivery, message: Message) -> None:  # noqa: ARG002 - as every transport
        """Fail.

        Raises:
            DeliveryError: always.
        """
        raise DeliveryError(self._reason)
