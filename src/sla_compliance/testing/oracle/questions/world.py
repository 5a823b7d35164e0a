"""A question in JSON as a world of the oracle."""
################################################################
# Everything that a world needs as plain instants is expanded here: weekly hours,
# holidays, recurrences. Rows and terms are the question's own.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from sla_compliance.testing.oracle.corrections import RowCorrection, corrected
from sla_compliance.testing.oracle.grid import MOST_INSTANTS, Grid
from sla_compliance.testing.oracle.hours import expanded_hours
from sla_compliance.testing.oracle.questions.errors import RefusedQuestionError, UnsupportedQuestionError
from sla_compliance.testing.oracle.questions.hours import dated_hours_of, week_of
from sla_compliance.testing.oracle.questions.moments import DAY_US, microseconds_of, moment_of_row
from sla_compliance.testing.oracle.questions.periods import first_day_of_period
from sla_compliance.testing.oracle.questions.terms import terms_of
from sla_compliance.testing.oracle.recurrences import SimpleRule, expanded_recurrence
from sla_compliance.testing.oracle.rows import OVER
from sla_compliance.testing.oracle.wall_clock import MICROSECOND, WallClock, datetime_at, instant_us_of
from sla_compliance.testing.oracle.world import (
    OTHER,
    OneKey,
    Place,
    Row,
    Span,
    Spans,
    Targets,
    Terms,
    Window,
    World,
)

_TIMES: Final = {
    "start": "first_occurrence",
    "cleared": "cleared_at",
    "resolved": "resolved_at",
    "seen": "last_occurrence",
    "updated": "updated_at",
}
_TEXTS: Final = (
    "severity",
    "status",
    "alarm_type",
    "id",
    "alarm_id",
    "parent_alarm_id",
    "resource_id",
    "resource_type",
    "customer_id",
)


# Later than any instant of a question: rows without an end are not over before it.
_LATEST_US: Final = instant_us_of(datetime.max.replace(tzinfo=UTC))


class QuestionReader:
    """A question, and the worlds that it is on several grids.

    Attributes:
        clock: of the question's zone.
        start_us, end_us, as_of_us: microseconds.
        days: the local days of the window, and where they begin.
    """

    def __init__(self, question: Mapping[str, Any]) -> None:
        self.question = question
        self.clock = _clock_of(question["zone"])
        self.start_us = microseconds_of(question["start"])
        self.end_us = microseconds_of(question["end"])
        self.as_of_us = microseconds_of(question["as_of"])
        if self.start_us > self.end_us:
            raise RefusedQuestionError("the window ends before it starts")
        if self.start_us == self.end_us:
            raise UnsupportedQuestionError("an empty window")
        self.days = self.clock.starts_of_days(self.start_us, self.end_us)
        self._rows_us = self._corrected_rows()
        self._policy: Mapping[str, Any] = question.get("policy", {})
        self._work: Mapping[str, Any] = self._policy.get("planned_work", {})
        self._first_us, self._last_us = self._reach()

    @property
    def share(self) -> OneKey | None:
        """Which report of many it asks for."""
        by = self.question.get("by")
        if by is None:
            return None
        if self.question["alarms"] and not any(row.get(by["column"]) for row in self.question["alarms"]):
            raise RefusedQuestionError(f"no row has a {by['column']}")
        return OneKey(by["column"], by["key"], by.get("unkeyed", "doubt"))

    def world(self) -> World:
        """Return the world on the coarsest grid that holds it."""
        grid = Grid(self.start_us)
        self._world_on(grid)
        world = self._world_on(grid.coarsest())
        _check_size(world.place)
        return world

    def _reach(self) -> tuple[int, int]:
        """Return between which instants something may matter, microseconds."""
        margin_us = self._policy.get("merge_gap_us", 0) + self._policy.get("min_outage_us", 0)
        starts_us = [row.start for row in self._rows_us if isinstance(row.start, int)]
        first_us = min(self.start_us, *starts_us, self.as_of_us) - margin_us
        if "most_time_us" in self._work or "most_windows" in self._work:
            first_day = first_day_of_period(self.days[0][0], self._work.get("per", "month"))
            first_us = min(first_us, self.clock.start_of(first_day))
        return first_us, max(self.end_us, self.as_of_us) + margin_us

    def _world_on(self, grid: Grid) -> World:
        for _, day_start_us in self.clock.starts_of_days(self._first_us, self._last_us + 2 * DAY_US):
            grid.at(day_start_us)
        question = self.question
        rows = tuple(self._row(row, grid) for row in self._rows_us)
        windows = tuple(self._windows(grid))
        terms = self._terms(grid)
        first = min([grid.at(self._first_us), *(window.start for window in windows)])
        # A day before, where the grid is coarse enough: the clock may have shown a later date before the window.
        place = Place(
            zone=question["zone"],
            base=datetime_at(grid.base_us),
            unit=grid.unit_us * MICROSECOND,
            reach=max(min(DAY_US // grid.unit_us, 3000) - first, grid.at(self._last_us)) + 2,
        )
        hours = question.get("service_hours")
        return World(
            rows=rows,
            window=(grid.at(self.start_us), grid.at(self.end_us)),
            as_of=grid.at(self.as_of_us),
            place=place,
            in_service=_spans(question.get("in_service"), grid),
            hours=self._hours(hours, grid) if isinstance(hours, Mapping) else _spans(hours, grid),
            windows=windows,
            monitored=_spans(question.get("monitored"), grid),
            monitor_gap=grid.length(question.get("monitor_gap_us", 0)),
            terms=terms,
        )

    def _corrected_rows(self) -> tuple[Row, ...]:
        """Return the rows as corrections have them, their instants in microseconds."""
        alarms = self.question["alarms"]
        # Where some rows have a severity, one without cannot be read.
        default_texts = {"severity": ""} if any("severity" in alarm for alarm in alarms) else {}
        rows = []
        for alarm in alarms:
            texts = {name: alarm[name] for name in _TEXTS if alarm.get(name) is not None}
            moments: dict[str, Any] = {
                name: moment_of_row(alarm.get(column), is_end=column != "first_occurrence")
                for name, column in _TIMES.items()
            }
            rows.append(Row(**moments, **default_texts | texts))
        entries = sorted(self.question.get("corrections", ()), key=lambda entry: microseconds_of(entry["entered_at"]))
        return corrected(rows, map(_row_correction, entries), _LATEST_US)

    def _row(self, row_us: Row, grid: Grid) -> Row:
        """Return a row with its instants in units."""
        if (row_us.status or "").lower() in OVER:
            grid.length(self._policy.get("doubt_at_most_us", DAY_US))
        moments = {name: getattr(row_us, name) for name in _TIMES}
        instants: dict[str, Any] = {
            name: grid.at(moment) for name, moment in moments.items() if isinstance(moment, int)
        }
        return replace(row_us, **instants)

    def _terms(self, grid: Grid) -> Terms:
        work_hours = self._work.get("hours")
        hours = None if work_hours is None else self._hours(work_hours, grid)
        return terms_of(self._policy, grid, hours)

    def _hours(self, hours: Mapping[str, Any], grid: Grid) -> Spans:
        week, dated = week_of(hours), dated_hours_of(hours)
        spans = expanded_hours(week, dated, self.clock, self._first_us, self._last_us)
        return tuple((grid.at(start_us), grid.at(end_us)) for start_us, end_us in spans)

    def _windows(self, grid: Grid) -> Iterable[Window]:
        for entry in self.question.get("maintenance", ()):
            yield from self._maintenance(entry, grid)
        for entry in self.question.get("exclusions", ()):
            start_us, end_us = _bounds(entry)
            yield from self._reached(start_us, end_us, entry, grid, {"kind": OTHER})

    def _maintenance(self, entry: Mapping[str, Any], grid: Grid) -> Iterable[Window]:
        start_us, end_us = _bounds(entry)
        instants = {"announced": "announced_at", "entered": "entered_at", "actual_end": "actual_end"}
        facts: dict[str, Any] = {
            name: grid.at(microseconds_of(entry[key])) for name, key in instants.items() if key in entry
        }
        facts["kind"] = entry.get("kind", "planned")
        stretches = [(start_us, end_us)]
        if "recurrence" in entry:
            if "actual_end" in entry:
                raise RefusedQuestionError("a recurring window has no actual end")
            stretches = self._occurrences(entry, start_us, end_us)
        for stretch in stretches:
            yield from self._reached(*stretch, entry, grid, facts)

    def _occurrences(self, entry: Mapping[str, Any], start_us: int, end_us: int) -> list[Span]:
        clock = _clock_of(entry["zone"]) if "zone" in entry else self.clock
        if clock.wall_at(end_us) < clock.wall_at(start_us):
            raise RefusedQuestionError("the clock is set back between the start and the end of a recurring window")
        try:
            rule = SimpleRule(entry["recurrence"], clock)
        except ValueError as error:
            raise UnsupportedQuestionError(f"the recurrence {error}") from None
        return expanded_recurrence(rule, clock, start_us, end_us, first_us=self._first_us, last_us=self._last_us)

    def _reached(
        self, start_us: int, end_us: int, entry: Mapping[str, Any], grid: Grid, facts: Mapping[str, Any]
    ) -> Iterable[Window]:
        """Yield a window where it may matter; what lies after all that may matter is cut off."""
        if end_us > self._first_us and start_us < self._last_us:
            start, end = grid.at(start_us), grid.at(min(end_us, self._last_us))
            yield Window(start, end, targets=_targets(entry), with_children=entry.get("with_children", False), **facts)


def _clock_of(zone: str) -> WallClock:
    try:
        return WallClock(zone)
    except (ValueError, OSError):
        raise RefusedQuestionError(f"{zone} is no zone") from None


def _check_size(place: Place) -> None:
    """Refuse a world of too many instants to be looked at one after the other."""
    instants = 2 * place.reach
    if instants > MOST_INSTANTS:
        raise UnsupportedQuestionError(
            f"the question needs {instants:,} instants of {place.unit}; the reference looks at {MOST_INSTANTS:,}"
        )


def _row_correction(entry: Mapping[str, Any]) -> RowCorrection:
    facts: dict[str, Any] = {}
    if "starts" in entry:
        facts["start"] = microseconds_of(entry["starts"])
    if "ends" in entry:
        facts |= {"cleared": microseconds_of(entry["ends"]), "resolved": None}
    if "severity" in entry:
        facts["severity"] = entry["severity"]
    return RowCorrection(entry["row_id"], {} if entry.get("void") else facts)


def _bounds(entry: Mapping[str, Any]) -> tuple[int, int]:
    start_us, end_us = microseconds_of(entry["start"]), microseconds_of(entry["end"])
    if end_us < start_us:
        raise RefusedQuestionError("a window ends before it starts")
    return start_us, end_us


def _spans(pairs: Iterable[list[str]] | None, grid: Grid) -> Spans | None:
    if pairs is None:
        return None
    spans_us = [_bounds({"start": start, "end": end}) for start, end in pairs]
    return tuple((grid.at(start_us), grid.at(end_us)) for start_us, end_us in spans_us)


def _targets(entry: Mapping[str, Any]) -> Targets | None:
    if "applies_to" not in entry:
        return None
    targets = []
    for column, values in entry["applies_to"].items():
        if "+" in column:
            targets.append((tuple(column.split("+")), tuple(tuple(value) for value in values)))
        else:
            targets.append((column, tuple(values)))
    return tuple(targets)
