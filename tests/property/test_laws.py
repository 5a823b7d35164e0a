"""The laws that every report keeps."""

from __future__ import annotations

import pickle
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.labels import CELLS
from sla_compliance.units import instant_us
from tests.property.oracle import lasts
from tests.property.strategies import RESOURCES, rows, worlds
from tests.property.world import HOUR, Row, World


@given(world=worlds(), added=rows())
def test_adding_an_alarm_never_raises_availability(world: World, added: Row) -> None:
    """Wherever DOWN does not count as up, more alarms mean no better figure."""
    assume(world.accounting != sla.Accounting.EXCUSED)
    before = world.report().total.availability_ratio
    after = replace(world, rows=(*world.rows, added)).report().total.availability_ratio
    assert before is None or after is None or after <= before


@given(world=worlds(), data=st.data())
def test_order_and_duplicates_of_alarms_change_no_figure(world: World, data: st.DataObject) -> None:
    """Rows are a set: sources may sort as they like and say things twice."""
    repeated = data.draw(st.lists(st.sampled_from(world.rows), max_size=4)) if world.rows else []
    shuffled = tuple(data.draw(st.permutations([*world.rows, *repeated])))
    assert replace(world, rows=shuffled).report().days == world.report().days


@given(world=worlds(), data=st.data())
def test_order_and_copies_of_identified_rows_change_nothing(world: World, data: st.DataObject) -> None:
    """Copies of a row are one alarm, in the list of incidents too."""
    alarms = [replace(alarm, id=number) for number, alarm in enumerate(world.alarms())]
    repeated = data.draw(st.lists(st.sampled_from(alarms), max_size=4)) if alarms else []
    shuffled = data.draw(st.permutations([*alarms, *repeated]))
    first, second = (sla.evaluate(given, **world.terms()) for given in (alarms, shuffled))
    assert first.days == second.days
    assert [_facts(incident) for incident in first.incidents()] == [_facts(incident) for incident in second.incidents()]
    assert first.quality == second.quality


def _facts(incident: sla.Incident) -> tuple[object, ...]:
    return incident.start_us, incident.end_us, incident.downtime_us, {alarm.id for alarm in incident.alarms}


@given(world=worlds(), data=st.data())
def test_a_part_asked_for_alone_equals_the_part_of_a_longer_request(world: World, data: st.DataObject) -> None:
    """Also with damping, when the source gives only the alarms that meet the window widened by the margin."""
    start = data.draw(st.integers(*world.window))
    end = data.draw(st.integers(start, world.window[1]))
    alone = world.part(start, end).report()
    whole = world.report().ledger.cells_us(alone.ledger.start_us, alone.ledger.end_us)
    assert alone.total.cells_us == whole


@given(world=worlds())
def test_one_key_of_many_equals_its_rows_alone(world: World) -> None:
    """evaluate_each() answers for each key what evaluate() answers on its rows.

    A window that names the key by itself is everybody's there.
    """
    each = sla.evaluate_each(world.alarms(), by="resource_id", inventory=["r1", "r9"], **world.terms())
    agreed = sla.evaluate_each(world.alarms(), by="resource_id", unkeyed="nobody", **world.terms())
    assert each.keys() == {"r1", "r9"} | {row.resource for row in world.rows}
    for key in (*RESOURCES, "r9"):
        own = [scoped for scoped in world.scoped if key in scoped.resources]
        alone = replace(
            world,
            rows=tuple(row for row in world.rows if row.resource == key),
            exclusions=(*world.exclusions, *(span for scoped in own for span in scoped.spans)),
            scoped=tuple(scoped for scoped in world.scoped if scoped not in own),
        ).report()
        if key in each:
            assert [record.cells_us for record in each[key].days] == [record.cells_us for record in alone.days]
            assert each[key].total.cells_us == alone.total.cells_us
        if key in agreed:
            assert agreed[key].days == alone.days
            assert agreed[key].total == alone.total


@given(world=worlds())
def test_the_downtime_of_incidents_sums_to_that_of_the_total(world: World) -> None:
    """Overview and drill-down are one ledger; every incident has an alarm behind it and meets the window."""
    report = world.report()
    incidents = report.incidents()
    assert sum(incident.downtime_us for incident in incidents) == report.total.downtime_us
    for incident in incidents:
        assert incident.alarms
        assert incident.start_us < report.ledger.end_us
        assert incident.end_us > report.ledger.start_us


@given(world=worlds())
def test_an_incident_lasts_while_an_alarm_behind_it_does(world: World) -> None:
    """Not where all of them are over, excluded or stale at the instant of evaluation."""
    incidents = replace(world, window=(-9, 99)).report().incidents()
    as_of = world.at(world.as_of)
    for incident in incidents:
        is_last = incident.start_us + incident.duration_us == instant_us(as_of, field="as_of")
        assert incident.is_ongoing == (is_last and lasts(world))
        assert (incident.end is None) == incident.is_ongoing


@given(world=worlds())
def test_incidents_of_the_days_are_the_incidents_of_the_window(world: World) -> None:
    """One over midnight is listed by both its days, once each."""
    report = world.report()
    listed = {incident.start_us for day in report.days for incident in report.incidents(day.start, day.end)}
    assert listed == {incident.start_us for incident in report.incidents()}


@given(world=worlds())
def test_minutes_and_shares_follow_from_the_lengths(world: World) -> None:
    """Observed is up and down; uptime is floored and downtime raised to whole minutes that share out whole hours."""
    for record in (*world.report().days, world.report().total):
        assert record.observed_us == record.uptime_us + record.downtime_us
        assert record.downtime_minutes * 60_000_000 >= record.downtime_us
        assert record.uptime_minutes * 60_000_000 <= record.uptime_us
        if record.observed_us % 60_000_000 == 0:
            assert (record.uptime_minutes + record.downtime_minutes) * 60_000_000 == record.observed_us
        assert (record.availability_ratio is None) == (record.observed_us == 0)


@given(world=worlds())
def test_breaches_of_a_longer_record_are_its_breached_days(world: World) -> None:
    """`sla_breaches` counts days; the verdict is the period's own."""
    report = world.report()
    assert report.total.sla_breaches == sum(record.is_breached for record in report.days)
    for record in report.days:
        assert record.sla_breaches == int(record.is_breached)


@given(world=worlds())
def test_a_breach_stays_a_breach(world: World) -> None:
    """Whatever comes later can make a breach of what is known no better; alarms known now keep their ends."""
    known = tuple(row for row in world.rows if row.end is not None)
    early = replace(world, rows=known, stale_after=None, min_outage=0, merge_gap=0)
    late = replace(early, as_of=max(early.as_of, 99))
    for now, then in zip(early.report().days, late.report().days, strict=True):
        if now.is_breached:
            assert then.is_breached


@given(world=worlds())
def test_reports_survive_pickling_and_hash_alike(world: World) -> None:
    """A worker process can hand a report back, and equal reports are one key."""
    report = world.report()
    copy = pickle.loads(pickle.dumps(report))  # noqa: S301 - our own bytes
    assert copy == report
    assert hash(copy) == hash(report)
    assert copy.days == report.days
    assert copy.total.explain() == report.total.explain()
    assert [hash(record) for record in copy.days] == [hash(record) for record in report.days]


@given(world=worlds())
def test_every_accounting_is_answered_from_the_same_cells(world: World) -> None:
    """Counting one record another way equals evaluating with another policy; GROSS excludes nothing of the contract."""
    report = world.report()
    for accounting in (sla.Accounting.GROSS, sla.Accounting.COUNTED, sla.Accounting.EXCUSED):
        assert report.total.counted_as(accounting) == replace(world, accounting=accounting).report().total
    assert report.gross == report.total.counted_as(sla.Accounting.GROSS)


@given(world=worlds())
def test_named_accountings_order_the_figures(world: World) -> None:
    """Excusing maintenance never shows less than counting it; no exclusion adds counted time."""
    total = world.report().total
    observed = {
        name: total.counted_as(getattr(sla.Accounting, name)).observed_us for name in sla.labels.NAMED_ACCOUNTINGS
    }
    assert observed["REMOVED"] <= observed["PLANNED_DOWNTIME_REMOVED"] <= observed["EXCUSED"] <= observed["GROSS"]
    assert observed["EXCUSED"] == observed["COUNTED"]
    excused, counted = (
        total.counted_as(kind).availability_ratio for kind in (sla.Accounting.EXCUSED, sla.Accounting.COUNTED)
    )
    assert excused is counted is None or (excused is not None and counted is not None and excused >= counted)


def test_cells_have_an_order_and_a_place_for_everything() -> None:
    """Thirty cells, scope by scope."""
    assert len(CELLS) == len(sla.Scope) * len(sla.State) == 30
    assert World(rows=(), window=(0, 1), as_of=1, unit=HOUR).report().total.segments.keys() == set(CELLS)
