"""Analyses on worked examples: what cost a month, what is left of it, how reliable it was, how months compare."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sla_compliance import (
    Accounting,
    Alarm,
    Exclusion,
    InvalidTypeError,
    InvalidValueError,
    MaintenanceWindow,
    Period,
    ServiceHours,
    SLAPolicy,
    Verdict,
    evaluate,
)
from sla_compliance.analysis import (
    attribution,
    budget,
    burn_rate,
    decisive_incidents,
    effect_us,
    incident_costs,
    reliability,
    trend,
)
from sla_compliance.report import ComplianceReport
from sla_compliance.units import HOUR_US, MINUTE_US

OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return an instant of October."""
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


def october(alarms: Iterable[Alarm], *, as_of: Any = NOVEMBER, **keywords: Any) -> ComplianceReport:
    """Return the report of October."""
    arguments = {"start": OCTOBER, "end": NOVEMBER, "zone": "UTC", **keywords}
    return evaluate(list(alarms), as_of=as_of, **arguments)


def outage(start: datetime, minutes: float, **columns: Any) -> Alarm:
    return Alarm(start, start + timedelta(minutes=minutes), **columns)


@pytest.fixture(scope="module")
def four_causes() -> ComplianceReport:
    """A month with four causes, two of which overlap, and maintenance."""
    return october(
        [
            Alarm(at(5, 9), at(5, 11), resource_id="fibre"),
            Alarm(at(5, 10), at(5, 12), resource_id="olt"),
            Alarm(at(5, 10, 30), at(5, 10, 45), resource_id="pon"),
            Alarm(at(7, 2), at(7, 3), resource_id="power"),
        ],
        maintenance=[(at(5, 11, 30), at(5, 13))],
    )


def test_some_rows_are_made_without_the_others(four_causes: ComplianceReport) -> None:
    result = attribution(four_causes, by="resource_id")
    assert result.total == len(result.rows) == 4
    for limit, offset in ((0, 0), (2, 0), (2, 1), (9, 3), (1, 4)):
        assert result.first_rows(limit, offset) == result.rows[offset : offset + limit]
        assert result.as_dict(limit=limit)["rows"] == [share.as_dict() for share in result.rows[:limit]]


def test_each_cause_has_its_gross_unique_owned_time_and_effect(four_causes: ComplianceReport) -> None:
    result = attribution(four_causes, by="resource_id")
    assert result.down_us == 210 * MINUTE_US
    assert result.bridged_us == 0
    lengths = {
        share.key: tuple(
            length // MINUTE_US for length in (share.gross_us, share.unique_us, share.shared_us, share.owned_us)
        )
        for share in result.rows
    }
    assert lengths == {
        "fibre": (120, 60, 60, 120),
        "power": (60, 60, 0, 60),
        "olt": (90, 30, 60, 30),
        "pon": (15, 0, 15, 0),
    }
    assert [share.key for share in result.rows] == ["fibre", "power", "olt", "pon"]
    effects = {key: effect_us(four_causes, [key], by="resource_id") // MINUTE_US for key in lengths}
    assert effects == {"fibre": 60, "power": 60, "olt": 30, "pon": 0}
    assert effect_us(four_causes, ["fibre", "olt", "pon"], by="resource_id") == 150 * MINUTE_US


def test_a_part_of_the_window_is_attributed_by_itself(four_causes: ComplianceReport) -> None:
    result = attribution(four_causes, by="resource_id", start=at(7), end=at(8))
    assert [(share.key, share.owned_us) for share in result.rows] == [("power", HOUR_US)]
    assert (result.start, result.end) == (at(7), at(8))


def test_an_attribution_is_told_in_json_and_in_words(four_causes: ComplianceReport) -> None:
    result = attribution(four_causes, by="resource_id")
    body = json.loads(json.dumps(result.as_dict()))
    assert body["rows"][0] == {
        "key": "fibre",
        "alarms": 1,
        "gross_us": 120 * MINUTE_US,
        "unique_us": 60 * MINUTE_US,
        "shared_us": 60 * MINUTE_US,
        "owned_us": 120 * MINUTE_US,
    }
    assert "fibre: 2 h, 1 h, 2 h; 1 alarms" in result.explain()


def test_an_alarm_in_two_parts_beside_one_that_is_excused_whole_is_one_share() -> None:
    """As many parts as keys, and yet not one of each."""
    window = MaintenanceWindow(at(2, 0, 10), at(2, 0, 20), applies_to={"id": ["cut", "excused"]})
    alarms = [outage(at(2), 30, id="cut"), outage(at(2, 0, 10), 10, id="excused")]
    shares = {share.key: share for share in attribution(october(alarms, maintenance=[window])).rows}
    assert {key: share.gross_us for key, share in shares.items()} == {"cut": 20 * MINUTE_US, "excused": 0}


def test_touching_alarms_of_one_key_are_one_part() -> None:
    alarms = [outage(at(3), 5, resource_id="olt"), outage(at(3, 0, 5), 5, resource_id="olt")]
    whole = october([outage(at(3), 10, resource_id="olt")])
    (split_share,), (whole_share,) = (attribution(report, by="resource_id").rows for report in (october(alarms), whole))
    assert split_share._replace(alarms=1) == whole_share


def test_rows_without_the_column_value_are_one_key_and_a_missing_column_is_refused() -> None:
    report = october([outage(at(3), 5), outage(at(3, 0, 3), 5, resource_id="olt")])
    result = attribution(report, by="resource_id")
    assert {share.key for share in result.rows} == {None, "olt"}
    assert "(none)" in result.explain()
    with pytest.raises(InvalidValueError, match="by"):
        attribution(report, by="colour")


def test_the_effect_of_an_alarm_under_damping_is_more_than_its_unique_time() -> None:
    """Without the middle one no outage is long enough to count."""
    policy = SLAPolicy(min_outage=timedelta(minutes=5))
    alarms = [outage(at(2), 4, id="a"), outage(at(2, 0, 4), 1, id="b"), outage(at(2, 0, 5), 4, id="c")]
    report = october(alarms, policy=policy)
    shares = {share.key: share for share in attribution(report).rows}
    assert shares["b"].unique_us == MINUTE_US
    assert effect_us(report, ["b"]) == 9 * MINUTE_US
    dropped = october([outage(at(2), 4, id="a")], policy=policy)
    assert [(share.key, share.gross_us) for share in attribution(dropped).rows] == [("a", 0)]


def test_bridged_time_is_of_no_alarm() -> None:
    report = october(
        [outage(at(2), 4, id="a"), outage(at(2, 0, 6), 4, id="b")], policy=SLAPolicy(merge_gap=timedelta(minutes=3))
    )
    result = attribution(report)
    assert (result.down_us, result.bridged_us) == (10 * MINUTE_US, 2 * MINUTE_US)
    assert "bridged, of no alarm: 2 min" in result.explain()


OLT: dict[str, Any] = {"applies_to": {"resource_id": ["olt"]}}


@pytest.mark.parametrize(("accounting", "minutes"), [(Accounting.REMOVED, 0), (Accounting.GROSS, 30)])
@pytest.mark.parametrize(
    "windows",
    [
        {"maintenance": [MaintenanceWindow(at(2), at(2, 1), **OLT)]},
        {"exclusions": [Exclusion(at(2), at(2, 1), reason="customer", **OLT)]},
    ],
)
def test_excused_time_belongs_to_an_alarm_where_it_counts_as_down(
    accounting: Accounting, minutes: int, windows: dict[str, Any]
) -> None:
    alarms = [outage(at(2), 30, resource_id="olt"), outage(at(4), 1, resource_id="pon")]
    report = october(alarms, **{"policy": SLAPolicy(accounting=accounting), **windows})
    shares = {share.key: share.gross_us for share in attribution(report, by="resource_id").rows}
    assert shares.get("olt", 0) == minutes * MINUTE_US
    assert shares["pon"] == MINUTE_US


def test_the_one_outage_without_which_october_had_been_kept() -> None:
    """99.9 % of October allow 44.64 minutes; 56 were down."""
    lengths = (20, 15, 12, 9)
    report = october(outage(at(day), length, id=str(length)) for day, length in enumerate(lengths, 3))
    decisive = decisive_incidents(report)
    assert decisive is not None
    assert [incident.alarms[0].id for incident in decisive] == ["20"]


def test_decisive_incidents_of_a_kept_and_of_an_empty_period() -> None:
    assert decisive_incidents(october([outage(at(3), 5)])) == ()
    assert decisive_incidents(october([], in_service=[])) is None


def test_a_target_of_100_needs_every_incident_gone() -> None:
    report = october([outage(at(3), 5), outage(at(4), 1)], policy=SLAPolicy("100"))
    decisive = decisive_incidents(report)
    assert decisive is not None
    assert len(decisive) == 2


def test_the_deadline_of_a_month_with_half_an_hour_spent() -> None:
    """On 10 October 14.64 of 44.64 minutes are left, although those of ten days are overspent."""
    answer = budget(october([outage(at(3), 30)], as_of=at(10)))
    assert answer.deadline == at(10) + timedelta(minutes=14.64)
    assert answer.allowed_us == Fraction("44.64") * MINUTE_US
    assert answer.left_us == Fraction("14.64") * MINUTE_US
    assert answer.to_date_ratio is not None
    assert answer.to_date_ratio < 0
    assert answer.state is Verdict.AT_RISK
    assert answer.down_since is None
    body = json.loads(json.dumps(answer.as_dict()))
    assert body["left_seconds"] == 878.4
    assert body["deadline"] == "2026-10-10T00:14:38.400000+00:00"
    assert body["to_date_percentage"] == -131.49
    assert "left 14 min 38.4 s" in answer.explain()
    assert "lost unless an outage from now on is cleared by" in answer.explain()


def test_the_deadline_in_service_hours_lies_behind_the_weekend() -> None:
    """Berlin, Monday to Friday 09-17; down since Friday 16:30, now 16:45; work on Monday from 09:00 to 09:20."""
    berlin = ZoneInfo("Europe/Berlin")

    def local(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 10, day, hour, minute, tzinfo=berlin)

    report = evaluate(
        [Alarm(local(23, 16, 30))],
        start=local(1, 0),
        end=datetime(2026, 11, 1, tzinfo=berlin),
        zone="Europe/Berlin",
        as_of=local(23, 16, 45),
        policy=SLAPolicy("99.5"),
        service_hours=ServiceHours.weekly({"mon-fri": "09:00-17:00"}),
        maintenance=[(local(26, 9), local(26, 9, 20))],
    )
    answer = budget(report)
    assert answer.allowed_us == Fraction("52.7") * MINUTE_US
    assert answer.spent_us == 15 * MINUTE_US
    assert answer.deadline == datetime(2026, 10, 26, 9, 42, 42, tzinfo=berlin)
    assert answer.deadline.utcoffset() == timedelta(hours=1)
    assert answer.down_since == local(23, 16, 30)
    assert answer.left_when_it_began_us == answer.allowed_us
    assert "lost unless cleared by 2026-10-26T09:42:42+01:00" in answer.explain()
    assert answer.as_dict()["left_when_it_began_seconds"] == 3162.0


@pytest.mark.parametrize(
    ("min_outage", "seconds"), [(timedelta(0), 98.4), (timedelta(minutes=5), 299.999999), (timedelta(minutes=1), 98.4)]
)
def test_a_short_outage_counts_for_nothing_under_damping(min_outage: timedelta, seconds: float) -> None:
    policy = SLAPolicy(min_outage=min_outage)
    report = october([outage(at(3), 43)], as_of=at(10), policy=policy)
    assert budget(report).deadline == at(10) + timedelta(seconds=seconds)


def test_an_outage_that_bridges_a_gap_may_lose_the_period_at_once() -> None:
    """A minute up between two outages becomes downtime as soon as the second begins."""
    policy = SLAPolicy(merge_gap=timedelta(minutes=5))
    report = october([Alarm(at(10), at(10, 0, 44))], as_of=at(10, 0, 45), policy=policy)
    assert report.total.verdict is Verdict.AT_RISK
    assert budget(report).deadline == at(10, 0, 45)


def test_keys_that_no_row_can_have_are_refused() -> None:
    for keys in ("b", [["b"]], 5):
        with pytest.raises(InvalidTypeError, match="keys is .*; give values of id"):
            effect_us(october([outage(at(3), 60)]), keys)  # type: ignore[arg-type]


def test_a_lost_period_has_no_deadline_and_names_no_hope() -> None:
    answer = budget(october([outage(at(3), 60)], as_of=at(10)))
    assert answer.deadline is None
    assert answer.left_us < 0
    assert "overspent by 15 min 21.6 s" in answer.explain()
    assert "the period is lost" in answer.explain()


def test_what_no_outage_can_lose_any_more_has_no_deadline() -> None:
    answer = budget(october([], as_of=at(31, 23, 30)))
    assert answer.deadline is None
    assert "no outage from now on can lose the period by itself" in answer.explain()


@pytest.mark.parametrize("min_outage", [0, 120])
@pytest.mark.parametrize("down_for", [0, 2])
@pytest.mark.parametrize("before", [timedelta(microseconds=1), timedelta(minutes=1), timedelta(days=5)])
def test_an_outage_may_last_into_a_period_that_has_not_begun(before: timedelta, down_for: int, min_outage: int) -> None:
    """A microsecond after the deadline it has lost that period."""
    as_of, microsecond = OCTOBER - before, timedelta(microseconds=1)
    policy = SLAPolicy(min_outage=timedelta(minutes=min_outage))
    since = as_of - timedelta(minutes=down_for)
    open_alarms = [Alarm(since, last_occurrence=as_of)] if down_for else []
    answer = budget(october(open_alarms, as_of=as_of, policy=policy))
    assert answer.deadline is not None
    assert (answer.state, answer.down_since) == (Verdict.UNDETERMINED, since if down_for else None)
    assert answer.left_when_it_began_us == (answer.allowed_us if down_for else None)
    for end, verdict in ((answer.deadline, Verdict.MET), (answer.deadline + microsecond, Verdict.BREACHED)):
        assert october([Alarm(since, end)], policy=policy, as_of=NOVEMBER).total.verdict is verdict


def test_a_target_of_100_is_lost_at_the_first_instant_that_counts() -> None:
    hours = ServiceHours.weekly({"mon-sun": "09:00-17:00"})
    answer = budget(october([], as_of=at(10), policy=SLAPolicy("100"), service_hours=hours))
    assert answer.deadline == at(10, 9)
    assert answer.remaining_ratio is None
    assert answer.as_dict()["remaining_percentage"] is None


def test_a_budget_that_is_not_confirmed_names_the_rows_in_doubt() -> None:
    alarms = [Alarm(at(2), id="i-17", last_occurrence=at(2, 0, 10)), outage(at(20), 1, id="i-18")]
    answer = budget(october(alarms))
    assert not answer.is_confirmed
    assert answer.because == ("i-17",)
    assert answer.last_monitored_at == NOVEMBER


def test_a_budget_of_time_that_nobody_watched_has_no_last_instant() -> None:
    answer = budget(october([], monitored=[]))
    assert answer.last_monitored_at is None
    assert answer.best_ratio is None


def test_the_burn_rate_of_an_hour_with_43_minutes_down() -> None:
    report = october([outage(at(3), 43)], as_of=at(3, 1))
    assert burn_rate(report, timedelta(hours=1)) == Fraction(2150, 3)
    assert burn_rate(october([], as_of=at(3), policy=SLAPolicy("100")), timedelta(hours=1)) is None
    assert burn_rate(october([], as_of=at(3), monitored=[]), timedelta(hours=1)) is None


@pytest.mark.parametrize("lookback", [timedelta(days=3), timedelta(0)])
def test_a_burn_rate_asks_for_time_of_the_window(lookback: timedelta) -> None:
    with pytest.raises(InvalidValueError, match="lookback"):
        burn_rate(october([], as_of=at(3)), lookback)


@pytest.fixture(scope="module")
def four_failures() -> ComplianceReport:
    """Outages of 20, 60 and 10 minutes, and one that has lasted for an hour."""
    outages = [outage(at(3), 20), outage(at(10), 60), outage(at(20), 10), Alarm(at(31, 23))]
    return october(outages)


def test_reliability_of_a_month_with_four_failures(four_failures: ComplianceReport) -> None:
    figures = reliability(four_failures)
    assert figures.failures == 4
    assert figures.mean_up_us == Fraction("185.375") * HOUR_US
    assert figures.mean_down_us == Fraction("37.5") * MINUTE_US
    assert figures.restorations == 3
    assert figures.mttr_us == 30 * MINUTE_US
    assert (figures.median_us, figures.p95_us, figures.longest_us) == (20 * MINUTE_US, 60 * MINUTE_US, 60 * MINUTE_US)
    assert (figures.still_open, figures.oldest_open_us) == (1, HOUR_US)
    assert figures.mtta_us is None
    body = json.loads(json.dumps(figures.as_dict()))
    assert body["mttr_seconds"] == 1800
    assert body["acknowledged_percentage"] == 0
    words = figures.explain()
    assert "4 failures" in words
    assert "3 restored: mean 30 min, median 20 min, longest 1 h" in words
    assert "1 still open, for 1 h" in words


def test_reliability_of_a_month_without_failures() -> None:
    figures = reliability(october([]))
    assert (figures.failures, figures.mean_between_us, figures.mttr_us, figures.median_us) == (0, None, None, None)
    assert figures.as_dict()["mttr_seconds"] is None
    assert figures.as_dict()["acknowledged_percentage"] is None
    assert figures.explain().endswith("0 failures")


def test_a_restoration_is_whole_and_belongs_to_the_period_in_which_it_ended() -> None:
    report = october([Alarm(at(3, 23), at(4, 1))], service_hours=ServiceHours.weekly({"mon-sun": "00:00-12:00"}))
    by_day = [reliability(report, day) for day in report.days[2:4]]
    assert [figures.restorations for figures in by_day] == [0, 1]
    assert [figures.failures for figures in by_day] == [0, 1]
    assert by_day[1].mttr_us == 2 * HOUR_US
    assert reliability(report, report.days[3], clock="counted").mttr_us == HOUR_US
    at_midnight = october([Alarm(at(3, 23), at(4))])
    assert [reliability(at_midnight, day).restorations for day in at_midnight.days[2:4]] == [1, 0]


def test_acknowledgements_are_of_the_time_at_which_they_came() -> None:
    report = october(
        [
            outage(at(3), 20, acknowledged_at=at(3, 0, 4)),
            outage(at(4), 20, acknowledged_at=at(4, 0, 8)),
            outage(at(5), 20, acknowledged_at=at(4, 23)),
            outage(at(6), 20),
        ]
    )
    figures = reliability(report)
    assert figures.mtta_us == 6 * MINUTE_US
    assert (figures.raised, figures.acknowledged, figures.acknowledged_before_raised) == (4, 3, 1)
    assert figures.acknowledged_share == Fraction(3, 4)
    assert "3 of 4 alarms acknowledged, on average after 6 min" in figures.explain()


def test_another_clock_is_refused(four_failures: ComplianceReport) -> None:
    with pytest.raises(InvalidValueError, match="clock"):
        reliability(four_failures, clock="wall")  # type: ignore[arg-type]


def test_months_of_28_and_31_days_compare() -> None:
    """40 minutes in February are more than 44 in March."""
    report = evaluate(
        [outage(datetime(2026, 2, 3, tzinfo=UTC), 40), outage(datetime(2026, 3, 3, tzinfo=UTC), 44)],
        start=datetime(2026, 2, 1, tzinfo=UTC),
        end=datetime(2026, 4, 1, tzinfo=UTC),
        zone="UTC",
        as_of=NOVEMBER,
    )
    february, march = trend(report, Period.MONTH)
    assert february.before is None
    assert march.is_comparable
    assert march.points == Fraction(5, 7812)
    assert march.before_down_per_30d_us == Fraction(40 * 30, 28) * MINUTE_US
    assert march.down_per_30d_us == Fraction(44 * 30, 31) * MINUTE_US
    assert "nothing to compare with" in february.explain()
    assert march.explain() == "2026-03-01 to 2026-03-31: 99.90 %, +0.0006 points, better"
    body = json.loads(json.dumps(march.as_dict()))
    assert body["before"]["compliance_percentage"] == 99.9
    assert february.as_dict()["before"] is None


def test_a_week_in_progress_is_compared_to_the_same_hour_of_the_week_before() -> None:
    """The window ends with the week; now it is Wednesday, 12:00."""
    report = october(
        [outage(at(6), 60), outage(at(8, 13), 60), outage(at(13), 30)], as_of=at(14, 12), start=at(5), end=at(19)
    )
    week_before, week = trend(report, Period.WEEK)
    assert not week_before.is_to_date
    assert week.is_to_date
    assert week.is_comparable
    assert week.before is not None
    assert week.before.end == at(7, 12)
    assert week.before.downtime_us == HOUR_US
    assert week.record.downtime_us == 30 * MINUTE_US
    assert " to date: " in week.explain()


def test_parts_of_periods_compare_with_nothing() -> None:
    report = october([outage(at(9), 30)], start=at(7), end=at(20), as_of=NOVEMBER)
    first, second, third = trend(report, Period.WEEK)
    assert (first.before, second.is_comparable, third.is_comparable) == (None, False, False)
    assert second.before is None
    assert third.before is not None
    assert "does not compare with 2026-10-12" in third.explain()


def test_a_window_that_begins_after_the_same_hour_has_nothing_to_compare_with() -> None:
    report = october([], start=at(11, 12), end=at(13), as_of=at(12, 6))
    assert [change.before for change in trend(report, Period.DAY)] == [None, None]


@pytest.mark.parametrize(
    ("period", "first", "second"),
    [
        (Period.DAY, date(2025, 2, 28), date(2026, 2, 28)),
        (Period.MONTH, date(2025, 2, 1), date(2026, 2, 1)),
        (Period.WEEK, date(2025, 2, 3), date(2026, 2, 2)),
    ],
)
def test_a_year_before_is_the_same_date_or_the_52nd_week(period: Period, first: date, second: date) -> None:
    report = evaluate(
        [],
        start=datetime(2024, 1, 1, tzinfo=UTC),
        end=datetime(2027, 1, 1, tzinfo=UTC),
        zone="UTC",
        as_of=datetime(2027, 1, 1, tzinfo=UTC),
    )
    changes = {change.record.date: change for change in trend(report, period, against="year")}
    before = changes[second].before
    assert before is not None
    assert before.date == first
    if period is Period.DAY:
        assert changes[date(2024, 2, 29)].before is None


def test_rolling_windows_compare_with_those_that_ended_as_many_days_before() -> None:
    report = october([outage(at(3), 60)])
    changes = trend(report, Period.rolling(7))
    assert changes[0].before is None
    assert changes[7].before is not None
    assert changes[7].before.date == date(2026, 10, 1)
    assert "worse" not in changes[7].explain()
    assert any("the same" in change.explain() for change in changes)


@pytest.mark.parametrize(("period", "against"), [(Period.HOUR, "previous"), (Period.rolling(7), "year")])
def test_hours_and_years_of_rolling_windows_have_no_trend(period: Period, against: Any) -> None:
    with pytest.raises(InvalidValueError, match="period"):
        trend(october([]), period, against=against)


def test_arguments_of_a_trend_are_checked() -> None:
    with pytest.raises(InvalidValueError, match="against"):
        trend(october([]), Period.DAY, against="week")  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError, match="period"):
        trend(october([]), "month")  # type: ignore[arg-type]


def test_a_change_without_data_says_so() -> None:
    report = october([], in_service=[(at(1), at(2))], start=at(1), end=at(3), as_of=at(5))
    last = trend(report, Period.DAY)[-1]
    assert last.points is None
    assert last.down_per_30d_us is None
    assert "no data" in last.explain()


def test_a_part_outside_the_window_is_refused(four_failures: ComplianceReport) -> None:
    with pytest.raises(ValueError, match="nothing from there"):
        four_failures.part(NOVEMBER, NOVEMBER + timedelta(days=1))
    assert four_failures.part(at(3), at(4, 12)).downtime_us == 20 * MINUTE_US


def test_the_dearest_incident_stands_first_with_its_cost() -> None:
    """In JSON with its alarms, or without; only the one that decided the month is marked."""
    costs = incident_costs(october([outage(at(3), 20, id="short"), outage(at(9), 40, id="long")]))
    assert [(row.incident.alarms[0].id, row.is_decisive) for row in costs.rows] == [("long", True), ("short", False)]
    first = costs.rows[0].as_dict()
    assert (first["budget_seconds"], first["is_decisive"], len(first["alarms"])) == (2400.0, True, 1)  # type: ignore[arg-type]
    assert "alarms" not in costs.rows[0].as_dict(with_alarms=False)
