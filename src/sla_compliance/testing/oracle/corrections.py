"""Rows as corrections have them, before anything else is read from them."""
################################################################
# Corrections count in order of when they were entered. The last one of a row and field
# counts; a void takes back what came before it, and what comes after takes back a void.
# Rows of one id are corrected together where they share instants, step by step; where
# they do not, or one of them cannot be read, it is not known which is meant, and
# nothing is corrected.
#
# Instants may be of any unit, so rows are compared by their bounds.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sla_compliance.testing.oracle.world import Row, Span


@dataclass(frozen=True)
class RowCorrection:
    """What somebody knows better than a row.

    Attributes:
        row_id: of the row, as text.
        facts: by field of a row, `start`, `cleared` or `severity`; none of them: it is void.
    """

    row_id: str
    facts: Mapping[str, Any]


def corrected(rows: Sequence[Row], corrections: Iterable[RowCorrection], last: int) -> tuple[Row, ...]:
    """Return the rows as corrections have them, those that are void left out.

    Args:
        corrections: in the order in which they count.
        last: an instant later than all others, at which rows without an end are over.
    """
    facts_by_id: dict[str, dict[str, Any] | None] = {}
    for correction in corrections:
        known = facts_by_id.get(correction.row_id) or {}
        facts_by_id[correction.row_id] = {**known, **correction.facts} if correction.facts else None
    result = []
    for row in rows:
        if row.id is None or row.id not in facts_by_id or not _are_one_alarm(row.id, rows, last):
            result.append(row)
            continue
        facts = facts_by_id[row.id]
        if facts is not None:
            result.append(replace(row, **facts))
    return tuple(result)


def _are_one_alarm(row_id: str, rows: Sequence[Row], last: int) -> bool:
    same_id = [row for row in rows if row.id == row_id]
    if len(same_id) == 1:
        return True
    if not all(isinstance(row.start, int) for row in same_id):
        return False
    spans = [_span(row, last) for row in same_id]
    group, others = spans[:1], spans[1:]
    while touching := [span for span in others if any(_share_an_instant(span, member) for member in group)]:
        group += touching
        others = [span for span in others if span not in touching]
    return not others


def _span(row: Row, last: int) -> Span:
    ends = [end for end in (row.cleared, row.resolved) if isinstance(end, int)]
    return row.start if isinstance(row.start, int) else last, ends[0] if ends else last


def _share_an_instant(span: Span, other: Span) -> bool:
    return max(span[0], other[0]) < min(span[1], other[1])
