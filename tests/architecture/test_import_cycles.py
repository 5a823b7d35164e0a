"""No module imports itself by way of others, and each can be the first that is imported."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.first_imports import MODULES
from tests.architecture.rooms import FILES, file_of_module, imported_modules, parsed

# Edges that close a cycle only when a function runs. The command line loads a command when it is called.
ACCEPTED: Final = frozenset({("cli/__init__.py", "cli/commands.py")})
SAMPLE: Final = MODULES[::60]


def files_imported_at_once(file: str) -> set[str]:
    """Return the files of the package that a file imports while it is imported itself, not inside functions."""
    modules = {module for statement in _statements_that_run(parsed(file)) for module in _modules_of(statement)}
    return {imported for module in modules if (imported := file_of_module(module))}


def _statements_that_run(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _statements_that_run(child)


def _modules_of(statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for alias in statement.names:
        if isinstance(statement, ast.Import):
            yield alias.name
            continue
        module = f"{statement.module}.{alias.name}"
        yield module if file_of_module(module) else str(statement.module)


def cycle_of(graph: Mapping[str, set[str]]) -> list[str]:
    """Return a cycle of a graph, its first file also the last; empty where there is none."""
    try:
        TopologicalSorter({file: imported - {file} for file, imported in graph.items()}).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_imports_itself_by_way_of_others() -> None:
    """While modules are imported."""
    assert cycle_of({file: files_imported_at_once(file) for file in FILES}) == []


def test_imports_inside_functions_close_no_cycle_but_the_accepted_ones() -> None:
    """Each accepted edge is still needed: with it there is a cycle."""
    graph = {
        file: {imported for module in imported_modules(file) if (imported := file_of_module(module))} for file in FILES
    }
    without_accepted = {
        file: {imported for imported in imports if (file, imported) not in ACCEPTED} for file, imports in graph.items()
    }
    assert cycle_of(without_accepted) == []
    for file, imported in ACCEPTED:
        with_this = {**without_accepted, file: without_accepted[file] | {imported}}
        assert cycle_of(with_this) != [], (file, imported)


def test_a_cycle_would_be_noticed() -> None:
    """Also one of three modules."""
    graph = {"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": set[str]()}
    assert set(cycle_of(graph)) == {"a", "b", "c"}


@pytest.mark.skipif(sys.platform == "win32", reason="a process is forked for each module")
def test_modules_of_a_sample_can_each_be_imported_first() -> None:
    """All others are in the session `imports` of nox."""
    command = [sys.executable, "-m", "tests.architecture.first_imports", *SAMPLE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stdout + done.stderr
