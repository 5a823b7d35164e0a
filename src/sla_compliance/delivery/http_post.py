"""post: one request over one connection, every step of which is bounded."""
################################################################
# The standard library's clients follow redirects, read bodies of any length or resolve
# the name again. This one connects to the address that it is handed, proves the name
# by TLS, writes, and reads the head of the answer and nothing after it. There is no
# body that it could wait for.
################################################################

from __future__ import annotations

import asyncio
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from sla_compliance.delivery.messages import DeliveryError

_LONGEST_LINE: Final = 16 * 1024
_MOST_LINES: Final = 200
_MOST_INTERIM_ANSWERS: Final = 10
_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: .*)?")


class ConnectError(DeliveryError):
    """There is no connection to an address, so nothing was sent to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLimits:
    """How long the steps of a request may take, seconds.

    Attributes:
        connect_s: until there is a connection, TLS included, to one address.
        read_s: until the next line of the answer.
        total_s: all of it.
    """

    connect_s: float = 5.0
    read_s: float = 10.0
    total_s: float = 20.0


@dataclass(frozen=True, slots=True)
class PostTarget:
    """Where a request goes.

    Attributes:
        host: the name or the address that the certificate has to be of; no brackets.
        port: of the connection.
        host_header: host and port as the URL has them.
        target: path and query.
        tls: None: the connection is not encrypted.
    """

    host: str
    port: int
    host_header: str
    target: str
    tls: ssl.SSLContext | None


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """The head of an answer.

    Attributes:
        status: e.g. 204.
        headers: the first value of each, by its name in lower case.
    """

    status: int
    headers: dict[str, str]


async def post(
    endpoint: PostTarget, address: str, headers: dict[str, str], body: bytes, limits: PostLimits
) -> AnswerHead:
    """Post a body to one address of an endpoint, and return the head of the answer.

    Raises:
        DeliveryError: there is no connection, or no answer in time, or it is none of HTTP.
    """
    lines = [f"POST {endpoint.target} HTTP/1.1", f"Host: {endpoint.host_header}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    request = "\r\n".join(lines).encode("ascii") + body
    reader, writer = await _connect(endpoint, address, limits)
    try:
        return await _exchange(reader, writer, request, limits)
    except TimeoutError:
        raise DeliveryError(f"{endpoint.host} did not answer within {limits.read_s:g} s") from None
    except asyncio.IncompleteReadError:
        raise DeliveryError(f"{endpoint.host} closed the connection before it answered") from None
    except (asyncio.LimitOverrunError, ValueError):
        raise DeliveryError(f"{endpoint.host} answered with something else than HTTP/1.1") from None
    except OSError as error:
        raise DeliveryError(f"{endpoint.host} broke the connection: {type(error).__name__}") from error
    finally:
        # Not closed politely: a peer that does not answer that would be waited for.
        writer.transport.abort()


async def _connect(
    endpoint: PostTarget, address: str, limits: PostLimits
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    server_hostname = None if endpoint.tls is None else endpoint.host
    opening = asyncio.open_connection(
        address, endpoint.port, ssl=endpoint.tls, server_hostname=server_hostname, limit=_LONGEST_LINE
    )
    try:
        return await asyncio.wait_for(opening, limits.connect_s)
    except TimeoutError:
        raise ConnectError(f"{endpoint.host} has no connection for us within {limits.connect_s:g} s") from None
    except ssl.SSLCertVerificationError as error:
        raise ConnectError(f"{endpoint.host} has a certificate that is not trusted: {error.verify_message}") from error
    except ssl.SSLError as error:
        raise ConnectError(f"{endpoint.host} does not speak TLS as it should: {error.reason}") from error
    except OSError as error:
        raise ConnectError(
            f"{endpoint.host} cannot be connected to: {error.strerror or type(error).__name__}"
        ) from error


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes, limits: PostLimits
) -> AnswerHead:
    writer.write(request)
    with suppress(ConnectionError):  # it may have answered before it had read all of it
        await asyncio.wait_for(writer.drain(), limits.read_s)
    for _ in range(_MOST_INTERIM_ANSWERS):
        answer = await _read_head(reader, limits)
        if answer.status >= 200:
            return answer
    raise ValueError("interim answers without end")


async def _read_head(reader: asyncio.StreamReader, limits: PostLimits) -> AnswerHead:
    """Read the head of an answer.

    Raises:
        ValueError: it is none.
    """
    status_line = _STATUS_LINE.fullmatch(await _read_line(reader, limits))
    if status_line is None:
        raise ValueError("no status line")
    headers: dict[str, str] = {}
    for _ in range(_MOST_LINES):
        line = await _read_line(reader, limits)
        if not line:
            return AnswerHead(int(status_line[1]), headers)
        name, _, value = line.decode("latin-1").partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    raise ValueError("headers without end")


async def _read_line(reader: asyncio.StreamReader, limits: PostLimits) -> bytes:
    return (await asyncio.wait_for(reader.readuntil(b"\n"), limits.read_s)).rstrip(b"\r\n")
