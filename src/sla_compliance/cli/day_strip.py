"""A day as a strip of characters: how much of each of its 24 parts was down, and what did not count."""
################################################################
# A part is a 24th of the local day: an hour on most days. The height of a block
# is the share of the part that counted as downtime, never less than the lowest,
# so no outage is too short to see. Without counted downtime a part is what most
# of it was: counted up, not counted, or not yet there.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from sla_compliance.labels import CELL_INDEX, Accounting, Scope, State
from sla_compliance.ledger import CellLengths
from sla_compliance.records import ComplianceRecord, counted_us
from sla_compliance.report import ComplianceReport

PARTS: Final = 24
BLOCKS: Final = "▁▂▃▄▅▆▇█"
UP: Final = "·"
NOT_COUNTED: Final = "░"
NOT_YET: Final = " "
LEGEND: Final = f"{UP} up  {BLOCKS[0]} to {BLOCKS[-1]} down  {NOT_COUNTED} not counted  blank not yet"

_NOT_YET_CELLS: Final = tuple(CELL_INDEX[scope, State.NOT_YET] for scope in Scope)


def strip(report: ComplianceReport, day: ComplianceRecord) -> str:
    """Return the strip of one of a report's days."""
    length = day.end_us - day.start_us
    edges = [day.start_us + length * part // PARTS for part in range(PARTS + 1)]
    return "".join(_character(report.ledger.cells_us(start, end), day.accounting) for start, end in pairwise(edges))


def _character(cells_us: CellLengths, accounting: Accounting) -> str:
    down_us = counted_us(cells_us, accounting.down_cells)
    if down_us:
        return BLOCKS[(down_us * len(BLOCKS) - 1) // sum(cells_us)]
    lengths: Sequence[tuple[int, str]] = (
        (counted_us(cells_us, accounting.up_cells), UP),
        (counted_us(cells_us, _NOT_YET_CELLS), NOT_YET),
    )
    rest = sum(cells_us) - sum(length for length, _ in lengths)
    return max(*lengths, (rest, NOT_COUNTED))[1]
