"""Laws of alerts: on worlds of outages, against a count by hand; and on any row of budgets."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import sla_compliance as sla
from sla_compliance import alerts
from sla_compliance.analysis import ErrorBudget, budget
from sla_compliance.units import MINUTE_US
from sla_compliance.verdicts import Verdict

DAY = dt.datetime(2026, 10, 8, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
SERVICE_MINUTES = 240
STEP_MINUTES = 5
QUIET = alerts.AlertState(tenant_id="acme", policy_fingerprint="policy")
VALIDATOR = Draft202012Validator(alerts.alert_schema())

Looks = list[tuple[ErrorBudget, dt.datetime]]


@dataclass(frozen=True)
class World:
    """A day with four hours of service that is looked at every five minutes.

    Attributes:
        target: percent.
        rule: of alerts.
        outages: first minute and the minute after the last, apart from one another.
    """

    target: int
    rule: alerts.AlertRule
    outages: tuple[tuple[int, int], ...]

    def looks(self) -> Looks:
        """Return the budget at each look."""
        rows = [sla.Alarm(DAY + start * MINUTE, DAY + end * MINUTE, id=str(start)) for start, end in self.outages]
        policy = sla.SLAPolicy(str(self.target))
        looks: Looks = []
        for minute in range(0, SERVICE_MINUTES + 1, STEP_MINUTES):
            now = DAY + minute * MINUTE
            report = sla.evaluate(
                rows,
                start=DAY,
                end=DAY + dt.timedelta(days=1),
                zone="UTC",
                as_of=now,
                policy=policy,
                in_service=[(DAY, DAY + SERVICE_MINUTES * MINUTE)],
            )
            looks.append((budget(report), now))
        return looks

    def expected(self) -> list[tuple[str, int]]:
        """Return the kind and the minute of each alert, counted by hand."""
        allowed = Fraction(SERVICE_MINUTES * (100 - self.target), 100)
        told: list[tuple[str, int]] = []
        urgent_outages: set[int] = set()
        for minute in range(0, SERVICE_MINUTES + 1, STEP_MINUTES):
            spent = self._spent(minute)
            if ("BREACHED", 0) in [(kind, 0) for kind, _ in told]:
                break
            if spent > allowed:
                told.append(("BREACHED", minute))
                continue
            if self._is_low(allowed, spent, minute) and "LOW" not in [kind for kind, _ in told]:
                told.append(("LOW", minute))
            for start, end in self.outages:
                if start < minute < end and start not in urgent_outages and self._is_urgent(allowed, start, minute):
                    urgent_outages.add(start)
                    told.append(("URGENT", minute))
        return told

    def _spent(self, minute: int) -> int:
        return sum(max(0, min(end, minute) - start) for start, end in self.outages)

    def _is_low(self, allowed: Fraction, spent: int, minute: int) -> bool:
        is_ahead = spent / allowed - Fraction(minute, 24 * 60) > Fraction(1, 10)
        return (allowed - spent) / allowed < self.rule.left_below_ratio and is_ahead

    def _is_urgent(self, allowed: Fraction, start: int, minute: int) -> bool:
        left_when_it_began = allowed - self._spent(start)
        until_deadline = start + left_when_it_began - minute
        if start + left_when_it_began >= SERVICE_MINUTES:
            return False  # no deadline: the service ends first
        within = min(Fraction(self.rule.deadline_within_us, MINUTE_US), left_when_it_began / 2)
        lasted = minute - start
        return lasted * MINUTE_US >= self.rule.outage_for_us and 0 <= until_deadline <= within


@st.composite
def worlds(draw: st.DrawFn) -> World:
    edges = sorted(draw(st.sets(st.integers(0, SERVICE_MINUTES - 1), max_size=8)))
    outages = tuple((start, end) for start, end in list(pairwise(edges))[::2])
    rule = alerts.AlertRule(
        period=sla.Period.DAY,
        left_below=draw(st.sampled_from([10, 25, 60])),
        deadline_within=dt.timedelta(minutes=draw(st.sampled_from([5, 20, 60]))),
        outage_for=dt.timedelta(minutes=draw(st.sampled_from([0, 5, 15]))),
    )
    return World(draw(st.sampled_from([70, 85, 90, 95])), rule, outages)


def replayed(looks: Looks, rule: alerts.AlertRule, state: alerts.AlertState = QUIET) -> list[alerts.Alert]:
    """Return all that is told in a row of looks; the state goes through its JSON, as a store keeps it."""
    told: list[alerts.Alert] = []
    for error_budget, now in looks:
        state, new_alerts = alerts.step(alerts.AlertState.from_json(state.as_json()), error_budget, now, rule=rule)
        told += new_alerts
    return told


@settings(max_examples=60)
@given(world=worlds())
def test_what_is_told_is_what_a_count_by_hand_says(world: World) -> None:
    told = [(str(alert.kind), alert.at) for alert in replayed(world.looks(), world.rule)]
    assert told == [(kind, (DAY + minute * MINUTE).isoformat()) for kind, minute in world.expected()]


def test_the_worlds_tell_each_kind() -> None:
    """A strategy that drew none of a kind would prove nothing of it."""
    kinds: set[str] = set()

    @settings(max_examples=60, database=None)
    @given(world=worlds())
    def collect(world: World) -> None:
        kinds.update(kind for kind, _ in world.expected())

    collect()
    assert kinds == {"LOW", "URGENT", "BREACHED"}


FIRST_BUDGET = budget(
    sla.evaluate([], start=DAY, end=DAY + dt.timedelta(days=1), zone="UTC", as_of=DAY, policy=sla.SLAPolicy("99"))
)
ALLOWED_US = FIRST_BUDGET.allowed_us


@st.composite
def rows_of_budgets(draw: st.DrawFn) -> Looks:
    """Draw budgets of one day and of the next, with any verdict after any other, each later than the last."""
    looks: Looks = []
    minute = 0
    for _ in range(draw(st.integers(1, 14))):
        minute += draw(st.integers(1, 200))
        as_of = DAY + minute * MINUTE
        start = DAY + (minute // (24 * 60)) * dt.timedelta(days=1)
        if draw(st.integers(0, 5)) == 0 and start > DAY:
            start = DAY  # a look back at the day that is over
        looks.append((_drawn_budget(draw, start, as_of), as_of))
    return looks


def _drawn_budget(draw: st.DrawFn, start: dt.datetime, as_of: dt.datetime) -> ErrorBudget:
    state = draw(st.sampled_from(list(Verdict)))
    is_lost = state is Verdict.BREACHED
    is_down = not is_lost and draw(st.booleans())
    left_us = Fraction(draw(st.integers(-100, -1) if is_lost else st.integers(0, 100)), 100) * ALLOWED_US
    is_confirmed = draw(st.booleans())
    return replace(
        FIRST_BUDGET,
        start=start,
        end=start + dt.timedelta(days=1),
        as_of=as_of,
        state=state,
        left_us=left_us,
        remaining_ratio=left_us / ALLOWED_US,
        is_confirmed=is_confirmed,
        because=() if is_confirmed else tuple(draw(st.sets(st.sampled_from("abc")))),
        down_since=as_of - draw(st.integers(1, 30)) * MINUTE if is_down else None,
        deadline=as_of + draw(st.integers(0, 30)) * MINUTE if is_down else None,
        left_when_it_began_us=ALLOWED_US if is_down else None,
        last_monitored_at=draw(st.sampled_from([None, as_of, as_of - 2 * dt.timedelta(hours=1)])),
    )


DAILY = alerts.AlertRule(period=sla.Period.DAY)


@given(looks=rows_of_budgets())
def test_a_replay_of_any_prefix_tells_the_same(looks: Looks) -> None:
    """Under the same ids, and no id twice."""
    all_ids = [alert.alert_id for alert in replayed(looks, DAILY)]
    assert len(set(all_ids)) == len(all_ids)
    for length in range(len(looks)):
        ids = [alert.alert_id for alert in replayed(looks[:length], DAILY)]
        assert ids == all_ids[: len(ids)]


@given(looks=rows_of_budgets())
def test_the_same_budget_a_second_time_tells_nothing(looks: Looks) -> None:
    """And leaves the state as it is, so that nothing is written."""
    state = QUIET
    for error_budget, now in looks:
        state, new_alerts = alerts.step(state, error_budget, now, rule=DAILY)
        assert alerts.step(state, error_budget, now, rule=DAILY) == (state, ())
        for alert in new_alerts:
            VALIDATOR.validate(alert.as_dict())


@given(looks=rows_of_budgets())
def test_a_breach_is_never_skipped_and_never_told_without_cause(looks: Looks) -> None:
    """After each look that confirms one of a day that is followed, the last word on that day is that breach."""
    state = QUIET
    last_words: dict[dt.datetime, alerts.AlertKind] = {}
    for error_budget, now in looks:
        is_followed = error_budget.as_of < error_budget.end or error_budget.start in last_words
        state, new_alerts = alerts.step(state, error_budget, now, rule=DAILY)
        if error_budget.as_of < error_budget.end:
            last_words.setdefault(error_budget.start, alerts.AlertKind.MET_AFTER_ALL)
        at_once = [alert for alert in new_alerts if not alert.is_for_digest]
        for alert in at_once:
            if alert.kind in (alerts.AlertKind.BREACHED, alerts.AlertKind.MET_AFTER_ALL):
                assert last_words[error_budget.start] is not alert.kind
                last_words[error_budget.start] = alert.kind
        if is_followed and error_budget.state is Verdict.BREACHED and error_budget.is_confirmed:
            assert last_words[error_budget.start] is alerts.AlertKind.BREACHED
        is_breach_told = any(alert.kind is alerts.AlertKind.BREACHED for alert in at_once)
        if is_breach_told:
            assert error_budget.state is Verdict.BREACHED
            assert error_budget.is_confirmed
            assert len([alert for alert in new_alerts if alert.kind is not alerts.AlertKind.NO_DATA]) == 1


@given(looks=rows_of_budgets())
def test_entries_of_the_digest_wait_in_the_state_until_a_breach_overtakes_them(looks: Looks) -> None:
    """In the order in which they were made."""
    state = QUIET
    waiting: list[alerts.Alert] = []
    for error_budget, now in looks:
        state, new_alerts = alerts.step(state, error_budget, now, rule=DAILY)
        for alert in new_alerts:
            if alert.is_for_digest:
                waiting.append(alert)
            elif alert.kind is alerts.AlertKind.BREACHED:
                waiting = [entry for entry in waiting if entry.facts["period"] != alert.facts["period"]]
        assert list(state.waiting) == waiting
