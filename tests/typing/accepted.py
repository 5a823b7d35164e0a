"""What a platform writes against the library; type checkers accept all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal, assert_type

import sla_compliance as sla

START = datetime(2026, 10, 1, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)


def alarms_of_every_form() -> list[sla.Alarm]:
    """Alarms take text or a Severity, and an end or none."""
    return [
        sla.Alarm(START),
        sla.Alarm(START, END, severity="MAJOR", id=17, resource_id="OLT-7"),
        sla.Alarm(START, cleared_at=None, severity=sla.Severity.CRITICAL, last_occurrence=END),
    ]


def policies_of_every_form() -> list[sla.SLAPolicy]:
    """Targets are text or any number; the rest goes by name."""
    return [
        sla.SLAPolicy(),
        sla.SLAPolicy("99.95"),
        sla.SLAPolicy(99),
        sla.SLAPolicy(99.9),
        sla.SLAPolicy(
            Decimal("99.999"),
            qualifying=sla.AlarmFilter({"critical"}, excluded_statuses=["suppressed"]),
            accounting=sla.Accounting.EXCUSED,
            merge_gap=timedelta(minutes=1),
            stale_after=timedelta(days=7),
            accepted_maintenance={sla.MaintenanceKind.PLANNED, sla.MaintenanceKind.EMERGENCY},
        ),
        sla.SLAPolicy(accounting=sla.Accounting({(sla.Scope.AGREED, sla.State.UNKNOWN): sla.Counts.UP})),
    ]


def report_of_a_rich_contract(alarms: Iterable[sla.Alarm]) -> sla.ComplianceReport:
    """Windows are objects or plain pairs."""
    night = sla.MaintenanceWindow(START, START + timedelta(hours=2), applies_to={"resource_id": ["OLT-7"]})
    return sla.evaluate(
        alarms,
        start=START,
        end=END,
        zone="Africa/Lagos",
        as_of=END,
        policy=sla.SLAPolicy("99.9"),
        maintenance=[night, (START, END)],
        exclusions=[sla.Exclusion(START, END, reason="no access")],
        service_hours=sla.ServiceHours.weekly({"mon-fri": "09:00-17:00"}, holidays={date(2026, 10, 1)}),
        in_service=[(START, END)],
        monitored=[(START, END)],
        on_invalid="quarantine",
    )


def figures_of_a_report(report: sla.ComplianceReport) -> None:
    """Every figure has the type that the reference promises."""
    record = report.total
    assert_type(report.days, tuple[sla.ComplianceRecord, ...])
    assert_type(report.by(sla.Period.MONTH), tuple[sla.ComplianceRecord, ...])
    assert_type(report.by(sla.Period.year(first_month=4)), tuple[sla.ComplianceRecord, ...])
    assert_type(record.availability_ratio, Fraction | None)
    assert_type(record.compliance_percentage, float | None)
    assert_type(record.downtime_minutes, int)
    assert_type(record.sla_breaches, int)
    assert_type(record.verdict, sla.Verdict)
    assert_type(record.is_breached, bool)
    assert_type(record.segments, Mapping[tuple[sla.Scope, sla.State], int])
    assert_type(record.date, date)
    assert_type(record.start, datetime)
    assert_type(record.explain(), str)
    assert_type(record.counted_as(sla.Accounting.GROSS), sla.ComplianceRecord)
    assert_type(record.with_target("99.5"), sla.ComplianceRecord)
    assert_type(report.tz_version, str)
    assert_type(report.method, str)


def window_of_a_request(from_date: str, to_date: str | None) -> tuple[datetime, datetime]:
    """A request's dates become a window in the tenant's zone."""
    assert_type(sla.parse_timestamp(from_date), datetime)
    return sla.whole_days(from_date, to_date, zone="Africa/Lagos", now=END, max_days=90)


def batch_of_columns(on_invalid: Literal["raise", "quarantine"]) -> sla.AlarmBatch:
    """A source builds batches from columns; an end may be missing."""
    return sla.AlarmBatch.from_columns(
        starts_us=[0, 5], ends_us=[3, None], severities=["critical", "MAJOR"], on_invalid=on_invalid
    )


class PlatformAlarms:
    """A source needs no base class."""

    def fetch(
        self, tenant_id: str, start_us: int, end_us: int, wanted: sla.AlarmFilter = sla.AlarmFilter()
    ) -> sla.AlarmBatch:
        """Return the alarms of the tenant."""
        del tenant_id, start_us, end_us, wanted
        return batch_of_columns("quarantine")


class AsyncPlatformAlarms:
    """Nor does an asynchronous one."""

    async def fetch(
        self, tenant_id: str, start_us: int, end_us: int, wanted: sla.AlarmFilter = sla.AlarmFilter()
    ) -> sla.AlarmBatch:
        """Return the alarms of the tenant."""
        return PlatformAlarms().fetch(tenant_id, start_us, end_us, wanted)


SOURCE: sla.AlarmSource = PlatformAlarms()
ASYNC_SOURCE: sla.AsyncAlarmSource = AsyncPlatformAlarms()


def alarms_of_every_door(
    rows: list[dict[str, object]], records: Iterable[Mapping[str, object]]
) -> list[sla.AlarmBatch]:
    """Mappings of any kind; words alone or several; a frame is whatever exports Arrow."""
    return [
        sla.alarms_from_rows(rows),
        sla.alarms_from_rows(
            records,
            columns={"first_occurrence": "Time"},
            times_in="Africa/Lagos",
            epoch="ms",
            severity_map={"critical": ["High", 5], "minor": "*"},
            status_map={"closed": "Done"},
            on_invalid="quarantine",
            clock_skew=timedelta(minutes=5),
        ),
        sla.alarms_from_changes(rows, down=["down", 0], up="up", key="monitor", before="unknown"),
    ]


class SomeFrame:
    """A frame of a library that speaks Arrow."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return a capsule of an Arrow stream."""
        return requested_schema


def reports_of_every_input(frame: SomeFrame, rows: list[dict[str, object]]) -> list[sla.ComplianceReport]:
    """evaluate() takes frames and mappings as they stand."""
    return [sla.evaluate(alarms, start=START, end=END, zone="UTC", as_of=END) for alarms in (frame, rows)] + [
        sla.evaluate(sla.alarms_from_frame(frame, times_in="UTC"), start=START, end=END, zone="UTC", as_of=END),
        sla.evaluate(sla.alarms_from_changes(frame, down="down"), start=START, end=END, zone="UTC", as_of=END),
    ]


def frames_of(report: sla.ComplianceReport) -> tuple[list[str], list[str]]:
    """Frames have the types of their libraries."""
    return list(report.to_pandas().columns), report.to_polars(by=sla.Period.MONTH).columns
