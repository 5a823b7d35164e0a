"""Times in exported files."""
################################################################
# The grammar is that of units.parse_timestamp, and an offset of whole hours may lack
# its minutes, as PostgreSQL writes it (2026-10-01 09:00:00+00). A time without an
# offset names no instant, a number no unit: both are refused.
################################################################

from __future__ import annotations

import re
from typing import Final

from sla_compliance.errors import SLAComplianceError, shown
from sla_compliance.units import instant_us, parse_timestamp

_OFFSET_OF_HOURS: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?[+-]\d\d", re.ASCII)
_NAIVE: Final = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_LONGEST_TEXT: Final = 40


class Instants(dict[str | None, int | str | None]):
    """Instants by their text, each text read once.

    A value is an int, microseconds since 1970; None for None; or a str, the fault of a text that names no instant.
    """

    def __missing__(self, text: str | None) -> int | str | None:
        value = None if text is None else _instant_or_fault(text)
        self[text] = value
        return value


def _instant_or_fault(text: str) -> int | str:
    timestamp = f"{text}:00" if _matches(_OFFSET_OF_HOURS, text) else text
    try:
        return instant_us(parse_timestamp(timestamp), field="time")
    except SLAComplianceError as error:
        return f"is {shown(text)}{_way_out(text, error)}"


def _way_out(text: str, error: SLAComplianceError) -> str:
    """Return how a message goes on behind the text."""
    if _matches(_NAIVE, text):
        return " without a time zone; export it with its offset, e.g. 2026-10-01 09:00:00+00"
    if _matches(_NUMBER, text):
        return ", a number without a unit; export it as 2026-10-01T09:00:00Z"
    behind_the_text = str(error).partition(shown(text))[2]
    return behind_the_text or f"; {error}"


def _matches(pattern: re.Pattern[str], text: str) -> bool:
    return len(text) <= _LONGEST_TEXT and pattern.fullmatch(text) is not None
