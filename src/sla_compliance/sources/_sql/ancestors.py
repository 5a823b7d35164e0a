"""The alarms that rows name as their parents, in the one statement: a recursive query."""
################################################################
# A parent is named by its `id`, or by the `alarm_id` of its rows; both are sought, and
# targeting.py decides which of them is meant. The tenant's rows are listed once under
# each of their names, so that every step of the recursion is one join.
#
# UNION drops rows that were found before at the same depth, and the depth is bounded:
# parents that name each other in a circle end the recursion too.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Text, and_, cast, literal, or_, select, union_all

from sla_compliance.sources._sql.instants import Expression
from sla_compliance.sources._sql.mappings import AlarmsTable
from sla_compliance.sources._sql.reflection import ReflectedTable

DEEPEST: Final = 16


@dataclass(frozen=True, slots=True)
class Lineage:
    """Widens the condition of a statement on one mapped table to the ancestors of its rows.

    Attributes:
        mapping: the names of the columns.
        columns: the names of those mapped columns that the table has, by what they are called in an Alarm.
    """

    mapping: AlarmsTable
    columns: Mapping[str, str]

    def with_ancestors(
        self, table: ReflectedTable, condition: ColumnElement[bool], tenant: Expression
    ) -> ColumnElement[bool]:
        """Return the condition of a row that meets a condition, or is an ancestor of one that does.

        Args:
            tenant: the tenant's id.
        """
        names = [name for name in ("id", "alarm_id") if name in self.columns]
        if "parent_alarm_id" not in self.columns or not names:
            return condition
        rows = table.selectable
        parent = cast(rows.c[self.columns["parent_alarm_id"]], Text)
        is_tenants = rows.c[self.mapping.tenant_id] == tenant
        keys = {name: cast(rows.c[self.columns[name]], Text) for name in names}
        named_rows = union_all(
            *(select(key.label("name"), parent.label("parent")).where(is_tenants) for key in keys.values())
        ).cte("named_rows")
        is_child = and_(condition, parent.is_not(None))
        lineage = select(parent.label("name"), literal(1).label("depth")).where(is_child).cte("lineage", recursive=True)
        lineage = lineage.union(
            select(named_rows.c.parent, lineage.c.depth + 1)
            .join_from(lineage, named_rows, named_rows.c.name == lineage.c.name)
            .where(named_rows.c.parent.is_not(None), lineage.c.depth < DEEPEST)
        )
        is_ancestor = or_(*(key.in_(select(lineage.c.name)) for key in keys.values()))
        return and_(is_tenants, or_(condition, is_ancestor))
