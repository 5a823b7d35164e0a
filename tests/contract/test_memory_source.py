"""Alarms in memory keep the promises of a source."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pytest

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.testing import RowsByIdContract
from sla_compliance.testing.ancestor_source import AncestorContract
from sla_compliance.testing.stored_alarms import HOUR, SINCE, SINCE_US, UNTIL_US, Stored, bounds


class GrowingSource(MemoryAlarmSource):
    """A memory source that is filled after it was made."""

    def store(self, tenant_id: str, alarms: Iterable[Alarm]) -> None:
        """Hold the alarms of a tenant."""
        self._batches[tenant_id] = AlarmBatch.from_alarms(alarms, on_invalid="quarantine")


class TestMemorySource(AncestorContract, RowsByIdContract):
    """The simplest source."""

    @pytest.fixture
    def source(self) -> GrowingSource:
        """A source without alarms."""
        return GrowingSource({})

    @pytest.fixture
    def stored(self, source: GrowingSource) -> Stored:
        """Writes into the source."""
        return source.store

    def test_rows_of_one_id_are_in_doubt_together(self, source: GrowingSource, stored: Stored) -> None:
        """One that is over before the window still says that the other may have been over by then."""
        alarms = [Alarm(SINCE - HOUR, SINCE - HOUR / 2, id="1"), Alarm(SINCE - HOUR, SINCE + HOUR, id="1")]
        stored("acme", alarms)
        assert bounds(source.fetch("acme", SINCE_US, UNTIL_US)) == bounds(AlarmBatch.from_alarms(alarms))
        assert bounds(AlarmBatch.from_alarms(alarms)) != bounds(AlarmBatch.from_alarms(alarms[1:]))


class OutageSource(MemoryAlarmSource):
    """A memory source of tenants of which only the starts and ends of outages are known."""

    def store(self, tenant_id: str, alarms: Iterable[Alarm]) -> None:
        """Hold when the alarms of a tenant were raised and cleared."""
        outages = [Alarm(alarm.first_occurrence, alarm.cleared_at) for alarm in alarms]
        self._batches[tenant_id] = AlarmBatch.from_alarms(outages, on_invalid="quarantine")


class TestSourceOfFewColumns(AncestorContract):
    """A source keeps the promises that are not about columns that it lacks."""

    @pytest.fixture
    def columns(self) -> Collection[str]:
        """The least that a source has."""
        return {"first_occurrence", "cleared_at"}

    @pytest.fixture
    def source(self) -> OutageSource:
        """A source without alarms."""
        return OutageSource({})

    @pytest.fixture
    def stored(self, source: OutageSource) -> Stored:
        """Writes into the source."""
        return source.store
