"""The one statement that reads a tenant's inventory, and the unit that each row means."""
################################################################
# Units come in the order of their keys, whatever the order of the rows. A row that is
# no unit is an error that names it: a unit left out would be one without a report.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, DateTime, cast, null

from sla_compliance.errors import InvalidIntervalError, SLAComplianceError
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US, IntervalSet
from sla_compliance.inventory import Inventory, Unit, unit_of_row
from sla_compliance.sources._sql.instants import AWARE, Expression, PostgresInstants, SQLiteInstants
from sla_compliance.sources._sql.kept_reflection import KeptReflection
from sla_compliance.sources._sql.mappings import InventoryTable, named_columns
from sla_compliance.sources._sql.reflection import SQLITE, ReflectedTable, checked_tenant_id
from sla_compliance.sources._sql.row_security import readable_table
from sla_compliance.sources._sql.shapes import Fields, rows_statement
from sla_compliance.units import MAX_US, MIN_US, moment

_TEXTS: Final = ("parents", "target", "service_hours", "zone", "title")
_FROM: Final = "in_service_from"
_TO: Final = "in_service_to"
_TENANT: Final = "tenant"  # name of the statement's parameter


class InventoryReader:
    """Reads inventories over a connection; the first one reflects the table."""

    def __init__(self, mapping: InventoryTable) -> None:
        self._mapping = mapping
        self._table = KeptReflection(lambda connection: _MappedInventory(connection, mapping))

    def check(self, connection: Connection) -> None:
        """Check that the table and its columns are there, and can mean what the mapping says; errors as a source."""
        _MappedInventory(connection, self._mapping)

    def read(self, connection: Connection, tenant_id: str) -> Inventory:
        """Return the tenant's inventory; one statement."""
        with self._table.used(connection) as table:
            return table.inventory(connection, tenant_id)


class _MappedInventory:
    """A mapped table of units, reflected, and the statement on it."""

    def __init__(self, connection: Connection, mapping: InventoryTable) -> None:
        optional_columns = {name: getattr(mapping, name) for name in (*_TEXTS, _FROM, _TO)}
        needed = [mapping.tenant_id, mapping.key, *named_columns(optional_columns.values())]
        table = readable_table(connection, mapping, needed)
        columns = {name: column for name, column in optional_columns.items() if column in table.types}
        instant_columns: dict[str, str] = {name: columns[name] for name in (_FROM, _TO) if name in columns}
        plain_columns = {"key": mapping.key} | {name: columns[name] for name in _TEXTS if name in columns}
        instants: dict[str, Expression] = {name: table.column(column) for name, column in instant_columns.items()}
        # PostgreSQL packs the instants of a row, so there has to be one.
        instants = instants or {_FROM: cast(null(), DateTime(timezone=True))}
        fields = Fields(
            instants=instants,
            plain_columns={name: table.column_as_text(column) for name, column in plain_columns.items()},
        )
        kind = _kind(table, instant_columns, mapping)
        self._statement = rows_statement(fields, kind, table.is_equal(mapping.tenant_id, _TENANT), table.name)
        self._table_name = table.name

    def inventory(self, connection: Connection, tenant_id: str) -> Inventory:
        """Return the inventory of a tenant."""
        columns = self._statement.fetch(connection, {_TENANT: checked_tenant_id(tenant_id)}).checked()
        rows = [
            dict(zip(columns.by_name, values, strict=True)) for values in zip(*columns.by_name.values(), strict=True)
        ]
        rows.sort(key=lambda row: str(row["key"]))
        return Inventory([self._unit(row) for row in rows])

    def _unit(self, row: Mapping[str, Any]) -> Unit:
        """Return the unit of a row.

        Raises:
            SLAComplianceError: it is none; the message names the table, the row's key and the column.
        """
        values = {"key": row["key"], **{name: row.get(name) for name in _TEXTS}}
        if values["parents"] is not None:
            values["parents"] = str(values["parents"])  # a number is the key of one parent
        try:
            values["in_service"] = _in_service(row.get(_FROM), row.get(_TO))
            return unit_of_row(values)
        except SLAComplianceError as error:
            raise error.renamed(f"{self._table_name}[{row['key']}].{error.field}") from error


def _kind(
    table: ReflectedTable, instant_columns: Mapping[str, str], mapping: InventoryTable
) -> PostgresInstants | SQLiteInstants:
    """Return how the table holds instants, also where it has no column of them."""
    if instant_columns or table.dialect == SQLITE:
        return table.instants(instant_columns.values(), mapping.naive_times, mapping.times_in)
    return AWARE


def _in_service(from_us: int | None, to_us: int | None) -> IntervalSet | None:
    """Return the time from activation to termination; None where neither is known.

    Raises:
        InvalidIntervalError: it ends before it starts.
    """
    if from_us is None and to_us is None:
        return None
    # Far years have no date in every zone.
    start_us = ALWAYS_START_US if from_us is None else min(max(from_us, MIN_US), MAX_US)
    end_us = ALWAYS_END_US if to_us is None else min(max(to_us, MIN_US), MAX_US)
    if end_us < start_us:
        raise InvalidIntervalError(
            f"in_service_to is {moment(end_us)}, before in_service_from {moment(start_us)}; swap them",
            field="in_service_to",
        )
    return IntervalSet.from_pairs([(start_us, end_us)])
