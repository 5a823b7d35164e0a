"""Times in exported files."""
################################################################
# The grammar of units.parse_timestamp, and beside it what PostgreSQL writes by
# itself: an offset of whole hours without its minutes (2026-10-01 09:00:00+00).
# A time without an offset names no instant, a number no unit: both are refused.
################################################################

from __future__ import annotations

import re
from typing import Final

from sla_compliance.errors import SLAComplianceError, shown
from sla_compliance.units import instant_us, parse_timestamp

_HOURS_ONLY: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?[+-]\d\d", re.ASCII)
_NAIVE: Final = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_LONGEST: Final = 40


class Instants(dict[str | None, int | str | None]):
    """Instants by their text, each read once: microseconds since 1970; None for None; what is wrong, as text."""

    def __missing__(self, text: str | None) -> int | str | None:
        self[text] = found = None if text is None else _read(text)
        return found


def _read(text: str) -> int | str:
    try:
        return instant_us(parse_timestamp(f"{text}:00" if _matches(_HOURS_ONLY, text) else text), field="time")
    except SLAComplianceError as error:
        return f"is {shown(text)}{_way_out(text) or str(error).partition(shown(text))[2] or f'; {error}'}"


def _way_out(text: str) -> str | None:
    if _matches(_NAIVE, text):
        return " without a time zone; export it with its offset, e.g. 2026-10-01 09:00:00+00"
    return ", a number without a unit; export it as 2026-10-01T09:00:00Z" if _matches(_NUMBER, text) else None


def _matches(pattern: re.Pattern[str], text: str) -> bool:
    return len(text) <= _LONGEST and pattern.fullmatch(text) is not None
