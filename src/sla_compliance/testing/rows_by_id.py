"""The promises of SupportsRowsById, as tests, for sources whose rows carry their ids."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import ClassVar, Protocol

import pytest

from sla_compliance.alarms import Alarm
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.compliance import evaluate
from sla_compliance.sources.protocol import AlarmSource, SupportsRowsById
from sla_compliance.testing.stored_alarms import EVERY_COLUMN, HOUR, SINCE, SINCE_US, UNTIL, UNTIL_US, Stored, needs

# A column of ids may hold UUIDs alone.
_OLD, _NOW, _NOT_NAMED, _OF_ANOTHER, _CHILD = (f"5e0dd0c5-1f0d-4f0e-9d2a-2f8e2c4a7b0{digit}" for digit in range(5))


class SourceOfRowsById(AlarmSource, SupportsRowsById, Protocol):
    """A source that also finds rows by their ids."""


class RowsByIdContract:
    """What sources promise that find rows by their ids.

    A test class brings the fixtures of AlarmSourceContract: `source` and `stored`.

    Attributes:
        lacks: the columns of an Alarm that the place does not keep, e.g. ("parent_alarm_id",).
    """

    lacks: ClassVar[Collection[str]] = ()

    @pytest.fixture
    def columns(self) -> Collection[str]:
        """Return the names of the columns that the place keeps, as an Alarm has them."""
        return EVERY_COLUMN - set(self.lacks)

    def test_rows_come_by_their_ids_whatever_their_severity_or_time(
        self, source: SourceOfRowsById, stored: Stored
    ) -> None:
        """Once each, of the same tenant, with what describes them; ids that no row has say nothing."""
        week = 7 * 24 * HOUR
        old = Alarm(SINCE - week, SINCE - week + HOUR, id=_OLD, severity="info", resource_id="olt")
        now = Alarm(SINCE, SINCE + HOUR, id=_NOW, resource_id="olt")
        stored("acme", [old, now, Alarm(SINCE, id=_NOT_NAMED)])
        stored("another", [Alarm(SINCE, SINCE + 2 * HOUR, id=_OF_ANOTHER)])
        batch = source.fetch_by_ids("acme", [_OLD, _NOW, _OF_ANOTHER, "none", "o'brien", "0", "\0", "\ud800"])
        rows = {str(batch.columns["id"][row]): batch.alarm(row) for row in range(len(batch))}
        assert len(batch) == len(rows)
        assert {key: (alarm.first_occurrence, alarm.cleared_at, alarm.severity) for key, alarm in rows.items()} == {
            _OLD: (old.first_occurrence, old.cleared_at, "info"),
            _NOW: (now.first_occurrence, now.cleared_at, "critical"),
        }
        assert {alarm.resource_id for alarm in rows.values()} == {"olt"}

    def test_ancestors_of_rows_come_along_whatever_their_severity_or_time(
        self, source: SourceOfRowsById, stored: Stored, columns: Collection[str]
    ) -> None:
        """To the root, of the same tenant, once each: also a row that is asked for and is a parent of another."""
        needs(columns, "id", "severity", "parent_alarm_id", "resource_id")
        week = 7 * 24 * HOUR
        root = Alarm(SINCE - 3 * week, SINCE - 2 * week, id=_OLD, severity="info", resource_id="olt")
        middle = Alarm(SINCE - week, SINCE, id=_NOW, severity="minor", parent_alarm_id=_OLD)
        child = Alarm(SINCE, SINCE + HOUR, id=_CHILD, parent_alarm_id=_NOW)
        stored("acme", [root, middle, child, replace(child, id=_NOT_NAMED)])
        stored("another", [replace(root, id=_OF_ANOTHER)])
        for row_ids in ([_CHILD], [_CHILD, _NOW]):
            batch = source.fetch_by_ids("acme", row_ids)
            assert sorted(map(str, batch.columns["id"])) == sorted([_OLD, _NOW, _CHILD])
            work = MaintenanceWindow(SINCE, SINCE + HOUR, applies_to={"resource_id": ["olt"]}, with_children=True)
            report = evaluate(batch, maintenance=[work], start=SINCE, end=UNTIL, zone="UTC", as_of=UNTIL)
            assert report.total.downtime_us == 0

    def test_ancestors_in_a_circle_end(
        self, source: SourceOfRowsById, stored: Stored, columns: Collection[str]
    ) -> None:
        """A row that is its own parent, too."""
        needs(columns, "id", "parent_alarm_id")
        stored("acme", [Alarm(SINCE, SINCE + HOUR, id=_NOW, parent_alarm_id=_NOW)])
        assert len(source.fetch_by_ids("acme", [_NOW])) == 1

    def test_no_ids_are_no_rows(self, source: SourceOfRowsById, stored: Stored) -> None:
        """Nor are those of a tenant that is not known."""
        stored("acme", [Alarm(SINCE, SINCE + HOUR, id=_NOW)])
        assert len(source.fetch_by_ids("acme", [])) == 0
        assert len(source.fetch_by_ids("unknown", [_NOW])) == 0
        assert len(source.fetch("acme", SINCE_US, UNTIL_US)) == 1
