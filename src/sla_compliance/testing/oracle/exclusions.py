"""Which alarms a targeted window applies to, and which planned work excuses."""
################################################################
# A window with targets applies to an alarm that has any of the named values in the
# column that names them; several columns may have to match together. Values are
# compared as text. With children it applies to every alarm below one that matches:
# the parent of an alarm is the row whose id, else whose alarm_id, is the alarm's
# parent_alarm_id. Parents are looked for among all rows that were not set aside.
#
# Planned work is accepted in this order; what is refused is agreed time:
#   1. its kind is accepted;
#   2. it was announced, and recorded, early enough before each occurrence;
#   3. only the part inside the hours of work;
#   4. only so many windows of each period, by their start;
#   5. only so much time of each period, in order of time, overlaps once;
#   6. where work excuses only what it caused: nothing of an outage that is down as
#      the window begins and just before.
#
# Readings of what the rule leaves open, chosen here:
# - A window that was cut by the hours of work begins where its first part does, is
#   one window, and belongs to the period in which that part begins.
# - Of windows that begin at the same instant, the one that ends first comes first.
# - Windows with the same targets share caps and are united, with children or not.
# - What is down, in step 6, is what the reading at hand has as down.
################################################################

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sla_compliance.testing.oracle.calendar import is_in_hours, period_of
from sla_compliance.testing.oracle.rows import Instants
from sla_compliance.testing.oracle.rules import Rule
from sla_compliance.testing.oracle.world import OTHER, OneKey, Row, Targets, Window, World

DIFFERENT_EVERYWHERE: Final = "nowhere"


@dataclass(frozen=True)
class Excuse:
    """The instants at which a window, or an occurrence of it, excuses."""

    window: Window
    instants: Instants


def runs(instants: Collection[int]) -> list[range]:
    """Return the runs of consecutive instants, in order."""
    ranges: list[range] = []
    for instant in sorted(instants):
        if ranges and ranges[-1].stop == instant:
            ranges[-1] = range(ranges[-1].start, instant + 1)
        else:
            ranges.append(range(instant, instant + 1))
    return ranges


class Exclusions:
    """The windows of a world, read by the rules that are not left out."""

    def __init__(
        self, world: World, rows: Sequence[Row], without: Collection[Rule] = (), share: OneKey | None = None
    ) -> None:
        self.world = world
        self.rows = rows
        self.without = without
        self.share = share
        self.excuses = [*self._accepted_work(), *self._other_exclusions()]

    def is_everybodys(self, window: Window) -> bool:
        """Return whether a window sets the scope of all time, in the report at hand."""
        if window.targets is None:
            return True
        share = self.share
        if share is None or share.key is None or Rule.OWN_KEY in self.without:
            return False
        return any(column == share.by and share.key in map(str, values) for column, values in window.targets)

    def applies_to(self, window: Window, row: Row) -> bool:
        """Return whether a targeted window applies to an alarm."""
        targets = window.targets or ()
        if Rule.ANY_COLUMN in self.without:
            targets = targets[:1]
        if self._matches(targets, row):
            return True
        is_inherited = window.with_children and Rule.WITH_CHILDREN not in self.without
        return is_inherited and any(self._matches(targets, ancestor) for ancestor in self._ancestors(row))

    def _matches(self, targets: Targets, row: Row) -> bool:
        for column, values in targets:
            columns = (column,) if isinstance(column, str) else column
            if Rule.TUPLE_KEYS in self.without:
                columns = columns[:1]
            row_values = tuple(getattr(row, name) for name in columns)
            if None in row_values:
                continue
            for value in values:
                window_values = (value,) if isinstance(column, str) else tuple(value)  # type: ignore[arg-type]
                if tuple(map(str, row_values)) == tuple(map(str, window_values[: len(columns)])):
                    return True
        return False

    def _ancestors(self, row: Row) -> list[Row]:
        ancestors: list[Row] = []
        candidates = self._parents(row)
        while candidates:
            parent = candidates.pop()
            # A parent that was met before closes a circle.
            if parent not in ancestors:
                ancestors.append(parent)
                if Rule.ANY_DEPTH not in self.without:
                    candidates += self._parents(parent)
        return ancestors

    def _parents(self, row: Row) -> list[Row]:
        name = row.parent_alarm_id
        if name is None:
            return []
        by_id = [candidate for candidate in self.rows if candidate.id == name]
        if by_id or Rule.PARENT_BY_ALARM_ID in self.without:
            return by_id
        return [candidate for candidate in self.rows if candidate.alarm_id == name]

    def _other_exclusions(self) -> list[Excuse]:
        return [
            Excuse(window, frozenset(range(window.start, window.end)))
            for window in self.world.windows
            if window.kind == OTHER
        ]

    def _accepted_work(self) -> list[Excuse]:
        """Return the occurrences that excuse, after steps 1 to 5."""
        work = [window for window in self.world.windows if window.kind != OTHER]
        if Rule.ACCEPTED_KINDS not in self.without:
            work = [window for window in work if window.kind in self.world.terms.accepted]
        occurrences = [occurrence for window in work for occurrence in self._occurrences(window)]
        excuses = [
            Excuse(occurrence, self._in_work_hours(range(occurrence.start, occurrence.end)))
            for occurrence in occurrences
            if self._is_announced(occurrence)
        ]
        excuses = [excuse for excuse in excuses if excuse.instants]
        excuses.sort(key=lambda excuse: (min(excuse.instants), max(excuse.instants)))
        accepted: list[Excuse] = []
        for group in self._by_target(excuses):
            accepted += self._at_most_so_much(self._at_most_so_many(group))
        return accepted

    def _occurrences(self, window: Window) -> list[Window]:
        end = window.end
        if window.actual_end is not None and Rule.ACTUAL_END not in self.without:
            end = min(end, window.actual_end)
        times = 1 if Rule.RECURRENCE in self.without else window.times
        shifts = [number * window.every for number in range(times)]
        return [replace(window, start=window.start + shift, end=end + shift) for shift in shifts]

    def _is_announced(self, occurrence: Window) -> bool:
        notice = self.world.terms.planned_work.notice
        if notice is None or Rule.NOTICE in self.without:
            return True
        notices = [occurrence.announced]
        if Rule.ENTERED_AT not in self.without:
            notices.append(occurrence.entered)
        instants = [instant for instant in notices if instant is not None]
        if not instants:
            return self.world.terms.planned_work.without_notice == "accept" or Rule.WITHOUT_NOTICE in self.without
        return max(instants) <= occurrence.start - notice

    def _in_work_hours(self, instants: Iterable[int]) -> Instants:
        hours = self.world.terms.planned_work.hours
        if hours is None or Rule.WORK_HOURS in self.without:
            return frozenset(instants)
        return frozenset(instant for instant in instants if is_in_hours(hours, self.world.place, instant))

    def _by_target(self, excuses: Iterable[Excuse]) -> list[list[Excuse]]:
        groups: dict[Targets | str | None, list[Excuse]] = defaultdict(list)
        for excuse in excuses:
            target = excuse.window.targets if Rule.OWN_CAPS not in self.without else DIFFERENT_EVERYWHERE
            groups[target].append(excuse)
        return list(groups.values())

    def _period_of(self, instant: int) -> tuple[int, ...]:
        return period_of(self.world.place, instant, self.world.terms.planned_work.per)

    def _at_most_so_many(self, excuses: list[Excuse]) -> list[Excuse]:
        most = self.world.terms.planned_work.most_windows
        if most is None or Rule.MOST_WINDOWS in self.without:
            return excuses
        counts: Counter[tuple[int, ...]] = Counter()
        accepted = []
        for excuse in excuses:
            period = self._period_of(min(excuse.instants))
            counts[period] += 1
            if counts[period] <= most:
                accepted.append(excuse)
        return accepted

    def _at_most_so_much(self, excuses: list[Excuse]) -> list[Excuse]:
        most = self.world.terms.planned_work.most_time
        if most is None or Rule.MOST_TIME in self.without:
            return excuses
        counts: Counter[tuple[int, ...]] = Counter()
        accepted = set()
        for instant in sorted(frozenset().union(*(excuse.instants for excuse in excuses))):
            period = self._period_of(instant)
            counts[period] += 1
            if counts[period] <= most:
                accepted.add(instant)
        return [Excuse(excuse.window, excuse.instants & accepted) for excuse in excuses]

    def excuses_while(self, down: Instants) -> list[Excuse]:
        """Return what excuses in a reading with this downtime: step 6."""
        is_caused_only = self.world.terms.planned_work.excuses == "caused" and Rule.CAUSED not in self.without
        if not is_caused_only:
            return self.excuses
        result = [excuse for excuse in self.excuses if excuse.window.kind == OTHER]
        for group in self._by_target(excuse for excuse in self.excuses if excuse.window.kind != OTHER):
            not_caused = self._not_caused_by(group, down)
            result += [Excuse(excuse.window, excuse.instants - not_caused(excuse)) for excuse in group]
        return result

    def _not_caused_by(self, group: list[Excuse], down: Instants) -> Callable[[Excuse], Instants]:
        """Return which instants of a window belong to outages that it did not cause."""
        united = frozenset().union(*(excuse.instants for excuse in group))
        outages = runs(down)

        def not_caused(excuse: Excuse) -> Instants:
            held = excuse.instants if Rule.UNITED_WINDOWS in self.without else united
            pieces = [piece for piece in runs(held) if excuse.instants.intersection(piece)]
            instants: set[int] = set()
            for piece in pieces:
                for outage in outages:
                    if piece.start in outage and piece.start - 1 in outage:
                        instants.update(set(piece) & set(outage))
            return frozenset(instants)

        return not_caused
