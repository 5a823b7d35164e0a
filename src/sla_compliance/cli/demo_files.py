"""The sample provider as files: an SQLite database like the platform's, and CSV exports of it."""
################################################################
# The tables have the platform's names and columns; times are RFC 3339 text, as
# SQLite has no type for them. What is written is also read here.
################################################################

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.samples import COLUMNS, SampleProvider, SampleRow
from sla_compliance.units import moment, parse_timestamp

_TIMES: Final = frozenset({"first_occurrence", "last_occurrence", "acknowledged_at", "cleared_at", "resolved_at"})
_NUMBERS: Final = frozenset({"subscriber_count", "occurrence_count", "suppress_alarms"})
_TABLES: Final = {
    "tenants": ("id", "timezone", "created_at"),
    "alarms": COLUMNS,
    "maintenance_windows": (
        "tenant_id",
        "title",
        "start_time",
        "end_time",
        "timezone",
        "status",
        "suppress_alarms",
        "affected_services",
        "affected_customers",
        "affected_resources",
        "created_at",
    ),
}

Row = Sequence[Any]


def write_database(provider: SampleProvider, path: Path) -> None:
    """Write the provider's alarms, maintenance windows and tenant; a file that was there is replaced."""
    path.unlink(missing_ok=True)
    rows: dict[str, list[Row]] = {
        "tenants": [(provider.tenant_id, provider.zone, provider.start.isoformat())],
        "alarms": [_alarm(row) for row in provider.rows],
        "maintenance_windows": [_window(window, provider) for window in provider.maintenance],
    }
    with closing(sqlite3.connect(path)) as database, database:
        for table, columns in _TABLES.items():
            typed = (f"{name} {'INTEGER' if name in _NUMBERS else 'TEXT'}" for name in columns)
            database.execute(f"CREATE TABLE {table} ({', '.join(typed)})")
            marks = ", ".join("?" * len(columns))
            database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])  # noqa: S608 - names from here
        database.execute("CREATE INDEX ix_alarms_window ON alarms (tenant_id, severity, first_occurrence, cleared_at)")


def read_alarms(path: Path) -> list[SampleRow]:
    """Return all alarms of a database that `write_database` wrote."""
    rows = _selected(path, f"SELECT {', '.join(COLUMNS)} FROM alarms ORDER BY rowid")  # noqa: S608 - names from here
    return [SampleRow(**{name: _read(name, value) for name, value in zip(COLUMNS, row, strict=True)}) for row in rows]


def read_windows(path: Path) -> tuple[MaintenanceWindow, ...]:
    """Return the maintenance windows of a database that `write_database` wrote, in the order they were written."""
    columns = "start_time, end_time, created_at, title, affected_resources"
    rows = _selected(path, f"SELECT {columns} FROM maintenance_windows WHERE status <> 'cancelled' ORDER BY rowid")  # noqa: S608
    return tuple(_read_window(*row) for row in rows)


def write_exports(provider: SampleProvider, alarms: Path, maintenance: Path) -> None:
    """Write the alarms and the maintenance windows as CSV, as the report command reads them."""
    _write_csv(alarms, COLUMNS, map(_alarm, provider.rows))
    windows = (
        (window.start, window.end, window.kind, window.reason, _told(window), ";".join(_resources(window)))
        for window in provider.maintenance
    )
    header = ("start", "end", "kind", "reason", "announced_at", "resource_id")
    _write_csv(maintenance, header, (list(map(_text, window)) for window in windows))


def _alarm(row: SampleRow) -> Row:
    return [_text(getattr(row, name)) for name in COLUMNS]


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever the column holds
    return parse_timestamp(value, field=name) if name in _TIMES and value is not None else value


def _window(window: MaintenanceWindow, provider: SampleProvider) -> Row:
    is_over = window.end <= provider.now
    return (
        provider.tenant_id,
        window.reason,
        window.start.isoformat(),
        window.end.isoformat(),
        provider.zone,
        "completed" if is_over else "in_progress",
        1,
        "[]",
        "[]",
        json.dumps(_resources(window)),
        _text(_told(window)),
    )


def _read_window(start: str, end: str, told: str | None, title: str, resources: str) -> MaintenanceWindow:
    affected = json.loads(resources)
    return MaintenanceWindow(
        parse_timestamp(start),
        parse_timestamp(end),
        announced_at=None if told is None else parse_timestamp(told),
        reason=title,
        applies_to={"resource_id": affected} if affected else None,
    )


def _told(window: MaintenanceWindow) -> datetime | None:
    return None if window.announced_at_us is None else moment(window.announced_at_us)


def _resources(window: MaintenanceWindow) -> list[str]:
    return sorted((window.applies_to or {}).get("resource_id", ()))


def _selected(path: Path, query: str) -> list[Row]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
