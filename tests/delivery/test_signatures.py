"""Signatures of webhooks, and how a receiver checks them."""

from __future__ import annotations

import hashlib
import hmac
import time
from datetime import timedelta

import pytest

from sla_compliance.delivery.signatures import InvalidSignatureError, signature, verify_signature
from tests.delivery.samples import SECRET

BODY = '{"text":"é"}'.encode()
AT_S = 1_790_000_000


def test_the_signature_is_that_of_the_documentation() -> None:
    """HMAC-SHA256 of the seconds, a dot and the body."""
    digest = hmac.new(SECRET.encode(), b"1790000000." + BODY, hashlib.sha256).hexdigest()
    assert signature(BODY, SECRET, AT_S) == f"t=1790000000,v1={digest}"
    verify_signature(BODY, f"t=1790000000,v1={digest}", SECRET, now_s=AT_S)


def test_a_receiver_reads_the_clock() -> None:
    """Unless it has another one."""
    verify_signature(BODY, signature(BODY, SECRET, int(time.time())), SECRET)


def test_further_pairs_are_passed_over() -> None:
    """One of several signatures is enough: a later version may have another one, and secrets change."""
    header = signature(BODY, SECRET, AT_S).replace(",", ", v2=x,v1=0,")
    verify_signature(BODY, header, SECRET, now_s=AT_S + 299.0)
    verify_signature(BODY, header, SECRET, now_s=AT_S + 3_000, tolerance=timedelta(hours=1))


GOOD = signature(BODY, SECRET, AT_S)


@pytest.mark.parametrize(
    ("body", "header", "secret", "now_s", "fault"),
    [
        (BODY + b" ", GOOD, SECRET, AT_S, "is not that of this body and secret"),
        (BODY, GOOD, SECRET + "x", AT_S, "is not that of this body and secret"),
        (BODY, GOOD.replace("t=1790000000", "t=1790000001"), SECRET, AT_S, "is not that of this body and secret"),
        (BODY, GOOD.replace("v1", "v2"), SECRET, AT_S, "is not t=SECONDS,v1=HEX"),
        (BODY, f"{GOOD},t=1790000000", SECRET, AT_S, "is not t=SECONDS,v1=HEX"),
        (BODY, "t=1790000000,v1=é\ud800", SECRET, AT_S, "is not that of this body and secret"),
        (BODY, "t=٣,v1=0", SECRET, AT_S, "is not t=SECONDS,v1=HEX"),
        (BODY, "t=-5,v1=0", SECRET, AT_S, "is not t=SECONDS,v1=HEX"),
        (BODY, "", SECRET, AT_S, "is not t=SECONDS,v1=HEX"),
        (BODY, "=" * 10**6, SECRET, AT_S, "is not t=SECONDS,v1=HEX"),
        (BODY, GOOD, SECRET, AT_S + 301, "is of another time than now"),
        (BODY, GOOD, SECRET, AT_S - 301, "is of another time than now"),
    ],
)
def test_what_was_not_just_sent_by_the_holder_of_the_secret_is_refused(
    body: bytes, header: str, secret: str, now_s: float, fault: str
) -> None:
    """An error and no flag, which could be overlooked."""
    with pytest.raises(InvalidSignatureError, match=f"^X-SLA-Signature {fault}"):
        verify_signature(body, header, secret, now_s=now_s)
