"""The sentences of alerts: English, in the tenant's local time."""
################################################################
# Ids of tenants and rows come from outside. A character that is not printable is
# replaced, so that no title can add a line to the head of a mail.
#
# A deadline is rounded down to the minute: who keeps the time that the text says keeps
# the deadline.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil, floor
from typing import Final

from sla_compliance.alerts.alert import NoDataReason
from sla_compliance.analysis import ErrorBudget
from sla_compliance.analysis.shown_values import percentage_down
from sla_compliance.calendars.periods import Period
from sla_compliance.outlets.text import printable
from sla_compliance.units import SECOND_US, instant_us, length_text
from sla_compliance.verdicts import Verdict

MOST_CAUSES_NAMED: Final = 5
LONGEST_NAME_SHOWN: Final = 80

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

TitleAndText = tuple[str, str]
"""A title and the sentences below it."""


@dataclass(frozen=True, slots=True)
class AlertTexts:
    """Makes the texts of alerts of a tenant's budget.

    Attributes:
        tenant_id: whose.
        period: the kind of period that the budget is of.
        budget: what they tell of.
    """

    tenant_id: str
    period: Period
    budget: ErrorBudget

    @property
    def tenant(self) -> str:
        """The tenant, for a line of text."""
        return short_name(self.tenant_id)

    @property
    def period_words(self) -> str:
        """The period in words, e.g. "October 2026" or "the week from 2026-10-05"."""
        return period_words(self.period, self.budget.start)

    def low(self) -> TitleAndText:
        """Return the texts of a budget that is low."""
        return (
            f"{self.tenant}: little error budget left in {self.period_words}",
            f"{percentage_down(self.budget.remaining_ratio)} % of the downtime that the target allows is left,"
            f" {self._elapsed_percentage} % of {self.period_words} has passed. {self._figures}",
        )

    def urgent(self, down_since: datetime, deadline: datetime) -> TitleAndText:
        """Return the texts of an outage that has to be over soon."""
        as_of = self.budget.as_of
        by = local_time(deadline, as_of)
        return (
            f"{self.tenant}: cleared by {by} or {self._short_period_name} is lost",
            f"Down since {local_time(down_since, as_of)}. The outage has to be cleared by {by} or"
            f" {self.period_words} is lost, if nothing else is down. {self._figures}",
        )

    def breached(self) -> TitleAndText:
        """Return the texts of a confirmed breach."""
        return (
            f"{self.tenant}: {self.period_words} is lost",
            f"{self.period_words[0].upper()}{self.period_words[1:]} does not keep its target any more. {self._figures}",
        )

    def doubtful(self, new_causes: Sequence[str]) -> TitleAndText:
        """Return the texts of a breach that is not confirmed, because of rows that were not named yet."""
        named = ", ".join(short_name(cause) for cause in new_causes[:MOST_CAUSES_NAMED])
        unnamed = len(new_causes) - MOST_CAUSES_NAMED
        more = f" and {unnamed:,} more" if unnamed > 0 else ""
        in_doubt = f" In doubt: {named}{more}." if named else ""
        return (
            f"{self.tenant}: {self.period_words} is lost on record, not confirmed",
            f"By the rows as they are {self.period_words} is lost, but doubt could change that.{in_doubt}"
            f" {self._figures}",
        )

    def met_after_all(self) -> TitleAndText:
        """Return the texts of a breach that is taken back."""
        is_over = self.budget.as_of >= self.budget.end
        state = "met its target after all" if is_over else "is not lost after all"
        at_risk = " It is below its target so far." if self.budget.state is Verdict.AT_RISK else ""
        return (
            f"{self.tenant}: {self.period_words} {state}",
            f"Facts have changed: {self.period_words} {state}.{at_risk} {self._figures}",
        )

    @property
    def _short_period_name(self) -> str:
        """The period where the year goes without saying."""
        return _MONTHS[self.budget.start.month - 1] if _is_plain_month(self.period) else self.period_words

    @property
    def _figures(self) -> str:
        target = f"{float(self.budget.target_ratio * 100):.15g} %"
        spent, allowed = _seconds_up(self.budget.spent_us), _seconds_down(self.budget.allowed_us)
        return f"Down {spent}; the target of {target} allows {allowed}."

    @property
    def _elapsed_percentage(self) -> int:
        return floor(elapsed_ratio(self.budget) * 100)


def elapsed_ratio(budget: ErrorBudget) -> Fraction:
    """Return the share of the period that has passed as of the budget, exact."""
    start_us, as_of_us, end_us = (
        instant_us(instant, field="budget") for instant in (budget.start, budget.as_of, budget.end)
    )
    return Fraction(as_of_us - start_us, end_us - start_us)


def no_data_texts(tenant_id: str, reason: NoDataReason, since: datetime) -> TitleAndText:
    """Return the texts of missing data."""
    tenant, since_text = short_name(tenant_id), since.isoformat(" ", "minutes")
    if reason is NoDataReason.READING_FAILED:
        what = f"No reading of the alarms has succeeded since {since_text}"
    else:
        what = f"No time after {since_text} is monitored"
    return f"{tenant}: no data", f"{what}. Until data comes back outages are not seen."


def period_words(period: Period, start: datetime) -> str:
    """Return a period that begins at `start`, local time, in words."""
    if _is_plain_month(period):
        return f"{_MONTHS[start.month - 1]} {start.year}"
    if period.days == 1:
        return start.date().isoformat()
    return f"the {period.name} from {start.date().isoformat()}"


def local_time(instant: datetime, now: datetime) -> str:
    """Return a local time with its zone, rounded down to the minute, and with its date where that is not today's."""
    clock = f"{instant:%H:%M}"
    if instant.replace(fold=0).utcoffset() != instant.replace(fold=1).utcoffset():
        # A time that the clocks show twice.
        clock = f"{clock} {instant.isoformat()[-6:]}"
    if instant.date() != now.date():
        clock = f"{_WEEKDAYS[instant.weekday()]} {instant.day} {_MONTHS[instant.month - 1]} {clock}"
    return f"{clock} ({instant.tzinfo})"


def short_name(name: str) -> str:
    """Return a name from outside for a line of text."""
    text = printable(name)
    return text if len(text) <= LONGEST_NAME_SHOWN else f"{text[:LONGEST_NAME_SHOWN]}..."


def _is_plain_month(period: Period) -> bool:
    return period == Period.MONTH


def _seconds_down(length_us: Fraction) -> str:
    return length_text(floor(length_us / SECOND_US) * SECOND_US)


def _seconds_up(length_us: int) -> str:
    return length_text(ceil(Fraction(length_us, SECOND_US)) * SECOND_US)
