"""Whether the parts of a service are awaited: a sync one is refused when the service is made."""
################################################################
# A sync source would answer with a batch where the service awaits one, and would hold
# up the event loop. Its way out is a function that puts it into threads.
#
# A method is awaited where it is an `async def`, or one that is wrapped by a plain
# function which says so (`functools.wraps`). A class whose plain methods return what is
# awaited says it by `RETURNS_AWAITABLES`, as the library's own SQL sources do.
################################################################

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sla_compliance.errors import InvalidTypeError


@dataclass(frozen=True, slots=True)
class _Part:
    """What a part of a service needs.

    Attributes:
        methods: those that are awaited.
        way_out: what to do with a sync one.
    """

    methods: Sequence[str]
    way_out: str


_WRITE_ASYNC: Final = "write its methods with `async def`"
_STORE_METHODS: Final = ("days", "changes", "add", "mark_stale", "stale", "restate", "restatements")
_STATEMENT_METHODS: Final = ("append", "last", "known_at", "with_digest", "page")
_CACHE_METHODS: Final = ("get_many", "set_many", "delete_many", "lock", "unlock", "aclose")
_PARTS: Final = {
    "source": _Part(("fetch",), "wrap it, to_async(source)"),
    "tenants": _Part(("settings",), _WRITE_ASYNC),
    "exclusions": _Part(("fetch",), "wrap it, exclusions_to_async(source)"),
    "inventories": _Part(("inventory",), "wrap it, inventories_to_async(source)"),
    "corrections": _Part(("corrections",), "wrap it, corrections_to_async(source)"),
    "cache": _Part(_CACHE_METHODS, _WRITE_ASYNC),
    "store": _Part(_STORE_METHODS, _WRITE_ASYNC),
    "statements": _Part(_STATEMENT_METHODS, _WRITE_ASYNC),
}


def check_parts(**parts: object) -> None:
    """Check the parts of a service, by the names of its arguments; one that is None is not there.

    Raises:
        InvalidTypeError: a method is missing, or is not awaited.
    """
    for field, part in parts.items():
        if part is not None:
            _check_part(field, part)


def _check_part(field: str, part: object) -> None:
    needed = _PARTS[field]
    kind = type(part).__name__
    for name in needed.methods:
        method = getattr(part, name, None)
        if not callable(method):
            raise InvalidTypeError(f"{field} is a {kind} without the method {name}, which a service calls", field=field)
        if not _is_awaited(part, method):
            raise InvalidTypeError(f"{field} is a {kind} whose {name} is not async; {needed.way_out}", field=field)


def _is_awaited(part: object, method: Callable[..., object]) -> bool:
    if getattr(part, "RETURNS_AWAITABLES", False) is True:
        return True
    functions = (method, inspect.unwrap(method), type(method).__call__)
    return any(inspect.iscoroutinefunction(function) for function in functions)
