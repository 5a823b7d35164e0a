"""Day figures of many keys: the records' figures as columns, from downtime and the frame that the keys share."""
################################################################
# Every figure of a day follows from sums of its cells, and downtime moves time from
# one cell to another: out of the state that a piece of the frame has without it, to
# DOWN. So a sum of cells is what it is without downtime, and for each piece its
# downtime, times what the move adds to the sum: 1, 0 or -1. Which cells a sum has is
# asked of the core's own functions, cell by cell; no rule of accounting, verdicts or
# readings is written here a second time but for the comparison of whole columns.
################################################################

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from sla_compliance.certainty import unknown_us, with_unknown_as
from sla_compliance.labels import CELLS, STATE_COUNT, Accounting, State
from sla_compliance.ledger import CellLengths, Frame
from sla_compliance.policy import SLAPolicy
from sla_compliance.rounding import percentage_decimals
from sla_compliance.timeline.line import Flags, Int64s
from sla_compliance.units import MINUTE_US
from sla_compliance.verdicts import Verdict, counted_us, is_over, is_verdict_confirmed, with_all_to_come_as

_DOWN: Final = list(State).index(State.DOWN)
_VERDICTS: Final = tuple(Verdict)
_UNDETERMINED, _MET, _AT_RISK, _BREACHED = map(_VERDICTS.index, Verdict)
_LONGEST_DAY_US: Final = 3 * 24 * 60 * MINUTE_US
"""No local day is longer; zones have left out days, and repeated hours."""

_Sum = Callable[[CellLengths], int]


@dataclass(frozen=True, slots=True)
class DayColumns:
    """Figures of the days of some keys; of each a row a key and a column a day.

    Attributes:
        uptime_us, downtime_us: counted.
        verdicts: ranks among Verdict.
        is_confirmed: of each verdict.
    """

    uptime_us: Int64s
    downtime_us: Int64s
    verdicts: npt.NDArray[np.int8]
    is_confirmed: Flags


def objection_to_target(policy: SLAPolicy) -> str:
    """Return why 64 bits do not hold the comparisons with a policy's shares; empty where they do."""
    longest = 2**63 // _LONGEST_DAY_US
    if max(policy.target_ratio.denominator, 100 * 10 ** percentage_decimals(policy.target_ratio)) > longest:
        return "policy.target_percentage has many decimals"
    if policy.minimum_coverage_ratio.denominator > longest:
        return "policy.minimum_coverage has many decimals"
    return ""


class DayFiguresOfFrame:
    """The figures of the days of a frame, for the downtime of any key."""

    def __init__(self, frame: Frame, policy: SLAPolicy) -> None:
        """Prepare what all keys share.

        Args:
            policy: `objection_to_target` has none to it.
        """
        self._policy = policy
        self._sums = _SumsOfCells(frame)
        self._is_over = np.array([is_over(cells) for cells in frame.cells_without_downtime], dtype=np.int8)
        self._has_unknown = State.UNKNOWN in {list(State)[state] for state in frame.states}

    def columns(self, recorded: Int64s, optimistic: Int64s | None = None) -> DayColumns:
        """Return the figures of some keys.

        Args:
            recorded: the downtime of each key within each piece of the frame.
            optimistic: that of the optimistic reading, where it differs; the pessimistic one is as recorded.
        """
        accounting, target = self._policy.accounting, self._policy.target_ratio
        record = _Reading(self._sums, recorded, accounting, target, _as_it_is)
        readings = (optimistic if optimistic is not None else recorded), recorded
        verdicts = record.verdicts
        optimistic_verdicts, pessimistic_verdicts = verdicts, verdicts
        if optimistic is not None:
            optimistic_verdicts = _Reading(self._sums, optimistic, accounting, target, _as_it_is).verdicts
        if self._has_unknown:
            known = [
                _Reading(
                    self._sums, downtime, accounting, target, partial(_with_unknown_as, state, accounting)
                ).verdicts
                for downtime, state in zip(readings, (State.UP, State.DOWN), strict=True)
            ]
            is_left_out = self._leaves_unknown_out(record, recorded)
            optimistic_verdicts = np.where(is_left_out, optimistic_verdicts, known[0])
            pessimistic_verdicts = np.where(is_left_out, pessimistic_verdicts, known[1])
        confirmed = _CONFIRMED[verdicts, optimistic_verdicts, pessimistic_verdicts, self._is_over[np.newaxis, :]]
        return DayColumns(record.up_us, record.down_us, verdicts, confirmed)

    def _leaves_unknown_out(self, record: _Reading, recorded: Int64s) -> Flags:
        """Return where unmonitored time is left out as agreed; see ComplianceRecord.leaves_unknown_out."""
        if self._policy.unknown != "excluded":
            return np.zeros(record.up_us.shape, dtype=bool)
        least = self._policy.minimum_coverage_ratio
        observed = record.up_us + record.down_us
        missing = self._sums.of(lambda cells: unknown_us(cells, self._policy.accounting), recorded)
        is_enough: Flags = observed * least.denominator >= (observed + missing) * least.numerator
        return is_enough


class _SumsOfCells:
    """Sums of the cells of each day of a frame."""

    def __init__(self, frame: Frame) -> None:
        self._days_without_downtime = frame.cells_without_downtime
        self._scopes, self._states = frame.scopes, frame.states
        day_numbers = np.searchsorted(frame.days.bounds_us, frame.edges_us[:-1], side="right")  # from 1 on
        self._first_pieces = np.flatnonzero(np.diff(day_numbers, prepend=0))
        self._totals: dict[bytes, Int64s] = {}
        self._downtime: Int64s | None = None

    def of(self, sum_of: _Sum, downtime: Int64s) -> Int64s:
        """Return a sum of cells for each key and day.

        Args:
            sum_of: the sum of some cells.
            downtime: of each key within each piece.
        """
        size_of_cell = [sum_of(tuple(int(cell == other) for other in range(len(CELLS)))) for cell in range(len(CELLS))]
        moves = np.array(
            [
                size_of_cell[scope * STATE_COUNT + _DOWN] - size_of_cell[scope * STATE_COUNT + state]
                for scope, state in zip(self._scopes, self._states, strict=True)
            ],
            dtype=np.int64,
        )
        without_downtime = np.array([sum_of(cells) for cells in self._days_without_downtime], dtype=np.int64)
        return without_downtime + self._moved(moves, downtime)

    def _moved(self, moves: Int64s, downtime: Int64s) -> Int64s:
        """Return what downtime adds to a sum; sums that it changes alike share the work."""
        if self._downtime is not downtime:
            self._downtime, self._totals = downtime, {}
        name = moves.tobytes()
        if name not in self._totals:
            self._totals[name] = np.add.reduceat(downtime * moves, self._first_pieces, axis=1)
        return self._totals[name]


class _Reading:
    """The counted time and the verdicts of one reading of some keys."""

    def __init__(
        self,
        sums: _SumsOfCells,
        downtime: Int64s,
        accounting: Accounting,
        target: Fraction,
        read: Callable[[CellLengths], CellLengths],
    ) -> None:
        def counted(cells: Sequence[int]) -> tuple[Int64s, Int64s]:
            indices = tuple(cells)
            best = sums.of(lambda lengths: counted_us(with_all_to_come_as(State.UP, read(lengths)), indices), downtime)
            return sums.of(lambda lengths: counted_us(read(lengths), indices), downtime), best

        self.up_us, best_up = counted(accounting.up_cells)
        self.down_us, best_down = counted(accounting.down_cells)
        self.verdicts = np.select(
            [
                self.up_us + self.down_us == 0,
                _meets(self.up_us, self.down_us, target),
                _meets(best_up, best_down, target),
            ],
            [np.int8(_UNDETERMINED), np.int8(_MET), np.int8(_AT_RISK)],
            np.int8(_BREACHED),
        )


def _as_it_is(cells: CellLengths) -> CellLengths:
    return cells


def _with_unknown_as(state: State, accounting: Accounting, cells: CellLengths) -> CellLengths:
    return with_unknown_as(state, cells, accounting)


def _meets(up_us: Int64s, down_us: Int64s, target: Fraction) -> Flags:
    """Return where counted time meets a target, as verdicts.py compares."""
    meets: Flags = up_us * target.denominator >= (up_us + down_us) * target.numerator
    return meets


_CONFIRMED: Final = np.array(
    [
        [
            [
                [
                    is_verdict_confirmed(recorded, optimistic=optimistic, pessimistic=pessimistic, is_over=is_over_now)
                    for is_over_now in (False, True)
                ]
                for pessimistic in _VERDICTS
            ]
            for optimistic in _VERDICTS
        ]
        for recorded in _VERDICTS
    ]
)
"""Whether a verdict is confirmed, by its rank, those of both readings, and whether the day is over."""
