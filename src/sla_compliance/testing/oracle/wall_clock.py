"""The clock on the wall of a zone: instants of wall times, and where local days begin."""
################################################################
# A wall time is the first instant at which the clock shows it or a later time: one
# that comes twice is its first occurrence, one that does not exist is the instant
# the clock jumped; starts and ends alike. A day begins where its midnight is, by that
# rule. Instants are microseconds since 1970.
################################################################

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sla_compliance.testing.oracle.calendar import rules_of

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


def datetime_at(instant_us: int) -> datetime:
    """Return the datetime of an instant, in UTC."""
    return EPOCH + instant_us * MICROSECOND


def instant_us_of(moment: datetime) -> int:
    """Return the instant of an aware datetime."""
    return (moment - EPOCH) // MICROSECOND


class WallClock:
    """The clock of one zone."""

    def __init__(self, zone: str) -> None:
        """Read the rules of a zone.

        Raises:
            ValueError, OSError: there is no such zone.
        """
        self._zone = rules_of(zone)

    def wall_at(self, instant_us: int) -> datetime:
        """Return what the clock shows at an instant, naive."""
        return self.local_at(instant_us).replace(tzinfo=None, fold=0)

    def local_at(self, instant_us: int) -> datetime:
        """Return an instant with the offset that the zone has then."""
        return datetime_at(instant_us).astimezone(self._zone)

    def instant_of(self, wall: datetime) -> int:
        """Return the first instant, microseconds, at which the clock shows a naive wall time or a later one."""
        readings = [self._instant_by_offset_of(wall, fold) for fold in (0, 1)]
        showing = [instant_us for instant_us in readings if self.wall_at(instant_us) == wall]
        if showing:
            return min(showing)
        before_us, after_us = min(readings), max(readings)
        while after_us - before_us > 1:
            middle_us = (before_us + after_us) // 2
            if self.wall_at(middle_us) < wall:
                before_us = middle_us
            else:
                after_us = middle_us
        return after_us

    def start_of(self, day: date) -> int:
        """Return where a local day begins, or would begin, microseconds."""
        return self.instant_of(datetime.combine(day, time()))

    def starts_of_days(self, start_us: int, end_us: int) -> list[tuple[date, int]]:
        """Return the local days that own an instant of [start_us, end_us), and where they begin."""
        day = self.wall_at(start_us).date() - timedelta(days=2)
        starts: list[tuple[date, int]] = []
        while (day_start_us := self.start_of(day)) < end_us:
            # A date that the clock jumps over begins where the next one does and owns nothing.
            if starts and starts[-1][1] == day_start_us:
                starts.pop()
            starts.append((day, day_start_us))
            day += timedelta(days=1)
        if starts and self.start_of(day) == starts[-1][1]:
            starts.pop()
        first = max(index for index, (_, day_start_us) in enumerate(starts) if day_start_us <= start_us)
        return starts[first:]

    def _instant_by_offset_of(self, wall: datetime, fold: int) -> int:
        offset = self._zone.utcoffset(wall.replace(fold=fold))
        assert offset is not None
        return (wall - EPOCH.replace(tzinfo=None) - offset) // MICROSECOND
