"""A tiny world: everything an evaluation takes, with small integers for instants."""
################################################################
# Instants are numbers of units since the base of a place, so that alarms collide,
# touch and nest all the time and every instant can be looked at by itself. The
# unit is any length; intervals are half-open. Plain data: no rule stands here.
################################################################

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final, Literal

Span = tuple[int, int]
Spans = tuple[Span, ...]

UNREADABLE: Final = "unreadable"
"""Stands for a value that is there and cannot be read."""

Moment = int | Literal["unreadable"] | None
"""An instant of a row: a number of units, unreadable, or not there."""

Targets = tuple[tuple[str | tuple[str, ...], tuple[Hashable, ...]], ...]
"""What a window applies to: a column, or several together, and the values that match."""

PLANNED: Final = "planned"
EMERGENCY: Final = "emergency"
OTHER: Final = "other"


@dataclass(frozen=True)
class Place:
    """Where and when a world lies.

    Attributes:
        zone: whose local days it has, an IANA name.
        base: the instant 0.
        unit: the length of one unit; clock changes of the zone fall on whole units.
        reach: how many units before and after the base a world may speak of.
    """

    zone: str = "UTC"
    base: datetime = datetime(2025, 10, 25, tzinfo=UTC)
    unit: timedelta = timedelta(hours=1)
    reach: int = 400

    def at(self, instant: int) -> datetime:
        """Return the datetime of an instant."""
        return self.base + instant * self.unit

    def units(self, length: timedelta) -> int:
        """Return the whole units of a length."""
        return length // self.unit


@dataclass(frozen=True)
class Row:
    """A row of an alarms table; the names of its columns are those of an Alarm, but for the instants.

    Attributes:
        start, cleared, resolved, seen, updated: first_occurrence, cleared_at, resolved_at, last_occurrence, updated_at.
    """

    start: Moment
    cleared: Moment = None
    resolved: Moment = None
    seen: Moment = None
    updated: Moment = None
    severity: str = "critical"
    status: str | None = None
    alarm_type: str | None = None
    id: str | None = None
    alarm_id: str | None = None
    parent_alarm_id: str | None = None
    resource_id: str | None = None
    resource_type: str | None = None
    customer_id: str | None = None


@dataclass(frozen=True)
class Window:
    """Maintenance, or another agreed exclusion.

    Attributes:
        start, end: the window, or its first occurrence.
        kind: PLANNED, EMERGENCY or OTHER; the last is no maintenance.
        targets: what it applies to; None: everybody.
        with_children: whether alarms below one that matches match too.
        announced, entered: when it was announced, and when it was recorded or last changed.
        actual_end: when the work was over; None: as agreed.
        every, times: it occurs so many times, so many units apart.
    """

    start: int
    end: int
    kind: str = PLANNED
    targets: Targets | None = None
    with_children: bool = False
    announced: int | None = None
    entered: int | None = None
    actual_end: int | None = None
    every: int = 0
    times: int = 1


@dataclass(frozen=True)
class DailyHours:
    """From one hour to another, on the wall, every day; 0 <= first < last <= 24."""

    first: int
    last: int


@dataclass(frozen=True)
class PlannedWork:
    """Which planned work excuses; the default accepts all of it.

    Attributes:
        notice: how long before its start work must be announced; None: no rule.
        without_notice: "accept" or "reject" work of which nothing is known.
        hours: the hours in which work excuses: times, daily hours, or None for always.
        most_time, most_windows: of each period; None: no cap.
        per: "day", "week", "month", "quarter" or "year".
        excuses: "overlap" or "caused".
    """

    notice: int | None = None
    without_notice: Literal["accept", "reject"] = "accept"
    hours: Spans | DailyHours | None = None
    most_time: int | None = None
    most_windows: int | None = None
    per: str = "month"
    excuses: Literal["overlap", "caused"] = "overlap"


@dataclass(frozen=True)
class Terms:
    """A policy, with lengths in units.

    Attributes:
        recounted: cells that count otherwise than the accounting says: (scope, state, "UP", "DOWN" or "NOT_COUNTED").
        doubt_at_most: None: a day.
        target: a share.
    """

    severities: tuple[str, ...] = ("critical", "major")
    excluded_types: tuple[str, ...] = ()
    excluded_statuses: tuple[str, ...] = ()
    merge_gap: int = 0
    min_outage: int = 0
    stale_after: int | None = None
    refreshed_every: int | None = None
    doubt_at_most: int | None = None
    accepted: tuple[str, ...] = (PLANNED,)
    planned_work: PlannedWork = field(default_factory=PlannedWork)
    accounting: str = "REMOVED"
    recounted: tuple[tuple[str, str, str], ...] = ()
    target: Fraction = Fraction(999, 1000)
    unknown: str = "doubt"
    minimum_coverage: Fraction = Fraction(0)


@dataclass(frozen=True)
class World:
    """Everything that an evaluation takes.

    Attributes:
        window: what is asked for.
        in_service, monitored: when; None is always.
        hours: the service hours: times, daily hours, or None for always.
        windows: maintenance and exclusions.
        monitor_gap: how short an unmonitored stretch has the state around it.
    """

    rows: tuple[Row, ...]
    window: Span
    as_of: int
    place: Place = field(default_factory=Place)
    in_service: Spans | None = None
    hours: Spans | DailyHours | None = None
    windows: tuple[Window, ...] = ()
    monitored: Spans | None = None
    monitor_gap: int = 0
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True)
class OneKey:
    """One report of many: the alarms of one key.

    Attributes:
        by: the column of the key.
        key: its value, as text; None: the rows without one.
        unkeyed: what rows without a key mean to a report of a key: "doubt", "everybody" or "nobody".
    """

    by: str
    key: str | None
    unkeyed: str = "doubt"
