"""Runs of a session of their own: within a limit of memory, killed in the middle, with one large tenant."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pyarrow import parquet

from tests.streaming.killed_runs import check_going_on, rows_of_many_tenants, start
from tests.streaming.worlds import START, write_rows

MONTH: Final = ("--zone", "Africa/Lagos", "--month", "2026-10", "--as-of", "2026-11-20")
MEGABYTE: Final = 1 << 20
ALLOWANCE: Final = int(os.environ.get("STREAMED_ALLOWANCE_MB", "200")) * MEGABYTE
"""How much address space a run may take beyond what the program takes for a few rows."""
TITLE_BYTES: Final = 180
# Arrow's own allocators reserve address space that they do not use; that of the system does not.
MEASURABLE: Final = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
}


@pytest.mark.parametrize("processes", [1, 2])
def test_a_killed_run_goes_on_where_it_was(tmp_path: Path, processes: int) -> None:
    """With the same bytes as a run at one go; no process of it is left."""
    write_rows(tmp_path / "alarms.parquet", rows_of_many_tenants(), group_rows=100)
    assert start(tmp_path, "whole.parquet", processes).wait() == 0
    check_going_on(tmp_path, processes=processes)


def test_a_file_of_ten_times_the_memory_completes(tmp_path: Path) -> None:
    """Memory is that of a part, whatever the number of rows."""
    write_many_rows(tmp_path / "few.parquet", 1_000, tenants=10)
    bare = least_limit(tmp_path)
    print(f"bare {bare // MEGABYTE} MB")
    write_large_file(tmp_path / "large.parquet", 10 * ALLOWANCE)
    size = (tmp_path / "large.parquet").stat().st_size
    assert size >= 10 * ALLOWANCE
    began = time.monotonic()
    run = report(tmp_path, "large.parquet", limit=bare + ALLOWANCE)
    assert run.returncode == 0, run.stderr
    print(
        f"{size / MEGABYTE:,.0f} MB of rows, {ALLOWANCE / MEGABYTE:,.0f} MB beyond the {bare / MEGABYTE:,.0f} MB of the"
    )
    print(f"program, {time.monotonic() - began:,.0f} s: {run.stderr.decode()}")


def test_a_tenant_with_half_of_all_rows_takes_no_longer_than_twice_its_share(tmp_path: Path) -> None:
    """Processor time with such a tenant beside that with tenants of like size."""
    seconds = {}
    for name, is_skewed in (("even", False), ("skewed", True)):
        write_many_rows(tmp_path / f"{name}.parquet", 2_000_000, tenants=4_000, is_skewed=is_skewed)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = report(tmp_path, f"{name}.parquet", processes=2)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run.returncode == 0, run.stderr
        seconds[name] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"processor time: {seconds}")
    # Half of the rows at twice their share would make one and a half times the whole.
    assert seconds["skewed"] <= 1.5 * seconds["even"]


def least_limit(folder: Path) -> int:
    """Return the least limit of address space, bytes, in which a run over few rows completes."""
    low, high = 64, 4_096
    while high - low > 8:
        middle = (low + high) // 2
        if report(folder, "few.parquet", limit=middle * MEGABYTE).returncode == 0:
            high = middle
        else:
            low = middle
    return high * MEGABYTE


def report(
    folder: Path, file: str, *, limit: int | None = None, processes: int = 1
) -> subprocess.CompletedProcess[bytes]:
    """Run the command, within a limit of address space or without."""
    limited = "" if limit is None else f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit})); "
    # Few rows are sorted without Polars: it is loaded for them too, so that the program is the same.
    code = limited + "import pandas, polars; from sla_compliance.cli import main; main()"
    arguments: Sequence[str] = ["report", file, *MONTH, "--each", "tenant_id", "--output", f"days-{file}"]
    return subprocess.run(
        [sys.executable, "-c", code, *arguments, "--processes", str(processes)],
        cwd=folder,
        env=os.environ | MEASURABLE,
        capture_output=True,
        check=False,
    )


def write_many_rows(path: Path, count: int, *, tenants: int, is_skewed: bool = False) -> None:
    """Write rows of a month; of one tenant every second one, or of all alike."""
    random = np.random.default_rng(1)
    numbers = random.integers(0, tenants, count)
    if is_skewed:
        numbers = np.where(random.random(count) < 0.5, 0, numbers)
    parquet.write_table(rows_of(numbers, random), path, row_group_size=1 << 17)


def write_large_file(path: Path, size: int) -> None:
    """Write rows of a month whose titles do not compress, until the file has a size, bytes."""
    random = np.random.default_rng(1)
    writer = None
    while writer is None or path.stat().st_size < size:
        table = rows_of(random.integers(0, 5_000, 100_000), random)
        letters = random.integers(32, 127, (table.num_rows, TITLE_BYTES), dtype=np.uint8).tobytes()
        offsets = np.arange(0, TITLE_BYTES * (table.num_rows + 1), TITLE_BYTES, dtype=np.int32).tobytes()
        titles = pa.StringArray.from_buffers(table.num_rows, pa.py_buffer(offsets), pa.py_buffer(letters))
        table = table.append_column("title", titles)
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def rows_of(tenants: Any, random: np.random.Generator) -> Any:
    """Return a row for each of some tenants, by number."""
    count = len(tenants)
    start = int(START.timestamp() * 1e6) + random.integers(0, 30 * 86_400 * 10**6, count)
    end = start + random.exponential(600e6, count).astype(np.int64) + 1
    return pa.table(
        {
            "id": pa.array([f"{number:09}" for number in range(count)]),
            "tenant_id": pa.array([f"tenant-{number:05}" for number in tenants]),
            "resource_id": pa.array([f"r{number}" for number in random.integers(0, 50_000, count)]),
            "severity": pa.array(np.array(["critical", "major", "minor"])[random.integers(0, 3, count)]),
            "first_occurrence": pa.array(start, pa.timestamp("us", "UTC")),
            "cleared_at": pa.array(end, pa.timestamp("us", "UTC")),
        }
    )
