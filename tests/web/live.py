"""`sla-compliance serve` as a process, on a free port, always stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx2

from sla_compliance.server.auth import DEFAULT_PERMISSION, Tokens
from sla_compliance.server.variables import SECRET
from tests.servers.process import free_port

SCRIPT: Final = str(Path(sysconfig.get_path("scripts")) / "sla-compliance")
TEST_SECRET: Final = "a secret of the tests alone, long enough to sign with, whatever the algorithm is"  # noqa: S105
API: Final = "api/v1/faults/sla/"
STARTS_WITHIN_S: Final = 30
STOPS_WITHIN_S: Final = 30


def token_for(*tenants: str, secret: str = TEST_SECRET, permission: str = DEFAULT_PERMISSION, hours: int = 1) -> str:
    """Return a token that holds; with negative hours one that has expired."""
    return Tokens(secret).issue(tenants, [permission], lifetime=timedelta(hours=hours))


@dataclass(frozen=True)
class Live:
    """A running server.

    Attributes:
        url: its root, ending in a slash.
        process: the process that was started.
        folder: where its output goes, and where it runs.
    """

    url: str
    process: subprocess.Popen[bytes]
    folder: Path

    def ask(self, question: str, tenant: str = "demo", **headers: str) -> httpx2.Response:
        """Ask the endpoint as a tenant."""
        bearer = {"Authorization": f"Bearer {token_for(tenant)}"}
        return httpx2.get(self.url + API + question, headers=bearer | headers, timeout=30)

    def client(self, tenant: str = "demo") -> httpx2.Client:
        """Return somebody of a tenant who keeps the connection."""
        return httpx2.Client(base_url=self.url, headers={"Authorization": f"Bearer {token_for(tenant)}"}, timeout=30)

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Ask for any path, as nobody."""
        return httpx2.get(self.url + path, headers=headers, timeout=30)

    @property
    def printed(self) -> str:
        """What it has written to standard output so far."""
        return (self.folder / "stdout").read_text()

    @property
    def access_log(self) -> list[dict[str, Any]]:
        """The entries of its access log so far."""
        return [json.loads(line) for line in self.printed.splitlines() if line.startswith("{")]

    def stop(self) -> int:
        """Ask it to stop; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOPS_WITHIN_S)


@contextmanager
def serving(*options: str, environment: Mapping[str, str] | None = None) -> Iterator[Live]:
    """Run the server until the block ends; without an environment its secret is the tests'."""
    variables = {"PATH": os.environ["PATH"], **({SECRET: TEST_SECRET} if environment is None else environment)}
    with tempfile.TemporaryDirectory(prefix="sla-serve-") as name:
        folder, port = Path(name), free_port()
        with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
            process = subprocess.Popen(
                [SCRIPT, "serve", "--port", str(port), *options],
                stdout=stdout,
                stderr=stderr,
                cwd=folder,
                env=variables | {"TMPDIR": name},
            )
        live = Live(f"http://127.0.0.1:{port}/", process, folder)
        try:
            _wait_for(live)
            yield live
        finally:
            if process.poll() is None:
                live.stop()


def _wait_for(live: Live) -> None:
    give_up_at = time.monotonic() + STARTS_WITHIN_S
    while not _answers(live):
        if live.process.poll() is not None or time.monotonic() > give_up_at:
            raise RuntimeError(f"the server did not start:\n{(live.folder / 'stderr').read_text()}")
        time.sleep(0.05)


def eventually(is_so: Callable[[], bool], within_s: float = 10) -> bool:
    """Return whether something becomes so."""
    give_up_at = time.monotonic() + within_s
    while not (so := is_so()) and time.monotonic() < give_up_at:
        time.sleep(0.05)
    return so


def _answers(live: Live) -> bool:
    try:
        return live.get("healthz").is_success
    except httpx2.TransportError:
        return False
