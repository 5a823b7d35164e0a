"""A condition of the host's own on a mapped table: every statement keeps to it, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

import pytest
from sqlalchemy import Engine, create_engine, text

from sla_compliance.alarms import Alarm, AlarmFilter
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.settings import loads
from sla_compliance.sources.sqlalchemy import (
    AlarmsTable,
    CorrectionsTable,
    InventoryTable,
    MaintenanceTable,
    SQLAlchemyAlarmSource,
    SQLAlchemyCorrectionSource,
    SQLAlchemyInventorySource,
    SQLAlchemyMaintenanceSource,
    SQLAlchemyTenantSource,
    TenantsTable,
    corrections_ddl,
    mapped_tables,
    missing_index_statements,
    rows_without_tenant,
    tenant_ids,
)
from sla_compliance.testing.stored_alarms import HOUR, SINCE, SINCE_US, UNTIL_US
from sla_compliance.units import instant_us
from tests.adapters.alarm_tables import POSTGRES_LAYOUTS, SQLITE_LAYOUTS
from tests.adapters.statements import watched
from tests.servers.databases import fresh_database

WHERE: Final = "deleted_at IS NULL"
DELETED: Final = ("UPDATE alarms SET deleted_at = 1 WHERE id LIKE '%deleted'", "UPDATE alarms SET deleted_at = NULL")
KEPT_TO: Final = re.compile(r"FROM (?:public\.)?alarms\b(?! AS)")

AlarmsOf = partial(AlarmsTable, where=WHERE)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database with a table of alarms that are deleted by a mark."""
    is_sqlite = request.param == "sqlite"
    layout = (SQLITE_LAYOUTS if is_sqlite else POSTGRES_LAYOUTS)["integers"]
    add_column = "ALTER TABLE alarms ADD COLUMN deleted_at INTEGER"
    if is_sqlite:
        sqlite = create_engine("sqlite://")
        with sqlite.begin() as connection:
            connection.exec_driver_sql(layout.ddl)
            connection.exec_driver_sql(add_column)
        yield sqlite
        sqlite.dispose()
        return
    with fresh_database(request.getfixturevalue("postgres_dsn"), layout.ddl, add_column) as url:
        postgres = create_engine(url)
        yield postgres
        postgres.dispose()


def store(engine: Engine, *alarms: Alarm, tenant_id: str = "acme") -> None:
    """Write alarms; those whose id ends in "deleted" are deleted."""
    layouts = SQLITE_LAYOUTS if engine.dialect.name == "sqlite" else POSTGRES_LAYOUTS
    layouts["integers"].store(engine, tenant_id, alarms)
    with engine.begin() as connection:
        connection.execute(text(DELETED[0]))


def ids(batch: Any) -> list[str]:
    """Return the ids of a batch."""
    return sorted(batch.columns["id"])


def test_every_way_of_reading_alarms_keeps_to_it(engine: Engine) -> None:
    """By window, in detail, with ancestors, by ids."""
    store(
        engine,
        Alarm(SINCE, SINCE + HOUR, id="kept", parent_alarm_id="parent deleted"),
        Alarm(SINCE, SINCE + HOUR, id="deleted"),
        Alarm(SINCE - 99 * HOUR, SINCE - 98 * HOUR, id="parent deleted", severity="info"),
        Alarm(SINCE, SINCE + HOUR, id="child", parent_alarm_id="parent"),
        Alarm(SINCE - 99 * HOUR, SINCE - 98 * HOUR, id="parent", severity="info"),
    )
    source = SQLAlchemyAlarmSource(engine, AlarmsOf())
    with watched(engine) as sent:
        assert len(source.fetch("acme", SINCE_US, UNTIL_US)) == 2
        assert len(source.fetch("acme", SINCE_US, UNTIL_US, AlarmFilter(excluded_statuses=["x"]))) == 2
        assert ids(source.fetch_details("acme", SINCE_US, UNTIL_US)) == ["child", "kept"]
        assert ids(source.fetch_with_ancestors("acme", SINCE_US, UNTIL_US)) == ["child", "kept", "parent"]
        assert ids(source.fetch_by_ids("acme", ["kept", "deleted", "parent"])) == ["kept", "parent"]
    assert_keep_to_it(sent)
    assert len(SQLAlchemyAlarmSource(engine).fetch("acme", SINCE_US, UNTIL_US)) == 3


def assert_keep_to_it(sent: list[tuple[str, Any]]) -> None:
    """Check that wherever a statement selects from the table, it selects the rows that count."""
    selections = 0
    for statement, _ in sent:
        for match in KEPT_TO.finditer(statement):
            following = statement[match.end() :].split()[:4]
            assert " ".join(following) == f"WHERE ({WHERE}", statement
            selections += 1
    assert selections >= 1


def test_a_deleted_row_bounds_no_other(engine: Engine) -> None:
    """The end of a row that is over without a time comes from a row that counts."""
    store(
        engine,
        Alarm(SINCE, id="over", alarm_id="a", status="CLEARED", last_occurrence=SINCE),
        Alarm(SINCE + HOUR, SINCE + 2 * HOUR, id="deleted", alarm_id="a"),
        Alarm(SINCE + 3 * HOUR, SINCE + 4 * HOUR, id="next", alarm_id="a"),
    )
    source = SQLAlchemyAlarmSource(engine, AlarmsOf())
    with watched(engine) as sent:
        batch = source.fetch("acme", SINCE_US, UNTIL_US)
    assert list(batch.undated.values()) == [instant_us(SINCE + 3 * HOUR, field="next")]
    assert_keep_to_it(sent)


def test_looks_keep_to_it(engine: Engine) -> None:
    """At odd severities, at the oldest cleared row, and at rows that share an id."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE other AS SELECT * FROM alarms")
    store(
        engine,
        Alarm(SINCE - 9 * HOUR, SINCE - 8 * HOUR, id="old deleted"),
        Alarm(SINCE - 7 * HOUR, SINCE - 6 * HOUR, id="old"),
        Alarm(SINCE, SINCE + HOUR, id="odd", severity="cleared"),
        Alarm(SINCE, SINCE + HOUR, id="odd deleted", severity="cleared"),
    )
    source = SQLAlchemyAlarmSource(
        engine, AlarmsOf(), purged_after=timedelta(0), clock=lambda: SINCE - HOUR, on_invalid="quarantine"
    )
    with watched(engine) as sent:
        assert source.read_complete_since("acme") == instant_us(SINCE - 6 * HOUR, field="since")
        source.fetch("acme", SINCE_US, UNTIL_US)
        assert source.unrecognized_severity_rows("acme") == 1
    assert_keep_to_it(sent)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO other SELECT * FROM alarms WHERE id = 'old'")
        connection.exec_driver_sql("INSERT INTO other SELECT * FROM other")
    twice = AlarmsTable(table="other")
    with pytest.raises(InvalidValueError, match="other.id is not unique"):
        missing_index_statements(engine, twice)
    with engine.begin() as connection:
        one_row = (
            "SELECT min(ctid) FROM other" if engine.dialect.name == "postgresql" else "SELECT min(rowid) FROM other"
        )
        name = "ctid" if engine.dialect.name == "postgresql" else "rowid"
        connection.exec_driver_sql(f"UPDATE other SET deleted_at = 1 WHERE {name} = ({one_row})")  # noqa: S608
    assert len(SQLAlchemyAlarmSource(engine, replace(twice, where=WHERE)).fetch("acme", 0, UNTIL_US)) == 1
    assert missing_index_statements(engine, replace(twice, where=WHERE)) != ()


def test_lists_of_tenants_keep_to_it(engine: Engine) -> None:
    """Those of alarms and of tenants; and rows that name no tenant."""
    store(engine, Alarm(SINCE, SINCE + HOUR, id="1"))
    store(engine, Alarm(SINCE, SINCE + HOUR, id="deleted"), tenant_id="former")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE tenants (id TEXT, timezone TEXT, created_at BIGINT, is_gone INTEGER)")
        connection.exec_driver_sql("INSERT INTO tenants VALUES ('new', 'UTC', 0, 0), ('gone', 'UTC', 0, 1)")
    tenants = TenantsTable(where="is_gone = 0")
    with engine.connect() as connection:
        assert tenant_ids(connection, AlarmsOf(), tenants) == ["acme", "new"]
        assert rows_without_tenant(connection, replace(AlarmsOf(), where="tenant_id IS NULL")) == {}
    source = SQLAlchemyTenantSource(engine, tenants)
    assert source.fetch("new") is not None
    assert source.fetch("gone") is None


def test_windows_inventories_and_corrections_keep_to_it(engine: Engine) -> None:
    """Each by the condition of its own mapping."""
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE maintenance_windows"
            " (tenant_id TEXT, title TEXT, start_time BIGINT, end_time BIGINT, gone INT)",
            "INSERT INTO maintenance_windows VALUES ('acme', 'kept', 0, 9, NULL), ('acme', 'gone', 0, 9, 1)",
            "CREATE TABLE inventory (tenant_id TEXT, key TEXT, gone INT)",
            "INSERT INTO inventory VALUES ('acme', 'kept', NULL), ('acme', 'gone', 1)",
            *corrections_ddl(engine.dialect.name).split(";\n"),
            "ALTER TABLE sla_corrections ADD COLUMN gone INT",
            "INSERT INTO sla_corrections (tenant_id, row_id, void, reason, author, entered_at, gone) VALUES"
            " ('acme', 'kept', true, 'r', 'a', '2026-03-01T00:00:00Z', NULL),"
            " ('acme', 'gone', true, 'r', 'a', '2026-03-01T00:00:00Z', 1)",
        ):
            connection.exec_driver_sql(statement)
    where = "gone IS NULL"
    windows = SQLAlchemyMaintenanceSource(engine, MaintenanceTable(where=where)).fetch("acme", 0, 9)
    units = SQLAlchemyInventorySource(engine, InventoryTable(where=where)).inventory("acme").units
    corrections = SQLAlchemyCorrectionSource(engine, CorrectionsTable(where=where)).corrections("acme")
    assert [window.reason for window in windows] == ["kept"]
    assert [unit.key for unit in units] == ["kept"]
    assert [correction.row_id for correction in corrections] == ["kept"]


@pytest.mark.parametrize(
    "where",
    [
        "deleted_at IS NULL -- by a mark",
        "deleted_at IS NULL OR deleted_at = 2",
        "id LIKE '%kept' AND title NOT LIKE ':name %(name)s ?'",
        "COALESCE(deleted_at, 0) = 0 AND 'a:b' <> '12:30:00'",
    ],
)
def test_it_is_sql_as_it_stands(engine: Engine, where: str) -> None:
    """In brackets; comments, percent signs and colons mean what they mean there."""
    store(engine, Alarm(SINCE, SINCE + HOUR, id="kept"), Alarm(SINCE, SINCE + HOUR, id="deleted"))
    store(engine, Alarm(SINCE, SINCE + HOUR, id="another"), tenant_id="another")
    source = SQLAlchemyAlarmSource(engine, AlarmsTable(where=where))
    assert ids(source.fetch_details("acme", SINCE_US, UNTIL_US)) == ["kept"]


def test_the_index_stays_of_use(engine: Engine) -> None:
    """Both databases merge the rows that count into the statement."""
    alarms = [Alarm(SINCE + n * HOUR, SINCE + (n + 1) * HOUR, id=f"{n}") for n in range(3000)]
    for tenant in range(4):
        store(engine, *(replace(alarm, id=f"{tenant}/{alarm.id}") for alarm in alarms), tenant_id=f"tenant {tenant}")
    (statement,) = missing_index_statements(engine, AlarmsOf())
    source = SQLAlchemyAlarmSource(engine, AlarmsOf())
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
        connection.exec_driver_sql("ANALYZE")
    source.fetch("tenant 1", SINCE_US, UNTIL_US)
    with watched(engine) as sent:
        source.fetch("tenant 1", SINCE_US, SINCE_US + 3_600_000_000)
    statement, parameters = sent[-1]
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        plan = "\n".join(map(str, connection.exec_driver_sql(f"{explain} {statement}", parameters)))
    assert "ix_sla_alarms" in plan
    assert "Subquery" not in plan
    assert "SCAN" not in plan.replace("SCAN SUBQUERY", "SUBQUERY")


@pytest.mark.parametrize(("where", "error"), [("  ", InvalidValueError), (b"x", InvalidTypeError)])
@pytest.mark.parametrize("table", [AlarmsTable, MaintenanceTable, TenantsTable, InventoryTable, CorrectionsTable])
def test_a_condition_that_is_none_is_refused_when_the_mapping_is_made(table: Any, where: Any, error: Any) -> None:
    """By its name."""
    with pytest.raises(error, match="^where is "):
        table(where=where)


def test_a_contract_file_can_say_it() -> None:
    """For each table; `false` is none."""
    names = ("alarms", "maintenance", "tenants", "inventory", "corrections")
    tables = mapped_tables(loads("\n".join(f'[tables.{name}]\nwhere = "x > 0"' for name in names)).tables)
    mappings: list[Any] = [getattr(tables, name) for name in names]
    assert [mapping.where for mapping in mappings] == ["x > 0"] * 5
    assert mapped_tables(loads("[tables.alarms]\nwhere = false").tables).alarms.where is None
