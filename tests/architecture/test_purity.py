"""The core does no I/O and reads no clock: data in, data out."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.rooms import CORE, FILES, imported_modules, parsed, room_of

CORE_FILES = [file for file in FILES if file == "__init__.py" or room_of(file) in CORE]

IMPURE_MODULES = {
    "asyncio", "getpass", "glob", "http", "io", "locale", "logging", "os", "pathlib", "platform", "random", "secrets",
    "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
IMPURE_BUILTINS = {"open", "print", "input", "exec", "eval", "breakpoint"}
CLOCK_AND_FILE_METHODS = {"now", "utcnow", "today", "open", "read_text", "read_bytes", "write_text", "write_bytes"}

# Zone rules are files of the tzdata package; sample data uses a seeded generator; a contract file is read.
ALLOWED = {"zones": {"open", "read_text"}, "samples": {"random"}, "settings": {"open", "os"}}


@pytest.mark.parametrize("file", CORE_FILES)
def test_no_core_file_imports_a_module_that_reaches_outside(file: str) -> None:
    """Clocks, files, randomness and the network are not even in reach."""
    reached = {module.split(".")[0] for module in imported_modules(file)} & IMPURE_MODULES
    assert reached <= ALLOWED.get(room_of(file), set())


@pytest.mark.parametrize("file", CORE_FILES)
def test_no_core_file_calls_a_clock_prints_or_opens_files(file: str) -> None:
    """`as_of` is an argument, always; rows arrive as arguments too."""
    called = {
        name for node in ast.walk(parsed(file)) if isinstance(node, ast.Call) for name in _impure_names(node.func)
    }
    assert called <= ALLOWED.get(room_of(file), set())


@pytest.mark.parametrize("file", [file for file in CORE_FILES if room_of(file) == "samples"])
def test_samples_draw_only_from_a_seeded_generator(file: str) -> None:
    """The module-level generator of `random` is shared state: only `random.Random` is used."""
    attributes = [node for node in ast.walk(parsed(file)) if isinstance(node, ast.Attribute)]
    assert {node.attr for node in attributes if _is_random(node)} <= {"Random"}


def _impure_names(function: ast.expr) -> set[str]:
    if isinstance(function, ast.Name):
        return {function.id} & IMPURE_BUILTINS
    if isinstance(function, ast.Attribute):
        return {function.attr} & CLOCK_AND_FILE_METHODS
    return set()


def _is_random(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "random"
