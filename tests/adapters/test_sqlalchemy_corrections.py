"""Corrections from a table, and the rows that they name: what each row means, and which rows are refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from sla_compliance.errors import InvalidValueError, SLAComplianceError
from sla_compliance.sources.sqlalchemy import (
    AlarmsTable,
    CorrectionsTable,
    SQLAlchemyAlarmSource,
    SQLAlchemyCorrectionSource,
    corrections_ddl,
)
from tests.adapters.correction_tables import create_corrections
from tests.adapters.statements import watched
from tests.servers.databases import fresh_database

ENTERED_AT = "2026-04-01T08:00:00+00:00"
ROW: dict[str, Any] = {"row_id": "4711", "reason": "seen", "author": "NOC", "entered_at": ENTERED_AT}


@pytest.fixture(params=["postgresql", "sqlite"])
def database(request: pytest.FixtureRequest, sqlite: Engine) -> Iterator[Engine]:
    """Both databases in turn, empty."""
    if request.param == "sqlite":
        yield sqlite
    else:
        with fresh_database(request.getfixturevalue("postgres_dsn"), "SELECT 1") as url:
            engine = create_engine(url)
            yield engine
            engine.dispose()


def write(engine: Engine, table: str, **values: Any) -> None:
    """Add a row."""
    names = ", ".join(f'"{name}"' for name in values)
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(values)})"), values)  # noqa: S608


def test_the_table_is_made_under_the_names_of_its_mapping(database: Engine) -> None:
    """Twice does no harm; one statement a request."""
    table = CorrectionsTable(table="sla_corrections", row_id="alarm", author="by", id=None)
    for _ in range(2):
        create_corrections(database, table)
    values = {"tenant_id": "acme", "alarm": "4711", "by": "NOC", "reason": "seen", "entered_at": ENTERED_AT}
    write(database, "sla_corrections", **values, severity="MAJOR")
    source = SQLAlchemyCorrectionSource(database, table)
    (correction,) = source.corrections("acme")
    assert (correction.row_id, correction.author, correction.severity) == ("4711", "NOC", "major")
    assert (correction.starts, correction.ends, correction.void) == (None, None, False)
    with watched(database) as sent:
        assert source.corrections("other") == ()
    assert len(sent) == 1


def test_a_dialect_that_is_neither_is_refused() -> None:
    """As in `ddl`."""
    with pytest.raises(InvalidValueError, match="dialect is 'oracle'; give postgresql or sqlite"):
        corrections_ddl("oracle")


BAD_ROWS: dict[str, tuple[dict[str, Any], type[SLAComplianceError], str]] = {
    "says nothing": ({}, InvalidValueError, r"^sla_corrections\[4711\]\.void stands alone"),
    "no severity": ({"severity": "bad"}, InvalidValueError, r"^sla_corrections\[4711\]\.severity is 'bad'"),
    "no author": ({"severity": "major", "author": " "}, InvalidValueError, r"^sla_corrections\[4711\]\.author"),
    "ends before it starts": (
        {"starts": ENTERED_AT, "ends": "2026-03-01T00:00:00Z"},
        SLAComplianceError,
        r"^sla_corrections\[4711\]\.ends",
    ),
}


@pytest.mark.parametrize(("values", "kind", "message"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_row_that_is_no_correction_is_an_error(
    database: Engine, values: dict[str, Any], kind: type[SLAComplianceError], message: str
) -> None:
    """That names it: left out, a figure would be one that somebody has corrected already."""
    create_corrections(database)
    write(database, "sla_corrections", **{"tenant_id": "acme", **ROW, **values})
    with pytest.raises(kind, match=message):
        SQLAlchemyCorrectionSource(database).corrections("acme")


def test_void_is_yes_or_no(sqlite: Engine) -> None:
    """SQLite holds whatever was written there."""
    create_corrections(sqlite)
    write(sqlite, "sla_corrections", tenant_id="acme", **ROW, void="true")
    write(sqlite, "sla_corrections", tenant_id="other", **ROW, void="perhaps")
    assert SQLAlchemyCorrectionSource(sqlite).corrections("acme")[0].void
    with pytest.raises(InvalidValueError, match=r"sla_corrections\[4711\]\.void is 'perhaps'"):
        SQLAlchemyCorrectionSource(sqlite).corrections("other")


@pytest.mark.parametrize("kind", ["BIGINT", "TEXT", "VARCHAR(40)", "NUMERIC"])
def test_rows_are_found_by_ids_of_every_type(database: Engine, kind: str) -> None:
    """Compared as text; thousands at once."""
    with database.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE TABLE alarms (id {kind}, tenant_id TEXT, severity TEXT, first_occurrence BIGINT,"
            " cleared_at BIGINT)"
        )
        connection.exec_driver_sql("INSERT INTO alarms SELECT 17, 'acme', 'minor', 5, 9")
        connection.exec_driver_sql("INSERT INTO alarms SELECT 18, 'acme', 'minor', 5, 9")
    source = SQLAlchemyAlarmSource(database, bare_table())
    ids = ["17", "017", "1.7e1", "x", str(2**70), *map(str, range(100, 12_000))]
    batch = source.fetch_by_ids("acme", ids)
    assert (list(map(str, batch.columns["id"])), batch.starts_us, batch.ends_us) == (["17"], (5,), (9,))
    assert len(source.fetch_by_ids("acme", ["x", "017"])) == 0


def test_without_a_column_of_ids_there_is_nothing_to_name_rows_by(sqlite: Engine) -> None:
    """Which is an error, and not an empty answer."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE alarms (tenant_id TEXT, severity TEXT, first_occurrence BIGINT, cleared_at BIGINT)"
        )
    with pytest.raises(InvalidValueError, match="id is None, so corrections cannot name rows; map the column of ids"):
        SQLAlchemyAlarmSource(sqlite, bare_table(id=None)).fetch_by_ids("acme", ["17"])


def bare_table(**names: Any) -> AlarmsTable:
    """Return the mapping of a table of few columns."""
    optional = ["resolved_at", "last_occurrence", "status", "alarm_id", "alarm_type", "resource_id", "customer_id"]
    optional += ["subscriber_count", "title"]
    return AlarmsTable(**{**dict.fromkeys(optional), **names})


@pytest.mark.parametrize("kind", ["BIGINT", "TEXT"])
def test_ancestors_are_read_a_generation_at_a_time(database: Engine, kind: str) -> None:
    """By id or alarm_id of any type, and no statement more where no row has a parent; a bad parent says nothing."""
    with database.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE TABLE alarms (id {kind}, alarm_id TEXT, parent_alarm_id TEXT, tenant_id TEXT, severity TEXT,"
            " first_occurrence BIGINT, cleared_at BIGINT)"
        )
        for values in (
            "(1, NULL, 'olt', 'acme', 'minor', 5, 9)",
            "(2, 'olt', '3', 'acme', 'minor', 5, 9)",
            "(3, NULL, '4', 'acme', 'minor', 5, 9)",
            "(4, NULL, NULL, 'acme', 'minor', 9, 5)",
            "(5, 'olt', NULL, 'other', 'minor', 5, 9)",
            "(6, NULL, NULL, 'acme', 'minor', 5, 9)",
        ):
            connection.exec_driver_sql(f"INSERT INTO alarms VALUES {values}")  # noqa: S608 - of this test
    mapping = bare_table(alarm_id="alarm_id", parent_alarm_id="parent_alarm_id")
    source = SQLAlchemyAlarmSource(database, mapping, on_invalid="quarantine", clock_skew=timedelta(0))
    source.fetch_by_ids("acme", [])  # reflects the table
    for row_ids, expected_ids, statements in ((["6"], ["6"], 1), (["1", "6"], ["1", "2", "3", "6"], 4)):
        with watched(database) as sent:
            batch = source.fetch_by_ids("acme", row_ids)
        assert sorted(map(str, batch.columns["id"])) == expected_ids
        assert (len(sent), batch.rejected) == (statements, ())


def test_ancestors_of_a_bad_row_come_along(sqlite: Engine) -> None:
    """A correction may mend it."""
    with sqlite.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE alarms (id TEXT, parent_alarm_id TEXT, tenant_id TEXT, severity TEXT,"
            " first_occurrence BIGINT, cleared_at BIGINT)"
        )
        connection.exec_driver_sql("INSERT INTO alarms VALUES ('bad', 'p', 'acme', 'major', 9, 5)")
        connection.exec_driver_sql("INSERT INTO alarms VALUES ('p', NULL, 'acme', 'major', 5, 9)")
    mapping = bare_table(parent_alarm_id="parent_alarm_id")
    source = SQLAlchemyAlarmSource(sqlite, mapping, on_invalid="quarantine", clock_skew=timedelta(0))
    batch = source.fetch_by_ids("acme", ["bad"])
    assert (batch.columns["id"], [row.columns["id"] for row in batch.rejected]) == (("p",), ["bad"])
