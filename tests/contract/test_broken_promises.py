"""Every promise of every suite is noticed: some implementation that breaks it fails its test."""
################################################################
# The implementations stand in broken/, files that pytest does not collect by itself. They
# run in a process of their own, as a platform's tests do.
################################################################

from __future__ import annotations

import importlib
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import sla_compliance.testing as kit

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "broken"
FILES = sorted(FOLDER.glob("[a-z]*.py"))
SUITES = [suite for name, suite in vars(kit).items() if name.endswith("Contract")]


@pytest.fixture(scope="module")
def failed_cases(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, str]]:
    """Return the cases that fail: test class, promise, implementation."""
    report = tmp_path_factory.mktemp("broken") / "report.xml"
    arguments = ["-q", "--tb=no", "-p", "no:cacheprovider", f"--junitxml={report}", *map(str, FILES)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=ROOT, env={**os.environ, "COVERAGE_PROCESS_START": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout
    return set(_failures(report))


def _failures(report: Path) -> Iterator[tuple[str, str, str]]:
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - written by pytest just now
        assert case.find("error") is None, (case.get("name"), "could not be tried")
        if case.find("failure") is not None:
            promise, _, parameters = str(case.get("name")).partition("[")
            yield str(case.get("classname")).rpartition(".")[2], promise, parameters


def _test_classes() -> list[type]:
    modules = [importlib.import_module(f"tests.contract.broken.{file.stem}") for file in FILES]
    return [kind for module in modules for name, kind in vars(module).items() if name.startswith("Test")]


def _promises(suite: type) -> list[str]:
    return [name for name, _ in inspect.getmembers(suite, inspect.isfunction) if name.startswith("test_")]


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.__name__)
def test_each_promise_of_a_suite_fails_for_some_implementation(
    suite: type, failed_cases: set[tuple[str, str, str]]
) -> None:
    """An async suite has the promises of the sync one, which are noticed there, and its own."""
    own_promises = {name for name in _promises(suite) if name in vars(suite)}
    classes = {kind.__name__ for kind in _test_classes() if issubclass(kind, suite)}
    noticed = {promise for test_class, promise, _ in failed_cases if test_class in classes}
    assert own_promises - noticed == set()


def test_each_implementation_breaks_some_promise(failed_cases: set[tuple[str, str, str]]) -> None:
    """None stands there in vain."""
    texts = [file.read_text(encoding="utf-8") for file in FILES]
    lists = [names for text in texts for names in re.findall(r"params=\[([^]]*)\]", text)]
    implementations = {name for names in lists for name in re.findall(r"\w+", names)}
    failing = {name for _, _, parameters in failed_cases for name in re.findall(r"\w+", parameters)}
    assert len(implementations) > 30
    assert implementations - failing == set()
