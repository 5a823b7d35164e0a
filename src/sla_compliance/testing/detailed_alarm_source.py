"""The promises of DetailedAlarmSource, as tests, beside those of AlarmSource."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from sla_compliance.alarms import Alarm
from sla_compliance.sources.protocol import AlarmSource, DetailedAlarmSource
from sla_compliance.testing.alarm_source import AlarmSourceContract
from sla_compliance.testing.stored_alarms import HOUR, SINCE, SINCE_US, UNTIL_US, Stored, extents, kept, varied_alarms


class DetailedSource(AlarmSource, DetailedAlarmSource, Protocol):
    """A source that also drills down."""


class DetailedAlarmSourceContract(AlarmSourceContract):
    """What sources promise that fetch the columns for people only when asked."""

    def test_details_are_the_same_alarms(self, source: DetailedSource, stored: Stored) -> None:
        """Overview and drill-down cannot disagree."""
        stored("acme", varied_alarms())
        assert extents(source.fetch_details("acme", SINCE_US, UNTIL_US)) == extents(
            source.fetch("acme", SINCE_US, UNTIL_US)
        )

    def test_details_say_all_that_the_row_says(
        self, source: DetailedSource, stored: Stored, columns: Collection[str]
    ) -> None:
        """Texts come back as they are, whatever they contain."""
        alarm = Alarm(
            SINCE,
            SINCE + HOUR,
            id="0b7a3bd2-7f5b-4c39-8b6e-5d1f3f0a9c11",
            alarm_id="los:{olt-1},'port' \"7\"\\",
            severity="critical",
            status="CLEARED",
            alarm_type="NULL",
            resource_id="olt-1/7, \n{}",
            customer_id="7d9d5f3e-6a55-4c3e-8f27-0d2b5b1f9a10",
            subscriber_count=1200,
            title="Fibre cut ✂ “north”",
            last_occurrence=SINCE + HOUR,
        )
        stored("acme", [alarm])
        batch = source.fetch_details("acme", SINCE_US, UNTIL_US)
        returned = batch.alarm(0)
        (expected,) = kept([alarm], columns)
        assert replace(returned, status=expected.status) == expected
        assert returned.status is expected.status is None or str(returned.status).upper() == "CLEARED"
