"""Every example of the README, the documentation and the docstrings runs and says what it claims."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import sla_compliance
from sla_compliance.cli.demo_exports import write_exports
from sla_compliance.errors import MissingExtraError
from sla_compliance.samples import sample_provider

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def name_of(page: Path) -> str:
    """Return the path of a page from the root of the repository."""
    return page.relative_to(ROOT).as_posix()


FILES_OF_PAGES = {
    "files.md": ROOT / "tests" / "fixtures" / "exports",
    "conformance.md": ROOT / "docs" / "conformance",
}
MODULES = [module.name for module in pkgutil.walk_packages(sla_compliance.__path__, "sla_compliance.")]

TOML_FILE = re.compile(r"^```toml\n# (\w+\.toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON_FILE = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_examples_of_a_page_run_from_top_to_bottom(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader can paste a page's blocks one after another, in a folder of its files; TOML blocks are files.

    So are blocks of Python that begin with a name.
    """
    if page.name in FILES_OF_PAGES:
        shutil.copytree(FILES_OF_PAGES[page.name], tmp_path, dirs_exist_ok=True)
    if page.name == "README.md":
        write_demo(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    write_modules(page, tmp_path)
    for name, text in TOML_FILE.findall(page.read_text(encoding="utf-8")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    run_page(page)


def write_modules(page: Path, folder: Path) -> None:
    """Write the blocks of a page that are files of Python, so that others of it can import them."""
    for name, code in PYTHON_FILE.findall(page.read_text(encoding="utf-8")):
        (folder / name).write_text(code, encoding="utf-8")


def write_demo(folder: Path) -> None:
    """Write the export that `sla-compliance demo` writes, where it writes it."""
    demo = folder / "sla-compliance-demo"
    demo.mkdir()
    provider = sample_provider(datetime.now(UTC).replace(microsecond=0))
    write_exports(provider, demo / "alarms.csv", demo / "maintenance.csv")


def run_page(page: Path) -> dict[str, object]:
    """Run a page's blocks in the current folder and return the names that they leave."""
    names: dict[str, object] = {"__name__": page.stem}
    for code, line in _blocks(page):
        if code.startswith(">>>"):
            _run_session(code, names, page, line)
        else:
            exec(compile("\n" * line + code, page, "exec", dont_inherit=True), names)  # noqa: S102 - our own pages
    return names


@pytest.mark.parametrize("module", MODULES)
def test_examples_of_docstrings_hold(module: str) -> None:
    """What a docstring shows is what happens."""
    try:
        imported_module = importlib.import_module(module)
    except MissingExtraError as error:
        if error.extra != "spark":  # the only extra that no group of these tests brings
            raise
        pytest.skip(str(error))
    assert doctest.testmod(imported_module, optionflags=FLAGS).failed == 0


def _blocks(page: Path) -> Iterator[tuple[str, int]]:
    """Yield each Python block of a page with the number of lines above it."""
    text = page.read_text(encoding="utf-8")
    for block in PYTHON_BLOCK.finditer(text):
        yield block[1], text.count("\n", 0, block.start(1))


def _run_session(code: str, names: dict[str, object], page: Path, line: int) -> None:
    test = doctest.DocTestParser().get_doctest(code, names, page.name, str(page), line)
    report: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append, clear_globs=False)
    assert outcome.failed == 0, "".join(report)
    names.update(test.globs)
