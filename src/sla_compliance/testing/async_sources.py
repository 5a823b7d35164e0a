"""The suites of sources for async sources: the same promises, awaited."""
################################################################
# A test class brings `async_source` where the suite of a sync source needs `source`, and
# `async_source_of` where it needs `source_of`. Each test has an event loop of its own,
# `runner`: what is bound to a loop, such as a pool of connections, is made in it and
# closed by `runner.run(...)`.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import pytest

from sla_compliance.alarms import Alarm, AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import AnyExclusion
from sla_compliance.corrections import Correction
from sla_compliance.inventory import Inventory
from sla_compliance.sources.protocol import EVERY_QUALIFYING, AsyncAlarmSource, ExclusionSource
from sla_compliance.testing.alarm_source import AlarmSourceContract
from sla_compliance.testing.ancestor_source import AncestorContract
from sla_compliance.testing.correction_source import CorrectionSourceContract
from sla_compliance.testing.detailed_alarm_source import DetailedAlarmSourceContract
from sla_compliance.testing.exclusion_source import ExclusionSourceContract
from sla_compliance.testing.inventory_source import InventorySourceContract
from sla_compliance.testing.rows_by_id import RowsByIdContract
from sla_compliance.testing.stored_alarms import HOUR, SINCE, SINCE_US, UNTIL_US, Stored, extents, meeting

MANY_AT_ONCE = 20


class BlockingSource:
    """An async source seen as a sync one: each call runs on an event loop until it is answered."""

    def __init__(self, source: Any, runner: asyncio.Runner) -> None:  # noqa: ANN401 - it has some of the methods
        self._source = source
        self._runner = runner

    def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING) -> AlarmBatch:
        """Return what the async source does."""
        batch: AlarmBatch = self._runner.run(self._source.fetch(tenant_id, start_us, end_us, wanted))
        return batch

    def fetch_details(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return what the async source does."""
        batch: AlarmBatch = self._runner.run(self._source.fetch_details(tenant_id, start_us, end_us, wanted))
        return batch

    def fetch_with_ancestors(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return what the async source does."""
        batch: AlarmBatch = self._runner.run(self._source.fetch_with_ancestors(tenant_id, start_us, end_us, wanted))
        return batch

    def fetch_by_ids(self, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        """Return what the async source does."""
        batch: AlarmBatch = self._runner.run(self._source.fetch_by_ids(tenant_id, row_ids))
        return batch

    def inventory(self, tenant_id: str) -> Inventory:
        """Return what the async source does."""
        inventory: Inventory = self._runner.run(self._source.inventory(tenant_id))
        return inventory

    def corrections(self, tenant_id: str) -> Sequence[Correction]:
        """Return what the async source does."""
        corrections: Sequence[Correction] = self._runner.run(self._source.corrections(tenant_id))
        return corrections


class BlockingExclusionSource:
    """An async source of exclusions seen as a sync one."""

    def __init__(self, source: ExclusionSource, runner: asyncio.Runner) -> None:
        self._source = source
        self._runner = runner

    def fetch(self, tenant_id: str, start_us: int, end_us: int) -> Sequence[AnyExclusion]:
        """Return what the async source does."""
        return self._runner.run(self._source.fetch(tenant_id, start_us, end_us))


class OnOneLoop:
    """The event loop of a test."""

    @pytest.fixture
    def runner(self) -> Iterator[asyncio.Runner]:
        """Run what is async."""
        with asyncio.Runner() as runner:
            yield runner


class _WithAsyncSource(OnOneLoop):
    """The fixture `source`, of `async_source`."""

    @pytest.fixture
    def source(self, async_source: Any, runner: asyncio.Runner) -> BlockingSource:  # noqa: ANN401 - some of the methods
        """Return the async source as a sync one."""
        return BlockingSource(async_source, runner)


class _WithAsyncSourceOf(OnOneLoop):
    """The fixture `source_of`, of `async_source_of`."""

    @pytest.fixture
    def source_of(self, async_source_of: Callable[[Any], Any], runner: asyncio.Runner) -> Callable[[Any], Any]:
        """Return what makes the async source as a sync one."""
        return lambda contents: BlockingSource(async_source_of(contents), runner)


class AsyncAlarmSourceContract(_WithAsyncSource, AlarmSourceContract):
    """What every AsyncAlarmSource promises; needs the fixtures `async_source` and `stored`."""

    def test_questions_at_once_are_answered_apart(
        self, async_source: AsyncAlarmSource, stored: Stored, runner: asyncio.Runner
    ) -> None:
        """Of several tenants, and of one: no answer is another's."""
        tenants = [f"tenant {number}" for number in range(MANY_AT_ONCE)]
        alarms = {
            tenant: Alarm(SINCE, SINCE + number * HOUR, id=f"row {number}") for number, tenant in enumerate(tenants, 1)
        }
        for tenant, alarm in alarms.items():
            stored(tenant, [alarm])

        async def answers() -> list[AlarmBatch]:
            return await asyncio.gather(*(async_source.fetch(tenant, SINCE_US, UNTIL_US) for tenant in tenants * 2))

        returned = [extents(batch) for batch in runner.run(answers())]
        assert returned == [meeting([alarm]) for alarm in alarms.values()] * 2


class AsyncDetailedAlarmSourceContract(AsyncAlarmSourceContract, DetailedAlarmSourceContract):
    """What sources promise that are both AsyncAlarmSource and AsyncDetailedAlarmSource."""


class AsyncAncestorContract(AsyncAlarmSourceContract, AncestorContract):
    """What sources promise that are both AsyncAlarmSource and AsyncSupportsAncestors."""


class AsyncRowsByIdContract(_WithAsyncSource, RowsByIdContract):
    """What sources promise that are both AsyncAlarmSource and AsyncSupportsRowsById."""


class AsyncInventorySourceContract(_WithAsyncSourceOf, InventorySourceContract):
    """What every AsyncSupportsInventory promises; needs the fixture `async_source_of`."""


class AsyncCorrectionSourceContract(_WithAsyncSourceOf, CorrectionSourceContract):
    """What every AsyncSupportsCorrections promises; needs the fixture `async_source_of`."""


class AsyncExclusionSourceContract(OnOneLoop, ExclusionSourceContract):
    """What every ExclusionSource promises; needs the fixture `async_source_of`."""

    @pytest.fixture
    def source_of(
        self, async_source_of: Callable[[Mapping[str, Sequence[AnyExclusion]]], ExclusionSource], runner: asyncio.Runner
    ) -> Callable[[Mapping[str, Sequence[AnyExclusion]]], BlockingExclusionSource]:
        """Return what makes the async source as a sync one."""
        return lambda agreed: BlockingExclusionSource(async_source_of(agreed), runner)
