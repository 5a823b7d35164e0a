"""ComplianceReport: the questions one may ask of a ledger."""
################################################################
# Every figure is a query on the one ledger: overview and drill-down cannot
# disagree. Totals are computed on lengths, never as a mean of percentages.
################################################################

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.periods import Period
from sla_compliance.downtime import DowntimeRule
from sla_compliance.errors import InvalidIntervalError, InvalidTypeError, shown
from sla_compliance.incidents import Incident, incidents_between
from sla_compliance.labels import Accounting
from sla_compliance.ledger import CellLengths, Ledger, summed_cells
from sla_compliance.policy import SLAPolicy
from sla_compliance.quality import DataQuality, data_quality
from sla_compliance.records import ComplianceRecord
from sla_compliance.units import MICROSECOND, instant_us, length_text, moment
from sla_compliance.zones import load_zone, tz_version


@dataclass(frozen=True, kw_only=True)
class ComplianceReport:
    """What was measured of one service in one window.

    Attributes:
        ledger: the exact partition of the window.
        rule: what made downtime of alarms.
        batch: the alarms as given.
        qualifying: those of them that qualify.
    """

    ledger: Ledger
    rule: DowntimeRule
    batch: AlarmBatch
    qualifying: AlarmBatch

    @property
    def policy(self) -> SLAPolicy:
        """What was promised and how it was measured."""
        return self.rule.policy

    @property
    def zone(self) -> str:
        """The tenant's zone, an IANA name."""
        return self.ledger.frame.zone

    @cached_property
    def days(self) -> tuple[ComplianceRecord, ...]:
        """One record for each existing local date that owns an instant of the window, counted or not."""
        return self.by(Period.DAY)

    def by(self, period: Period) -> tuple[ComplianceRecord, ...]:
        """Return one record for each period; the first and last may be cut by the window.

        Raises:
            InvalidTypeError: `period` is no Period.
        """
        if not isinstance(period, Period):
            raise InvalidTypeError(f"period is {shown(period)}; give a Period, e.g. Period.MONTH", field="period")
        days, edges = self.ledger.frame.days, self.ledger.frame.edges_us
        spans = period.spans(
            days.dates,
            is_first_whole=days.bounds_us[0] >= edges[0],
            is_last_whole=days.bounds_us[-1] <= edges[-1],
        )
        return tuple(self._record(first, after) for first, after in spans)

    @cached_property
    def total(self) -> ComplianceRecord:
        """The record of the whole window."""
        return self._record(0, len(self._day_cells))

    @cached_property
    def _day_cells(self) -> list[CellLengths]:
        return self.ledger.day_cells_us()

    def _record(self, first: int, after: int) -> ComplianceRecord:
        """Return the record of the days with indices [first, after)."""
        days, cells = self.ledger.frame.days, tuple(self._day_cells[first:after])
        start_us = max(days.bounds_us[first], self.ledger.start_us)
        dates = days.dates[first:after] or (moment(start_us, load_zone(self.zone)).date(),)
        return ComplianceRecord(
            start_us=start_us,
            end_us=min(days.bounds_us[after], self.ledger.end_us),
            zone=self.zone,
            date=dates[0],
            last_date=dates[-1],
            cells_us=cells[0] if len(cells) == 1 else summed_cells(cells),
            day_cells_us=cells,
            target_ratio=self.policy.target_ratio,
            accounting=self.policy.accounting,
        )

    def incidents(
        self, start: datetime | None = None, end: datetime | None = None, *, accounting: Accounting | None = None
    ) -> tuple[Incident, ...]:
        """Return the outages that share an instant with [start, end), by default with the window.

        Args:
            start, end: aware.
            accounting: by which each incident's downtime is counted; by default the policy's.

        Raises:
            NaiveDatetimeError, InvalidTypeError: a bound is no aware datetime, or `accounting` is no Accounting.
            InvalidIntervalError: end is before start.
        """
        if accounting is None:
            accounting = self.policy.accounting
        if not isinstance(accounting, Accounting):
            raise InvalidTypeError(
                f"accounting is {shown(accounting)}; give an Accounting, e.g. Accounting.COUNTED", field="accounting"
            )
        start_us = self.ledger.start_us if start is None else instant_us(start, field="start")
        end_us = self.ledger.end_us if end is None else instant_us(end, field="end")
        if end_us < start_us:
            raise InvalidIntervalError(f"end is {shown(end)}, before start {shown(start)}; swap them", field="end")
        incidents = incidents_between(
            max(start_us, self.ledger.start_us),
            min(end_us, self.ledger.end_us),
            ledger=self.ledger,
            rule=self.rule,
            qualifying=self.qualifying,
            accounting=accounting,
        )
        return tuple(incidents)

    @cached_property
    def quality(self) -> DataQuality:
        """What a reader must know about the rows behind the figures; computed when asked for."""
        return data_quality(
            self.batch, self.qualifying, ledger=self.ledger, rule=self.rule, accounting=self.policy.accounting
        )

    @property
    def gross(self) -> ComplianceRecord:
        """The record of the whole window with nothing excluded."""
        return self.total.counted_as(Accounting.GROSS)

    @property
    def tz_version(self) -> str:
        """The version of the zone rules, e.g. "2026a"."""
        return tz_version()

    @property
    def method(self) -> str:
        """How the figures were made, in one line."""
        return method_line(self.policy, self.policy.accounting, self.zone, self.rule.as_of_us)

    def as_dicts(self, period: Period = Period.DAY, *, detail: bool = False) -> list[dict[str, object]]:
        """Return the records of a period as the wire format has them.

        Those without an availability are left out; `detail` keeps them, with null, and adds what figures follow from.
        """
        if not detail:
            return [record.as_dict() for record in self.by(period) if record.availability_ratio is not None]
        shared = {"method": self.method, "tz_version": self.tz_version, "quality": self.quality.as_dict()}
        return [{**record.as_dict(detail=True), **shared} for record in self.by(period)]


def method_line(policy: SLAPolicy, accounting: Accounting, zone: str, as_of_us: int) -> str:
    """Return how figures are made, in one line."""
    as_of = moment(as_of_us, load_zone(zone)).isoformat(timespec="seconds")
    parts = [
        f"down while a {' or '.join(sorted(policy.qualifying.severities))} alarm is raised",
        *_damping(policy),
        _EXCLUDED.get(accounting.name, "cells counted by a custom accounting"),
        f"days of {zone} by zone rules {tz_version()}",
        f"as of {as_of}",
    ]
    return "; ".join(parts)


_EXCLUDED = {
    "REMOVED": "maintenance and exclusions not counted",
    "PLANNED_DOWNTIME_REMOVED": "downtime in maintenance and exclusions not counted",
    "EXCUSED": "maintenance counted as up, exclusions not counted",
    "COUNTED": "maintenance counted like any time, exclusions not counted",
    "GROSS": "nothing excluded",
}


def _damping(policy: SLAPolicy) -> list[str]:
    lengths = [
        (policy.merge_gap, "gaps shorter than {} merged"),
        (policy.min_outage, "outages shorter than {} dropped"),
        (policy.stale_after or timedelta(0), "alarms unseen for {} ended when last seen"),
    ]
    return [text.format(length_text(length // MICROSECOND)) for length, text in lengths if length]
