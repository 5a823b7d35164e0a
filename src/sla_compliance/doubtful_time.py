"""DoubtfulTime: stretches on which readings of rows disagree, and the doubt of each cause."""
################################################################
# The doubt of a period is made of the stretches that share an instant with it: for
# each cause the union of them inside the period, and the rows that they are of.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sla_compliance.certainty import Doubt, DoubtCause
from sla_compliance.intervals import IntervalSet


@dataclass(frozen=True, slots=True)
class DoubtfulTime:
    """A stretch of time on which the readings of some rows disagree.

    Attributes:
        cause: what is left open.
        naming: returns the name; there are many rows in doubt, and few names that anyone reads.
        subject: a number of these rows; stretches of one number are of the same rows.
        rows: how many rows they are; more than one where rows of one id disagree.
        start_us, end_us: the stretch.
        row_id: the `id` of these rows; None where they have none.
    """

    cause: DoubtCause
    naming: Callable[[], str] = field(repr=False, compare=False)
    subject: int
    rows: int
    start_us: int
    end_us: int
    row_id: Hashable | None = None

    @property
    def name(self) -> str:
        """What people know the first of these rows by."""
        return self.naming()


def doubts_within(doubtful: Sequence[DoubtfulTime], start_us: int, end_us: int) -> Iterator[Doubt]:
    """Yield the doubt of each cause within [start_us, end_us), of those that have some time at stake there."""
    within = [time for time in doubtful if time.start_us < end_us and time.end_us > start_us]
    for cause, times in times_by_cause(within).items():
        length_us = union_of_times(times).clip(start_us, end_us).total_us
        rows_by_subject = {time.subject: time.rows for time in times}
        if length_us:
            yield Doubt(cause, sum(rows_by_subject.values()), length_us)


def times_by_cause(times: Iterable[DoubtfulTime]) -> Mapping[DoubtCause, list[DoubtfulTime]]:
    """Return doubtful times by their cause."""
    by_cause: dict[DoubtCause, list[DoubtfulTime]] = defaultdict(list)
    for time in times:
        by_cause[time.cause].append(time)
    return by_cause


def union_of_times(times: Sequence[DoubtfulTime]) -> IntervalSet:
    """Return all the time that some stretches cover."""
    return IntervalSet.union_of([time.start_us for time in times], [time.end_us for time in times])
