"""The ledger: one exact partition of a window into what was owed x what was the case."""
################################################################
# Every instant of the window has one scope and one state (labels.py), so the
# ledger is a table of at most 5 x 6 lengths for any part of it: the cells of a
# day sum to the day, days sum to the month. Every figure is a query on it.
#
# The downtime, the one big set, is never intersected with anything. The window
# is cut at every edge of the small sets (service, hours, maintenance,
# exclusions, monitored), at the day starts and at as_of. Each piece then has one
# scope and one state besides DOWN, and one measure of the downtime over the
# edges gives the DOWN part of every piece. So the ledger costs hardly more than
# the union, however rich the contract.
################################################################

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from sla_compliance.calendars.local_days import LocalDays, local_days
from sla_compliance.contract import Contract
from sla_compliance.intervals import IntervalSet
from sla_compliance.labels import CELLS, STATE_COUNT, Cell, Scope, State

_SCOPES: Final = tuple(Scope)
_STATES: Final = tuple(State)
_AGREED: Final = _SCOPES.index(Scope.AGREED)
_DOWN, _UP = _STATES.index(State.DOWN), _STATES.index(State.UP)
_NOT_YET, _UNKNOWN = _STATES.index(State.NOT_YET), _STATES.index(State.UNKNOWN)

CellLengths = tuple[int, ...]
"""Length of each of labels.CELLS, microseconds."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A window cut into pieces of one scope and one state besides DOWN.

    Attributes:
        zone: whose local days it has.
        as_of_us: the instant of evaluation.
        edges_us: ascending; piece i is [edges_us[i], edges_us[i + 1]).
        scopes, states: the index of each piece's scope and state, in label order.
        days: the local days that own an instant of the window.
    """

    zone: str
    as_of_us: int
    edges_us: tuple[int, ...]
    scopes: tuple[int, ...]
    states: tuple[int, ...]
    days: LocalDays

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
        in_service, hours, maintenance, exclusions, monitored = (map(bool, part.measure(edges)) for part in small)
        scopes = map(_scope, in_service, hours, maintenance, exclusions)
        states = (_state(edge < as_of_us, watched) for edge, watched in zip(edges, monitored, strict=False))
        return cls(zone, as_of_us, tuple(edges), tuple(scopes), tuple(states), days)

    def part(self, start_us: int, end_us: int) -> Frame:
        """Return the frame of [start_us, end_us), a part of this window."""
        first, last = bisect_right(self.edges_us, start_us), bisect_left(self.edges_us, end_us)
        edges = (start_us, *self.edges_us[first:last], end_us)
        pieces = slice(first - 1, last)
        return Frame(self.zone, self.as_of_us, edges, self.scopes[pieces], self.states[pieces], self.days)


def _scope(is_in_service: bool, is_in_hours: bool, is_maintenance: bool, is_excluded: bool) -> int:
    """Return the index of the first scope that applies."""
    return (not is_in_service, not is_in_hours, is_maintenance, is_excluded, True).index(True)


def _state(has_come: bool, is_monitored: bool) -> int:
    if not has_come:
        return _NOT_YET
    return _UP if is_monitored else _UNKNOWN


@dataclass(frozen=True, slots=True)
class Ledger:
    """The partition of a window; what it holds is exact.

    Attributes:
        frame: the window, what was owed and what was the case besides DOWN.
        down: the downtime, inside the window and beyond.
    """

    frame: Frame
    down: IntervalSet

    @property
    def start_us(self) -> int:
        """Start of the window."""
        return self.frame.edges_us[0]

    @property
    def end_us(self) -> int:
        """End of the window."""
        return self.frame.edges_us[-1]

    def day_cells_us(self) -> list[CellLengths]:
        """Return the lengths of the cells of each local day that owns an instant of the window, in order."""
        days = self.frame.days
        rows = [[0] * len(CELLS) for _ in days.dates]
        for start, cell, length in self._lengths(self.frame):
            rows[bisect_right(days.bounds_us, start) - 1][cell] += length
        return list(map(tuple, rows))

    def _lengths(self, frame: Frame) -> Iterator[tuple[int, int, int]]:
        """Yield (piece start, cell index, length): the DOWN part of each piece of a frame, then its rest."""
        edges = frame.edges_us
        for (edge, following), scope, state, down in zip(
            pairwise(edges), frame.scopes, frame.states, self.down.measure(edges), strict=True
        ):
            yield edge, scope * STATE_COUNT + _DOWN, down
            yield edge, scope * STATE_COUNT + state, following - edge - down

    def cells_us(self, start_us: int | None = None, end_us: int | None = None) -> CellLengths:
        """Return the lengths of the cells of a part of the window, by default of all of it."""
        first = self.start_us if start_us is None else max(start_us, self.start_us)
        last = self.end_us if end_us is None else min(end_us, self.end_us)
        cells = [0] * len(CELLS)
        if first < last:
            for _, cell, length in self._lengths(self.frame.part(first, last)):
                cells[cell] += length
        return tuple(cells)

    @property
    def segments(self) -> Mapping[Cell, int]:
        """The length of each cell in the window, microseconds, all 30 keys."""
        return segments(self.cells_us())

    def timeline(self) -> Iterator[tuple[int, int, Scope, State]]:
        """Yield the partition in order of time: (start_us, end_us, scope, state)."""
        frame = self.frame
        for (edge, edge_after), scope, state in zip(pairwise(frame.edges_us), frame.scopes, frame.states, strict=True):
            at = edge
            for start, end in self.down.clip(edge, edge_after):
                if at < start:
                    yield at, start, _SCOPES[scope], _STATES[state]
                yield start, end, _SCOPES[scope], State.DOWN
                at = end
            if at < edge_after:
                yield at, edge_after, _SCOPES[scope], _STATES[state]


def summed_cells(rows: Sequence[CellLengths]) -> CellLengths:
    """Return the sum of some tables of cells, cell by cell."""
    return tuple(map(sum, zip(*rows, strict=True))) if rows else (0,) * len(CELLS)


def segments(cells_us: CellLengths) -> Mapping[Cell, int]:
    """Return a table of cells by (scope, state)."""
    return MappingProxyType(dict(zip(CELLS, cells_us, strict=True)))
