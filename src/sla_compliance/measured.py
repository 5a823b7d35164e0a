"""MeasuredDay: the ledger cells of one local day, as stores and caches keep them, and the key they are kept under."""
################################################################
# A measured day holds lengths, never a percentage: every target and every
# accounting is answered from it. It keeps its own bounds, so new zone rules
# change nothing about a day that was measured under old ones.
#
# Its key says whose it is and what changes the ledger: the policy's measurement
# fingerprint (not its target, not its accounting), the zone, the local date, and
# a digest of what was agreed with the tenant, as far as it touches the day
# (service hours, in service, monitored). Maintenance and exclusions are facts, as
# alarms are: they change under a key, and a change of them is reported.
#
# A day is closed once nothing but a change of facts can alter it: the instant of
# evaluation is past its end by the margin of damping and by stale_after.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sla_compliance.labels import Accounting
from sla_compliance.ledger import CellLengths, summed_cells
from sla_compliance.policy import SLAPolicy
from sla_compliance.records import ComplianceRecord
from sla_compliance.units import MICROSECOND


@dataclass(frozen=True, slots=True)
class DayKey:
    """Whose day it is and how it was measured.

    Attributes:
        tenant_id: any text at all.
        measurement: the policy's measurement fingerprint.
        agreement: a digest of the tenant's settings that touch the day.
        zone: the tenant's zone, an IANA name.
        date: the local date.
    """

    tenant_id: str
    measurement: str
    agreement: str
    zone: str
    date: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredDay:
    """What was measured of one local day.

    Attributes:
        date: the local date.
        start_us, end_us: its bounds by the zone rules of the time.
        cells_us: length of each (scope, state), microseconds, in label order; they sum to the day's length.
        as_of_us: the instant of evaluation.
        tz_version: of the zone rules.
        remarks: what a reader must know about the rows behind it, one sentence each.
    """

    date: dt.date
    start_us: int
    end_us: int
    cells_us: CellLengths
    as_of_us: int
    tz_version: str
    remarks: tuple[str, ...] = ()

    def is_closed(self, policy: SLAPolicy) -> bool:
        """Return whether nothing but a change of facts can alter the day."""
        return closes_at_us(self.end_us, policy) <= self.as_of_us


def closes_at_us(end_us: int, policy: SLAPolicy) -> int:
    """Return the instant from which on a day that ends at `end_us` is closed."""
    stale_us = 0 if policy.stale_after is None else policy.stale_after // MICROSECOND
    return end_us + policy.margin_us + stale_us


def record_of(
    days: Sequence[MeasuredDay], *, zone: str, target_ratio: Fraction, accounting: Accounting
) -> ComplianceRecord:
    """Return the record of consecutive days, at least one; its cells are theirs."""
    cells = tuple(day.cells_us for day in days)
    return ComplianceRecord(
        start_us=days[0].start_us,
        end_us=days[-1].end_us,
        zone=zone,
        date=days[0].date,
        last_date=days[-1].date,
        cells_us=summed_cells(cells),
        day_cells_us=cells,
        target_ratio=target_ratio,
        accounting=accounting,
    )
