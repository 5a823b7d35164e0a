"""Figures as the results keep them: ratios with three digits, and by how much an answer differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

Results = dict[str, Any]
"""What a run measured, as docs/performance/results.json keeps it: ratios and versions; of the machine, its cores."""


class Difference(TypedDict):
    """By how much the downtimes of some days differ from the exact ones.

    Attributes:
        total_us: that of all days together, less the exact one.
        exact_total_us: the exact downtime of all days.
        worst_day_us: the largest difference of a day, without its sign.
    """

    total_us: int
    exact_total_us: int
    worst_day_us: int


def rounded(ratio: float) -> float:
    """Return a ratio with three significant digits; more would be noise.

    >>> rounded(12.345), rounded(0.012345), rounded(123456.0)
    (12.3, 0.0123, 123000.0)
    """
    return float(f"{ratio:.3g}")


def ratios(seconds: Sequence[float | None], units_s: Sequence[float | None]) -> list[float | None]:
    """Return times as multiples of others, place by place; None where either is None."""
    return [
        None if time_s is None or unit_s is None else rounded(time_s / unit_s)
        for time_s, unit_s in zip(seconds, units_s, strict=True)
    ]


def difference(days_us: Sequence[int], exact_days_us: Sequence[int]) -> Difference:
    """Return by how much the downtimes of days differ from the exact ones."""
    pairs = list(zip(days_us, exact_days_us, strict=True))
    return {
        "total_us": sum(days_us) - sum(exact_days_us),
        "exact_total_us": sum(exact_days_us),
        "worst_day_us": max(abs(day_us - exact_us) for day_us, exact_us in pairs),
    }
