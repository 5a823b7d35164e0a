"""Values of time columns to instants: text of every form that names one, datetimes, and numbers under a unit."""
################################################################
# Read without an option, since they name one instant:
#   - the grammar of units.parse_timestamp;
#   - the same with a suffix " UTC", with an offset +HHMM or +HH, without seconds;
#   - aware datetimes.
# Under `times_in`, the name of a zone, also the same text and datetimes without an
# offset, by the rule of calendars/wall_clock.py: a time that the clock jumped over
# is the instant of the jump, a time that comes twice its first occurrence.
# Under `epoch`, a unit, also numbers: text, integers, Decimal, and floats without a
# fraction, for a float with one has lost digits. Digits beyond microseconds are cut.
# A long number that falls into 1970 is refused: seconds read as milliseconds would
# be outages of 1970, and the period that is reported would look perfect.
#
# A day without a time of day is no instant: as an end it may mean either of its
# midnights. Other forms (12-hour clocks, 31.12.2026) are refused, because they can
# be read in several ways.
#
# Absent, beside what validation.py names, is in a column of ends also: the number 0,
# the years 1 and 9999 in any form, and "infinity".
#
# Texts of the common form are read by whole columns, by datetime.fromisoformat
# (time_layouts.py).
################################################################

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import repeat
from math import isfinite
from operator import floordiv, index, sub
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from sla_compliance.calendars.wall_clock import instant_of
from sla_compliance.checks import wrong_value
from sla_compliance.columns import is_absent, types_of
from sla_compliance.errors import InvalidValueError, SLAComplianceError, shown
from sla_compliance.instant_columns import plain_datetimes
from sla_compliance.rows.options import KEYWORDS, OptionNames, or_give
from sla_compliance.rows.time_layouts import TimeForm, time_form
from sla_compliance.units import (
    DAY_US,
    EPOCH,
    HOUR_US,
    MAX_US,
    MICROSECOND,
    MIN_US,
    instant_us,
    moment,
    parse_timestamp,
)
from sla_compliance.zones import load_zone

Epoch = Literal["s", "ms", "us", "ns"]

# A number of that unit is this many microseconds: numerator, denominator.
# The order matters: each is coarser than the next.
_UNITS: Final[Mapping[Epoch, tuple[int, int]]] = {"s": (1_000_000, 1), "ms": (1_000, 1), "us": (1, 1), "ns": (1, 1_000)}
# Seconds of 1973 and later have so many digits; what a clock that was never set shows is shorter.
_SMALLEST_LONG_NUMBER: Final = 10**8

_DAY: Final = r"\d{4}-\d\d-\d\d"
# The common form and the suffix " UTC", in its parts: day, hour and minute, second, then one of three offsets or none.
_TIMESTAMP: Final = rf"({_DAY})[T ](\d\d:\d\d)(:\d\d(?:\.\d{{1,9}})?)?(?:( UTC|Z)|([+-]\d\d)(?::?(\d\d))?)?"
_NUMBER: Final = r"(-?)(\d+)(?:\.(\d+))?"
_LONGEST: Final = 45
_LONGEST_BITS: Final = 128
_NOT_YET_YEARS: Final = (1, 9999)
_NOT_YET_PREFIXES: Final = ("0001-", "9999-")
_NOT_YET_WORD: Final = "infinity"
_LOCAL_EPOCH: Final = EPOCH.replace(tzinfo=None)
_WRITE_IT: Final = "write it as 2025-10-08T09:00:00Z or 2025-10-08T09:00:00+01:00"


@cache
def _pattern(text: str) -> re.Pattern[str]:
    # Compiled when it is first needed, so that importing the package stays quick.
    return re.compile(text, re.ASCII)


class TimeReader:
    """Reads the time columns of one input."""

    def __init__(
        self, times_in: str | None = None, epoch: Epoch | None = None, option_names: OptionNames = KEYWORDS
    ) -> None:
        """Check the options.

        Raises:
            UnknownZoneError: `times_in` is not the name of a zone.
            InvalidValueError: `epoch` is no unit.
        """
        if epoch is not None and epoch not in _UNITS:
            raise wrong_value(epoch, "epoch", "one of 's', 'ms', 'us', 'ns'")
        self.local_times = None if times_in is None else LocalTimes(load_zone(times_in, field="times_in"))
        self._epoch = epoch
        self._or_times_in = or_give(option_names.times_in)
        self._or_epoch = or_give(option_names.epoch)

    @property
    def reads_numbers(self) -> bool:
        """Whether numbers can be read."""
        return self._epoch is not None

    def read_column(self, values: Sequence[Any], *, is_end: bool) -> tuple[list[Any], dict[int, str]]:
        """Return a column as instants, microseconds, and what is wrong with it, by index.

        Values that are absent or cannot be read are None.

        Args:
            is_end: whether it is a column of ends, in which some words mean "not yet".
        """
        instants = self.plain_column(values)
        return self.read_each(values, is_end=is_end) if instants is None else (instants, {})

    def read_each(self, values: Sequence[Any], *, is_end: bool) -> tuple[list[Any], dict[int, str]]:
        """Return the same as `read_column`, without a try at the whole column."""
        instants: list[int | None] = []
        faults = {}
        for row, value in enumerate(values):
            try:
                instants.append(self.read(value, is_end=is_end))
            except SLAComplianceError as error:
                instants.append(None)
                faults[row] = str(error)
        return instants, faults

    def read(self, value: Any, *, is_end: bool = False) -> int | None:  # noqa: ANN401 - whatever a row may hold
        """Return the instant that a value names, microseconds; None where it is absent.

        Raises:
            InvalidValueError: it names none; the message begins with "is".
        """
        if is_absent(value):
            return None
        if isinstance(value, str):
            return self._text(value, is_end=is_end)
        if isinstance(value, datetime):
            return self._datetime(value, is_end=is_end)
        if isinstance(value, date):
            raise self._naive(value, " and its time of day")
        # numpy's integers are no int, and True is one.
        is_integer = hasattr(value, "__index__") and not isinstance(value, bool)
        if is_integer or isinstance(value, Decimal | float):
            return self._number(value, is_end=is_end)
        raise _fault(value, "; give a time, as text or as a datetime")

    def plain_column(self, values: Sequence[Any]) -> list[Any] | None:
        """Return the instants of a column of one common form, of the years 2 to 9998; None where it holds others.

        Values that are absent are None.
        """
        kinds = types_of(values)
        if kinds <= {datetime, type(None)}:
            return plain_datetimes(values, has_gaps=True)
        if not kinds <= {str, type(None)}:
            return None
        texts = list(filter(None, values))
        if not texts:
            return [None] * len(values)
        instants = self._plain_texts(texts)
        if instants is None or len(instants) == len(values):
            return instants
        next_instant = iter(instants).__next__
        return [next_instant() if text else None for text in values]

    def _plain_texts(self, texts: Sequence[str]) -> list[Any] | None:
        """Return the instants of at least one text, all of one common form; None where they hold anything else."""
        form = time_form(texts)
        local_times = self.local_times if form is TimeForm.LOCAL_TIME else None
        if form is not TimeForm.INSTANT and local_times is None:
            return None
        origin = EPOCH if local_times is None else _LOCAL_EPOCH
        try:
            moments = map(datetime.fromisoformat, texts)
            lengths = map(sub, moments, repeat(origin))
            instants = list(map(floordiv, lengths, repeat(MICROSECOND)))
        except (ValueError, OverflowError):  # a day or a time that does not exist, or a text of several lines
            return None
        if not (min(instants) >= _FIRST_PLAIN_US and max(instants) < _END_OF_PLAIN_US):
            return None  # what these years mean depends on the column
        return instants if local_times is None else list(map(local_times.instant_us, instants))

    def _text(self, text: str, *, is_end: bool) -> int | None:
        match = _pattern(_TIMESTAMP).fullmatch(text) if len(text) <= _LONGEST else None
        is_day = match is None and len(text) <= _LONGEST and _pattern(_DAY).fullmatch(text) is not None
        if is_end and (text.lower() == _NOT_YET_WORD or ((match or is_day) and text.startswith(_NOT_YET_PREFIXES))):
            return None
        if is_day:
            raise self._naive(text, " and its time of day")
        if match is None:
            return self._other_text(text, is_end=is_end)
        day, minutes, seconds, utc, hours, offset_minutes = match.groups()
        clock = minutes + (seconds or ":00")
        if utc:
            return _instant_of_text(text, f"{day}T{clock}Z")
        if hours:
            return _instant_of_text(text, f"{day}T{clock}{hours}:{offset_minutes or '00'}")
        if self.local_times is None:
            raise self._naive(text)
        return self.local_times.instant_us(_instant_of_text(text, f"{day}T{clock}Z"))

    def _other_text(self, text: str, *, is_end: bool) -> int | None:
        if len(text) <= _LONGEST and _pattern(_NUMBER).fullmatch(text):
            return self._number(text, is_end=is_end)
        raise _fault(text, f"; {_WRITE_IT}")

    def _datetime(self, value: datetime, *, is_end: bool) -> int | None:
        try:
            if is_end and value.year in _NOT_YET_YEARS:
                return None
            is_naive = value.utcoffset() is None
            # A plain datetime: a subclass may count otherwise, and a time that comes twice is its first occurrence.
            local = datetime.combine(value.date(), value.time()).replace(fold=0)
            instant = (local - _LOCAL_EPOCH if is_naive else value - EPOCH) // MICROSECOND
        except Exception as error:  # a foreign subclass may raise anything
            raise _fault(value, f", which names no instant ({type(error).__name__})") from error
        if is_naive and self.local_times is None:
            raise self._naive(value)
        in_range = _in_range(value, instant)
        return self.local_times.instant_us(in_range) if is_naive and self.local_times is not None else in_range

    def _number(self, value: Any, *, is_end: bool) -> int | None:  # noqa: ANN401 - text or any kind of number
        if self._epoch is None:
            raise _fault(value, f", a number without a unit; export it as 2026-10-01T09:00:00Z{self._or_epoch}")
        if isinstance(value, float) and isfinite(value) and not value.is_integer():
            raise _fault(value, ", a float with a fraction; give text, or whole numbers of a finer unit")
        match = _pattern(_NUMBER).fullmatch(_digits(value))
        if match is None:
            raise _fault(value, _OUTSIDE)
        sign, whole, fraction = match.groups(default="")
        number = int(f"{sign}{whole}{fraction}")
        if is_end and number == 0:
            return None
        instant_us = _instant_of_number(number, len(fraction), self._epoch)
        if not MIN_US <= instant_us <= MAX_US:
            raise _fault(value, f"{_OUTSIDE}, or give the epoch unit of the export")
        if 0 <= instant_us < _YEAR_1971_US and int(whole) >= _SMALLEST_LONG_NUMBER:
            raise _fault(value, _wrong_unit(int(whole), self._epoch))
        return instant_us

    def _naive(self, value: object, besides: str = "") -> InvalidValueError:
        option = "" if besides else self._or_times_in  # with it, a day alone would still name no instant
        return _fault(
            value, f" without a time zone; export it with its offset{besides}, e.g. 2026-10-01 09:00:00+00{option}"
        )


class LocalTimes:
    """Instants of times on one zone's clock; whole hours of one offset are remembered."""

    def __init__(self, rules: ZoneInfo) -> None:
        self._rules = rules
        self._shifts_us: dict[int, int | None] = {}

    def instant_us(self, local_us: int) -> int:
        """Return the instant of a local time, both microseconds since 1970."""
        hour = local_us // HOUR_US
        if hour not in self._shifts_us:
            self._shifts_us[hour] = self._shift_of_hour(hour * HOUR_US)
        shift_us = self._shifts_us[hour]
        return self._by_rule(local_us) if shift_us is None else local_us - shift_us

    def _shift_of_hour(self, local_us: int) -> int | None:
        """Return how far local time is ahead of UTC in a whole hour; None where that changes within it."""
        first, last = local_us, local_us + HOUR_US - 1
        shift_us = first - self._by_rule(first)
        return shift_us if last - self._by_rule(last) == shift_us else None

    def _by_rule(self, local_us: int) -> int:
        return instant_of(_LOCAL_EPOCH + local_us * MICROSECOND, self._rules)


_OUTSIDE: Final = ", outside 0001-01-04 to 9999-12-29; mend the row"
_YEAR_2_US: Final = instant_us(datetime(2, 1, 1, tzinfo=EPOCH.tzinfo), field="year 2")
_YEAR_1971_US: Final = instant_us(datetime(1971, 1, 1, tzinfo=EPOCH.tzinfo), field="year 1971")
_YEAR_9999_US: Final = instant_us(datetime(9999, 1, 1, tzinfo=EPOCH.tzinfo), field="year 9999")
# A local time is at most a day from its instant.
_FIRST_PLAIN_US: Final = _YEAR_2_US + DAY_US
_END_OF_PLAIN_US: Final = _YEAR_9999_US - DAY_US


def _instant_of_text(text: str, timestamp: str) -> int:
    """Return the instant of a timestamp; `text` is what the row holds, for messages."""
    try:
        instant = (parse_timestamp(timestamp) - EPOCH) // MICROSECOND
    except SLAComplianceError as error:
        raise _fault(text, f"; {str(error).rpartition('; ')[2]}") from None
    return _in_range(text, instant)


def _instant_of_number(number: int, decimals: int, epoch: Epoch) -> int:
    """Return the microseconds from 1970 that a number of a unit is; its last digits are decimals."""
    numerator, denominator = _UNITS[epoch]
    instant_us: int = number * numerator // (denominator * 10**decimals)
    return instant_us


def _wrong_unit(number: int, epoch: Epoch) -> str:
    """Return what is wrong with a long number that its unit puts into 1970; the unit that it probably has is named."""
    units: list[Epoch] = list(_UNITS)
    coarser_units = units[: units.index(epoch)]
    later_us_by_unit = {}
    for unit in coarser_units:
        instant_us = _instant_of_number(number, 0, unit)
        if instant_us >= _YEAR_1971_US:
            later_us_by_unit[unit] = instant_us
    # The finest of them: seconds would put milliseconds some 50,000 years from now.
    likely_unit, likely_us = list(later_us_by_unit.items())[-1]
    read_day, likely_day = (moment(us).date() for us in (_instant_of_number(number, 0, epoch), likely_us))
    return f", which is {read_day} in {epoch} and {likely_day} in {likely_unit}; give the epoch unit of the export"


def _digits(number: str | float | Decimal | int) -> str:
    """Return a number in plain digits; empty where it is too long, or infinite."""
    if isinstance(number, str):
        return number
    if isinstance(number, float):
        return f"{number:.0f}"
    if isinstance(number, Decimal):
        return f"{number:f}" if number.is_finite() and abs(number.adjusted()) <= _LONGEST else ""
    return str(number) if index(number).bit_length() <= _LONGEST_BITS else ""


def _in_range(value: object, instant: int) -> int:
    """Return an instant if every zone has a local date for it."""
    if not MIN_US <= instant <= MAX_US:
        raise _fault(value, _OUTSIDE)
    return instant


def _fault(value: object, reason: str) -> InvalidValueError:
    return InvalidValueError(f"is {shown(value)}{reason}")
