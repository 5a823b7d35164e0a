"""Statements that an engine sends, watched from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

Sent = list[tuple[str, Any]]


@contextmanager
def watched(engine: Engine) -> Iterator[Sent]:
    """Collect the statements and parameters that an engine sends meanwhile."""
    sent: Sent = []

    def remember(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", remember)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", remember)
