"""Words for pages and terminals: what both say alike, and where they differ."""

from __future__ import annotations

import datetime as dt

import pytest

from sla_compliance.outlets.text import (
    PAGE,
    TERMINAL,
    TextStyle,
    clock_length,
    date_span,
    day_and_time,
    downtime_length,
    iso_date_span,
    printable,
    uptime_length,
    whole_seconds_up,
)
from sla_compliance.records import Verdict

NARROW = "\u202f"
DAY = dt.date(2025, 10, 8)


@pytest.mark.parametrize("style", [TERMINAL, PAGE])
def test_every_verdict_has_words_of_its_own(style: TextStyle) -> None:
    """In each style."""
    assert set(style.verdicts) == set(Verdict)
    assert len(set(style.verdicts.values())) == len(Verdict)


def test_percentages_differ_in_their_blank_and_in_their_dash() -> None:
    """A terminal's can be pasted, a page's do not break."""
    assert (TERMINAL.percentage("99.90"), TERMINAL.percentage(None)) == ("99.90 %", "-")
    assert (PAGE.percentage("99.90"), PAGE.percentage(None)) == (f"99.90{NARROW}%", "\N{EN DASH}")


@pytest.mark.parametrize(
    ("last", "page", "terminal"),
    [
        (DAY, "Wed, Oct\u00a08, 2025", "Wed 2025-10-08"),
        (dt.date(2025, 11, 2), "Oct\u00a08 \N{EN DASH} Nov\u00a02, 2025", "2025-10-08 to 2025-11-02"),
        (dt.date(2026, 1, 7), "Oct\u00a08, 2025 \N{EN DASH} Jan\u00a07, 2026", "2025-10-08 to 2026-01-07"),
    ],
)
def test_periods_are_named_by_their_dates(last: dt.date, page: str, terminal: str) -> None:
    """One day by itself, others by their ends."""
    assert date_span(DAY, last) == page
    assert iso_date_span(DAY, last) == terminal


def test_a_moment_has_its_weekday_and_its_time() -> None:
    """To the minute."""
    assert day_and_time(dt.datetime(2025, 10, 8, 9, 31, 59, tzinfo=dt.UTC)) == "Wed, Oct\u00a08, 09:31"


def test_seconds_round_against_the_provider() -> None:
    """Broken seconds of downtime are whole ones, of uptime none."""
    length_us = 3_600_000_001
    assert whole_seconds_up(length_us) == 3_601_000_000
    assert (clock_length(length_us), downtime_length(length_us)) == ("1:00:01", f"1{NARROW}h 1{NARROW}s")
    assert uptime_length(length_us) == f"1{NARROW}h"
    assert (clock_length(0), uptime_length(0)) == ("-", f"0{NARROW}min")


def test_printable_text_cannot_command_a_terminal() -> None:
    """Whatever is not printed is replaced; numbers and other keys are shown as text."""
    assert printable("OLT\x1b[2J\n7") == "OLT\ufffd[2J\ufffd7"
    assert printable(7) == "7"
