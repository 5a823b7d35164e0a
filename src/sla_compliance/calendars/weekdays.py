"""Names of weekdays."""

from __future__ import annotations

from typing import Final

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def weekday_named(text: str) -> int | None:
    """Return the weekday's number, Monday 0 to Sunday 6, of a name such as 'mon' or 'Monday'; None if it is none."""
    name = text.lower()
    return next((number for number in range(7) if name in (WEEKDAYS[number], _LONG_NAMES[number])), None)
