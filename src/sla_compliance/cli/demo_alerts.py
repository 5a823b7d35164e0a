"""`sla-compliance demo --alerts`: what people would have been told in the last two months of the sample provider."""
################################################################
# The months are replayed: at each look the alarms are evaluated as of that moment. It
# looks where something may have changed: each minute of an outage, after it, and when a
# month ends. Digests are made at their time of day.
################################################################

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise
from typing import Final

from sla_compliance.alerts import Alert, AlertDigest, AlertRule, AlertState, step, take_digest
from sla_compliance.analysis import ErrorBudget, budget
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.local_days import first_instant_us, local_days
from sla_compliance.compliance import evaluate
from sla_compliance.policy import SLAPolicy
from sla_compliance.samples import SampleProvider
from sla_compliance.units import MINUTE_US, ONE_DAY, instant_us, moment
from sla_compliance.zones import load_zone

DIGEST_AT: Final = time(8)
_POLICY: Final = SLAPolicy()
_RULE: Final = AlertRule()


@dataclass(frozen=True, slots=True)
class DemoMonths:
    """The month in progress of the sample provider and the one before, to be replayed.

    Attributes:
        provider: whose.
        batch: its alarms.
        edges_us: the start of both months and of the next one, microseconds.
    """

    provider: SampleProvider
    batch: AlarmBatch
    edges_us: tuple[int, int, int]

    @classmethod
    def of(cls, provider: SampleProvider) -> DemoMonths:
        """Return the months of a provider."""
        now_us = instant_us(provider.now, field="now")
        today = local_days(provider.zone, now_us, now_us + 1).dates[0]
        this_month = _RULE.period.first_date(today)
        firsts = (_RULE.period.first_date(this_month - ONE_DAY), this_month, _RULE.period.next_first_date(today))
        edges = tuple(first_instant_us(first, provider.zone) for first in firsts)
        return cls(provider, provider.batch(), (edges[0], edges[1], edges[2]))

    def told(self) -> Iterator[Alert | AlertDigest]:
        """Yield what is told, in order."""
        state = AlertState(tenant_id=self.provider.tenant_id, policy_fingerprint=_POLICY.fingerprint)
        looks_us = self._looks_us()
        for at_us in sorted({*looks_us, *self._digests_us()}):
            now = moment(at_us, load_zone(self.provider.zone))
            # A month that has just ended is looked at once more.
            for start_us, end_us in pairwise(self.edges_us):
                if at_us in looks_us and start_us <= at_us <= end_us and not _is_lost(state, start_us, end_us):
                    state, alerts = step(state, self._budget(start_us, end_us, at_us), now, rule=_RULE)
                    yield from alerts
            state, digest = take_digest(state, now, digest_at=DIGEST_AT, zone=self.provider.zone)
            if digest is not None:
                yield digest

    def _looks_us(self) -> set[int]:
        """Return the moments at which it looks."""
        start_us, now_us = self.edges_us[0], instant_us(self.provider.now, field="now")
        looks_us = {self.edges_us[1], now_us}
        down = evaluate(self.batch, **self.provider.terms).ledger.down.clip(start_us, now_us)
        for outage_start_us, outage_end_us in down:
            looks_us.update(range(outage_start_us + _RULE.outage_for_us, outage_end_us, MINUTE_US))
            looks_us.add(outage_end_us)
        return looks_us

    def _digests_us(self) -> list[int]:
        """Return the moments at which digests are made."""
        zone, now_us = self.provider.zone, instant_us(self.provider.now, field="now")
        dates = local_days(zone, self.edges_us[0], now_us).dates
        digests = [datetime.combine(day, DIGEST_AT, tzinfo=load_zone(zone)) for day in dates]
        return [at_us for at_us in (instant_us(at, field="digest_at") for at in digests) if at_us <= now_us]

    def _budget(self, start_us: int, end_us: int, as_of_us: int) -> ErrorBudget:
        report = evaluate(
            self.batch,
            start=moment(start_us),
            end=moment(end_us),
            zone=self.provider.zone,
            as_of=moment(as_of_us),
            maintenance=self.provider.maintenance,
            monitored=self.provider.monitored,
        )
        return budget(report)


def _is_lost(state: AlertState, start_us: int, end_us: int) -> bool:
    """Return whether the loss of a month was told: the sample's facts stay, so it is all there is to tell."""
    period = state.period(start_us, end_us)
    return period is not None and period.is_breached


def alerts_text(provider: SampleProvider) -> str:
    """Return what is told in the last two months of a provider, a paragraph each."""
    months = DemoMonths.of(provider)
    target = f"{float(_POLICY.target_ratio * 100):.15g} %"
    since = moment(months.edges_us[0], load_zone(provider.zone)).date().isoformat()
    paragraphs = [f"Alerts from {since} on, by a target of {target} (made up)"]
    for message in months.told():
        if isinstance(message, AlertDigest):
            paragraphs.append(f"{_clock(message.due_at)}  DIGEST\n{message.title}\n{_indented(message.text)}")
        elif not message.is_for_digest:
            at = datetime.fromisoformat(message.at)
            paragraphs.append(f"{_clock(at)}  {message.kind}\n{message.title}\n{_indented(message.text)}")
    paragraphs.append("On real alarms, round after round: sla-compliance notify --every 60s")
    return "\n\n".join(paragraphs) + "\n"


def _clock(instant: datetime) -> str:
    return instant.isoformat(" ", "minutes")


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" if line else "" for line in text.splitlines())
