"""The room that users' tests import: strategies draw what the library takes, suites notice broken promises."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from importlib.abc import MetaPathFinder
from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.intervals import ALWAYS
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.testing import (
    AlarmSourceContract,
    CacheContract,
    DayStoreContract,
    Place,
    alarms,
    batches,
    maintenance_windows,
    policies,
    questions,
    requirements,
    service_hours,
    zones,
)
from sla_compliance.testing.stored_alarms import EVERY_COLUMN
from sla_compliance.units import DAY_US
from sla_compliance.zones import load_zone
from tests.unit.moments import at, us

ELSEWHERE = Place("Africa/Lagos", at(1), timedelta(minutes=10))


@given(members=st.lists(alarms()), question=questions())
def test_any_alarms_and_any_question_make_a_report(members: list[sla.Alarm], question: Any) -> None:
    """Of one place, so that they meet."""
    report = sla.evaluate(members, **question)
    assert sum(report.total.cells_us) == report.ledger.end_us - report.ledger.start_us


@given(batch=batches(), policy=policies(), window=maintenance_windows())
def test_any_batch_policy_and_window_make_a_report(
    batch: sla.AlarmBatch, policy: sla.SLAPolicy, window: sla.MaintenanceWindow
) -> None:
    """Maintenance takes no time that was not there."""
    terms: Any = {"start": at(25), "end": at(29), "zone": "UTC", "as_of": at(30), "policy": policy}
    with_it, without_it = sla.evaluate(batch, maintenance=[window], **terms), sla.evaluate(batch, **terms)
    assert sum(with_it.total.cells_us) == sum(without_it.total.cells_us) == 4 * DAY_US


@given(batch=batches(ELSEWHERE), question=questions(ELSEWHERE), window=maintenance_windows(ELSEWHERE))
def test_a_place_moves_all_of_them(batch: sla.AlarmBatch, question: Any, window: sla.MaintenanceWindow) -> None:
    """Each instant is a whole number of its units after its base, in its zone."""
    unit_us = 600_000_000
    for instant_us in (*batch.starts_us, window.start_us, us(question["start"])):
        assert (instant_us - us(ELSEWHERE.base)) % unit_us == 0
        assert abs(instant_us - us(ELSEWHERE.base)) <= 999 * unit_us
    assert question["zone"] == "Africa/Lagos"


@given(hours=service_hours(), zone=zones())
def test_hours_and_zones_are_known(hours: sla.ServiceHours, zone: str) -> None:
    """They expand to some time of any fortnight without holidays, and not to all of it."""
    agreed = hours.expand(load_zone(zone).key, us(at(1)), us(at(15)))
    assert 0 < agreed.total_us <= 14 * DAY_US < ALWAYS.total_us


def test_alarms_are_over_open_and_seen() -> None:
    """The strategy draws every way to end."""
    assert find(alarms(), lambda alarm: alarm.cleared_at is not None)
    assert find(alarms(), lambda alarm: alarm.resolved_at is not None)
    assert find(alarms(), lambda alarm: alarm.cleared_at is alarm.resolved_at is None and alarm.last_occurrence is None)


class ListSource(MemoryAlarmSource):
    """A source to which alarms are written."""

    def __init__(self) -> None:
        super().__init__({})
        self.alarms: dict[str, list[sla.Alarm]] = defaultdict(list)

    def store(self, tenant_id: str, alarms: Iterable[sla.Alarm]) -> None:
        """Keep more alarms of a tenant."""
        self.alarms[tenant_id] += alarms
        self._batches[tenant_id] = sla.AlarmBatch.from_alarms(self.alarms[tenant_id], on_invalid="quarantine")


class LeakingSource(ListSource):
    """Returns the alarms of all tenants."""

    def store(self, tenant_id: str, alarms: Iterable[sla.Alarm]) -> None:
        """Keep more alarms of everybody."""
        super().store("acme", alarms)
        self._batches[tenant_id] = self._batches["acme"]


class ClippingSource(ListSource):
    """Cuts alarms to the hour."""

    def store(self, tenant_id: str, alarms: Iterable[sla.Alarm]) -> None:
        """Keep alarms without their microseconds."""
        super().store(tenant_id, [_to_the_hour(alarm) for alarm in alarms])


def _to_the_hour(alarm: sla.Alarm) -> sla.Alarm:
    start: datetime = alarm.first_occurrence
    return sla.Alarm(start.replace(minute=0, second=0, microsecond=0), alarm.cleared_at, id=alarm.id)


class ForgetfulStore(MemoryDayStore):
    """Keeps nothing."""

    async def days(self, keys: Sequence[Any]) -> dict[Any, Any]:
        """Return no day."""
        return dict.fromkeys(keys[:0])


class ForgetfulCache(MemoryCache):
    """Keeps nothing."""

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return no value."""
        return [None for _ in keys]


def broken_promises(suite: type, **fixtures: Callable[[], Any]) -> set[str]:
    """Return the tests of a suite that fail, of those that need only these fixtures; each test has its own."""
    broken = set()
    for name, test in inspect.getmembers(suite(), inspect.ismethod):
        needed = inspect.signature(test).parameters.keys()
        if not name.startswith("test_") or not needed <= fixtures.keys() | {"stored", "columns"}:
            continue
        made = {fixture: fixtures[fixture]() for fixture in needed & fixtures.keys()}
        if "stored" in needed:
            made["stored"] = made["source"].store
        if "columns" in needed:
            made["columns"] = EVERY_COLUMN
        try:
            if inspect.iscoroutinefunction(test):
                asyncio.run(test(**made))
            else:
                test(**made)
        except (AssertionError, LookupError):
            broken.add(name)
    return broken


def test_a_suite_is_content_with_what_keeps_its_promises() -> None:
    """The simplest of each kind."""
    assert broken_promises(AlarmSourceContract, source=ListSource) == set()
    assert broken_promises(DayStoreContract, store=MemoryDayStore) == set()
    assert broken_promises(CacheContract, cache=MemoryCache) == set()


def test_a_suite_notices_what_breaks_them() -> None:
    """Other tenants' alarms, clipped alarms, lost days and values."""
    leaks = broken_promises(AlarmSourceContract, source=LeakingSource)
    assert "test_no_other_tenants_alarm_is_returned_whatever_the_id_contains" in leaks
    clips = broken_promises(AlarmSourceContract, source=ClippingSource)
    assert "test_returns_every_alarm_that_meets_the_window" in clips
    assert "test_figures_are_those_of_the_core" in clips
    assert broken_promises(DayStoreContract, store=ForgetfulStore)
    assert broken_promises(CacheContract, cache=ForgetfulCache)


class Missing(MetaPathFinder):
    """Says that a package is not there, or that one that it needs is not."""

    def __init__(self, package: str, culprit: str) -> None:
        self.package = package
        self.culprit = culprit

    def find_spec(self, name: str, path: object, target: object = None) -> None:  # noqa: ARG002
        """Raise where the package is looked for."""
        if name == self.package:
            raise ModuleNotFoundError(f"No module named {self.culprit!r}", name=self.culprit)


@pytest.mark.parametrize("package", ["hypothesis", "pytest"])
def test_what_is_missing_is_named_with_the_way_out(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever of the two it is."""
    monkeypatch.delitem(sys.modules, package)
    monkeypatch.setattr(sys, "meta_path", [Missing(package, package), *sys.meta_path])
    with pytest.raises(sla.MissingExtraError, match=r"sla_compliance\.testing needs .*'sla-compliance\[testing\]'"):
        importlib.reload(requirements)


def test_a_broken_installation_is_not_called_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody else's package lacks is said as it is."""
    monkeypatch.delitem(sys.modules, "hypothesis")
    monkeypatch.setattr(sys, "meta_path", [Missing("hypothesis", "sortedcontainers"), *sys.meta_path])
    with pytest.raises(ModuleNotFoundError, match="sortedcontainers"):
        importlib.reload(requirements)
