"""Which faults are put into a file; run by the session `mutants`, which alone installs what makes them."""

from __future__ import annotations

import ast

import pytest

pytest.importorskip("mutmut", reason="the session `mutants` installs mutmut")

from tests.mutation.mutants import mutants_of

SOURCE = '''"""A tally."""
from functools import cached_property

LIMIT = 5


class Tally:
    """Counts."""

    count: int = 0

    @property
    def is_full(self) -> bool:
        """Whether no more fits."""
        return self.count >= LIMIT

    @cached_property
    def left(self) -> int:
        return LIMIT - self.count


def check(count: int) -> None:
    if count > LIMIT:
        raise wrong_value(count, "count", "a number up to five")
    for _ in zip([count], [count], strict=True):
        pass
'''


def test_every_kind_of_line_is_mutated() -> None:
    """Tables, defaults, properties and cached functions beside plain ones."""
    names = {mutant.name for mutant in mutants_of(SOURCE, "tally.py")}
    assert {
        "module: LIMIT = 5 -> LIMIT = 6",
        "Tally: count: int = 0 -> count: int = 1",
        "Tally.is_full: return self.count >= LIMIT -> return self.count > LIMIT",
        "Tally.left: return LIMIT - self.count -> return LIMIT + self.count",
        "check: if count > LIMIT: -> if count >= LIMIT:",
        'check: raise wrong_value(count, "count", "a number up to five") -> '
        'raise wrong_value(count, "XXcountXX", "a number up to five")',
    } <= names


def test_what_people_alone_read_is_left_alone() -> None:
    """Advice, the value that a message shows, and a check of lengths."""
    lines = [mutant.name.partition(" -> ")[2] for mutant in mutants_of(SOURCE, "tally.py")]
    assert not [line for line in lines if "XXa number" in line or "A NUMBER" in line]
    assert not [line for line in lines if 'wrong_value(None, "count"' in line]
    assert not [line for line in lines if "zip(" in line and "strict=True" not in line]


def test_every_mutant_is_another_file_that_python_reads() -> None:
    """One fault each."""
    sources = [mutant.source for mutant in mutants_of(SOURCE, "tally.py")]
    assert SOURCE not in sources
    assert len(sources) == len(set(sources)) > 10
    for source in sources:
        ast.parse(source)
