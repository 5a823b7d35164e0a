"""What the routes of reports ask for: their query parameters."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from sla_compliance.date_ranges import calendar_month
from sla_compliance.errors import InvalidIntervalError, InvalidValueError, shown
from sla_compliance.outlets.locales import formats_of
from sla_compliance.web.queries import DateRange, DatesParameters


class ReportParameters(DatesParameters):
    """Parameters of `/sla/report`: a month, or days as those of `/sla/compliance`."""

    month: str | None = Field(None, description="A month of the tenant, YYYY-MM; of that in progress until today.")
    format: Literal["pdf", "html", "xlsx", "csv", "json"] = Field("pdf", description="Of the file.")
    locale: str | None = Field(
        None, max_length=35, description="Instead of the tenant's: of the sentences, dates and numbers, e.g. fr."
    )

    @property
    def first_date(self) -> dt.date | None:
        """The first date of the month, once `date_range` has checked it; None: the parameters name other days."""
        return None if self.month is None else dt.date.fromisoformat(f"{self.month}-01")

    def date_range(self, zone: str, now: dt.datetime) -> DateRange:
        """Return the days of the month, or those by dates or number."""
        if self.locale is not None:
            formats_of(self.locale)  # for its errors
        if self.month is None:
            if self.from_date is None and self.days is None:
                raise InvalidValueError("month is missing; give it, from_date or days", field="days")
            start, end = super().date_range(zone, now)
        elif self.from_date is None and self.to_date is None and self.days is None:
            start, end = calendar_month(self.month, zone=zone)
        else:
            raise InvalidValueError(
                "month stands beside from_date, to_date or days; give one or the other", field="days"
            )
        if start >= now:
            field, value = ("from_date", self.from_date) if self.month is None else ("month", self.month)
            raise InvalidIntervalError(
                f"{field} is {shown(value)}, which has not begun; ask for earlier days", field=field
            )
        return start, end
