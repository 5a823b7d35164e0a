"""Drawn maintenance and exclusions, most of them about where an alarm was raised."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sla_compliance.testing.conformance.drawing.chance import Chance
from sla_compliance.testing.conformance.drawing.features import Feature
from sla_compliance.testing.conformance.drawing.rows import Row
from sla_compliance.testing.conformance.drawing.spelling import Spelling
from sla_compliance.testing.oracle.world import Span

_TARGETS: Final[tuple[dict[str, list[Any]], ...]] = (
    {"resource_id": ["r1"]},
    {"resource_id": ["r2", "r1"]},
    {"customer_id": ["c1", "c2"]},
    {"customer_id": ["c1"]},
    {"customer_id": ["c2"], "resource_id": ["r1"]},
    {"resource_type+resource_id": [["olt", "r1"], ["ont", "r2"]]},
    {"id": ["i0"]},
    {"id": ["i1"]},
    {"alarm_id": ["a0", "a1"]},
)
_RULES: Final = (
    "FREQ=DAILY;COUNT=3",
    "FREQ=DAILY",
    "FREQ=WEEKLY;BYDAY=SA,SU",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=4",
    "FREQ=DAILY;INTERVAL=2",
)


def drawn_windows(
    chance: Chance, features: Collection[Feature], rows: Sequence[Row], spelling: Spelling
) -> dict[str, list[dict[str, Any]]]:
    """Draw maintenance and exclusions by the names that a question has for them."""
    windows: dict[str, list[dict[str, Any]]] = {"maintenance": [], "exclusions": []}
    last: Span = (0, 0)
    for _ in range(chance.number(2, 5)):
        last = _extent(chance, features, rows, last)
        is_work = chance.happens(3, 5) or bool({Feature.WORK, Feature.CAUSED, Feature.RECURRENCE} & set(features))
        window: dict[str, Any] = {"start": spelling.instant(last[0]), "end": spelling.instant(last[1])}
        if Feature.TARGETS in features and chance.happens(5, 6):
            window["applies_to"] = chance.one_of(_TARGETS)
            if chance.happens(2, 3):
                window["with_children"] = True
        if is_work:
            window |= _facts_of_work(chance, features, last, spelling)
        windows["maintenance" if is_work else "exclusions"].append(window)
    return {name: entries for name, entries in windows.items() if entries}


def _extent(chance: Chance, features: Collection[Feature], rows: Sequence[Row], last: Span) -> Span:
    if Feature.CAUSED in features and last[1] and chance.happens(1, 2):
        return chance.number(last[0], last[1]), last[1] + chance.number(1, 8)
    if chance.happens(1, 4):
        start = chance.number(0, 50)
        return start, start + chance.number(0, 14)
    starts = [row["first_occurrence"] for row in rows if isinstance(row["first_occurrence"], int)]
    raised = chance.one_of(starts)
    if Feature.CAUSED in features:
        return raised - chance.number(1, 4), raised + chance.number(1, 4)
    start = raised + chance.number(-4, 4)
    return start, start + chance.number(1, 16)


def _facts_of_work(chance: Chance, features: Collection[Feature], extent: Span, spelling: Spelling) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if chance.happens(1, 4):
        facts["kind"] = "emergency"
    if Feature.WORK in features:
        for name in ("announced_at", "entered_at"):
            if chance.happens(2, 3):
                facts[name] = spelling.instant(extent[0] - chance.number(-2, 8))
    if Feature.RECURRENCE in features and chance.happens(2, 3):
        facts["recurrence"] = chance.one_of(_RULES)
        if chance.happens(1, 3):
            facts["zone"] = chance.one_of(("UTC", "Asia/Kolkata", "America/New_York"))
    elif chance.happens(1, 4):
        facts["actual_end"] = spelling.instant(chance.number(extent[0], extent[1]))
    return facts
