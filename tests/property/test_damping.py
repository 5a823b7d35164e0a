"""Damping acts on whole outages, and a day asked for alone shows what the month shows."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.strategies import rows, worlds
from tests.property.world import HOUR, Row, World


@given(world=worlds())
@settings(max_examples=200)
def test_every_day_asked_for_alone_equals_that_day_of_the_whole(world: World) -> None:
    """The source gives no more than the alarms of that day widened by the margin."""
    whole = replace(world, unit=HOUR, zone="UTC", window=(0, 72))
    for number, record in enumerate(whole.report().days):
        (alone,) = whole.part(24 * number, 24 * number + 24).report().days
        assert alone == record


@given(many=st.lists(rows(), max_size=8), gap=st.integers(0, 6), length=st.integers(0, 6), more=st.integers(0, 3))
def test_more_damping_of_one_kind_moves_downtime_one_way(many: list[Row], gap: int, length: int, more: int) -> None:
    """A larger merge gap never lowers downtime, a larger shortest outage never raises it."""
    world = World(rows=tuple(many), window=(0, 63), as_of=63, merge_gap=gap, min_outage=length)
    down = world.report().total.downtime_us
    assert replace(world, merge_gap=gap + more).report().total.downtime_us >= down
    assert replace(world, min_outage=length + more).report().total.downtime_us <= down


@given(world=worlds())
def test_a_closed_part_is_not_changed_by_the_passing_of_time(world: World) -> None:
    """Once as_of is past the end by the margin, later evaluations of alarms that were over then agree."""
    closed_at = world.window[1] + world.margin
    ended = tuple(row for row in world.rows if row.end is not None and row.end <= closed_at)
    early = replace(world, rows=ended, as_of=closed_at)
    late = replace(early, as_of=early.as_of + 50)
    assert early.report().days == late.report().days


def test_a_source_that_gave_less_than_the_margin_would_change_a_figure() -> None:
    """A short outage counts for its part in a long one that began before the window, across a gap."""
    rows = (Row(20, 21), Row(23, 25))
    world = World(rows=rows, window=(24, 48), as_of=99, merge_gap=3, min_outage=4)
    hour_us = world.us(1)
    assert world.margin == 7
    assert world.report().total.downtime_us == hour_us
    assert replace(world, rows=rows[1:]).report().total.downtime_us == 0
