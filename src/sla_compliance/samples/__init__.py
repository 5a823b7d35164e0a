"""Ninety days of an internet provider that does not exist, for demos, docs and benchmarks."""
################################################################
# The same seed and the same `now` give the same rows, to the microsecond: no
# clock, no files, one seeded generator. Most days lose nothing or seconds; on a
# few something breaks. The rows have every oddity of real alarm tables: storms of
# child alarms, flapping, an alarm_id that repeats, an alarm over midnight, rows
# that are suppressed for days, resolved and not cleared, cleared before they were
# raised, of an overwritten severity, and still active.
#
# In most spans of 90 days clocks change in some zone, and the default is such a
# zone. They change nowhere from about 23 July to 5 September, and in the first
# days of February.
################################################################

from __future__ import annotations

from datetime import datetime
from itertools import chain, pairwise
from random import Random
from typing import Final

from sla_compliance.calendars.local_days import local_days
from sla_compliance.samples.events import (
    add_blips,
    add_breakdowns,
    add_everyday_alarms,
    add_maintenance,
    add_monitoring_gap,
    add_next_failures,
    add_oddities,
)
from sla_compliance.samples.history import CORE, DAYS, History
from sla_compliance.samples.provider import COLUMNS, Device, SampleProvider, SampleRow, batch_of
from sla_compliance.units import DAY_US, checked_instant_us, instant_us, moment
from sla_compliance.zones import load_zone

__all__ = ["COLUMNS", "DAYS", "ROWS", "Device", "SampleProvider", "SampleRow", "batch_of", "sample_provider"]

ROWS: Final = 1_000
ZONES_WITH_CLOCK_CHANGES: Final = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Sydney",
    "Africa/Cairo",
    "America/Santiago",
    "Africa/Casablanca",
)


def sample_provider(
    now: datetime, *, seed: int = 1, zone: str | None = None, tenant_id: str = "demo"
) -> SampleProvider:
    """Return the provider's last 90 local days, today included, as known at `now`.

    Args:
        now: aware.
        seed: another seed gives another provider of the same kind.
        zone: an IANA name; by default a zone whose clocks changed within the 90 days, where there is one.

    Raises:
        NaiveDatetimeError, InvalidTypeError, InstantOutOfRangeError: `now` is no instant with 90 days before it.
        UnknownZoneError: `zone` is not a name of the IANA list.

    >>> from datetime import UTC, datetime
    >>> provider = sample_provider(datetime(2026, 11, 23, 12, tzinfo=UTC))
    >>> len(provider.rows), len(provider.inventory), provider.zone
    (1000, 300, 'Europe/Berlin')
    """
    now_us = instant_us(now, field="now")
    checked_instant_us(now_us - 2 * DAYS * DAY_US, field="now")
    checked_instant_us(now_us + DAYS * DAY_US, field="now")
    rng = Random(seed)  # noqa: S311 - sample data, no secret
    history = History(rng, tenant_id=tenant_id, zone=zone or _zone_of_a_clock_change(now_us), now_us=now_us)
    return _provider(history)


def _provider(history: History) -> SampleProvider:
    """Fill the history with events, and return the provider that has it."""
    # All draw from one generator: another order of these lines gives other rows.
    add_breakdowns(history)
    windows = add_maintenance(history)
    gap_start_us, gap_end_us = add_monitoring_gap(history)
    next_failures = add_oddities(history)
    add_blips(history)
    add_next_failures(history, next_failures)
    add_everyday_alarms(history, ROWS - len(history.rows))
    rules = load_zone(history.zone)
    start, end = moment(history.midnight_us(DAYS - 1), rules), moment(history.midnight_us(-1), rules)
    devices_of_districts = chain.from_iterable(history.districts.values())
    return SampleProvider(
        tenant_id=history.tenant_id,
        zone=history.zone,
        start=start,
        end=end,
        now=moment(history.now_us, rules),
        rows=tuple(sorted(history.rows, key=lambda row: (row.first_occurrence, row.id))),
        maintenance=windows,
        monitored=((start, moment(gap_start_us, rules)), (moment(gap_end_us, rules), end)),
        inventory=(*CORE, *devices_of_districts),
    )


def _zone_of_a_clock_change(now_us: int) -> str:
    """Return a zone that has a day of other than 24 hours among the last 90; else the first of the list."""
    for zone in ZONES_WITH_CLOCK_CHANGES:
        bounds_us = local_days(zone, now_us - (DAYS - 1) * DAY_US, now_us).bounds_us
        if any(end_us - start_us != DAY_US for start_us, end_us in pairwise(bounds_us)):
            return zone
    return ZONES_WITH_CLOCK_CHANGES[0]
