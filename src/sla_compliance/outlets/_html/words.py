"""Dates, lengths and verdicts as people read them, in English whatever the machine's locale."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from sla_compliance.records import ComplianceRecord, Verdict
from sla_compliance.units import SECOND_US

NARROW: Final = "\u202f"
NOTHING: Final = "\u2013"
VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.MET: "Target met",
    Verdict.BREACHED: "Breached",
    Verdict.AT_RISK: "At risk",
    Verdict.UNDETERMINED: "Not measured",
}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def short_date(day: date) -> str:
    """Return e.g. "Oct 8", never broken over two lines."""
    return f"{_MONTHS[day.month - 1]}\u00a0{day.day}"


def long_date(day: date) -> str:
    """Return e.g. "Wed, Oct 8, 2025"."""
    return f"{_WEEKDAYS[day.weekday()]}, {short_date(day)}, {day.year}"


def date_span(first: date, last: date) -> str:
    """Return e.g. "Sep 9 - Oct 8, 2025" with a dash; one date alone where they are the same."""
    if first == last:
        return long_date(first)
    year = "" if first.year == last.year else f", {first.year}"
    return f"{short_date(first)}{year} {NOTHING} {short_date(last)}, {last.year}"


def clock_time(moment: datetime) -> str:
    """Return e.g. "Sat, Nov 7, 09:31"."""
    return f"{_WEEKDAYS[moment.weekday()]}, {short_date(moment)}, {moment:%H:%M}"


def percentage(text: str | None) -> str:
    """Return a percentage with its sign; a dash where there is none."""
    return NOTHING if text is None else f"{text}{NARROW}%"


def target(record: ComplianceRecord) -> str:
    """Return the target, e.g. "99.9 %"."""
    return percentage(f"{record.target_percentage:.15g}")


def units(length_us: int) -> list[tuple[int, str]]:
    """Return a length as its units, those that are zero left out; broken seconds are cut."""
    minutes, seconds = divmod(length_us // SECOND_US, 60)
    hours, minutes = divmod(minutes, 60)
    found = [(count, unit) for count, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if count]
    return found or [(0, "min")]


def uptime(length_us: int) -> str:
    """Return a length, e.g. "1 h 12 min 10 s"; a broken second is cut."""
    return " ".join(f"{count}{NARROW}{unit}" for count, unit in units(length_us))


def downtime(length_us: int) -> str:
    """Return a length of downtime; a broken second is a whole one."""
    return uptime(whole_seconds_up(length_us))


def whole_seconds_up(length_us: int) -> int:
    """Return a length rounded up to whole seconds, microseconds."""
    return -(-length_us // SECOND_US) * SECOND_US


def counted(number: int, noun: str) -> str:
    """Return e.g. "1 day", "30 days"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
