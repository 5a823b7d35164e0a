"""A process that asks a service fifty times at once: `python -m tests.service.asker REDIS_URL LOG MINUTES_LATER`."""
################################################################
# It says "ready", waits for a line, asks, and prints what it was told as JSON.
# Every query of the source is a line in LOG, whichever process made it.
################################################################

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sys
from pathlib import Path

import sla_compliance as sla
from sla_compliance.batch import AlarmBatch
from sla_compliance.cache.redis import RedisCache
from sla_compliance.service import TenantSettings
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from tests.service.world import TENANT, LiveFacts, at, service_of

QUESTIONS = 50
QUERY_S = 0.3
PATIENT = dt.timedelta(seconds=20)


class LoggedFacts(LiveFacts):
    """Facts whose queries are written down for all processes."""

    log: Path

    async def fetch(
        self, tenant_id: str, start_us: int, end_us: int, wanted: sla.AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return the alarms, slowly."""
        with self.log.open("a") as log:
            log.write("query\n")
        return await super().fetch(tenant_id, start_us, end_us, wanted)


def facts(later: dt.timedelta, log: Path) -> LoggedFacts:
    """Return a tenant with an hour's outage, and a second one that is found while the first figures hold."""
    facts = LoggedFacts(TenantSettings("UTC"), at(28, 12) + later, sla.Alarm(at(28, 9), at(28, 10), id=1))
    if later:
        facts.alarms[2] = sla.Alarm(at(28, 10), at(28, 11), id=2)
    facts.log, facts.delay_s = log, QUERY_S
    return facts


async def main(redis_url: str, log: Path, later: dt.timedelta) -> None:
    """Ask and print."""
    cache = RedisCache(redis_url, time_out_s=PATIENT.total_seconds())
    service = service_of(facts(later, log), cache=cache, cache_time_out=PATIENT)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    answers = await asyncio.gather(*(service.compliance(TENANT, at(1), at(29)) for _ in range(QUESTIONS)))
    await asyncio.sleep(2 * QUERY_S)
    await service.aclose()
    print(json.dumps([[answer.total.downtime_minutes, answer.is_cached] for answer in answers]))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), dt.timedelta(minutes=float(sys.argv[3]))))
