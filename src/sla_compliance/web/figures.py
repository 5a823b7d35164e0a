"""The bodies of answers that are not simply records: totals of a range, incidents of a day, worst resources."""
################################################################
# Days without an availability are in none of the totals: a day on which nothing
# was measured is neither the worst nor analysed. Totals come from exact lengths,
# never from rounded rows or means of percentages.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sla_compliance.incidents import Incident
from sla_compliance.labels import Accounting
from sla_compliance.policy import Target
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.service import ComplianceAnswer
from sla_compliance.units import SECOND_US

Body = dict[str, object]


def rollup(answer: ComplianceAnswer) -> Body:
    """Return the totals of a range."""
    analysed = [(ratio, day) for day in answer.days if (ratio := day.availability_ratio) is not None]
    _, worst = min(analysed, key=lambda each: each[0], default=(None, None))
    total = answer.total
    return {
        "total_downtime_minutes": total.downtime_minutes,
        "total_breaches": total.sla_breaches,
        "worst_day_compliance": None if worst is None else worst.compliance_percentage,
        "avg_compliance": total.compliance_percentage,
        "days_analyzed": len(analysed),
    }


def incidents_of_day(date: dt.date, start: dt.datetime, end: dt.datetime, incidents: Iterable[Incident]) -> Body:
    """Return a local day with its incidents."""
    return {
        "date": date.isoformat(),
        "start": start.isoformat(),
        "end": end.isoformat(),
        "incidents": [incident.as_dict() for incident in incidents],
    }


def worst_resources(
    reports: Mapping[object, ComplianceReport], *, accounting: Accounting, target: Target | None, limit: int
) -> list[Body]:
    """Return those with the lowest availability, the worst first; those without one are left out."""
    totals = [(name, report.total.counted_as(accounting)) for name, report in reports.items()]
    measured = [(ratio, name, total) for name, total in totals if (ratio := total.availability_ratio) is not None]
    ranked = sorted(measured, key=lambda each: (each[0], str(each[1])))[:limit]
    return [_resource(name, total if target is None else total.with_target(target)) for _, name, total in ranked]


def _resource(name: object, total: ComplianceRecord) -> Body:
    return {
        "resource_id": name,
        "compliance_percentage": total.compliance_percentage,
        "target_percentage": total.target_percentage,
        "downtime_minutes": total.downtime_minutes,
        "downtime_seconds": total.down_us / SECOND_US,
        "sla_breaches": total.sla_breaches,
        "verdict": str(total.verdict),
    }
