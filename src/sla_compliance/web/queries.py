"""What each route asks for: its query parameters, and the query that they make for one tenant."""
################################################################
# FastAPI documents the parameters and checks their kinds; the core reads dates and
# targets, exactly. A model declares what its route honours and nothing else: any
# other parameter of a request is ignored, or refused, as the app decides.
#
# Days are local days of the tenant, named by their dates or by their number, at
# most 90. So parameters become a query only once the tenant is known.
################################################################

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.date_ranges import last_days, requested_days
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.incidents import PageBounds
from sla_compliance.labels import Accounting
from sla_compliance.policy import Target, target_ratio
from sla_compliance.service import Subject
from sla_compliance.units import ONE_DAY, moment, parse_date
from sla_compliance.zones import load_zone

MAX_DAYS: Final = 90
DEFAULT_DAYS: Final = 30
MAX_LIMIT: Final = 1_000
DEFAULT_LIMIT: Final = 100
MAX_OFFSET: Final = 10_000_000
MAX_ALARMS: Final = 10_000
"""How many alarms the answer of /sla/incidents lists, behind all of its incidents together."""
DATE_OR_MOMENT: Final = "A date of the tenant (YYYY-MM-DD) or an RFC 3339 timestamp."

Days = Annotated[int, Field(ge=1, le=MAX_DAYS)]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT)]
Offset = Annotated[int, Field(ge=0, le=MAX_OFFSET)]
# Text, so that the core reads it exactly; a number in the documentation, so that clients send one.
Percentage = Annotated[str, Field(json_schema_extra={"type": "number", "minimum": 0, "maximum": 100})]
DateRange = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplianceQuery:
    """What a request asks the service.

    Attributes:
        tenant_id: whose figures.
        zone: the tenant's, an IANA name.
        start, end: whole local days, aware, half-open.
        is_until_now: whether the request names no end; then days end with today.
        target: instead of the agreed one; None: the agreed one.
        accounting: which cells count as what.
    """

    tenant_id: str
    zone: str
    start: dt.datetime
    end: dt.datetime
    is_until_now: bool
    target: Target | None
    accounting: Accounting


class DeclaredParameters(BaseModel):
    """Parameters of a route, and any others of the request."""

    model_config = ConfigDict(extra="allow")  # for check_declared

    def check_declared(self, own_parameters: Collection[str] = ()) -> None:
        """Check that the request has no other parameters.

        Args:
            own_parameters: which the app's own dependencies take.

        Raises:
            InvalidValueError: it has.
        """
        names = sorted(set(self.model_extra or ()).difference(own_parameters))
        if names:
            declared = ", ".join(type(self).model_fields)
            raise InvalidValueError(
                f"{', '.join(map(shown, names))}: no parameter here; give {declared}", field=names[0]
            )


class QueryParameters(DeclaredParameters):
    """What every route about one tenant takes. Which days are meant is for each route's own model to say."""

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
            zone=subject.zone,
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


class DatesParameters(QueryParameters):
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


class RangeParameters(DatesParameters, TargetParameters):
    """The same, with a target."""


class ComplianceParameters(RangeParameters):
    """Parameters of `/sla/compliance`."""

    detail: Literal["full"] | None = Field(None, description="What figures follow from, and days without any, too.")

    @property
    def is_full(self) -> bool:
        """Whether full detail is asked for."""
        return self.detail == "full"


class ResourcesParameters(RangeParameters):
    """Parameters of `/sla/resources`."""

    limit: Limit = Field(DEFAULT_LIMIT, description="How many, the worst first.")
    offset: Offset = Field(0, description="How many of the worst are skipped.")


class RollupStatsParameters(RangeParameters):
    """Parameters of `/sla/rollup-stats`: the same days as those of `/sla/compliance` have the same totals."""

    days: Days | None = Field(
        None, description=f"Instead of dates: today and the days before it; without either {DEFAULT_DAYS}."
    )

    def date_range(self, zone: str, now: dt.datetime) -> DateRange:
        """Return the days by dates or by number, the last ones where neither is given."""
        if self.from_date is None and self.to_date is None and self.days is None:
            return last_days(DEFAULT_DAYS, zone=zone, now=now)
        return super().date_range(zone, now)


class IncidentsParameters(QueryParameters):
    """Parameters of `/sla/incidents`. Incidents have no verdict, so there is no target."""

    date: str = Field(description="A date of the tenant, YYYY-MM-DD.")
    limit: Limit = Field(DEFAULT_LIMIT, description="How many incidents, the earliest first.")
    offset: Offset = Field(0, description="How many of the earliest are skipped.")
    alarm_limit: Limit | None = Field(
        None,
        description="How many alarms of each incident, the earliest first; by default 100, fewer where `limit` is more "
        f"than 100. `limit` x `alarm_limit` is {MAX_ALARMS} at most.",
    )

    @property
    def page_bounds(self) -> PageBounds:
        """Which incidents, and how many alarms of each.

        Raises:
            InvalidValueError: these would be more alarms than MAX_ALARMS.
        """
        most_alarms = MAX_ALARMS // self.limit
        if self.alarm_limit is not None and self.alarm_limit > most_alarms:
            raise InvalidValueError(
                f"alarm_limit is {self.alarm_limit} with limit {self.limit}; give {most_alarms} or less, or a smaller "
                "limit",
                field="alarm_limit",
            )
        return PageBounds(
            offset=self.offset, limit=self.limit, alarm_limit=self.alarm_limit or min(DEFAULT_LIMIT, most_alarms)
        )

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
