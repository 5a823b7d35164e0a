"""An alarm as a plain row, the table of its columns, its severities, and which alarms qualify."""
################################################################
# A row's identity is its `id`. `alarm_id` is a correlation key: it repeats with
# every outage of the same device. Rows are not checked here; validation.py does
# that when an AlarmBatch is made.
#
# ALARM_COLUMNS is the one table of columns: batches, files, SQL sources, samples,
# drill-down and API documents are made from it. A new column is added to the
# table, to Alarm, to AlarmBatch.from_columns and to the SQL mapping, and a test
# holds the four together.
#
# Severities, statuses and alarm types are compared in any case.
################################################################

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Final, Self

from sla_compliance.checks import checked_text, listed_texts, wrong_value
from sla_compliance.errors import InvalidValueError
from sla_compliance.units import moment


class Severity(StrEnum):
    """How severe an alarm is; `Severity("MAJOR")` works in any case. The words are those of X.733, and INFO.

    CLEARED is what some platforms write over the severity of an alarm that is over.
    """

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    WARNING = "warning"
    INFO = "info"
    INDETERMINATE = "indeterminate"
    CLEARED = "cleared"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        """Return the member that a text names in another case.

        Raises:
            InvalidTypeError, InvalidValueError: there is none.
        """
        lowered = checked_text(value, "severity", f"one of {', '.join(cls)}").lower()
        for member in cls:
            if member.value == lowered:
                return member
        raise wrong_value(value, "severity", f"one of {', '.join(cls)}")


SEVERITY_NAMES: Final = ", ".join(Severity)
SEVERITY_BY_NAME: Final = {severity.value: severity for severity in Severity}
WORST_FIRST: Final = (
    Severity.CRITICAL,
    Severity.MAJOR,
    Severity.MINOR,
    Severity.WARNING,
    Severity.INDETERMINATE,
    Severity.INFO,
    Severity.CLEARED,
)
"""Severities in order of rank: of several rows of one alarm the worst counts."""
_SEVERAL: Final = "several texts, e.g. {'critical'}"
QUALIFYING_SEVERITIES: Final = frozenset({Severity.CRITICAL, Severity.MAJOR})


def severity_of(text: object, *, field: str) -> Severity:
    """Return the severity that a text names, in any case.

    Raises:
        InvalidTypeError: `text` is no str.
        InvalidValueError: it names no severity.
    """
    severity = SEVERITY_BY_NAME.get(checked_text(text, field, f"one of {SEVERITY_NAMES}").lower())
    if severity is None:
        raise wrong_value(text, field, f"one of {SEVERITY_NAMES}")
    return severity


@dataclass(frozen=True, slots=True)
class Alarm:
    """One row of the alarms table, as it stands.

    Attributes:
        first_occurrence: when it was raised, aware.
        cleared_at: when it was over, aware; None while it is still active (see also `resolved_at`, `status`).
        id: the row's identity.
        alarm_id: the correlation key of the device's alarms; not unique.
        last_occurrence: when it was last seen, aware.
        parent_alarm_id: the `id`, else the `alarm_id`, of the alarm that caused it.
        acknowledged_at: when a person took it on, aware.
        updated_at: when the row was last written, aware.
    """

    first_occurrence: datetime
    cleared_at: datetime | None = None
    _: KW_ONLY
    severity: str = Severity.CRITICAL
    id: Hashable = None
    alarm_id: str | None = None
    resource_id: str | None = None
    customer_id: str | None = None
    status: str | None = None
    alarm_type: str | None = None
    resolved_at: datetime | None = None
    last_occurrence: datetime | None = None
    subscriber_count: int | None = None
    title: str | None = None
    parent_alarm_id: str | None = None
    resource_type: str | None = None
    acknowledged_at: datetime | None = None
    updated_at: datetime | None = None


class ColumnKind(Enum):
    """What the values of an alarm's column are."""

    INSTANT = auto()
    """An aware datetime in an Alarm, microseconds since 1970 in a batch."""
    KEY = auto()
    """Anything that can be compared, e.g. a number or a UUID."""
    TEXT = auto()
    COUNT = auto()
    """A whole number."""


@dataclass(frozen=True, slots=True)
class AlarmColumn:
    """One column of alarms.

    Attributes:
        name: what it is called in an Alarm, in files, tables and documents.
        argument: what AlarmBatch.from_columns calls it.
        kind: what its values are.
    """

    name: str
    argument: str
    kind: ColumnKind


ALARM_COLUMNS: Final = (
    AlarmColumn("first_occurrence", "starts_us", ColumnKind.INSTANT),
    AlarmColumn("cleared_at", "ends_us", ColumnKind.INSTANT),
    AlarmColumn("severity", "severities", ColumnKind.TEXT),
    AlarmColumn("id", "ids", ColumnKind.KEY),
    AlarmColumn("alarm_id", "alarm_ids", ColumnKind.TEXT),
    AlarmColumn("resource_id", "resource_ids", ColumnKind.TEXT),
    AlarmColumn("customer_id", "customer_ids", ColumnKind.TEXT),
    AlarmColumn("status", "statuses", ColumnKind.TEXT),
    AlarmColumn("alarm_type", "alarm_types", ColumnKind.TEXT),
    AlarmColumn("resolved_at", "resolved_us", ColumnKind.INSTANT),
    AlarmColumn("last_occurrence", "last_occurrences_us", ColumnKind.INSTANT),
    AlarmColumn("subscriber_count", "subscriber_counts", ColumnKind.COUNT),
    AlarmColumn("title", "titles", ColumnKind.TEXT),
    AlarmColumn("parent_alarm_id", "parent_alarm_ids", ColumnKind.TEXT),
    AlarmColumn("resource_type", "resource_types", ColumnKind.TEXT),
    AlarmColumn("acknowledged_at", "acknowledged_us", ColumnKind.INSTANT),
    AlarmColumn("updated_at", "updated_us", ColumnKind.INSTANT),
)
INSTANT_COLUMNS: Final = tuple(column.name for column in ALARM_COLUMNS if column.kind is ColumnKind.INSTANT)
_BOUNDS: Final = frozenset({"first_occurrence", "cleared_at", "resolved_at", "last_occurrence"})
# Instants that say nothing of when an alarm was; a batch keeps them as descriptive columns, microseconds.
DESCRIPTIVE_INSTANTS: Final = tuple(name for name in INSTANT_COLUMNS if name not in _BOUNDS)
DESCRIPTIVE_COLUMNS: Final = tuple(column.name for column in ALARM_COLUMNS if column.kind is not ColumnKind.INSTANT)


@dataclass(frozen=True, slots=True, init=False)
class AlarmFilter:
    """Which alarms qualify as outages.

    Attributes:
        severities: those that qualify; critical and major by default.
        excluded_alarm_types, excluded_statuses: alarms of these do not; none by default, for a suppressed
            alarm may be a real outage. Lower-case.

    Raises:
        InvalidTypeError: one of them is a bare string or holds something else than text.
        InvalidValueError: a severity does not exist, or none is named.
    """

    severities: frozenset[Severity]
    excluded_alarm_types: frozenset[str]
    excluded_statuses: frozenset[str]

    def __init__(
        self,
        severities: Iterable[str] = QUALIFYING_SEVERITIES,
        excluded_alarm_types: Iterable[str] = (),
        excluded_statuses: Iterable[str] = (),
    ) -> None:
        named = listed_texts(severities, "severities", _SEVERAL)
        if not named:
            raise InvalidValueError(
                "severities names none, so nothing would ever be down; give one", field="severities"
            )
        object.__setattr__(self, "severities", frozenset(severity_of(text, field="severities") for text in named))
        object.__setattr__(self, "excluded_alarm_types", _lower(excluded_alarm_types, "excluded_alarm_types"))
        object.__setattr__(self, "excluded_statuses", _lower(excluded_statuses, "excluded_statuses"))


def _lower(values: Iterable[str], field: str) -> frozenset[str]:
    return frozenset(text.lower() for text in listed_texts(values, field, _SEVERAL))


def raised_text(start_us: int) -> str:
    """Return when an alarm was raised, in words.

    >>> raised_text(0)
    'raised 1970-01-01 00:00:00+00:00'
    """
    return f"raised {moment(start_us).isoformat(' ')}"
