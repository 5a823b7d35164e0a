"""The oracle: the same figures by brute force, one instant after the other, on sets of integers."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from sla_compliance.intervals import IntervalSet
from sla_compliance.labels import CELLS, Cell, Scope, State
from tests.property.world import Row, Spans, World


def instants_of(intervals: IntervalSet) -> set[int]:
    """Return the instants that a set holds."""
    return {instant for start, end in intervals for instant in range(start, end)}


def instants_in(spans: Iterable[tuple[int, int]]) -> set[int]:
    """Return the instants that any of some spans holds."""
    return {instant for start, end in spans for instant in range(start, end)}


def islands(instants: set[int]) -> Iterator[list[int]]:
    """Yield the runs of consecutive instants, in order."""
    run: list[int] = []
    for instant in sorted(instants):
        if run and instant != run[-1] + 1:
            yield run
            run = []
        run.append(instant)
    if run:
        yield run


def damped(instants: set[int], merge_gap: int, min_outage: int) -> set[int]:
    """Return downtime with short gaps filled, then short outages dropped."""
    runs = list(islands(instants))
    filled = set(instants)
    for run, following in itertools.pairwise(runs):
        gap = set(range(run[-1] + 1, following[0]))
        if len(gap) < merge_gap:
            filled |= gap
    return {instant for run in islands(filled) if len(run) >= min_outage for instant in run}


def states_of_downtime(world: World) -> dict[int, State]:
    """Return the instants at which the service was down, each with its state: damped first, then excused."""
    rows = [row for row in world.rows if row.severity in ("critical", "major")]
    active = {instant for row in rows for instant in held(world, row) if instant < world.as_of}
    down = damped(active, world.merge_gap, world.min_outage)
    is_excused = {
        instant: all(_is_excused(world, row, instant) for row in rows if instant in held(world, row))
        for instant in active
    }
    for gap in islands(down - active):
        is_gap_excused = is_excused[gap[0] - 1] and is_excused[gap[-1] + 1]
        is_excused |= dict.fromkeys(gap, is_gap_excused)
    return {instant: State.EXCUSED_OTHER if is_excused[instant] else State.DOWN for instant in down}


def _is_excused(world: World, row: Row, instant: int) -> bool:
    """Return whether an exclusion of the alarm's resource holds an instant."""
    return any(row.resource in scoped.resources and instant in instants_in(scoped.spans) for scoped in world.scoped)


def lasts(world: World) -> bool:
    """Return whether an alarm that was raised before as_of holds it too."""
    qualifying = [row for row in world.rows if row.severity in ("critical", "major")]
    return any({world.as_of - 1, world.as_of} <= held(world, row) for row in qualifying)


def held(world: World, row: Row) -> set[int]:
    """Return the instants of an alarm; an active one reaches past as_of, and a stale one ends when it was last seen."""
    end = max(row.start, world.as_of + 1) if row.end is None else row.end
    if end > world.as_of and _is_stale(world, row.seen):
        end = row.seen or 0
    return set(range(row.start, end))


def _is_stale(world: World, seen: int | None) -> bool:
    return seen is not None and world.stale_after is not None and world.as_of - seen > world.stale_after


def cell_of(world: World, instant: int, down: Mapping[int, State]) -> Cell:
    """Return what was owed and what was the case at one instant."""
    return _scope(world, instant), _state(world, instant, down)


def _holds(spans: Spans | None, instant: int) -> bool:
    return spans is None or any(start <= instant < end for start, end in spans)


def _scope(world: World, instant: int) -> Scope:
    if not _holds(world.in_service, instant):
        return Scope.NOT_IN_SERVICE
    if not _holds(world.hours, instant):
        return Scope.OUT_OF_HOURS
    if _holds(world.maintenance, instant):
        return Scope.MAINTENANCE
    return Scope.EXCLUDED if _holds(world.exclusions, instant) else Scope.AGREED


def _state(world: World, instant: int, down: Mapping[int, State]) -> State:
    if instant >= world.as_of:
        return State.NOT_YET
    if instant in down:
        return down[instant]
    return State.UP if _holds(world.monitored, instant) else State.UNKNOWN


def day_cells(world: World) -> dict[date, tuple[int, ...]]:
    """Return the cells of each local day, microseconds; the zone's clock never goes back over midnight here."""
    down, rules = states_of_downtime(world), ZoneInfo(world.zone)
    counts: dict[date, Counter[Cell]] = {}
    for instant in range(*world.window):
        day = world.at(instant).astimezone(rules).date()
        counts.setdefault(day, Counter())[cell_of(world, instant, down)] += 1
    return {day: tuple(world.us(count[cell]) for cell in CELLS) for day, count in counts.items()}
