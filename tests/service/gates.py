"""Parts of a service that stop before a chosen call, so that another service can act in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

from sla_compliance.cache.protocol import Cache
from sla_compliance.service import ComplianceService
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.stores.protocol import DayStore
from tests.service.world import LiveFacts, LiveTenants


class Gate:
    """Stops before the call of this number, of all calls of the parts that share it.

    Attributes:
        is_reached: set once it has stopped.
        may_go: what it waits for then.
    """

    def __init__(self, number: int) -> None:
        self.is_reached = asyncio.Event()
        self.may_go = asyncio.Event()
        self._number = number
        self._count = 0

    async def passed(self) -> None:
        """Wait here, if this is the call."""
        self._count += 1
        if self._count == self._number:
            self.is_reached.set()
            await self.may_go.wait()


def gated(name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Return a method of a GatedPart that calls the part's own behind the gate."""

    async def call(self: GatedPart, *args: Any, **kwargs: Any) -> Any:
        await self.gate.passed()
        return await getattr(self.part, name)(*args, **kwargs)

    return call


class GatedPart:
    """A real part behind a gate.

    Attributes:
        part, gate: both.
    """

    def __init__(self, part: Any, gate: Gate) -> None:
        self.part = part
        self.gate = gate


class GatedStore(GatedPart):
    """A DayStore."""


class GatedCache(GatedPart):
    """A Cache."""


STORE_CALLS = (
    "days",
    "changes",
    "add",
    "mark_stale",
    "stale",
    "restate",
    "restatements",
    "now_us",
    "measured_after",
    "outdate_others",
)
for call_name in STORE_CALLS:
    setattr(GatedStore, call_name, gated(call_name))
for call_name in ("get_many", "set_many", "delete_many", "lock", "unlock", "aclose"):
    setattr(GatedCache, call_name, gated(call_name))


class GatedSource(GatedPart):
    """LiveFacts as a source."""

    async def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: Any = EVERY_QUALIFYING) -> Any:
        """Return the alarms as they are once the gate was passed."""
        await self.gate.passed()
        return await self.part.fetch(tenant_id, start_us, end_us, wanted)

    def complete_since(self, tenant_id: str) -> int | None:
        """Return since when rows are complete."""
        since_us: int | None = self.part.complete_since(tenant_id)
        return since_us


def gated_service(facts: LiveFacts, gate: Gate, *, store: Any, cache: Any, **options: Any) -> ComplianceService:
    """Return a service of a process of its own over shared facts, store and cache, all behind a gate."""
    return ComplianceService(
        GatedSource(facts, gate),
        tenants=LiveTenants(facts),
        exclusions=facts.agreements(),
        cache=cast("Cache", GatedCache(cache, gate)),
        store=None if store is None else cast("DayStore", GatedStore(store, gate)),
        **{"clock": facts.clock, **options},
    )
