"""The parameters of requests: FastAPI documents them and checks their kinds, the core reads dates and targets."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from dataclasses import replace
from typing import Annotated, Final, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.labels import Accounting
from sla_compliance.policy import target_ratio
from sla_compliance.requests import last_days, requested_days, whole_days
from sla_compliance.service import Subject
from sla_compliance.units import parse_date
from sla_compliance.web.questions import DEFAULT_DAYS, MAX_DAYS, Question

Bounds = tuple[dt.datetime, dt.datetime]

MOST_RESOURCES: Final = 100
DATE_OR_MOMENT: Final = "A date of the tenant (YYYY-MM-DD) or an RFC 3339 timestamp."

Days = Annotated[int, Field(ge=1, le=MAX_DAYS)]
Percentage = Annotated[str, Field(json_schema_extra={"type": "number", "minimum": 0, "maximum": 100})]


class Asked(BaseModel):
    """How maintenance counts; which days, each question says itself."""

    exclude_maintenance: bool = Field(True, description="Whether maintenance is taken out, as agreed.")

    @abstractmethod
    def bounds(self, zone: str, now: dt.datetime) -> Bounds:
        """Return the window of whole local days."""

    def question(self, subject: Subject) -> Question:
        """Return what is asked, read for a tenant; errors name the parameter."""
        start, end = self.bounds(subject.zone, subject.as_of)
        return Question(
            tenant_id=subject.tenant_id,
            start=start,
            end=end,
            target=None,
            accounting=subject.policy.accounting if self.exclude_maintenance else Accounting.COUNTED,
        )


class TargetAsked(Asked):
    """How maintenance counts, and against which target."""

    target_percentage: Percentage | None = Field(None, description="Instead of the agreed target; read exactly.")

    def question(self, subject: Subject) -> Question:
        """Return what is asked, read for a tenant; errors name the parameter."""
        if self.target_percentage is not None:
            target_ratio(self.target_percentage)
        return replace(super().question(subject), target=self.target_percentage)


class LastDays(TargetAsked):
    """The last days, today included."""

    days: Days = Field(DEFAULT_DAYS, description="Today and the days before it.")

    def bounds(self, zone: str, now: dt.datetime) -> Bounds:
        """Return the window of whole local days."""
        return last_days(self.days, zone=zone, now=now)


class Range(TargetAsked):
    """Days by their dates, or the last ones by their number; how much to say of each."""

    from_date: str | None = Field(None, description=DATE_OR_MOMENT)
    to_date: str | None = Field(None, description=f"{DATE_OR_MOMENT} A date is included. Without it: until now.")
    days: Days | None = Field(None, description="Instead of dates: today and the days before it.")

    def bounds(self, zone: str, now: dt.datetime) -> Bounds:
        """Return the window of whole local days."""
        return requested_days(self.from_date, self.to_date, days=self.days, zone=zone, now=now, max_days=MAX_DAYS)


class DetailedRange(Range):
    """A range, and how much to say of each day."""

    detail: Literal["full"] | None = Field(None, description="What figures follow from, and days without any, too.")

    @property
    def is_full(self) -> bool:
        """Whether full detail is asked for."""
        return self.detail == "full"


class RankedRange(Range):
    """A range, and how many resources to list."""

    limit: int = Field(10, ge=1, le=MOST_RESOURCES, description="How many, the worst first.")


class OneDay(Asked):
    """One day of the tenant."""

    date: str = Field(description="A date of the tenant, YYYY-MM-DD.")

    @property
    def day(self) -> dt.date:
        """The date; errors as `parse_date`."""
        return parse_date(self.date)

    def bounds(self, zone: str, now: dt.datetime) -> Bounds:
        """Return the day's window."""
        first_instant_us(self.day, zone, field="date")
        return whole_days(self.date, self.date, zone=zone, now=now)


RangeAsked = Annotated[DetailedRange, Query()]
RankingAsked = Annotated[RankedRange, Query()]
TotalsAsked = Annotated[LastDays, Query()]
DayAsked = Annotated[OneDay, Query()]
