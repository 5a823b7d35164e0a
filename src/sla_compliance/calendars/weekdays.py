"""Names of weekdays."""

from __future__ import annotations

from typing import Final

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def weekday_number(text: str) -> int | None:
    """Return the number, Monday 0 to Sunday 6, of the weekday with a name such as 'mon' or 'Monday'; else None."""
    name = text.lower()
    for number, names in enumerate(zip(WEEKDAYS, _LONG_NAMES, strict=True)):
        if name in names:
            return number
    return None
