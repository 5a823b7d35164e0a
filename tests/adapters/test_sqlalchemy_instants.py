"""Instants from databases: exact under any time zone, and what names no instant is refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, create_engine, text

from sla_compliance.alarms import Alarm
from sla_compliance.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError
from sla_compliance.sources.sqlalchemy import AlarmsTable, NaiveTimes, SQLAlchemyAlarmSource
from sla_compliance.testing.stored_alarms import SINCE, SINCE_US, UNTIL_US, extents, meeting, varied_alarms
from sla_compliance.units import MAX_US, MIN_US
from sla_compliance.validation import STILL_ACTIVE_US
from tests.adapters.alarm_tables import PLATFORM, POSTGRES_LAYOUTS, SQLITE_LAYOUTS
from tests.servers.databases import fresh_database

BARE = AlarmsTable(
    resolved_at=None,
    last_occurrence=None,
    status=None,
    id=None,
    alarm_id=None,
    alarm_type=None,
    resource_id=None,
    customer_id=None,
    subscriber_count=None,
    title=None,
)
ODD_ZONES = ["Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca"]


@pytest.fixture
def client_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zone of this process, for the time of a test."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("client_zone", ["UTC", "America/St_Johns"], indirect=True)
@pytest.mark.parametrize("session_zone", [None, *ODD_ZONES])
@pytest.mark.parametrize("server_zone", ["UTC", "Australia/Lord_Howe"])
@pytest.mark.usefixtures("client_zone")
def test_no_time_zone_of_server_session_or_client_has_a_say(
    platform: Engine, server_zone: str, session_zone: str | None
) -> None:
    """The same instants, to the microsecond."""
    alarms = varied_alarms()
    PLATFORM.store(platform, "acme", alarms)
    with platform.begin() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE \"{platform.url.database}\" SET timezone TO '{server_zone}'")
    options = {"options": f"-c timezone={session_zone}"} if session_zone else {}
    engine = create_engine(platform.url, connect_args=options)
    source = SQLAlchemyAlarmSource(engine)
    wanted = [alarm for alarm in alarms if alarm.severity.lower() in ("critical", "major")]
    for fetch in (source.fetch, source.fetch_details):
        assert extents(fetch("acme", SINCE_US, UNTIL_US)) == meeting(wanted)
    engine.dispose()


def test_instants_at_the_ends_of_time_are_set_aside_or_still_active(platform: Engine) -> None:
    """What PostgreSQL can hold and no calendar can show neither breaks a request nor is dropped silently."""
    PLATFORM.store(platform, "acme", [Alarm(SINCE, SINCE + timedelta(hours=1), id=f"row {row}") for row in range(6)])
    odd = {
        "first_occurrence": ["-infinity", "4713-01-01 BC", "0001-01-01"],
        "cleared_at": ["infinity", "294276-12-31", "294000-01-01"],
    }
    with platform.begin() as connection:
        ids = [row[0] for row in connection.execute(text("SELECT id FROM alarms ORDER BY id"))]
        for (column, value), row in zip(
            [(column, value) for column, values in odd.items() for value in values], ids, strict=True
        ):
            statement = f"UPDATE alarms SET {column} = CAST(:value AS timestamptz) WHERE id = :row"  # noqa: S608
            connection.execute(text(statement), {"value": value, "row": row})
    source = SQLAlchemyAlarmSource(platform, on_invalid="quarantine")
    for fetch in (source.fetch, source.fetch_details):
        batch = fetch("acme", SINCE_US, UNTIL_US)
        # An end in the year 9999 or beyond says "not yet"; a start in year 1 or before is no start.
        assert extents(batch) == [(SINCE_US, STILL_ACTIVE_US)] * 3
        assert len(batch.rejected) == 3
        assert {rejected.columns["id"] for rejected in batch.rejected} < {str(row) for row in ids}


def test_a_window_as_wide_as_time_is_answered(platform: Engine, sqlite: Engine) -> None:
    """Bounds that no database can hold are cut to those that it can."""
    for engine, layout in ((platform, PLATFORM), (sqlite, SQLITE_LAYOUTS["text"])):
        if layout is not PLATFORM:
            with engine.begin() as connection:
                connection.exec_driver_sql(layout.ddl)
        layout.store(engine, "acme", [Alarm(SINCE, id="1")])
        source = SQLAlchemyAlarmSource(engine, layout.mapping)
        assert len(source.fetch("acme", MIN_US - 10**18, MAX_US + 10**18)) == 1


def test_timestamps_without_time_zone_are_refused_unless_they_are_said_to_be_utc(postgres_dsn: str) -> None:
    """The error names the column and the way out."""
    layout = POSTGRES_LAYOUTS["naive"]
    with fresh_database(postgres_dsn, layout.ddl) as url:
        engine = create_engine(url)
        with pytest.raises(NaiveDatetimeError, match=r"alarms\.first_occurrence .* naive_times=NaiveTimes\.UTC"):
            SQLAlchemyAlarmSource(engine).fetch("acme", SINCE_US, UNTIL_US)
        engine.dispose()


def test_columns_of_several_types_are_refused(postgres_dsn: str) -> None:
    """Comparing them would bring a session's time zone in."""
    table = "CREATE TABLE alarms (tenant_id text, severity text, first_occurrence timestamptz, cleared_at timestamp)"
    with fresh_database(postgres_dsn, table) as url:
        engine = create_engine(url)
        mapping = replace(BARE, naive_times=NaiveTimes.UTC)
        with pytest.raises(InvalidValueError, match="differ in type"):
            SQLAlchemyAlarmSource(engine, mapping).fetch("acme", SINCE_US, UNTIL_US)
        engine.dispose()


def test_a_column_that_holds_no_instants_is_refused(postgres_dsn: str) -> None:
    """The error names the column."""
    table = "CREATE TABLE alarms (tenant_id text, severity text, first_occurrence text, cleared_at text)"
    with fresh_database(postgres_dsn, table) as url:
        engine = create_engine(url)
        with pytest.raises(InvalidTypeError, match=r"alarms\.first_occurrence"):
            SQLAlchemyAlarmSource(engine, BARE).fetch("acme", SINCE_US, UNTIL_US)
        engine.dispose()


def test_only_tenant_severity_start_and_end_are_needed(sqlite: Engine, postgres_dsn: str) -> None:
    """Columns that a table does not have are mapped to None."""
    table = "CREATE TABLE alarms (tenant_id text, severity text, first_occurrence bigint, cleared_at bigint)"
    row = f"INSERT INTO alarms VALUES ('acme', 'Major', {SINCE_US}, NULL), ('acme', 'major', {SINCE_US}, {UNTIL_US})"  # noqa: S608
    with fresh_database(postgres_dsn, table, row) as url:
        postgres = create_engine(url)
        with sqlite.begin() as connection:
            connection.exec_driver_sql(table)
            connection.exec_driver_sql(row)
        for engine in (sqlite, postgres):
            source = SQLAlchemyAlarmSource(engine, BARE)
            for fetch in (source.fetch, source.fetch_details):
                batch = fetch("acme", SINCE_US, UNTIL_US)
                assert extents(batch) == [(SINCE_US, UNTIL_US), (SINCE_US, STILL_ACTIVE_US)]
        postgres.dispose()


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ("2026-03-02 09:00:00", "without a time zone"),
        ("2026-03-02T25:00:00Z", "hour must be in"),
        ("2026-03-02T09:00:00+0100", "no timestamp; write it as"),
        (1772442000.5, "store microseconds"),
        ("yesterday", "no timestamp; write it as"),
    ],
)
def test_sqlite_values_that_are_no_instant_are_bad_rows(sqlite: Engine, stored: object, reason: str) -> None:
    """They are set aside by name; the rest of the chart stays."""
    layout = SQLITE_LAYOUTS["integers"]
    with sqlite.begin() as connection:
        connection.exec_driver_sql(layout.ddl)
    layout.store(sqlite, "acme", [Alarm(SINCE, id="good"), Alarm(SINCE, id="bad")])
    with sqlite.begin() as connection:
        connection.execute(text("UPDATE alarms SET last_occurrence = :value WHERE id = 'bad'"), {"value": stored})
    batch = SQLAlchemyAlarmSource(sqlite, on_invalid="quarantine").fetch("acme", SINCE_US, UNTIL_US)
    assert batch.columns["id"] == ("good",)
    assert [rejected.columns["id"] for rejected in batch.rejected] == ["bad"]
    assert reason in batch.rejected[0].reasons[0]


@pytest.mark.parametrize("tenant_id", ["a\0b", "\ud800"])
def test_a_tenant_id_that_no_database_holds_is_refused(sqlite: Engine, tenant_id: str) -> None:
    """With one clear error, not with one of the driver's encodings."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql(SQLITE_LAYOUTS["text"].ddl)
    with pytest.raises(InvalidValueError, match="tenant_id"):
        SQLAlchemyAlarmSource(sqlite).fetch(tenant_id, SINCE_US, UNTIL_US)


def test_a_missing_table_or_column_is_named(sqlite: Engine) -> None:
    """With the way out."""
    with pytest.raises(InvalidValueError, match="there is no table alarms"):
        SQLAlchemyAlarmSource(sqlite).fetch("acme", SINCE_US, UNTIL_US)
    with sqlite.begin() as connection:
        connection.exec_driver_sql(SQLITE_LAYOUTS["text"].ddl)
    with pytest.raises(InvalidValueError, match="has no column 'severe'"):
        SQLAlchemyAlarmSource(sqlite, AlarmsTable(severity="severe")).fetch("acme", SINCE_US, UNTIL_US)


def test_rows_are_complete_since_the_purge(sqlite: Engine) -> None:
    """Where the caller says when cleared alarms are deleted; by default none is."""
    now = datetime(2026, 10, 8, 12, tzinfo=UTC)
    kept = SQLAlchemyAlarmSource(sqlite, purged_after=timedelta(days=90), clock=lambda: now)
    for_ever = SQLAlchemyAlarmSource(sqlite)
    assert kept.complete_since("acme") == (now - timedelta(days=90) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )
    assert for_ever.complete_since("acme") is None
