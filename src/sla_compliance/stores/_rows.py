"""The SQL of a store of days."""
################################################################
# Rewriting takes its rows first, by an update that changes nothing: that is how
# both databases lock them, so the old cells that go to the trail are those that
# are replaced.
################################################################

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from sla_compliance.measured import DayKey
from sla_compliance.stores._day_rows import cells_of_trail, count_of, date_of, day_values, key_of, stored_day
from sla_compliance.stores._tables import STORE_DIALECTS, days, escaped_tenant_id, reported_changes, trail
from sla_compliance.stores.protocol import NO_CHANGES, Restatement, StoredDay
from sla_compliance.units import SECOND_US

# A date without a row in sla_changes has no reported change.
_CHANGES_REPORTED: Final = sa.func.coalesce(reported_changes.c.changes_reported, 0)
_DAY_COLUMNS: Final = [
    # SQLite keeps dates as text, and any text; SQLAlchemy's own reader of dates would fail for all rows at once.
    sa.type_coerce(column, sa.Text).label(column.name) if column.name == days.c.local_date.name else column
    for column in days.c
]
_OF_ITS_DATE: Final = sa.and_(
    reported_changes.c.tenant_id == days.c.tenant_id, reported_changes.c.local_date == days.c.local_date
)
_DAYS_WITH_CHANGES: Final[sa.Select[Any]] = sa.select(
    *_DAY_COLUMNS, _CHANGES_REPORTED.label("changes_reported")
).select_from(days.outerjoin(reported_changes, _OF_ITS_DATE))


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
    stored_days: dict[DayKey, StoredDay] = {}
    for row in map(_named, rows):
        key = key_of(row, tenant_id)
        stored = None if key is None else stored_day(key, row)
        if key is not None and stored is not None:
            stored_days[key] = stored
    return {key: stored_days[key] for key in keys if key in stored_days}


def read_of_tenants(connection: sa.Connection, keys: Collection[DayKey]) -> dict[DayKey, StoredDay]:
    """Return those of some days of any tenants that are stored."""
    if not keys:
        return {}
    dates = [key.date for key in keys]
    tenant_ids = {escaped_tenant_id(tenant_id): tenant_id for tenant_id in {key.tenant_id for key in keys}}
    rows = connection.execute(
        _DAYS_WITH_CHANGES.where(days.c.tenant_id.in_(tenant_ids), days.c.local_date.between(min(dates), max(dates)))
    )
    requested_keys = set(keys)
    stored_days: dict[DayKey, StoredDay] = {}
    for row in map(_named, rows):
        key = key_of(row, tenant_ids[row["tenant_id"]])
        # Only then the row is read, which takes most of the time: days of other settings may be many.
        stored = stored_day(key, row) if key in requested_keys and key is not None else None
        if key is not None and stored is not None:
            stored_days[key] = stored
    return stored_days


def changes(connection: sa.Connection, tenant_id: str, dates: Collection[dt.date]) -> dict[dt.date, int]:
    """Return how many changes of each of some dates were reported."""
    if not dates:
        return {}
    table = reported_changes
    rows = connection.execute(
        sa.select(sa.type_coerce(table.c.local_date, sa.Text), table.c.changes_reported).where(
            table.c.tenant_id == escaped_tenant_id(tenant_id), table.c.local_date.between(min(dates), max(dates))
        )
    )
    counts = {date_of(local_date): count_of(changes_reported) for local_date, changes_reported in rows}
    return {date: counts.get(date, 0) for date in dates}


def changes_of_dates(connection: sa.Connection, first: dt.date, last: dt.date) -> dict[tuple[str, dt.date], int]:
    """Return how many changes of dates of all tenants were reported, by the tenant's id as it is stored, and date."""
    table = reported_changes
    rows = connection.execute(
        sa.select(table.c.tenant_id, sa.type_coerce(table.c.local_date, sa.Text), table.c.changes_reported).where(
            table.c.local_date.between(first, last)
        )
    )
    counts: dict[tuple[str, dt.date], int] = {}
    for tenant_id, local_date, changes_reported in rows:
        date = date_of(local_date)
        if date is not None:
            counts[tenant_id, date] = count_of(changes_reported)
    return counts


def add(connection: sa.Connection, new_days: Mapping[DayKey, StoredDay]) -> int:
    """Insert the days that are not there yet; return how many those were."""
    if not new_days:
        return 0
    insert = STORE_DIALECTS[connection.dialect.name].insert(days).on_conflict_do_nothing().returning(days.c.local_date)
    rows = [{**_key_values(key), **day_values(stored)} for key, stored in new_days.items()]
    return len(connection.execute(insert, rows).all())


def mark_stale(connection: sa.Connection, tenant_id: str, dates: Iterable[dt.date]) -> int:
    """Report a change of some dates; return how many days are stored of them."""
    # Ascending, so that two reports at once lock the rows of their dates in one order.
    changed_dates = dict.fromkeys(sorted(dates))
    if not changed_dates:
        return 0
    escaped_id = escaped_tenant_id(tenant_id)
    insert = STORE_DIALECTS[connection.dialect.name].insert(reported_changes)
    upsert = insert.on_conflict_do_update(
        index_elements=[reported_changes.c.tenant_id, reported_changes.c.local_date],
        set_={"changes_reported": reported_changes.c.changes_reported + 1},
    )
    rows = [{"tenant_id": escaped_id, "local_date": date, "changes_reported": 1} for date in changed_dates]
    connection.execute(upsert, rows)
    stored_dates = connection.scalars(
        sa.select(sa.type_coerce(days.c.local_date, sa.Text)).where(
            days.c.tenant_id == escaped_id, days.c.local_date.between(min(changed_dates), max(changed_dates))
        )
    )
    return sum(date_of(date) in changed_dates for date in stored_dates)


def stale(connection: sa.Connection, tenant_id: str) -> list[DayKey]:
    """Return the days that are not current, by date."""
    return _keys_where(connection, tenant_id, days.c.changes_applied < _CHANGES_REPORTED)


def measured_after(connection: sa.Connection, tenant_id: str, instant_us: int) -> list[DayKey]:
    """Return the current days that were measured or written after an instant, by date."""
    is_later = sa.or_(days.c.as_of_us > instant_us, days.c.written_us > instant_us)
    return _keys_where(connection, tenant_id, sa.and_(is_later, days.c.changes_applied >= _CHANGES_REPORTED))


def _keys_where(connection: sa.Connection, tenant_id: str, condition: sa.ColumnElement[bool]) -> list[DayKey]:
    """Return the keys of the days of a tenant of which a condition is true, by date."""
    names = [column.name for column in days.primary_key.columns]
    statement = (
        sa.select(*(column for column in _DAY_COLUMNS if column.name in names))
        .select_from(days.outerjoin(reported_changes, _OF_ITS_DATE))
        .where(days.c.tenant_id == escaped_tenant_id(tenant_id), condition)
    )
    rows = connection.execute(statement.order_by(days.c.local_date))
    keys = (key_of(_named(row), tenant_id) for row in rows)
    return [key for key in keys if key is not None]


def outdate_others(connection: sa.Connection, tenant_id: str, measurement: str, zone: str) -> None:
    """Let the days of a tenant that have another measurement or zone include no reported change any more."""
    is_of_others = sa.or_(days.c.measurement != measurement, days.c.zone != zone)
    is_tenants = days.c.tenant_id == escaped_tenant_id(tenant_id)
    is_not_outdated = days.c.changes_applied > NO_CHANGES
    outdate = sa.update(days).where(is_tenants, is_of_others, is_not_outdated)
    connection.execute(outdate.values(changes_applied=NO_CHANGES))


def now_us(connection: sa.Connection) -> int | None:
    """Return the present moment by the database's clock; None of SQLite, whose clock is that of this machine."""
    if connection.dialect.name != "postgresql":
        return None
    seconds = sa.extract("epoch", sa.func.clock_timestamp())
    return connection.scalars(sa.select(sa.cast(seconds * SECOND_US, sa.BigInteger))).one()


def restate_days(
    connection: sa.Connection,
    new_days: Mapping[DayKey, StoredDay],
    reason: str,
    at_us: int,
    cause: str | None,
    author: str | None,
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
        connection.execute(sa.update(days).where(_is_day(key)).values(**day_values(new)))
        if old.day.cells_us != new.day.cells_us:
            cells_us = (old.day.cells_us, new.day.cells_us)
            restatements.append(Restatement(key, at_us, reason, *cells_us, cause, author))
    if restatements:
        connection.execute(sa.insert(trail), [_trail_values(restatement) for restatement in restatements])
    return restatements


def restatements(connection: sa.Connection, tenant_id: str) -> list[Restatement]:
    """Return the trail of a tenant, oldest first."""
    is_tenants = trail.c.tenant_id == escaped_tenant_id(tenant_id)
    local_date = sa.type_coerce(trail.c.local_date, sa.Text).label("local_date")
    columns = [local_date if column is trail.c.local_date else column for column in trail.c]
    rows = connection.execute(sa.select(*columns).where(is_tenants).order_by(trail.c.id))
    return list(_traces(map(_named, rows), tenant_id))


def _named(row: sa.Row[Any]) -> dict[str, Any]:
    """Return the values of a row by their columns."""
    return row._asdict()


def _traces(rows: Iterable[Mapping[str, Any]], tenant_id: str) -> Iterator[Restatement]:
    for row in rows:
        key = key_of(row, tenant_id)
        if key is not None:
            old_cells_us, new_cells_us = cells_of_trail(row["old_cells_us"]), cells_of_trail(row["new_cells_us"])
            known = row["cause"], row["author"]
            yield Restatement(key, row["at_us"], row["reason"], old_cells_us, new_cells_us, *known)


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


def _trail_values(restatement: Restatement) -> dict[str, object]:
    return {
        **_key_values(restatement.key),
        "at_us": restatement.at_us,
        "reason": restatement.reason,
        "old_cells_us": json.dumps(restatement.old_cells_us),
        "new_cells_us": json.dumps(restatement.new_cells_us),
        "cause": _storable(restatement.cause),
        "author": _storable(restatement.author),
    }


def _storable(text: str | None) -> str | None:
    """Return a text for people as a database can hold it: NUL and lone surrogates are escaped."""
    if text is None:
        return None
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", r"\x00")
