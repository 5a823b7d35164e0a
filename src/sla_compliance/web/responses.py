"""Answers: their shapes for OpenAPI, their bodies, and what caches may do with them."""
################################################################
# Days without an availability are in none of the totals: a day on which nothing
# was measured is neither the worst nor analysed. Totals come from exact lengths,
# never from rounded rows or means of percentages.
#
# An answer belongs to one tenant, so no shared cache may keep it. A browser's copy is
# revalidated every time, which costs a 304 while nothing has changed. Sample data is
# stored by no cache and carries a mark.
################################################################

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final, Literal, Self

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue, create_model

from sla_compliance.alarms import AlarmColumn, ColumnKind
from sla_compliance.incidents import SHOWN_COLUMNS
from sla_compliance.service import ComplianceAnswer
from sla_compliance.stretches import MOST_OUTAGES
from sla_compliance.verdicts import Verdict
from sla_compliance.web.errors import PROBLEM_JSON, UNAVAILABLE
from sla_compliance.web.exclusions import ExclusionOfRecord
from sla_compliance.web.guards import TENANT_NOT_HELD

Body = dict[str, object]

CERTAINTY_KEYS: Final = ("is_confirmed", "low_percentage", "high_percentage")
JSON: Final = "application/json"
TENANT_CACHING: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization, X-Tenant-ID, Cookie"}
TOTAL_HEADER: Final = "X-Total-Count"
"""How many entries the whole list has, of which the answer is a part."""
VERDICT_HEADER: Final = "X-SLA-Verdict"
"""The verdict on all days of the answer together."""
CONFIRMED_HEADER: Final = "X-SLA-Confirmed"
"""Whether no doubt about the rows could change that verdict: true or false."""
SAMPLE_CACHING: Final = {"Cache-Control": "no-store", "X-SLA-Sample-Data": "true"}
NO_HEADERS: Final[Mapping[str, str]] = {}

EXAMPLE_DAY: Final[dict[str, JsonValue]] = {
    "date": "2025-10-08T00:00:00+01:00",
    "compliance_percentage": 99.86,
    "target_percentage": 99.9,
    "uptime_minutes": 1438,
    "downtime_minutes": 2,
    "sla_breaches": 1,
}
ERROR_DETAILS: Final[dict[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: "from_date '2020-01-01' to now is more than 90 days; ask for fewer",
    HTTPStatus.UNAUTHORIZED: "The token has expired; get a new one.",
    HTTPStatus.FORBIDDEN: TENANT_NOT_HELD,
    HTTPStatus.CONFLICT: "tenant 'acme' has settings that cannot be used: zone is 'GMT+1', not a name of the IANA list",
    HTTPStatus.UNPROCESSABLE_ENTITY: "target_percentage is '101'; give a percentage from 0 to 100, such as 99.9",
    HTTPStatus.SERVICE_UNAVAILABLE: UNAVAILABLE,
}
ERROR_DESCRIPTIONS: Final[dict[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: "A date is bad, empty or reversed, or the range is longer than 90 days.",
    HTTPStatus.UNAUTHORIZED: "The request is not authenticated.",
    HTTPStatus.FORBIDDEN: "A permission is missing, or X-Tenant-ID names a tenant that is not held.",
    HTTPStatus.CONFLICT: "What is known of the tenant cannot be used: its zone, a date, its id; the detail says which.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Another parameter is bad.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The figures are not available now, or too many ask at once; see Retry-After.",
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
    accounting_cells: dict[str, str] | None = Field(
        None, description="Of a custom accounting: what each cell counts as."
    )
    uptime_seconds: float | None = None
    downtime_seconds: float | None = None
    is_confirmed: bool | None = Field(None, description="Whether no doubt about the rows could change the verdict.")
    low_percentage: float | None = Field(None, description="The least that it could be; null where there is none.")
    high_percentage: float | None = Field(None, description="The most that it could be; null where there is none.")
    coverage_percentage: float | None = Field(None, description="How much of the counted time was monitored.")
    segments: dict[str, int] | None = Field(None, description="Microseconds of each SCOPE/STATE.")
    policy: str | None = Field(None, description="The fingerprint of the tenant's policy.")
    method: str | None = Field(None, description="How the figures were made, in one line.")
    as_of: str | None = None
    tz_version: str | None = None
    provenance: list[str] | None = None
    input_digest: str | None = Field(None, description="Null: kept days do not say from which rows they were made.")
    exclusions: list[ExclusionOfRecord] | None = Field(
        None, description="The agreement's own windows; null where it has none: those of a source are not kept."
    )
    quality: dict[str, Any] | None = Field(None, description="What to know of the rows behind it, in `lines`.")
    is_in_totals: bool | None = Field(
        None, description="False for a first day whose beginning has been purged, of a request without `to_date`."
    )
    sample_data: bool | None = Field(None, description="Present and true where the figures are made up.")


class RollupStats(BaseModel):
    """Totals of a range; days without an availability are in none of them."""

    total_downtime_minutes: int = Field(description="Of the exact length, rounded up once.")
    total_breaches: int
    worst_day_compliance: float | None
    avg_compliance: float | None = Field(description="Availability of the whole range, by length.")
    days_analyzed: int
    is_confirmed: bool = Field(description="Whether no doubt could change the verdict on the whole range.")
    low_percentage: float | None = Field(description="The least availability by any reading of the rows, rounded down.")
    high_percentage: float | None = Field(description="The greatest one, likewise.")
    quality: dict[str, Any] = Field(description="What to know of the rows behind it, in `lines`.")


def _column_type(column: AlarmColumn) -> Any:  # noqa: ANN401 - a type
    """Return the JSON type of an alarm's column; its beginning and its severity are always there."""
    json_type = int if column.kind is ColumnKind.COUNT else str
    return json_type if column.name in ("first_occurrence", "severity") else json_type | None


_ALARM_FIELDS: Final[dict[str, Any]] = {column.name: (_column_type(column), ...) for column in SHOWN_COLUMNS}
IncidentAlarm = create_model("IncidentAlarm", __doc__="An alarm behind an incident.", **_ALARM_FIELDS)


class IncidentDetail(BaseModel):
    """One outage, whole; one that lasts over midnight is an incident of both days."""

    start: str
    begins_before: bool = Field(description="Whether it may have begun before: it reaches the edge of what is read.")
    end: str | None = Field(description="Null while it lasts.")
    duration_seconds: float
    downtime_seconds: float = Field(
        description="What of it counted, on this day; those of a day sum to the day's downtime."
    )
    alarm_count: int = Field(description="How many alarms are behind it; `alarms` may list fewer.")
    alarms: list[IncidentAlarm] = Field(  # type: ignore[valid-type]
        description="The earliest ones, `alarm_limit` at most."
    )


class ShownFigure(BaseModel):
    """What `/sla/compliance` shows of a day at present, without measuring it."""

    downtime_seconds: float
    as_of: str = Field(description="When it was measured.")
    is_older: bool = Field(description="Whether it is not what the incidents, which are read now, sum to.")


class DayStretch(BaseModel):
    """A part of a day in which one thing was owed and one was the case."""

    start: str
    end: str
    scope: str = Field(description="What was owed, e.g. AGREED or MAINTENANCE.")
    state: str = Field(description="What was the case, e.g. UP, DOWN or EXCUSED_MAINTENANCE.")
    counts: Literal["up", "down"] | None = Field(description="What it counts as; null: as nothing.")


class DayIncidents(BaseModel):
    """A local day and its incidents."""

    date: str
    start: str
    end: str
    limit: int = Field(description="How many incidents are listed at most.")
    offset: int = Field(description="How many of the earliest are skipped.")
    total: int = Field(description="How many incidents the day has.")
    figure: ShownFigure | None = Field(
        description="Null where no figure of the day is remembered: the next request measures it."
    )
    timeline: list[DayStretch] = Field(
        description=f"How the day divides, in order of time; without outages where there are more than {MOST_OUTAGES}."
    )
    incidents: list[IncidentDetail]


class ResourceCompliance(BaseModel):
    """One resource over the range."""

    resource_id: str | None = Field(description="Null: alarms that name none.")
    compliance_percentage: float
    target_percentage: float
    downtime_minutes: int
    downtime_seconds: float
    sla_breaches: int
    verdict: str
    is_confirmed: bool = Field(description="Whether no doubt could change the verdict.")
    low_percentage: float | None = Field(description="The least availability by any reading of the rows, rounded down.")
    high_percentage: float | None = Field(description="The greatest one, likewise.")
    quality: dict[str, Any] = Field(
        description="What to know of the rows behind it, in `lines`; how many rows name no resource, too."
    )


def _error_response(status: HTTPStatus) -> dict[str, Any]:
    example = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": ERROR_DETAILS[status]}
    content = {PROBLEM_JSON: {"schema": Problem.model_json_schema(), "example": example}}
    return {"description": ERROR_DESCRIPTIONS[status], "content": content}


# What APIRouter and its routes take as `responses`.
COMMON_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.NOT_MODIFIED.value: {"description": "The client's copy, named in If-None-Match, is current."},
    **{status.value: _error_response(status) for status in ERROR_DESCRIPTIONS},
}
COMPLIANCE_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.OK.value: {
        "content": {"application/json": {"example": [EXAMPLE_DAY]}},
        "headers": {
            VERDICT_HEADER: {
                "description": "The verdict on all days together.",
                "schema": {"type": "string", "enum": [str(verdict) for verdict in Verdict]},
            },
            CONFIRMED_HEADER: {
                "description": "Whether no doubt about the rows could change that verdict.",
                "schema": {"type": "string", "enum": ["true", "false"]},
            },
        },
    }
}
RESOURCES_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.OK.value: {
        "headers": {
            TOTAL_HEADER: {
                "description": "How many resources have an availability; `limit` and `offset` choose among them.",
                "schema": {"type": "integer"},
            },
        },
    },
    HTTPStatus.NOT_FOUND.value: {
        "description": "The alarms have no column of resources.",
        "content": {PROBLEM_JSON: {"schema": Problem.model_json_schema()}},
    },
}


def compliance_body(answer: ComplianceAnswer, *, is_full: bool) -> list[Body]:
    """Return a record for each day; in full detail sample data is marked."""
    records = answer.as_dicts(detail=is_full)
    if is_full and answer.is_sample:
        return [{**record, "sample_data": True} for record in records]
    return records


def rollup_stats_body(answer: ComplianceAnswer) -> Body:
    """Return the totals of a range."""
    detail = answer.total.as_dict(detail=True)
    percentages = [day.compliance_percentage for day in answer.days_in_totals]
    measured_percentages = [percentage for percentage in percentages if percentage is not None]
    return {
        "total_downtime_minutes": answer.total.downtime_minutes,
        "total_breaches": answer.total.sla_breaches,
        # Rounding down keeps the order of days, so the least figure is the worst day's.
        "worst_day_compliance": min(measured_percentages, default=None),
        "avg_compliance": answer.total.compliance_percentage,
        "days_analyzed": len(measured_percentages),
        **{key: detail[key] for key in CERTAINTY_KEYS},
        "quality": {"lines": list(answer.quality)},
    }


def verdict_headers(answer: ComplianceAnswer) -> Mapping[str, str]:
    """Return the headers that say the verdict on all days of an answer, and whether it is confirmed."""
    return {VERDICT_HEADER: str(answer.total.verdict), CONFIRMED_HEADER: str(answer.is_confirmed).lower()}


@dataclass(frozen=True, slots=True)
class Content:
    """An answer as it is sent.

    Attributes:
        body: JSON, or a file.
        entity_tag: of this body.
    """

    body: bytes
    entity_tag: str

    @classmethod
    def of(cls, body: bytes) -> Self:
        """Return the content of a body."""
        return cls(body, f'"{sha256(body).hexdigest()[:32]}"')


def to_json(body: object) -> bytes:
    """Return JSON; of a long body, build its parts one by one: this call holds the interpreter's lock throughout."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def json_response(
    request: Request, body: object, *, is_sample: bool, more_headers: Mapping[str, str] = NO_HEADERS
) -> Response:
    """Return a body as JSON, or 304 where the client's copy is current."""
    return content_response(request, Content.of(to_json(body)), is_sample=is_sample, more_headers=more_headers)


def content_response(
    request: Request,
    content: Content,
    *,
    is_sample: bool,
    more_headers: Mapping[str, str] = NO_HEADERS,
    media_type: str = JSON,
) -> Response:
    """Return a content, or 304 where the client's copy is current."""
    if is_sample:
        return Response(content.body, headers={**SAMPLE_CACHING, **more_headers}, media_type=media_type)
    headers = {**TENANT_CACHING, "ETag": content.entity_tag, **more_headers}
    if _names_tag(request.headers.getlist("if-none-match"), content.entity_tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(content.body, headers=headers, media_type=media_type)


def _names_tag(if_none_match: list[str], entity_tag: str) -> bool:
    """Return whether headers If-None-Match name a tag; weak tags compare too, as RFC 9110 says."""
    listed_tags = [tag.strip().removeprefix("W/") for header in if_none_match for tag in header.split(",")]
    return entity_tag in listed_tags or "*" in listed_tags
