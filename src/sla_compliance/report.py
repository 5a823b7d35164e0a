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
from sla_compliance.doubtful_time import doubts_within
from sla_compliance.downtime import DowntimeRule
from sla_compliance.evidence import Evidence
from sla_compliance.incidents import Incident, incidents_between
from sla_compliance.labels import Accounting
from sla_compliance.ledger import CellLengths, Ledger
from sla_compliance.ledger_rule import Measurement
from sla_compliance.measured import DayFact
from sla_compliance.policy import SLAPolicy
from sla_compliance.quality import DataQuality, data_quality
from sla_compliance.readings import NO_KEYLESS_ROWS, KeylessRows, Readings, readings
from sla_compliance.records import ComplianceRecord
from sla_compliance.units import instant_us, length_us


@dataclass(frozen=True, kw_only=True)
class ComplianceReport(DayFigures):
    """What was measured of one service in one window.

    Attributes:
        batch: the alarms as given.
        qualifying: those of them that qualify.
        measurement: the ledger and what it was made of.
        keyless: rows that name no key, in a report of one key, where it is not agreed whose they are.
        keyless_fact: in reports by key, how many rows name none, how long they are together, and whose they are taken
            to be; None: there are none.
    """

    batch: AlarmBatch
    qualifying: AlarmBatch
    measurement: Measurement
    keyless: KeylessRows = NO_KEYLESS_ROWS
    keyless_fact: DayFact | None = None

    @cached_property
    def ledger(self) -> Ledger:
        """The exact partition of the window."""
        return self.measurement.ledger

    @property
    def rule(self) -> DowntimeRule:
        """What made downtime of alarms."""
        return self.measurement.settled_rule.downtime

    @property
    def contract(self) -> Contract:
        """What was owed and watched; what of planned work was refused, and why."""
        return self.measurement.settled_rule.contract

    @cached_property
    def zone(self) -> str:
        """The tenant's zone, an IANA name."""
        return self.ledger.frame.zone

    @cached_property
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
    def readings(self) -> Readings:
        """The optimistic and the pessimistic ledger, and why they differ; computed when asked for."""
        return self._readings()

    def _readings(self, polled_us: int = 0) -> Readings:
        return readings(self.batch, self.qualifying, self.measurement, keyless=self.keyless, polled_us=polled_us)

    @cached_property
    def reading_day_cells_us(self) -> tuple[Sequence[CellLengths], Sequence[CellLengths]] | None:
        """The cells of each day in both readings; None where both are the record's."""
        ledgers = self.readings.optimistic, self.readings.pessimistic
        if all(ledger is self.ledger for ledger in ledgers):
            return None
        optimistic, pessimistic = (
            self.day_cells_us if ledger is self.ledger else ledger.day_cells_us() for ledger in ledgers
        )
        return optimistic, pessimistic

    def _is_input_whole(self, first: int, after: int) -> bool:  # noqa: ARG002 - such a row may be of any day
        return not self.readings.rows_without_start

    def _doubts(self, record: ComplianceRecord) -> Iterable[Doubt]:
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
        polled = self._readings(polled_us)
        certainty = replace(
            record.certainty.value,
            optimistic_cells_us=polled.optimistic.cells_us(record.start_us, record.end_us),
            pessimistic_cells_us=polled.pessimistic.cells_us(record.start_us, record.end_us),
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
            ledger_rule=self.measurement.settled_rule,
            readings=self.readings,
        )

    @cached_property
    def quality(self) -> DataQuality:
        """What a reader must know about the rows behind the figures; computed when asked for."""
        more_facts = () if self.keyless_fact is None else (self.keyless_fact,)
        return data_quality(self.evidence, self.batch, accounting=self.accounting, more_facts=more_facts)

    @property
    def quality_lines(self) -> tuple[str, ...]:
        """The same, one sentence each."""
        return self.quality.lines()

    def _background(self, record: ComplianceRecord) -> Mapping[str, object]:  # noqa: ARG002 - the same for all of them
        return {"method": self.method, "tz_version": self.tz_version, "quality": self.quality.as_dict()}
