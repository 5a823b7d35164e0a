"""Sources of alarms that break promises as first attempts do; run by test_broken_promises.py."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

import pytest

from sla_compliance.alarms import Alarm, AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.errors import InvalidValueError
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.testing import (
    AncestorContract,
    AsyncAlarmSourceContract,
    DetailedAlarmSourceContract,
    RowsByIdContract,
    SourcePartsContract,
)
from sla_compliance.testing.stored_alarms import SINCE, UNTIL, Stored
from sla_compliance.units import moment


class Source:
    """Keeps its promises; the sources below break some."""

    def __init__(self) -> None:
        self.alarms: dict[str, list[Alarm]] = defaultdict(list)

    def store(self, tenant_id: str, alarms: Iterable[Alarm]) -> None:
        """Keep alarms of a tenant."""
        self.alarms[tenant_id] += alarms

    def rows(self, tenant_id: str) -> list[Alarm]:
        """Return the alarms of a tenant."""
        return self.alarms.get(tenant_id, [])

    def batch(self, rows: Iterable[Alarm]) -> AlarmBatch:
        """Return rows as a batch."""
        return AlarmBatch.from_alarms(rows, on_invalid="quarantine")

    def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING) -> AlarmBatch:
        """Return the alarms of the window."""
        del wanted
        batch = self.batch(self.rows(tenant_id))
        return batch.take(batch.rows_within_reach(start_us, end_us))

    def fetch_details(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return the same."""
        return self.fetch(tenant_id, start_us, end_us, wanted)

    def fetch_with_ancestors(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return the same without ancestors."""
        return self.fetch(tenant_id, start_us, end_us, wanted)

    def fetch_by_ids(self, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        """Return the alarms with these ids, without their ancestors."""
        return self.batch([row for row in self.rows(tenant_id) if row.id in row_ids])


class OfAllTenants(Source):
    """Forgets to ask for the tenant."""

    def rows(self, tenant_id: str) -> list[Alarm]:
        del tenant_id
        return [row for rows in self.alarms.values() for row in rows]


class OfAlikeTenants(Source):
    """Compares tenants without case and blanks."""

    def rows(self, tenant_id: str) -> list[Alarm]:
        alike = [name for name in self.alarms if name.strip().lower() == tenant_id.strip().lower()]
        return [row for name in alike for row in self.alarms[name]]


class WholeTable(Source):
    """Ignores the window."""

    def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING) -> AlarmBatch:
        del start_us, end_us, wanted
        return self.batch(self.rows(tenant_id))


class RaisedInTheWindow(Source):
    """Asks for alarms raised in the window: those that were raised before are lost."""

    def rows(self, tenant_id: str) -> list[Alarm]:
        return [row for row in super().rows(tenant_id) if SINCE <= row.first_occurrence < UNTIL]


class Clipping(Source):
    """Cuts alarms at the window, and to the second."""

    def rows(self, tenant_id: str) -> list[Alarm]:
        return [
            replace(row, first_occurrence=max(SINCE, row.first_occurrence).replace(microsecond=0))
            for row in super().rows(tenant_id)
        ]


class ExactWords(Source):
    """Compares severities as they are spelled."""

    def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING) -> AlarmBatch:
        batch = self.batch([row for row in self.rows(tenant_id) if row.severity in set(map(str, wanted.severities))])
        return batch.take(batch.rows_within_reach(start_us, end_us))


class FewColumns(Source):
    """Reads starts, ends and severities alone."""

    def batch(self, rows: Iterable[Alarm]) -> AlarmBatch:
        return super().batch(
            Alarm(row.first_occurrence, row.cleared_at, severity=row.severity, id=row.id) for row in rows
        )


class BadRowsDropped(Source):
    """Drops what cannot be read."""

    def batch(self, rows: Iterable[Alarm]) -> AlarmBatch:
        return replace(super().batch(rows), rejected=())


class OnlyQualifying(Source):
    """Filters by id too early: rows of any severity are needed."""

    def fetch_by_ids(self, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        return super().fetch_by_ids(tenant_id, row_ids).qualifying(EVERY_QUALIFYING)


class NoIdsMeanAll(Source):
    """`WHERE id IN ()` left out."""

    def fetch_by_ids(self, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        return super().fetch_by_ids(tenant_id, row_ids) if row_ids else self.batch(self.rows(tenant_id))


class WalkingForEver(Source):
    """Looks for the parent of the parent of the parent."""

    def _with_parents(self, tenant_id: str, rows: Iterable[Alarm]) -> list[Alarm]:
        found: list[Alarm] = []
        for row in rows:
            parents = [one for one in self.rows(tenant_id) if one.id is not None and one.id == row.parent_alarm_id]
            found += [row, *self._with_parents(tenant_id, parents)]
        return found

    def fetch_with_ancestors(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        del start_us, end_us, wanted
        return self.batch(self._with_parents(tenant_id, self.rows(tenant_id)))

    def fetch_by_ids(self, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        rows = [row for row in self.rows(tenant_id) if row.id in row_ids]
        return self.batch(self._with_parents(tenant_id, rows))


class OtherDetails(Source):
    """Its drill-down has another query."""

    def fetch_details(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        batch = self.fetch(tenant_id, start_us, end_us, wanted).qualifying(wanted)
        return AlarmBatch.from_alarms(replace(batch.alarm(row), title=None) for row in range(len(batch)))


class WithoutUpdates(Source):
    """Reads all columns but when a row was last written."""

    def batch(self, rows: Iterable[Alarm]) -> AlarmBatch:
        return super().batch(replace(row, updated_at=None) for row in rows)


class TestSources(AncestorContract, DetailedAlarmSourceContract, RowsByIdContract):
    """Each breaks something."""

    @pytest.fixture(
        params=[
            OfAllTenants,
            OfAlikeTenants,
            WholeTable,
            RaisedInTheWindow,
            Clipping,
            ExactWords,
            FewColumns,
            BadRowsDropped,
            OnlyQualifying,
            NoIdsMeanAll,
            WalkingForEver,
            OtherDetails,
            WithoutUpdates,
        ]
    )
    def source(self, request: pytest.FixtureRequest) -> Source:
        source: Source = request.param()
        return source

    @pytest.fixture
    def stored(self, source: Source) -> Stored:
        return source.store


class OneQuestionAtATime(Source):
    """Keeps whom it was asked for in itself, and waits for the database."""

    tenant_id = ""

    async def fetch(  # type: ignore[override]
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        self.tenant_id = tenant_id
        await asyncio.sleep(0)
        return super().fetch(self.tenant_id, start_us, end_us, wanted)


class TestAsyncSources(AsyncAlarmSourceContract):
    """Each breaks something that is about `await`."""

    @pytest.fixture(params=[OneQuestionAtATime])
    def async_source(self, request: pytest.FixtureRequest) -> Any:
        return request.param()

    @pytest.fixture
    def stored(self, async_source: Source) -> Stored:
        return async_source.store


class SwallowingParts(Source):
    """Answers whatever happens, with things of wrong types."""

    is_sample = "no"

    def complete_since(self, tenant_id: str) -> Any:
        return moment(0) if tenant_id else None

    def unrecognized_severity_rows(self, tenant_id: str) -> Any:
        return -1 if tenant_id else None

    def forget(self, tenant_id: str) -> None:
        del self.alarms[tenant_id]


class WrappingParts(SwallowingParts):
    """Calls its own errors the caller's."""

    def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING) -> AlarmBatch:
        del start_us, end_us, wanted
        raise InvalidValueError("the database is down; try again", field=tenant_id)


class TestParts(SourcePartsContract):
    """Each breaks something."""

    @pytest.fixture(params=[SwallowingParts, WrappingParts])
    def source(self, request: pytest.FixtureRequest) -> Any:
        return request.param()

    @pytest.fixture
    def unreachable(self, source: Any) -> Any:
        return source
