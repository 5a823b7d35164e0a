"""Alarms in memory keep the promises of a source."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.sources.memory import MemoryAlarmSource
from tests.contract.alarm_source import AlarmSourceContract, Stored


class GrowingSource(MemoryAlarmSource):
    """A memory source that is filled after it was made."""

    def store(self, tenant_id: str, alarms: Iterable[Alarm]) -> None:
        """Hold the alarms of a tenant."""
        self._batches[tenant_id] = AlarmBatch.from_alarms(alarms, on_invalid="quarantine")


class TestMemorySource(AlarmSourceContract):
    """The simplest source."""

    @pytest.fixture
    def source(self) -> GrowingSource:
        """A source without alarms."""
        return GrowingSource({})

    @pytest.fixture
    def stored(self, source: GrowingSource) -> Stored:
        """Writes into the source."""
        return source.store
