"""The promises of SupportsAncestors, as tests, beside those of AlarmSource."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from sla_compliance.alarms import Alarm
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.compliance import evaluate
from sla_compliance.sources.protocol import AlarmSource, SupportsAncestors
from sla_compliance.testing.alarm_source import AlarmSourceContract
from sla_compliance.testing.stored_alarms import HOUR, SINCE, SINCE_US, UNTIL, UNTIL_US, Stored, needs
from sla_compliance.units import MICROSECOND


class AncestorSource(AlarmSource, SupportsAncestors, Protocol):
    """A source that also knows the parents of its alarms."""


class AncestorContract(AlarmSourceContract):
    """What sources promise that return the parents of their alarms."""

    def test_ancestors_come_along_whatever_their_severity_or_time(
        self, source: AncestorSource, stored: Stored, columns: Collection[str]
    ) -> None:
        """To the root, of the same tenant, once each; other alarms outside the window do not."""
        needs(columns, "id", "severity", "resource_id")
        holds_parents = "parent_alarm_id" in columns
        week = 7 * 24 * HOUR
        root = Alarm(SINCE - 3 * week, SINCE - 2 * week, id="root", severity="info", resource_id="olt")
        middle = Alarm(SINCE - 2 * week, SINCE - week, id="middle", severity="minor", parent_alarm_id="root")
        child = Alarm(SINCE, SINCE + HOUR, id="child", parent_alarm_id="middle")
        stored("acme", [root, middle, child, replace(root, id="no parent")])
        stored("another", [replace(root, id="of another")])
        batch = source.fetch_with_ancestors("acme", SINCE_US, UNTIL_US)
        assert len(batch) == (3 if holds_parents else 1)
        assert len(source.fetch("acme", SINCE_US, UNTIL_US)) == 1
        work = MaintenanceWindow(SINCE, SINCE + HOUR, applies_to={"resource_id": ["olt"]}, with_children=True)
        report = evaluate(batch, maintenance=[work], start=SINCE, end=UNTIL, zone="UTC", as_of=UNTIL)
        assert report.total.downtime_us == (0 if holds_parents else HOUR // MICROSECOND)

    def test_parents_in_a_circle_end(self, source: AncestorSource, stored: Stored, columns: Collection[str]) -> None:
        """A row that is its own parent, too."""
        needs(columns, "id")
        stored("acme", [Alarm(SINCE, SINCE + HOUR, id="self", parent_alarm_id="self")])
        assert len(source.fetch_with_ancestors("acme", SINCE_US, UNTIL_US)) == 1
