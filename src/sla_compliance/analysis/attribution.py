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
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import compress, islice, pairwise
from operator import ne, sub
from typing import NamedTuple

from sla_compliance.analysis.active_parts import ActiveParts, active_parts
from sla_compliance.analysis.shown_values import MOST_ROWS_PREVIEWED, downtime_fact, first_facts
from sla_compliance.checks import check_order, listed, wrong_type
from sla_compliance.counted_downtime import LengthBefore, counted_downtime
from sla_compliance.drawing.preview import Preview, Previewed
from sla_compliance.errors import shown
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US, IntervalSet
from sla_compliance.lazy import LazyValue, lazy_property
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


class _ShareColumns(NamedTuple):
    """The fields of many shares, a column each."""

    keys: Sequence[Hashable]
    alarms: Sequence[int]
    gross_us: Sequence[int]
    unique_us: Sequence[int]
    owned_us: Sequence[int]


@dataclass(frozen=True, repr=False)
class Attribution(Previewed, LazyValue):
    """How counted downtime is spread over keys.

    Attributes:
        by: the column.
        start, end: the time, aware, in the report's zone.
        down_us: the counted downtime.
        bridged_us: what of it no alarm covers.
        rows: the share of each key: the largest unique time first, then the largest gross time, then by the key's
            text. Made when they are first asked for, since there may be as many as alarms.
    """

    by: str
    start: datetime
    end: datetime
    down_us: int
    bridged_us: int
    _columns: _ShareColumns

    @lazy_property
    def rows(self) -> tuple[Share, ...]:
        """The share of each key, the largest first."""
        return self.first_rows(self.total)

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self._columns.keys)

    def first_rows(self, limit: int, offset: int = 0) -> tuple[Share, ...]:
        """Return `rows[offset : offset + limit]`; no others are made."""
        columns = (column[offset : offset + limit] for column in self._columns)
        return tuple(map(Share._make, zip(*columns, strict=True)))

    def as_dict(self, *, limit: int | None = None) -> dict[str, object]:
        """Return the attribution in JSON types; lengths in microseconds.

        Args:
            limit: how many rows; by default all.
        """
        rows = self.rows if limit is None else self.first_rows(limit)
        return {
            "by": self.by,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "down_us": self.down_us,
            "bridged_us": self.bridged_us,
            "rows": [share.as_dict() for share in rows],
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

    def _preview(self) -> Preview:
        largest = [(self.by, _row_text(share)) for share in self.first_rows(MOST_ROWS_PREVIEWED)]
        return Preview(
            heading=f"{self.start.isoformat()} to {self.end.isoformat()} by {self.by}",
            facts=[
                *downtime_fact("downtime", self.down_us),
                *first_facts(largest, self.total),
                *downtime_fact("bridged", self.bridged_us or None),
            ],
            notes=lambda: [
                "gross: down while it was; unique: down for no other; owned: it was down first",
            ],
        )


def _row_text(share: Share) -> str:
    lengths = zip(("gross", "unique", "owned"), (share.gross_us, share.unique_us, share.owned_us), strict=True)
    texts = ", ".join(f"{name} {length_text(length)}" for name, length in lengths)
    key = "none" if share.key is None else shown(str(share.key))
    plural = "" if share.alarms == 1 else "s"
    return f"{key}: {texts}; {share.alarms:,} alarm{plural}"


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
    active = report.measurement.active.active.clip(start_us, end_us)
    parts = active_parts(report, report.qualifying.key_column(by), start_us, end_us)
    columns = _largest_first(_share_columns(parts, active, down))
    zone = load_zone(report.zone)
    return Attribution(
        by=by,
        start=moment(start_us, zone),
        end=moment(end_us, zone),
        down_us=down.total_us,
        bridged_us=down.total_us - sum(columns.owned_us),
        _columns=columns,
    )


def effect_us(report: ComplianceReport, keys: Iterable[Hashable], *, by: str = "id") -> int:
    """Return how much shorter a report's counted downtime were without the alarms of some keys, microseconds.

    The rows are left out and the rest is measured by the same rule, damping included.

    Raises:
        InvalidTypeError: `keys` is not several values. Others as `attribution`.
    """
    wanted = f"values of {by}, e.g. ['i-17']"
    listed_keys = listed(keys, "keys", wanted)
    try:
        left_out = frozenset(listed_keys)
    except TypeError as error:  # a list among them, say
        raise wrong_type(keys, "keys", wanted) from error
    column = report.qualifying.key_column(by)
    rows = [row for row, key in enumerate(column) if key not in left_out]
    rule = report.measurement.rule
    without_keys = rule.measure(rule.downtime.times(report.qualifying.take(rows))).ledger
    return report.total.downtime_us - counted_downtime(without_keys, report.accounting).total_us


def _share_columns(parts: ActiveParts, active: IntervalSet, down: IntervalSet) -> _ShareColumns:
    """Return the shares of the keys in some downtime; no part reaches beyond the active time."""
    starts_us, ends_us = _downtime_before(parts, active, down)
    gross_us = list(map(sub, ends_us, starts_us))
    unique_us, owned_us = _unique_and_owned(starts_us, ends_us)
    if parts.alarms is None:
        return _ShareColumns(parts.keys, [1] * len(parts.keys), gross_us, unique_us, owned_us)
    keys = list(parts.alarms)
    sums_us = (_sums(parts.keys, lengths_us) for lengths_us in (gross_us, unique_us, owned_us))
    columns_us = [[sum_us[key] for key in keys] for sum_us in sums_us]
    return _ShareColumns(keys, list(parts.alarms.values()), *columns_us)


def _downtime_before(parts: ActiveParts, active: IntervalSet, down: IntervalSet) -> tuple[Sequence[int], Sequence[int]]:
    """Return how much downtime lies before the start of each part, and before its end, from some instant on."""
    # Where all active time counts, the downtime between two instants of a part is the time between them.
    if active == down or not active - down:
        return parts.starts_us, parts.ends_us
    down_before = LengthBefore(down)
    return down_before.at(parts.starts_us), down_before.at(parts.ends_us)


def _unique_and_owned(starts_us: Sequence[int], ends_us: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Return the time at which each part alone is active, and the time at which of the active ones it began first.

    Parts of one key do not overlap, so where one part is active, one key is.

    Args:
        starts_us, ends_us: of each part, in order of the starts; in time, or in downtime before it.
    """
    unique_us, owned_us = [0] * len(starts_us), [0] * len(starts_us)
    last_part, last_end, second_last_end = 0, ALWAYS_START_US, ALWAYS_START_US
    next_starts = (*starts_us[1:], ALWAYS_END_US)
    for part, (start, end, next_start) in enumerate(zip(starts_us, ends_us, next_starts, strict=False)):
        if end > last_end:
            # Until the latest end of all earlier parts one of them is active, and it began first.
            owned_us[part] = end - (max(last_end, start))
            last_part, last_end, second_last_end = part, end, last_end
        elif end > second_last_end:
            second_last_end = end
        # Until the next part begins, the one that ends last is alone from the second last end on.
        alone_from = max(second_last_end, start)
        alone_until = min(last_end, next_start)
        if alone_from < alone_until:
            unique_us[last_part] += alone_until - alone_from
    return unique_us, owned_us


def _sums(keys: Iterable[Hashable], lengths_us: Iterable[int]) -> Mapping[Hashable, int]:
    """Return the sum of the lengths of each key; 0 for others."""
    sums_us: dict[Hashable, int] = defaultdict(int)
    for key, length_us in zip(keys, lengths_us, strict=True):
        sums_us[key] += length_us
    return sums_us


def _largest_first(shares: _ShareColumns) -> _ShareColumns:
    """Return shares by falling unique time, then by falling gross time, then by the key's text."""
    # Both lengths in one integer: one sort, and no tuple a share. No length has more than 63 bits.
    lengths = [unique << 64 | gross for unique, gross in zip(shares.unique_us, shares.gross_us, strict=True)]
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    ordered_lengths = list(map(lengths.__getitem__, order))
    # Few shares have the same lengths, so few texts are made and compared.
    changes = compress(range(1, len(order)), map(ne, ordered_lengths, islice(ordered_lengths, 1, None)))
    for first, after in pairwise((0, *changes, len(order))):
        if after - first > 1:
            order[first:after] = sorted(order[first:after], key=lambda share: str(shares.keys[share]))
    return _ShareColumns._make(list(map(column.__getitem__, order)) for column in shares)
