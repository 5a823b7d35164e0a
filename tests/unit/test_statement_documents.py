"""Statements as documents: each field of its type, values that are possible, and lines that are some."""

from __future__ import annotations

import json
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.analysis import Statement, statement
from sla_compliance.analysis.statement_documents import document_of, statement_of
from sla_compliance.canonical_input import input_digest
from sla_compliance.units import MAX_US
from tests.unit.moments import at, report_of

LATER = at(20)
NUMBERS = ("start_us", "end_us", "number", "issued_us", "as_of_us")
TEXTS = ("tenant", "zone", "issued_by", "policy", "tz_version", "input_digest", "digest")
NULLABLE = ("subject", "supersedes", "reason")


def document() -> dict[str, Any]:
    """Return a statement as JSON types."""
    outage = sla.Alarm(at(8, 9), at(8, 10), id="17")
    report = report_of([outage], at(8), at(9), as_of=LATER, policy=sla.SLAPolicy("99"))
    issued = statement(report, tenant="acme", issued_at=LATER, issued_by="ana")
    kept: dict[str, Any] = json.loads(json.dumps(document_of(issued)))
    return kept


def fault_of(values: object) -> str:
    """Return why a document is no statement."""
    with pytest.raises(sla.InvalidValueError) as caught:
        statement_of(values)
    assert caught.value.field == "statement"
    return str(caught.value)


@pytest.mark.parametrize("name", [*NUMBERS, *TEXTS, *NULLABLE, "is_provisional", "figures", "day_cells", "corrections"])
def test_each_field_of_a_document_is_there_and_of_its_type(name: str) -> None:
    """Texts that may be missing are null, not left out."""
    whole = document()
    fault = f"statement is no statement of this library: its field {name} is missing, or of another type"
    wrong_values: tuple[Any, Any] = (1.5, [] if name != "corrections" else {})
    for value in wrong_values:
        assert fault_of({**whole, name: value}) == fault
    assert fault_of({key: value for key, value in whole.items() if key != name}) == fault
    if name in NULLABLE:
        assert fault_of({**whole, name: None if whole[name] else "x"}).startswith("statement was changed")
    else:
        assert fault_of({**whole, name: None}) == fault


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("compliance_percentage", 5),
        ("target_percentage", None),
        ("availability", 0.5),
        ("low", True),
        ("high", []),
        ("uptime_us", "1"),
        ("downtime_us", True),
        ("sla_breaches", None),
        ("verdict", None),
        ("is_confirmed", 1),
        ("accounting", 5),
    ],
)
def test_each_figure_of_a_document_is_there_and_of_its_type(name: str, value: object) -> None:
    """A bool is no number."""
    whole = document()
    figures = whole["figures"]
    assert fault_of({**whole, "figures": {**figures, name: value}}).endswith(f"its figure {name} is of another type")
    others = {key: figure for key, figure in figures.items() if key != name}
    assert fault_of({**whole, "figures": others}).endswith("its field figures lacks some of them")


def signed(**changes: Any) -> dict[str, Any]:
    """Return a document whose digest is that of its changed content, as a forger would write it."""
    values = {**document(), **changes}
    lines, _ = values.pop("lines"), values.pop("digest")
    forged = Statement.from_dict(values, lines)
    return {**forged.as_dict(), "lines": lines, "digest": forged.digest}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"zone": "Mars/Base"}, "Mars/Base"),
        ({"start_us": MAX_US + 1}, "start_us"),
        ({"end_us": MAX_US + 1}, "end_us"),
        ({"issued_us": MAX_US + 1}, "issued_us"),
        ({"as_of_us": MAX_US + 1}, "as_of_us"),
        ({"day_cells": {"2025-10-32": {}}}, ": day_cells is '2025-10-32'"),
        ({"day_cells": {"2025-10-08": {"AGREED/UP": -1}}}, "2025-10-08 of its field day_cells has a length that is"),
        ({"day_cells": {"2025-10-08": {"AGREED/UP": MAX_US + 1}}}, "has a length that is none"),
        ({"day_cells": {"2025-10-08": {"AGREED/UP": True}}}, "has a length that is none"),
        ({"day_cells": {"2025-10-08": {"AGREED/UP": 1.5}}}, "has a length that is none"),
        ({"figures": {**document()["figures"], "verdict": "GOOD"}}, "its verdict is 'GOOD'"),
    ],
)
def test_impossible_values_are_refused_although_the_digest_is_right(changes: dict[str, Any], fault: str) -> None:
    """Who can edit a document can compute its digest."""
    assert fault in fault_of(signed(**changes))


def test_lengths_from_nothing_to_the_end_of_the_calendar_are_possible() -> None:
    """Both included."""
    cells = {"2025-10-08": {"AGREED/UP": 0, "AGREED/DOWN": MAX_US}}
    assert statement_of(signed(day_cells=cells)).day_cells == cells


@pytest.mark.parametrize("line", ['{"row": 1}', "[", '["row"]', '["row",5]', '["row",["x"]]', "[" * 100_000])
def test_lines_that_are_none_are_refused_although_the_digests_are_right(line: str) -> None:
    """A row has at least its id, which is a text or null."""
    digest = input_digest([line])
    assert "its field lines holds" in fault_of({**signed(input_digest=digest), "lines": [line]})


@pytest.mark.parametrize("line", ['["row",null]', '["row","17",1]', '["maintenance"]', "[]", '["other",5]'])
def test_lines_of_other_kinds_are_left_as_they_are(line: str) -> None:
    """They are compared by no id."""
    digest = input_digest([line])
    assert statement_of({**signed(input_digest=digest), "lines": [line]}).lines == (line,)


def test_corrections_and_lines_are_texts() -> None:
    """One that is none is enough."""
    whole = document()
    for name in ("corrections", "lines"):
        assert fault_of({**whole, name: ["x", 5]}).endswith(f"its field {name} holds other things than texts")
