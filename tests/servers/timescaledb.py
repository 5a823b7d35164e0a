"""A real TimescaleDB from two packages of npm, where Node is: PostgreSQL 17 and the extension as WebAssembly."""
################################################################
# It has one database and serves one connection at a time: no engine may keep one in a
# pool. It takes any password, but wants one, and it knows no TLS. A statement that was
# prepared over an earlier connection is not there any more.
################################################################

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg

from tests.servers.process import ServerProcess, free_port

FILES: Final = Path(__file__).parent / "timescale"
STARTS_WITHIN_S: Final = 120  # a database is made at every start
ENGINE_ARGUMENTS: Final[dict[str, Any]] = {"prepare_threshold": None}


@contextmanager
def running_timescaledb(packages: Path) -> Iterator[ServerProcess]:
    """Run it; the url is a DSN.

    Args:
        packages: the folder in which `npm install` ran on FILES / "package.json".
    """
    node = shutil.which("node")
    if node is None:
        raise LookupError("no node found; install Node, or leave the variable away that names its packages")
    port = free_port()
    dsn = f"postgresql://postgres:any@127.0.0.1:{port}/postgres?sslmode=disable"
    shutil.copy(FILES / "server.mjs", packages)
    with tempfile.TemporaryDirectory(prefix="sla-timescaledb-") as folder:
        server = ServerProcess(
            url=dsn,
            command=[node, packages.resolve() / "server.mjs", str(port)],
            is_ready=lambda: _answers(dsn),
            log=Path(folder) / "log",
            starts_within_s=STARTS_WITHIN_S,
        )
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _answers(dsn: str) -> bool:
    try:
        psycopg.connect(dsn, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
