"""Listening to sessions: what is committed is reported, row by row, on SQLite and PostgreSQL, sync and async."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import enum
import logging
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    scoped_session,
    sessionmaker,
)

import sla_compliance as sla
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.service import ComplianceService, MemoryTenants, SyncComplianceService, TenantSettings
from sla_compliance.sources.sqlalchemy import (
    AlarmsTable,
    AsyncSQLAlchemyAlarmSource,
    NaiveTimes,
    SessionChanges,
    report_changes,
)
from sla_compliance.stores.memory import MemoryDayStore
from tests.adapters.alarm_tables import PLATFORM_SCHEMA
from tests.servers.databases import fresh_database

NOW = dt.datetime(2026, 10, 9, 12, tzinfo=dt.UTC)
DATE = dt.date(2026, 10, 7)
LOG = "sla_compliance.sources._sql.session_changes"


def at(hour: int, minute: int = 0) -> dt.datetime:
    """Return a moment of the 7th."""
    return dt.datetime(2026, 10, 7, hour, minute, tzinfo=dt.UTC)


class AlarmSeverity(enum.Enum):
    """As the platform has it: the database holds the names, Python the values."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class AlarmStatus(enum.Enum):
    """The same."""

    ACTIVE = "active"
    CLEARED = "cleared"


class Base(DeclarativeBase):
    """The platform's models."""


class Row(Base):
    """The platform's alarm."""

    __tablename__ = "alarms"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    tenant_id: Mapped[str]
    alarm_id: Mapped[str] = mapped_column(default="olt-1")
    severity: Mapped[AlarmSeverity] = mapped_column(
        sa.Enum(AlarmSeverity, name="alarmseverity"), default=AlarmSeverity.CRITICAL
    )
    status: Mapped[AlarmStatus] = mapped_column(
        sa.Enum(AlarmStatus, name="alarmstatus"), server_default=AlarmStatus.ACTIVE.name
    )
    alarm_type: Mapped[str] = mapped_column(default="los")
    title: Mapped[str] = mapped_column(default="")
    resource_id: Mapped[str | None]
    customer_id: Mapped[uuid.UUID | None]
    subscriber_count: Mapped[int] = mapped_column(default=0)
    parent_alarm_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("alarms.id"))
    first_occurrence: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    last_occurrence: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    cleared_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    resolved_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    children: Mapped[list[Row]] = relationship(cascade="all, delete-orphan", single_parent=True)


class Tenant(Base):
    """Another model, which is nobody's business."""

    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), default=NOW)


ROWS = Base.metadata.tables["alarms"]
TENANTS = Base.metadata.tables["tenants"]


def outage(tenant_id: str = "acme", end: dt.datetime | None = None, **columns: Any) -> Row:
    """Return an outage of the 7th, from 9 o'clock."""
    return Row(tenant_id=tenant_id, first_occurrence=at(9), last_occurrence=at(9, 5), cleared_at=end, **columns)


Change = tuple[str, sla.Alarm | None, sla.Alarm | None]


class Notes:
    """Takes note of changes, as a service does; it may be made to fail."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.error: Exception | None = None

    def alarm_changed(self, tenant_id: str, old: sla.Alarm | None, new: sla.Alarm | None) -> tuple[dt.date, ...]:
        """Note a change."""
        if self.error is not None:
            raise self.error
        self.changes.append((tenant_id, old, new))
        return ()

    @property
    def ends(self) -> list[tuple[str, Any, Any]]:
        """Return the tenant, and the end before and after, of each change; "-" where there is no row."""
        return [(tenant, _end(old), _end(new)) for tenant, old, new in self.changes]


class AsyncNotes(Notes):
    """The same, awaited."""

    async def alarm_changed(  # type: ignore[override]
        self, tenant_id: str, old: sla.Alarm | None, new: sla.Alarm | None
    ) -> tuple[dt.date, ...]:
        """Note a change, after a while."""
        await asyncio.sleep(0.01)
        return super().alarm_changed(tenant_id, old, new)


def _end(alarm: sla.Alarm | None) -> Any:
    return "-" if alarm is None else alarm.cleared_at


@pytest.fixture(scope="module")
def postgres_url(postgres_dsn: str) -> Iterator[sa.URL]:
    """The platform's own tables."""
    with fresh_database(postgres_dsn, PLATFORM_SCHEMA) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Any) -> sa.URL:
    """A database with empty tables: the platform's own, or those that its models make."""
    if request.param == "sqlite":
        url = sa.make_url(f"sqlite:///{tmp_path}/platform.sqlite")
    else:
        url = request.getfixturevalue("postgres_url")
    engine = sa.create_engine(url)
    if request.param == "sqlite":
        Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.delete(ROWS))
        connection.execute(sa.delete(TENANTS))
    engine.dispose()
    return url


@pytest.fixture
def table(url: sa.URL) -> AlarmsTable:
    """How the tables are described."""
    is_sqlite = url.get_backend_name() == "sqlite"
    return AlarmsTable(naive_times=NaiveTimes.UTC) if is_sqlite else AlarmsTable()


@pytest.fixture
def make_session(url: sa.URL) -> Iterator[sessionmaker[Session]]:
    """Makes sessions; the pool has one connection, so a report that came too early would hang."""
    engine = sa.create_engine(url, pool_size=1, max_overflow=0, pool_timeout=5)
    yield sessionmaker(engine)
    engine.dispose()


@pytest.fixture
def notes() -> Notes:
    """What was reported."""
    return Notes()


@pytest.fixture
def reporter(make_session: sessionmaker[Session], notes: Notes, table: AlarmsTable) -> Iterator[SessionChanges]:
    """Listens."""
    listener = report_changes(make_session, Row, notes, table=table)
    yield listener
    listener.stop()


class TestRowsThatDoNotCount:
    """A table with a condition: rows that do not meet it are none, as for the sources."""

    def test_a_soft_delete_takes_the_row_away(
        self, make_session: sessionmaker[Session], table: AlarmsTable, notes: Notes
    ) -> None:
        """And brings it back; what happens to it meanwhile is no change."""
        listener = report_changes(make_session, Row, notes, table=replace(table, where="title <> 'deleted'"))
        with make_session() as session:
            session.add(row := outage(end=at(10)))
            session.commit()
            row.title = "deleted"
            session.commit()
            row.cleared_at = at(11)
            session.commit()
            row.title = ""
            session.commit()
        listener.stop()
        assert notes.ends == [("acme", "-", at(10)), ("acme", at(10), "-"), ("acme", "-", at(11))]


class TestTwoAtOnce:
    """Two sessions that change one row; PostgreSQL lets the second wait for the first."""

    @pytest.mark.parametrize("is_deleted", [False, True], ids=["update", "delete"])
    def test_the_row_before_is_what_the_other_has_committed(
        self, postgres_url: sa.URL, notes: Notes, is_deleted: bool
    ) -> None:
        """Else the days on which the other's state differs would be reported by nobody."""
        engine = sa.create_engine(postgres_url, pool_size=3)
        make_session = sessionmaker(engine)
        listener = report_changes(make_session, Row, notes)
        with make_session() as session:
            session.add(row := outage(end=at(10)))
            session.commit()
            row_id = row.id
        notes.changes.clear()

        def change_second() -> None:
            with make_session() as second:
                row = second.get_one(Row, row_id)
                if is_deleted:
                    second.delete(row)
                else:
                    row.cleared_at = at(10, 30)
                second.commit()

        with ThreadPoolExecutor(1) as threads, make_session() as first:
            first.get_one(Row, row_id).cleared_at = at(12)
            first.flush()
            waiting = threads.submit(change_second)
            _wait_for_a_lock(engine)
            first.commit()
            waiting.result(10)
        listener.stop()
        engine.dispose()
        assert ("acme", at(10), at(12)) in notes.ends
        assert ("acme", at(12), "-" if is_deleted else at(10, 30)) in notes.ends


def _wait_for_a_lock(engine: sa.Engine) -> None:
    """Return once a session of the engine's database waits for another's lock."""
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
    )
    give_up_at = time.monotonic() + 10
    while time.monotonic() < give_up_at:
        with engine.connect() as connection:
            if connection.execute(waiting).scalar_one():
                return
        time.sleep(0.01)
    raise TimeoutError("no session waits")


@pytest.mark.usefixtures("reporter")
class TestSync:
    """Sessions of a sessionmaker, with a blocking service."""

    def test_inserts_updates_and_deletes_are_reported_after_the_commit(
        self, make_session: sessionmaker[Session], notes: Notes
    ) -> None:
        """With the row before and after; not before the commit, and nothing of other models."""
        with make_session() as session:
            row = outage()
            session.add_all([row, Tenant(id="acme", name="Acme")])
            session.flush()
            assert notes.changes == []
            session.commit()
            assert notes.ends == [("acme", "-", None)]
            row.cleared_at = at(10)
            session.commit()
            session.delete(row)
            session.commit()
        assert notes.ends[1:] == [("acme", None, at(10)), ("acme", at(10), "-")]
        new = notes.changes[0][2]
        assert new is not None
        assert (new.severity, new.first_occurrence, new.alarm_id, str(new.status).lower()) == (
            "critical", at(9), "olt-1", "active",
        )  # fmt: skip

    def test_what_is_rolled_back_is_not_reported(self, make_session: sessionmaker[Session], notes: Notes) -> None:
        """By the program, by an error, by closing the session."""
        with make_session() as session:
            session.add(outage())
            session.flush()
            session.rollback()
            session.add(Row(tenant_id="acme", first_occurrence=at(9)))
            with pytest.raises(sa.exc.IntegrityError):
                session.flush()
            session.rollback()
            session.add(outage())
            session.flush()
        with make_session() as session:
            session.commit()
        assert notes.changes == []

    def test_savepoints(self, make_session: sessionmaker[Session], notes: Notes) -> None:
        """One that is rolled back takes its changes with it, one that is released hands them on, nested or not."""
        with make_session() as session:
            session.add(outage("kept outside"))
            with session.begin_nested():
                session.add(outage("kept in a savepoint"))
                with session.begin_nested():
                    session.add(outage("kept in the inner one"))
                lost = session.begin_nested()
                session.add(outage("lost"))
                session.flush()
                lost.rollback()
            with contextlib.suppress(ZeroDivisionError), session.begin_nested():
                session.add(outage("lost too"))
                session.flush()
                raise ZeroDivisionError
            assert notes.changes == []
            session.commit()
        assert sorted(tenant for tenant, _, _ in notes.changes) == [
            "kept in a savepoint", "kept in the inner one", "kept outside",
        ]  # fmt: skip

    def test_a_savepoint_of_which_the_transaction_is_rolled_back(
        self, make_session: sessionmaker[Session], notes: Notes
    ) -> None:
        """It was released and is gone all the same."""
        with make_session() as session:
            with session.begin_nested():
                session.add(outage())
            session.rollback()
            session.add(outage("other"))
            session.commit()
        assert [tenant for tenant, _, _ in notes.changes] == ["other"]

    def test_of_several_flushes_the_first_state_and_the_last_are_reported(
        self, make_session: sessionmaker[Session], notes: Notes
    ) -> None:
        """What nobody outside has seen is no change; a row that came and went is none at all."""
        with make_session() as session:
            row, fleeting = outage(), outage("fleeting")
            session.add_all([row, fleeting])
            session.commit()
            notes.changes.clear()
            for minute in (10, 20, 30):
                row.cleared_at = at(10, minute)
                session.flush()
            session.commit()
            assert notes.ends == [("acme", None, at(10, 30))]
            notes.changes.clear()
            session.add(passing := outage("passing"))
            session.flush()
            session.delete(passing)
            row.title = "x"
            session.flush()
            row.title = ""
            session.commit()
        assert notes.changes == []

    def test_the_row_before_is_that_of_the_database(self, make_session: sessionmaker[Session], notes: Notes) -> None:
        """Of attributes that are expired, never loaded, or changed by another program since they were."""
        with make_session() as session:
            session.add(row := outage())
            session.commit()
            row.cleared_at = at(10)  # expired by the commit: no old value is known
            session.commit()
            notes.changes.clear()
            assert row.cleared_at is not None
            row_id = row.id
        with make_session() as session:
            session.execute(sa.text("UPDATE alarms SET title = 'elsewhere'"))
            session.commit()
            row = session.get_one(Row, row_id)
            session.commit()
            row.cleared_at = at(11)
            session.commit()
        ((_, old, new),) = notes.changes
        assert old is not None
        assert new is not None
        assert (old.cleared_at, old.title, new.cleared_at, new.title) == (at(10), "elsewhere", at(11), "elsewhere")

    def test_sql_expressions_and_defaults_are_what_the_database_made_of_them(
        self, make_session: sessionmaker[Session], notes: Notes
    ) -> None:
        """The session itself does not know them."""
        with make_session() as session:
            session.add(row := outage())
            session.commit()
            row.cleared_at = Row.last_occurrence
            session.commit()
        assert notes.ends == [("acme", "-", None), ("acme", None, at(9, 5))]

    def test_orphans_and_cascades_of_the_session(self, make_session: sessionmaker[Session], notes: Notes) -> None:
        """They are deleted by the flush, and nobody called delete for them."""
        with make_session() as session:
            parent = outage(children=[outage("first child"), outage("second child")])
            session.add(parent)
            session.commit()
            notes.changes.clear()
            parent.children.pop(0)
            session.commit()
            assert notes.ends == [("first child", None, "-")]
            session.delete(parent)
            session.commit()
        assert sorted(tenant for tenant, _, _ in notes.changes) == ["acme", "first child", "second child"]

    def test_a_row_that_changes_hands_is_reported_to_both(
        self, make_session: sessionmaker[Session], notes: Notes
    ) -> None:
        """It went from one tenant and came to the other."""
        with make_session() as session:
            session.add(row := outage(end=at(10)))
            session.commit()
            notes.changes.clear()
            row.tenant_id = "other"
            session.commit()
        assert notes.ends == [("acme", at(10), "-"), ("other", "-", at(10))]

    @pytest.mark.parametrize(
        "statement",
        [
            sa.update(Row).values(title="x"),
            sa.delete(Row).where(Row.tenant_id == "acme"),
            sa.update(ROWS).values(title="x"),
            sa.insert(Row).values(tenant_id="acme", first_occurrence=at(9), last_occurrence=at(9), severity="CRITICAL"),
        ],
    )
    def test_a_statement_on_many_rows_is_refused(self, make_session: sessionmaker[Session], statement: Any) -> None:
        """With the way out; a purge says that it needs no report. Statements on other tables are none of ours."""
        with make_session() as session:
            with pytest.raises(sla.InvalidValueError, match="sla_changes_reported=True"):
                session.execute(statement)
            session.execute(sa.update(Tenant).values(name="x"))
            session.execute(sa.select(Row)).all()
            session.execute(sa.delete(Row), execution_options={"sla_changes_reported": True})
            session.commit()

    def test_a_failure_is_logged_and_the_commit_stands(
        self, make_session: sessionmaker[Session], notes: Notes, caplog: pytest.LogCaptureFixture
    ) -> None:
        """One change that cannot be reported does not take the others with it."""
        notes.error = ConnectionError("down")
        with caplog.at_level(logging.ERROR, logger=LOG), make_session() as session:
            session.add_all([outage(), outage("other")])
            session.commit()
        assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ConnectionError] * 2
        with make_session() as session:
            assert len(session.scalars(sa.select(Row)).all()) == 2

    def test_a_listener_that_was_stopped_hears_nothing(
        self, make_session: sessionmaker[Session], reporter: SessionChanges, notes: Notes, table: AlarmsTable
    ) -> None:
        """And another one on the same class hears all."""
        second = Notes()
        other = report_changes(make_session, Row, second, table=table)
        reporter.stop()
        with make_session() as session:
            session.add(outage())
            session.commit()
        other.stop()
        assert (len(notes.changes), len(second.changes)) == (0, 1)


def test_sessions_of_another_class_are_not_listened_to(
    make_session: sessionmaker[Session], reporter: SessionChanges, notes: Notes, url: sa.URL
) -> None:
    """The models are the same."""
    assert isinstance(reporter, SessionChanges)
    engine = sa.create_engine(url)
    with Session(engine) as session:
        session.add(outage())
        session.commit()
    engine.dispose()
    assert notes.changes == []
    with make_session() as session:
        session.add(outage())
        session.commit()
    assert len(notes.changes) == 1


def test_a_subclass_of_session_and_a_scoped_session(url: sa.URL, table: AlarmsTable) -> None:
    """Whatever makes the sessions."""

    class OwnSession(Session):
        """The platform's own."""

    engine = sa.create_engine(url)
    notes = Notes()
    for factory, make in (
        (OwnSession, lambda: OwnSession(engine)),
        (scoped := scoped_session(sessionmaker(engine)), scoped),
    ):
        listener = report_changes(factory, Row, notes, table=table)
        session = make()
        session.add(outage())
        session.commit()
        session.close()
        listener.stop()
    engine.dispose()
    assert len(notes.changes) == 2


def test_rows_that_cannot_be_read_are_handed_to_on_error(make_session: sessionmaker[Session], url: sa.URL) -> None:
    """Times without an offset where the table does not say what they mean: SQLite's, unless it is said."""
    if url.get_backend_name() != "sqlite":
        pytest.skip("PostgreSQL's columns have an offset")
    notes = Notes()
    errors: list[BaseException] = []
    listener = report_changes(make_session, Row, notes, on_error=errors.append)
    with make_session() as session:
        session.add(outage())
        session.commit()
        assert len(session.scalars(sa.select(Row)).all()) == 1
    listener.stop()
    assert notes.changes == []
    assert [type(error) for error in errors] == [sla.NaiveDatetimeError]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((AsyncSession, Row), "sync_session_class"),
        ((async_sessionmaker(), Row), "sync_session_class"),
        (("Session", Row), "session_class"),
        ((Session, dict), "entity is"),
        ((Session, Row()), "entity is"),
        ((Session, Tenant), "AlarmsTable(table='tenants')"),
    ],
)
def test_what_cannot_be_listened_to_is_refused(arguments: tuple[Any, Any], words: str) -> None:
    """When it is asked for, with the way out."""
    with pytest.raises(sla.SLAComplianceError) as caught:
        report_changes(*arguments, Notes())
    assert words in str(caught.value)


@pytest.mark.parametrize("name", [None, "uuid"])
def test_a_table_without_ids_is_refused(name: str | None) -> None:
    """A row is found by its id before and after."""
    with pytest.raises(sla.InvalidValueError, match=r"table\.id"):
        report_changes(Session, Row, Notes(), table=AlarmsTable(id=name))


def test_an_async_service_needs_an_async_session(make_session: sessionmaker[Session], table: AlarmsTable) -> None:
    """It is said before anything is written, not after the commit."""
    listener = report_changes(make_session, Row, AsyncNotes(), table=table)
    with make_session() as session:
        session.add(outage())
        with pytest.raises(sla.InvalidTypeError, match="SyncComplianceService"):
            session.commit()
    listener.stop()


class AsyncSide:
    """An AsyncEngine, sessions of a class of their own, and what listens to them."""

    def __init__(self, url: sa.URL, table: AlarmsTable) -> None:
        class PlatformSession(Session):
            """The class behind the AsyncSession."""

        driver = "sqlite+aiosqlite" if url.get_backend_name() == "sqlite" else "postgresql+psycopg"
        self.engine: AsyncEngine = create_async_engine(
            url.set(drivername=driver), pool_size=1, max_overflow=0, pool_timeout=5
        )
        self.session_class = PlatformSession
        self.make_session = async_sessionmaker(self.engine, sync_session_class=PlatformSession)
        self.table = table


@pytest.fixture
async def async_side(url: sa.URL, table: AlarmsTable) -> AsyncIterator[AsyncSide]:
    """The async side of the database."""
    side = AsyncSide(url, table)
    yield side
    await side.engine.dispose()


@pytest.mark.anyio
async def test_async_sessions_report_to_an_async_service(async_side: AsyncSide) -> None:
    """The commit returns when the service has taken note; savepoints and roll-backs as in blocking sessions."""
    notes = AsyncNotes()
    listener = report_changes(async_side.session_class, Row, notes, table=async_side.table)
    async with async_side.make_session() as session:
        session.add(row := outage())
        await session.commit()
        assert notes.ends == [("acme", "-", None)]
        row.cleared_at = at(10)
        async with session.begin_nested():
            session.add(outage("in a savepoint"))
        await session.commit()
        assert sorted(notes.ends[1:], key=str) == [("acme", None, at(10)), ("in a savepoint", "-", None)]
        await session.delete(row)
        await session.flush()
        await session.rollback()
        with pytest.raises(sla.InvalidValueError, match="sla_changes_reported"):
            await session.execute(sa.delete(Row))
    listener.stop()
    assert len(notes.changes) == 3


@pytest.mark.anyio
async def test_a_cancelled_commit_is_reported_all_the_same(async_side: AsyncSide) -> None:
    """Whoever waited for it has gone; the rows are there, so the service hears of them."""

    class SlowNotes(AsyncNotes):
        is_called = asyncio.Event()
        may_go_on = asyncio.Event()

        async def alarm_changed(  # type: ignore[override]
            self, tenant_id: str, old: sla.Alarm | None, new: sla.Alarm | None
        ) -> tuple[dt.date, ...]:
            self.is_called.set()
            await self.may_go_on.wait()
            return await super().alarm_changed(tenant_id, old, new)

    notes = SlowNotes()
    listener = report_changes(async_side.session_class, Row, notes, table=async_side.table)

    async def write() -> None:
        async with async_side.make_session() as session:
            session.add(outage())
            await session.commit()

    writing = asyncio.create_task(write())
    await notes.is_called.wait()
    writing.cancel()
    await asyncio.wait({writing})
    assert writing.cancelled()
    notes.may_go_on.set()
    for _ in range(100):
        await asyncio.sleep(0.01)
        if notes.changes:
            break
    listener.stop()
    assert len(notes.changes) == 1


@pytest.mark.anyio
async def test_a_failure_of_an_async_report(async_side: AsyncSide, caplog: pytest.LogCaptureFixture) -> None:
    """Logged, and handed on; the commit stands."""
    notes = AsyncNotes()
    errors: list[BaseException] = []
    notes.error = ConnectionError("down")
    listener = report_changes(async_side.session_class, Row, notes, table=async_side.table, on_error=errors.append)
    with caplog.at_level(logging.ERROR, logger=LOG):
        async with async_side.make_session() as session:
            session.add(outage())
            await session.commit()
            assert len((await session.scalars(sa.select(Row))).all()) == 1
    listener.stop()
    assert [type(error) for error in errors] == [ConnectionError]
    assert len([record for record in caplog.records if record.name == LOG]) == 1


# The whole way: rows, sessions, a real service with a cache and stored days.


def compliance_service(engine: AsyncEngine, table: AlarmsTable) -> ComplianceService:
    """Return a service over the same engine, or over one of the same database."""
    return ComplianceService(
        AsyncSQLAlchemyAlarmSource(engine, table, on_invalid="quarantine", clock=lambda: NOW),
        tenants=MemoryTenants({"acme": TenantSettings("UTC")}),
        cache=MemoryCache(),
        store=MemoryDayStore(),
        clock=lambda: NOW,
    )


STEPS: list[tuple[Callable[[Row], None], int]] = [
    (lambda row: setattr(row, "cleared_at", at(10)), 60),
    (lambda row: setattr(row, "severity", AlarmSeverity.MINOR), 0),
    (lambda row: setattr(row, "severity", AlarmSeverity.MAJOR), 60),
    (lambda row: setattr(row, "first_occurrence", at(8, 30)), 90),
]


@pytest.mark.anyio
async def test_figures_follow_the_rows_in_an_async_platform(async_side: AsyncSide) -> None:
    """One pool of one connection for sessions and service: after each commit the stored and cached day is right."""
    service = compliance_service(async_side.engine, async_side.table)
    listener = report_changes(async_side.session_class, Row, service, table=async_side.table)

    async def minutes() -> int:
        answer = await service.compliance("acme", at(0), at(23))
        return answer.total.downtime_minutes

    async with async_side.make_session() as session:
        session.add(row := outage(end=at(9, 1)))
        await session.commit()
        await service.store_closed_days("acme", at(0), at(23))
        assert await minutes() == 1
        for change, expected in STEPS:
            change(row)
            await session.commit()
            assert await minutes() == expected
        await session.delete(row)
        await session.commit()
        assert await minutes() == 0
    listener.stop()
    await service.aclose()


def test_figures_follow_the_rows_in_a_blocking_platform(
    make_session: sessionmaker[Session], url: sa.URL, table: AlarmsTable
) -> None:
    """The service runs on its own loop, over an engine of its own."""
    side = AsyncSide(url, table)
    with SyncComplianceService(compliance_service(side.engine, table)) as service:
        listener = report_changes(make_session, Row, service, table=table)
        with make_session() as session:
            session.add(row := outage(end=at(9, 1)))
            session.commit()
            service.store_closed_days("acme", at(0), at(23))
            for change, expected in STEPS:
                change(row)
                session.commit()
                assert service.compliance("acme", at(0), at(23)).total.downtime_minutes == expected
        listener.stop()
        service._run(side.engine.dispose())
