"""The ledger: one exact partition of a window into what was owed x what was the case."""
################################################################
# Every instant of the window has one scope and one state (labels.py), so the
# ledger is a table of at most 5 x 6 lengths for any part of it: the cells of a
# day sum to the day, days sum to the month. Every figure is a query on it.
#
# The downtime, the one big set, is never intersected with anything. The window
# is cut at every edge of the small sets (service, hours, maintenance,
# exclusions, monitored), at the day starts and at as_of. Each piece then has one
# scope and one state besides downtime, and one measure of the downtime over the
# edges gives its part of every piece. So the ledger costs hardly more than the
# union, however rich the contract. Where targeted exclusions excuse some of it, two
# more measures give those parts.
################################################################

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise, product, repeat
from operator import xor
from types import MappingProxyType
from typing import Final

from sla_compliance.calendars.local_days import LocalDays, local_days
from sla_compliance.contract import Contract
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.labels import CELLS, STATE_COUNT, Cell, Scope, State
from sla_compliance.lazy import LazyValue, lazy_property

_SCOPES: Final = tuple(Scope)
_STATES: Final = tuple(State)
_DOWN, _UP = _STATES.index(State.DOWN), _STATES.index(State.UP)
_BY_MAINTENANCE, _OTHERWISE = _STATES.index(State.EXCUSED_MAINTENANCE), _STATES.index(State.EXCUSED_OTHER)
_NOT_YET, _UNKNOWN = _STATES.index(State.NOT_YET), _STATES.index(State.UNKNOWN)

# By whether a piece is in service, in service hours, in maintenance and excluded: the first scope that applies.
_SCOPE_BY_FACTS: Final = {
    (is_in_service, is_in_hours, is_maintenance, is_excluded): (
        (not is_in_service, not is_in_hours, is_maintenance, is_excluded, True).index(True)
    )
    for is_in_service, is_in_hours, is_maintenance, is_excluded in product((False, True), repeat=4)
}

CellLengths = tuple[int, ...]
"""Length of each of labels.CELLS, microseconds."""
_Lengths = tuple[int, int, int]


@dataclass(frozen=True)
class Frame(LazyValue):
    """A window cut into pieces of one scope and one state besides downtime.

    Attributes:
        zone: whose local days it has.
        as_of_us: the instant of evaluation.
        edges_us: ascending; piece i is [edges_us[i], edges_us[i + 1]).
        scopes, states: the index of each piece's scope and state, in label order.
        days: the local days that own an instant of the window.
        maintenance, monitored: two of the sets that it is cut by, inside the window and beyond.
    """

    zone: str
    as_of_us: int
    edges_us: tuple[int, ...]
    scopes: tuple[int, ...]
    states: tuple[int, ...]
    days: LocalDays
    maintenance: IntervalSet
    monitored: IntervalSet

    @classmethod
    def of(cls, contract: Contract, *, start_us: int, end_us: int, zone: str, as_of_us: int) -> Frame:
        """Return the frame of the window [start_us, end_us), start_us <= end_us."""
        days = local_days(zone, start_us, end_us)
        sets = (
            contract.in_service,
            contract.service_hours,
            contract.maintenance,
            contract.exclusions,
            contract.monitored,
        )
        small = [part.clip(start_us, end_us) for part in sets]
        cuts = {edge for edge in (*days.bounds_us, as_of_us) if start_us < edge < end_us}
        edges = sorted(cuts.union((start_us, end_us), *(part.starts_us + part.ends_us for part in small)))
        *facts_of_scope, monitored = (_holds_pieces(part, edges) for part in small)
        scopes = map(_SCOPE_BY_FACTS.__getitem__, zip(*facts_of_scope, strict=True))
        come_count = bisect_left(edges, as_of_us, hi=len(monitored))
        states = [_UP if is_monitored else _UNKNOWN for is_monitored in monitored[:come_count]]
        states += [_NOT_YET] * (len(monitored) - come_count)
        return cls(
            zone=zone,
            as_of_us=as_of_us,
            edges_us=tuple(edges),
            scopes=tuple(scopes),
            states=tuple(states),
            days=days,
            maintenance=contract.maintenance,
            monitored=contract.monitored,
        )

    def under(self, contract: Contract) -> Frame:
        """Return the frame of the same window under another contract."""
        start_us, end_us = self.edges_us[0], self.edges_us[-1]
        return Frame.of(contract, start_us=start_us, end_us=end_us, zone=self.zone, as_of_us=self.as_of_us)

    def part(self, start_us: int, end_us: int) -> Frame:
        """Return the frame of [start_us, end_us), a part of this window."""
        first, last = bisect_right(self.edges_us, start_us), bisect_left(self.edges_us, end_us)
        edges = (start_us, *self.edges_us[first:last], end_us)
        pieces = slice(first - 1, last)
        return replace(self, edges_us=edges, scopes=self.scopes[pieces], states=self.states[pieces])

    @lazy_property
    def cells_without_downtime(self) -> tuple[CellLengths, ...]:
        """The cells of each local day if there were no downtime; shared by all ledgers of this frame.

        Days of equal cells share one table, so that `summed_cells` counts them.
        """
        days = self.days
        rows = [[0] * len(CELLS) for _ in days.dates]
        for (edge, next_edge), scope, state in zip(pairwise(self.edges_us), self.scopes, self.states, strict=True):
            rows[bisect_right(days.bounds_us, edge) - 1][scope * STATE_COUNT + state] += next_edge - edge
        table_by_value: dict[CellLengths, CellLengths] = {}
        return tuple(table_by_value.setdefault(table, table) for table in map(tuple, rows))


def _holds_pieces(part: IntervalSet, edges_us: Sequence[int]) -> Sequence[bool]:
    """Return whether a set holds each piece between some edges, among which are all of the set's own."""
    # The set begins and ends at its edges and nowhere else, so each of them turns the answer over.
    turns = {*part.starts_us, *part.ends_us}
    return list(accumulate(map(turns.__contains__, edges_us), xor))[:-1]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The partition of a window; what it holds is exact.

    Attributes:
        frame: the window, what was owed and what was the case besides downtime.
        down: the outages, excused or not, inside the window and beyond.
        excused_by_maintenance, excused_otherwise: what of them targeted exclusions excuse.
    """

    frame: Frame
    down: IntervalSet
    excused_by_maintenance: IntervalSet = NEVER
    excused_otherwise: IntervalSet = NEVER

    @property
    def start_us(self) -> int:
        """Start of the window."""
        return self.frame.edges_us[0]

    @property
    def end_us(self) -> int:
        """End of the window."""
        return self.frame.edges_us[-1]

    def day_cells_us(self) -> tuple[CellLengths, ...]:
        """Return the lengths of the cells of each local day that owns an instant of the window, in order.

        Days without downtime share the frame's own cells, so a quiet key of many costs no table a day.
        """
        days = self.frame.days
        rows: list[CellLengths] = list(self.frame.cells_without_downtime)
        changed: dict[int, list[int]] = {}
        for start, scope, state, lengths in self._downtime_lengths(self.frame):
            day = bisect_right(days.bounds_us, start) - 1
            if day not in changed:
                changed[day] = list(rows[day])
            _move(changed[day], scope, state, lengths)
        for day, cells in changed.items():
            rows[day] = tuple(cells)
        return tuple(rows)

    def _downtime_lengths(self, frame: Frame) -> Iterator[tuple[int, int, int, _Lengths]]:
        """Yield (piece start, scope, state, lengths of DOWN and of both excused states) of the pieces with downtime."""
        edges = frame.edges_us
        sets = self.down, self.excused_by_maintenance, self.excused_otherwise
        # Few outages against many pieces: only the pieces that they meet are looked at.
        if sum(len(times.pieces_meeting(edges[0], edges[-1])) for times in sets) * 4 < len(frame.scopes):
            yield from self._lengths_of_few_outages(frame)
            return
        by_maintenance, otherwise = self.excused_by_maintenance, self.excused_otherwise
        for edge, scope, state, outage_us, maintenance_us, otherwise_us in zip(
            edges,
            frame.scopes,
            frame.states,
            self.down.measure(edges),
            by_maintenance.measure(edges) if by_maintenance else repeat(0),
            otherwise.measure(edges) if otherwise else repeat(0),
            strict=False,
        ):
            if outage_us:
                lengths = (outage_us - maintenance_us - otherwise_us, maintenance_us, otherwise_us)
                yield edge, scope, state, lengths

    def _lengths_of_few_outages(self, frame: Frame) -> Iterator[tuple[int, int, int, _Lengths]]:
        """Yield the same, a part of an outage at a time; what is excused is taken back from DOWN."""
        edges = frame.edges_us
        for times, down_sign, maintenance_sign, otherwise_sign in (
            (self.down, 1, 0, 0),
            (self.excused_by_maintenance, -1, 1, 0),
            (self.excused_otherwise, -1, 0, 1),
        ):
            for start, end in times.clip(edges[0], edges[-1]):
                for piece in _pieces(edges, start, end):
                    part_us = min(end, edges[piece + 1]) - max(start, edges[piece])
                    lengths = (down_sign * part_us, maintenance_sign * part_us, otherwise_sign * part_us)
                    yield edges[piece], frame.scopes[piece], frame.states[piece], lengths

    def cells_us(self, start_us: int | None = None, end_us: int | None = None) -> CellLengths:
        """Return the lengths of the cells of a part of the window, by default of all of it."""
        first = self.start_us if start_us is None else max(start_us, self.start_us)
        last = self.end_us if end_us is None else min(end_us, self.end_us)
        cells = [0] * len(CELLS)
        if first < last:
            frame = self.frame.part(first, last)
            for (edge, next_edge), scope, state in zip(
                pairwise(frame.edges_us), frame.scopes, frame.states, strict=True
            ):
                cells[scope * STATE_COUNT + state] += next_edge - edge
            for _, scope, state, lengths in self._downtime_lengths(frame):
                _move(cells, scope, state, lengths)
        return tuple(cells)

    def day_cells_between_us(self, start_us: int, end_us: int) -> tuple[CellLengths, ...]:
        """Return the cells of each local day of [start_us, end_us), a part of the window."""
        days = local_days(self.frame.zone, start_us, end_us)
        bounds_us = [start_us, *days.bounds_us[1:-1], end_us]
        return tuple(self.cells_us(*day) for day in pairwise(bounds_us))

    @property
    def without_downtime(self) -> Ledger:
        """The ledger of the same window if there were no outage."""
        return Ledger(self.frame, NEVER)

    def with_downtime_within(self, start_us: int, end_us: int) -> Ledger:
        """Return the ledger of the same window if only the downtime of [start_us, end_us) had been."""
        return Ledger(
            self.frame,
            self.down.clip(start_us, end_us),
            self.excused_by_maintenance.clip(start_us, end_us),
            self.excused_otherwise.clip(start_us, end_us),
        )

    @property
    def segments(self) -> Mapping[Cell, int]:
        """The length of each cell in the window, microseconds, all 30 keys."""
        return segments(self.cells_us())

    @property
    def times_by_down_state(self) -> Mapping[State, IntervalSet]:
        """The instants of each state of downtime, disjoint, inside the window and beyond."""
        return {
            State.EXCUSED_MAINTENANCE: self.excused_by_maintenance,
            State.EXCUSED_OTHER: self.excused_otherwise,
            State.DOWN: self.down - self.excused_by_maintenance - self.excused_otherwise,
        }

    def timeline(self) -> Iterator[tuple[int, int, Scope, State]]:
        """Yield the partition in order of time: (start_us, end_us, scope, state)."""
        frame = self.frame
        times_by_state = self.times_by_down_state
        for (edge, next_edge), scope, state in zip(pairwise(frame.edges_us), frame.scopes, frame.states, strict=True):
            stretches = sorted(
                (start, end, down_state)
                for down_state, times in times_by_state.items()
                for start, end in times.clip(edge, next_edge)
            )
            at = edge
            for start, end, down_state in stretches:
                if at < start:
                    yield at, start, _SCOPES[scope], _STATES[state]
                yield start, end, _SCOPES[scope], down_state
                at = end
            if at < next_edge:
                yield at, next_edge, _SCOPES[scope], _STATES[state]


def differing_time(left: Ledger, right: Ledger) -> IntervalSet:
    """Return the time, inside the window and beyond, of which two ledgers say something else.

    They are of one window and one contract, but for the work and the monitoring gaps that their outages decide about.
    """
    pairs = (
        (left.down, right.down),
        (left.excused_by_maintenance, right.excused_by_maintenance),
        (left.excused_otherwise, right.excused_otherwise),
        (left.frame.maintenance, right.frame.maintenance),
        (left.frame.monitored, right.frame.monitored),
    )
    return IntervalSet.union((one - other) | (other - one) for one, other in pairs if one != other)


def _move(cells: list[int], scope: int, state: int, lengths: _Lengths) -> None:
    """Move lengths of downtime out of the state that a piece would have without it."""
    down_us, maintenance_us, otherwise_us = lengths
    first_cell = scope * STATE_COUNT
    cells[first_cell + state] -= down_us + maintenance_us + otherwise_us
    cells[first_cell + _DOWN] += down_us
    cells[first_cell + _BY_MAINTENANCE] += maintenance_us
    cells[first_cell + _OTHERWISE] += otherwise_us


def _pieces(edges: Sequence[int], start: int, end: int) -> range:
    """Return the pieces that share an instant with [start, end)."""
    return range(bisect_right(edges, start) - 1, bisect_left(edges, end))


def summed_cells(rows: Sequence[CellLengths]) -> CellLengths:
    """Return the sum of some tables of cells, cell by cell; a table that comes again is added once, times its count."""
    if not rows:
        return (0,) * len(CELLS)
    count_by_id = Counter(map(id, rows))
    row_by_id = dict(zip(map(id, rows), rows, strict=True))
    weighted_rows = [
        row_by_id[row_id] if count == 1 else [count * cell_us for cell_us in row_by_id[row_id]]
        for row_id, count in count_by_id.items()
    ]
    return tuple(map(sum, zip(*weighted_rows, strict=True)))


def segments(cells_us: CellLengths) -> Mapping[Cell, int]:
    """Return a table of cells by (scope, state)."""
    return MappingProxyType(dict(zip(CELLS, cells_us, strict=True)))
