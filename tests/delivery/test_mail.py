"""Mails to real servers, encrypted and not, that refuse, hang, close and dribble."""

from __future__ import annotations

import asyncio
import email
import email.policy
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from sla_compliance.delivery.mail import MailServer, MailTransport, mail_of
from sla_compliance.delivery.messages import Attachment, DeliveryError
from sla_compliance.errors import InvalidValueError
from sla_compliance.stores.notifications import Channel
from tests.delivery.certificates import SelfSigned
from tests.delivery.samples import delivery_to, message
from tests.delivery.smtp_server import CLOSE, DRIP, HANG, MailBox, mail_box

pytestmark = pytest.mark.anyio

ANA = "Ana Pérez <ana@example.com>"
SENDER = "Zoë's NOC <noc@example.org>"


def transport(port: int, **changes: Any) -> MailTransport:
    """Return a transport to a server of the test."""
    values: dict[str, Any] = {"tls": "none", "sender": SENDER, "step_s": 0.5, "total_s": 2.0}
    return MailTransport(MailServer(host="127.0.0.1", port=port, **{**values, **changes}))


async def send(port: int, recipient: str = ANA, **changes: Any) -> None:
    await transport(port, **changes).send(delivery_to(recipient, Channel.EMAIL), message())


async def failure_of(replies: dict[str, str], recipient: str = ANA, **changes: Any) -> tuple[DeliveryError, MailBox]:
    """Send to a server with these replies; return why it failed."""
    async with mail_box(replies=replies) as box:
        with pytest.raises(DeliveryError) as caught:
            await send(box.port, recipient, **changes)
    return caught.value, box


async def test_a_message_arrives_whole() -> None:
    """Names of any script, both bodies, a line with a dot alone, bytes of attachments as they are."""
    async with mail_box() as box:
        await send(box.port)
    (taken,) = box.mails
    commands = [taken.sender.split(" ")[1].lower(), *map(str.lower, taken.recipients)]  # Pythons differ in the case
    assert commands == ["from:<noc@example.org>", "rcpt to:<ana@example.com>"]
    mail = taken.mail
    assert (mail["From"].addresses[0].display_name, mail["To"]) == ("Zoë's NOC", ANA)
    assert mail["Subject"] == "October is lost: Zoë's line"
    assert mail["Message-ID"] == "<m1@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.timestamp() == 1_790_000_000
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == message().text
    assert html.get_content().strip() == message().html
    (attachment,) = mail.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content_type()) == ("report é.pdf", "application/pdf")
    assert attachment.get_content() == message().attachments[0].content
    assert taken.raw.isascii()


async def test_one_alert_has_one_message_id_for_all_recipients() -> None:
    """In all attempts; nobody reads the address of another."""
    async with mail_box() as box:
        for recipient in (ANA, "bo@example.com", ANA):
            await send(box.port, recipient)
    assert {taken.mail["Message-ID"] for taken in box.mails} == {"<m1@example.org>"}
    assert "bo@example.com" not in box.mails[0].raw.decode()


class TestTLS:
    """No mail and no password goes where the certificate is not trusted."""

    @pytest.mark.parametrize("tls", ["starttls", "tls"])
    async def test_a_trusted_server_gets_user_and_password(self, tls: str, tmp_path: Path) -> None:
        """Encrypted, and not before."""
        certificate = SelfSigned(tmp_path)
        contexts: dict[str, Any] = {"tls" if tls == "tls" else "starttls": certificate.server()}
        async with mail_box(**contexts, password="s3cret") as box:  # noqa: S106
            trusted: dict[str, Any] = {"tls": tls, "trusted": certificate.trusted(), "user": "ana"}
            await send(box.port, **trusted, password="s3cret")  # noqa: S106
            with pytest.raises(DeliveryError, match="127.0.0.1 refuses the user or the password: 535") as caught:
                await send(box.port, **trusted, password="other")  # noqa: S106
        assert len(box.mails) == 1
        assert set(box.encrypted_logins) == {True}
        assert not caught.value.is_permanent

    @pytest.mark.parametrize("tls", ["starttls", "tls"])
    async def test_another_certificate_is_refused(self, tls: str, tmp_path: Path) -> None:
        """One that nobody signed, and one of another name."""
        own, other = SelfSigned(tmp_path), SelfSigned(tmp_path, "other.example")
        for certificate, trusted in ((own, None), (other, other.trusted())):
            contexts: dict[str, Any] = {"tls" if tls == "tls" else "starttls": certificate.server()}
            async with mail_box(**contexts, password="s3cret") as box:  # noqa: S106
                with pytest.raises(DeliveryError, match="has a certificate that is not trusted") as caught:
                    await send(box.port, tls=tls, trusted=trusted, user="ana", password="s3cret")  # noqa: S106
            assert (box.mails, box.encrypted_logins, caught.value.is_permanent) == ([], [], False)

    async def test_a_server_without_starttls_gets_nothing(self) -> None:
        """It is never spoken to unencrypted instead."""
        async with mail_box(password="s3cret") as box:  # noqa: S106
            with pytest.raises(DeliveryError, match="127.0.0.1 cannot do what is needed: STARTTLS") as caught:
                await send(box.port, tls="starttls", user="ana", password="s3cret")  # noqa: S106
        assert (box.mails, box.encrypted_logins, caught.value.is_permanent) == ([], [], False)

    def test_a_password_is_never_sent_unencrypted(self) -> None:
        """The settings are refused."""
        with pytest.raises(InvalidValueError, match="tls is 'none', so the password would be sent unencrypted"):
            transport(25, user="ana", password="s3cret")  # noqa: S106
        server = MailServer(host="h", port=1, sender="a@example.com", user="u", password="s3cret")  # noqa: S106
        assert "s3cret" not in repr(server)


@pytest.mark.parametrize(
    ("word", "reply", "fault", "is_permanent"),
    [
        ("GREETING", "554 go away", "127.0.0.1 does not take mails now: 554", False),
        ("GREETING", "421 busy", "127.0.0.1 does not take mails now: 421", False),
        ("MAIL", "451 later", "127.0.0.1 refuses the mail: 451 later", False),
        ("MAIL", "553 not yours", "127.0.0.1 refuses the mail: 553 not yours", True),
        ("RCPT", "450 greylisted", "127.0.0.1 refuses the recipient: 450 greylisted", False),
        ("RCPT", "550 5.1.1 no such user", "127.0.0.1 refuses the recipient: 550 5.1.1 no such user", True),
        ("DATA", "451 later", "127.0.0.1 refuses the mail: 451 later", False),
        ("CONTENT", "452 full", "127.0.0.1 refuses the mail: 452 full", False),
        ("CONTENT", "554 spam \x1b[1m" + "x" * 400, "127.0.0.1 refuses the mail: 554 spam", True),
        ("GREETING", CLOSE, "127.0.0.1 broke the connection", False),
        ("RCPT", CLOSE, "127.0.0.1 broke the connection", False),
        ("CONTENT", CLOSE, "127.0.0.1 broke the connection", False),
        ("GREETING", "HTTP/1.1 200 OK", "127.0.0.1", False),
        ("GREETING", HANG, "127.0.0.1", False),
        ("CONTENT", HANG, "127.0.0.1", False),
        ("RCPT", DRIP, "127.0.0.1 took longer than 2 s", False),
    ],
)
async def test_a_server_that_does_not_take_a_mail_says_whether_to_try_again(
    word: str, reply: str, fault: str, is_permanent: bool
) -> None:
    """4xx passes, 5xx of a mail or a recipient stays; in bounded time, whatever the server does."""
    began_s = monotonic()
    error, _ = await failure_of({word: reply})
    assert fault in str(error)
    assert (error.is_permanent, str(error).isprintable(), len(str(error)) < 300) == (is_permanent, True, True)
    assert monotonic() - began_s < 4


async def test_what_happens_after_a_mail_was_taken_does_not_matter() -> None:
    """It would be sent twice."""
    for reply in ("500 what", CLOSE, HANG):
        async with mail_box(replies={"QUIT": reply}) as box:
            await send(box.port, total_s=10.0)
        assert len(box.mails) == 1


async def test_a_mail_whose_receipt_got_lost_is_sent_again_under_the_same_id() -> None:
    """The receiver has it twice, and can tell."""
    async with mail_box(replies={"CONTENT": CLOSE}) as box:
        with pytest.raises(DeliveryError):
            await send(box.port)
        del box.replies["CONTENT"]
        await send(box.port)
    assert [taken.mail["Message-ID"] for taken in box.mails] == ["<m1@example.org>"] * 2


async def test_a_server_that_dribbles_leaves_no_thread_behind() -> None:
    """Its connection is ended under the thread; the next mails go through."""
    async with mail_box(replies={"RCPT": DRIP}) as box:
        mails = transport(box.port, total_s=0.6)
        sends = (mails.send(delivery_to(ANA, Channel.EMAIL), message()) for _ in range(20))
        errors = await asyncio.gather(*sends, return_exceptions=True)
        assert {type(error) for error in errors} == {DeliveryError}
        box.replies.clear()
        await mails.send(delivery_to(ANA, Channel.EMAIL), message())
    assert len(box.mails) == 1


async def test_nothing_that_listens_is_a_passing_failure() -> None:
    """It may listen later."""
    async with mail_box() as box:
        pass
    with pytest.raises(DeliveryError, match="127.0.0.1 cannot be used: ConnectionRefusedError") as caught:
        await send(box.port)
    assert not caught.value.is_permanent


async def test_an_address_of_any_script_needs_a_server_that_can() -> None:
    """Else it can never be sent there."""
    async with mail_box(extensions=("SMTPUTF8", "8BITMIME")) as box:
        await send(box.port, "Zoë <zoë@example.com>")
    assert [recipient.lower() for recipient in box.mails[0].recipients] == ["rcpt to:<zoë@example.com>"]
    error, _ = await failure_of({}, "zoë@example.com")
    assert (error.is_permanent, "SMTPUTF8" in str(error)) == (True, True)


ENCODED_LINES = "=?utf-8?q?x=0D=0ABcc=3A_bo=40example.com=0D=0A=0D=0Ahello?="
"""What a header may hold, and what the library makes a Bcc and a body of."""


@pytest.mark.parametrize(
    "text",
    ["October\r\nBcc: bo@example.com", "October\nBcc: bo@example.com\n\nhello", "a\x00b\x1b[1m", "\ud800",
     "\u2028Bcc: x", "x" * 5_000, "", ENCODED_LINES, f"acme: {ENCODED_LINES} x", f"=?={ENCODED_LINES}",
     "=?utf-8?b?eA0KQmNjOiBib0BleGFtcGxlLmNvbQ==?="],
)  # fmt: skip
async def test_no_text_becomes_a_header(text: str) -> None:
    """Of a subject, a file's name or an id."""
    odd = message(text, subject=text, text=text, html=text)
    odd = replace(odd, attachments=(Attachment(name=text, media_type=f"a/b\r\n{text}", content=b"x"),))
    raw = mail_of(odd, sender=SENDER, recipient=ANA).as_bytes()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert sorted(mail.keys()) == [
        "Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To",
    ]  # fmt: skip
    assert mail["To"] == ANA
    assert len(mail["Subject"]) <= 200
    (attachment,) = mail.iter_attachments()
    headers = {"Content-Disposition", "Content-Transfer-Encoding", "Content-Type", "MIME-Version"}
    assert set(attachment.keys()) <= headers


def test_no_name_of_a_recipient_becomes_a_header() -> None:
    raw = mail_of(message(), sender=SENDER, recipient=f"{ENCODED_LINES} <ana@example.com>").as_bytes()
    assert b"\r\nBcc" not in raw


@pytest.mark.parametrize("recipient", ["ana", "ana@example.com\r\nBcc: bo@example.com", "a@example.com, b@example.com"])
async def test_a_recipient_is_checked_again_before_it_is_used(recipient: str) -> None:
    """A store can hold what no contract file says any more."""
    error, box = await failure_of({}, recipient)
    assert error.is_permanent
    assert box.mails == []


def test_a_sender_is_an_address() -> None:
    """Settings that cannot work are refused at once."""
    with pytest.raises(InvalidValueError, match="^sender is 'x'; give an address"):
        transport(25, sender="x")
