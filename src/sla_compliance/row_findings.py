"""Findings: what a reader must know of rows and windows, and the time each concerns."""
################################################################
# A finding concerns the days that share an instant with its time. It names a row as
# people know it. A row whose times cannot be read is a finding of all time.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sla_compliance.alarms import AlarmFilter, Severity, raised_text
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.planned_work import Occurrence, RefusedWork
from sla_compliance.certainty import UNSEEN_AFTER, DoubtCause
from sla_compliance.downtime import DowntimeRule
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US
from sla_compliance.ledger import Ledger
from sla_compliance.ledger_rule import LedgerRule
from sla_compliance.measured import DOUBT_PREFIX, FactCode
from sla_compliance.readings import KeylessRows, Readings, Unkeyed, latest_end_us
from sla_compliance.units import DAY_US, MICROSECOND, moment

KEYLESS_CODES: Final[Mapping[Unkeyed, FactCode]] = {
    "doubt": FactCode.KEYLESS_IN_DOUBT,
    "everybody": FactCode.KEYLESS_OF_EVERYBODY,
    "nobody": FactCode.KEYLESS_OF_NOBODY,
}


@dataclass(frozen=True, slots=True)
class RowFinding:
    """Something that a reader must know of a row.

    Attributes:
        code: what it is: a FactCode, or one of doubt.
        name: the row, as people know it.
        start_us, end_us: the time that it concerns.
    """

    code: str
    name: str
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class OpenRows:
    """Qualifying rows not over at the instant of evaluation.

    Attributes:
        rows: all of them that were raised in time.
        unseen: those of them that were not seen for 7 days.
    """

    rows: tuple[int, ...]
    unseen: frozenset[int]

    @classmethod
    def of(cls, qualifying: AlarmBatch, ledger: Ledger, rule: DowntimeRule) -> OpenRows:
        """Return those raised before the end of the window and before the instant of evaluation."""
        before_us = min(ledger.end_us, rule.as_of_us)
        rows = tuple(row for row in rule.active_rows(qualifying) if qualifying.starts_us[row] < before_us)
        unseen = frozenset(rule.unseen_rows(qualifying, UNSEEN_AFTER // MICROSECOND)).intersection(rows)
        return cls(rows, unseen)


def row_findings(
    batch: AlarmBatch,
    qualifying: AlarmBatch,
    *,
    ledger: Ledger,
    ledger_rule: LedgerRule,
    open_rows: OpenRows,
    readings: Readings,
    keyless: KeylessRows,
) -> tuple[RowFinding, ...]:
    """Return the findings of all rows of a source, the earliest first."""
    rule = ledger_rule.downtime
    findings = [
        *_corrections(batch, rule.as_of_us),
        *_bad_rows(batch, rule),
        *_odd_rows(qualifying),
        *_overwritten(batch, ledger, rule.policy.qualifying),
        *_clamped(batch),
        *_open_alarms(qualifying, open_rows, rule.as_of_us),
        *_refused_work(ledger_rule.contract.refused),
        *_late_work(ledger_rule.contract.late),
        *_doubtful_rows(readings),
        *_keyless_rows(keyless, ledger),
    ]
    # In one order, so that a day names the same rows whatever window it was measured in.
    return tuple(sorted(findings, key=lambda finding: (finding.start_us, finding.name)))


def _corrections(batch: AlarmBatch, as_of_us: int) -> Iterator[RowFinding]:
    for row in batch.corrected:
        for line in row.lines:
            yield RowFinding(FactCode.CORRECTED, line, row.start_us, max(row.start_us, min(row.end_us, as_of_us)))
    for unused in batch.unused_corrections:
        yield RowFinding(FactCode.UNUSED_CORRECTION, unused.line, ALWAYS_START_US, ALWAYS_END_US)


def _bad_rows(batch: AlarmBatch, rule: DowntimeRule) -> Iterator[RowFinding]:
    for row in batch.rejected:
        # The reason without its way out: it begins with the row's place, in a database with its id.
        name = row.reasons[0].partition("; ")[0]
        if row.start_us is None:
            yield RowFinding(FactCode.BAD_ROW, name, ALWAYS_START_US, ALWAYS_END_US)
        else:
            # As long as its doubt, so that a change of the row alters no other day.
            end_us = min(latest_end_us(row, row.start_us, rule.policy), rule.as_of_us)
            yield RowFinding(FactCode.BAD_ROW, name, row.start_us, end_us)


def _odd_rows(qualifying: AlarmBatch) -> Iterator[RowFinding]:
    """Yield alarms whose end was assumed, and alarms of clocks never set."""
    rows_by_code = {
        FactCode.ASSUMED_END: list(qualifying.undated),
        FactCode.RAISED_IN_1970: [row for row, start in enumerate(qualifying.starts_us) if 0 <= start < DAY_US],
    }
    for code, rows in rows_by_code.items():
        for row in rows:
            yield RowFinding(code, qualifying.name_of(row), qualifying.starts_us[row], qualifying.ends_us[row])


def _overwritten(batch: AlarmBatch, ledger: Ledger, qualifying: AlarmFilter) -> Iterator[RowFinding]:
    if Severity.CLEARED in qualifying.severities:
        return
    severities = batch.columns.get("severity", ())
    for row in [row for row, severity in enumerate(severities) if severity is Severity.CLEARED]:
        start_us, end_us = batch.starts_us[row], batch.ends_us[row]
        if start_us < ledger.end_us and end_us > ledger.start_us:
            yield RowFinding(FactCode.OVERWRITTEN_SEVERITY, batch.name_of(row), start_us, end_us)


def _clamped(batch: AlarmBatch) -> Iterator[RowFinding]:
    for figure in batch.clamped:
        yield RowFinding(FactCode.CLAMPED_SHARE, _instant_name(figure.start_us), figure.start_us, figure.start_us)


def _open_alarms(qualifying: AlarmBatch, open_rows: OpenRows, as_of_us: int) -> Iterator[RowFinding]:
    for row in open_rows.rows:
        name, start_us = qualifying.name_of(row), qualifying.starts_us[row]
        seen_us = None if qualifying.last_seen_us is None else qualifying.last_seen_us[row]
        if row in open_rows.unseen:
            yield RowFinding(FactCode.STALE_ALARM, name, start_us, as_of_us)
        elif seen_us is None:
            raised = raised_text(start_us)
            name_and_start = name if name == raised else f"{name}, {raised}"
            yield RowFinding(FactCode.UNKNOWN_LAST_SIGHT, name_and_start, start_us, as_of_us)
        else:
            # Earlier days were down to their end, whenever the alarm will be over: it is a fact of the present.
            yield RowFinding(FactCode.OPEN_ALARM, name, as_of_us, as_of_us)
        # Days that end after the last sight: whether they were down is open for a while.
        last_sight_us = start_us if seen_us is None else max(seen_us, start_us)
        yield RowFinding(FactCode.OPEN_UNSEEN, "", last_sight_us, as_of_us)


def _refused_work(works: Iterable[RefusedWork]) -> Iterator[RowFinding]:
    for work in works:
        yield RowFinding(FactCode.REFUSED_WORK, f"{work.name}: {work.reason}", work.start_us, work.end_us)


def _late_work(occurrences: Iterable[Occurrence]) -> Iterator[RowFinding]:
    for work in occurrences:
        name = f"{work.name}: announced or entered after its start"
        yield RowFinding(FactCode.LATE_WORK, name, work.start_us, work.end_us)


def _doubtful_rows(readings: Readings) -> Iterator[RowFinding]:
    for time in readings.at_stake:
        yield RowFinding(f"{DOUBT_PREFIX}{time.cause}", time.name, time.start_us, time.end_us)
    for rank in range(readings.rows_without_start):
        name = f"row without a start {rank + 1}"
        yield RowFinding(f"{DOUBT_PREFIX}{DoubtCause.NO_START}", name, ALWAYS_START_US, ALWAYS_END_US)


def _keyless_rows(keyless: KeylessRows, ledger: Ledger) -> Iterator[RowFinding]:
    code = KEYLESS_CODES[keyless.unkeyed]
    for time in keyless.outages:
        if time.start_us < ledger.end_us and time.end_us > ledger.start_us:
            yield RowFinding(code, time.name, time.start_us, time.end_us)


def _instant_name(instant_us: int) -> str:
    return moment(instant_us).isoformat(" ")
