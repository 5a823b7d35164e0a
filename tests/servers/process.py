"""A server process of the tests: started on a free port, killed and started again, always stopped."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

STARTS_WITHIN_S = 30
STOPS_WITHIN_S = 20


@dataclass(kw_only=True)
class ServerProcess:
    """One server on 127.0.0.1.

    Attributes:
        url: where clients reach it; the same after every start.
        command: what starts it in the foreground.
        is_ready: whether it answers.
        killed_by: the signal that ends it at once, without any tidying.
        user: the account that runs it; None is that of the tests.
        starts_within_s: how long it may take until it answers.
    """

    url: str
    command: Sequence[str | Path]
    is_ready: Callable[[], bool]
    log: Path
    killed_by: signal.Signals = signal.SIGKILL
    user: str | None = None
    starts_within_s: float = STARTS_WITHIN_S
    environment: Mapping[str, str] = field(default_factory=lambda: {"LC_ALL": "C.UTF-8", "TZ": "UTC"})
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = self._spawned()
        give_up_at = time.monotonic() + self.starts_within_s
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > give_up_at:
                self.stop()
                raise RuntimeError(f"{self.command[0]} did not start:\n{self.log.read_text()}")
            time.sleep(0.02)

    def _spawned(self) -> subprocess.Popen[bytes]:
        user, group = identity(self.user)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.command, stdout=log, stderr=log, cwd="/", env=self.environment, user=user, group=group
            )

    def stop(self) -> None:
        """Stop it in good order; a stopped one stays stopped."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it as a crash would; `start` brings it back on the same port with what had reached the disk."""
        self._end(self.killed_by)

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Suspend it and its children for a while: it answers nothing, its connections stay open."""
        assert self._process is not None
        # The parent first: it is what makes children. PostgreSQL has one for each connection.
        self._process.send_signal(signal.SIGSTOP)
        children = _children(self._process.pid)
        for child in children:
            os.kill(child, signal.SIGSTOP)
        try:
            yield
        finally:
            for child in children:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGCONT)
            self._process.send_signal(signal.SIGCONT)

    def _end(self, by: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(by)
            self._process.wait(STOPS_WITHIN_S)
            self._process = None


def _children(parent: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def identity(user: str | None) -> tuple[int | None, int | None]:
    """Return the numbers of a user and its group; None is that of the tests."""
    if user is None:
        return None, None
    account = pwd.getpwnam(user)
    return account.pw_uid, account.pw_gid


def is_root() -> bool:
    """Whether the tests run as root, as which PostgreSQL refuses to start."""
    return os.geteuid() == 0


def free_port() -> int:
    """Return a free port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
