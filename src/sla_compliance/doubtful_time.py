"""DoubtfulTime: stretches on which readings of rows disagree, and the doubt of each cause."""
################################################################
# The doubt of a period is made of the stretches that share an instant with it: for
# each cause the union of them inside the period, and the rows that they are of.
#
# A doubt may alter more than its own stretches: gaps beside them that merge_gap
# bridges, outages that min_outage drops without them, unmonitored gaps whose sides
# no longer agree, work that excuses only what it caused. All of that hangs together
# with a stretch, step by step: time beyond all stretches on which a reading differs
# from the record touches one of them at either end. Such time is at stake for every
# cause and row whose stretch it touches. So wherever a reading differs from the
# record, on either side of a midnight, a cause is named, and its length is not 0.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sla_compliance.certainty import Doubt, DoubtCause
from sla_compliance.intervals import IntervalSet
from sla_compliance.ledger import Ledger, differing_time


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


def times_around(
    doubtful: Sequence[DoubtfulTime], record: Ledger, readings: Iterable[Ledger]
) -> tuple[DoubtfulTime, ...]:
    """Return the time beyond some doubtful stretches on which readings differ from the record, once for each neighbour.

    Cost: the differences of the ledgers, a linear pass each.
    """
    differing = IntervalSet.union(differing_time(record, reading) for reading in readings if reading is not record)
    beyond = differing - union_of_times(doubtful)
    if not beyond:
        return ()
    times_by_edge: dict[int, list[DoubtfulTime]] = defaultdict(list)
    for time in doubtful:
        times_by_edge[time.start_us].append(time)
        times_by_edge[time.end_us].append(time)
    around: list[DoubtfulTime] = []
    for start_us, end_us in beyond:
        neighbours = {}
        for time in (*times_by_edge.get(start_us, ()), *times_by_edge.get(end_us, ())):
            neighbours[time.cause, time.subject] = time
        around += [replace(time, start_us=start_us, end_us=end_us) for time in neighbours.values()]
    return tuple(around)


def begun_earlier(times: IntervalSet, polled_us: int) -> IntervalSet:
    """Return times each of which may have begun so much earlier."""
    if not polled_us:
        return times
    return IntervalSet.union_of([start - polled_us for start in times.starts_us], times.ends_us)


def times_by_cause(times: Iterable[DoubtfulTime]) -> Mapping[DoubtCause, list[DoubtfulTime]]:
    """Return doubtful times by their cause."""
    by_cause: dict[DoubtCause, list[DoubtfulTime]] = defaultdict(list)
    for time in times:
        by_cause[time.cause].append(time)
    return by_cause


def time_by_cause(times: Iterable[DoubtfulTime]) -> Mapping[DoubtCause, IntervalSet]:
    """Return the union of doubtful times by their cause."""
    return {cause: union_of_times(times_of_cause) for cause, times_of_cause in times_by_cause(times).items()}


def union_of_times(times: Sequence[DoubtfulTime]) -> IntervalSet:
    """Return all the time that some stretches cover."""
    return IntervalSet.union_of([time.start_us for time in times], [time.end_us for time in times])
