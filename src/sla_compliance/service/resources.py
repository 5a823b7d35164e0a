"""Reports by resource: the rows of a window by the values of a column, with what the tenant has."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from sla_compliance.inventory import Inventory
from sla_compliance.report import ComplianceReport
from sla_compliance.service.queries import Window
from sla_compliance.service.source_reader import SourceReader


async def resources_of(
    reader: SourceReader, window: Window, *, by: str, inventory: Inventory | Iterable[Hashable] | None
) -> dict[Hashable, ComplianceReport]:
    """Return a report for each value of a column of the alarms, and for each unit of the inventory.

    Args:
        inventory: as `evaluate_each`; None: the tenant's own.
    """
    if inventory is None:
        inventory = await reader.inventory(window.subject.tenant_id)
    arguments = await reader.arguments(window)
    batch = await reader.alarms(window, arguments, whole_rows=True)
    return await reader.limits.compute(lambda: arguments.reports(batch, by=by, inventory=inventory))
