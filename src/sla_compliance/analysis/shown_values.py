"""How lengths and shares of analyses are shown, in JSON types, in words and in previews."""
################################################################
# What is left is rounded down, so that no rounding flatters it.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Final

from sla_compliance.units import SECOND_US, length_text

MOST_ROWS_PREVIEWED: Final = 8
_DECIMALS: Final = 2

Fact = tuple[str, str]
"""A line of a preview: its name and its value."""


def seconds_down(length_us: Fraction) -> float:
    """Return a length in seconds, rounded down to the microsecond; it may lie below 0."""
    return floor(length_us) / SECOND_US


def seconds(length_us: Fraction | int | None) -> float | None:
    """Return a length in seconds; None stays None."""
    return None if length_us is None else float(length_us / SECOND_US)


def percentage_down(ratio: Fraction | None) -> float | None:
    """Return a share in percent, rounded down to two decimals; it may lie below 0. None stays None."""
    return None if ratio is None else floor(ratio * 100 * 10**_DECIMALS) / 10**_DECIMALS


def left_text(left_us: Fraction) -> str:
    """Return in words what is left of an error budget, rounded down.

    >>> left_text(Fraction(90_000_000)), left_text(Fraction(-90_000_000))
    ('left 1 min 30 s', 'overspent by 1 min 30 s')
    """
    whole_us = floor(left_us)
    return f"overspent by {length_text(-whole_us)}" if whole_us < 0 else f"left {length_text(whole_us)}"


def length_fact(name: str, length_us: Fraction | int | None) -> list[Fact]:
    """Return the line of a length, rounded down to the second; no line where there is none."""
    return [] if length_us is None else [(name, _seconds_text(floor(Fraction(length_us) / SECOND_US)))]


def downtime_fact(name: str, length_us: Fraction | int | None) -> list[Fact]:
    """Return the line of a length of downtime, rounded up to the second; no line where there is none."""
    return [] if length_us is None else [(name, _seconds_text(ceil(Fraction(length_us) / SECOND_US)))]


def _seconds_text(whole_seconds: int) -> str:
    sign = "-" if whole_seconds < 0 else ""
    return f"{sign}{length_text(abs(whole_seconds) * SECOND_US)}"


def percentage_fact(name: str, ratio: Fraction | None) -> list[Fact]:
    """Return the line of a share, rounded down; no line where there is none."""
    return [] if ratio is None else [(name, f"{percentage_down(ratio)} %")]


def first_facts(facts: Sequence[Fact], total: int | None = None) -> list[Fact]:
    """Return the first lines of a list, and how many more there are.

    Args:
        facts: all lines, or the first MOST_ROWS_PREVIEWED of them.
        total: how many there are; by default those given.
    """
    unshown = (len(facts) if total is None else total) - MOST_ROWS_PREVIEWED
    more = [("and", f"{unshown:,} more")] if unshown > 0 else []
    return [*facts[:MOST_ROWS_PREVIEWED], *more]
