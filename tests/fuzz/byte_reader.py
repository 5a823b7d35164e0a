"""Values drawn from bytes, so that a fuzzer that changes bytes changes values."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final, TypeVar

_Option = TypeVar("_Option")

HUGE_NUMBERS: Final = (2**31, 2**53 + 1, 2**63, -(2**63) - 1, 10**30, -(10**400), 253402300800)
ODD_TEXTS: Final = ("", " ", "\0", "\ufeff", "\ud800", "'", "1e999999999", "NaN", "٣", "9" * 5000, "../../etc/passwd")
_ODD_VALUES: Final = (None, True, False, date(2025, 10, 20), Decimal("1e20"), Decimal("NaN"), b"\xff", object())
_DEEPEST: Final = 3


class ByteReader:
    """Reads values off the front of some bytes; past their end every byte is 0."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    @property
    def is_empty(self) -> bool:
        return self._place >= len(self._data)

    def bytes_of(self, length: int) -> bytes:
        taken = self._data[self._place : self._place + length]
        self._place += length
        return taken.ljust(length, b"\0")

    def remaining(self) -> bytes:
        remaining = self._data[self._place :]
        self._place = len(self._data)
        return remaining

    def integer(self, lowest: int, highest: int) -> int:
        """Return an integer from `lowest` to `highest`, of as many bytes as that needs."""
        span = highest - lowest + 1
        length = max(1, (span.bit_length() + 7) // 8)
        return lowest + int.from_bytes(self.bytes_of(length), "little") % span

    def boolean(self) -> bool:
        return self.integer(0, 1) == 1

    def choice(self, options: Sequence[_Option]) -> _Option:
        return options[self.integer(0, len(options) - 1)]

    def text(self) -> str:
        """Return a text of up to 40 bytes; what is no UTF-8 becomes lone surrogates."""
        return self.bytes_of(self.integer(0, 40)).decode("utf-8", "surrogateescape")

    def instant(self) -> datetime:
        """Return an aware datetime of any year that Python has, mostly of one week."""
        offset = timezone(timedelta(minutes=self.integer(-1439, 1439))) if self.boolean() else UTC
        if self.integer(0, 9) == 0:
            year, month, day = self.choice((1, 9999)), self.choice((1, 12)), self.choice((1, 31))
            return datetime(year, month, day, self.integer(0, 23), tzinfo=offset)
        return datetime(2025, 10, 20, tzinfo=offset) + timedelta(minutes=self.integer(0, 10_080))

    def value(self, words: Sequence[str], depth: int = 0) -> Any:
        """Return a value of any kind that rows hold, often one of `words`."""
        draws: list[Callable[[], Any]] = [
            *[lambda: self.choice(words)] * 5,
            *[self.instant] * 2,
            lambda: self.instant().replace(tzinfo=None),
            lambda: self.integer(-(2**40), 2**40),
            lambda: self.choice(HUGE_NUMBERS),
            lambda: struct.unpack("<d", self.bytes_of(8))[0],
            self.text,
            lambda: self.choice(ODD_TEXTS),
            lambda: self.choice(_ODD_VALUES),
        ]
        if depth < _DEEPEST:
            draws.append(lambda: [self.value(words, depth + 1) for _ in range(self.integer(0, 3))])
            draws.append(lambda: {self.choice(words): self.value(words, depth + 1) for _ in range(self.integer(0, 3))})
        return self.choice(draws)()
