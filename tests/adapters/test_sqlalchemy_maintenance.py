"""Maintenance windows and tenants from the platform's tables: what each row means."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import Engine, NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.alarms import Alarm
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.compliance import evaluate
from sla_compliance.errors import InvalidTenantError, InvalidValueError, NaiveDatetimeError
from sla_compliance.sources.sqlalchemy import (
    AsyncSQLAlchemyMaintenanceSource,
    AsyncSQLAlchemyTenantSource,
    MaintenanceTable,
    NaiveTimes,
    SQLAlchemyAlarmSource,
    SQLAlchemyMaintenanceSource,
    SQLAlchemyTenantSource,
    TenantRow,
    TenantsTable,
)
from sla_compliance.testing.stored_alarms import HOSTILE_TENANTS, HOUR, SINCE, SINCE_US, UNTIL, UNTIL_US
from tests.adapters.alarm_tables import PLATFORM, SQLITE_LAYOUTS
from tests.adapters.statements import watched

SQLITE_TABLES = (
    "CREATE TABLE maintenance_windows (tenant_id TEXT, title TEXT, status TEXT, start_time TEXT, end_time TEXT,"
    " affected_services JSON, affected_customers JSON, affected_resources JSON, suppress_alarms BOOLEAN)",
    "CREATE TABLE tenants (id TEXT PRIMARY KEY, timezone TEXT, created_at TEXT)",
)


@pytest.fixture(params=["postgresql", "sqlite"])
def database(request: pytest.FixtureRequest, platform: Engine, sqlite: Engine) -> Engine:
    """Both databases in turn, empty."""
    if request.param == "postgresql":
        return platform
    with sqlite.begin() as connection:
        for table in SQLITE_TABLES:
            connection.exec_driver_sql(table)
    return sqlite


def planned(engine: Engine, start: datetime = SINCE, end: datetime = SINCE + HOUR, **row: Any) -> None:
    """Write a maintenance window."""
    is_sqlite = engine.dialect.name == "sqlite"
    values = {"tenant_id": "acme", "title": "work", "status": "completed", "suppress_alarms": True, **row}
    values |= {
        "start_time": start.isoformat() if is_sqlite else start,
        "end_time": end.isoformat() if is_sqlite else end,
    }
    values = {name: json.dumps(value) if isinstance(value, list | dict) else value for name, value in values.items()}
    statement = f"INSERT INTO maintenance_windows ({', '.join(values)}) VALUES (:{', :'.join(values)})"  # noqa: S608
    with engine.begin() as connection:
        connection.execute(text(statement), values)


def fetched(engine: Engine, tenant_id: str = "acme") -> tuple[MaintenanceWindow, ...]:
    """Return the windows of a tenant."""
    return SQLAlchemyMaintenanceSource(engine).fetch(tenant_id, SINCE_US, UNTIL_US)


@pytest.mark.parametrize("status", ["scheduled", "in_progress", "completed"])
def test_a_window_that_names_nobody_is_everybodys(database: Engine, status: str) -> None:
    """Whatever it says about suppressing alarms."""
    planned(database, status=status, suppress_alarms=False, affected_resources=[], affected_services=[])
    assert fetched(database) == (MaintenanceWindow(SINCE, SINCE + HOUR, reason="work"),)


@pytest.mark.parametrize("status", ["cancelled", "CANCELLED"])
def test_a_cancelled_window_does_not_count(database: Engine, status: str) -> None:
    """It never took place."""
    planned(database, status=status)
    assert fetched(database) == ()


def test_affected_resources_and_customers_are_whose_alarms_are_excused(database: Engine) -> None:
    """Any match will do; the keys of an object name types of resources, or customers."""
    planned(database, affected_resources=["olt-1", 7], affected_customers=["c1"], affected_services=["internet"])
    planned(database, affected_resources={"olt": ["olt-2"], "ont": "ont-3", "Customers": ["c2", 4], "circuit": []})
    first, second = fetched(database)
    assert first.targets == (
        (("customer_id",), (("c1",),)),
        (("resource_id",), (("7",), ("olt-1",))),
        (("service_id",), (("internet",),)),
    )
    assert second.targets == (
        (("customer_id",), (("4",), ("c2",))),
        (("resource_type", "resource_id"), (("olt", "olt-2"), ("ont", "ont-3"))),
    )


def test_notice_and_author_are_read_where_the_table_has_them(sqlite: Engine, platform: Engine) -> None:
    """By the default names or by one's own; a name that is given must be there."""
    for engine, kind in ((sqlite, "TEXT"), (platform, "TIMESTAMPTZ")):
        with engine.begin() as connection:
            connection.exec_driver_sql(
                f"CREATE TABLE works (tenant_id TEXT, start_time {kind}, end_time {kind}, announced_at {kind},"
                f" created_at {kind}, affected_resources TEXT, created_by INTEGER)"
            )
            start, end, announced = (SINCE + hours * HOUR for hours in (0, 1, -48))
            values = ", ".join(f"'{moment.isoformat()}'" for moment in (start, end, announced, start))
            connection.exec_driver_sql(f"INSERT INTO works VALUES ('acme', {values}, '[\"olt\"]', 7)")  # noqa: S608
        table = MaintenanceTable(
            table="works", title=None, status=None, affected_customers=None, affected_services=None
        )
        (window,) = SQLAlchemyMaintenanceSource(engine, table).fetch("acme", SINCE_US, UNTIL_US)
        scope = {"resource_id": ["olt"]}
        assert window == MaintenanceWindow(start, end, applies_to=scope, announced_at=announced, author="7")
        table = replace(table, entered_at="created_at", with_children=True)
        (window,) = SQLAlchemyMaintenanceSource(engine, table).fetch("acme", SINCE_US, UNTIL_US)
        assert window == MaintenanceWindow(
            start, end, applies_to=scope, announced_at=announced, entered_at=start, with_children=True, author="7"
        )
        with pytest.raises(InvalidValueError, match="has no column 'entered_at'"):
            SQLAlchemyMaintenanceSource(engine, replace(table, entered_at="entered_at")).fetch("acme", 0, 1)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE works")


def test_windows_reach_children_where_the_mapping_says_so(database: Engine) -> None:
    """Of what they name by type, at any depth; the parents come from the table whenever they were raised."""
    is_sqlite = database.dialect.name == "sqlite"
    layout = SQLITE_LAYOUTS["text"] if is_sqlite else PLATFORM
    if is_sqlite:
        with database.begin() as connection:
            connection.exec_driver_sql(layout.ddl)
    olt = Alarm(
        SINCE - 48 * HOUR, SINCE - 47 * HOUR, id=ROW_IDS[0], severity="info", resource_type="olt", resource_id="1"
    )
    ont = Alarm(SINCE, SINCE + HOUR, id=ROW_IDS[1], parent_alarm_id=ROW_IDS[0], resource_type="ont", resource_id="1")
    port = Alarm(SINCE, SINCE + 2 * HOUR, id=ROW_IDS[2], parent_alarm_id=ROW_IDS[1], resource_type="port")
    layout.store(database, "acme", [olt, ont, port])
    planned(database, SINCE, SINCE + HOUR, affected_resources={"olt": ["1"]})
    source = SQLAlchemyAlarmSource(database)
    minutes = []
    for with_children in (False, True):
        table = MaintenanceTable(with_children=with_children)
        windows = SQLAlchemyMaintenanceSource(database, table).fetch("acme", SINCE_US, UNTIL_US)
        batch = source.fetch_with_ancestors("acme", SINCE_US, UNTIL_US)
        report = evaluate(batch, start=SINCE, end=UNTIL, zone="UTC", as_of=UNTIL, maintenance=windows)
        minutes.append(report.total.downtime_minutes)
    assert minutes == [120, 60]


def test_optional_columns_may_be_missing_and_named_ones_may_not(sqlite: Engine, platform: Engine) -> None:
    """Of the smallest table a window is everybody's, and counts."""
    for engine in (sqlite, platform):
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE works (tenant_id TEXT, start_time BIGINT, end_time BIGINT)")
            connection.exec_driver_sql(f"INSERT INTO works VALUES ('acme', {SINCE_US}, {UNTIL_US})")  # noqa: S608
        table = MaintenanceTable(table="works")
        windows = SQLAlchemyMaintenanceSource(engine, table).fetch("acme", SINCE_US, UNTIL_US)
        assert windows == (MaintenanceWindow(SINCE, UNTIL),)
        for name in ("title", "status", "affected_resources", "affected_customers", "affected_services"):
            names: Any = {name: name}
            named = replace(table, **names)
            with pytest.raises(InvalidValueError, match=f"table works has no column '{name}'"):
                SQLAlchemyMaintenanceSource(engine, named).fetch("acme", SINCE_US, UNTIL_US)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE works")


def test_a_window_that_names_services_alone_excuses_no_alarm_and_is_listed(database: Engine) -> None:
    """Alarms name no service."""
    planned(database, title="core upgrade", affected_services=["internet"])
    alarm = Alarm(SINCE, SINCE + HOUR, resource_id="olt-1", customer_id="c1")
    report = evaluate(
        [alarm], start=SINCE, end=SINCE + 2 * HOUR, zone="UTC", as_of=UNTIL, maintenance=fetched(database)
    )
    assert report.total.downtime_minutes == 60
    assert any("core upgrade" in name for name in report.quality.unmatched_exclusions)


def test_a_window_that_ends_before_it_starts_excuses_nothing_and_is_listed(database: Engine) -> None:
    """A mistyped date neither takes the chart away nor vanishes."""
    planned(database, SINCE + HOUR, SINCE - HOUR, title="typo")
    alarm = Alarm(SINCE, SINCE + HOUR)
    report = evaluate(
        [alarm], start=SINCE, end=SINCE + 2 * HOUR, zone="UTC", as_of=UNTIL, maintenance=fetched(database)
    )
    assert report.total.downtime_minutes == 60
    assert any("typo (ends before it starts)" in name for name in report.quality.unmatched_exclusions)


def test_windows_that_do_not_meet_the_request_stay_behind(database: Engine) -> None:
    """Those of its first and last microsecond are there."""
    week, microsecond = timedelta(days=7), timedelta(microseconds=1)
    planned(database, SINCE - week, SINCE + microsecond, title="into")
    planned(database, UNTIL - microsecond, UNTIL + week, title="out of")
    planned(database, SINCE - 2 * week, SINCE - week, title="before")
    planned(database, UNTIL + week, UNTIL + 2 * week, title="after")
    assert sorted(window.reason for window in fetched(database)) == ["into", "out of"]


def test_no_other_tenants_window_is_returned(database: Engine) -> None:
    """Metacharacters of any language are data."""
    tenants = ["acme", *HOSTILE_TENANTS]
    for tenant in tenants:
        planned(database, tenant_id=tenant, title=f"work of {tenant}")
    assert [[window.reason for window in fetched(database, tenant)] for tenant in tenants] == [
        [f"work of {tenant}"] for tenant in tenants
    ]


def test_a_request_is_one_statement(database: Engine) -> None:
    """What the table looks like is asked of the first request only."""
    source, tenants = SQLAlchemyMaintenanceSource(database), SQLAlchemyTenantSource(database)
    for _ in range(2):
        with watched(database) as sent:
            source.fetch("acme", SINCE_US, UNTIL_US)
            tenants.fetch("acme")
    assert len(sent) == 2


def test_an_open_end_is_the_calendars_end(platform: Engine) -> None:
    """PostgreSQL's infinity included."""
    planned(platform)
    with platform.begin() as connection:
        connection.exec_driver_sql("UPDATE maintenance_windows SET end_time = 'infinity', start_time = '-infinity'")
    (window,) = fetched(platform)
    assert window.start_us < SINCE_US
    assert window.end_us > UNTIL_US


def test_naive_times_are_refused_unless_they_are_said_to_be_utc(sqlite: Engine) -> None:
    """A window an hour off excuses the wrong hour."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql(SQLITE_TABLES[0])
    planned(sqlite, SINCE.replace(tzinfo=None), (SINCE + HOUR).replace(tzinfo=None))
    with pytest.raises(NaiveDatetimeError, match="without a time zone"):
        fetched(sqlite)
    source = SQLAlchemyMaintenanceSource(sqlite, MaintenanceTable(naive_times=NaiveTimes.UTC))
    assert source.fetch("acme", SINCE_US, UNTIL_US) == (MaintenanceWindow(SINCE, SINCE + HOUR, reason="work"),)


ROW_IDS: Final = [f"5e0dd0c5-1f0d-4f0e-9d2a-2f8e2c4a7b0{digit}" for digit in range(3)]
BAD_SCOPES: Final = [
    "olt-1, olt-2",
    "[" * 100_000,
    "{",
    "[1.5]",
    "true",
    '[{"type": "olt", "id": "1"}]',
    '{"olt": {"id": "1"}}',
    f"[{'9' * 5000}]",
]


@pytest.mark.parametrize("scope", BAD_SCOPES, ids=range(len(BAD_SCOPES)))
@pytest.mark.parametrize("column", ["affected_resources", "affected_customers", "affected_services"])
def test_a_scope_that_cannot_be_read_excuses_nothing_and_is_listed(sqlite: Engine, column: str, scope: str) -> None:
    """By its title and the column; the other windows count."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql(SQLITE_TABLES[0])
    planned(sqlite, SINCE, SINCE + HOUR, title="odd", **{column: scope})
    planned(sqlite, SINCE + 2 * HOUR, SINCE + 3 * HOUR)
    windows = fetched(sqlite)
    assert (windows[0].start, windows[0].end) == (SINCE, SINCE + HOUR)
    assert_is_set_aside(windows, rf"odd \({column} is no list of ids\)")


def test_an_empty_scope_names_nothing(database: Engine) -> None:
    """Neither null nor a list of absent values is an id."""
    for scope in ("[]", "{}", "null", '[null, ""]', '{"olt": [], "ont": null}'):
        planned(database, affected_resources=scope, affected_customers="[]")
    assert [window.targets for window in fetched(database)] == [None] * 5


def assert_is_set_aside(windows: Sequence[MaintenanceWindow], name: str, *, hours: int = 3) -> None:
    """Check that of two windows the first excuses nothing and is listed on each day, and the second counts."""
    alarms = [Alarm(SINCE, SINCE + 4 * HOUR, resource_id="olt-1", customer_id="olt-1", id="1")]
    report = evaluate(alarms, start=SINCE, end=SINCE + 48 * HOUR, zone="UTC", as_of=UNTIL, maintenance=windows)
    assert len(windows) == 2
    assert report.total.downtime_minutes == hours * 60
    (line,) = report.quality.unmatched_exclusions
    assert re.search(name, line)


BAD_TIMES: Final[list[tuple[dict[str, object], str]]] = [
    ({"start_time": None}, "start_time is missing"),
    ({"start_time": "0001-01-01T00:00:00Z"}, "start_time is no instant"),
    ({"start_time": "0001-02-01T00:00:00Z"}, "start_time is in year 1"),
    ({"start_time": "yesterday"}, "start_time is no instant"),
    ({"start_time": "2026-02-30T00:00:00Z"}, "start_time is no instant"),
    ({"end_time": "tomorrow"}, "end_time is no instant"),
    ({"end_time": b"\x00"}, "end_time is no instant"),
]


@pytest.mark.parametrize(("times", "reason"), BAD_TIMES)
def test_a_window_without_readable_times_excuses_nothing_and_is_listed(
    sqlite: Engine, times: dict[str, object], reason: str
) -> None:
    """Whichever of them it is."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql(SQLITE_TABLES[0])
    planned(sqlite, title="odd", affected_resources=["olt-1"])
    with sqlite.begin() as connection:
        for name, value in times.items():
            connection.execute(text(f"UPDATE maintenance_windows SET {name} = :value"), {"value": value})  # noqa: S608
    planned(sqlite, SINCE + 2 * HOUR, SINCE + 3 * HOUR)
    assert_is_set_aside(fetched(sqlite), re.escape(reason))


def test_a_start_of_a_clock_that_was_never_set_excuses_nothing(platform: Engine) -> None:
    """In PostgreSQL too; an end of that year lies before the start, and an end of the last year is none."""
    planned(platform, datetime(1, 1, 1, tzinfo=UTC), SINCE + HOUR, title="odd")
    planned(platform, SINCE + 2 * HOUR, SINCE + 3 * HOUR)
    assert_is_set_aside(fetched(platform), "start_time is in year 1")
    with platform.begin() as connection:
        connection.exec_driver_sql("DELETE FROM maintenance_windows")
    planned(platform, SINCE, datetime(1, 1, 1, tzinfo=UTC), title="odd")
    planned(platform, SINCE + HOUR, datetime(9999, 12, 31, tzinfo=UTC))
    assert_is_set_aside(fetched(platform), r"odd \(ends before it starts\)", hours=1)


def test_a_window_without_an_end_has_none(sqlite: Engine) -> None:
    """As the page on databases says."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql(SQLITE_TABLES[0])
    planned(sqlite)
    with sqlite.begin() as connection:
        connection.exec_driver_sql("UPDATE maintenance_windows SET end_time = NULL")
    (window,) = fetched(sqlite)
    assert (window.start, window.end_us > UNTIL_US) == (SINCE, True)


def test_a_notice_of_a_clock_that_was_never_set_is_not_known(sqlite: Engine) -> None:
    """Year 1 is long before any work, and would be notice enough for all of it."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql(SQLITE_TABLES[0].replace("title TEXT", "title TEXT, announced_at TEXT"))
    planned(sqlite, announced_at="0001-01-01T00:00:00Z")
    (window,) = fetched(sqlite)
    assert window.announced_at_us is None


def test_a_tenant_has_its_zone_and_is_monitored_since_its_creation(database: Engine) -> None:
    """An unknown tenant has no row."""
    created: object = SINCE.isoformat() if database.dialect.name == "sqlite" else SINCE
    values = {"id": "o'brien", "timezone": "Africa/Lagos", "created_at": created}
    columns = "id, timezone, created_at"
    with database.begin() as connection:
        if database.dialect.name == "sqlite":
            connection.execute(text(f"INSERT INTO tenants ({columns}) VALUES (:id, :timezone, :created_at)"), values)  # noqa: S608
        else:
            connection.execute(
                text(f"INSERT INTO tenants (name, {columns}) VALUES ('', :id, :timezone, :created_at)"),  # noqa: S608
                values,
            )
    source = SQLAlchemyTenantSource(database)
    assert source.fetch("o'brien") == TenantRow("Africa/Lagos", SINCE)
    assert source.fetch("nobody") is None


def test_a_tenants_naive_creation_is_refused(sqlite: Engine) -> None:
    """Unless the mapping says that it is UTC."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql(SQLITE_TABLES[1])
        connection.exec_driver_sql("INSERT INTO tenants VALUES ('acme', 'UTC', '2026-03-01 00:00:00')")
    with pytest.raises(NaiveDatetimeError, match="without a time zone"):
        SQLAlchemyTenantSource(sqlite).fetch("acme")
    told = SQLAlchemyTenantSource(sqlite, TenantsTable(naive_times=NaiveTimes.UTC))
    assert told.fetch("acme") == TenantRow("UTC", SINCE)


@pytest.mark.parametrize("created", ["last year", "2026-02-30T00:00:00Z", "0001-06-01T00:00:00Z", b"2026"])
def test_a_tenants_creation_that_is_no_instant_is_its_own_fault(sqlite: Engine, created: object) -> None:
    """Other tenants have theirs; a missing one is not known."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql(SQLITE_TABLES[1])
        connection.execute(
            text("INSERT INTO tenants VALUES ('acme', 'UTC', :created), ('other', NULL, NULL)"), {"created": created}
        )
    source = SQLAlchemyTenantSource(sqlite)
    with pytest.raises(InvalidTenantError, match="^tenant 'acme': tenants.*created_at") as caught:
        source.fetch("acme")
    assert caught.value.tenant_id == "acme"
    row = source.fetch("other")
    assert row is not None
    assert (row.zone, row.monitored_since.year) == ("", 1)


def test_async_sources_say_the_same(platform: Engine) -> None:
    """Over the async driver."""
    planned(platform)
    with platform.begin() as connection:
        connection.execute(text("INSERT INTO tenants VALUES ('acme', '', 'Asia/Tokyo', :since)"), {"since": SINCE})

    async def ask() -> tuple[object, object]:
        engine = create_async_engine(platform.url, poolclass=NullPool)
        windows = await AsyncSQLAlchemyMaintenanceSource(engine).fetch("acme", SINCE_US, UNTIL_US)
        return windows, await AsyncSQLAlchemyTenantSource(engine).fetch("acme")

    assert asyncio.run(ask()) == (fetched(platform), TenantRow("Asia/Tokyo", SINCE))
