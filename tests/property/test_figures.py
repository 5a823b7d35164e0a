"""Figures for people: rounded down, and honest about the target."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from sla_compliance.labels import CELL_INDEX, CELLS, Accounting, Scope, State
from sla_compliance.policy import target_ratio
from sla_compliance.records import Verdict, availability_ratio, verdict
from sla_compliance.rounding import (
    downtime_minutes,
    percentage_decimals,
    percentage_text,
    shown_percentage,
    uptime_minutes,
)

targets = st.decimals(0, 100, places=9).map(Decimal.normalize) | st.decimals(99, 100, places=4)
lengths = st.integers(0, 10**13)
ratios = st.builds(lambda up, down: Fraction(up, up + down + 1), lengths, lengths) | st.fractions(0, 1)


@given(target=targets, ratio=ratios, offset=st.integers(-3, 3))
@example(target=Decimal("99.9"), ratio=Fraction(999, 1000), offset=0)
@example(target=Decimal(100), ratio=Fraction(10**13 - 1, 10**13), offset=0)
def test_what_is_shown_meets_the_target_exactly_when_the_availability_does(
    target: Decimal, ratio: Fraction, offset: int
) -> None:
    """Floats of at most nine decimals keep the order of the exact figures, next to the target too."""
    wanted = target_ratio(target)
    for availability in (ratio, min(Fraction(1), max(Fraction(0), wanted + Fraction(offset, 10**13)))):
        shown = shown_percentage(availability, percentage_decimals(wanted))
        assert (shown >= float(wanted * 100)) == (availability >= wanted)


@given(ratio=ratios, decimals=st.integers(2, 9))
def test_a_percentage_is_rounded_down_and_its_text_says_the_same(ratio: Fraction, decimals: int) -> None:
    """Never above the truth, never a whole step below it; 100 only when nothing was lost."""
    text = percentage_text(ratio, decimals)
    assert float(text) == shown_percentage(ratio, decimals)
    assert len(text.partition(".")[2]) == decimals
    assert 0 <= ratio * 100 - Fraction(text) < Fraction(1, 10**decimals)
    assert (shown_percentage(ratio, decimals) == 100) == (ratio == 1)


@given(target=targets)
def test_percentages_have_the_decimals_of_the_target(target: Decimal) -> None:
    """At least two, trailing zeros not counted."""
    exponent = target.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    assert percentage_decimals(target_ratio(target)) == max(2, -exponent)


@given(up=lengths, down=lengths)
def test_minutes_never_flatter(up: int, down: int) -> None:
    """Downtime is raised to the next minute, uptime cut to the last; together they miss less than a minute."""
    assert 0 <= downtime_minutes(down) * 60_000_000 - down < 60_000_000
    assert 0 <= up - uptime_minutes(up) * 60_000_000 < 60_000_000


@given(up=lengths, down=lengths)
def test_availability_is_the_exact_share(up: int, down: int) -> None:
    """None where nothing counted, else a fraction from 0 to 1."""
    ratio = availability_ratio(up, down)
    assert ratio == (Fraction(up, up + down) if up or down else None)


cells = st.lists(st.integers(0, 9), min_size=len(CELLS), max_size=len(CELLS)).map(tuple)
accountings = st.sampled_from((Accounting.REMOVED, Accounting.EXCUSED, Accounting.COUNTED, Accounting.GROSS))


@given(lengths=cells, accounting=accountings, target=st.integers(0, 10).map(lambda tenth: Fraction(tenth, 10)))
def test_a_verdict_follows_from_the_exact_lengths(
    lengths: tuple[int, ...], accounting: Accounting, target: Fraction
) -> None:
    """Met at the target, breached only where even a perfect rest cannot repair it."""
    counts = {cell: accounting.counts(*cell) for cell in CELLS}
    up = sum(length for cell, length in zip(CELLS, lengths, strict=True) if counts[cell] == "UP")
    down = sum(length for cell, length in zip(CELLS, lengths, strict=True) if counts[cell] == "DOWN")
    to_come = sum(lengths[CELL_INDEX[scope, State.NOT_YET]] for scope in Scope if counts[scope, State.UP] == "UP")
    found = verdict(lengths, accounting, target)
    if up + down == 0:
        assert found is Verdict.UNDETERMINED
    elif Fraction(up, up + down) >= target:
        assert found is Verdict.MET
    elif Fraction(up + to_come, up + to_come + down) >= target:
        assert found is Verdict.AT_RISK
    else:
        assert found is Verdict.BREACHED
