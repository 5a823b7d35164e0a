"""Sample alarms, for a front end that has no data yet."""
################################################################
# Every tenant has the same ninety days of an internet provider that does not
# exist. They end with today, UTC, and are made once a day; what is still to come
# today is hidden by the instant of evaluation.
################################################################

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.intervals import IntervalSet
from sla_compliance.samples import SampleProvider, sample_provider
from sla_compliance.sources.clock import utc_now
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.units import ONE_DAY, instant_us


class SampleAlarmSource:
    """Sample alarms for any tenant; an AsyncAlarmSource whose figures are marked, and kept nowhere."""

    is_sample = True

    def __init__(self, zone: str, *, clock: Callable[[], datetime] = utc_now) -> None:
        """Make the source for tenants in a zone, an IANA name."""
        self._zone = zone
        self._clock = clock

    async def fetch(
        self,
        tenant_id: str,  # noqa: ARG002 - all tenants have the same alarms
        start_us: int,  # noqa: ARG002 - a source may return more
        end_us: int,  # noqa: ARG002
        wanted: AlarmFilter = EVERY_QUALIFYING,  # noqa: ARG002 - the core filters
    ) -> AlarmBatch:
        """Return the sample alarms of the last ninety days, with the monitored time."""
        return _batch(_provider(_end_of_today(self._clock), self._zone))


class SampleMaintenanceSource:
    """The maintenance windows that belong to the sample alarms; an ExclusionSource."""

    def __init__(self, zone: str, *, clock: Callable[[], datetime] = utc_now) -> None:
        """Make the source for tenants in a zone, an IANA name."""
        self._zone = zone
        self._clock = clock

    async def fetch(self, tenant_id: str, start_us: int, end_us: int) -> tuple[MaintenanceWindow, ...]:  # noqa: ARG002
        """Return the windows of the last ninety days."""
        return _provider(_end_of_today(self._clock), self._zone).maintenance


def _end_of_today(clock: Callable[[], datetime]) -> datetime:
    midnight = clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + ONE_DAY


@lru_cache(maxsize=4)
def _provider(end: datetime, zone: str) -> SampleProvider:
    return sample_provider(end, zone=zone)


@lru_cache(maxsize=4)
def _batch(provider: SampleProvider) -> AlarmBatch:
    starts, ends = zip(*provider.monitored, strict=True)
    monitored = IntervalSet.union_of(_instants_us(starts), _instants_us(ends))
    return replace(provider.batch(), monitored=monitored)


def _instants_us(moments: Sequence[datetime]) -> list[int]:
    return [instant_us(value, field="monitored") for value in moments]
