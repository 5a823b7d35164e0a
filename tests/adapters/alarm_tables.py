"""Tables of alarms to read from: the platform's own, and others that a mapping reaches."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, text

from sla_compliance.alarms import Alarm
from sla_compliance.sources.sqlalchemy import AlarmsTable, NaiveTimes
from sla_compliance.testing.stored_alarms import EVERY_COLUMN
from sla_compliance.units import instant_us

FIXTURES: Final = Path(__file__).parents[1] / "fixtures"
PLATFORM_SCHEMA: Final = (FIXTURES / "platform_schema.sql").read_text(encoding="utf-8")

Written = Callable[[datetime | None], object]


def microseconds(value: datetime | None) -> int | None:
    """Write an instant as integer microseconds."""
    return None if value is None else instant_us(value, field="value")


def as_it_is(value: datetime | None) -> datetime | None:
    """Leave an aware datetime to the driver."""
    return value


def naive_utc(value: datetime | None) -> datetime | None:
    """Write the wall clock of UTC."""
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None)


def iso_text(value: datetime | None) -> str | None:
    """Write text as isoformat does."""
    return None if value is None else value.isoformat()


def naive_text(value: datetime | None) -> str | None:
    """Write text as SQLAlchemy does on SQLite."""
    return None if value is None else str(naive_utc(value))


@dataclass(frozen=True)
class Layout:
    """One way to store alarms.

    Attributes:
        ddl: makes the table.
        mapping: what the source is told of it.
        written: an instant as the table holds it.
        has_enums: whether severity and status are the platform's enum types, and ids UUIDs.
        lacks: optional columns of an Alarm that the table does not have.
    """

    ddl: str
    mapping: AlarmsTable
    written: Written
    has_enums: bool = False
    lacks: frozenset[str] = frozenset()

    def store(self, engine: Engine, tenant_id: str, alarms: Iterable[Alarm]) -> None:
        """Write the alarms of a tenant."""
        rows = [self._row(tenant_id, alarm) for alarm in alarms]
        with engine.begin() as connection:
            connection.execute(text(self._insert), rows)

    def empty(self, engine: Engine) -> None:
        """Delete all alarms."""
        with engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {self._table}"))  # noqa: S608 - a name of this file

    @property
    def _table(self) -> str:
        names = [name for name in (self.mapping.schema, self.mapping.table) if name]
        return ".".join(map(_quoted, names))

    @property
    def _insert(self) -> str:
        columns = {name: _quoted(getattr(self.mapping, name)) for name in _COLUMNS if name not in self.lacks}
        values = [
            f"CAST(:{name} AS {_ENUMS[name]})" if self.has_enums and name in _ENUMS else f":{name}" for name in columns
        ]
        return f"INSERT INTO {self._table} ({', '.join(columns.values())}) VALUES ({', '.join(values)})"  # noqa: S608

    def _row(self, tenant_id: str, alarm: Alarm) -> dict[str, Any]:
        row = {name: getattr(alarm, name) for name in _COLUMNS if name != "tenant_id"} | {"tenant_id": tenant_id}
        row |= {name: self.written(row[name]) for name in _TIMES}
        row |= {name: value for name, value in _NOT_NULL.items() if row[name] is None}
        if self.has_enums:
            row["last_occurrence"] = row["last_occurrence"] or row["first_occurrence"]  # NOT NULL there
            row |= {"id": _as_uuid(alarm.id), "severity": alarm.severity.upper(), "status": row["status"].upper()}
            row["parent_alarm_id"] = None if alarm.parent_alarm_id is None else _as_uuid(alarm.parent_alarm_id)
        return {name: value for name, value in row.items() if name not in self.lacks}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_TIMES: Final = (
    "first_occurrence", "cleared_at", "resolved_at", "last_occurrence", "acknowledged_at", "updated_at",
)  # fmt: skip
_COLUMNS: Final = (
    "id", "tenant_id", "alarm_id", "severity", "status", "alarm_type", "title",
    "resource_id", "customer_id", "subscriber_count", "parent_alarm_id", "resource_type", *_TIMES,
)  # fmt: skip
_ENUMS: Final = {"severity": "alarmseverity", "status": "alarmstatus"}
_NOT_NULL: Final = {"alarm_id": "device", "status": "ACTIVE", "alarm_type": "los", "title": "", "subscriber_count": 0}


def _as_uuid(value: object) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, str(value)))


def _plain_table(name: str, time_type: str, number: str = "INTEGER") -> str:
    times = ", ".join(f"{column} {time_type}" for column in _TIMES)
    return (
        f"CREATE TABLE {name} (id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, alarm_id TEXT, severity TEXT NOT NULL,"
        f" status TEXT, alarm_type TEXT, title TEXT, resource_id TEXT, customer_id TEXT, subscriber_count {number},"
        " parent_alarm_id TEXT, resource_type TEXT,"
        f" {times})"
    )


PLATFORM: Final = Layout(PLATFORM_SCHEMA, AlarmsTable(), as_it_is, has_enums=True, lacks=frozenset({"updated_at"}))
_ELSEWHERE: Final = """
    CREATE SCHEMA "odd schema";
    CREATE TABLE "odd schema"."the ""alarms"" of; us" (
        "row" TEXT PRIMARY KEY, "Who?" TEXT NOT NULL, key TEXT, "level" TEXT NOT NULL, state TEXT, kind TEXT,
        name TEXT, device TEXT, client TEXT, reach BIGINT,
        raised TIMESTAMPTZ NOT NULL, cleared TIMESTAMPTZ, resolved TIMESTAMPTZ, seen TIMESTAMPTZ
    )
"""
POSTGRES_LAYOUTS: Final = {
    "other names": Layout(
        _ELSEWHERE,
        AlarmsTable(
            schema="odd schema",
            table='the "alarms" of; us',
            tenant_id="Who?",
            id="row",
            alarm_id="key",
            severity="level",
            status="state",
            alarm_type="kind",
            title="name",
            resource_id="device",
            customer_id="client",
            subscriber_count="reach",
            first_occurrence="raised",
            cleared_at="cleared",
            resolved_at="resolved",
            last_occurrence="seen",
        ),
        as_it_is,
        lacks=frozenset({"parent_alarm_id", "resource_type", "acknowledged_at", "updated_at"}),
    ),
    "naive": Layout(_plain_table("alarms", "TIMESTAMP"), AlarmsTable(naive_times=NaiveTimes.UTC), naive_utc),
    "integers": Layout(_plain_table("alarms", "BIGINT"), AlarmsTable(), microseconds),
}
SQLITE_LAYOUTS: Final = {
    "integers": Layout(_plain_table("alarms", "INTEGER"), AlarmsTable(), microseconds),
    "text": Layout(_plain_table("alarms", "TEXT"), AlarmsTable(), iso_text),
    "naive text": Layout(_plain_table("alarms", "DATETIME"), AlarmsTable(naive_times=NaiveTimes.UTC), naive_text),
}
FOUR_COLUMNS: Final = Layout(
    "CREATE TABLE alarms (tenant_id TEXT NOT NULL, severity TEXT, first_occurrence BIGINT NOT NULL, cleared_at BIGINT)",
    AlarmsTable(),
    microseconds,
    lacks=EVERY_COLUMN - {"severity", "first_occurrence", "cleared_at"},
)
WITHOUT_STATUS: Final = Layout(
    "CREATE TABLE alarms (id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, alarm_id TEXT, severity TEXT NOT NULL,"
    " title TEXT, resource_id TEXT, customer_id TEXT, subscriber_count INTEGER, parent_alarm_id TEXT,"
    " resource_type TEXT, first_occurrence BIGINT, cleared_at BIGINT, resolved_at BIGINT,"
    " acknowledged_at BIGINT, updated_at BIGINT)",
    AlarmsTable(),
    microseconds,
    lacks=frozenset({"status", "alarm_type", "last_occurrence"}),
)
