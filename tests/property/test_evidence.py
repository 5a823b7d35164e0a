"""Rows of one id, targeted exclusions, planned work and doubt: all figures and bounds, by library and oracle."""
################################################################
# Each comparison draws worlds of one aspect or of several together. What it would
# notice is proved in test_rules.py, for the same worlds.
################################################################

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sla_compliance.report import ComplianceReport
from sla_compliance.testing.evaluation import report_of, reports_of
from sla_compliance.testing.oracle import Oracle
from sla_compliance.testing.oracle.world import OneKey, World
from sla_compliance.testing.worlds import Aspect, worlds
from sla_compliance.units import MICROSECOND
from tests.property.comparison import bounds_of_oracle, bounds_of_report
from tests.property.leaving_out import EXAMPLES, EXAMPLES_OF_PLANNED_WORK

MANY = settings(max_examples=EXAMPLES)


def check(world: World) -> None:
    """Check that library and oracle agree on every figure of a world, on how certain it is, and why not."""
    report, oracle = report_of(world), Oracle(world)
    assert bounds_of_report(report, world) == bounds_of_oracle(oracle)
    check_reasons(report, oracle)


def check_reasons(report: ComplianceReport, oracle: Oracle) -> None:
    """Check that reasons are given for all that is in doubt, with the time at stake, the largest first.

    Unknown time has no rows, unreadable starts have no time.
    """
    because = report.bounds().because
    lengths = [doubt.length_us for doubt in because]
    assert lengths == sorted(lengths, reverse=True)
    unit_us = oracle.world.place.unit // MICROSECOND
    said = sorted((bool(doubt.rows), doubt.length_us // unit_us) for doubt in because if doubt.length_us)
    assert said == sorted((bool(doubt.rows), doubt.length) for doubt in oracle.total.doubts)


@given(world=worlds(Aspect.ENDS, Aspect.ROWS_OF_ONE_ID))
@MANY
def test_rows(world: World) -> None:
    """Snapshots, contradictions, rows that are over without a time."""
    check(world)


@given(world=worlds(Aspect.TARGETED))
@MANY
def test_targeted_exclusions(world: World) -> None:
    """By any column, by several together, with children; gaps between excused instants."""
    check(world)


@given(world=worlds(Aspect.PLANNED_WORK))
@settings(max_examples=EXAMPLES_OF_PLANNED_WORK)
def test_planned_work(world: World) -> None:
    """Notice, hours, caps."""
    check(world)


@given(world=worlds(Aspect.CAUSED_WORK))
@MANY
def test_work_that_excuses_what_it_caused(world: World) -> None:
    """Begun shortly before an outage and continued, or begun in the midst of one."""
    check(world)


@given(world=worlds(Aspect.DOUBT))
@MANY
def test_doubt(world: World) -> None:
    """Rows set aside, overwritten, unseen, stale; unknown time left out by agreement."""
    check(world)


@given(world=worlds(Aspect.MONITOR_GAP))
@MANY
def test_monitored_time_with_gaps(world: World) -> None:
    """Short unmonitored stretches have the state around them."""
    check(world)


@given(world=worlds(Aspect.DOUBT, Aspect.TARGETED, Aspect.MONITOR_GAP))
@MANY
def test_doubt_and_targeted_exclusions_together(world: World) -> None:
    """With merge gaps: no window excuses what is in doubt."""
    check(world)


@given(world=worlds(Aspect.TARGETED, Aspect.PLANNED_WORK, Aspect.CAUSED_WORK))
@MANY
def test_targeted_planned_work(world: World) -> None:
    """Each target has its own caps."""
    check(world)


@given(world=worlds(*Aspect) | worlds(*(aspect for aspect in Aspect if aspect is not Aspect.CAUSED_WORK)))
@MANY
def test_everything_together(world: World) -> None:
    """All aspects at once."""
    check(world)


@given(
    world=worlds(Aspect.TARGETED, Aspect.DOUBT),
    by=st.sampled_from(("resource_id", "customer_id")),
    unkeyed=st.sampled_from(("doubt", "everybody", "nobody")),
)
@MANY
def test_the_report_of_each_key(world: World, by: str, unkeyed: str) -> None:
    """A key's own window is everybody's in its report; rows without the key are in doubt, unless they are settled."""
    each: dict[Any, Any] = dict(reports_of(world, by, inventory=["r1", "c1"], unkeyed=unkeyed))
    keys = {getattr(row, by) for row in world.rows} | {"r1", "c1"}
    expected = keys if unkeyed == "doubt" else keys - {None}
    assert expected - {None} <= each.keys() <= expected
    for key, report in each.items():
        assert bounds_of_report(report, world) == bounds_of_oracle(Oracle(world, share=OneKey(by, key, unkeyed)))
