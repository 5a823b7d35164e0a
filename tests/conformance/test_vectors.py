"""The vectors: their form, and that the library and the slow reference answer them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from sla_compliance.testing.conformance.answers import answer_of_library
from sla_compliance.testing.conformance.drawing.subjects import SUBJECTS
from sla_compliance.testing.conformance.drawing.vectors import vectors_of
from sla_compliance.testing.conformance.drawing.writing import json_text_of
from sla_compliance.testing.oracle.questions import UnsupportedQuestionError, answer_of_reference
from sla_compliance.testing.oracle.rules import Rule
from tests.conformance.runner import FOLDER, VECTORS, run

FILES: Final = sorted((FOLDER / "vectors").glob("*.json"))
CATEGORIES: Final = sorted({vector.category for vector in VECTORS})
# Redrawing all takes minutes: `nox -s conformance`.
IS_FULL: Final = "SLA_TEST_QUESTIONS" in os.environ
DRAWN_QUICKLY: Final = ("as-of", "deadline", "recurrence")
# In the question they are expanded, or the zone is, so the oracle alone cannot leave them out: parts of a question.
RULES_SHOWN_BY_PARTS: Final = {Rule.RECURRENCE, Rule.LOCAL_DAYS}
CHECKED_BY_REFERENCE: Final = 1 if IS_FULL else 8
_ANSWERS_OF_REFERENCE: Final[dict[str, Any]] = {}


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_every_file_keeps_the_schema(file: Path) -> None:
    """A stranger's reader may rely on it: no unknown keys, no other types."""
    schema = json.loads((FOLDER / "vector.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(file.read_text(encoding="utf-8"))
    errors = jsonschema.Draft202012Validator(schema).iter_errors(document)
    assert [f"{list(error.absolute_path)[:4]}: {error.message[:200]}" for error in errors] == []
    assert document["category"] == file.stem


def test_ids_are_unique_and_the_vectors_many() -> None:
    """Four hundred at least, 150 of them by hand."""
    entries = [entry for file in FILES for entry in json.loads(file.read_text(encoding="utf-8"))["vectors"]]
    assert len({entry["id"] for entry in entries}) == len(entries) >= 400
    assert sum(entry["origin"] == "hand" for entry in entries) >= 150


def test_every_vector_expects_the_downtime_of_each_day() -> None:
    """By that an implementation that counts nothing but downtime is judged."""
    lacking = [
        vector.id
        for vector in VECTORS
        if any("downtime_us" not in record for record in vector.expected.get("day", ()))
        or not ({"day", "refused"} & vector.expected.keys() or "periods" in vector.question)
    ]
    assert lacking == []


def test_every_rule_of_the_oracle_has_vectors() -> None:
    """A rule without a vector could be missing from an implementation that passes them all."""
    names = {subject.name for subject in SUBJECTS}
    rules = {rule.name.lower().replace("_", "-") for rule in Rule}
    assert rules - names == set()
    assert {rule.name.lower().replace("_", "-") for rule in RULES_SHOWN_BY_PARTS} <= names


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_library_answers_every_vector(category: str) -> None:
    """All figures, exactly."""
    assert _faults(category, lambda vector: answer_of_library(vector.question), every=1) == []


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_reference_answers_the_vectors_within_its_grid(category: str) -> None:
    """Those by hand, and of the drawn ones a part; all of them in `nox -s conformance`."""
    every = CHECKED_BY_REFERENCE if category.startswith("drawn-") else 1
    assert _faults(category, _answer_of_reference, every=every) == []


def test_few_vectors_are_beyond_the_reference() -> None:
    """Else the vectors by hand would be confirmed by the library alone."""
    by_hand = [vector for vector in VECTORS if not vector.category.startswith("drawn-")]
    beyond = [vector.id for vector in by_hand if _answer_of_reference(vector) is None]
    assert len(beyond) <= len(by_hand) // 10


@pytest.mark.parametrize("name", [subject.name for subject in SUBJECTS if IS_FULL or subject.name in DRAWN_QUICKLY])
def test_drawn_vectors_are_drawn_again_to_the_byte(name: str) -> None:
    """On any machine, so that anyone can check where they come from."""
    subject = next(subject for subject in SUBJECTS if subject.name == name)
    document = json.loads((FOLDER / "vectors" / f"drawn-{subject.group}.json").read_text(encoding="utf-8"))
    prefix = f"drawn-{subject.group}-{subject.name}-"
    stored = [entry for entry in document["vectors"] if entry["id"].removeprefix(prefix).isdigit()]
    assert json_text_of(vectors_of(subject)) == json_text_of(stored)


@pytest.mark.parametrize("file", [file for file in FILES if file.stem.startswith("drawn-")], ids=lambda file: file.stem)
def test_files_are_written_as_the_writer_writes_them(file: Path) -> None:
    """So a difference in version control is a difference of content."""
    text = file.read_text(encoding="utf-8")
    assert text == json_text_of(json.loads(text)) + "\n"


def _faults(category: str, answer_of: Any, *, every: int) -> list[str]:
    vectors = [vector for vector in VECTORS if vector.category == category][::every]
    assert vectors
    faults = []
    for vector in vectors:
        answer = answer_of(vector)
        result = None if answer is None else run.judge(vector, {"answer": answer})
        if result is not None and result.outcome != "right":
            faults.append(f"{vector.id}: {result.outcome}, {result.detail}")
    return faults


def _answer_of_reference(vector: Any) -> Any:
    """Return the answer of the reference; None where the question is beyond it."""
    if vector.id not in _ANSWERS_OF_REFERENCE:
        try:
            _ANSWERS_OF_REFERENCE[vector.id] = answer_of_reference(vector.question)
        except UnsupportedQuestionError:
            _ANSWERS_OF_REFERENCE[vector.id] = None
    return _ANSWERS_OF_REFERENCE[vector.id]
