"""The promises of AlarmSource, as tests: every source's test class inherits them and brings two fixtures."""
################################################################
# `stored` writes rows, `source` reads them; both know the same empty place.
# Everything is compared with what the core makes of the same rows in memory,
# to the microsecond.
################################################################

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Protocol

import pytest

from sla_compliance.alarms import Alarm, AlarmFilter, Severity
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.compliance import evaluate
from sla_compliance.policy import SLAPolicy
from sla_compliance.sources.protocol import AlarmSource, DetailedAlarmSource, SupportsAncestors
from sla_compliance.units import instant_us
from sla_compliance.validation import STILL_ACTIVE_US

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
UNTIL = datetime(2026, 4, 1, tzinfo=UTC)
SINCE_US, UNTIL_US = instant_us(SINCE, field="since"), instant_us(UNTIL, field="until")
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)

Stored = Callable[[str, Iterable[Alarm]], None]
"""Writes the alarms of a tenant."""

HOSTILE_TENANTS = [
    "o'brien",
    'quo"ted',
    "'; DROP TABLE alarms; --",
    "x' OR '1'='1",
    "%",
    "_",
    "a%b",
    "{acme}",
    "acme,acme",
    "\\",
    "acme:",
    "a\nb",
    " acme ",
    "ACME",
    "acm\N{LATIN SMALL LETTER E WITH ACUTE}",
    "🦊",
    "\N{MATHEMATICAL BOLD SCRIPT SMALL A}" * 60,
    "",
]


class DetailedSource(AlarmSource, DetailedAlarmSource, Protocol):
    """A source that also drills down."""


def extents(batch: AlarmBatch) -> list[tuple[int, int]]:
    """Return when the alarms of a batch were raised and over, in order."""
    return sorted(zip(batch.starts_us, batch.ends_us, strict=True))


def undated_extents(batch: AlarmBatch) -> list[tuple[int, int, int | None]]:
    """Return start, end and known bound of the alarms that say they are over and not when, in order."""
    return sorted((batch.starts_us[row], batch.ends_us[row], bound) for row, bound in batch.undated.items())


def bounds(batch: AlarmBatch) -> tuple[Fraction | None, Fraction | None]:
    """Return the least and the greatest availability of the window that no doubt about the rows rules out."""
    report_bounds = evaluate(batch, start=SINCE, end=UNTIL, zone="UTC", as_of=UNTIL).bounds()
    return report_bounds.low, report_bounds.high


def meeting(alarms: Iterable[Alarm]) -> list[tuple[int, int]]:
    """Return the extents of the alarms that share an instant with the window."""
    return [
        (start, end)
        for start, end in extents(AlarmBatch.from_alarms(alarms))
        if start < UNTIL_US and end > SINCE_US and start < end
    ]


class AlarmSourceContract:
    """What every source promises."""

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
        """The severities that the place can hold."""
        return tuple(Severity)

    @pytest.mark.parametrize("spelling", [str.lower, str.upper, str.capitalize])
    def test_only_severities_asked_for_are_needed_in_any_spelling(
        self,
        source: AlarmSource,
        stored: Stored,
        storable_severities: Collection[Severity],
        spelling: Callable[[str], str],
    ) -> None:
        """Filtering again by what the batch carries leaves exactly those asked for."""
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

    def test_excluded_types_and_statuses_can_be_left_out(self, source: AlarmSource, stored: Stored) -> None:
        """The batch carries what a filter needs."""
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

    def test_the_end_is_inferred_as_the_core_does(self, source: AlarmSource, stored: Stored) -> None:
        """Cleared, else resolved, else last seen where the status says over, else active."""
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
        self, source: AlarmSource, stored: Stored
    ) -> None:
        """Also where that row does not qualify, or lies outside the window; a bad row, or another device's, is none."""
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
        (rejected,) = batch.rejected
        assert rejected.bound_us == instant_us(SINCE + 5 * HOUR, field="next")

    def test_a_row_written_later_was_over_by_then(
        self, source: AlarmSource, stored: Stored, holds_updates: bool
    ) -> None:
        """As far as the place keeps when a row was last written."""
        alarms = [
            Alarm(SINCE, id="1", alarm_id="a", status="CLEARED", last_occurrence=SINCE, updated_at=SINCE + HOUR),
            Alarm(SINCE + 5 * HOUR, SINCE + 6 * HOUR, id="2", alarm_id="a"),
        ]
        stored("acme", alarms)
        batch = source.fetch("acme", SINCE_US, UNTIL_US)
        hours = 1 if holds_updates else 5
        assert undated_extents(batch) == [(SINCE_US, SINCE_US, instant_us(SINCE + hours * HOUR, field="bound"))]

    @pytest.fixture
    def holds_updates(self) -> bool:
        """Whether the place keeps when a row was last written."""
        return True

    def test_an_overwritten_severity_is_doubt_and_no_uptime(self, source: AlarmSource, stored: Stored) -> None:
        """Rows that no wanted severity matches come back where "cleared" stands over what they were."""
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
        self, source: AlarmSource, stored: Stored, holds_unknown_severities: bool
    ) -> None:
        """It is doubt; an odd spelling of a known one counts."""
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

    def test_figures_are_those_of_the_core(self, source: AlarmSource, stored: Stored) -> None:
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
                for batch in (fetched, AlarmBatch.from_alarms(alarms))
            ]
            assert [record.segments for record in reports[0].days] == [record.segments for record in reports[1].days]


class DetailedAlarmSourceContract(AlarmSourceContract):
    """What sources promise that fetch the columns for people only when asked."""

    def test_details_are_the_same_alarms(self, source: DetailedSource, stored: Stored) -> None:
        """Overview and drill-down cannot disagree."""
        stored("acme", varied_alarms())
        assert extents(source.fetch_details("acme", SINCE_US, UNTIL_US)) == extents(
            source.fetch("acme", SINCE_US, UNTIL_US)
        )

    def test_details_say_all_that_the_row_says(self, source: DetailedSource, stored: Stored) -> None:
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
        found = batch.alarm(0)
        assert replace(found, status="CLEARED") == alarm
        assert str(found.status).upper() == "CLEARED"


class AncestorSource(AlarmSource, SupportsAncestors, Protocol):
    """A source that also knows the parents of its alarms."""


class AncestorContract(AlarmSourceContract):
    """What sources promise that return the parents of their alarms."""

    @pytest.fixture
    def holds_parents(self) -> bool:
        """Whether the place keeps an alarm's parent."""
        return True

    def test_ancestors_come_along_whatever_their_severity_or_time(
        self, source: AncestorSource, stored: Stored, holds_parents: bool
    ) -> None:
        """To the root, of the same tenant, once each; other alarms outside the window do not."""
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

    def test_parents_in_a_circle_end(self, source: AncestorSource, stored: Stored) -> None:
        """A row that is its own parent, too."""
        stored("acme", [Alarm(SINCE, SINCE + HOUR, id="self", parent_alarm_id="self")])
        assert len(source.fetch_with_ancestors("acme", SINCE_US, UNTIL_US)) == 1


def varied_alarms() -> list[Alarm]:
    """Return alarms that overlap, nest, touch, repeat, straddle the window and stay open; deterministic."""
    alarms = [
        Alarm(
            SINCE + timedelta(hours=(row * 37) % 800 - 20, microseconds=row * 7919),
            SINCE + timedelta(hours=(row * 37) % 800 - 20 + row % 5, microseconds=row * 104_729),
            id=f"row {row}",
            alarm_id=f"device {row % 7}",
            severity=("critical", "MAJOR", "minor")[row % 3],
            status="CLEARED",
            last_occurrence=SINCE + timedelta(hours=(row * 37) % 800),
        )
        for row in range(200)
    ]
    still_open = [
        replace(alarms[row], id=f"open {row}", cleared_at=None, status="ACTIVE", severity="major") for row in (3, 90)
    ]
    return alarms + still_open
