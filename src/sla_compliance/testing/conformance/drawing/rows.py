"""Drawn alarms: clusters of short pieces with short gaps, and what may be odd about them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sla_compliance.testing.conformance.drawing.chance import Chance
from sla_compliance.testing.conformance.drawing.features import Feature
from sla_compliance.testing.conformance.drawing.spelling import Spelling

LAST_DRAWN_INSTANT = 63

Row = dict[str, Any]
"""A row whose times are units, by the names of its columns."""


def drawn_rows(chance: Chance, features: Collection[Feature]) -> list[Row]:
    """Draw the rows of a question."""
    rows: list[Row] = []
    at = chance.number(4, 24)
    for number in range(chance.number(2, 7)):
        start = max(0, at + chance.number(-3, 5))
        at = start + chance.number(0, 7)
        rows.append(_row(chance, number, start, at))
    if chance.happens(1, 4):
        start = chance.number(0, 40)
        rows.append(_row(chance, len(rows), start, start + chance.number(8, 22)))
    if Feature.ENDS in features:
        rows = [_ended_otherwise(chance, row) if chance.happens(1, 2) else row for row in rows]
    if Feature.KEY in features:  # before rows are repeated: those of one id have one key
        rows = [row if chance.happens(2, 3) else _without(row, "resource_id") for row in rows]
    if Feature.TARGETS in features:
        rows = [_in_family(chance, row) for row in rows]
    if Feature.IDS in features:
        rows += [_repeat(chance, chance.one_of(rows)) for _ in range(chance.number(1, 3))]
    if Feature.DOUBT in features:
        rows = [_doubtful(chance, row) if chance.happens(1, 2) else row for row in rows]
        if chance.happens(1, 8):
            rows.append({"first_occurrence": "not known", "cleared_at": 9, "severity": "major", "id": "i99"})
    return rows


def spelled_row(row: Row, spelling: Spelling) -> dict[str, str]:
    """Return a row as a question has it."""
    return {name: spelling.instant(value) if isinstance(value, int) else value for name, value in row.items()}


def _row(chance: Chance, number: int, start: int, end: int) -> Row:
    row: Row = {"id": f"i{number}", "first_occurrence": start, "cleared_at": end}
    row["severity"] = chance.one_of(("critical", "critical", "critical", "MAJOR", "major", "minor"))
    row["resource_id"] = chance.one_of(("r1", "r1", "r2"))
    row["customer_id"] = chance.one_of(("c1", "c2"))
    if chance.happens(1, 3):
        row["status"] = chance.one_of(("active", "SUPPRESSED", "acknowledged"))
    if chance.happens(1, 4):
        row["alarm_type"] = chance.one_of(("Test", "link down"))
    return row


def _ended_otherwise(chance: Chance, row: Row) -> Row:
    """Draw another end: resolved, over when seen, over without a time, open, stale."""
    start, end = row["first_occurrence"], row["cleared_at"]
    other = _without(row, "cleared_at")
    way = chance.one_of(("resolved", "both", "seen", "over", "over", "over", "open", "stale", "stale"))
    if way == "resolved":
        return {**other, "resolved_at": end}
    if way == "both":
        return {**row, "resolved_at": end + chance.number(1, 6)}
    if way == "seen":
        return {**other, "last_occurrence": end, "status": chance.one_of(("CLEARED", "resolved"))}
    if way == "over":
        other |= {"status": chance.one_of(("CLOSED", "cleared"))}
        if chance.happens(1, 2):
            other["updated_at"] = start + chance.number(0, 9)
        if chance.happens(1, 2):
            other["alarm_id"] = chance.one_of(("a0", "a1"))
        return other
    if way == "stale":
        end_after_all = {"cleared_at": 250} if chance.happens(1, 2) else {}
        return {**other, "last_occurrence": start + chance.number(0, 9), "status": "active", **end_after_all}
    return {**other, "status": "active"}


def _in_family(chance: Chance, row: Row) -> Row:
    family: Row = {}
    for column, values in (
        ("parent_alarm_id", ("", "i0", "i0", "i1", "i2", "a0")),
        ("alarm_id", ("", "a0", "a1")),
        ("resource_type", ("olt", "olt", "ont", "")),
    ):
        value = chance.one_of(values)
        if value:
            family[column] = value
    return {**row, **family}


def _repeat(chance: Chance, row: Row) -> Row:
    """Draw another row of the id of one: a snapshot, a contradiction, or an outage of its own."""
    start = row["first_occurrence"]
    end = start + chance.number(0, 9)
    if end == row.get("cleared_at"):  # the same row twice says nothing new
        end += 1
    ways = ("open", "open", "minor", "cleared", "another end", "another start", "another start", "apart")
    way = chance.one_of(ways)
    if way in ("open", "minor"):
        other = _without(_without(row, "cleared_at"), "resolved_at")
        severity = "minor" if way == "minor" else "critical"
        return {**other, "status": "active", "severity": severity, "last_occurrence": start + chance.number(0, 9)}
    if way == "cleared":
        return {**row, "severity": "cleared", "cleared_at": end}
    if way == "another end":
        return {**row, "cleared_at": end}
    shift = chance.number(1, 3) if way == "another start" else 20
    return {**row, "first_occurrence": start + shift, "cleared_at": end + shift}


def _doubtful(chance: Chance, row: Row) -> Row:
    """Draw what may be wrong with a row, or not known of it."""
    start = row["first_occurrence"]
    length = chance.number(1, 9)
    way = chance.one_of(("severity", "cleared", "reversed", "unreadable end", "seen", "seen", "open", "open"))
    if way == "severity":
        return {**row, "severity": "Disaster"}
    if way == "cleared":
        return {**row, "severity": "cleared"}
    if way == "reversed":
        return {**row, "cleared_at": start - length}
    if way == "unreadable end":
        return {**row, "cleared_at": "not known"}
    other = _without(row, "cleared_at")
    if way == "seen":
        return {**other, "status": "active", "last_occurrence": start + length}
    return {**other, "status": "active"}


def _without(row: Row, column: str) -> Row:
    return {name: value for name, value in row.items() if name != column}
