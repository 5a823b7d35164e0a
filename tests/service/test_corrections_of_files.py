"""Corrections of a service over exported files, and of rows that windows reach through their parents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.errors import InvalidTypeError
from sla_compliance.service import (
    ComplianceService,
    MemoryCorrections,
    MemoryTenants,
    SyncComplianceService,
    TenantSettings,
    to_async,
)
from sla_compliance.sources.files import FileAlarmSource, FileChangeSource
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.protocol import AlarmSource
from tests.service.world import TENANT, at

ROWS = """\
tenant_id,id,severity,resource_id,parent_alarm_id,first_occurrence,cleared_at
acme,a,critical,onu,,2025-10-24T09:00:00Z,2025-10-24T10:00:00Z
acme,b,minor,onu,,2025-10-25T09:00:00Z,2025-10-25T10:00:00Z
acme,p,info,olt,,2025-10-20T09:00:00Z,2025-10-20T10:00:00Z
acme,c,critical,onu,p,2025-10-20T09:00:00Z,2025-10-20T10:00:00Z
other,a,critical,onu,,2025-10-22T09:00:00Z,2025-10-22T10:00:00Z
"""


def correction(row_id: str, **facts: Any) -> sla.Correction:
    """Return a correction of today."""
    return sla.Correction(row_id, reason="seen on site", author="NOC", entered_at=at(28), **facts)


def service_of(
    source: AlarmSource, entered: MemoryCorrections, *maintenance: sla.MaintenanceWindow
) -> SyncComplianceService:
    """Return a blocking service of one tenant."""
    tenants = MemoryTenants({TENANT: TenantSettings("UTC", maintenance=maintenance)})
    return SyncComplianceService(
        ComplianceService(to_async(source), tenants=tenants, corrections=entered, clock=lambda: at(28, 12))
    )


def minutes_by_day(service: SyncComplianceService) -> Mapping[int, int]:
    """Return the downtime of each day that has some, minutes."""
    days = service.compliance(TENANT, at(20), at(28)).days
    return {day.date.day: day.downtime_minutes for day in days if day.downtime_minutes}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An export of two tenants."""
    path = tmp_path / "alarms.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_rows_of_a_file_are_corrected(path: Path) -> None:
    """Moved, and made to qualify: a row that no window and no filter brings comes by its id."""
    entered = MemoryCorrections({TENANT: [correction("c", void=True)]})
    with service_of(FileAlarmSource(path), entered) as service:
        assert minutes_by_day(service) == {24: 60}
        moved = correction("a", starts=at(22, 9), ends=at(22, 9, 30))
        qualifying = correction("b", severity="major")
        for known_better in (moved, qualifying):
            entered.add(TENANT, known_better)
            service.correction_changed(TENANT, known_better)
        assert minutes_by_day(service) == {22: 30, 25: 60}
        entered.add(TENANT, correction("none", void=True))
        (unused,) = service.unused_corrections(TENANT)
        assert (unused.correction.row_id, unused.reason) == ("none", "no row has this id")


def test_rows_of_a_log_have_no_ids_to_correct(tmp_path: Path) -> None:
    """So corrections of them are an error, and no uncorrected figure."""
    path = tmp_path / "log.csv"
    path.write_text("tenant_id,at,state\nacme,2025-10-20T00:00:00Z,up\n", encoding="utf-8")
    entered = MemoryCorrections({TENANT: [correction("a", void=True)]})
    with (
        service_of(FileChangeSource(path, down="down"), entered) as service,
        pytest.raises(InvalidTypeError, match="source is a FileChangeSource without fetch_by_ids"),
    ):
        service.compliance(TENANT, at(20), at(21))


WORK = sla.MaintenanceWindow(at(22), at(26), applies_to={"resource_id": ["olt"]}, with_children=True)


@pytest.mark.parametrize("kind", ["files", "memory"])
def test_work_on_a_parent_excuses_a_row_that_a_correction_moves(path: Path, kind: str) -> None:
    """The parent is of another week than the corrected row, which comes by its id."""
    files = FileAlarmSource(path)
    source = files if kind == "files" else MemoryAlarmSource({TENANT: files.read(TENANT)})
    moved = correction("c", starts=at(23, 9), ends=at(23, 10))
    with service_of(source, MemoryCorrections({TENANT: [moved]}), WORK) as service:
        alone = service.compliance(TENANT, at(23), at(24))
        assert alone.total.downtime_minutes == 0
        assert "maintenance of 2025-10-22 00:00 UTC took 1 alarm out for 1 h" in alone.quality
        assert minutes_by_day(service) == {24: 60}
        # The dates of the row, where it was and where it is, and none of its parent.
        assert [date.day for date in service.correction_changed(TENANT, moved)] == [20, 21, 22, 23]


def test_a_parent_that_a_window_brings_too_is_one_alarm() -> None:
    """It comes with the window and with the corrected row."""
    rows = [
        sla.Alarm(at(24, 9), at(24, 10), id="p", alarm_id="x", resource_id="olt"),
        sla.Alarm(at(24, 9), at(24, 10), id="c", parent_alarm_id="p"),
    ]
    source = MemoryAlarmSource({TENANT: sla.AlarmBatch.from_alarms(rows)})
    longer = correction("c", ends=at(24, 11))
    with service_of(source, MemoryCorrections({TENANT: [longer]}), WORK) as service:
        (incident,) = service.incidents(TENANT, at(24).date())
        assert sorted(str(alarm.id) for alarm in incident.alarms) == ["c", "p"]
