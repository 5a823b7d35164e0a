"""A cache that is late at random moments, for real: no figure from before a reported change, and no long wait."""
################################################################
# Each race is run RUNS times here and 200 times by `nox -s races`. In a run two
# processes' services measure the same days and a third one reports a change, while
# the cache is suspended, or the network before it holds what it was sent. So answers
# to reads, tokens, entries and locks come late, each in turn. Afterwards processes
# that know nothing of it ask too.
################################################################

from __future__ import annotations

import asyncio
import datetime as dt
import os
import random
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from time import perf_counter
from typing import Final

import pytest

import sla_compliance as sla
from sla_compliance.cache.redis import RedisCache
from sla_compliance.errors import CacheUnavailableError
from sla_compliance.service import ComplianceService, TenantSettings
from tests.servers.holding_proxy import HoldingProxy
from tests.servers.process import ServerProcess
from tests.service.world import TENANT, LiveFacts, at, service_of

pytestmark = pytest.mark.anyio

RUNS: Final = int(os.environ.get("SLA_TEST_RACES", "6"))
CACHE_TIME_OUT: Final = dt.timedelta(milliseconds=60)
LONGEST_WAIT_S: Final = 3.0
"""Far above what a machine under load takes, and far below the 10 seconds for which a lock is waited for."""
OUTAGE: Final = sla.Alarm(at(26, 9), at(26, 10), id=1)


@contextmanager
def holding(proxy: HoldingProxy) -> Iterator[None]:
    """Hold what clients send while the block runs."""
    proxy.hold()
    try:
        yield
    finally:
        proxy.deliver()


def cached_service(facts: LiveFacts, url: str) -> ComplianceService:
    """Return the service of a process of its own, whose cache may take 60 ms."""
    return service_of(facts, cache=RedisCache(url), cache_time_out=CACHE_TIME_OUT)


async def downtime_minutes(service: ComplianceService) -> int:
    """Return what somebody is shown."""
    return (await service.compliance(TENANT, at(20), at(28))).total.downtime_minutes


async def at_random(longest_s: float) -> None:
    """Wait for some time."""
    await asyncio.sleep(random.random() * longest_s)  # noqa: S311 - when things meet


async def report(facts: LiveFacts, service: ComplianceService, new: sla.Alarm) -> None:
    """Change the outage and report it, until that succeeds."""
    await at_random(0.08)
    old, facts.alarms = facts.alarms[1], {1: new}
    while True:
        try:
            await service.alarm_changed(TENANT, old, new)
        except CacheUnavailableError:
            await asyncio.sleep(0.02)
        else:
            return


async def be_late(fault: AbstractContextManager[None]) -> None:
    """Let the cache be late for a while."""
    await at_random(0.05)
    with fault:
        await asyncio.sleep(0.03)
        await at_random(0.15)


@pytest.mark.parametrize("kind", ["suspended", "late network"])
async def test_a_late_cache_shows_no_old_figure_and_keeps_nobody_waiting(
    server: ServerProcess, proxy: HoldingProxy, kind: str
) -> None:
    """A lock, a token, an entry, the release of a lock: whichever of them comes late, or never."""
    facts = LiveFacts(TenantSettings("UTC"), at(28, 12), OUTAGE)
    facts.delay_s = 0.02
    for run in range(RUNS):
        measuring = [cached_service(facts, proxy.url) for _ in range(2)]
        reporting, later = (cached_service(facts, server.url) for _ in range(2))
        minutes = 1 + run % 50
        fault = server.hanging() if kind == "suspended" else holding(proxy)
        await asyncio.gather(
            *(downtime_minutes(service) for service in measuring),
            report(facts, reporting, replace(OUTAGE, cleared_at=at(26, 9, minutes))),
            be_late(fault),
        )
        for service in (later, *measuring, reporting, later):
            began = perf_counter()
            assert await downtime_minutes(service) == minutes, run
            assert perf_counter() - began < LONGEST_WAIT_S, run
        for service in (*measuring, reporting, later):
            await service.aclose()
