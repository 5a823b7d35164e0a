"""Drill-down: the incidents of a day and the resources of a window, with every column of their alarms."""
################################################################
# An incident is a whole outage, so its window is widened until no outage of the
# day reaches its edge: one query, and one more for an outage that began earlier
# or lasts longer.
################################################################

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from sla_compliance.batch import AlarmBatch
from sla_compliance.compliance import EvaluationArguments
from sla_compliance.incidents import Incident
from sla_compliance.labels import Accounting
from sla_compliance.report import ComplianceReport
from sla_compliance.service.facts import Facts
from sla_compliance.service.questions import Window


async def incidents_of(facts: Facts, day: Window, *, accounting: Accounting | None) -> tuple[Incident, ...]:
    """Return the outages that share an instant with a day, whole, each with its counted downtime on that day.

    Args:
        accounting: by which downtime is counted; None: the policy's.
    """
    arguments = await facts.terms(day)
    window = day
    while True:
        batch = await facts.alarms(window, whole_rows=True)
        incidents = await facts.turns.computed(_incidents, batch, arguments, accounting)
        needed = _around(window, incidents)
        if needed == window:
            return incidents
        window = needed


def _incidents(
    batch: AlarmBatch, arguments: EvaluationArguments, accounting: Accounting | None
) -> tuple[Incident, ...]:
    return arguments.report(batch).incidents(accounting=accounting)


def _around(window: Window, incidents: Sequence[Incident]) -> Window:
    """Return the window, widened to hold the incidents and the instants that they may touch others at."""
    first_us = min((incident.start_us - 1 for incident in incidents), default=window.start_us)
    last_us = max((incident.end_us + 1 for incident in incidents), default=window.end_us)
    return replace(window, start_us=min(window.start_us, first_us), end_us=max(window.end_us, last_us))


async def resources_of(
    facts: Facts, window: Window, *, by: str, inventory: Iterable[Hashable] | None
) -> dict[Hashable, ComplianceReport]:
    """Return a report for each value of a column of the alarms."""
    arguments = await facts.terms(window)
    batch = await facts.alarms(window, whole_rows=True)
    return await facts.turns.computed(lambda: arguments.reports(batch, by=by, inventory=inventory))
