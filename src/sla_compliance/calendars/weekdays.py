"""Names of weekdays."""

from __future__ import annotations

from typing import Final

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def weekday_number(text: str) -> int | None:
    """Return the number, Monday 0 to Sunday 6, of a weekday with a name such as 'mon', 'Mo' or 'Monday'; else None."""
    name = text.lower()
    for number, (short_name, long_name) in enumerate(zip(WEEKDAYS, _LONG_NAMES, strict=True)):
        if name in (short_name, long_name, short_name[:2]):
            return number
    return None
