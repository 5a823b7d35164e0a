"""Bodies that grow with a tenant's rows: the incidents of a day, the resources of a range."""
################################################################
# They are built in the service's computing thread, in parts: a single call of
# json.dumps, or of sorted, holds the interpreter's lock for its whole length, and no
# other tenant's answer is sent meanwhile.
#
# The parameters bound how many entries and alarms a body has. Texts of alarms may be
# of any length, so alarms are left out, too, where MAX_ALARM_BYTES are full.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Final, NamedTuple

from sla_compliance.incidents import Incident, IncidentPage, PageBounds
from sla_compliance.measured import MeasuredDay
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.units import SECOND_US, moment
from sla_compliance.verdicts import counted_us
from sla_compliance.web.queries import ComplianceQuery
from sla_compliance.web.responses import CERTAINTY_KEYS, Body, Content, to_json

MAX_ALARM_BYTES: Final = 4 * 1024 * 1024


def day_incidents_content(
    date: dt.date, query: ComplianceQuery, page: IncidentPage, bounds: PageBounds, figure: Body | None
) -> Content:
    """Return a local day with some of its incidents, and what the overview shows of it."""
    head = {
        "date": date.isoformat(),
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
        "limit": bounds.limit,
        "offset": bounds.offset,
        "total": page.total,
        "figure": figure,
        "timeline": [stretch.as_dict(query.start.tzinfo or dt.UTC) for stretch in page.stretches],
    }
    incidents: list[bytes] = []
    room_bytes = MAX_ALARM_BYTES
    for incident in page.incidents:
        alarms = _alarms_within(room_bytes, incident)
        room_bytes -= sum(map(len, alarms))
        fields = {**incident.as_dict(with_alarms=False), "alarm_count": incident.alarm_count}
        incidents.append(_with_list(fields, "alarms", alarms))
    return Content.of(_with_list(head, "incidents", incidents))


def shown_figure(day: MeasuredDay, query: ComplianceQuery, downtime_us: int) -> Body:
    """Return what the overview shows of a day.

    Args:
        downtime_us: what the incidents of the day sum to, as they are read now.
    """
    shown_downtime_us = counted_us(day.cells_us, query.accounting.down_cells)
    return {
        "downtime_seconds": shown_downtime_us / SECOND_US,
        "as_of": moment(day.as_of_us, query.start.tzinfo or dt.UTC).isoformat(),
        "is_older": shown_downtime_us != downtime_us,
    }


def _alarms_within(room_bytes: int, incident: Incident) -> list[bytes]:
    """Return the first alarms of an incident in JSON, as many as there is room for."""
    alarms: list[bytes] = []
    for alarm in incident.alarms:
        text = to_json(incident.alarm_dict(alarm))
        room_bytes -= len(text)
        if room_bytes < 0:
            break
        alarms.append(text)
    return alarms


def _with_list(fields: Mapping[str, object], name: str, entries: list[bytes]) -> bytes:
    """Return an object in JSON with a list as its last member."""
    return b'%s,"%s":[%s]}' % (to_json(fields)[:-1], name.encode(), b",".join(entries))


class ResourcesContent(NamedTuple):
    """Some resources, and how many have an availability."""

    content: Content
    total: int


def worst_resources_content(
    reports: Mapping[object, ComplianceReport], query: ComplianceQuery, *, limit: int, offset: int
) -> ResourcesContent:
    """Return the resources with the lowest availability, the worst first; those without one are left out."""
    measured: list[tuple[Fraction, str, object, ComplianceRecord, ComplianceReport]] = []
    for name, report in reports.items():
        total = report.total.counted_as(query.accounting)
        ratio = total.availability_ratio
        if ratio is not None:
            # Names break ties, as text: they may be of several types.
            measured.append((ratio, str(name), name, total, report))
    measured.sort(key=lambda entry: entry[:2])
    rows = [
        to_json(_resource_body(name, total, report, query))
        for _, _, name, total, report in measured[offset : offset + limit]
    ]
    return ResourcesContent(Content.of(b"[%s]" % b",".join(rows)), len(measured))


def _resource_body(name: object, total: ComplianceRecord, report: ComplianceReport, query: ComplianceQuery) -> Body:
    if query.target is not None:
        total = total.with_target(query.target)
    detail = total.as_dict(detail=True)
    return {
        "resource_id": None if name is None else str(name),
        "compliance_percentage": total.compliance_percentage,
        "target_percentage": total.target_percentage,
        "downtime_minutes": total.downtime_minutes,
        "downtime_seconds": total.down_us / SECOND_US,
        "sla_breaches": total.sla_breaches,
        "verdict": str(total.verdict),
        **{key: detail[key] for key in CERTAINTY_KEYS},
        "quality": {"lines": list(report.quality.lines())},
    }
