"""What the routes for periods ask for: their query parameters."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal

from pydantic import Field

from sla_compliance.analysis.trends import Against
from sla_compliance.calendars.periods import Period
from sla_compliance.date_ranges import last_days
from sla_compliance.service.period_answers import TREND_PERIODS
from sla_compliance.web.queries import (
    DEFAULT_LIMIT,
    DateRange,
    DatesParameters,
    Limit,
    Offset,
    RangeParameters,
    TargetParameters,
)

MAX_TREND_PERIODS: Final = 24


class NowParameters(TargetParameters):
    """What routes take whose days follow from the present moment."""

    def date_range(self, zone: str, now: dt.datetime) -> DateRange:
        """Return today; the service works out which days it needs."""
        return last_days(1, zone=zone, now=now)


class BudgetParameters(NowParameters):
    """Parameters of `/sla/budget`."""

    period: Literal["week", "month", "quarter", "year"] = Field("month", description="The one that holds now.")

    @property
    def chosen_period(self) -> Period:
        """The period."""
        return Period.of(self.period)


class TrendParameters(NowParameters):
    """Parameters of `/sla/trend`."""

    period: Literal["week", "month"] = Field("month", description="What is compared.")
    against: Against = Field(
        "previous", description="With the period before, or with the same of the year before, of weeks the 52nd before."
    )
    count: int = Field(
        TREND_PERIODS, ge=1, le=MAX_TREND_PERIODS, description="How many periods, the one in progress included."
    )

    @property
    def chosen_period(self) -> Period:
        """The period."""
        return Period.of(self.period)


class AttributionParameters(DatesParameters):
    """Parameters of `/sla/attribution`."""

    by: str = Field("id", description="A column of the alarms, e.g. resource_id.")
    limit: Limit = Field(DEFAULT_LIMIT, description="How many values, those with the most unique downtime first.")
    offset: Offset = Field(0, description="How many of these are skipped.")


class IncidentCostsParameters(RangeParameters):
    """Parameters of `/sla/incident-costs`."""

    limit: Limit = Field(DEFAULT_LIMIT, description="How many incidents, the dearest first.")
    offset: Offset = Field(0, description="How many of the dearest are skipped.")


class ReliabilityParameters(DatesParameters):
    """Parameters of `/sla/reliability`."""
