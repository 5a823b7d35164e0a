"""The outages of a document: what each took of the error budget, the decisive ones marked, the worst resources."""

from __future__ import annotations

from typing import Final

from sla_compliance.analysis.attribution import attribution
from sla_compliance.analysis.incident_costs import IncidentCost, IncidentCosts, incident_costs
from sla_compliance.errors import InvalidTypeError
from sla_compliance.incidents import Incident, PageBounds
from sla_compliance.outlets._document.composition import Composition
from sla_compliance.outlets._document.wording import text_cell
from sla_compliance.outlets.blocks import Block, Cell, CellKind, Column, Heading, Note, Row, Table, Tone
from sla_compliance.report import ComplianceReport

MOST_LISTED_INCIDENTS: Final = 50
MOST_RESOURCES: Final = 10
_RESOURCE_COLUMN: Final = "resource_id"


def incidents_section(composition: Composition) -> list[Block]:
    """Return the outages that took most of the budget, and the resources behind them."""
    wording, report = composition.wording, composition.report
    heading = Heading(text=wording.say("heading_incidents"), name="incidents")
    if composition.incident_costs is not None:
        costs = composition.incident_costs
        downtime_us = composition.total.downtime_us
    elif report is not None:
        costs = incident_costs(report, bounds=PageBounds(limit=MOST_LISTED_INCIDENTS, alarm_limit=1))
        # A custom accounting may count as down what no outage is of, so the total's downtime would be too much.
        downtime_us = report.incident_page(PageBounds(limit=0)).downtime_us
    else:
        return [heading, Note(sentences=(wording.say(f"incidents_{composition.missing_incidents}"),))]
    blocks: list[Block] = [heading]
    if costs.decisive:
        sentence = wording.say("incidents_decisive", count=costs.decisive)
        blocks.append(Note(sentences=(sentence,), tone=Tone.BREACHED))
    if report is None or not _names_resources(report):
        return [*blocks, _table(composition, costs, downtime_us)]
    caption = wording.say("caption_incidents")
    return [*blocks, _table(composition, costs, downtime_us, caption), _resources(composition, report)]


def _table(composition: Composition, costs: IncidentCosts, downtime_us: int, caption: str = "") -> Table:
    wording = composition.wording
    columns = (
        Column(key="start", heading=wording.say("start"), kind=CellKind.INSTANT),
        Column(key="end", heading=wording.say("end"), kind=CellKind.INSTANT),
        Column(key="title", heading=wording.say("incident_title")),
        Column(key="resource", heading=wording.say("resource")),
        Column(key="alarms", heading=wording.say("alarms"), kind=CellKind.COUNT),
        Column(key="downtime", heading=wording.say("downtime"), kind=CellKind.LENGTH),
        Column(key="budget", heading=wording.say("incident_budget"), kind=CellKind.LENGTH),
        Column(key="decisive", heading=wording.say("incident_decisive")),
    )
    listed = costs.rows[:MOST_LISTED_INCIDENTS]
    rows = tuple(_row(composition, cost) for cost in listed)
    note = _note(composition, costs, downtime_us)
    return Table(name="incidents", columns=columns, rows=rows, caption=caption, note=note)


def _note(composition: Composition, costs: IncidentCosts, downtime_us: int) -> str:
    """Return how many outages are not listed and how much downtime they hold; that there is none."""
    wording = composition.wording
    if not costs.total:
        return wording.say("incidents_none")
    listed = costs.rows[:MOST_LISTED_INCIDENTS]
    unlisted = costs.total - len(listed)
    if not unlisted:
        return ""
    unlisted_us = max(0, downtime_us - sum(cost.incident.downtime_us for cost in listed))
    return wording.say("incidents_more", count=unlisted, length=wording.downtime(unlisted_us).text)


def _row(composition: Composition, cost: IncidentCost) -> Row:
    wording, incident = composition.wording, cost.incident
    first_alarm = incident.alarms[0] if incident.alarms else None
    title = None if first_alarm is None else first_alarm.title or first_alarm.alarm_type
    resource = None if first_alarm is None else first_alarm.resource_id
    cells = (
        _start(composition, incident),
        _end(composition, incident),
        text_cell(wording.say("outage") if title is None else str(title)),
        text_cell("" if resource is None else str(resource)),
        wording.count(incident.alarm_count),
        wording.downtime(incident.downtime_us),
        # Rounded up: what an outage took is never less than is said.
        wording.downtime_of(cost.budget_us),
        text_cell(wording.say("incident_decisive_mark") if cost.is_decisive else ""),
    )
    return Row(cells=cells, tone=Tone.BREACHED if cost.is_decisive else Tone.PLAIN)


def _start(composition: Composition, incident: Incident) -> Cell:
    cell = composition.wording.instant(incident.start)
    if not incident.begins_before:
        return cell
    return Cell(composition.wording.say("incident_begins_before", instant=cell.text), cell.value, cell.kind)


def _end(composition: Composition, incident: Incident) -> Cell:
    if incident.end is None:
        return Cell(composition.wording.say("incident_ongoing"), None, CellKind.INSTANT)
    return composition.wording.instant(incident.end)


def _names_resources(report: ComplianceReport) -> bool:
    """Return whether rows that qualify name their resources, by values that can be keys."""
    resources = report.qualifying.columns.get(_RESOURCE_COLUMN, ())
    if not any(resource is not None for resource in resources):
        return False
    try:
        report.qualifying.key_column(_RESOURCE_COLUMN)
    except InvalidTypeError:
        # Lists of resources are no keys: no table of theirs can be made.
        return False
    return True


def _resources(composition: Composition, report: ComplianceReport) -> Table:
    wording = composition.wording
    shares = attribution(report, by=_RESOURCE_COLUMN)
    rows: list[Row] = []
    for share in shares.first_rows(MOST_RESOURCES):
        name = wording.say("resource_none") if share.key is None else str(share.key)
        lengths = (wording.downtime(share.gross_us), wording.downtime(share.unique_us))
        rows.append(Row(cells=(text_cell(name), wording.count(share.alarms), *lengths)))
    unlisted = shares.total - len(rows)
    columns = (
        Column(key="resource", heading=wording.say("resource")),
        Column(key="alarms", heading=wording.say("alarms"), kind=CellKind.COUNT),
        Column(key="downtime", heading=wording.say("resource_gross"), kind=CellKind.LENGTH),
        Column(key="alone", heading=wording.say("resource_unique"), kind=CellKind.LENGTH),
    )
    note = wording.say("resources_more", count=unlisted) if unlisted else ""
    caption = wording.say("caption_resources")
    return Table(name="resources", columns=columns, rows=tuple(rows), caption=caption, note=note)
