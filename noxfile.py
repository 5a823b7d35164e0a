"""Everything that is done to this project by command: `nox -s demo`, `nox -s tests`, `nox --list`."""

################################################################
# Tests, demo and docs run on a built wheel, never on the source tree, so what
# is tested is what users install. The wheel is built once in a run, by the
# session `wheel`, which the others require. Needs only Python and the package
# index.
################################################################

from __future__ import annotations

import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2026.2"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["tests", "lint", "typing", "docs", "extras"]

PYTHONS = ["3.11", "3.12", "3.13"]
PACKAGE = "sla_compliance"
PROJECT = nox.project.load_toml("pyproject.toml")
EXTRAS = ["", *PROJECT["project"]["optional-dependencies"]]
WHEEL_FOLDER = Path(".nox") / "dist"

# Rooms that talk to the outside, and the one that draws at random: tested, but not held to cover every branch.
OUTER_ROOMS = (
    "sources/*",
    "stores/*",
    "cache/*",
    "outlets/*",
    "service/*",
    "web/*",
    "jobs/*",
    "server/*",
    "cli/*",
    "testing/*",
)


def requirements(*groups: str) -> tuple[str, ...]:
    """Return what the named dependency groups of pyproject.toml ask for."""
    return nox.project.dependency_groups(PROJECT, *groups)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel."""
    session.install(*requirements("build"))
    shutil.rmtree(WHEEL_FOLDER, ignore_errors=True)
    session.run("python", "-m", "build", "--wheel", "--no-isolation", "--outdir", str(WHEEL_FOLDER), silent=True)


def install_wheel(session: nox.Session, *groups: str, extra: str = "all") -> None:
    """Install the wheel with extras, none where it is empty, and what the dependency groups ask for."""
    (built,) = WHEEL_FOLDER.resolve().glob("*.whl")
    name = f"{PACKAGE}[{extra}]" if extra else PACKAGE
    session.install(f"{name} @ {built.as_uri()}", *requirements(*groups))


@nox.session
def demo(session: nox.Session) -> None:
    """Run the demonstration on sample data: a table here, a page to open in a browser."""
    session.install(".[cli]")
    session.run("sla-compliance", "demo", *session.posargs)


def run_tests(session: nox.Session) -> None:
    install_wheel(session, "test")
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", *session.posargs)
    if session.posargs:
        session.log("coverage is judged on full runs only")
        return
    outer = ",".join(f"*/{PACKAGE}/{room}" for room in OUTER_ROOMS)
    session.run("coverage", "report", f"--omit={outer}", "--precision=2", "--fail-under=100")


@nox.session(requires=["wheel"])
def tests(session: nox.Session) -> None:
    """Run all tests on the running Python; every branch of the core must be covered."""
    run_tests(session)


@nox.session(name="tests-all", python=PYTHONS, requires=["wheel"])
def tests_all(session: nox.Session) -> None:
    """Run all tests on every supported Python that this machine has."""
    run_tests(session)


@nox.session(name="all-zones", requires=["wheel"])
def all_zones(session: nox.Session) -> None:
    """Compare the local days of every zone of the tz data with a brute-force scan; takes minutes."""
    install_wheel(session, "test")
    session.run("pytest", "-m", "all_zones", *session.posargs)


@nox.session(requires=["wheel"])
def typing(session: nox.Session) -> None:
    """Check the types of source, tests and this file, strictly, and of a consumer of the wheel."""
    install_wheel(session, "test", "bench")
    session.run("mypy")
    session.run("pytest", "tests/typing")


@nox.session(requires=["wheel"])
@nox.parametrize("extra", EXTRAS, ids=[extra or "none" for extra in EXTRAS])
def extras(session: nox.Session, extra: str) -> None:
    """Run every command, and import the room `testing`, with one extra alone, or none.

    Each works, or says in one line what to install.
    """
    install_wheel(session, extra=extra)
    session.run("python", "-m", "tests.cli.every_command")
    session.run("python", "-m", "tests.cli.testing_room")


@nox.session(name="map")
def map_of_rooms(session: nox.Session) -> None:
    """Draw the map of the rooms in docs/architecture.md as the import rules and the docstrings have it."""
    session.install(".")
    session.run("python", "-m", "tests.architecture.house_map")
    session.run("python", "-m", "tests.docs.contract_keys")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    session.install(*requirements("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session(requires=["wheel"])
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    install_wheel(session, "docs", extra="all,testing")
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html")


@nox.session(requires=["wheel"])
def notebooks(session: nox.Session) -> None:
    """Run the notebooks of the documentation on their export, as a reader would."""
    install_wheel(session, "test", "notebooks")
    session.run("pytest", "tests/notebooks", "-o", "python_files=run_*.py", *session.posargs)


@nox.session(requires=["wheel"])
def load(session: nox.Session) -> None:
    """Let a crowd look at the dashboards of 1,000 tenants with 10,000 alarms each; takes minutes."""
    install_wheel(session, "test")
    session.run("pytest", "tests/load", "-s", "-o", "python_files=load_*.py", *session.posargs)


@nox.session(requires=["wheel"])
def bench(session: nox.Session) -> None:
    """Print speed and memory as ratios to the floor, and against other interval libraries."""
    install_wheel(session, "test", "bench")
    session.run("pytest", "tests/benchmarks", "-s", "-o", "python_files=bench_*.py", *session.posargs)
