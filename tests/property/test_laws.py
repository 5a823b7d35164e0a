"""The laws that every report keeps."""

from __future__ import annotations

import pickle
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.labels import CELLS
from sla_compliance.testing.evaluation import alarms_of, keywords_of, part_of, report_of, reports_of
from sla_compliance.testing.oracle import Oracle, Rule
from sla_compliance.testing.oracle.world import Row, World
from sla_compliance.testing.worlds import worlds
from sla_compliance.testing.worlds.rows import rows
from sla_compliance.testing.worlds.spans import spans
from sla_compliance.units import instant_us

RESOURCES = ("r1", "r2", None)


@given(world=worlds(), added=rows())
def test_adding_an_alarm_never_raises_availability(world: World, added: Row) -> None:
    """Wherever DOWN does not count as up, more alarms mean no better figure."""
    assume(world.terms.accounting != "EXCUSED" and not world.terms.recounted)
    before = report_of(world).total.availability_ratio
    after = report_of(replace(world, rows=(*world.rows, added))).total.availability_ratio
    assert before is None or after is None or after <= before


@given(world=worlds(), data=st.data())
def test_order_and_duplicates_of_alarms_change_no_figure(world: World, data: st.DataObject) -> None:
    """Rows are a set: sources may sort as they like and say things twice."""
    unnamed = [replace(row, id=None) for row in world.rows]
    repeated = data.draw(st.lists(st.sampled_from(unnamed), max_size=4))
    shuffled = tuple(data.draw(st.permutations([*unnamed, *repeated])))
    assert report_of(replace(world, rows=shuffled)).days == report_of(world).days


@given(world=worlds(), data=st.data())
def test_order_and_copies_of_identified_rows_change_nothing(world: World, data: st.DataObject) -> None:
    """Copies of a row are one alarm, in the list of incidents too."""
    repeated = data.draw(st.lists(st.sampled_from(world.rows), max_size=4))
    shuffled = replace(world, rows=tuple(data.draw(st.permutations([*world.rows, *repeated]))))
    first, second = report_of(world), report_of(shuffled)
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
    alone = report_of(part_of(world, start, end))
    whole = report_of(world).ledger.cells_us(alone.ledger.start_us, alone.ledger.end_us)
    assert alone.total.cells_us == whole


@given(world=worlds())
def test_one_key_of_many_equals_its_rows_alone(world: World) -> None:
    """evaluate_each() answers for each key what evaluate() answers on its rows."""
    each = reports_of(world, "resource_id", inventory=["r1", "r9"])
    assert each.keys() == {"r1", "r9"} | {row.resource_id for row in world.rows}
    for key in (*RESOURCES, "r9"):
        alone = report_of(replace(world, rows=tuple(row for row in world.rows if row.resource_id == key)))
        if key in each:
            assert [day.cells_us for day in each[key].days] == [day.cells_us for day in alone.days]
            assert each[key].total.cells_us == alone.total.cells_us


@given(world=worlds())
def test_the_downtime_of_incidents_sums_to_that_of_the_total(world: World) -> None:
    """Overview and drill-down are one ledger; every incident has an alarm behind it and meets the window."""
    report = report_of(replace(world, terms=replace(world.terms, recounted=())))
    incidents = report.incidents()
    assert sum(incident.downtime_us for incident in incidents) == report.total.downtime_us
    for incident in incidents:
        assert incident.alarms
        assert incident.start_us < report.ledger.end_us
        assert incident.end_us > report.ledger.start_us


@given(world=worlds(), other_window=spans)
def test_the_bounds_of_an_incident_do_not_depend_on_the_window(world: World, other_window: tuple[int, int]) -> None:
    """Whole outages, with the alarms behind them, through whatever window they are asked for."""
    reading = Oracle(world).record
    for window in (world.window, other_window):
        start, end = window
        outages = [outage for outage in reading.outages if outage.start < end and outage.stop > start and start < end]
        incidents = report_of(replace(world, window=window)).incidents()
        assert [_extent(incident) for incident in incidents] == [_extent_us(world, outage) for outage in outages]
        for incident, outage in zip(incidents, outages, strict=True):
            behind = {row.id for row, instants in reading.alarms if instants & set(outage)}
            without_length = {row.id for row in world.rows if row.start in (row.cleared, row.resolved, row.seen)}
            assert behind <= {alarm.id for alarm in incident.alarms} <= behind | without_length


def _extent(incident: sla.Incident) -> tuple[int, int]:
    return incident.start_us, incident.end_us


def _extent_us(world: World, outage: range) -> tuple[int, int]:
    start, end = (instant_us(world.place.at(bound), field="outage") for bound in (outage.start, outage.stop))
    return start, end


@given(world=worlds())
def test_an_incident_lasts_while_an_alarm_behind_it_does(world: World) -> None:
    """Not where all of them are over or stale at the instant of evaluation."""
    raised = Oracle(world, without={Rule.AS_OF}).record.alarms
    lasts = any({world.as_of - 1, world.as_of} <= instants for _, instants in raised)
    as_of_us = instant_us(world.place.at(world.as_of), field="as_of")
    for incident in report_of(replace(world, window=(-9, 299))).incidents():
        is_last = incident.start_us + incident.duration_us == as_of_us
        assert incident.is_ongoing == (is_last and lasts)
        assert (incident.end is None) == incident.is_ongoing


@given(world=worlds())
def test_incidents_of_the_days_are_the_incidents_of_the_window(world: World) -> None:
    """One over midnight is listed by both its days, once each."""
    report = report_of(world)
    incident_by_start_us = {incident.start_us: incident for incident in report.incidents()}
    listed: set[int] = set()
    for day in report.days:
        for incident in report.incidents(day.start, day.end):
            assert incident == incident_by_start_us[incident.start_us]
            listed.add(incident.start_us)
    assert listed == incident_by_start_us.keys()


@given(world=worlds())
def test_minutes_and_shares_follow_from_the_lengths(world: World) -> None:
    """Observed is up and down; uptime is floored and downtime raised to whole minutes that share out whole hours."""
    report = report_of(world)
    for record in (*report.days, report.total):
        assert record.observed_us == record.uptime_us + record.downtime_us
        assert record.downtime_minutes * 60_000_000 >= record.downtime_us
        assert record.uptime_minutes * 60_000_000 <= record.uptime_us
        if record.observed_us % 60_000_000 == 0:
            assert (record.uptime_minutes + record.downtime_minutes) * 60_000_000 == record.observed_us
        assert (record.availability_ratio is None) == (record.observed_us == 0)


@given(world=worlds())
def test_breaches_of_a_longer_record_are_its_breached_days(world: World) -> None:
    """`sla_breaches` counts days; the verdict is the period's own."""
    report = report_of(world)
    assert report.total.sla_breaches == sum(record.is_breached for record in report.days)
    for record in report.days:
        assert record.sla_breaches == int(record.is_breached)


@given(world=worlds())
def test_a_breach_stays_a_breach(world: World) -> None:
    """Whatever comes later can make a breach of what is known no better; alarms known now keep their ends."""
    known = tuple(row for row in world.rows if row.cleared is not None or row.resolved is not None)
    terms = replace(world.terms, stale_after=None, min_outage=0, merge_gap=0, recounted=())
    early = replace(world, rows=known, terms=terms)
    late = replace(early, as_of=max(early.as_of, 99))
    for now, then in zip(report_of(early).days, report_of(late).days, strict=True):
        if now.is_breached:
            assert then.is_breached


@given(world=worlds())
def test_reports_survive_pickling_and_hash_alike(world: World) -> None:
    """A worker process can hand a report back, and equal reports are one key."""
    report = report_of(world)
    copy = pickle.loads(pickle.dumps(report))  # noqa: S301 - our own bytes
    assert copy == report
    assert hash(copy) == hash(report)
    assert copy.days == report.days
    assert copy.total.explain() == report.total.explain()
    assert [hash(record) for record in copy.days] == [hash(record) for record in report.days]


@given(world=worlds())
def test_every_accounting_is_answered_from_the_same_cells(world: World) -> None:
    """Counting one record another way equals evaluating with another policy; GROSS excludes nothing of the contract."""
    report = report_of(world)
    for name in ("GROSS", "COUNTED", "EXCUSED"):
        terms = replace(world.terms, accounting=name, recounted=())
        other = report_of(replace(world, terms=terms)).total
        assert report.total.counted_as(getattr(sla.Accounting, name)) == other
    assert report.gross == report.total.counted_as(sla.Accounting.GROSS)


@given(world=worlds())
def test_named_accountings_order_the_figures(world: World) -> None:
    """Excusing maintenance never shows less than counting it; no exclusion adds counted time."""
    total = report_of(world).total
    observed = {
        name: total.counted_as(getattr(sla.Accounting, name)).observed_us for name in sla.labels.NAMED_ACCOUNTINGS
    }
    assert observed["REMOVED"] <= observed["PLANNED_DOWNTIME_REMOVED"] <= observed["EXCUSED"] <= observed["GROSS"]
    assert observed["EXCUSED"] == observed["COUNTED"]
    excused, counted = (
        total.counted_as(kind).availability_ratio for kind in (sla.Accounting.EXCUSED, sla.Accounting.COUNTED)
    )
    assert excused is counted is None or (excused is not None and counted is not None and excused >= counted)


@given(world=worlds())
def test_an_iterable_is_read_once_and_a_batch_answers_alike(world: World) -> None:
    """Whatever the alarms come in, the report is the same."""
    keywords = keywords_of(world)
    batch = sla.AlarmBatch.from_alarms(alarms_of(world))
    assert sla.evaluate(iter(alarms_of(world)), **keywords).days == sla.evaluate(batch, **keywords).days


def test_cells_have_an_order_and_a_place_for_everything() -> None:
    """Thirty cells, scope by scope."""
    assert len(CELLS) == len(sla.Scope) * len(sla.State) == 30
    assert report_of(World(rows=(), window=(0, 1), as_of=1)).total.segments.keys() == set(CELLS)
