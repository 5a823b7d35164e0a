"""The figures of a world by the library and by the oracle, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.testing.oracle import Figures, Oracle
from sla_compliance.testing.oracle.world import World
from sla_compliance.units import MICROSECOND

TOTAL: Final = "total"

Table = dict[date | str, dict[str, Any]]
"""The figures of each local day of a window, by date, and of all of it."""


def units_of(cells: Mapping[Any, int], world: World) -> dict[tuple[str, str], int]:
    """Return the lengths of cells that are not empty, microseconds, in units of a world."""
    unit_us = world.place.unit // MICROSECOND
    assert all(length_us % unit_us == 0 for length_us in cells.values())
    return {(str(scope), str(state)): length_us // unit_us for (scope, state), length_us in cells.items() if length_us}


def figures_of_report(report: ComplianceReport, world: World) -> Table:
    """Return what a report says."""
    table: Table = {record.date: _of_record(record, world) for record in report.days}
    table[TOTAL] = {**_of_record(report.total, world), "breached days": report.total.sla_breaches}
    return table


def _of_record(record: ComplianceRecord, world: World) -> dict[str, Any]:
    return {
        "cells": units_of(record.segments, world),
        "availability": record.availability_ratio,
        "verdict": str(record.verdict),
    }


def bounds_of_report(report: Any, world: World) -> Table:
    """Return what a report says, and how certain that is."""
    table = figures_of_report(report, world)
    for record in report.days:
        table[record.date].update(_of_bounds(report.bounds(record)))
    table[TOTAL].update(_of_bounds(report.bounds()))
    return table


def _of_bounds(bounds: Any) -> dict[str, Any]:
    return {
        "low": bounds.low,
        "high": bounds.high,
        "is_confirmed": bounds.is_confirmed,
        "coverage": bounds.coverage_ratio,
    }


def figures_of_oracle(oracle: Oracle) -> Table:
    """Return what the oracle says."""
    table: Table = {day: _of_figures(figures) for day, figures in oracle.days.items()}
    table[TOTAL] = {**_of_figures(oracle.total), "breached days": oracle.breached_days}
    return table


def _of_figures(figures: Figures) -> dict[str, Any]:
    return {
        "cells": {cell: length for cell, length in figures.cells.items() if length},
        "availability": figures.availability,
        "verdict": figures.verdict,
    }


def bounds_of_oracle(oracle: Oracle) -> Table:
    """Return what the oracle says, and how certain that is."""
    table = figures_of_oracle(oracle)
    for day, figures in oracle.days.items():
        table[day].update(_certainty(figures))
    table[TOTAL].update(_certainty(oracle.total))
    return table


def _certainty(figures: Figures) -> dict[str, Any]:
    return {
        "low": figures.low,
        "high": figures.high,
        "is_confirmed": figures.is_confirmed,
        "coverage": figures.coverage,
    }
