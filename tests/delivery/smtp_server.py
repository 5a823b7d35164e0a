"""A small mail server that behaves as it is told."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import cast

HANG = "hang"
CLOSE = "close"
DRIP = "drip"


@dataclass
class Taken:
    """A mail that was taken."""

    sender: str
    recipients: list[str]
    mail: EmailMessage
    raw: bytes


@dataclass
class MailBox:
    """A server of mails.

    Attributes:
        port: where it listens on 127.0.0.1.
        mails: those that were taken.
        replies: what is answered instead, by the word of the command; "GREETING" and "CONTENT" too.
        starttls: whose certificate it has after STARTTLS; None: it has no STARTTLS.
        password: of the user ana; None: there is no AUTH.
        extensions: further lines of EHLO.
        encrypted_logins: whether each AUTH came over TLS.
    """

    port: int = 0
    mails: list[Taken] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    starttls: ssl.SSLContext | None = None
    password: str | None = None
    extensions: tuple[str, ...] = ()
    encrypted_logins: list[bool] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection."""
        # Cancelled at the end of the test's loop.
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _Conversation(self, reader, writer).hold()
        with suppress(OSError):
            writer.close()


class _Conversation:
    def __init__(self, box: MailBox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._box, self._reader, self._writer = box, reader, writer
        self._sender, self._recipients = "", list[str]()

    async def hold(self) -> None:
        if not await self._reply("GREETING", "220 ready"):
            return
        while line := (await self._reader.readline()).decode().rstrip("\r\n"):
            word = line.split(" ")[0].upper()
            if word == "QUIT":
                await self._reply("QUIT", "221 bye")
                return
            if not await self._obey(word, line):
                return

    async def _obey(self, word: str, line: str) -> bool:
        if word == "EHLO":
            return await self._reply(word, self._greeting())
        if word == "STARTTLS":
            if not await self._reply(word, "220 go ahead"):
                return False
            await self._writer.start_tls(cast("ssl.SSLContext", self._box.starttls))
            return True
        if word == "AUTH":
            return await self._login(line)
        if word == "MAIL":
            self._sender = line
        if word == "RCPT":
            self._recipients.append(line)
        if word == "DATA":
            return await self._take()
        return await self._reply(word, "250 ok")

    def _greeting(self) -> str:
        lines = ["localhost", *self._box.extensions]
        is_encrypted = self._writer.get_extra_info("ssl_object") is not None
        if self._box.starttls is not None and not is_encrypted:
            lines.append("STARTTLS")
        if self._box.password is not None:
            lines.append("AUTH PLAIN")
        return "\r\n".join([*(f"250-{line}" for line in lines), "250 HELP"])

    async def _login(self, line: str) -> bool:
        self._box.encrypted_logins.append(self._writer.get_extra_info("ssl_object") is not None)
        _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
        is_right = (user, password) == ("ana", self._box.password)
        return await self._reply("AUTH", "235 welcome" if is_right else "535 5.7.8 bad credentials")

    async def _take(self) -> bool:
        if not await self._reply("DATA", "354 go on"):
            return False
        if "DATA" in self._box.replies:
            return True
        raw = (await self._reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        if "CONTENT" not in self._box.replies or self._box.replies["CONTENT"] in (HANG, CLOSE):
            self._box.mails.append(Taken(self._sender, self._recipients, mail, raw))
        return await self._reply("CONTENT", "250 taken")

    async def _reply(self, word: str, usual: str) -> bool:
        """Reply; return whether the conversation goes on."""
        reply = self._box.replies.get(word, usual)
        if reply == HANG:
            await asyncio.sleep(3_600)
        if reply == CLOSE:
            return False
        if reply == DRIP:
            for _ in range(10_000):
                self._writer.write(b"2")
                await self._writer.drain()
                await asyncio.sleep(0.05)
        self._writer.write(f"{reply}\r\n".encode())
        await self._writer.drain()
        return True


@asynccontextmanager
async def mail_box(tls: ssl.SSLContext | None = None, **settings: object) -> AsyncIterator[MailBox]:
    """Run a server of mails; with `tls` it is encrypted from the first byte."""
    box = MailBox(**settings)  # type: ignore[arg-type]
    server = await asyncio.start_server(box.handle, "127.0.0.1", 0, ssl=tls, limit=2**24)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
