"""A run that is killed in the middle, and the same command after it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.streaming.worlds import RANGE, rows_of_world

PART_ROWS: Final = 40
FILE_PIECE_ROWS: Final = 100
_PARTS: Final = 15
_COMMAND: Final = (
    "from sla_compliance.streaming import runs; "
    f"runs.PART_ROWS, runs.FILE_PIECE_ROWS = {PART_ROWS}, {FILE_PIECE_ROWS}; "
    "from sla_compliance.cli import main; main()"
)


def rows_of_many_tenants() -> list[dict[str, Any]]:
    """Return rows of which most parts have some."""
    return rows_of_world("killed", 600, tenants=[f"t{number}" for number in range(60)], has_bad_rows=False)


def check_going_on(folder: Path, *, processes: int) -> None:
    """Kill a run over `rows_of_many_tenants` in alarms.parquet and repeat it; its output is that of whole.parquet."""
    parts = folder / "days.parquet.parts"
    killed = start(folder, "days.parquet", processes)
    wait_for(lambda: len([*parts.glob("days-*.json")]) >= 2 or killed.poll() is not None)
    killed.kill()
    killed.wait()
    done = {path: path.stat().st_mtime_ns for path in parts.glob("days-*.json")}
    assert 2 <= len(done) < _PARTS - 1, "it was killed in the middle"
    wait_for(lambda: not processes_in(folder))
    again = start(folder, "days.parquet", processes)
    kept = set()
    while again.poll() is None:
        kept |= {path for path, written in done.items() if _written(path) == written}
        time.sleep(0.005)
    assert again.returncode == 0
    assert kept == set(done)
    assert (folder / "days.parquet").read_bytes() == (folder / "whole.parquet").read_bytes()
    assert not parts.exists()


def start(folder: Path, output: str, processes: int) -> subprocess.Popen[bytes]:
    """Start the command with small parts."""
    arguments = ["report", "alarms.parquet", *RANGE, "--each", "tenant_id", "--output", output]
    return subprocess.Popen([sys.executable, "-c", _COMMAND, *arguments, "--processes", str(processes)], cwd=folder)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so, two minutes at most."""
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def processes_in(folder: Path) -> list[str]:
    """Return the other processes that work in a folder."""
    processes = []
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        try:
            if (process / "cwd").resolve() == folder:
                processes.append(process.name)
        except OSError:  # it is gone, or somebody else's
            continue
    return processes


def _written(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
