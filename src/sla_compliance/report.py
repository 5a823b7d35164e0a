"""ComplianceReport: the questions one may ask of a ledger."""
################################################################
# Every figure is a query on the one ledger: overview and drill-down cannot
# disagree. What a report says of its days stands in day_figures.py; what only
# the alarms can say (incidents, data quality) stands here.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from sla_compliance.batch import AlarmBatch
from sla_compliance.certainty import Bounds, Doubt, DoubtCause
from sla_compliance.checks import check_order, check_type
from sla_compliance.contract import Contract
from sla_compliance.day_figures import DayFigures
from sla_compliance.downtime import DowntimeRule
from sla_compliance.evidence import Evidence
from sla_compliance.incidents import Incident, incidents_between
from sla_compliance.labels import Accounting
from sla_compliance.ledger import CellLengths, Ledger
from sla_compliance.ledger_rule import LedgerRule
from sla_compliance.policy import SLAPolicy
from sla_compliance.quality import DataQuality, data_quality
from sla_compliance.readings import NO_KEYLESS_ROWS, KeylessRows, Readings, doubts_within, readings
from sla_compliance.records import ComplianceRecord
from sla_compliance.units import instant_us, length_us


@dataclass(frozen=True, kw_only=True)
class ComplianceReport(DayFigures):
    """What was measured of one service in one window.

    Attributes:
        ledger: the exact partition of the window.
        batch: the alarms as given.
        qualifying: those of them that qualify.
        settled_rule: what made the ledger of alarms, with the windows that excuse given the ledger's outages.
        ledger_rule: the same before any outage is known; the readings are made by it.
        keyless: rows that name no key, in a report of one key, where it is not agreed whose they are.
    """

    ledger: Ledger
    batch: AlarmBatch
    qualifying: AlarmBatch
    settled_rule: LedgerRule
    ledger_rule: LedgerRule
    keyless: KeylessRows = NO_KEYLESS_ROWS

    @property
    def rule(self) -> DowntimeRule:
        """What made downtime of alarms."""
        return self.settled_rule.downtime

    @property
    def contract(self) -> Contract:
        """What was owed and watched; what of planned work was refused, and why."""
        return self.settled_rule.contract

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

    @cached_property
    def readings(self) -> Readings | None:
        """The optimistic and the pessimistic ledger; None where no row is in doubt. Computed when asked for."""
        return self._readings()

    def _readings(self, polled_us: int = 0) -> Readings | None:
        return readings(
            self.batch,
            self.qualifying,
            rule=self.ledger_rule,
            record=self.ledger,
            keyless=self.keyless,
            polled_us=polled_us,
        )

    @cached_property
    def reading_day_cells_us(self) -> tuple[Sequence[CellLengths], Sequence[CellLengths]] | None:
        """The cells of each day in both readings; None where both are the record's."""
        both = self.readings
        if both is None:
            return None
        optimistic, pessimistic = (
            self.day_cells_us if reading is self.ledger else reading.day_cells_us()
            for reading in (both.optimistic, both.pessimistic)
        )
        return optimistic, pessimistic

    def _is_input_whole(self, first: int, after: int) -> bool:  # noqa: ARG002 - such a row may be of any day
        return self.readings is None or not self.readings.rows_without_start

    def _doubts(self, record: ComplianceRecord) -> Iterable[Doubt]:
        if self.readings is None:
            return
        yield from doubts_within(self.readings.doubtful, record.start_us, record.end_us)
        if self.readings.rows_without_start:
            yield Doubt(DoubtCause.NO_START, self.readings.rows_without_start, 0)

    def bounds(self, record: ComplianceRecord | None = None, *, polled_every: timedelta | None = None) -> Bounds:
        """Return what a record's availability is at least and at most, and why; by default of the whole window.

        Args:
            record: one of this report's, under any target and accounting.
            polled_every: how often the monitor looks: an outage may have begun or ended so much earlier than it was
                seen to. A question to one report; verdicts never use it.

        Raises:
            InvalidTypeError, InvalidValueError: naming the argument.
        """
        polled_us = 0 if polled_every is None else length_us(polled_every, field="polled_every")
        if not polled_us:
            return super().bounds(record)
        record = self._checked_record(record)
        both = self._readings(polled_us)
        assert both is not None  # noqa: S101 - with a length of polling there are readings
        certainty = replace(
            record.certainty,
            optimistic_cells_us=both.optimistic.cells_us(record.start_us, record.end_us),
            pessimistic_cells_us=both.pessimistic.cells_us(record.start_us, record.end_us),
        )
        return super().bounds(replace(record, certainty=certainty))

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
    def evidence(self) -> Evidence:
        """What there is to say of the rows behind the figures; computed when asked for."""
        return Evidence.of(
            self.batch,
            self.qualifying,
            ledger=self.ledger,
            ledger_rule=self.settled_rule,
            readings=self.readings,
        )

    @cached_property
    def quality(self) -> DataQuality:
        """What a reader must know about the rows behind the figures; computed when asked for."""
        return data_quality(self.evidence, self.batch, accounting=self.accounting)

    @property
    def quality_lines(self) -> tuple[str, ...]:
        """The same, one sentence each."""
        return self.quality.lines()

    def _background(self, record: ComplianceRecord) -> Mapping[str, object]:  # noqa: ARG002 - the same for all of them
        return {"method": self.method, "tz_version": self.tz_version, "quality": self.quality.as_dict()}
