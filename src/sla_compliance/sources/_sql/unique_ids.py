"""Whether a mapped id names one row: by a unique index, else by a bounded look at the rows."""
################################################################
# Rows of one id are one alarm (identity.py). A source returns a part of a table, so
# rows of one id that it leaves out could change what the others mean. A database with
# such rows is refused, with the way out: a view with one row an alarm.
#
# A unique index proves it, on the id or on the tenant and the id. A view has none:
# then the ids of MOST_ROWS rows are compared.
################################################################

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import NoSuchTableError

from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.sources._sql.mappings import AlarmsTable
from sla_compliance.sources._sql.reflection import ReflectedTable

MOST_ROWS: Final = 100_000


def check_ids_are_unique(connection: Connection, table: ReflectedTable, mapping: AlarmsTable) -> None:
    """Check that no two rows of a tenant share an id; nothing is checked where no id is mapped.

    Raises:
        InvalidValueError: two rows do.
    """
    if mapping.id is None or mapping.id not in table.types or _has_unique_index(connection, mapping):
        return
    tenant, key = table.column(mapping.tenant_id), table.column(mapping.id)
    rows = select(tenant.label("tenant"), key.label("key")).where(key.is_not(None)).limit(MOST_ROWS).subquery()
    repeated = select(rows.c.key).group_by(rows.c.tenant, rows.c.key).having(func.count() > 1).limit(1)
    row = connection.execute(repeated).first()
    if row is not None:
        field = f"{table.name}.{mapping.id}"
        raise InvalidValueError(
            f"{field} is not unique: several rows have {shown(row[0])}; map the column that names one row, None where"
            " there is none, or a view with one row an alarm",
            field=field,
        )


def _has_unique_index(connection: Connection, mapping: AlarmsTable) -> bool:
    """Return whether the database itself keeps the id unique, of all rows or of each tenant's."""
    inspector = inspect(connection)
    try:
        primary_key = inspector.get_pk_constraint(mapping.table, schema=mapping.schema)["constrained_columns"]
        constraints = inspector.get_unique_constraints(mapping.table, schema=mapping.schema)
        indexes = inspector.get_indexes(mapping.table, schema=mapping.schema)
    except NoSuchTableError:  # a view, in some dialects
        return False
    unique_columns = [primary_key, *(constraint["column_names"] for constraint in constraints)]
    for index in indexes:
        is_partial = any(name.endswith("_where") for name in index.get("dialect_options", {}))
        if index["unique"] and not is_partial:
            unique_columns.append([str(name) for name in index["column_names"]])
    enough = ({mapping.id}, {mapping.tenant_id, mapping.id})
    return any(set(columns) in enough for columns in unique_columns)
