"""Row-level security: refused where it would hide rows, and read under it once `prepare` sets the session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from sla_compliance.alarms import Alarm
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.sources.sqlalchemy import (
    AlarmsTable,
    AsyncSQLAlchemyAlarmSource,
    AsyncSQLAlchemyTenantSource,
    SQLAlchemyAlarmSource,
    SQLAlchemyCorrectionSource,
    SQLAlchemyInventorySource,
    SQLAlchemyMaintenanceSource,
    SQLAlchemyTenantSource,
    TenantsTable,
    missing_index_statements,
    rows_without_tenant,
    tenant_ids,
)
from sla_compliance.sources.timescaledb import TimescaleDBSource
from sla_compliance.testing.stored_alarms import HOUR, SINCE, SINCE_US, UNTIL_US
from tests.adapters.guarded_platform import LAYOUT, GuardedPlatform, guarded_platform, set_tenant

Read = Callable[[Any], object]
HOUR_US: Final = 3_600_000_000
ID: Final = "5e0dd0c5-1f0d-4f0e-9d2a-2f8e2c4a7b11"  # of the alarm of acme

READS: Final[dict[str, tuple[str, Callable[..., Any], Read]]] = {
    "fetch": ("alarms", SQLAlchemyAlarmSource, lambda source: source.fetch("acme", SINCE_US, UNTIL_US)),
    "fetch_details": ("alarms", SQLAlchemyAlarmSource, lambda source: source.fetch_details("acme", SINCE_US, UNTIL_US)),
    "fetch_with_ancestors": (
        "alarms",
        SQLAlchemyAlarmSource,
        lambda source: source.fetch_with_ancestors("acme", SINCE_US, UNTIL_US),
    ),
    "fetch_by_ids": ("alarms", SQLAlchemyAlarmSource, lambda source: source.fetch_by_ids("acme", [ID])),
    "read_complete_since": (
        "alarms",
        lambda engine, **options: SQLAlchemyAlarmSource(engine, purged_after=HOUR, clock=lambda: SINCE, **options),
        lambda source: source.read_complete_since("acme"),
    ),
    "maintenance": (
        "maintenance_windows",
        SQLAlchemyMaintenanceSource,
        lambda source: source.fetch("acme", SINCE_US, UNTIL_US),
    ),
    "tenants": ("tenants", SQLAlchemyTenantSource, lambda source: source.fetch("acme")),
    "inventory": ("inventory", SQLAlchemyInventorySource, lambda source: source.inventory("acme")),
    "corrections": ("sla_corrections", SQLAlchemyCorrectionSource, lambda source: source.corrections("acme")),
    "metrics": (
        "network_metrics",
        TimescaleDBSource,
        lambda source: source.fetch("acme", SINCE_US, SINCE_US + 24 * HOUR_US),
    ),
}


@pytest.fixture(scope="module")
def platform(each_postgres_dsn: str) -> Iterator[GuardedPlatform]:
    """Two tenants with an alarm each, of one hour and of two, and a row of each other table."""
    with guarded_platform(each_postgres_dsn) as platform:
        for hours, tenant_id in ((1, "acme"), (2, "other")):
            alarm = Alarm(SINCE, SINCE + hours * HOUR, id=ID if tenant_id == "acme" else tenant_id)
            LAYOUT.store(platform.admin, tenant_id, [alarm])
            platform.execute(
                "INSERT INTO tenants (id, timezone) VALUES (:tenant, 'Africa/Lagos')",
                "INSERT INTO maintenance_windows (tenant_id, title, start_time, end_time)"
                " VALUES (:tenant, :tenant, '2026-03-01Z', '2026-03-02Z')",
                "INSERT INTO network_metrics VALUES (:tenant, '2026-03-01Z', 'availability', 100)",
                "INSERT INTO inventory VALUES (:tenant, :tenant)",
                "INSERT INTO sla_corrections (tenant_id, row_id, void, reason, author, entered_at)"
                " VALUES (:tenant, :tenant, true, 'r', 'a', '2026-03-01Z')",
                tenant=tenant_id,
            )
        yield platform


@pytest.fixture
def app(platform: GuardedPlatform) -> Iterator[Engine]:
    """An engine of the app's role, with one connection."""
    with platform.engine_of(platform.app_url) as engine:
        yield engine


def of_acme(result: Any) -> object:
    """Return what a result holds of the tenant acme: a length, or a text."""
    kind = type(result).__name__
    if kind == "AlarmBatch":
        return [end - start for start, end in zip(result.starts_us, result.ends_us, strict=True)]
    if kind == "TenantRow":
        return result.zone
    if kind == "Inventory":
        return [unit.key for unit in result.units]
    if isinstance(result, tuple):
        return [getattr(item, "reason", "") if kind == "MaintenanceWindow" else type(item).__name__ for item in result]
    return result


@pytest.mark.parametrize("role", ["app_url", "owner_url"])
@pytest.mark.parametrize("read", READS)
def test_a_table_under_it_is_refused(platform: GuardedPlatform, read: str, role: str) -> None:
    """By every reader, with its name, the role and the way out; FORCE holds for the owner too."""
    table, make, call = READS[read]
    with platform.engine_of(getattr(platform, role)) as engine:
        for _ in range(2):
            source = make(engine)
            with pytest.raises(
                InvalidValueError, match=rf"^{table} is under row-level security for the role sla_"
            ) as e:
                call(source)
            assert "prepare=" in str(e.value)
            assert "BYPASSRLS" in str(e.value)
            with pytest.raises(InvalidValueError, match="row-level security"):  # the same source, once more
                call(source)


@pytest.mark.parametrize("read", READS)
def test_with_prepare_each_reader_reads_its_tenant(platform: GuardedPlatform, app: Engine, read: str) -> None:
    """And what a superuser reads, who sees all rows."""
    _, make, call = READS[read]
    expected = call(make(platform.admin))
    result = call(make(app, prepare=set_tenant))
    assert of_acme(result) == of_acme(expected)
    assert of_acme(result) not in ([], None)


def test_lists_of_tenants_are_refused_too(app: Engine, platform: GuardedPlatform) -> None:
    """A command for all tenants would find none."""
    with app.connect() as connection:
        for read in (
            lambda: tenant_ids(connection, AlarmsTable(), TenantsTable()),
            lambda: rows_without_tenant(connection, AlarmsTable()),
        ):
            with pytest.raises(InvalidValueError, match="^alarms is under row-level security"):
                read()
    with platform.admin.connect() as connection:
        assert tenant_ids(connection, AlarmsTable(), TenantsTable()) == ["acme", "other"]


def test_the_check_of_indexes_needs_no_rows(app: Engine) -> None:
    """So it works under row-level security too."""
    assert len(missing_index_statements(app)) == 1


def test_roles_that_see_all_rows_are_fine(platform: GuardedPlatform) -> None:
    """A role that bypasses it, by SET ROLE at the start of a session too; and an owner upon whom it is not forced."""
    app, owner = platform.app_url.username, platform.owner_url.username
    reader = f"{app}_reader"
    platform.execute(
        f"CREATE ROLE {reader} BYPASSRLS",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}",
        f"GRANT {reader} TO {app}",
        "CREATE TABLE unforced (tenant_id TEXT, severity TEXT, first_occurrence BIGINT, cleared_at BIGINT)",
        f"ALTER TABLE unforced OWNER TO {owner}",
        "ALTER TABLE unforced ENABLE ROW LEVEL SECURITY",
    )
    try:
        with platform.engine_of(platform.app_url, connect_args={"options": f"-c role={reader}"}) as engine:
            assert len(SQLAlchemyAlarmSource(engine).fetch("acme", SINCE_US, UNTIL_US)) == 1
        with platform.engine_of(platform.owner_url) as engine:
            unforced = AlarmsTable(table="unforced")
            assert len(SQLAlchemyAlarmSource(engine, unforced).fetch("acme", SINCE_US, UNTIL_US)) == 0
    finally:
        platform.execute("DROP TABLE unforced", f"DROP OWNED BY {reader}", f"DROP ROLE {reader}")


def test_a_view_is_read_with_the_rights_of_its_owner_or_its_reader(platform: GuardedPlatform, app: Engine) -> None:
    """A view of a superuser shows all rows; one that its reader's rights hold for is refused, at any depth."""
    view = AlarmsTable(table="alarms_of_the_owner")
    assert len(SQLAlchemyAlarmSource(app, view).fetch("acme", SINCE_US, UNTIL_US)) == 1
    refused = AlarmsTable(table="alarms_of_the_reader")
    with pytest.raises(InvalidValueError, match=r"^alarms_of_the_reader \(by alarms\) is under row-level security"):
        SQLAlchemyAlarmSource(app, refused).fetch("acme", SINCE_US, UNTIL_US)
    prepared = SQLAlchemyAlarmSource(app, refused, prepare=set_tenant)
    assert len(prepared.fetch("acme", SINCE_US, UNTIL_US)) == 1
    # The view on it is a superuser's, but what it reads is read with the rights of the session's role.
    deep = AlarmsTable(table="alarms_behind_two_views", schema="public")
    with pytest.raises(InvalidValueError, match=r"^public.alarms_behind_two_views \(by alarms\) is under"):
        SQLAlchemyAlarmSource(app, deep).fetch("acme", SINCE_US, UNTIL_US)
    assert len(SQLAlchemyAlarmSource(platform.admin, deep).fetch("acme", SINCE_US, UNTIL_US)) == 1
    owner = platform.owner_url.username
    platform.execute(f"ALTER VIEW alarms_of_the_owner OWNER TO {owner}")
    with pytest.raises(InvalidValueError, match=r"^alarms_of_the_owner \(by alarms\) .* role sla_owner_"):
        SQLAlchemyAlarmSource(app, view).fetch("acme", SINCE_US, UNTIL_US)
    platform.execute("ALTER TABLE alarms NO FORCE ROW LEVEL SECURITY")
    assert len(SQLAlchemyAlarmSource(app, view).fetch("acme", SINCE_US, UNTIL_US)) == 1
    platform.execute(
        "ALTER TABLE alarms FORCE ROW LEVEL SECURITY", "ALTER VIEW alarms_of_the_owner OWNER TO CURRENT_USER"
    )


def setting(engine: Engine) -> str | None:
    """Return what the pooled connection says of the tenant, outside any read."""
    with engine.connect() as connection:
        value: str | None = connection.scalar(text("SELECT current_setting('app.tenant_id', true)"))
    return value


@pytest.mark.parametrize("is_local", ["true", "false"])
def test_a_pooled_connection_keeps_nothing_of_a_tenant(app: Engine, is_local: str) -> None:
    """Whether the setting is the transaction's or the session's: the transaction is rolled back."""

    def prepare(connection: Connection, tenant_id: str) -> None:
        connection.execute(text(f"SELECT set_config('app.tenant_id', :id, {is_local})"), {"id": tenant_id})

    source = SQLAlchemyAlarmSource(app, prepare=prepare)
    for tenant_id, hours in (("acme", 1), ("other", 2), ("acme", 1), ("nobody", 0)):
        batch = source.fetch(tenant_id, SINCE_US, UNTIL_US)
        assert sum(batch.ends_us) - sum(batch.starts_us) == hours * HOUR_US
        assert not setting(app)
    with app.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alarms")) == 0


def test_an_engine_in_autocommit_is_read_in_a_transaction_all_the_same(platform: GuardedPlatform) -> None:
    """In autocommit a local setting is gone before the next statement, and there would be no rows."""
    with platform.engine_of(platform.app_url, isolation_level="AUTOCOMMIT") as engine:
        source = SQLAlchemyAlarmSource(engine, prepare=set_tenant)
        assert len(source.fetch("acme", SINCE_US, UNTIL_US)) == 1
        assert len(SQLAlchemyAlarmSource(engine, prepare=set_tenant).fetch("acme", SINCE_US, UNTIL_US)) == 1


@pytest.mark.parametrize("end", [Connection.commit, Connection.rollback])
def test_a_prepare_that_ends_the_transaction_is_refused(app: Engine, end: Callable[[Connection], None]) -> None:
    """What it has set would be gone, or stay for the next tenant."""

    def prepare(connection: Connection, tenant_id: str) -> None:
        set_tenant(connection, tenant_id)
        end(connection)

    with pytest.raises(InvalidValueError, match="^prepare has ended the transaction"):
        SQLAlchemyAlarmSource(app, prepare=prepare).fetch("acme", SINCE_US, UNTIL_US)
    assert not setting(app)


def test_the_errors_of_prepare_come_through(app: Engine) -> None:
    """The connection goes back to the pool clean; an id that no database holds never reaches it."""

    def failing(connection: Connection, tenant_id: str) -> None:
        set_tenant(connection, tenant_id)
        connection.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError, match="division by zero"):
        SQLAlchemyAlarmSource(app, prepare=failing).fetch("acme", SINCE_US, UNTIL_US)
    assert not setting(app)
    prepared_ids: list[str] = []
    source = SQLAlchemyAlarmSource(app, prepare=lambda _, tenant_id: prepared_ids.append(tenant_id))
    with pytest.raises(InvalidValueError, match="no database holds NUL"):
        source.fetch("a\0", SINCE_US, UNTIL_US)
    assert prepared_ids == []

    async def set_later(connection: Connection, tenant_id: str) -> None:
        set_tenant(connection, tenant_id)

    with pytest.raises(InvalidTypeError, match="^prepare is an async function"):
        SQLAlchemyAlarmSource(app, prepare=set_later).fetch("acme", SINCE_US, UNTIL_US)
    with pytest.raises(InvalidTypeError, match="^prepare is 'app.tenant_id'"):
        SQLAlchemyAlarmSource(app, prepare="app.tenant_id")  # type: ignore[arg-type]


def test_a_prepare_that_does_nothing_says_that_the_session_is_set(app: Engine) -> None:
    """As by an event of the engine's own."""
    tenant_of_session = ["acme"]
    event.listen(app, "begin", lambda connection: set_tenant(connection, tenant_of_session[0]))
    source = SQLAlchemyAlarmSource(app, prepare=lambda _connection, _tenant_id: None)
    assert len(source.fetch("acme", SINCE_US, UNTIL_US)) == 1
    tenant_of_session[0] = "other"
    assert len(source.fetch("acme", SINCE_US, UNTIL_US)) == 0


@pytest.mark.parametrize("driver", ["postgresql+psycopg"])
def test_async_sources_keep_tenants_apart(platform: GuardedPlatform, driver: str) -> None:
    """200 reads of two tenants at once over two pooled connections; refused without prepare."""

    async def read_all() -> list[int]:
        engine = create_async_engine(platform.app_url.set(drivername=driver), pool_size=2, max_overflow=0)
        with pytest.raises(InvalidValueError, match="^alarms is under row-level security"):
            await AsyncSQLAlchemyAlarmSource(engine).fetch("acme", SINCE_US, UNTIL_US)
        source = AsyncSQLAlchemyAlarmSource(
            engine, prepare=set_tenant, purged_after=HOUR, clock=lambda: SINCE + 3 * HOUR
        )
        tenants = AsyncSQLAlchemyTenantSource(engine, prepare=set_tenant)
        tenant_ids = ["acme", "other"] * 100
        batches = await asyncio.gather(*(source.fetch(tenant_id, SINCE_US, UNTIL_US) for tenant_id in tenant_ids))
        assert await source.read_complete_since("acme") == SINCE_US + HOUR_US
        assert (await tenants.fetch("acme"), await tenants.fetch("nobody")) != (None, None)
        await engine.dispose()
        return [sum(batch.ends_us) - sum(batch.starts_us) for batch in batches]

    assert asyncio.run(read_all()) == [HOUR_US, 2 * HOUR_US] * 100
