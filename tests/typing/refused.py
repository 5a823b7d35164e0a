"""Mistakes that a type checker stops before the program runs.

Each line marked `type: ignore` holds one; strict checking also reports a mark without a mistake under it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import sla_compliance as sla

START = datetime(2026, 10, 1, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)

if TYPE_CHECKING:
    sla.Alarm("2026-10-01T00:00:00Z")  # type: ignore[arg-type]
    sla.Alarm(date(2026, 10, 1))  # type: ignore[arg-type]
    sla.Alarm(START, END, "critical")  # type: ignore[call-arg]
    sla.Alarm(START, severety="critical")  # type: ignore[call-arg]
    sla.Alarm(START).cleared_at = END  # type: ignore[misc]

    sla.SLAPolicy(None)  # type: ignore[arg-type]
    sla.SLAPolicy("99.9", merge_gap=60)  # type: ignore[arg-type]
    sla.SLAPolicy("99.9", accounting="REMOVED")  # type: ignore[arg-type]
    sla.SLAPolicy("99.9", qualifying={"critical"})  # type: ignore[arg-type]

    sla.evaluate([], START, END)  # type: ignore[call-arg]
    sla.evaluate([], start=START, end=END, zone="UTC")  # type: ignore[call-arg]
    sla.evaluate([], start=START, end="2026-11-01", zone="UTC", as_of=END)  # type: ignore[arg-type]
    sla.evaluate([17], start=START, end=END, zone="UTC", as_of=END)  # type: ignore[arg-type]
    sla.evaluate([], start=START, end=END, zone="UTC", as_of=END, on_invalid="ignore")  # type: ignore[arg-type]
    sla.evaluate([], start=START, end=END, zone="UTC", as_of=END, service_hours="9-17")  # type: ignore[arg-type]

    report = sla.evaluate([], start=START, end=END, zone="UTC", as_of=END)
    report.total.availability_ratio + 1  # type: ignore[operator]
    report.total.compliance_percentage.hex()  # type: ignore[union-attr]
    report.total.downtime_minutes = 0  # type: ignore[misc]
    report.by("month")  # type: ignore[arg-type]
    report.total.counted_as(None)  # type: ignore[arg-type]

    sla.whole_days("2026-10-01", None, "UTC", END)  # type: ignore[call-arg]
    sla.AlarmBatch.from_columns(starts_us=["0"], ends_us=[None])  # type: ignore[list-item]
    sla.alarms_from_rows([17])  # type: ignore[list-item]
    sla.alarms_from_rows([{}], epoch="h")  # type: ignore[arg-type]
    sla.alarms_from_rows([{}], severity_map=["High"])  # type: ignore[arg-type]
    sla.alarms_from_frame([{}])  # type: ignore[arg-type]
    sla.alarms_from_changes([{}])  # type: ignore[call-arg]
    sla.alarms_from_changes([{}], down="down", before="maybe")  # type: ignore[arg-type]

    class SourceWithoutAWindow:
        """Returns alarms, but not those of a window."""

        def fetch(self, tenant_id: str) -> sla.AlarmBatch: ...

    SOURCE: sla.AlarmSource = SourceWithoutAWindow()  # type: ignore[assignment]
