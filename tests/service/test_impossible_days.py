"""Whatever stands in a row or an entry: the figures are those of the facts, and what cannot be is named and mended."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, text

import sla_compliance as sla
from sla_compliance.cache.entries import day_key, token_key
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.errors import InvalidStoredDayError
from sla_compliance.labels import CELLS
from sla_compliance.measured import RULES_VERSION, DayKey
from sla_compliance.service import ComplianceService, Provenance, TenantSettings
from sla_compliance.stores.sqlalchemy import SQLAlchemyDayStore
from sla_compliance.units import DAY_US
from tests.servers.databases import fresh_database
from tests.service.world import TENANT, LiveFacts, at, service_of

DATE = dt.date(2025, 10, 21)
OUTAGE = sla.Alarm(at(21, 9), at(21, 10), id=1, last_occurrence=at(21, 10))
DOUBTFUL = sla.Alarm(at(21, 12), id=2, status="cleared", last_occurrence=at(21, 13))
BEYOND = 10**18

IMPOSSIBLE: list[tuple[str, object]] = [
    *((column, value) for column in ("start_us", "end_us", "as_of_us", "written_us") for value in (BEYOND, -BEYOND)),
    *((column, 0) for column in ("start_us", "end_us", "as_of_us")),
    ("rows_read", -1),
    ("rules_version", -1),
    ("changes_applied", -2),
    ("changes_applied", 10**6),
    *(
        (column, value)
        for column in ("cells_us", "pessimistic_cells_us")
        for value in (
            "",
            "null",
            "{}",
            "[]",
            "[1",
            "[" * 100_000,
            json.dumps([0] * len(CELLS)),
            json.dumps([True] * len(CELLS)),
            json.dumps([0.0] * (len(CELLS) - 1) + [float(DAY_US)]),
            json.dumps([-1] + [0] * (len(CELLS) - 2) + [DAY_US + 1]),
            json.dumps([0] * (len(CELLS) - 1) + [2 * DAY_US]),
            json.dumps([DAY_US] + [0] * (len(CELLS) - 1)),
            json.dumps([str(DAY_US)] * len(CELLS)),
            "9" * 10_000,
        )
        if (column, value) != ("pessimistic_cells_us", "null")
    ),
    ("optimistic_cells_us", json.dumps([0] * 25 + [DAY_US] + [0] * 4)),
    *(
        ("facts", value)
        for value in (
            "",
            "{}",
            "null",
            "[1]",
            '[{"code": "BAD_ROW"}]',
            '[{"code": "DOUBT_?", "name": "", "count": 1, "length_us": 1}]',
            '[{"code": "BAD_ROW", "name": "\\ud800", "count": 1, "length_us": 1}]',
        )
    ),
]
OF_ANOTHER_TYPE: list[tuple[str, object]] = [
    *(
        (column, value)
        for column in ("start_us", "end_us", "as_of_us", "written_us", "rows_read", "rules_version", "changes_applied")
        for value in ("abc", 1.5, b"\xff")
    ),
    *((column, value) for column in ("cells_us", "facts") for value in (17, b"\xff")),
    ("tz_version", b"\xff"),
]
"""What only SQLite takes."""


class Kept:
    """A tenant's facts, its closed days in a database, and what each of them is."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.store = SQLAlchemyDayStore(engine)
        self.facts = LiveFacts(TenantSettings("UTC"), at(28, 12), OUTAGE, DOUBTFUL)
        self.errors: list[BaseException] = []

    def service(self, **options: Any) -> ComplianceService:
        """Return a service that has nothing cached."""
        return service_of(self.facts, store=self.store, observer=self, **options)

    def answered(self, *_: object, **__: object) -> None:
        """Take no note."""

    def queried(self, *_: object, **__: object) -> None:
        """Take no note."""

    def failed(self, what: str, error: BaseException) -> None:
        """Keep what could not be read."""
        assert what == "store"
        self.errors.append(error)

    async def store_days(self) -> None:
        """Store them."""
        await self.store.create_tables()
        await self.service().store_closed_days(TENANT, at(20), at(23))

    def put(self, column: str, value: object) -> None:
        """Put a value into the row of the date."""
        statement = text(f"UPDATE sla_days SET {column} = :value WHERE local_date = :date")  # noqa: S608 - constants
        with self.engine.begin() as connection:
            date = DATE if connection.dialect.name == "postgresql" else DATE.isoformat()
            connection.execute(statement, {"value": value, "date": date})

    def row(self) -> dict[str, Any]:
        """Return the row of the date."""
        with self.engine.begin() as connection:
            rows = connection.execute(text("SELECT * FROM sla_days ORDER BY local_date")).all()
            return rows[1]._asdict()

    async def provenance_of_right_figures(self) -> Provenance:
        """Check every figure; return where that of the date came from."""
        answer = await self.service().compliance(TENANT, at(20), at(23))
        report = self.facts.report(at(20), at(23))
        assert [day.cells_us for day in answer.days] == [day.cells_us for day in report.days]
        json.dumps(answer.as_dicts(detail=True), ensure_ascii=False).encode()
        json.dumps(answer.quality, ensure_ascii=False).encode()
        assert answer.provenance[::2] == (Provenance.STORE,) * 2
        return answer.provenance[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    """Days in both databases."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'days.db'}")
        kept = Kept(engine)
        asyncio.run(kept.store_days())
        yield kept
        engine.dispose()
        return
    with fresh_database(request.getfixturevalue("postgres_dsn")) as url:
        engine = create_engine(url)
        kept = Kept(engine)
        asyncio.run(kept.store_days())
        yield kept
        engine.dispose()


@pytest.mark.anyio
async def test_rows_that_cannot_be_are_named_measured_and_mended(kept: Kept) -> None:
    """One column at a time: the figure is that of the facts; the next sweep replaces the row and no other."""
    whole = kept.row()
    values = IMPOSSIBLE + (OF_ANOTHER_TYPE if kept.engine.dialect.name == "sqlite" else [])
    for column, value in values:
        kept.put(column, value)
        kept.errors.clear()
        assert await kept.provenance_of_right_figures() is Provenance.SOURCE, (column, value)
        (error,) = kept.errors
        assert isinstance(error, InvalidStoredDayError)
        assert (error.tenant_id, error.date) == (TENANT, DATE)
        assert all(part in str(error) for part in (TENANT, DATE.isoformat(), "does not hold"))
        await kept.store.stale(TENANT)
        await kept.service().store_closed_days(TENANT, at(20), at(23))
        assert await kept.provenance_of_right_figures() is Provenance.STORE, (column, value)
        await kept.store.restatements(TENANT)
        # An instant of the future is that of a clock that is ahead, which is reported as a change.
        assert kept.row() | {"changes_applied": 0} == whole, (column, value)


@pytest.mark.anyio
async def test_days_of_later_rules_are_not_served_and_not_rewritten(kept: Kept) -> None:
    """A host of a later version has stored them; a change of facts rewrites them all the same."""
    kept.put("rules_version", RULES_VERSION + 1)
    assert await kept.provenance_of_right_figures() is Provenance.SOURCE
    assert "rules of version" in str(kept.errors[0])
    await kept.service().store_closed_days(TENANT, at(20), at(23))
    assert kept.row()["rules_version"] == RULES_VERSION + 1
    kept.facts.alarms = {}
    await kept.service().alarm_changed(TENANT, OUTAGE, None)
    assert await kept.provenance_of_right_figures() is Provenance.STORE


@pytest.mark.anyio
async def test_counts_and_traces_that_cannot_be_are_no_error(kept: Kept) -> None:
    """A negative count of changes makes its day stale; cells of a trace that cannot be read are none."""
    kept.facts.alarms = {}
    await kept.service().alarm_changed(TENANT, OUTAGE, None)
    with kept.engine.begin() as connection:
        connection.execute(text("UPDATE sla_changes SET changes_reported = -5"))
        connection.execute(text("UPDATE sla_restatements SET old_cells_us = '[1', new_cells_us = '[\"1\"]'"))
    assert await kept.store.changes(TENANT, [DATE]) == {DATE: 0}
    assert await kept.provenance_of_right_figures() is Provenance.SOURCE
    (trace,) = await kept.store.restatements(TENANT)
    assert (trace.old_cells_us, trace.new_cells_us) == ((), ())


def test_keys_that_are_of_no_day_are_left_out(tmp_path: Path) -> None:
    """Dates, zones and fingerprints of any kind that SQLite takes."""
    engine = create_engine(f"sqlite:///{tmp_path / 'days.db'}")
    kept = Kept(engine)
    asyncio.run(kept.store_days())
    with engine.begin() as connection:
        for column, value in [
            ("local_date", "2025-10-21x"),
            ("local_date", 20251021),
            ("local_date", b"2025-10-21"),
            ("zone", 17),
            ("zone", "Mars/Phobos"),
            ("measurement", b"\xff"),
        ]:
            names = [name for name in kept.row() if name != column]
            connection.execute(
                text(
                    f"INSERT INTO sla_days ({column}, {', '.join(names)}) "  # noqa: S608 - constants
                    f"SELECT :value, {', '.join(names)} FROM sla_days WHERE local_date = '2025-10-21' LIMIT 1"
                ),
                {"value": value},
            )
        connection.execute(text("UPDATE sla_days SET changes_applied = -1"))
        connection.execute(text("INSERT INTO sla_changes VALUES ('acme', '2025-10-21x', 'many')"))

    async def answered() -> None:
        assert {key.date for key in await kept.store.stale(TENANT)} == {DATE + n * dt.timedelta(1) for n in (-1, 0, 1)}
        await kept.service().store_closed_days(TENANT, at(20), at(23))
        assert await kept.provenance_of_right_figures() is Provenance.STORE
        assert await kept.store.changes(TENANT, [DATE]) == {DATE: 0}
        assert await kept.store.mark_stale(TENANT, [DATE]) >= 1

    asyncio.run(answered())
    engine.dispose()


TEXT_COLUMNS = ("cells_us", "pessimistic_cells_us", "facts", "tz_version")


@given(column=st.sampled_from(TEXT_COLUMNS), data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_text_that_was_edited_changes_no_figure(tmp_path: Path, column: str, data: st.DataObject) -> None:
    """A character replaced, added or taken away anywhere: never another figure, never an error."""
    file = tmp_path / "edited.db"
    engine = create_engine(f"sqlite:///{file}")
    kept = Kept(engine)
    if not file.exists():
        asyncio.run(kept.store_days())
    whole = kept.row()[column]
    start = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.integers(0, 2))
    inserted = data.draw(st.text(st.sampled_from('0123456789[]{}",:.-eE \x00né\\u'), max_size=3))
    kept.put(column, whole[:start] + inserted + whole[start + length :])
    try:
        asyncio.run(kept.provenance_of_right_figures())
    finally:
        kept.put(column, whole)
        engine.dispose()


def test_entries_that_cannot_be_are_measured_again() -> None:
    """Even under a right checksum and the current token: each part impossible, or of another type."""
    facts, cache = LiveFacts(TenantSettings("UTC"), at(28, 12), OUTAGE, DOUBTFUL), MemoryCache()
    record = facts.report(at(21), at(22)).total
    key = facts.settings.day_key(TENANT, DATE, record.start_us, record.end_us)

    async def answered() -> None:
        await service_of(facts, cache=cache).compliance(TENANT, at(20), at(23))
        (value,) = await cache.get_many([day_key(key)])
        assert value is not None
        for parts in altered_parts(json.loads(value[16:])):
            await cache.set_many({day_key(key): checked(parts, key)}, lifetime_s=60)
            answer = await service_of(facts, cache=cache).compliance(TENANT, at(20), at(23))
            report = facts.report(at(20), at(23))
            assert [day.cells_us for day in answer.days] == [day.cells_us for day in report.days], parts
            assert [place.value for place in answer.provenance[:3]] == ["CACHE", "SOURCE", "CACHE"], parts
        assert (await cache.get_many([token_key(TENANT, DATE)]))[0] is not None

    asyncio.run(answered())


def altered_parts(whole: dict[str, Any]) -> Iterator[object]:
    """Yield the parts of an entry, each time with something in them that cannot be."""
    yield from (None, 17, [], "text", {})
    for column, value in IMPOSSIBLE + OF_ANOTHER_TYPE:
        if column in whole and not isinstance(value, bytes):
            is_json = isinstance(value, str) and column.endswith("cells_us")
            yield whole | {column: json_or_text(value) if is_json else value}
    yield whole | {"rules_version": RULES_VERSION + 1}
    yield whole | {"as_of_us": whole["as_of_us"] + 60_000_000}
    yield whole | {"written_us": whole["written_us"] + 60_000_000}
    yield whole | {"token": "another"}
    yield whole | {"date": "2025-10-22"}


def json_or_text(value: object) -> object:
    """Return the value of a JSON text, or the text where it is none."""
    try:
        return json.loads(str(value))
    except (ValueError, RecursionError):
        return value


def checked(parts: object, key: DayKey) -> bytes:
    """Return a value with a right checksum."""
    body = json.dumps(parts).encode()
    return sha256(day_key(key).encode() + b"\0" + body).hexdigest()[:16].encode() + body
