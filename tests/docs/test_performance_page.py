"""The page of measurements shows the results of its run, and all goals."""

from __future__ import annotations

import json
import math
import re
from itertools import pairwise

import pytest

from tests.benchmarks.performance.goals import GOALS
from tests.benchmarks.performance.line_chart import BOTTOM, LABEL_HEIGHT, Line, line_chart, spread
from tests.benchmarks.performance.page import FOLDER, PAGE, TABLES, page_with_results, pictures_of, read_results

RESULTS = read_results()


def test_the_page_shows_its_results() -> None:
    """Tables and plots are made of the results; where this fails: nox -s bench -- render."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == page_with_results(page, RESULTS)
    pictures = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.svg")}
    assert pictures == pictures_of(RESULTS)


def test_the_page_has_all_tables_and_pictures() -> None:
    """A table or a picture that the page does not show would be measured for nothing."""
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"<!-- end of (\w+) -->", page) == list(TABLES)
    assert re.findall(r"\]\(performance/([\w.]+)\)", page) == list(pictures_of(RESULTS))


def test_goals_that_were_not_measured_say_why() -> None:
    """And nothing is measured that is no goal."""
    ratios = RESULTS["goals"]
    assert ratios.keys() - GOALS.keys() == set()
    assert [name for name, goal in GOALS.items() if name not in ratios and not goal.absent] == []


def test_results_tell_nothing_of_the_machine_but_its_cores() -> None:
    """No path, no name of a host, no time."""
    assert set(RESULTS["made_with"]) == {"python", "cores", "libraries", "postgresql"}
    assert not re.search(r"/(home|root|tmp|usr)/", json.dumps(RESULTS))


def test_exact_ways_are_exact_and_the_outline_is_not() -> None:
    """What differs is measured, not claimed."""
    differing = {way["name"] for way in RESULTS["alarms"]["ways"] if way["differs"] is not None}
    assert differing == {"one query a day"}


def test_a_changed_result_changes_the_page() -> None:
    """The comparison above can fail."""
    changed = json.loads(json.dumps(RESULTS))
    changed["goals"]["evaluate, shuffled"] = 99.0
    page = page_with_results(PAGE.read_text(encoding="utf-8"), changed)
    assert "| 99 | **missed**" in page


def test_names_of_lines_do_not_overlap() -> None:
    """However near the ends of lines are, also at the lower edge."""
    positions = spread([BOTTOM, BOTTOM, BOTTOM - 1, 100, 101])
    ordered = sorted(positions)
    assert all(later - earlier >= LABEL_HEIGHT for earlier, later in pairwise(ordered))
    assert max(positions) == BOTTOM


@pytest.mark.parametrize("levels", [[1.0, 10.0], [None, 0.5], [3.0, None]])
def test_a_line_has_a_point_where_it_has_a_level(levels: list[float | None]) -> None:
    """Names are text, whatever they hold, and a line without points is left out."""
    lines = [Line("<b>", levels), Line("nothing", [None, None])]
    svg = line_chart([1, 10], lines, title="t", x_title="x", description="d")
    assert svg.count("<circle") == sum(level is not None and math.isfinite(level) for level in levels)
    assert "&lt;b&gt;" in svg
    assert "nothing" not in svg
