"""The programs for the pipe answer every line, also one that is no question."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from sla_compliance.testing.conformance.answers import answer_of_library
from sla_compliance.testing.conformance.pipe import serve
from sla_compliance.testing.oracle.questions import answer_of_reference

QUESTION = {
    "start": "2025-10-08T00:00:00Z",
    "end": "2025-10-09T00:00:00Z",
    "as_of": "2025-10-09T00:00:00Z",
    "zone": "UTC",
    "alarms": [{"first_occurrence": "2025-10-08T09:00:00Z", "cleared_at": "2025-10-08T09:05:00Z"}],
}


def replies_to(lines: list[str], answer_of: Any) -> list[dict[str, Any]]:
    """Return what a program writes to some lines."""
    output = io.StringIO()
    serve(lines, output, answer_of)
    return [json.loads(line) for line in output.getvalue().splitlines()]


@pytest.mark.parametrize("answer_of", [answer_of_library, answer_of_reference], ids=["library", "reference"])
def test_a_line_that_is_no_question_is_answered_with_an_error(answer_of: Any) -> None:
    """The questions after it are answered all the same."""
    asked = json.dumps({"id": "z", "question": QUESTION})
    replies = replies_to(["garbage", "[]", '{"id": "x"}', '{"id": "y", "question": {"start": 5}}', asked], answer_of)
    assert [reply["id"] for reply in replies] == [None, None, "x", "y", "z"]
    assert all("error" in reply for reply in replies[:4])
    assert replies[4]["answer"]["total"]["downtime_us"] == 300_000_000


def test_the_reference_says_what_is_beyond_it() -> None:
    """It does not guess."""
    beyond: dict[str, dict[str, Any]] = {
        "the reference looks at": {"as_of": "2025-10-09T00:00:00.000001Z"},
        "the recurrence": {
            "maintenance": [
                {"start": "2025-10-08T00:00:00Z", "end": "2025-10-08T01:00:00Z", "recurrence": "FREQ=MONTHLY"}
            ]
        },
        "an empty window": {"end": QUESTION["start"]},
        "caps of planned work": {"policy": {"planned_work": {"most_windows": 1, "per": "month:15"}}},
        "budgets with damping": {"budget": True, "policy": {"min_outage_us": 60_000_000}},
    }
    for reason, change in beyond.items():
        (reply,) = replies_to([json.dumps({"id": "a", "question": QUESTION | change})], answer_of_reference)
        assert reason in reply["unsupported"]
        (reply,) = replies_to([json.dumps({"id": "a", "question": QUESTION | change})], answer_of_library)
        assert set(reply) == {"id", "answer"}, reply
