"""Where and when drawn questions lie: zones near a clock change, at units from hours to a microsecond."""
################################################################
# The changes are past and their dates are settled. Days and hours of a drawn
# question fall on whole units.
################################################################

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sla_compliance.testing.oracle.world import Place

_HOUR: Final = timedelta(hours=1)
_HALF_HOUR: Final = timedelta(minutes=30)
_QUARTER: Final = timedelta(minutes=15)
_MINUTE: Final = timedelta(minutes=1)


def _utc(*fields: int) -> datetime:
    return datetime(*fields, tzinfo=UTC)  # type: ignore[misc, arg-type]


DRAWN_PLACES: Final = (
    Place("Africa/Lagos", _utc(2025, 10, 7, 12), _HOUR),  # no changes
    Place("UTC", _utc(2025, 10, 25), _HOUR),
    Place("Europe/Berlin", _utc(2025, 10, 25), _HOUR),  # set back on the 26th
    Place("Europe/Berlin", _utc(2025, 3, 29, 12), _HOUR),  # set forward on the 30th; April begins
    Place("America/New_York", _utc(2024, 3, 9, 12), _HOUR),
    Place("Australia/Lord_Howe", _utc(2025, 4, 4, 20), _HALF_HOUR),  # set back by half an hour
    Place("Asia/Kathmandu", _utc(2025, 6, 14, 12, 15), _QUARTER),  # 5:45 ahead
    Place("America/Havana", _utc(2025, 11, 1, 20), _HOUR),  # midnight of the 2nd comes twice
    Place("Africa/Cairo", _utc(2025, 4, 23, 20), _HOUR),  # midnight of the 25th does not exist
    Place("Asia/Beirut", _utc(2024, 3, 29, 20), _HOUR),  # midnight of the 31st does not exist
    Place("Pacific/Apia", _utc(2011, 12, 29, 12), _HOUR),  # the 30th does not exist; a year begins
    Place("Pacific/Kwajalein", _utc(1993, 8, 19, 12), _HOUR),  # the 21st does not exist
    Place("Atlantic/Azores", _utc(2025, 3, 29, 12), _HOUR),  # midnight of the 30th does not exist
    Place("Antarctica/Troll", _utc(2025, 3, 29, 12), _HOUR),  # set forward by two hours
    Place("America/St_Johns", _utc(2006, 10, 29, 2), _MINUTE),  # set back over midnight
    Place("America/St_Johns", _utc(2025, 3, 8, 14, 30), _HALF_HOUR),
    Place("America/Sao_Paulo", _utc(2018, 11, 3, 12), _HOUR),  # midnight of the 4th does not exist
    Place("Europe/London", _utc(1970, 12, 31, 0), _HOUR),  # standard time an hour ahead; a year begins
    Place("Asia/Tehran", _utc(2022, 3, 21, 8, 30), _HALF_HOUR),  # midnight of the 22nd does not exist
    Place("Pacific/Chatham", _utc(2025, 4, 5, 0, 15), _QUARTER),  # 12:45 ahead; set back
    Place("UTC", _utc(1969, 12, 31, 12), _HOUR),  # the epoch
    Place("UTC", _utc(2025, 10, 25, 23, 59, 59, 999_970), timedelta(microseconds=1)),
    Place("Asia/Tokyo", _utc(2025, 8, 1, 14, 59, 30), timedelta(seconds=1)),
    Place("UTC", _utc(2025, 10, 20), 6 * _HOUR),
)

# A week is few units of six hours; after a week an unseen alarm is in doubt.
PLACES_OF_WEEKS: Final = (
    Place("UTC", _utc(2025, 10, 20), 6 * _HOUR),
    Place("Africa/Lagos", _utc(2025, 2, 16, 23), 6 * _HOUR),
    Place("Asia/Tokyo", _utc(2025, 5, 25, 15), 6 * _HOUR),
    Place("Asia/Kolkata", _utc(2023, 12, 24, 18, 30), 6 * _HOUR),
    Place("America/Bogota", _utc(2025, 9, 20, 5), 12 * _HOUR),
    Place("Asia/Riyadh", _utc(2025, 6, 25, 21), 3 * _HOUR),
)
