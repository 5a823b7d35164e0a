"""Dates, lengths and names as a terminal shows them: plain characters that sort, paste and grep."""

from __future__ import annotations

from datetime import date
from typing import Final

from sla_compliance.records import ComplianceRecord, Verdict
from sla_compliance.units import SECOND_US

NOTHING: Final = "-"
VERDICTS: Final = {
    Verdict.MET: "met",
    Verdict.BREACHED: "BREACHED",
    Verdict.AT_RISK: "AT RISK",
    Verdict.UNDETERMINED: "no figure",
}
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def printable(text: object) -> str:
    """Return a text without what would move a cursor or colour a terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in str(text))


def span(first: date, last: date) -> str:
    """Return e.g. "Thu 2026-10-08", or "2026-10-01 to 2026-10-31"."""
    if first == last:
        return f"{_WEEKDAYS[first.weekday()]} {first.isoformat()}"
    return f"{first.isoformat()} to {last.isoformat()}"


def percentage(record: ComplianceRecord) -> str:
    """Return a record's availability, rounded down; a dash where there is none."""
    text = record.compliance_text
    return NOTHING if text is None else f"{text} %"


def clock(length_us: int) -> str:
    """Return a length as h:mm:ss, a broken second as a whole one; a dash for none."""
    minutes, seconds = divmod(-(-length_us // SECOND_US), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if length_us else NOTHING


def counted(number: int, noun: str) -> str:
    """Return e.g. "1 day", "30 days"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
