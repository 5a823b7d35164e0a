"""A day as a strip of characters: how much of each of its 24 parts was down, unknown, or left out."""
################################################################
# A part is a 24th of the local day: an hour on most days. The height of a block
# is the share of the part that counted as downtime, never less than the lowest
# block, so the shortest outage is visible. A part without counted downtime is
# shown as what most of it was: counted up, left out, unknown, or not yet there.
################################################################

from __future__ import annotations

from itertools import pairwise
from typing import Final

from sla_compliance.certainty import unknown_us
from sla_compliance.labels import CELL_INDEX, Accounting, Scope, State
from sla_compliance.ledger import CellLengths
from sla_compliance.records import ComplianceRecord, counted_us
from sla_compliance.report import ComplianceReport

PARTS: Final = 24
BLOCKS: Final = "▁▂▃▄▅▆▇█"
UP: Final = "·"
NOT_COUNTED: Final = "░"
UNKNOWN: Final = "▒"
NOT_YET: Final = " "
LEGEND: Final = (
    f"{UP} up  {BLOCKS[0]} to {BLOCKS[-1]} down  {NOT_COUNTED} left out  {UNKNOWN} not monitored  blank not yet"
)

_NOT_YET_CELLS: Final = tuple(CELL_INDEX[scope, State.NOT_YET] for scope in Scope)


def strip(report: ComplianceReport, day: ComplianceRecord) -> str:
    """Return the strip of one of a report's days, 24 characters."""
    length_us = day.end_us - day.start_us
    edges_us = [day.start_us + length_us * part // PARTS for part in range(PARTS + 1)]
    characters = []
    for start_us, end_us in pairwise(edges_us):
        cells_us = report.ledger.cells_us(start_us, end_us)
        characters.append(_character(cells_us, day.accounting))
    return "".join(characters)


def _character(cells_us: CellLengths, accounting: Accounting) -> str:
    """Return the character of a part of a day.

    Args:
        cells_us: the lengths of the part's cells, microseconds.
    """
    part_us = sum(cells_us)
    down_us = counted_us(cells_us, accounting.down_cells)
    if down_us:
        # Rounded up, so that any downtime has a block: 1 is the lowest, all of the part the highest.
        height = -(-down_us * len(BLOCKS) // part_us)
        return BLOCKS[height - 1]
    up_us = counted_us(cells_us, accounting.up_cells)
    not_yet_us = counted_us(cells_us, _NOT_YET_CELLS)
    missing_us = unknown_us(cells_us, accounting)
    not_counted_us = part_us - up_us - not_yet_us - missing_us
    # Of equal lengths the last character by code point is shown: unknown, left out, then up, then not yet.
    _, character = max((up_us, UP), (not_yet_us, NOT_YET), (missing_us, UNKNOWN), (not_counted_us, NOT_COUNTED))
    return character
