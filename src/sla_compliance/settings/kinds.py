"""Kinds of values in a contract file: how each is read, and what a JSON schema says of it."""
################################################################
# A kind reads one value of TOML into a value of the library. What a value means is
# checked by the room that owns it: targets by the policy, hours by ServiceHours,
# zones by zones. The errors of that room are renamed to the value's path in the
# file. A JSON schema says of a kind what a schema can say: type, words, form.
#
# `false` switches a key off: no notice, no such column. TOML has no null.
################################################################

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from sla_compliance.alarms import AlarmFilter, Severity, severity_of
from sla_compliance.calendars.exclusions import MaintenanceKind
from sla_compliance.calendars.periods import Period
from sla_compliance.calendars.planned_work import PlannedWork
from sla_compliance.calendars.service_hours import Hours, ServiceHours
from sla_compliance.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError, SLAComplianceError, shown
from sla_compliance.labels import NAMED_ACCOUNTINGS, Accounting
from sla_compliance.policy import SLAPolicy, Target, target_ratio
from sla_compliance.units import instant_us, parse_date, parse_timestamp, read_length
from sla_compliance.zones import load_zone

ALWAYS_WORD: Final = "always"
ACCOUNTING_BY_WORD: Final[Mapping[str, Accounting]] = {
    name.lower().replace("_", "-"): getattr(Accounting, name) for name in NAMED_ACCOUNTINGS
}
PERIOD_WORDS: Final = ("day", "week", "month", "quarter", "year")

# Dates nearer to the ends of the calendar have no first instant in some zones.
_FIRST_YEAR: Final = 2
_LAST_YEAR: Final = 9998
_DATE_LENGTH: Final = len("2026-10-08")
_NUMBER_PATTERN: Final = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?$"
_LENGTH_PATTERN: Final = r"^[0-9]{1,5}(\.[0-9]{1,6})? ?[A-Za-z]"
_DATE_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MOMENT_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?$"

InstantOrDate = date | datetime
"""An aware datetime, or a date of the tenant's zone."""
Schema = Mapping[str, Any]
"""A part of a JSON schema."""


@dataclass(frozen=True, slots=True)
class SettingKind:
    """What the values of a key are.

    Attributes:
        types: the types that TOML gives them.
        expected: what messages say to give instead of a value of another type.
        convert: returns the library's value of one of these types, by its path; raises SLAComplianceError.
        rule: what a JSON schema says of the values, times and dates as text.
        may_be_off: whether `false` is a value too, which is None.
    """

    types: tuple[type, ...]
    expected: str
    convert: Callable[[Any, str], object]
    rule: Schema
    may_be_off: bool = False

    def read(self, value: object, path: str) -> object:
        """Return the library's value of one of TOML.

        Raises:
            SLAComplianceError: it is wrong; the error's field is the path.
        """
        if self.may_be_off and value is False:
            return None
        if type(value) not in self.types:  # not isinstance: a bool is an int, and a datetime a date
            or_false = ", or false" if self.may_be_off else ""
            raise InvalidTypeError(f"{path} is {described(value)}; give {self.expected}{or_false}", field=path)
        return self.convert(value, path)

    @property
    def schema(self) -> Schema:
        """What a JSON schema says of the values, `false` among them."""
        return {"anyOf": [self.rule, {"const": False}]} if self.may_be_off else self.rule


def described(value: object) -> str:
    """Return a value of TOML for a message."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, time) else shown(value)


def or_off(kind: SettingKind) -> SettingKind:
    """Return a kind whose values may also be `false`."""
    return replace(kind, may_be_off=True)


def one_of(*words: str) -> SettingKind:
    """Return the kind of values that are one of some words."""
    expected = f"one of {', '.join(words)}"

    def convert(word: str, path: str) -> str:
        if word not in words:
            raise InvalidValueError(f"{path} is {shown(word)}; give {expected}", field=path)
        return word

    return SettingKind((str,), expected, convert, {"enum": [*words]})


@contextmanager
def _errors_named(path: str) -> Iterator[None]:
    """Let the errors of this block be about the value of this path."""
    try:
        yield
    except SLAComplianceError as error:
        raise error.renamed(path) from None


def _text(text: str, path: str) -> str:
    if not text:
        raise InvalidValueError(f"{path} is empty; give a text", field=path)
    return text


def _flag(value: bool, path: str) -> bool:  # noqa: ARG001 - as all kinds convert
    return value


def _zone(name: str, path: str) -> str:
    return load_zone(name, field=path).key


def _percentage(percentage: Target, path: str) -> Target:
    target_ratio(percentage, field=path)
    return percentage


def _share(share: Target, path: str) -> Target:
    with _errors_named(path):
        SLAPolicy(minimum_coverage=share)
    return share


def _length(text: str, path: str) -> timedelta:
    return read_length(text, field=path)


def _count(count: int, path: str) -> int:
    with _errors_named(path):
        PlannedWork(most_windows=count)
    return count


def _period(word: str, path: str) -> Period:
    return Period.of(str(_PERIOD_WORD.read(word, path)))


def _accounting(word: str, path: str) -> Accounting:
    return ACCOUNTING_BY_WORD[str(_ACCOUNTING_WORD.read(word, path))]


def _items(values: list[object], kind: SettingKind, path: str) -> tuple[Any, ...]:
    """Return the values of a list, each of one kind; an error names the index."""
    return tuple(kind.read(value, f"{path}[{index}]") for index, value in enumerate(values))


def _texts(texts: list[object], path: str) -> tuple[str, ...]:
    return _items(texts, TEXT, path)


def _severities(texts: list[object], path: str) -> frozenset[Severity]:
    with _errors_named(path):
        return AlarmFilter(_texts(texts, path)).severities


def _maintenance_kinds(words: list[object], path: str) -> frozenset[MaintenanceKind]:
    return frozenset(map(MaintenanceKind, _items(words, _MAINTENANCE_WORD, path)))


def _words(words: str | list[object], path: str) -> tuple[str, ...]:
    """Return the words of rows for one of ours."""
    texts = _texts([words] if isinstance(words, str) else words, path)
    if not texts:
        raise InvalidValueError(f"{path} is empty; give a word or a list of words", field=path)
    return texts


def _moment(value: str | date, path: str) -> InstantOrDate:
    """Return an aware datetime or a date; both may be TOML's own or text."""
    if isinstance(value, str):
        is_date = len(value) == _DATE_LENGTH
        value = parse_date(value, field=path) if is_date else parse_timestamp(value, field=path)
    if not isinstance(value, datetime):
        return _date(value, path)
    if value.tzinfo is None:
        raise NaiveDatetimeError(
            f"{path} is {value} without an offset; write it as 2026-01-20T00:00:00+01:00, or as a date", field=path
        )
    instant_us(value, field=path)  # refuses one too near the years 1 and 9999
    return value.astimezone(UTC)


def _date(value: str | date, path: str) -> date:
    day = parse_date(value, field=path) if isinstance(value, str) else value
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise InvalidValueError(f"{path} is {day}; give a year from {_FIRST_YEAR} to {_LAST_YEAR}", field=path)
    return day


def _dates(values: list[object], path: str) -> tuple[date, ...]:
    return _items(values, _DATE, path)


def _week(hours: dict[str, Any], path: str) -> tuple[Hours, ...]:
    """Return the hours of each weekday, Monday first."""
    with _errors_named(path):
        return ServiceHours.weekly(hours).week


def _exceptions(hours_by_date: dict[str, Any], path: str) -> tuple[tuple[date, Hours], ...]:
    """Return dates and their hours."""
    exceptions: list[tuple[date, Hours]] = []
    for date_text, hours in hours_by_date.items():
        day = _date(date_text, path)
        with _errors_named(f"{path}.{date_text}"):
            exceptions.extend(ServiceHours.weekly({}, exceptions={day: hours}).dated)
    return tuple(exceptions)


def _hours_text(text: str, path: str) -> dict[str, object] | None:
    """Return service hours written as one text as the table of hours has them; None: always."""
    if text == ALWAYS_WORD:
        return None
    with _errors_named(path):
        hours = ServiceHours.parse(text)
    holidays = tuple(day for day, day_hours in hours.dated if not day_hours)
    exceptions = tuple((day, day_hours) for day, day_hours in hours.dated if day_hours)
    return {"weekly": hours.week, "holidays": holidays, "exceptions": exceptions}


def _columns(columns: dict[str, object], path: str) -> dict[str, object]:
    """Return {our column: theirs}."""
    return {name: TEXT.read(column, f"{path}.{name}") for name, column in columns.items()}


def _severity_words(words_by_name: dict[str, object], path: str) -> dict[str, object]:
    """Return {our severity: their words}."""
    words: dict[str, object] = {}
    for name, value in words_by_name.items():
        field = f"{path}.{shown(name)[1:-1]}"
        severity = severity_of(name, field=field)
        # "High" and "high" are two keys to TOML: the words of one of them would be lost.
        if severity.value in words:
            raise InvalidValueError(f"{field} is {severity.value} a second time; write it once", field=field)
        words[severity.value] = WORDS.read(value, f"{path}.{name}")
    return words


def _status_words(words_by_name: dict[str, object], path: str) -> dict[str, object]:
    """Return {our status: their words}."""
    return {name: WORDS.read(value, f"{path}.{name}") for name, value in words_by_name.items()}


_PERIOD_WORD: Final = one_of(*PERIOD_WORDS)
_ACCOUNTING_WORD: Final = one_of(*ACCOUNTING_BY_WORD)
_MAINTENANCE_WORD: Final = one_of(*MaintenanceKind)
_NUMBER_TYPES: Final = (str, int, Decimal)
_DATE_RULE: Final[Schema] = {"type": "string", "pattern": _DATE_PATTERN}
_TEXT_RULE: Final[Schema] = {"type": "string", "minLength": 1}
_TEXTS_RULE: Final[Schema] = {"type": "array", "items": _TEXT_RULE}
_WORDS_RULE: Final[Schema] = {"anyOf": [_TEXT_RULE, {**_TEXTS_RULE, "minItems": 1}]}
_WORD_MAP_RULE: Final[Schema] = {"type": "object", "additionalProperties": _WORDS_RULE}
_HOURS_BY_DAY: Final[Schema] = {"type": "object", "additionalProperties": {"type": "string"}}


def _number_rule(highest: int) -> Schema:
    number = {"type": "number", "minimum": 0, "maximum": highest}
    return {"anyOf": [number, {"type": "string", "pattern": _NUMBER_PATTERN}]}


TEXT: Final = SettingKind((str,), "a text", _text, _TEXT_RULE)
FLAG: Final = SettingKind((bool,), "true or false", _flag, {"type": "boolean"})
ZONE: Final = SettingKind((str,), "a name such as 'Africa/Lagos'", _zone, _TEXT_RULE)
PERCENTAGE: Final = SettingKind(_NUMBER_TYPES, "a percentage such as 99.9", _percentage, _number_rule(100))
SHARE: Final = SettingKind(_NUMBER_TYPES, "a share from 0 to 1, such as 0.95", _share, _number_rule(1))
LENGTH: Final = SettingKind(
    (str,), "a length such as '5 min' or '7 days'", _length, {"type": "string", "pattern": _LENGTH_PATTERN}
)
COUNT: Final = SettingKind((int,), "a whole number", _count, {"type": "integer", "minimum": 0})
CALENDAR_PERIOD: Final = SettingKind((str,), _PERIOD_WORD.expected, _period, _PERIOD_WORD.rule)
ACCOUNTING: Final = SettingKind((str,), _ACCOUNTING_WORD.expected, _accounting, _ACCOUNTING_WORD.rule)
TEXTS: Final = SettingKind((list,), "a list of texts", _texts, _TEXTS_RULE)
SEVERITIES: Final = SettingKind(
    (list,), "a list such as ['critical', 'major']", _severities, {**_TEXTS_RULE, "minItems": 1}
)
MAINTENANCE_KINDS: Final = SettingKind(
    (list,), "a list such as ['planned']", _maintenance_kinds, {"type": "array", "items": _MAINTENANCE_WORD.rule}
)
MOMENT: Final = SettingKind(
    (str, date, datetime),
    "a timestamp such as 2026-01-20T00:00:00+01:00, or a date",
    _moment,
    {"type": "string", "pattern": _MOMENT_PATTERN},
)
_DATE: Final = SettingKind((str, date), "a date such as 2026-12-25", _date, _DATE_RULE)
DATES: Final = SettingKind((list,), "a list of dates", _dates, {"type": "array", "items": _DATE_RULE})
WEEK: Final = SettingKind(
    (dict,), "a table such as {'mon-fri' = '09:00-17:00'}", _week, {**_HOURS_BY_DAY, "minProperties": 1}
)
EXCEPTIONS: Final = SettingKind(
    (dict,),
    "a table such as {2026-12-24 = '10:00-14:00'}",
    _exceptions,
    {**_HOURS_BY_DAY, "propertyNames": {"pattern": _DATE_PATTERN}},
)
HOURS_TEXT: Final = SettingKind(
    (str,), f"a text such as 'mon-fri 09:00-17:00', '{ALWAYS_WORD}', or a table", _hours_text, _TEXT_RULE
)
WORDS: Final = SettingKind((str, list), "a word or a list of words", _words, _WORDS_RULE)
COLUMN_MAPPING: Final = SettingKind(
    (dict,),
    "a table such as {first_occurrence = 'raised_at'}",
    _columns,
    {"type": "object", "additionalProperties": _TEXT_RULE},
)
SEVERITY_WORDS: Final = SettingKind(
    (dict,), "a table such as {critical = ['High', 'Disaster']}", _severity_words, _WORD_MAP_RULE
)
STATUS_WORDS: Final = SettingKind((dict,), "a table such as {resolved = 'Done'}", _status_words, _WORD_MAP_RULE)
