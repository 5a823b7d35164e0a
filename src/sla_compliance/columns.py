"""Columns of alarms as tuples: absent values, selections of rows, joining."""
################################################################
# A value that is absent is None, whatever the writer of the rows had for it: None,
# NaN, NaT, NA, or the empty text. Pandas writes missing values as NaT, NA, or one
# NaN object that several rows share.
#
# Rows without any absent value are the rule, so each function looks at a whole
# column first and at its values one by one only where it must.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Final

from sla_compliance.checks import wrong_type

Column = tuple[Any, ...]

TENANT_COLUMN: Final = "tenant_id"
"""Where rows of several tenants have it, ids of alarms and devices are those of each tenant."""
_ABSENT_TYPES: Final = frozenset({"NaTType", "NAType"})
_PLAIN_TYPES: Final = frozenset({str, int, bool, type(None)})
"""Types of which only the empty text is absent."""


class Texts(list[str]):
    """Values of a column that are known to be str, one and all, so that the type of each needs no look."""

    __slots__ = ()


def types_of(column: Sequence[Any]) -> set[type]:
    """Return the types of a column's values."""
    return {str} if isinstance(column, Texts) else set(map(type, column))


def is_absent(value: Any) -> bool:  # noqa: ANN401 - whatever a row may hold
    """Return whether a value says that there is none."""
    if value is None:
        return True
    if isinstance(value, str):
        return value == ""
    if isinstance(value, int):
        return False
    if type(value).__name__ in _ABSENT_TYPES:  # pandas' NA has no truth value, so comparing it would raise
        return True
    try:
        return bool(value != value)  # noqa: PLR0124 - NaN alone differs from itself
    except Exception:  # a foreign type may raise anything; the reader of the value says so
        return False


def with_absent_as_none(column: Column) -> Column:
    """Return a column with its absent values as None."""
    if is_empty(column) or (set(map(type, column)) <= _PLAIN_TYPES and not has_empty_text(column)):
        return column
    return tuple(None if is_absent(value) else value for value in column)


def has_empty_text(column: Sequence[Any]) -> bool:
    """Return whether a column of plain types holds the empty text."""
    # Of text alone, `all` is the answer already, at half the cost of comparing each with "".
    return not all(column) and "" in column


def is_empty(column: Sequence[Any]) -> bool:
    """Return whether no row has a value in a column; hardly any cost where the first one has."""
    if column and column[0] is not None:
        return False
    try:
        return column.count(None) == len(column)
    except Exception:  # a foreign type may raise anything when it is compared
        return False


def columns_by_name(columns: Mapping[str, Sequence[Any] | None], field: str) -> Mapping[str, Sequence[Any] | None]:
    """Return columns that are in a mapping, under names that are text.

    Raises:
        InvalidTypeError: they are not.
    """
    if not isinstance(columns, Mapping) or not all(isinstance(name, str) for name in columns):
        raise wrong_type(columns, field, "columns by name")
    return columns


def taken(column: Column, rows: Sequence[int]) -> Column:
    """Return the values of some rows, by index."""
    return tuple(map(column.__getitem__, rows))


def within_tenants(column: Column, columns: Mapping[str, Column]) -> Column:
    """Return a column of which equal values mean one thing: with the tenant of each, where rows are of several."""
    tenants = columns.get(TENANT_COLUMN, ())
    if len(set(tenants)) < 2:
        return column
    return tuple(None if value is None else (tenant, value) for tenant, value in zip(tenants, column, strict=True))


def joined_column(left: Column | None, left_rows: int, right: Column | None, right_rows: int) -> Column | None:
    """Return two columns one after the other, None where a batch does not have it; None where neither has."""
    if left is None and right is None:
        return None
    return (left or (None,) * left_rows) + (right or (None,) * right_rows)


def rows_by_value(column: Iterable[Hashable]) -> dict[Hashable, list[int]]:
    """Return the rows, by index, of each value of a column, in the order in which the values come."""
    rows: dict[Hashable, list[int]] = defaultdict(list)
    for row, value in enumerate(column):
        rows[value].append(row)
    return dict(rows)
