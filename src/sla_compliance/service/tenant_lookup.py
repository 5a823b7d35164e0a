"""TenantLookup: settings and inventories of tenants, with the last known ones while they cannot be read."""
################################################################
# A value that was read holds for its lifetime. After that it is read again, once for
# all callers at the same time (a single flight).
#
# While a tenant's value cannot be read, or comes late, its last known one is taken,
# and it holds for some seconds more. So a database that is down or hangs takes no
# tenant's remembered days away, and costs one short wait every few seconds. A reading
# that is late goes on and counts when it is there.
#
# Settings of many tenants are read together where the tenants can; what is left out of
# that, or all of it where it fails, is read one by one.
#
# That no tenant has an id is an answer: nothing is known of the tenant any more. Other
# errors of the library are faults of settings; they come through.
################################################################

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Final, Generic, TypeVar

from sla_compliance.agreements import TenantSettings
from sla_compliance.errors import SLAComplianceError, UnknownTenantError
from sla_compliance.inventory import Inventory
from sla_compliance.service.guarded_calls import GuardedCalls
from sla_compliance.service.observer import ServiceObserver
from sla_compliance.service.single_flight import SingleFlight
from sla_compliance.sources.protocol import AsyncSupportsInventory, SupportsForget, SupportsManySettings, Tenants

WAIT_WITH_LAST_KNOWN_S: Final = 0.25
"""How long a caller waits who has a last known value."""
BACK_OFF_S: Final = 5.0
TENANTS_OF_A_CALL: Final = 500
"""How many tenants are read together: the event loop makes their settings in some tens of milliseconds."""
MOST_TENANTS: Final = 100_000

_Fact = TypeVar("_Fact")


class TenantLookup:
    """The Tenants of a service, and its AsyncSupportsInventory; for one event loop."""

    def __init__(
        self,
        tenants: Tenants,
        inventories: AsyncSupportsInventory | None,
        observer: ServiceObserver,
        lifetime: timedelta,
        time_out: timedelta,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Keep the parts; nothing is read yet.

        Args:
            inventories: None: every inventory is empty.
            observer: called where a last known value is taken because of an error or a late answer.
            lifetime: how long a value holds before it is read again; 0: it is read every time.
            time_out: how long a reading may take.
            clock: seconds that never go back.
        """
        self._settings: _LastKnown[TenantSettings] = _LastKnown("tenants", observer, lifetime, time_out, clock)
        self._known_inventories: _LastKnown[Inventory] = _LastKnown("inventories", observer, lifetime, time_out, clock)
        self._tenants = tenants
        self._inventories = inventories

    async def settings(self, tenant_id: str) -> TenantSettings:
        """Return the settings of a tenant.

        Raises:
            UnknownTenantError: no tenant has this id.
            TimeoutError, or the error of the tenants: they cannot be read, and none are known.
        """
        return await self._settings.read(tenant_id, lambda: self._tenants.settings(tenant_id))

    async def settings_of_tenants(self, tenant_ids: Iterable[str]) -> dict[str, TenantSettings]:
        """Return the settings of those of some tenants that hold or can be read together; a call for some hundreds.

        The others are to be asked for by `settings`: all of them, where the tenants are read one by one.
        """
        source = self._tenants
        read_many = source.settings_of_tenants if isinstance(source, SupportsManySettings) else None
        return await self._settings.read_many(dict.fromkeys(tenant_ids), read_many)

    async def inventory(self, tenant_id: str) -> Inventory:
        """Return the inventory of a tenant; errors as `settings`."""
        source = self._inventories
        if source is None:
            return Inventory(())
        return await self._known_inventories.read(tenant_id, lambda: source.inventory(tenant_id))

    def forget(self, tenant_id: str) -> None:
        """Take what is known of a tenant for wrong: it is read again, and readings under way do not count."""
        self._settings.forget(tenant_id)
        self._known_inventories.forget(tenant_id)
        for part in (self._tenants, self._inventories):
            if isinstance(part, SupportsForget):
                part.forget(tenant_id)

    def forget_running(self) -> None:
        """Share no reading under way any more: the event loop that it runs on has ended."""
        self._settings.forget_running()
        self._known_inventories.forget_running()

    async def aclose(self) -> None:
        """Cancel what is under way."""
        await self._settings.aclose()
        await self._known_inventories.aclose()


@dataclass(slots=True)
class _Known(Generic[_Fact]):
    """A value that was read, and until when it holds."""

    fact: _Fact
    holds_until_s: float


class _LastKnown(Generic[_Fact]):
    """A fact of each tenant, read again after its lifetime."""

    def __init__(
        self,
        part: str,
        observer: ServiceObserver,
        lifetime: timedelta,
        time_out: timedelta,
        clock: Callable[[], float],
    ) -> None:
        self._part = part
        self._observer = observer
        self._lifetime_s = lifetime.total_seconds()
        self._clock = clock
        self._calls = GuardedCalls(f"the source of {part}", time_out)
        self._flights: SingleFlight[_Fact] = SingleFlight()
        self._known: OrderedDict[str, _Known[_Fact]] = OrderedDict()
        self._times_forgotten = 0

    async def read(self, tenant_id: str, work: Callable[[], Awaitable[_Fact]]) -> _Fact:
        """Return the fact of a tenant, by `work` where none holds."""
        known = self._known.get(tenant_id)
        if known is not None and self._clock() < known.holds_until_s:
            return known.fact
        task = self._flights.task(tenant_id, lambda: self._read(tenant_id, work))
        await asyncio.wait({task}, timeout=None if known is None else WAIT_WITH_LAST_KNOWN_S)
        if known is None:
            return task.result()
        error = task.exception() if task.done() else TimeoutError(f"the source of {self._part} is late")
        if isinstance(error, UnknownTenantError):
            self._known.pop(tenant_id, None)
        if error is None or isinstance(error, SLAComplianceError):
            return task.result()
        known.holds_until_s = self._clock() + BACK_OFF_S
        self._observer.failed(self._part, error)
        return known.fact

    async def read_many(
        self,
        tenant_ids: Iterable[str],
        work: Callable[[Collection[str]], Awaitable[Mapping[str, _Fact]]] | None,
    ) -> dict[str, _Fact]:
        """Return those facts of some tenants that hold, and of the others those that `work` returns."""
        now_s = self._clock()
        facts: dict[str, _Fact] = {}
        unread_ids: list[str] = []
        for tenant_id in tenant_ids:
            known = self._known.get(tenant_id)
            if known is not None and now_s < known.holds_until_s:
                facts[tenant_id] = known.fact
            else:
                unread_ids.append(tenant_id)
        if work is None:
            return facts
        for first in range(0, len(unread_ids), TENANTS_OF_A_CALL):
            some_ids = unread_ids[first : first + TENANTS_OF_A_CALL]
            times_forgotten = self._times_forgotten
            try:
                # For the time-outs it is a call of the first of them.
                read = await self._calls.call(some_ids[0], partial(work, some_ids))
            except Exception as error:
                self._observer.failed(self._part, error)
                break
            facts |= read
            if times_forgotten == self._times_forgotten:
                for tenant_id, fact in read.items():
                    self._keep(tenant_id, fact)
        return facts

    async def _read(self, tenant_id: str, work: Callable[[], Awaitable[_Fact]]) -> _Fact:
        times_forgotten = self._times_forgotten
        fact = await self._calls.call(tenant_id, work)
        if times_forgotten == self._times_forgotten:
            self._keep(tenant_id, fact)
        return fact

    def _keep(self, tenant_id: str, fact: _Fact) -> None:
        self._known[tenant_id] = _Known(fact, self._clock() + self._lifetime_s)
        self._known.move_to_end(tenant_id)
        if len(self._known) > MOST_TENANTS:
            # Ids may come from tokens, any number of them: memory stays bounded.
            self._known.popitem(last=False)

    def forget(self, tenant_id: str) -> None:
        self._known.pop(tenant_id, None)
        self._times_forgotten += 1
        self._flights.forget(tenant_id)

    def forget_running(self) -> None:
        self._flights.forget_all()

    async def aclose(self) -> None:
        await self._flights.aclose()
