"""Verdicts: whether a period's cells keep a target, and whether doubt could change that."""
################################################################
#     availability = up / (up + down)        exact; None where nothing counted
#
# Verdicts are compared exactly, before any rounding:
#     UNDETERMINED  there is no availability
#     MET           availability >= target
#     AT_RISK       below it, but the time that has not come yet can repair it
#     BREACHED      below it, and beyond repair: below it even if all of that
#                   time turns out to be up
# so a breach never flickers.
#
# A verdict is confirmed where
#     MET           the pessimistic reading is not BREACHED and, once the period is
#                   over, is MET
#     AT_RISK       neither reading is BREACHED
#     BREACHED      the optimistic reading is BREACHED too
# and never where the record or a reading has no availability.
################################################################

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Final

from sla_compliance.labels import CELL_INDEX, Accounting, Scope, State
from sla_compliance.ledger import CellLengths

_TO_COME: Final = tuple(CELL_INDEX[scope, State.NOT_YET] for scope in Scope)


class Verdict(StrEnum):
    """Whether a period kept its promise."""

    UNDETERMINED = "UNDETERMINED"
    MET = "MET"
    AT_RISK = "AT_RISK"
    BREACHED = "BREACHED"


def availability_ratio(up_us: int, down_us: int) -> Fraction | None:
    """Return up / (up + down).

    Args:
        up_us, down_us: counted lengths, microseconds, >= 0.

    Returns:
        Exact fraction in [0, 1]; None where both are 0. Never rounded here.

    Source:
        ITIL Service Design: (agreed service time - downtime) / agreed service time. docs/definitions.md#availability

    >>> availability_ratio(998, 2)
    Fraction(499, 500)
    """
    return Fraction(up_us, up_us + down_us) if up_us + down_us else None


def counted_us(cells_us: CellLengths, cells: tuple[int, ...]) -> int:
    """Return the summed length of some cells, by index."""
    return sum(map(cells_us.__getitem__, cells))


def verdict(cells_us: CellLengths, accounting: Accounting, target: Fraction) -> Verdict:
    """Return the verdict on a period's cells, by the rule above."""
    up_us, down_us = counted_us(cells_us, accounting.up_cells), counted_us(cells_us, accounting.down_cells)
    if up_us + down_us == 0:
        return Verdict.UNDETERMINED
    if _meets(up_us, down_us, target):
        return Verdict.MET
    if is_over(cells_us):
        return Verdict.BREACHED
    best = with_all_to_come_as(State.UP, cells_us)
    is_recoverable = _meets(counted_us(best, accounting.up_cells), counted_us(best, accounting.down_cells), target)
    return Verdict.AT_RISK if is_recoverable else Verdict.BREACHED


def _meets(up_us: int, down_us: int, target: Fraction) -> bool:
    return up_us * target.denominator >= (up_us + down_us) * target.numerator


def with_all_to_come_as(state: State, cells_us: CellLengths) -> CellLengths:
    """Return the cells if all time that has not come yet turns out to be in one state."""
    cells = list(cells_us)
    for scope, to_come in zip(Scope, _TO_COME, strict=True):
        cells[CELL_INDEX[scope, state]] += cells[to_come]
        cells[to_come] = 0
    return tuple(cells)


def is_over(cells_us: CellLengths) -> bool:
    """Return whether none of a period is still to come."""
    return not any(map(cells_us.__getitem__, _TO_COME))


def is_verdict_confirmed(recorded: Verdict, *, optimistic: Verdict, pessimistic: Verdict, is_over: bool) -> bool:
    """Return whether the verdict on a record is confirmed by those on its two readings, by the rule above."""
    if Verdict.UNDETERMINED in (recorded, optimistic, pessimistic):
        return False
    if recorded is Verdict.BREACHED:
        return optimistic is Verdict.BREACHED
    if recorded is Verdict.MET:
        return pessimistic is Verdict.MET if is_over else pessimistic is not Verdict.BREACHED
    return Verdict.BREACHED not in (optimistic, pessimistic)


def verdict_text(recorded: Verdict, *, is_confirmed: bool) -> str:
    """Return a verdict in the words that people read.

    >>> verdict_text(Verdict.MET, is_confirmed=False)
    'Not confirmed'
    """
    if recorded is Verdict.UNDETERMINED:
        return "No data"
    if recorded is Verdict.BREACHED:
        return "Breached" if is_confirmed else "Breached, unconfirmed"
    if not is_confirmed:
        return "Not confirmed"
    return "Met" if recorded is Verdict.MET else "At risk"
