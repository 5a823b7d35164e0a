"""What each accepted window excluded from a record, by whom and why."""
################################################################
# A line is one window that shares an instant with the record; all occurrences of one
# that recurs are one line, and so are all plain pairs of one kind.
#
# The downtime that a window of everybody took is what lies in it of the cells that
# count down without exclusions (GROSS) and not by the record's accounting. Time in two
# windows stands in the lines of both. A targeted window took the time at which an alarm
# that it matches was raised in it (evidence.py).
#
# Days that were kept do not say which window took what: there the downtime is None.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sla_compliance.evidence import Evidence
from sla_compliance.intervals import IntervalSet
from sla_compliance.labels import Accounting
from sla_compliance.ledger import Ledger
from sla_compliance.records import ComplianceRecord
from sla_compliance.targeting import AcceptedWindow
from sla_compliance.units import SECOND_US, length_text
from sla_compliance.verdicts import counted_us

MOST_VALUES_NAMED: Final = 5
EVERYBODY: Final = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionLine:
    """What one accepted window excluded from a record.

    Attributes:
        window: which window.
        length_us: how much of it lies inside the record, microseconds.
        downtime_us: the downtime that it took; None: not known.
    """

    window: AcceptedWindow
    length_us: int
    downtime_us: int | None

    @property
    def text(self) -> str:
        """The line as one sentence."""
        window = self.window
        author = f" by {window.author}" if window.author else ""
        took = "" if self.downtime_us is None else f", took {length_text(self.downtime_us)} of downtime"
        return f"{window.name}{author}, {window.kind}, for {_applies_to(window)}: {length_text(self.length_us)}{took}"

    def as_dict(self) -> dict[str, object]:
        """Return it in JSON types."""
        window = self.window
        return {
            "name": window.name,
            "kind": window.kind,
            "reason": window.reason,
            "author": window.author,
            "applies_to": _applies_to(window),
            "length_seconds": self.length_us / SECOND_US,
            "downtime_seconds": None if self.downtime_us is None else self.downtime_us / SECOND_US,
            "text": self.text,
        }


def exclusion_lines(
    record: ComplianceRecord, windows: Iterable[AcceptedWindow], evidence: Evidence
) -> list[ExclusionLine]:
    """Return a line for each window that shares an instant with a record.

    Args:
        windows: those of the contract by which the record's ledger was made.
        evidence: of the same ledger.

    Cost: a look at each window; cells of each stretch of everybody's windows in which something was down.
    """
    taken_by_place = evidence.taken_out_us(record.start_us, record.end_us)
    lines: list[ExclusionLine] = []
    for window, times in _windows_within(windows, record):
        if window.place is None:
            downtime_us = _taken_us(times, evidence.ledger, record.accounting)
        else:
            downtime_us = taken_by_place.get(window.place, 0)
        lines.append(ExclusionLine(window=window, length_us=times.total_us, downtime_us=downtime_us))
    return lines


def lines_of_kept_days(record: ComplianceRecord, windows: Iterable[AcceptedWindow]) -> list[ExclusionLine]:
    """Return the lines of windows as far as they are known without the alarms: without their downtime."""
    return [
        ExclusionLine(window=window, length_us=times.total_us, downtime_us=None)
        for window, times in _windows_within(windows, record)
    ]


def _windows_within(
    windows: Iterable[AcceptedWindow], record: ComplianceRecord
) -> Iterator[tuple[AcceptedWindow, IntervalSet]]:
    """Yield the windows that share an instant with a record, and their times in it."""
    for window in windows:
        times = window.times.clip(record.start_us, record.end_us)
        if times:
            yield window, times


def _taken_us(times: IntervalSet, ledger: Ledger, accounting: Accounting) -> int:
    """Return how much of some time counts down without exclusions and not by an accounting."""
    cells_taken = tuple(set(Accounting.GROSS.down_cells).difference(accounting.down_cells))
    return sum(
        counted_us(ledger.cells_us(start_us, end_us), cells_taken)
        for start_us, end_us in times
        if ledger.down.pieces_meeting(start_us, end_us)
    )


def _applies_to(window: AcceptedWindow) -> str:
    """Return in words what a window applies to; of many values the first, and how many more there are."""
    if window.targets is None:
        return EVERYBODY
    texts: list[str] = []
    for columns, values in window.targets:
        named = [" ".join(value) for value in values[:MOST_VALUES_NAMED]]
        unnamed = len(values) - len(named)
        more = f" and {unnamed:,} more" if unnamed else ""
        texts.append(f"{' '.join(columns)} {', '.join(named)}{more}")
    children = " and children" if window.with_children else ""
    return " or ".join(texts) + children
