"""Comparison: the downtime of two evaluations of one window, of rows or terms that differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

from sla_compliance.analysis.findings import NAMES_OF_A_FINDING
from sla_compliance.batch import AlarmBatch
from sla_compliance.doubtful_time import time_by_cause
from sla_compliance.evaluation import EvaluationArguments
from sla_compliance.intervals import IntervalSet

_ROW: Final = "row of the batch"


class Comparison:
    """One input and what it is evaluated by.

    Attributes:
        arguments: what all batches are evaluated by.
        batch: all rows, with their number in a column of its own.
        report: what these are.
        qualifying: the rows that qualify.
        rule: what makes downtime of them.
        in_doubt: the doubtful time by its cause.
    """

    def __init__(self, arguments: EvaluationArguments, batch: AlarmBatch) -> None:
        self.arguments = arguments
        # Rows keep their number when those that qualify are taken out of the batch.
        numbers = {_ROW: tuple(range(len(batch)))} if len(batch) else {}
        self.batch = replace(batch, columns={**batch.columns, **numbers})
        self.report = arguments.report(self.batch)
        self.qualifying = self.report.qualifying
        self.rule = self.report.rule
        self.in_doubt = time_by_cause(self.report.readings.doubtful)

    def difference_us(self, batch: AlarmBatch, other: AlarmBatch | None = None) -> int:
        """Return by how much the counted downtime of two batches differs; by default the second is as given."""
        other_report = self.report if other is None else self.arguments.report(other)
        return abs(other_report.total.downtime_us - self.arguments.report(batch).total.downtime_us)

    def difference_under_us(self, arguments: EvaluationArguments) -> int:
        """Return by how much the counted downtime differs under other arguments."""
        return abs(arguments.report(self.batch).total.downtime_us - self.report.total.downtime_us)

    def with_outages(self, batch: AlarmBatch, outages: IntervalSet) -> AlarmBatch:
        """Return a batch with further outages, which no targeted window excuses."""
        severity = min(self.rule.policy.qualifying.severities)
        more = AlarmBatch.from_columns(
            starts_us=outages.starts_us, ends_us=outages.ends_us, severities=[severity] * len(outages.starts_us)
        )
        return batch.joined(more)

    def without(self, rows: Collection[int]) -> AlarmBatch:
        """Return the batch without some rows, by number."""
        left_out = frozenset(rows)
        return self.batch.take([row for row in range(len(self.batch)) if row not in left_out])

    def numbers_of(self, qualifying_rows: Iterable[int]) -> list[int]:
        """Return the numbers in the batch of some of the rows that qualify."""
        numbers = self.qualifying.columns.get(_ROW, ())
        return [numbers[row] for row in qualifying_rows]

    def last_sight_us(self, row: int) -> int:
        """Return when a row was last seen; its start where that is not known."""
        seen_us = None if self.batch.last_seen_us is None else self.batch.last_seen_us[row]
        start_us = self.batch.starts_us[row]
        return start_us if seen_us is None else max(seen_us, start_us)

    def ended_when_last_seen(self, rows: Iterable[int]) -> AlarmBatch:
        """Return the batch in which some rows, by number, ended when they were last seen."""
        ends_us = list(self.batch.ends_us)
        for row in rows:
            ends_us[row] = min(self.last_sight_us(row), ends_us[row])
        return replace(self.batch, ends_us=tuple(ends_us))

    def names_of(self, rows: Sequence[int]) -> tuple[str, ...]:
        """Return what people know the first few of some rows by."""
        return tuple(self.batch.name_of(row) for row in rows[:NAMES_OF_A_FINDING])

    def keyword_of(self, rows: Iterable[int]) -> str:
        """Return what would settle some rows: corrections, or first a column of ids that corrections can name."""
        ids = self.batch.columns.get("id", ())
        has_ids = bool(ids) and all(ids[row] is not None for row in rows)
        return "corrections" if has_ids else "columns"
