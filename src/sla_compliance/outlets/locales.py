"""Dates, numbers, percentages and lengths in a locale: English by itself, any other by Babel."""
################################################################
# A percentage is never rounded here: it comes as the text of its digits, and Babel
# gets these digits and how many of them are decimals.
#
# Numbers are written with the digits 0 to 9 in every locale, and dates in the
# Gregorian calendar, so that figures of one tenant compare.
#
# An instant shows its offset where its clock shows that time twice.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol

from sla_compliance.checks import checked_text, wrong_value
from sla_compliance.errors import requires_extra
from sla_compliance.outlets.text import PAGE, date_span, long_date, short_date

if TYPE_CHECKING:
    from babel import Locale

ENGLISH_LOCALE: Final = "en"
_MINUS: Final = "\N{MINUS SIGN}"


class Formats(Protocol):
    """How a locale writes what a document says."""

    @property
    def locale(self) -> str:
        """Its name, e.g. "fr" or "pt-BR"."""
        ...

    def short_date(self, day: date) -> str:
        """Return a date without its year, e.g. "Oct 8"."""
        ...

    def long_date(self, day: date) -> str:
        """Return a date with its weekday, e.g. "Wed, Oct 8, 2025"."""
        ...

    def date_span(self, first: date, last: date) -> str:
        """Return the dates of a period; one long date where they are equal."""
        ...

    def instant(self, value: datetime) -> str:
        """Return a date with the time of day."""
        ...

    def number(self, value: int) -> str:
        """Return a whole number."""
        ...

    def decimal(self, digits: str) -> str:
        """Return a decimal number; `digits` as `percentage_text` writes them."""
        ...

    def percentage(self, digits: str) -> str:
        """Return a percentage with its sign; `digits` as `percentage_text` writes them."""
        ...

    def points(self, digits: str) -> str:
        """Return a decimal number with its sign, also where that is a plus."""
        ...

    def length(self, units: Sequence[tuple[int | Decimal, str]], *, is_negative: bool = False) -> str:
        """Return a length of units that are "d", "h", "min" and "s"."""
        ...


@dataclass(frozen=True, slots=True)
class EnglishFormats:
    """English as the pages of this library have it.

    Attributes:
        locale: "en".
    """

    locale: str = ENGLISH_LOCALE

    def short_date(self, day: date) -> str:
        """As Formats."""
        return short_date(day)

    def long_date(self, day: date) -> str:
        """As Formats."""
        return long_date(day)

    def date_span(self, first: date, last: date) -> str:
        """As Formats."""
        return date_span(first, last)

    def instant(self, value: datetime) -> str:
        """As Formats."""
        return f"{long_date(value.date())}, {value:%H:%M}{_offset_if_repeated(value)}"

    def number(self, value: int) -> str:
        """As Formats."""
        return f"{value:,}".replace("-", _MINUS)

    def decimal(self, digits: str) -> str:
        """As Formats."""
        return digits.replace("-", _MINUS)

    def percentage(self, digits: str) -> str:
        """As Formats."""
        return PAGE.percentage(digits).replace("-", _MINUS)

    def points(self, digits: str) -> str:
        """As Formats."""
        return self.decimal(digits if digits.startswith("-") else f"+{digits}")

    def length(self, units: Sequence[tuple[int | Decimal, str]], *, is_negative: bool = False) -> str:
        """As Formats."""
        text = " ".join(f"{count:,}{PAGE.unit_space}{unit}" for count, unit in units)
        return f"{_MINUS}{text}" if is_negative else text


@dataclass(frozen=True, slots=True)
class BabelFormats:
    """Any other locale, as the Common Locale Data Repository has it.

    Attributes:
        locale: its name.
        babel_locale: the same for Babel.
    """

    locale: str
    babel_locale: Locale

    def short_date(self, day: date) -> str:
        """As Formats."""
        from babel.dates import format_skeleton  # noqa: PLC0415 - English needs no Babel

        return format_skeleton("MMMd", _noon(day), locale=self.babel_locale)

    def long_date(self, day: date) -> str:
        """As Formats."""
        from babel.dates import format_skeleton  # noqa: PLC0415

        return format_skeleton("yMMMEd", _noon(day), locale=self.babel_locale)

    def date_span(self, first: date, last: date) -> str:
        """As Formats."""
        from babel.dates import format_interval  # noqa: PLC0415

        if first == last:
            return self.long_date(first)
        return format_interval(_noon(first), _noon(last), "yMMMd", locale=self.babel_locale)

    def instant(self, value: datetime) -> str:
        """As Formats."""
        from babel.dates import format_time, get_datetime_format  # noqa: PLC0415

        # Babel would turn an aware time into UTC; the clock's own digits are what is written.
        time = format_time(value.replace(tzinfo=None), "short", locale=self.babel_locale)
        pattern = str(get_datetime_format("medium", locale=self.babel_locale))
        text = pattern.replace("'", "").replace("{1}", self.long_date(value.date())).replace("{0}", time)
        return text + _offset_if_repeated(value)

    def number(self, value: int) -> str:
        """As Formats."""
        from babel.numbers import format_decimal  # noqa: PLC0415

        return format_decimal(value, locale=self.babel_locale)

    def decimal(self, digits: str) -> str:
        """As Formats."""
        from babel.numbers import format_decimal  # noqa: PLC0415

        return format_decimal(Decimal(digits), f"#,##0{_decimals_pattern(digits)}", locale=self.babel_locale)

    def percentage(self, digits: str) -> str:
        """As Formats."""
        from babel.numbers import format_percent  # noqa: PLC0415

        pattern = self.babel_locale.percent_formats[None].pattern
        # The last zero of a pattern is that of the whole number.
        whole, _, sign = pattern.rpartition("0")
        exact_pattern = f"{whole}0{_decimals_pattern(digits)}{sign}"
        return format_percent(Decimal(digits).scaleb(-2), exact_pattern, locale=self.babel_locale)

    def points(self, digits: str) -> str:
        """As Formats."""
        from babel.numbers import get_plus_sign_symbol  # noqa: PLC0415

        text = self.decimal(digits)
        return text if digits.startswith("-") else get_plus_sign_symbol(self.babel_locale) + text

    def length(self, units: Sequence[tuple[int | Decimal, str]], *, is_negative: bool = False) -> str:
        """As Formats."""
        from babel.numbers import get_minus_sign_symbol  # noqa: PLC0415
        from babel.units import format_unit  # noqa: PLC0415

        texts: list[str] = []
        for count, unit in units:
            # Babel's own pattern has three decimals at most.
            pattern = None if isinstance(count, int) else "#,##0.######"
            texts.append(format_unit(count, _UNIT_IDS[unit], "short", format=pattern, locale=self.babel_locale))
        text = " ".join(texts)
        return get_minus_sign_symbol(self.babel_locale) + text if is_negative else text


_UNIT_IDS: Final = {"d": "duration-day", "h": "duration-hour", "min": "duration-minute", "s": "duration-second"}


def formats_of(locale: str) -> Formats:
    """Return how a locale writes dates and numbers.

    Args:
        locale: a name such as "en", "fr" or "pt-BR".

    Raises:
        InvalidTypeError, InvalidValueError: it is no locale that Babel knows.
        MissingExtraError: it is not "en", and Babel (the extra `locale`) is not installed.
    """
    way_out = "a locale such as 'en', 'fr' or 'pt-BR'"
    name = checked_text(locale, "locale", way_out).replace("_", "-")
    if name == ENGLISH_LOCALE:
        return EnglishFormats()
    with requires_extra("locale", __name__):
        from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - English needs no Babel

    try:
        babel_locale = Locale.parse(name, sep="-")
    except (UnknownLocaleError, ValueError):
        raise wrong_value(locale, "locale", way_out) from None
    return BabelFormats(str(babel_locale).replace("_", "-"), babel_locale)


def plural_category(language: str, count: int) -> str:
    """Return which form of a sentence a number takes: "one", "other", or another category of the CLDR.

    Args:
        language: of the sentence.
    """
    if language == ENGLISH_LOCALE:
        return "one" if count == 1 else "other"
    with requires_extra("locale", __name__):
        from babel import Locale  # noqa: PLC0415 - English needs no Babel

    return Locale.parse(language, sep="-").plural_form(count)


def _decimals_pattern(digits: str) -> str:
    decimals = len(digits.partition(".")[2])
    return f".{'0' * decimals}" if decimals else ""


def _noon(day: date) -> datetime:
    """Return a time of a date: Babel writes parts of datetimes by a pattern."""
    return datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - a date has no zone


def _offset_if_repeated(value: datetime) -> str:
    """Return the offset of a time that its clock shows twice, e.g. " (UTC+01:00)"; else nothing."""
    offsets = [value.replace(fold=fold).utcoffset() or timedelta(0) for fold in (0, 1)]
    if offsets[0] <= offsets[1]:
        # A skipped time comes from no instant.
        return ""
    return f" (UTC{value.isoformat(timespec='minutes')[16:]})"
