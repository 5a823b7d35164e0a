"""Counted downtime: which instants of a ledger count as down, and how much of a set lies before an instant."""

from __future__ import annotations

import pytest

import sla_compliance as sla
from sla_compliance.counted_downtime import LengthBefore, counted_downtime, instants_that_count_down
from sla_compliance.intervals import NEVER, IntervalSet
from tests.unit.moments import HOUR_US, at, report_of, us

PIECES = IntervalSet.from_pairs([(2, 4), (6, 9), (10, 11)])


def instants_before(instant: int) -> int:
    """Count one by one."""
    return sum(start <= held < end for start, end in PIECES for held in range(instant))


def test_the_length_before_an_instant_is_that_of_what_is_held_before_it() -> None:
    """Before, inside, between and after the pieces; in any order."""
    instants = [*range(14), 3, 0, 12]
    assert LengthBefore(PIECES).at(instants) == [instants_before(instant) for instant in instants]
    assert LengthBefore(NEVER).at([0, 5]) == [0, 0]
    assert LengthBefore(PIECES).at([]) == []


def test_the_length_between_two_instants_is_what_is_held_there() -> None:
    """Of each pair by itself."""
    pairs = [(start, end) for start in range(13) for end in range(start, 13)]
    lengths = LengthBefore(PIECES).between([start for start, _ in pairs], [end for _, end in pairs])
    assert lengths == [PIECES.clip(start, end).total_us for start, end in pairs]


def report_of_a_day() -> sla.ComplianceReport:
    """Down from 1 to 5 and from 20 to 21; maintenance from 2 to 3, customer-caused time from 4 to 6.

    One device's maintenance, from 20 to 22, excuses the second outage.
    """
    alarms = [sla.Alarm(at(8, 1), at(8, 5)), sla.Alarm(at(8, 20), at(8, 21), resource_id="r")]
    work = sla.MaintenanceWindow(at(8, 20), at(8, 22), applies_to={"resource_id": "r"})
    exclusions = [(at(8, 4), at(8, 6))]
    return report_of(alarms, at(8), at(9), maintenance=[(at(8, 2), at(8, 3)), work], exclusions=exclusions)


def hours(*pairs: tuple[int, int]) -> IntervalSet:
    """Return hours of the day."""
    midnight_us = us(at(8))
    return IntervalSet.from_pairs(
        [(midnight_us + start * HOUR_US, midnight_us + end * HOUR_US) for start, end in pairs]
    )


@pytest.mark.parametrize(
    ("accounting", "expected"),
    [
        (sla.Accounting.REMOVED, hours((1, 2), (3, 4))),
        (sla.Accounting.EXCUSED, hours((1, 2), (3, 4))),
        (sla.Accounting.COUNTED, hours((1, 4), (20, 21))),
        (sla.Accounting.GROSS, hours((1, 5), (20, 21))),
    ],
    ids=repr,
)
def test_the_accounting_decides_which_downtime_counts(accounting: sla.Accounting, expected: IntervalSet) -> None:
    """The length is that of the record."""
    report = report_of_a_day()
    assert counted_downtime(report.ledger, accounting) == expected
    assert report.total.counted_as(accounting).downtime_us == expected.total_us


def test_what_would_count_as_down_does_not_depend_on_what_was() -> None:
    """Agreed time alone under REMOVED; an excused outage would not count there."""
    ledger = report_of_a_day().ledger
    agreed = hours((0, 2), (3, 4), (6, 24))
    assert instants_that_count_down(ledger, sla.Accounting.REMOVED, sla.State.DOWN) == agreed
    assert instants_that_count_down(ledger, sla.Accounting.REMOVED, sla.State.EXCUSED_MAINTENANCE) == NEVER


def test_a_ledger_without_downtime_counts_none() -> None:
    """An empty set, not an error."""
    assert counted_downtime(report_of([], at(8), at(9)).ledger, sla.Accounting.GROSS) == NEVER
