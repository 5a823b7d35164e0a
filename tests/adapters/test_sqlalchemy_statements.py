"""What the SQL source sends: one statement, minimal columns, bound parameters, an index that stays of use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from sla_compliance.alarms import Alarm, AlarmFilter
from sla_compliance.errors import InvalidValueError, NaiveDatetimeError
from sla_compliance.sources.sqlalchemy import (
    AlarmsTable,
    MetricsTable,
    SQLAlchemyAlarmSource,
    ddl,
    missing_index_statements,
)
from sla_compliance.testing.stored_alarms import HOUR, SINCE, SINCE_US, UNTIL_US, varied_alarms
from sla_compliance.units import instant_us
from tests.adapters.alarm_tables import PLATFORM, PLATFORM_SCHEMA, SQLITE_LAYOUTS
from tests.adapters.statements import watched
from tests.servers.databases import fresh_database

DAY_US = 86_400_000_000
HOURS = 2000
EARLY_US = SINCE_US - HOURS * DAY_US // 24


def test_a_request_is_one_statement(platform: Engine) -> None:
    """What the table looks like is asked of the first request only."""
    source = SQLAlchemyAlarmSource(platform)
    source.fetch("acme", SINCE_US, UNTIL_US)
    with watched(platform) as sent:
        source.fetch("acme", SINCE_US, UNTIL_US)
        source.fetch_details("acme", SINCE_US, UNTIL_US)
    assert len(sent) == 2


def test_figures_need_no_columns_for_people(platform: Engine) -> None:
    """Titles, resources and customers are fetched by drill-down alone."""
    source = SQLAlchemyAlarmSource(platform)
    source.fetch("acme", SINCE_US, UNTIL_US)
    with watched(platform) as sent:
        batch = source.fetch("acme", SINCE_US, UNTIL_US)
        source.fetch_details("acme", SINCE_US, UNTIL_US)
    assert not any(name in sent[0][0] for name in ("title", "customer_id", "alarm_type", "subscriber", "acknowledged"))
    # The resource of a row that says it is over and not when is compared with others', and not fetched.
    assert batch.columns.keys() == {"id", "status"}
    assert all(name in sent[1][0] for name in ("title", "resource_id", "customer_id", "alarm_type", "subscriber"))


def test_what_a_caller_says_is_bound(platform: Engine) -> None:
    """No tenant id and no severity stands in the text of a statement."""
    source = SQLAlchemyAlarmSource(platform)
    with watched(platform) as sent:
        source.fetch("'; DROP TABLE alarms; --", SINCE_US, UNTIL_US, AlarmFilter({"minor"}, ["'x"], ["'y"]))
    statement, parameters = sent[-1]
    assert "DROP" not in statement
    assert "MINOR" not in statement
    assert {"'; DROP TABLE alarms; --", "MINOR"} <= set(parameters.values())


def test_the_index_on_alarms_serves_the_statement(platform: Engine) -> None:
    """Values are cast, never the column; an enum column too keeps its index, however often the statement runs."""
    fill(platform)
    source = SQLAlchemyAlarmSource(platform)
    with platform.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(ddl("postgresql").splitlines()[0])
        connection.exec_driver_sql("VACUUM ANALYZE alarms")
    for hour in range(20):
        source.fetch("acme", EARLY_US + hour, EARLY_US + DAY_US)
    with platform.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
        scans = connection.scalar(
            text("SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'ix_sla_alarms'")
        )
        connection.exec_driver_sql("DROP INDEX ix_sla_alarms")
    assert scans >= 20


def test_the_plan_conditions_on_tenant_and_start(platform: Engine) -> None:
    """They bound the scan."""
    fill(platform)
    source = SQLAlchemyAlarmSource(platform)
    with watched(platform) as sent:
        source.fetch("acme", EARLY_US, EARLY_US + DAY_US)
    statement, parameters = sent[-1]
    with platform.begin() as connection:
        connection.exec_driver_sql(ddl("postgresql").splitlines()[0])
        connection.exec_driver_sql("ANALYZE alarms")
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))
        connection.rollback()
    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert "ix_sla_alarms" in plan
    assert all(column in condition for column in ("tenant_id", "first_occurrence"))


@pytest.mark.parametrize("severity", ["alarmseverity", "TEXT"])
def test_no_statement_of_a_first_request_reads_the_whole_table(severity: str, postgres_dsn: str) -> None:
    """Neither the rows nor the looks at all rows of a tenant: its odd severities, and how far a purge has come."""
    with fresh_database(postgres_dsn, PLATFORM_SCHEMA) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP INDEX ix_alarms_tenant_status, ix_alarms_tenant_severity")
            connection.exec_driver_sql(
                f"ALTER TABLE alarms ALTER COLUMN severity TYPE {severity} USING severity::TEXT::{severity}"
            )
            connection.exec_driver_sql(ddl("postgresql").splitlines()[0])
        fill(engine)
        source = SQLAlchemyAlarmSource(engine, purged_after=timedelta(days=90))
        with watched(engine) as sent:
            source.fetch("acme", EARLY_US, EARLY_US + DAY_US)
        on_alarms = [(statement, parameters) for statement, parameters in sent if "alarms.tenant_id = " in statement]
        assert len(on_alarms) == 3
        with engine.begin() as connection:
            connection.exec_driver_sql("SET enable_seqscan = off")
            for statement, parameters in on_alarms:
                plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))
                assert "Seq Scan" not in plan
                assert "tenant_id" in next(line for line in plan.splitlines() if "Index Cond" in line)
        engine.dispose()


def test_a_missing_index_is_reported_with_the_statement_that_makes_it(platform: Engine) -> None:
    """Running what it says leaves nothing to report."""
    (statement,) = missing_index_statements(platform)
    with platform.begin() as connection:
        connection.exec_driver_sql(statement)
    assert missing_index_statements(platform) == ()
    with platform.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_sla_alarms")


def test_ddl_of_both_databases_runs(platform: Engine, sqlite: Engine) -> None:
    """Twice too: what is there stays."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alarms (tenant_id, severity, first_occurrence, cleared_at)")
        connection.exec_driver_sql("CREATE TABLE network_metrics (tenant_id, timestamp, metric_type)")
    for engine in (platform, sqlite):
        for _ in range(2):
            with engine.begin() as connection:
                for statement in ddl(engine.dialect.name, metrics=MetricsTable()).splitlines():
                    connection.exec_driver_sql(statement)
        assert missing_index_statements(engine) == ()
    with platform.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_sla_alarms, ix_sla_metrics")


def test_a_look_an_hour_finds_severities_that_no_filter_matches(platform: Engine, sqlite: Engine) -> None:
    """For each tenant, whatever the window; the rows come with the one statement of a request."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql(SQLITE_LAYOUTS["integers"].ddl)
    overwritten = Alarm(SINCE, SINCE + HOUR, id="1", severity="cleared")
    for engine, layout in ((platform, PLATFORM), (sqlite, SQLITE_LAYOUTS["integers"])):
        now = [SINCE]
        source = SQLAlchemyAlarmSource(engine, clock=partial(now.__getitem__, 0))
        assert len(source.fetch("acme", SINCE_US, UNTIL_US)) == 0
        layout.store(engine, "acme", [overwritten])
        now[0] += HOUR - timedelta(microseconds=1)
        with watched(engine) as sent:
            assert len(source.fetch("acme", SINCE_US, UNTIL_US)) == 0
        assert len(sent) == 1
        now[0] += timedelta(microseconds=1)
        with watched(engine) as sent:
            assert source.fetch("acme", SINCE_US, UNTIL_US).columns["severity"] == ("cleared",)
            assert len(source.fetch("acme", UNTIL_US, UNTIL_US + DAY_US)) == 0
            assert len(source.fetch("another", SINCE_US, UNTIL_US)) == 0
        assert len(sent) == 5
        layout.empty(engine)


def test_the_look_ends_where_rows_are_not_complete(platform: Engine) -> None:
    """An overwritten row from before that time is none of a request's."""
    PLATFORM.store(platform, "acme", [Alarm(SINCE, SINCE + HOUR, id="1", severity="cleared")])
    for days, rows in ((1, 1), (0, 0)):
        source = SQLAlchemyAlarmSource(
            platform, purged_after=timedelta(days=days), clock=lambda: SINCE + timedelta(hours=2)
        )
        assert len(source.fetch("acme", SINCE_US, UNTIL_US)) == rows


def test_ids_that_name_several_rows_are_refused(platform: Engine, sqlite: Engine) -> None:
    """By the source at first use and by the check; unique for each tenant is enough, and so is a view that is."""
    for engine in (platform, sqlite):
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE TABLE log (tenant_id TEXT, id TEXT, severity TEXT, first_occurrence BIGINT, cleared_at BIGINT)"
            )
            connection.exec_driver_sql("CREATE VIEW latest AS SELECT * FROM log WHERE cleared_at IS NOT NULL")
            connection.exec_driver_sql(
                "INSERT INTO log (tenant_id, id, severity, first_occurrence, cleared_at)"
                " VALUES ('a', '1', 'major', 0, 5), ('b', '1', 'major', 0, 5), ('a', NULL, 'major', 0, 5)"
            )
        columns: dict[str, Any] = dict.fromkeys(
            ("resolved_at", "last_occurrence", "status", "alarm_id", "alarm_type", "resource_id", "customer_id"), None
        )
        columns |= dict.fromkeys(("subscriber_count", "title"), None)
        log, latest = (AlarmsTable(table=name, **columns) for name in ("log", "latest"))
        assert len(SQLAlchemyAlarmSource(engine, log).fetch("a", 0, 9)) == 2
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO log VALUES ('a', '1', 'major', 0, NULL)")
        refusal = r"log.id is not unique: several rows have '1'; .* a view with one row"
        with pytest.raises(InvalidValueError, match=refusal):
            SQLAlchemyAlarmSource(engine, log).fetch("b", 0, 9)
        with pytest.raises(InvalidValueError, match=refusal):
            missing_index_statements(engine, log)
        assert len(SQLAlchemyAlarmSource(engine, latest).fetch("a", 0, 9)) == 2
        assert len(SQLAlchemyAlarmSource(engine, replace(log, id=None)).fetch("a", 0, 9)) == 3
        with engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM log WHERE cleared_at IS NULL")
            connection.exec_driver_sql("CREATE UNIQUE INDEX ids_of_log ON log (tenant_id, id)")
        with watched(engine) as sent:
            SQLAlchemyAlarmSource(engine, log).fetch("a", 0, 9)
        assert not any("HAVING" in statement for statement, _ in sent)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP VIEW latest")
            connection.exec_driver_sql("DROP TABLE log")


def test_a_default_column_may_be_missing_and_a_named_one_may_not(sqlite: Engine) -> None:
    """Even where its name is the default's."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql(SQLITE_LAYOUTS["integers"].ddl)
        connection.exec_driver_sql("ALTER TABLE alarms DROP COLUMN updated_at")
    assert len(SQLAlchemyAlarmSource(sqlite).fetch("acme", SINCE_US, UNTIL_US)) == 0
    with pytest.raises(InvalidValueError, match="has no column 'updated_at'"):
        SQLAlchemyAlarmSource(sqlite, AlarmsTable(updated_at="updated_at")).fetch("acme", SINCE_US, UNTIL_US)


def test_a_default_column_of_another_kind_is_left_out(platform: Engine) -> None:
    """Else a table that was read before it had a default could not be read any more."""
    with platform.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE alarms ADD COLUMN updated_at TIMESTAMP")
    try:
        assert len(SQLAlchemyAlarmSource(platform).fetch("acme", SINCE_US, UNTIL_US)) == 0
        with pytest.raises(NaiveDatetimeError):
            SQLAlchemyAlarmSource(platform, AlarmsTable(updated_at="updated_at")).fetch("acme", SINCE_US, UNTIL_US)
    finally:
        with platform.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE alarms DROP COLUMN updated_at")


@pytest.mark.parametrize("name", ["resolved_at", "last_occurrence"])
def test_an_end_of_another_kind_is_an_error(platform: Engine, name: str) -> None:
    """Left out, alarms that are over would be open."""
    with platform.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE other (tenant_id TEXT, severity TEXT, first_occurrence TIMESTAMPTZ, cleared_at TIMESTAMPTZ,"
            f" {name} BIGINT)"
        )
    try:
        with pytest.raises(InvalidValueError, match=f"{name} of other differ in type"):
            SQLAlchemyAlarmSource(platform, AlarmsTable(table="other")).fetch("acme", SINCE_US, UNTIL_US)
        without: Any = {name: None}
        table = AlarmsTable(table="other", **without)
        assert len(SQLAlchemyAlarmSource(platform, table).fetch("acme", SINCE_US, UNTIL_US)) == 0
    finally:
        with platform.begin() as connection:
            connection.exec_driver_sql("DROP TABLE other")


def test_rows_of_a_table_without_ids_cannot_be_named(sqlite: Engine) -> None:
    """The error says so when they are asked for by id, and not before."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alarms (tenant_id, severity, first_occurrence, cleared_at)")
    source = SQLAlchemyAlarmSource(sqlite)
    assert len(source.fetch_details("acme", SINCE_US, UNTIL_US)) == 0
    with pytest.raises(InvalidValueError, match="^id is 'id', which alarms lacks, so corrections cannot name rows"):
        source.fetch_by_ids("acme", ["1"])


def test_a_row_without_an_alarm_id_ends_by_the_next_of_its_resource(sqlite: Engine, platform: Engine) -> None:
    """Texts of several offsets are compared as instants."""
    rows = [
        ("1", "", "r", 0, "CLEARED"),
        ("2", None, "r", 9, "ACTIVE"),
        ("3", "a", "r", 4, "ACTIVE"),
        ("4", "", "", 2, "ACTIVE"),
    ]
    for engine, kind in ((sqlite, "TEXT"), (platform, "TIMESTAMPTZ")):
        ddl_text = SQLITE_LAYOUTS["text"].ddl.replace("TABLE alarms", "TABLE other")
        with engine.begin() as connection:
            for name in (
                "first_occurrence",
                "cleared_at",
                "resolved_at",
                "last_occurrence",
                "acknowledged_at",
                "updated_at",
            ):
                ddl_text = ddl_text.replace(f"{name} TEXT", f"{name} {kind}")
            connection.exec_driver_sql(ddl_text)
            for key, alarm_id, resource, hours, status in rows:
                zone = timezone(timedelta(hours=hours - 9))
                raised = (SINCE + hours * HOUR).astimezone(zone).isoformat()
                connection.execute(
                    text(
                        "INSERT INTO other (id, tenant_id, alarm_id, severity, status, resource_id, first_occurrence)"
                        " VALUES (:key, 'acme', :alarm_id, 'major', :status, :resource, :raised)"
                    ),
                    {"key": key, "alarm_id": alarm_id, "resource": resource, "status": status, "raised": raised},
                )
        batch = SQLAlchemyAlarmSource(engine, AlarmsTable(table="other")).fetch("acme", SINCE_US, UNTIL_US)
        assert list(batch.undated.values()) == [SINCE_US + 4 * DAY_US // 24]
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE other")


def test_no_transaction_stays_open(platform: Engine) -> None:
    """A source that idles holds back no vacuum."""
    source = SQLAlchemyAlarmSource(platform)
    source.fetch("acme", SINCE_US, UNTIL_US)
    with platform.connect() as connection:
        idle = connection.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"))
    assert idle == 0


def test_a_database_that_is_down_says_so_itself() -> None:
    """Its own error comes through unwrapped."""
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(OperationalError):
        SQLAlchemyAlarmSource(engine).fetch("acme", SINCE_US, UNTIL_US)


def fill(engine: Engine) -> None:
    """Write alarms of three months and several tenants, so that an index is worth while."""
    PLATFORM.store(engine, "acme", months())
    for tenant in range(5):
        PLATFORM.store(engine, f"tenant {tenant}", (replaced(alarm, tenant) for alarm in months()))


def months() -> Iterable[Alarm]:
    """Yield an alarm an hour of the months before."""
    return (
        Alarm(SINCE - hours * HOUR, SINCE - hours * HOUR + timedelta(minutes=7), id=f"{hours}")
        for hours in range(HOURS)
    )


def replaced(alarm: Alarm, tenant: int) -> Alarm:
    """Return another tenant's alarm, with an id of its own."""
    return Alarm(alarm.first_occurrence, alarm.cleared_at, id=f"{tenant}/{alarm.id}")


def test_varied_alarms_come_in_pairs_and_whole_rows(platform: Engine) -> None:
    """Only rows that may need naming carry an id."""
    PLATFORM.store(platform, "acme", varied_alarms())
    batch = SQLAlchemyAlarmSource(platform).fetch("acme", SINCE_US, UNTIL_US)
    named = [row for row, key in enumerate(batch.columns["id"]) if key is not None]
    assert named == batch.active_rows


@pytest.mark.parametrize("ends", [[], [None], [SINCE + HOUR, None, SINCE, SINCE + 2 * HOUR]])
def test_rows_are_complete_from_the_oldest_cleared_row(platform: Engine, ends: list[datetime | None]) -> None:
    """That is still there, of this tenant; without one, from when the purge may have come to."""
    if ends:
        PLATFORM.store(platform, "acme", [Alarm(SINCE - HOUR, end, id=str(key)) for key, end in enumerate(ends)])
    PLATFORM.store(platform, "other", [Alarm(SINCE - 2 * HOUR, SINCE - HOUR, id="of another tenant")])
    source = SQLAlchemyAlarmSource(platform, purged_after=HOUR, clock=lambda: SINCE + 9 * HOUR)
    since = SINCE if len(ends) > 1 else SINCE + 8 * HOUR
    assert source.read_complete_since("acme") == instant_us(since, field="since")
    assert SQLAlchemyAlarmSource(platform).read_complete_since("acme") is None
