"""Seals of cache entries: what shows that a value was written by a holder of the key, under this key of the cache."""
################################################################
# Whoever can write to a shared cache could put a figure of their own into it. With a
# key, an entry begins with an HMAC-SHA256 of the entry's place and text. Neither can be
# changed, and no entry can be moved to another place, without the key. Without a key a
# checksum stands there, which only tells whole values from broken ones.
#
# A seal does not hide what an entry says. Somebody who can write to the cache can still
# delete entries, and put an earlier one back in its own place for the lifetime that is
# left of it.
#
# The key is derived from a secret and a label, so that a secret which signs something
# else as well is not used for two purposes.
################################################################

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final, Protocol

from sla_compliance.checks import check_type, checked_text
from sla_compliance.errors import InvalidValueError

SHORTEST_KEY_BYTES: Final = 32
_CACHE_LABEL: Final = b"sla-compliance: seals of cache entries, 1"
_CHECKSUM_LENGTH: Final = 16
_SEAL_LENGTH: Final = 32
"""Hexadecimal digits: half of an HMAC-SHA256, 128 bits, as RFC 2104 permits."""


class EntrySeal(Protocol):
    """Marks the text of an entry as that of a place, and tells whether a value is so marked."""

    def sealed(self, place: str, text: bytes) -> bytes:
        """Return the value of a text under the key `place` of the cache."""
        ...

    def opened(self, place: str, value: bytes) -> bytes | None:
        """Return the text of a value; None where the seal is not that of the place and the text."""
        ...


class Checksum:
    """The seal without a key: values that were cut off, overwritten or moved do not verify."""

    def sealed(self, place: str, text: bytes) -> bytes:
        """Return the text after its checksum."""
        return _checksum(place, text) + text

    def opened(self, place: str, value: bytes) -> bytes | None:
        """Return the text of a value; None where its checksum is another."""
        text = value[_CHECKSUM_LENGTH:]
        return text if value[:_CHECKSUM_LENGTH] == _checksum(place, text) else None


class KeyedSeal:
    """The seal of a key: values that no holder of the key has written to this place do not verify."""

    def __init__(self, key: bytes) -> None:
        """Keep the key; errors as `seal_of`."""
        check_type(key, bytes, "cache_key", "bytes, e.g. derived_cache_key(secret)")
        if len(key) < SHORTEST_KEY_BYTES:
            raise InvalidValueError(
                f"cache_key is {len(key)} bytes long; give {SHORTEST_KEY_BYTES} or more, as of derived_cache_key()",
                field="cache_key",
            )
        self._keyed = hmac.new(key, digestmod=sha256)

    def sealed(self, place: str, text: bytes) -> bytes:
        """Return the text after its seal."""
        return self._seal(place, text) + text

    def opened(self, place: str, value: bytes) -> bytes | None:
        """Return the text of a value; None where its seal is another."""
        text = value[_SEAL_LENGTH:]
        return text if hmac.compare_digest(value[:_SEAL_LENGTH], self._seal(place, text)) else None

    def _seal(self, place: str, text: bytes) -> bytes:
        keyed = self._keyed.copy()  # the key is hashed once, not for each entry
        keyed.update(_joined(place, text))
        return keyed.hexdigest()[:_SEAL_LENGTH].encode()


CHECKSUM: Final = Checksum()


def seal_of(cache_key: bytes | None) -> EntrySeal:
    """Return the seal of a key; without one the checksum.

    Raises:
        InvalidTypeError: the key is no bytes.
        InvalidValueError: it is shorter than 32 bytes; the message does not show it.
    """
    return CHECKSUM if cache_key is None else KeyedSeal(cache_key)


def derived_cache_key(secret: str) -> bytes:
    """Return the key of cache entries that belongs to a secret, 32 bytes.

    Every process that shares the cache derives the same key from the same secret; the secret does not follow from it.

    Args:
        secret: hard to guess, e.g. of `openssl rand -hex 32`; `sla-compliance serve` takes SLA_CACHE_KEY, or where that
            is absent SLA_JWT_SECRET.

    Raises:
        InvalidTypeError: it is no text.
        InvalidValueError: it is shorter than 32 bytes; the message does not show it.
    """
    secret_bytes = checked_text(secret, "secret").encode("utf-8", "surrogatepass")
    if len(secret_bytes) < SHORTEST_KEY_BYTES:
        raise InvalidValueError(
            f"secret is {len(secret_bytes)} bytes long; give {SHORTEST_KEY_BYTES} or more, "
            "e.g. of `openssl rand -hex 32`",
            field="secret",
        )
    return hmac.digest(secret_bytes, _CACHE_LABEL, sha256)


def _checksum(place: str, text: bytes) -> bytes:
    return sha256(_joined(place, text)).hexdigest()[:_CHECKSUM_LENGTH].encode()


def _joined(place: str, text: bytes) -> bytes:
    """Return place and text as one; no two pairs are alike, for a place holds no NUL."""
    return place.encode() + b"\0" + text
