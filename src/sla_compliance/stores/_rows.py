"""The tables of a store, and their statements."""
################################################################
# One row a day in `sla_days`; one row a date of a tenant in `sla_changes`, once a
# change of it was reported; one row a rewriting in `sla_restatements`, which only
# ever grows. Instants and lengths are integers, so no session's time zone and no
# driver can change them; cells and facts are JSON text. A tenant id stands as it
# is; what no database can hold of it (NUL, lone surrogates) is escaped.
#
# Rewriting takes its rows first, by an update that changes nothing: that is how
# both databases lock them, so the old cells that go to the trail are those that
# are replaced.
################################################################

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.ledger import CellLengths
from sla_compliance.measured import DayFact, DayKey, FactCode, MeasuredDay
from sla_compliance.stores._version_1 import CELL_COUNT, UPGRADE_STATEMENTS, cells_of_version_1
from sla_compliance.stores.protocol import Restatement, StoredDay

LONGEST_TENANT_ID: Final = 500
_DIALECTS: Final = {"postgresql": postgresql, "sqlite": sqlite}

DAY_TABLES: Final = sa.MetaData()


def _key_columns() -> list[sa.Column[Any]]:
    """Return new columns of the parts of a DayKey; each table needs its own."""
    names = ("tenant_id", "measurement", "agreement", "zone")
    texts = [sa.Column(name, sa.Text, nullable=False) for name in names]
    return [*texts, sa.Column("local_date", sa.Date, nullable=False)]


days: Final = sa.Table(
    "sla_days",
    DAY_TABLES,
    *_key_columns(),
    sa.Column("start_us", sa.BigInteger, nullable=False),
    sa.Column("end_us", sa.BigInteger, nullable=False),
    sa.Column("cells_us", sa.Text, nullable=False),
    sa.Column("optimistic_cells_us", sa.Text),
    sa.Column("pessimistic_cells_us", sa.Text),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("rows_read", sa.BigInteger, nullable=False),
    sa.Column("rules_version", sa.Integer, nullable=False),
    sa.Column("as_of_us", sa.BigInteger, nullable=False),
    sa.Column("tz_version", sa.Text, nullable=False),
    sa.Column("written_us", sa.BigInteger, nullable=False),
    sa.Column("changes_applied", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "local_date", "zone", "measurement", "agreement"),
)
reported_changes: Final = sa.Table(
    "sla_changes",
    DAY_TABLES,
    sa.Column("tenant_id", sa.Text, nullable=False),
    sa.Column("local_date", sa.Date, nullable=False),
    sa.Column("changes_reported", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "local_date"),
)
trail: Final = sa.Table(
    "sla_restatements",
    DAY_TABLES,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    *_key_columns(),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("old_cells_us", sa.Text, nullable=False),
    sa.Column("new_cells_us", sa.Text, nullable=False),
)

# A date without a row in sla_changes has no reported change.
_CHANGES_REPORTED: Final = sa.func.coalesce(reported_changes.c.changes_reported, 0)
_DAYS_WITH_CHANGES: Final = sa.select(days, _CHANGES_REPORTED.label("changes_reported")).select_from(
    days.outerjoin(
        reported_changes,
        sa.and_(
            reported_changes.c.tenant_id == days.c.tenant_id,
            reported_changes.c.local_date == days.c.local_date,
        ),
    )
)


def create_statements(dialect: str) -> list[str]:
    """Return the statements that make the tables where they are not there yet; errors as `sqlalchemy.ddl`."""
    return [_create_statement(table, dialect) for table in DAY_TABLES.tables.values()]


def upgrade_statements(dialect: str) -> list[str]:
    """Return the statements that make version 2 of the tables of version 1; errors as `sqlalchemy.ddl`."""
    return [_create_statement(reported_changes, dialect), *UPGRADE_STATEMENTS]


def _create_statement(table: sa.Table, dialect: str) -> str:
    if dialect not in _DIALECTS:
        raise InvalidValueError(f"dialect is {shown(dialect)}; give one of {', '.join(_DIALECTS)}", field="dialect")
    compiled = CreateTable(table, if_not_exists=True).compile(dialect=_DIALECTS[dialect].dialect())
    return f"{str(compiled).strip()};"


def create(connection: sa.Connection) -> None:
    """Make the tables where they are not there yet.

    Raises:
        InvalidValueError: they are there, of version 1.
    """
    inspector = sa.inspect(connection)
    if inspector.has_table(days.name):
        column_names = {column["name"] for column in inspector.get_columns(days.name)}
        if days.c.changes_applied.name not in column_names:
            command = f"sla-compliance ddl --dialect {connection.dialect.name} --upgrade"
            raise InvalidValueError(
                f"table {days.name} is of version 1; run the statements that `{command}` prints", field=days.name
            )
    DAY_TABLES.create_all(connection)


def read(connection: sa.Connection, keys: Sequence[DayKey]) -> dict[DayKey, StoredDay]:
    """Return those of some days of one tenant that are stored."""
    if not keys:
        return {}
    tenant_id, dates = keys[0].tenant_id, [key.date for key in keys]
    rows = connection.execute(
        _DAYS_WITH_CHANGES.where(
            days.c.tenant_id == escaped_tenant_id(tenant_id), days.c.local_date.between(min(dates), max(dates))
        )
    )
    stored_days = {_day_key(row, tenant_id): _stored_day(row) for row in rows.mappings()}
    return {key: stored_days[key] for key in keys if key in stored_days}


def changes(connection: sa.Connection, tenant_id: str, dates: Collection[dt.date]) -> dict[dt.date, int]:
    """Return how many changes of each of some dates were reported."""
    if not dates:
        return {}
    table = reported_changes
    rows = connection.execute(
        sa.select(table.c.local_date, table.c.changes_reported).where(
            table.c.tenant_id == escaped_tenant_id(tenant_id), table.c.local_date.between(min(dates), max(dates))
        )
    )
    counts = {row.local_date: row.changes_reported for row in rows}
    return {date: counts.get(date, 0) for date in dates}


def add(connection: sa.Connection, new_days: Mapping[DayKey, StoredDay]) -> int:
    """Insert the days that are not there yet; return how many those were."""
    if not new_days:
        return 0
    insert = _DIALECTS[connection.dialect.name].insert(days).on_conflict_do_nothing().returning(days.c.local_date)
    rows = [{**_key_values(key), **_day_values(stored)} for key, stored in new_days.items()]
    return len(connection.execute(insert, rows).all())


def mark_stale(connection: sa.Connection, tenant_id: str, dates: Iterable[dt.date]) -> int:
    """Report a change of some dates; return how many days are stored of them."""
    # Ascending, so that two reports at once lock the rows of their dates in one order.
    changed_dates = dict.fromkeys(sorted(dates))
    if not changed_dates:
        return 0
    escaped_id = escaped_tenant_id(tenant_id)
    insert = _DIALECTS[connection.dialect.name].insert(reported_changes)
    upsert = insert.on_conflict_do_update(
        index_elements=[reported_changes.c.tenant_id, reported_changes.c.local_date],
        set_={"changes_reported": reported_changes.c.changes_reported + 1},
    )
    rows = [{"tenant_id": escaped_id, "local_date": date, "changes_reported": 1} for date in changed_dates]
    connection.execute(upsert, rows)
    stored_dates = connection.scalars(
        sa.select(days.c.local_date).where(
            days.c.tenant_id == escaped_id, days.c.local_date.between(min(changed_dates), max(changed_dates))
        )
    )
    return sum(date in changed_dates for date in stored_dates)


def stale(connection: sa.Connection, tenant_id: str) -> list[DayKey]:
    """Return the days that are not current, by date."""
    rows = connection.execute(
        _DAYS_WITH_CHANGES.where(
            days.c.tenant_id == escaped_tenant_id(tenant_id), days.c.changes_applied < _CHANGES_REPORTED
        ).order_by(days.c.local_date)
    )
    return [_day_key(row, tenant_id) for row in rows.mappings()]


def restate(
    connection: sa.Connection, new_days: Mapping[DayKey, StoredDay], reason: str, at_us: int
) -> list[Restatement]:
    """Rewrite stored days that a measurement supersedes; return what differed."""
    for key in new_days:
        # Locks the row: see the top of this file.
        connection.execute(sa.update(days).where(_is_day(key)).values(changes_applied=days.c.changes_applied))
    restatements: list[Restatement] = []
    for key, old in read(connection, tuple(new_days)).items():
        new = new_days[key]
        if not old.is_superseded_by(new):
            continue
        connection.execute(sa.update(days).where(_is_day(key)).values(**_day_values(new)))
        if old.day.cells_us != new.day.cells_us:
            restatements.append(Restatement(key, at_us, reason, old.day.cells_us, new.day.cells_us))
    if restatements:
        connection.execute(sa.insert(trail), [_trail_values(restatement) for restatement in restatements])
    return restatements


def restatements(connection: sa.Connection, tenant_id: str) -> list[Restatement]:
    """Return the trail of a tenant, oldest first."""
    is_tenants = trail.c.tenant_id == escaped_tenant_id(tenant_id)
    rows = connection.execute(sa.select(trail).where(is_tenants).order_by(trail.c.id))
    return [
        Restatement(
            _day_key(row, tenant_id),
            row["at_us"],
            row["reason"],
            _cells(row["old_cells_us"]),
            _cells(row["new_cells_us"]),
        )
        for row in rows.mappings()
    ]


def escaped_tenant_id(tenant_id: str) -> str:
    """Return a tenant id as a database can hold it; plain ones are themselves.

    Raises:
        InvalidValueError: it is too long for the key of a table.
    """
    text = tenant_id.encode("unicode_escape").decode("ascii")
    if len(text) > LONGEST_TENANT_ID:
        raise InvalidValueError(
            f"tenant_id is {shown(tenant_id)}; to be stored it may have {LONGEST_TENANT_ID} characters",
            field="tenant_id",
        )
    return text


def _is_day(key: DayKey) -> sa.ColumnElement[bool]:
    return sa.and_(*(days.c[name] == value for name, value in _key_values(key).items()))


def _key_values(key: DayKey) -> dict[str, object]:
    return {
        "tenant_id": escaped_tenant_id(key.tenant_id),
        "measurement": key.measurement,
        "agreement": key.agreement,
        "zone": key.zone,
        "local_date": key.date,
    }


def _day_key(row: sa.RowMapping, tenant_id: str) -> DayKey:
    return DayKey(tenant_id, row["measurement"], row["agreement"], row["zone"], row["local_date"])


def _day_values(stored: StoredDay) -> dict[str, object]:
    day = stored.day
    return {
        "start_us": day.start_us,
        "end_us": day.end_us,
        "cells_us": json.dumps(day.cells_us),
        "optimistic_cells_us": None if day.optimistic_cells_us is None else json.dumps(day.optimistic_cells_us),
        "pessimistic_cells_us": None if day.pessimistic_cells_us is None else json.dumps(day.pessimistic_cells_us),
        "facts": json.dumps([fact.as_dict() for fact in day.facts]),
        "rows_read": day.rows_read,
        "rules_version": day.rules_version,
        "as_of_us": day.as_of_us,
        "tz_version": day.tz_version,
        "written_us": stored.written_us,
        "changes_applied": stored.changes_applied,
    }


def _stored_day(row: sa.RowMapping) -> StoredDay:
    optimistic, pessimistic = row["optimistic_cells_us"], row["pessimistic_cells_us"]
    day = MeasuredDay(
        date=row["local_date"],
        start_us=row["start_us"],
        end_us=row["end_us"],
        cells_us=_cells(row["cells_us"]),
        optimistic_cells_us=None if optimistic is None else _cells(optimistic),
        pessimistic_cells_us=None if pessimistic is None else _cells(pessimistic),
        facts=tuple(_fact(value) for value in json.loads(row["facts"])),
        rows_read=row["rows_read"],
        rules_version=row["rules_version"],
        as_of_us=row["as_of_us"],
        tz_version=row["tz_version"],
    )
    return StoredDay(
        day=day,
        written_us=row["written_us"],
        changes_applied=row["changes_applied"],
        changes_reported=row["changes_reported"],
    )


def _cells(text: str) -> CellLengths:
    lengths_us = json.loads(text)
    return cells_of_version_1(lengths_us) if len(lengths_us) == CELL_COUNT else tuple(lengths_us)


def _fact(value: object) -> DayFact:
    """Return a fact; a text is a sentence of version 1."""
    return DayFact(FactCode.LEGACY, value) if isinstance(value, str) else DayFact.from_dict(value)


def _trail_values(restatement: Restatement) -> dict[str, object]:
    return {
        **_key_values(restatement.key),
        "at_us": restatement.at_us,
        "reason": restatement.reason,
        "old_cells_us": json.dumps(restatement.old_cells_us),
        "new_cells_us": json.dumps(restatement.new_cells_us),
    }
