"""Incidents: whole outages with the alarms behind them."""
################################################################
# An incident is one outage after union and damping. It is never cut at a day or
# at the window: one that lasts over midnight is one incident, and both days
# list it. What counted of it is asked of the ledger, inside the window only.
################################################################

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from sla_compliance.alarms import ALARM_COLUMNS, Alarm, ColumnKind
from sla_compliance.batch import AlarmBatch
from sla_compliance.downtime import DowntimeRule
from sla_compliance.intervals import IntervalSet
from sla_compliance.labels import Accounting
from sla_compliance.ledger import Ledger
from sla_compliance.records import counted_us
from sla_compliance.units import SECOND_US, moment
from sla_compliance.zones import load_zone

# What stands behind an end (resolved_at, last_occurrence, status) is no fact of its own in a drill-down.
_NOT_SHOWN: Final = frozenset({"resolved_at", "last_occurrence", "status", "subscriber_count"})
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
        alarms: the alarms behind it, by the time they were raised.
    """

    start_us: int
    end_us: int
    is_ongoing: bool
    downtime_us: int
    zone: str
    alarms: tuple[Alarm, ...]

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

    def as_dict(self) -> dict[str, object]:
        """Return the incident in JSON types; times in the tenant's zone, lengths in seconds."""
        return {
            "start": self.start.isoformat(),
            "end": None if self.end is None else self.end.isoformat(),
            "duration_seconds": self.duration_us / SECOND_US,
            "downtime_seconds": self.downtime_us / SECOND_US,
            "alarms": [self._alarm_dict(alarm) for alarm in self.alarms],
        }

    def _alarm_dict(self, alarm: Alarm) -> dict[str, object]:
        """Return the columns of an alarm that drill-down shows."""
        zone = load_zone(self.zone)
        return {column.name: _json_value(getattr(alarm, column.name), column.kind, zone) for column in SHOWN_COLUMNS}


def _json_value(value: Any, kind: ColumnKind, zone: tzinfo) -> object:  # noqa: ANN401 - of whichever column
    """Return a value of an alarm in JSON types: times in the zone, counts as they are, all else as text."""
    if value is None or kind is ColumnKind.COUNT:
        return value
    return value.astimezone(zone).isoformat() if kind is ColumnKind.INSTANT else str(value)


def incidents_between(
    start_us: int, end_us: int, *, ledger: Ledger, rule: DowntimeRule, qualifying: AlarmBatch, accounting: Accounting
) -> Iterator[Incident]:
    """Yield the outages that share an instant with [start_us, end_us), in order of time.

    Cost: a bisection per alarm, and an Alarm for each row behind the incidents that are yielded.
    """
    down = ledger.down
    first, after = bisect_right(down.ends_us, start_us), bisect_left(down.starts_us, end_us)
    shown = range(first, after if start_us < end_us else first)
    behind = _rows_behind(shown, down, rule, qualifying)
    for rank in shown:
        outage_start_us, outage_end_us = down.starts_us[rank], down.ends_us[rank]
        rows = sorted(behind[rank], key=qualifying.starts_us.__getitem__)
        yield Incident(
            start_us=outage_start_us,
            end_us=outage_end_us,
            is_ongoing=any(end > rule.as_of_us for end in behind[rank].values()),
            downtime_us=counted_us(ledger.cells_us(outage_start_us, outage_end_us), accounting.down_cells),
            zone=ledger.frame.zone,
            alarms=tuple(map(qualifying.alarm, rows)),
        )


def _rows_behind(shown: range, down: IntervalSet, rule: DowntimeRule, batch: AlarmBatch) -> dict[int, dict[int, int]]:
    """Return the rows behind each outage in `shown`, each with the end of its last part that began in it."""
    behind: dict[int, dict[int, int]] = defaultdict(dict)
    for row, start, end in _parts(rule, batch):
        rank = bisect_right(down.starts_us, start) - 1
        if rank in shown and start < down.ends_us[rank]:
            behind[rank][row] = end
    return behind


def _parts(rule: DowntimeRule, batch: AlarmBatch) -> Iterator[tuple[int, int, int]]:
    """Yield (row, start, end) of what targeted exclusions leave of each alarm, in order of time for each row."""
    ends_us = rule.ends_us(batch)
    for matches, rows in rule.matches(batch).items():
        windows = rule.windows(matches)
        for row in rows:
            start, end = batch.starts_us[row], ends_us[row]
            left = IntervalSet((start,), (end,)) - windows if matches else ((start, end),)
            yield from ((row, *part) for part in left)
