"""The tables and pictures of docs/performance.md, made of results.json alone."""
################################################################
# The page keeps its text; a table stands between two comments of its name and is
# replaced. Pictures are files beside the results. Nothing here measures, so that the
# tests can hold the page against its results.
################################################################

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.performance.figures import Difference, Results
from tests.benchmarks.performance.goals import GOALS, Goal
from tests.benchmarks.performance.line_chart import Line, line_chart

DOCS: Final = Path(__file__).parents[3] / "docs"
PAGE: Final = DOCS / "performance.md"
FOLDER: Final = DOCS / "performance"
RESULTS: Final = FOLDER / "results.json"
OUTLINE: Final = "one query a day"
_OWN: Final = ("this library", "`evaluate_each`", "`frames.")
_PART: Final = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)
_UNITS_US: Final = (
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("min", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
)


def read_results(path: Path = RESULTS) -> Results:
    """Return the results of the last run."""
    results: Results = json.loads(path.read_text(encoding="utf-8"))
    return results


def page_with_results(page: str, results: Results) -> str:
    """Return the text of the page with its tables as the results have them."""
    return _PART.sub(lambda part: f"{part[1]}{TABLES[part[2]](results)}\n{part[3]}", page)


def pictures_of(results: Results) -> dict[str, str]:
    """Return the pictures by their file names."""
    alarms, tenants = results["alarms"], results["tenants"]
    picture_of_alarms = line_chart(
        alarms["sizes"],
        _lines(alarms["ways"], "x_smallest"),
        title=f"Processor time, \N{MULTIPLICATION SIGN} evaluate() of {alarms['sizes'][0]:,} alarms",
        x_title="alarms in 90 days",
        description="The time of each way to 90 days by the number of alarms; the table has the ratios.",
    )
    picture_of_tenants = line_chart(
        tenants["sizes"],
        _lines(tenants["ways"], "x_one_tenant"),
        title="Processor time, \N{MULTIPLICATION SIGN} evaluate_each of one tenant",
        x_title=f"tenants who share {tenants['alarms']:,} alarms",
        description="The time of each way to the days of all tenants by their number; the table has the ratios.",
    )
    return {"alarms.svg": picture_of_alarms + "\n", "tenants.svg": picture_of_tenants + "\n"}


def _lines(ways: Sequence[Mapping[str, Any]], levels: str) -> list[Line]:
    return [Line(way["name"].replace("`", ""), way[levels], _kind(way["name"])) for way in ways]


def _kind(name: str) -> str:
    if name.startswith(_OWN):
        return "own"
    return "wrong" if name == OUTLINE else ""


def _versions(results: Results) -> str:
    made_with = results["made_with"]
    libraries = ", ".join(f"{name} {version}" for name, version in made_with["libraries"].items())
    server = f"PostgreSQL {made_with['postgresql']}"
    return f"Python {made_with['python']} on {made_with['cores']} cores; {libraries}; {server}."


def _goals(results: Results) -> str:
    lines = ["| work | \N{MULTIPLICATION SIGN} | goal | measured | |", "|---|---|---|---|---|"]
    for name, goal in GOALS.items():
        ratio = results["goals"].get(name)
        measured = "" if ratio is None else _number(ratio)
        word = "at least" if goal.is_least else "at most"
        lines.append(f"| {goal.work} | {goal.unit} | {word} {goal.limit:g} | {measured} | {_verdict(goal, ratio)} |")
    return "\n".join(lines)


def _verdict(goal: Goal, ratio: float | None) -> str:
    if ratio is None:
        return f"not measured: {goal.absent}"
    return "met" if goal.is_met(ratio) else f"**missed**: {goal.reason or 'the cause is open'}"


def _alarms(results: Results) -> str:
    growth = results["alarms"]
    heading = " | ".join(f"{size:,}" for size in growth["sizes"])
    lines = [
        f"| \N{MULTIPLICATION SIGN} `evaluate()` | {heading} | local days | differs by |",
        "|---|" + "---|" * (len(growth["sizes"]) + 2),
    ]
    lines += [
        f"| {way['name']} | {_cells(way['x_evaluate'])} | {way['local_days']} | {_difference(way['differs'])} |"
        for way in growth["ways"]
    ]
    return "\n".join(lines)


def _shortcuts(results: Results) -> str:
    lines = ["| shortcut | all days differ by | the worst day by |", "|---|---|---|"]
    for shortcut in results["shortcuts"]["ways"]:
        differs = shortcut["differs"]
        total = f"{_sign(differs['total_us'])}{_length(abs(differs['total_us']))} ({_share(differs)})"
        lines.append(f"| {shortcut['name']} | {total} | {_length(differs['worst_day_us'])} |")
    return "\n".join(lines)


def _tenants(results: Results) -> str:
    growth = results["tenants"]
    return _ratios_by_size(growth["ways"], "x_each", "`evaluate_each`", [f"{size:,}" for size in growth["sizes"]])


def _cores(results: Results) -> str:
    growth = results["cores"]
    headings = [f"{count} process{'es' if count > 1 else ''}" for count in growth["processes"]]
    return _ratios_by_size(growth["ways"], "x_one_process", "one process", headings)


def _ratios_by_size(ways: Sequence[Mapping[str, Any]], ratios: str, unit: str, headings: Sequence[str]) -> str:
    lines = [f"| \N{MULTIPLICATION SIGN} {unit} | {' | '.join(headings)} |", "|---|" + "---|" * len(headings)]
    lines += [f"| {way['name']} | {_cells(way[ratios])} |" for way in ways]
    return "\n".join(lines)


TABLES: Final[Mapping[str, Callable[[Results], str]]] = {
    "versions": _versions,
    "goals": _goals,
    "alarms": _alarms,
    "shortcuts": _shortcuts,
    "tenants": _tenants,
    "cores": _cores,
}


def _cells(ratios: Sequence[float | None]) -> str:
    return " | ".join("\N{EN DASH}" if ratio is None else _number(ratio) for ratio in ratios)


def _number(ratio: float) -> str:
    """Return a ratio in two or three digits.

    >>> _number(1.0), _number(0.0123), _number(12.34), _number(1234.0)
    ('1.0', '0.012', '12', '1,230')
    """
    if ratio >= 100:
        return f"{float(f'{ratio:.3g}'):,.0f}"
    if ratio >= 10:
        return f"{ratio:.0f}"
    return f"{ratio:.2g}" if ratio < 0.1 else f"{ratio:.2f}" if ratio < 1 else f"{ratio:.1f}"


def _difference(differs: Difference | None) -> str:
    if differs is None:
        return "0"
    sign = _sign(differs["total_us"])
    return f"**{sign}{_share(differs)}**; a day by {_length(differs['worst_day_us'])}"


def _share(differs: Difference) -> str:
    """Return a difference as a share of the exact downtime."""
    percentage = abs(differs["total_us"]) / differs["exact_total_us"] * 100
    return f"{percentage:,.0f} %" if percentage >= 10 else f"{percentage:.2g} %"


def _sign(length_us: int) -> str:
    return "\N{MINUS SIGN}" if length_us < 0 else "+" if length_us else ""


def _length(length_us: int) -> str:
    """Return a length in its largest unit.

    >>> _length(3), _length(5_400_000_000)
    ('3 µs', '1.5 h')
    """
    for unit, unit_us in _UNITS_US:
        units = length_us / unit_us
        if units >= 1:
            return f"{units:,.0f} {unit}" if units >= 1_000 else f"{units:.3g} {unit}"
    return f"{length_us} µs"


def write_page(results: Results) -> None:
    """Write tables and pictures."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page_with_results(page, results), encoding="utf-8")
    for name, picture in pictures_of(results).items():
        (FOLDER / name).write_text(picture, encoding="utf-8")
