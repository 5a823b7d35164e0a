"""Canonical input: the rows and windows behind a record, and their digest."""
################################################################
# A line is one JSON array:
#     ["row", id, start_us, end_us, severity, {column: value}]
#         each qualifying row that meets the record's part, widened by the margin of
#         damping; the end is null while it lasts; the columns are those that targeted
#         exclusions name
#     ["maintenance" | "exclusion", start_us, end_us, targets, with_children]
#         each stretch of accepted maintenance and of other exclusions; targets are
#         null where it is everybody's
#     ["correction", sentence]
# sorted as text. The digest is the SHA-256 of the lines, each ended by a newline.
# Two inputs of one digest give the same figures by the same terms; rows outside the
# reach, rows that do not qualify, the order of rows and the machine change nothing.
################################################################

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from typing import Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.contract import Contract
from sla_compliance.downtime import AlarmTimes
from sla_compliance.intervals import IntervalSet
from sla_compliance.lazy import LazyValue, lazy_property
from sla_compliance.ledger_rule import Measurement
from sla_compliance.targeting import TargetedExclusion
from sla_compliance.units import DAY_US
from sla_compliance.validation import STILL_ACTIVE_US

ROW: Final = "row"
CORRECTION: Final = "correction"
# Rows up to this length are looked up by their start; the few longer ones are looked at for each part.
_LONGEST_LOOKED_UP_US: Final = 7 * DAY_US


@dataclass(frozen=True)
class CanonicalInput(LazyValue):
    """What one report was made from; any part of it has its lines and its digest.

    Attributes:
        qualifying: the alarms that qualify.
        measurement: the ledger and what it was made of.
        batch: all rows, of which some were corrected.
    """

    qualifying: AlarmBatch
    measurement: Measurement
    batch: AlarmBatch

    def lines(self, start_us: int, end_us: int) -> tuple[str, ...]:
        """Return the lines of what [start_us, end_us) was made from, ascending.

        Cost: of the rows that meet it, and a look at each row of more than a week; the first call sorts all rows.
        """
        margin_us = self.measurement.rule.downtime.policy.margin_us
        reach_start_us, reach_end_us = start_us - margin_us, end_us + margin_us
        rows = self._row_lines(reach_start_us, reach_end_us)
        windows = _window_lines(self._contract, reach_start_us, reach_end_us)
        corrections = (
            (CORRECTION, sentence)
            for row in self.batch.corrected
            if row.start_us <= reach_end_us and row.end_us >= reach_start_us
            for sentence in row.lines
        )
        return tuple(sorted(_text(line) for lines in (rows, windows, corrections) for line in lines))

    def digest(self, start_us: int, end_us: int) -> str:
        """Return the digest of the lines of [start_us, end_us), hexadecimal."""
        return input_digest(self.lines(start_us, end_us))

    @property
    def _contract(self) -> Contract:
        return self.measurement.settled_rule.contract

    @lazy_property
    def _rows_by_time(self) -> _RowsByTime:
        return _RowsByTime.of(self.measurement.times)

    def _row_lines(self, start_us: int, end_us: int) -> Iterator[tuple[object, ...]]:
        columns, times = self.qualifying.columns, self.measurement.times
        named_columns = sorted(_columns_named(self._contract.targeted) & columns.keys())
        missing = (None,) * len(self.qualifying)
        ids, severities = columns.get("id", missing), columns.get("severity", missing)
        for row in self._rows_by_time.near(start_us, end_us):
            first_us, last_us = times.starts_us[row], times.ends_us[row]
            # A row without length is a fact too where it lies within reach.
            if first_us < end_us and last_us >= start_us:
                keys = {name: _plain(columns[name][row]) for name in named_columns}
                end = None if last_us == STILL_ACTIVE_US else last_us
                yield ROW, _plain(ids[row]), first_us, end, _plain(severities[row]), keys


@dataclass(frozen=True, slots=True)
class _RowsByTime:
    """Rows by their time.

    Attributes:
        short_rows: those of a week at most, by their start.
        short_starts_us: the starts of these, ascending.
        long_rows: the others.
    """

    short_rows: Sequence[int]
    short_starts_us: Sequence[int]
    long_rows: Sequence[int]

    @classmethod
    def of(cls, times: AlarmTimes) -> _RowsByTime:
        lengths_us = [end - start for start, end in zip(times.starts_us, times.ends_us, strict=True)]
        short_rows = [row for row, length in enumerate(lengths_us) if length <= _LONGEST_LOOKED_UP_US]
        short_rows.sort(key=times.starts_us.__getitem__)
        return cls(
            short_rows=short_rows,
            short_starts_us=[times.starts_us[row] for row in short_rows],
            long_rows=[row for row, length in enumerate(lengths_us) if length > _LONGEST_LOOKED_UP_US],
        )

    def near(self, start_us: int, end_us: int) -> Iterable[int]:
        """Return the rows that may meet [start_us, end_us), all that do among them."""
        first = bisect_left(self.short_starts_us, start_us - _LONGEST_LOOKED_UP_US)
        after = bisect_left(self.short_starts_us, end_us)
        return chain(self.long_rows, self.short_rows[first:after])


def input_digest(lines: Iterable[str]) -> str:
    """Return the digest of some lines, in their order, hexadecimal.

    >>> input_digest([])[:8]
    'e3b0c442'
    """
    digest = sha256()
    for line in lines:
        digest.update(f"{line}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _window_lines(contract: Contract, start_us: int, end_us: int) -> Iterator[tuple[object, ...]]:
    everybody: list[tuple[str, IntervalSet]] = [
        ("maintenance", contract.maintenance),
        ("exclusion", contract.exclusions),
    ]
    for name, windows in everybody:
        for first_us, last_us in windows.clip(start_us, end_us):
            yield name, first_us, last_us, None, False
    for exclusion in contract.targeted:
        name = "maintenance" if exclusion.is_maintenance else "exclusion"
        for first_us, last_us in exclusion.windows.clip(start_us, end_us):
            yield name, first_us, last_us, _targets(exclusion), exclusion.with_children


def _columns_named(targeted: Iterable[TargetedExclusion]) -> set[str]:
    return {name for exclusion in targeted for columns, _ in exclusion.targets for name in columns}


def _targets(exclusion: TargetedExclusion) -> list[object]:
    """Return what an exclusion applies to in JSON types, in an order that does not depend on how it was given."""
    return sorted(
        ([list(columns), sorted(map(list, values))] for columns, values in exclusion.targets),
        key=json.dumps,
    )


def _plain(value: object) -> str | None:
    return None if value is None else str(value)


def _text(line: tuple[object, ...]) -> str:
    return json.dumps(line, separators=(",", ":"), sort_keys=True)
