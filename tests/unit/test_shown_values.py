"""How analyses show lengths, shares and long lists."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sla_compliance.analysis.shown_values import (
    MOST_ROWS_PREVIEWED,
    downtime_fact,
    first_facts,
    left_text,
    length_fact,
    percentage_down,
    percentage_fact,
    seconds,
    seconds_down,
)
from sla_compliance.units import SECOND_US


def test_seconds_are_exact_or_rounded_down_to_the_microsecond() -> None:
    """Below 0 too, where down is further from 0."""
    assert (seconds(1_500_000), seconds(Fraction(1, 2)), seconds(None)) == (1.5, 5e-07, None)
    assert (seconds_down(Fraction(3, 2)), seconds_down(Fraction(-3, 2))) == (1e-06, -2e-06)


@pytest.mark.parametrize(
    ("ratio", "percentage"),
    [(Fraction(2, 3), 66.66), (Fraction(-2, 3), -66.67), (Fraction(1), 100.0), (Fraction(0), 0.0), (None, None)],
)
def test_a_share_is_rounded_down_to_two_decimals(ratio: Fraction | None, percentage: float | None) -> None:
    """What is left is never shown as more than it is."""
    assert percentage_down(ratio) == percentage
    assert percentage_fact("left", ratio) == ([] if ratio is None else [("left", f"{percentage} %")])


def test_what_is_left_and_what_is_overspent_are_told_apart() -> None:
    """Nothing left is not overspent; the smallest part of a microsecond too much is."""
    assert left_text(Fraction(0)) == "left 0 s"
    assert left_text(Fraction(SECOND_US)) == "left 1 s"
    assert left_text(Fraction(-1, 2)) == "overspent by 0.000001 s"


@pytest.mark.parametrize(
    ("length_us", "left", "down"),
    [
        (0, "0 s", "0 s"),
        (1, "0 s", "1 s"),
        (SECOND_US, "1 s", "1 s"),
        (Fraction(5, 2) * SECOND_US, "2 s", "3 s"),
        (-1, "-1 s", "0 s"),
        (-90 * SECOND_US - 1, "-1 min 31 s", "-1 min 30 s"),
    ],
)
def test_whole_seconds_never_flatter(length_us: Fraction | int, left: str, down: str) -> None:
    """Lengths that are good round down, downtime up."""
    assert length_fact("left", length_us) == [("left", left)]
    assert downtime_fact("down", length_us) == [("down", down)]


def test_what_there_is_no_case_of_has_no_line() -> None:
    """Neither a length nor downtime."""
    assert length_fact("left", None) == downtime_fact("down", None) == []


def test_a_long_list_says_how_many_more_there_are() -> None:
    """Exactly as many as are shown are all; thousands are grouped."""
    facts = [(f"row {number}", "x") for number in range(MOST_ROWS_PREVIEWED + 2)]
    shown = facts[:MOST_ROWS_PREVIEWED]
    assert first_facts(shown) == shown
    assert first_facts(facts[:-1]) == [*shown, ("and", "1 more")]
    assert first_facts(facts) == [*shown, ("and", "2 more")]
    assert first_facts(shown, MOST_ROWS_PREVIEWED + 1_234) == [*shown, ("and", "1,234 more")]
    assert first_facts(facts[:2], 2) == facts[:2]
