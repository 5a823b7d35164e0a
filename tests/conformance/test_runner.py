"""The runner survives every program at the other end of its pipe, and says what was wrong with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.runner import FOLDER, run

QUESTIONS = ("a", "b", "c")
EXPECTED = {
    "total": {"downtime_us": 60, "availability": "1/2", "start": "2025-10-08T00:00:00Z"},
    "day": [{"downtime_us": 60, "cells_us": {"AGREED/DOWN": 60}, "doubts": [], "is_confirmed": True}],
}
RIGHT = EXPECTED
READ = "import json, sys, time, os\nfor line in sys.stdin:\n    request = json.loads(line)\n    "
ANSWER = f"print(json.dumps({{'id': request['id'], 'answer': json.loads({json.dumps(RIGHT)!r})}}), flush=True)"


def vectors(*ids: str) -> list[Any]:
    """Return vectors of one question."""
    return [run.Vector(name, "made", "a title", {"alarms": []}, EXPECTED) for name in ids or QUESTIONS]


def results_of(code: str, *, time_limit_s: float = 10.0, ids: Sequence[str] = QUESTIONS) -> list[Any]:
    """Return what the runner makes of a program."""
    program = run.Program([sys.executable, "-c", code], time_limit_s)
    return list(run.run(vectors(*ids), program))


def outcomes(results: Sequence[Any]) -> list[str]:
    """Return the outcomes of some results."""
    return [result.outcome for result in results]


def test_a_program_that_answers_is_right() -> None:
    """One process for all questions."""
    assert outcomes(results_of(READ + ANSWER)) == ["right"] * 3


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("import time\ntime.sleep(600)", "no answer in 0.3 s"),
        ("", "the program ended without an answer, exit code 0"),
        ("import os\nos._exit(7)", "exit code 7"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "exit code -9"),
        (READ + "print('hello', flush=True)", 'a line is no JSON: "hello'),
        (READ + "print('[1, 2]', flush=True)", "no object with the id of a question"),
        (READ + "print('{\"id\": 5}', flush=True)", "no object with the id of a question"),
        (READ + "print('\\x1b[2J', flush=True)", "\\u001b[2J"),
        (READ + "sys.stdout.buffer.write(b'\\xff\\xfe\\n'); sys.stdout.flush()", "a line is no JSON"),
        (READ + "print('[' * 100_000, flush=True)", "a line is no JSON"),
        (READ + "print('1' * 10_000, flush=True)", "a line is no JSON"),
        (READ + "sys.exit(print(json.dumps({'id': 'other', 'answer': {}})))", 'it answered "other" instead'),
        ("while True:\n    print('x' * 1000, end='')", "a line is longer than 4,000,000 bytes"),
        ('while True:\n    print(\'{"id": "other"}\')', "1,000 lines answer other questions"),
        (READ + "print(json.dumps({'id': request['id'], 'error': 'no idea'}), flush=True)", '"no idea"'),
        (READ + "print(json.dumps({'id': request['id']}), flush=True)", "neither an answer nor a reason"),
        (READ + "print(json.dumps({'id': request['id'], 'answer': {}}), flush=True)", "the answer lacks the total"),
        (
            READ + "print(json.dumps({'id': request['id'], 'answer': {'total': {}}}), flush=True)",
            "or the downtime of a day",
        ),
    ],
    ids=lambda value: None if value.startswith(("import", "while")) else value[:40],
)
def test_a_program_that_does_not_answer_fails(code: str, detail: str) -> None:
    """And the next question is asked all the same."""
    # Python takes a while to start on a loaded machine: the limit is short only where nothing is ever answered.
    results = results_of(code, time_limit_s=0.3 if "sleep" in code else 30.0, ids=("a",))
    assert outcomes(results) == ["failed"]
    assert detail in results[0].detail


def test_answers_out_of_order_are_passed_over_for_the_right_one() -> None:
    """A line about another question is no answer to this one."""
    stray = "print(json.dumps({'id': 'z', 'answer': {}}), flush=True)\n    "
    assert outcomes(results_of(READ + stray + ANSWER)) == ["right"] * 3


def test_a_program_that_dies_is_started_again() -> None:
    """It answers one question and ends."""
    assert outcomes(results_of(READ + ANSWER + "\n    sys.exit(3)")) == ["right", "failed", "right"]


def test_a_program_that_fails_in_a_row_is_not_asked_any_more() -> None:
    """A broken program does not take the time limit of each of hundreds of questions."""
    results = results_of("", ids=[str(number) for number in range(20)])
    assert outcomes(results) == ["failed"] * 20
    assert results[-1].detail == "not asked: 5 answers in a row did not come"


def test_a_program_that_never_reads_does_not_block_the_runner() -> None:
    """A question longer than a pipe holds waits in a thread."""
    question = {"alarms": ["x" * 1000] * 1000}
    long_vector = run.Vector("long", "made", "a title", question, EXPECTED)
    program = run.Program([sys.executable, "-c", "import time\ntime.sleep(600)"], 0.5)
    begun = time.monotonic()
    assert outcomes(list(run.run([long_vector], program))) == ["failed"]
    assert time.monotonic() - begun < 5


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")
def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    """No process is left behind."""
    file = tmp_path / "pid"
    code = (
        "import subprocess, sys, time, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(file)!r}).write_text(str(child.pid))\ntime.sleep(600)"
    )
    assert outcomes(results_of(code, time_limit_s=2, ids=("a",))) == ["failed"]
    child = int(file.read_text())
    deadline = time.monotonic() + 10
    while _is_running(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_program_that_is_not_there() -> None:
    """The runner says so and ends."""
    program = run.Program(["./no-such-program"], 1.0)
    (result,) = run.run(vectors("a"), program)
    assert result.detail.startswith("the program does not start: ")


@pytest.mark.parametrize(
    ("change", "outcome", "detail"),
    [
        ({"total": {"downtime_us": 61}}, "wrong", "total.downtime_us is 61, expected 60"),
        ({"total": {"downtime_us": True}}, "wrong", "total.downtime_us is true"),
        ({"total": {"downtime_us": None}}, "wrong", "total.downtime_us is null"),
        ({"total": {"availability": "2/4"}}, "right", ""),
        ({"total": {"availability": "0.5"}}, "wrong", ""),
        ({"total": {"availability": "1/0"}}, "wrong", ""),
        ({"total": {"availability": "1e999999999"}}, "wrong", ""),
        ({"total": {"start": "2025-10-08T01:00:00+01:00"}}, "right", ""),
        ({"total": {"start": "yesterday"}}, "wrong", ""),
        ({"total": {"start": 5}}, "wrong", ""),
        ({"day": [{"cells_us": {"AGREED/DOWN": 60, "AGREED/UP": 0}}]}, "right", ""),
        ({"day": [{"cells_us": {"AGREED/DOWN": 60, "AGREED/UP": 1}}]}, "wrong", ""),
        ({"day": [{"is_confirmed": 1}]}, "wrong", ""),
        ({"day": [{"doubts": [{"cause": "UNSEEN"}]}]}, "wrong", ""),
        ({"day": []}, "wrong", "day has 0 records, expected 1"),
        ({"day": "none"}, "wrong", "day has no list, expected 1"),
        ({"refused": True}, "wrong", "the question is refused"),
    ],
)
def test_every_figure_is_judged(change: dict[str, Any], outcome: str, detail: str) -> None:
    """Shares and instants by what they mean, all else by what it is."""
    answer = json.loads(json.dumps(RIGHT))
    for name, value in change.items():
        if isinstance(value, dict):
            answer[name] |= value
        elif isinstance(value, list) and value:
            answer[name][0] |= value[0]
        else:
            answer[name] = value
    (vector,) = vectors("a")
    result = run.judge(vector, {"answer": answer})
    assert result.outcome == outcome
    assert result.detail.startswith(detail)


def test_an_answer_with_fewer_figures_is_partly_right() -> None:
    """An implementation that counts downtime alone is judged by it."""
    (vector,) = vectors("a")
    result = run.judge(vector, {"answer": {"total": {"downtime_us": 60}, "day": [{"downtime_us": 60}]}})
    assert result.outcome == "partly"
    assert result.detail == "5 figures are missing, the first is total.availability"


def test_a_refusal_is_right_where_the_question_is_to_be_refused() -> None:
    """And nowhere else."""
    refused = run.Vector("a", "made", "a title", {}, {"refused": True})
    assert run.judge(refused, {"answer": {"refused": True}}).outcome == "right"
    assert run.judge(refused, {"answer": RIGHT}).detail == "the question is not refused"


def test_the_command_line_prints_a_table_and_says_by_its_exit_code_whether_all_is_right() -> None:
    """0 for the library, 1 for a program that is wrong, 2 for a command line that is."""
    right = _command("--only", "epoch", "--", sys.executable, "-m", "sla_compliance.testing.conformance", "library")
    assert right.returncode == 0, right.stderr
    assert right.stdout.splitlines()[0].split() == ["category", "right", "partly", "wrong", "unsupported", "failed"]
    assert right.stdout.splitlines()[1].split() == ["epoch", "7", "0", "0", "0", "0"]
    wrong = _command("--only", "epoch", "--json", "--", sys.executable, "-c", READ + ANSWER)
    assert wrong.returncode == 1
    assert {entry["outcome"] for entry in json.loads(wrong.stdout)["vectors"]} == {"wrong"}
    none = _command("--only", "no-such-category", "--", "true")
    assert none.returncode == 2
    assert "holds no vectors of the category no-such-category" in none.stderr


def test_the_reference_answers_on_a_pipe_and_says_what_is_beyond_it() -> None:
    """Vectors of microseconds in a whole day are more instants than it looks at."""
    program = [sys.executable, "-m", "sla_compliance.testing.conformance", "reference"]
    lines = _command("--only", "clipping", "--", *program).stdout.splitlines()
    assert lines[1].split() == ["clipping", "6", "0", "0", "1", "0"]


def _command(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FOLDER / "run.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
