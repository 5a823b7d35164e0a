"""A short sample of fuzzing, the same every time, without a fuzzer: targets do not rot."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

import sla_compliance as sla
from tests.fuzz.target import LONGEST_MESSAGE, Target, documented_errors_only
from tests.fuzz.targets import TARGETS

INPUTS_OF_A_TARGET: Final = 60
LONGEST_SECONDS: Final = 5.0
MOST_CHANGES: Final = 4


def changed_inputs(target: Target) -> list[bytes]:
    """Return the seeds of a target and inputs that differ from them in a few places."""
    draw = random.Random(target.name)  # noqa: S311 - the same inputs every time
    inputs = list(target.seeds)
    while len(inputs) < INPUTS_OF_A_TARGET:
        changed = bytearray(draw.choice(target.seeds))
        for _ in range(draw.randint(1, MOST_CHANGES)):
            place = draw.randint(0, len(changed))
            inserted = draw.choice((*target.words, "\0")).encode("utf-8", "surrogatepass")
            if draw.random() < 0.5:
                changed[place:place] = inserted
            else:
                changed[place : place + 1] = bytes([draw.randrange(256)])
        inputs.append(bytes(changed))
    return inputs


@pytest.mark.parametrize("name", TARGETS)
def test_a_sample_of_inputs_is_taken_or_refused(name: str) -> None:
    """In a moment each, with a documented error or none."""
    for data in changed_inputs(TARGETS[name]):
        began_s = time.monotonic()
        TARGETS[name].check(data)
        assert time.monotonic() - began_s < LONGEST_SECONDS, data


def test_an_error_that_is_not_documented_is_a_finding() -> None:
    """So is a message that is too long, or that cannot be written; in a group, that of a member."""
    with documented_errors_only():
        raise sla.InvalidValueError("zone is 'x'; give another")
    for error in (
        OverflowError("date value out of range"),
        sla.InvalidValueError("x" * (LONGEST_MESSAGE + 1)),
        sla.InvalidAlarmsError("1 bad row", [sla.InvalidAlarmError("id is \ud800")]),
    ):
        with pytest.raises((OverflowError, AssertionError, UnicodeEncodeError)), documented_errors_only():
            raise error


@pytest.mark.skipif(find_spec("atheris") is None, reason="needs atheris, which comes with the group `fuzz`")
def test_the_fuzzer_runs_a_target(tmp_path: Path) -> None:
    """For a second, with the library instrumented."""
    command = [sys.executable, "-m", "tests.fuzz.run", "--seconds", "1", "--corpus", str(tmp_path), "lengths"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lengths: " in done.stdout
    assert "no finding" in done.stdout
    assert any((tmp_path / "lengths").iterdir())
