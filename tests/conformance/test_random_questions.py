"""The library and the slow reference answer the same questions with the same figures."""

from __future__ import annotations

import json
import os
from typing import Any, Final

import jsonschema
import pytest

from sla_compliance.testing.conformance.answers import answer_of_library
from sla_compliance.testing.conformance.drawing.anything import question_of_number
from sla_compliance.testing.oracle.questions import UnsupportedQuestionError, answer_of_reference
from tests.conformance.runner import FOLDER, run

QUESTIONS: Final = int(os.environ.get("SLA_TEST_QUESTIONS", "100"))
QUESTIONS_OF_A_TEST: Final = 50


@pytest.mark.parametrize("first", range(0, QUESTIONS, QUESTIONS_OF_A_TEST))
def test_library_and_reference_agree(first: int) -> None:
    """On every figure of every record, or both refuse the question; few questions are beyond the reference."""
    answered = 0
    for number in range(first, min(first + QUESTIONS_OF_A_TEST, QUESTIONS)):
        question = json.loads(json.dumps(question_of_number(number)))
        try:
            expected = answer_of_reference(question)
        except UnsupportedQuestionError:
            continue
        answered += 1
        vector = run.Vector(str(number), "random", "", question, expected)
        result = run.judge(vector, {"answer": answer_of_library(question)})
        assert (result.outcome, result.detail) == ("right", ""), number
    assert answered >= QUESTIONS_OF_A_TEST // 2


def test_drawn_questions_keep_the_schema() -> None:
    """What is compared is what the vectors may ask."""
    schema = json.loads((FOLDER / "vector.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator({"$ref": "#/$defs/question", "$defs": schema["$defs"]})
    for number in range(100):
        errors: list[Any] = list(validator.iter_errors(question_of_number(number)))
        assert errors == []
