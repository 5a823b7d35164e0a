"""What OpenAPI says of the answers: their shapes, the documented example, every error."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from sla_compliance.web.problems import PROBLEM_JSON

EXAMPLE_DAY: Final[dict[str, JsonValue]] = {
    "date": "2025-10-08T00:00:00+01:00",
    "compliance_percentage": 99.86,
    "target_percentage": 99.9,
    "uptime_minutes": 1438,
    "downtime_minutes": 2,
    "sla_breaches": 1,
}
EXAMPLES: Final[dict[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: "from_date '2020-01-01' to now is more than 90 days; ask for fewer",
    HTTPStatus.UNAUTHORIZED: "The token has expired; get a new one.",
    HTTPStatus.FORBIDDEN: "X-Tenant-ID names a tenant that you do not hold; leave it out.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "target_percentage is '101'; give a percentage from 0 to 100, such as 99.9",
    HTTPStatus.SERVICE_UNAVAILABLE: "The figures cannot be had at present, and none are remembered; ask again later.",
}
MEANINGS: Final[dict[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: "A date is bad, empty or reversed, or the range is longer than 90 days.",
    HTTPStatus.UNAUTHORIZED: "Nobody is authenticated.",
    HTTPStatus.FORBIDDEN: "A permission is missing, or the tenant named is not held.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Another parameter is bad.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The figures cannot be had at present, or too many ask at once; see Retry-After.",
}


class Problem(BaseModel):
    """An error, RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


class ComplianceDay(BaseModel):
    """One local day of the tenant; `detail=full` adds the keys after `sla_breaches`."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE_DAY})

    date: str = Field(description="First instant of the local day, with the tenant's offset.")
    compliance_percentage: float | None = Field(description="Rounded down; null (only in full detail): none.")
    target_percentage: float
    uptime_minutes: int = Field(description="Counted uptime, rounded down.")
    downtime_minutes: int = Field(description="Counted downtime, rounded up.")
    sla_breaches: int = Field(description="1 where the day is below its target and beyond recovery.")
    start: str | None = None
    end: str | None = None
    zone: str | None = None
    verdict: Literal["MET", "AT_RISK", "BREACHED", "UNDETERMINED"] | None = None
    accounting: str | None = None
    uptime_seconds: float | None = None
    downtime_seconds: float | None = None
    segments: dict[str, int] | None = Field(None, description="Microseconds of each SCOPE/STATE.")
    method: str | None = Field(None, description="How the figures were made, in one line.")
    as_of: str | None = None
    tz_version: str | None = None
    provenance: list[str] | None = None
    quality: dict[str, Any] | None = Field(None, description="What to know of the rows behind it, in `lines`.")
    sample_data: bool | None = Field(None, description="Present and true where the figures are made up.")


class RollupStats(BaseModel):
    """Totals of a range; days without an availability are in none of them."""

    total_downtime_minutes: int = Field(description="Of the exact length, rounded up once.")
    total_breaches: int
    worst_day_compliance: float | None
    avg_compliance: float | None = Field(description="Availability of the whole range, by length.")
    days_analyzed: int


class AlarmBehind(BaseModel):
    """An alarm behind an incident."""

    id: str | None
    alarm_id: str | None
    severity: str
    title: str | None
    alarm_type: str | None
    resource_id: str | None
    customer_id: str | None
    first_occurrence: str
    cleared_at: str | None


class IncidentShown(BaseModel):
    """One outage, whole; one that lasts over midnight is an incident of both days."""

    start: str
    end: str | None = Field(description="Null while it lasts.")
    duration_seconds: float
    downtime_seconds: float = Field(
        description="What of it counted, on this day; those of a day sum to the day's downtime."
    )
    alarms: list[AlarmBehind]


class DayIncidents(BaseModel):
    """A local day and its incidents."""

    date: str
    start: str
    end: str
    incidents: list[IncidentShown]


class ResourceCompliance(BaseModel):
    """One resource over the range."""

    resource_id: str | None = Field(description="Null: alarms that name none.")
    compliance_percentage: float
    target_percentage: float
    downtime_minutes: int
    downtime_seconds: float
    sla_breaches: int
    verdict: str


def _error(status: HTTPStatus) -> dict[str, Any]:
    example = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": EXAMPLES[status]}
    content = {PROBLEM_JSON: {"schema": Problem.model_json_schema(), "example": example}}
    return {"description": MEANINGS[status], "content": content}


EXAMPLE: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.OK.value: {"content": {"application/json": {"example": [EXAMPLE_DAY]}}}
}
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.NOT_MODIFIED.value: {"description": "The client's copy, named in If-None-Match, is current."},
    **{status.value: _error(status) for status in MEANINGS},
}
