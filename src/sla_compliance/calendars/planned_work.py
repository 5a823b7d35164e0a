"""PlannedWork: which planned work is accepted as such, and what is refused with its reason."""
################################################################
# A window of an accepted kind still has to keep what was agreed of planned work.
# Its occurrences pass these rules in this order; what a rule refuses stays agreed
# service time and is reported with the reason:
#   1. `notice`: announced, or entered where that is later, at least so long before
#      the occurrence starts; without either instant as `without_notice` says;
#   2. `hours`: only the part inside these hours of the tenant's zone;
#   3. `most_windows` of each `per`, by the start of what the hours leave of a
#      window, which belongs to the period of that start; empty ones do not count;
#   4. `most_time` of each `per`, in order of time, overlaps once, split at the
#      period's end.
# Each `applies_to` has caps of its own. The last rule, excuses="caused", needs the
# downtime and is applied where that is known (contract.py).
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from sla_compliance.calendars.local_days import first_instant_us, local_days
from sla_compliance.calendars.periods import Period
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.checks import check_type, checked_integer, wrong_value
from sla_compliance.intervals import IntervalSet
from sla_compliance.units import DAY_US, MAX_US, MICROSECOND, MIN_US, length_text, length_us

WithoutNotice = Literal["accept", "reject"]
Excuses = Literal["overlap", "caused"]

_MOST_WINDOWS: Final = 1_000_000
_LONGEST_PERIOD_US: Final = 367 * DAY_US


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWork:
    """What was agreed of planned work; the default accepts all of it.

    Attributes:
        notice: how long before its start work must be announced; None: it need not be.
        without_notice: what to do where it is not known when work was announced; counts only with `notice`.
        hours: the hours in which work is accepted; None: at any time.
        most_time: how much of each period is accepted; None: all.
        most_windows: how many of each period are accepted; None: all.
        per: the period of these caps.
        excuses: "overlap": all downtime inside; "caused": not the outage that was there when the work began.

    Raises:
        InvalidTypeError, InvalidValueError: naming the argument.
    """

    notice: timedelta | None = None
    without_notice: WithoutNotice = "accept"
    hours: ServiceHours | None = None
    most_time: timedelta | None = None
    most_windows: int | None = None
    per: Period = Period.MONTH
    excuses: Excuses = "overlap"

    def __post_init__(self) -> None:
        for name in ("notice", "most_time"):
            length = getattr(self, name)
            if length is not None:
                length_us(length, field=name)
        if self.hours is not None:
            check_type(self.hours, ServiceHours, "hours", "ServiceHours")
        if self.most_windows is not None:
            most_windows = checked_integer(self.most_windows, "most_windows", 0, _MOST_WINDOWS)
            object.__setattr__(self, "most_windows", most_windows)
        check_type(self.per, Period, "per", "a Period, e.g. Period.MONTH")
        if self.per.is_rolling or self.per.is_hour:
            raise wrong_value(self.per.name, "per", "a calendar period: a day, week, month, quarter or year")
        if self.without_notice not in ("accept", "reject"):
            raise wrong_value(self.without_notice, "without_notice", "'accept' or 'reject'")
        if self.excuses not in ("overlap", "caused"):
            raise wrong_value(self.excuses, "excuses", "'overlap' or 'caused'")

    @property
    def accepts_all(self) -> bool:
        """Whether there is no rule that could refuse any work before its outages are known."""
        return self.notice is None and self.hours is None and not self.has_caps

    @property
    def has_caps(self) -> bool:
        """Whether there is a cap on the work of a period."""
        return self.most_time is not None or self.most_windows is not None

    @property
    def looks_back(self) -> bool:
        """Whether what excuses depends on earlier work, of the same period or touching it."""
        return self.has_caps or self.excuses == "caused"

    def canonical(self) -> dict[str, object]:
        """Return the rules that differ from their default, for a digest; JSON types only."""
        rules: dict[str, object] = {}
        if self.notice is not None:
            rules["notice_us"] = self.notice // MICROSECOND
            rules["without_notice"] = self.without_notice
        if self.hours is not None:
            rules["hours"] = self.hours.canonical()
        if self.has_caps:
            rules["most_time_us"] = None if self.most_time is None else self.most_time // MICROSECOND
            rules["most_windows"] = self.most_windows
        if self.looks_back:
            rules["per"] = [self.per.name, self.per.days, self.per.months, self.per.first, self.per.first_day]
        if self.excuses != "overlap":
            rules["excuses"] = self.excuses
        return rules

    def first_us(self, zone: str, start_us: int) -> int:
        """Return from when on windows are needed for a request: the start of its period, where rules look back."""
        return period_bounds_us(self.per, zone, start_us)[0] if self.looks_back else start_us


def period_bounds_us(per: Period, zone: str, instant_us: int) -> tuple[int, int]:
    """Return start and end of the calendar period that holds an instant, microseconds.

    Periods within a year of the calendar's ends reach to there.
    """
    day = local_days(zone, instant_us, instant_us + 1).dates[0]
    is_first = instant_us - MIN_US < _LONGEST_PERIOD_US
    is_last = MAX_US - instant_us < _LONGEST_PERIOD_US
    return (
        MIN_US if is_first else first_instant_us(per.first_date(day), zone),
        MAX_US if is_last else first_instant_us(per.next_first_date(day), zone),
    )


NO_RULES: Final = PlannedWork()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One stretch of work.

    Attributes:
        source: which window or pair it comes from; accepted time is returned by it.
        name: what to call it in a report.
        start_us, end_us: the occurrence; start_us < end_us.
        announced_us: when it was announced, or entered where that is later; None: not known.
        caps_key: what it applies to; each has caps of its own.
        with_children: whether it applies to the children of what it names, too; of equal windows that one comes first.
    """

    source: int
    name: str
    start_us: int
    end_us: int
    announced_us: int | None
    caps_key: Hashable
    with_children: bool = False


@dataclass(frozen=True, slots=True)
class RefusedWork:
    """Work, or a part of it, that excuses nothing.

    Attributes:
        name: what to call it in a report.
        reason: why, in words.
        start_us, end_us: what was refused.
    """

    name: str
    reason: str
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class AcceptedWork:
    """What became of some occurrences.

    Attributes:
        times: the accepted time of each source.
        refused: what was refused, and why.
    """

    times: dict[int, IntervalSet]
    refused: tuple[RefusedWork, ...]


def accepted_work(occurrences: Iterable[Occurrence], rules: PlannedWork, zone: str) -> AcceptedWork:
    """Return which time of some occurrences is accepted; all of the period before them must be among them.

    Args:
        zone: the tenant's, for hours and periods.
    """
    if rules.accepts_all:
        return AcceptedWork(_times_by_source(occurrences), ())
    gate = _Gate(rules, zone)
    announced = [occurrence for occurrence in occurrences if gate.is_announced(occurrence)]
    cut = [Cut(occurrence, parts) for occurrence in announced if (parts := gate.parts_inside_hours(occurrence))]
    placed = [part for part in sorted(cut, key=lambda part: part.order) if gate.has_place(part)]
    stretches = [(*stretch, part.occurrence) for part in placed for stretch in part.stretches]
    for start_us, end_us, occurrence in sorted(stretches, key=lambda stretch: stretch[:2]):
        gate.take_time(occurrence, start_us, end_us)
    times = {source: IntervalSet.from_pairs(pairs) for source, pairs in gate.accepted.items()}
    return AcceptedWork(times, tuple(gate.refused))


def _times_by_source(occurrences: Iterable[Occurrence]) -> dict[int, IntervalSet]:
    """Return all the time of each source."""
    pairs_by_source: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for occurrence in occurrences:
        pairs_by_source[occurrence.source].append((occurrence.start_us, occurrence.end_us))
    return {source: IntervalSet.from_pairs(pairs) for source, pairs in pairs_by_source.items()}


@dataclass(frozen=True, slots=True)
class Cut:
    """What the agreed hours leave of an occurrence; never empty."""

    occurrence: Occurrence
    stretches: IntervalSet

    @property
    def bounds_us(self) -> tuple[int, int]:
        """From when and until when it lasts."""
        return self.stretches.starts_us[0], self.stretches.ends_us[-1]

    @property
    def order(self) -> tuple[int, int, bool]:
        """By what the cap on windows counts, so that the order in which windows are given changes nothing."""
        return (*self.bounds_us, not self.occurrence.with_children)


class _Gate:
    """The rules, applied to one occurrence after another."""

    def __init__(self, rules: PlannedWork, zone: str) -> None:
        self._rules = rules
        self._zone = zone
        self.accepted: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.refused: list[RefusedWork] = []
        self._windows: dict[Hashable, int] = defaultdict(int)
        self._used: dict[Hashable, IntervalSet] = defaultdict(IntervalSet)

    def is_announced(self, occurrence: Occurrence) -> bool:
        """Return whether an occurrence was announced as agreed."""
        reason = self._reason_of_notice(occurrence)
        if reason is not None:
            self._refuse(occurrence, reason, occurrence.start_us, occurrence.end_us)
        return reason is None

    def _reason_of_notice(self, occurrence: Occurrence) -> str | None:
        """Return why an occurrence has not been announced in time; None where it has."""
        notice = self._rules.notice
        if notice is None:
            return None
        if occurrence.announced_us is None:
            return "without a known notice" if self._rules.without_notice == "reject" else None
        given_us = occurrence.start_us - occurrence.announced_us
        agreed_us = notice // MICROSECOND
        if given_us >= agreed_us:
            return None
        if given_us < 0:
            return f"announced {length_text(-given_us)} after its start"
        return f"announced {length_text(given_us)} before its start, {length_text(agreed_us)} are agreed"

    def parts_inside_hours(self, occurrence: Occurrence) -> IntervalSet:
        """Return the part of an occurrence inside the agreed hours."""
        whole = IntervalSet((occurrence.start_us,), (occurrence.end_us,))
        if self._rules.hours is None:
            return whole
        hours = self._rules.hours.expand(self._zone, occurrence.start_us, occurrence.end_us)
        for start_us, end_us in whole - hours:
            self._refuse(occurrence, "outside the hours agreed for planned work", start_us, end_us)
        return whole & hours

    def has_place(self, cut: Cut) -> bool:
        """Return whether the period of a window's start has a place left for one more, and take it."""
        most = self._rules.most_windows
        if most is None:
            return True
        start_us, end_us = cut.bounds_us
        key = (cut.occurrence.caps_key, period_bounds_us(self._rules.per, self._zone, start_us))
        self._windows[key] += 1
        if self._windows[key] <= most:
            return True
        self._refuse(cut.occurrence, f"more than {most} a {self._rules.per.name}", start_us, end_us)
        return False

    def take_time(self, occurrence: Occurrence, start_us: int, end_us: int) -> None:
        """Accept a stretch as far as the time of its periods lasts."""
        if self._rules.most_time is None:
            self.accepted[occurrence.source].append((start_us, end_us))
            return
        most_us = self._rules.most_time // MICROSECOND
        while start_us < end_us:
            period_start_us, period_end_us = period_bounds_us(self._rules.per, self._zone, start_us)
            part_end_us = min(end_us, period_end_us)
            accepted_until_us = self._use_time((occurrence.caps_key, period_start_us), start_us, part_end_us, most_us)
            if start_us < accepted_until_us:
                self.accepted[occurrence.source].append((start_us, accepted_until_us))
            if accepted_until_us < part_end_us:
                reason = f"more than {length_text(most_us)} a {self._rules.per.name}"
                self._refuse(occurrence, reason, accepted_until_us, part_end_us)
            start_us = part_end_us

    def _use_time(self, key: Hashable, start_us: int, end_us: int, most_us: int) -> int:
        """Use up a period's time by a stretch, and return until when it lasts; time used already costs nothing."""
        used = self._used[key]
        left_us = most_us - used.total_us
        # Stretches come in order of their starts, so what is used already of this one is its beginning.
        fresh = IntervalSet.from_pairs([(start_us, end_us)]) - used
        until_us = end_us if fresh.total_us <= left_us else fresh.starts_us[0] + left_us
        self._used[key] = used | IntervalSet.from_pairs([(start_us, until_us)])
        return until_us

    def _refuse(self, occurrence: Occurrence, reason: str, start_us: int, end_us: int) -> None:
        self.refused.append(RefusedWork(occurrence.name, reason, start_us, end_us))
