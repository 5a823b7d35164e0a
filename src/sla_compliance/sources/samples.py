"""Alarms that are made up, for a front end that nobody feeds yet."""
################################################################
# Every tenant has the same ninety days of an internet provider that does not
# exist. They are made for the end of today, UTC, and made anew each day; what is
# still to come today is hidden by the instant of evaluation.
################################################################

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.samples import sample_provider
from sla_compliance.sources.protocol import EVERY_QUALIFYING

ONE_DAY: Final = timedelta(days=1)


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class SampleAlarmSource:
    """Sample alarms for any tenant; an AsyncAlarmSource whose figures are marked, and kept nowhere."""

    is_sample = True

    def __init__(self, zone: str, *, clock: Callable[[], datetime] = utc_now) -> None:
        """Make the source for tenants in a zone, an IANA name."""
        self._zone = zone
        self._clock = clock

    async def fetch(
        self,
        tenant_id: str,  # noqa: ARG002 - the same for everybody
        start_us: int,  # noqa: ARG002 - a source may return more
        end_us: int,  # noqa: ARG002
        wanted: AlarmFilter = EVERY_QUALIFYING,  # noqa: ARG002 - the core filters
    ) -> AlarmBatch:
        """Return the sample alarms of the last ninety days."""
        today = self._clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return _batch(today + ONE_DAY, self._zone)


@lru_cache(maxsize=4)
def _batch(end: datetime, zone: str) -> AlarmBatch:
    return sample_provider(end, zone=zone).batch()
