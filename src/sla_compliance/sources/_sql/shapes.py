"""Statements that return columns: packed into one row by PostgreSQL, plain rows elsewhere."""
################################################################
# What a statement returns decides what it costs. PostgreSQL aggregates every
# column into one value, eight bytes an instant, so a hundred thousand alarms
# are one row and the driver builds no object for any of them. All aggregates of
# a statement see the rows in one order; none of these drops a NULL, so the
# columns keep step.
#
# The rows may be split into groups that need different columns; columns that a
# group does not have are None in it.
################################################################

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from sla_compliance.errors import InvalidAlarmError, SLAComplianceError
from sla_compliance.sources._sql.instants import Instants, TypedInstants

Expression = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Some of a statement's rows and what to fetch of them.

    Attributes:
        instants, others: expressions by name.
        condition: which rows; None: all.
    """

    instants: Mapping[str, Expression]
    others: Mapping[str, Expression]
    condition: ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """Columns of one length by name, and the rows that could not be read."""

    columns: Mapping[str, list[Any]]
    faults: list[InvalidAlarmError] = field(default_factory=list)


def fetch_packed(
    connection: Connection, groups: Sequence[Group], where: ColumnElement[bool], instants: TypedInstants
) -> Fetched:
    """Return the columns of the groups, one group's rows after the other's; one statement, one row."""
    aggregates = [aggregate for group in groups for aggregate in _aggregates(group, instants)]
    row = connection.execute(select(*aggregates).where(where)).one()
    values = iter(row)
    return Fetched(_joined([_unpacked(group, values, instants) for group in groups]))


def _aggregates(group: Group, instants: TypedInstants) -> Iterator[Expression]:
    """Yield one aggregate for each column of a group."""
    packed = [instants.packed(expression) for expression in group.instants.values()]
    gathered = [func.array_agg(expression) for expression in group.others.values()]
    for aggregate in (*packed, *gathered):
        yield aggregate if group.condition is None else aggregate.filter(group.condition)


def _unpacked(group: Group, values: Iterator[Any], instants: TypedInstants) -> dict[str, list[Any]]:
    columns = {name: instants.unpacked(next(values)) for name in group.instants}
    return columns | {name: next(values) or [] for name in group.others}


def _joined(parts: Sequence[Mapping[str, list[Any]]]) -> dict[str, list[Any]]:
    """Return the parts' columns end to end."""
    lengths = [len(next(iter(part.values()))) for part in parts]
    names = dict.fromkeys(name for part in parts for name in part)
    return {
        name: [
            value
            for part, length in zip(parts, lengths, strict=True)
            for value in part.get(name, [None] * length)
        ]
        for name in names
    }


def fetch_rows(
    connection: Connection, group: Group, where: ColumnElement[bool], instants: Instants, table: str
) -> Fetched:
    """Return the columns of a group row by row; for databases without better."""
    rows = connection.execute(select(*group.instants.values(), *group.others.values()).where(where)).all()
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in (*group.instants, *group.others)]
    faults: list[InvalidAlarmError] = []
    for name, column in zip(group.instants, columns, strict=False):
        column[:] = [_read(instants, value, (table, row, name), faults) for row, value in enumerate(column)]
    return Fetched(dict(zip((*group.instants, *group.others), columns, strict=True)), faults)


def _read(
    instants: Instants, value: object, place: tuple[str, int, str], faults: list[InvalidAlarmError]
) -> int | None:
    """Return a stored instant; one that is none becomes a fault of its row."""
    table, row, name = place
    where = f"{table}[{row}].{name}"
    try:
        return None if value is None else instants.read(value, where)
    except SLAComplianceError as error:
        faults.append(InvalidAlarmError(str(error), field=where, row=row))
        return 0
