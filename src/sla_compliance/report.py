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
from itertools import pairwise
from typing import Any

from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.local_days import hours_of_day, local_days
from sla_compliance.canonical_input import CanonicalInput
from sla_compliance.certainty import Bounds, Certainty, DeferredCertainty, Doubt, DoubtCause
from sla_compliance.checks import check_order, check_type
from sla_compliance.contract import Contract
from sla_compliance.day_figures import DayFigures
from sla_compliance.doubtful_time import doubts_within
from sla_compliance.downtime import DowntimeRule
from sla_compliance.errors import InvalidIntervalError, shown
from sla_compliance.evidence import Evidence
from sla_compliance.exclusion_lines import ExclusionLine, exclusion_lines
from sla_compliance.incidents import Incident, IncidentPage, PageBounds, incident_page
from sla_compliance.labels import Accounting
from sla_compliance.lazy import lazy_property
from sla_compliance.ledger import CellLengths, Ledger, summed_cells
from sla_compliance.ledger_rule import Measurement
from sla_compliance.measured import DayFact
from sla_compliance.policy import SLAPolicy
from sla_compliance.quality import DataQuality, data_quality
from sla_compliance.readings import NO_KEYLESS_ROWS, KeylessRows, Readings, readings
from sla_compliance.records import ComplianceRecord
from sla_compliance.units import instant_us, length_us


@dataclass(frozen=True, kw_only=True, repr=False)
class ComplianceReport(DayFigures):
    """What was measured of one service in one window.

    Attributes:
        batch: the alarms as given.
        qualifying: those of them that qualify.
        measurement: the ledger and what it was made of.
        keyless: rows that name no key, in a report of one key.
        title: what the inventory calls the key, in a report of one key.
        input_rows: how many rows were read for all reports that were made together; None: those of `batch` alone.
    """

    batch: AlarmBatch
    qualifying: AlarmBatch
    measurement: Measurement
    keyless: KeylessRows = NO_KEYLESS_ROWS
    title: str | None = None
    input_rows: int | None = None

    @lazy_property
    def ledger(self) -> Ledger:
        """The exact partition of the window."""
        return self.measurement.ledger

    @property
    def is_of_empty_input(self) -> bool:
        """Whether no row was read, a bad one neither, of any key where reports of several were made together."""
        return not (self.batch.rows_read if self.input_rows is None else self.input_rows)

    @property
    def doubt_of_input(self) -> DoubtCause | None:
        """Why no verdict is confirmed, whatever the rows say: that none was read, or of a log none that says down."""
        if self.is_of_empty_input:
            return DoubtCause.NO_ROWS
        is_up_assumed = self.batch.changes is not None and self.batch.changes.is_up_assumed
        return DoubtCause.NO_DOWN if is_up_assumed else None

    @property
    def is_down_now(self) -> bool:
        """Whether an alarm lasts beyond the instant of evaluation."""
        as_of_us, times = self.as_of_us, self.measurement.times
        return any(start < as_of_us < end for start, end in zip(times.starts_us, times.ends_us, strict=True))

    @property
    def rule(self) -> DowntimeRule:
        """What made downtime of alarms."""
        return self.measurement.settled_rule.downtime

    @property
    def contract(self) -> Contract:
        """What was owed and watched; what of planned work was refused, and why."""
        return self.measurement.settled_rule.contract

    @lazy_property
    def zone(self) -> str:
        """The tenant's zone, an IANA name."""
        return self.ledger.frame.zone

    @lazy_property
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

    @lazy_property
    def day_cells_us(self) -> Sequence[CellLengths]:
        """The cells of each of these dates, inside the window."""
        return self.ledger.day_cells_us()

    def _hours(self) -> tuple[ComplianceRecord, ...]:
        days = self.ledger.frame.days
        records: list[ComplianceRecord] = []
        for day, (day_start_us, day_end_us) in zip(days.dates, pairwise(days.bounds_us), strict=True):
            for hour_start_us, hour_end_us in hours_of_day(day_start_us, day_end_us):
                start_us, end_us = max(hour_start_us, self.ledger.start_us), min(hour_end_us, self.ledger.end_us)
                if start_us < end_us:
                    records.append(self._hour(day, start_us, end_us))
        return tuple(records)

    def _hour(self, day: date, start_us: int, end_us: int) -> ComplianceRecord:
        hour = self._part(start_us, end_us, (day, day), (self.ledger.cells_us(start_us, end_us),))
        return replace(hour, is_hour=True)

    def part(self, start: datetime, end: datetime) -> ComplianceRecord:
        """Return the record of [start, end) as far as it lies inside the window.

        Raises:
            NaiveDatetimeError, InvalidTypeError: a bound is no aware datetime.
            InvalidIntervalError: end is before start, or no instant lies inside the window.
        """
        start_us, end_us = instant_us(start, field="start"), instant_us(end, field="end")
        check_order(start_us, end_us, start=start, end=end)
        start_us, end_us = max(start_us, self.ledger.start_us), min(end_us, self.ledger.end_us)
        if start_us >= end_us:
            raise InvalidIntervalError(
                f"start is {shown(start)}, and nothing from there to {shown(end)} lies inside the window; the report"
                f" is of {self.total.start.isoformat()} to {self.total.end.isoformat()}",
                field="start",
            )
        dates = local_days(self.zone, start_us, end_us).dates
        cells_us = self.ledger.day_cells_between_us(start_us, end_us)
        return self._part(start_us, end_us, (dates[0], dates[-1]), cells_us)

    def _part(
        self, start_us: int, end_us: int, dates: tuple[date, date], day_cells_us: tuple[CellLengths, ...]
    ) -> ComplianceRecord:
        return ComplianceRecord(
            cells_us=summed_cells(day_cells_us),
            day_cells_us=day_cells_us,
            start_us=start_us,
            end_us=end_us,
            zone=self.zone,
            date=dates[0],
            last_date=dates[1],
            target_ratio=self.target_ratio,
            accounting=self.accounting,
            certainty=DeferredCertainty(self._certainty_between, start_us, end_us),
        )

    def _certainty_between(self, start_us: int, end_us: int) -> Certainty:
        """Return what is certain of [start_us, end_us)."""
        ledgers = self.ledger, self.readings.optimistic, self.readings.pessimistic
        recorded, optimistic, pessimistic = (ledger.cells_us(start_us, end_us) for ledger in ledgers)
        return self._certainty_of(
            recorded, optimistic, pessimistic, is_input_whole=not self.readings.rows_without_start
        )

    @lazy_property
    def readings(self) -> Readings:
        """The optimistic and the pessimistic ledger, and why they differ; computed when asked for."""
        return self._readings()

    def _readings(self, polled_us: int = 0) -> Readings:
        return readings(self.batch, self.qualifying, self.measurement, keyless=self.keyless, polled_us=polled_us)

    @lazy_property
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
        yield from doubts_within(self.readings.at_stake, record.start_us, record.end_us)
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
        record = self.checked_record(record)
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
        return self.incident_page(PageBounds(), start, end, accounting=accounting).incidents

    def incident_page(
        self,
        bounds: PageBounds,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        accounting: Accounting | None = None,
    ) -> IncidentPage:
        """Return some of the outages that share an instant with [start, end), and how many there are.

        Args:
            bounds: which of them, and how many alarms of each; all else, and errors, as `incidents`.
        """
        if accounting is None:
            accounting = self.accounting
        check_type(accounting, Accounting, "accounting", "an Accounting, e.g. Accounting.COUNTED")
        start_us = self.ledger.start_us if start is None else instant_us(start, field="start")
        end_us = self.ledger.end_us if end is None else instant_us(end, field="end")
        check_order(start_us, end_us, start=start, end=end)
        return incident_page(
            max(start_us, self.ledger.start_us),
            min(end_us, self.ledger.end_us),
            ledger=self.ledger,
            rule=self.rule,
            qualifying=self.qualifying,
            accounting=accounting,
            bounds=bounds,
        )

    def incidents_frame(self, kind: str = "pandas") -> Any:  # noqa: ANN401 - of the kind that is asked for
        """Return the outages of the window as a frame, one row an outage, in order of time.

        The columns are `start` and `end` (instants in UTC; no end while it lasts), `is_ongoing`, `duration_us`,
        `downtime_us`, `alarm_count`, and of the alarm that was raised first `first_severity`, `first_alarm_type`,
        `first_resource_id`, `first_customer_id` and `first_title`.

        Args:
            kind: "pandas", "polars" or "arrow".

        Raises:
            InvalidTypeError, InvalidValueError: `kind` is none of these.
            MissingExtraError: narwhals (the extra `arrow`), or the package of that kind, is not installed.
        """
        from sla_compliance.dataframes import data_frame  # noqa: PLC0415 - figures need no frames
        from sla_compliance.incident_columns import incident_columns  # noqa: PLC0415

        return data_frame(kind, incident_columns(self.incidents()))

    @lazy_property
    def evidence(self) -> Evidence:
        """What there is to say of the rows behind the figures; computed when asked for."""
        return Evidence.of(
            self.batch,
            self.qualifying,
            ledger=self.ledger,
            ledger_rule=self.measurement.settled_rule,
            readings=self.readings,
            keyless=self.keyless,
        )

    @lazy_property
    def quality(self) -> DataQuality:
        """What a reader must know about the rows behind the figures; computed when asked for."""
        return data_quality(self.evidence, self.batch, self.contract, accounting=self.accounting)

    @property
    def quality_lines(self) -> tuple[str, ...]:
        """The same, one sentence each."""
        return self.quality.lines()

    @property
    def quality_facts(self) -> tuple[DayFact, ...]:
        """The same as facts of the whole window."""
        return self.quality.facts

    @property
    def _row_facts(self) -> Sequence[tuple[str, str]]:
        counts = f"{len(self.batch):,}, of which {len(self.qualifying):,} qualify"
        set_aside = f"; {len(self.batch.rejected):,} set aside" if self.batch.rejected else ""
        return [("rows", counts + set_aside)]

    @lazy_property
    def canonical_input(self) -> CanonicalInput:
        """What the report was made from, as lines and as a digest; computed when asked for."""
        return CanonicalInput(self.qualifying, self.measurement, self.batch)

    def exclusion_lines(self, record: ComplianceRecord | None = None) -> list[ExclusionLine]:
        """Return what each accepted window excluded from a record; arguments and errors as `bounds`."""
        return exclusion_lines(self.checked_record(record), self.contract.windows, self.evidence)

    def _background(self, record: ComplianceRecord) -> Mapping[str, object]:
        return {
            "method": self.method,
            "tz_version": self.tz_version,
            "input_digest": self.canonical_input.digest(record.start_us, record.end_us),
            "exclusions": [line.as_dict() for line in self.exclusion_lines(record)],
            "quality": self.quality.as_dict(),
        }
