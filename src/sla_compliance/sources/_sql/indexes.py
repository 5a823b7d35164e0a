"""The indexes that keep a request quick: their definitions, and whether a database has them."""
################################################################
# A row of the index on alarms: (tenant_id, severity, first_occurrence,
# cleared_at). PostgreSQL's holds critical and major alarms alone, those that
# qualify by default. SQLite's holds all: it cannot tell that a bound severity is
# among those of a partial index.
#
# Without a database at hand, severity is taken for an enum of upper-case names,
# as the platform's is.
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
from sla_compliance.sources._sql.reflection import POSTGRESQL, SQLITE, reflected

AVAILABILITY: Final = "availability"
"""The metric_type of the rows that the metrics source reads."""

_DIALECTS: Final[dict[str, Callable[[], Dialect]]] = {POSTGRESQL: postgresql.dialect, SQLITE: sqlite.dialect}
_UPPER_CASE: Final = sorted(severity.upper() for severity in QUALIFYING_SEVERITIES)


@dataclass(frozen=True, slots=True)
class Index:
    """An index and the rows it is about.

    Attributes:
        condition: column and texts; the rows where the column is one of them are all that PostgreSQL's index holds.
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
        where = f" WHERE {self._condition(quoted)}" if dialect.name == POSTGRESQL else ""
        return f"CREATE INDEX IF NOT EXISTS {quoted(self.name)} ON {table} ({columns}){where};"

    def _condition(self, quoted: Callable[[str], str]) -> str:
        column, texts = self.condition
        return f"{quoted(column)} IN ({', '.join(_literal(text) for text in texts)})"

    def is_present(self, connection: Connection) -> bool:
        """Whether an index on the table begins with the columns, under whatever name."""
        found = inspect(connection).get_indexes(self.table, schema=self.schema)
        return any(tuple(index["column_names"][: len(self.columns)]) == self.columns for index in found)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def alarm_index(mapping: AlarmsTable, severities: Sequence[str] = _UPPER_CASE) -> Index:
    """Return the index on alarms; `severities` as the column spells the critical and major ones."""
    columns = (mapping.tenant_id, mapping.severity, mapping.first_occurrence, mapping.cleared_at)
    return Index("ix_sla_alarms", mapping.table, mapping.schema, columns, (mapping.severity, severities))


def metrics_index(mapping: MetricsTable) -> Index:
    """Return the index on measured availability."""
    columns = (mapping.tenant_id, mapping.timestamp)
    return Index("ix_sla_metrics", mapping.table, mapping.schema, columns, (mapping.metric_type, [AVAILABILITY]))


def create_indexes(
    dialect: str, *, alarms: AlarmsTable | None = None, metrics: MetricsTable | None = None
) -> tuple[str, ...]:
    """Return the statements that create the indexes of the mapped tables.

    Raises:
        InvalidValueError: the dialect is neither "postgresql" nor "sqlite".
    """
    if dialect not in _DIALECTS:
        raise InvalidValueError(f"dialect is {shown(dialect)}; give postgresql or sqlite", field="dialect")
    spoken = _DIALECTS[dialect]()
    indexes = [alarm_index(alarms)] if alarms else []
    indexes += [metrics_index(metrics)] if metrics else []
    return tuple(index.statement(spoken) for index in indexes)


def missing_indexes(
    connection: Connection, *, alarms: AlarmsTable | None = None, metrics: MetricsTable | None = None
) -> tuple[str, ...]:
    """Return the statements that create those indexes of the mapped tables that the database lacks."""
    wanted = []
    if alarms is not None:
        columns = [alarms.tenant_id, alarms.severity, alarms.first_occurrence, alarms.cleared_at]
        table = reflected(connection, alarms.table, alarms.schema, columns)
        wanted.append(alarm_index(alarms, table.spellings(alarms.severity, QUALIFYING_SEVERITIES)))
    if metrics is not None:
        wanted.append(metrics_index(metrics))
    return tuple(index.statement(connection.dialect) for index in wanted if not index.is_present(connection))
