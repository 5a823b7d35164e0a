"""Exports as other products write them, and the downtime that follows by hand."""
################################################################
# Each is a short file in a product's published form, read with the options that it
# needs. The seconds beside it are counted by hand from its rows.
################################################################

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import sla_compliance as sla
from sla_compliance.sources.files import FileAlarmSource, FileChangeSource
from sla_compliance.zones import load_zone


class Export(NamedTuple):
    """A file, how it is read, and the seconds of downtime of each day from `first_day` on."""

    file: str
    content: str
    options: dict[str, Any]
    zone: str
    first_day: str
    downtime_s: list[int]


ALARMS = {
    "Zabbix: severities of its own": Export(
        "problems.csv",
        "Severity,Time,Recovery time,Host,Problem\n"
        "Disaster,2026-03-03T08:00:00Z,2026-03-03T09:00:00Z,sw-1,down\n"
        "High,2026-03-03T10:00:00Z,2026-03-03T10:30:00Z,sw-1,loss\n"
        "Warning,2026-03-03T12:00:00Z,2026-03-03T13:00:00Z,sw-1,slow\n",
        {
            "columns": {"first_occurrence": "Time", "cleared_at": "Recovery time"},
            "severity_map": {"critical": ["Disaster", "High"], "minor": "*"},
        },
        "UTC",
        "2026-03-03",
        [5_400],
    ),
    "an outage list without severities": Export(
        "alarms.csv",
        "oblast,started_at,finished_at\nKyiv,2023-08-01 10:00:00+00:00,2023-08-01 11:00:00+00:00\n",
        {"columns": {"first_occurrence": "started_at", "cleared_at": "finished_at"}},
        "Europe/Kyiv",
        "2023-08-01",
        [3_600],
    ),
    "LibreNMS: Unix seconds, a lost start is 0": Export(
        "outages.csv",
        "device_id,going_down,up_again\n7,0,1754874000\n7,1754899200,1754901000\n8,1754991000,0\n",
        {
            "columns": {"resource_id": "device_id", "first_occurrence": "going_down", "cleared_at": "up_again"},
            "epoch": "s",
        },
        "UTC",
        "2025-08-11",
        [5_400, 52_200],
    ),
    "stamps that name one instant without doubt": Export(
        "alarms.csv",
        "id,severity,first_occurrence,cleared_at\n"
        "1,critical,2026-03-05 08:00:00 UTC,2026-03-05T09:00:00+0000\n"
        "2,critical,2026-03-05T10:00Z,2026-03-05T10:30Z\n",
        {},
        "UTC",
        "2026-03-05",
        [5_400],
    ),
    "ServiceNow: local times over a clock change": Export(
        "outages.csv",
        "number,cmdb_ci,type,begin,end\n"
        "OUT001,mail,outage,2026-03-07 20:00:00,2026-03-07 21:00:00\n"
        "OUT003,mail,outage,2026-03-08 01:30:00,2026-03-08 03:30:00\n",
        {
            "columns": {"id": "number", "alarm_type": "type", "first_occurrence": "begin", "cleared_at": "end"},
            "times_in": "America/Denver",
        },
        "America/Denver",
        "2026-03-07",
        [3_600, 3_600],
    ),
    "PagerDuty: incidents inside an answer, urgency instead of a severity": Export(
        "incidents.json",
        """{
 "incidents": [
  {"id": "Q1", "status": "resolved", "urgency": "high", "created_at": "2026-03-05T08:00:00Z",
   "resolved_at": "2026-03-05T09:00:00Z", "service": {"id": "S1", "summary": "api"}},
  {"id": "Q2", "status": "resolved", "urgency": "low", "created_at": "2026-03-05T10:00:00Z",
   "resolved_at": "2026-03-05T12:00:00Z", "service": {"id": "S1", "summary": "api"}},
  {"id": "Q3", "status": "triggered", "urgency": "high", "created_at": "2026-03-05T22:00:00Z", "resolved_at": null}
 ],
 "limit": 25, "total": null, "more": false
}""",
        {
            "columns": {"first_occurrence": "created_at", "severity": "urgency", "resource_id": "service.id"},
            "severity_map": {"critical": "high", "minor": "low"},
        },
        "UTC",
        "2026-03-05",
        [10_800],
    ),
    "Jira: priorities, milliseconds, an offset without a colon": Export(
        "issues.csv",
        "Issue key,Priority,Created,Resolved,Summary\n"
        "OPS-1,Highest,2026-03-05T08:00:00.000+0000,2026-03-05T09:00:00.000+0000,site down\n"
        "OPS-2,High,2026-03-05T10:00:00.000+0000,2026-03-05T10:30:00.000+0000,site slow\n"
        "OPS-3,Medium,2026-03-05T12:00:00.000+0000,2026-03-05T15:00:00.000+0000,typo\n",
        {
            "columns": {
                "id": "Issue key",
                "severity": "Priority",
                "first_occurrence": "Created",
                "cleared_at": "Resolved",
            },
            "severity_map": {"critical": "Highest", "major": "High", "minor": "*"},
        },
        "UTC",
        "2026-03-05",
        [5_400],
    ),
    "an outage that began before it was stored": Export(
        "incidents.csv",
        "id,severity,created_at,started_at,resolved_at\n"
        "1,critical,2026-09-08T10:07:00Z,2026-09-08T10:00:00Z,2026-09-08T10:20:00Z\n",
        {"columns": {"first_occurrence": "started_at"}},
        "UTC",
        "2026-09-08",
        [1_200],
    ),
    "X.733: a severity that is indeterminate": Export(
        "alarms.csv",
        "id,severity,first_occurrence,cleared_at\n"
        "1,indeterminate,2026-03-05T08:00:00Z,2026-03-05T09:00:00Z\n"
        "2,CRITICAL,2026-03-06T08:00:00Z,2026-03-06T09:00:00Z\n",
        {},
        "UTC",
        "2026-03-05",
        [0, 3_600],
    ),
}

LOGS = {
    "a state in each row, down before the first": Export(
        "events.csv",
        "monitor,event,at\nweb,up,2026-03-03T01:00:00Z\nweb,down,2026-03-03T05:00:00Z\nweb,up,2026-03-03T10:00:00Z\n",
        {"down": "down", "up": "up", "state": "event", "key": "monitor", "before": "down"},
        "UTC",
        "2026-03-03",
        [21_600],
    ),
    "UptimeRobot: local times, two monitors over midnight": Export(
        "events.csv",
        "Event,Monitor,Date-Time,Reason\n"
        "Down,shop,2020-03-18 23:58:40,Connection timeout\n"
        "Down,blog,2020-03-19 00:10:00,Connection timeout\n"
        "Up,shop,2020-03-19 00:14:19,OK\n"
        "Up,blog,2020-03-19 00:20:00,OK\n",
        {
            "down": "Down",
            "up": "Up",
            "state": "Event",
            "key": "Monitor",
            "at": "Date-Time",
            "times_in": "Asia/Shanghai",
        },
        "Asia/Shanghai",
        "2020-03-18",
        [80, 1_200],
    ),
}


def downtime_s(batch: sla.AlarmBatch, export: Export) -> list[int]:
    """Return the seconds of downtime of each day, two days after the last."""
    start = datetime.fromisoformat(export.first_day).replace(tzinfo=load_zone(export.zone))
    end = start + timedelta(days=len(export.downtime_s))
    report = sla.evaluate(batch, start=start, end=end, zone=export.zone, as_of=end)
    return [record.downtime_us // 1_000_000 for record in report.days]


@pytest.mark.parametrize("export", ALARMS.values(), ids=ALARMS.keys())
def test_exports_of_alarms(export: Export, tmp_path: Path) -> None:
    """Their downtime is what their rows say."""
    path = tmp_path / export.file
    path.write_text(export.content, encoding="utf-8")
    assert downtime_s(FileAlarmSource(path, **export.options).read(), export) == export.downtime_s


@pytest.mark.parametrize("export", LOGS.values(), ids=LOGS.keys())
def test_exports_of_logs(export: Export, tmp_path: Path) -> None:
    """A second monitor's up ends no outage of the first."""
    path = tmp_path / export.file
    path.write_text(export.content, encoding="utf-8")
    assert downtime_s(FileChangeSource(path, **export.options).read(), export) == export.downtime_s


def test_a_twelve_hour_clock_is_refused_with_its_value(tmp_path: Path) -> None:
    """12:30 PM may be noon or midnight, 6/12 June or December."""
    path = tmp_path / "alarms.csv"
    path.write_text("severity,down,up\ncritical,6/12/2018 11:30 AM,6/12/2018 12:30 PM\n", encoding="utf-8")
    source = FileAlarmSource(path, columns={"first_occurrence": "down", "cleared_at": "up"})
    with pytest.raises(sla.InvalidAlarmsError) as caught:
        source.read()
    assert "first_occurrence is '6/12/2018 11:30 AM'; write it as" in str(caught.value.exceptions[0])


def test_a_start_of_1970_counts_and_is_named(tmp_path: Path) -> None:
    """A clock that was never set."""
    export = ALARMS["LibreNMS: Unix seconds, a lost start is 0"]
    path = tmp_path / export.file
    path.write_text(export.content, encoding="utf-8")
    batch = FileAlarmSource(path, **export.options).read()
    start = datetime.fromisoformat("2025-08-11T00:00Z")
    report = sla.evaluate(
        batch, start=start, end=start + timedelta(days=1), zone="UTC", as_of=start + timedelta(days=1)
    )
    assert any("1970" in line for line in report.quality.lines())
