"""The question of a conformance vector as a call of the library."""
################################################################
# This file alone knows how a question in JSON spells the arguments of evaluate().
# Rows go in as mappings, as a user's own rows would, and bad ones are set aside.
################################################################

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from sla_compliance.alarms import AlarmFilter
from sla_compliance.calendars.exclusions import AppliesTo, Exclusion, MaintenanceKind, MaintenanceWindow
from sla_compliance.calendars.periods import Period
from sla_compliance.calendars.planned_work import PlannedWork
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.compliance import EvaluationKeywords, evaluate, evaluate_each
from sla_compliance.contract import Pair
from sla_compliance.corrections import Correction
from sla_compliance.labels import CELLS, Accounting, Counts
from sla_compliance.policy import SLAPolicy
from sla_compliance.report import ComplianceReport
from sla_compliance.units import MICROSECOND, parse_timestamp

VectorQuestion = Mapping[str, Any]
"""A question in JSON types."""

DEFAULT_PERIODS: Final = ("day",)
JOINED_COLUMNS: Final = "+"
_CELL_BY_TEXT: Final = {f"{scope}/{state}": (scope, state) for scope, state in CELLS}
_LENGTHS: Final = ("merge_gap", "min_outage", "stale_after", "refreshed_every", "doubt_at_most")
_INSTANTS_OF_WINDOWS: Final = ("start", "end", "announced_at", "entered_at", "actual_end")


def report_of_question(question: VectorQuestion) -> ComplianceReport:
    """Return the library's report on a question.

    Raises:
        SLAComplianceError: the question is refused.
    """
    alarms, keywords = question["alarms"], _keywords(question)
    corrections = [_correction(entry) for entry in question.get("corrections", ())]
    by = question.get("by")
    if by is None:
        return evaluate(alarms, corrections=corrections, on_invalid="quarantine", **keywords)
    reports = evaluate_each(
        alarms,
        by=by["column"],
        inventory=[by["key"]],
        unkeyed=by.get("unkeyed", "doubt"),
        corrections=corrections,
        on_invalid="quarantine",
        **keywords,
    )
    return reports[by["key"]]


def period_of_text(text: str) -> Period:
    """Return the period that a question names, such as "month", "month:15", "year:4-6", "week:sunday", "rolling:30".

    Raises:
        InvalidValueError: there is no such period.
    """
    name, _, detail = text.partition(":")
    if not detail:
        return Period.of(name)
    if name == "week":
        return Period.week(detail)
    numbers = [int(number) for number in detail.split("-")]
    constructors: dict[str, Callable[..., Period]] = {
        "month": Period.month,
        "quarter": Period.quarter,
        "year": Period.year,
        "rolling": Period.rolling,
    }
    return constructors[name](*numbers)


def _keywords(question: VectorQuestion) -> EvaluationKeywords:
    keywords: dict[str, Any] = {name: parse_timestamp(question[name], field=name) for name in ("start", "end", "as_of")}
    keywords["zone"] = question["zone"]
    if "policy" in question:
        keywords["policy"] = _policy(question["policy"])
    if "maintenance" in question:
        keywords["maintenance"] = [_maintenance_window(entry) for entry in question["maintenance"]]
    if "exclusions" in question:
        keywords["exclusions"] = [_exclusion(entry) for entry in question["exclusions"]]
    if "service_hours" in question:
        hours = question["service_hours"]
        keywords["service_hours"] = _service_hours(hours) if isinstance(hours, Mapping) else _pairs(hours)
    for name in ("in_service", "monitored"):
        if name in question:
            keywords[name] = _pairs(question[name])
    if "monitor_gap_us" in question:
        keywords["monitor_gap"] = question["monitor_gap_us"] * MICROSECOND
    return keywords  # type: ignore[return-value]


def _policy(entry: Mapping[str, Any]) -> SLAPolicy:
    arguments = _lengths(entry, _LENGTHS)
    filters = {
        name: entry[name] for name in ("severities", "excluded_alarm_types", "excluded_statuses") if name in entry
    }
    if filters:
        arguments["qualifying"] = AlarmFilter(**filters)
    if "accounting" in entry:
        arguments["accounting"] = _accounting(entry["accounting"])
    if "accepted_maintenance" in entry:
        arguments["accepted_maintenance"] = [MaintenanceKind(kind) for kind in entry["accepted_maintenance"]]
    if "planned_work" in entry:
        arguments["planned_work"] = _planned_work(entry["planned_work"])
    if "minimum_coverage" in entry:
        arguments["minimum_coverage"] = Fraction(entry["minimum_coverage"])
    for name in ("target_percentage", "unknown"):
        if name in entry:
            arguments[name] = entry[name]
    return SLAPolicy(**arguments)


def _accounting(value: str | Mapping[str, str]) -> Accounting:
    if isinstance(value, str):
        named: Accounting = getattr(Accounting, value)
        return named
    return Accounting({_CELL_BY_TEXT[cell]: Counts(count) for cell, count in value.items()})


def _planned_work(entry: Mapping[str, Any]) -> PlannedWork:
    arguments = _lengths(entry, ("notice", "most_time"))
    if "hours" in entry:
        arguments["hours"] = _service_hours(entry["hours"])
    if "per" in entry:
        arguments["per"] = period_of_text(entry["per"])
    for name in ("without_notice", "most_windows", "excuses"):
        if name in entry:
            arguments[name] = entry[name]
    return PlannedWork(**arguments)


def _lengths(entry: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return the lengths among some keys, each of which ends in "_us", as timedeltas."""
    return {name: entry[f"{name}_us"] * MICROSECOND for name in names if f"{name}_us" in entry}


def _service_hours(entry: Mapping[str, Any]) -> ServiceHours:
    return ServiceHours.weekly(
        entry["weekly"],
        holidays=[date.fromisoformat(day) for day in entry.get("holidays", ())],
        exceptions={date.fromisoformat(day): hours for day, hours in entry.get("exceptions", {}).items()},
    )


def _maintenance_window(entry: Mapping[str, Any]) -> MaintenanceWindow:
    arguments = _instants(entry, _INSTANTS_OF_WINDOWS) | _targets(entry)
    for name in ("kind", "recurrence", "zone"):
        if name in entry:
            arguments[name] = entry[name]
    return MaintenanceWindow(**arguments)


def _exclusion(entry: Mapping[str, Any]) -> Exclusion:
    arguments = _instants(entry, ("start", "end")) | _targets(entry)
    return Exclusion(reason=entry.get("reason", "agreed"), **arguments)


def _correction(entry: Mapping[str, Any]) -> Correction:
    arguments = _instants(entry, ("starts", "ends", "entered_at"))
    for name in ("severity", "void", "reason", "author"):
        if name in entry:
            arguments[name] = entry[name]
    return Correction(entry["row_id"], **arguments)


def _instants(entry: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: parse_timestamp(entry[name], field=name) for name in names if name in entry}


def _targets(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return `applies_to` and `with_children`, of those that are given."""
    arguments: dict[str, Any] = {"applies_to": _applies_to(entry["applies_to"])} if "applies_to" in entry else {}
    if "with_children" in entry:
        arguments["with_children"] = entry["with_children"]
    return arguments


def _applies_to(targets: Mapping[str, list[Any]]) -> AppliesTo:
    applies_to: dict[Any, Any] = {}
    for column, values in targets.items():
        if JOINED_COLUMNS in column:
            applies_to[tuple(column.split(JOINED_COLUMNS))] = {tuple(value) for value in values}
        else:
            applies_to[column] = values
    return applies_to


def _pairs(spans: Sequence[Sequence[str]]) -> list[Pair]:
    return [(parse_timestamp(start), parse_timestamp(end)) for start, end in spans]
