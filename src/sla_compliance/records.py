"""ComplianceRecord: what was measured in one period, the verdict on it, and the wire format."""
################################################################
# A record stores the lengths of its cells and derives everything else, so no
# two figures of it can disagree.
#
#     availability = up / (up + down)        exact; None where nothing counted
#
# Verdicts are compared exactly, before any rounding:
#     UNDETERMINED  there is no availability
#     MET           availability >= target
#     AT_RISK       below it, but the time that has not come yet can repair it
#     BREACHED      below it, and beyond repair: below it even if all of that
#                   time turns out to be up
# so a breach never flickers. sla_breaches counts the breached days; a longer
# record therefore keeps the cells of its days.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Final

from sla_compliance import rounding
from sla_compliance.calendars.wall_clock import instant_of
from sla_compliance.labels import CELL_INDEX, CELLS, Accounting, Cell, Counts, Scope, State
from sla_compliance.ledger import CellLengths, segments, summed_cells
from sla_compliance.policy import Target, target_ratio
from sla_compliance.units import SECOND_US, moment
from sla_compliance.zones import load_zone

_TO_COME_AND_UP: Final = tuple((CELL_INDEX[scope, State.NOT_YET], CELL_INDEX[scope, State.UP]) for scope in Scope)


class Verdict(StrEnum):
    """Whether a period kept its promise."""

    UNDETERMINED = "UNDETERMINED"
    MET = "MET"
    AT_RISK = "AT_RISK"
    BREACHED = "BREACHED"


def availability_ratio(up_us: int, down_us: int) -> Fraction | None:
    """Return up / (up + down).

    Args:
        up_us, down_us: counted lengths, microseconds, >= 0.

    Returns:
        Exact fraction in [0, 1]; None where both are 0. Never rounded here.

    Source:
        ITIL Service Design: (agreed service time - downtime) / agreed service time. docs/definitions.md#availability

    >>> availability_ratio(998, 2)
    Fraction(499, 500)
    """
    return Fraction(up_us, up_us + down_us) if up_us + down_us else None


def counted_us(cells_us: CellLengths, cells: tuple[int, ...]) -> int:
    """Return the summed length of some cells, by index."""
    return sum(map(cells_us.__getitem__, cells))


def verdict(cells_us: CellLengths, accounting: Accounting, target: Fraction) -> Verdict:
    """Return the verdict on a period's cells, by the rule above."""
    up_us, down_us = counted_us(cells_us, accounting.up_cells), counted_us(cells_us, accounting.down_cells)
    if up_us + down_us == 0:
        return Verdict.UNDETERMINED
    if _meets(up_us, down_us, target):
        return Verdict.MET
    best = _with_all_to_come_up(cells_us)
    is_recoverable = _meets(counted_us(best, accounting.up_cells), counted_us(best, accounting.down_cells), target)
    return Verdict.AT_RISK if is_recoverable else Verdict.BREACHED


def _meets(up_us: int, down_us: int, target: Fraction) -> bool:
    return up_us * target.denominator >= (up_us + down_us) * target.numerator


def _with_all_to_come_up(cells_us: CellLengths) -> CellLengths:
    cells = list(cells_us)
    for to_come, up in _TO_COME_AND_UP:
        cells[up] += cells[to_come]
        cells[to_come] = 0
    return tuple(cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplianceRecord:
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
    """

    start_us: int
    end_us: int
    zone: str
    date: dt.date
    last_date: dt.date
    cells_us: CellLengths
    day_cells_us: tuple[CellLengths, ...] = field(repr=False)
    target_ratio: Fraction
    accounting: Accounting

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
        """Whether the period as a whole kept its promise."""
        return verdict(self.cells_us, self.accounting, self.target_ratio)

    @property
    def is_breached(self) -> bool:
        """Whether the period as a whole is breached; a month may not be although some of its days are."""
        return self.verdict is Verdict.BREACHED

    @property
    def sla_breaches(self) -> int:
        """How many of the period's days are breached; 1 or 0 for a day."""
        return sum(
            verdict(cells, self.accounting, self.target_ratio) is Verdict.BREACHED for cells in self.day_cells_us
        )

    @property
    def target_percentage(self) -> float:
        """The target as a number for people."""
        return float(self.target_ratio * 100)

    @property
    def compliance_percentage(self) -> float | None:
        """Availability for people, rounded down (rounding.py); None where there is none."""
        ratio = self.availability_ratio
        return None if ratio is None else rounding.shown_percentage(ratio, self._decimals)

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
        """Return the record of the same cells under another accounting."""
        return replace(self, accounting=accounting)

    def with_target(self, target_percentage: Target) -> ComplianceRecord:
        """Return the record of the same cells against another target; errors as SLAPolicy's."""
        return replace(self, target_ratio=target_ratio(target_percentage))

    def as_dict(self, detail: bool = False) -> dict[str, object]:
        """Return the record as the wire format has it, JSON types only; with `detail` what it follows from.

        `date` is the first instant of the record's first local day, with the tenant's offset.
        """
        rules = load_zone(self.zone)
        midnight = dt.datetime.fromordinal(self.date.toordinal())
        wire: dict[str, object] = {
            "date": moment(instant_of(midnight, rules), rules).isoformat(),
            "compliance_percentage": self.compliance_percentage,
            "target_percentage": self.target_percentage,
            "uptime_minutes": self.uptime_minutes,
            "downtime_minutes": self.downtime_minutes,
            "sla_breaches": self.sla_breaches,
        }
        return {**wire, **self._details()} if detail else wire

    def _details(self) -> dict[str, object]:
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "zone": self.zone,
            "verdict": str(self.verdict),
            "accounting": self.accounting.name,
            "uptime_seconds": self.uptime_us / SECOND_US,
            "downtime_seconds": self.downtime_us / SECOND_US,
            "segments": {f"{scope}/{state}": self.cells_us[CELL_INDEX[scope, state]] for scope, state in CELLS},
        }

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
        lines.append(f"target {self.target_percentage:.15g} %: {self.verdict}, breached days: {self.sla_breaches}")
        return "\n".join(lines)

    def _cell_line(self, cell: Cell, length_us: int) -> str:
        words = {Counts.UP: "counts up", Counts.DOWN: "counts down", Counts.NOT_COUNTED: "not counted"}
        return f"  {cell[0] + ' / ' + cell[1]:<26}{_seconds(length_us):>22}  {words[self.accounting.counts(*cell)]}"


def record_of_days(
    day_cells_us: tuple[CellLengths, ...],
    *,
    start_us: int,
    end_us: int,
    zone: str,
    first_date: dt.date,
    last_date: dt.date,
    target_ratio: Fraction,
    accounting: Accounting,
) -> ComplianceRecord:
    """Return the record of consecutive days; of none, the record of no time at all."""
    is_one_day = len(day_cells_us) == 1
    return ComplianceRecord(
        start_us=start_us,
        end_us=end_us,
        zone=zone,
        date=first_date,
        last_date=last_date,
        cells_us=day_cells_us[0] if is_one_day else summed_cells(day_cells_us),
        day_cells_us=day_cells_us,
        target_ratio=target_ratio,
        accounting=accounting,
    )


def _seconds(length_us: int) -> str:
    whole, rest = divmod(length_us, SECOND_US)
    return f"{whole}.{rest:06} s" if rest else f"{whole} s"
