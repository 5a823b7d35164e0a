"""Attribution: how much of the counted downtime each alarm, device or cause accounts for."""
################################################################
# Alarms overlap, so the downtime of each does not add up to that of all. Of the
# counted downtime, a key (a value of a column) has
#     gross    the time at which one of its alarms alone would count as down
#     unique   what of that no other key shares; the rest is shared
#     owned    the time at which, of the keys that are active, its currently active
#              part began first; of equal starts the row that stands first has it
# Owned time is a partition: it sums, with the bridged time, to the downtime. Bridged
# is what no alarm covers: gaps that merge_gap filled. `effect_us` says how much
# shorter the downtime were without some keys, damping included; it differs from
# unique time where outages are damped.
#
# An instant that a targeted exclusion takes out of an alarm belongs to the alarm
# where the accounting counts it as down all the same.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from operator import attrgetter, sub
from typing import NamedTuple

from sla_compliance.analysis.active_parts import ActiveParts, active_parts
from sla_compliance.analysis.counted_downtime import ALL_TIME, LengthBefore, counted_downtime
from sla_compliance.checks import check_order, listed
from sla_compliance.intervals import ALWAYS_START_US, IntervalSet
from sla_compliance.report import ComplianceReport
from sla_compliance.units import instant_us, length_text, moment
from sla_compliance.zones import load_zone


class Share(NamedTuple):
    """What one key accounts for.

    Attributes:
        key: a value of the column; None stands for the rows without one.
        alarms: how many qualifying rows have it and meet the time.
        gross_us, unique_us, owned_us: of the counted downtime; see the top of this file.
    """

    key: Hashable
    alarms: int
    gross_us: int
    unique_us: int
    owned_us: int

    @property
    def shared_us(self) -> int:
        """What other keys account for too."""
        return self.gross_us - self.unique_us

    def as_dict(self) -> dict[str, object]:
        """Return the share in JSON types; lengths in microseconds."""
        return {
            "key": None if self.key is None else str(self.key),
            "alarms": self.alarms,
            "gross_us": self.gross_us,
            "unique_us": self.unique_us,
            "shared_us": self.shared_us,
            "owned_us": self.owned_us,
        }


@dataclass(frozen=True, slots=True)
class Attribution:
    """How counted downtime is spread over keys.

    Attributes:
        by: the column.
        start, end: the time, aware, in the report's zone.
        rows: the largest unique time first, then the largest gross time, then by the key's text.
        down_us: the counted downtime.
        bridged_us: what of it no alarm covers.
    """

    by: str
    start: datetime
    end: datetime
    rows: tuple[Share, ...]
    down_us: int
    bridged_us: int

    def as_dict(self) -> dict[str, object]:
        """Return the attribution in JSON types; lengths in microseconds."""
        return {
            "by": self.by,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "down_us": self.down_us,
            "bridged_us": self.bridged_us,
            "rows": [share.as_dict() for share in self.rows],
        }

    def explain(self) -> str:
        """Return the attribution in words, one key a line."""
        lines = [f"downtime {length_text(self.down_us)} by {self.by}: gross, unique, owned"]
        for share in self.rows:
            name = "(none)" if share.key is None else str(share.key)
            lengths = ", ".join(length_text(length) for length in (share.gross_us, share.unique_us, share.owned_us))
            lines.append(f"  {name}: {lengths}; {share.alarms} alarms")
        if self.bridged_us:
            lines.append(f"  bridged, of no alarm: {length_text(self.bridged_us)}")
        return "\n".join(lines)


def attribution(
    report: ComplianceReport, *, by: str = "id", start: datetime | None = None, end: datetime | None = None
) -> Attribution:
    """Return how the counted downtime of a report is spread over the values of a column.

    Args:
        by: "id", "resource_id", or any other column that the alarms carry.
        start, end: aware, the part of the window that is asked about; by default all of it.

    Raises:
        InvalidTypeError, InvalidValueError: the alarms carry no column `by`, or it holds lists.
        NaiveDatetimeError, InvalidTypeError, InvalidIntervalError: naming a bound.

    Cost: a few sorts of the alarms' bounds, and two bisections for each bound.

    Source:
        docs/definitions.md#attribution

    >>> import datetime as dt, sla_compliance as sla
    >>> def at(hour, minute=0):
    ...     return dt.datetime(2026, 10, 5, hour, minute, tzinfo=dt.UTC)
    >>> alarms = [sla.Alarm(at(9), at(11), resource_id="fibre"), sla.Alarm(at(10), at(12), resource_id="olt")]
    >>> report = sla.evaluate(alarms, start=at(0), end=at(23), zone="UTC", as_of=at(23))
    >>> [(share.key, share.unique_us // 60_000_000) for share in attribution(report, by="resource_id").rows]
    [('fibre', 60), ('olt', 60)]
    """
    ledger = report.ledger
    start_us = ledger.start_us if start is None else instant_us(start, field="start")
    end_us = ledger.end_us if end is None else instant_us(end, field="end")
    check_order(start_us, end_us, start=start, end=end)
    start_us, end_us = max(start_us, ledger.start_us), max(ledger.start_us, min(end_us, ledger.end_us))
    down = counted_downtime(ledger, report.accounting).clip(start_us, end_us)
    parts = active_parts(report, report.qualifying.key_column(by), start_us, end_us)
    active = IntervalSet.union_of(parts.starts_us, parts.ends_us)
    shares = _shares(parts, active, down)
    zone = load_zone(report.zone)
    return Attribution(
        by=by,
        start=moment(start_us, zone),
        end=moment(end_us, zone),
        rows=_largest_first(shares),
        down_us=down.total_us,
        bridged_us=(down - active).total_us,
    )


def effect_us(report: ComplianceReport, keys: Iterable[Hashable], *, by: str = "id") -> int:
    """Return how much shorter a report's counted downtime were without the alarms of some keys, microseconds.

    The rows are left out and the rest is measured by the same rule, damping included.

    Raises:
        InvalidTypeError: `keys` is not several values. Others as `attribution`.
    """
    left_out = frozenset(listed(keys, "keys", f"values of {by}, e.g. ['i-17']"))
    column = report.qualifying.key_column(by)
    rows = [row for row, key in enumerate(column) if key not in left_out]
    rule = report.measurement.rule
    without_keys = rule.measure(rule.downtime.times(report.qualifying.take(rows))).ledger
    return report.total.downtime_us - counted_downtime(without_keys, report.accounting).total_us


def _shares(parts: ActiveParts, active: IntervalSet, down: IntervalSet) -> Iterator[Share]:
    """Return the share of each key in some downtime; `active` is the time of all parts."""
    starts_us, ends_us, keys = parts.starts_us, parts.ends_us, parts.keys
    # Parts of one key do not overlap, so where one part is active, one key is.
    alone = active - IntervalSet.at_least(2, starts_us, ends_us)
    # Where all active time counts, the downtime between two instants of a part is the time between them.
    down_before = LengthBefore(down) if active - down else ALL_TIME
    alone_before = LengthBefore(alone & down)
    down_before_ends = down_before.at(ends_us)
    gross_us = map(sub, down_before_ends, down_before.at(starts_us))
    unique_us = map(sub, alone_before.at(ends_us), alone_before.at(starts_us))
    # Before the latest end of all earlier parts one of them is active, and it began first.
    latest_ends_us = accumulate(ends_us, max, initial=ALWAYS_START_US)
    owned_from_us = tuple(map(min, ends_us, map(max, starts_us, latest_ends_us)))
    owned_us = map(sub, down_before_ends, down_before.at(owned_from_us))
    # Each key has one part, as ids have: nothing is to be summed up.
    if len(parts.alarms) == len(keys) == len(set(keys)):
        return map(Share, keys, map(parts.alarms.__getitem__, keys), gross_us, unique_us, owned_us)
    sums_us = [_sums(keys, lengths_us) for lengths_us in (gross_us, unique_us, owned_us)]
    return (Share(key, alarms, *(sum_us[key] for sum_us in sums_us)) for key, alarms in parts.alarms.items())


def _sums(keys: Iterable[Hashable], lengths_us: Iterable[int]) -> Mapping[Hashable, int]:
    """Return the sum of the lengths of each key; 0 for others."""
    sums_us: dict[Hashable, int] = defaultdict(int)
    for key, length_us in zip(keys, lengths_us, strict=True):
        sums_us[key] += length_us
    return sums_us


def _largest_first(shares: Iterable[Share]) -> tuple[Share, ...]:
    """Return shares by falling unique time, then by falling gross time, then by the key's text."""
    # Three stable sorts by one field are faster than one by three.
    ordered = sorted(shares, key=lambda share: str(share.key))
    ordered.sort(key=attrgetter("gross_us"), reverse=True)
    ordered.sort(key=attrgetter("unique_us"), reverse=True)
    return tuple(ordered)
