"""Who may import whom, and what importing the package costs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.rooms import (
    CORE,
    FILES,
    LEVELS,
    PACKAGE,
    file_of_module,
    imported_modules,
    libraries_allowed,
    room_of,
)

ROOM_FILES = [file for file in FILES if file != "__init__.py"]


def test_every_file_stands_in_a_known_room() -> None:
    """A new folder or module gets its place in the order before it gets code."""
    assert {room_of(file) for file in ROOM_FILES} <= set(LEVELS)


@pytest.mark.parametrize("file", ROOM_FILES)
def test_a_module_imports_only_its_room_and_lower_ones(file: str) -> None:
    """Imports point down the house, never up, never across."""
    own = room_of(file)
    used = {room_of(found) for module in imported_modules(file) if (found := file_of_module(module))}
    assert {room for room in used - {own} if LEVELS.get(room, len(LEVELS)) >= LEVELS[own]} == set()


@pytest.mark.parametrize("file", [file for file in FILES if room_of(file) == "testing"])
def test_what_users_test_with_needs_no_server(file: str) -> None:
    """The testing room may import any other room; the oracle within it imports nothing but the standard library."""
    used = {found for module in imported_modules(file) if (found := file_of_module(module))}
    assert "server" not in {room_of(found) for found in used}
    if file.startswith("testing/oracle/"):
        assert all(found.startswith("testing/oracle/") for found in used)
        assert {module.split(".")[0] for module in imported_modules(file)} <= {PACKAGE} | sys.stdlib_module_names


def test_the_package_itself_imports_the_core_alone() -> None:
    """`import sla_compliance` brings no adapter."""
    used = {room_of(found) for module in imported_modules("__init__.py") if (found := file_of_module(module))}
    assert used <= CORE | {"sources"}


@pytest.mark.parametrize("file", FILES)
def test_third_party_libraries_are_imported_only_where_listed(file: str) -> None:
    """A library has one door into the package."""
    used = {module.split(".")[0] for module in imported_modules(file)} - {PACKAGE} - sys.stdlib_module_names
    assert used <= libraries_allowed(file)


@pytest.mark.parametrize("file", [file for file in ROOM_FILES if room_of(file) not in CORE])
def test_an_adapter_never_drags_in_the_library_of_another(file: str) -> None:
    """Siblings share plain modules; whoever installs one extra never needs a second."""
    siblings = {
        found
        for module in imported_modules(file)
        if (found := file_of_module(module)) and room_of(found) == room_of(file)
    }
    assert [sibling for sibling in siblings if not libraries_allowed(sibling) <= libraries_allowed(file)] == []


def test_importing_the_package_loads_no_third_party_module() -> None:
    """A platform that imports the package pays for the standard library alone."""
    program = f"import sys; before = set(sys.modules); import {PACKAGE}; print(*(set(sys.modules) - before))"
    loaded = {name.split(".")[0] for name in _output_of("-c", program).split()}
    assert PACKAGE in loaded
    assert loaded & packages_distributions().keys() <= {PACKAGE}


def test_importing_the_package_costs_little_beside_its_standard_library_imports(tmp_path: Path) -> None:
    """Own modules take at most three times what their standard-library imports take (the goal is once)."""
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled["PYTHONPYCACHEPREFIX"] = str(tmp_path)
    _import_times(f"import {PACKAGE}", compiled)  # compiles all modules, as an installation does
    assert min(_own_share_of_the_import(compiled) for _ in range(3)) < 3


def _own_share_of_the_import(environment: Mapping[str, str]) -> float:
    """Return self time of own modules over self time of the standard-library ones they bring, in a new process."""
    bare = {name for name, _ in _import_times("pass", environment)}
    own = standard = 0
    for name, self_us in _import_times(f"import {PACKAGE}", environment):
        if name.split(".")[0] == PACKAGE:
            own += self_us
        elif name not in bare:
            standard += self_us
    return own / standard


def _import_times(program: str, environment: Mapping[str, str]) -> list[tuple[str, int]]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=dict(environment),
    )
    rows = [line.removeprefix("import time:").split("|") for line in done.stderr.splitlines()[1:]]
    return [(name.strip(), int(self_us)) for self_us, _, name in rows]


def _output_of(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True).stdout
