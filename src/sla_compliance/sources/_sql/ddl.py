"""The statements that a database's owner runs: indexes, the table of corrections, and which of them are missing."""
################################################################
# Statements are printed and never run here. With a database they drop first what stands
# in the way.
################################################################

from __future__ import annotations

from sqlalchemy import Engine

from sla_compliance.sources._sql.corrections import create_corrections_table
from sla_compliance.sources._sql.indexes import (
    IndexReport,
    check_alarm_ids,
    checked_alarm_index,
    checked_metrics_index,
    create_indexes,
)
from sla_compliance.sources._sql.mappings import (
    CORRECTIONS,
    PLATFORM_ALARMS,
    AlarmsTable,
    CorrectionsTable,
    MetricsTable,
)


def ddl(dialect: str, *, alarms: AlarmsTable = PLATFORM_ALARMS, metrics: MetricsTable | None = None) -> str:
    """Return the statements that create the index on alarms, and that on metrics where it is mapped, one a line.

    No database is looked at; `fitting_ddl` looks at one.

    Args:
        dialect: "postgresql" or "sqlite".

    Raises:
        InvalidValueError: it is neither.

    >>> print(ddl("sqlite"))
    CREATE INDEX IF NOT EXISTS "ix_sla_alarms" ON "alarms" ("tenant_id", "severity", "first_occurrence", "cleared_at");
    """
    return "\n".join(create_indexes(dialect, alarms=alarms, metrics=metrics))


def fitting_ddl(
    engine: Engine,
    *,
    alarms: AlarmsTable = PLATFORM_ALARMS,
    metrics: MetricsTable | None = None,
) -> str:
    """Return the statements that create the indexes in a database, which is read and not changed, one a line.

    An index of ours that does not serve is dropped first.

    Raises:
        InvalidValueError: there is no such table, or a mapped column does not exist.
    """
    with engine.connect() as connection:
        statements = checked_alarm_index(connection, alarms).statements(connection)
        if metrics is not None:
            statements += checked_metrics_index(connection, metrics).statements(connection)
    return "\n".join(statements)


def corrections_ddl(dialect: str, table: CorrectionsTable = CORRECTIONS) -> str:
    """Return the statements that create a table of corrections and its index; errors as `ddl`."""
    return "\n".join(create_corrections_table(dialect, table))


def missing_index_statements(
    engine: Engine,
    table: AlarmsTable = PLATFORM_ALARMS,
) -> tuple[str, ...]:
    """Return the statements to run for quick requests: empty where the table of alarms has its index.

    Raises:
        InvalidValueError: there is no such table, a mapped column does not exist, or rows share an id.
    """
    return index_report(engine, table).statements


def index_report(
    engine: Engine,
    table: AlarmsTable = PLATFORM_ALARMS,
) -> IndexReport:
    """Return which indexes the table of alarms has, and what to run; arguments and errors as of the statements."""
    with engine.connect() as connection:
        check_alarm_ids(connection, table)
        index = checked_alarm_index(connection, table)
        looks = index.looks(connection)
        has_index = any(look.serves for look in looks)
        return IndexReport(tuple(looks), () if has_index else index.statements(connection))
