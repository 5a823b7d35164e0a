"""RememberedRanges: the days of the ranges that tenants ask for again and again, with their keys."""
################################################################
# The keys of ninety days hold ninety digests of what was agreed. They depend on the
# tenant's settings and on the bounds of the days alone, so they are made once.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sla_compliance.agreements import TenantSettings
from sla_compliance.cache.tenant_memory import TenantMemory
from sla_compliance.measured import DayKey
from sla_compliance.service.queries import DaysQuery, Span, Subject

RANGE_DAYS_OF_TENANT: Final = 400
RANGE_DAYS: Final = 40_000
"""How many days are remembered, of one tenant and of all; some 20 MB when full."""


@dataclass(frozen=True, slots=True)
class _Range:
    """Days of a tenant, and the settings that their keys are made of."""

    settings: TenantSettings
    spans: Mapping[DayKey, Span]
    last_span: Span


class RememberedRanges:
    """Queries for whole local days; of one event loop."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._ranges: TenantMemory[int, _Range] = TenantMemory(most_of_tenant=RANGE_DAYS_OF_TENANT, most=RANGE_DAYS)

    def query(self, subject: Subject, start_us: int, end_us: int) -> DaysQuery:
        """Return the same as `DaysQuery.covering`."""
        known = self._ranges.get(subject.tenant_id, start_us)
        # Where a range starts on a day's first instant, its days are those up to the one that its end lies in.
        if known is not None and known.settings == subject.settings and _is_end_in(known.last_span, end_us):
            return DaysQuery(subject, start_us, known.spans)
        query = DaysQuery.covering(subject, start_us, end_us)
        if query.spans and query.start_us == start_us:
            *_, last_span = query.spans.values()
            known = _Range(subject.settings, query.spans, last_span)
            self._ranges.put(subject.tenant_id, start_us, known, size=len(query.spans))
        return query

    def forget(self, tenant_id: str) -> None:
        """Remember nothing of a tenant."""
        self._ranges.forget(tenant_id)


def _is_end_in(last_span: Span, end_us: int) -> bool:
    start_us, day_end_us = last_span
    return start_us < end_us <= day_end_us
