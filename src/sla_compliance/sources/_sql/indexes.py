"""The indexes that keep a request quick: their definitions, and whether a database has them."""
################################################################
# The index on alarms has the columns (tenant_id, severity, first_occurrence,
# cleared_at) and holds all rows. One of the qualifying severities alone would serve a
# request, and not the looks at all rows of a tenant (tenant_looks.py): each would read
# the whole table. An index that begins with these columns serves as well, whatever its
# name.
#
# The index on metrics holds the rows of one metric. PostgreSQL itself says whether a
# partial index of another condition holds them; a condition on other columns is not met.
################################################################

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Dialect, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.sources._sql.mappings import AlarmsTable, MetricsTable
from sla_compliance.sources._sql.reflection import POSTGRESQL, SQLITE, reflect_table
from sla_compliance.sources._sql.unique_ids import check_ids_are_unique

AVAILABILITY: Final = "availability"
"""The `metric_type` of the rows that the metrics source reads."""

_DIALECTS: Final[dict[str, Callable[[], Dialect]]] = {POSTGRESQL: postgresql.dialect, SQLITE: sqlite.dialect}


@dataclass(frozen=True, slots=True)
class Index:
    """An index of one table.

    Attributes:
        filtered_column, texts: PostgreSQL's index holds only the rows whose column is one of the texts; all without.
    """

    name: str
    table: str
    schema: str | None
    columns: tuple[str, ...]
    filtered_column: str = ""
    texts: Sequence[str] = ()

    def statement(self, dialect: Dialect) -> str:
        """Return the statement that creates the index where it is not there yet."""
        quoted = dialect.identifier_preparer.quote_identifier
        columns = ", ".join(map(quoted, self.columns))
        where = ""
        if dialect.name == POSTGRESQL and self.texts:
            literals = ", ".join(map(_sql_literal, self.texts))
            where = f" WHERE {quoted(self.filtered_column)} IN ({literals})"
        table = self._qualified(self.table, dialect)
        return f"CREATE INDEX IF NOT EXISTS {quoted(self.name)} ON {table} ({columns}){where};"

    def statements(self, connection: Connection) -> tuple[str, ...]:
        """Return the statements that create the index in this database: one of its name that does not serve goes."""
        dialect = connection.dialect
        drop = f"DROP INDEX {self._qualified(self.name, dialect)};"
        is_in_the_way = any(look.name == self.name and not look.serves for look in self.looks(connection))
        return (drop, self.statement(dialect)) if is_in_the_way else (self.statement(dialect),)

    def looks(self, connection: Connection) -> list[IndexLook]:
        """Return the indexes on the table that begin with the columns, or have the name."""
        indexes = inspect(connection).get_indexes(self.table, schema=self.schema)
        looks: list[IndexLook] = []
        for index in indexes:
            name = index["name"] or ""
            begins_with_columns = tuple(index["column_names"][: len(self.columns)]) == self.columns
            condition = index.get("dialect_options", {}).get(f"{connection.dialect.name}_where")
            serves = begins_with_columns and (condition is None or self._is_met(connection, str(condition)))
            if begins_with_columns or name == self.name:
                looks.append(IndexLook(name, serves=serves, condition=None if condition is None else str(condition)))
        return looks

    def _is_met(self, connection: Connection, condition: str) -> bool:
        """Return whether each of the texts meets the condition of a partial index."""
        if connection.dialect.name != POSTGRESQL or not self.texts:
            return False
        quoted = connection.dialect.identifier_preparer.quote_identifier
        column, table = quoted(self.filtered_column), self._qualified(self.table, connection.dialect)
        # UNION gives the texts the column's name and type. Another name in the condition is an error.
        no_rows = f"SELECT {column} FROM {table} WHERE false"  # noqa: S608 - quoted names
        rows = " UNION ALL SELECT ".join([no_rows, *map(_sql_literal, self.texts)])
        unmet = f"SELECT count(*) FROM ({rows}) AS qualifying WHERE ({condition}) IS NOT TRUE"  # noqa: S608
        try:
            with connection.begin_nested():
                return int(connection.scalar(text(unmet.replace(":", r"\:"))) or 0) == 0
        except DBAPIError:
            return False

    def _qualified(self, name: str, dialect: Dialect) -> str:
        quoted = dialect.identifier_preparer.quote_identifier
        return ".".join(quoted(part) for part in (self.schema, name) if part)


@dataclass(frozen=True, slots=True)
class IndexLook:
    """An index that a database has.

    Attributes:
        serves: whether it keeps a request quick.
        condition: that of its rows; None: it holds all.
    """

    name: str
    serves: bool
    condition: str | None


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a database has of an index.

    Attributes:
        looks: the indexes that have its columns or its name.
        statements: what creates it, to be run; empty where an index serves.
    """

    looks: tuple[IndexLook, ...]
    statements: tuple[str, ...]

    def __str__(self) -> str:
        """Say on one line what was seen."""
        for look in self.looks:
            if look.serves:
                condition = "" if look.condition is None else f", for rows where {look.condition}"
                return f"The alarms table has its index {look.name}{condition}."
        partial = [f"{look.name} holds only rows where {look.condition}" for look in self.looks if look.condition]
        if partial:
            return (
                f"The alarms table lacks its index on all rows: {'; '.join(partial)}; some statements read all of it."
            )
        return "The alarms table lacks its index; requests read the whole table."


def _sql_literal(text_value: str) -> str:
    return "'" + text_value.replace("'", "''") + "'"


def alarm_index(mapping: AlarmsTable) -> Index:
    """Return the index on alarms."""
    columns = (mapping.tenant_id, mapping.severity, mapping.first_occurrence, mapping.cleared_at)
    return Index("ix_sla_alarms", mapping.table, mapping.schema, columns)


def metrics_index(mapping: MetricsTable) -> Index:
    """Return the index on measured availability."""
    columns = (mapping.tenant_id, mapping.timestamp)
    return Index("ix_sla_metrics", mapping.table, mapping.schema, columns, mapping.metric_type, [AVAILABILITY])


def dialect_of(name: str) -> Dialect:
    """Return the dialect of a name.

    Raises:
        InvalidValueError: it is neither "postgresql" nor "sqlite".
    """
    if name not in _DIALECTS:
        raise InvalidValueError(f"dialect is {shown(name)}; give postgresql or sqlite", field="dialect")
    return _DIALECTS[name]()


def create_indexes(
    dialect: str, *, alarms: AlarmsTable | None = None, metrics: MetricsTable | None = None
) -> tuple[str, ...]:
    """Return the statements that create the indexes of the mapped tables; no database is looked at.

    Raises:
        InvalidValueError: the dialect is neither "postgresql" nor "sqlite".
    """
    sql_dialect = dialect_of(dialect)
    indexes = []
    if alarms is not None:
        indexes.append(alarm_index(alarms))
    if metrics is not None:
        indexes.append(metrics_index(metrics))
    return tuple(index.statement(sql_dialect) for index in indexes)


def checked_alarm_index(connection: Connection, mapping: AlarmsTable) -> Index:
    """Return the index on a table of alarms that is there.

    Raises:
        InvalidValueError: there is no such table, or a mapped column does not exist.
    """
    columns = [mapping.tenant_id, mapping.severity, mapping.first_occurrence, mapping.cleared_at]
    reflect_table(connection, mapping.table, mapping.schema, columns, where=mapping.where)
    return alarm_index(mapping)


def checked_metrics_index(connection: Connection, mapping: MetricsTable) -> Index:
    """Return the index on measured availability of a table that is there; errors as `checked_alarm_index`."""
    columns = [mapping.tenant_id, mapping.timestamp, mapping.metric_type]
    reflect_table(connection, mapping.table, mapping.schema, columns, where=mapping.where)
    return metrics_index(mapping)


def check_alarm_ids(connection: Connection, mapping: AlarmsTable) -> None:
    """Check that the mapped id names one row; errors as `check_ids_are_unique`."""
    table = reflect_table(connection, mapping.table, mapping.schema, [mapping.tenant_id], where=mapping.where)
    check_ids_are_unique(connection, table, mapping)
