"""TenantSettings: what was agreed with a tenant, and the digest of it in the keys of its days."""
################################################################
# Days are remembered and stored under a key. Settings without dates of their own
# (service hours, in service, monitored) belong to that key, as far as they touch
# the day: an activation last week leaves the days of last month alone. The digest
# is of texts that new zone rules do not change: all of the day, none of it, the
# hours of its weekday and of the dates around it.
#
# Maintenance and exclusions are facts, as alarms are. They are part of no key; a
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
from sla_compliance.units import MICROSECOND, instant_us, length_us
from sla_compliance.zones import load_zone

MONITOR_GAP: Final = dt.timedelta(minutes=5)
_DIGESTS_KEPT: Final = 4096
_ALL_OF_THE_DAY: Final = "all"
# Hours of the date before may run into the day, and a clock set back over midnight shows the date before its day's.
_DAYS_BEFORE: Final = dt.timedelta(days=2)
_DAYS_AFTER: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, init=False)
class TenantSettings:
    """What was agreed with a tenant and how it is measured; frozen and hashable.

    Attributes:
        zone: the zone of its local days, an IANA name.
        policy: target, filter, accounting, damping.
        service_hours: the agreed hours; None is always.
        in_service: from activation to termination.
        monitored_since_us: since when an outage would have been seen, microseconds.
        monitor_gap: unmonitored stretches shorter than this, between two monitored instants of one state, have it.
        exclusions: maintenance and exclusions that come from no source of them.

    Raises:
        UnknownZoneError, NaiveDatetimeError, InvalidTypeError: an argument is wrong; the message names it.
    """

    zone: str
    policy: SLAPolicy
    service_hours: ServiceHours | IntervalSet | None
    in_service: IntervalSet
    monitored_since_us: int
    monitor_gap: dt.timedelta
    exclusions: tuple[AnyExclusion, ...]

    def __init__(
        self,
        zone: str,
        policy: SLAPolicy = SLAPolicy(),
        *,
        service_hours: ServiceHours | Times | None = None,
        in_service: Times | None = None,
        monitored_since: dt.datetime | None = None,
        monitor_gap: dt.timedelta = MONITOR_GAP,
        maintenance: Iterable[MaintenanceWindow] = (),
        exclusions: Iterable[Exclusion] = (),
    ) -> None:
        """Check and keep the settings; `monitored_since` is the tenant's creation, or None for always."""
        monitored_since_us = ALWAYS_START_US
        if monitored_since is not None:
            monitored_since_us = instant_us(monitored_since, field="monitored_since")
        if service_hours is not None and not isinstance(service_hours, ServiceHours):
            service_hours = times(service_hours, "service_hours")
        # A frozen dataclass takes its fields in __init__ by object.__setattr__ alone.
        object.__setattr__(self, "zone", load_zone(zone).key)
        object.__setattr__(self, "policy", policy)
        object.__setattr__(self, "service_hours", service_hours)
        object.__setattr__(self, "in_service", ALWAYS if in_service is None else times(in_service, "in_service"))
        object.__setattr__(self, "monitored_since_us", monitored_since_us)
        length_us(monitor_gap, field="monitor_gap")
        object.__setattr__(self, "monitor_gap", monitor_gap)
        object.__setattr__(self, "exclusions", (*maintenance, *exclusions))

    @property
    def monitored(self) -> IntervalSet:
        """When an outage would have been seen."""
        return IntervalSet((self.monitored_since_us,), (ALWAYS_END_US,))

    def day_key(self, tenant_id: str, date: dt.date, start_us: int, end_us: int) -> DayKey:
        """Return the key of a local day with these bounds."""
        texts = [
            _hours_text(self.service_hours, date, start_us, end_us),
            _part_text(self.in_service, start_us, end_us),
            _part_text(self.monitored, start_us, end_us),
        ]
        if self.monitor_gap != MONITOR_GAP:
            # Only where it differs: days that are stored already keep their keys.
            texts.append(f"monitor_gap {self.monitor_gap // MICROSECOND}")
        agreement = _digest(*texts)
        return DayKey(tenant_id, self.policy.measurement_fingerprint, agreement, self.zone, date)


def _hours_text(hours: ServiceHours | IntervalSet | None, date: dt.date, start_us: int, end_us: int) -> str:
    """Return a text that changes with the service hours of a day, and not with those of other dates."""
    if hours is None:
        return _ALL_OF_THE_DAY
    if isinstance(hours, IntervalSet):
        return _part_text(hours, start_us, end_us)
    first_date, last_date = date - _DAYS_BEFORE, date + _DAYS_AFTER
    hours_of_dates = tuple(entry for entry in hours.dated if first_date <= entry[0] <= last_date)
    return replace(hours, dated=hours_of_dates).canonical()


def _part_text(interval_set: IntervalSet, start_us: int, end_us: int) -> str:
    """Return a text for the part of a day that is in a set; it holds no instants where that is all of it, or none."""
    part = interval_set.clip(start_us, end_us)
    if part.total_us == end_us - start_us:
        return _ALL_OF_THE_DAY
    return " ".join(f"{piece_start_us}-{piece_end_us}" for piece_start_us, piece_end_us in part)


@lru_cache(maxsize=_DIGESTS_KEPT)
def _digest(*texts: str) -> str:
    return sha256("\n".join(texts).encode()).hexdigest()[:16]
