"""Rows of the tables of a store as days and their keys, and back; a row that cannot be a day is one of unknown time."""
################################################################
# SQLite keeps any value in any column, and JSON text may hold anything, so nothing
# of a row is believed before it is looked at. A row whose key is that of no day is
# left out: no request can ask for it.
################################################################

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from sla_compliance.day_json import READINGS, day_from_json
from sla_compliance.ledger import CellLengths
from sla_compliance.measured import DayFact, DayKey, FactCode
from sla_compliance.stores._version_1 import CELL_COUNT, cells_of_version_1
from sla_compliance.stores.protocol import NO_CHANGES, StoredDay
from sla_compliance.units import checked_instant_us, parse_date

_NUMBERS = ("start_us", "end_us", "rows_read", "rules_version", "as_of_us")


def date_of(value: object) -> dt.date | None:
    """Return a date as a database has it, a date or its text; None where it is neither."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return parse_date(value, field="local_date")  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return None


def key_of(row: Mapping[str, Any], tenant_id: str) -> DayKey | None:
    """Return the key of a row of a tenant; None where it is none."""
    date = date_of(row["local_date"])
    parts = row["measurement"], row["agreement"], row["zone"]
    if date is None or not all(isinstance(part, str) for part in parts):
        return None
    return DayKey(tenant_id, *parts, date)


def day_values(stored: StoredDay) -> dict[str, object]:
    """Return the columns of a stored day, other than those of its key."""
    day = stored.day
    return {
        "start_us": day.start_us,
        "end_us": day.end_us,
        "cells_us": json.dumps(day.cells_us),
        "optimistic_cells_us": None if day.optimistic_cells_us is None else json.dumps(day.optimistic_cells_us),
        "pessimistic_cells_us": None if day.pessimistic_cells_us is None else json.dumps(day.pessimistic_cells_us),
        "facts": json.dumps([fact.as_dict() for fact in day.facts]),
        "rows_read": day.rows_read,
        "rules_version": day.rules_version,
        "as_of_us": day.as_of_us,
        "tz_version": day.tz_version,
        "written_us": stored.written_us,
        "changes_applied": stored.changes_applied,
    }


def stored_day(key: DayKey, row: Mapping[str, Any]) -> StoredDay | None:
    """Return the day of a row; None where its key is that of no day."""
    changes_reported = count_of(row["changes_reported"])
    try:
        return _readable_day(key, row, changes_reported)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        fault = str(error)
    try:
        return StoredDay.of_unknown_time(key, changes_reported=changes_reported, fault=fault)
    except (ValueError, OverflowError):
        return None


def _readable_day(key: DayKey, row: Mapping[str, Any], changes_reported: int) -> StoredDay:
    """Return the day of a row.

    Raises:
        ValueError, TypeError, RecursionError: it is none.
    """
    readings = {name: _cells(row[name]) for name in READINGS}
    facts = json.loads(row["facts"])
    if isinstance(facts, list):
        facts = [_fact_of_any_version(fact) for fact in facts]
    numbers = {name: row[name] for name in _NUMBERS}
    texts = {"date": key.date.isoformat(), "tz_version": row["tz_version"]}
    day = day_from_json({**texts, **numbers, **readings, "facts": facts}, zone=key.zone)
    written_us, changes_applied = row["written_us"], row["changes_applied"]
    if type(written_us) is not int or type(changes_applied) is not int:
        raise TypeError("written_us or changes_applied is no integer")
    checked_instant_us(written_us, field="written_us")
    if not NO_CHANGES <= changes_applied <= changes_reported:
        raise ValueError(f"changes_applied is {changes_applied}, of {changes_reported} that were reported")
    return StoredDay(day=day, written_us=written_us, changes_applied=changes_applied, changes_reported=changes_reported)


def count_of(value: object) -> int:
    """Return a count of reported changes; 0 where it is none."""
    return value if type(value) is int and value > 0 else 0


def cells_of_trail(text: str | None) -> CellLengths:
    """Return the cells of a trace; none where they cannot be read."""
    try:
        lengths_us = _cells(text)
    except (ValueError, TypeError, RecursionError):
        return ()
    is_whole = lengths_us is not None and all(type(length_us) is int for length_us in lengths_us)
    return tuple(lengths_us) if lengths_us is not None and is_whole else ()


def _cells(text: str | None) -> list[Any] | None:
    """Return the lengths of the cells of a reading, of any version; None where it is that of the record."""
    if text is None:
        return None
    lengths_us = json.loads(text)
    if not isinstance(lengths_us, list):
        raise TypeError("cells are no list")
    return list(cells_of_version_1(lengths_us)) if len(lengths_us) == CELL_COUNT else lengths_us


def _fact_of_any_version(value: object) -> object:
    """Return a fact in JSON types; a text is a sentence of version 1."""
    return DayFact(FactCode.LEGACY, value).as_dict() if isinstance(value, str) else value
