"""What each row says: the instants at which it was an outage, by the record, for certain, and possibly."""
################################################################
# 1. Set aside: a row without a readable start, with an unreadable instant or
#    severity, or over before it was raised.
# 2. Snapshots, rows of one id and start: an open one is superseded by one that is
#    over, else by the one seen last. Their severity is the worst of theirs.
# 3. Until when: cleared_at, else resolved_at; a row whose status says over ends
#    when it was last seen, else at the earliest of its last update, the start of
#    the next row of its alarm_id (without one: of its resource), and its start
#    plus doubt_at_most. Any other row is open. A stale one ends when last seen.
# 4. What of it is in doubt: `certain` is what stays in the optimistic reading,
#    `possible` what the pessimistic reading adds. certain <= recorded <= possible.
#
# Readings of what the rule leaves open, chosen here:
# - A row that is not over at as_of is active at as_of, whatever its row says since.
# - Seven days are over after seven days, not at seven days.
# - An update before the start says nothing of the end.
# - The next row of an alarm_id starts strictly later and may have any severity; it
#   is looked for among the rows that were not set aside and not superseded.
# - Rows of one id contradict each other where those that qualify share an instant
#   before as_of and their own starts and ends differ there, not only their last
#   sights; a group is what overlaps step by step.
# - A snapshot that is over without a time is superseded by one with an end. An alarm
#   of unknown last sight was seen when it was raised. Of snapshots that were seen
#   last at the same time, all stay.
# - A row that was set aside may qualify where neither its type nor its status is
#   excluded, also where its severity was overwritten by `cleared`; its end is its
#   first readable end that is not before its start.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, cast

from sla_compliance.testing.oracle.rules import Rule
from sla_compliance.testing.oracle.world import UNREADABLE, Moment, OneKey, Row, World

OVER: Final = ("cleared", "resolved", "closed")
CLEARED: Final = "cleared"
WORST_FIRST: Final = ("critical", "major", "minor", "warning", "info", "indeterminate", CLEARED)
UNSEEN: Final = timedelta(days=7)
A_DAY: Final = timedelta(days=1)

Instants = frozenset[int]
NONE: Final[Instants] = frozenset()


class Cause:
    """Why a figure is in doubt."""

    UNKNOWN: Final = "unknown time"
    UNSEEN: Final = "unseen for a week"
    STALE: Final = "cut off as stale"
    OVER: Final = "over without a time"
    SET_ASIDE: Final = "set aside"
    OVERLAP: Final = "rows of one id overlap"
    OVERWRITTEN: Final = "severity overwritten"
    UNKEYED: Final = "without the key"


@dataclass(frozen=True)
class Evidence:
    """What one row says.

    Attributes:
        recorded, certain, possible: the instants before as_of, by the record and by the two other readings.
        doubts: causes, each with the instants at stake.
    """

    row: Row
    recorded: Instants
    certain: Instants
    possible: Instants
    doubts: tuple[tuple[str, Instants], ...] = ()


class Rows:
    """The rows of a world, read by the rules that are not left out."""

    def __init__(self, world: World, without: Collection[Rule] = ()) -> None:
        self.world = world
        self.terms = world.terms
        self.without = without
        self.set_aside = [row for row in world.rows if self._contradicts_itself(row)]
        self.kept = self._without_superseded([row for row in world.rows if row not in self.set_aside])

    def evidence(self, share: OneKey | None = None) -> list[Evidence]:
        """Return what each row says that may be an outage of the report."""
        evidence = [self._of_kept(row) for row in self.kept if self._qualifies(row) or self._is_overwritten(row)]
        evidence = self._with_contradictions(evidence)
        evidence += [self._of_set_aside(row) for row in self.set_aside if row.start not in (None, UNREADABLE)]
        return evidence if share is None else list(self._of_share(evidence, share))

    def without_start(self, share: OneKey | None = None) -> list[Row]:
        """Return the rows that may be outages of the report and whose start cannot be read."""
        lost = [row for row in self.set_aside if row.start in (None, UNREADABLE) and self._may_qualify(row)]
        if share is not None:
            lost = [row for row in lost if self._is_in_share(row, share) is not False]
        return [] if Rule.UNREADABLE_START in self.without else lost

    def _contradicts_itself(self, row: Row) -> bool:
        instants = (row.start, row.cleared, row.resolved, row.seen, row.updated)
        if row.start is None or UNREADABLE in instants:
            return True
        if Rule.SET_ASIDE in self.without:
            return False
        end = self._own_end(row)
        is_reversed = end is not None and end < _number(row.start)
        return is_reversed or row.severity.lower() not in WORST_FIRST

    def _own_end(self, row: Row) -> int | None:
        if row.cleared is not None or Rule.RESOLVED in self.without:
            return None if row.cleared is None else _number(row.cleared)
        return None if row.resolved is None else _number(row.resolved)

    def _without_superseded(self, rows: list[Row]) -> list[Row]:
        snapshots: dict[object, list[Row]] = defaultdict(list)
        for number, row in enumerate(rows):
            identity = number if row.id is None or Rule.SNAPSHOTS in self.without else (row.id, row.start)
            snapshots[identity].append(row)
        kept: list[Row] = []
        for group in snapshots.values():
            severity = self._worst_severity(group)
            kept += [replace(row, severity=severity or row.severity) for row in self._not_superseded(group)]
        return kept

    def _not_superseded(self, snapshots: list[Row]) -> list[Row]:
        with_an_end = [row for row in snapshots if self._own_end(row) is not None]
        if with_an_end:
            return with_an_end
        over = [row for row in snapshots if _is_one_of(row.status, OVER)]
        last_seen = max(_seen_or_start(row) for row in over or snapshots)
        return [row for row in over or snapshots if _seen_or_start(row) == last_seen]

    def _worst_severity(self, snapshots: list[Row]) -> str | None:
        if Rule.WORST_SEVERITY in self.without:
            return None
        severities = [row.severity.lower() for row in snapshots]
        return next((severity for severity in WORST_FIRST if severity in severities), None)

    def _qualifies(self, row: Row) -> bool:
        is_severe = row.severity.lower() in self.terms.severities or Rule.SEVERITY in self.without
        is_unreadable = row.severity.lower() not in WORST_FIRST  # kept only where SET_ASIDE is left out
        return (is_severe or is_unreadable) and not self._is_excluded(row)

    def _is_excluded(self, row: Row) -> bool:
        is_of_type = _is_one_of(row.alarm_type, self.terms.excluded_types) and Rule.EXCLUDED_TYPE not in self.without
        is_of_status = _is_one_of(row.status, self.terms.excluded_statuses) and Rule.EXCLUDED_STATUS not in self.without
        return is_of_type or is_of_status

    def _is_overwritten(self, row: Row) -> bool:
        is_read = Rule.OVERWRITTEN_IN_DOUBT not in self.without
        return is_read and row.severity.lower() == CLEARED and not self._is_excluded(row)

    def _may_qualify(self, row: Row) -> bool:
        severity = row.severity.lower()
        is_known_not_to = severity in WORST_FIRST and severity not in (*self.terms.severities, CLEARED)
        return not is_known_not_to and not self._is_excluded(row)

    def _earliest_end(self, row: Row) -> int:
        """Return the earliest of the three times at which a row that is over without a time may have ended."""
        start = _number(row.start)
        ends = [self.world.place.reach]
        is_updated = isinstance(row.updated, int) and row.updated >= start
        if is_updated and Rule.UPDATED_BOUND not in self.without:
            ends.append(_number(row.updated))
        if Rule.NEXT_ROW_BOUND not in self.without:
            ends += self._later_starts(row)
        if Rule.LENGTH_BOUND not in self.without:
            length = self.terms.doubt_at_most
            ends.append(start + (self.world.place.units(A_DAY) if length is None else length))
        return min(ends)

    def _later_starts(self, row: Row) -> list[int]:
        column = "alarm_id"
        if row.alarm_id is None and Rule.NEXT_ROW_OF_RESOURCE not in self.without:
            column = "resource_id"
        device = getattr(row, column)
        starts = [_number(later.start) for later in self.kept if getattr(later, column) == device is not None]
        return [start for start in starts if start > _number(row.start)]

    def _of_kept(self, row: Row) -> Evidence:
        start, end = _number(row.start), self._own_end(row)
        if end is None and _is_one_of(row.status, OVER):
            evidence = self._of_row_over_without_time(row)
        elif self._is_stale(row, end):
            evidence = self._of_stale_row(row)
        else:
            recorded = self._before_as_of(start, end)
            certain = recorded
            if self._is_unseen(row, end):
                certain = self._before_as_of(start, _seen_or_start(row))
            evidence = _evidence(row, recorded, certain, recorded, Cause.UNSEEN)
        if self._qualifies(row):
            return evidence
        return _evidence(row, NONE, NONE, evidence.possible, Cause.OVERWRITTEN)

    def _of_row_over_without_time(self, row: Row) -> Evidence:
        start, earliest = _number(row.start), self._earliest_end(row)
        if row.seen is not None and Rule.OVER_WHEN_SEEN not in self.without:
            end = _seen_or_start(row)
        elif Rule.OVER_WITHOUT_TIME not in self.without:
            end = earliest
        else:
            end = self.world.place.reach
        recorded = self._before_as_of(start, end)
        if Rule.OVER_IN_DOUBT in self.without:
            return Evidence(row, recorded, recorded, recorded)
        certain = self._before_as_of(start, min(end, _seen_or_start(row)))
        possible = self._before_as_of(start, max(end, earliest))
        return _evidence(row, recorded, certain, possible, Cause.OVER)

    def _of_stale_row(self, row: Row) -> Evidence:
        recorded = self._before_as_of(_number(row.start), _seen_or_start(row))
        refreshed, stale = self.terms.refreshed_every, self.terms.stale_after
        is_certain = refreshed is not None and refreshed <= (stale or 0) and Rule.REFRESHED_EVERY not in self.without
        if is_certain or Rule.STALE_IN_DOUBT in self.without:
            return Evidence(row, recorded, recorded, recorded)
        return _evidence(row, recorded, recorded, self._before_as_of(_number(row.start), None), Cause.STALE)

    def _of_set_aside(self, row: Row) -> Evidence:
        if not self._may_qualify(row) or Rule.SET_ASIDE_IN_DOUBT in self.without:
            return Evidence(row, NONE, NONE, NONE)
        start = _number(row.start)
        ends = [_number(end) for end in (row.cleared, row.resolved) if end not in (None, UNREADABLE)]
        later = [end for end in ends if end >= start]
        if later:
            end = later[0]
        elif ends or _is_one_of(row.status, OVER):
            end = self._earliest_end(row)
        else:
            end = self.world.place.reach
        return _evidence(row, NONE, NONE, self._before_as_of(start, end), Cause.SET_ASIDE)

    def _before_as_of(self, start: int, end: int | None) -> Instants:
        last = self.world.place.reach if Rule.AS_OF in self.without else self.world.as_of
        return frozenset(range(start, last if end is None else min(end, last)))

    def _is_active(self, end: int | None) -> bool:
        return end is None or end > self.world.as_of

    def _is_stale(self, row: Row, end: int | None) -> bool:
        limit = self.terms.stale_after
        if limit is None or row.seen is None or Rule.STALE_AFTER in self.without or not self._is_active(end):
            return False
        if end is not None and Rule.STALE_WHEN_ASKED_AGAIN in self.without:
            return False
        return self.world.as_of - _number(row.seen) > limit

    def _is_unseen(self, row: Row, end: int | None) -> bool:
        if not self._is_active(end):
            return False
        rule = Rule.UNKNOWN_SIGHT_IN_DOUBT if row.seen is None else Rule.UNSEEN_IN_DOUBT
        unseen_for = self.world.as_of - _seen_or_start(row)
        return rule not in self.without and unseen_for > self.world.place.units(UNSEEN)

    def _with_contradictions(self, evidence: list[Evidence]) -> list[Evidence]:
        if Rule.OVERLAP_IN_DOUBT in self.without:
            return evidence
        result = []
        for item in evidence:
            group = _overlapping_group(item, evidence)
            if len({self._bounds(member) for member in group}) == 1:
                result.append(item)
                continue
            of_any = frozenset.union(*(member.recorded for member in group))
            of_all = frozenset.intersection(*(member.recorded for member in group))
            certain = frozenset.intersection(*(member.certain for member in group))
            doubts = (*item.doubts, (Cause.OVERLAP, of_any - of_all))
            result.append(replace(item, certain=certain, doubts=doubts))
        return result

    def _bounds(self, item: Evidence) -> Instants:
        """Return the instants that a row's own start and end enclose, whenever it was last seen."""
        end = self._own_end(item.row)
        if end is None and _is_one_of(item.row.status, OVER):
            return item.recorded
        return self._before_as_of(_number(item.row.start), end)

    def _is_in_share(self, row: Row, share: OneKey) -> bool | None:
        """Return whether a row is the report's; None where that is not known."""
        value = getattr(row, share.by)
        if value is not None or share.key is None:
            return bool(value == share.key)
        return {"doubt": None, "everybody": True, "nobody": False}[share.unkeyed]

    def _of_share(self, evidence: Iterable[Evidence], share: OneKey) -> Iterable[Evidence]:
        for item in evidence:
            is_in_share = self._is_in_share(item.row, share)
            if is_in_share:
                yield item
            elif is_in_share is None and Rule.UNKEYED_IN_DOUBT not in self.without:
                yield _evidence(item.row, NONE, NONE, item.possible, Cause.UNKEYED)


def _evidence(row: Row, recorded: Instants, certain: Instants, possible: Instants, cause: str) -> Evidence:
    doubts = ((cause, possible - certain),) if possible - certain else ()
    return Evidence(row, recorded, certain, possible, doubts)


def _overlapping_group(item: Evidence, evidence: list[Evidence]) -> list[Evidence]:
    """Return the rows of the same id that overlap, step by step, with a row, that row included."""
    group = [item]
    candidates = [other for other in evidence if other.row.id is not None and other.row.id == item.row.id]
    is_growing = True
    while is_growing:
        held = NONE.union(*(member.recorded for member in group))
        joining = [row for row in candidates if row.recorded & held and not any(row is member for member in group)]
        group += joining
        is_growing = bool(joining)
    return group


def _number(moment: Moment) -> int:
    """Return a moment of which it is known that it can be read."""
    return cast("int", moment)


def _seen_or_start(row: Row) -> int:
    start = _number(row.start)
    return start if row.seen is None else max(start, _number(row.seen))


def _is_one_of(text: str | None, words: Collection[str]) -> bool:
    return text is not None and text.lower() in words
