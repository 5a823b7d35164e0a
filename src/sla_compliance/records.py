"""ComplianceRecord: what was measured in one period, the verdict on it, and the wire format."""
################################################################
# A record stores the lengths of its cells and derives everything else, so no
# two figures of it can disagree.
#
# sla_breaches counts the breached days (verdicts.py); a longer record therefore
# keeps the cells of its days.
#
# Low and high are the least and the greatest availability of the record and of its
# two readings (certainty.py, readings.py), of those that have one.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from sla_compliance import rounding
from sla_compliance.calendars.wall_clock import instant_of
from sla_compliance.certainty import CERTAIN, Certainty, DeferredCertainty, unknown_us, with_unknown_as
from sla_compliance.checks import check_type
from sla_compliance.drawing.preview import Preview, Previewed
from sla_compliance.labels import CELL_INDEX, CELLS, CUSTOM, Accounting, Cell, Counts, State
from sla_compliance.ledger import CellLengths, segments
from sla_compliance.policy import Target, target_ratio
from sla_compliance.units import SECOND_US, moment
from sla_compliance.verdicts import (
    Verdict,
    availability_ratio,
    counted_us,
    is_over,
    is_verdict_confirmed,
    verdict,
    verdict_text,
)
from sla_compliance.zones import load_zone

__all__ = ["ComplianceRecord", "Verdict", "availability_ratio", "counted_us", "verdict"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ComplianceRecord(Previewed):
    """What was measured in one reporting period, and what was promised.

    Attributes:
        start_us, end_us: the part of the period inside the window asked for.
        zone: the tenant's zone, an IANA name.
        date: the first local date of that part.
        last_date: the last one.
        cells_us: length of each (scope, state), microseconds, in label order; they sum to the part's length.
        day_cells_us: the same for each local day of the part.
        target_ratio: agreed availability, exact, in [0, 1].
        accounting: which cells count as what.
        certainty: what of the record is certain.
        is_hour: whether it is an hour of drill-down: it has figures and never a verdict.
    """

    start_us: int
    end_us: int
    zone: str
    date: dt.date
    last_date: dt.date
    cells_us: CellLengths
    day_cells_us: tuple[CellLengths, ...]
    target_ratio: Fraction
    accounting: Accounting
    certainty: Certainty | DeferredCertainty = CERTAIN
    is_hour: bool = False

    @property
    def start(self) -> dt.datetime:
        """Start of the part, in the tenant's zone."""
        return moment(self.start_us, load_zone(self.zone))

    @property
    def end(self) -> dt.datetime:
        """End of the part, exclusive, in the tenant's zone."""
        return moment(self.end_us, load_zone(self.zone))

    @property
    def segments(self) -> Mapping[Cell, int]:
        """The length of each (scope, state), microseconds, all 30 keys."""
        return segments(self.cells_us)

    @property
    def uptime_us(self) -> int:
        """Counted uptime, microseconds."""
        return counted_us(self.cells_us, self.accounting.up_cells)

    @property
    def downtime_us(self) -> int:
        """Counted downtime, microseconds."""
        return counted_us(self.cells_us, self.accounting.down_cells)

    @property
    def observed_us(self) -> int:
        """Counted time, microseconds: uptime and downtime."""
        return self.uptime_us + self.downtime_us

    @property
    def availability_ratio(self) -> Fraction | None:
        """Share of counted time that was up, exact; None where nothing counted (not 0, not 1)."""
        return availability_ratio(self.uptime_us, self.downtime_us)

    @property
    def verdict(self) -> Verdict:
        """Whether the period as a whole kept its promise; UNDETERMINED for an hour, which no promise is of."""
        return Verdict.UNDETERMINED if self.is_hour else verdict(self.cells_us, self.accounting, self.target_ratio)

    @property
    def is_breached(self) -> bool:
        """Whether the period as a whole is breached; a month may not be although some of its days are."""
        return self.verdict is Verdict.BREACHED

    @property
    def sla_breaches(self) -> int:
        """How many of the period's days are breached; 1 or 0 for a day, 0 for an hour."""
        if self.is_hour:
            return 0
        return sum(
            verdict(cells, self.accounting, self.target_ratio) is Verdict.BREACHED for cells in self.day_cells_us
        )

    @property
    def coverage_ratio(self) -> Fraction | None:
        """Observed time over observed and unknown time, in scopes where the two count differently; None where none."""
        observed_us, missing_us = self.observed_us, unknown_us(self.cells_us, self.accounting)
        return Fraction(observed_us, observed_us + missing_us) if observed_us + missing_us else None

    @property
    def leaves_unknown_out(self) -> bool:
        """Whether unmonitored time is left out as agreed, rather than doubt."""
        certainty = self.certainty.value
        if not certainty.leaves_unknown_out:
            return False
        coverage = self.coverage_ratio
        return coverage is None or coverage >= certainty.minimum_coverage_ratio

    def _reading(self, cells_us: CellLengths | None, unknown_is: State) -> CellLengths:
        cells_us = self.cells_us if cells_us is None else cells_us
        return cells_us if self.leaves_unknown_out else with_unknown_as(unknown_is, cells_us, self.accounting)

    @property
    def optimistic(self) -> ComplianceRecord:
        """The record that the optimistic reading gives of this period as a whole."""
        return self._with_cells(self._reading(self.certainty.value.optimistic_cells_us, State.UP))

    @property
    def pessimistic(self) -> ComplianceRecord:
        """The record that the pessimistic reading gives of this period as a whole."""
        return self._with_cells(self._reading(self.certainty.value.pessimistic_cells_us, State.DOWN))

    def _with_cells(self, cells_us: CellLengths) -> ComplianceRecord:
        return replace(self, cells_us=cells_us, day_cells_us=(cells_us,), certainty=CERTAIN)

    @property
    def availability_bounds(self) -> tuple[Fraction, Fraction] | None:
        """The least and the greatest availability of record and readings; None where none of them has one."""
        ratios = [self.availability_ratio, self.optimistic.availability_ratio, self.pessimistic.availability_ratio]
        availabilities = [ratio for ratio in ratios if ratio is not None]
        return (min(availabilities), max(availabilities)) if availabilities else None

    @property
    def doubtful_us(self) -> int:
        """Counted time of which no reading of the rows is certain, microseconds."""
        downtimes_us = [reading.downtime_us for reading in (self, self.optimistic, self.pessimistic)]
        return max(downtimes_us) - min(downtimes_us)

    @property
    def is_confirmed(self) -> bool:
        """Whether no doubt could change the verdict (verdicts.py)."""
        return self.certainty.value.is_input_whole and is_verdict_confirmed(
            self.verdict,
            optimistic=self.optimistic.verdict,
            pessimistic=self.pessimistic.verdict,
            is_over=is_over(self.cells_us),
        )

    @property
    def verdict_text(self) -> str:
        """The verdict and its confirmation in the words that people read, e.g. "Breached, unconfirmed".

        Empty for an hour.
        """
        return "" if self.is_hour else verdict_text(self.verdict, is_confirmed=self.is_confirmed)

    @property
    def target_percentage(self) -> float:
        """The target as a number for people."""
        return float(self.target_ratio * 100)

    @property
    def compliance_percentage(self) -> float | None:
        """Availability for people, rounded down (rounding.py); None where there is none."""
        return self._shown(self.availability_ratio)

    @property
    def compliance_text(self) -> str | None:
        """The same with all its decimals, e.g. "99.90"."""
        ratio = self.availability_ratio
        return None if ratio is None else rounding.percentage_text(ratio, self._decimals)

    @property
    def _decimals(self) -> int:
        return rounding.percentage_decimals(self.target_ratio)

    @property
    def uptime_minutes(self) -> int:
        """Counted uptime in minutes, rounded down."""
        return rounding.uptime_minutes(self.uptime_us)

    @property
    def downtime_minutes(self) -> int:
        """Counted downtime in minutes, rounded up."""
        return rounding.downtime_minutes(self.downtime_us)

    @property
    def up_us(self) -> int:
        """The same as `uptime_us`, its name of old."""
        return self.uptime_us

    @property
    def down_us(self) -> int:
        """The same as `downtime_us`, its name of old."""
        return self.downtime_us

    def counted_as(self, accounting: Accounting) -> ComplianceRecord:
        """Return the record of the same cells under another accounting.

        Raises:
            InvalidTypeError: it is no Accounting.
        """
        check_type(accounting, Accounting, "accounting", "an Accounting, e.g. Accounting.COUNTED")
        return replace(self, accounting=accounting)

    def with_target(self, target_percentage: Target) -> ComplianceRecord:
        """Return the record of the same cells against another target; errors as SLAPolicy's."""
        return replace(self, target_ratio=target_ratio(target_percentage))

    def as_dict(self, detail: bool = False) -> dict[str, object]:
        """Return the record as the wire format has it, JSON types only; with `detail` what it follows from.

        `date` is the first instant of the record's first local day, with the tenant's offset; of an hour its start.
        """
        wire: dict[str, object] = {
            "date": self._date_text,
            "compliance_percentage": self.compliance_percentage,
            "target_percentage": self.target_percentage,
            "uptime_minutes": self.uptime_minutes,
            "downtime_minutes": self.downtime_minutes,
            "sla_breaches": self.sla_breaches,
        }
        return {**wire, **self._details()} if detail else wire

    @property
    def _date_text(self) -> str:
        if self.is_hour:
            return self.start.isoformat()
        rules = load_zone(self.zone)
        midnight = dt.datetime.fromordinal(self.date.toordinal())
        return moment(instant_of(midnight, rules), rules).isoformat()

    def _details(self) -> dict[str, object]:
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "zone": self.zone,
            "verdict": None if self.is_hour else str(self.verdict),
            "accounting": self.accounting.name,
            **self._custom_accounting(),
            "uptime_seconds": self.uptime_us / SECOND_US,
            "downtime_seconds": self.downtime_us / SECOND_US,
            **self._confirmation(),
            "segments": {f"{scope}/{state}": self.cells_us[CELL_INDEX[scope, state]] for scope, state in CELLS},
        }

    def _custom_accounting(self) -> dict[str, object]:
        """Return what counts as what, of an accounting that its name does not say."""
        return {} if self.accounting.name != CUSTOM else {"accounting_cells": self.accounting.as_dict()}

    def _confirmation(self) -> dict[str, object]:
        """Return whether the verdict is confirmed and between which figures, for people: rounded down."""
        bounds, coverage = self.availability_bounds, self.coverage_ratio
        low, high = (None, None) if bounds is None else bounds
        return {
            "is_confirmed": None if self.is_hour else self.is_confirmed,
            "low_percentage": self._shown(low),
            "high_percentage": self._shown(high),
            "coverage_percentage": self._shown(coverage),
        }

    def _shown(self, ratio: Fraction | None) -> float | None:
        return None if ratio is None else rounding.shown_percentage(ratio, self._decimals)

    def _preview(self) -> Preview:
        from sla_compliance.previews import record_preview  # noqa: PLC0415 - figures need no drawing

        return record_preview(self)

    def explain(self) -> str:
        """Return how the figures follow from the cells, one step a line."""
        ratio = self.availability_ratio
        length_us = self.end_us - self.start_us
        lines = [f"{self.start.isoformat()} to {self.end.isoformat()} in {self.zone}: {_seconds(length_us)}"]
        lines += [self._cell_line(cell, length) for cell, length in self.segments.items() if length]
        lines.append(
            f"up {_seconds(self.uptime_us)}, down {_seconds(self.downtime_us)} (accounting {self.accounting.name})"
        )
        if ratio is None:
            lines.append("availability: none, no time counted")
        else:
            lines.append(f"availability = up / (up + down) = {ratio}, shown rounded down as {self.compliance_text} %")
        if self.is_hour:
            return "\n".join(lines)
        lines.append(f"target {self.target_percentage:.15g} %: {self.verdict}, breached days: {self.sla_breaches}")
        lines.append(f"{self.verdict_text}: {self.confirmation_text}")
        return "\n".join(lines)

    @property
    def confirmation_text(self) -> str:
        """Why the verdict is confirmed, or is not, in words."""
        if self.is_confirmed:
            return "no doubt could change the verdict"
        if not self.certainty.value.is_input_whole:
            return "rows without a readable start may be outages of any time"
        bounds = self.availability_bounds
        if bounds is None:
            return "no reading of the rows has an availability"
        low, high = (rounding.percentage_text(ratio, self._decimals) for ratio in bounds)
        return f"availability lies between {low} % and {high} %, by how doubtful time is read"

    def _cell_line(self, cell: Cell, length_us: int) -> str:
        words = {Counts.UP: "counts up", Counts.DOWN: "counts down", Counts.NOT_COUNTED: "left out"}
        return f"  {cell[0] + ' / ' + cell[1]:<34}{_seconds(length_us):>22}  {words[self.accounting.counts(*cell)]}"


def _seconds(length_us: int) -> str:
    whole, rest = divmod(length_us, SECOND_US)
    return f"{whole}.{rest:06} s" if rest else f"{whole} s"
