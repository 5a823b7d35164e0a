"""The tables of the stores, and the statements that make them."""
################################################################
# One row a day in `sla_days`; one row a date of a tenant in `sla_changes`, once a
# change of it was reported; one row a rewriting in `sla_restatements` and one a
# statement in `sla_statements`, which only ever grow; one row a tenant in
# `sla_alert_states`, and one a delivery in `sla_deliveries`, which only ever grow too. Instants and lengths are
# integers, so no session's time zone and no driver can change them; cells, facts and
# statements are JSON text. A tenant id stands as it is; what no database can hold of
# it (NUL, lone surrogates) is escaped.
################################################################

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from sla_compliance.errors import InvalidTenantError, InvalidValueError, shown
from sla_compliance.stores import _version_1, _version_2

LONGEST_KEY_TEXT: Final = 500
PRESENT_VERSION: Final = 4
EARLIER_VERSIONS: Final = range(1, PRESENT_VERSION)
STORE_DIALECTS: Final = {"postgresql": postgresql, "sqlite": sqlite}

STORE_TABLES: Final = sa.MetaData()


def _key_columns() -> list[sa.Column[Any]]:
    """Return new columns of the parts of a DayKey; each table needs its own."""
    names = ("tenant_id", "measurement", "agreement", "zone")
    texts = [sa.Column(name, sa.Text, nullable=False) for name in names]
    return [*texts, sa.Column("local_date", sa.Date, nullable=False)]


days: Final = sa.Table(
    "sla_days",
    STORE_TABLES,
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
    STORE_TABLES,
    sa.Column("tenant_id", sa.Text, nullable=False),
    sa.Column("local_date", sa.Date, nullable=False),
    sa.Column("changes_reported", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("tenant_id", "local_date"),
)
trail: Final = sa.Table(
    "sla_restatements",
    STORE_TABLES,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    *_key_columns(),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("old_cells_us", sa.Text, nullable=False),
    sa.Column("new_cells_us", sa.Text, nullable=False),
    sa.Column("cause", sa.Text),
    sa.Column("author", sa.Text),
)
kept_statements: Final = sa.Table(
    "sla_statements",
    STORE_TABLES,
    sa.Column("tenant_id", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),  # empty: all of the tenant; a null would not be unique
    sa.Column("start_us", sa.BigInteger, nullable=False),
    sa.Column("end_us", sa.BigInteger, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("issued_us", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("lines_zlib", sa.LargeBinary),
    sa.PrimaryKeyConstraint("tenant_id", "subject", "start_us", "end_us", "number"),
)
alert_states: Final = sa.Table(
    "sla_alert_states",
    STORE_TABLES,
    sa.Column("tenant_id", sa.Text, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
)
kept_deliveries: Final = sa.Table(
    "sla_deliveries",
    STORE_TABLES,
    sa.Column("delivery_id", sa.Text, primary_key=True),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("tenant_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("created_us", sa.BigInteger, nullable=False),
    sa.Column("due_us", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("finished_us", sa.BigInteger),
    sa.Column("claimed_until_us", sa.BigInteger, nullable=False),
)
_IS_WAITING: Final = kept_deliveries.c.status == "waiting"
# The first is small, for it has the waiting ones alone; the others are of the log.
sa.Index("ix_sla_deliveries_due", kept_deliveries.c.due_us, postgresql_where=_IS_WAITING, sqlite_where=_IS_WAITING)
sa.Index("ix_sla_deliveries_made", kept_deliveries.c.created_us)
sa.Index("ix_sla_deliveries_tenant", kept_deliveries.c.tenant_id, kept_deliveries.c.created_us)
_TABLES_OF_VERSION_4: Final = (alert_states, kept_deliveries)


def create_statements(dialect: str) -> list[str]:
    """Return the statements that make the tables where they are not there yet; errors as `sqlalchemy.ddl`."""
    return _create_all(STORE_TABLES.tables.values(), dialect)


def upgrade_statements(dialect: str, from_version: int) -> list[str]:
    """Return the statements that make the tables of today of those of a version; errors as `sqlalchemy.upgrade_ddl`."""
    if from_version not in EARLIER_VERSIONS:
        raise InvalidValueError(f"from_version is {shown(from_version)}; give 1, 2 or 3", field="from_version")
    steps = (
        [*_create_all([reported_changes], dialect), *_version_1.TO_VERSION_2],
        [*_version_2.TO_VERSION_3, *_create_all([kept_statements], dialect)],
        _create_all(_TABLES_OF_VERSION_4, dialect),
    )
    return [statement for step in steps[from_version - 1 :] for statement in step]


def _create_all(tables: Iterable[sa.Table], dialect: str) -> list[str]:
    """Return the statements that make tables and their indexes where they are not there yet."""
    statements: list[str] = []
    for table in tables:
        statements.append(_text(CreateTable(table, if_not_exists=True), dialect))
        # A set; by their names the statements have one order.
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        statements += [_text(CreateIndex(index, if_not_exists=True), dialect) for index in indexes]
    return statements


def _text(statement: CreateTable | CreateIndex, dialect: str) -> str:
    if dialect not in STORE_DIALECTS:
        raise InvalidValueError(
            f"dialect is {shown(dialect)}; give one of {', '.join(STORE_DIALECTS)}", field="dialect"
        )
    compiled = statement.compile(dialect=STORE_DIALECTS[dialect].dialect())
    return f"{str(compiled).strip()};"


def create(connection: sa.Connection) -> None:
    """Make the tables where they are not there yet.

    Raises:
        InvalidValueError: they are there, of an earlier version.
    """
    # A column that came with each version, the earliest first.
    for version, column in ((1, days.c.changes_applied), (2, trail.c.cause)):
        _check_has(connection, column, version)
    STORE_TABLES.create_all(connection)


def _check_has(connection: sa.Connection, column: sa.Column[Any], version: int) -> None:
    inspector, table_name = sa.inspect(connection), column.table.name
    if not inspector.has_table(table_name):
        return
    if column.name not in {present["name"] for present in inspector.get_columns(table_name)}:
        from_version = "" if version == 1 else f" --from-version {version}"
        command = f"sla-compliance ddl --dialect {connection.dialect.name} --upgrade{from_version}"
        raise InvalidValueError(
            f"table {table_name} is of version {version}; run the statements that `{command}` prints", field=table_name
        )


def escaped_tenant_id(tenant_id: str) -> str:
    """Return a tenant id as a database can hold it; plain ones are themselves.

    Raises:
        InvalidTenantError: it is too long for the key of a table.
    """
    text = escaped_key_text(tenant_id)
    if len(text) > LONGEST_KEY_TEXT:
        raise InvalidTenantError(
            f"tenant_id is {shown(tenant_id)}; to be stored it may have {LONGEST_KEY_TEXT} characters",
            tenant_id=tenant_id,
            field="tenant_id",
        )
    return text


def escaped_key_text(text: str) -> str:
    """Return a text of a key as a database can hold it; plain ones are themselves."""
    return text.encode("unicode_escape").decode("ascii")
