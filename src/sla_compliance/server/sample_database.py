"""The sample database: the platform's tables as data, and the one writer of sample providers into them."""
################################################################
# Two commands write it. `demo` makes an SQLite file and has the standard library
# alone; `serve --demo` fills SQLite or PostgreSQL through SQLAlchemy. So the writer
# needs a cursor, as DB-API (PEP 249) defines it, and no library.
#
# SQLite has no type for times and none for JSON: both are text there, times as
# RFC 3339, as the SQL sources read them.
#
# DEMO_TENANT and SECOND_TENANT have figures; EMPTY_TENANT has no rows, for it is
# not monitored yet.
################################################################

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final, Protocol

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.samples import COLUMNS, SampleProvider, SampleRow, sample_provider
from sla_compliance.units import moment, parse_timestamp

DEMO_TENANT: Final = "demo"
SECOND_TENANT: Final = "demo-2"
EMPTY_TENANT: Final = "empty"
SECOND_SEED: Final = 2
SECOND_ZONE: Final = "Africa/Lagos"

Row = Sequence[Any]


class Cursor(Protocol):
    """The part of a DB-API cursor that the writer needs."""

    def execute(self, statement: str, /) -> object:
        """Run a statement."""
        ...

    def executemany(self, statement: str, rows: Sequence[Row], /) -> object:
        """Run a statement once for each row of parameters."""
        ...


class ValueKind(Enum):
    """What a column holds."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TIME = "time"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column.

    Attributes:
        constraint: SQL behind the type: "PRIMARY KEY", "NOT NULL" or nothing.
    """

    name: str
    kind: ValueKind = ValueKind.TEXT
    constraint: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        index_name, index_columns: its index beside the primary key's; empty where it has none.
    """

    name: str
    columns: tuple[TableColumn, ...]
    index_name: str = ""
    index_columns: tuple[str, ...] = ()

    @property
    def column_names(self) -> str:
        """The columns' names as SQL lists them."""
        return ", ".join(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The SQL of one database.

    Attributes:
        types: the type of a column, by what it holds.
        placeholder: what stands for a parameter; {} is its number.
        encoders: how a value that is not None becomes a parameter; kinds without one are passed on as they are.
    """

    types: Mapping[ValueKind, str]
    placeholder: str
    encoders: Mapping[ValueKind, Callable[[Any], object]]


SQLITE_DIALECT: Final = Dialect(
    types={
        ValueKind.TEXT: "TEXT",
        ValueKind.INTEGER: "INTEGER",
        ValueKind.BOOLEAN: "BOOLEAN",
        ValueKind.TIME: "TEXT",
        ValueKind.JSON: "TEXT",
    },
    placeholder="?",
    encoders={ValueKind.TIME: datetime.isoformat, ValueKind.JSON: json.dumps},
)
POSTGRESQL_DIALECT: Final = Dialect(
    types={
        ValueKind.TEXT: "TEXT",
        ValueKind.INTEGER: "INTEGER",
        ValueKind.BOOLEAN: "BOOLEAN",
        ValueKind.TIME: "TIMESTAMP WITH TIME ZONE",
        ValueKind.JSON: "JSON",
    },
    placeholder="%s",
    encoders={ValueKind.JSON: json.dumps},
)
ASYNCPG_DIALECT: Final = replace(POSTGRESQL_DIALECT, placeholder="${}")
DIALECTS: Final[Mapping[str, Dialect]] = {"sqlite": SQLITE_DIALECT, "postgresql": POSTGRESQL_DIALECT}

# How a value of SQLite becomes what it was before it was written.
_SQLITE_DECODERS: Final[Mapping[ValueKind, Callable[[Any], object]]] = {
    ValueKind.TIME: parse_timestamp,
    ValueKind.JSON: json.loads,
    ValueKind.BOOLEAN: bool,
}

_ALARM_TIMES: Final = frozenset({"first_occurrence", "last_occurrence", "acknowledged_at", "cleared_at", "resolved_at"})
_ALARM_NUMBERS: Final = frozenset({"subscriber_count", "occurrence_count"})


def _alarm_column(name: str) -> TableColumn:
    if name == "id":
        return TableColumn(name, constraint="PRIMARY KEY")
    if name in _ALARM_TIMES:
        return TableColumn(name, ValueKind.TIME)
    if name in _ALARM_NUMBERS:
        return TableColumn(name, ValueKind.INTEGER)
    return TableColumn(name)


TENANTS: Final = Table(
    "tenants",
    (
        TableColumn("id", constraint="PRIMARY KEY"),
        TableColumn("timezone", constraint="NOT NULL"),
        TableColumn("created_at", ValueKind.TIME, "NOT NULL"),
    ),
)
ALARMS: Final = Table(
    "alarms",
    tuple(_alarm_column(name) for name in COLUMNS),
    index_name="ix_alarms_window",
    index_columns=("tenant_id", "severity", "first_occurrence", "cleared_at"),
)
MAINTENANCE_WINDOWS: Final = Table(
    "maintenance_windows",
    (
        TableColumn("id", ValueKind.INTEGER, "PRIMARY KEY"),
        TableColumn("tenant_id", constraint="NOT NULL"),
        TableColumn("title", constraint="NOT NULL"),
        TableColumn("start_time", ValueKind.TIME, "NOT NULL"),
        TableColumn("end_time", ValueKind.TIME, "NOT NULL"),
        TableColumn("timezone", constraint="NOT NULL"),
        TableColumn("status", constraint="NOT NULL"),
        TableColumn("suppress_alarms", ValueKind.BOOLEAN, "NOT NULL"),
        TableColumn("affected_services", ValueKind.JSON, "NOT NULL"),
        TableColumn("affected_customers", ValueKind.JSON, "NOT NULL"),
        TableColumn("affected_resources", ValueKind.JSON, "NOT NULL"),
        TableColumn("created_at", ValueKind.TIME),
    ),
)
TABLES: Final = (TENANTS, ALARMS, MAINTENANCE_WINDOWS)


def demo_providers(now: datetime) -> tuple[SampleProvider, SampleProvider]:
    """Return the providers of DEMO_TENANT and SECOND_TENANT, ninety days each, as known at `now`."""
    return (
        sample_provider(now, tenant_id=DEMO_TENANT),
        sample_provider(now, tenant_id=SECOND_TENANT, seed=SECOND_SEED, zone=SECOND_ZONE),
    )


def create_tables(cursor: Cursor, dialect: Dialect, tables: Iterable[Table] = TABLES) -> None:
    """Create tables that do not exist yet, each with its index."""
    for table in tables:
        definitions = [f"{column.name} {dialect.types[column.kind]} {column.constraint}" for column in table.columns]
        cursor.execute(f"CREATE TABLE {table.name} ({', '.join(definitions)})")
        if table.index_name:
            cursor.execute(f"CREATE INDEX {table.index_name} ON {table.name} ({', '.join(table.index_columns)})")


def write_rows(cursor: Cursor, dialect: Dialect, providers: Sequence[SampleProvider]) -> None:
    """Replace all rows of the tables by those of sample providers."""
    windows = [_window_row(window, provider) for provider in providers for window in provider.maintenance]
    rows_by_table: dict[Table, list[Row]] = {
        TENANTS: [(provider.tenant_id, provider.zone, provider.start) for provider in providers],
        ALARMS: [_alarm_row(alarm) for provider in providers for alarm in provider.rows],
        MAINTENANCE_WINDOWS: [(number, *row) for number, row in enumerate(windows, start=1)],
    }
    for table, rows in rows_by_table.items():
        placeholders = ", ".join(dialect.placeholder.format(number + 1) for number in range(len(table.columns)))
        cursor.execute(f"DELETE FROM {table.name}")  # noqa: S608 - names from here
        cursor.executemany(
            f"INSERT INTO {table.name} ({table.column_names}) VALUES ({placeholders})",  # noqa: S608
            [_encode_row(row, table, dialect) for row in rows],
        )


def _alarm_row(alarm: SampleRow) -> Row:
    return [getattr(alarm, name) for name in COLUMNS]


def _window_row(window: MaintenanceWindow, provider: SampleProvider) -> Row:
    """Return a row of MAINTENANCE_WINDOWS but for its number."""
    return (
        provider.tenant_id,
        window.reason,
        window.start,
        window.end,
        provider.zone,
        "completed" if window.end <= provider.now else "in_progress",
        True,
        [],
        [],
        affected_resources(window),
        announced_at(window),
    )


def _encode_row(row: Row, table: Table, dialect: Dialect) -> Row:
    """Return the parameters that store a row."""
    return [
        _convert(value, dialect.encoders.get(column.kind)) for column, value in zip(table.columns, row, strict=True)
    ]


def _convert(value: object, convert: Callable[[Any], object] | None) -> object:
    """Return a value converted, where there is a value and a conversion."""
    return value if value is None or convert is None else convert(value)


def affected_resources(window: MaintenanceWindow) -> list[str]:
    """Return the resources that a sample window is about; empty where it is about all of them."""
    return sorted((window.applies_to or {}).get("resource_id", ()))


def announced_at(window: MaintenanceWindow) -> datetime | None:
    """Return when a window was announced; None where that is not known."""
    return None if window.announced_at_us is None else moment(window.announced_at_us)


def write_file(provider: SampleProvider, path: Path) -> None:
    """Write one provider to an SQLite file; a file that was there is replaced."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database, database:
        cursor = database.cursor()
        create_tables(cursor, SQLITE_DIALECT)
        write_rows(cursor, SQLITE_DIALECT, [provider])


def read_alarm_rows(path: Path) -> list[SampleRow]:
    """Return all alarms of an SQLite file that `write_file` wrote, in the order they were written."""
    return [SampleRow(**values) for values in _read_table(path, ALARMS)]


def read_windows(path: Path) -> tuple[MaintenanceWindow, ...]:
    """Return the maintenance windows of an SQLite file that `write_file` wrote, in the order they were written."""
    return tuple(_window_of(values) for values in _read_table(path, MAINTENANCE_WINDOWS))


def _read_table(path: Path, table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table: values by column name."""
    statement = f"SELECT {table.column_names} FROM {table.name} ORDER BY rowid"  # noqa: S608 - names from here
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(statement).fetchall()
    return [_decode_row(row, table) for row in rows]


def _decode_row(row: Row, table: Table) -> dict[str, Any]:
    return {
        column.name: _convert(value, _SQLITE_DECODERS.get(column.kind))
        for column, value in zip(table.columns, row, strict=True)
    }


def _window_of(values: Mapping[str, Any]) -> MaintenanceWindow:
    resource_ids = values["affected_resources"]
    return MaintenanceWindow(
        values["start_time"],
        values["end_time"],
        announced_at=values["created_at"],
        reason=values["title"],
        applies_to={"resource_id": resource_ids} if resource_ids else None,
    )
