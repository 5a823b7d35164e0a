"""The ledger: one partition, and the questions one may ask of it."""

from __future__ import annotations

import pickle

import sla_compliance as sla
from sla_compliance.labels import CELLS, Scope, State
from sla_compliance.ledger import summed_cells
from tests.unit.moments import DAY_US, HOUR_US, at, report_of, us


def test_an_outage_over_midnight_is_split_between_its_days() -> None:
    """Each day has its own part, and they add up."""
    first, second = report_of([sla.Alarm(at(8, 23), at(9, 2))], at(8), at(10)).days
    assert (first.downtime_us, second.downtime_us) == (HOUR_US, 2 * HOUR_US)


def test_exactly_the_window_asked_for_is_measured() -> None:
    """Partial first and last days are partial."""
    report = report_of([], at(8, 18), at(10, 6))
    assert [sum(record.cells_us) for record in report.days] == [6 * HOUR_US, DAY_US, 6 * HOUR_US]
    assert (report.ledger.start_us, report.ledger.end_us) == (us(at(8, 18)), us(at(10, 6)))


def test_an_empty_window_has_no_day_and_no_length() -> None:
    """It is asked for when a range lies in the future."""
    report = report_of([sla.Alarm(at(8), at(9))], at(8, 12), at(8, 12))
    assert report.days == ()
    assert report.total.observed_us == 0
    assert report.total.availability_ratio is None
    assert report.total.date == at(8).date()
    assert list(report.ledger.timeline()) == []
    assert report.incidents() == ()
    assert report.by(sla.Period.rolling(1)) == report.by(sla.Period.MONTH) == ()


def test_the_timeline_names_scope_and_state_in_order_of_time() -> None:
    """Without gap or overlap."""
    report = report_of(
        [sla.Alarm(at(8, 2), at(8, 4))], at(8), at(8, 8), as_of=at(8, 6), maintenance=[(at(8, 3), at(8, 5))]
    )
    assert list(report.ledger.timeline()) == [
        (us(at(8, 0)), us(at(8, 2)), Scope.AGREED, State.UP),
        (us(at(8, 2)), us(at(8, 3)), Scope.AGREED, State.DOWN),
        (us(at(8, 3)), us(at(8, 4)), Scope.MAINTENANCE, State.DOWN),
        (us(at(8, 4)), us(at(8, 5)), Scope.MAINTENANCE, State.UP),
        (us(at(8, 5)), us(at(8, 6)), Scope.AGREED, State.UP),
        (us(at(8, 6)), us(at(8, 8)), Scope.AGREED, State.NOT_YET),
    ]


def test_the_cells_of_a_part_are_clipped_to_the_window() -> None:
    """What lies outside counts nothing; a reversed part is empty."""
    ledger = report_of([], at(8), at(9)).ledger
    assert sum(ledger.cells_us(us(at(7)), us(at(8, 1)))) == HOUR_US
    assert sum(ledger.cells_us(us(at(8, 2)), us(at(8, 1)))) == 0
    assert sum(ledger.cells_us(us(at(10)), us(at(11)))) == 0
    assert ledger.segments[Scope.AGREED, State.UP] == DAY_US


def test_no_tables_sum_to_an_empty_one() -> None:
    """Twenty zeros."""
    assert summed_cells([]) == (0,) * len(CELLS)
    assert summed_cells([(1, 2), (3, 4)]) == (4, 6)


def test_ledgers_are_values() -> None:
    """Equal, hashable, picklable."""
    one, other = (report_of([sla.Alarm(at(8), at(8, 1))], at(8), at(9)).ledger for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own bytes
