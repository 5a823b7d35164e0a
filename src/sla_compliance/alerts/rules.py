"""AlertRule: when an error budget is low, an outage urgent and data missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from sla_compliance.calendars.periods import Period
from sla_compliance.checks import check_type, wrong_value
from sla_compliance.policy import Target, target_ratio
from sla_compliance.units import length_us


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """When alerts are sent.

    Attributes:
        period: the calendar period whose error budget is watched.
        left_below: percent of the budget below which it is low.
        deadline_within: how long before the deadline an outage is urgent at most.
        outage_for: how long an outage has lasted at least to be urgent.
        no_data_after: for how long there is no monitored time, or readings fail, until that is an alert.

    Raises:
        InvalidTypeError, InvalidValueError, InvalidTargetError: naming the attribute. An hour and a rolling period are
            refused: every one of them would be a period of its own, with alerts of its own.
    """

    period: Period = Period.MONTH
    left_below: Target = "25"
    deadline_within: timedelta = timedelta(hours=1)
    outage_for: timedelta = timedelta(minutes=5)
    no_data_after: timedelta = timedelta(hours=1)

    def __post_init__(self) -> None:
        check_type(self.period, Period, "period", "a Period, e.g. Period.MONTH")
        if self.period.is_hour or self.period.is_rolling:
            raise wrong_value(self.period.name, "period", "a calendar period of a day or longer, e.g. Period.MONTH")
        target_ratio(self.left_below, field="left_below")
        for name in ("deadline_within", "outage_for", "no_data_after"):
            length_us(getattr(self, name), field=name)

    @property
    def left_below_ratio(self) -> Fraction:
        """The share of the budget below which it is low, exact."""
        return target_ratio(self.left_below, field="left_below")

    @property
    def deadline_within_us(self) -> int:
        """`deadline_within` in microseconds."""
        return length_us(self.deadline_within, field="deadline_within")

    @property
    def outage_for_us(self) -> int:
        """`outage_for` in microseconds."""
        return length_us(self.outage_for, field="outage_for")

    @property
    def no_data_after_us(self) -> int:
        """`no_data_after` in microseconds."""
        return length_us(self.no_data_after, field="no_data_after")
