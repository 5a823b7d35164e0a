"""From a tiny world to what the library takes: alarms, windows, policies, and the report of it all."""
################################################################
# What a world leaves at its default is left at its default here too, so what is
# measured is also that the defaults are the same.
################################################################

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sla_compliance.alarms import Alarm, AlarmFilter
from sla_compliance.calendars import planned_work
from sla_compliance.calendars.exclusions import AnyExclusion, Exclusion, MaintenanceKind, MaintenanceWindow
from sla_compliance.calendars.periods import Period
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.compliance import EvaluationKeywords, evaluate, evaluate_each
from sla_compliance.contract import Pair
from sla_compliance.labels import Accounting, Counts, Scope, State
from sla_compliance.policy import SLAPolicy
from sla_compliance.report import ComplianceReport
from sla_compliance.testing.oracle.world import (
    OTHER,
    PLANNED,
    UNREADABLE,
    DailyHours,
    Moment,
    Place,
    PlannedWork,
    Row,
    Spans,
    Terms,
    Window,
    World,
)

_INSTANT_COLUMNS: Final = {
    "cleared": "cleared_at",
    "resolved": "resolved_at",
    "seen": "last_occurrence",
    "updated": "updated_at",
}
_TEXT_COLUMNS: Final = (
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
_DEFAULT_TERMS: Final = Terms()
_DEFAULT_WORK: Final = PlannedWork()


def datetime_of(moment: Moment, place: Place) -> Any:  # noqa: ANN401 - what a row holds need not be a datetime
    """Return a moment as a row holds it: aware, None, or naive where it cannot be read."""
    if moment is None:
        return None
    return datetime.min if moment == UNREADABLE else place.at(moment)  # noqa: DTZ901


def alarm_of(row: Row, place: Place) -> Alarm:
    """Return a row as an Alarm."""
    instants = {column: datetime_of(getattr(row, name), place) for name, column in _INSTANT_COLUMNS.items()}
    texts = {name: getattr(row, name) for name in _TEXT_COLUMNS}
    columns = {name: value for name, value in (instants | texts).items() if value is not None}
    return Alarm(datetime_of(row.start, place), **columns)


def maintenance_of(window: Window, place: Place) -> MaintenanceWindow:
    """Return maintenance with all that is known of it."""
    instants = {"announced_at": window.announced, "entered_at": window.entered, "actual_end": window.actual_end}
    facts: dict[str, Any] = {name: place.at(instant) for name, instant in instants.items() if instant is not None}
    if window.times > 1:
        facts |= {"recurrence": f"FREQ=DAILY;COUNT={window.times}", "zone": "UTC"}  # the window's own zone comes first
    facts |= _whom(window)
    return MaintenanceWindow(place.at(window.start), place.at(window.end), kind=window.kind, **facts)


def exclusion_of(window: Window, place: Place) -> Exclusion:
    """Return another exclusion."""
    return Exclusion(place.at(window.start), place.at(window.end), reason="customer", **_whom(window))


def _whom(window: Window) -> dict[str, Any]:
    targets = {} if window.targets is None else {"applies_to": dict(window.targets)}
    return {**targets, "with_children": True} if window.with_children else targets


def window_of(window: Window, place: Place) -> AnyExclusion | Pair:
    """Return a window; as a pair of datetimes where nothing else is known of it."""
    if window in (Window(window.start, window.end, kind=kind) for kind in (PLANNED, OTHER)):
        return place.at(window.start), place.at(window.end)
    return exclusion_of(window, place) if window.kind == OTHER else maintenance_of(window, place)


def hours_of(hours: DailyHours) -> ServiceHours:
    """Return daily hours as service hours."""
    return ServiceHours.weekly({"mon-sun": f"{hours.first:02}:00-{hours.last:02}:00"})


def accounting_of(terms: Terms) -> Accounting:
    """Return the accounting of some terms."""
    if not terms.recounted:
        named: Accounting = getattr(Accounting, terms.accounting)
        return named
    return Accounting({(Scope(scope), State(state)): Counts(count) for scope, state, count in terms.recounted})


def policy_of(terms: Terms, place: Place) -> SLAPolicy:
    """Return terms as a policy."""
    arguments: dict[str, Any] = {
        "qualifying": AlarmFilter(terms.severities, terms.excluded_types, terms.excluded_statuses),
        "accounting": accounting_of(terms),
        "accepted_maintenance": [MaintenanceKind(kind) for kind in terms.accepted],
    }
    for name in ("merge_gap", "min_outage", "stale_after", "refreshed_every", "doubt_at_most"):
        length = getattr(terms, name)
        if length != getattr(_DEFAULT_TERMS, name):
            arguments[name] = length * place.unit
    for name in ("unknown", "minimum_coverage"):
        if getattr(terms, name) != getattr(_DEFAULT_TERMS, name):
            arguments[name] = getattr(terms, name)
    if terms.planned_work != _DEFAULT_WORK:
        arguments["planned_work"] = planned_work_of(terms.planned_work, place)
    return SLAPolicy(str(float(terms.target * 100)), **arguments)


def planned_work_of(work: PlannedWork, place: Place) -> planned_work.PlannedWork:
    """Return the rules of planned work."""
    lengths = {"notice": work.notice, "most_time": work.most_time}
    arguments: dict[str, Any] = {
        name: None if length is None else length * place.unit for name, length in lengths.items()
    }
    assert work.hours is None or isinstance(work.hours, DailyHours), "hours of work are daily hours here"
    return planned_work.PlannedWork(
        without_notice=work.without_notice,
        hours=None if work.hours is None else hours_of(work.hours),
        most_windows=work.most_windows,
        per=getattr(Period, work.per.upper()),
        excuses=work.excuses,
        **arguments,
    )


def keywords_of(world: World) -> EvaluationKeywords:
    """Return all that evaluate() and evaluate_each() take beside the alarms of a world."""
    place = world.place
    maintenance = [window_of(window, place) for window in world.windows if window.kind != OTHER]
    exclusions = [window_of(window, place) for window in world.windows if window.kind == OTHER]
    hours = world.hours
    keywords: dict[str, Any] = {
        "start": place.at(world.window[0]),
        "end": place.at(world.window[1]),
        "zone": place.zone,
        "as_of": place.at(world.as_of),
        "policy": policy_of(world.terms, place),
        "maintenance": maintenance,
        "exclusions": exclusions,
        "service_hours": hours_of(hours) if isinstance(hours, DailyHours) else _pairs(hours, place),
        "in_service": _pairs(world.in_service, place),
        "monitored": _pairs(world.monitored, place),
    }
    if world.monitor_gap:
        keywords["monitor_gap"] = world.monitor_gap * place.unit
    return keywords  # type: ignore[return-value]


def _pairs(spans: Spans | None, place: Place) -> list[Pair] | None:
    return None if spans is None else [(place.at(start), place.at(end)) for start, end in spans]


def alarms_of(world: World) -> list[Alarm]:
    """Return the rows of a world as alarms."""
    return [alarm_of(row, world.place) for row in world.rows]


def report_of(world: World) -> ComplianceReport:
    """Return what the library makes of a world; rows that contradict themselves are set aside."""
    return evaluate(alarms_of(world), on_invalid="quarantine", **keywords_of(world))


def reports_of(world: World, by: str, **keywords: Any) -> dict[Hashable, ComplianceReport]:  # noqa: ANN401
    """Return what evaluate_each() makes of a world; `keywords` are those that evaluate() does not have."""
    return evaluate_each(alarms_of(world), by=by, on_invalid="quarantine", **keywords, **keywords_of(world))


def part_of(world: World, start: int, end: int) -> World:
    """Return the world that knows of [start, end) what a source would be asked for.

    That is the rows that meet it, widened on both sides by the policy's margin: merge_gap + min_outage.
    """
    margin = world.terms.merge_gap + world.terms.min_outage
    rows = tuple(row for row in world.rows if _meets(row, start - margin, end + margin))
    return replace(world, window=(start, end), rows=rows)


def _meets(row: Row, start: int, end: int) -> bool:
    """Return whether a row may share an instant with [start, end); one that cannot be judged may."""
    row_end = row.cleared if row.cleared is not None else row.resolved
    begins_later = isinstance(row.start, int) and row.start >= end
    ends_before = isinstance(row_end, int) and row_end <= start
    return not begins_later and not ends_before
