"""A table of inventories, in both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, text

from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.intervals import IntervalSet
from sla_compliance.inventory import Inventory, Unit
from sla_compliance.units import moment

COLUMNS = ("key", "parents", "target", "in_service_from", "in_service_to", "service_hours", "zone", "title")


def create_inventory(engine: Engine) -> None:
    """Make the table with every column that the default mapping names."""
    instant = "TEXT" if engine.dialect.name == "sqlite" else "TIMESTAMPTZ"
    columns = ", ".join(f'"{name}" {instant if name.startswith("in_service") else "TEXT"}' for name in COLUMNS)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE inventory (tenant_id TEXT, {columns})")


def write_inventory(engine: Engine, tenant_id: str, inventory: Inventory) -> None:
    """Add the units of a tenant, the last one first."""
    for unit in reversed(inventory.units):
        write_unit(engine, tenant_id=tenant_id, **_values(unit))


def write_unit(engine: Engine, *, table: str = "inventory", **values: Any) -> None:
    """Add a row."""
    names = ", ".join(f'"{name}"' for name in values)
    statement = f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(values)})"  # noqa: S608
    with engine.begin() as connection:
        connection.execute(text(statement), values)


def _values(unit: Unit) -> dict[str, Any]:
    values = {
        "key": unit.key,
        "parents": " ".join(map(str, unit.parents)) or None,
        "target": unit.target,
        "zone": unit.zone,
        "title": unit.title,
    }
    if isinstance(unit.service_hours, ServiceHours):
        values["service_hours"] = "mon-fri 08:00-18:00"
        assert unit.service_hours == ServiceHours.parse("mon-fri 08:00-18:00")
    if isinstance(unit.in_service, IntervalSet):
        ((start_us, end_us),) = unit.in_service
        values |= {"in_service_from": moment(start_us).isoformat(), "in_service_to": moment(end_us).isoformat()}
    return values
