"""Dates, lengths, percentages, verdicts and doubts in words, for pages and for terminals."""
################################################################
# All words are English, whatever the machine's locale. Two styles differ where
# their readers do:
#     TERMINAL  plain characters that sort, paste and grep: "2026-10-08", "1:12:10"
#     PAGE      typography: "Oct 8", "1 h 12 min 10 s" with blanks that never break
#
# Seconds never flatter: downtime is rounded up to whole seconds, uptime is cut.
# Doubtful time is rounded up to whole minutes: it is what may be lost at most.
#
# A total and a contract period carry a verdict with its confirmation, in the words
# of verdicts.py. A single day carries the verdict alone, and how much of it is
# unknown.
#
# A report whose input is in doubt as a whole confirms nothing, in any of its periods,
# days too: an export without rows may be of a perfect service or of a failed query.
# That is decided here, and every outlet of reports and the exit code ask here. (The answer
# of a service is another matter: its source knows of which time it holds all rows.)
################################################################

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sla_compliance.calendars.periods import Period
from sla_compliance.certainty import INPUT_DOUBTS_IN_WORDS, Doubt, DoubtCause
from sla_compliance.day_figures import DayFigures
from sla_compliance.outlets.left_out import LeftOut, left_out_lengths
from sla_compliance.records import ComplianceRecord
from sla_compliance.rounding import percentage_decimals, percentage_range
from sla_compliance.units import MINUTE_US, SECOND_US, length_text
from sla_compliance.verdicts import verdict_text

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
    """

    no_figure: str
    unit_space: str

    def percentage(self, text: str | None) -> str:
        """Return a percentage with its sign.

        Args:
            text: its digits, e.g. a record's compliance_text; None where there is no figure.
        """
        return self.no_figure if text is None else f"{text}{self.unit_space}%"

    def target(self, record: ComplianceRecord) -> str:
        """Return a record's target, e.g. "99.9 %"."""
        return self.percentage(f"{record.target_percentage:.15g}")


TERMINAL: Final = TextStyle(no_figure="-", unit_space=" ")
PAGE: Final = TextStyle(no_figure=_EN_DASH, unit_space=_NARROW_SPACE)

WITHOUT_EXCLUSIONS: Final = "Without exclusions"
AGREED_HOURS: Final = "(agreed hours)"
MOST_DAYS_NAMED: Final = 5

# Of each cause: the noun of its rows, and what is said of one and of several of them.
_DOUBTS_IN_WORDS: Final[Mapping[DoubtCause, tuple[str, str]]] = {
    DoubtCause.UNSEEN: ("alarm", "open and unseen for 7 days"),
    DoubtCause.CUT_OFF: ("alarm", "open and unseen for long, ended when last seen"),
    DoubtCause.UNDATED: ("alarm", "over without a time"),
    DoubtCause.SET_ASIDE: ("row", "set aside that may qualify"),
    DoubtCause.DISAGREEING: ("row", "of one id that overlap and disagree"),
    DoubtCause.OVERWRITTEN: ("row", "whose severity was overwritten by 'cleared'"),
    DoubtCause.UNKEYED: ("row", "without the key"),
}
_REASONS_IN_WORDS: Final[Mapping[LeftOut, str]] = {
    LeftOut.NOT_IN_SERVICE: "not in service",
    LeftOut.OUT_OF_HOURS: "outside service hours",
    LeftOut.MAINTENANCE: "maintenance",
    LeftOut.EXCLUDED: "agreed exclusions",
    LeftOut.AGREED: "by the accounting",
    LeftOut.NOT_YET: "still to come",
    LeftOut.UNKNOWN: "not monitored",
}


# Verdicts


def record_verdict(figures: DayFigures, record: ComplianceRecord, by: Period) -> str:
    """Return the verdict on one of the records of a period: a day's alone, another's with its confirmation.

    A report whose input is in doubt confirms no day either. An hour has no verdict, so no words.
    """
    if record.is_hour:
        return ""
    if by == Period.DAY:
        return verdict_text(record.verdict, is_confirmed=figures.doubt_of_input is None)
    return verdict_text(record.verdict, is_confirmed=is_confirmed(figures, record))


def total_verdict(figures: DayFigures) -> str:
    """Return the verdict on the whole window with its confirmation."""
    return verdict_text(figures.total.verdict, is_confirmed=is_confirmed(figures, figures.total))


def is_confirmed(figures: DayFigures, record: ComplianceRecord) -> bool:
    """Return whether people and scripts read that the verdict on a record is confirmed.

    Args:
        figures: those of the record; where it is of one key, those of all keys together, for a key may have no rows.
    """
    return record.is_confirmed and figures.doubt_of_input is None


# Doubt


def doubts_of(figures: DayFigures, record: ComplianceRecord, *, whole: DayFigures | None = None) -> tuple[Doubt, ...]:
    """Return the causes of doubt of one of the figures' records: that of the whole input, then the largest first.

    Args:
        whole: the figures of all keys together, where `figures` are those of one key.
    """
    because = figures.bounds(record).because
    doubt_of_input = (figures if whole is None else whole).doubt_of_input
    if doubt_of_input is None:
        return because
    # All that counted may have been otherwise.
    return (Doubt(doubt_of_input, 0, record.observed_us), *because)


def unknown_length_us(record: ComplianceRecord) -> int:
    """Return the counted time of which no reading of the rows is certain, microseconds."""
    return record.doubtful_us


def most_length(length_us: int) -> str:
    """Return the most that a doubtful length may be, rounded up to whole minutes.

    >>> most_length(3_660_000_001)
    'up to 1 h 2 min'
    """
    return f"up to {length_text(-(-length_us // MINUTE_US) * MINUTE_US)}"


def unknown_text(record: ComplianceRecord) -> str:
    """Return how much of a record is unknown, e.g. "up to 12 min unknown"; empty where nothing is."""
    length_us = unknown_length_us(record)
    return f"{most_length(length_us)} unknown" if length_us else ""


def doubt_sentence(doubt: Doubt) -> str:
    """Return what is left open and the time at stake.

    >>> doubt_sentence(Doubt(DoubtCause.UNSEEN, 2, 64_800_000_000))
    '2 alarms open and unseen for 7 days: up to 18 h'
    """
    if doubt.cause in INPUT_DOUBTS_IN_WORDS:
        return INPUT_DOUBTS_IN_WORDS[doubt.cause]
    if doubt.cause is DoubtCause.NO_START:
        return f"{counted(doubt.rows, 'row')} set aside without a readable start: outages of any time"
    if doubt.cause is DoubtCause.UNMONITORED:
        return f"time that was not monitored: {most_length(doubt.length_us)}"
    if doubt.cause is DoubtCause.NOT_READ:
        return f"days stored before doubt was kept: {most_length(doubt.length_us)}"
    noun, words = _DOUBTS_IN_WORDS[doubt.cause]
    return f"{counted(doubt.rows, noun)} {words}: {most_length(doubt.length_us)}"


def doubt_sentences(figures: DayFigures) -> list[str]:
    """Return what is in doubt of the whole window: between which figures it leaves the availability, then each cause.

    The largest cause comes first; empty where nothing is in doubt.
    """
    sentences = [doubt_sentence(doubt) for doubt in doubts_of(figures, figures.total)]
    if not sentences:
        return []
    bounds = figures.bounds()
    if bounds.low is not None and bounds.high is not None:
        possible_range = percentage_range(bounds.low, bounds.high, percentage_decimals(figures.total.target_ratio))
        if possible_range is not None:
            low, high = possible_range
            sentences.insert(0, f"availability lies between {low} % and {high} %")
    return sentences


def unknown_days(days: Sequence[ComplianceRecord]) -> list[str]:
    """Return which days are partly unknown, the first MOST_DAYS_NAMED by name."""
    unknown = [(day, unknown_text(day)) for day in days]
    sentences = [f"{iso_date_span(day.date, day.last_date)}: {text}" for day, text in unknown if text]
    unnamed = len(sentences) - MOST_DAYS_NAMED
    if unnamed > 0:
        sentences[MOST_DAYS_NAMED:] = [f"and {counted(unnamed, 'more day')}"]
    return sentences


# What is left out


def left_out_us(record: ComplianceRecord) -> int:
    """Return the time of a record that counts neither as up nor as down, microseconds."""
    return record.end_us - record.start_us - record.observed_us


def left_out_reasons(record: ComplianceRecord) -> dict[str, int]:
    """Return why time of a record is left out: each reason in words, with its length in microseconds."""
    return {_REASONS_IN_WORDS[reason]: length_us for reason, length_us in left_out_lengths(record).items()}


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


def iso_period(record: ComplianceRecord) -> str:
    """Return the dates of a record, or the hour that it is, with its offset: an hour may come twice."""
    if record.is_hour:
        return record.start.isoformat(" ", "minutes")
    return iso_date_span(record.date, record.last_date)


def key_name(key: object, title: str | None) -> str:
    """Return what people call a key: itself, and the title that an inventory gives it."""
    name = "(none)" if key is None else str(key)
    return f"{name} {title}" if title else name


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
