"""Limits: how many requests are worked on at once, and how long a question may be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final

from fastapi import Request

from sla_compliance.web.problems import ProblemError, busy

LONGEST_QUERY: Final = 1_024
RETRY_SOON_S: Final = 1


class Places:
    """A dependency: requests beyond `count` at once are told to come back."""

    def __init__(self, count: int) -> None:
        self._free = count

    async def __call__(self) -> AsyncIterator[None]:
        """Hold a place for as long as the request takes."""
        if self._free < 1:
            raise busy("Too many requests at once; ask again in a moment.", retry_after_s=RETRY_SOON_S)
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


async def short_query(request: Request) -> None:
    """Refuse a question that is longer than any could be."""
    length = len(request.scope["query_string"])
    if length > LONGEST_QUERY:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"the query string is {length} bytes long; a question needs less than {LONGEST_QUERY}",
        )
