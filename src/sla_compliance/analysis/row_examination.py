"""What the doctor looks for in rows: ends, identity, rows set aside, clocks."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from sla_compliance.analysis.comparison import Comparison
from sla_compliance.analysis.findings import NAMES_OF_A_FINDING, Finding, FindingCode, counted_rows
from sla_compliance.batch import AlarmBatch
from sla_compliance.certainty import UNSEEN_AFTER, DoubtCause
from sla_compliance.doubtful_time import time_by_cause, union_of_times
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.units import DAY_US, MICROSECOND


def open_alarms(comparison: Comparison) -> Iterator[Finding]:
    """Yield the findings of alarms that are not over."""
    cut_off = frozenset(comparison.rule.stale_rows(comparison.qualifying))
    active = [row for row in comparison.rule.active_rows(comparison.qualifying) if row not in cut_off]
    rows = [
        row for row in comparison.numbers_of(active) if comparison.batch.starts_us[row] < comparison.arguments.end_us
    ]
    limit_us = comparison.rule.as_of_us - UNSEEN_AFTER // MICROSECOND
    unseen = [row for row in rows if comparison.last_sight_us(row) < limit_us]
    seen = [row for row in rows if comparison.last_sight_us(row) >= limit_us]
    until = "counted as down until the instant of evaluation"
    yield from _open(comparison, FindingCode.UNSEEN, f"open and unseen for 7 days, {until}", unseen)
    yield from _open(comparison, FindingCode.OPEN, f"not over, {until}", seen)


def _open(comparison: Comparison, code: FindingCode, words: str, rows: Sequence[int]) -> Iterator[Finding]:
    if rows:
        yield Finding(
            code=code,
            sentence=f"{counted_rows(len(rows), 'alarm')} {words}",
            rows=len(rows),
            at_stake_us=comparison.difference_us(comparison.ended_when_last_seen(rows)),
            keyword=comparison.keyword_of(rows),
            names=comparison.names_of(rows),
        )


def ends_in_doubt(comparison: Comparison) -> Iterator[Finding]:
    """Yield the findings of alarms that are over, or taken to be, at a time that is not known."""
    cut_off = comparison.in_doubt.get(DoubtCause.CUT_OFF)
    if cut_off:
        rows = comparison.numbers_of(comparison.rule.stale_rows(comparison.qualifying))
        yield Finding(
            code=FindingCode.CUT_OFF,
            sentence=f"{counted_rows(len(rows), 'alarm')} not over, ended by stale_after when last seen",
            rows=len(rows),
            at_stake_us=comparison.difference_us(comparison.with_outages(comparison.batch, cut_off)),
            keyword="refreshed_every",
            names=comparison.names_of(rows),
        )
    undated = comparison.numbers_of(comparison.qualifying.undated)
    if undated:
        low = comparison.ended_when_last_seen(undated)
        high = comparison.with_outages(low, comparison.in_doubt.get(DoubtCause.UNDATED, NEVER))
        yield Finding(
            code=FindingCode.UNDATED,
            sentence=f"{counted_rows(len(undated), 'alarm')} over without a time",
            rows=len(undated),
            at_stake_us=comparison.difference_us(low, high),
            keyword=comparison.keyword_of(undated),
            names=comparison.names_of(undated),
        )


def shared_ids(comparison: Comparison) -> Iterator[Finding]:
    """Yield the findings of rows that share an id."""
    facts = comparison.batch.row_facts
    disagreeing = [time for time in comparison.report.readings.doubtful if time.cause is DoubtCause.DISAGREEING]
    if disagreeing:
        rows_by_subject = {time.subject: time.rows for time in disagreeing}
        low = _without_disagreement(comparison)
        high = comparison.with_outages(low, union_of_times(disagreeing))
        yield Finding(
            code=FindingCode.DISAGREEING,
            sentence=f"{counted_rows(sum(rows_by_subject.values()), 'row')} of one id that overlap and disagree",
            rows=sum(rows_by_subject.values()),
            at_stake_us=comparison.difference_us(low, high),
            keyword="corrections",
            names=tuple(dict.fromkeys(time.name for time in disagreeing))[:NAMES_OF_A_FINDING],
        )
    for code, rows, words, reason in (
        (
            FindingCode.REPEATED_IDS,
            facts.apart,
            "of an id that another has at another time",
            "each is an outage of its own",
        ),
        (
            FindingCode.SNAPSHOTS,
            facts.snapshots,
            "superseded by a later state of the same alarm",
            "the later state counts",
        ),
        (FindingCode.COPIES, facts.copies, "that repeat another in every column", "one of the copies counts"),
    ):
        if rows:
            yield Finding(
                code=code,
                sentence=f"{counted_rows(rows, 'row')} {words}",
                rows=rows,
                at_stake_us=None,
                reason=f"no minutes: {reason}",
                keyword="columns",
            )


def _without_disagreement(comparison: Comparison) -> AlarmBatch:
    """Return the batch in which rows of one id that disagree say what all of them say."""
    times_by_id: dict[Hashable | None, list[tuple[int, int]]] = {}
    for time in comparison.report.readings.doubtful:
        if time.cause is DoubtCause.DISAGREEING:
            times_by_id.setdefault(time.row_id, []).append((time.start_us, time.end_us))
    in_doubt_by_id = {row_id: IntervalSet.from_pairs(times) for row_id, times in times_by_id.items()}
    starts_us, ends_us = list(comparison.batch.starts_us), list(comparison.batch.ends_us)
    for row in comparison.numbers_of(range(len(comparison.qualifying))):
        in_doubt = in_doubt_by_id.get(comparison.batch.columns["id"][row])
        end_us = min(ends_us[row], comparison.rule.as_of_us)
        if in_doubt and starts_us[row] < end_us:
            # What all rows of a group say is one stretch at most, and so is what is left of each row.
            certain = IntervalSet.from_pairs([(starts_us[row], end_us)]) - in_doubt
            starts_us[row] = certain.starts_us[0] if certain else starts_us[row]
            ends_us[row] = certain.ends_us[0] if certain else starts_us[row]
    return replace(comparison.batch, starts_us=tuple(starts_us), ends_us=tuple(ends_us))


def rows_set_aside(comparison: Comparison) -> Iterator[Finding]:
    """Yield the findings of rows set aside: of unknown severity, of other faults, without a start."""
    rejected = comparison.batch.rejected
    placed = [row for row in rejected if row.start_us is not None]
    of_severity = [row for row in placed if "severity" in row.faulty_columns]
    of_others = [row for row in placed if "severity" not in row.faulty_columns]
    if of_severity:
        words = dict.fromkeys(str(row.columns.get("severity") or "") for row in of_severity)
        quoted_words = ", ".join(repr(word) for word in list(words)[:NAMES_OF_A_FINDING])
        rows_in_words = counted_rows(len(of_severity), "row")
        sentence = f"{rows_in_words} set aside for {counted_rows(len(words), 'unknown severity')}: {quoted_words}"
        yield _set_aside(comparison, FindingCode.UNKNOWN_SEVERITY, sentence, of_severity, "severity_map", tuple(words))
    if of_others:
        sentence = (
            f"{counted_rows(len(of_others), 'row')} set aside, the first: {of_others[0].reasons[0].partition('; ')[0]}"
        )
        names = tuple(row.name for row in of_others[:NAMES_OF_A_FINDING])
        has_ids = all(row.columns.get("id") is not None for row in of_others)
        keyword = "corrections" if has_ids else "columns"
        yield _set_aside(comparison, FindingCode.SET_ASIDE, sentence, of_others, keyword, names)
    without_start = [row for row in rejected if row.start_us is None]
    if without_start:
        first = without_start[0].reasons[0].partition("; ")[0]
        yield Finding(
            code=FindingCode.NO_START,
            sentence=f"{counted_rows(len(without_start), 'row')} set aside without a start, the first: {first}",
            rows=len(without_start),
            at_stake_us=None,
            reason="no minutes: they may be outages of any time and length",
            keyword="times_in",
            names=tuple(row.name for row in without_start[:NAMES_OF_A_FINDING]),
        )


def _set_aside(
    comparison: Comparison,
    code: FindingCode,
    sentence: str,
    rows: Sequence[RejectedRow],
    keyword: str,
    names: tuple[str, ...],
) -> Finding:
    of_these_rows = comparison.arguments.report(replace(comparison.batch, rejected=tuple(rows)))
    outages = time_by_cause(of_these_rows.readings.doubtful).get(DoubtCause.SET_ASIDE, NEVER)
    return Finding(
        code=code,
        sentence=sentence,
        rows=len(rows),
        at_stake_us=comparison.difference_us(comparison.with_outages(comparison.batch, outages)),
        keyword=keyword,
        names=names,
    )


def odd_rows(comparison: Comparison) -> Iterator[Finding]:
    """Yield the findings of overwritten severities, clocks that differ and clocks never set."""
    overwritten = [time for time in comparison.report.readings.doubtful if time.cause is DoubtCause.OVERWRITTEN]
    if overwritten:
        rows = len({time.subject for time in overwritten})
        yield Finding(
            code=FindingCode.OVERWRITTEN,
            sentence=f"{counted_rows(rows, 'row')} whose severity was overwritten by 'cleared', counted as no outage",
            rows=rows,
            at_stake_us=comparison.difference_us(
                comparison.with_outages(comparison.batch, union_of_times(overwritten))
            ),
            keyword="corrections" if all(time.row_id is not None for time in overwritten) else "columns",
            names=tuple(time.name for time in overwritten[:NAMES_OF_A_FINDING]),
        )
    skewed = comparison.batch.row_facts.reversed_within_skew
    if skewed:
        yield Finding(
            code=FindingCode.CLOCK_SKEW,
            sentence=f"{counted_rows(skewed, 'row')} over before the start by no more than the clock skew, of length 0",
            rows=skewed,
            at_stake_us=None,
            reason="no minutes: how long they lasted is not known",
            keyword="clock_skew",
        )
    never_set = [row for row, start_us in enumerate(comparison.qualifying.starts_us) if 0 <= start_us < DAY_US]
    if never_set:
        numbers = comparison.numbers_of(never_set)
        yield Finding(
            code=FindingCode.RAISED_IN_1970,
            sentence=f"{counted_rows(len(numbers), 'alarm')} raised on 1970-01-01 by a clock never set",
            rows=len(numbers),
            at_stake_us=comparison.difference_us(comparison.without(numbers)),
            keyword=comparison.keyword_of(numbers),
            names=comparison.names_of(numbers),
        )
