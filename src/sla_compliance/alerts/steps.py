"""step: what a new look at a tenant's error budget adds to what was told."""
################################################################
# Of (tenant, period, fingerprint of the policy), told once each:
#
#     LOW            less than left_below of the budget is left, and the share that is
#                    spent exceeds the elapsed share of the period by more than a tenth;
#                    not of a target of 100 %, and not where the period is lost already
#     URGENT         once an outage: it has lasted outage_for, and
#                        deadline - now <= min(deadline_within, half of what was left
#                                              when it began)
#     BREACHED       the verdict, confirmed
#     MET_AFTER_ALL  a breach was told, and a confirmed verdict says something else;
#                    the next breach has the next number
#
# LOW, and a breach that is not confirmed, once for each cause, wait for the digest; a
# confirmed breach of the period that comes first takes them out of it.
# Whether a verdict is confirmed stands on it as long as it is not: so rows that are
# purged, which leave time unknown, take no breach back.
#
# Of the tenant:
#
#     NO_DATA        no time within no_data_after is monitored, where there was some at
#                    an earlier look, or all readings of that time have failed; again
#                    only after monitored time has come back
#
# The verdict AT_RISK is none of these. A period that is over and was not followed while
# it lasted is left alone.
#
# An outage is the one that was told if it had begun by then: facts that come late may
# move its beginning, and it is still the same.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from hashlib import sha256
from typing import Final

from sla_compliance.alerts.alert import Alert, AlertKind, NoDataReason, alert_id_of
from sla_compliance.alerts.rules import AlertRule
from sla_compliance.alerts.states import MOST_CAUSES, AlertState, PeriodState
from sla_compliance.alerts.texts import AlertTexts, TitleAndText, elapsed_ratio, no_data_texts
from sla_compliance.analysis import ErrorBudget
from sla_compliance.checks import check_type
from sla_compliance.units import MINUTE_US, instant_us, moment
from sla_compliance.verdicts import Verdict

AHEAD_OF_ELAPSED: Final = Fraction(1, 10)
LONGEST_LAG_US: Final = 10 * MINUTE_US
"""A budget that is older than the last change by no more is left out; by more, the clock was wrong before."""
_CAUSE_DIGITS: Final = 16
_DEFAULT_RULE: Final = AlertRule()


def step(
    state: AlertState, budget: ErrorBudget | None, now: datetime, *, rule: AlertRule = _DEFAULT_RULE
) -> tuple[AlertState, tuple[Alert, ...]]:
    """Return the state after a look at a tenant's error budget, and what is to be told.

    Pure: whatever calls it stores the state and sends the alerts. The state that is returned is `state` itself where
    nothing has changed. Alerts that are for the digest wait in the state.

    Args:
        state: what was told so far, under the policy of the budget.
        budget: of the period in progress, or of a period that was followed and is over; None: it cannot be read.
        now: aware.
        rule: when alerts are sent.

    Raises:
        InvalidTypeError, NaiveDatetimeError: naming the argument.

    >>> import datetime as dt, sla_compliance as sla
    >>> from sla_compliance import alerts
    >>> from sla_compliance.analysis import budget
    >>> first, now, last = (dt.datetime(2026, month, day, tzinfo=dt.UTC) for month, day in ((10, 1), (10, 9), (11, 1)))
    >>> cut = sla.Alarm(now - dt.timedelta(hours=1), now)
    >>> report = sla.evaluate([cut], start=first, end=last, zone="UTC", as_of=now)
    >>> state, told = alerts.step(alerts.AlertState(tenant_id="acme", policy_fingerprint="a"), budget(report), now)
    >>> [alert.title for alert in told]
    ['acme: October 2026 is lost']
    >>> alerts.step(state, budget(report), now)[1]
    ()
    """
    check_type(state, AlertState, "state", "an AlertState")
    now_us = instant_us(now, field="now")
    if budget is None:
        return _step_without_reading(state, now_us, rule)
    check_type(budget, ErrorBudget, "budget", "an ErrorBudget, or None")
    look = _Look(state, budget, now_us, rule)
    if look.is_outdated:
        return state, ()
    period = state.period(look.start_us, look.end_us)
    if period is None:
        if look.is_over:
            return state, ()
        period = PeriodState(start_us=look.start_us, end_us=look.end_us, policy_fingerprint=state.policy_fingerprint)
    new_period, alerts = look.step_period(period)
    new_state = state.with_period(new_period)
    if not look.is_over:
        new_state, data_alerts = look.step_data(new_state)
        alerts = (*alerts, *data_alerts)
    if new_state == state:
        return state, ()
    return replace(_with_waiting(new_state, alerts), changed_us=look.as_of_us), alerts


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at a budget."""

    state: AlertState
    budget: ErrorBudget
    now_us: int
    rule: AlertRule

    @property
    def start_us(self) -> int:
        return instant_us(self.budget.start, field="budget.start")

    @property
    def end_us(self) -> int:
        return instant_us(self.budget.end, field="budget.end")

    @property
    def as_of_us(self) -> int:
        return instant_us(self.budget.as_of, field="budget.as_of")

    @property
    def is_over(self) -> bool:
        return self.as_of_us >= self.end_us

    @property
    def is_outdated(self) -> bool:
        """Whether the state holds what a later budget said."""
        changed_us = self.state.changed_us
        return changed_us is not None and 0 < changed_us - self.as_of_us <= LONGEST_LAG_US

    @property
    def texts(self) -> AlertTexts:
        return AlertTexts(self.state.tenant_id, self.rule.period, self.budget)

    def step_period(self, period: PeriodState) -> tuple[PeriodState, tuple[Alert, ...]]:
        """Return what was told of the period afterwards, and what is to be told of it."""
        is_lost = self.budget.state is Verdict.BREACHED
        if is_lost and not period.is_breached:
            return self._breach(period) if self.budget.is_confirmed else self._doubtful_breach(period)
        lift_alerts: tuple[Alert, ...] = ()
        if not is_lost and self._takes_back(period):
            period, lift_alerts = self._lift(period)
        if is_lost or period.is_breached or self.is_over:
            return period, lift_alerts
        period, low_alerts = self._low(period)
        period, urgent_alerts = self._urgent(period)
        return period, (*lift_alerts, *low_alerts, *urgent_alerts)

    def _breach(self, period: PeriodState) -> tuple[PeriodState, tuple[Alert, ...]]:
        number = period.times_lifted + 1
        alert = self._alert(period, AlertKind.BREACHED, (number,), self.texts.breached(), number=number)
        return replace(period, is_breached=True, is_doubtful=False), (alert,)

    def _doubtful_breach(self, period: PeriodState) -> tuple[PeriodState, tuple[Alert, ...]]:
        """Tell a breach that is not confirmed, where it has causes that were not told."""
        if period.is_doubtful and not self.budget.because:
            return period, ()  # a record alone, that of a period which is over, names no rows: no new cause
        # Where no row is in doubt the doubt is one of the input: one cause, without a name.
        named_causes = {_cause_digest(name): name for name in self.budget.because or ("",)}
        told_causes = set(period.causes)
        new_causes = {digest: name for digest, name in named_causes.items() if digest not in told_causes}
        if not new_causes or len(told_causes) >= MOST_CAUSES:
            return period, ()
        names = tuple(name for name in new_causes.values() if name)
        number = period.times_lifted + 1
        alert = self._alert(
            period,
            AlertKind.BREACHED,
            ("not confirmed", number, *sorted(new_causes)),
            self.texts.doubtful(names),
            number=number,
            is_for_digest=True,
        )
        causes = (*period.causes, *new_causes)[:MOST_CAUSES]
        return replace(period, is_doubtful=True, causes=causes), (alert,)

    def _takes_back(self, period: PeriodState) -> bool:
        """Whether the verdict, which is no breach, takes a breach back that was told."""
        is_known = self.budget.state is not Verdict.UNDETERMINED and self.budget.is_confirmed
        return is_known and (period.is_breached or period.is_doubtful)

    def _lift(self, period: PeriodState) -> tuple[PeriodState, tuple[Alert, ...]]:
        number = period.times_lifted + 1
        alert = self._alert(
            period,
            AlertKind.MET_AFTER_ALL,
            (number,),
            self.texts.met_after_all(),
            number=number,
            is_for_digest=not period.is_breached,
        )
        # What is lost once more, for whatever cause, is told once more.
        return replace(period, is_breached=False, is_doubtful=False, times_lifted=number, causes=()), (alert,)

    def _low(self, period: PeriodState) -> tuple[PeriodState, tuple[Alert, ...]]:
        remaining_ratio = self.budget.remaining_ratio
        if period.is_low or remaining_ratio is None or remaining_ratio >= self.rule.left_below_ratio:
            return period, ()
        if (1 - remaining_ratio) - elapsed_ratio(self.budget) <= AHEAD_OF_ELAPSED:
            return period, ()
        alert = self._alert(period, AlertKind.LOW, (), self.texts.low(), is_for_digest=True)
        return replace(period, is_low=True), (alert,)

    def _urgent(self, period: PeriodState) -> tuple[PeriodState, tuple[Alert, ...]]:
        budget = self.budget
        if budget.down_since is None or budget.deadline is None or budget.left_when_it_began_us is None:
            return period, ()
        since_us = instant_us(budget.down_since, field="budget.down_since")
        # An instant that is still to come is that of a clock which was wrong.
        is_same_outage = period.urgent_us is not None and since_us <= period.urgent_us <= self.as_of_us
        if is_same_outage or self.as_of_us - since_us < self.rule.outage_for_us:
            return period, ()
        until_deadline_us = instant_us(budget.deadline, field="budget.deadline") - self.now_us
        half_us = budget.left_when_it_began_us / 2
        if until_deadline_us < 0 or until_deadline_us > half_us or until_deadline_us > self.rule.deadline_within_us:
            return period, ()
        texts = self.texts.urgent(budget.down_since, budget.deadline)
        alert = self._alert(period, AlertKind.URGENT, (since_us,), texts, since=budget.down_since.isoformat())
        return replace(period, urgent_us=self.as_of_us), (alert,)

    def step_data(self, state: AlertState) -> tuple[AlertState, tuple[Alert, ...]]:
        """Return the state after a reading that succeeded, and whether data is missing all the same."""
        state = replace(state, failing_since_us=None)
        last_monitored_at = self.budget.last_monitored_at
        last_us = None if last_monitored_at is None else instant_us(last_monitored_at, field="budget.last_monitored_at")
        if last_us is not None and self.now_us - last_us < self.rule.no_data_after_us:
            return replace(state, had_data=True, is_without_data=False), ()
        if state.is_without_data or not state.had_data:
            return state, ()
        since = self.budget.as_of if last_monitored_at is None else last_monitored_at
        alert = _no_data_alert(state, NoDataReason.NOT_MONITORED, since, self.budget.as_of, self._facts())
        return replace(state, is_without_data=True), (alert,)

    def _alert(
        self,
        period: PeriodState,
        kind: AlertKind,
        number_or_incident: Sequence[int | str],
        texts: TitleAndText,
        *,
        number: int | None = None,
        since: str | None = None,
        is_for_digest: bool = False,
    ) -> Alert:
        key = (self.state.tenant_id, *period.bounds_us, period.policy_fingerprint)
        title, text = texts
        return Alert(
            alert_id=alert_id_of(*key, str(kind), *number_or_incident),
            kind=kind,
            tenant_id=self.state.tenant_id,
            at=self.budget.as_of.isoformat(),
            is_for_digest=is_for_digest,
            title=title,
            text=text,
            facts={**self._facts(), "number": number, "since": since},
        )

    def _facts(self) -> dict[str, object]:
        budget = self.budget
        bounds = {"start": budget.start.isoformat(), "end": budget.end.isoformat()}
        return {
            "period": {"name": self.rule.period.name, **bounds},
            "policy_fingerprint": self.state.policy_fingerprint,
            "number": None,
            "since": None,
            "reason": None,
            "budget": budget.as_dict(),
        }


def _step_without_reading(state: AlertState, now_us: int, rule: AlertRule) -> tuple[AlertState, tuple[Alert, ...]]:
    """Return the state after a reading that failed, and whether that is told."""
    # An instant that is still to come is that of a clock which was wrong.
    if state.failing_since_us is None or state.failing_since_us > now_us:
        return replace(state, failing_since_us=now_us), ()
    if state.is_without_data or now_us - state.failing_since_us < rule.no_data_after_us:
        return state, ()
    since = moment(state.failing_since_us)
    facts = dict.fromkeys(("period", "policy_fingerprint", "number", "since", "reason", "budget"))
    alert = _no_data_alert(state, NoDataReason.READING_FAILED, since, moment(now_us), facts)
    return replace(state, is_without_data=True), (alert,)


def _no_data_alert(
    state: AlertState, reason: NoDataReason, since: datetime, at: datetime, facts: dict[str, object]
) -> Alert:
    title, text = no_data_texts(state.tenant_id, reason, since)
    since_us = instant_us(since, field="since")
    return Alert(
        alert_id=alert_id_of(state.tenant_id, str(AlertKind.NO_DATA), since_us),
        kind=AlertKind.NO_DATA,
        tenant_id=state.tenant_id,
        at=at.isoformat(),
        is_for_digest=False,
        title=title,
        text=text,
        facts={**facts, "since": since.isoformat(), "reason": str(reason)},
    )


def _with_waiting(state: AlertState, alerts: Sequence[Alert]) -> AlertState:
    """Return the state with those of the alerts that wait for the digest.

    Entries that a breach has overtaken, which is told at once, are taken out: that little is left, that it may be lost.
    """
    waiting = [*state.waiting, *(alert for alert in alerts if alert.is_for_digest)]
    for alert in alerts:
        if alert.kind is AlertKind.BREACHED and not alert.is_for_digest:
            waiting = [entry for entry in waiting if entry.facts["period"] != alert.facts["period"]]
    return replace(state, waiting=tuple(waiting))


def _cause_digest(name: str) -> str:
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_CAUSE_DIGITS]
