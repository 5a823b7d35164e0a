"""Drawn questions: alarms, a window and the features that are asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sla_compliance.testing.conformance.drawing.chance import Chance
from sla_compliance.testing.conformance.drawing.features import Feature
from sla_compliance.testing.conformance.drawing.rows import LAST_DRAWN_INSTANT, Row, drawn_rows, spelled_row
from sla_compliance.testing.conformance.drawing.spelling import Spelling
from sla_compliance.testing.conformance.drawing.terms import drawn_policy, hours_of_a_week
from sla_compliance.testing.conformance.drawing.windows import drawn_windows
from sla_compliance.testing.oracle.world import Place, Span

_WINDOWS: Final = frozenset({Feature.WINDOWS, Feature.TARGETS, Feature.WORK, Feature.CAUSED, Feature.RECURRENCE})
_PERIODS: Final = (
    "week",
    "week:sunday",
    "month",
    "month:15",
    "month:31",
    "quarter",
    "quarter:2",
    "year",
    "year:4",
    "year:4-6",
    "rolling:1",
    "rolling:2",
)


def drawn_question(chance: Chance, features: Collection[Feature], place: Place) -> dict[str, Any]:
    """Draw a question in JSON types that has some features, at a place."""
    spelling = Spelling(place, chance)
    rows = drawn_rows(chance, features)
    start, end = _window(chance)
    as_of = _as_of(chance, features, start, end)
    question: dict[str, Any] = {
        "start": spelling.instant(start),
        "end": spelling.instant(end),
        "as_of": spelling.instant(as_of),
        "zone": place.zone,
        "alarms": [spelled_row(row, spelling) for row in rows],
        "policy": drawn_policy(chance, features, spelling),
    }
    if _WINDOWS & set(features):
        question |= drawn_windows(chance, features, rows, spelling)
    if Feature.SCOPES in features:
        question |= _scopes(chance, spelling)
    if Feature.MONITORED in features:
        question["monitored"] = [spelling.span(span) for span in _with_gaps(chance)]
        if chance.happens(1, 2):
            question["monitor_gap_us"] = spelling.length_us(chance.number(1, 6))
    return question | _what_is_asked(chance, features, rows, spelling)


def _what_is_asked(
    chance: Chance, features: Collection[Feature], rows: Sequence[Row], spelling: Spelling
) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    if Feature.CORRECTIONS in features:
        asked["corrections"] = [_correction(chance, rows, spelling) for _ in range(chance.number(1, 3))]
    if Feature.KEY in features:
        asked["by"] = {"column": "resource_id", "key": chance.one_of(("r1", "r1", "r2"))}
        if chance.happens(2, 3):
            asked["by"]["unkeyed"] = chance.one_of(("doubt", "everybody", "nobody"))
    if Feature.PERIODS in features:
        asked["periods"] = list(dict.fromkeys(["day", *(chance.one_of(_PERIODS) for _ in range(3))]))
    if Feature.BUDGET in features:
        asked["budget"] = True
    return asked


def _window(chance: Chance) -> Span:
    if chance.happens(2, 3):
        return 0, LAST_DRAWN_INSTANT
    start = chance.number(0, 20)
    return start, start + chance.number(12, 43)


def _as_of(chance: Chance, features: Collection[Feature], start: int, end: int) -> int:
    if Feature.BUDGET in features or chance.happens(1, 3):
        return chance.number(start, end)
    return chance.one_of((end, end, LAST_DRAWN_INSTANT, end + chance.number(0, 10), chance.number(end, 260)))


def _scopes(chance: Chance, spelling: Spelling) -> dict[str, Any]:
    scopes: dict[str, Any] = {}
    if chance.happens(2, 3):
        is_weekly = chance.happens(1, 2)
        scopes["service_hours"] = (
            hours_of_a_week(chance, spelling) if is_weekly else [spelling.span(span) for span in _with_gaps(chance)]
        )
    if chance.happens(1, 2):
        first = chance.number(0, 24)
        scopes["in_service"] = [spelling.span((first, first + chance.number(20, 50)))]
    return scopes


def _with_gaps(chance: Chance) -> list[Span]:
    at = chance.number(0, 6)
    spans = []
    for _ in range(chance.number(2, 6)):
        length = chance.number(3, 14)
        spans.append((at, at + length))
        at += length + chance.number(0, 5)
    return spans


def _correction(chance: Chance, rows: Sequence[Row], spelling: Spelling) -> dict[str, Any]:
    row = chance.one_of(rows)
    correction: dict[str, Any] = {"row_id": row["id"], "reason": "ticket", "author": "noc"}
    way = chance.one_of(("void", "ends", "ends", "starts", "severity"))
    start = row["first_occurrence"] if isinstance(row["first_occurrence"], int) else 9
    if way == "void":
        correction["void"] = True
    elif way == "severity":
        correction["severity"] = chance.one_of(("minor", "critical"))
    else:
        shift = chance.number(0, 9) if way == "ends" else -chance.number(0, 4)
        correction[way] = spelling.instant(start + shift)
    return {**correction, "entered_at": spelling.instant(100 + chance.number(0, 9))}
