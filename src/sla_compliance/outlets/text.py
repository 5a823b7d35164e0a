"""Dates, lengths, percentages and verdicts in words, for pages and for terminals."""
################################################################
# All words are English, whatever the machine's locale. Two styles differ where
# their readers do:
#     TERMINAL  plain characters that sort, paste and grep: "2026-10-08", "1:12:10"
#     PAGE      typography: "Oct 8", "1 h 12 min 10 s" with blanks that never break
#
# Seconds never flatter: downtime is rounded up to whole seconds, uptime is cut.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sla_compliance.records import ComplianceRecord, Verdict
from sla_compliance.units import SECOND_US

_NARROW_SPACE: Final = "\u202f"  # does not break
_NO_BREAK_SPACE: Final = "\u00a0"
_EN_DASH: Final = "\u2013"
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # in the order of date.weekday()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """How an outlet writes what all outlets say.

    Attributes:
        no_figure: what stands where there is no figure.
        unit_space: what stands between a number and its unit.
        verdicts: the words of each verdict.
    """

    no_figure: str
    unit_space: str
    verdicts: Mapping[Verdict, str]

    def percentage(self, text: str | None) -> str:
        """Return a percentage with its sign.

        Args:
            text: its digits, e.g. a record's compliance_text; None where there is no figure.
        """
        return self.no_figure if text is None else f"{text}{self.unit_space}%"

    def target(self, record: ComplianceRecord) -> str:
        """Return a record's target, e.g. "99.9 %"."""
        return self.percentage(f"{record.target_percentage:.15g}")


TERMINAL: Final = TextStyle(
    no_figure="-",
    unit_space=" ",
    verdicts={
        Verdict.MET: "met",
        Verdict.BREACHED: "BREACHED",
        Verdict.AT_RISK: "AT RISK",
        Verdict.UNDETERMINED: "no figure",
    },
)
PAGE: Final = TextStyle(
    no_figure=_EN_DASH,
    unit_space=_NARROW_SPACE,
    verdicts={
        Verdict.MET: "Target met",
        Verdict.BREACHED: "Breached",
        Verdict.AT_RISK: "At risk",
        Verdict.UNDETERMINED: "Not measured",
    },
)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "day"), counted(1_095, "day")
    ('1 day', '1,095 days')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def whole_seconds_up(length_us: int) -> int:
    """Return a length rounded up to whole seconds, microseconds."""
    return -(-length_us // SECOND_US) * SECOND_US


def _hours_minutes_seconds(length_us: int) -> tuple[int, int, int]:
    minutes, seconds = divmod(length_us // SECOND_US, 60)
    hours, minutes = divmod(minutes, 60)
    return hours, minutes, seconds


# For terminals


def printable(text: object) -> str:
    """Return a text in which no character can move the cursor of a terminal or colour it."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in str(text))


def iso_date_span(first: date, last: date) -> str:
    """Return the dates of a period.

    >>> iso_date_span(date(2026, 10, 8), date(2026, 10, 8)), iso_date_span(date(2026, 10, 1), date(2026, 10, 31))
    ('Thu 2026-10-08', '2026-10-01 to 2026-10-31')
    """
    if first == last:
        return f"{_WEEKDAYS[first.weekday()]} {first.isoformat()}"
    return f"{first.isoformat()} to {last.isoformat()}"


def clock_length(length_us: int) -> str:
    """Return a length rounded up to seconds as h:mm:ss; a dash for none.

    >>> clock_length(4_330_000_000), clock_length(1), clock_length(0)
    ('1:12:10', '0:00:01', '-')
    """
    if not length_us:
        return TERMINAL.no_figure
    hours, minutes, seconds = _hours_minutes_seconds(whole_seconds_up(length_us))
    return f"{hours}:{minutes:02}:{seconds:02}"


# For pages


def short_date(day: date) -> str:
    """Return e.g. "Oct 8", never broken over two lines."""
    return f"{_MONTHS[day.month - 1]}{_NO_BREAK_SPACE}{day.day}"


def long_date(day: date) -> str:
    """Return e.g. "Wed, Oct 8, 2025"."""
    return f"{_WEEKDAYS[day.weekday()]}, {short_date(day)}, {day.year}"


def date_span(first: date, last: date) -> str:
    """Return the dates of a period, e.g. "Sep 9 - Oct 8, 2025" with an en dash; one long date where they are equal."""
    if first == last:
        return long_date(first)
    first_text = short_date(first)
    if first.year != last.year:
        first_text = f"{first_text}, {first.year}"
    return f"{first_text} {_EN_DASH} {short_date(last)}, {last.year}"


def day_and_time(moment: datetime) -> str:
    """Return e.g. "Sat, Nov 7, 09:31"."""
    return f"{_WEEKDAYS[moment.weekday()]}, {short_date(moment)}, {moment:%H:%M}"


def length_units(length_us: int) -> list[tuple[int, str]]:
    """Return a length, cut to seconds, as its units that are not zero; 0 minutes where all are.

    >>> length_units(4_330_000_000), length_units(0)
    ([(1, 'h'), (12, 'min'), (10, 's')], [(0, 'min')])
    """
    hours, minutes, seconds = _hours_minutes_seconds(length_us)
    units = [(count, unit) for count, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if count]
    return units or [(0, "min")]


def uptime_length(length_us: int) -> str:
    """Return a length cut to seconds, e.g. "1 h 12 min 10 s"."""
    return " ".join(f"{count}{PAGE.unit_space}{unit}" for count, unit in length_units(length_us))


def downtime_length(length_us: int) -> str:
    """Return a length of downtime, rounded up to seconds, e.g. "1 h 12 min 10 s"."""
    return uptime_length(whole_seconds_up(length_us))
