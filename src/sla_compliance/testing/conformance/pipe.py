"""Questions in, answers out: one JSON line each, as the runner of the vectors speaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from sla_compliance.testing.conformance.questions import VectorQuestion
from sla_compliance.testing.oracle.questions import UnsupportedQuestionError


def serve(lines: Iterable[str], output: TextIO, answer_of: Callable[[VectorQuestion], Any]) -> None:
    """Answer each line at once; one that fails is answered with its error, and the next is read."""
    for line in lines:
        output.write(json.dumps(_reply(line, answer_of)) + "\n")
        output.flush()


def _reply(line: str, answer_of: Callable[[VectorQuestion], Any]) -> dict[str, Any]:
    question_id = None
    try:
        request = json.loads(line)
        question_id = request["id"]
        return {"id": question_id, "answer": answer_of(request["question"])}
    except UnsupportedQuestionError as error:
        return {"id": question_id, "unsupported": str(error)}
    except Exception as error:
        return {"id": question_id, "error": f"{type(error).__name__}: {error}"}
