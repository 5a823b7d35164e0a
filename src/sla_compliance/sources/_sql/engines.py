"""What SQL sources share: an engine, sync or async, and reading over a connection of it."""
################################################################
# A reader knows a Connection and nothing of event loops. A source's methods say
# what to read, once for both kinds of engine; the kind decides whether the caller
# gets the result or awaits it. So a source is one class over SQLSource, made two by
# OverEngine and OverAsyncEngine.
#
# Connections are in autocommit: a source only reads, and a pooled connection that
# goes back has no transaction open.
################################################################

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

AnyEngine = TypeVar("AnyEngine", bound=Engine | AsyncEngine)
Result = TypeVar("Result")
Awaited: TypeAlias = Coroutine[Any, Any, Result]

_Arguments = ParamSpec("_Arguments")


class SQLSource(ABC, Generic[AnyEngine, Result]):
    """A source over an engine; its methods return a Result, which is an Awaited where the engine is async."""

    def __init__(self, engine: AnyEngine) -> None:
        autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")  # the same engine and pool, other options
        self._engine = cast(AnyEngine, autocommit)

    @abstractmethod
    def _run(
        self,
        read: Callable[Concatenate[Connection, _Arguments], Any],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> Result:
        """Return what a function reads over a connection."""


class OverEngine:
    """Reads over an Engine, in the caller's thread."""

    _engine: Engine

    def _run(
        self,
        read: Callable[Concatenate[Connection, _Arguments], Result],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> Result:
        with self._engine.connect() as connection:
            return read(connection, *args, **kwargs)


class OverAsyncEngine:
    """Reads over an AsyncEngine, awaited."""

    _engine: AsyncEngine

    async def _run(
        self,
        read: Callable[Concatenate[Connection, _Arguments], Result],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> Result:
        async with self._engine.connect() as connection:
            return await connection.run_sync(read, *args, **kwargs)
