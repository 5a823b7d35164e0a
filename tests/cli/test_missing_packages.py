"""Commands where a package is missing: one line that names the extra to install, never a traceback."""

################################################################
# Of the commands that load the app by cli/app_service.py, `reconcile` is run without each of
# its libraries and the others without two. `nox -s imports` sets SLA_TEST_EVERY_LIBRARY and
# runs all without each.
################################################################

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest

from tests.cli.every_command import EXTRAS_NEEDED, Outcome, is_working, requirements, run

HOOK: Final = Path(__file__).parent / "hidden"
COMMANDS_AT_ONCE: Final = 2

# The extra that a command names where a library is hidden; of all others it needs none.
SERVER: Final = dict.fromkeys(("fastapi", "jwt", "prometheus_client", "redis", "sqlalchemy", "uvicorn"), "serve")
APP: Final = {library: extra for library, extra in SERVER.items() if library != "uvicorn"} | {"aiosqlite": "serve"}
NAMED_EXTRA: Final[Mapping[str, Mapping[str, str]]] = {
    "--help": {"click": "cli"},
    "report": {"click": "cli", "rich": "cli"},
    "report html": {"click": "cli"},
    "report pdf": {"click": "cli", "fontTools": "pdf", "typst": "pdf", "weblate_fonts": "pdf"},
    "report xlsx": {"click": "cli", "xlsxwriter": "xlsx"},
    "doctor": {"click": "cli"},
    "incidents": {"click": "cli", "rich": "cli"},
    "explain": {"click": "cli", "rich": "cli"},
    "budget": {"click": "cli", "rich": "cli"},
    "trend": {"click": "cli", "rich": "cli"},
    "statement": {"click": "cli"},
    "verify": {"click": "cli"},
    "settle": {"click": "cli"},
    "contract": {"click": "cli"},
    "demo": {"click": "cli", "rich": "cli"},
    "ddl": {"click": "cli", "sqlalchemy": "sqlalchemy"},
    "check sqlite": {"click": "cli", "sqlalchemy": "sqlalchemy"},
    "check postgresql": {"click": "cli", "sqlalchemy": "sqlalchemy"},
    "reconcile": {"click": "cli", "rich": "cli", **APP},
    "invalidate": {"click": "cli", **APP},
    "notify": {"click": "cli", **APP},
    "token": {"click": "cli", "fastapi": "serve", "jwt": "serve"},
    "serve": {"click": "cli", **SERVER, "aiosqlite": "serve"},
}

OTHERS_OF_THE_APP: Final = ("invalidate", "notify")
HIDDEN_FROM_OTHERS: Final = {"click", "sqlalchemy"}


def libraries() -> list[str]:
    """Return the modules of all packages that an extra of commands asks for, by the name they are imported by.

    No command imports the extra `testing`; a module that begins with an underscore is imported by its package alone.
    """
    packages = {
        _canonical(package) for extra, names in requirements().items() if extra != "testing" for package in names
    }
    return sorted(
        module
        for module, distributions in packages_distributions().items()
        if packages & set(map(_canonical, distributions)) and not module.startswith("_")
    )


def _canonical(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def run_without(command: str, folder: Path, libraries: Iterable[str]) -> Outcome:
    """Run a command with libraries hidden."""
    return run(command, folder, PYTHONPATH=str(HOOK), SLA_HIDDEN_LIBRARY=",".join(libraries))


def test_every_library_of_an_extra_is_hidden_once() -> None:
    """The list comes from the metadata of the package."""
    assert {"click", "psycopg", "jwt", "prometheus_client", "celery"} <= set(libraries())
    assert {library for named in NAMED_EXTRA.values() for library in named} <= set(libraries())


@pytest.mark.parametrize("command", EXTRAS_NEEDED)
def test_every_command_works_without_the_libraries_that_it_does_not_need(command: str, tmp_path: Path) -> None:
    """All of them at once; `check` of PostgreSQL needs one of its drivers."""
    needed = {*NAMED_EXTRA[command], *(("psycopg",) if command == "check postgresql" else ())}
    outcome = run_without(command, tmp_path / "work", set(libraries()) - needed)
    assert outcome.extra_to_install is None, outcome
    assert is_working(command, outcome), outcome


@pytest.mark.parametrize("command", EXTRAS_NEEDED)
def test_every_command_names_the_extra_of_a_library_that_it_needs(command: str, tmp_path: Path) -> None:
    """Whichever of them is missing."""
    named = dict(NAMED_EXTRA[command])
    if command in OTHERS_OF_THE_APP and "SLA_TEST_EVERY_LIBRARY" not in os.environ:
        named = {library: named[library] for library in sorted(HIDDEN_FROM_OTHERS)}
    with ThreadPoolExecutor(COMMANDS_AT_ONCE) as pool:
        outcomes = {library: pool.submit(run_without, command, tmp_path / library, [library]) for library in named}
    extras = {library: outcome.result().extra_to_install for library, outcome in outcomes.items()}
    assert extras == named


@pytest.mark.parametrize(
    ("hidden", "extra"),
    [
        (("psycopg",), None),
        (("psycopg", "psycopg2"), None),
        (("psycopg2", "asyncpg"), None),
        (("psycopg", "psycopg2", "asyncpg"), "sqlalchemy"),
    ],
    ids=lambda names: " and ".join(names or ()),
)
def test_any_driver_of_postgresql_is_enough(hidden: tuple[str, ...], extra: str | None, tmp_path: Path) -> None:
    """Without one, the command names the extra that brings the first choice."""
    outcome = run_without("check postgresql", tmp_path / "check", hidden)
    assert outcome.extra_to_install == extra, outcome
    assert is_working("check postgresql", outcome) == (extra is None), outcome
