"""Row-level security: whether a role sees all rows of a table, or those alone that its session is set for."""
################################################################
# A role under row-level security whose session is not set sees no rows, and no error:
# no alarms, which reads as 100 %. So a table under it is refused when it is reflected,
# unless the connection is one that `prepare` has set for the tenant (engines.py). A role
# that bypasses row-level security sees all rows and is fine.
#
# `row_security_active` knows tables alone. A view reads its tables with the rights of
# its owner, or with those of the session's role (security_invoker, also inside a view of
# another owner); so the tables behind a view are looked up, at any depth, each with the
# role that reads it.
################################################################

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, text

from sla_compliance.errors import InvalidValueError
from sla_compliance.sources._sql.mappings import MappedTable
from sla_compliance.sources._sql.reflection import POSTGRESQL, ReflectedTable, reflect_table

IS_PREPARED: Final = "sla_is_prepared"
"""The execution option of connections that `prepare` has set for a tenant."""

_GUARDED_TABLE: Final = text("""
    WITH RECURSIVE session (role) AS (
        SELECT oid FROM pg_roles WHERE rolname = current_user
    ), relations (id, role) AS (
        SELECT to_regclass(CAST(:name AS text))::oid, session.role FROM session
        UNION
        SELECT dependencies.refobjid,
            CASE WHEN EXISTS (
                SELECT FROM pg_options_to_table(views.reloptions)
                WHERE option_name = 'security_invoker' AND option_value::boolean
            ) THEN session.role ELSE views.relowner END
        FROM relations
        CROSS JOIN session
        JOIN pg_class AS views ON views.oid = relations.id AND views.relkind = 'v'
        JOIN pg_rewrite AS rules ON rules.ev_class = views.oid
        JOIN pg_depend AS dependencies ON dependencies.classid = 'pg_rewrite'::regclass
            AND dependencies.objid = rules.oid AND dependencies.refclassid = 'pg_class'::regclass
            AND dependencies.refobjid <> views.oid
    )
    SELECT tables.oid::regclass::text, roles.rolname
    FROM relations
    JOIN pg_class AS tables ON tables.oid = relations.id AND tables.relrowsecurity
    JOIN pg_roles AS roles ON roles.oid = relations.role
    WHERE CASE
        WHEN roles.rolname = current_user THEN row_security_active(tables.oid)
        WHEN roles.rolsuper OR roles.rolbypassrls THEN false
        ELSE tables.relforcerowsecurity OR NOT pg_has_role(roles.oid, tables.relowner, 'USAGE')
    END
    LIMIT 1
""")


def readable_table(
    connection: Connection, mapping: MappedTable, needed: Collection[str], *, may_be_empty: bool = False
) -> ReflectedTable:
    """Return a mapped table as the database describes it, of which the connection sees all rows that it should.

    Args:
        needed, may_be_empty: as `reflect_table`.

    Raises:
        InvalidValueError: as `reflect_table`; or the table is under row-level security, and no `prepare` sets the
            session.
    """
    table = reflect_table(
        connection, mapping.table, mapping.schema, needed, where=mapping.where, may_be_empty=may_be_empty
    )
    is_prepared = connection.get_execution_options().get(IS_PREPARED, False)
    if connection.dialect.name == POSTGRESQL and not is_prepared:
        _check_row_security(connection, table.name, mapping)
    return table


def _check_row_security(connection: Connection, full_name: str, mapping: MappedTable) -> None:
    """Check that row-level security hides no rows of a table, or of one behind a view.

    Raises:
        InvalidValueError: it may.
    """
    quoted = connection.dialect.identifier_preparer.quote_identifier
    quoted_name = ".".join(quoted(part) for part in (mapping.schema, mapping.table) if part)
    row = connection.execute(_GUARDED_TABLE, {"name": quoted_name}).first()
    if row is None:
        return
    guarded_name, role = row
    subject = full_name if guarded_name == quoted_name.replace('"', "") else f"{full_name} (by {guarded_name})"
    raise InvalidValueError(
        f"{subject} is under row-level security for the role {role}, which without its setting sees no rows, as if"
        " there were no alarms; give the source prepare=, a function that sets the session for a tenant, or connect"
        " as a role with BYPASSRLS",
        field=full_name,
    )
