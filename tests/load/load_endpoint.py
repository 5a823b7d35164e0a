"""The endpoint under load; run by `nox -s load`, minutes long, not part of the tests."""
################################################################
# One machine holds all of it: PostgreSQL, Valkey, two workers and the crowd. So the
# figures are those of a server that shares its cores with everything else. The crowd
# looks twice: without the nightly reconciliation, and while it runs over and over.
################################################################

from __future__ import annotations

import asyncio
import os
import re
from collections import Counter
from typing import Final

from tests.load.crowd import Crowd, Seen, percentiles_ms, views
from tests.load.fleet import fill
from tests.load.night import Reconciliations, store_days
from tests.load.truth import Figures, shorten_silently, true_figures, wrong_dates
from tests.servers import postgres, valkey
from tests.web.live import Live, serving

TENANTS: Final = int(os.environ.get("SLA_LOAD_TENANTS", "1000"))
ALARMS: Final = int(os.environ.get("SLA_LOAD_ALARMS", "10000"))
SECONDS: Final = int(os.environ.get("SLA_LOAD_SECONDS", "360"))
"""How long the crowd looks, each time."""
PER_SECOND: Final = float(os.environ.get("SLA_LOAD_PER_SECOND", "40"))
CHECKED: Final = 20
"""The figures of how many tenants are compared with their rows; they are those that most people look at."""
LIMITS_MS: Final = {30: 300, 90: 600}
LEAST_HIT_RATIO: Final = 0.85


def cache_counts(live: Live) -> Counter[str]:
    """Return the hits and misses so far, of all tenants and workers."""
    pattern = r"^sla_compliance_cache_(hits|misses)_total\S* (\S+)$"
    counts: Counter[str] = Counter()
    for name, count in re.findall(pattern, live.get("metrics").text, re.MULTILINE):
        counts[name] += int(float(count))
    return counts


def look(live: Live, *, is_warm: bool) -> tuple[list[Seen], Counter[str]]:
    """Let the crowd look; return what it saw and how often that was remembered."""
    return asyncio.run(_look(live, is_warm=is_warm))


async def _look(live: Live, *, is_warm: bool) -> tuple[list[Seen], Counter[str]]:
    crowd = Crowd(live.url, TENANTS, checked=CHECKED)
    if not is_warm:
        await crowd.warm_up()
    before = cache_counts(live)
    seen = await crowd.look(list(views(TENANTS, round(SECONDS * PER_SECOND))), per_second=PER_SECOND)
    await crowd.aclose()
    return seen, cache_counts(live) - before


def late_kinds(title: str, seen: list[Seen], counts: Counter[str]) -> list[str]:
    """Return the kinds of views of which fewer than nineteen of twenty were there in time; print all figures.

    None may have failed, and most must have been remembered.
    """
    hit_ratio = counts["hits"] / counts.total()
    times = {days: percentiles_ms(seen, days) for days in LIMITS_MS}
    print(f"\n{title}: {len(seen)} views at {PER_SECOND:g} a second, remembered: {hit_ratio:.1%}")
    print(f"statuses: {dict(Counter(each.status for each in seen))}")
    for days, cuts in times.items():
        print(f"{days} days: " + ", ".join(f"{name} {value:.0f} ms" for name, value in cuts.items()))
    assert {each.status for each in seen} == {200}
    assert hit_ratio > LEAST_HIT_RATIO
    return [f"{title}, {days} days" for days, limit in LIMITS_MS.items() if times[days]["p95"] > limit]


def wrong(seen: list[Seen], truths: dict[str, list[Figures]]) -> list[tuple[str, list[str]]]:
    """Return the tenants and dates of the figures that are none of those that are true."""
    bodies = {(view.view.tenant, view.body) for view in seen if view.body}
    assert len(bodies) >= min(CHECKED, len({tenant for tenant, _ in bodies}))
    checked = [(tenant, wrong_dates(body, *truths[tenant])) for tenant, body in bodies]
    return [(tenant, dates) for tenant, dates in checked if dates]


def test_many_tenants_look_at_their_dashboards_while_all_are_reconciled() -> None:
    """Nineteen of twenty views are there in time, most are remembered, none fails, none shows a wrong figure."""
    binaries, cache_binary = (next(iter(each.installed_binaries().values())) for each in (postgres, valkey))
    with postgres.running_postgres(binaries) as database, valkey.running_valkey(cache_binary) as cache:
        fill(database.url, tenants=TENANTS, alarms=ALARMS)
        stored = store_days(database.url, cache.url)
        print(f"\n{TENANTS} tenants of {ALARMS} alarms, {stored} stored days")
        ranks = range(1, CHECKED + 1)
        truths = {f"tenant-{rank}": [true_figures(database.url, rank)] for rank in ranks}
        options = ("--database-url", database.url, "--redis-url", cache.url, "--workers", "2")
        with serving(*options) as live:
            seen, counts = look(live, is_warm=False)
            late = late_kinds("without the job", seen, counts)
            assert wrong(seen, truths) == []
            # Every other tenant's rows change, and nothing but the reconciliation can tell.
            for rank in ranks[::2]:
                shorten_silently(database.url, rank)
                truths[f"tenant-{rank}"].append(true_figures(database.url, rank))
            job = Reconciliations(database.url, cache.url)
            with job.running():
                seen, counts = look(live, is_warm=True)
            print(f"\nreconciled {len(job.checked)} times: {job.checked} days, restated {job.restated}")
            late += late_kinds("beside the job", seen, counts)
            assert wrong(seen, truths) == []
            assert job.restated[0] > 0
            assert sum(job.restated[1:]) == 0
            for rank in ranks:
                tenant = f"tenant-{rank}"
                body = live.ask("compliance?days=90&exclude_maintenance=true&detail=full", tenant).content
                assert wrong_dates(body, truths[tenant][-1]) == [], tenant
    assert late == []  # last, for it depends on the machine
