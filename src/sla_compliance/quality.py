"""Data quality: what a reader must know about the rows, in numbers and in words."""
################################################################
# Nothing here changes a figure. It says what was set aside, what was assumed,
# what is open and unseen for long (rows that are never cleared are common) and how
# much downtime only those cause, and which exclusions met no alarm.
#
# lines_of makes the sentences, from facts alone (evidence.py makes those), so a
# report and an answer made of kept days say the same in the same words. Facts of
# one code and name are one subject on several days: lengths are summed, the
# greatest count counts. How many rows several days leave unnamed together is not
# known, so the sentence says "about".
#
# What a sentence says stands in a QualityStatement, so that other languages say it too.
################################################################

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.certainty import INPUT_DOUBTS_IN_WORDS, Doubt, DoubtCause
from sla_compliance.contract import Contract
from sla_compliance.evidence import MOST_NAMED, Evidence, TargetedEffect
from sla_compliance.labels import Accounting
from sla_compliance.measured import DOUBT_PREFIX, DayFact, FactCode
from sla_compliance.records import counted_us
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.units import SECOND_US, length_text
from sla_compliance.validation import ClampedFigure

# Of each code: the noun of its rows, and what is said of one and of several of them.
_ROWS_IN_WORDS: Final = {
    FactCode.BAD_ROW: ("bad row", "set aside"),
    FactCode.ASSUMED_END: ("alarm", "cleared or resolved without a time, ended when last seen"),
    FactCode.RAISED_IN_1970: ("alarm", "raised on 1970-01-01 by a clock never set, counted"),
    FactCode.OVERWRITTEN_SEVERITY: (
        "row",
        "whose severity was overwritten by 'cleared', left out although an outage once",
    ),
    FactCode.CLAMPED_SHARE: ("measured share", "outside 0-100 %, clamped"),
    FactCode.OPEN_ALARM: ("alarm", "open and seen within 7 days"),
    FactCode.UNKNOWN_LAST_SIGHT: ("alarm", "open and of unknown last sight"),
    FactCode.STALE_ALARM: ("alarm", "open and unseen for 7 days alone {cause} {downtime} in agreed time"),
    FactCode.KEYLESS_IN_DOUBT: ("row", "without the key, in doubt for every key: {downtime}"),
    FactCode.KEYLESS_OF_EVERYBODY: ("row", "without the key, counted for every key: {downtime}"),
    FactCode.KEYLESS_OF_NOBODY: ("row", "without the key, counted for no key: {downtime}"),
}
# Of these there are many on any day, or their name is no row's: they are counted alone.
_COUNTED_ALONE: Final = frozenset({FactCode.OPEN_ALARM, FactCode.CLAMPED_SHARE})
# Of each code: the sentence on each name, that on those which were not named, and the noun of these.
_NAMES_IN_WORDS: Final = {
    FactCode.CUT_DATE: (
        "{} is left out of the totals: rows of its beginning have been purged",
        "left out of the totals, rows have been purged: {}",
        "more date",
    ),
    FactCode.ASSUMPTION: ("{}", "{}", "more assumption"),
    FactCode.CORRECTED: ("corrected by hand: {}", "corrected by hand: {}", "more value"),
    FactCode.UNUSED_CORRECTION: ("correction without effect: {}", "without effect: {}", "more correction"),
    FactCode.LEGACY: ("noted when a day was stored: {}", "noted when days were stored: {}", "more fact"),
    FactCode.UNMATCHED_EXCLUSION: ("{} can match no alarm here", "{} can match no alarm here", "more exclusion"),
    FactCode.REFUSED_WORK: ("excuses nothing: {}", "excuse nothing: {} of planned work", "more piece"),
    FactCode.LATE_WORK: ("excuses although late: {}", "excuse although late: {} of planned work", "more piece"),
}
_OPEN_CODES: Final = (FactCode.OPEN_ALARM, FactCode.STALE_ALARM, FactCode.UNKNOWN_LAST_SIGHT)
_NOT_IN_WORDS: Final = frozenset({FactCode.OPEN_UNSEEN})  # says when a day closes


@dataclass(frozen=True, slots=True)
class QualityStatement:
    """What one sentence says about the rows behind figures.

    Attributes:
        code: what it says, a FactCode or the code of a later version.
        name: the row or exclusion, of several rows the first; "" for what no name is kept of.
        count: how many rows, alarms or exclusions.
        length_us: the time it is about, microseconds.
        is_about: whether some may stand in `count` twice, or the alarms of an exclusion not at all.
    """

    code: str
    name: str
    count: int = 1
    length_us: int = 0
    is_about: bool = False

    @property
    def is_counted_alone(self) -> bool:
        """Whether its name stands in no sentence."""
        return self.code in _COUNTED_ALONE

    @property
    def text(self) -> str:
        """The sentence in English."""
        about = "about " if self.is_about else ""
        if self.code in _ROWS_IN_WORDS:
            return about + self._rows_text
        if self.code in _NAMES_IN_WORDS:
            sentence, sentence_of_unnamed, noun = _NAMES_IN_WORDS[FactCode(self.code)]
            if self.name:
                return sentence.format(self.name)
            return sentence_of_unnamed.format(f"{about}{_count(self.count, noun)}")
        if self.code == FactCode.TARGETED_EXCLUSION:
            at_least = "at least " if self.is_about else ""
            alarms = f"{at_least}{_count(self.count, 'alarm')}"
            return f"{self.name or 'other exclusions'} took {alarms} out for {_seconds(self.length_us)}"
        if self.code == FactCode.NO_ROWS:
            return INPUT_DOUBTS_IN_WORDS[DoubtCause.NO_ROWS]
        return f"{_count(self.count, 'note')} of the kind {self.code}, which a later version explains"

    @property
    def _rows_text(self) -> str:
        noun, words = _ROWS_IN_WORDS[FactCode(self.code)]
        sentence_end = words.format(
            cause="causes" if self.count == 1 else "cause",
            downtime=f"{_seconds(self.length_us)} of downtime" if self.length_us else "no downtime",
        )
        sentence = f"{_count(self.count, noun)} {sentence_end}"
        if self.is_counted_alone:
            return sentence
        first_name = self.name or "of which no name was kept"
        return f"{sentence}: {first_name}" if self.count == 1 else f"{sentence}, the first: {first_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQuality:
    """What a reader must know about the rows behind a report.

    Attributes:
        corrected: what was corrected by hand, by whom and why, a sentence for each field of a row.
        unused_corrections: corrections that change nothing, and why.
        rejected: bad rows set aside.
        open_alarms: qualifying alarms of the window that are still active.
        stale_alarms: those of them unseen for more than 7 days.
        stale_only_downtime_us: counted downtime that no other alarm causes.
        downtime_us: all counted downtime.
        assumed_ends: alarms that say cleared or resolved without a time; they end when last seen.
        raised_in_1970: alarms raised on 1970-01-01, by a clock never set; they count.
        overwritten_severities: rows of the window whose severity was overwritten with "cleared"; none counts.
        clamped: measured shares that lay outside 0-100 %.
        unmatched_exclusions: targeted exclusions that no alarm here can match.
        targeted_effects: what the others took out.
        accepted_windows: accepted maintenance and exclusions of the window, by name.
        refused_windows: planned work of the window, or parts of it, that excuse nothing, and why.
        late_windows: accepted work of the window that was announced or entered after its start.
        facts: all of this as facts of the whole window.
        assumptions: what the reader of the rows assumed where they do not say it, one sentence each.
    """

    corrected: tuple[str, ...]
    unused_corrections: tuple[str, ...]
    rejected: tuple[RejectedRow, ...]
    open_alarms: int
    stale_alarms: int
    stale_only_downtime_us: int
    downtime_us: int
    assumed_ends: int
    raised_in_1970: int
    overwritten_severities: int
    clamped: tuple[ClampedFigure, ...]
    unmatched_exclusions: tuple[str, ...]
    targeted_effects: tuple[TargetedEffect, ...]
    accepted_windows: tuple[str, ...]
    refused_windows: tuple[str, ...]
    late_windows: tuple[str, ...]
    facts: tuple[DayFact, ...]
    assumptions: tuple[str, ...] = ()

    @property
    def stale_only_ratio(self) -> Fraction | None:
        """Share of the downtime that only stale alarms cause; None where there is no downtime."""
        return Fraction(self.stale_only_downtime_us, self.downtime_us) if self.downtime_us else None

    def lines(self) -> tuple[str, ...]:
        """Return one sentence for each thing worth saying; empty where there is nothing."""
        return lines_of(self.facts)

    def as_dict(self) -> dict[str, object]:
        """Return it in JSON types: counts, seconds and the sentences."""
        return {
            "corrected_by_hand": list(self.corrected),
            "unused_corrections": list(self.unused_corrections),
            "rejected_rows": [reason for row in self.rejected for reason in row.reasons],
            "open_alarms": self.open_alarms,
            "stale_alarms": self.stale_alarms,
            "stale_only_downtime_seconds": self.stale_only_downtime_us / SECOND_US,
            "assumed_ends": self.assumed_ends,
            "raised_in_1970": self.raised_in_1970,
            "overwritten_severities": self.overwritten_severities,
            "clamped_figures": [figure.raw_percentage for figure in self.clamped],
            "unmatched_exclusions": list(self.unmatched_exclusions),
            "accepted_windows": list(self.accepted_windows),
            "refused_windows": list(self.refused_windows),
            "late_windows": list(self.late_windows),
            "lines": list(self.lines()),
        }


def data_quality(evidence: Evidence, batch: AlarmBatch, contract: Contract, *, accounting: Accounting) -> DataQuality:
    """Return the quality of the rows behind a ledger.

    Args:
        evidence: what there is to say of them.
        batch: all rows of the source.
        contract: what was owed by which the ledger was made.
        accounting: what counts as downtime.
    """
    ledger = evidence.ledger
    counts = Counter(finding.code for finding in evidence.row_findings)
    downtime_us = counted_us(ledger.cells_us(), accounting.down_cells)
    downtime_without_stale_us = counted_us(evidence.ledger_without_unseen.cells_us(), accounting.down_cells)
    return DataQuality(
        corrected=tuple(line for row in batch.corrected for line in row.lines),
        unused_corrections=tuple(unused.line for unused in batch.unused_corrections),
        rejected=batch.rejected,
        open_alarms=sum(counts[code] for code in _OPEN_CODES),
        stale_alarms=counts[FactCode.STALE_ALARM],
        stale_only_downtime_us=downtime_us - downtime_without_stale_us,
        downtime_us=downtime_us,
        assumed_ends=counts[FactCode.ASSUMED_END],
        raised_in_1970=counts[FactCode.RAISED_IN_1970],
        overwritten_severities=counts[FactCode.OVERWRITTEN_SEVERITY],
        clamped=batch.clamped,
        unmatched_exclusions=evidence.unmatched_names,
        targeted_effects=evidence.effects(ledger.start_us, ledger.end_us),
        accepted_windows=_distinct(
            window.name for window in contract.windows if window.times.pieces_meeting(ledger.start_us, ledger.end_us)
        ),
        refused_windows=_distinct(f"{work.name}: {work.reason}" for work in contract.refused),
        late_windows=_distinct(work.name for work in contract.late),
        facts=evidence.window_facts(),
        assumptions=batch.assumptions,
    )


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts without repeats, in their order: occurrences of one window share its name."""
    return tuple(dict.fromkeys(texts))


def lines_of(facts: Iterable[DayFact]) -> tuple[str, ...]:
    """Return the sentences that facts make together; arguments and order as `quality_statements`."""
    return tuple(statement.text for statement in quality_statements(facts))


def quality_statements(facts: Iterable[DayFact]) -> tuple[QualityStatement, ...]:
    """Return what facts say together, in the order of FactCode.

    Args:
        facts: of one window, or of several days of one tenant, day by day.
    """
    facts_by_code: dict[str, list[DayFact]] = defaultdict(list)
    for fact in facts:
        facts_by_code[fact.code].append(fact)
    known_codes = [code for code in FactCode if code in facts_by_code and code not in _NOT_IN_WORDS]
    later_codes = [code for code in facts_by_code if code not in set(FactCode) and not code.startswith(DOUBT_PREFIX)]
    statements: list[QualityStatement] = []
    for code in (*known_codes, *later_codes):
        statements += _statements_of_code(code, _Totals.of(facts_by_code[code]))
    return tuple(statements)


def doubts_of_facts(facts: Iterable[DayFact]) -> tuple[Doubt, ...]:
    """Return the doubts that the facts of several days make together: rows by name, time at stake summed."""
    facts_by_code: dict[str, list[DayFact]] = defaultdict(list)
    for fact in facts:
        if fact.code.startswith(DOUBT_PREFIX):
            facts_by_code[fact.code].append(fact)
    doubts = []
    for code, facts_of_code in facts_by_code.items():
        totals = _Totals.of(facts_of_code)
        cause = DoubtCause(code.removeprefix(DOUBT_PREFIX))
        doubts.append(Doubt(cause, sum(totals.counts.values()), sum(totals.lengths_us.values())))
    return tuple(doubts)


@dataclass(frozen=True, slots=True)
class _Totals:
    """The facts of one code, by name; "" stands for all that no name is kept of.

    Attributes:
        counts: the greatest count of each.
        lengths_us: the length of each, summed.
        repeated: the names that several days have.
        is_exact: whether the sum of the counts is the number of rows; else some may stand in it twice.
    """

    counts: Counter[str]
    lengths_us: Counter[str]
    repeated: frozenset[str]
    is_exact: bool

    @classmethod
    def of(cls, facts: Sequence[DayFact]) -> _Totals:
        counts: Counter[str] = Counter()
        lengths_us: Counter[str] = Counter()
        days_by_name = Counter(fact.name for fact in facts)
        for fact in facts:
            counts[fact.name] = max(counts[fact.name], fact.count)
            lengths_us[fact.name] += fact.length_us
        # A day that leaves rows unnamed has named MOST_NAMED of them: more facts than these are of several days.
        is_exact = counts[""] == 0 or len(facts) <= MOST_NAMED + 1
        return cls(counts, lengths_us, frozenset(name for name, days in days_by_name.items() if days > 1), is_exact)

    @property
    def names(self) -> list[str]:
        return [name for name in self.counts if name]


def _statements_of_code(code: str, totals: _Totals) -> Iterator[QualityStatement]:
    is_about = not totals.is_exact
    if code in _NAMES_IN_WORDS:
        yield from (QualityStatement(code, name) for name in totals.names)
        if unnamed := totals.counts[""]:
            yield QualityStatement(code, "", unnamed, is_about=is_about)
    elif code == FactCode.TARGETED_EXCLUSION:
        for name, count in totals.counts.items():
            if count:
                # On several days it may be the same alarms or others.
                is_repeated = name in totals.repeated
                yield QualityStatement(code, name, count, totals.lengths_us[name], is_about=is_repeated)
    else:
        first_name = next(iter(totals.names), "")
        count, length_us = sum(totals.counts.values()), sum(totals.lengths_us.values())
        yield QualityStatement(code, first_name, count, length_us, is_about=is_about)


def _seconds(length: int) -> str:
    """Return a length (microseconds) in words, rounded up to the second."""
    return length_text(-(-length // SECOND_US) * SECOND_US)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
