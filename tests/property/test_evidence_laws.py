"""The laws of evidence and doubt: what no window, order, door or further doubt can change."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, StaticPool, create_engine, text

import sla_compliance as sla
from sla_compliance.alarms import Alarm
from sla_compliance.certainty import DoubtCause
from sla_compliance.sources.files import FileAlarmSource
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.sqlalchemy import AlarmsTable, SQLAlchemyAlarmSource
from sla_compliance.testing.evaluation import alarms_of, keywords_of, report_of
from sla_compliance.testing.oracle.world import OTHER, UNREADABLE, PlannedWork, Row, Targets, Terms, Window, World
from sla_compliance.testing.worlds import Aspect, worlds
from sla_compliance.testing.worlds.places import PLACE_OF_SIX_HOURS
from sla_compliance.testing.worlds.rows import rows
from sla_compliance.testing.worlds.spans import short_spans, spans, spans_of
from sla_compliance.testing.worlds.terms import recounted
from sla_compliance.testing.worlds.windows import targets
from sla_compliance.units import instant_us
from tests.property.comparison import Table, bounds_of_report

EVERYTHING = worlds(*Aspect) | worlds(*(aspect for aspect in Aspect if aspect is not Aspect.CAUSED_WORK))
# Where DOWN never counts up, more downtime never raises a figure.
ORDERED_ACCOUNTINGS = ("REMOVED", "PLANNED_DOWNTIME_REMOVED", "COUNTED", "GROSS")


def bounds_of(world: World) -> Table:
    """Return what the library says of a world, and how certain that is."""
    return bounds_of_report(report_of(world), world)


def shares_of(world: World) -> dict[Any, tuple[Any, ...]]:
    """Return availability, verdict and bounds, without the cells that they follow from."""
    return {
        name: tuple(value for key, value in figures.items() if key != "cells")
        for name, figures in bounds_of(world).items()
    }


def counted(world: World, accounting: str) -> World:
    """Return a world under a named accounting."""
    return replace(world, terms=replace(world.terms, accounting=accounting, recounted=()))


@given(world=EVERYTHING)
def test_gross_depends_on_no_window(world: World) -> None:
    """Neither figures nor bounds: GROSS sees every qualifying alarm."""
    gross = counted(world, "GROSS")
    assert shares_of(gross) == shares_of(replace(gross, windows=()))


def times_of(window: Window) -> set[int]:
    """Return the instants of a window, all its occurrences, whether it is accepted or not."""
    shifts = [number * window.every for number in range(window.times)]
    return {instant + shift for shift in shifts for instant in range(window.start, window.end)}


@given(world=EVERYTHING)
def test_counted_depends_on_no_maintenance_that_overlaps_no_exclusion(world: World) -> None:
    """COUNTED sees every alarm that maintenance excuses."""
    maintenance = [window for window in world.windows if window.kind != OTHER]
    worked = set().union(*map(times_of, maintenance))
    exclusions = tuple(window for window in world.windows if window.kind == OTHER and not times_of(window) & worked)
    with_both = replace(counted(world, "COUNTED"), windows=(*maintenance, *exclusions))
    assert shares_of(with_both) == shares_of(replace(with_both, windows=exclusions))


def facts_of(incident: sla.Incident) -> tuple[Any, ...]:
    """Return what no window changes of an incident."""
    ids = [alarm.id for alarm in incident.alarms]
    return incident.start_us, incident.end_us, incident.duration_us, incident.is_ongoing, ids


@given(world=EVERYTHING, part=spans, targets=targets)
def test_incidents_do_not_depend_on_the_window_they_are_asked_through(
    world: World, part: tuple[int, int], targets: Targets
) -> None:
    """Bounds, length, alarms and whether they last; also where a targeted window reaches beyond the one asked for."""
    world = replace(world, windows=(*world.windows, Window(-50, 350, kind=OTHER, targets=targets)))
    start_us, end_us = (instant_us(world.place.at(instant), field="part") for instant in part)
    expected = [
        facts_of(incident)
        for incident in report_of(replace(world, window=(-99, 399))).incidents()
        if start_us < end_us and incident.start_us < end_us and incident.end_us > start_us
    ]
    incidents = report_of(replace(world, window=part)).incidents()
    assert [facts_of(incident) for incident in incidents] == expected


@given(world=worlds(Aspect.TARGETED, Aspect.ENDS), data=st.data())
def test_excusing_an_alarm_is_no_worse_than_deleting_it(world: World, data: st.DataObject) -> None:
    """Under REMOVED and without damping."""
    terms = replace(world.terms, accounting="REMOVED", recounted=(), merge_gap=0, min_outage=0)
    undamped = replace(world, terms=terms)
    row_id = data.draw(st.sampled_from(world.rows)).id
    excuse = Window(-99, 299, kind=OTHER, targets=(("id", (row_id,)),))
    excused = report_of(replace(undamped, windows=(*world.windows, excuse))).total.availability_ratio
    others = tuple(row for row in world.rows if row.id != row_id)
    deleted = report_of(replace(undamped, rows=others)).total.availability_ratio
    assert deleted is None or (excused is not None and excused >= deleted)


@given(world=EVERYTHING, changes=st.just(()) | recounted)
def test_the_record_lies_between_low_and_high(world: World, changes: tuple[tuple[str, str, str], ...]) -> None:
    """For every day and the whole window, however cells count."""
    accounting = "REMOVED" if changes else world.terms.accounting
    terms = replace(world.terms, accounting=accounting, recounted=changes)
    report: Any = report_of(replace(world, terms=terms))
    for record in (*report.days, report.total):
        bounds = report.bounds(record)
        if record.availability_ratio is not None:
            assert bounds.low <= record.availability_ratio <= bounds.high


@given(world=worlds(Aspect.TARGETED) | worlds(Aspect.CAUSED_WORK) | worlds(place=PLACE_OF_SIX_HOURS), data=st.data())
def test_without_doubt_low_record_and_high_are_one(world: World, data: st.DataObject) -> None:
    """Where every row was over by the instant of evaluation, and all time was monitored: all is confirmed."""
    ends = [row.resolved if row.cleared is None else row.cleared for row in world.rows]
    as_of = data.draw(st.sampled_from([world.as_of, *(end for end in ends if isinstance(end, int))]))
    over = tuple(row for row, end in zip(world.rows, ends, strict=True) if isinstance(end, int) and end <= as_of)
    report: Any = report_of(replace(world, rows=over, monitored=None, as_of=as_of))
    for record in (*report.days, report.total):
        bounds = report.bounds(record)
        assert bounds.because == ()
        assert bounds.low == record.availability_ratio == bounds.high
        assert bounds.is_confirmed == (record.availability_ratio is not None)


DOUBTFUL_WORLDS = st.one_of(
    EVERYTHING,
    worlds(Aspect.DOUBT),
    worlds(Aspect.DOUBT, Aspect.CAUSED_WORK),
    worlds(Aspect.ENDS, Aspect.ROWS_OF_ONE_ID, Aspect.MONITOR_GAP, Aspect.TARGETED),
)


@given(world=DOUBTFUL_WORLDS, start=st.integers(0, 62), length=st.integers(1, 3))
@settings(max_examples=400)
def test_every_difference_of_the_readings_names_its_cause(world: World, start: int, length: int) -> None:
    """Also in a short window that doubt reaches from outside; each cause has time there, but for rows of any time."""
    bounds: Any = report_of(replace(world, window=(start, start + length))).bounds()
    assert bounds.because or bounds.low == bounds.high
    assert all(doubt.length_us or doubt.cause is DoubtCause.NO_START for doubt in bounds.because)


@given(world=EVERYTHING)
def test_confirmed_never_contradicts_the_verdict(world: World) -> None:
    """A confirmed period in the past is met at its lowest or breached at its highest."""
    report: Any = report_of(world)
    target = report.policy.target_ratio
    for record in (*report.days, report.total):
        bounds = report.bounds(record)
        if bounds.is_confirmed and record.end_us <= report.as_of_us:
            assert record.verdict == ("MET" if bounds.low >= target else "BREACHED")
            assert record.verdict == ("BREACHED" if bounds.high < target else "MET")


def as_doubt(row: Row, severity: str) -> Row:
    """Return a row that may have been an outage, and is the next row of no other."""
    return replace(row, id="in doubt", severity=severity, resource_id=None)


doubts = st.builds(as_doubt, rows(short_spans), st.sampled_from(("Disaster", "cleared")))


@given(world=EVERYTHING | worlds(Aspect.DOUBT), doubt=doubts, accounting=st.sampled_from(ORDERED_ACCOUNTINGS))
def test_more_doubt_never_narrows_the_bounds(world: World, doubt: Row, accounting: str) -> None:
    """Another row that may have been an outage."""
    world = counted(world, accounting)
    before, after = bounds_of(world), bounds_of(replace(world, rows=(*world.rows, doubt)))
    for name, figures in before.items():
        assert after[name]["cells"] == figures["cells"]
        assert figures["low"] is None or after[name]["low"] <= figures["low"]
        assert figures["high"] is None or after[name]["high"] >= figures["high"]


@given(world=EVERYTHING, data=st.data())
def test_the_order_of_rows_snapshots_and_windows_changes_nothing(world: World, data: st.DataObject) -> None:
    """They are sets."""
    shuffled = replace(
        world,
        rows=tuple(data.draw(st.permutations(world.rows))),
        windows=tuple(data.draw(st.permutations(world.windows))),
    )
    assert bounds_of(shuffled) == bounds_of(world)


@given(world=worlds(Aspect.PLANNED_WORK), most_windows=st.integers(1, 2), data=st.data())
def test_the_order_of_planned_work_changes_nothing(world: World, most_windows: int, data: st.DataObject) -> None:
    """A cap accepts windows in order of time, not as they were given."""
    capped = with_work(world, PlannedWork(most_windows=most_windows))
    shuffled = replace(capped, windows=tuple(data.draw(st.permutations(world.windows))))
    assert bounds_of(shuffled) == bounds_of(capped)


snapshots = st.builds(
    Row,
    st.just(3),
    cleared=st.sampled_from((None, None, None, 9, 12)),
    seen=st.none() | st.integers(3, 40),
    severity=st.sampled_from(("critical", "major", "minor", "cleared")),
    status=st.sampled_from((None, "active", "CLOSED")),
    id=st.just("i0"),
)


@given(rows=st.lists(snapshots, min_size=2, max_size=4), stale_after=st.none() | st.integers(0, 20), data=st.data())
def test_the_order_of_snapshots_changes_nothing(rows: list[Row], stale_after: int | None, data: st.DataObject) -> None:
    """Open, over, or over without a time."""
    world = World(
        rows=tuple(rows), window=(0, 60), as_of=60, place=PLACE_OF_SIX_HOURS, terms=Terms(stale_after=stale_after)
    )
    shuffled = replace(world, rows=tuple(data.draw(st.permutations(rows))))
    assert bounds_of(shuffled) == bounds_of(world)


@given(world=EVERYTHING)
def test_days_sum_to_months(world: World) -> None:
    """Cell by cell."""
    report = report_of(world)
    for period in (sla.Period.MONTH, sla.Period.WEEK):
        for record in report.by(period):
            days = [day.cells_us for day in report.days if record.date <= day.date <= record.last_date]
            assert record.cells_us == tuple(map(sum, zip(*days, strict=True)))


@given(world=EVERYTHING, data=st.data())
def test_a_day_asked_for_alone_is_as_certain_as_in_a_longer_request(world: World, data: st.DataObject) -> None:
    """With all rows and windows known."""
    report: Any = report_of(world)
    assume(report.days)
    day = data.draw(st.sampled_from(report.days))
    bounds_us = [instant_us(world.place.at(instant), field="instant") for instant in range(*world.window)]
    inside = [
        instant
        for instant, at_us in zip(range(*world.window), bounds_us, strict=True)
        if day.start_us <= at_us < day.end_us
    ]
    alone: Any = report_of(replace(world, window=(inside[0], inside[-1] + 1)))
    assert alone.total.cells_us == day.cells_us
    assert alone.bounds() == report.bounds(day)


@given(world=worlds(Aspect.PLANNED_WORK, Aspect.TARGETED), more=st.integers(1, 3))
def test_stricter_rules_of_planned_work_never_lower_downtime(world: World, more: int) -> None:
    """More notice, smaller caps; a cap that nothing reaches is no cap."""
    world = counted(world, "REMOVED")
    work = world.terms.planned_work
    down_us = report_of(world).total.downtime_us
    stricter = [
        replace(work, notice=(work.notice or 0) + more),
        replace(work, most_time=max(0, 9 - more if work.most_time is None else work.most_time - more)),
        replace(work, most_windows=max(0, 3 - more if work.most_windows is None else work.most_windows - more)),
    ]
    for changed in stricter:
        assert report_of(with_work(world, changed)).total.downtime_us >= down_us
    uncapped = replace(work, most_time=None, most_windows=None)
    boundless = replace(work, most_time=9_999, most_windows=9_999)
    assert bounds_of(with_work(world, uncapped)) == bounds_of(with_work(world, boundless))


def with_work(world: World, work: PlannedWork) -> World:
    """Return a world with other rules of planned work."""
    return replace(world, terms=replace(world.terms, planned_work=work))


COLUMNS = [name for name in Alarm.__dataclass_fields__ if name != "_"]
TIMES = ("first_occurrence", "cleared_at", "resolved_at", "last_occurrence", "updated_at", "acknowledged_at")


def as_csv(alarms: list[sla.Alarm], path: Path) -> None:
    """Write alarms as an export does."""
    texts = io.StringIO()
    writer = csv.DictWriter(texts, ["tenant_id", *COLUMNS])
    writer.writeheader()
    for alarm in alarms:
        writer.writerow({"tenant_id": "acme", **{name: _exported(getattr(alarm, name)) for name in COLUMNS}})
    path.write_text(texts.getvalue(), encoding="utf-8")


def _exported(value: Any) -> Any:
    if not hasattr(value, "isoformat"):
        return value
    return "31/02/2025" if value.tzinfo is None else value.isoformat()  # naive: what a row holds and nobody can read


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """A database in memory with an empty table of alarms, a column for each of an Alarm."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    columns = ", ".join(f"{name} {'INTEGER' if name in TIMES else 'TEXT'}" for name in COLUMNS if name != "id")
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE alarms (id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, {columns})"))
    yield engine
    engine.dispose()


def stored(alarms: list[sla.Alarm], engine: Engine) -> None:
    """Write alarms into the emptied table."""
    names = ["tenant_id", *COLUMNS]
    insert = f"INSERT INTO alarms ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"  # noqa: S608
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alarms"))
        for alarm in alarms:
            values = {name: getattr(alarm, name) for name in COLUMNS}
            times = {name: None if values[name] is None else instant_us(values[name], field=name) for name in TIMES}
            connection.execute(text(insert), {"tenant_id": "acme", **values, **times})


def sql_source(engine: Engine) -> SQLAlchemyAlarmSource:
    """Return a source that reads every column there is."""
    optional = [field.name for field in fields(AlarmsTable) if field.default is None and field.name in COLUMNS]
    mapping: Any = {name: name for name in optional}
    return SQLAlchemyAlarmSource(engine, AlarmsTable(**mapping), **SET_ASIDE)


SET_ASIDE: Any = {"on_invalid": "quarantine", "clock_skew": timedelta(0)}


def check_door(fetch: Callable[..., sla.AlarmBatch], world: World) -> None:
    """Check that what a source returns gives the bounds that all rows give."""
    alarms, keywords = alarms_of(world), keywords_of(world)
    margin = world.terms.merge_gap + world.terms.min_outage
    start, end = world.place.at(world.window[0] - margin), world.place.at(world.window[1] + margin)
    wanted = keywords["policy"].qualifying
    batch = fetch("acme", instant_us(start, field="start"), instant_us(end, field="end"), wanted)
    by_source, by_rows = sla.evaluate(batch, **keywords), sla.evaluate(alarms, on_invalid="quarantine", **keywords)
    assert bounds_of_report(by_source, world) == bounds_of_report(by_rows, world)


# A fixture is made once for all examples of a test; each example writes its own rows.
ONE_PLACE = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


WORLDS_OF_ROWS = worlds(Aspect.ENDS, Aspect.TARGETED, Aspect.DOUBT, Aspect.ROWS_OF_ONE_ID)
# A part begins in the midst of alarms, or after them, so that some of what decides its figures lies before it.
parts = spans_of(st.integers(6, 40), st.integers(1, 20))


@given(world=WORLDS_OF_ROWS, part=parts)
@settings(max_examples=200)
def test_memory_gives_the_same_bounds(world: World, part: tuple[int, int]) -> None:
    """Though it returns only what matters to a part of the window."""
    batch = sla.AlarmBatch.from_alarms(alarms_of(world), on_invalid="quarantine")
    check_door(MemoryAlarmSource({"acme": batch}).fetch_with_ancestors, replace(world, window=part))


@given(world=WORLDS_OF_ROWS, part=st.none() | parts)
@ONE_PLACE
def test_files_give_the_same_bounds(world: World, part: tuple[int, int] | None, tmp_path: Path) -> None:
    """Of the whole window, and of a part of it."""
    world = replace(world, window=part or world.window)
    as_csv(alarms_of(world), tmp_path / "alarms.csv")
    check_door(FileAlarmSource(tmp_path / "alarms.csv", **SET_ASIDE).fetch_with_ancestors, world)


OVER_WITHOUT_TIME = Row(3, status="CLOSED", id="i0", resource_id="r1")
NEXT_ROWS = {
    "without length": Row(5, 5, id="i1", resource_id="r1"),
    "of another severity": Row(5, 6, id="i1", resource_id="r1", severity="minor"),
    "before the window": Row(5, 6, id="i1", resource_id="r1"),
}


def world_of(next_row: Row) -> World:
    """Return a world in which a row is over without a time, some time before the next one of its resource."""
    return World(rows=(OVER_WITHOUT_TIME, next_row), window=(10, 63), as_of=63)


@given(world=worlds(Aspect.ENDS, Aspect.TARGETED, Aspect.DOUBT), part=st.none() | parts)
@example(world=world_of(NEXT_ROWS["without length"]), part=None)
@example(world=world_of(NEXT_ROWS["of another severity"]), part=None)
@example(world=world_of(NEXT_ROWS["before the window"]), part=None)
@ONE_PLACE
def test_a_database_gives_the_same_bounds(world: World, part: tuple[int, int] | None, engine: Engine) -> None:
    """Though it returns only rows that qualify and meet the window: it knows next rows and ancestors too."""
    readable = tuple(row for row in world.rows if UNREADABLE not in (row.start, row.cleared))  # a column of integers
    world = replace(world, window=part or world.window, rows=readable)
    stored(alarms_of(world), engine)
    check_door(sql_source(engine).fetch_with_ancestors, world)
