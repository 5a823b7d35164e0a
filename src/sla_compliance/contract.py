"""What callers say was owed and watched, read into sets of instants."""
################################################################
# - in_service, monitored: when; None is always.
# - service_hours: ServiceHours or times; None is always, nothing at all is never.
# - maintenance: what the policy accepts of it (accepted_maintenance.py) takes time
#   out of agreed service time.
# - exclusions: any other agreed exclusion.
# A maintenance window or exclusion that says what it applies to is targeted: it
# excuses the outages of the alarms that match and leaves the time agreed. Work in
# one town excuses nothing in another. It reaches as far beyond the window as
# damping looks.
#
# In the report of one key, a window that names that key by itself is everybody's.
#
# Where work excuses only what it caused, a window excuses nothing of an outage that
# is down at its start and just before; windows of one target that touch or overlap
# are one.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from sla_compliance.accepted_maintenance import (
    EXCLUSION_KIND,
    Reach,
    accepted_maintenance,
    accepted_window,
    name_of,
    targeted_exclusion,
    work_not_caused,
)
from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow, Targets
from sla_compliance.calendars.planned_work import Occurrence, RefusedWork
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.checks import listed, wrong_type
from sla_compliance.errors import InvalidIntervalError, shown
from sla_compliance.intervals import ALWAYS, NEVER, IntervalSet
from sla_compliance.policy import SLAPolicy
from sla_compliance.targeting import AcceptedWindow, TargetedExclusion
from sla_compliance.units import instant_us

Pair = tuple[datetime, datetime]
Times = IntervalSet | Iterable[Pair]
"""When: pairs of aware datetimes, half-open, in any order; or a set of instants."""

PAIRS: Final = "a list of (start, end) pairs of aware datetimes"
_HOURS_OR_PAIRS: Final = f"ServiceHours.parse('mon-fri 09:00-17:00'), say, or {PAIRS}"
_NOT_CAUSED: Final = "the outage was there when the work began"
_Window = TypeVar("_Window", MaintenanceWindow, Exclusion)


@dataclass(frozen=True, slots=True)
class Contract:
    """What was owed, and what was watched, as sets of instants.

    Attributes:
        in_service: from activation to termination.
        service_hours: the agreed hours.
        maintenance: accepted maintenance that applies to everybody.
        exclusions: other agreed exclusions that apply to everybody.
        monitored: when an outage would have been seen.
        targeted: maintenance and exclusions of some alarms only.
        windows: accepted maintenance and exclusions by themselves, those of everybody and targeted ones.
        refused: planned work that excuses nothing, and why.
        late: accepted work that was announced or entered after its start.
    """

    in_service: IntervalSet = ALWAYS
    service_hours: IntervalSet = ALWAYS
    maintenance: IntervalSet = NEVER
    exclusions: IntervalSet = NEVER
    monitored: IntervalSet = ALWAYS
    targeted: tuple[TargetedExclusion, ...] = ()
    windows: tuple[AcceptedWindow, ...] = ()
    refused: tuple[RefusedWork, ...] = ()
    late: tuple[Occurrence, ...] = ()

    def for_key(self, column: str, key: str) -> Contract:
        """Return the contract of one value of a column: the windows that name it by itself are everybody's there."""
        own = [exclusion for exclusion in self.targeted if key in exclusion.keys_of(column)]
        own_work = IntervalSet.union(exclusion.windows for exclusion in own if exclusion.is_maintenance)
        own_exclusions = IntervalSet.union(exclusion.windows for exclusion in own if not exclusion.is_maintenance)
        # An exclusion that is everybody's keeps its place, without windows: rows name exclusions by their places.
        targeted = tuple(
            replace(exclusion, windows=NEVER) if exclusion in own else exclusion for exclusion in self.targeted
        )
        windows = tuple(
            window.for_everybody() if window.place is not None and self.targeted[window.place] in own else window
            for window in self.windows
        )
        return replace(
            self,
            maintenance=self.maintenance | own_work,
            exclusions=self.exclusions | own_exclusions,
            targeted=targeted,
            windows=windows,
        )

    def with_caused_only(self, outages: IntervalSet, start_us: int, end_us: int) -> Contract:
        """Return the contract whose maintenance excuses nothing of outages that were there when it began.

        Args:
            outages: the damped downtime.
            start_us, end_us: the request; what it refuses of it is listed.
        """
        uncaused_by_targets = {
            targets: work_not_caused(windows, outages) for targets, windows in self._work_by_targets().items()
        }
        targeted = []
        refused = list(self.refused)
        for exclusion in self.targeted:
            windows = exclusion.windows
            if exclusion.is_maintenance:
                uncaused = windows & uncaused_by_targets[exclusion.targets]
                refused += [RefusedWork(exclusion.name, _NOT_CAUSED, start, end) for start, end in uncaused]
                windows -= uncaused
            targeted.append(replace(exclusion, windows=windows))
        uncaused = work_not_caused(self.maintenance, outages)
        refused += [RefusedWork(name_of("maintenance", start), _NOT_CAUSED, start, end) for start, end in uncaused]
        accepted_windows: list[AcceptedWindow] = []
        for window in self.windows:
            if window.is_maintenance:
                uncaused_by_it = uncaused if window.targets is None else uncaused_by_targets[window.targets]
                window = replace(window, times=window.times - uncaused_by_it)  # noqa: PLW2901 - the same window, cut
            accepted_windows.append(window)
        return replace(
            self,
            maintenance=self.maintenance - uncaused,
            targeted=tuple(targeted),
            windows=tuple(accepted_windows),
            refused=tuple(work for work in refused if work.start_us < end_us and work.end_us > start_us),
        )

    @property
    def work(self) -> IntervalSet:
        """All accepted maintenance, whomever it applies to; windows that touch or overlap are one."""
        return IntervalSet.union([self.maintenance, *self._work_by_targets().values()])

    def _work_by_targets(self) -> dict[Targets, IntervalSet]:
        """Return the time of all targeted maintenance by what it applies to."""
        windows_by_targets: dict[Targets, list[IntervalSet]] = defaultdict(list)
        for exclusion in self.targeted:
            if exclusion.is_maintenance:
                windows_by_targets[exclusion.targets].append(exclusion.windows)
        return {targets: IntervalSet.union(windows) for targets, windows in windows_by_targets.items()}


def read_contract(
    *,
    zone: str,
    start_us: int,
    end_us: int,
    policy: SLAPolicy,
    maintenance: Iterable[MaintenanceWindow | Pair] = (),
    exclusions: Iterable[Exclusion | Pair] = (),
    service_hours: ServiceHours | Times | None = None,
    in_service: Times | None = None,
    monitored: Times | None = None,
) -> Contract:
    """Return what was owed in the window [start_us, end_us), widened by the policy's margin.

    Raises:
        InvalidTypeError: an argument is neither windows nor pairs of aware datetimes.
        InvalidIntervalError: a pair ends before it starts.
        NaiveDatetimeError, InvalidRecurrenceError, UnknownZoneError: as the windows say.
    """
    reach = Reach.of(zone, start_us, end_us, policy)
    windows, work_pairs = _windows_and_pairs(maintenance, MaintenanceWindow, "maintenance")
    work = accepted_maintenance(windows, work_pairs, policy, reach)
    other_windows, other_pairs = _windows_and_pairs(exclusions, Exclusion, "exclusions")
    everybody = [IntervalSet.from_pairs(other_pairs)]
    targeted = list(work.targeted)
    accepted_windows = list(work.windows)
    if other_pairs:
        accepted_windows.append(AcceptedWindow.of_pairs("exclusions", EXCLUSION_KIND, everybody[0]))
    for window in other_windows:
        window_times = window.expand(zone, reach.first_us, reach.last_us)
        place = None if window.targets is None else len(targeted)
        accepted_windows.append(accepted_window(window, window_times, place))
        if window.targets is None:
            everybody.append(window_times)
        else:
            targeted.append(targeted_exclusion("exclusion", window, window_times))
    return Contract(
        in_service=ALWAYS if in_service is None else times(in_service, "in_service"),
        service_hours=hours_within(service_hours, zone, start_us, end_us),
        maintenance=work.everybody,
        exclusions=IntervalSet.union(everybody),
        monitored=ALWAYS if monitored is None else times(monitored, "monitored"),
        targeted=tuple(targeted),
        windows=tuple(accepted_windows),
        refused=work.refused,
        late=work.late,
    )


def times(value: Times, field: str) -> IntervalSet:
    """Return the union of pairs of aware datetimes.

    Raises:
        InvalidTypeError: `value` is no iterable of pairs of datetimes.
        NaiveDatetimeError, InstantOutOfRangeError: as `instant_us`.
        InvalidIntervalError: a pair ends before it starts.
    """
    if isinstance(value, IntervalSet):
        return value
    pairs = listed(value, field, _HOURS_OR_PAIRS if field == "service_hours" else PAIRS)
    return IntervalSet.from_pairs([_pair(pair, f"{field}[{index}]") for index, pair in enumerate(pairs)])


def _pair(value: object, field: str) -> tuple[int, int]:
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise wrong_type(value, field, "a pair (start, end) of aware datetimes")
    start_us, end_us = instant_us(value[0], field=f"{field}.start"), instant_us(value[1], field=f"{field}.end")
    if end_us < start_us:
        raise InvalidIntervalError(
            f"{field} ends at {shown(value[1])}, before it starts at {shown(value[0])}; swap them", field=field
        )
    return start_us, end_us


def _windows_and_pairs(values: object, kind: type[_Window], field: str) -> tuple[list[_Window], list[tuple[int, int]]]:
    """Return the windows among some values, and the plain pairs among them as instants."""
    windows: list[_Window] = []
    pairs: list[tuple[int, int]] = []
    for index, value in enumerate(listed(values, field, PAIRS)):
        if isinstance(value, kind):
            windows.append(value)
        else:
            pairs.append(_pair(value, f"{field}[{index}]"))
    return windows, pairs


def hours_within(value: ServiceHours | Times | None, zone: str, start_us: int, end_us: int) -> IntervalSet:
    """Return agreed hours within [start_us, end_us) of a zone; errors as `times`."""
    if value is None:
        return ALWAYS
    return value.expand(zone, start_us, end_us) if isinstance(value, ServiceHours) else times(value, "service_hours")
