"""What the SQL source sends: one statement, minimal columns, bound parameters, an index that stays of use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from sla_compliance.alarms import Alarm, AlarmFilter
from sla_compliance.sources.sqlalchemy import SQLAlchemyAlarmSource, ddl, missing_index_statements
from tests.adapters.alarm_tables import PLATFORM
from tests.adapters.statements import watched
from tests.contract.alarm_source import HOUR, SINCE, SINCE_US, UNTIL_US, varied_alarms

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
        source.fetch("acme", SINCE_US, UNTIL_US)
        source.fetch_details("acme", SINCE_US, UNTIL_US)
    assert not any(name in sent[0][0] for name in ("title", "resource_id", "customer_id", "alarm_type", "subscriber"))
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
    """They bound the scan; that only critical and major alarms are wanted is known from the index being partial."""
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
                for statement in ddl(engine.dialect.name).splitlines():
                    connection.exec_driver_sql(statement)
        assert missing_index_statements(engine) == ()
    with platform.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_sla_alarms, ix_sla_metrics")


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
