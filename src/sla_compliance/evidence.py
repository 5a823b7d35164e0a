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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.certainty import DoubtCause
from sla_compliance.doubtful_time import time_by_cause, union_of_times
from sla_compliance.downtime import DowntimeRule
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.labels import CELL_INDEX, Scope, State
from sla_compliance.ledger import Ledger
from sla_compliance.ledger_rule import LedgerRule
from sla_compliance.measured import DOUBT_PREFIX, DayFact, FactCode
from sla_compliance.readings import KeylessRows, Readings
from sla_compliance.row_findings import KEYLESS_CODES, OpenRows, RowFinding, row_findings
from sla_compliance.targeting import TargetedExclusion

MOST_NAMED: Final = 5
LONGEST_NAME: Final = 100
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
class _Cut:
    """A targeted exclusion and the alarms that it cuts.

    Attributes:
        place: its place among the targeted exclusions of the contract.
        name: what it is called.
        windows: when it applies, in the ledger's window before the instant of evaluation.
        spans: start and end of each of the alarms.
        taken_out: the instants of the windows at which one of them was raised.
    """

    place: int
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
        ledger_without_unseen: what is made of the alarms that are not stale.
        unmatched: the targeted exclusions that no alarm can match.
        cuts: the others, as far as they cut alarms.
        at_stake: the doubtful time by its cause.
        assumptions: what the reader of the rows assumed; of the window alone, for a sentence may count its rows.
        keyless_time: when rows without the key may have been outages.
    """

    row_findings: tuple[RowFinding, ...]
    ledger: Ledger
    ledger_without_unseen: Ledger
    unmatched: tuple[TargetedExclusion, ...]
    cuts: tuple[_Cut, ...]
    at_stake: Mapping[DoubtCause, IntervalSet]
    keyless_time: IntervalSet
    assumptions: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        batch: AlarmBatch,
        qualifying: AlarmBatch,
        *,
        ledger: Ledger,
        ledger_rule: LedgerRule,
        readings: Readings,
        keyless: KeylessRows,
    ) -> Evidence:
        """Return the evidence of all rows of a source, those that qualify, and what was made of them by which rule.

        Args:
            keyless: rows of the source that name no key, in a report of one key.
        """
        rule = ledger_rule.downtime
        open_rows = OpenRows.of(qualifying, ledger, rule)
        ledger_without_unseen = ledger
        if open_rows.unseen:
            seen = qualifying.take([row for row in range(len(qualifying)) if row not in open_rows.unseen])
            ledger_without_unseen = ledger_rule.measure(rule.times(seen)).ledger
        findings = row_findings(
            batch,
            qualifying,
            ledger=ledger,
            ledger_rule=ledger_rule,
            open_rows=open_rows,
            readings=readings,
            keyless=keyless,
        )
        # A batch without rows and columns does not say what its alarms would carry.
        is_empty = not len(qualifying) and not qualifying.columns
        unmatched = () if is_empty else tuple(part for part in rule.targeted if not part.can_match(qualifying))
        cuts = tuple(_cuts(qualifying, ledger, rule))
        keyless_time = union_of_times(keyless.outages)
        at_stake = time_by_cause(readings.at_stake)
        return cls(findings, ledger, ledger_without_unseen, unmatched, cuts, at_stake, keyless_time, batch.assumptions)

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

    def taken_out_us(self, start_us: int, end_us: int) -> dict[int, int]:
        """Return how long alarms were raised inside each targeted exclusion that cuts them, by its place."""
        return {cut.place: cut.taken_out.clip(start_us, end_us).total_us for cut in self.cuts}

    def window_facts(self) -> tuple[DayFact, ...]:
        """Return the facts of the whole window, and of rows given for it that lie outside."""
        tallies = _Tallies()
        for finding in self.row_findings:
            tallies.add(finding)
        assumptions = [DayFact(FactCode.ASSUMPTION, sentence) for sentence in self.assumptions]
        facts = self._facts(tallies, self.unmatched_names, self.ledger.start_us, self.ledger.end_us)
        return (*assumptions, *facts)

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
            # Several rows may share an outage, so its length stands under none of their names.
            shared_us = self._shared_us(code, start_us, end_us)
            if tallies.unnamed[code] or shared_us:
                facts.append(DayFact(code, "", tallies.unnamed[code], shared_us))
        unmatched = [DayFact(FactCode.UNMATCHED_EXCLUSION, _short(name)) for name in dict.fromkeys(unmatched_names)]
        taken_out = [
            DayFact(FactCode.TARGETED_EXCLUSION, _short(effect.name), effect.alarms, effect.taken_out_us)
            for effect in self.effects(start_us, end_us)
        ]
        return (*facts, *_few(unmatched), *_few(taken_out))

    def _shared_us(self, code: str, start_us: int, end_us: int) -> int:
        """Return the time of [start_us, end_us) that the rows of a code concern together."""
        if code == FactCode.STALE_ALARM:
            return self._stale_only_us(start_us, end_us)
        if code in KEYLESS_CODES.values():
            return self.keyless_time.clip(start_us, end_us).total_us
        if code.startswith(DOUBT_PREFIX):
            times = self.at_stake.get(DoubtCause(code.removeprefix(DOUBT_PREFIX)), NEVER)
            return times.clip(start_us, end_us).total_us
        return 0

    def _stale_only_us(self, start_us: int, end_us: int) -> int:
        """Return the agreed time of [start_us, end_us) that only stale alarms take down."""
        cells_us = self.ledger.cells_us(start_us, end_us)
        cells_without_stale_us = self.ledger_without_unseen.cells_us(start_us, end_us)
        return cells_us[_AGREED_DOWN] - cells_without_stale_us[_AGREED_DOWN]


def _cuts(qualifying: AlarmBatch, ledger: Ledger, rule: DowntimeRule) -> Iterator[_Cut]:
    """Yield each targeted exclusion that cuts an alarm in the window before the instant of evaluation."""
    excluded_by = qualifying.excluded_by or ()
    starts_us, ends_us = qualifying.starts_us, rule.ends_us(qualifying)
    for place, exclusion in enumerate(rule.targeted):
        windows = exclusion.windows.clip(ledger.start_us, min(ledger.end_us, rule.as_of_us))
        matching_rows = [row for row, indices in enumerate(excluded_by) if place in indices]
        cut_rows = [row for row in matching_rows if windows.clip(starts_us[row], ends_us[row])]
        if cut_rows:
            spans = tuple((starts_us[row], ends_us[row]) for row in cut_rows)
            raised = IntervalSet.union_of(map(starts_us.__getitem__, cut_rows), map(ends_us.__getitem__, cut_rows))
            yield _Cut(place, exclusion.name, windows, spans, raised & windows)


def _concerns(exclusion: TargetedExclusion, start_us: int, end_us: int) -> bool:
    """Return whether an exclusion applies in [start_us, end_us), or begins there without ever applying."""
    return bool(exclusion.windows.clip(start_us, end_us)) or start_us <= exclusion.start_us < end_us


class _Tallies:
    """How many rows of a span there are of each code: of the first MOST_NAMED by name, of the others together."""

    def __init__(self) -> None:
        self.named: dict[str, dict[str, int]] = defaultdict(dict)
        self.unnamed: Counter[str] = Counter()

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
