"""Places that a request holds until it has ended: until its answer is sent, or it failed."""
################################################################
# FastAPI has dependencies with `yield` for this. To run one takes as long as all else
# of a bare route, so the routes of this package give places back themselves.
################################################################

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

_KEY: Final = "sla_compliance.held_places"


class PlaceHoldingRoute(APIRoute):
    """A route whose requests may hold places."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, then give back what it holds."""
        held_places: list[Callable[[], None]] = []
        scope[_KEY] = held_places
        try:
            await super().handle(scope, receive, send)
        finally:
            for give_back in held_places:
                give_back()


def hold(scope: Scope, give_back: Callable[[], None]) -> None:
    """Let `give_back` be called when the request of a PlaceHoldingRoute has ended."""
    scope[_KEY].append(give_back)
