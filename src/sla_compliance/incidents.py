"""Incidents: whole outages with the alarms behind them."""
################################################################
# An incident is one outage after union and damping, before anything is excused. It
# is never cut at a day, at the window or by an exclusion: one that lasts over
# midnight is one incident, and both days list it. What counted of it is asked of
# the ledger, inside the window only. So its bounds, length and alarms, and whether
# it is ongoing, do not depend on the window that it is asked through.
################################################################

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from heapq import nsmallest
from typing import Any, Final

from sla_compliance.alarms import ALARM_COLUMNS, Alarm, ColumnKind
from sla_compliance.batch import AlarmBatch
from sla_compliance.counted_downtime import LengthBefore, counted_downtime
from sla_compliance.downtime import DowntimeRule
from sla_compliance.intervals import IntervalSet
from sla_compliance.labels import Accounting
from sla_compliance.ledger import Ledger
from sla_compliance.stretches import Stretch
from sla_compliance.units import MIN_US, SECOND_US, moment
from sla_compliance.verdicts import counted_us
from sla_compliance.zones import load_zone

# What stands behind an end (resolved_at, last_occurrence, status) is no fact of its own in a drill-down.
_NOT_SHOWN: Final = frozenset({"resolved_at", "last_occurrence", "updated_at", "status", "subscriber_count"})
SHOWN_COLUMNS: Final = tuple(column for column in ALARM_COLUMNS if column.name not in _NOT_SHOWN)
"""The columns of an alarm that drill-down shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One outage of the service.

    Attributes:
        start_us: when it began.
        end_us: when it was over; the instant of evaluation while it lasts.
        is_ongoing: whether an alarm behind it lasts beyond the instant of evaluation.
        downtime_us: what counted as downtime of it, inside the window.
        zone: the tenant's zone, an IANA name.
        alarms: the alarms behind it, by the time they were raised; of a page, the first ones.
        unlisted_alarms: how many more alarms are behind it.
        begins_before: whether it may have begun before `start_us`: it reaches the edge of what a service reads, or
            the beginning of all time, where a log says only that it was down before its first row.
    """

    start_us: int
    end_us: int
    is_ongoing: bool
    downtime_us: int
    zone: str
    alarms: tuple[Alarm, ...]
    begins_before: bool = False
    unlisted_alarms: int = 0

    @property
    def alarm_count(self) -> int:
        """How many alarms are behind it."""
        return len(self.alarms) + self.unlisted_alarms

    @property
    def start(self) -> datetime:
        """When it began, in the tenant's zone."""
        return moment(self.start_us, load_zone(self.zone))

    @property
    def end(self) -> datetime | None:
        """When it was over, in the tenant's zone; None while it lasts."""
        return None if self.is_ongoing else moment(self.end_us, load_zone(self.zone))

    @property
    def duration_us(self) -> int:
        """How long it lasted, counted or not; until the instant of evaluation while it lasts."""
        return self.end_us - self.start_us

    def as_dict(self, *, with_alarms: bool = True) -> dict[str, object]:
        """Return the incident in JSON types; times in the tenant's zone, lengths in seconds."""
        fields: dict[str, object] = {
            "start": self.start.isoformat(),
            "begins_before": self.begins_before,
            "end": None if self.end is None else self.end.isoformat(),
            "duration_seconds": self.duration_us / SECOND_US,
            "downtime_seconds": self.downtime_us / SECOND_US,
        }
        if with_alarms:
            fields["alarms"] = [self.alarm_dict(alarm) for alarm in self.alarms]
        return fields

    def alarm_dict(self, alarm: Alarm) -> dict[str, object]:
        """Return the columns of an alarm that drill-down shows, in JSON types."""
        zone = load_zone(self.zone)
        return {column.name: _json_value(getattr(alarm, column.name), column.kind, zone) for column in SHOWN_COLUMNS}


def _json_value(value: Any, kind: ColumnKind, zone: tzinfo) -> object:  # noqa: ANN401 - of whichever column
    """Return a value of a shown column in JSON types: times in the zone, all else as text."""
    if value is None:
        return None
    return value.astimezone(zone).isoformat() if kind is ColumnKind.INSTANT else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBounds:
    """Which of many outages a person looks at.

    Attributes:
        offset: how many are skipped.
        limit: how many follow at most; None: all.
        alarm_limit: how many alarms are listed behind each of them; None: all.
    """

    offset: int = 0
    limit: int | None = None
    alarm_limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentPage:
    """Some of the outages of a window.

    Attributes:
        incidents: in order of time.
        total: how many the window has.
        downtime_us: what counted as downtime of all of them, inside the window.
        start_us, end_us: when the first of all began and the last was over; None where there are none.
        stretches: how the window divides, in order of time; only of a page that a service answers with.
    """

    incidents: tuple[Incident, ...]
    total: int
    downtime_us: int
    start_us: int | None
    end_us: int | None
    stretches: tuple[Stretch, ...] = ()


def incident_page(
    start_us: int,
    end_us: int,
    *,
    ledger: Ledger,
    rule: DowntimeRule,
    qualifying: AlarmBatch,
    accounting: Accounting,
    bounds: PageBounds,
) -> IncidentPage:
    """Return the outages that share an instant with [start_us, end_us), in order of time, within the page's bounds.

    Cost: one pass over the alarms' starts, a bisection for each alarm between the first incident's start and the last
    one's end, and an Alarm for each row that is listed. Outages elsewhere in the ledger cost nothing.
    """
    down = ledger.down
    ranks = down.pieces_meeting(start_us, end_us)
    listed = ranks[bounds.offset :] if bounds.limit is None else ranks[bounds.offset : bounds.offset + bounds.limit]
    incidents = incidents_at(
        listed,
        ledger=ledger,
        rule=rule,
        qualifying=qualifying,
        accounting=accounting,
        alarm_limit=bounds.alarm_limit,
    )
    # All downtime lies in outages, so the window's is theirs.
    cells_us = ledger.cells_us(start_us, max(start_us, end_us))
    return IncidentPage(
        incidents=tuple(incidents),
        total=len(ranks),
        downtime_us=counted_us(cells_us, accounting.down_cells),
        start_us=down.starts_us[ranks[0]] if ranks else None,
        end_us=down.ends_us[ranks[-1]] if ranks else None,
    )


def incidents_at(
    ranks: Sequence[int],
    *,
    ledger: Ledger,
    rule: DowntimeRule,
    qualifying: AlarmBatch,
    accounting: Accounting,
    alarm_limit: int | None = None,
) -> Iterator[Incident]:
    """Yield some outages of a ledger, by their ranks, which are ascending; cost as `incident_page`.

    Args:
        alarm_limit: how many alarms are listed behind each of them; None: all.
    """
    if not ranks:
        return
    down = ledger.down
    ends_us = rule.ends_us(qualifying)
    rows_behind = _rows_behind(ranks, down, qualifying)
    starts_of_outages_us, ends_of_outages_us = (
        [column[rank] for rank in ranks] for column in (down.starts_us, down.ends_us)
    )
    outages_ledger = ledger.with_downtime_within(starts_of_outages_us[0], ends_of_outages_us[-1])
    counted = LengthBefore(counted_downtime(outages_ledger, accounting))
    downtimes_us = counted.between(starts_of_outages_us, ends_of_outages_us)
    for rank, outage_start_us, outage_end_us, downtime_us in zip(
        ranks, starts_of_outages_us, ends_of_outages_us, downtimes_us, strict=True
    ):
        rows = rows_behind[rank]
        # Not sorted(rows)[:limit]: sorting many rows keeps every other thread waiting.
        limit = len(rows) if alarm_limit is None else alarm_limit
        listed_rows = nsmallest(limit, rows, key=qualifying.starts_us.__getitem__)
        yield Incident(
            start_us=outage_start_us,
            end_us=outage_end_us,
            is_ongoing=any(ends_us[row] > rule.as_of_us for row in rows),
            downtime_us=downtime_us,
            zone=ledger.frame.zone,
            alarms=tuple(qualifying.alarms(listed_rows)),
            begins_before=outage_start_us <= MIN_US,
            unlisted_alarms=len(rows) - len(listed_rows),
        )


def _rows_behind(ranks: Sequence[int], down: IntervalSet, qualifying: AlarmBatch) -> dict[int, list[int]]:
    """Return the rows behind each of some outages: those that were raised while it lasted."""
    rows_behind: dict[int, list[int]] = defaultdict(list)
    first_us, last_us = down.starts_us[ranks[0]], down.ends_us[ranks[-1]]
    starts = qualifying.starts_us
    for row in [row for row, start in enumerate(starts) if first_us <= start < last_us]:
        rank = bisect_right(down.starts_us, starts[row]) - 1
        # An outage that damping dropped left no interval, so a row may belong to none.
        if starts[row] < down.ends_us[rank]:
            rows_behind[rank].append(row)
    return rows_behind
