"""Inventories from a table: what each row means, and which rows are refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from sla_compliance.errors import (
    InvalidIntervalError,
    InvalidTypeError,
    InvalidValueError,
    NaiveDatetimeError,
    SLAComplianceError,
)
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US
from sla_compliance.policy import target_ratio
from sla_compliance.sources.sqlalchemy import InventoryTable, NaiveTimes, SQLAlchemyInventorySource
from sla_compliance.units import instant_us
from tests.adapters.inventory_tables import create_inventory, write_unit
from tests.adapters.statements import watched
from tests.servers.databases import fresh_database

ACTIVATED = datetime(2026, 1, 20, tzinfo=UTC)


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


def execute(engine: Engine, statement: str) -> None:
    """Run a statement."""
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_table_of_keys_alone_is_an_inventory(database: Engine) -> None:
    """Optional columns that the caller has not named are left out where the table lacks them."""
    execute(database, "CREATE TABLE inventory (tenant_id TEXT, key TEXT)")
    for key in ("b", "a"):
        write_unit(database, tenant_id="acme", key=key)
    inventory = SQLAlchemyInventorySource(database).inventory("acme")
    assert [unit.key for unit in inventory.units] == ["a", "b"]
    assert not any(unit.has_terms for unit in inventory.units)


def test_one_statement_a_request(database: Engine) -> None:
    """Once the table is reflected."""
    create_inventory(database)
    source = SQLAlchemyInventorySource(database)
    source.inventory("acme")
    with watched(database) as sent:
        source.inventory("acme")
        source.inventory("other")
    assert len(sent) == 2


def test_columns_of_other_names_and_types(database: Engine) -> None:
    """Numbers as keys, parents and targets; microseconds as instants."""
    execute(
        database,
        "CREATE TABLE circuits (owner TEXT, circuit INTEGER, behind INTEGER, sla NUMERIC(6, 3), since BIGINT)",
    )
    write_unit(database, table="circuits", owner="acme", circuit=7)
    since_us = instant_us(ACTIVATED, field="since")
    write_unit(database, table="circuits", owner="acme", circuit=17, behind=7, sla="99.95", since=since_us)
    table = InventoryTable(
        table="circuits", tenant_id="owner", key="circuit", parents="behind", target="sla", in_service_from="since"
    )
    inventory = SQLAlchemyInventorySource(database, table).inventory("acme")
    circuit, device = inventory.units
    assert (str(circuit.key), str(device.key)) == ("17", "7")
    assert inventory.ancestors["17"] == {"7"}
    assert circuit.target is not None
    assert target_ratio(circuit.target, field="target") == target_ratio(Decimal("99.95"), field="target")
    assert circuit.in_service is not None
    assert tuple(circuit.in_service) == ((since_us, ALWAYS_END_US),)
    assert device.in_service is None


def test_a_unit_without_a_beginning_ends(database: Engine) -> None:
    """In service until then."""
    create_inventory(database)
    write_unit(database, tenant_id="acme", key="c-1", in_service_to=ACTIVATED.isoformat())
    (unit,) = SQLAlchemyInventorySource(database).inventory("acme").units
    assert unit.in_service is not None
    assert tuple(unit.in_service) == ((ALWAYS_START_US, instant_us(ACTIVATED, field="in_service_to")),)


def test_times_without_an_offset_need_a_word(sqlite: Engine) -> None:
    """UTC, or the zone whose clock they are on."""
    create_inventory(sqlite)
    write_unit(sqlite, tenant_id="acme", key="c-1", in_service_from="2026-01-20 01:00:00")
    with pytest.raises(NaiveDatetimeError, match=r"inventory\[0\].in_service_from"):
        SQLAlchemyInventorySource(sqlite).inventory("acme")
    for mapping, hour in (
        (InventoryTable(naive_times=NaiveTimes.UTC), 1),
        (InventoryTable(times_in="Africa/Lagos"), 0),
    ):
        (unit,) = SQLAlchemyInventorySource(sqlite, mapping).inventory("acme").units
        assert unit.in_service is not None
        assert unit.in_service.starts_us == (instant_us(ACTIVATED.replace(hour=hour), field="in_service_from"),)


BAD_ROWS: dict[str, tuple[dict[str, Any], type[SLAComplianceError], str]] = {
    "no key": ({"key": None}, InvalidValueError, r"^inventory\[None\]\.key is empty"),
    "a target that is none": ({"target": "gold"}, InvalidValueError, r"^inventory\[c-1\]\.target is 'gold'"),
    "hours that are none": ({"service_hours": "often"}, InvalidValueError, r"^inventory\[c-1\]\.service_hours"),
    "no zone": ({"zone": "Mars"}, InvalidValueError, r"^inventory\[c-1\]\.zone"),
    "ends before it starts": (
        {"in_service_from": "2026-03-01T00:00:00Z", "in_service_to": "2026-01-01T00:00:00Z"},
        InvalidIntervalError,
        r"^inventory\[c-1\]\.in_service_to is 2026-01-01.*before in_service_from 2026-03-01",
    ),
    "a parent that is no unit": ({"parents": "olt-9"}, InvalidValueError, "units has no 'olt-9'"),
}


@pytest.mark.parametrize(("values", "kind", "message"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_row_that_is_no_unit_is_an_error(
    database: Engine, values: dict[str, Any], kind: type[SLAComplianceError], message: str
) -> None:
    """That names it: a unit left out would be one without a report."""
    create_inventory(database)
    write_unit(database, **{"tenant_id": "acme", "key": "c-1", **values})
    with pytest.raises(kind, match=message):
        SQLAlchemyInventorySource(database).inventory("acme")


def test_a_column_that_is_named_must_be_there(database: Engine) -> None:
    """And hold instants where it should."""
    execute(database, "CREATE TABLE inventory (tenant_id TEXT, key TEXT, zone TEXT)")
    with pytest.raises(InvalidValueError, match="has no column 'zones'"):
        SQLAlchemyInventorySource(database, InventoryTable(zone="zones")).inventory("acme")
    with pytest.raises(InvalidValueError, match="there is no table units"):
        SQLAlchemyInventorySource(database, InventoryTable(table="units")).inventory("acme")
    write_unit(database, tenant_id="acme", key="c-1", zone="UTC")
    with pytest.raises(SLAComplianceError, match=r"inventory.*(zone|in_service_from)") as caught:
        SQLAlchemyInventorySource(database, InventoryTable(in_service_from="zone", zone=None)).inventory("acme")
    assert isinstance(caught.value, InvalidTypeError | InvalidValueError)
