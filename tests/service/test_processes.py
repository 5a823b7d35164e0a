"""Many processes, one cache: who measures, and who waits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from sla_compliance.cache.entries import digest
from tests.service.world import TENANT

PROCESSES = 4
QUESTIONS = 50
ROOT = Path(__file__).parents[2]


@pytest.fixture
def empty_redis(redis_url: str) -> str:
    """The run's Valkey, without anything that others left there of this tenant."""
    with redis.Redis.from_url(redis_url) as client:
        for key in client.scan_iter(match=f"*{digest(TENANT)}*"):
            client.delete(key)
    return redis_url


def asked_at_once(redis_url: str, log: Path, *, minutes_later: float) -> list[tuple[int, bool]]:
    """Return what all processes were told: downtime minutes, and whether it was remembered."""
    command = [sys.executable, "-m", "tests.service.asker", redis_url, str(log), str(minutes_later)]
    askers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    for asker in askers:
        assert asker.stdout is not None
        assert asker.stdout.readline() == "ready\n"
    for asker in askers:
        assert asker.stdin is not None
        asker.stdin.write("go\n")
        asker.stdin.flush()
    outputs = [asker.communicate(timeout=60)[0] for asker in askers]
    assert [asker.returncode for asker in askers] == [0] * PROCESSES
    return [(downtime, is_cached) for output in outputs for downtime, is_cached in json.loads(output)]


def test_four_processes_of_fifty_questions_measure_once(empty_redis: str, tmp_path: Path) -> None:
    """Cold: one query, everybody has its figures. Due: one query, and nobody waits for it."""
    log = tmp_path / "queries"
    cold = asked_at_once(empty_redis, log, minutes_later=0)
    assert log.read_text().splitlines() == ["query"]
    assert [downtime for downtime, _ in cold] == [60] * PROCESSES * QUESTIONS
    due = asked_at_once(empty_redis, log, minutes_later=4.5)
    assert log.read_text().splitlines() == ["query"] * 2
    assert all(is_cached for _, is_cached in due)
    assert {downtime for downtime, _ in due} <= {60, 120}
    fresh = asked_at_once(empty_redis, log, minutes_later=4.5)
    assert set(fresh) == {(120, True)}
    assert log.read_text().splitlines() == ["query"] * 2
