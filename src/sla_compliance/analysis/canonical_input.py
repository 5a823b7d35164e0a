"""Canonical input: the rows and windows behind a record, as lines whose order and surroundings do not matter."""
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
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

from sla_compliance.intervals import IntervalSet
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.targeting import TargetedExclusion
from sla_compliance.validation import STILL_ACTIVE_US

ROW: Final = "row"
CORRECTION: Final = "correction"


def canonical_lines(report: ComplianceReport, record: ComplianceRecord) -> tuple[str, ...]:
    """Return the lines of what a record of a report was made from, ascending."""
    margin_us = report.policy.margin_us
    start_us, end_us = record.start_us - margin_us, record.end_us + margin_us
    rows = _row_lines(report, start_us, end_us)
    windows = _window_lines(report, start_us, end_us)
    corrections = (
        (CORRECTION, sentence)
        for row in report.batch.corrected
        if row.start_us <= end_us and row.end_us >= start_us
        for sentence in row.lines
    )
    return tuple(sorted(_text(line) for lines in (rows, windows, corrections) for line in lines))


def input_digest(lines: Iterable[str]) -> str:
    """Return the digest of some lines, in their order, hexadecimal.

    >>> input_digest([])[:8]
    'e3b0c442'
    """
    digest = sha256()
    for line in lines:
        digest.update(f"{line}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _row_lines(report: ComplianceReport, start_us: int, end_us: int) -> Iterator[tuple[object, ...]]:
    qualifying, times = report.qualifying, report.measurement.times
    named_columns = sorted(_columns_named(report.contract.targeted) & qualifying.columns.keys())
    ids = qualifying.columns.get("id", (None,) * len(qualifying))
    severities = qualifying.columns.get("severity", (None,) * len(qualifying))
    for row, (first_us, last_us) in enumerate(zip(times.starts_us, times.ends_us, strict=True)):
        # A row without length is a fact too where it lies within reach.
        if first_us < end_us and last_us >= start_us:
            keys = {name: _plain(qualifying.columns[name][row]) for name in named_columns}
            end = None if last_us == STILL_ACTIVE_US else last_us
            yield ROW, _plain(ids[row]), first_us, end, _plain(severities[row]), keys


def _window_lines(report: ComplianceReport, start_us: int, end_us: int) -> Iterator[tuple[object, ...]]:
    contract = report.contract
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
