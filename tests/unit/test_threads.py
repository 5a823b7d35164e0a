"""Values shared by threads: what many threads compute at once is what one computes."""
################################################################
# Threads begin together and are switched as often as Python can. Each round has new
# objects, whose lazily computed properties nobody has read yet.
################################################################

from __future__ import annotations

import copy
import datetime as dt
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from threading import Barrier
from typing import Any, Final, TypeVar

import pytest

import sla_compliance as sla
from sla_compliance import zones
from sla_compliance.analysis import attribution, budget, incident_costs, reliability, statement
from sla_compliance.calendars import recurrences
from tests.unit.moments import at
from tests.unit.public_values import ALARMS, EXCLUSION, HOURS, POLICY, WORK

THREADS: Final = 8
ROUNDS: Final = 5
SWITCH_S: Final = 1e-5


def pickled(value: Any) -> Any:
    """Return a value, pickled and read again."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own bytes


COPIES: Final[tuple[Callable[[Any], Any], ...]] = (pickled, copy.deepcopy, copy.copy)

_Result = TypeVar("_Result")


@pytest.fixture(autouse=True)
def _frequent_switches() -> Iterator[None]:
    """Threads take turns hundreds of times more often than usual."""
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    yield
    sys.setswitchinterval(usual_s)


def results_of_threads(*works: Callable[[], _Result]) -> list[_Result]:
    """Return what each of some works returns, each in a thread of its own, all begun at once."""
    barrier = Barrier(len(works))

    def begin(work: Callable[[], _Result]) -> _Result:
        barrier.wait(30)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begin, works))


def batch() -> sla.AlarmBatch:
    """Return alarms of a month: short outages of ten resources, and rows of every kind of doubt."""
    outages = [
        sla.Alarm(at(day, hour), at(day, hour + 2), id=f"{day}-{hour}", resource_id=f"r{hour}")
        for day in range(1, 28)
        for hour in range(0, 20, 2)
    ]
    return sla.AlarmBatch.from_alarms([*outages, *ALARMS], on_invalid="quarantine")


def evaluated(alarms: sla.AlarmBatch) -> sla.ComplianceReport:
    """Return the report of a month in a zone with a clock change, with recurring maintenance and hours."""
    return sla.evaluate(
        alarms,
        start=at(1),
        end=at(31),
        zone="Europe/Lisbon",
        as_of=at(29),
        policy=POLICY,
        maintenance=[WORK],
        exclusions=[EXCLUSION],
        service_hours=HOURS,
    )


def figures(report: sla.ComplianceReport) -> tuple[object, ...]:
    """Return all that a report says, computed and lazily computed."""
    issued = statement(report, tenant="acme", issued_at=at(31), issued_by="ana", provisional=True)
    return (
        report.as_dicts(detail=True),
        report.bounds(),
        report.quality.lines(),
        [record.as_dict(detail=True) for record in report.by(sla.Period.WEEK)],
        report.incidents(),
        attribution(report, by="resource_id").rows,
        (budget(report), reliability(report), incident_costs(report).rows),
        issued.digest,
    )


def test_one_batch_and_policy_in_many_threads() -> None:
    """Each evaluates them and has the figures of one alone."""
    alone = figures(evaluated(batch()))
    for _ in range(ROUNDS):
        shared = batch()
        works = [lambda shared=shared: figures(evaluated(shared))] * THREADS
        assert all(result == alone for result in results_of_threads(*works))


def lazy_names(kind: type) -> Sequence[str]:
    """Return the names of the properties of a class that are computed once, when they are first read."""
    return [name for base in kind.__mro__ for name, value in vars(base).items() if isinstance(value, cached_property)]


def test_lazy_properties_of_one_report_in_many_threads() -> None:
    """Whichever is read first, in whichever order."""
    names = lazy_names(sla.ComplianceReport)
    assert len(names) > 5
    expected = evaluated(batch())
    by_name = {name: getattr(expected, name) for name in names}
    for _ in range(ROUNDS):
        report = evaluated(batch())

        def read(first: int, report: sla.ComplianceReport = report) -> dict[str, Any]:
            return {name: getattr(report, name) for name in (*names[first:], *names[:first])}

        works = [lambda first=first: read(first) for first in range(THREADS)]
        assert all(values == by_name for values in results_of_threads(*works))
        assert figures(report) == figures(expected)


def test_a_report_is_copied_and_pickled_before_and_while_it_is_read() -> None:
    """Nothing of it needs to be computed before, and no thread is in the way."""
    expected = figures(evaluated(batch()))
    for copied in COPIES:
        report = evaluated(batch())
        records = (report.total, report.days)  # of which the certainty is not computed yet
        assert figures(copied(report)) == expected
        assert copied(records) == (report.total, report.days)
    for _ in range(ROUNDS):
        report = evaluated(batch())
        readers: list[Callable[[], Any]] = [partial(figures, report)] * (THREADS // 2)
        writers: list[Callable[[], Any]] = [partial(pickle.dumps, report)] * (THREADS // 2)
        results = results_of_threads(*readers, *writers)
        assert all(result == expected for result in results[: len(readers)])
        received = pickle.loads(results[-1])  # noqa: S301 - our own bytes
        assert received == report
        assert figures(received) == expected


def test_a_zone_is_one_object_in_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moments of two objects would differ in the hour that comes twice."""
    twice = dt.datetime(2025, 10, 26, 1, 30)  # noqa: DTZ001 - each zone is attached below
    for _ in range(ROUNDS):
        monkeypatch.setattr(zones, "_loaded_zones", {})
        loaded = results_of_threads(*[lambda: zones.load_zone("Europe/Lisbon")] * THREADS)
        assert len(set(map(id, loaded))) == 1
        moments = {twice.replace(tzinfo=rules, fold=1) for rules in loaded}
        assert len(moments) == 1


def test_recurrences_of_many_threads() -> None:
    """Whether the rule was checked before or not."""
    window = (int(at(1).timestamp()) * 1_000_000, int(at(31).timestamp()) * 1_000_000)
    alone = WORK.expand("Europe/Lisbon", *window)
    for _ in range(ROUNDS):
        recurrences.check_names_a_date.cache_clear()
        expanded = results_of_threads(*[lambda: WORK.expand("Europe/Lisbon", *window)] * THREADS)
        assert set(expanded) == {alone}


def test_errors_of_threads_are_their_own() -> None:
    """A bad argument of one thread is no other's."""

    def evaluate(zone: str) -> str:
        try:
            return sla.evaluate([], start=at(1), end=at(2), zone=zone, as_of=at(2)).total.zone
        except sla.UnknownZoneError as error:
            return str(error)

    works = [lambda zone=zone: evaluate(zone) for zone in ("UTC", "Europe/Lisbno", "Mars/Base") * 3]
    answers = results_of_threads(*works)
    assert answers == [evaluate(zone) for zone in ("UTC", "Europe/Lisbno", "Mars/Base") * 3]
