"""Services that seal what they write to a shared cache: entries of others are misses, and are reported once."""

from __future__ import annotations

import asyncio
import datetime as dt
from uuid import uuid4

import pytest
import redis

from sla_compliance import Alarm, AlarmBatch
from sla_compliance.cache.entries import digest
from sla_compliance.cache.memory import MemoryCache
from sla_compliance.cache.redis import RedisCache
from sla_compliance.cache.seals import derived_cache_key
from sla_compliance.errors import InvalidCacheEntryError, InvalidValueError
from sla_compliance.service import ComplianceService, MemoryTenants, Provenance, Statistics, TenantSettings, to_async
from sla_compliance.sources.memory import MemoryAlarmSource

OWN, OTHER = (f"{name}-{uuid4().hex}" for name in ("acme", "zenith"))
KEY = derived_cache_key("a secret of these tests, long enough to derive from")
OTHER_KEY = derived_cache_key("another secret of these tests, long enough as well")
NOON = dt.datetime(2025, 10, 10, 12, tzinfo=dt.UTC)
START, END = NOON - dt.timedelta(days=3), NOON
OUTAGE = Alarm(NOON - dt.timedelta(days=2), NOON - dt.timedelta(days=1, hours=23, minutes=30))
ANOTHER_TENANTS = Alarm(NOON - dt.timedelta(days=2), NOON - dt.timedelta(days=1, hours=15))


class Failures(Statistics):
    """Keeps what it is called with."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[BaseException] = []

    def failed(self, what: str, error: BaseException) -> None:
        """Keep it."""
        super().failed(what, error)
        self.errors.append(error)


def service_with(cache: MemoryCache | RedisCache, key: bytes | None, observer: Failures) -> ComplianceService:
    """Return a service of two tenants: the first was down for half an hour, the second for nine."""
    alarms = {OWN: [OUTAGE], OTHER: [ANOTHER_TENANTS]}
    return ComplianceService(
        to_async(MemoryAlarmSource({name: AlarmBatch.from_alarms(rows) for name, rows in alarms.items()})),
        tenants=MemoryTenants(dict.fromkeys(alarms, TenantSettings("UTC"))),
        cache=cache,
        cache_key=key,
        clock=lambda: NOON,
        observer=observer,
    )


async def asked(service: ComplianceService, tenant: str = OWN) -> tuple[int, set[Provenance]]:
    """Return a tenant's minutes of downtime, and where its days came from."""
    answer = await service.compliance(tenant, START, END)
    minutes = sum(day.downtime_us for day in answer.days) // 60_000_000
    return minutes, set(answer.provenance)


def test_services_of_one_key_share_their_days() -> None:
    """And nothing is reported."""

    async def run() -> None:
        cache, failures = MemoryCache(), Failures()
        first, second = (service_with(cache, KEY, failures) for _ in range(2))
        assert await asked(first) == (30, {Provenance.SOURCE})
        assert await asked(second) == (30, {Provenance.CACHE})
        assert failures.errors == []

    asyncio.run(run())


@pytest.mark.parametrize("writers_key", [None, OTHER_KEY], ids=["no key", "another key"])
def test_days_of_no_key_or_another_are_measured_again_and_reported_once(writers_key: bytes | None) -> None:
    """However often they are looked up; from then on the days are one's own."""

    async def run() -> None:
        cache, failures = MemoryCache(), Failures()
        await asked(service_with(cache, writers_key, Failures()))
        reader = service_with(cache, KEY, failures)
        assert await asked(reader) == (30, {Provenance.SOURCE})
        assert [await asked(reader) for _ in range(3)] == [(30, {Provenance.CACHE})] * 3
        assert [(type(error), str(error)[:9]) for error in failures.errors] == [(InvalidCacheEntryError, "4 entries")]
        assert failures.failures == {"cache": 1}
        await asked(service_with(cache, writers_key, Failures()))
        assert await asked(reader) == (30, {Provenance.SOURCE})
        assert failures.failures == {"cache": 2}

    asyncio.run(run())


def test_a_tenants_sealed_days_are_no_figures_of_another(redis_url: str) -> None:
    """Not by moving values from key to key in a real cache, tokens and all."""

    async def run() -> None:
        failures = Failures()
        writer = service_with(RedisCache(redis_url, time_out_s=5), KEY, failures)
        assert await asked(writer) == (30, {Provenance.SOURCE})
        with redis.Redis.from_url(redis_url) as client:
            assert await asked(writer, OTHER) == (540, {Provenance.SOURCE})
            own_places, other_places = (
                sorted(client.scan_iter(match=f"*{digest(tenant)}*"), key=_after_tenant) for tenant in (OWN, OTHER)
            )
            assert len(own_places) > 4
            assert list(map(_after_tenant, own_places)) == list(map(_after_tenant, other_places))
            for own, other in zip(own_places, other_places, strict=True):
                client.set(own, client.get(other))
        assert await asked(writer) == (30, {Provenance.SOURCE})
        assert failures.failures == {"cache": 1}
        await writer.aclose()

    asyncio.run(run())


def _after_tenant(place: bytes) -> bytes:
    """Return what a key of the cache says after its tenant."""
    return place.partition(b"}")[2]


def test_a_short_key_is_an_error_at_once() -> None:
    """Not at the first request."""
    with pytest.raises(InvalidValueError, match="cache_key is 5 bytes"):
        service_with(MemoryCache(), b"short", Failures())
