"""The promises of SupportsRowsById, as tests, for sources whose rows carry their ids."""

from __future__ import annotations

from typing import Protocol

from sla_compliance.alarms import Alarm
from sla_compliance.sources.protocol import AlarmSource, SupportsRowsById
from sla_compliance.testing.stored_alarms import HOUR, SINCE, SINCE_US, UNTIL_US, Stored

# A column of ids may hold UUIDs alone.
_OLD, _NOW, _NOT_NAMED, _OF_ANOTHER = (f"5e0dd0c5-1f0d-4f0e-9d2a-2f8e2c4a7b0{digit}" for digit in range(4))


class SourceOfRowsById(AlarmSource, SupportsRowsById, Protocol):
    """A source that also finds rows by their ids."""


class RowsByIdContract:
    """What sources promise that find rows by their ids.

    A test class brings the fixtures of AlarmSourceContract: `source` and `stored`.
    """

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

    def test_no_ids_are_no_rows(self, source: SourceOfRowsById, stored: Stored) -> None:
        """Nor are those of a tenant that is not known."""
        stored("acme", [Alarm(SINCE, SINCE + HOUR, id=_NOW)])
        assert len(source.fetch_by_ids("acme", [])) == 0
        assert len(source.fetch_by_ids("unknown", [_NOW])) == 0
        assert len(source.fetch("acme", SINCE_US, UNTIL_US)) == 1
