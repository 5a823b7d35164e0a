"""Which files are mutated, and which tests each must be found by: what targets.toml holds."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).with_name("targets.toml")


def targets() -> dict[str, tuple[str, ...]]:
    """Return the tests of each file, by its path in the package."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {file: tuple(f"tests/{test}" for test in tests) for file, tests in table.items()}


def chosen_targets(words: list[str]) -> dict[str, tuple[str, ...]]:
    """Return the targets that the words name by file or folder; all where there are none.

    Raises:
        SystemExit: a word names no target.
    """
    table = targets()
    if not words:
        return table
    chosen: dict[str, tuple[str, ...]] = {}
    for word in words:
        path = word.removeprefix("src/sla_compliance/").rstrip("/")
        files = [file for file in table if file == path or file.startswith(f"{path}/")]
        if not files:
            raise SystemExit(f"{word} is no file or folder of {TABLE.name}; it names {', '.join(table)}")
        chosen |= {file: table[file] for file in files}
    return chosen
