"""Every example of the README, the documentation and the docstrings runs and says what it claims."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import sla_compliance

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FILES_OF_PAGES = {"files.md": ROOT / "tests" / "fixtures" / "exports"}
MODULES = [module.name for module in pkgutil.walk_packages(sla_compliance.__path__, "sla_compliance.")]

TOML_FILE = re.compile(r"^```toml\n# (\w+\.toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_examples_of_a_page_run_from_top_to_bottom(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader can paste a page's blocks one after another, in a folder of its files; TOML blocks are files."""
    if page.name in FILES_OF_PAGES:
        shutil.copytree(FILES_OF_PAGES[page.name], tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for name, text in TOML_FILE.findall(page.read_text(encoding="utf-8")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    run_page(page)


def run_page(page: Path) -> dict[str, object]:
    """Run a page's blocks in the current folder and return the names that they leave."""
    names: dict[str, object] = {"__name__": page.stem}
    for code, line in _blocks(page):
        if code.startswith(">>>"):
            _run_session(code, names, page, line)
        else:
            exec(compile("\n" * line + code, page, "exec"), names)  # noqa: S102 - our own pages
    return names


@pytest.mark.parametrize("module", MODULES)
def test_examples_of_docstrings_hold(module: str) -> None:
    """What a docstring shows is what happens."""
    assert doctest.testmod(importlib.import_module(module), optionflags=FLAGS).failed == 0


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
