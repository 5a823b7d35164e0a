"""The source of docs/adapters.md and its test: pytest runs them as they stand there, and one that is broken fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.docs.test_examples import ROOT, write_modules

PAGE = ROOT / "docs" / "adapters.md"
KEEPS_TO_THE_WINDOW = " if start < end_us and end > start_us"


def outcome(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the page's test in a folder of its own, as its reader does."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_platform_alarms.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_the_test_of_the_page_passes(tmp_path: Path) -> None:
    """With nothing but what the page has."""
    write_modules(PAGE, tmp_path)
    done = outcome(tmp_path)
    assert done.returncode == 0, done.stdout


def test_a_source_that_returns_the_whole_table_is_found(tmp_path: Path) -> None:
    """As the page says."""
    write_modules(PAGE, tmp_path)
    module = tmp_path / "platform_alarms.py"
    code = module.read_text(encoding="utf-8")
    assert KEEPS_TO_THE_WINDOW in code
    module.write_text(code.replace(KEEPS_TO_THE_WINDOW, ""), encoding="utf-8")
    done = outcome(tmp_path)
    assert done.returncode == 1
    assert "test_alarms_far_outside_the_window_do_not_come_along" in done.stdout
