"""Evidence: what there is to say of the rows behind a ledger, as facts of a window or a day."""
################################################################
# A day has the facts of the rows and exclusions that share an instant with it; a
# row whose times cannot be read is a fact of every day. So the facts of a day are
# the same whatever window it was measured in.
#
# Of each code a window or a day names the first MOST_NAMED rows or exclusions, the
# earliest first, and counts the others together, so a day stays small.
#
# Facts know no accounting, for any may be asked of a kept day: lengths are of agreed
# time, or of the windows of an exclusion.
################################################################

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sla_compliance.alarms import AlarmFilter, Severity
from sla_compliance.batch import AlarmBatch
from sla_compliance.contract import TargetedExclusion
from sla_compliance.downtime import DowntimeRule
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US, IntervalSet
from sla_compliance.labels import CELL_INDEX, Scope, State
from sla_compliance.ledger import Ledger
from sla_compliance.measured import DayFact, FactCode
from sla_compliance.units import DAY_US, MICROSECOND, moment

STALE_AFTER: Final = timedelta(days=7)
"""Open alarms unseen for longer than this are listed as stale."""

MOST_NAMED: Final = 5
LONGEST_NAME: Final = 60
_AGREED_DOWN: Final = CELL_INDEX[Scope.AGREED, State.DOWN]


@dataclass(frozen=True, slots=True)
class TargetedEffect:
    """What a targeted exclusion took out.

    Attributes:
        name: the exclusion.
        alarms: how many alarms it cut.
        taken_out_us: the time inside the window and its own windows at which one of them was raised.
    """

    name: str
    alarms: int
    taken_out_us: int


@dataclass(frozen=True, slots=True)
class RowFinding:
    """Something that a reader must know of a row.

    Attributes:
        code: what it is.
        name: the row, as people know it.
        start_us, end_us: the time that it concerns.
    """

    code: FactCode
    name: str
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class _Cut:
    """A targeted exclusion and the alarms that it cuts.

    Attributes:
        name: the exclusion.
        windows: when it applies, in the ledger's window before the instant of evaluation.
        spans: start and end of each of the alarms.
        taken_out: the instants of the windows at which one of them was raised.
    """

    name: str
    windows: IntervalSet
    spans: tuple[tuple[int, int], ...]
    taken_out: IntervalSet


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that facts are made of.

    Attributes:
        row_findings: the earliest first.
        ledger: what was made of all alarms.
        ledger_without_stale: what is made of the alarms that are not stale.
        unmatched: the targeted exclusions that no alarm can match.
        cuts: the others, as far as they cut alarms.
    """

    row_findings: tuple[RowFinding, ...]
    ledger: Ledger
    ledger_without_stale: Ledger
    unmatched: tuple[TargetedExclusion, ...]
    cuts: tuple[_Cut, ...]

    @classmethod
    def of(cls, batch: AlarmBatch, qualifying: AlarmBatch, ledger: Ledger, rule: DowntimeRule) -> Evidence:
        """Return the evidence of all rows of a source, those that qualify, and what was made of them."""
        known_until_us = _known_until_us(ledger, rule)
        open_rows = [row for row in qualifying.active_rows if qualifying.starts_us[row] < known_until_us]
        stale_rows = set(rule.unseen_rows(qualifying, STALE_AFTER // MICROSECOND)).intersection(open_rows)
        ledger_without_stale = ledger
        if stale_rows:
            not_stale = qualifying.take([row for row in range(len(qualifying)) if row not in stale_rows])
            ledger_without_stale = Ledger(ledger.frame, rule.outages(not_stale))
        row_findings = [
            *_bad_rows(batch, rule.as_of_us),
            *_odd_rows(qualifying),
            *_overwritten(batch, ledger, rule.policy.qualifying),
            *_clamped(batch),
            *_open_alarms(qualifying, open_rows, stale_rows, rule.as_of_us),
        ]
        # In one order, so that a day names the same rows whatever window it was measured in.
        row_findings.sort(key=lambda finding: (finding.start_us, finding.name))
        # A batch without rows and columns does not say what its alarms would carry.
        is_empty = not len(qualifying) and not qualifying.columns
        unmatched = () if is_empty else tuple(part for part in rule.targeted if not part.can_match(qualifying))
        cuts = tuple(_cuts(qualifying, ledger, rule))
        return cls(tuple(row_findings), ledger, ledger_without_stale, unmatched, cuts)

    @property
    def unmatched_names(self) -> tuple[str, ...]:
        """What the exclusions that no alarm can match are called."""
        return tuple(exclusion.name for exclusion in self.unmatched)

    def effects(self, start_us: int, end_us: int) -> tuple[TargetedEffect, ...]:
        """Return what each targeted exclusion took out of [start_us, end_us), of those that cut an alarm there."""
        effects: list[TargetedEffect] = []
        for cut in self.cuts:
            windows = cut.windows.clip(start_us, end_us)
            if not windows:
                continue
            alarms = [span for span in cut.spans if span[0] < end_us and span[1] > start_us and windows.clip(*span)]
            if alarms:
                taken_out_us = cut.taken_out.clip(start_us, end_us).total_us
                effects.append(TargetedEffect(cut.name, len(alarms), taken_out_us))
        return tuple(effects)

    def window_facts(self) -> tuple[DayFact, ...]:
        """Return the facts of the whole window, and of rows given for it that lie outside."""
        tallies = _Tallies()
        for finding in self.row_findings:
            tallies.add(finding)
        return self._facts(tallies, self.unmatched_names, self.ledger.start_us, self.ledger.end_us)

    def day_facts(self, spans: Sequence[tuple[int, int]]) -> list[tuple[DayFact, ...]]:
        """Return the facts of each of some local days.

        Args:
            spans: start and end of each, microseconds, ascending, inside the ledger's window.

        Cost: two sums of cells a day; a step for each day of each row that there is something to say of.
        """
        facts_by_day: list[tuple[DayFact, ...]] = []
        for (start_us, end_us), tallies in zip(spans, _tallies_by_span(self.row_findings, spans), strict=True):
            unmatched = [exclusion.name for exclusion in self.unmatched if _concerns(exclusion, start_us, end_us)]
            facts_by_day.append(self._facts(tallies, unmatched, start_us, end_us))
        return facts_by_day

    def _facts(
        self, tallies: _Tallies, unmatched_names: Sequence[str], start_us: int, end_us: int
    ) -> tuple[DayFact, ...]:
        facts: list[DayFact] = []
        for code, named in tallies.named.items():
            facts += [DayFact(code, _short(name), count) for name, count in named.items()]
            # Several stale alarms may share an outage, so its length stands under none of their names.
            shared_us = self._stale_only_us(start_us, end_us) if code is FactCode.STALE_ALARM else 0
            if tallies.unnamed[code] or shared_us:
                facts.append(DayFact(code, "", tallies.unnamed[code], shared_us))
        unmatched = [DayFact(FactCode.UNMATCHED_EXCLUSION, _short(name)) for name in dict.fromkeys(unmatched_names)]
        taken_out = [
            DayFact(FactCode.TARGETED_EXCLUSION, _short(effect.name), effect.alarms, effect.taken_out_us)
            for effect in self.effects(start_us, end_us)
        ]
        return (*facts, *_few(unmatched), *_few(taken_out))

    def _stale_only_us(self, start_us: int, end_us: int) -> int:
        """Return the agreed time of [start_us, end_us) that only stale alarms take down."""
        cells_us = self.ledger.cells_us(start_us, end_us)
        cells_without_stale_us = self.ledger_without_stale.cells_us(start_us, end_us)
        return cells_us[_AGREED_DOWN] - cells_without_stale_us[_AGREED_DOWN]


def _known_until_us(ledger: Ledger, rule: DowntimeRule) -> int:
    """Return the end of the window, or the instant of evaluation where that is earlier."""
    return min(ledger.end_us, rule.as_of_us)


def _bad_rows(batch: AlarmBatch, as_of_us: int) -> Iterator[RowFinding]:
    for row in batch.rejected:
        # The reason without its way out: it begins with the row's place, in a database with its id.
        name = row.reasons[0].partition("; ")[0]
        if row.start_us is None:
            yield RowFinding(FactCode.BAD_ROW, name, ALWAYS_START_US, ALWAYS_END_US)
        else:
            yield RowFinding(FactCode.BAD_ROW, name, row.start_us, as_of_us if row.end_us is None else row.end_us)


def _odd_rows(qualifying: AlarmBatch) -> Iterator[RowFinding]:
    """Yield alarms whose end was assumed, and alarms of clocks never set."""
    rows_by_code = {
        FactCode.ASSUMED_END: [row for row, is_assumed in enumerate(qualifying.is_end_assumed or ()) if is_assumed],
        FactCode.RAISED_IN_1970: [row for row, start in enumerate(qualifying.starts_us) if 0 <= start < DAY_US],
    }
    for code, rows in rows_by_code.items():
        for row in rows:
            yield RowFinding(code, _row_name(qualifying, row), qualifying.starts_us[row], qualifying.ends_us[row])


def _overwritten(batch: AlarmBatch, ledger: Ledger, qualifying: AlarmFilter) -> Iterator[RowFinding]:
    if Severity.CLEARED in qualifying.severities:
        return
    severities = batch.columns.get("severity", ())
    for row in [row for row, severity in enumerate(severities) if severity is Severity.CLEARED]:
        start_us, end_us = batch.starts_us[row], batch.ends_us[row]
        if start_us < ledger.end_us and end_us > ledger.start_us:
            yield RowFinding(FactCode.OVERWRITTEN_SEVERITY, _row_name(batch, row), start_us, end_us)


def _clamped(batch: AlarmBatch) -> Iterator[RowFinding]:
    for figure in batch.clamped:
        yield RowFinding(FactCode.CLAMPED_SHARE, _instant_name(figure.start_us), figure.start_us, figure.start_us)


def _open_alarms(
    qualifying: AlarmBatch, open_rows: Sequence[int], stale_rows: set[int], as_of_us: int
) -> Iterator[RowFinding]:
    for row in open_rows:
        name = _row_name(qualifying, row)
        if row in stale_rows:
            yield RowFinding(FactCode.STALE_ALARM, name, qualifying.starts_us[row], as_of_us)
        else:
            # Earlier days were down to their end, whenever the alarm will be over: it is a fact of the present.
            yield RowFinding(FactCode.OPEN_ALARM, name, as_of_us, as_of_us)


def _row_name(batch: AlarmBatch, row: int) -> str:
    """Return the row's id; where it has none, when it was raised."""
    ids = batch.columns.get("id")
    key = None if ids is None else ids[row]
    return _instant_name(batch.starts_us[row]) if key is None else str(key)


def _instant_name(instant_us: int) -> str:
    return moment(instant_us).isoformat(" ")


def _cuts(qualifying: AlarmBatch, ledger: Ledger, rule: DowntimeRule) -> Iterator[_Cut]:
    """Yield each targeted exclusion that cuts an alarm in the window before the instant of evaluation."""
    rows_by_exclusions = rule.matches(qualifying) if rule.targeted else {}
    starts_us, ends_us = qualifying.starts_us, rule.ends_us(qualifying)
    for index, exclusion in enumerate(rule.targeted):
        windows = exclusion.windows.clip(ledger.start_us, _known_until_us(ledger, rule))
        matching_rows = [row for indices, rows in rows_by_exclusions.items() if index in indices for row in rows]
        cut_rows = [row for row in matching_rows if windows.clip(starts_us[row], ends_us[row])]
        if cut_rows:
            spans = tuple((starts_us[row], ends_us[row]) for row in cut_rows)
            raised = IntervalSet.union_of(map(starts_us.__getitem__, cut_rows), map(ends_us.__getitem__, cut_rows))
            yield _Cut(exclusion.name, windows, spans, raised & windows)


def _concerns(exclusion: TargetedExclusion, start_us: int, end_us: int) -> bool:
    """Return whether an exclusion applies in [start_us, end_us), or begins there without ever applying."""
    return bool(exclusion.windows.clip(start_us, end_us)) or start_us <= exclusion.start_us < end_us


class _Tallies:
    """How many rows of a span there are of each code: of the first MOST_NAMED by name, of the others together."""

    def __init__(self) -> None:
        self.named: dict[FactCode, dict[str, int]] = defaultdict(dict)
        self.unnamed: Counter[FactCode] = Counter()

    def add(self, finding: RowFinding) -> None:
        """Count a row."""
        named = self.named[finding.code]
        if finding.name in named or len(named) < MOST_NAMED:
            named[finding.name] = named.get(finding.name, 0) + 1
        else:
            self.unnamed[finding.code] += 1


def _tallies_by_span(findings: Iterable[RowFinding], spans: Sequence[tuple[int, int]]) -> list[_Tallies]:
    """Return the rows that share an instant with each span; one without length stands in its instant's span."""
    starts_us = [start_us for start_us, _ in spans]
    ends_us = [end_us for _, end_us in spans]
    tallies = [_Tallies() for _ in spans]
    for finding in findings:
        first = bisect_right(ends_us, finding.start_us)
        after = bisect_left(starts_us, max(finding.end_us, finding.start_us + 1))
        for index in range(first, after):
            tallies[index].add(finding)
    return tallies


def _few(facts: Sequence[DayFact]) -> Iterator[DayFact]:
    """Yield the first MOST_NAMED facts of one code, and one for the others together."""
    yield from facts[:MOST_NAMED]
    unnamed = facts[MOST_NAMED:]
    if unnamed:
        count, length_us = sum(fact.count for fact in unnamed), sum(fact.length_us for fact in unnamed)
        yield DayFact(unnamed[0].code, "", count, length_us)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
