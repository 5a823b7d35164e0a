"""Which implementations answer which vectors: measured, kept as JSON and shown in docs/conformance-table.md."""
################################################################
# `python -m tests.conformance.comparison` measures all, starts PostgreSQL for itself,
# and writes results.json and the tables of the page. The tests measure the quick ones
# again. Versions are those of the last run by command; the tests compare that of the library alone.
################################################################

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

import psycopg

from tests.conformance.planted_faults import FAULTS
from tests.conformance.runner import FOLDER, VECTORS, run
from tests.servers import postgres

SHIMS: Final = FOLDER / "shims"
RESULTS: Final = FOLDER / "results.json"
PAGE: Final = FOLDER.parent / "conformance-table.md"
TIME_LIMIT_S: Final = 60.0
MINUTE_US: Final = 60_000_000

Figures = dict[str, Any]
"""What came of an implementation: {"version": ..., "categories": {category: counts, largest error, an example}}."""

_PART: Final = re.compile(r"(<!-- (counts|errors|faults) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)


@dataclass(frozen=True)
class Implementation:
    """A program that answers vectors.

    Attributes:
        title: of its column.
        command: what starts it, but for the DSN.
        distribution: whose version is shown; None: a server's, or none.
        is_quick: whether the tests measure it again.
        needs_postgres: whether its last argument is a DSN.
    """

    title: str
    command: tuple[str, ...]
    distribution: str | None = None
    is_quick: bool = False
    needs_postgres: bool = False


def _shim(name: str) -> tuple[str, ...]:
    return sys.executable, str(SHIMS / f"{name}_shim.py")


IMPLEMENTATIONS: Final[Mapping[str, Implementation]] = {
    "library": Implementation(
        "this library",
        (sys.executable, "-m", "sla_compliance.testing.conformance", "library"),
        distribution="sla-compliance",
    ),
    "reference": Implementation(
        "slow reference", (sys.executable, "-m", "sla_compliance.testing.conformance", "reference")
    ),
    "portion": Implementation("portion", _shim("portion"), distribution="portion", is_quick=True),
    "staircase": Implementation("staircase", _shim("staircase"), distribution="staircase"),
    "postgres": Implementation("PostgreSQL", _shim("postgres"), needs_postgres=True),
    "outline": Implementation("outline", _shim("outline"), is_quick=True),
}


def categories_of(command: Sequence[str]) -> dict[str, Figures]:
    """Return what a program makes of each category of vectors.

    Raises:
        ProgramError: of the runner; the program ended or gave no answer. Its own errors are answers and counted.
    """
    program = run.Program(command, TIME_LIMIT_S)
    categories: dict[str, Figures] = {}
    try:
        for vector in VECTORS:
            reply = program.ask(vector)
            result = run.judge(vector, reply)
            figures = categories.setdefault(vector.category, dict.fromkeys(run.OUTCOMES, 0))
            figures[result.outcome] += 1
            if result.outcome == "wrong":
                error_us = largest_error_us(vector.expected, reply["answer"])
                if error_us >= figures.get("largest_error_us", 0):
                    figures["largest_error_us"] = error_us
                    figures["example"] = f"{vector.id}: {result.detail}"
    finally:
        program.stop()
    return categories


def largest_error_us(expected: Mapping[str, Any], answer: Mapping[str, Any]) -> int:
    """Return by how much the downtime of a day is off at most; a day too many or too few is off by its downtime."""
    days, answered_days = expected.get("day", []), answer.get("day", [])
    if len(days) == len(answered_days):
        pairs = list(zip(_downtimes_us(days), _downtimes_us(answered_days), strict=True))
    else:
        downtime_by_date = dict(zip(_dates(days), _downtimes_us(days), strict=True))
        answered_by_date = dict(zip(_dates(answered_days), _downtimes_us(answered_days), strict=True))
        dates = downtime_by_date.keys() | answered_by_date.keys()
        pairs = [(downtime_by_date.get(date, 0), answered_by_date.get(date, 0)) for date in dates]
    return max((abs(expected_us - answered_us) for expected_us, answered_us in pairs), default=0)


def _downtimes_us(days: Iterable[Mapping[str, Any]]) -> list[int]:
    return [day.get("downtime_us", 0) for day in days]


def _dates(days: Iterable[Mapping[str, Any]]) -> list[str]:
    return [day.get("date", "") for day in days]


def measure(names: Iterable[str]) -> dict[str, Figures]:
    """Return what came of some implementations, by name; one PostgreSQL is started where it is needed."""
    results: dict[str, Figures] = {}
    with ExitStack() as servers:
        for name in names:
            implementation = IMPLEMENTATIONS[name]
            command, shown_version = list(implementation.command), ""
            if implementation.distribution is not None:
                shown_version = version(implementation.distribution)
            if implementation.needs_postgres:
                binaries = next(iter(postgres.installed_binaries().values()))
                dsn = servers.enter_context(postgres.running_postgres(binaries)).url
                command.append(dsn)
                shown_version = _server_version(dsn)
            results[name] = {"version": shown_version, "categories": categories_of(command)}
    return results


def _server_version(dsn: str) -> str:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("show server_version").fetchone()
    assert row is not None
    return str(row[0]).split()[0]


def page_with_results(results: Mapping[str, Figures]) -> str:
    """Return the page with its tables as the results have them."""
    tables = {"counts": _counts_table(results), "errors": _errors_table(results), "faults": _faults_table()}
    page = PAGE.read_text(encoding="utf-8")
    return _PART.sub(lambda part: f"{part[1]}{tables[part[2]]}\n{part[3]}", page)


def _counts_table(results: Mapping[str, Figures]) -> str:
    titles = [f"{IMPLEMENTATIONS[name].title} {figures['version']}".strip() for name, figures in results.items()]
    lines = [f"| category | {' | '.join(titles)} |", "|---|" + "---|" * len(titles)]
    categories = sorted({category for figures in results.values() for category in figures["categories"]})
    for category in categories:
        cells = [_counts_cell(figures["categories"].get(category, {})) for figures in results.values()]
        lines.append(f"| {category} | {' | '.join(cells)} |")
    totals = [_counts_cell(_summed(figures["categories"].values())) for figures in results.values()]
    lines.append(f"| **all** | {' | '.join(totals)} |")
    return "\n".join(lines)


def _summed(figures: Iterable[Figures]) -> Figures:
    summed: Figures = {}
    for counts in figures:
        for outcome, number in counts.items():
            if outcome not in ("largest_error_us", "example"):
                summed[outcome] = summed.get(outcome, 0) + number
    return summed


def _counts_cell(figures: Figures) -> str:
    names = {"right": "right", "partly": "partly", "wrong": "**wrong**", "unsupported": "no notion", "failed": "failed"}
    return ", ".join(f"{figures[outcome]} {word}" for outcome, word in names.items() if figures.get(outcome))


def _errors_table(results: Mapping[str, Figures]) -> str:
    lines = ["| | category | a day is off by up to | for example |", "|---|---|---|---|"]
    for name, figures in results.items():
        for category, counts in sorted(figures["categories"].items()):
            if counts["wrong"]:
                example = counts["example"].replace("|", "\\|")
                minutes = _minutes_text(counts["largest_error_us"])
                lines.append(f"| {IMPLEMENTATIONS[name].title} | {category} | {minutes} | {example} |")
    return "\n".join(lines)


def _faults_table() -> str:
    lines = ["| fault | found by |", "|---|---|"]
    lines += [f"| {fault.sentence} | {fault.category} |" for fault in FAULTS.values()]
    return "\n".join(lines)


def _minutes_text(length_us: int) -> str:
    if length_us == 0:
        return "0 min"
    if length_us < MINUTE_US // 10:
        return f"{length_us:,} µs"
    return f"{length_us / MINUTE_US:,.1f} min".replace(".0 min", " min")


def read_results() -> dict[str, Figures]:
    """Return the results of the last run by command."""
    results: dict[str, Figures] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return results


def write(names: Sequence[str]) -> None:
    """Measure some implementations and write the results and the page; the others stay as they are."""
    kept = read_results() if RESULTS.exists() else {}
    measured = kept | measure(names)
    results = {name: measured[name] for name in IMPLEMENTATIONS if name in measured}
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page_with_results(results), encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1:] or list(IMPLEMENTATIONS))
