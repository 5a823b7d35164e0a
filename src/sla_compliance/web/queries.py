"""What each route asks for: its query parameters, and the query that they make for one tenant."""
################################################################
# FastAPI documents the parameters and checks their kinds; the core reads dates and
# targets, exactly. A model declares what its route honours and nothing else: any
# other parameter of a request is ignored.
#
# Days are local days of the tenant, named by their dates or by their number, at
# most 90. So parameters become a query only once the tenant is known.
################################################################

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.date_ranges import last_days, requested_days
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.labels import Accounting
from sla_compliance.policy import Target, target_ratio
from sla_compliance.service import Subject
from sla_compliance.units import ONE_DAY, moment, parse_date
from sla_compliance.zones import load_zone

MAX_DAYS: Final = 90
DEFAULT_DAYS: Final = 30
MAX_RESOURCES: Final = 100
DEFAULT_RESOURCES: Final = 10
DATE_OR_MOMENT: Final = "A date of the tenant (YYYY-MM-DD) or an RFC 3339 timestamp."

Days = Annotated[int, Field(ge=1, le=MAX_DAYS)]
# Text, so that the core reads it exactly; a number in the documentation, so that clients send one.
Percentage = Annotated[str, Field(json_schema_extra={"type": "number", "minimum": 0, "maximum": 100})]
DateRange = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplianceQuery:
    """What a request asks the service.

    Attributes:
        tenant_id: whose figures.
        start, end: whole local days, aware, half-open.
        is_until_now: whether the request names no end; then days end with today.
        target: instead of the agreed one; None: the agreed one.
        accounting: which cells count as what.
    """

    tenant_id: str
    start: dt.datetime
    end: dt.datetime
    is_until_now: bool
    target: Target | None
    accounting: Accounting


class QueryParameters(BaseModel):
    """What every route takes. Which days are meant is for each route's own model to say."""

    exclude_maintenance: bool = Field(True, description="Whether maintenance is taken out, as agreed.")

    @abstractmethod
    def date_range(self, zone: str, now: dt.datetime) -> DateRange:
        """Return the whole local days of `zone` that the parameters name; errors carry the parameter as `field`."""

    @property
    def is_until_now(self) -> bool:
        """Whether the parameters name no end."""
        return False

    def query(self, subject: Subject) -> ComplianceQuery:
        """Return the query for one tenant.

        Raises:
            SLAComplianceError: a parameter is bad; `field` names it.
        """
        start, end = self.date_range(subject.zone, subject.as_of)
        return ComplianceQuery(
            tenant_id=subject.tenant_id,
            start=start,
            end=end,
            is_until_now=self.is_until_now,
            target=None,
            accounting=subject.policy.accounting if self.exclude_maintenance else Accounting.COUNTED,
        )


class TargetParameters(QueryParameters):
    """What routes with a verdict take."""

    target_percentage: Percentage | None = Field(None, description="Instead of the agreed target; read exactly.")

    def query(self, subject: Subject) -> ComplianceQuery:
        """Return the query for one tenant; errors as `QueryParameters.query`."""
        if self.target_percentage is not None:
            # Read here for its errors: later on a bad target would look like a fault of the service.
            target_ratio(self.target_percentage)
        return replace(super().query(subject), target=self.target_percentage)


class RangeParameters(TargetParameters):
    """Days by their dates, or the last ones by their number."""

    from_date: str | None = Field(None, description=DATE_OR_MOMENT)
    to_date: str | None = Field(None, description=f"{DATE_OR_MOMENT} A date is included. Without it: until now.")
    days: Days | None = Field(None, description="Instead of dates: today and the days before it.")

    def date_range(self, zone: str, now: dt.datetime) -> DateRange:
        """Return the days by dates or by number."""
        return requested_days(self.from_date, self.to_date, days=self.days, zone=zone, now=now, max_days=MAX_DAYS)

    @property
    def is_until_now(self) -> bool:
        """Whether there is no `to_date`."""
        return self.to_date is None


class ComplianceParameters(RangeParameters):
    """Parameters of `/sla/compliance`."""

    detail: Literal["full"] | None = Field(None, description="What figures follow from, and days without any, too.")

    @property
    def is_full(self) -> bool:
        """Whether full detail is asked for."""
        return self.detail == "full"


class ResourcesParameters(RangeParameters):
    """Parameters of `/sla/resources`."""

    limit: int = Field(DEFAULT_RESOURCES, ge=1, le=MAX_RESOURCES, description="How many, the worst first.")


class RollupStatsParameters(TargetParameters):
    """Parameters of `/sla/rollup-stats`."""

    days: Days = Field(DEFAULT_DAYS, description="Today and the days before it.")

    def date_range(self, zone: str, now: dt.datetime) -> DateRange:
        """Return the last days."""
        return last_days(self.days, zone=zone, now=now)

    @property
    def is_until_now(self) -> bool:
        """Always: the days end with today."""
        return True


class IncidentsParameters(QueryParameters):
    """Parameters of `/sla/incidents`. Incidents have no verdict, so there is no target."""

    date: str = Field(description="A date of the tenant, YYYY-MM-DD.")

    @property
    def day(self) -> dt.date:
        """The date; errors as `parse_date`."""
        return parse_date(self.date)

    def date_range(self, zone: str, now: dt.datetime) -> DateRange:  # noqa: ARG002 - one date, whatever the time is
        """Return that one day."""
        start_us = first_instant_us(self.day, zone, field="date")
        end_us = first_instant_us(self.day + ONE_DAY, zone, field="date")
        if start_us == end_us:
            raise InvalidValueError(f"date is {shown(self.date)}, which {zone} skipped; give another", field="date")
        rules = load_zone(zone)
        return moment(start_us, rules), moment(end_us, rules)
