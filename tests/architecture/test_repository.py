"""What the repository says, and the shape of its code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.rooms import FILES, parsed

ROOT = Path(__file__).parents[2]
PLACES = ("src", "tests", "docs", ".ci")
BUILT = {".git", "__pycache__", "_build"}

REGISTRY_HOST = re.compile(r"pypi\.(?:org|python)|pythonhosted\.|npmjs\.|deb\.debian|debian\.org", re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|farm|root|opt|home|tmp/brief)/")

LONGEST_FILE = 350
LONGEST_FUNCTION = 40


def _repository_files() -> list[Path]:
    """Return the text files that belong to the repository."""
    top = [path for path in ROOT.iterdir() if path.is_file()]
    below = [path for place in PLACES for path in (ROOT / place).rglob("*") if path.is_file()]
    return [path for path in top + below if not BUILT & set(path.parts) and _is_text(path)]


def _is_text(path: Path) -> bool:
    return b"\0" not in path.read_bytes()[:8192]


@pytest.mark.parametrize("pattern", [REGISTRY_HOST, MACHINE_PATH], ids=["registry host", "machine path"])
def test_no_file_names_a_registry_or_a_place_of_one_machine(pattern: re.Pattern[str]) -> None:
    """A clone works on any machine, behind any mirror."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in _repository_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_continuous_checks_run_the_test_command_of_the_readme() -> None:
    """What the README promises is what is checked."""
    commands = re.findall(r"^python3 -m venv .*$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [command.rsplit(maxsplit=1)[-1] for command in commands] == ["demo", "tests"]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert commands[1] in map(str.strip, script.splitlines())


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_short_enough_to_hold_one_idea(file: str) -> None:
    """A longer file holds two."""
    assert len(FILES[file].read_text(encoding="utf-8").splitlines()) < LONGEST_FILE


@pytest.mark.parametrize("file", FILES)
def test_functions_are_short(file: str) -> None:
    """Signature and docstring do not count: a public door may have many keywords, each on its line."""
    functions = [node for node in ast.walk(parsed(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert {node.name: lines for node in functions if (lines := _code_lines(node)) > LONGEST_FUNCTION} == {}


def _code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return sum((statement.end_lineno or statement.lineno) - statement.lineno + 1 for statement in body)
