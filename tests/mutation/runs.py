"""Runs of tests on a mutated copy of the repository, each in a fork that has imported no code of ours."""
################################################################
# A run is one pytest in a forked process: the libraries are imported once, here,
# the package and its tests in every fork. It takes the files of tests in their order,
# of each the quickest tests first, and stops at the first that fails. Hypothesis
# draws the same examples each time and does not look for smaller ones. A mutant
# that never ends, or eats the memory, is ended; that counts as found.
################################################################

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import dateutil.rrule  # noqa: F401 - imported before the fork
import psycopg  # noqa: F401
import pytest
from hypothesis import HealthCheck, Phase, settings

_MEMORY_BYTES = 6 * 2**30
_POLL_S = 0.01
_PROFILE = "mutants"


@dataclass
class Durations:
    """Length of every test in seconds; a pytest plugin that measures them and puts the quickest first."""

    seconds: dict[str, float] = field(default_factory=dict)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self.seconds.get(item.nodeid, 0.0))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration


@dataclass(frozen=True)
class TestRuns:
    """The same tests, run again and again in copies of the repository.

    Attributes:
        tests: paths in a copy that pytest takes, in order.
        seconds: length of each test, as `measured_runs` measures them.
        limit_s: a run that takes longer is ended.
    """

    __test__ = False

    tests: tuple[str, ...]
    seconds: dict[str, float]
    limit_s: float

    def start(self, copy: Path) -> Run:
        """Start one run in a copy."""
        return Run.of(copy, self.tests, Durations(dict(self.seconds)), self.limit_s)


@dataclass(frozen=True)
class Run:
    """A run that has been started."""

    process_id: int
    deadline_s: float

    @classmethod
    def of(cls, copy: Path, tests: tuple[str, ...], durations: Durations, limit_s: float, report: str = "") -> Run:
        """Start a run; where `report` is a path, write there how long each test takes."""
        process_id = os.fork()
        if process_id == 0:
            os.setpgid(0, 0)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            code = 1
            try:
                code = _run_here(copy, tests, durations)
                if report:
                    Path(report).write_text(json.dumps(durations.seconds), encoding="utf-8")
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        os.setpgid(process_id, process_id)  # here too: whichever comes first
        return cls(process_id, time.monotonic() + limit_s)

    def result(self) -> bool | None:
        """Return whether all tests passed; None while they run."""
        process_id, status = os.waitpid(self.process_id, os.WNOHANG)
        if process_id == 0:
            if time.monotonic() < self.deadline_s:
                return None
            self.stop()
            return False
        return os.waitstatus_to_exitcode(status) == 0

    def stop(self) -> None:
        """End the run and whatever it has started."""
        os.killpg(self.process_id, signal.SIGKILL)
        os.waitpid(self.process_id, 0)

    def wait(self) -> bool:
        """Return whether all tests passed, once they have run."""
        while (passed := self.result()) is None:
            time.sleep(_POLL_S)
        return passed


def measured_runs(copy: Path, tests: tuple[str, ...], longest_s: float = 900.0) -> TestRuns:
    """Run the tests once on the unchanged copy and return their runs.

    Raises:
        RuntimeError: a test fails without any mutant.
    """
    anyio.get_available_backends()  # imports them
    gc.collect()
    gc.freeze()  # what is imported here is not searched again in every fork
    report = copy / "durations.json"
    start_s = time.monotonic()
    if not Run.of(copy, tests, Durations(), longest_s, str(report)).wait():
        log = (copy / "pytest.log").read_text(encoding="utf-8")
        raise RuntimeError(f"tests fail without a mutant: pytest {' '.join(tests)}\n{log}")
    limit_s = 10.0 + 5.0 * (time.monotonic() - start_s)
    return TestRuns(tests, json.loads(report.read_text(encoding="utf-8")), limit_s)


def _run_here(copy: Path, tests: tuple[str, ...], durations: Durations) -> int:
    """Run pytest in this process, file by file until one fails; what it prints goes to a file of the copy."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    os.chdir(copy)
    with Path("pytest.log").open("w") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
    sys.path[:0] = [str(copy / "src"), str(copy)]
    sys.dont_write_bytecode = False
    settings.register_profile(
        _PROFILE,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # what is imported already cannot be loaded as a plugin
    plugins = ("anyio.pytest_plugin", "_hypothesis_pytestplugin", "no:unraisableexception", "no:cacheprovider")
    options = ["-x", "-q", "--no-header", "--tb=short", f"--hypothesis-profile={_PROFILE}"]
    options += [f"-p{plugin}" for plugin in plugins]
    code = 0
    for test in tests:
        for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
            del sys.modules[name]  # the copy has its own; pytest imports them for every file
        code = code or int(pytest.main([*options, test], plugins=[durations]))
    return code
