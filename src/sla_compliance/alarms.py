"""An alarm as a plain row, its severities, and the question which alarms qualify."""
################################################################
# A row's identity is its `id`. `alarm_id` is a correlation key: it repeats with
# every outage of the same device. Rows are not checked here; AlarmBatch is the
# one gate where they are.
#
# Severities, statuses and alarm types are compared in any case.
################################################################

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from sla_compliance.errors import InvalidTypeError, InvalidValueError, shown


class Severity(StrEnum):
    """How severe an alarm is; `Severity("MAJOR")` works in any case.

    CLEARED is what some platforms write over the severity of an alarm that is over.
    """

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    WARNING = "warning"
    INFO = "info"
    CLEARED = "cleared"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        return next((cls(member) for member in cls if isinstance(value, str) and value.lower() == member.value), None)


SEVERITY_NAMES: Final = ", ".join(Severity)
QUALIFYING_SEVERITIES: Final = frozenset({Severity.CRITICAL, Severity.MAJOR})


def severity_of(text: object, *, field: str) -> Severity:
    """Return the severity that a text names, in any case.

    Raises:
        InvalidTypeError: `text` is no str.
        InvalidValueError: it names no severity.
    """
    if not isinstance(text, str):
        raise InvalidTypeError(f"{field} is {shown(text)}; give one of {SEVERITY_NAMES}", field=field)
    try:
        return Severity(text)
    except ValueError:
        raise InvalidValueError(f"{field} is {shown(text)}; give one of {SEVERITY_NAMES}", field=field) from None


@dataclass(frozen=True, slots=True)
class Alarm:
    """One row of the alarms table, as it stands.

    Attributes:
        first_occurrence: when it was raised, aware.
        cleared_at: when it was over, aware; None while it is still active (see also `resolved_at`, `status`).
        id: the row's identity.
        alarm_id: the correlation key of the device's alarms; not unique.
        last_occurrence: when it was last seen, aware.
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
        named = _texts(severities, "severities")
        if not named:
            raise InvalidValueError(
                "severities names none, so nothing would ever be down; give one", field="severities"
            )
        object.__setattr__(self, "severities", frozenset(severity_of(text, field="severities") for text in named))
        object.__setattr__(self, "excluded_alarm_types", _lower(excluded_alarm_types, "excluded_alarm_types"))
        object.__setattr__(self, "excluded_statuses", _lower(excluded_statuses, "excluded_statuses"))


def _lower(values: Iterable[str], field: str) -> frozenset[str]:
    return frozenset(text.lower() for text in _texts(values, field))


def _texts(values: Iterable[str], field: str) -> list[str]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidTypeError(f"{field} is {shown(values)}; give several texts, e.g. {{'critical'}}", field=field)
    texts = list(values)
    for value in texts:
        if not isinstance(value, str):
            raise InvalidTypeError(f"{field} holds {shown(value)}; give texts only", field=field)
    return texts
