"""How a drawn question spells instants and lengths."""

from __future__ import annotations

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from sla_compliance.testing.conformance.drawing.chance import Chance
from sla_compliance.testing.oracle.world import Place, Span

_MICROSECOND = timedelta(microseconds=1)


class Spelling:
    """Instants in units as text: in UTC, or with the offset of the place."""

    def __init__(self, place: Place, chance: Chance) -> None:
        self.place = place
        self._zone = ZoneInfo(place.zone)
        self._chance = chance

    def instant(self, units: int) -> str:
        """Return an instant as a question has it."""
        instant = self.place.at(units)
        if self._chance.happens(1, 2):
            return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return instant.astimezone(self._zone).isoformat()

    def length_us(self, units: int) -> int:
        """Return a length in microseconds."""
        return units * (self.place.unit // _MICROSECOND)

    def span(self, span: Span) -> list[str]:
        """Return a pair of instants."""
        return [self.instant(span[0]), self.instant(span[1])]
