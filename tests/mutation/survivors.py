"""Mutants that no test finds, each listed with the reason: what survivors.toml holds."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIST: Final = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True)
class ListedMutant:
    """A mutant that survives for a reason.

    Attributes:
        file: path in the package.
        name: "function: line -> line".
        reason: why no test finds it.
    """

    file: str
    name: str
    reason: str

    @property
    def line_before(self) -> str:
        """The line, or lines with one blank between, that the mutant changes."""
        _, _, change = self.name.partition(": ")
        return change.partition(" -> ")[0]


def listed_mutants() -> Iterator[ListedMutant]:
    """Yield what the list holds."""
    for entry in tomllib.loads(LIST.read_text(encoding="utf-8")).get("survivors", []):
        for name in entry["mutants"]:
            yield ListedMutant(entry["file"], name, entry["reason"])


def listed_names(file: str) -> set[str]:
    """Return the names of the listed mutants of one file."""
    return {mutant.name for mutant in listed_mutants() if mutant.file == file}
