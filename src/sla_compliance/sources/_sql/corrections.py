"""The table of corrections: the statement that creates it, the one that reads a tenant's, and what each row means."""
################################################################
# Rows are only ever added: the last correction of a row of alarms and a field counts.
# Those entered at one instant count in the order of their `id`, where the table has
# such a column.
#
# A row that is no correction is an error that names it: left out, a figure would be
# one that somebody has corrected already.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from sla_compliance.checks import wrong_value
from sla_compliance.columns import is_absent
from sla_compliance.corrections import Correction, checked_corrections
from sla_compliance.errors import SLAComplianceError
from sla_compliance.sources._sql.indexes import dialect_of
from sla_compliance.sources._sql.kept_reflection import KeptReflection
from sla_compliance.sources._sql.mappings import CorrectionsTable, named_columns
from sla_compliance.sources._sql.reflection import POSTGRESQL, checked_tenant_id
from sla_compliance.sources._sql.row_security import readable_table
from sla_compliance.sources._sql.shapes import Fields, rows_statement
from sla_compliance.units import moment

_TIMES: Final = ("starts", "ends", "entered_at")
_TEXTS: Final = ("row_id", "severity", "void", "reason", "author")
_OPTIONAL: Final = ("id",)
_YES: Final = frozenset({"1", "true", "t", "yes"})
_NO: Final = frozenset({"0", "false", "f", "no"})
_TENANT: Final = "tenant"  # name of the statement's parameter

# The type of a column in PostgreSQL and in SQLite, and whether it holds a value in every row.
_COLUMN_TYPES: Final[Mapping[str, tuple[str, str, bool]]] = {
    "tenant_id": ("TEXT", "TEXT", True),
    "row_id": ("TEXT", "TEXT", True),
    "starts": ("TIMESTAMP WITH TIME ZONE", "TEXT", False),
    "ends": ("TIMESTAMP WITH TIME ZONE", "TEXT", False),
    "severity": ("TEXT", "TEXT", False),
    "void": ("BOOLEAN", "BOOLEAN", False),
    "reason": ("TEXT", "TEXT", True),
    "author": ("TEXT", "TEXT", True),
    "entered_at": ("TIMESTAMP WITH TIME ZONE", "TEXT", True),
}


class CorrectionReader:
    """Reads corrections over a connection; the first one reflects the table."""

    def __init__(self, mapping: CorrectionsTable) -> None:
        self._mapping = mapping
        self._table = KeptReflection(lambda connection: _MappedCorrections(connection, mapping))

    def check(self, connection: Connection) -> None:
        """Check that the table and its columns are there, and can mean what the mapping says; errors as a source."""
        _MappedCorrections(connection, self._mapping)

    def read(self, connection: Connection, tenant_id: str) -> tuple[Correction, ...]:
        """Return the tenant's corrections in the order in which they count; one statement."""
        with self._table.used(connection) as table:
            return table.corrections(connection, tenant_id)


class _MappedCorrections:
    """A mapped table of corrections, reflected, and the statement on it."""

    def __init__(self, connection: Connection, mapping: CorrectionsTable) -> None:
        columns = {name: getattr(mapping, name) for name in (*_TIMES, *_TEXTS, *_OPTIONAL)}
        table = readable_table(connection, mapping, [mapping.tenant_id, *named_columns(columns.values())])
        usable_columns = {name: column for name, column in columns.items() if column in table.types}
        kind = table.instants([usable_columns[name] for name in _TIMES], mapping.naive_times, mapping.times_in)
        fields = Fields(
            instants={name: table.column(usable_columns[name]) for name in _TIMES},
            plain_columns={
                name: table.column_as_text(column) for name, column in usable_columns.items() if name not in _TIMES
            },
        )
        self._statement = rows_statement(fields, kind, table.is_equal(mapping.tenant_id, _TENANT), table.name)
        self._table_name = table.name

    def corrections(self, connection: Connection, tenant_id: str) -> tuple[Correction, ...]:
        """Return the corrections of a tenant in the order in which they count."""
        columns = self._statement.fetch(connection, {_TENANT: checked_tenant_id(tenant_id)}).checked()
        rows = [
            dict(zip(columns.by_name, values, strict=True)) for values in zip(*columns.by_name.values(), strict=True)
        ]
        rows.sort(key=_order_of_entry)
        # A sort that is stable: those of one instant stay in the order of their entry.
        return checked_corrections([self._correction(row) for row in rows])

    def _correction(self, row: Mapping[str, Any]) -> Correction:
        """Return the correction of a row.

        Raises:
            SLAComplianceError: it is none; the message names the table, the row of alarms and the column.
        """
        try:
            severity = None if is_absent(row["severity"]) else row["severity"]
            return Correction(
                row["row_id"],
                starts=_moment(row["starts"]),
                ends=_moment(row["ends"]),
                severity=severity,
                void=_yes_or_no(row["void"]),
                reason=row["reason"],
                author=row["author"],
                entered_at=_moment(row["entered_at"]),  # type: ignore[arg-type]  # None is refused there
            )
        except SLAComplianceError as error:
            raise error.renamed(f"{self._table_name}[{row['row_id']}].{error.field}") from error


def _order_of_entry(row: Mapping[str, Any]) -> tuple[int, str]:
    """Return where a row stands among others of one instant; ids are numbers, that PostgreSQL sends as text."""
    text = str(row.get("id", ""))
    return (int(text) if text.isascii() and text.isdigit() else 0, text)


def _moment(instant_us: int | None) -> datetime | None:
    return None if instant_us is None else moment(instant_us)


def _yes_or_no(value: object) -> bool:
    """Return what a column `void` says; nothing is no."""
    text = "0" if value is None or value == "" else str(value).lower()
    if text not in _YES | _NO:
        raise wrong_value(value, "void", "true or false")
    return text in _YES


def create_corrections_table(dialect_name: str, mapping: CorrectionsTable) -> tuple[str, ...]:
    """Return the statements that create the table and its index where they are not there yet.

    Raises:
        InvalidValueError: the dialect is neither "postgresql" nor "sqlite".
    """
    dialect = dialect_of(dialect_name)
    quoted = dialect.identifier_preparer.quote_identifier
    table = ".".join(quoted(part) for part in (mapping.schema, mapping.table) if part)
    is_postgresql = dialect.name == POSTGRESQL
    lines = []
    if mapping.id is not None:
        key = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY" if is_postgresql else "INTEGER PRIMARY KEY"
        lines.append(f"{quoted(mapping.id)} {key}")
    for name, (postgresql_type, sqlite_type, is_needed) in _COLUMN_TYPES.items():
        column_type = postgresql_type if is_postgresql else sqlite_type
        lines.append(f"{quoted(getattr(mapping, name))} {column_type}{' NOT NULL' if is_needed else ''}")
    columns = ",\n    ".join(lines)
    index = quoted(f"ix_{mapping.table}")
    return (
        f"CREATE TABLE IF NOT EXISTS {table} (\n    {columns}\n);",
        f"CREATE INDEX IF NOT EXISTS {index} ON {table} ({quoted(mapping.tenant_id)});",
    )
