"""Data quality: what a reader must know about the rows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import sla_compliance as sla
from sla_compliance.validation import ClampedFigure
from tests.unit.moments import HOUR_US, at, report_of


def test_there_is_nothing_to_say_about_clean_rows() -> None:
    """No line, no count."""
    quality = report_of([sla.Alarm(at(8, 9), at(8, 10))], at(8), at(9)).quality
    assert quality.lines() == ()
    assert (quality.open_alarms, quality.stale_alarms, quality.stale_only_downtime_us) == (0, 0, 0)
    assert quality.downtime_us == HOUR_US


def test_open_alarms_are_counted_if_they_were_raised_in_time() -> None:
    """Those of the window; seen within seven days they are not stale, without a last sight that is said."""
    alarms = [
        sla.Alarm(at(1), last_occurrence=at(20)),
        sla.Alarm(at(2)),
        sla.Alarm(at(3), at(4)),
        sla.Alarm(at(25)),
        sla.Alarm(at(20, 18)),
        sla.Alarm(at(5), severity="minor"),
    ]
    quality = report_of(alarms, at(8), at(21), as_of=at(20, 12)).quality
    assert (quality.open_alarms, quality.stale_alarms) == (2, 0)
    assert quality.lines() == (
        "1 alarm open and seen within 7 days",
        "1 alarm open and of unknown last sight: raised 2025-10-02 00:00:00+00:00",
    )


def test_downtime_that_only_stale_alarms_cause_is_told_apart() -> None:
    """What another alarm covers too is not theirs alone."""
    stale = sla.Alarm(at(1), last_occurrence=at(2))
    quality = report_of([stale, stale, sla.Alarm(at(8), at(8, 6))], at(8), at(9), as_of=at(30)).quality
    assert quality.stale_alarms == 2
    assert quality.stale_only_downtime_us == 18 * HOUR_US
    assert quality.stale_only_ratio == Fraction(3, 4)
    assert quality.lines() == (
        "2 alarms open and unseen for 7 days alone cause 18 h of downtime in agreed time, "
        "the first: raised 2025-10-01 00:00:00+00:00",
    )


def test_stale_alarms_without_downtime_cause_none_of_it() -> None:
    """All of it lies in maintenance."""
    stale = sla.Alarm(at(1), last_occurrence=at(2), id=17)
    quality = report_of([stale], at(8), at(9), as_of=at(30), maintenance=[(at(8), at(9))]).quality
    assert quality.stale_only_ratio is None
    assert quality.lines() == ("1 alarm open and unseen for 7 days alone causes no downtime in agreed time: 17",)


def test_a_short_downtime_is_not_shown_as_none() -> None:
    """It is rounded up to the second."""
    stale = sla.Alarm(at(9) - timedelta(microseconds=1), last_occurrence=at(9), alarm_id="LOS-7")
    quality = report_of([sla.Alarm(at(8), at(8, 23)), stale], at(8), at(9), as_of=at(30)).quality
    assert quality.lines() == ("1 alarm open and unseen for 7 days alone causes 1 s of downtime in agreed time: LOS-7",)


def test_assumptions_and_oddities_of_rows_are_counted() -> None:
    """An end that was assumed, a clock never set, a severity overwritten, a share clamped, a row set aside."""
    alarms = [
        sla.Alarm(at(8, 1), status="resolved", last_occurrence=at(8, 2), id=4711),
        sla.Alarm(at(8, 3), at(8, 4), severity="CLEARED", title="Link down"),
        sla.Alarm(at(1), at(2), severity="cleared"),
        sla.Alarm(at(8, 5), at(8, 4)),
        sla.Alarm(at(8) - timedelta(days=20_369, hours=-3), at(1)),
    ]
    batch = sla.AlarmBatch.from_alarms(alarms, on_invalid="quarantine")
    batch = replace(batch, clamped=(ClampedFigure(0, 140.0),))
    quality = report_of(batch, at(8), at(9)).quality
    assert quality.lines() == (
        "1 bad row set aside: alarms[3].cleared_at lies 1 h before first_occurrence",
        "1 alarm cleared or resolved without a time, ended when last seen: 4711",
        "1 alarm raised on 1970-01-01 by a clock never set, counted: raised 1970-01-01 03:00:00+00:00",
        "1 row whose severity was overwritten by 'cleared', left out although an outage once: Link down",
        "1 measured share outside 0-100 %, clamped",
    )


def test_a_severity_that_the_policy_asks_for_is_not_called_overwritten() -> None:
    """Its alarms count."""
    policy = sla.SLAPolicy(qualifying=sla.AlarmFilter({"critical", "cleared"}))
    report = report_of([sla.Alarm(at(8, 3), at(8, 4), severity="cleared")], at(8), at(9), policy=policy)
    assert report.quality.overwritten_severities == 0
    assert report.total.downtime_us == HOUR_US


def test_what_targeted_exclusions_took_out_is_reported() -> None:
    """Overlapping alarms once; one that cut nothing is not mentioned, one that can match nothing is listed."""
    exclusions = [
        sla.Exclusion(at(8, 9), at(8, 11), reason="theft", applies_to={"resource_id": "r1"}),
        sla.Exclusion(at(8, 20), at(8, 21), reason="flood", applies_to={"resource_id": "r1"}),
        sla.Exclusion(at(8), at(9), reason="strike", applies_to={"affected_service": "ftth"}),
    ]
    alarms = [
        sla.Alarm(at(8, 8), at(8, 10), resource_id="r1"),
        sla.Alarm(at(8, 9, 30), at(8, 10), resource_id="r1"),
        sla.Alarm(at(8, 12), at(8, 13), resource_id="r1"),
        sla.Alarm(at(8, 9), at(8, 10), resource_id="r2"),
    ]
    quality = report_of(alarms, at(8), at(9), exclusions=exclusions).quality
    assert quality.unmatched_exclusions == ("exclusion of 2025-10-08 00:00 UTC (strike)",)
    assert [(effect.alarms, effect.taken_out_us) for effect in quality.targeted_effects] == [(2, HOUR_US)]
    assert quality.lines() == (
        "exclusion of 2025-10-08 00:00 UTC (strike) can match no alarm here",
        "exclusion of 2025-10-08 09:00 UTC (theft) took 2 alarms out for 1 h",
    )


def test_an_exclusion_takes_nothing_out_that_has_not_come_yet() -> None:
    """The effect ends at the instant of evaluation."""
    excluded = sla.Exclusion(at(8), at(9), reason="theft", applies_to={"resource_id": "r1"})
    quality = report_of(
        [sla.Alarm(at(8, 9), resource_id="r1")], at(8), at(9), as_of=at(8, 10), exclusions=[excluded]
    ).quality
    assert quality.targeted_effects[0].taken_out_us == HOUR_US


def test_quality_is_written_in_json_types() -> None:
    """With its sentences."""
    report = report_of([sla.Alarm(at(8))], at(8), at(9))
    quality = report.quality
    assert report.quality_lines == quality.lines()
    written = quality.as_dict()
    assert json.loads(json.dumps(written)) == written
    assert written["open_alarms"] == 1
    assert written["lines"] == list(quality.lines())
