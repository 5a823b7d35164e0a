"""A platform's project that has the documentation and nothing else: its tests pass, and find what is planted."""
################################################################
# The project is a folder of files made of the blocks of docs/testing.md as they stand
# there. Faults are planted by replacing a text. pytest runs in a process of its own, in
# that folder, without anything of this repository's tests.
################################################################

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

import pytest

PAGE: Final = Path(__file__).parents[2] / "docs" / "testing.md"
BLOCK: Final = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SOURCE: Final = "## Your own source"
ENDPOINT: Final = "## Your own endpoint"
SUITES: Final = "## Suites of promises"

DROPPING: Final = """
from dataclasses import replace


def without_bad_rows(rows, on_invalid):
    return replace(sla.alarms_from_rows(rows, on_invalid=on_invalid), rejected=())

"""
# A fault is noticed and made small; what else may vary in it takes Hypothesis eight times as long to say.
CONFTEST: Final = """
from hypothesis import Phase, settings

settings.register_profile("quick", phases=[Phase.generate, Phase.shrink])
settings.load_profile("quick")
"""
ADDING_UP: Final = """

def added_up(day):
    batch = sla.AlarmBatch.from_alarms(stored_alarms).qualifying(sla.AlarmFilter())
    pairs = zip(batch.starts_us, batch.ends_us)
    return sum(max(0, min(end, day.end_us) - max(start, day.start_us)) for start, end in pairs)

"""


class Fault(NamedTuple):
    """A mistake in a part of the project.

    Attributes:
        section: where it is.
        right, wrong: the text that is replaced.
        test: what notices it.
        code: what the wrong text needs besides.
    """

    section: str
    right: str
    wrong: str
    test: str
    code: str = ""


FAULTS: Final = {
    "tenant_forgotten": Fault(
        SOURCE,
        "FROM alarms WHERE tenant = ?",
        "FROM alarms WHERE 1 OR tenant = ?",
        "test_no_other_tenants_alarm_is_returned_whatever_the_id_contains",
    ),
    "long_outages_lost": Fault(
        SOURCE,
        "batch.take(batch.rows_within_reach(start_us, end_us))",
        "batch.take([row for row, at in enumerate(batch.starts_us) if start_us <= at < end_us])",
        "test_returns_every_alarm_that_meets_the_window",
    ),
    "bad_rows_dropped": Fault(
        SOURCE,
        "batch = sla.alarms_from_rows(",
        "batch = without_bad_rows(",
        "test_bad_rows_are_set_aside_and_the_rest_stays",
        DROPPING,
    ),
    "counted_twice": Fault(
        ENDPOINT,
        "day.downtime_us // 1_000_000 for",
        "added_up(day) // 1_000_000 for",
        "test_the_endpoint_says_what_was_down",
        ADDING_UP,
    ),
}


def blocks(*titles: str) -> str:
    """Return the blocks of some sections of the page, but for sessions."""
    sections = re.split(r"^(?=## )", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    chosen = [section for section in sections if section.startswith(titles)]
    assert len(chosen) == len(titles)
    return "\n\n".join(block for section in chosen for block in BLOCK.findall(section) if not block.startswith(">>>"))


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of the project: one file as it should be, and one for each fault."""
    folder = tmp_path_factory.mktemp("platform")
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "test_right.py").write_text(blocks(SOURCE, ENDPOINT, SUITES), encoding="utf-8")
    for name, fault in FAULTS.items():
        text = blocks(*{SOURCE: None, fault.section: None})
        assert text.count(fault.right) == 1, fault.right
        text = text.replace(fault.right, fault.wrong) + fault.code
        (folder / f"test_{name}.py").write_text(text, encoding="utf-8")
    arguments = [
        "-vvv",
        "--hypothesis-seed=1",
        "--deselect=test_counted_twice.py::TestTableSource",
        "-p",
        "no:cacheprovider",
        "-rf",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout
    return done.stdout


def failed_tests(output: str, name: str) -> set[str]:
    """Return the names of the tests of a file that have failed."""
    return set(re.findall(rf"^FAILED test_{name}\.py::(?:\w+::)?(\w+)", output, re.MULTILINE))


def test_what_the_documentation_shows_passes(output: str) -> None:
    """A source, sync and async, and an endpoint; promises about columns that the table lacks are skipped."""
    assert failed_tests(output, "right") == set()
    assert len(re.findall(r"^test_right\.py::.* PASSED", output, re.MULTILINE)) > 10
    for test in ("TestAsyncTableSource::test_questions_at_once_are_answered_apart", FAULTS["counted_twice"].test):
        assert re.search(rf"^test_right\.py::{test}.* PASSED", output, re.MULTILINE)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_noticed(name: str, output: str) -> None:
    """By the promise that it breaks, or by the property."""
    assert FAULTS[name].test in failed_tests(output, name)


def test_a_double_count_is_shown_by_two_alarms(output: str) -> None:
    """That overlap; pytest shows them, and what the endpoint said beside what it should have said."""
    (_, _, part) = output.partition("_ test_the_endpoint_says_what_was_down _")
    (shown,) = re.findall(r"^alarms = (\[.*\])$", part, re.MULTILINE)
    assert shown.count("Alarm(") == 2
    assert re.search(r"^E +Differing items:", part, re.MULTILINE)


def test_a_suite_explains_what_differs(output: str) -> None:
    """Its assertions are rewritten as those of test files are."""
    (_, _, part) = output.partition("_ TestTableSource.test_bad_rows_are_set_aside_and_the_rest_stays _")
    assert re.search(r"^E +assert 0 == 1$", part, re.MULTILINE)
