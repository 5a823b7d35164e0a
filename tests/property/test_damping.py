"""Damping acts on whole outages, and a day asked for alone shows what the month shows."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sla_compliance.testing.evaluation import part_of, report_of
from sla_compliance.testing.oracle.world import Place, Row, Terms, World
from sla_compliance.testing.worlds import worlds
from sla_compliance.testing.worlds.rows import rows
from sla_compliance.units import HOUR_US


@given(world=worlds(place=Place()))
@settings(max_examples=200)
def test_every_day_asked_for_alone_equals_that_day_of_the_whole(world: World) -> None:
    """The source gives no more than the alarms of that day widened by the margin."""
    whole = replace(world, window=(0, 72))
    for number, record in enumerate(report_of(whole).days):
        (alone,) = report_of(part_of(whole, 24 * number, 24 * number + 24)).days
        assert (alone.date, alone.start_us, alone.end_us) == (record.date, record.start_us, record.end_us)
        assert alone.cells_us == record.cells_us
        assert alone.as_dict() == record.as_dict()


@given(many=st.lists(rows(), max_size=8), gap=st.integers(0, 6), length=st.integers(0, 6), more=st.integers(0, 3))
def test_more_damping_of_one_kind_moves_downtime_one_way(many: list[Row], gap: int, length: int, more: int) -> None:
    """A larger merge gap never lowers downtime, a larger shortest outage never raises it."""
    world = World(rows=tuple(many), window=(0, 63), as_of=63)
    terms = Terms(merge_gap=gap, min_outage=length)
    down_us, more_merged_us, more_dropped_us = (
        report_of(replace(world, terms=changed)).total.downtime_us
        for changed in (terms, replace(terms, merge_gap=gap + more), replace(terms, min_outage=length + more))
    )
    assert more_dropped_us <= down_us <= more_merged_us


@given(world=worlds())
def test_a_closed_part_is_not_changed_by_the_passing_of_time(world: World) -> None:
    """Once as_of is past the end by the margin, later evaluations of alarms that were over then agree."""
    closed_at = world.window[1] + world.terms.merge_gap + world.terms.min_outage
    ends = [row.resolved if row.cleared is None else row.cleared for row in world.rows]
    ended = tuple(row for row, end in zip(world.rows, ends, strict=True) if isinstance(end, int) and end <= closed_at)
    early = replace(world, rows=ended, as_of=closed_at)
    late = replace(early, as_of=early.as_of + 50)
    assert report_of(early).days == report_of(late).days


def test_a_source_that_gave_less_than_the_margin_would_change_a_figure() -> None:
    """A short outage counts for its part in a long one that began before the window, across a gap."""
    rows = (Row(20, 21), Row(23, 25))
    world = World(rows=rows, window=(24, 48), as_of=99, terms=Terms(merge_gap=3, min_outage=4))
    assert part_of(world, 24, 48) == world
    assert report_of(world).total.downtime_us == HOUR_US
    assert report_of(replace(world, rows=rows[1:])).total.downtime_us == 0
