"""Wording: sentences and cells of a document, in its language and locale."""
################################################################
# Lengths never flatter: downtime is rounded up to whole seconds, uptime is cut
# (text.py). The text and the value of a cell are made of the same rounded figure.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Final

from sla_compliance.calendars.periods import Period
from sla_compliance.drawing.markup import may_reorder
from sla_compliance.outlets.blocks import Cell, CellKind, Tone
from sla_compliance.outlets.locales import Formats, plural_category
from sla_compliance.outlets.text import PAGE, length_units, whole_seconds_up
from sla_compliance.outlets.words.catalogue import Sentences
from sla_compliance.records import ComplianceRecord
from sla_compliance.rounding import percentage_decimals, percentage_range, percentage_text, shown_percentage
from sla_compliance.units import MICROSECOND, MINUTE_US, SECOND_US
from sla_compliance.verdicts import Verdict

NO_FIGURE: Final = PAGE.no_figure
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_NAMED_PERIODS: Final = frozenset({"hour", "day", "week", "month", "quarter", "year"})
TONES: Final = {
    Verdict.MET: Tone.MET,
    Verdict.AT_RISK: Tone.AT_RISK,
    Verdict.BREACHED: Tone.BREACHED,
    Verdict.UNDETERMINED: Tone.PLAIN,
}
"""What a verdict means for its reader, where it is confirmed."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a document says what it says.

    Attributes:
        sentences: of its language.
        language: of the sentences; it may be another than that of the locale.
        formats: of dates and numbers.
    """

    sentences: Sentences
    language: str
    formats: Formats

    def say(self, name: str, /, **values: str | int) -> str:
        """Return a sentence with values put in; `count` chooses among its forms."""
        texts = {
            key: self.formats.number(value) if isinstance(value, int) else _isolated(value)
            for key, value in values.items()
        }
        return self._form(name, values).format(**texts)

    def say_about(self, name: str, /, **values: str | int) -> str:
        """Return the same where `count` is not known exactly."""
        number = self.say("about", number=values["count"])
        texts = {key: _isolated(value) for key, value in values.items() if isinstance(value, str)}
        return self._form(name, values).format(**{**texts, "count": number})

    def _form(self, name: str, values: Mapping[str, str | int]) -> str:
        """Return the form of a sentence that its number takes."""
        sentence = self.sentences[name]
        if isinstance(sentence, str):
            return sentence
        category = plural_category(self.language, int(values["count"]))
        return sentence.get(category, sentence["other"])

    def verdict(self, verdict: Verdict, *, is_confirmed: bool) -> str:
        """Return a verdict with its confirmation, by the rule of `verdicts.verdict_text`."""
        if verdict is Verdict.UNDETERMINED:
            return self.say("verdict_no_data")
        if verdict is Verdict.BREACHED:
            return self.say("verdict_breached" if is_confirmed else "verdict_breached_unconfirmed")
        if not is_confirmed:
            return self.say("verdict_not_confirmed")
        return self.say("verdict_met" if verdict is Verdict.MET else "verdict_at_risk")

    def period(self, period: Period) -> str:
        """Return what a period is called within a sentence."""
        return self._period("period", period)

    def period_heading(self, period: Period) -> str:
        """Return what a period is called by itself."""
        return self._period("column", period)

    def _period(self, kind: str, period: Period) -> str:
        if period.name in _NAMED_PERIODS:
            return self.say(f"{kind}_{period.name}")
        return self.say(f"{kind}_rolling", count=period.days)

    # Texts

    def share(self, ratio: Fraction, record: ComplianceRecord) -> str:
        """Return a share as a percentage rounded down, with the decimals of a record's figures."""
        return self.formats.percentage(percentage_text(ratio, percentage_decimals(record.target_ratio)))

    def possible_range(self, record: ComplianceRecord) -> tuple[str, str] | None:
        """Return the digits of the lowest and the highest availability that doubt leaves, rounded down.

        They have as many decimals as tell them apart. None: there are no such figures, or no doubt between them.
        """
        bounds = record.availability_bounds
        return None if bounds is None else percentage_range(*bounds, percentage_decimals(record.target_ratio))

    def range(self, low: str, high: str) -> dict[str, str]:
        """Return the digits of two percentages as `low`, a number, and `high`, a percentage."""
        return {"low": self.formats.decimal(low), "high": self.formats.percentage(high)}

    def target(self, record: ComplianceRecord) -> str:
        """Return the target of a record."""
        return self.formats.percentage(_target_digits(record))

    def seconds(self, seconds: int) -> str:
        """Return a length of whole seconds; it may be below 0."""
        return self.formats.length(length_units(abs(seconds) * SECOND_US), is_negative=seconds < 0)

    def exact(self, length: timedelta) -> str:
        """Return an agreed length, exact, in the units of `units.length_text`."""
        minutes, below_minute = divmod(length, timedelta(minutes=1))
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        seconds, fraction_us = divmod(below_minute // MICROSECOND, SECOND_US)
        exact_seconds = Decimal(fraction_us).scaleb(-6).normalize() + seconds if fraction_us else seconds
        counts: list[int | Decimal] = [days, hours, minutes, exact_seconds]
        units = [(count, unit) for count, unit in zip(counts, ("d", "h", "min", "s"), strict=True) if count]
        return self.formats.length(units)

    def most(self, length_us: int) -> str:
        """Return a length that something may be at most, rounded up to whole minutes."""
        minutes = -(-length_us // MINUTE_US)
        return self.seconds(minutes * 60)

    def dates(self, record: ComplianceRecord) -> str:
        """Return the dates of a record, or the hour that it is."""
        if record.is_hour:
            return self.formats.instant(record.start)
        return self.formats.date_span(record.date, record.last_date)

    # Cells

    def figure(self, record: ComplianceRecord) -> Cell:
        """Return the availability of a record."""
        decimals = percentage_decimals(record.target_ratio)
        text = record.compliance_text
        if text is None:
            return Cell(NO_FIGURE, None, CellKind.PERCENTAGE, decimals)
        return Cell(self.formats.percentage(text), record.compliance_percentage, CellKind.PERCENTAGE, decimals)

    def percentage(self, ratio: Fraction, record: ComplianceRecord) -> Cell:
        """Return a share rounded down, with the decimals of a record's figures."""
        decimals = percentage_decimals(record.target_ratio)
        return Cell(self.share(ratio, record), shown_percentage(ratio, decimals), CellKind.PERCENTAGE, decimals)

    def target_cell(self, record: ComplianceRecord) -> Cell:
        """Return the target of a record."""
        decimals = len(_target_digits(record).partition(".")[2])
        return Cell(self.target(record), record.target_percentage, CellKind.PERCENTAGE, decimals)

    def whole_percentage(self, percentage: int) -> Cell:
        """Return a whole number of percent."""
        return Cell(self.formats.percentage(str(percentage)), percentage, CellKind.PERCENTAGE)

    def downtime(self, length_us: int) -> Cell:
        """Return a length of downtime, microseconds, rounded up to seconds."""
        return self.length(whole_seconds_up(length_us) // SECOND_US)

    def uptime(self, length_us: int) -> Cell:
        """Return a length of uptime, microseconds, cut to seconds."""
        return self.length(length_us // SECOND_US)

    def length(self, seconds: int) -> Cell:
        """Return a length of whole seconds."""
        return Cell(self.seconds(seconds), seconds, CellKind.LENGTH)

    def downtime_of(self, length_us: Fraction) -> Cell:
        """Return an exact length of downtime, microseconds, rounded up to seconds; it may be below 0."""
        return self.length(ceil(length_us / SECOND_US))

    def length_left(self, length_us: Fraction) -> Cell:
        """Return an exact length that is left or allowed, microseconds, rounded down to seconds."""
        return self.length(floor(length_us / SECOND_US))

    def most_cell(self, length_us: int) -> Cell:
        """Return a length that something may be at most, rounded up to whole minutes."""
        return self.length(-(-length_us // MINUTE_US) * 60)

    def count(self, number: int) -> Cell:
        """Return a whole number."""
        return Cell(self.formats.number(number), number, CellKind.COUNT)

    def instant(self, value: datetime) -> Cell:
        """Return an instant."""
        return Cell(self.formats.instant(value), value, CellKind.INSTANT)

    def date(self, value: date) -> Cell:
        """Return a date."""
        return Cell(self.formats.long_date(value), value, CellKind.DATE)


def _isolated(text: str) -> str:
    """Return a text that may stand in a sentence; one that may reorder what is beside it is isolated."""
    return f"{_ISOLATE}{text}{_END_OF_ISOLATE}" if may_reorder(text) else text


def text_cell(text: str) -> Cell:
    """Return a text; a dash where it is empty."""
    return Cell(text or NO_FIGURE, text or None)


def no_figure(kind: CellKind) -> Cell:
    """Return the cell of a figure that there is not."""
    return Cell(NO_FIGURE, None, kind)


def _target_digits(record: ComplianceRecord) -> str:
    return f"{Decimal(f'{record.target_percentage:.15g}'):f}"
