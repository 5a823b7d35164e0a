"""Drill-down: the outages of some time, whole, read from the source every time."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.compliance import EvaluationArguments
from sla_compliance.incidents import Incident, IncidentPage, PageBounds
from sla_compliance.labels import Accounting
from sla_compliance.report import ComplianceReport
from sla_compliance.service.queries import Window
from sla_compliance.service.source_reader import SourceReader
from sla_compliance.stretches import stretches_of
from sla_compliance.units import MAX_US, MIN_US

MOST_WIDENINGS: Final = 12


async def incidents_of(
    reader: SourceReader, day: Window, bounds: PageBounds, *, accounting: Accounting | None
) -> IncidentPage:
    """Return the outages that share an instant with a day, whole, each with its counted downtime on that day.

    One query; while an outage reaches the edge of what was read, one more over twice the time, MOST_WIDENINGS times at
    most. An outage that reaches it still says that it began before.

    Args:
        bounds: which of them, and how many alarms of each.
        accounting: by which downtime is counted; None: the policy's.
    """
    arguments = await reader.arguments(day)
    report, read = await report_of_whole_outages(reader, day, arguments)
    page = await reader.limits.compute(report.incident_page, bounds, accounting=accounting)
    stretches = await reader.limits.compute(stretches_of, report.ledger, accounting or report.accounting)
    incidents = tuple(with_edge(incident, read) for incident in page.incidents)
    return replace(page, incidents=incidents, stretches=stretches)


async def report_of_whole_outages(
    reader: SourceReader, window: Window, arguments: EvaluationArguments
) -> tuple[ComplianceReport, Window]:
    """Return the report of a window from rows that hold its outages whole, and the time of which rows were read.

    Cost as `incidents_of`.

    Args:
        arguments: of an evaluation of the window.
    """
    read = window
    for _ in range(MOST_WIDENINGS):
        report, page = await _report_of(reader, read, arguments)
        widened = _widened(read, page)
        if widened == read:
            return report, read
        # An outage reaches the edge of what was read, so more of it may lie beyond.
        read = widened
    report, _page = await _report_of(reader, read, arguments)
    return report, read


async def _report_of(
    reader: SourceReader, read: Window, arguments: EvaluationArguments
) -> tuple[ComplianceReport, IncidentPage]:
    """Return a report from the rows of some time, and when its outages begin and end."""
    batch = await reader.alarms(read, arguments, whole_rows=True)
    return await reader.limits.compute(_evaluated, batch, arguments)


def _evaluated(batch: AlarmBatch, arguments: EvaluationArguments) -> tuple[ComplianceReport, IncidentPage]:
    report = arguments.report(batch)
    return report, report.incident_page(PageBounds(limit=0))


def _widened(window: Window, page: IncidentPage) -> Window:
    """Return the window, twice as long towards each edge that an outage reaches, and long enough to hold it."""
    if page.start_us is None or page.end_us is None:
        return window
    length_us = window.end_us - window.start_us
    start_us, end_us = window.start_us, window.end_us
    if page.start_us - 1 < start_us:
        start_us = max(MIN_US, min(page.start_us - 1, start_us - length_us))
    if page.end_us + 1 > end_us:
        end_us = min(MAX_US, max(page.end_us + 1, end_us + length_us))
    return replace(window, start_us=start_us, end_us=end_us)


def with_edge(incident: Incident, window: Window) -> Incident:
    """Return an incident that says whether it reaches the start of what was read, where another one may touch it."""
    return replace(incident, begins_before=incident.start_us - 1 < window.start_us)
