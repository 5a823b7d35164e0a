"""Tables of version 1, filled, become tables of version 2: nothing is lost, and nothing looks newer than it is."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, inspect, make_url, text

from sla_compliance.errors import InvalidValueError
from sla_compliance.labels import CELL_INDEX, CELLS, Scope, State
from sla_compliance.measured import DayFact, DayKey, FactCode
from sla_compliance.stores.protocol import Restatement
from sla_compliance.stores.sqlalchemy import (
    SQLAlchemyDayStore,
    SQLAlchemyNotificationStore,
    SQLAlchemyStatementStore,
    ddl,
    metadata,
    upgrade_ddl,
)
from sla_compliance.testing.notification_store import waiting
from sla_compliance.testing.statement_store import issued
from sla_compliance.testing.store import key, stored
from sla_compliance.units import DAY_US
from tests.servers.databases import fresh_database

pytestmark = pytest.mark.anyio

FIXTURES = Path(__file__).parents[1] / "fixtures"
FIRST = dt.date(2026, 3, 27)
START_US = (FIRST - dt.date(1970, 1, 1)).days * DAY_US
# Five scopes of four states, as version 1 wrote them: each length says which cell it is of, and the last one has the
# remainder of the day. Of a closed day nothing is not yet.
CELLS_V1 = [100 * scope + state if state else 0 for scope in range(5) for state in range(4)]
CELLS_V1[-1] += DAY_US - sum(CELLS_V1)
STATES_V1 = [State.NOT_YET, State.DOWN, State.UNKNOWN, State.UP]
WITHOUT_NOTIFICATIONS = "DROP TABLE sla_alert_states; DROP TABLE sla_deliveries;"
REMARKS = ["1 alarm open and seen within 7 days", "2 bad rows set aside, the first: 'x' 🦊"]

# tenant, measurement, date offset, told, included
DAYS_V1 = [
    ("acme", "m1", 0, 0, 0),
    ("acme", "m1", 1, 3, 3),
    ("acme", "m2", 1, 1, 1),
    ("acme", "m1", 2, 2, 1),
    (r"a\x00b", "m1", 2, 5, 5),
]


def v1(dialect: str) -> str:
    """Return the statements that made the tables of version 1."""
    return (FIXTURES / f"stored_days_v1_{dialect}.sql").read_text(encoding="utf-8")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """A database with the tables of version 1."""
    if request.param == "postgresql":
        with fresh_database(request.getfixturevalue("postgres_dsn"), v1("postgresql")) as url:
            yield url
        return
    file = tmp_path / "days.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(v1("sqlite"))
    yield make_url(f"sqlite:///{file}")


@pytest.fixture
def engine(url: URL) -> Iterator[Engine]:
    """The same, filled."""
    engine = create_engine(url)
    day = (
        "INSERT INTO sla_days VALUES (:tenant_id, :measurement, 'a1', 'Europe/Lisbon', :date,"
        " :start, :end, :cells, :end, '2026a', :remarks, :told, :included)"
    )
    trace = (
        "INSERT INTO sla_restatements (tenant_id, measurement, terms, zone, local_date, at_us, reason, old_cells_us,"
        " new_cells_us) VALUES (:tenant_id, :measurement, 'a1', 'Europe/Lisbon', :date, 17, 'alarm 4711', :cells,"
        " :cells)"
    )
    with engine.begin() as connection:
        for tenant_id, measurement, offset, told, included in DAYS_V1:
            values = {
                "tenant_id": tenant_id,
                "measurement": measurement,
                "date": (FIRST + dt.timedelta(days=offset)).isoformat(),
                "start": START_US + offset * DAY_US,
                "end": START_US + (offset + 1) * DAY_US,
                "cells": json.dumps(CELLS_V1),
                "remarks": json.dumps(REMARKS),
                "told": told,
                "included": included,
            }
            connection.execute(text(day), values)
        connection.execute(text(trace), values | {"tenant_id": "acme"})
    yield engine
    engine.dispose()


@pytest.fixture
async def store(engine: Engine) -> SQLAlchemyDayStore:
    """The store of version 2 after the upgrade."""
    run_script(engine, upgrade_ddl(engine.dialect.name))
    return SQLAlchemyDayStore(engine)


def run_script(engine: Engine, script: str) -> None:
    """Run statements in one transaction."""
    with engine.begin() as connection:
        for statement in filter(None, map(str.strip, script.split(";"))):
            connection.exec_driver_sql(statement)


def keys_v1() -> list[DayKey]:
    """Return the keys of the tenant's days."""
    return [key(measurement=one[1], day=one[2]) for one in DAYS_V1 if one[0] == "acme"]


async def test_days_keep_their_cells_by_name(store: SQLAlchemyDayStore) -> None:
    """States that version 1 did not know have no length; there are no other readings."""
    found = await store.days(keys_v1())
    assert list(found) == keys_v1()
    for day in (one.day for one in found.values()):
        for scope_rank, scope in enumerate(Scope):
            for state in State:
                expected = CELLS_V1[4 * scope_rank + STATES_V1.index(state)] if state in STATES_V1 else 0
                assert day.cells_us[CELL_INDEX[scope, state]] == expected
        assert (len(day.cells_us), sum(day.cells_us)) == (len(CELLS), day.end_us - day.start_us)
        assert (day.optimistic_cells_us, day.pessimistic_cells_us) == (None, None)
        assert (day.rules_version, day.rows_read, day.tz_version) == (0, 0, "2026a")
    assert [one.written_us for one in found.values()] == [one.day.end_us for one in found.values()]


async def test_sentences_are_kept_as_facts_of_their_own_kind(store: SQLAlchemyDayStore) -> None:
    """As they were written."""
    found = await store.days(keys_v1())
    assert {one.day.facts for one in found.values()} == {tuple(DayFact(FactCode.LEGACY, line) for line in REMARKS)}


async def test_changes_are_carried_over(store: SQLAlchemyDayStore) -> None:
    """What was current is, what was not is not; the next change makes all of a date stale."""
    first, second, third = (FIRST + dt.timedelta(days=offset) for offset in range(3))
    assert await store.changes("acme", [first, second, third]) == {first: 0, second: 3, third: 2}
    assert await store.changes("a\0b", [third]) == {third: 5}
    assert await store.stale("acme") == [key(day=2)]
    assert await store.stale("a\0b") == []
    assert await store.mark_stale("acme", [second]) == 2
    assert len(await store.stale("acme")) == 3


async def test_the_trail_is_read_in_cells_of_today(store: SQLAlchemyDayStore) -> None:
    """Before and since."""
    (day,) = (await store.days([key()])).values()
    (trace,) = await store.restatements("acme")
    assert trace == Restatement(key(day=2), 17, "alarm 4711", day.day.cells_us, day.day.cells_us)


async def test_an_upgraded_table_takes_days_of_today(store: SQLAlchemyDayStore) -> None:
    """Added and restated as in a new one."""
    new = stored(key(day=9))
    assert await store.add({key(day=9): new, key(): stored(key())}) == 1
    assert await store.days([key(day=9)]) == {key(day=9): new}
    restated = stored(key(day=2), applied=2)
    assert len(await store.restate({key(day=2): restated}, reason="swept", at_us=18)) == 1
    assert (await store.days([key(day=2)]))[key(day=2)].day == restated.day


async def test_an_upgraded_database_has_the_columns_of_a_new_one(engine: Engine, store: SQLAlchemyDayStore) -> None:
    """And those that the published MetaData says; both sets of statements may be run after it."""
    await store.create_tables()
    run_script(engine, ddl(engine.dialect.name))
    inspector = inspect(engine)
    for table in metadata.tables.values():
        columns = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}
        primary_key = inspector.get_pk_constraint(table.name)["constrained_columns"]
        assert primary_key == [column.name for column in table.primary_key]
    names = {"sla_days", "sla_changes", "sla_restatements", "sla_statements", "sla_alert_states", "sla_deliveries"}
    assert set(metadata.tables) == names


async def test_tables_that_were_not_upgraded_are_named(engine: Engine) -> None:
    """With the command that prints what to run."""
    with pytest.raises(InvalidValueError, match=f"sla-compliance ddl --dialect {engine.dialect.name} --upgrade"):
        await SQLAlchemyDayStore(engine).create_tables()


async def test_tables_of_version_2_gain_causes_authors_and_statements(engine: Engine) -> None:
    """Earlier restatements have neither cause nor author; until then the command is named."""
    run_script(engine, upgrade_ddl(engine.dialect.name))
    version_2 = "ALTER TABLE sla_restatements DROP COLUMN cause; ALTER TABLE sla_restatements DROP COLUMN author;"
    run_script(engine, f"{version_2} DROP TABLE sla_statements; {WITHOUT_NOTIFICATIONS}")
    store, statements = SQLAlchemyDayStore(engine), SQLAlchemyStatementStore(engine)
    command = f"sla-compliance ddl --dialect {engine.dialect.name} --upgrade --from-version 2"
    with pytest.raises(InvalidValueError, match=f"sla_restatements is of version 2; .*{command}"):
        await statements.create_tables()
    run_script(engine, upgrade_ddl(engine.dialect.name, from_version=2))
    await store.create_tables()
    (trace,) = await store.restatements("acme")
    assert (trace.reason, trace.cause, trace.author) == ("alarm 4711", None, None)
    new = {key(day=2): stored(key(day=2), applied=2)}
    await store.restate(new, reason="mended", at_us=18, cause="4711 \0\ud800", author="ana é")
    assert [(entry.cause, entry.author) for entry in await store.restatements("acme")][1:] == [
        (r"4711 \x00\ud800", "ana é")
    ]
    assert await statements.append(issued()) == issued()


async def test_tables_of_version_3_gain_notifications(engine: Engine) -> None:
    """With the indexes of a new database; where nothing else is missing, the store makes them itself."""
    run_script(engine, upgrade_ddl(engine.dialect.name))
    indexes = _columns_by_index(engine)
    assert len(indexes) == 3
    run_script(engine, WITHOUT_NOTIFICATIONS)
    run_script(engine, upgrade_ddl(engine.dialect.name, from_version=3))
    assert _columns_by_index(engine) == indexes
    store = SQLAlchemyNotificationStore(engine)
    assert await store.add([waiting()]) == 1
    run_script(engine, WITHOUT_NOTIFICATIONS)
    await store.create_tables()
    assert await store.add([waiting()]) == 1


def _columns_by_index(engine: Engine) -> dict[str | None, list[str | None]]:
    return {index["name"]: index["column_names"] for index in inspect(engine).get_indexes("sla_deliveries")}


def test_the_upgrade_of_an_unknown_dialect_is_refused() -> None:
    """With those there are."""
    with pytest.raises(InvalidValueError, match="postgresql, sqlite"):
        upgrade_ddl("oracle")
    with pytest.raises(InvalidValueError, match="from_version is 4; give 1, 2 or 3"):
        upgrade_ddl("sqlite", from_version=4)
