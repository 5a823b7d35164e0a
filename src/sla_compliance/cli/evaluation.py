"""From the options of `sla-compliance report` to the reports."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.calendars.periods import Period
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.cli.messages import named_by_option
from sla_compliance.compliance import EvaluationKeywords, evaluate, evaluate_each
from sla_compliance.date_ranges import whole_days
from sla_compliance.labels import Accounting
from sla_compliance.measured import FactCode
from sla_compliance.outlets.text import NO_ROWS_READ, counted, doubt_sentences, is_without_rows, total_verdict
from sla_compliance.policy import SLAPolicy
from sla_compliance.quality import lines_of
from sla_compliance.records import Verdict
from sla_compliance.report import ComplianceReport
from sla_compliance.sources.files import STANDARD_INPUT, FileAlarmSource, Progress, unobserved
from sla_compliance.sources.maintenance_files import read_maintenance
from sla_compliance.units import instant_us, moment, parse_date, parse_timestamp
from sla_compliance.validation import OnInvalid
from sla_compliance.zones import load_zone

ACCOUNTINGS: Final[Mapping[str, Accounting]] = {
    "removed": Accounting.REMOVED,
    "planned-downtime-removed": Accounting.PLANNED_DOWNTIME_REMOVED,
    "excused": Accounting.EXCUSED,
    "counted": Accounting.COUNTED,
}
_DATE_LENGTH: Final = len("2026-10-08")
BREACHED: Final = 1
NOT_CONFIRMED: Final = 3


class FailOn(StrEnum):
    """The mildest outcome that is no success; each includes those above it."""

    BREACHED = "breached"
    UNCONFIRMED = "unconfirmed"
    AT_RISK = "at-risk"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """The options of `sla-compliance report`, as the user wrote them."""

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
    fail_on: str

    @property
    def period(self) -> Period:
        """The period of each record."""
        return Period.of(self.by)

    @property
    def title(self) -> str:
        """What the figures are about: the tenant, else the files."""
        if self.tenant:
            return self.tenant
        return ", ".join("standard input" if file == STANDARD_INPUT else file for file in self.files)


@dataclass(frozen=True, slots=True)
class ReportResult:
    """The reports of one command.

    Attributes:
        whole: of all alarms together.
        by_key: of each value of the column of `--each`, the worst first; None without `--each`.
    """

    whole: ComplianceReport
    by_key: Mapping[Hashable, ComplianceReport] | None

    @property
    def reports(self) -> Sequence[ComplianceReport]:
        """The reports that are judged: of each key, where there are keys."""
        return (self.whole,) if self.by_key is None else tuple(self.by_key.values())

    def exit_code(self, fail_on: FailOn) -> int:
        """Return the exit code of the command, by the worst of the reports: 1, then 3, then 0.

        Args:
            fail_on: the mildest outcome that is a failure.
        """
        totals = [report.total for report in self.reports]
        if any(total.is_breached for total in totals):
            return BREACHED
        # Files without rows have no keys to judge: then the whole decides.
        is_unconfirmed = is_without_rows(self.whole) or any(not total.is_confirmed for total in totals)
        if is_unconfirmed and fail_on is not FailOn.BREACHED:
            return NOT_CONFIRMED
        is_at_risk = any(total.verdict is Verdict.AT_RISK for total in totals)
        return NOT_CONFIRMED if is_at_risk and fail_on is FailOn.AT_RISK else 0


# What a reader of any format must know: which rows are missing from the figures, and what was assumed of others.
_NOTED: Final = frozenset({FactCode.BAD_ROW, FactCode.ASSUMED_END, FactCode.CLAMPED_SHARE})


def notes_of(result: ReportResult) -> list[str]:
    """Return what was set aside and assumed, a sentence for each kind, and why verdicts are not confirmed."""
    whole = result.whole
    notes = [*lines_of(fact for fact in whole.quality.facts if fact.code in _NOTED)]
    if is_without_rows(whole):
        notes.append(NO_ROWS_READ)
    if result.by_key is not None:
        unconfirmed = sum(not report.is_confirmed for report in result.by_key.values())
        if unconfirmed:
            notes.append(f"{unconfirmed:,} of {counted(len(result.by_key), 'verdict')} not confirmed")
    elif not whole.is_confirmed:
        doubts = "; ".join(doubt_sentences(whole)) or "nothing is known of this time"
        notes.append(f"{total_verdict(whole)}: {doubts}")
    return notes


def evaluation_arguments(options: ReportOptions, now: datetime) -> EvaluationKeywords:
    """Return what `evaluate` needs besides the alarms; reads the maintenance files.

    Raises:
        SLAComplianceError: an option is wrong, or a maintenance file.
    """
    with named_by_option(zone="--zone", target_percentage="--target", service_hours="--service-hours"):
        load_zone(options.zone)
        as_of = now if options.as_of is None else _parse_as_of(options.as_of, options.zone)
        start, end = whole_days(
            options.from_date, options.to_date, zone=options.zone, now=as_of, from_field="--from", to_field="--to"
        )
        policy = SLAPolicy(
            options.target,
            accounting=ACCOUNTINGS[options.accounting],
            merge_gap=options.merge_gap,
            min_outage=options.min_outage,
            stale_after=options.stale_after,
        )
        service_hours = None if options.service_hours is None else ServiceHours.parse(options.service_hours)
    return {
        "start": start,
        "end": end,
        "zone": options.zone,
        "as_of": as_of,
        "policy": policy,
        "maintenance": [window for file in options.maintenance for window in read_maintenance(file)],
        "service_hours": service_hours,
    }


def read_alarm_files(options: ReportOptions, progress: Progress = unobserved) -> AlarmBatch:
    """Return the alarms of the files; errors as FileAlarmSource's."""
    with named_by_option(columns="--column"):
        source = FileAlarmSource(
            *options.files,
            columns=options.columns,
            on_invalid=options.on_invalid,
            clock_skew=options.clock_skew,
            progress=progress,
        )
    return source.read(options.tenant)


def make_reports(batch: AlarmBatch, column: str | None, arguments: EvaluationKeywords) -> ReportResult:
    """Return the report of all alarms and, where a column is named, those of its values."""
    whole = evaluate(batch, **arguments)
    if column is None:
        return ReportResult(whole, None)
    with named_by_option(by="--each"):
        reports = evaluate_each(batch, by=column, **arguments)
    worst_first = sorted(reports, key=lambda key: _rank(key, reports[key]))
    return ReportResult(whole, {key: reports[key] for key in worst_first})


def _rank(key: Hashable, report: ComplianceReport) -> tuple[bool, object, int, str]:
    """Return what sorts the worst report first, those without a figure last; the key's text decides between equals."""
    ratio = report.total.availability_ratio
    return ratio is None, ratio or 0, -report.total.downtime_us, str(key)


def _parse_as_of(text: str, zone: str) -> datetime:
    """Return the instant that a text names; of a date, its first instant in the zone."""
    option = "--as-of"
    if len(text) == _DATE_LENGTH:
        date = parse_date(text, field=option)
        return moment(first_instant_us(date, zone, field=option), load_zone(zone))
    as_of = parse_timestamp(text, field=option)
    instant_us(as_of, field=option)  # refuses an instant too near the years 1 and 9999
    return as_of
