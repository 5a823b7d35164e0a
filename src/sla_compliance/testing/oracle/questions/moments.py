"""Texts to instants: microseconds since 1970, and what a row's times may hold beside them."""
################################################################
# An instant is ISO 8601 with an offset. A row's time that is no such text cannot be
# read; an empty one is not there. Years 1 and 9999 as an end are the words of some
# products for "not over"; as a start they cannot be read.
################################################################

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from sla_compliance.testing.oracle.questions.errors import RefusedQuestionError
from sla_compliance.testing.oracle.wall_clock import instant_us_of
from sla_compliance.testing.oracle.world import UNREADABLE, Moment

MINUTE_US: Final = 60_000_000
DAY_US: Final = 86_400_000_000

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = "0001", "9999"


def microseconds_of(text: str) -> int:
    """Return the instant that a text names."""
    instant = _instant_or_none(text)
    if instant is None:
        raise RefusedQuestionError(f"{text} is no instant")
    return instant


def moment_of_row(text: str | None, *, is_end: bool) -> Moment:
    """Return what a row says of a time, in microseconds."""
    if text is None or not text.strip():
        return None
    if text.startswith((_FIRST_YEAR, _LAST_YEAR)):
        return None if is_end else UNREADABLE
    instant = _instant_or_none(text)
    return UNREADABLE if instant is None else instant


def _instant_or_none(text: str) -> int | None:
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return instant_us_of(datetime.fromisoformat(text))
    except ValueError:
        return None
