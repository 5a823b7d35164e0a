"""Run the conformance vectors against any program: python run.py -- COMMAND..."""
################################################################
# The program reads one question a line, {"id": ..., "question": {...}}, and writes
# one answer a line: {"id": ..., "answer": {...}}, or with "unsupported" or "error"
# and a text in place of "answer". It need not give every figure.
#
#     right        all expected figures are given and right
#     partly       those given are right, the downtime of every day among them
#     wrong        a figure is wrong
#     unsupported  the program says so
#     failed       no answer in time, no JSON, an error, the program ended
#
# A program that fails is stopped and started again for the next question; one that
# fails too often in a row is not asked any more. Needs Python 3.11 and nothing else.
################################################################

from __future__ import annotations

import argparse
import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "vectors"
OUTCOMES = ("right", "partly", "wrong", "unsupported", "failed")
LONGEST_LINE = 4_000_000
MOST_STRAY_LINES = 1_000
MOST_FAILURES_IN_A_ROW = 5
MOST_LINES_SHOWN = 20
MOST_TEXT_SHOWN = 200

RATIOS = frozenset({"availability", "low", "high", "allowed_us", "left_us", "remaining", "to_date", "best", "worst"})
RATIO = re.compile(r"-?\d{1,100}(/\d{1,100})?", re.ASCII)
DOWNTIME_OF_A_DAY = r"day\[\d+\]\.downtime_us"
canonical = partial(json.dumps, sort_keys=True)
INSTANTS = frozenset({"start", "end", "deadline"})


class ProgramError(Exception):
    """The program gave no answer; the text says what it did."""


@dataclass(frozen=True)
class Vector:
    """A question and the figures that follow from the rules."""

    id: str
    category: str
    title: str
    question: Mapping[str, Any]
    expected: Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """What a program made of a vector: one of OUTCOMES, and a sentence where it is not right."""

    vector: Vector
    outcome: str
    detail: str = ""


def load_vectors(folder: Path = FOLDER, only: str | None = None) -> list[Vector]:
    """Return the vectors of a folder, of one category where it is named; ValueError where there are none."""
    vectors = []
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        category = document["category"]
        if only in (None, category):
            vectors += [
                Vector(entry["id"], category, entry["title"], entry["question"], entry["expected"])
                for entry in document["vectors"]
            ]
    if not vectors:
        raise ValueError(f"{folder} holds no vectors{'' if only is None else f' of the category {only}'}")
    return vectors


class Program:
    """A program at the other end of a pipe, started when it is first asked."""

    def __init__(self, command: Sequence[str], time_limit_s: float) -> None:
        self._command = command
        self._time_limit_s = time_limit_s
        self._pipe: Pipe | None = None

    def ask(self, vector: Vector) -> dict[str, Any]:
        """Return the line that answers a vector; ProgramError where none comes, and the program is stopped."""
        try:
            if self._pipe is None:
                self._pipe = Pipe(self._command)
            line = json.dumps({"id": vector.id, "question": vector.question})
            self._pipe.send(line.encode() + b"\n")
            return self._reply_to(vector.id, self._pipe)
        except ProgramError:
            self.stop()
            raise

    def stop(self) -> None:
        """End the program and whatever it started."""
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            pipe.stop()

    def _reply_to(self, vector_id: str, pipe: Pipe) -> dict[str, Any]:
        deadline = time.monotonic() + self._time_limit_s
        stray = ""
        for _ in range(MOST_STRAY_LINES):
            try:
                line = pipe.lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise ProgramError(f"no answer in {self._time_limit_s:g} s{stray}") from None
            if not line:
                raise ProgramError(f"the program ended without an answer, {pipe.exit_text()}{stray}")
            reply = _read_reply(line)
            if reply["id"] == vector_id:
                return reply
            stray = f"; it answered {_shown(reply['id'])} instead"
        raise ProgramError(f"{MOST_STRAY_LINES:,} lines answer other questions")


class Pipe:
    """A running program; threads read its lines (an empty one at their end) and write, so it blocks no caller."""

    def __init__(self, command: Sequence[str]) -> None:
        try:
            # In a session of its own, so that what it starts ends with it.
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=os.name == "posix"
            )
        except OSError as error:
            raise ProgramError(f"the program does not start: {error}") from error
        # Bounded: a program that writes without end waits at its pipe and fills no memory here.
        self.lines: queue.Queue[bytes] = queue.Queue(maxsize=10)
        self._outgoing: queue.Queue[bytes] = queue.Queue()
        self._is_stopped = threading.Event()
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._read, self._write)]
        for thread in self._threads:
            thread.start()

    def send(self, line: bytes) -> None:
        """Have a line written; a program that never reads holds up a thread until it is stopped."""
        self._outgoing.put(line)

    def exit_text(self) -> str:
        """Return how the program ended."""
        try:
            return f"exit code {self._process.wait(timeout=1)}"
        except subprocess.TimeoutExpired:
            return "its output is closed"

    def stop(self) -> None:
        """End the program and whatever it started."""
        self._is_stopped.set()
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()
        self._outgoing.put(b"")
        for thread in self._threads:
            thread.join(timeout=1)  # one that a runaway child of the program holds up ends with this process

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stdout:
            while line := stdout.readline(LONGEST_LINE):
                self._put(line)
        self._put(b"")

    def _put(self, line: bytes) -> None:
        while not self._is_stopped.is_set():
            with contextlib.suppress(queue.Full):
                self.lines.put(line, timeout=0.2)
                return

    def _write(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError), self._process.stdin as stdin:  # the program ended; the reader says so
            while line := self._outgoing.get():
                stdin.write(line)
                stdin.flush()


def _read_reply(line: bytes) -> dict[str, Any]:
    if len(line) >= LONGEST_LINE:
        raise ProgramError(f"a line is longer than {LONGEST_LINE:,} bytes")
    try:
        reply = json.loads(line)
    except (ValueError, RecursionError):
        raise ProgramError(f"a line is no JSON: {_shown(line[:MOST_TEXT_SHOWN].decode(errors='replace'))}") from None
    if not isinstance(reply, dict) or not isinstance(reply.get("id"), str):
        raise ProgramError(f"a line is no object with the id of a question: {_shown(reply)}")
    return reply


def judge(vector: Vector, reply: Mapping[str, Any]) -> Result:
    """Return what a program's reply to a vector is worth."""
    for outcome, key in (("failed", "error"), ("unsupported", "unsupported")):
        if key in reply:
            return Result(vector, outcome, _shown(reply[key]))
    answer, expected = reply.get("answer"), vector.expected
    if not isinstance(answer, dict):
        return Result(vector, "failed", f"neither an answer nor a reason: {_shown(reply)}")
    if ("refused" in expected) != ("refused" in answer):
        return Result(vector, "wrong", f"the question is {'' if 'refused' in answer else 'not '}refused")
    if "refused" in expected:
        return Result(vector, "right")
    missing, wrong = _differences(expected, answer)
    if wrong:
        return Result(vector, "wrong", wrong[0])
    if not missing:
        return Result(vector, "right")
    if "total" not in answer or any(re.fullmatch(DOWNTIME_OF_A_DAY, name) for name in missing):
        return Result(vector, "failed", "the answer lacks the total, or the downtime of a day")
    return Result(vector, "partly", f"{len(missing)} figures are missing, the first is {missing[0]}")


def _differences(expected: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the names of the figures that an answer lacks, and a sentence for each that is wrong."""
    missing: list[str] = []
    wrong: list[str] = []
    for place, figures, given_figures in _records(expected, answer, wrong):
        for name, figure in figures.items():
            where = f"{place}.{name}"
            if not isinstance(given_figures, dict) or name not in given_figures:
                missing.append(where)
            elif not _is_equal(name, figure, given_figures[name]):
                wrong.append(f"{where} is {_shown(given_figures[name])}, expected {_shown(figure)}")
    return missing, wrong


def _records(
    expected: Mapping[str, Any], answer: Mapping[str, Any], wrong: list[str]
) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    """Yield the records of an expected answer by name, and beside it that of the answer, where there is one."""
    for name, records in expected.items():
        given = answer.get(name)
        if not isinstance(records, list):
            yield name, records, given
            continue
        if given is not None and (not isinstance(given, list) or len(given) != len(records)):
            count = f"{len(given)} records" if isinstance(given, list) else "no list"
            wrong.append(f"{name} has {count}, expected {len(records)}")
            continue
        for index, record in enumerate(records):
            yield f"{name}[{index}]", record, given[index] if given else None


def _is_equal(name: str, expected: object, given: object) -> bool:
    if isinstance(expected, bool) or isinstance(given, bool) or expected is None or given is None:
        return expected is given
    try:
        if name in RATIOS:
            return bool(RATIO.fullmatch(str(given))) and Fraction(str(expected)) == Fraction(str(given))
        if name in INSTANTS:
            return datetime.fromisoformat(str(expected)) == datetime.fromisoformat(str(given))
    except (ValueError, TypeError, ZeroDivisionError):
        return False
    if name == "cells_us" and isinstance(given, dict):
        return expected == {cell: length_us for cell, length_us in given.items() if length_us != 0}
    if name == "doubts" and isinstance(expected, list) and isinstance(given, list):
        return sorted(map(canonical, expected)) == sorted(map(canonical, given))
    if name == "budget" and isinstance(expected, dict) and isinstance(given, dict):
        return all(key in given and _is_equal(key, value, given[key]) for key, value in expected.items())
    return expected == given


def _shown(value: object) -> str:
    try:
        text = json.dumps(value)  # a program's text may hold what a terminal obeys
    except RecursionError:
        return "a deeply nested value"
    return text if len(text) <= MOST_TEXT_SHOWN else f"{text[:MOST_TEXT_SHOWN]}..."


def run(vectors: Sequence[Vector], program: Program) -> Iterator[Result]:
    """Yield what a program makes of each vector, in order."""
    failures_in_a_row = 0
    try:
        for vector in vectors:
            if failures_in_a_row >= MOST_FAILURES_IN_A_ROW:
                yield Result(vector, "failed", f"not asked: {failures_in_a_row} answers in a row did not come")
                continue
            try:
                reply = program.ask(vector)
            except ProgramError as error:
                failures_in_a_row += 1
                yield Result(vector, "failed", str(error))
                continue
            failures_in_a_row = 0
            yield judge(vector, reply)
    finally:
        program.stop()


def table(results: Sequence[Result]) -> str:
    """Return how many vectors of each category came out how, and the first of those that are wrong or failed."""
    counts_by_category: dict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        counts_by_category[result.vector.category][result.outcome] += 1
    counts_by_category["total"] = Counter(result.outcome for result in results)
    width = max(map(len, counts_by_category))
    lines = [" ".join([f"{'category':{width}}", *(f"{outcome:>11}" for outcome in OUTCOMES)])]
    for category, counts in counts_by_category.items():
        lines.append(" ".join([f"{category:{width}}", *(f"{counts[outcome]:>11}" for outcome in OUTCOMES)]))
    bad = [result for result in results if result.outcome in ("wrong", "failed")]
    lines += [f"{result.outcome}: {result.vector.id}: {result.detail}" for result in bad[:MOST_LINES_SHOWN]]
    if len(bad) > MOST_LINES_SHOWN:
        lines.append(f"and {len(bad) - MOST_LINES_SHOWN:,} more")
    return "\n".join(lines)


def as_json(results: Sequence[Result]) -> str:
    """Return the same of every vector, as JSON."""
    entries = [
        {"id": item.vector.id, "category": item.vector.category, "outcome": item.outcome, "detail": item.detail}
        for item in results
    ]
    return json.dumps({"vectors": entries}, indent=1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 where no vector is wrong or failed, 1 where one is, 2 for a bad command line."""
    parser = argparse.ArgumentParser(description="Run conformance vectors against a program on a pipe.")
    parser.add_argument("--vectors", type=Path, default=FOLDER, metavar="FOLDER", help="those beside this file")
    parser.add_argument("--only", metavar="CATEGORY", help="vectors of one category")
    parser.add_argument("--time-limit", type=float, default=10.0, metavar="S", help="seconds for each answer; 10")
    parser.add_argument("--json", action="store_true", help="print the outcome of every vector as JSON")
    parser.add_argument("command", nargs="+", metavar="COMMAND", help="the program and its arguments, after --")
    options = parser.parse_args(arguments)
    try:
        vectors = load_vectors(options.vectors, options.only)
    except (ValueError, KeyError, TypeError, OSError) as error:
        parser.error(str(error))
    results = list(run(vectors, Program(options.command, options.time_limit)))
    print(as_json(results) if options.json else table(results))
    return 1 if any(result.outcome in ("wrong", "failed") for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
