"""Processes that are forked or started from one that has used the library."""
################################################################
# Each program runs in a process of its own, with a limit of time: what must not happen
# here is that a child waits for a thread that it does not have.
################################################################

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

LONGEST_SECONDS: Final = 60
ROOT: Final = Path(__file__).parents[2]

COMMON: Final = """
import asyncio, os, sys, threading, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from sla_compliance.service import ComplianceService, MemoryTenants, SyncComplianceService, TenantSettings, to_async
from tests.service.test_sync import TENANT, at, opened, slow_source
from tests.unit.test_threads import batch, evaluated, figures

def outcome(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def forked(work):
    child = os.fork()
    if not child:
        code = 1
        try:
            code = 0 if work() else 2
        finally:
            os._exit(code)
    return child
"""

FORK_WHILE_THREADS_EVALUATE: Final = """
alarms, is_over = batch(), threading.Event()
alone = figures(evaluated(alarms))

def evaluate_on():
    while not is_over.is_set():
        figures(evaluated(alarms))

threads = [threading.Thread(target=evaluate_on) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(12):
    assert outcome(forked(lambda: figures(evaluated(alarms)) == alone)) == 0
is_over.set()
for thread in threads:
    thread.join()
"""

SERVICE_MADE_BEFORE_THE_FORK: Final = """
def service():
    tenants = MemoryTenants({TENANT: TenantSettings("UTC")})
    return ComplianceService(to_async(slow_source()), tenants=tenants, clock=lambda: at(28, 12))

preloaded = service()

def answer():
    return asyncio.run(preloaded.compliance(TENANT, at(26), at(28))).total.downtime_minutes == 60

children = [forked(answer) for _ in range(3)]
assert [outcome(child) for child in children] == [0, 0, 0]
assert answer()
"""

ADAPTER_USED_BEFORE_THE_FORK: Final = """
source = to_async(slow_source())
tenants = MemoryTenants({TENANT: TenantSettings("UTC")})

def answer():
    with SyncComplianceService(ComplianceService(source, tenants=tenants, clock=lambda: at(28, 12))) as service:
        return service.compliance(TENANT, at(26), at(28)).total.downtime_minutes == 60

assert answer()
children = [forked(answer) for _ in range(3)]
assert [outcome(child) for child in children] == [0, 0, 0]
assert answer()
"""

POOLS_OF_PROCESSES: Final = """
alarms = batch()
alone = figures(evaluated(alarms))

if __name__ == "__main__":
    with opened(slow_source()) as service:
        service.compliance(TENANT, at(26), at(28))
        with ProcessPoolExecutor(2, mp_context=get_context(sys.argv[1])) as pool:
            reports = list(pool.map(evaluated, [alarms] * 4))
        assert all(figures(report) == alone for report in reports)
        assert service.compliance(TENANT, at(26), at(28)).total.downtime_minutes == 45
"""

ASYNC_ENGINE_USED_BEFORE_THE_FORK: Final = """
import sqlalchemy
from sqlalchemy.ext.asyncio import create_async_engine
from sla_compliance.sources.sqlalchemy import AsyncSQLAlchemyAlarmSource

ROWS = 2_000  # so many that a thread makes the batch of them
SECOND_US = 1_000_000

file = sys.argv[1]
with sqlalchemy.create_engine(f"sqlite:///{file}").begin() as connection:
    columns = "id text, tenant_id text, severity text, first_occurrence text, cleared_at text"
    connection.execute(sqlalchemy.text(f"CREATE TABLE alarms ({columns})"))
    connection.execute(
        sqlalchemy.text("INSERT INTO alarms VALUES (:id, 'acme', 'major', :start, :end)"),
        [{"id": row, "start": "2025-10-08T09:00:00Z", "end": "2025-10-08T10:00:00Z"} for row in range(ROWS)],
    )
engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
source = AsyncSQLAlchemyAlarmSource(engine)
window_us = [int(at(day).timestamp()) * SECOND_US for day in (1, 31)]

async def has_all_rows(close):
    await engine.dispose(close=close)
    batch = await source.fetch("acme", *window_us)
    await engine.dispose()
    return len(batch.starts_us) == ROWS

assert asyncio.run(has_all_rows(close=True))
children = [forked(lambda: asyncio.run(has_all_rows(close=False))) for _ in range(2)]
assert [outcome(child) for child in children] == [0, 0]
assert asyncio.run(has_all_rows(close=True))
"""

LOCK_HELD_AT_THE_FORK: Final = """
from sla_compliance.jobs.processes import PerProcess

may_go_on, is_making = threading.Event(), threading.Event()
parent = os.getpid()

def make():
    if os.getpid() == parent:
        is_making.set()
        may_go_on.wait()
    return os.getpid()

own = PerProcess(make)
thread = threading.Thread(target=own)
thread.start()
is_making.wait()
assert outcome(forked(lambda: own() == os.getpid())) == 0
may_go_on.set()
thread.join()
assert own() == parent
"""


def run(program: str, tmp_path: Path, *arguments: str) -> None:
    """Run a program in a process of its own; it may take a minute."""
    file = tmp_path / "program.py"
    file.write_text(COMMON + program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(file), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_SECONDS,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr


def test_a_fork_while_threads_evaluate_evaluates_too(tmp_path: Path) -> None:
    """No property of a report holds a lock that the child would inherit."""
    run(FORK_WHILE_THREADS_EVALUATE, tmp_path)


def test_a_service_that_is_made_before_the_fork_and_used_after_it(tmp_path: Path) -> None:
    """As of an app that is preloaded, e.g. `gunicorn --preload`: each worker uses its own copy."""
    run(SERVICE_MADE_BEFORE_THE_FORK, tmp_path)


def test_a_source_whose_threads_ran_before_the_fork(tmp_path: Path) -> None:
    """The child starts threads of its own."""
    run(ADAPTER_USED_BEFORE_THE_FORK, tmp_path)


def test_an_async_engine_that_is_disposed_in_the_child(tmp_path: Path) -> None:
    """The source that reads over it has a thread in each process."""
    run(ASYNC_ENGINE_USED_BEFORE_THE_FORK, tmp_path, str(tmp_path / "alarms.db"))


@pytest.mark.parametrize("start_method", ["fork", "spawn", "forkserver"])
def test_reports_of_a_pool_of_processes(start_method: str, tmp_path: Path) -> None:
    """Batches go out and reports come back, while the parent has a service with its thread."""
    run(POOLS_OF_PROCESSES, tmp_path, start_method)


def test_a_resource_of_each_process_that_is_being_made_at_the_fork(tmp_path: Path) -> None:
    """The child does not wait for the parent's thread."""
    run(LOCK_HELD_AT_THE_FORK, tmp_path)
