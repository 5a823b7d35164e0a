"""What SQL sources share: an engine, sync or async, and reading over a connection of it."""
################################################################
# A reader knows a Connection and nothing of event loops. A source's methods say
# what to read, once for both kinds of engine; the kind decides whether the caller
# gets the result or awaits it. So a source is one class over SQLSource, made two by
# OverEngine and OverAsyncEngine.
#
# Connections are in autocommit: a source only reads, and a pooled connection that
# goes back has no transaction open.
#
# With `prepare` each read is a transaction: prepare sets the session for the tenant,
# e.g. by set_config(..., true), which autocommit would lose. The transaction is rolled
# back after the read, which takes back whatever was set in it, SET without LOCAL too.
# So a pooled connection that goes back keeps nothing of a tenant.
################################################################

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from sla_compliance.errors import InvalidTypeError, InvalidValueError, shown
from sla_compliance.sources._sql.reflection import POSTGRESQL, checked_tenant_id
from sla_compliance.sources._sql.row_security import IS_PREPARED

AnyEngine = TypeVar("AnyEngine", bound=Engine | AsyncEngine)
Result = TypeVar("Result")
Awaited: TypeAlias = Coroutine[Any, Any, Result]
Prepare: TypeAlias = Callable[[Connection, str], object]
"""Sets the session of a connection for the tenant of an id, inside a transaction; a sync function in all sources."""

_Arguments = ParamSpec("_Arguments")


class SQLSource(ABC, Generic[AnyEngine, Result]):
    """A source over an engine; its methods return a Result, which is an Awaited where the engine is async."""

    def __init__(self, engine: AnyEngine, prepare: Prepare | None = None) -> None:
        """Keep the engine, with other options; the pool is the same.

        Raises:
            InvalidTypeError: `prepare` is no function.
        """
        if prepare is not None and not callable(prepare):
            raise InvalidTypeError(
                f"prepare is {shown(prepare)}; give a function of a Connection and a tenant's id", field="prepare"
            )
        options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"}
        if prepare is not None:
            options = {IS_PREPARED: True}
            if engine.dialect.name == POSTGRESQL:
                # Also where the engine itself is in autocommit, in which set_config(..., true) does nothing.
                options["isolation_level"] = "READ COMMITTED"
        self._engine = cast(AnyEngine, engine.execution_options(**options))
        self._prepare = prepare

    @abstractmethod
    def _run(
        self,
        tenant_id: str,
        read: Callable[Concatenate[Connection, _Arguments], Any],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> Result:
        """Return what a function reads over a connection that is prepared for a tenant."""


class OverEngine:
    """Reads over an Engine, in the caller's thread."""

    _engine: Engine
    _prepare: Prepare | None

    def _run(
        self,
        tenant_id: str,
        read: Callable[Concatenate[Connection, _Arguments], Result],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> Result:
        with self._engine.connect() as connection, _prepared(connection, self._prepare, tenant_id):
            return read(connection, *args, **kwargs)


class OverAsyncEngine:
    """Reads over an AsyncEngine, awaited.

    Attributes:
        RETURNS_AWAITABLES: what the methods of a source return is awaited, though they are no `async def`.
    """

    RETURNS_AWAITABLES: ClassVar = True
    _engine: AsyncEngine
    _prepare: Prepare | None

    async def _run(
        self,
        tenant_id: str,
        read: Callable[Concatenate[Connection, _Arguments], Result],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> Result:
        def read_prepared(connection: Connection) -> Result:
            with _prepared(connection, self._prepare, tenant_id):
                return read(connection, *args, **kwargs)

        async with self._engine.connect() as connection:
            return await connection.run_sync(read_prepared)


@contextmanager
def _prepared(connection: Connection, prepare: Prepare | None, tenant_id: str) -> Iterator[None]:
    """Set a connection for a tenant while the block reads over it; nothing is done without `prepare`.

    Raises:
        InvalidTypeError: `prepare` is an async function, which has set nothing yet.
        InvalidValueError: `prepare` has ended the transaction, and what it has set with it.
    """
    if prepare is None:
        yield
        return
    transaction = connection.begin()
    try:
        outcome = prepare(connection, checked_tenant_id(tenant_id))
        if isinstance(outcome, Coroutine):
            outcome.close()
            raise InvalidTypeError(
                "prepare is an async function; give a sync one, which is called over an AsyncEngine too",
                field="prepare",
            )
        if not transaction.is_active:
            raise InvalidValueError(
                "prepare has ended the transaction that it was called in; let it neither commit nor roll back",
                field="prepare",
            )
        yield
    finally:
        if transaction.is_active:
            transaction.rollback()
