"""TenantSettings: what was agreed with a tenant, and the digest of it that keys its kept days."""
################################################################
# What holds for all time (service hours, in service, monitored) belongs to the key
# of a kept day, as far as it touches that day: an activation last week leaves
# last month's days alone. The digest is made of words that new zone rules do not
# change: all of the day, none of it, the hours of the weekday and of the dates
# around.
#
# Maintenance and exclusions are facts, as alarms are. They stand in no key; a
# change of them is reported to the service (`exclusion_changed`).
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from typing import Final

from sla_compliance.calendars.exclusions import AnyExclusion, Exclusion, MaintenanceWindow
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.contract import Times, times
from sla_compliance.intervals import ALWAYS, ALWAYS_END_US, ALWAYS_START_US, IntervalSet
from sla_compliance.measured import DayKey
from sla_compliance.policy import SLAPolicy
from sla_compliance.units import instant_us
from sla_compliance.zones import load_zone

DIGESTS_KEPT: Final = 4096
_ALL: Final = "all"
# Hours of a day may come from the date before, and a clock set back over midnight shows a date behind its day.
_DATES_AROUND: Final = (dt.timedelta(days=-2), dt.timedelta(days=1))


@dataclass(frozen=True, slots=True, init=False)
class TenantSettings:
    """What was agreed with a tenant and how it is measured; frozen and hashable.

    Attributes:
        zone: whose local days it gets, an IANA name.
        policy: target, filter, accounting, damping.
        service_hours: the agreed hours; None is always.
        in_service: from activation to termination.
        monitored_since_us: since when an outage would have been seen, microseconds.
        exclusions: maintenance and exclusions that no source of them has.

    Raises:
        UnknownZoneError, NaiveDatetimeError, InvalidTypeError: naming the argument.
    """

    zone: str
    policy: SLAPolicy
    service_hours: ServiceHours | IntervalSet | None
    in_service: IntervalSet
    monitored_since_us: int
    exclusions: tuple[AnyExclusion, ...]

    def __init__(
        self,
        zone: str,
        policy: SLAPolicy = SLAPolicy(),
        *,
        service_hours: ServiceHours | Times | None = None,
        in_service: Times | None = None,
        monitored_since: dt.datetime | None = None,
        maintenance: Iterable[MaintenanceWindow] = (),
        exclusions: Iterable[Exclusion] = (),
    ) -> None:
        """Check and keep the settings; `monitored_since` is the tenant's creation, or None for ever."""
        hours = service_hours
        if not (hours is None or isinstance(hours, ServiceHours)):
            hours = times(hours, "service_hours")
        since = monitored_since
        object.__setattr__(self, "zone", load_zone(zone).key)
        object.__setattr__(self, "policy", policy)
        object.__setattr__(self, "service_hours", hours)
        object.__setattr__(self, "in_service", ALWAYS if in_service is None else times(in_service, "in_service"))
        object.__setattr__(
            self, "monitored_since_us", ALWAYS_START_US if since is None else instant_us(since, field="monitored_since")
        )
        object.__setattr__(self, "exclusions", (*maintenance, *exclusions))

    @property
    def monitored(self) -> IntervalSet:
        """When an outage would have been seen."""
        return IntervalSet((self.monitored_since_us,), (ALWAYS_END_US,))

    def day_key(self, tenant_id: str, date: dt.date, start_us: int, end_us: int) -> DayKey:
        """Return the key of a local day with these bounds."""
        agreement = _digest(
            _hours(self.service_hours, date, start_us, end_us),
            _part(self.in_service, start_us, end_us),
            _part(self.monitored, start_us, end_us),
        )
        return DayKey(tenant_id, self.policy.measurement_fingerprint, agreement, self.zone, date)


def _hours(hours: ServiceHours | IntervalSet | None, date: dt.date, start_us: int, end_us: int) -> str:
    if not isinstance(hours, ServiceHours):
        return _ALL if hours is None else _part(hours, start_us, end_us)
    first, last = (date + step for step in _DATES_AROUND)
    return replace(hours, dated=tuple(entry for entry in hours.dated if first <= entry[0] <= last)).canonical()


def _part(times_of: IntervalSet, start_us: int, end_us: int) -> str:
    """Return the part of a day in words that do not name its bounds, where it is all or nothing."""
    part = times_of.clip(start_us, end_us)
    return _ALL if part.total_us == end_us - start_us else " ".join(f"{start}-{end}" for start, end in part)


@lru_cache(maxsize=DIGESTS_KEPT)
def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:16]
