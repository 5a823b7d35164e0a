"""Outages as a table; decisive ones have a sign."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from rich.console import RenderableType

from sla_compliance.cli.answer_table import AnswerColumn, AnswerTable, end_text, instant_text
from sla_compliance.cli.table import Page
from sla_compliance.incidents import Incident
from sla_compliance.outlets.text import TERMINAL, clock_length
from sla_compliance.verdicts import Verdict


def incident_table(page: Page, incidents: Iterable[Incident], decisive_starts_us: Collection[int]) -> RenderableType:
    """Return the table of some outages.

    Args:
        decisive_starts_us: when the decisive ones began, microseconds.
    """
    table = AnswerTable(
        page,
        [
            AnswerColumn("Start"),
            AnswerColumn("End", is_narrow=False),
            AnswerColumn("Lasted", is_narrow=False),
            AnswerColumn("Counted"),
            AnswerColumn("Alarms", is_wide_only=True),
            AnswerColumn("Began with", is_text=True),
        ],
    )
    for incident in incidents:
        cells = [
            instant_text(page, incident.start),
            "lasts" if incident.end is None else end_text(page, incident.start, incident.end),
            clock_length(incident.duration_us),
            clock_length(incident.downtime_us),
            f"{len(incident.alarms):,}",
            _first_cause(incident),
        ]
        is_decisive = incident.start_us in decisive_starts_us
        table.add_row(page.sign(Verdict.BREACHED) if is_decisive else "", cells)
    return table.table


def _first_cause(incident: Incident) -> str:
    """Return what began an outage: resource and title of the alarm that was raised first, or what else names it."""
    if not incident.alarms:
        return TERMINAL.no_figure
    alarm = incident.alarms[0]
    names = [str(name) for name in (alarm.resource_id, alarm.title) if name is not None]
    return " ".join(names) or str(alarm.id or alarm.alarm_type or alarm.severity)
