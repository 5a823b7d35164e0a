"""Exclusions of a source: those that decide about a window, however far back that is."""
################################################################
# Where the rules of planned work look back, exclusions are fetched from the start of
# the period in which the window's reach begins, or of an earlier period that
# maintenance reaches over from.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sla_compliance.calendars.exclusions import AnyExclusion, MaintenanceWindow
from sla_compliance.service.queries import Window
from sla_compliance.sources.protocol import ExclusionSource
from sla_compliance.units import MIN_US

# Each step goes back by a period at least; maintenance that overlaps for longer than that is no planned work any more.
_MOST_STEPS_BACK: Final = 12


async def fetched_exclusions(source: ExclusionSource, window: Window) -> Sequence[AnyExclusion]:
    """Return the exclusions that may meet a window's reach, from the start of the period that decides about them."""
    subject = window.subject
    rules, (start_us, end_us) = subject.policy.planned_work, window.reach_us
    first_us = rules.first_us(subject.zone, start_us)
    fetched = await source.fetch(subject.tenant_id, first_us, end_us)
    for _ in range(_MOST_STEPS_BACK if rules.looks_back else 0):
        earliest_us = _earliest_work_us(fetched, subject.zone, first_us, end_us)
        if earliest_us >= first_us:
            break
        first_us = rules.first_us(subject.zone, earliest_us)
        fetched = await source.fetch(subject.tenant_id, first_us, end_us)
    return fetched


def _earliest_work_us(exclusions: Iterable[AnyExclusion], zone: str, start_us: int, end_us: int) -> int:
    """Return when the earliest occurrence of maintenance that meets [start_us, end_us) begins; else `start_us`."""
    works = [exclusion for exclusion in exclusions if isinstance(exclusion, MaintenanceWindow)]
    starts_us = [first_us for work in works for first_us, _ in work.occurrences(zone, start_us, end_us)]
    return max(MIN_US, min(starts_us, default=start_us))
