"""TableCheck: whether the tables and columns that the sources need are there, and may be read."""
################################################################
# Two questions, for the catalog answers only the first. Whether tables and columns are
# there, and of types that mean something, each reader checks as it does before its first
# statement. Whether this role may read them, a statement says that selects the columns of
# no row; it is the same for a column that has been dropped since.
#
# Once everything was found right, the statements alone are repeated: they cost little, so
# a probe may call for them every few seconds.
################################################################

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, false, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from sla_compliance.errors import InvalidValueError, SLAComplianceError
from sla_compliance.sources._sql.alarms import AlarmReader
from sla_compliance.sources._sql.corrections import CorrectionReader
from sla_compliance.sources._sql.inventory import InventoryReader
from sla_compliance.sources._sql.maintenance import MaintenanceReader
from sla_compliance.sources._sql.mappings import MappedTable, MappedTables
from sla_compliance.sources._sql.reflection import SQLITE, reflect_table
from sla_compliance.sources._sql.tenants import TenantReader

_NOT_COLUMNS: Final = frozenset(
    {"table", "schema", "where", "naive_times", "times_in", "severity_map", "status_map", "with_children", "more"}
)
"""What mappings say besides names of columns."""

Check = Callable[[Connection], None]
Statements = tuple[tuple[str, Select[Any]], ...]
"""Names of tables, each with the statement that selects its columns of no row."""


class TableCheck:
    """Checks the tables of a mapping over a connection."""

    def __init__(self, tables: MappedTables) -> None:
        """Keep the mapping; nothing is read yet."""
        self._tables = tables
        self._statements: Statements | None = None

    def check(self, connection: Connection) -> None:
        """Return where all tables can be read.

        Args:
            connection: in autocommit: a statement that is refused must not spoil the next one.

        Raises:
            InvalidValueError: a table or column is missing, has a type that means nothing, or may not be read. The
                message is one line that lists all tables with faults; it holds no row and no URL.
            sqlalchemy.exc.SQLAlchemyError: the database does not answer.
        """
        if self._statements is None or not self._are_answered(connection, self._statements):
            self._statements = self._checked_statements(connection)

    def _are_answered(self, connection: Connection, statements: Statements) -> bool:
        try:
            for name, statement in statements:
                check_readable(connection, name, statement)
        except InvalidValueError:
            return False  # something has changed: everything is looked at again
        return True

    def _checked_statements(self, connection: Connection) -> Statements:
        """Return the statements of all tables, once each was found right; errors as `check`."""
        statements: list[tuple[str, Select[Any]]] = []
        faults: list[str] = []
        self._statements = None
        for mapping, check in _mapped_checks(self._tables):
            try:
                check(connection)
                name, statement = _statement(connection, mapping)
                check_readable(connection, name, statement)
                statements.append((name, statement))
            except SLAComplianceError as error:
                faults.append(str(error))
        if faults:
            raise InvalidValueError("; ".join(faults), field="tables")
        return tuple(statements)


def check_readable(connection: Connection, name: str, statement: Select[Any]) -> None:
    """Check that a statement on a table is answered.

    Raises:
        InvalidValueError: it is refused; the message has the database's words.
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    try:
        connection.execute(statement).close()
    except (ProgrammingError, OperationalError) as error:
        # SQLite says so of a missing column too; elsewhere it is a database that does not answer.
        if isinstance(error, OperationalError) and connection.dialect.name != SQLITE:
            raise
        first_line = str(error.orig).strip().partition("\n")[0]
        # asyncpg's words come after the name of its class.
        reason = first_line.rpartition(">: ")[2]
        raise InvalidValueError(f"table {name} cannot be read: {reason}", field=name) from error


def _mapped_checks(tables: MappedTables) -> Iterator[tuple[MappedTable, Check]]:
    """Yield each mapped table with what its reader checks; the readers are new ones, which have seen nothing yet."""
    alarms = AlarmReader(tables.alarms, "quarantine", timedelta(0), lambda: 0, None)
    yield tables.alarms, alarms.check
    yield tables.maintenance, MaintenanceReader(tables.maintenance).check
    yield tables.tenants, TenantReader(tables.tenants).check
    if tables.inventory is not None:
        yield tables.inventory, InventoryReader(tables.inventory).check
    if tables.corrections is not None:
        yield tables.corrections, CorrectionReader(tables.corrections).check


def _statement(connection: Connection, mapping: MappedTable) -> tuple[str, Select[Any]]:
    """Return a table's name, and the statement that selects its mapped columns of no row."""
    table = reflect_table(connection, mapping.table, mapping.schema, (), where=mapping.where)
    columns = [table.column(name) for name in column_names(mapping) if name in table.types]
    return table.name, select(*columns).where(false())


def column_names(mapping: MappedTable) -> list[str]:
    """Return the names of all columns that a mapping names, those included that a table may lack."""
    values = [getattr(mapping, field.name) for field in fields(mapping) if field.name not in _NOT_COLUMNS]  # type: ignore[arg-type]
    return [*(value for value in values if value is not None), *getattr(mapping, "more", ())]
