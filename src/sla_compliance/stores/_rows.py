"""The two tables of a store, and their statements."""
################################################################
# One row a day in `sla_days`; one row a rewriting in `sla_restatements`, which only
# ever grows. Instants and lengths are integers, so no session's time zone and no
# driver can change them; cells and remarks are JSON text. A tenant id stands as it
# is; what no database can hold of it (NUL, lone surrogates) is escaped.
#
# Rewriting takes its rows first, by an update that changes nothing: that is how
# both databases lock them, so the old cells that go to the trail are those that
# are replaced.
################################################################

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.stores.protocol import Restatement, StoredDay

LONGEST_TENANT_ID: Final = 500
_DIALECTS: Final = {"postgresql": postgresql, "sqlite": sqlite}
_KEY: Final = ("tenant_id", "measurement", "terms", "zone", "local_date")

metadata: Final = sa.MetaData()


def _key_columns() -> list[sa.Column[Any]]:
    texts = [sa.Column(name, sa.Text, nullable=False) for name in _KEY[:-1]]
    return [*texts, sa.Column("local_date", sa.Date, nullable=False)]


days: Final = sa.Table(
    "sla_days",
    metadata,
    *_key_columns(),
    sa.Column("start_us", sa.BigInteger, nullable=False),
    sa.Column("end_us", sa.BigInteger, nullable=False),
    sa.Column("cells_us", sa.Text, nullable=False),
    sa.Column("as_of_us", sa.BigInteger, nullable=False),
    sa.Column("tz_version", sa.Text, nullable=False),
    sa.Column("remarks", sa.Text, nullable=False),
    sa.Column("told", sa.Integer, nullable=False),
    sa.Column("included", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "local_date", "zone", "measurement", "terms"),
)
trail: Final = sa.Table(
    "sla_restatements",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    *_key_columns(),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("old_cells_us", sa.Text, nullable=False),
    sa.Column("new_cells_us", sa.Text, nullable=False),
)


def create_statements(dialect: str) -> list[str]:
    """Return the statements that make the tables where they are not there yet; errors as `sqlalchemy.ddl`."""
    if dialect not in _DIALECTS:
        raise InvalidValueError(f"dialect is {shown(dialect)}; give one of {', '.join(_DIALECTS)}", field="dialect")
    compiled = [CreateTable(table, if_not_exists=True) for table in metadata.sorted_tables]
    return [f"{str(one.compile(dialect=_DIALECTS[dialect].dialect())).strip()};" for one in compiled]


def create(connection: sa.Connection) -> None:
    """Make the tables where they are not there yet."""
    metadata.create_all(connection)


def read(connection: sa.Connection, keys: Sequence[DayKey]) -> dict[DayKey, StoredDay]:
    """Return those of some days of one tenant that are stored."""
    if not keys:
        return {}
    dates = [key.date for key in keys]
    found = connection.execute(
        sa.select(days).where(_is(keys[0].tenant_id), days.c.local_date.between(min(dates), max(dates)))
    )
    stored = dict(_stored(row, keys[0].tenant_id) for row in found.mappings())
    return {key: stored[key] for key in keys if key in stored}


def add(connection: sa.Connection, measured: Mapping[DayKey, MeasuredDay]) -> int:
    """Insert the days that are not there yet; return how many those were."""
    if not measured:
        return 0
    insert = _DIALECTS[connection.dialect.name].insert(days).on_conflict_do_nothing().returning(days.c.local_date)
    rows = [{**_key(key), **_facts(day), "told": 0, "included": 0} for key, day in measured.items()]
    return len(connection.execute(insert, rows).all())


def mark_stale(connection: sa.Connection, tenant_id: str, dates: Iterable[dt.date]) -> int:
    """Report a change to every stored day of these dates; return how many there are."""
    count = 0
    for first, last in _runs(dates):
        stored_days = sa.update(days).where(_is(tenant_id), days.c.local_date.between(first, last))
        count += connection.execute(stored_days.values(told=days.c.told + 1)).rowcount
    return count


def stale(connection: sa.Connection, tenant_id: str) -> list[DayKey]:
    """Return the days that are not current."""
    behind = sa.select(days).where(_is(tenant_id), days.c.included < days.c.told).order_by(days.c.local_date)
    return [_stored(row, tenant_id)[0] for row in connection.execute(behind).mappings()]


def restate(
    connection: sa.Connection, new_days: Mapping[DayKey, StoredDay], reason: str, at_us: int
) -> list[Restatement]:
    """Rewrite stored days, unless they include as many changes already; return what differed."""
    for key in new_days:
        connection.execute(sa.update(days).where(_is_day(key)).values(told=days.c.told))
    old_days = read(connection, tuple(new_days))
    differing = []
    for key, old in old_days.items():
        new = new_days[key]
        if old.changes_applied >= new.changes_applied:
            continue
        connection.execute(sa.update(days).where(_is_day(key)).values(**_facts(new.day), included=new.changes_applied))
        if old.day.cells_us != new.day.cells_us:
            differing.append(Restatement(key, at_us, reason, old.day.cells_us, new.day.cells_us))
    if differing:
        connection.execute(sa.insert(trail), [_trail_row(one) for one in differing])
    return differing


def restatements(connection: sa.Connection, tenant_id: str) -> list[Restatement]:
    """Return the trail of a tenant, oldest first."""
    rows = connection.execute(
        sa.select(trail).where(trail.c.tenant_id == escaped_tenant_id(tenant_id)).order_by(trail.c.id)
    )
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


def _is(tenant_id: str) -> sa.ColumnElement[bool]:
    return days.c.tenant_id == escaped_tenant_id(tenant_id)


def _is_day(key: DayKey) -> sa.ColumnElement[bool]:
    return sa.and_(*(days.c[name] == value for name, value in _key(key).items()))


def _key(key: DayKey) -> dict[str, object]:
    return dict(
        zip(_KEY, (escaped_tenant_id(key.tenant_id), key.measurement, key.agreement, key.zone, key.date), strict=True)
    )


def _day_key(row: sa.RowMapping, tenant_id: str) -> DayKey:
    return DayKey(tenant_id, row["measurement"], row["terms"], row["zone"], row["local_date"])


def _facts(day: MeasuredDay) -> dict[str, object]:
    return {
        "start_us": day.start_us,
        "end_us": day.end_us,
        "cells_us": json.dumps(day.cells_us),
        "as_of_us": day.as_of_us,
        "tz_version": day.tz_version,
        "remarks": json.dumps(day.remarks),
    }


def _stored(row: sa.RowMapping, tenant_id: str) -> tuple[DayKey, StoredDay]:
    day = MeasuredDay(
        date=row["local_date"],
        start_us=row["start_us"],
        end_us=row["end_us"],
        cells_us=_cells(row["cells_us"]),
        as_of_us=row["as_of_us"],
        tz_version=row["tz_version"],
        remarks=tuple(json.loads(row["remarks"])),
    )
    return _day_key(row, tenant_id), StoredDay(day, row["told"], row["included"])


def _cells(text: str) -> tuple[int, ...]:
    return tuple(json.loads(text))


def _trail_row(one: Restatement) -> dict[str, object]:
    cells = {"old_cells_us": json.dumps(one.old_cells_us), "new_cells_us": json.dumps(one.new_cells_us)}
    return {**_key(one.key), "at_us": one.at_us, "reason": one.reason, **cells}


def _runs(dates: Iterable[dt.date]) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield the first and last of each run of consecutive dates."""
    numbered = enumerate(sorted({date.toordinal() for date in dates}))
    for _, run in groupby(numbered, key=lambda pair: pair[1] - pair[0]):
        ordinals = [ordinal for _, ordinal in run]
        yield dt.date.fromordinal(ordinals[0]), dt.date.fromordinal(ordinals[-1])
