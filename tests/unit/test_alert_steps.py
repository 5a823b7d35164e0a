"""Alerts of a month that is looked at again and again: what is told, when, and how often."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator

import sla_compliance as sla
from sla_compliance import alerts
from sla_compliance.alerts.states import MOST_CAUSES, MOST_ENDED_PERIODS
from sla_compliance.alerts.texts import local_time, period_words
from sla_compliance.analysis import ErrorBudget, budget
from sla_compliance.errors import InvalidTargetError, InvalidTypeError, InvalidValueError

OSLO = ZoneInfo("Europe/Oslo")
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
MONTHLY = alerts.AlertRule()
VALIDATOR = Draft202012Validator(alerts.alert_schema())


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0, *, month: int = 10) -> dt.datetime:
    """Return a moment of 2026 in Oslo."""
    return dt.datetime(2026, month, day, hour, minute, second, tzinfo=OSLO)


def outage(start: dt.datetime, minutes: float, row_id: str | None = None) -> sla.Alarm:
    end = start.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)
    return sla.Alarm(start, end, id=row_id or start.isoformat())


def month_budget(
    rows: Sequence[sla.Alarm], now: dt.datetime, *, month: int = 10, policy: sla.SLAPolicy | None = None, **terms: Any
) -> ErrorBudget:
    start, end = at(1, month=month), at(1, month=month + 1)
    report = sla.evaluate(
        rows, start=start, end=end, zone="Europe/Oslo", as_of=now, policy=policy or sla.SLAPolicy("99.9"), **terms
    )
    return budget(report)


@dataclass
class Watch:
    """A tenant that is looked at; every state goes through its JSON, as a store would keep it."""

    rule: alerts.AlertRule = MONTHLY
    state: alerts.AlertState = field(
        default_factory=lambda: alerts.AlertState(tenant_id="acme", policy_fingerprint="policy")
    )
    told: list[alerts.Alert] = field(default_factory=list)

    def look(self, error_budget: ErrorBudget | None, now: dt.datetime | None = None) -> list[str]:
        """Step once; return the kinds of what is told."""
        instant = now if error_budget is None or now is not None else error_budget.as_of
        assert instant is not None
        state, new_alerts = alerts.step(self.state, error_budget, instant, rule=self.rule)
        for alert in new_alerts:
            VALIDATOR.validate(alert.as_dict())
            assert alerts.Alert.from_dict(alert.as_dict()) == alert
        self.state = alerts.AlertState.from_json(state.as_json())
        assert self.state == state
        self.told += new_alerts
        return [str(alert.kind) for alert in new_alerts]

    def look_each_minute(self, rows: Sequence[sla.Alarm], start: dt.datetime, end: dt.datetime) -> None:
        """Step at each minute from start to end, both included."""
        first = start.astimezone(dt.UTC)
        for number in range(int((end.astimezone(dt.UTC) - first) / MINUTE) + 1):
            self.look(month_budget(rows, first + number * MINUTE))

    @property
    def kinds(self) -> list[str]:
        return [str(alert.kind) for alert in self.told]

    def first(self, kind: alerts.AlertKind) -> alerts.Alert:
        return next(alert for alert in self.told if alert.kind is kind)


def test_an_outage_that_loses_the_month_is_told_before_it_does() -> None:
    """It begins at 10:05, the month is lost at 10:49:42: 44.7 minutes are allowed in a month of 745 hours."""
    watch = Watch()
    watch.look_each_minute([outage(at(8, 10, 5), 120)], at(8, 10), at(8, 12))
    assert watch.kinds == ["URGENT", "LOW", "BREACHED"]
    urgent, breached = watch.first(alerts.AlertKind.URGENT), watch.first(alerts.AlertKind.BREACHED)
    assert at(8, 10, 27) <= dt.datetime.fromisoformat(urgent.at) <= at(8, 10, 28)
    assert urgent.title == "acme: cleared by 10:49 (Europe/Oslo) or October is lost"
    assert "Down since 10:05 (Europe/Oslo)" in urgent.text
    assert breached.at == at(8, 10, 50).isoformat()
    assert breached.title == "acme: October 2026 is lost"
    assert [alert.is_for_digest for alert in watch.told] == [False, True, False]


def test_two_outages_of_a_month_are_two_urgent_alerts() -> None:
    """What was left when the second began is less, so it is urgent sooner after its beginning."""
    rows = [outage(at(8, 10, 5), 26), outage(at(9, 3), 13)]
    watch = Watch()
    watch.look_each_minute(rows, at(8, 10), at(8, 11))
    watch.look_each_minute(rows, at(9, 2, 55), at(9, 3, 30))
    assert watch.kinds.count("URGENT") == 2
    assert "BREACHED" not in watch.kinds
    assert len({alert.alert_id for alert in watch.told}) == len(watch.told)


def test_thirty_flaps_of_ten_seconds_tell_nothing() -> None:
    """None lasts long enough, and together they are five minutes."""
    rows = [outage(at(8, 10, minute), 1 / 6) for minute in range(30)]
    watch = Watch()
    for second in range(0, 1800, 5):
        watch.look(month_budget(rows, at(8, 10) + dt.timedelta(seconds=second)))
    assert watch.told == []


def test_an_outage_whose_beginning_moves_is_the_same() -> None:
    """A row that comes late says that it began earlier; a reading that lacks it for once ends nothing."""
    now = at(8, 10, 30)
    watch = Watch()
    assert watch.look(month_budget([outage(at(8, 10, 5), 120)], now)) == ["URGENT"]
    assert watch.look(month_budget([], now + MINUTE)) == []
    assert watch.look(month_budget([outage(at(8, 10), 120)], now + 2 * MINUTE)) == []


def test_a_jump_to_a_breach_is_one_alert() -> None:
    watch = Watch()
    assert watch.look(month_budget([outage(at(8), 120)], at(8, 1))) == ["BREACHED"]
    assert watch.look(month_budget([outage(at(8), 120)], at(9))) == []


def test_a_breach_that_is_taken_back_and_comes_again_has_a_number_of_its_own() -> None:
    watch = Watch()
    lost, kept = [outage(at(8), 120)], [outage(at(8), 1)]
    kinds = [watch.look(month_budget(rows, at(9, hour))) for hour, rows in enumerate((lost, kept, lost, kept, lost))]
    assert kinds == [["BREACHED"], ["MET_AFTER_ALL"], ["BREACHED"], ["MET_AFTER_ALL"], ["BREACHED"]]
    assert [alert.facts["number"] for alert in watch.told] == [1, 1, 2, 2, 3]
    assert len({alert.alert_id for alert in watch.told}) == 5
    assert watch.told[1].title == "acme: October 2026 is not lost after all"


def test_a_breach_taken_back_to_at_risk_says_so() -> None:
    watch = Watch()
    watch.look(month_budget([outage(at(2), 120)], at(3)))
    watch.look(month_budget([outage(at(2), 20)], at(4)))
    assert "It is below its target so far." in watch.told[-1].text


def open_row(row_id: str, start: dt.datetime) -> sla.Alarm:
    """Return a row that is active and was not seen since: in doubt after seven days."""
    return sla.Alarm(start, last_occurrence=start, id=row_id)


def test_a_breach_that_is_not_confirmed_waits_for_the_digest_once_a_cause() -> None:
    """When it becomes confirmed it is told at once, under another id."""
    watch = Watch()
    old = open_row("forgotten", at(2))
    doubtful = month_budget([old], at(12))
    assert (doubtful.state, doubtful.is_confirmed) == (sla.Verdict.BREACHED, False)
    assert watch.look(doubtful) == ["BREACHED"]
    assert watch.look(month_budget([old], at(12, 1))) == []
    both = [old, open_row("other", at(4))]
    assert watch.look(month_budget(both, at(15))) == ["BREACHED"]
    assert [alert.is_for_digest for alert in watch.told] == [True, True]
    assert "In doubt: forgotten." in watch.told[0].text
    assert "In doubt: other." in watch.told[1].text
    assert watch.look(month_budget([*both, outage(at(1, 12), 120)], at(16))) == ["BREACHED"]
    assert not watch.told[-1].is_for_digest
    assert len({alert.alert_id for alert in watch.told}) == 3
    # Doubt that comes back takes nothing back, and says nothing anew.
    assert watch.look(month_budget(both, at(17))) == []


def test_an_unconfirmed_breach_that_is_taken_back_is_told_in_the_digest() -> None:
    watch = Watch()
    watch.look(month_budget([open_row("forgotten", at(2))], at(13)))
    assert watch.look(month_budget([outage(at(2), 1)], at(13, 1))) == ["MET_AFTER_ALL"]
    assert watch.told[-1].is_for_digest
    # People know that it is not lost: the same cause is told again, under an id of its own.
    assert watch.look(month_budget([open_row("forgotten", at(2))], at(13, 2))) == ["BREACHED"]
    assert watch.look(month_budget([outage(at(2), 1)], at(13, 3))) == ["MET_AFTER_ALL"]
    assert [alert.facts["number"] for alert in watch.told] == [1, 1, 2, 2]
    assert len({alert.alert_id for alert in watch.told}) == 4


def test_many_causes_are_named_in_part_and_counted() -> None:
    watch = Watch()
    rows = [open_row(f"row {number}", at(2, 0, number)) for number in range(7)]
    watch.look(month_budget(rows, at(13)))
    assert "and 2 more." in watch.told[0].text


def test_the_causes_that_a_state_keeps_are_bounded() -> None:
    """A period with more of them tells no further ones."""
    lost = month_budget([open_row("x", at(2))], at(13))
    watch = Watch()
    for number in range(MOST_CAUSES // 100 + 3):
        names = tuple(f"{number}:{index}" for index in range(100))
        watch.look(replace(lost, because=names, as_of=at(13) + number * MINUTE))
    assert watch.state.current is not None
    assert len(watch.state.current.causes) == MOST_CAUSES
    assert len(watch.told) == MOST_CAUSES // 100


def test_a_doubt_without_rows_is_a_cause_too() -> None:
    lost = replace(month_budget([open_row("x", at(2))], at(13)), because=())
    watch = Watch()
    assert watch.look(lost) == ["BREACHED"]
    assert watch.look(replace(lost, as_of=at(13, 0, 1))) == []
    assert "In doubt" not in watch.told[0].text


def test_a_record_of_a_period_that_is_over_adds_no_cause() -> None:
    """It names no rows; those that were named while the period lasted are told."""
    watch = Watch()
    assert watch.look(month_budget([open_row("x", at(2))], at(13))) == ["BREACHED"]
    over = replace(month_budget([open_row("x", at(2))], at(1, month=11)), because=())
    assert (over.state, over.is_confirmed) == (sla.Verdict.BREACHED, False)
    assert watch.look(over) == []


def test_time_that_is_unknown_takes_no_breach_back() -> None:
    """A purge takes the rows of the outage, and the time that they were of is unknown then."""
    watch = Watch()
    watch.look(month_budget([outage(at(2), 120)], at(3)))
    purged = month_budget([outage(at(20), 1)], at(25), monitored=[(at(15), at(1, month=11))])
    assert (purged.state, purged.is_confirmed) == (sla.Verdict.MET, False)
    assert watch.look(purged) == []


def test_a_month_in_which_nothing_counts_tells_nothing() -> None:
    watch = Watch()
    watch.look(month_budget([outage(at(2), 120)], at(3)))
    nothing = month_budget([outage(at(2), 120)], at(4), in_service=[])
    assert nothing.state is sla.Verdict.UNDETERMINED
    assert watch.look(nothing) == []


@pytest.mark.parametrize(
    ("down_minutes", "day", "is_low"),
    [(36, 8, True), (33, 8, False), (36, 22, True), (36, 23, False)],
    ids=["most is spent early", "just enough is left", "ahead of the month", "in step with the month"],
)
def test_a_budget_is_low_where_little_is_left_too_early(down_minutes: int, day: int, is_low: bool) -> None:
    """36 of 44.64 minutes are 80.6 %; they run ahead by a tenth until 70.6 % of the month have passed."""
    watch = Watch()
    kinds = watch.look(month_budget([outage(at(1), down_minutes)], at(day)))
    assert kinds == (["LOW"] if is_low else [])
    # Once: not again when more is spent.
    watch.look(month_budget([outage(at(1), down_minutes + 3)], at(day, 1)))
    assert watch.kinds.count("LOW") <= 1


def test_a_target_of_100_has_no_low() -> None:
    """It is lost with the first second."""
    watch = Watch()
    policy = sla.SLAPolicy("100")
    assert watch.look(month_budget([], at(8), policy=policy)) == []
    assert watch.look(month_budget([outage(at(8), 1)], at(8, 1), policy=policy)) == ["BREACHED"]


def test_at_risk_by_itself_tells_nothing() -> None:
    """Ten minutes on the first day are below the target so far, and no more than that."""
    watch = Watch()
    at_risk = month_budget([outage(at(1), 10)], at(1, 12))
    assert at_risk.state is sla.Verdict.AT_RISK
    assert watch.look(at_risk) == []


def test_a_period_that_is_over_is_left_alone_when_a_tenant_is_first_seen() -> None:
    watch = Watch()
    assert watch.look(month_budget([outage(at(8), 120)], at(2, month=11))) == []
    assert watch.state.current is None


def test_a_breach_of_the_last_minute_is_told_after_the_end() -> None:
    """The period was followed: it is looked at once more."""
    rows = [outage(at(31, 23), 61)]
    watch = Watch()
    assert watch.look(month_budget(rows, at(31, 23, 2))) == []
    after = at(1, 0, 0, 30, month=11)
    assert [period.bounds_us for period in watch.state.periods_to_look_back_at(int(after.timestamp() * 1_000_000))]
    assert watch.look(month_budget(rows, after)) == ["BREACHED"]
    assert watch.look(month_budget([], after, month=11)) == []


def test_a_lost_month_that_is_over_can_be_met_after_all() -> None:
    """The next one starts quiet; a period that was not followed is still left alone."""
    watch = Watch()
    lost, corrected = [outage(at(8), 120)], [outage(at(8), 1)]
    watch.look(month_budget(lost, at(9)))
    assert watch.look(month_budget(lost, at(5, month=11), month=11)) == []
    assert watch.look(month_budget(lost, at(6, month=11))) == []
    assert watch.look(month_budget(corrected, at(7, month=11))) == ["MET_AFTER_ALL"]
    assert watch.told[-1].title == "acme: October 2026 met its target after all"
    assert watch.look(month_budget(lost, at(8, month=11))) == ["BREACHED"]
    assert watch.look(month_budget([outage(at(8, month=9), 120)], at(8, month=11), month=9)) == []


def test_the_latest_ended_periods_are_kept() -> None:
    watch = Watch()
    for month in range(1, 9):
        watch.look(month_budget([outage(at(2, month=month), 1)], at(3, month=month), month=month))
    months = [dt.datetime.fromtimestamp(ended.end_us / 1e6, OSLO).month for ended in watch.state.ended]
    assert months == [6, 7, 8]
    assert len(months) == MOST_ENDED_PERIODS


def test_a_new_policy_starts_quiet() -> None:
    """What was told under the other one is kept for no look back."""
    watch = Watch()
    lost = [outage(at(8), 120)]
    watch.look(month_budget(lost, at(9)))
    first_state = watch.state
    watch.state = first_state.under("another policy")
    assert watch.look(month_budget(lost, at(9, 1))) == ["BREACHED"]
    assert watch.told[0].alert_id != watch.told[1].alert_id
    assert first_state.under("policy") is first_state
    # Of the month before under another policy there is nothing to look back at.
    november = watch.state.under("a third policy")
    assert november.periods_to_look_back_at(int(at(2, month=11).timestamp() * 1e6)) == ()


def test_a_budget_that_is_older_than_what_was_told_is_left_out() -> None:
    """Another worker remembered it for a minute; one that is older by more is of a clock that was set right."""
    watch = Watch()
    lost, kept = [outage(at(8), 120)], [outage(at(8), 1)]
    watch.look(month_budget(lost, at(9, 12)))
    assert watch.look(month_budget(kept, at(9, 11, 59))) == []
    assert watch.look(month_budget(kept, at(9, 11, 30))) == ["MET_AFTER_ALL"]


def test_missing_data_is_told_once_and_again_only_after_it_came_back() -> None:
    watch = Watch()
    first, last = at(1), at(1, month=11)
    rows = [outage(at(2), 1)]

    def look(now: dt.datetime, *pieces: tuple[dt.datetime, dt.datetime]) -> list[str]:
        return watch.look(month_budget(rows, now, monitored=pieces))

    assert look(at(8, 10), (first, at(8, 10))) == []
    assert look(at(8, 10, 59), (first, at(8, 10))) == []
    assert look(at(8, 11), (first, at(8, 10))) == ["NO_DATA"]
    assert watch.look(None, at(8, 12)) == []
    assert watch.look(None, at(8, 20)) == []
    assert look(at(8, 21), (first, at(8, 10))) == []
    assert look(at(8, 22), (first, at(8, 10)), (at(8, 21), last)) == []
    assert look(at(9, 22), (first, at(8, 10)), (at(8, 21), at(8, 23))) == ["NO_DATA"]
    assert [alert.facts["reason"] for alert in watch.told] == ["not_monitored"] * 2
    assert watch.told[0].facts["since"] == at(8, 10).isoformat()


def test_a_tenant_that_never_had_data_tells_nothing() -> None:
    """A monitor that begins in the future, and one that ended long ago."""
    watch = Watch()
    assert watch.look(month_budget([], at(8), monitored=[(at(9), at(1, month=11))])) == []
    assert watch.look(month_budget([], at(8, 1), monitored=[(at(1), at(2))])) == []


def test_monitoring_that_is_gone_altogether_is_missing_data() -> None:
    watch = Watch()
    watch.look(month_budget([], at(8)))
    assert watch.look(month_budget([], at(8, 1), monitored=[])) == ["NO_DATA"]


def test_readings_that_fail_are_missing_data_after_a_while() -> None:
    """Once; also of a tenant that was never read. One that succeeds in between begins it again."""
    watch = Watch()
    assert [watch.look(None, at(8, 10, minute)) for minute in (0, 30, 59)] == [[], [], []]
    assert watch.look(month_budget([], at(8, 11))) == []
    assert [watch.look(None, at(8, hour, 30)) for hour in (11, 12, 13, 14)] == [[], ["NO_DATA"], [], []]
    assert watch.told[0].facts["reason"] == "reading_failed"
    assert "No reading of the alarms has succeeded since 2026-10-08 09:30+00:00" in watch.told[0].text


def test_an_urgent_outage_is_told_again_for_the_month_that_it_runs_into() -> None:
    """It is another month that is lost, by another deadline."""
    rows = [outage(at(31, 23, 20), 120)]
    watch = Watch()
    watch.look(month_budget(rows, at(31, 23, 50)))
    assert watch.look(month_budget(rows, at(1, 0, 25, month=11), month=11)) == ["URGENT"]
    urgent = watch.told[-1]
    assert urgent.title == "acme: cleared by 00:43 (Europe/Oslo) or November is lost"


@pytest.mark.parametrize(
    ("changes", "is_urgent"),
    [
        ({}, True),
        ({"outage_for": dt.timedelta(minutes=31)}, False),
        ({"deadline_within": dt.timedelta(minutes=5)}, False),
        ({"deadline_within": dt.timedelta(hours=9)}, True),
    ],
)
def test_the_rule_says_when_an_outage_is_urgent(changes: dict[str, Any], is_urgent: bool) -> None:
    watch = Watch(alerts.AlertRule(**changes))
    kinds = watch.look(month_budget([outage(at(8, 10), 120)], at(8, 10, 30)))
    assert ("URGENT" in kinds) == is_urgent


def test_a_deadline_that_has_passed_is_not_urgent_any_more() -> None:
    """The next look says what came of it."""
    old = month_budget([outage(at(8, 10), 120)], at(8, 10, 30))
    assert "URGENT" not in Watch().look(old, at(8, 11))


def test_names_from_outside_add_no_lines() -> None:
    state = alerts.AlertState(tenant_id="acme\r\nBcc: x@example.com" + "x" * 200, policy_fingerprint="policy")
    _, (told,) = alerts.step(state, month_budget([outage(at(8), 120)], at(9)), at(9))
    assert "\n" not in told.title + told.text
    assert len(told.title) < 200
    assert told.tenant_id == state.tenant_id


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (at(8, 14, 37, 59), "14:37 (Europe/Oslo)"),
        (at(9, 9, 42), "Fri 9 October 09:42 (Europe/Oslo)"),
        (at(25, 2, 30), "Sun 25 October 02:30 +02:00 (Europe/Oslo)"),
        (at(25, 2, 30).replace(fold=1), "Sun 25 October 02:30 +01:00 (Europe/Oslo)"),
    ],
    ids=["today", "tomorrow", "the first of two", "the second of two"],
)
def test_local_times_say_what_a_clock_on_the_wall_needs(instant: dt.datetime, text: str) -> None:
    assert local_time(instant, at(8)) == text


@pytest.mark.parametrize(
    ("period", "name"),
    [
        (sla.Period.DAY, "2026-10-05"),
        (sla.Period.WEEK, "the week from 2026-10-05"),
        (sla.Period.MONTH, "October 2026"),
        (sla.Period.month(5), "the month from 2026-10-05"),
        (sla.Period.YEAR, "the year from 2026-10-05"),
    ],
)
def test_periods_have_names(period: sla.Period, name: str) -> None:
    assert period_words(period, at(5)) == name


@pytest.mark.parametrize("zone", ["Europe/Oslo", "Asia/Kolkata"])
def test_a_digest_is_made_once_a_day_of_what_waits(zone: str) -> None:
    """At the first time of the day after the first entry; entries of the next day wait for the next one."""
    watch = Watch()
    eight = dt.time(8)
    assert alerts.take_digest(watch.state, at(8), digest_at=eight, zone=zone) == (watch.state, None)
    watch.look(month_budget([outage(at(1), 36)], at(8, 10)))
    local = ZoneInfo(zone)
    due = dt.datetime(2026, 10, 9, 8, tzinfo=local)
    assert alerts.take_digest(watch.state, due - MINUTE, digest_at=eight, zone=zone)[1] is None
    state, digest = alerts.take_digest(watch.state, due + MINUTE, digest_at=eight, zone=zone)
    assert digest is not None
    assert (digest.due_at, digest.alerts) == (due, tuple(watch.told))
    assert digest.title == "acme: digest of 2026-10-09, 1 entry"
    assert watch.told[0].text in digest.text
    VALIDATOR.validate(digest.as_dict())
    assert state.waiting == ()
    # An entry of a budget that was remembered from before the digest belongs to the next one.
    late = replace(state, waiting=watch.state.waiting)
    assert alerts.take_digest(late, due + HOUR, digest_at=eight, zone=zone)[1] is None
    _, second = alerts.take_digest(late, due + 25 * HOUR, digest_at=eight, zone=zone)
    assert second is not None
    assert second.digest_id != digest.digest_id


def test_a_digest_is_due_on_the_same_day_where_its_time_is_still_to_come() -> None:
    watch = Watch()
    watch.look(month_budget([outage(at(1), 36)], at(8, 7)))
    _, digest = alerts.take_digest(watch.state, at(8, 8), digest_at=dt.time(8), zone="Europe/Oslo")
    assert digest is not None


def bad_states() -> Iterable[str]:
    good = alerts.AlertState(tenant_id="acme", policy_fingerprint="policy").as_json()
    yield from ("", "[]", "{}", "null", good.replace('"had_data"', '"had"'), good.replace('"ended":[]', '"ended":[1]'))
    yield good.replace('"waiting":[]', '"waiting":[{}]')
    yield good.replace('"version":1', '"version":2')


@pytest.mark.parametrize("text", list(bad_states()))
def test_what_is_no_state_is_refused(text: str) -> None:
    """A worker of an older version overwrites no state of a newer one."""
    with pytest.raises(InvalidValueError, match=r"^state is "):
        alerts.AlertState.from_json(text)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"period": "month"}, InvalidTypeError),
        ({"period": sla.Period.HOUR}, InvalidValueError),
        ({"period": sla.Period.rolling(30)}, InvalidValueError),
        ({"left_below": "101"}, InvalidTargetError),
        ({"deadline_within": 60}, InvalidTypeError),
        ({"outage_for": -MINUTE}, InvalidValueError),
        ({"no_data_after": None}, InvalidTypeError),
    ],
)
def test_a_rule_that_cannot_be_is_refused(arguments: dict[str, Any], error: type[Exception]) -> None:
    (name,) = arguments
    with pytest.raises(error, match=rf"^{name} is"):
        alerts.AlertRule(**arguments)


def test_what_is_no_state_no_budget_and_no_instant_is_refused() -> None:
    state = alerts.AlertState(tenant_id="acme", policy_fingerprint="policy")
    with pytest.raises(InvalidTypeError, match=r"^state is"):
        alerts.step("acme", None, at(8))  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError, match=r"^budget is"):
        alerts.step(state, "budget", at(8))  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=r"^now is"):
        alerts.step(state, None, dt.datetime(2026, 10, 8))  # noqa: DTZ001 - that is the point
