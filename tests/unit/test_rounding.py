"""Figures for people, at the edges that people meet."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sla_compliance.policy import target_ratio
from sla_compliance.rounding import (
    downtime_minutes,
    percentage_decimals,
    percentage_range,
    percentage_text,
    shown_percentage,
)


@pytest.mark.parametrize(
    ("target", "decimals"),
    [
        ("99.9", 2),
        ("99.90", 2),
        ("100", 2),
        ("0", 2),
        ("99.95", 2),
        ("99.999", 3),
        ("99.9999000", 4),
        ("99.123456789", 9),
        ("99.1234567891", 9),
        ("1e-12", 9),
    ],
)
def test_percentages_have_the_decimals_of_the_target(target: str, decimals: int) -> None:
    """At least two, at most nine, trailing zeros not counted."""
    assert percentage_decimals(target_ratio(target)) == decimals


@pytest.mark.parametrize(
    ("ratio", "shown", "text"),
    [
        (Fraction(1), 100.0, "100.00"),
        (Fraction(999_999_999, 1_000_000_000), 99.99, "99.99"),
        (Fraction(1438, 1440), 99.86, "99.86"),
        (Fraction(1, 3), 33.33, "33.33"),
        (Fraction(1, 1_000_000), 0.0, "0.00"),
        (Fraction(1005, 100_000), 1.0, "1.00"),
        (Fraction(0), 0.0, "0.00"),
    ],
)
def test_a_percentage_is_rounded_down(ratio: Fraction, shown: float, text: str) -> None:
    """As a number and as text."""
    assert shown_percentage(ratio, 2) == shown
    assert percentage_text(ratio, 2) == text


@pytest.mark.parametrize(("length_us", "minutes"), [(0, 0), (1, 1), (60_000_000, 1), (60_000_001, 2)])
def test_downtime_is_raised_to_whole_minutes(length_us: int, minutes: int) -> None:
    """A microsecond down is a minute shown."""
    assert downtime_minutes(length_us) == minutes


@pytest.mark.parametrize(
    ("low", "high", "decimals", "expected"),
    [
        ("0.9710", "0.9995", 2, ("97.10", "99.95")),
        ("0.998211", "0.998249", 2, ("99.821", "99.824")),
        ("0.9982111", "0.9982112", 2, ("99.82111", "99.82112")),
        ("0.99821111111", "0.99821111112", 2, ("99.821111111", "99.821111112")),
        ("0.9982111111", "0.9982111112", 2, ("99.82111111", "99.82111112")),
        ("0.99821", "0.99821", 2, None),
        ("0.998211111111", "0.998211111112", 2, None),
    ],
)
def test_two_percentages_have_the_decimals_that_tell_them_apart(
    low: str, high: str, decimals: int, expected: tuple[str, str] | None
) -> None:
    """At most nine; None where these do not."""
    assert percentage_range(Fraction(low), Fraction(high), decimals) == expected
