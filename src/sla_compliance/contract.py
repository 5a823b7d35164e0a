"""What callers say was owed and watched, read into sets of instants."""
################################################################
# - in_service, monitored: when; None is always.
# - service_hours: ServiceHours or times; None is always, nothing at all is never.
# - maintenance: accepted kinds take time out of agreed service time; work of a
#   kind that the policy does not accept is no excuse and changes nothing. A plain
#   pair is planned work, as a MaintenanceWindow is that does not say otherwise.
# - exclusions: any other agreed exclusion.
# A maintenance window or exclusion that says what it applies to takes only the
# alarms that match out of the downtime and leaves the time agreed: work in one
# town excuses nothing in another. It is expanded as far beyond the window as
# damping looks.
################################################################

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import Exclusion, MaintenanceKind, MaintenanceWindow
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.checks import listed
from sla_compliance.errors import InvalidIntervalError, InvalidTypeError, shown
from sla_compliance.intervals import ALWAYS, NEVER, IntervalSet
from sla_compliance.policy import SLAPolicy
from sla_compliance.units import MAX_US, MIN_US, instant_us, moment

Pair = tuple[datetime, datetime]
Times = IntervalSet | Iterable[Pair]
"""When: pairs of aware datetimes, half-open, in any order; or a set of instants."""

_LONGEST_REASON: Final = 60
PAIRS: Final = "a list of (start, end) pairs of aware datetimes"
_Window = TypeVar("_Window", MaintenanceWindow, Exclusion)


@dataclass(frozen=True, slots=True)
class TargetedExclusion:
    """An exclusion of some alarms only.

    Attributes:
        name: what to call it in a report.
        applies_to: alarm column -> values; an alarm that has any of them matches.
        windows: when it applies, in the window that was asked for and as far beyond as damping looks.
        start_us: when it begins to apply; also of one that never does.
    """

    name: str
    applies_to: Mapping[str, Collection[str]] = field(hash=False)
    windows: IntervalSet
    start_us: int

    def can_match(self, batch: AlarmBatch) -> bool:
        """Whether an alarm could match: it names a column that the batch carries."""
        return any(column in batch.columns for column in self.applies_to)


@dataclass(frozen=True, slots=True)
class Contract:
    """What was owed, and what was watched, as sets of instants.

    Attributes:
        in_service: from activation to termination.
        service_hours: the agreed hours.
        maintenance: accepted maintenance that applies to everybody.
        exclusions: other agreed exclusions that apply to everybody.
        monitored: when somebody would have seen an outage.
        targeted: maintenance and exclusions of some alarms only.
    """

    in_service: IntervalSet = ALWAYS
    service_hours: IntervalSet = ALWAYS
    maintenance: IntervalSet = NEVER
    exclusions: IntervalSet = NEVER
    monitored: IntervalSet = ALWAYS
    targeted: tuple[TargetedExclusion, ...] = ()


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
    reach = (zone, max(MIN_US, start_us - policy.margin_us), min(MAX_US, end_us + policy.margin_us))
    works, work_times = _sorted_out(maintenance, MaintenanceWindow, "maintenance")
    others, other_times = _sorted_out(exclusions, Exclusion, "exclusions")
    accepted = [(name, work) for name, work in works if work.kind in policy.accepted_maintenance]
    return Contract(
        in_service=ALWAYS if in_service is None else times(in_service, "in_service"),
        service_hours=_hours(service_hours, zone, start_us, end_us),
        maintenance=(work_times if MaintenanceKind.PLANNED in policy.accepted_maintenance else NEVER)
        | _everybodys(accepted, reach),
        exclusions=other_times | _everybodys(others, reach),
        monitored=ALWAYS if monitored is None else times(monitored, "monitored"),
        targeted=(*_targeted(accepted, reach), *_targeted(others, reach)),
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
    pairs = listed(value, field, PAIRS)
    return IntervalSet.from_pairs([_pair(pair, f"{field}[{index}]") for index, pair in enumerate(pairs)])


def _pair(value: object, field: str) -> tuple[int, int]:
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise InvalidTypeError(f"{field} is {shown(value)}; give a pair (start, end) of aware datetimes", field=field)
    start_us, end_us = instant_us(value[0], field=f"{field}.start"), instant_us(value[1], field=f"{field}.end")
    if end_us < start_us:
        raise InvalidIntervalError(
            f"{field} ends at {shown(value[1])}, before it starts at {shown(value[0])}; swap them", field=field
        )
    return start_us, end_us


def _sorted_out(values: object, kind: type[_Window], field: str) -> tuple[list[tuple[str, _Window]], IntervalSet]:
    """Return the windows among some values, each with a name, and the union of the plain pairs among them."""
    windows: list[tuple[str, _Window]] = []
    pairs: list[tuple[int, int]] = []
    for index, value in enumerate(listed(values, field, PAIRS)):
        if isinstance(value, kind):
            windows.append((_name(field, value), value))
        else:
            pairs.append(_pair(value, f"{field}[{index}]"))
    return windows, IntervalSet.from_pairs(pairs)


def _name(field: str, window: MaintenanceWindow | Exclusion) -> str:
    """Return what to call a window in a report, e.g. "maintenance of 2026-10-01 02:00 UTC (new card)"."""
    start = moment(window.start_us).replace(tzinfo=None).isoformat(" ", "minutes")
    reason = f" ({window.reason[:_LONGEST_REASON]})" if window.reason else ""
    return f"{field.removesuffix('s')} of {start} UTC{reason}"


def _hours(value: ServiceHours | Times | None, zone: str, start_us: int, end_us: int) -> IntervalSet:
    if value is None:
        return ALWAYS
    return value.expand(zone, start_us, end_us) if isinstance(value, ServiceHours) else times(value, "service_hours")


def _everybodys(windows: list[tuple[str, _Window]], reach: tuple[str, int, int]) -> IntervalSet:
    return IntervalSet.union(window.expand(*reach) for _, window in windows if window.applies_to is None)


def _targeted(windows: list[tuple[str, _Window]], reach: tuple[str, int, int]) -> list[TargetedExclusion]:
    return [
        TargetedExclusion(name, window.applies_to, window.expand(*reach), window.start_us)
        for name, window in windows
        if window.applies_to is not None
    ]
