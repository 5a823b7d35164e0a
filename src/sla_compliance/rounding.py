"""Rounded figures for people: they never flatter, and nothing computes with them."""
################################################################
# Percentages are rounded down, at as many decimals as the target has, at least
# 2 and at most 9. So 100 is shown only when nothing was lost, and the figure is
# at or above the target exactly when the availability is (for targets of up to 9
# decimals; beyond, the verdict alone is exact).
# Minutes of downtime are rounded up, minutes of uptime down; where the counted
# time is whole minutes they add up to it.
################################################################

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Final

from sla_compliance.units import MINUTE_US

FEWEST_DECIMALS: Final = 2
MOST_DECIMALS: Final = 9


@lru_cache(maxsize=1024)
def percentage_decimals(target_ratio: Fraction) -> int:
    """Return how many decimals percentages have beside this target.

    >>> percentage_decimals(Fraction("0.999")), percentage_decimals(Fraction("0.99995"))
    (2, 3)
    """
    target_percentage = target_ratio * 100
    for decimals in range(FEWEST_DECIMALS, MOST_DECIMALS):
        if (target_percentage * _power(decimals)).denominator == 1:
            return decimals
    return MOST_DECIMALS


def shown_percentage(ratio: Fraction, decimals: int) -> float:
    """Return an exact share as a percentage rounded down.

    >>> shown_percentage(Fraction(1438, 1440), 2)
    99.86
    """
    return _floor_percentage(ratio, decimals) / _power(decimals)


def percentage_text(ratio: Fraction, decimals: int) -> str:
    """Return the same figure as text with all its decimals, e.g. "99.90"."""
    whole, fraction = divmod(_floor_percentage(ratio, decimals), _power(decimals))
    return f"{whole}.{fraction:0{decimals}}"


def percentage_range(low: Fraction, high: Fraction, decimals: int) -> tuple[str, str] | None:
    """Return two shares as texts like those of `percentage_text`, with as many more decimals as tell them apart.

    None: they are equal, or `MOST_DECIMALS` do not tell them apart.

    >>> percentage_range(Fraction("0.99821"), Fraction("0.99824"), 2)
    ('99.821', '99.824')
    """
    for enough_decimals in range(decimals, MOST_DECIMALS + 1):
        texts = percentage_text(low, enough_decimals), percentage_text(high, enough_decimals)
        if texts[0] != texts[1]:
            return texts
    return None


def uptime_minutes(up_us: int) -> int:
    """Return counted uptime in minutes, rounded down."""
    return up_us // MINUTE_US


def downtime_minutes(down_us: int) -> int:
    """Return counted downtime in minutes, rounded up.

    >>> downtime_minutes(5_900_000_000)
    99
    """
    return -(-down_us // MINUTE_US)  # floor division rounds a negative number up in size


def _floor_percentage(ratio: Fraction, decimals: int) -> int:
    """Return a share in units of the last decimal of its percentage, rounded down."""
    return ratio.numerator * 100 * _power(decimals) // ratio.denominator


def _power(decimals: int) -> int:
    return int(10**decimals)
