"""The indexes that keep a request quick: their definitions, and whether a database has them."""
################################################################
# The index on alarms has the columns (tenant_id, severity, first_occurrence,
# cleared_at). PostgreSQL's holds critical and major alarms alone, those that
# qualify by default. SQLite's holds all: SQLite cannot tell that a bound severity
# is among those of a partial index.
#
# `create_indexes` knows no database; it takes severity for an enum of upper-case
# labels, as the platform's is.
################################################################

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Dialect, inspect
from sqlalchemy.dialects import postgresql, sqlite

from sla_compliance.alarms import QUALIFYING_SEVERITIES
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.sources._sql.mappings import AlarmsTable, MetricsTable
from sla_compliance.sources._sql.reflection import POSTGRESQL, SQLITE, reflect_table
from sla_compliance.sources._sql.unique_ids import check_ids_are_unique
from sla_compliance.sources._sql.words import SeverityColumn

AVAILABILITY: Final = "availability"
"""The `metric_type` of the rows that the metrics source reads."""

_DIALECTS: Final[dict[str, Callable[[], Dialect]]] = {POSTGRESQL: postgresql.dialect, SQLITE: sqlite.dialect}
_PLATFORM_SEVERITIES: Final = sorted(severity.upper() for severity in QUALIFYING_SEVERITIES)


@dataclass(frozen=True, slots=True)
class Index:
    """An index of one table.

    Attributes:
        condition: a column and texts; PostgreSQL's index holds only the rows whose column is one of the texts.
    """

    name: str
    table: str
    schema: str | None
    columns: tuple[str, ...]
    condition: tuple[str, Sequence[str]]

    def statement(self, dialect: Dialect) -> str:
        """Return the statement that creates the index where it is not there yet."""
        quoted = dialect.identifier_preparer.quote_identifier
        table = ".".join(quoted(part) for part in (self.schema, self.table) if part)
        columns = ", ".join(map(quoted, self.columns))
        where = ""
        if dialect.name == POSTGRESQL:
            column, texts = self.condition
            literals = ", ".join(map(_sql_literal, texts))
            where = f" WHERE {quoted(column)} IN ({literals})"
        return f"CREATE INDEX IF NOT EXISTS {quoted(self.name)} ON {table} ({columns}){where};"

    def is_present(self, connection: Connection) -> bool:
        """Whether an index on the table begins with the columns, whatever its name."""
        for index in inspect(connection).get_indexes(self.table, schema=self.schema):
            leading_columns = index["column_names"][: len(self.columns)]
            if tuple(leading_columns) == self.columns:
                return True
        return False


def _sql_literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def alarm_index(mapping: AlarmsTable, severities: Sequence[str] = _PLATFORM_SEVERITIES) -> Index:
    """Return the index on alarms; `severities` as the column spells the critical and major ones."""
    columns = (mapping.tenant_id, mapping.severity, mapping.first_occurrence, mapping.cleared_at)
    return Index("ix_sla_alarms", mapping.table, mapping.schema, columns, (mapping.severity, severities))


def metrics_index(mapping: MetricsTable) -> Index:
    """Return the index on measured availability."""
    columns = (mapping.tenant_id, mapping.timestamp)
    return Index("ix_sla_metrics", mapping.table, mapping.schema, columns, (mapping.metric_type, [AVAILABILITY]))


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
    """Return the statements that create the indexes of the mapped tables.

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


def missing_indexes(
    connection: Connection, *, alarms: AlarmsTable | None = None, metrics: MetricsTable | None = None
) -> tuple[str, ...]:
    """Return the statements that create those indexes of the mapped tables that the database lacks."""
    indexes = []
    if alarms is not None:
        columns = [alarms.tenant_id, alarms.severity, alarms.first_occurrence, alarms.cleared_at]
        table = reflect_table(connection, alarms.table, alarms.schema, columns)
        check_ids_are_unique(connection, table, alarms)
        severity = SeverityColumn(table, alarms.severity, alarms.severities.words)
        severities = severity.spellings(QUALIFYING_SEVERITIES)
        indexes.append(alarm_index(alarms, severities))
    if metrics is not None:
        indexes.append(metrics_index(metrics))
    return tuple(index.statement(connection.dialect) for index in indexes if not index.is_present(connection))
