"""An engine for the length of one command, over whichever driver is installed, with an end to every wait."""
################################################################
# A command is sync. A sync driver serves it as it is; an async one on an event loop of
# the command's own, where SQLAlchemy lets its engine be used as a sync one.
#
# A server may hang and keep its connections open. Then neither its statement_timeout nor
# TCP ends the wait: the kernel of its machine still answers. So a connection that is in
# use and has been silent for too long is cut off, and the driver's call fails. asyncpg
# has a time-out of its own, but may wait for ever in what it does afterwards.
################################################################

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from sla_compliance.errors import InvalidValueError, requires_extra, shown
from sla_compliance.sources.database_urls import (
    COMMAND_DRIVERS,
    DRIVERS,
    answer_within_s,
    connection_limits,
    parse_database_url,
)

with requires_extra("sqlalchemy", __name__):
    from sqlalchemy import URL, Connection, Engine, create_engine, event
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError
    from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_CONNECT_WITHIN_S: Final = 3
_STATEMENT_WITHIN_MS: Final = 60_000

_Result = TypeVar("_Result")
_PREVENT: Final = "sla_compliance_prevent_end"  # a key of the pool's record of a connection


def run_with_engine(
    url_text: str,
    work: Callable[[Engine], _Result],
    *,
    field: str = "database_url",
    connect_s: int = _CONNECT_WITHIN_S,
    statement_ms: int = _STATEMENT_WITHIN_MS,
    may_make_file: bool = False,
) -> _Result:
    """Return what a function does with an engine, which is disposed of afterwards.

    Args:
        url_text: as for `parse_database_url`; an async driver that it names is used too.
        work: uses the engine and no file; runs in this thread, in an event loop where the driver is async.
        connect_s: how long connecting may take, seconds.
        statement_ms: how long a statement may take on the server, milliseconds; the client waits a little longer.
        may_make_file: whether a file of SQLite that does not exist is made; else it is an error.

    Raises:
        InvalidValueError, MissingExtraError: as `parse_database_url`; or there is no such file of SQLite.
        OSError: the database cannot be reached, does not answer in time, or refuses a statement; the message says which
            on one line, without the URL.
    """
    url = parse_database_url(url_text, drivers=COMMAND_DRIVERS, field=field)
    if not may_make_file:
        _check_file(url, field)
    arguments = connection_limits(url, connect_s=connect_s, statement_ms=statement_ms)
    silent_s = answer_within_s(statement_ms)
    has_hung = threading.Event()
    try:
        with requires_extra("sqlalchemy", __name__):  # SQLAlchemy imports the driver here
            if url.drivername in DRIVERS[url.get_backend_name()]:
                engine = create_engine(url, connect_args=arguments)
                if url.get_backend_name() == "postgresql":
                    _watch(engine, partial(_shut_down_later, silent_s=silent_s, has_hung=has_hung))
                return _in_this_thread(engine, work)
            async_engine = create_async_engine(url, connect_args=arguments)
            _watch(async_engine.sync_engine, partial(_terminate_later, silent_s=silent_s, has_hung=has_hung))
            return asyncio.run(_on_a_loop(async_engine, work))
    except (SQLAlchemyError, OSError) as error:  # OSError: asyncpg's; SQLAlchemy passes it on
        is_late = has_hung.is_set() or isinstance(error, TimeoutError)
        raise OSError("it does not answer in time" if is_late else _reason(error)) from error


def _check_file(url: URL, field: str) -> None:
    """Check that the file of an SQLite database exists: for a mistyped path the driver would make an empty one."""
    path = url.database or ":memory:"
    is_file = url.get_backend_name() == "sqlite" and path != ":memory:" and not path.startswith("file:")
    if is_file and not Path(path).exists():
        raise InvalidValueError(f"{field} names the file {shown(path)}, which does not exist", field=field)


def _in_this_thread(engine: Engine, work: Callable[[Engine], _Result]) -> _Result:
    try:
        return work(engine)
    finally:
        engine.dispose()


async def _on_a_loop(engine: AsyncEngine, work: Callable[[Engine], _Result]) -> _Result:
    try:
        async with engine.connect() as connection:
            # Inside run_sync every connection of the engine can be used as a sync one.
            return await connection.run_sync(lambda _: work(engine.sync_engine))
    finally:
        await engine.dispose()


def _reason(error: Exception) -> str:
    """Return the driver's own words, on one line."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return " ".join(str(original).split()) or type(original).__name__


def _shut_down_later(connection: Any, silent_s: float, has_hung: threading.Event) -> Callable[[], None]:  # noqa: ANN401
    """Shut the socket of a driver's connection down after some time; return what prevents it."""
    # A number of its own: the connection's may by then belong to another file.
    own_socket = socket.socket(fileno=os.dup(connection.fileno()))

    def shut_down() -> None:
        has_hung.set()  # first: the call that waits fails at once
        try:
            own_socket.shutdown(socket.SHUT_RDWR)
        except OSError:  # prevented at this moment
            has_hung.clear()

    timer = threading.Timer(silent_s, shut_down)
    timer.daemon = True
    timer.start()

    def prevent() -> None:
        timer.cancel()
        own_socket.close()

    return prevent


def _terminate_later(connection: Any, silent_s: float, has_hung: threading.Event) -> Callable[[], None]:  # noqa: ANN401
    """Terminate a connection of asyncpg after some time; return what prevents it."""

    def terminate() -> None:
        has_hung.set()
        connection.driver_connection.terminate()

    return asyncio.get_running_loop().call_later(silent_s, terminate).cancel


def _watch(engine: Engine, end_later: Callable[[Any], Callable[[], None]]) -> None:
    """Watch every connection of an engine, from when it is made or taken from the pool until it is back.

    Args:
        end_later: ends a connection that stays silent; returns what prevents it.
    """

    def stop(_connection: object, record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
        record.info.pop(_PREVENT, lambda: None)()

    def restart(connection: object, record: Any, *_: object) -> None:  # noqa: ANN401
        stop(connection, record)
        record.info[_PREVENT] = end_later(connection)

    def on_statement(connection: Connection, *_: object) -> None:
        restart(connection.connection.dbapi_connection, connection)

    # First of all listeners: SQLAlchemy's own send statements over a new connection.
    event.listen(engine, "connect", restart, insert=True)
    event.listen(engine, "checkout", restart)
    event.listen(engine, "before_cursor_execute", on_statement)
    event.listen(engine, "checkin", stop)
    event.listen(engine, "close", stop)
