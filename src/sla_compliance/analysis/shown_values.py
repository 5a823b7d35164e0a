"""How lengths and shares of analyses are shown, in JSON types and in words."""
################################################################
# What is left is rounded down, so that no rounding flatters it.
################################################################

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Final

from sla_compliance.units import SECOND_US, length_text

_DECIMALS: Final = 2


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
