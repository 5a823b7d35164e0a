"""Where and when worlds lie: zones whose clocks change near the window."""
################################################################
# Clock changes of these zones fall on whole units, and so do the hours of a day that
# are drawn for them: an instant is then wholly in an hour, a day and a scope.
################################################################

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import strategies as st

from sla_compliance.testing.oracle.world import DailyHours, Place

_HOUR: Final = timedelta(hours=1)
PLACE_OF_SIX_HOURS: Final = Place("UTC", datetime(2025, 10, 20, tzinfo=UTC), 6 * _HOUR)

PLACES: Final = (
    Place(),
    Place("Europe/Berlin"),  # set back on the 26th
    Place("Europe/Berlin", datetime(2025, 3, 29, 12, tzinfo=UTC)),  # set forward on the 30th; April begins
    Place("America/Havana", datetime(2025, 10, 31, 12, tzinfo=UTC)),  # midnight of 2 November comes twice
    Place("Africa/Cairo", datetime(2025, 4, 23, tzinfo=UTC)),  # midnight of the 25th does not exist
    Place("Pacific/Apia", datetime(2011, 12, 29, 12, tzinfo=UTC)),  # the 30th does not exist; a year begins
    Place("America/St_Johns", datetime(2006, 10, 29, 2, tzinfo=UTC), timedelta(minutes=1)),  # set back over midnight
    Place("UTC", datetime(2025, 10, 25, 23, 59, 59, 999_970, tzinfo=UTC), timedelta(microseconds=1)),
    PLACE_OF_SIX_HOURS,
)


def daily_hours(place: Place) -> st.SearchStrategy[DailyHours]:
    """Return daily hours that begin and end on whole units of a place."""
    by_the_hour = (DailyHours(0, 1), DailyHours(1, 3), DailyHours(2, 20), DailyHours(9, 24))
    every_six_hours = (DailyHours(0, 6), DailyHours(6, 18), DailyHours(12, 24))
    return st.sampled_from(every_six_hours if place.unit > _HOUR else by_the_hour + every_six_hours)
