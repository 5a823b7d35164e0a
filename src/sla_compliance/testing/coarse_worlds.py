"""From what evaluate() takes to a tiny world: the reverse of evaluation.py, for whatever the oracle can count out."""
################################################################
# Facts are read from alarms, windows and policies as they stand. What says when (hours,
# recurrences, pairs) is counted out by the oracle's own clock on the wall, so nothing
# here is computed by the library.
#
# What cannot be said in a tiny world is refused, never left out.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sla_compliance.alarms import Alarm
from sla_compliance.calendars import planned_work
from sla_compliance.calendars.exclusions import AnyExclusion, MaintenanceWindow
from sla_compliance.calendars.exclusions import Targets as AgreedTargets
from sla_compliance.calendars.periods import Period
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.checks import check_type, listed
from sla_compliance.compliance import EvaluationKeywords
from sla_compliance.contract import Pair
from sla_compliance.corrections import Correction, checked_corrections
from sla_compliance.errors import InvalidValueError
from sla_compliance.evaluation import EvaluationArguments
from sla_compliance.intervals import IntervalSet
from sla_compliance.labels import Accounting, Counts, Scope, State
from sla_compliance.policy import SLAPolicy
from sla_compliance.testing.grids import place_of, reach_us, span_at
from sla_compliance.testing.oracle.corrections import RowCorrection, corrected
from sla_compliance.testing.oracle.hours import expanded_hours
from sla_compliance.testing.oracle.recurrences import SimpleRule, expanded_recurrence
from sla_compliance.testing.oracle.wall_clock import WallClock, instant_us_of
from sla_compliance.testing.oracle.world import (
    OTHER,
    PLANNED,
    UNREADABLE,
    DailyHours,
    Moment,
    Place,
    PlannedWork,
    Row,
    Span,
    Spans,
    Targets,
    Terms,
    Window,
    World,
)
from sla_compliance.units import EPOCH, MICROSECOND

_HOUR: Final = timedelta(hours=1)
_ROW_INSTANTS: Final = {
    "start": "first_occurrence",
    "cleared": "cleared_at",
    "resolved": "resolved_at",
    "seen": "last_occurrence",
    "updated": "updated_at",
}
_ROW_TEXTS: Final = tuple(
    field.name for field in fields(Row) if field.name not in _ROW_INSTANTS and field.name != "severity"
)
_TIMES: Final = ("service_hours", "in_service", "monitored")
_PERIODS: Final = (Period.DAY, Period.WEEK, Period.MONTH, Period.QUARTER, Period.YEAR)


class Question:
    """What evaluate() takes, checked, its iterables as tuples."""

    def __init__(
        self, alarms: Iterable[Alarm], corrections: Iterable[Correction], keywords: EvaluationKeywords
    ) -> None:
        """Read the arguments; errors as `evaluate` and `oracle_report`."""
        values: dict[str, Any] = dict(keywords)
        for name in ("maintenance", "exclusions", *_TIMES):
            value = values.get(name)
            if value is not None and not isinstance(value, ServiceHours | IntervalSet):
                values[name] = tuple(listed(value, name, "a list"))
        self.alarms = tuple(listed(alarms, "alarms", "several Alarm, not a batch: those that it was made of"))
        for number, alarm in enumerate(self.alarms):
            check_type(alarm, Alarm, f"alarms[{number}]", "an Alarm")
        checked = EvaluationArguments(**values)  # refuses what evaluate() refuses
        self.corrections = sorted(checked_corrections(corrections), key=lambda correction: correction.entered_at)
        self.start, self.end, self.as_of, self.zone = checked.start, checked.end, checked.as_of, checked.zone
        self.policy, self.monitor_gap = checked.policy, checked.monitor_gap
        self.windows = [*values.get("maintenance", ()), *values.get("exclusions", ())]
        self.is_maintenance = [True] * len(values.get("maintenance", ())) + [False] * len(values.get("exclusions", ()))
        self.times = {name: values.get(name) for name in _TIMES}
        self.place = place_of(self.start, self._instants(), self._lengths(), self._zones(), self.zone)

    def _zones(self) -> set[str]:
        own_zones = (getattr(window, "zone", None) for window in self.windows)
        return {self.zone, *(zone for zone in own_zones if zone is not None)}

    def _instants(self) -> list[datetime]:
        """Return the instants that the oracle has to reach."""
        instants = [self.start, self.end, self.as_of]
        for alarm in self.alarms:
            values = (getattr(alarm, column) for column in _ROW_INSTANTS.values())
            instants += [value for value in values if is_instant(value)]
        for correction in self.corrections:
            instants += [value for value in (correction.starts, correction.ends) if value is not None]
        for window in self.windows:
            bounds = window if isinstance(window, tuple | list) else (window.start, window.end)
            instants += [*bounds, *_optional_moments(window, "actual_end_us")]
        return instants

    def _lengths(self) -> Iterator[timedelta]:
        """Yield the lengths, and the distances from the start, that are whole units besides."""
        policy = self.policy
        yield from (policy.merge_gap, policy.min_outage, policy.doubt_at_most, self.monitor_gap)
        optional_lengths = (policy.stale_after, policy.refreshed_every)
        yield from (length for length in (*optional_lengths, *_lengths_of(policy.planned_work)) if length is not None)
        for window in self.windows:
            yield from (moment - self.start for moment in _optional_moments(window, "announced_at_us", "entered_at_us"))
        for times in self.times.values():
            if isinstance(times, ServiceHours):
                days = [*times.week, *(hours for _, hours in times.dated)]
                yield from (timedelta(minutes=minute) for hours in days for pair in hours for minute in pair)
            elif times is not None:
                yield from (bound - self.start for pair in _pairs(times) for bound in pair)

    def world(self) -> World:
        """Return the tiny world; errors as `oracle_report`."""
        place = self.place
        windows: list[Window] = []
        for window, is_maintenance in zip(self.windows, self.is_maintenance, strict=True):
            windows += world_windows(window, place, PLANNED if is_maintenance else OTHER)
        return World(
            rows=corrected(
                [world_row(alarm, place) for alarm in self.alarms],
                [row_correction(correction, place) for correction in self.corrections],
                place.reach,
            ),
            window=(0, instant_at(self.end, place)),
            as_of=instant_at(self.as_of, place),
            place=place,
            in_service=spans_at(self.times["in_service"], place),
            hours=spans_at(self.times["service_hours"], place),
            windows=tuple(windows),
            monitored=spans_at(self.times["monitored"], place),
            monitor_gap=place.units(self.monitor_gap),
            terms=world_terms(self.policy, place),
        )


def _lengths_of(work: planned_work.PlannedWork) -> Iterator[timedelta | None]:
    yield from (work.notice, work.most_time)
    if work.hours is not None:
        yield _HOUR


def _optional_moments(window: object, *names: str) -> Iterator[datetime]:
    for name in names:
        instant_us = getattr(window, name, None)
        if instant_us is not None:
            yield EPOCH + instant_us * MICROSECOND


def is_instant(value: object) -> bool:
    """Return whether a value of a row is a datetime with a zone."""
    return isinstance(value, datetime) and value.utcoffset() is not None


def instant_at(moment: datetime, place: Place) -> int:
    """Return an aware datetime as an instant of a place."""
    return place.units(moment - place.base)


def row_moment(value: object, place: Place) -> Moment:
    """Return what a row holds as an instant of a place, as absent, or as unreadable."""
    if value is None:
        return None
    return instant_at(value, place) if isinstance(value, datetime) and is_instant(value) else UNREADABLE


def world_row(alarm: Alarm, place: Place) -> Row:
    """Return an alarm as a row of a world."""
    instants: dict[str, Any] = {
        name: row_moment(getattr(alarm, column), place) for name, column in _ROW_INSTANTS.items()
    }
    texts = {name: getattr(alarm, name) for name in _ROW_TEXTS}
    known_texts: dict[str, Any] = {name: str(value) for name, value in texts.items() if value not in (None, "")}
    return Row(severity=str(alarm.severity), **instants, **known_texts)


def row_correction(correction: Correction, place: Place) -> RowCorrection:
    """Return a correction of rows of a world."""
    facts: dict[str, Any] = {}
    if correction.starts is not None:
        facts["start"] = instant_at(correction.starts, place)
    if correction.ends is not None:
        facts |= {"cleared": instant_at(correction.ends, place), "resolved": None}
    if correction.severity is not None:
        facts["severity"] = str(correction.severity)
    return RowCorrection(str(correction.row_id), facts)


def _pairs(times: IntervalSet | Iterable[Pair]) -> Iterator[Pair]:
    """Yield the bounds of times."""
    if isinstance(times, IntervalSet):
        yield from ((EPOCH + start_us * MICROSECOND, EPOCH + end_us * MICROSECOND) for start_us, end_us in times)
    else:
        yield from times


def spans_at(times: ServiceHours | IntervalSet | Iterable[Pair] | None, place: Place) -> Spans | None:
    """Return when something is, as spans of a world."""
    if times is None:
        return None
    if isinstance(times, ServiceHours):
        spans_us = expanded_hours(times.week, dict(times.dated), WallClock(place.zone), *reach_us(place))
        return tuple(span_at(span_us, place) for span_us in spans_us)
    return tuple((instant_at(start, place), instant_at(end, place)) for start, end in _pairs(times))


def world_windows(window: AnyExclusion | Pair, place: Place, kind: str) -> list[Window]:
    """Return the occurrences of maintenance or of an exclusion.

    Raises:
        InvalidValueError: it recurs in a way, or applies to columns, that a world does not have.
    """
    if isinstance(window, tuple | list):
        start, end = window
        return [Window(instant_at(start, place), instant_at(end, place), kind=kind)]
    span: Span = (instant_at(window.start, place), instant_at(window.end, place))
    whole = Window(*span, kind=kind, targets=_targets(window.targets), with_children=window.with_children)
    if not isinstance(window, MaintenanceWindow):
        return [whole]
    facts = {"announced": "announced_at_us", "entered": "entered_at_us", "actual_end": "actual_end_us"}
    known: dict[str, Any] = {
        name: instant_at(moment, place)
        for name, attribute in facts.items()
        for moment in _optional_moments(window, attribute)
    }
    whole = replace(whole, kind=str(window.kind), **known)
    if window.recurrence is None:
        return [whole]
    return [replace(whole, start=start, end=end) for start, end in _occurrences(window, window.recurrence, place)]


def _occurrences(window: MaintenanceWindow, recurrence: str, place: Place) -> list[Span]:
    """Return when a window recurs, within reach of a place."""
    clock = WallClock(window.zone or place.zone)
    try:
        rule = SimpleRule(recurrence, clock)
    except ValueError as error:
        raise InvalidValueError(f"recurrence is {error}; give one window each time", field="recurrence") from None
    first_us, last_us = reach_us(place)
    start_us, end_us = instant_us_of(window.start), instant_us_of(window.end)
    spans_us = expanded_recurrence(rule, clock, start_us, end_us, first_us=first_us, last_us=last_us)
    return [span_at(span_us, place) for span_us in spans_us]


def _targets(targets: AgreedTargets | None) -> Targets | None:
    if targets is None:
        return None
    known_columns = {*_ROW_TEXTS, "severity"}
    for columns, _ in targets:
        unknown = [column for column in columns if column not in known_columns]
        if unknown:
            raise InvalidValueError(
                f"applies_to names {unknown[0]}; the oracle knows {', '.join(sorted(known_columns))}",
                field="applies_to",
            )
    return tuple(
        (columns[0], tuple(value for (value,) in values)) if len(columns) == 1 else (columns, values)
        for columns, values in targets
    )


def world_terms(policy: SLAPolicy, place: Place) -> Terms:
    """Return a policy as terms of a world.

    Raises:
        InvalidValueError: its planned work has hours or a period that a world does not have.
    """

    def units(length: timedelta | None) -> int | None:
        return None if length is None else place.units(length)

    qualifying = policy.qualifying
    return Terms(
        severities=tuple(sorted(map(str, qualifying.severities))),
        excluded_types=tuple(sorted(qualifying.excluded_alarm_types)),
        excluded_statuses=tuple(sorted(qualifying.excluded_statuses)),
        merge_gap=place.units(policy.merge_gap),
        min_outage=place.units(policy.min_outage),
        stale_after=units(policy.stale_after),
        refreshed_every=units(policy.refreshed_every),
        doubt_at_most=place.units(policy.doubt_at_most),
        accepted=tuple(sorted(map(str, policy.accepted_maintenance))),
        planned_work=_work_of(policy.planned_work, place),
        recounted=tuple(_counts_of(policy.accounting)),
        target=policy.target_ratio,
        unknown=policy.unknown,
        minimum_coverage=policy.minimum_coverage_ratio,
    )


def _counts_of(accounting: Accounting) -> Iterator[tuple[str, str, str]]:
    names: Mapping[Counts, str] = {Counts.UP: "UP", Counts.DOWN: "DOWN", Counts.NOT_COUNTED: "NOT_COUNTED"}
    for scope in Scope:
        for state in State:
            if state is not State.NOT_YET:
                yield str(scope), str(state), names[accounting.counts(scope, state)]


def _work_of(work: planned_work.PlannedWork, place: Place) -> PlannedWork:
    if work.has_caps and work.per not in _PERIODS:
        raise InvalidValueError(
            f"per is {work.per}; the oracle knows days, weeks from Monday, months, quarters and years of the calendar",
            field="per",
        )
    return PlannedWork(
        notice=None if work.notice is None else place.units(work.notice),
        without_notice=work.without_notice,
        hours=None if work.hours is None else _daily_hours(work.hours),
        most_time=None if work.most_time is None else place.units(work.most_time),
        most_windows=work.most_windows,
        per=work.per.name if work.per in _PERIODS else "month",
        excuses=work.excuses,
    )


def _daily_hours(hours: ServiceHours) -> DailyHours:
    (first_day, *_) = hours.week
    is_daily = len(first_day) == 1 and not hours.dated and set(hours.week) == {first_day}
    if is_daily:
        first_minute, last_minute = first_day[0]
        if first_minute % 60 == last_minute % 60 == 0 and last_minute <= 24 * 60:
            return DailyHours(first_minute // 60, last_minute // 60)
    raise InvalidValueError(
        f"hours of planned work are {hours.canonical()}; the oracle knows the same whole hours every day, such as "
        "mon-sun 01:00-05:00",
        field="hours",
    )
