"""Transports keep their promises: webhooks and mails to real servers, files of a folder."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from sla_compliance.delivery.folder import FolderTransport
from sla_compliance.delivery.mail import MailServer, MailTransport
from sla_compliance.delivery.messages import Transport
from sla_compliance.stores.notifications import Channel
from sla_compliance.testing import TransportContract
from sla_compliance.testing.transport import RECIPIENT_SECRET
from tests.delivery.http_server import ACCEPTED, Receiver, receiving
from tests.delivery.samples import webhook
from tests.delivery.smtp_server import MailBox, mail_box


def closed_port() -> int:
    """Return a port on which nothing listens."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


class TestWebhook(TransportContract):
    """To a server that accepts."""

    @pytest.fixture
    def channel(self) -> Channel:
        """Webhooks."""
        return Channel.WEBHOOK

    @pytest.fixture
    async def receiver(self) -> AsyncIterator[Receiver]:
        """A server of the test."""
        async with receiving(ACCEPTED) as receiver:
            yield receiver

    @pytest.fixture
    def transport(self) -> Transport:
        """It may reach this machine."""
        return webhook(step_s=5)

    @pytest.fixture
    def recipient(self, receiver: Receiver) -> str:
        """The server."""
        return f"http://127.0.0.1:{receiver.port}/hook?token={RECIPIENT_SECRET}"

    @pytest.fixture
    def arrived(self, receiver: Receiver) -> Callable[[], int]:
        """Requests that came whole."""
        return lambda: len(receiver.requests)

    @pytest.fixture
    def unreachable_recipient(self) -> str:
        """Nothing listens there."""
        return f"http://127.0.0.1:{closed_port()}/hook?token={RECIPIENT_SECRET}"


class TestMail(TransportContract):
    """To a mail server that takes what it gets."""

    @pytest.fixture
    def channel(self) -> Channel:
        """Mails."""
        return Channel.EMAIL

    @pytest.fixture
    async def box(self) -> AsyncIterator[MailBox]:
        """A server of the test; it refuses one of its users."""
        async with mail_box() as box:
            yield box

    @pytest.fixture
    def transport(self, box: MailBox) -> Transport:
        """To the server."""
        return MailTransport(MailServer(host="127.0.0.1", port=box.port, sender="noc@example.org", tls="none"))

    @pytest.fixture
    def recipient(self) -> str:
        """Somebody."""
        return "ana@example.com"

    @pytest.fixture
    def arrived(self, box: MailBox) -> Callable[[], int]:
        """Mails that were taken."""
        return lambda: len(box.mails)

    @pytest.fixture
    def unreachable_recipient(self, box: MailBox) -> str:
        """The server refuses everybody from now on."""
        box.replies["RCPT"] = "550 no such user"
        return "bo@example.com"


class TestFolder(TransportContract):
    """Below a folder of the test."""

    @pytest.fixture
    def channel(self) -> Channel:
        """Files."""
        return Channel.FOLDER

    @pytest.fixture
    def transport(self, tmp_path: Path) -> Transport:
        """Into the folder."""
        return FolderTransport(tmp_path)

    @pytest.fixture
    def recipient(self) -> str:
        """A folder below."""
        return "acme"

    @pytest.fixture
    def arrived(self, tmp_path: Path) -> Callable[[], int]:
        """Files there."""
        return lambda: len(list((tmp_path / "acme").glob("*")))

    @pytest.fixture
    def unreachable_recipient(self, tmp_path: Path) -> str:
        """A file stands where the folder would be."""
        (tmp_path / "taken").write_text("")
        return "taken"
