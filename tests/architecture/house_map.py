"""The map of the rooms, drawn from the import rules: what stands in docs/architecture.md."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

from tests.architecture.rooms import FILES, ROOMS, parsed

PAGE: Final = Path(__file__).parents[2] / "docs" / "architecture.md"
_NAME_WIDTH: Final = 20
_LINE_WIDTH: Final = 118


def draw() -> str:
    """Return the rooms from the top floor down, each with what its own docstring says of it."""
    rule = "+" + "-" * (_LINE_WIDTH - 2) + "+"
    lines = [rule]
    for floor in reversed(ROOMS):
        for room in floor:
            text = f"| {room:<{_NAME_WIDTH}} {_summary(room)}"
            lines.append(f"{text:<{_LINE_WIDTH - 1}}|")
        lines.append(rule)
    return "\n".join(lines)


def _summary(room: str) -> str:
    """Return the first line of a room's docstring."""
    file = f"{room}.py" if f"{room}.py" in FILES else f"{room}/__init__.py"
    docstring = ast.get_docstring(parsed(file))
    assert docstring, f"{file} has no docstring"
    summary = docstring.splitlines()[0]
    assert len(summary) <= _LINE_WIDTH - _NAME_WIDTH - 5, f"the first line of {file} is too long for the map"
    return summary


def write() -> None:
    """Put the map into the page, in place of the one that stands there."""
    page = PAGE.read_text(encoding="utf-8")
    before, fence, rest = page.partition("```\n+")
    _, end, after = rest.partition("\n```")
    PAGE.write_text(f"{before}{fence[:-1]}{draw()}{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    write()
