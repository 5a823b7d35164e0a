"""Drawn vectors: for each subject a few questions that show it, with the answers of the reference."""
################################################################
# Half of a subject's vectors are reduced to what shows it, the others keep the
# company that they were drawn in. No two vectors are alike in kind: the arguments,
# terms and columns that they use, their place, and the cells that come out.
################################################################

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sla_compliance.testing.conformance.answers import VectorAnswer
from sla_compliance.testing.conformance.drawing.chance import Chance
from sla_compliance.testing.conformance.drawing.features import UNDAMPED, Feature
from sla_compliance.testing.conformance.drawing.places import DRAWN_PLACES, PLACES_OF_WEEKS
from sla_compliance.testing.conformance.drawing.question import drawn_question
from sla_compliance.testing.conformance.drawing.reduction import reduced
from sla_compliance.testing.conformance.drawing.subjects import GROUPS, SUBJECTS, VectorSubject
from sla_compliance.testing.oracle.questions import UnsupportedQuestionError, answer_of_reference

VECTORS_OF_A_SUBJECT: Final = 6
_MOST_DRAWS: Final = 3000

Vector = dict[str, Any]


def vector_files() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the content of each file of drawn vectors."""
    for group, (title, rule) in GROUPS.items():
        vectors = [vector for subject in SUBJECTS if subject.group == group for vector in vectors_of(subject)]
        yield f"drawn-{group}", {"category": f"drawn-{group}", "title": title, "rule": rule, "vectors": vectors}


def vectors_of(subject: VectorSubject) -> list[Vector]:
    """Return the vectors of a subject."""
    vectors: list[Vector] = []
    kinds: set[object] = set()
    for number in range(_MOST_DRAWS):
        vector = _vector(subject, number, is_reduced=len(vectors) % 2 == 0, place_in_list=len(vectors) + 1)
        if vector is None or _kind(vector) in kinds:
            continue
        kinds.add(_kind(vector))
        vectors.append(vector)
        if len(vectors) == VECTORS_OF_A_SUBJECT:
            return vectors
    raise AssertionError(f"{_MOST_DRAWS} questions show {subject.name} {len(vectors)} times")


def _vector(subject: VectorSubject, number: int, *, is_reduced: bool, place_in_list: int) -> Vector | None:
    """Return a vector of a subject, or None where the question of this number does not show it."""
    chance = Chance("vectors", subject.name, number)
    place = chance.one_of(PLACES_OF_WEEKS if Feature.DOUBT in subject.features and number % 2 else DRAWN_PLACES)
    more = [feature for feature in Feature if chance.happens(1, 6)]
    features = subject.features if is_reduced else subject.features.union(more)
    if Feature.BUDGET in features:
        features -= UNDAMPED
    question = drawn_question(chance, features, place)
    if not _is_shown(subject, question):
        return None
    if is_reduced:
        question = reduced(question, lambda smaller: _is_shown(subject, smaller))
    answer = answer_of_reference(question)
    vector = {
        "id": f"drawn-{subject.group}-{subject.name}-{place_in_list}",
        "title": f"{subject.title[0].upper()}{subject.title[1:]} ({question['zone']}).",
    }
    if subject.answer_without is not None:
        vector["why"] = _why(answer, subject.answer_without(question))
    return {**vector, "origin": "generated", "question": question, "expected": answer}


def _is_shown(subject: VectorSubject, question: Mapping[str, Any]) -> bool:
    try:
        answer = answer_of_reference(question)
        if "refused" in answer or not subject.is_shown(question, answer):
            return False
        return subject.answer_without is None or subject.answer_without(question) != answer
    except UnsupportedQuestionError:
        return False


def _why(answer: VectorAnswer, other_answer: VectorAnswer) -> str:
    """Return which figure would be another one without the subject of a vector."""
    if "refused" in other_answer:
        return "Without that, the question would be refused."
    total, other_total = answer["total"], other_answer["total"]
    for name in ("downtime_us", "uptime_us", "verdict", "is_confirmed", "low", "high", "cells_us", "doubts"):
        if total[name] != other_total[name]:
            return f"Without that, {name} of the total would be {other_total[name]}."
    return "Without that, the days would differ."


def _kind(vector: Vector) -> object:
    question = vector["question"]
    rows = [tuple(sorted(row)) for row in question["alarms"]]
    policy = question.get("policy", {})
    cells = tuple(sorted(vector["expected"]["total"]["cells_us"]))
    return question["zone"], tuple(sorted(question)), tuple(sorted(rows)), tuple(sorted(policy)), cells
