"""Reported changes: the body of POST /sla/changes, strict and bounded, and the facts that it names."""
################################################################
# A change is an alarm or a maintenance window before and after, null where it was
# added or deleted; or dates, where no more is known than that their facts changed.
#
# Every name is known, every type exact: a misspelt column would be a change of
# nothing. Instants are RFC 3339 with an offset. Instants and dates lie within ten
# years of now, and there are at most MOST_CHANGES changes and MOST_DATES_OF_A_CHANGE dates, so
# that no body costs more than a few queries for each of its changes. Windows recur at
# most MOST_OCCURRENCES times until today, all of a body together: the event loop waits
# while they are expanded.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from sla_compliance.alarms import ALARM_COLUMNS, INSTANT_COLUMNS, Alarm, AlarmColumn, ColumnKind, severity_of
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.errors import InvalidValueError, SLAComplianceError, shown
from sla_compliance.units import DAY_US, MIN_US, parse_date, parse_timestamp

MOST_CHANGES: Final = 100
MOST_DATES_OF_A_CHANGE: Final = 1_000
MOST_OCCURRENCES: Final = 10_000
FARTHEST: Final = dt.timedelta(days=3_660)
_LONGEST_TEXT: Final = 1_000
_MOST_VALUES: Final = 1_000
_LONGEST_DAY_US: Final = 2 * DAY_US
_STRICT: Final = ConfigDict(extra="forbid", strict=True)

_Text = Annotated[str, Field(max_length=_LONGEST_TEXT)]
_Instant = Annotated[str, Field(max_length=64, examples=["2026-10-01T09:00:00Z"])]


def _column_field(column: AlarmColumn) -> Any:  # noqa: ANN401 - a field of pydantic
    """Return the type and the default of an alarm's column in a body."""
    if column.name == "first_occurrence":
        return (_Instant, ...)
    if column.name == "severity":
        return (_Text, ...)
    types: dict[ColumnKind, Any] = {
        ColumnKind.INSTANT: _Instant | None,
        ColumnKind.KEY: _Text | int | None,
        ColumnKind.TEXT: _Text | None,
        ColumnKind.COUNT: int | None,
    }
    return (types[column.kind], None)


_ALARM_FIELDS: Final[dict[str, Any]] = {column.name: _column_field(column) for column in ALARM_COLUMNS}
AlarmRow = create_model(
    "AlarmRow",
    __config__=_STRICT,
    __doc__="An alarm as it stands; columns that are left out are null.",
    **_ALARM_FIELDS,
)


class MaintenanceRow(BaseModel):
    """A maintenance window; what is left out has its default."""

    model_config = _STRICT

    start: _Instant
    end: _Instant
    kind: Literal["planned", "emergency"] = "planned"
    applies_to: (
        Annotated[dict[_Text, Annotated[list[_Text], Field(max_length=_MOST_VALUES)]], Field(max_length=10)] | None
    ) = Field(None, description="Alarm columns and the values that it is for; null: everybody's time.")
    with_children: bool = False
    announced_at: _Instant | None = None
    entered_at: _Instant | None = None
    actual_end: _Instant | None = None
    reason: _Text = ""
    recurrence: _Text | None = Field(None, description="An RFC 5545 RRULE; null: once.")
    zone: _Text | None = None
    author: _Text = ""


class AlarmChange(BaseModel):
    """An alarm was raised (`old` null), cleared, edited or deleted (`new` null)."""

    model_config = _STRICT

    kind: Literal["alarm"]
    old: AlarmRow | None  # type: ignore[valid-type]
    new: AlarmRow | None  # type: ignore[valid-type]


class MaintenanceChange(BaseModel):
    """Maintenance was entered (`old` null), edited or cancelled (`new` null)."""

    model_config = _STRICT

    kind: Literal["maintenance"]
    old: MaintenanceRow | None
    new: MaintenanceRow | None


class ChangeOfDates(BaseModel):
    """Facts of some local dates of the tenant changed."""

    model_config = _STRICT

    kind: Literal["dates"]
    dates: list[_Text] = Field(min_length=1, max_length=MOST_DATES_OF_A_CHANGE, examples=[["2026-10-01"]])


class ReportedChanges(BaseModel):
    """Changes of one tenant's facts, once they are committed."""

    model_config = _STRICT

    changes: list[Annotated[AlarmChange | MaintenanceChange | ChangeOfDates, Field(discriminator="kind")]] = Field(
        min_length=1, max_length=MOST_CHANGES
    )


class AlteredDatesBody(BaseModel):
    """The answer."""

    altered_dates: list[str] = Field(description="The local dates that the changes can alter, ascending.")


def reported_alarm(row: Any, field: str, now: dt.datetime) -> Alarm | None:  # noqa: ANN401 - an AlarmRow, made at run time
    """Return the alarm of a row; None of none.

    Raises:
        InvalidValueError: an instant or the severity is none, or an instant lies too far from now.
    """
    if row is None:
        return None
    values: dict[str, Any] = row.model_dump()
    for name in INSTANT_COLUMNS:
        values[name] = _instant(values[name], f"{field}.{name}", now)
    severity_of(values["severity"], field=f"{field}.severity")
    return Alarm(**values)


def reported_window(row: MaintenanceRow | None, field: str, now: dt.datetime) -> MaintenanceWindow | None:
    """Return the window of a row; None of none.

    Raises:
        SLAComplianceError: an instant is none or lies too far from now, or the window is none.
    """
    if row is None:
        return None
    values: dict[str, Any] = row.model_dump()
    for name in ("start", "end", "announced_at", "entered_at", "actual_end"):
        values[name] = _instant(values[name], f"{field}.{name}", now)
    try:
        return MaintenanceWindow(values.pop("start"), values.pop("end"), **values)
    except SLAComplianceError as error:
        raise error.renamed(f"{field}.{error.field}") from error


def check_occurrences(windows: Mapping[str, MaintenanceWindow], zone: str, now_us: int) -> None:
    """Check that the windows of a body can be expanded in a tenant's zone, in a moment.

    Args:
        windows: by their field.

    Raises:
        InvalidValueError: they recur too often, or the rule of one cannot be expanded.
    """
    count = 0
    for field, window in windows.items():
        try:
            count += len(window.occurrences(zone, MIN_US, now_us + _LONGEST_DAY_US))
        except SLAComplianceError as error:
            raise error.renamed(f"{field}.{error.field}") from error
        if count > MOST_OCCURRENCES:
            raise InvalidValueError(
                f"{field} and the windows before it recur more than {MOST_OCCURRENCES:,} times until today; "
                "send fewer of them, or the dates that changed",
                field=field,
            )


def reported_dates(texts: list[str], field: str, now: dt.datetime) -> tuple[dt.date, ...]:
    """Return some dates, ascending.

    Raises:
        InvalidValueError: one is no date, or lies too far from now.
    """
    dates: set[dt.date] = set()
    for number, text in enumerate(texts):
        date = parse_date(text, field=f"{field}[{number}]")
        _check_is_near(dt.datetime.combine(date, dt.time(), dt.UTC), text, f"{field}[{number}]", now)
        dates.add(date)
    return tuple(sorted(dates))


def _instant(text: str | None, field: str, now: dt.datetime) -> dt.datetime | None:
    if text is None:
        return None
    instant = parse_timestamp(text, field=field)
    _check_is_near(instant, text, field, now)
    return instant


def _check_is_near(instant: dt.datetime, text: str, field: str, now: dt.datetime) -> None:
    if abs(instant - now) > FARTHEST:
        raise InvalidValueError(
            f"{field} is {shown(text)}, more than ten years from now; report the dates that changed", field=field
        )
