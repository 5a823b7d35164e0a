"""The notebooks of the documentation, as they are stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PAGE = (FOLDER.parent / "notebooks.md").read_text(encoding="utf-8")


def cells_of(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook."""
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


def test_there_are_three() -> None:
    """The tests below look at each."""
    assert [path.stem for path in NOTEBOOKS] == ["comparison", "incidents", "month"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_notebook_is_stored_without_outputs(path: Path) -> None:
    """Outputs would be stale with the next change; `nox -s notebooks` makes and checks them."""
    code = [cell for cell in cells_of(path) if cell["cell_type"] == "code"]
    assert code
    assert [cell for cell in code if cell["outputs"] or cell["execution_count"] is not None] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_notebook_is_code_that_can_be_compiled_and_is_linked(path: Path) -> None:
    """It begins with its title, and the page of notebooks leads to it."""
    cells = cells_of(path)
    assert cells[0]["source"][0].startswith("# ")
    assert len({cell["id"] for cell in cells}) == len(cells)
    for cell in cells:
        if cell["cell_type"] == "code":
            compile("".join(cell["source"]), str(path), "exec")
    assert f"(notebooks/{path.name})" in PAGE
