"""Texts of a file's columns to what a batch of alarms holds: instants and counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sla_compliance.alarms import ALARM_COLUMNS, INSTANT_COLUMNS, ColumnKind
from sla_compliance.errors import shown
from sla_compliance.sources._files.rows import Text
from sla_compliance.sources._files.times import Instants

FIRST: Final = "first_occurrence"
_COUNTS: Final = tuple(column.name for column in ALARM_COLUMNS if column.kind is ColumnKind.COUNT)
_LONGEST_COUNT: Final = 18


def convert(columns: dict[str, list[Any]], faults: dict[int, str]) -> None:
    """Convert the texts of times and counts in place; add what is wrong with a row to its faults, one a row."""
    instants = Instants()
    for name in INSTANT_COLUMNS:
        if name in columns:
            columns[name] = _instants(name, columns[name], instants, faults)
    for name in _COUNTS:
        if name in columns:
            columns[name] = [_count(name, row, text, faults) for row, text in enumerate(columns[name])]


def _instants(name: str, texts: Sequence[Text], instants: Instants, faults: dict[int, str]) -> list[int | None]:
    found: list[Any] = list(map(instants.__getitem__, texts))
    if str in (kinds := set(map(type, found))) or (name == FIRST and type(None) in kinds):
        for row, value in enumerate(found):
            if isinstance(value, str) or (value is None and name == FIRST):
                faults.setdefault(row, f"{name} {value or 'is empty; every alarm needs one'}")
                found[row] = None
    return found


def _count(name: str, row: int, text: Text, faults: dict[int, str]) -> int | None:
    if text is None:
        return None
    if len(text) <= _LONGEST_COUNT and text.isascii() and text.isdigit():
        return int(text)
    faults.setdefault(row, f"{name} is {shown(text)}; give a whole number")
    return None
