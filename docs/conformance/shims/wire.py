"""The wire of a conformance program: a question a line in, an answer a line out."""
################################################################
# {"id": ..., "question": {...}} comes in on standard input; on standard output goes
# the id with an answer, or "unsupported" and what the program has no notion of, or
# "error" and what went wrong. An error ends one answer, not the program.
################################################################

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any


class UnsupportedError(Exception):
    """The program has no notion of something in a question; the text names it."""


def serve(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer the questions on standard input until it ends."""
    for line in sys.stdin:
        request = json.loads(line)
        reply = {"id": request["id"], **_reply(answer, request["question"])}
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


def _reply(answer: Callable[[dict[str, Any]], dict[str, Any]], question: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"answer": answer(question)}
    except UnsupportedError as error:
        return {"unsupported": str(error)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
