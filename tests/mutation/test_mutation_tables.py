"""The tables of the session `mutants` name what exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation.survivors import listed_mutants
from tests.mutation.targets import chosen_targets, targets

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "sla_compliance"


def test_every_target_and_its_tests_exist() -> None:
    """A moved file or test is moved in the table too."""
    for file, tests in targets().items():
        assert (PACKAGE / file).is_file(), file
        assert tests, file
        for test in tests:
            assert (ROOT / test).exists(), f"{file}: {test}"


def test_every_listed_survivor_changes_a_line_that_its_file_still_has() -> None:
    """What is rewritten leaves the list, or is judged again."""
    for mutant in listed_mutants():
        assert mutant.file in targets()
        assert mutant.reason
        lines = (line.strip() for line in (PACKAGE / mutant.file).read_text(encoding="utf-8").splitlines())
        assert mutant.line_before in " ".join(lines), f"{mutant.file}: {mutant.name}"


def test_a_file_or_a_folder_may_be_named() -> None:
    """The session takes paths as they are written in a shell, and names the choice where a path is wrong."""
    assert list(chosen_targets(["src/sla_compliance/units.py"])) == ["units.py"]
    assert all(file.startswith("calendars/") for file in chosen_targets(["calendars/"]))
    with pytest.raises(SystemExit, match=r"unit\.py is no file or folder of targets\.toml; it names intervals\.py"):
        chosen_targets(["unit.py"])
