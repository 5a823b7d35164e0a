"""Slack: by how much a record keeps its target, and what a length of one cell costs of it."""
################################################################
#     slack = (1 - target) x up - target x down
#
# with all time that has not come yet taken as up. It is linear in the cells, so what
# an outage costs is the slack of the cells without it less that of the cells with
# it. A period is lost exactly where its slack is below 0. For the named accountings,
# wherever anything counts, that is the verdict BREACHED; where an accounting of
# single cells counts UP as down, a target that is kept so far may be lost already.
################################################################

from __future__ import annotations

from fractions import Fraction

from sla_compliance.labels import State
from sla_compliance.ledger import CellLengths, Ledger
from sla_compliance.records import ComplianceRecord
from sla_compliance.verdicts import counted_us, with_all_to_come_as


def counted_with_time_to_come_as(
    state: State, record: ComplianceRecord, cells_us: CellLengths | None = None
) -> tuple[int, int]:
    """Return the counted uptime and downtime of some cells if all time to come is in one state, microseconds.

    Args:
        record: says which cells count.
        cells_us: of a ledger; by default the record's own.
    """
    cells = with_all_to_come_as(state, record.cells_us if cells_us is None else cells_us)
    return counted_us(cells, record.accounting.up_cells), counted_us(cells, record.accounting.down_cells)


def slack_us(record: ComplianceRecord, cells_us: CellLengths | None = None) -> Fraction:
    """Return the slack of some cells by a record's target and accounting, microseconds, exact.

    Args:
        record: says target and accounting.
        cells_us: of a ledger; by default the record's own.
    """
    up_us, down_us = counted_with_time_to_come_as(State.UP, record, cells_us)
    return (1 - record.target_ratio) * up_us - record.target_ratio * down_us


def cost_us(
    record: ComplianceRecord, without_outage: Ledger, with_outage: Ledger, start_us: int, end_us: int
) -> Fraction:
    """Return by how much the slack of [start_us, end_us) is less in one ledger than in another, microseconds, exact."""
    slack_without_us = slack_us(record, without_outage.cells_us(start_us, end_us))
    return slack_without_us - slack_us(record, with_outage.cells_us(start_us, end_us))
