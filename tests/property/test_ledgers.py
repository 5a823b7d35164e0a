"""Whole ledgers equal the brute-force count of every instant's scope and state."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sla_compliance.labels import CELLS, State
from sla_compliance.units import DAY_US
from tests.property.oracle import cell_of, day_cells, states_of_downtime
from tests.property.strategies import spans, worlds
from tests.property.world import BASE, HOUR, MICROSECOND, World


def _instant(world: World, us: int) -> int:
    """Return an instant of the world from microseconds since 1970."""
    since = us - int(BASE.timestamp()) * 1_000_000
    assert since % world.us(1) == 0
    return since // world.us(1)


@given(world=worlds())
@settings(max_examples=400)
def test_the_cells_of_every_day_equal_the_count_of_its_instants(world: World) -> None:
    """Scope, state, damping, staleness, as_of, targeted exclusions: all of it, to the microsecond."""
    assert {record.date: record.cells_us for record in world.report().days} == day_cells(world)


@given(world=worlds())
def test_the_timeline_tells_each_instant_s_scope_and_state(world: World) -> None:
    """In order of time, without gap or overlap, and it adds up to the cells."""
    report, down = world.report(), states_of_downtime(world)
    at = world.window[0]
    cells = dict.fromkeys(CELLS, 0)
    for start_us, end_us, scope, state in report.ledger.timeline():
        start, end = _instant(world, start_us), _instant(world, end_us)
        assert start == at < end
        assert {cell_of(world, instant, down) for instant in range(start, end)} == {(scope, state)}
        cells[scope, state] += end_us - start_us
        at = end
    assert at == world.window[1]
    assert report.ledger.segments == cells


@given(world=worlds(), part=spans)
def test_the_cells_of_a_part_are_those_of_its_instants(world: World, part: tuple[int, int]) -> None:
    """A part may reach beyond the window; what lies outside counts nothing."""
    start, end = max(part[0], world.window[0]), min(part[1], world.window[1])
    inside = replace(world, window=(start, max(start, end)))
    expected = [sum(column) for column in zip(*day_cells(inside).values(), strict=True)] or [0] * len(CELLS)
    first_us, end_us = ((int(BASE.timestamp()) * 1_000_000) + world.us(bound) for bound in part)
    assert list(world.report().ledger.cells_us(first_us, end_us)) == expected


@given(world=worlds())
def test_cells_share_out_every_day_and_days_share_out_the_total(world: World) -> None:
    """The cells of a whole day sum to its real length; days sum to the total, cell by cell."""
    report = world.report()
    for record in report.days:
        assert sum(record.cells_us) == record.end_us - record.start_us
    assert sum(report.total.cells_us) == world.us(world.window[1] - world.window[0])
    summed = [sum(column) for column in zip(*(record.cells_us for record in report.days), strict=True)]
    assert list(report.total.cells_us) == (summed or [0] * len(CELLS))


@given(hours=st.integers(0, 3))
def test_the_day_of_the_clock_change_is_an_hour_longer(hours: int) -> None:
    """Berlin's 26 October has 25 hours, its neighbours 24."""
    world = World(rows=(), window=(-2 - 24 * hours, 47), as_of=99, zone="Europe/Berlin", unit=HOUR)
    lengths = [sum(record.cells_us) for record in world.report().days]
    assert lengths == [DAY_US] * (hours + 1) + [DAY_US + 3_600_000_000]


@given(world=worlds(has_damping=False))
def test_nothing_at_or_after_the_instant_of_evaluation_is_known(world: World) -> None:
    """NOT_YET takes exactly what lies behind as_of, and DOWN nothing of it."""
    report = world.report()
    start, end = world.window
    not_yet = sum(length for (_, state), length in report.total.segments.items() if state is State.NOT_YET)
    assert not_yet == world.us(max(0, end - max(start, world.as_of)))
    later = replace(world, rows=tuple(row for row in world.rows if row.start < world.as_of))
    assert later.report().total == report.total


def test_the_finest_unit_is_a_microsecond() -> None:
    """One microsecond down is one microsecond down."""
    world = World(rows=(), window=(0, 3), as_of=3, unit=MICROSECOND)
    assert sum(world.report().total.cells_us) == 3
