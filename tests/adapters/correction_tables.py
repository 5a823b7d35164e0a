"""The table of corrections that `ddl` prints, in both databases, and its rows."""

from __future__ import annotations

from sqlalchemy import Engine, text

from sla_compliance.corrections import Correction
from sla_compliance.sources.sqlalchemy import CorrectionsTable, corrections_ddl


def create_corrections(engine: Engine, table: CorrectionsTable | None = None) -> None:
    """Run the statements that are printed."""
    statements = corrections_ddl(engine.dialect.name, table or CorrectionsTable())
    with engine.begin() as connection:
        for statement in statements.split(";\n"):
            connection.exec_driver_sql(statement)


def enter(engine: Engine, tenant_id: str, correction: Correction) -> None:
    """Add a row."""
    times = {name: getattr(correction, name) for name in ("starts", "ends", "entered_at")}
    values = {
        "tenant_id": tenant_id,
        "row_id": str(correction.row_id),
        "severity": correction.severity and str(correction.severity),
        "void": correction.void,
        "reason": correction.reason,
        "author": correction.author,
        **{name: time and time.isoformat() for name, time in times.items()},
    }
    statement = f"INSERT INTO sla_corrections ({', '.join(values)}) VALUES (:{', :'.join(values)})"  # noqa: S608
    with engine.begin() as connection:
        connection.execute(text(statement), values)
