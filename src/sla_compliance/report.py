"""ComplianceReport: the questions one may ask of a ledger."""
################################################################
# Every figure is a query on the one ledger: overview and drill-down cannot
# disagree. What a report says of its days stands in day_figures.py; what only
# the alarms can say (incidents, data quality) stands here.
################################################################

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sla_compliance.batch import AlarmBatch
from sla_compliance.checks import check_order, check_type
from sla_compliance.day_figures import DayFigures
from sla_compliance.downtime import DowntimeRule
from sla_compliance.incidents import Incident, incidents_between
from sla_compliance.labels import Accounting
from sla_compliance.ledger import CellLengths, Ledger
from sla_compliance.policy import SLAPolicy
from sla_compliance.quality import DataQuality, data_quality
from sla_compliance.records import ComplianceRecord
from sla_compliance.units import instant_us


@dataclass(frozen=True, kw_only=True)
class ComplianceReport(DayFigures):
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
    def zone(self) -> str:
        """The tenant's zone, an IANA name."""
        return self.ledger.frame.zone

    @property
    def policy(self) -> SLAPolicy:
        """What was promised and how it was measured."""
        return self.rule.policy

    @property
    def as_of_us(self) -> int:
        """The instant of evaluation, microseconds."""
        return self.rule.as_of_us

    @property
    def dates(self) -> Sequence[date]:
        """The local dates that own an instant of the window, ascending."""
        return self.ledger.frame.days.dates

    def _span_us(self, first: int, after: int) -> tuple[int, int]:
        bounds = self.ledger.frame.days.bounds_us
        return max(bounds[first], self.ledger.start_us), min(bounds[after], self.ledger.end_us)

    @property
    def _are_ends_whole(self) -> tuple[bool, bool]:
        bounds = self.ledger.frame.days.bounds_us
        return bounds[0] >= self.ledger.start_us, bounds[-1] <= self.ledger.end_us

    @cached_property
    def day_cells_us(self) -> Sequence[CellLengths]:
        """The cells of each of these dates, inside the window."""
        return self.ledger.day_cells_us()

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
            accounting = self.accounting
        check_type(accounting, Accounting, "accounting", "an Accounting, e.g. Accounting.COUNTED")
        start_us = self.ledger.start_us if start is None else instant_us(start, field="start")
        end_us = self.ledger.end_us if end is None else instant_us(end, field="end")
        check_order(start_us, end_us, start=start, end=end)
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
        return data_quality(self.batch, self.qualifying, ledger=self.ledger, rule=self.rule, accounting=self.accounting)

    @property
    def quality_lines(self) -> tuple[str, ...]:
        """The same, one sentence each."""
        return self.quality.lines()

    def _background(self, record: ComplianceRecord) -> Mapping[str, object]:  # noqa: ARG002 - the same for all of them
        return {"method": self.method, "tz_version": self.tz_version, "quality": self.quality.as_dict()}
