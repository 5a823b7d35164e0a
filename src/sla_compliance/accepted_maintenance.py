"""Maintenance as it is given, sorted into what a policy accepts and what it refuses."""
################################################################
# A window is accepted where the policy accepts its kind and it keeps the rules of
# planned work (calendars/planned_work.py). What is refused is no excuse, changes
# nothing and is reported with its reason. A plain pair is planned work of which no
# notice is known.
#
# Windows are read whole, never cut at the request, since a rule may ask when one
# began. Where rules look back, they are read from the start of the period in which
# the request, widened by the policy's margin, begins. A window that reaches into
# that period from an earlier one is judged within the period of its own start, so
# the reading begins there.
#
# Accepted work that was announced or entered after its own start is late: it
# excuses where the policy has no rule of notice, and is reported.
################################################################

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sla_compliance.calendars.exclusions import Exclusion, MaintenanceKind, MaintenanceWindow, Targets
from sla_compliance.calendars.planned_work import Occurrence, RefusedWork, accepted_work
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.policy import SLAPolicy
from sla_compliance.targeting import AcceptedWindow, TargetedExclusion
from sla_compliance.units import MAX_US, MIN_US, moment

EXCLUSION_KIND: Final = "exclusion"
_LONGEST_REASON: Final = 60
# Each step goes back by a period at least; windows that overlap for longer than that are no planned work any more.
_MOST_STEPS_BACK: Final = 12


@dataclass(frozen=True, slots=True)
class Reach:
    """A request, and the stretch of time around it that can change its downtime.

    Attributes:
        zone: the tenant's.
        start_us, end_us: the request.
        first_us, last_us: the same, widened by the policy's margin.
    """

    zone: str
    start_us: int
    end_us: int
    first_us: int
    last_us: int

    @classmethod
    def of(cls, zone: str, start_us: int, end_us: int, policy: SLAPolicy) -> Reach:
        """Return the reach of a request under a policy."""
        margin_us = policy.margin_us
        return cls(zone, start_us, end_us, max(MIN_US, start_us - margin_us), min(MAX_US, end_us + margin_us))

    def meets(self, start_us: int, end_us: int) -> bool:
        """Return whether [start_us, end_us) shares an instant with the request."""
        return start_us < self.end_us and end_us > self.start_us


@dataclass(frozen=True, slots=True)
class AcceptedMaintenance:
    """What became of some maintenance.

    Attributes:
        everybody: accepted time that applies to everybody.
        targeted: accepted windows that apply to some alarms only.
        windows: all accepted windows by themselves, these too; plain pairs as one.
        refused: what of the request's time was refused, and why.
        late: accepted work of the request that was announced or entered after its start.
    """

    everybody: IntervalSet
    targeted: tuple[TargetedExclusion, ...]
    windows: tuple[AcceptedWindow, ...]
    refused: tuple[RefusedWork, ...]
    late: tuple[Occurrence, ...]


def accepted_maintenance(
    windows: Sequence[MaintenanceWindow], pairs: Sequence[tuple[int, int]], policy: SLAPolicy, reach: Reach
) -> AcceptedMaintenance:
    """Return what a policy accepts of maintenance windows and of plain pairs of instants.

    Raises:
        InvalidRecurrenceError, UnknownZoneError: as the windows say.
    """
    kinds = policy.accepted_maintenance
    accepted_windows = [window for window in windows if window.kind in kinds]
    accepted_pairs = list(pairs) if MaintenanceKind.PLANNED in kinds else []
    # Without a rule all pairs are accepted: there may be thousands, and an occurrence each costs more than their union.
    pairs_to_judge = [] if policy.planned_work.accepts_all else accepted_pairs
    occurrences = _occurrences_from_whole_periods(accepted_windows, pairs_to_judge, policy, reach)
    result = accepted_work(occurrences, policy.planned_work, reach.zone)
    everybody = []
    targeted: list[TargetedExclusion] = []
    kept_windows = []
    for source, window in enumerate(accepted_windows):
        times = result.times.get(source, NEVER)
        place = None if window.targets is None else len(targeted)
        kept_windows.append(accepted_window(window, times, place))
        if window.targets is None:
            everybody.append(times)
        else:
            targeted.append(targeted_exclusion("maintenance", window, times))
    if accepted_pairs:
        pair_times = [times for source, times in result.times.items() if source >= len(accepted_windows)]
        accepted_time = IntervalSet.union(pair_times) if pairs_to_judge else IntervalSet.from_pairs(accepted_pairs)
        everybody.append(accepted_time)
        kept_windows.append(AcceptedWindow.of_pairs("maintenance", MaintenanceKind.PLANNED, accepted_time))
    refused = [*_refused_kinds(windows, pairs, policy, reach), *result.refused]
    late = tuple(
        occurrence
        for occurrence in occurrences
        if _is_late(occurrence)
        and reach.meets(occurrence.start_us, occurrence.end_us)
        and result.times.get(occurrence.source, NEVER).clip(occurrence.start_us, occurrence.end_us)
    )
    return AcceptedMaintenance(
        everybody=IntervalSet.union(everybody),
        targeted=tuple(targeted),
        windows=tuple(kept_windows),
        refused=tuple(work for work in refused if reach.meets(work.start_us, work.end_us)),
        late=late,
    )


def _refused_kinds(
    windows: Sequence[MaintenanceWindow], pairs: Sequence[tuple[int, int]], policy: SLAPolicy, reach: Reach
) -> list[RefusedWork]:
    """Return the work of kinds that the policy does not accept."""
    kinds = policy.accepted_maintenance
    refused = [
        RefusedWork(window_name("maintenance", window), _reason_of_kind(window.kind), start_us, end_us)
        for window in windows
        if window.kind not in kinds
        for start_us, end_us in window.occurrences(reach.zone, reach.first_us, reach.last_us)
    ]
    if MaintenanceKind.PLANNED not in kinds:
        reason = _reason_of_kind(MaintenanceKind.PLANNED)
        refused += [
            RefusedWork(name_of("maintenance", start_us), reason, start_us, end_us) for start_us, end_us in pairs
        ]
    return refused


def _reason_of_kind(kind: MaintenanceKind) -> str:
    return f"{kind} work is not accepted"


def _occurrences_from_whole_periods(
    windows: Sequence[MaintenanceWindow], pairs: Sequence[tuple[int, int]], policy: SLAPolicy, reach: Reach
) -> list[Occurrence]:
    """Return the occurrences of the reach, and those before them that the rules of planned work look back to."""
    first_us = policy.planned_work.first_us(reach.zone, reach.first_us)
    for _ in range(_MOST_STEPS_BACK):
        occurrences = _occurrences(windows, pairs, reach, first_us)
        earliest_us = min((occurrence.start_us for occurrence in occurrences), default=first_us)
        if earliest_us >= first_us or not policy.planned_work.looks_back:
            break
        first_us = policy.planned_work.first_us(reach.zone, earliest_us)
    return occurrences


def _occurrences(
    windows: Sequence[MaintenanceWindow], pairs: Sequence[tuple[int, int]], reach: Reach, first_us: int
) -> list[Occurrence]:
    """Return the occurrences that share an instant with the time from `first_us` to the end of the reach."""
    occurrences = []
    for source, window in enumerate(windows):
        name, announced_us = window_name("maintenance", window), _announced_us(window)
        for start_us, end_us in window.occurrences(reach.zone, first_us, reach.last_us):
            if start_us < end_us and end_us > first_us:
                occurrence = Occurrence(
                    source=source,
                    name=name,
                    start_us=max(MIN_US, start_us),
                    end_us=min(MAX_US, end_us),
                    announced_us=announced_us,
                    caps_key=window.targets,
                    with_children=window.with_children,
                )
                occurrences.append(occurrence)
    occurrences += [
        Occurrence(
            source=len(windows) + rank,
            name=name_of("maintenance", start_us),
            start_us=start_us,
            end_us=end_us,
            announced_us=None,
            caps_key=None,
        )
        for rank, (start_us, end_us) in enumerate(pairs)
        if start_us < end_us and end_us > first_us and start_us < reach.last_us
    ]
    return occurrences


def _announced_us(window: MaintenanceWindow) -> int | None:
    """Return when a window was announced, or entered where that is later; None where neither is known."""
    instants = [instant for instant in (window.announced_at_us, window.entered_at_us) if instant is not None]
    return max(instants, default=None)


def _is_late(occurrence: Occurrence) -> bool:
    return occurrence.announced_us is not None and occurrence.announced_us > occurrence.start_us


def window_name(kind: str, window: MaintenanceWindow | Exclusion) -> str:
    """Return what to call a window in a report, e.g. "maintenance of 2026-10-01 02:00 UTC (new card)"."""
    reason = window.reason
    if len(reason) > _LONGEST_REASON:
        reason = f"{reason[: _LONGEST_REASON - 1]}…"
    return name_of(kind, window.start_us) + (f" ({reason})" if reason else "")


def name_of(kind: str, start_us: int) -> str:
    """Return what to call a window that begins at an instant, e.g. "maintenance of 2026-10-01 02:00 UTC"."""
    return f"{kind} of {moment(start_us).replace(tzinfo=None).isoformat(' ', 'minutes')} UTC"


def targeted_exclusion(kind: str, window: MaintenanceWindow | Exclusion, times: IntervalSet) -> TargetedExclusion:
    """Return a window that applies to some alarms only, at the times that are accepted of it."""
    targets: Targets = window.targets or ()
    return TargetedExclusion(
        name=window_name(kind, window),
        is_maintenance=isinstance(window, MaintenanceWindow),
        targets=targets,
        with_children=window.with_children,
        windows=times,
        start_us=window.start_us,
    )


def accepted_window(window: MaintenanceWindow | Exclusion, times: IntervalSet, place: int | None) -> AcceptedWindow:
    """Return a window by itself, at the times that are accepted of it.

    Args:
        place: its place among the targeted exclusions of a contract; None: it applies to everybody.
    """
    if isinstance(window, MaintenanceWindow):
        name, kind = window_name("maintenance", window), str(window.kind)
    else:
        name, kind = window_name("exclusion", window), EXCLUSION_KIND
    return AcceptedWindow(
        name=name,
        kind=kind,
        reason=window.reason,
        author=window.author,
        targets=window.targets,
        with_children=window.with_children,
        times=times,
        place=place,
    )


def work_not_caused(windows: IntervalSet, outages: IntervalSet) -> IntervalSet:
    """Return what of some windows excuses nothing because an outage was there already when the window began.

    Args:
        windows: accepted work; windows that touch or overlap are one.
        outages: the damped downtime.
    """
    uncaused = []
    for start_us, end_us in windows:
        if start_us in outages and start_us - 1 in outages:
            rank = bisect_right(outages.starts_us, start_us) - 1
            uncaused.append((start_us, min(end_us, outages.ends_us[rank])))
    return IntervalSet.from_pairs(uncaused)
