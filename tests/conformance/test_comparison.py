"""The table of implementations is what the runner says, and their programs speak the wire."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from sla_compliance import __version__
from tests.conformance.comparison import (
    IMPLEMENTATIONS,
    PAGE,
    categories_of,
    largest_error_us,
    page_with_results,
    read_results,
)
from tests.conformance.runner import VECTORS, run

QUICK = [name for name, implementation in IMPLEMENTATIONS.items() if implementation.is_quick]
DAY = {"start": "2025-10-08T00:00:00Z", "end": "2025-10-09T00:00:00Z", "as_of": "2025-10-09T00:00:00Z", "zone": "UTC"}


@pytest.mark.parametrize("name", QUICK)
def test_the_results_are_what_the_runner_says(name: str) -> None:
    """Where this fails, vectors or programs changed: nox -s conformance-table."""
    assert categories_of(IMPLEMENTATIONS[name].command) == read_results()[name]["categories"]


def test_the_page_shows_the_results() -> None:
    """The page is written by command, too."""
    assert PAGE.read_text(encoding="utf-8") == page_with_results(read_results())


def test_the_library_is_of_this_version() -> None:
    """The page of a release does not show the version before: nox -s conformance-table -- library."""
    assert read_results()["library"]["version"] == __version__


def test_all_implementations_have_results_on_all_categories() -> None:
    """Nothing is left out, whatever came of it."""
    categories = {vector.category for vector in VECTORS}
    results = read_results()
    assert list(results) == list(IMPLEMENTATIONS)
    assert all(figures["categories"].keys() == categories for figures in results.values())


def test_the_library_is_right_about_everything() -> None:
    """No vector is partly answered, unsupported, wrong or failed; test_vectors asks the library each of them."""
    vectors = Counter(vector.category for vector in VECTORS)
    right = {name: dict.fromkeys(run.OUTCOMES, 0) | {"right": number} for name, number in vectors.items()}
    assert read_results()["library"]["categories"] == right


def test_postgresql_is_what_its_column_says(postgres_dsn: str) -> None:
    """A sample of it on the server of the tests, whose version may be another."""
    replies = _replies("postgres", [_question(["2025-10-08T09:00:00Z", "2025-10-08T09:05:00Z"])], postgres_dsn)
    (reply,) = replies
    assert reply["answer"]["day"] == [
        {"date": "2025-10-08", "downtime_us": 300_000_000, "uptime_us": 86_100_000_000, "availability": "287/288"}
    ]


@pytest.mark.parametrize("name", ["portion", "outline"])
def test_a_bad_question_ends_its_answer_and_not_the_program(name: str) -> None:
    """Keys that are missing or of another type are errors; what the program has no notion of is named."""
    questions: list[Mapping[str, Any]] = [
        {},
        {**DAY, "alarms": 7},
        {**_question(["nonsense", "2025-10-08T09:05:00Z"])},
        {**_question(), "zone": "Atlantis/Capital"},
        {**_question(), "corrections": [{"row_id": "1"}]},
        {**_question(), "end": DAY["start"]},
        _question(["2025-10-08T09:00:00Z", "2025-10-08T09:05:00Z"]),
    ]
    replies = _replies(name, questions)
    kinds = [next(key for key in reply if key != "id") for reply in replies]
    assert kinds == ["error", "error", *["unsupported"] * 4, "answer"]
    assert replies[4]["unsupported"] == "corrections"
    assert replies[6]["answer"]["total"]["downtime_us"] == 300_000_000


def test_the_error_is_the_largest_of_a_day() -> None:
    """Days are compared in order, or by their dates where there are too many or too few."""
    expected = {"day": [{"date": "2011-12-29", "downtime_us": 10}, {"date": "2011-12-31", "downtime_us": 20}]}
    answered = [{"date": "2011-12-29", "downtime_us": 13}, {"date": "2011-12-31", "downtime_us": 15}]
    assert largest_error_us(expected, {"day": answered}) == 5
    assert largest_error_us(expected, {"day": [*answered, {"date": "2011-12-30", "downtime_us": 7}]}) == 7
    assert largest_error_us(expected, {"day": answered[:1]}) == 20


def _question(*outages: list[str]) -> dict[str, Any]:
    alarms = [{"severity": "critical", "first_occurrence": start, "cleared_at": end} for start, end in outages]
    return {**DAY, "alarms": alarms}


def _replies(name: str, questions: list[Mapping[str, Any]], *arguments: str) -> list[dict[str, Any]]:
    lines = [json.dumps({"id": str(number), "question": question}) for number, question in enumerate(questions)]
    command = [*IMPLEMENTATIONS[name].command, *arguments]
    assert command[0] == sys.executable
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]
