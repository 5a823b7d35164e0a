"""Whole ledgers equal the brute-force count of every instant's scope and state."""
################################################################
# The first test here is the flagship: all figures of a drawn world, by the library
# and by an oracle that shares no code with it. The second proves that the first
# would notice if any rule were missing.
################################################################

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sla_compliance.labels import CELLS, State
from sla_compliance.testing.evaluation import report_of
from sla_compliance.testing.oracle import Oracle, Rule
from sla_compliance.testing.oracle.world import Place, World
from sla_compliance.testing.worlds import worlds
from sla_compliance.testing.worlds.spans import spans
from sla_compliance.units import DAY_US, HOUR_US, MICROSECOND, instant_us
from tests.property.comparison import bounds_of_oracle, bounds_of_report, units_of
from tests.property.leaving_out import EXAMPLES, unnoticed_rules

RULES_OF_EVERY_WORLD = [
    Rule.SEVERITY, Rule.EXCLUDED_TYPE, Rule.EXCLUDED_STATUS, Rule.RESOLVED, Rule.OVER_WHEN_SEEN, Rule.AS_OF,
    Rule.STALE_AFTER, Rule.MERGE_GAP, Rule.MIN_OUTAGE, Rule.IN_SERVICE, Rule.SERVICE_HOURS, Rule.MAINTENANCE,
    Rule.EXCLUSIONS, Rule.MAINTENANCE_FIRST, Rule.MONITORED, Rule.EVIDENCE_FIRST, Rule.LOCAL_DAYS, Rule.ACTUAL_END,
    Rule.RECURRENCE, Rule.ACCEPTED_KINDS, Rule.ACCOUNTING, Rule.TARGET, Rule.RECOVERABLE,
]  # fmt: skip


@given(world=worlds())
@settings(max_examples=EXAMPLES)
def test_all_figures_equal_those_counted_instant_by_instant(world: World) -> None:
    """Cells, availability, verdict and bounds of every day and of the whole window, to the microsecond.

    Also where time was not monitored, and alarms are unseen for long or over without a time.
    """
    assert bounds_of_report(report_of(world), world) == bounds_of_oracle(Oracle(world))


def test_the_flagship_fails_with_any_rule_left_out() -> None:
    """Within as many worlds as it draws, the oracle without a rule gives other figures than the library."""

    def differs_without(world: World, rule: Rule) -> bool:
        return bounds_of_oracle(Oracle(world, without={rule})) != bounds_of_report(report_of(world), world)

    assert unnoticed_rules(worlds(), RULES_OF_EVERY_WORLD, differs_without) == set()


def _instant(world: World, us: int) -> int:
    """Return an instant of a world from microseconds since 1970."""
    base_us, unit_us = instant_us(world.place.base, field="base"), world.place.unit // MICROSECOND
    instant, rest = divmod(us - base_us, unit_us)
    assert rest == 0
    return instant


@given(world=worlds())
def test_the_timeline_says_each_instant_s_scope_and_state(world: World) -> None:
    """In order of time, without gap or overlap, and it adds up to the cells."""
    report, reading = report_of(world), Oracle(world).record
    at = world.window[0]
    lengths: Counter[tuple[str, str]] = Counter()
    for start_us, end_us, scope, state in report.ledger.timeline():
        start, end = _instant(world, start_us), _instant(world, end_us)
        assert start == at < end
        assert {reading.cell(instant) for instant in range(start, end)} == {(scope, state)}
        lengths[scope, state] += end - start
        at = end
    assert at == world.window[1]
    assert units_of(report.ledger.segments, world) == lengths


@given(world=worlds(), part=spans)
def test_the_cells_of_a_part_are_those_of_its_instants(world: World, part: tuple[int, int]) -> None:
    """A part may reach beyond the window; what lies outside counts nothing."""
    start, end = max(part[0], world.window[0]), min(part[1], world.window[1])
    reading = Oracle(world).record
    expected = Counter(reading.cell(instant) for instant in range(start, end))
    first_us, end_us = (instant_us(world.place.at(bound), field="part") for bound in part)
    cells = dict(zip(CELLS, report_of(world).ledger.cells_us(first_us, end_us), strict=True))
    assert units_of(cells, world) == expected


@given(world=worlds())
def test_cells_share_out_every_day_and_days_share_out_the_total(world: World) -> None:
    """The cells of a whole day sum to its real length; days sum to the total, cell by cell."""
    report = report_of(world)
    for record in report.days:
        assert sum(record.cells_us) == record.end_us - record.start_us
    unit_us = world.place.unit // MICROSECOND
    assert sum(report.total.cells_us) == unit_us * (world.window[1] - world.window[0])
    summed = [sum(column) for column in zip(*(record.cells_us for record in report.days), strict=True)]
    assert list(report.total.cells_us) == (summed or [0] * len(CELLS))


@given(hours=st.integers(0, 3))
def test_the_day_of_the_clock_change_is_an_hour_longer(hours: int) -> None:
    """Berlin's 26 October has 25 hours, its neighbours 24."""
    world = World(rows=(), window=(-2 - 24 * hours, 47), as_of=99, place=Place("Europe/Berlin"))
    lengths = [sum(record.cells_us) for record in report_of(world).days]
    assert lengths == [DAY_US] * (hours + 1) + [DAY_US + HOUR_US]


@given(world=worlds())
def test_nothing_at_or_after_the_instant_of_evaluation_is_known(world: World) -> None:
    """NOT_YET takes exactly what lies behind as_of, and DOWN nothing of it."""
    report = report_of(world)
    cells = units_of(report.total.segments, world)
    to_come = sum(length for (_, state), length in cells.items() if state == State.NOT_YET)
    assert to_come == world.window[1] - max(world.window[0], min(world.as_of, world.window[1]))
    known = tuple(row for row in world.rows if isinstance(row.start, int) and row.start < world.as_of)
    assert report_of(replace(world, rows=known)).total == report.total


def test_the_finest_unit_is_a_microsecond() -> None:
    """One microsecond down is one microsecond down."""
    finest = Place("UTC", datetime(2025, 10, 25, tzinfo=UTC), timedelta(microseconds=1))
    world = World(rows=(), window=(0, 3), as_of=3, place=finest)
    assert sum(report_of(world).total.cells_us) == 3
    assert sum(report_of(replace(world, window=(0, 0))).total.cells_us) == 0
