"""DayFigures: the figures of consecutive local days, whatever they were measured from."""
################################################################
# A report and a service's answer are both DayFigures, so every outlet takes
# either. What differs is where the days' cells come from; all figures are sums
# of those cells, computed here and in records.py alone. Totals are computed on
# lengths, never as a mean of percentages.
################################################################

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from sla_compliance.calendars.periods import Period
from sla_compliance.certainty import Bounds, Certainty, DeferredCertainty, Doubt, DoubtCause, unknown_us
from sla_compliance.checks import check_type, wrong_value
from sla_compliance.drawing.preview import Preview, Previewed
from sla_compliance.labels import Accounting
from sla_compliance.lazy import LazyValue, lazy_property
from sla_compliance.ledger import CellLengths, summed_cells
from sla_compliance.measured import DayFact
from sla_compliance.method import method_text
from sla_compliance.policy import SLAPolicy
from sla_compliance.records import ComplianceRecord
from sla_compliance.units import moment
from sla_compliance.verdicts import verdict_text
from sla_compliance.zones import load_zone, tz_version

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from sla_compliance.drawing.markup import Markup

# How many days a period has at most: a preview takes the first of which it needs few enough, else years.
_DAYS_OF_PREVIEWED_PERIODS: Final = {
    Period.DAY: 1,
    Period.WEEK: 7,
    Period.MONTH: 31,
    Period.QUARTER: 92,
}


class DayFigures(Previewed, LazyValue, ABC):
    """Figures of the local days that share an instant with a window.

    A subclass says what was measured, in the abstract properties; all else follows.
    """

    @property
    @abstractmethod
    def zone(self) -> str:
        """The zone whose local days these are, an IANA name."""

    @property
    @abstractmethod
    def policy(self) -> SLAPolicy:
        """What was promised and how it was measured."""

    @property
    @abstractmethod
    def as_of_us(self) -> int:
        """The instant of evaluation, microseconds."""

    @property
    @abstractmethod
    def dates(self) -> Sequence[date]:
        """The local dates that own an instant of the window, ascending."""

    @abstractmethod
    def _span_us(self, first: int, after: int) -> tuple[int, int]:
        """Return start and end of the days with indices [first, after), inside the window; of none, twice its start."""

    @property
    @abstractmethod
    def _are_ends_whole(self) -> tuple[bool, bool]:
        """Whether all of the first date, and all of the last, lies inside the window."""

    @property
    @abstractmethod
    def day_cells_us(self) -> Sequence[CellLengths]:
        """The cells of each of these dates, inside the window."""

    @property
    @abstractmethod
    def reading_day_cells_us(self) -> tuple[Sequence[CellLengths], Sequence[CellLengths]] | None:
        """The same cells in the optimistic and in the pessimistic reading; None where both are the record's."""

    @abstractmethod
    def _is_input_whole(self, first: int, after: int) -> bool:
        """Return whether no doubt of the whole input leaves the days with indices [first, after) unconfirmed."""

    @abstractmethod
    def _doubts(self, record: ComplianceRecord) -> Iterable[Doubt]:
        """Return the doubts of rows within a record's part."""

    @property
    @abstractmethod
    def quality_lines(self) -> tuple[str, ...]:
        """What a reader must know about the rows behind the figures, one sentence each."""

    @property
    @abstractmethod
    def quality_facts(self) -> tuple[DayFact, ...]:
        """The same as facts, from which other languages make their sentences."""

    @abstractmethod
    def _background(self, record: ComplianceRecord) -> Mapping[str, object]:
        """Return what stands beside a record in full detail, JSON types only."""

    @property
    def doubt_of_input(self) -> DoubtCause | None:
        """Why nothing of the input is confirmed, e.g. NO_ROWS; behind a source, days without rows are spotless."""
        return None

    @property
    def target_ratio(self) -> Fraction:
        """Agreed availability, exact, in [0, 1]; by default the policy's."""
        return self.policy.target_ratio

    @property
    def accounting(self) -> Accounting:
        """Which cells count as what; by default the policy's."""
        return self.policy.accounting

    @lazy_property
    def days(self) -> tuple[ComplianceRecord, ...]:
        """One record for each existing local date that owns an instant of the window, counted or not."""
        return self.by(Period.DAY)

    def by(self, period: Period) -> tuple[ComplianceRecord, ...]:
        """Return one record for each period; the first and last may be cut by the window.

        Records of hours have no verdict.

        Raises:
            InvalidTypeError: `period` is no Period.
            InvalidValueError: it is an hour, and these figures are made of whole days.
        """
        check_type(period, Period, "period", "a Period, e.g. Period.MONTH")
        if period.is_hour:
            return self._hours()
        is_first_whole, is_last_whole = self._are_ends_whole
        spans = period.spans(self.dates, is_first_whole=is_first_whole, is_last_whole=is_last_whole)
        return tuple(self._record(first, after) for first, after in spans)

    def _hours(self) -> tuple[ComplianceRecord, ...]:
        """Return a record for each elapsed hour of each day; errors as `by`."""
        raise wrong_value("hour", "period", "a day or longer: these figures are made of whole days")

    @lazy_property
    def total(self) -> ComplianceRecord:
        """The record of the whole window."""
        return self._record(0, len(self.dates))

    @property
    def gross(self) -> ComplianceRecord:
        """The record of the whole window without exclusions, in agreed hours."""
        return self.total.counted_as(Accounting.GROSS)

    def last(self, days: int) -> ComplianceRecord | None:
        """Return the record of the last days; None where there are fewer."""
        count = len(self.dates)
        return self._record(count - days, count) if 0 < days <= count else None

    def _record(self, first: int, after: int) -> ComplianceRecord:
        """Return the record of the days with indices [first, after)."""
        start_us, end_us = self._span_us(first, after)
        # A window without an instant has no days; its record bears the date on which it stands.
        dates = self.dates[first:after] or (moment(start_us, load_zone(self.zone)).date(),)
        cells_us = tuple(self.day_cells_us[first:after])
        return ComplianceRecord(
            start_us=start_us,
            end_us=end_us,
            zone=self.zone,
            cells_us=cells_us[0] if len(cells_us) == 1 else summed_cells(cells_us),
            day_cells_us=cells_us,
            date=dates[0],
            last_date=dates[-1],
            target_ratio=self.target_ratio,
            accounting=self.accounting,
            certainty=DeferredCertainty(self._certainty, first, after),
        )

    def _certainty(self, first: int, after: int) -> Certainty:
        """Return what is certain of the days with indices [first, after)."""
        recorded = optimistic = pessimistic = None
        readings = self.reading_day_cells_us
        if readings is not None:
            recorded, optimistic, pessimistic = (
                summed_cells(day_cells[first:after]) for day_cells in (self.day_cells_us, *readings)
            )
        return self._certainty_of(recorded, optimistic, pessimistic, is_input_whole=self._is_input_whole(first, after))

    def _certainty_of(
        self,
        recorded: CellLengths | None,
        optimistic: CellLengths | None,
        pessimistic: CellLengths | None,
        *,
        is_input_whole: bool,
    ) -> Certainty:
        """Return what is certain of some time with these cells in the record and both readings."""
        return Certainty(
            optimistic_cells_us=None if optimistic == recorded else optimistic,
            pessimistic_cells_us=None if pessimistic == recorded else pessimistic,
            is_input_whole=is_input_whole,
            leaves_unknown_out=self.policy.unknown == "excluded",
            minimum_coverage_ratio=self.policy.minimum_coverage_ratio,
        )

    @property
    def is_confirmed(self) -> bool:
        """Whether no doubt could change the verdict on the whole window."""
        return self.total.is_confirmed

    def bounds(self, record: ComplianceRecord | None = None) -> Bounds:
        """Return what a record's availability is at least and at most, and why; by default of the whole window.

        Args:
            record: one of these figures, under any target and accounting.

        Raises:
            InvalidTypeError: it is no record.
        """
        record = self.checked_record(record)
        limits = record.availability_bounds
        doubts = list(self._doubts(record))
        missing_us = unknown_us(record.cells_us, record.accounting)
        if missing_us and not record.leaves_unknown_out:
            doubts.append(Doubt(DoubtCause.UNMONITORED, 0, missing_us))
        return Bounds(
            low=None if limits is None else limits[0],
            high=None if limits is None else limits[1],
            is_confirmed=record.is_confirmed,
            coverage_ratio=record.coverage_ratio,
            because=tuple(sorted(doubts, key=lambda doubt: (-doubt.length_us, doubt.cause))),
        )

    def checked_record(self, record: ComplianceRecord | None) -> ComplianceRecord:
        """Return a record that was given, or that of the whole window; errors as `bounds`."""
        if record is None:
            return self.total
        check_type(record, ComplianceRecord, "record", "a record of these figures, e.g. report.days[0]")
        return record

    @property
    def tz_version(self) -> str:
        """The version of the zone rules, e.g. "2026a"."""
        return tz_version()

    @property
    def method(self) -> str:
        """How the figures were made, in one line."""
        return method_text(self.policy, self.accounting, self.zone, self.as_of_us)

    def as_dicts(self, period: Period = Period.DAY, *, detail: bool = False) -> list[dict[str, object]]:
        """Return the records of a period as the wire format has them.

        Those without an availability are left out; `detail` keeps them, with null, and adds what figures follow from.
        """
        records = self.by(period)
        if detail:
            return [self.detailed_record(record) for record in records]
        return [record.as_dict() for record in records if record.availability_ratio is not None]

    def detailed_record(self, record: ComplianceRecord | None = None) -> dict[str, object]:
        """Return a record, by default that of the whole window, with what it follows from, in JSON types.

        `policy` is the fingerprint of the policy. `input_digest` is that of the rows and windows behind the record,
        `exclusions` has a line for each accepted window in it; both are None where they are not known.

        Args, Raises:
            As `bounds`.
        """
        record = self.checked_record(record)
        return {**record.as_dict(detail=True), "policy": self.policy.fingerprint, **self._background(record)}

    def to_pandas(self, by: Period = Period.DAY) -> pd.DataFrame:
        """Return the records of a period as a pandas DataFrame, one row a record.

        The columns are `date` (the first local date), the other keys of the wire format, `verdict`, `is_confirmed`,
        `uptime_us` and `downtime_us`. A record without an availability has a row without a percentage.

        Raises:
            InvalidTypeError: `by` is no Period.
            MissingExtraError: narwhals (the extra `arrow`) or pandas is not installed.
        """
        frame: pd.DataFrame = self._frame("pandas", by)
        return frame

    def to_polars(self, by: Period = Period.DAY) -> pl.DataFrame:
        """Return the same as a Polars DataFrame; errors as `to_pandas`."""
        frame: pl.DataFrame = self._frame("polars", by)
        return frame

    def to_arrow(self, by: Period = Period.DAY) -> Any:  # noqa: ANN401 - PyArrow publishes no types
        """Return the same as a PyArrow Table; errors as `to_pandas`."""
        return self._frame("arrow", by)

    def _frame(self, kind: str, by: Period) -> Any:  # noqa: ANN401 - frames have no common type
        from sla_compliance.dataframes import data_frame  # noqa: PLC0415 - figures need no frames
        from sla_compliance.record_columns import record_columns  # noqa: PLC0415

        return data_frame(kind, record_columns(self.by(by), is_input_in_doubt=self.doubt_of_input is not None))

    @property
    def _row_facts(self) -> Sequence[tuple[str, str]]:
        """What a preview says of the rows behind the figures, by name; nothing where they are not at hand."""
        return ()

    def _preview(self) -> Preview:
        from sla_compliance.previews import confirmation, figure_facts, heading  # noqa: PLC0415 - figures need no drawing

        total = self.total
        is_confirmed, reason = confirmation(total, self.doubt_of_input)
        return Preview(
            heading=heading(total),
            verdict=verdict_text(total.verdict, is_confirmed=is_confirmed),
            facts=[
                ("confirmed", f"{'yes' if is_confirmed else 'no'} ({reason})"),
                ("window", f"{total.start.isoformat()} to {total.end.isoformat()}"),
                *figure_facts(total),
                ("days", f"{len(self.dates):,}, of which {total.sla_breaches:,} breached"),
                *self._row_facts,
            ],
            chart=self._preview_chart,
            notes=lambda: self.quality_lines,
        )

    def _preview_chart(self) -> Markup:
        """Return the chart of all days, or of the shortest period of which it has room for all."""
        from sla_compliance.previews import MOST_POINTS, chart_of_records  # noqa: PLC0415

        day_count = len(self.dates)
        periods = (period for period, days in _DAYS_OF_PREVIEWED_PERIODS.items() if day_count <= MOST_POINTS * days)
        period = next(periods, Period.YEAR)
        return chart_of_records(self.by(period), period.name)
