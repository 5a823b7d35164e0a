"""The sample provider: the same every time, realistic, and with every oddity that real alarm tables have."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.calendars.local_days import local_days
from sla_compliance.samples import COLUMNS, ROWS, SampleProvider, SampleRow, sample_provider
from sla_compliance.units import DAY_US, instant_us

NOW = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
PROVIDER = sample_provider(NOW)
QUALIFYING = ("critical", "major")
SEEDS = range(1, 13)
# Soon after midnight, in the hour that comes twice, on a leap day, in both halves of the year.
MOMENTS = [
    datetime(2026, 10, 31, 23, 0, 5, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 12, tzinfo=UTC),
    datetime(2027, 5, 1, 4, tzinfo=UTC),
    datetime(2027, 8, 15, 17, tzinfo=UTC),
]


def report_of(provider: SampleProvider) -> sla.ComplianceReport:
    """What the library makes of it."""
    return sla.evaluate(provider.batch(), **provider.terms)


def lasted(row: SampleRow) -> timedelta:
    """How long a row says it lasted."""
    assert row.cleared_at is not None
    return row.cleared_at - row.first_occurrence


def active_rows(provider: SampleProvider) -> list[SampleRow]:
    """The rows that nothing says are over."""
    return [row for row in provider.rows if row.cleared_at is None and row.resolved_at is None]


def test_the_same_seed_and_moment_give_the_same_provider() -> None:
    """Docs, tests and demos may print its figures."""
    assert sample_provider(NOW) == PROVIDER
    assert sample_provider(NOW, seed=2) != PROVIDER
    assert sample_provider(NOW + timedelta(seconds=1)) != PROVIDER


def test_there_are_a_thousand_rows_of_three_hundred_devices() -> None:
    """As large as an ordinary tenant; every row is of a device in the inventory, all ids differ."""
    devices = {device.id for device in PROVIDER.inventory}
    assert (len(PROVIDER.rows), len(PROVIDER.inventory), len(devices)) == (ROWS, 300, 300)
    assert {row.resource_id for row in PROVIDER.rows} < devices
    assert len({row.id for row in PROVIDER.rows}) == ROWS


def test_rows_have_the_columns_of_the_platform() -> None:
    """All 23 of them, in its order."""
    assert ",".join(COLUMNS) == (
        "id,tenant_id,alarm_id,severity,status,source,alarm_type,title,resource_type,resource_id,resource_name,"
        "customer_id,customer_name,subscriber_count,correlation_id,correlation_action,parent_alarm_id,first_occurrence,"
        "last_occurrence,occurrence_count,acknowledged_at,cleared_at,resolved_at"
    )


def test_rows_lie_between_the_first_day_and_now() -> None:
    """Nothing is known of the future, and nothing is raised before the 90 days."""
    assert all(PROVIDER.start <= row.first_occurrence <= row.last_occurrence <= NOW for row in PROVIDER.rows)
    assert [row.first_occurrence for row in PROVIDER.rows] == sorted(row.first_occurrence for row in PROVIDER.rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_most_days_are_good_and_a_few_are_breached(seed: int) -> None:
    """No chart of it looks silly: no day below 95 %, six to nine breached days, one without figures."""
    report = report_of(sample_provider(NOW, seed=seed))
    verdicts = Counter(day.verdict for day in report.days)
    assert len(report.days) == 90
    assert verdicts[sla.Verdict.UNDETERMINED] == 1
    assert 6 <= verdicts[sla.Verdict.BREACHED] <= 9
    assert min(day.compliance_percentage for day in report.days if day.compliance_percentage is not None) >= 95
    assert 99.7 <= (report.total.compliance_percentage or 0) <= 99.9
    assert (report.gross.compliance_percentage or 0) < (report.total.compliance_percentage or 0)


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_it_holds_at_any_moment(now: datetime) -> None:
    """A demonstration may be run at any time of any day."""
    provider = sample_provider(now)
    report = report_of(provider)
    assert len(provider.rows) == ROWS
    assert len(report.days) == 90
    assert 6 <= report.total.sla_breaches <= 10
    assert all(provider.start <= row.first_occurrence <= now for row in provider.rows)


def test_a_fibre_cut_brings_a_storm_of_child_alarms() -> None:
    """Three parents with more than fifty children each, tied to them by both ids, raised within seconds."""
    cuts = [row for row in PROVIDER.rows if row.alarm_type == "fibre_cut"]
    assert len(cuts) == 3
    for cut in cuts:
        children = [row for row in PROVIDER.rows if row.parent_alarm_id == cut.id]
        assert len(children) > 50
        assert {child.correlation_id for child in children} == {cut.correlation_id}
        assert all(0 < (child.first_occurrence - cut.first_occurrence).total_seconds() <= 20 for child in children)


def test_ports_flap_under_one_alarm_id() -> None:
    """A correlation key repeats with every outage, and so is no identity."""
    flaps = Counter(row.alarm_id for row in PROVIDER.rows if row.alarm_type == "link_flap")
    assert sorted(flaps.values()) == [24, 30]


def test_an_outage_lasts_over_midnight() -> None:
    """One incident on two days; the port that is being rebuilt is down all the while, but for its suppressed alarm."""
    policy = sla.SLAPolicy(qualifying=sla.AlarmFilter(excluded_statuses={"suppressed"}))
    terms: dict[str, Any] = {**PROVIDER.terms, "policy": policy}
    zone = PROVIDER.now.tzinfo
    over = [
        incident
        for incident in sla.evaluate(PROVIDER.batch(), **terms).incidents()
        if incident.downtime_us and incident.end and incident.start.date() != incident.end.astimezone(zone).date()
    ]
    assert [incident.alarms[0].alarm_type for incident in over] == ["power_failure"]


def test_maintenance_is_planned_overrun_entered_late_and_targeted() -> None:
    """One window was announced in time and overrun by six minutes, one after the fact, one concerns one port."""
    planned, late, rebuild = PROVIDER.maintenance
    assert planned.announced_at_us is not None
    assert planned.announced_at_us < planned.start_us
    assert late.announced_at_us is not None
    assert late.announced_at_us > late.end_us
    assert rebuild.applies_to == {"resource_id": frozenset({"pon-parkway-8"})}
    last = max(row.cleared_at for row in PROVIDER.rows if row.alarm_type == "olt_unreachable" and row.cleared_at)
    assert last - planned.end == timedelta(minutes=6)
    cells = report_of(PROVIDER).total.segments
    assert cells[sla.Scope.MAINTENANCE, sla.State.DOWN] > 2 * 3_600_000_000


def test_a_suppressed_row_lasts_for_days() -> None:
    """It would take everything down for two days, were it not for the work on its port, which outlasts it."""
    (row,) = (row for row in PROVIDER.rows if row.status == "suppressed")
    assert timedelta(days=2) < lasted(row) < timedelta(days=3)
    assert row.cleared_at is not None
    assert row.cleared_at < PROVIDER.maintenance[2].end
    unexcused = report_of(replace(PROVIDER, maintenance=PROVIDER.maintenance[:2]))
    assert 97 < (unexcused.total.compliance_percentage or 0) < 98
    excused = report_of(PROVIDER).total.segments[sla.Scope.AGREED, sla.State.EXCUSED_MAINTENANCE]
    assert timedelta(microseconds=excused) > timedelta(days=2)


@pytest.mark.parametrize("seed", SEEDS)
def test_little_of_it_is_in_doubt(seed: int) -> None:
    """The breach of ninety days and of the last thirty is confirmed; rows leave one day unconfirmed, the gap three."""
    report = report_of(sample_provider(NOW, seed=seed))
    assert (report.total.verdict_text, report.quality.stale_alarms) == ("Breached", 0)
    last_thirty_days = report.last(30)
    assert last_thirty_days is not None
    assert last_thirty_days.verdict_text == "Breached"
    unconfirmed_days = [day for day in report.days if not day.is_confirmed]
    unmonitored_days = [day for day in unconfirmed_days if day.segments[sla.Scope.AGREED, sla.State.UNKNOWN]]
    assert (len(unconfirmed_days), len(unmonitored_days)) == (4, 3)


def test_rows_are_resolved_and_not_cleared() -> None:
    """One says when, of the other one must assume it ended when last seen."""
    resolved = [row for row in PROVIDER.rows if row.status == "resolved"]
    assert [row.cleared_at for row in resolved] == [None, None]
    assert [row.resolved_at is None for row in resolved] == [False, True]
    assert report_of(PROVIDER).quality.assumed_ends == 1


def test_one_row_is_cleared_before_it_was_raised() -> None:
    """The clock of a device was two seconds off; within that tolerance the row is good."""
    assert [lasted(row) for row in PROVIDER.rows if row.cleared_at and lasted(row) < timedelta(0)] == [
        timedelta(seconds=-2)
    ]
    assert len(report_of(PROVIDER).quality.rejected) == 1
    with pytest.raises(sla.InvalidAlarmsError):
        PROVIDER.batch(on_invalid="raise")


def test_one_severity_was_overwritten() -> None:
    """The row was an outage once."""
    assert report_of(PROVIDER).quality.overwritten_severities == 1


def test_an_alarm_is_still_active() -> None:
    """It was raised less than a minute ago, and breaks nothing yet."""
    (row,) = (row for row in active_rows(PROVIDER) if row.severity in QUALIFYING and row.status == "active")
    assert timedelta(seconds=35) <= NOW - row.first_occurrence <= timedelta(seconds=60)
    assert report_of(PROVIDER).incidents()[-1].is_ongoing


def test_nobody_was_watching_for_more_than_a_day() -> None:
    """Unknown time is neither up nor down; no alarm that matters was raised meanwhile."""
    (_, lost), (found, _) = PROVIDER.monitored
    assert timedelta(hours=24) < found - lost < timedelta(hours=48)
    assert [row for row in PROVIDER.rows if row.severity in QUALIFYING and lost <= row.first_occurrence < found] == []
    assert report_of(PROVIDER).total.segments[sla.Scope.AGREED, sla.State.UNKNOWN] == (found - lost) / timedelta(
        microseconds=1
    )


def test_clocks_change_within_the_ninety_days() -> None:
    """Wherever that happens on earth; the first zone of the list otherwise."""
    for now in MOMENTS[:2] + MOMENTS[3:4]:
        provider = sample_provider(now)
        bounds = local_days(
            provider.zone, instant_us(provider.start, field="start"), instant_us(now, field="now")
        ).bounds_us
        assert {end - start for start, end in pairwise(bounds)} != {DAY_US}
    assert sample_provider(datetime(2027, 8, 15, 17, tzinfo=UTC)).zone == "Europe/Berlin"


def test_another_zone_and_tenant_may_be_asked_for() -> None:
    """The web layer shows several tenants."""
    provider = sample_provider(NOW, zone="Africa/Lagos", tenant_id="demo-2", seed=2)
    assert provider.zone == "Africa/Lagos"
    assert {row.tenant_id for row in provider.rows} == {"demo-2"}
    assert provider.start.isoformat() == "2026-08-26T00:00:00+01:00"


def test_every_device_has_a_report() -> None:
    """Those that never failed stand at 100 %."""
    keys = [device.id for device in PROVIDER.inventory]
    reports = sla.evaluate_each(PROVIDER.batch(), by="resource_id", inventory=keys, **PROVIDER.terms)
    assert reports.keys() == set(keys)
    assert reports["core-2"].total.compliance_percentage == 100


@pytest.mark.parametrize(
    ("now", "fault"),
    [
        (datetime(2026, 1, 1), sla.NaiveDatetimeError),  # noqa: DTZ001
        (datetime(1, 3, 1, tzinfo=UTC), sla.InvalidValueError),
        (datetime(9999, 12, 1, tzinfo=UTC), sla.InvalidValueError),
        ("2026-01-01", sla.InvalidTypeError),
    ],
    ids=str,
)
def test_an_impossible_now_is_refused(now: datetime, fault: type[Exception]) -> None:
    """With the documented errors."""
    with pytest.raises(fault):
        sample_provider(now)


def test_an_unknown_zone_is_refused() -> None:
    """As everywhere."""
    with pytest.raises(sla.UnknownZoneError):
        sample_provider(NOW, zone="Mars/Olympus")
