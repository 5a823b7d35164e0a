"""Signatures of webhooks: how they are made, and how a receiver checks them."""
################################################################
#     X-SLA-Signature: t=SECONDS,v1=HEX
# HEX is the HMAC-SHA256, by the secret, of the seconds as text, a dot and the body.
# The seconds are those of the attempt, so a receiver can refuse an old copy. Further
# pairs may follow in a later version; a receiver passes over those that it does not
# know.
################################################################

from __future__ import annotations

import hmac
from datetime import timedelta
from hashlib import sha256
from time import time
from typing import Final

from sla_compliance.errors import SLAComplianceError

SIGNATURE_HEADER: Final = "X-SLA-Signature"
SIGNATURE_TOLERANCE: Final = timedelta(minutes=5)
_LONGEST_HEADER: Final = 1000


class InvalidSignatureError(SLAComplianceError, ValueError):
    """A message was not signed with the secret, was changed, or is an old copy."""


def signature(body: bytes, secret: str, at_s: int) -> str:
    """Return the value of the header for a body that is sent at an instant, seconds since 1970.

    >>> signature(b"{}", "secret", 1_790_000_000)[:29]
    't=1790000000,v1=d0cadd434460d'
    """
    return f"t={at_s},v1={_digest(body, secret, str(at_s))}"


def verify_signature(
    body: bytes,
    header: str,
    secret: str,
    *,
    now_s: float | None = None,
    tolerance: timedelta = SIGNATURE_TOLERANCE,
) -> None:
    """Check that a body is what the holder of a secret has just sent; for receivers.

    Args:
        body: as it arrived, before anything reads it as JSON.
        header: the value of X-SLA-Signature.
        now_s: the present moment, seconds since 1970; None: by the clock.
        tolerance: how far the two clocks may be apart, the way of the message included.

    Raises:
        InvalidSignatureError: it is not.
    """
    pairs = [pair.strip().partition("=") for pair in header[:_LONGEST_HEADER].split(",")]
    seconds = [value for name, _, value in pairs if name == "t"]
    digests = [value for name, _, value in pairs if name == "v1"]
    if len(seconds) != 1 or not digests or not (seconds[0].isascii() and seconds[0].isdigit()):
        raise _invalid("is not t=SECONDS,v1=HEX; hand over the header as it arrived")
    expected = _digest(body, secret, seconds[0]).encode()
    # Bytes, for compare_digest refuses texts that are not ASCII.
    if not any(hmac.compare_digest(expected, digest.encode(errors="replace")) for digest in digests):
        raise _invalid("is not that of this body and secret; refuse the message")
    age_s = abs((time() if now_s is None else now_s) - int(seconds[0]))
    if age_s > tolerance.total_seconds():
        raise _invalid("is of another time than now; refuse the message, it may be an old copy")


def _invalid(fault: str) -> InvalidSignatureError:
    return InvalidSignatureError(f"{SIGNATURE_HEADER} {fault}", field=SIGNATURE_HEADER)


def _digest(body: bytes, secret: str, seconds: str) -> str:
    return hmac.new(secret.encode(), seconds.encode() + b"." + body, sha256).hexdigest()
