"""The promises of AlarmSource, as tests: every source's test class inherits them and brings two fixtures."""
################################################################
# `stored` writes rows, `source` reads them; both know the same empty place, and
# `source` quarantines bad rows. A promise about a column that the place does not keep
# is skipped: a test class names such columns in `lacks`, or has a fixture `columns` of
# its own. Every place keeps `first_occurrence` and `cleared_at`.
################################################################

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest

from sla_compliance.alarms import Alarm, AlarmFilter, Severity
from sla_compliance.batch import AlarmBatch
from sla_compliance.compliance import evaluate
from sla_compliance.policy import SLAPolicy
from sla_compliance.report import ComplianceReport
from sla_compliance.sources.protocol import AlarmSource
from sla_compliance.testing.stored_alarms import (
    EVERY_COLUMN,
    HOSTILE_TENANTS,
    HOUR,
    SINCE,
    SINCE_US,
    UNTIL,
    UNTIL_US,
    Stored,
    bounds,
    extents,
    kept,
    meeting,
    needs,
    undated_extents,
    varied_alarms,
)
from sla_compliance.units import MICROSECOND, instant_us
from sla_compliance.validation import STILL_ACTIVE_US


class AlarmSourceContract:
    """What every source promises; needs the fixtures `source` and `stored`.

    Attributes:
        lacks: the columns of an Alarm that the place does not keep, e.g. ("status", "alarm_type").
    """

    lacks: ClassVar[Collection[str]] = ()

    @pytest.fixture
    def columns(self) -> Collection[str]:
        """Return the names of the columns that the place keeps, as an Alarm has them."""
        return EVERY_COLUMN - set(self.lacks)

    def test_returns_every_alarm_that_meets_the_window(self, source: AlarmSource, stored: Stored) -> None:
        """Raised before it, inside, still active: all are there, to the microsecond."""
        alarms = [
            Alarm(SINCE - HOUR, SINCE + MICROSECOND, id="into", alarm_id="a"),
            Alarm(SINCE - HOUR, UNTIL + HOUR, id="over", alarm_id="a"),
            Alarm(SINCE + HOUR, SINCE + 2 * HOUR + 123_457 * MICROSECOND, id="inside", alarm_id="a"),
            Alarm(UNTIL - MICROSECOND, UNTIL + HOUR, id="out", alarm_id="a"),
            Alarm(SINCE - 400 * 24 * HOUR, id="for ages", alarm_id="a"),
            Alarm(UNTIL - HOUR, id="active", alarm_id="a"),
        ]
        stored("acme", alarms)
        batch = source.fetch("acme", SINCE_US, UNTIL_US)
        assert set(meeting(alarms)) <= set(extents(batch))
        assert len(batch) == len(alarms)

    def test_alarms_far_outside_the_window_do_not_come_along(self, source: AlarmSource, stored: Stored) -> None:
        """A source may return more than asked for, but not the whole table."""
        week = 7 * 24 * HOUR
        stored("acme", [Alarm(SINCE - 2 * week, SINCE - week, id="1"), Alarm(UNTIL + week, UNTIL + 2 * week, id="2")])
        assert len(source.fetch("acme", SINCE_US, UNTIL_US)) == 0

    def test_an_unknown_tenant_has_no_alarms(self, source: AlarmSource, stored: Stored) -> None:
        """It is the service that knows tenants."""
        stored("acme", [Alarm(SINCE, UNTIL, id="1")])
        assert len(source.fetch("nobody", SINCE_US, UNTIL_US)) == 0

    def test_no_other_tenants_alarm_is_returned_whatever_the_id_contains(
        self, source: AlarmSource, stored: Stored
    ) -> None:
        """Metacharacters of any language are data."""
        tenants = ["acme", *HOSTILE_TENANTS]
        for hours, tenant in enumerate(tenants, 1):
            stored(tenant, [Alarm(SINCE, SINCE + hours * HOUR, id=f"row {hours}")])
        found = {tenant: extents(source.fetch(tenant, SINCE_US, UNTIL_US)) for tenant in tenants}
        assert found == {
            tenant: meeting([Alarm(SINCE, SINCE + hours * HOUR)]) for hours, tenant in enumerate(tenants, 1)
        }

    @pytest.fixture
    def storable_severities(self) -> Collection[Severity]:
        """Return the severities that the place can hold."""
        return tuple(Severity)

    @pytest.mark.parametrize("spelling", [str.lower, str.upper, str.capitalize])
    def test_only_severities_asked_for_are_needed_in_any_spelling(
        self,
        source: AlarmSource,
        stored: Stored,
        columns: Collection[str],
        storable_severities: Collection[Severity],
        spelling: Callable[[str], str],
    ) -> None:
        """Filtering again by what the batch carries leaves exactly those asked for."""
        needs(columns, "severity")
        stored(
            "acme",
            [
                Alarm(SINCE, SINCE + hours * HOUR, severity=spelling(severity), id=f"row {hours}")
                for hours, severity in enumerate(Severity, 1)
                if severity in storable_severities
            ],
        )
        wanted = AlarmFilter({"minor", "info"})
        batch = source.fetch("acme", SINCE_US, UNTIL_US, wanted).qualifying(wanted)
        assert extents(batch) == meeting([Alarm(SINCE, SINCE + hours * HOUR) for hours in (3, 5)])

    def test_excluded_types_and_statuses_can_be_left_out(
        self, source: AlarmSource, stored: Stored, columns: Collection[str]
    ) -> None:
        """The batch carries what a filter needs."""
        needs(columns, "alarm_type", "status")
        plain = Alarm(SINCE, SINCE + HOUR, id="1", alarm_type="los", status="ACTIVE")
        stored(
            "acme",
            [
                plain,
                replace(plain, id="2", cleared_at=SINCE + 2 * HOUR, alarm_type="Test"),
                replace(plain, id="3", cleared_at=SINCE + 3 * HOUR, status="SUPPRESSED"),
            ],
        )
        wanted = AlarmFilter(excluded_alarm_types=["test"], excluded_statuses=["suppressed"])
        batch = source.fetch("acme", SINCE_US, UNTIL_US, wanted).qualifying(wanted)
        assert extents(batch) == meeting([plain])

    def test_the_end_is_inferred_as_the_core_does(
        self, source: AlarmSource, stored: Stored, columns: Collection[str]
    ) -> None:
        """Cleared, else resolved, else last seen where the status says over, else active."""
        needs(columns, "resolved_at", "status", "last_occurrence")
        seen = SINCE + 5 * HOUR
        alarms = [
            Alarm(SINCE, SINCE + HOUR, resolved_at=seen, last_occurrence=seen, id="1", status="CLEARED"),
            Alarm(SINCE, resolved_at=SINCE + 2 * HOUR, last_occurrence=seen, id="2", status="RESOLVED"),
            Alarm(SINCE, last_occurrence=SINCE + 3 * HOUR, id="3", status="CLEARED"),
            Alarm(SINCE, last_occurrence=SINCE + 4 * HOUR, id="4", status="ACTIVE"),
        ]
        stored("acme", alarms)
        batch = source.fetch("acme", SINCE_US, UNTIL_US)
        expected = AlarmBatch.from_alarms(alarms)
        assert extents(batch) == extents(expected)
        assert undated_extents(batch) == undated_extents(expected)
        assert len(batch.undated) == 1
        assert batch.last_seen_us is not None
        assert batch.last_seen_us[batch.ends_us.index(STILL_ACTIVE_US)] == instant_us(SINCE + 4 * HOUR, field="seen")

    def test_rows_over_without_a_time_end_by_the_next_row_of_their_device(
        self, source: AlarmSource, stored: Stored, columns: Collection[str]
    ) -> None:
        """Also where that row does not qualify, or lies outside the window; a bad row, or another device's, is none."""
        needs(columns, "severity", "status", "last_occurrence", "alarm_id")
        over = Alarm(SINCE, id="over", alarm_id="a", status="CLEARED", last_occurrence=SINCE)
        alarms = [
            over,
            Alarm(SINCE + HOUR, SINCE, id="bad", alarm_id="a"),
            Alarm(SINCE + 2 * HOUR, SINCE + 3 * HOUR, id="other", alarm_id="b"),
            Alarm(SINCE + 5 * HOUR, SINCE + 6 * HOUR, id="minor", alarm_id="a", severity="minor"),
            Alarm(SINCE + 7 * HOUR, SINCE + 8 * HOUR, id="later", alarm_id="a"),
            Alarm(UNTIL - HOUR, id="late", alarm_id="c", status="CLEARED", last_occurrence=UNTIL - HOUR),
            Alarm(UNTIL + HOUR, UNTIL + 2 * HOUR, id="outside", alarm_id="c", severity="info"),
            Alarm(SINCE + HOUR, id="last", alarm_id="d", status="RESOLVED", last_occurrence=SINCE + HOUR),
        ]
        stored("acme", alarms)
        stored("another", [replace(over, id="of another", first_occurrence=SINCE + HOUR)])
        batch = source.fetch("acme", SINCE_US, UNTIL_US)
        expected = AlarmBatch.from_alarms(alarms, on_invalid="quarantine")
        assert undated_extents(batch) == undated_extents(expected)
        assert [bound for *_, bound in undated_extents(batch)] == [
            instant_us(SINCE + 5 * HOUR, field="next"),
            None,
            instant_us(UNTIL + HOUR, field="next"),
        ]
        assert bounds(batch) == bounds(expected)
        assert [rejected.bound_us for rejected in batch.rejected] == [instant_us(SINCE + 5 * HOUR, field="next")]

    def test_a_row_written_later_was_over_by_then(
        self, source: AlarmSource, stored: Stored, columns: Collection[str]
    ) -> None:
        """As far as the place keeps when a row was last written."""
        needs(columns, "status", "last_occurrence", "alarm_id")
        alarms = [
            Alarm(SINCE, id="1", alarm_id="a", status="CLEARED", last_occurrence=SINCE, updated_at=SINCE + HOUR),
            Alarm(SINCE + 5 * HOUR, SINCE + 6 * HOUR, id="2", alarm_id="a"),
        ]
        stored("acme", alarms)
        batch = source.fetch("acme", SINCE_US, UNTIL_US)
        hours = 1 if "updated_at" in columns else 5
        assert undated_extents(batch) == [(SINCE_US, SINCE_US, instant_us(SINCE + hours * HOUR, field="bound"))]

    def test_an_overwritten_severity_is_doubt_and_no_uptime(
        self, source: AlarmSource, stored: Stored, columns: Collection[str]
    ) -> None:
        """Rows that no wanted severity matches come back where "cleared" stands over what they were."""
        needs(columns, "severity")
        alarms = [
            Alarm(SINCE, SINCE + HOUR, id="1", severity="cleared", status="CLEARED"),
            Alarm(SINCE + 5 * HOUR, SINCE + 6 * HOUR, id="2"),
        ]
        stored("acme", alarms)
        batch = source.fetch("acme", SINCE_US, UNTIL_US)
        expected = AlarmBatch.from_alarms(alarms)
        assert bounds(batch) == bounds(expected)
        low, high = bounds(batch)
        assert low != high
        assert extents(batch.qualifying(AlarmFilter())) == meeting(alarms[1:])

    def test_an_unknown_severity_is_set_aside(
        self, source: AlarmSource, stored: Stored, columns: Collection[str], holds_unknown_severities: bool
    ) -> None:
        """It is doubt; an odd spelling of a known one counts."""
        needs(columns, "severity", "id")
        if not holds_unknown_severities:
            pytest.skip("an enum has no other word")
        alarms = [
            Alarm(SINCE, SINCE + HOUR, id="1", severity="Sev1"),
            Alarm(SINCE + 5 * HOUR, SINCE + 6 * HOUR, id="2", severity="cRiTiCaL"),
            Alarm(SINCE + 8 * HOUR, SINCE + 9 * HOUR, id="3"),
        ]
        stored("acme", alarms)
        batch = source.fetch("acme", SINCE_US, UNTIL_US)
        expected = AlarmBatch.from_alarms(alarms, on_invalid="quarantine")
        assert [row.columns["id"] for row in batch.rejected] == ["1"]
        assert bounds(batch) == bounds(expected)
        assert extents(batch.qualifying(AlarmFilter())) == meeting(alarms[1:])

    @pytest.fixture
    def holds_unknown_severities(self) -> bool:
        """Whether the place can hold a severity that does not exist."""
        return True

    def test_bad_rows_are_set_aside_and_the_rest_stays(self, source: AlarmSource, stored: Stored) -> None:
        """Sources under test quarantine; nothing is dropped silently."""
        stored("acme", [Alarm(SINCE + HOUR, SINCE, id="bad"), Alarm(SINCE, SINCE + HOUR, id="good")])
        batch = source.fetch("acme", SINCE_US, UNTIL_US)
        assert extents(batch) == meeting([Alarm(SINCE, SINCE + HOUR)])
        assert len(batch.rejected) == 1

    def test_figures_are_those_of_the_core(self, source: AlarmSource, stored: Stored, columns: Collection[str]) -> None:
        """The same report, cell by cell, as from the same rows in memory."""
        alarms = varied_alarms()
        stored("acme", alarms)
        policy = SLAPolicy(stale_after=timedelta(days=3))
        for days in (31, 1):
            fetched = source.fetch("acme", SINCE_US, instant_us(SINCE + timedelta(days=days), field="end"))
            reports = [
                evaluate(
                    batch,
                    start=SINCE,
                    end=SINCE + timedelta(days=days),
                    zone="Europe/Berlin",
                    as_of=UNTIL - 7 * HOUR,
                    policy=policy,
                )
                for batch in (fetched, AlarmBatch.from_alarms(kept(alarms, columns)))
            ]
            assert _cells_by_day(reports[0]) == _cells_by_day(reports[1])


def _cells_by_day(report: ComplianceReport) -> dict[str, dict[str, int]]:
    """Return the cells of each day that are not empty, microseconds, so that a failure shows what differs."""
    return {
        str(record.date): {
            f"{scope}/{state}": length_us for (scope, state), length_us in record.segments.items() if length_us
        }
        for record in report.days
    }
