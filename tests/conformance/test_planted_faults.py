"""The runner finds each planted fault, in the category of vectors that is about it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conformance.planted_faults import FAULTS
from tests.conformance.runner import FOLDER, VECTORS, run


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name: str) -> None:
    """The library with the fault is wrong about a vector of the category, and answers every one."""
    fault = FAULTS[name]
    vectors = [vector for vector in VECTORS if vector.category == fault.category]
    results = [run.judge(vector, {"answer": fault.answer_of(vector.question)}) for vector in vectors]
    outcomes = {result.outcome for result in results}
    assert "wrong" in outcomes, fault.sentence
    assert outcomes <= {"right", "wrong"}


def test_the_command_finds_one_over_the_pipe_and_names_the_category() -> None:
    """As a stranger runs it; the exit code says that something is wrong."""
    program = [sys.executable, "-m", "tests.conformance.planted_faults", "early-breach"]
    command = [sys.executable, str(FOLDER / "run.py"), "--only", "known-defects", "--", *program]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (1, "")
    assert "wrong: known-defects-33: total.verdict" in done.stdout


def test_there_are_ten_at_least() -> None:
    """As many as the page says."""
    assert len({fault.sentence for fault in FAULTS.values()}) >= 10
