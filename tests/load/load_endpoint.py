"""The endpoint under load; run by `nox -s load`, minutes long, not part of the tests."""
################################################################
# One machine holds all of it: PostgreSQL, Valkey, two workers and the crowd. So the
# figures are those of a server that shares its cores with everything else.
################################################################

from __future__ import annotations

import asyncio
import os
import re
from collections import Counter
from typing import Final

from tests.load.crowd import Crowd, Seen, percentiles_ms, views
from tests.load.fleet import fill
from tests.servers import postgres, valkey
from tests.web.live import Live, serving

TENANTS: Final = int(os.environ.get("SLA_LOAD_TENANTS", "1000"))
ALARMS: Final = int(os.environ.get("SLA_LOAD_ALARMS", "10000"))
SECONDS: Final = int(os.environ.get("SLA_LOAD_SECONDS", "360"))
PER_SECOND: Final = float(os.environ.get("SLA_LOAD_PER_SECOND", "40"))
LIMITS_MS: Final = {30: 300, 90: 600}
LEAST_HIT_RATIO: Final = 0.85


def cache_counts(live: Live) -> Counter[str]:
    """Return the hits and misses so far, of all tenants and workers."""
    pattern = r"^sla_compliance_cache_(hits|misses)_total\S* (\S+)$"
    counts: Counter[str] = Counter()
    for name, count in re.findall(pattern, live.get("metrics").text, re.MULTILINE):
        counts[name] += int(float(count))
    return counts


async def visited(live: Live) -> tuple[list[Seen], Counter[str]]:
    """Let the crowd look; return what it saw and how often that was remembered."""
    crowd = Crowd(live.url, TENANTS)
    await crowd.warm_up()
    before = cache_counts(live)
    seen = await crowd.look(list(views(TENANTS, round(SECONDS * PER_SECOND))), per_second=PER_SECOND)
    await crowd.aclose()
    return seen, cache_counts(live) - before


def test_many_tenants_look_at_their_dashboards() -> None:
    """Nineteen of twenty views are there in time, most are remembered, none fails."""
    binaries, cache_binary = (next(iter(each.installed_binaries().values())) for each in (postgres, valkey))
    with postgres.running_postgres(binaries) as database, valkey.running_valkey(cache_binary) as cache:
        fill(database.url, tenants=TENANTS, alarms=ALARMS)
        options = ("--database-url", database.url, "--redis-url", cache.url, "--workers", "2")
        with serving(*options) as live:
            seen, counts = asyncio.run(visited(live))
    hit_ratio = counts["hits"] / counts.total()
    times = {days: percentiles_ms(seen, days) for days in LIMITS_MS}
    print(f"\n{TENANTS} tenants of {ALARMS} alarms, {len(seen)} views at {PER_SECOND:g} a second")
    print(f"remembered: {hit_ratio:.1%}; statuses: {dict(Counter(each.status for each in seen))}")
    for days, cuts in times.items():
        print(f"{days} days: " + ", ".join(f"{name} {value:.0f} ms" for name, value in cuts.items()))
    assert {each.status for each in seen} == {200}
    assert hit_ratio > LEAST_HIT_RATIO
    assert [days for days, limit in LIMITS_MS.items() if times[days]["p95"] > limit] == []
