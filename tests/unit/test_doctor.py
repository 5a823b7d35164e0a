"""What the doctor finds in rows and windows, each with the time at stake worked out by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.analysis import Finding, FindingCode, doctor
from tests.unit.moments import HOUR_US, MINUTE_US, at, us

Code = FindingCode


def examined(alarms: Any, **terms: Any) -> dict[FindingCode, Finding]:
    """Return the findings of October 1 to 20, monitored since September unless a test says otherwise."""
    arguments = {"start": at(1), "end": at(21), "zone": "UTC", "as_of": at(21), **terms}
    arguments.setdefault("monitored", [(at(1), at(31))])
    findings = doctor(alarms, **arguments)
    stakes_us = [-1 if finding.at_stake_us is None else finding.at_stake_us for finding in findings]
    assert stakes_us == sorted(stakes_us, reverse=True)
    assert all(finding.reason or finding.at_stake_us is not None for finding in findings)
    return {finding.code: finding for finding in findings}


def stakes_of(alarms: Any, **terms: Any) -> dict[FindingCode, int | None]:
    """Return the time at stake of each finding."""
    return {code: finding.at_stake_us for code, finding in examined(alarms, **terms).items()}


def test_perfect_rows_have_no_finding() -> None:
    """An alarm that is over, with nothing open to doubt."""
    assert examined([sla.Alarm(at(2), at(3), id="1")]) == {}


def test_open_alarms_are_at_stake_from_their_last_sight() -> None:
    """One seen 2 hours ago, one 10 days ago; the older one covers the newer."""
    new = sla.Alarm(at(20), id="new", last_occurrence=at(20, 22))
    old = sla.Alarm(at(10), id="old", last_occurrence=at(11))
    assert stakes_of([new]) == {Code.OPEN: 2 * HOUR_US}
    assert stakes_of([old]) == {Code.UNSEEN: 240 * HOUR_US}
    findings = examined([new, old])
    assert findings[Code.UNSEEN].names == ("old",)
    # With the old one ended, the new one is down on its own from the 20th on; with the new one ended, nothing changes.
    assert findings[Code.UNSEEN].at_stake_us == (240 - 24) * HOUR_US
    assert findings[Code.OPEN].at_stake_us == 0


def test_windows_for_values_that_no_row_has_name_the_nearest_spelling() -> None:
    """A misspelt one excuses nothing; one of a device that never failed may be right."""
    rows = [sla.Alarm(at(2), at(3), id="1", resource_id="OLT-07", resource_type="olt", customer_id="c1")]
    targets: dict[str, dict[Any, Any]] = {
        "misspelt": {"resource_id": ["olt-7", "OLT-07"]},
        "of two columns": {("resource_type", "resource_id"): {("olt", "OLT-07"), ("olt", "OLT-08")}},
        "never failed": {"customer_id": ["somebody else"]},
        "of a column that rows lack": {"circuit": ["los"]},
    }
    windows = {name: sla.MaintenanceWindow(at(2), at(3), applies_to=target) for name, target in targets.items()}
    finding = examined(rows, maintenance=list(windows.values()))[Code.UNKNOWN_TARGET]
    assert (finding.rows, finding.sentence) == (3, "3 windows for 3 values that no row has")
    assert finding.names == (
        "resource_id 'olt-7' (a row has 'OLT-07')",
        "resource_type, resource_id 'olt, OLT-08' (a row has 'olt, OLT-07')",
        "customer_id 'somebody else'",
    )
    twice = examined(rows, maintenance=[windows["misspelt"], windows["misspelt"]])[Code.UNKNOWN_TARGET]
    assert (twice.rows, len(twice.names)) == (2, 1)
    other = sla.Exclusion(at(2), at(3), reason="theft", applies_to={"resource_id": ["OLT-07"]})
    assert Code.UNKNOWN_TARGET not in examined(rows, exclusions=[other, (at(2), at(2))])
    known = examined(rows, maintenance=[windows["misspelt"]], inventory=["olt-7", "OLT-07"])
    assert Code.UNKNOWN_TARGET not in known
    assert Code.UNKNOWN_TARGET in examined(rows, maintenance=[windows["never failed"]], inventory=["somebody else"])


def test_a_row_that_was_set_aside_has_its_value() -> None:
    """A correction may mend it."""
    rows = [
        sla.Alarm(at(2), at(3), id="1", resource_id="r1"),
        sla.Alarm(at(3), at(2), id="2", resource_id="r2"),
    ]
    work = sla.MaintenanceWindow(at(2), at(3), applies_to={"resource_id": ["r2"]})
    assert Code.UNKNOWN_TARGET not in examined(rows, maintenance=[work], on_invalid="quarantine")


def test_an_alarm_after_the_window_or_of_unknown_last_sight() -> None:
    """It is not of the window; one of unknown last sight may have been over at once."""
    assert examined([sla.Alarm(at(22), id="1")], as_of=at(25)) == {}
    assert stakes_of([sla.Alarm(at(1), id="1")]) == {Code.UNSEEN: 480 * HOUR_US}


def test_what_stale_after_cut_off_is_at_stake_until_now() -> None:
    """Unless the source touches open alarms as often."""
    rows = [sla.Alarm(at(10), id="1", last_occurrence=at(11))]
    stale = sla.SLAPolicy(stale_after=timedelta(days=3))
    assert stakes_of(rows, policy=stale) == {Code.CUT_OFF: 240 * HOUR_US}
    refreshed = sla.SLAPolicy(stale_after=timedelta(days=3), refreshed_every=timedelta(hours=1))
    assert examined(rows, policy=refreshed) == {}


def test_over_without_a_time() -> None:
    """At the latest a day after the start, and each row has its own last sight."""
    rows = [
        sla.Alarm(at(5), id="1", status="cleared", last_occurrence=at(5, 10)),
        sla.Alarm(at(5, 5), id="2", status="cleared", last_occurrence=at(5, 5)),
    ]
    finding = examined(rows)[Code.UNDATED]
    # Both ended when last seen: 10 hours; both as long as they may have lasted: to 05:00 the day after.
    assert (finding.rows, finding.at_stake_us) == (2, 19 * HOUR_US)


def test_rows_of_one_id() -> None:
    """Disagreement has its minutes; what identity settles says why it has none."""
    disagreeing = [sla.Alarm(at(5), at(5, 4), id="1"), sla.Alarm(at(5, 1), at(5, 3), id="1")]
    assert stakes_of(disagreeing) == {Code.DISAGREEING: 2 * HOUR_US}
    overwritten = sla.Alarm(at(8), at(8, 1), id="3", severity="cleared")
    both = {Code.DISAGREEING: 2 * HOUR_US, Code.OVERWRITTEN: HOUR_US}
    assert stakes_of([*disagreeing, overwritten]) == both
    nothing_in_common = [
        sla.Alarm(at(5, 0), at(5, 4), id="1"),
        sla.Alarm(at(5, 3), at(5, 6), id="1"),
        sla.Alarm(at(5, 5), at(5, 9), id="1"),
        sla.Alarm(at(6), at(6), id="1"),
        sla.Alarm(at(7), at(8), id="2"),
    ]
    assert stakes_of(nothing_in_common)[Code.DISAGREEING] == 9 * HOUR_US
    apart = [sla.Alarm(at(5), at(5, 1), id="1"), sla.Alarm(at(6), at(6, 1), id="1")]
    finding = examined(apart)[Code.REPEATED_IDS]
    assert (finding.rows, finding.at_stake_us) == (2, None)
    assert "no minutes" in finding.reason
    snapshots = [sla.Alarm(at(5), id="1", last_occurrence=at(5, 1)), sla.Alarm(at(5), at(5, 2), id="1")]
    assert stakes_of(snapshots) == {Code.SNAPSHOTS: None}
    copies = [sla.Alarm(at(5), at(5, 1), id="1")] * 3
    assert examined(copies)[Code.COPIES].rows == 2


def test_rows_set_aside() -> None:
    """By what is wrong with them: an unknown word, times in the wrong order, no start."""
    rows = [
        {"id": "1", "severity": "High", "first_occurrence": "2025-10-05T00:00Z", "cleared_at": "2025-10-05T01:00Z"},
        {"id": "2", "severity": "major", "first_occurrence": "2025-10-06T00:00Z", "cleared_at": "2025-10-05T23:00Z"},
        {"id": "3", "severity": "major", "first_occurrence": "yesterday", "cleared_at": None},
        {"id": "4", "severity": "minor", "first_occurrence": "2025-10-07T00:00Z", "cleared_at": "2025-10-05T23:00Z"},
    ]  # fmt: skip
    findings = examined(rows, on_invalid="quarantine")
    assert findings[Code.UNKNOWN_SEVERITY].at_stake_us == HOUR_US
    assert findings[Code.UNKNOWN_SEVERITY].names == ("High",)
    # Over, by an end that can be read, and by the bound of a day at the latest.
    assert findings[Code.SET_ASIDE].at_stake_us == 24 * HOUR_US
    assert findings[Code.SET_ASIDE].rows == 2
    assert (findings[Code.NO_START].at_stake_us, findings[Code.NO_START].rows) == (None, 1)
    with pytest.raises(sla.InvalidAlarmsError):
        examined(rows)


def test_odd_rows() -> None:
    """Overwritten severities, clocks never set, clocks that differ."""
    assert stakes_of([sla.Alarm(at(5), at(5, 3), id="1", severity="cleared")]) == {Code.OVERWRITTEN: 3 * HOUR_US}
    never_set = sla.AlarmBatch.from_columns(starts_us=[60, us(at(3))], ends_us=[us(at(1, 6)), us(at(4))])
    assert stakes_of(never_set) == {Code.RAISED_IN_1970: 6 * HOUR_US}
    skewed = sla.AlarmBatch.from_alarms([sla.Alarm(at(5, 1), at(5), id="1")], clock_skew=timedelta(hours=2))
    assert stakes_of(skewed) == {Code.CLOCK_SKEW: None}


def test_windows() -> None:
    """A window for all alarms is at stake where it excuses downtime; a late one where notice would refuse it."""
    outage = [sla.Alarm(at(5), at(5, 4), id="1", resource_id="a")]
    pair = (at(5, 1), at(5, 2))
    finding = examined(outage, maintenance=[pair], exclusions=[pair])[Code.UNTARGETED_WINDOW]
    assert (finding.rows, finding.at_stake_us) == (2, HOUR_US)
    targeted = sla.MaintenanceWindow(*pair, applies_to={"resource_id": {"a"}})
    assert examined(outage, maintenance=[targeted]) == {}
    late = sla.MaintenanceWindow(*pair, applies_to={"resource_id": {"a"}}, announced_at=at(5, 3))
    # Refused, the hour that was excused counts as down.
    assert stakes_of(outage, maintenance=[late]) == {Code.LATE_WINDOW: HOUR_US}


def test_keys() -> None:
    """Rows of keys that are not listed, and rows without one; an inventory's devices are listed too."""
    rows = [
        sla.Alarm(at(5), at(5, 1), id="1", customer_id="a"),
        sla.Alarm(at(6), at(6, 2), id="2", customer_id="b"),
        sla.Alarm(at(7), at(7, 4), id="3", resource_id="olt"),
        sla.Alarm(at(8), at(8, 8), id="4"),
    ]
    listed = {Code.OUTSIDE_INVENTORY: 2 * HOUR_US, Code.WITHOUT_KEY: 12 * HOUR_US}
    assert stakes_of(rows, by="customer_id", inventory=["a"]) == listed
    units = sla.Inventory([sla.Unit("olt"), sla.Unit("a", parents=["olt"])])
    shared = {Code.OUTSIDE_INVENTORY: 2 * HOUR_US, Code.WITHOUT_KEY: 8 * HOUR_US}
    assert stakes_of(rows, by="customer_id", inventory=units) == shared
    assert stakes_of(rows[:1], by="customer_id") == {}
    assert stakes_of([], by="customer_id", monitored=[]) == {}
    with pytest.raises(
        sla.InvalidValueError, match="by is 'site'; the alarms carry the columns severity, id, alarm_id"
    ):
        examined(sla.AlarmBatch.from_alarms(rows), by="site")
    assert stakes_of(rows[2:3], inventory=["x"]) == {Code.OUTSIDE_INVENTORY: 4 * HOUR_US}


def test_the_horizon_of_history() -> None:
    """Time before the first row counts as up, unless it is said since when time is monitored."""
    rows = [sla.Alarm(at(2), at(3), id="1")]
    assert stakes_of(rows, monitored=None) == {Code.HISTORY: 24 * HOUR_US}
    assert stakes_of([sla.Alarm(at(1), at(3), id="1")], monitored=None) == {}
    assert stakes_of([], monitored=None) == {Code.HISTORY: 480 * HOUR_US}
    assert stakes_of(rows, monitored=[]) == {}


def test_assumptions_of_the_reader() -> None:
    """Without a column of severities, every row counts as critical."""
    rows = [{"id": "1", "first_occurrence": "2025-10-05T00:00Z", "cleared_at": "2025-10-05T01:00Z"}]
    finding = examined(rows)[Code.ASSUMPTION]
    assert finding.sentence == "1 row without a severity column, counted as critical"


def test_the_difference_is_exact_and_minutes_round_up() -> None:
    """Microseconds are kept; people read whole minutes that never flatter."""
    rows = [sla.Alarm(at(20), id="1", last_occurrence=at(21) - timedelta(minutes=1, microseconds=1))]
    finding = examined(rows)[Code.OPEN]
    assert finding.at_stake_us == MINUTE_US + 1
    assert finding.as_dict()["at_stake_seconds"] == "60.000001"
    assert finding.as_dict()["at_stake_minutes"] == 2
    assert finding.explain().endswith(": 2 min at stake; settled by corrections")
    without_minutes = examined([*rows, *rows])[Code.COPIES]
    assert without_minutes.explain().endswith(": no minutes: one of the copies counts; settled by columns")
    assert without_minutes.as_dict()["at_stake_seconds"] is None
