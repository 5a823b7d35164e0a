"""What a person asked for on the command line, and the reports that answer it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.periods import Period
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.compliance import EvaluationKeywords, evaluate, evaluate_each
from sla_compliance.date_ranges import whole_days
from sla_compliance.labels import Accounting
from sla_compliance.policy import SLAPolicy
from sla_compliance.report import ComplianceReport
from sla_compliance.sources.files import FileAlarmSource, Progress, unobserved
from sla_compliance.sources.maintenance_files import read_maintenance
from sla_compliance.units import parse_date, parse_timestamp
from sla_compliance.validation import OnInvalid

ACCOUNTINGS: Final[Mapping[str, Accounting]] = {
    "removed": Accounting.REMOVED,
    "planned-downtime-removed": Accounting.PLANNED_DOWNTIME_REMOVED,
    "excused": Accounting.EXCUSED,
    "counted": Accounting.COUNTED,
}
_DATE_LENGTH: Final = len("2026-10-08")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of `sla-compliance report`, as given."""

    files: tuple[str, ...]
    zone: str
    from_date: str
    to_date: str | None
    target: str
    by: str
    each: str | None
    tenant: str | None
    maintenance: tuple[str, ...]
    service_hours: str | None
    accounting: str
    as_of: str | None
    merge_gap: timedelta
    min_outage: timedelta
    stale_after: timedelta | None
    columns: Mapping[str, str]
    on_invalid: OnInvalid
    clock_skew: timedelta
    output: str
    detail: bool

    @property
    def period(self) -> Period:
        """The period of each record."""
        return Period.of(self.by)

    @property
    def title(self) -> str:
        """What the figures are about: the tenant, else the files."""
        return self.tenant or ", ".join("standard input" if file == "-" else file for file in self.files)


@dataclass(frozen=True, slots=True)
class Answer:
    """The reports that answer a question.

    Attributes:
        whole: of all alarms together.
        each: of each value of the column asked for, the worst first; None where none was.
    """

    whole: ComplianceReport
    each: Mapping[Hashable, ComplianceReport] | None

    @property
    def is_breached(self) -> bool:
        """Whether the whole range is breached; where each value was asked for, any of theirs."""
        reports = [self.whole] if self.each is None else self.each.values()
        return any(report.total.is_breached for report in reports)


def terms_of(asked: Asked, now: datetime) -> EvaluationKeywords:
    """Return what to evaluate, but the alarms; reads the maintenance files.

    Raises:
        SLAComplianceError: an option is wrong, or a file of windows.
    """
    as_of = now if asked.as_of is None else _instant(asked.as_of, asked.zone, now)
    start, end = whole_days(asked.from_date, asked.to_date, zone=asked.zone, now=as_of)
    policy = SLAPolicy(
        asked.target,
        accounting=ACCOUNTINGS[asked.accounting],
        merge_gap=asked.merge_gap,
        min_outage=asked.min_outage,
        stale_after=asked.stale_after,
    )
    return {
        "start": start,
        "end": end,
        "zone": asked.zone,
        "as_of": as_of,
        "policy": policy,
        "maintenance": [window for file in asked.maintenance for window in read_maintenance(file)],
        "service_hours": None if asked.service_hours is None else ServiceHours.parse(asked.service_hours),
    }


def alarms_of(asked: Asked, progress: Progress = unobserved) -> AlarmBatch:
    """Return the alarms of the files; errors as FileAlarmSource's."""
    source = FileAlarmSource(
        *asked.files,
        columns=asked.columns,
        on_invalid=asked.on_invalid,
        clock_skew=asked.clock_skew,
        progress=progress,
    )
    return source.read(asked.tenant)


def answer(batch: AlarmBatch, each: str | None, terms: EvaluationKeywords) -> Answer:
    """Return the reports on some alarms."""
    whole = evaluate(batch, **terms)
    if each is None:
        return Answer(whole, None)
    reports = evaluate_each(batch, by=each, **terms)
    return Answer(whole, {key: reports[key] for key in sorted(reports, key=lambda key: _badness(key, reports[key]))})


def _badness(key: Hashable, report: ComplianceReport) -> tuple[bool, object, int, str]:
    ratio = report.total.availability_ratio
    return ratio is None, ratio or 0, -report.total.downtime_us, str(key)


def _instant(text: str, zone: str, now: datetime) -> datetime:
    """Return the instant that a text names; of a date its first one in the zone."""
    if len(text) != _DATE_LENGTH:
        return parse_timestamp(text, field="as_of")
    parse_date(text, field="as_of")
    return whole_days(text, text, zone=zone, now=now)[0]
