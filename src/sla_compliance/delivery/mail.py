"""MailTransport: messages as e-mail, by the operator's own server."""
################################################################
# Each recipient gets a mail of their own, so nobody reads the addresses of others and
# one refused address stops no other. The same alert has the same Message-ID in all of
# them and in all attempts.
#
# The library of the standard speaks to the server in a thread. Its time-outs are those
# of single reads; a server that dribbles is cut off by the total one, which ends the
# connection under the thread.
################################################################

from __future__ import annotations

import asyncio
import re
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import Final, Literal

from sla_compliance.calls.worker_threads import WorkerThreads
from sla_compliance.delivery.messages import Attachment, DeliveryError, Message
from sla_compliance.errors import InvalidValueError
from sla_compliance.settings.recipients import check_email_address, split_email_address
from sla_compliance.stores.notifications import Delivery
from sla_compliance.units import moment

MailTls = Literal["starttls", "tls", "none"]

MOST_MAILS_AT_ONCE: Final = 8
LONGEST_MAIL_SUBJECT: Final = 200
_FAREWELL_S: Final = 2.0
_PLAIN_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MEDIA_TYPE: Final = re.compile(r"([a-z]+)/([a-z0-9.+-]+)")
_PERMANENT_CODES: Final = range(500, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The server that takes mails, and how it is spoken to.

    Attributes:
        host, port: where it is.
        sender: the address that mails come from, with a name or without.
        tls: "starttls": encrypted after a greeting; "tls": from the first byte; "none": not at all.
        user, password: None: the server takes mails without.
        trusted: whose certificates are trusted; None: those that the system trusts.
        step_s: how long a read or a write may take, seconds.
        total_s: how long all of a mail may take, seconds.
    """

    host: str
    port: int
    sender: str
    tls: MailTls = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    trusted: ssl.SSLContext | None = None
    step_s: float = 15.0
    total_s: float = 60.0


class MailTransport:
    """Sends messages to the addresses of their deliveries."""

    most_at_once = MOST_MAILS_AT_ONCE

    def __init__(self, server: MailServer) -> None:
        """Connect to nothing yet.

        Raises:
            InvalidValueError: the sender is no address, or a password would be sent over a connection that is not
                encrypted.
        """
        check_email_address(server.sender, "sender")
        if server.user is not None and server.tls == "none":
            raise InvalidValueError(
                "tls is 'none', so the password would be sent unencrypted; use starttls or tls", field="tls"
            )
        self._server = server
        self._tls = ssl.create_default_context() if server.trusted is None else server.trusted
        self._threads = WorkerThreads("the mail server", max_threads=MOST_MAILS_AT_ONCE)

    async def send(self, delivery: Delivery, message: Message) -> None:
        """Send a message.

        Raises:
            DeliveryError: the server did not take it, or did not say so in time.
        """
        try:
            mail = mail_of(message, sender=self._server.sender, recipient=delivery.recipient)
        except InvalidValueError as error:
            raise DeliveryError(str(error), is_permanent=True) from error
        session = _Session(self._server, self._tls)
        try:
            async with asyncio.timeout(self._server.total_s):
                await self._threads.run(session.send, mail, delivery.recipient)
        except DeliveryError:
            raise
        except TimeoutError:
            raise DeliveryError(f"{self._server.host} took longer than {self._server.total_s:g} s") from None
        finally:
            session.abort()


class _Session:
    """One connection, for one mail."""

    def __init__(self, server: MailServer, tls: ssl.SSLContext) -> None:
        self._server = server
        self._tls = tls
        self._client: smtplib.SMTP | None = None
        self._is_over = False

    def send(self, mail: EmailMessage, recipient: str) -> None:
        """Send a mail; runs in a thread.

        Raises:
            DeliveryError: the server did not take it.
        """
        host = self._server.host
        try:
            self._send(mail, recipient)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise _refused(host, "the recipient", code, answer) from error
        except smtplib.SMTPAuthenticationError as error:
            # Another password may be set at any time; what waits is sent then.
            raise DeliveryError(f"{host} refuses the user or the password: {error.smtp_code}") from error
        except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
            raise DeliveryError(f"{host} does not take mails now: {error.smtp_code}") from error
        except smtplib.SMTPResponseException as error:
            raise _refused(host, "the mail", error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            is_permanent = "SMTPUTF8" in str(error)
            raise DeliveryError(f"{host} cannot do what is needed: {error}", is_permanent=is_permanent) from error
        except smtplib.SMTPException as error:
            raise DeliveryError(f"{host} broke the connection: {_one_line(str(error))}") from error
        except ssl.SSLCertVerificationError as error:
            raise DeliveryError(f"{host} has a certificate that is not trusted: {error.verify_message}") from error
        except TimeoutError as error:
            raise DeliveryError(f"{host} did not answer within {self._server.step_s:g} s") from error
        except (OSError, UnicodeError) as error:
            raise DeliveryError(f"{host} cannot be used: {type(error).__name__}: {_one_line(str(error))}") from error

    def abort(self) -> None:
        """End the connection, also while a thread waits at it."""
        self._is_over = True
        client = self._client
        sock = None if client is None else client.sock
        if sock is not None:
            with suppress(OSError):  # it is over already
                sock.shutdown(socket.SHUT_RDWR)

    def _send(self, mail: EmailMessage, recipient: str) -> None:
        server = self._server
        if server.tls == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(timeout=server.step_s, context=self._tls)
        else:
            client = smtplib.SMTP(timeout=server.step_s)
        self._client = client
        # The library checks the certificate against the name that it connected to, and learns it from connect() alone.
        client._host = server.host  # type: ignore[attr-defined]
        try:
            code, answer = client.connect(server.host, server.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, answer)
            if server.tls == "starttls":
                client.starttls(context=self._tls)
            if server.user is not None:
                client.login(server.user, server.password or "")
            if self._is_over:
                return  # the caller has given up; a mail that is sent now would be sent twice
            sender = split_email_address(server.sender)[1]
            client.send_message(mail, from_addr=sender, to_addrs=[split_email_address(recipient)[1]])
            # The mail was taken: whatever happens to the farewell does not matter.
            with suppress(smtplib.SMTPException, OSError):
                if client.sock is not None:
                    client.sock.settimeout(_FAREWELL_S)
                client.quit()
        finally:
            client.close()


def mail_of(message: Message, *, sender: str, recipient: str) -> EmailMessage:
    """Return a message as a mail to one recipient.

    Raises:
        InvalidValueError: the recipient is no address.
    """
    check_email_address(recipient, "recipient")
    # Seven bits, for a server need not take eight.
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    domain = split_email_address(sender)[1].rpartition("@")[2]
    mail["From"] = _address(sender)
    mail["To"] = _address(recipient)
    mail["Subject"] = _one_line(message.subject)[:LONGEST_MAIL_SUBJECT]
    mail["Date"] = format_datetime(moment(message.created_us))
    mail["Message-ID"] = f"<{_plain_id(message.message_id)}@{domain}>"
    # So that no program answers "out of office".
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_valid(message.text))
    if message.html is not None:
        mail.add_alternative(_valid(message.html), subtype="html")
    for attachment in message.attachments:
        _attach(mail, attachment)
    return mail


def _address(text: str) -> Address:
    name, address = split_email_address(text)
    local_part, _, domain = address.rpartition("@")
    return Address(display_name=_one_line(name), username=local_part, domain=domain)


def _attach(mail: EmailMessage, attachment: Attachment) -> None:
    media_type = _MEDIA_TYPE.fullmatch(attachment.media_type)
    main_type, sub_type = ("application", "octet-stream") if media_type is None else (media_type[1], media_type[2])
    mail.add_attachment(attachment.content, maintype=main_type, subtype=sub_type, filename=_one_line(attachment.name))


def _plain_id(message_id: str) -> str:
    """Return an id that can stand in a Message-ID: itself, or its digest."""
    if _PLAIN_ID.fullmatch(message_id):
        return message_id
    return sha256(message_id.encode(errors="surrogatepass")).hexdigest()


def _valid(text: str) -> str:
    """Return a text that can be encoded."""
    return text.encode(errors="replace").decode()


def _one_line(text: str) -> str:
    """Return a text without what could begin another header."""
    line = "".join(character if character.isprintable() else " " for character in _valid(text)).strip()
    # The library decodes encoded words ("=?utf-8?q?...?=") of a header that it is handed, and writes what they hold:
    # line ends too.
    return line.replace("=?", "= ?")


def _refused(host: str, what: str, code: int, answer: bytes | str) -> DeliveryError:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    text = f"{host} refuses {what}: {code} {_one_line(words)[:LONGEST_MAIL_SUBJECT]}"
    return DeliveryError(text, is_permanent=code in _PERMANENT_CODES)
