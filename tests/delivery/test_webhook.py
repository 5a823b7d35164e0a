"""Webhooks against real servers that fail, hang, answer late, twice or without end, redirect and lie."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from datetime import timedelta
from email.utils import formatdate
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from sla_compliance.delivery.addresses import AddressRules
from sla_compliance.delivery.http_post import PostLimits
from sla_compliance.delivery.messages import DeliveryError
from sla_compliance.delivery.signatures import verify_signature
from sla_compliance.delivery.webhook import Resolver, WebhookAccess, WebhookTransport
from sla_compliance.stores.notifications import Delivery
from tests.delivery.certificates import SelfSigned
from tests.delivery.http_server import (
    ACCEPTED,
    Behaviour,
    answer,
    drip,
    endless_body,
    endless_headers,
    hang,
    late,
    raw,
    receiving,
)
from tests.delivery.samples import SECRET, delivery_to, message

pytestmark = pytest.mark.anyio

PRIVATE = AddressRules.parse("1", "field")
SHORT = PostLimits(connect_s=0.5, read_s=0.5, total_s=1.0)
LONG = PostLimits(connect_s=15, read_s=15, total_s=30)  # a busy machine takes its time to look up a name
AT_S = 1_790_000_000


def transport(**changes: Any) -> WebhookTransport:
    """Return a transport that may reach this machine."""
    values: dict[str, Any] = {"addresses": PRIVATE, "limits": SHORT, "clock": lambda: AT_S + 0.9}
    return WebhookTransport(access(), **{**values, **changes})


def access(secret: str | None = SECRET, *, may_be_http: bool = True) -> Any:
    return lambda _: WebhookAccess(secret=secret, secret_name="SLA_WEBHOOK_SECRET", may_be_http=may_be_http)  # noqa: S106


async def failure(url: str, **changes: Any) -> DeliveryError:
    """Send, and return why it failed."""
    with pytest.raises(DeliveryError) as caught:
        await transport(**changes).send(delivery_to(url), message())
    return caught.value


async def failure_of(behaviour: Behaviour) -> DeliveryError:
    """Send to a server, and return why it failed."""
    async with receiving(behaviour) as receiver:
        error = await failure(f"http://127.0.0.1:{receiver.port}/hook?token=T0KEN")
    assert "T0KEN" not in str(error)
    assert "/hook" not in str(error)
    return error


async def test_a_message_is_posted_and_signed() -> None:
    """As JSON in ASCII, with both ids; the receiver's check passes."""
    async with receiving(ACCEPTED) as receiver:
        delivery = delivery_to(f"http://127.0.0.1:{receiver.port}/hooks/a?b=c&d=%20")
        await transport().send(delivery, message())
    (request,) = receiver.requests
    assert request.target == "/hooks/a?b=c&d=%20"
    assert json.loads(request.body) == {"id": "m1", "kind": "BREACHED", "text": "é 🦊"}
    assert request.body.isascii()
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert request.headers["content-type"] == "application/json"
    assert (request.headers["x-sla-message"], request.headers["x-sla-delivery"]) == ("m1", delivery.delivery_id)
    verify_signature(request.body, request.headers["x-sla-signature"], SECRET, now_s=AT_S)


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "204 No Content", "299"])
async def test_any_answer_of_success_is_one(status: str) -> None:
    """With a body, which is not read, or without."""
    async with receiving(answer(status, "Content-Length: 5", body=b"hello")) as receiver:
        await transport().send(delivery_to(f"http://127.0.0.1:{receiver.port}"), message())
    assert receiver.requests[0].target == "/"


@pytest.mark.parametrize(
    "behaviour",
    [
        endless_body,
        raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 500 No\r\n\r\n"),
        raw(b"HTTP/1.0 200 OK\n\n"),
        late(0.3, ACCEPTED),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"),
    ],
    ids=["endless body", "interim answers", "answers twice", "bare line feeds", "late", "half a body"],
)
async def test_an_odd_answer_of_success_is_one(behaviour: Behaviour) -> None:
    """At once: nothing waits for a body or for the end of the connection."""
    async with receiving(behaviour) as receiver:
        await transport().send(delivery_to(f"http://127.0.0.1:{receiver.port}/x"), message())
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("behaviour", "fault"),
    [
        (hang, "127.0.0.1 did not answer within 0.5 s"),
        (late(0.8, ACCEPTED), "127.0.0.1 did not answer within 0.5 s"),
        (drip, "127.0.0.1 took longer than 1 s"),
        (raw(b""), "127.0.0.1 closed the connection before it answered"),
        (raw(b"HTTP/1.1 200 OK\r\nX-Ha"), "127.0.0.1 closed the connection before it answered"),
        (raw(b"220 smtp.example.com ESMTP\r\n"), "127.0.0.1 answered with something else than HTTP/1.1"),
        (raw(b"HTTP/1.1 99999 OK\r\n\r\n"), "something else than HTTP/1.1"),
        (raw(b"HTTP/1.1 +20 OK\r\n\r\n"), "something else than HTTP/1.1"),
        (raw(b"HTTP/2 200\r\n\r\n"), "something else than HTTP/1.1"),
        (raw(b"x" * 100_000), "something else than HTTP/1.1"),
        (raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 50), "something else than HTTP/1.1"),
        (endless_headers, "something else than HTTP/1.1"),
    ],
    ids=["hangs", "late", "drips", "closes", "closes in the middle", "another protocol", "status of five digits",
         "no status", "HTTP/2", "a long line", "interim answers", "endless headers"],
)  # fmt: skip
async def test_an_answer_that_is_none_is_a_passing_failure(behaviour: Behaviour, fault: str) -> None:
    """In bounded time; the message names the host alone."""
    began_s = monotonic()
    error = await failure_of(behaviour)
    assert fault in str(error)
    assert not error.is_permanent
    assert monotonic() - began_s < 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 300, 304])
async def test_redirects_are_not_followed(status: int) -> None:
    """They would lead past all checks; a person has to give the other URL."""
    async with receiving(ACCEPTED) as other:
        error = await failure_of(answer(f"{status} Moved", f"Location: http://127.0.0.1:{other.port}/"))
    assert other.connections == 0
    assert error.is_permanent
    assert str(error) == f"127.0.0.1 redirects (HTTP {status}); give the URL that it leads to"


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 422, 425, 429, 500, 502, 503, 599]
)
async def test_other_answers_say_whether_to_try_again(status: int) -> None:
    """What will never be taken fails for good; all else may be repaired."""
    error = await failure_of(answer(f"{status} No"))
    assert str(error) == f"127.0.0.1 answered HTTP {status}"
    assert error.is_permanent == (status in {400, 405, 410, 413, 415, 422})


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta(0)),
        ("9" * 400, timedelta(days=1)),
        (formatdate(AT_S + 90, usegmt=True), timedelta(seconds=89)),
        (formatdate(AT_S - 90, usegmt=True), None),
        (formatdate(AT_S + 90 * 86_400, usegmt=True), timedelta(days=1)),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("Mon, 99 Oct 99999 00:00:00 GMT", None),
        ("", None),
    ],
)
async def test_a_receiver_can_ask_to_wait(value: str, wait: timedelta | None) -> None:
    """In seconds or by a date; a day at most."""
    error = await failure_of(answer("503 Later", f"Retry-After: {value}"))
    if wait is None:
        assert error.retry_after is None
    else:
        assert error.retry_after is not None
        assert abs(error.retry_after - wait) < timedelta(seconds=1.1)


class TestTLS:
    """Certificates are checked, against the name of the URL."""

    async def test_a_certificate_that_nobody_signed_is_refused(self, tmp_path: Path) -> None:
        """The secret's holder could be anybody."""
        certificate = SelfSigned(tmp_path)
        async with receiving(ACCEPTED, tls=certificate.server()) as receiver:
            error = await failure(f"https://127.0.0.1:{receiver.port}/")
        assert "127.0.0.1 has a certificate that is not trusted: self" in str(error)
        assert (receiver.requests, error.is_permanent) == ([], False)

    async def test_it_is_accepted_where_it_is_given_as_trusted(self, tmp_path: Path) -> None:
        """By name and by address."""
        certificate = SelfSigned(tmp_path)
        async with receiving(ACCEPTED, tls=certificate.server()) as receiver:
            for host in ("127.0.0.1", "localhost"):
                url = f"https://{host}:{receiver.port}/x"
                await transport(tls=certificate.trusted(), resolve=to("127.0.0.1")).send(delivery_to(url), message())
        assert len(receiver.requests) == 2

    async def test_a_certificate_of_another_name_is_refused(self, tmp_path: Path) -> None:
        """The name is that of the URL, though an address is connected to."""
        certificate = SelfSigned(tmp_path, "other.example")
        async with receiving(ACCEPTED, tls=certificate.server()) as receiver:
            parts: dict[str, Any] = {"tls": certificate.trusted(), "resolve": to("127.0.0.1")}
            error = await failure(f"https://hooks.example:{receiver.port}/", **parts)
            assert "hooks.example has a certificate that is not trusted: Hostname mismatch" in str(error)
            await transport(**parts).send(delivery_to(f"https://other.example:{receiver.port}/"), message())

    async def test_a_server_without_tls_is_a_passing_failure(self) -> None:
        """Nothing of the message is sent."""
        async with receiving(ACCEPTED) as receiver:
            error = await failure(f"https://127.0.0.1:{receiver.port}/", tls=ssl.create_default_context())
        assert receiver.requests == []
        assert not error.is_permanent

    async def test_what_is_no_tls_is_a_passing_failure(self) -> None:
        """Whatever speaks first."""

        async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 smtp.example.com ESMTP\r\n")
            await reader.read()
            writer.close()

        server = await asyncio.start_server(speak, "127.0.0.1", 0)
        error = await failure(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        server.close()
        assert "127.0.0.1 does not speak TLS as it should" in str(error)
        assert not error.is_permanent


async def reset(writer: asyncio.StreamWriter) -> None:
    """End the connection with a reset."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def test_a_connection_that_is_reset_is_a_passing_failure() -> None:
    """It may be a restart."""
    error = await failure_of(reset)
    assert str(error) == "127.0.0.1 broke the connection: ConnectionResetError"
    assert not error.is_permanent


def to(*addresses: str) -> Resolver:
    """Return a name server that has the same addresses for all names."""

    async def resolve(host: str, port: int) -> list[str]:
        del host, port
        return list(addresses)

    return resolve


class TestAddresses:
    """What may be connected to."""

    @pytest.mark.parametrize(
        "host",
        ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "127.1",
         "0", ".".join("0000"), "[::]", "169.254.169.254", "[::ffff:a9fe:a9fe]", "10.0.0.1", "192.168.0.1", "[fe80::1]",
         "[fd00:ec2::254]"],
    )  # fmt: skip
    async def test_this_machine_and_private_networks_are_refused(self, host: str) -> None:
        """However the address is written; nothing is connected to."""
        async with receiving(ACCEPTED) as receiver:
            error = await failure(f"http://{host}:{receiver.port}/", addresses=AddressRules(), limits=LONG)
        assert receiver.connections == 0
        assert "no public address; allow its network by SLA_WEBHOOK_ALLOW_PRIVATE" in str(error) or (
            "has no address" in str(error)  # a system may not know such a form
        )

    @pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.9.8.7", "169.254.169.254", "::ffff:10.0.0.1"])
    async def test_a_name_that_leads_there_is_refused(self, address: str) -> None:
        """The address counts, and not the name."""
        error = await failure("http://hooks.example/", addresses=AddressRules(), resolve=to(address))
        assert str(error).startswith(f"hooks.example is at {address}, which is no public address")
        assert error.is_permanent

    async def test_a_name_is_resolved_once(self) -> None:
        """One that changes between check and connection leads nowhere else."""
        answers = [["127.0.0.1"], ["169.254.169.254"]]
        names: list[str] = []

        async def rebinding(host: str, port: int) -> list[str]:
            del port
            names.append(host)
            return answers[len(names) - 1]

        async with receiving(ACCEPTED) as receiver:
            url = f"http://rebind.example:{receiver.port}/"
            await transport(resolve=rebinding).send(delivery_to(url), message())
            assert names == ["rebind.example"]
            assert receiver.requests[0].headers["host"] == f"rebind.example:{receiver.port}"
            error = await failure(url, resolve=rebinding)
        assert error.is_permanent

    async def test_allowed_addresses_of_a_name_are_tried_in_turn(self) -> None:
        """Others of the same name are not."""
        async with receiving(ACCEPTED) as receiver:
            several = to("127.0.0.2", "169.254.169.254", "127.0.0.1")
            rules = AddressRules.parse("127.0.0.0/8", "field")
            url = f"http://hooks.example:{receiver.port}/"
            await transport(addresses=rules, resolve=several).send(delivery_to(url), message())
        assert len(receiver.requests) == 1

    async def test_a_name_without_an_address_is_a_passing_failure(self) -> None:
        """Name servers fail too."""

        async def failing(host: str, port: int) -> list[str]:
            raise OSError(-3, f"Temporary failure in name resolution of {host}:{port}")

        for resolve in (failing, to()):
            error = await failure("http://hooks.example/", resolve=resolve)
            assert "hooks.example has no address" in str(error)
            assert not error.is_permanent
        assert "has no address" in str(await failure("http://name.invalid/", resolve=None))

    async def test_a_name_server_that_hangs_is_cut_off(self) -> None:
        """By the time-out of all."""

        async def hanging(host: str, port: int) -> list[str]:
            await asyncio.sleep(3_600)
            return [host, str(port)]

        assert "took longer than 1 s" in str(await failure("http://hooks.example/", resolve=hanging))

    async def test_a_port_where_nothing_listens_is_a_passing_failure(self) -> None:
        """It may listen later."""
        async with receiving(ACCEPTED) as receiver:
            pass
        error = await failure(f"http://127.0.0.1:{receiver.port}/")
        assert (error.is_permanent, "cannot be connected to" in str(error)) == (False, True)


async def test_without_a_secret_nothing_is_sent() -> None:
    """It waits until there is one."""
    async with receiving(ACCEPTED) as receiver:
        delivery = delivery_to(f"http://127.0.0.1:{receiver.port}/")
        for secret in (None, ""):
            with pytest.raises(DeliveryError, match="SLA_WEBHOOK_SECRET is not set") as caught:
                await WebhookTransport(access(secret), addresses=PRIVATE).send(delivery, message())
            assert not caught.value.is_permanent
    assert receiver.connections == 0
    assert SECRET not in repr(access()(delivery))


@pytest.mark.parametrize("url", ["http://hooks.example/", "ftp://hooks.example", "https://a:b@hooks.example/", "x"])
async def test_a_url_is_checked_again_before_it_is_used(url: str) -> None:
    """A store can hold what no contract file says any more."""
    with pytest.raises(DeliveryError, match="^webhook ") as caught:
        await WebhookTransport(access(may_be_http=False)).send(delivery_to(url), message())
    assert caught.value.is_permanent


async def test_ids_cannot_add_headers() -> None:
    """Whoever made them."""
    async with receiving(ACCEPTED) as receiver:
        delivery: Delivery = delivery_to(f"http://127.0.0.1:{receiver.port}/")
        await transport().send(delivery, message("m\r\nX-Evil: 1"))
    assert "x-evil" not in receiver.requests[0].headers
    assert receiver.requests[0].headers["x-sla-message"] == "mX-Evil: 1"
