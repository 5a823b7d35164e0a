"""The command of the session `mutants`: mutate files, run their tests, print the score and what survives."""
################################################################
# python -m tests.mutation.command [--again] [--workers N] [FILE or FOLDER ...]
# Works on copies under .nox/mutation and leaves nothing else behind. What it finds
# stays there too: with --again, mutants that were found the last time, and listed ones
# that were not, are skipped.
# A mutant that all tests pass, and that is not listed, is shown to mypy: what it
# refuses counts as found.
# Fails where a file's score is below 95 %, or a survivor stands in no list.
################################################################

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.runs import Run, TestRuns, measured_runs
from tests.mutation.survivors import LIST, listed_names
from tests.mutation.targets import chosen_targets

ROOT: Final = Path(__file__).parents[2]
WORK: Final = ROOT / ".nox" / "mutation"
COPIED: Final = ("src", "tests", "docs", "pyproject.toml", "README.md", "noxfile.py")
NOT_COPIED: Final = shutil.ignore_patterns("__pycache__", "_build", "export")
LEAST_SCORE_PERCENTAGE: Final = 95.0
_POLL_S = 0.01
# Compiled files are known by the second of their source: every mutant gets a second of its own.
_SECONDS = itertools.count(1_000_000_000)


@dataclass
class FileScore:
    """What became of a file's mutants: the names of each kind."""

    by_tests: list[str] = field(default_factory=list)
    by_types: list[str] = field(default_factory=list)
    survivors: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.by_tests) + len(self.by_types) + len(self.survivors)

    @property
    def percentage(self) -> float:
        found_count = self.count - len(self.survivors)
        return 100.0 * found_count / self.count if self.count else 100.0


class Worker:
    """One copy of the repository, in which one file is mutated at a time."""

    def __init__(self, number: int) -> None:
        self.copy = WORK / f"copy{os.getpid()}-{number}"
        self.copy.mkdir(parents=True)
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, self.copy / name, ignore=NOT_COPIED)
            else:
                shutil.copy2(ROOT / name, self.copy / name)
        self.mutant: Mutant | None = None
        self.run: Run | None = None

    def path(self, file: str) -> Path:
        """Return where a file of the package stands in this copy."""
        return self.copy / "src" / "sla_compliance" / file

    def write(self, file: str, source: str) -> None:
        """Replace a file of the package."""
        self.path(file).write_text(source, encoding="utf-8")
        second = next(_SECONDS)
        os.utime(self.path(file), (second, second))

    def start(self, file: str, mutant: Mutant, runs: TestRuns) -> None:
        """Start the tests on a mutant."""
        self.write(file, mutant.source)
        self.mutant = mutant
        self.run = runs.start(self.copy)

    def close(self) -> None:
        """End what runs, and delete the copy."""
        if self.run is not None:
            self.run.stop()
        shutil.rmtree(self.copy, ignore_errors=True)

    def is_refused_by_types(self, file: str, mutant: Mutant) -> bool:
        """Return whether mypy refuses the file with this mutant."""
        self.write(file, mutant.source)
        cache = WORK / "mypy"
        command = (sys.executable, "-m", "mypy", f"--cache-dir={cache}", f"src/sla_compliance/{file}")
        return subprocess.run(command, cwd=self.copy, capture_output=True, check=False).returncode != 0


def passing_mutants(
    workers: list[Worker], file: str, mutants: list[Mutant], runs: TestRuns, score: FileScore
) -> Iterator[Mutant]:
    """Run the tests on every mutant; yield those that all tests pass, and note the others in the score."""
    waiting = list(reversed(mutants))
    while waiting or any(worker.run for worker in workers):
        for worker in workers:
            if worker.run is None:
                if waiting:
                    worker.start(file, waiting.pop(), runs)
                continue
            passed = worker.run.result()
            if passed is None:
                continue
            assert worker.mutant is not None
            if passed:
                yield worker.mutant
            else:
                score.by_tests.append(worker.mutant.name)
            worker.run = None
        time.sleep(_POLL_S)


def score_of(workers: list[Worker], file: str, tests: tuple[str, ...], *, before: FileScore) -> FileScore:
    """Mutate one file and return what became of its mutants; those that `before` has are not tried again."""
    source = (ROOT / "src" / "sla_compliance" / file).read_text(encoding="utf-8")
    runs = measured_runs(workers[0].copy, tests)
    score = FileScore()
    mutants: list[Mutant] = []
    for mutant in mutants_of(source, file):
        if mutant.name in before.by_tests:
            score.by_tests.append(mutant.name)
        elif mutant.name in before.by_types:
            score.by_types.append(mutant.name)
        elif mutant.name in before.survivors:
            score.survivors.append(mutant.name)
        else:
            mutants.append(mutant)
    passing = list(passing_mutants(workers, file, mutants, runs, score))
    print(f"{file}: {len(passing)} of {score.count + len(passing)} mutants pass all tests", file=sys.stderr, flush=True)
    listed = listed_names(file)
    for mutant in passing:
        is_refused = mutant.name not in listed and workers[0].is_refused_by_types(file, mutant)
        (score.by_types if is_refused else score.survivors).append(mutant.name)
    for worker in workers:
        worker.write(file, source)
    return score


def results_path(file: str) -> Path:
    """Return where the results of a file are kept for --again."""
    return WORK / "results" / f"{file.replace('/', '.')}.json"


def score_before(file: str) -> FileScore:
    """Return what became of mutants in the last run: those found, and survivors that are listed.

    A name that mutants of two kinds share is left out.
    """
    path = results_path(file)
    if not path.exists():
        return FileScore()
    results = json.loads(path.read_text(encoding="utf-8"))
    by_tests, by_types, survivors = (set(results[kind]) for kind in ("by_tests", "by_types", "survivors"))
    return FileScore(
        by_tests=sorted(by_tests - by_types - survivors),
        by_types=sorted(by_types - by_tests - survivors),
        survivors=sorted((survivors - by_tests - by_types) & listed_names(file)),
    )


def keep(file: str, score: FileScore) -> None:
    """Keep the results of a file for --again."""
    path = results_path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(vars(score), indent=1), encoding="utf-8")


def report(file: str, score: FileScore, seconds: float) -> list[str]:
    """Print a row of the table, and the survivors that are not listed; return the faults of the file."""
    listed = listed_names(file)
    unlisted = [name for name in score.survivors if name not in listed]
    columns = (file, score.count, len(score.by_tests), len(score.by_types), len(score.survivors))
    print(f"| {' | '.join(map(str, columns))} | {score.percentage:.1f} % |", flush=True)
    print(f"{file}: {seconds:.0f} s", file=sys.stderr, flush=True)
    for name in unlisted:
        print(f"    survives: {name}", flush=True)
    for name in sorted(listed - set(score.survivors)):
        print(f"    listed, but found: {name}", flush=True)
    faults = [f"{file}: {len(unlisted)} survivors that {LIST.name} does not list"] if unlisted else []
    if score.percentage < LEAST_SCORE_PERCENTAGE:
        faults.append(f"{file}: {score.percentage:.1f} % of the mutants are found; {LEAST_SCORE_PERCENTAGE} % are due")
    return faults


def main() -> None:
    """Mutate the files named on the command line, or all."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # so that runs are ended and copies deleted too
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help="files or folders of src/sla_compliance; all without")
    parser.add_argument("--again", action="store_true", help="skip mutants that were found, or listed, the last time")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes side by side")
    arguments = parser.parse_args()
    chosen = chosen_targets(arguments.files)
    workers = [Worker(number) for number in range(arguments.workers)]
    print("| file | mutants | found by tests | by types | survive | score |\n|---|---|---|---|---|---|", flush=True)
    faults: list[str] = []
    try:
        for file, tests in chosen.items():
            start_s = time.monotonic()
            score = score_of(workers, file, tests, before=score_before(file) if arguments.again else FileScore())
            keep(file, score)
            faults += report(file, score, time.monotonic() - start_s)
    finally:
        for worker in workers:
            worker.close()
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
