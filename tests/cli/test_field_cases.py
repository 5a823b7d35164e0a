"""What people met with other tools, as small files and the figures worked out by hand."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sla_compliance.cli.commands import commands

HEADER = "id,severity,first_occurrence,cleared_at\n"
NIGHT = "1,critical,2025-06-10T08:00:00+01:00,2025-06-10T15:30:00+01:00\n"
EIGHT_DAYS = "--zone Europe/Lisbon --from 2025-06-09 --to 2025-06-16 --as-of 2025-06-18 --by year"
REBUILD = "1,critical,2025-02-15T09:00:00+01:00,2025-02-15T17:30:00+01:00\n"
REBUILD_WINDOW = "start,end,reason\n2025-02-15T08:10:00+01:00,2025-02-15T18:40:00+01:00,rebuild\n"
REBUILD_DAY = "--zone Europe/Berlin --from 2025-02-15 --to 2025-02-15 --as-of 2025-02-17 --maintenance work.csv"


@dataclass(frozen=True)
class Case:
    """Files, a command and what must follow.

    Attributes:
        alarms: the file of alarms.
        options: of the command.
        exit_code: of the command.
        records: of each record, in order, the figures that are asked for.
        work: the file of maintenance windows.
    """

    alarms: str
    options: str
    exit_code: int
    records: list[dict[str, object]]
    work: str = field(default="")


CASES = {
    # 7.5 h of 192 h: 184.5 / 192 = 96.09375 %.
    "an outage of a service that is owed at all hours": Case(
        HEADER + NIGHT, EIGHT_DAYS, 1, [{"downtime_seconds": 27_000, "compliance_percentage": 96.09}]
    ),
    # The same outage lies outside the twelve hours that are owed each night: 8 x 12 h are up.
    "the same outage of a service that is owed at night": Case(
        HEADER + NIGHT,
        EIGHT_DAYS + ' --service-hours "mon-sun 20:00-08:00"',
        0,
        [{"downtime_seconds": 0, "uptime_seconds": 345_600, "compliance_percentage": 100.0}],
    ),
    # Noon in New York: 6 h down before the work, 6 h of it left out. The best that can come is 4 h up of 10 h.
    "work that begins while the outage runs": Case(
        HEADER.strip() + ",last_occurrence\n1,critical,2025-03-01T00:00:00-05:00,,2025-03-17T11:59:00-04:00\n",
        "--zone America/New_York --from 2025-03-17 --to 2025-03-17 --as-of 2025-03-17T16:00:00Z --maintenance work.csv",
        1,
        [{"downtime_seconds": 21_600, "uptime_seconds": 0, "compliance_percentage": 0.0, "verdict": "BREACHED"}],
        "start,end\n2025-03-17T06:00:00-04:00,2025-03-17T20:00:00-04:00\n",
    ),
    # An hour without service on the 20th; down 14:50 to 15:00 of the hours that are owed.
    "hours that are not owed on a single date": Case(
        HEADER
        + "1,critical,2025-08-20T15:10:00-05:00,2025-08-20T15:50:00-05:00\n"
        + "2,critical,2025-08-20T14:50:00-05:00,2025-08-20T15:20:00-05:00\n",
        "--zone America/Chicago --from 2025-08-20 --to 2025-08-20 --as-of 2025-08-22 "
        '--service-hours "mon-sun 00:00-24:00; 2025-08-20 00:00-15:00,16:00-24:00"',
        1,
        [{"downtime_seconds": 600, "uptime_seconds": 82_200}],
    ),
    # Friday: half an hour of work. Saturday: 1.5 h of work, half an hour down, 22 h up.
    "weekly work over midnight": Case(
        HEADER + "1,critical,2025-05-10T00:30:00+02:00,2025-05-10T02:00:00+02:00\n",
        "--zone Europe/Berlin --from 2025-05-09 --to 2025-05-10 --as-of 2025-05-12 --maintenance work.csv",
        1,
        [
            {"downtime_seconds": 0, "uptime_seconds": 84_600},
            {"downtime_seconds": 1_800, "uptime_seconds": 79_200},
        ],
        "start,end,recurrence\n2025-05-02T23:30:00+02:00,2025-05-03T01:30:00+02:00,FREQ=WEEKLY;BYDAY=FR\n",
    ),
    # 10.5 h of work leave 13.5 h.
    "an outage inside planned work": Case(
        HEADER + REBUILD,
        REBUILD_DAY,
        0,
        [{"downtime_seconds": 0, "uptime_seconds": 48_600, "compliance_percentage": 100.0}],
        REBUILD_WINDOW,
    ),
    # 8.5 h down: 55,800 / 86,400 = 64.583 %.
    "the same outage where maintenance counts": Case(
        HEADER + REBUILD,
        REBUILD_DAY + " --accounting counted",
        1,
        [{"downtime_seconds": 30_600, "compliance_percentage": 64.58}],
        REBUILD_WINDOW,
    ),
    # A hundred alarms of ten hours, a minute apart: 11 h 39 min of 720 h are 98.3819 %.
    "an alert storm": Case(
        HEADER
        + "".join(
            f"{n},critical,2025-04-01T{10 + n // 60}:{n % 60:02}:00Z,2025-04-01T{20 + n // 60}:{n % 60:02}:00Z\n"
            for n in range(100)
        ),
        "--zone UTC --from 2025-04-01 --to 2025-04-30 --as-of 2025-05-02 --by year",
        1,
        [{"downtime_seconds": 41_940, "compliance_percentage": 98.38}],
    ),
    # 30 s of 60 days are 99.99942 %: never shown as 100, and met at 99.999.
    "a blip in sixty days": Case(
        HEADER + "1,critical,2025-03-10T10:00:00Z,2025-03-10T10:00:30Z\n",
        "--zone UTC --from 2025-03-01 --to 2025-04-29 --as-of 2025-05-02 --by year --target 99.999",
        0,
        [{"downtime_seconds": 30, "compliance_percentage": 99.999, "verdict": "MET", "is_confirmed": True}],
    ),
    # 09:00 to 10:20 and 12:00 to 12:45.
    "overlapping outages": Case(
        HEADER
        + "1,critical,2025-07-01T09:00:00Z,2025-07-01T10:00:00Z\n2,critical,2025-07-01T09:00:00Z,2025-07-01T09:40:00Z\n"
        + "3,critical,2025-07-01T12:00:00Z,2025-07-01T12:30:00Z\n4,critical,2025-07-01T12:20:00Z,2025-07-01T12:45:00Z\n"
        + "5,critical,2025-07-01T09:10:00Z,2025-07-01T10:20:00Z\n",
        "--zone UTC --from 2025-07-01 --to 2025-07-01 --as-of 2025-07-03",
        1,
        [{"downtime_seconds": 7_500, "downtime_minutes": 125}],
    ),
    # The quarter has 2,159 h, because the clock changes in it: 2,150 / 2,159 = 99.5831 %.
    "a quarter with a clock change": Case(
        HEADER + "1,critical,2025-02-04T00:00:00-07:00,2025-02-04T09:00:00-07:00\n",
        "--zone America/Denver --from 2025-01-01 --to 2025-03-31 --as-of 2025-04-02 --by quarter --target 99.5",
        0,
        [{"downtime_seconds": 32_400, "uptime_seconds": 7_740_000, "compliance_percentage": 99.58}],
    ),
    # 6 h of 744 h and 6 h of 672 h: 99.1935 % and 99.1071 %.
    "an outage over the end of a month": Case(
        HEADER + "1,critical,2025-01-31T18:00:00Z,2025-02-01T06:00:00Z\n",
        "--zone UTC --from 2025-01-01 --to 2025-02-28 --as-of 2025-03-02 --by month",
        1,
        [
            {"downtime_seconds": 21_600, "compliance_percentage": 99.19},
            {"downtime_seconds": 21_600, "compliance_percentage": 99.10},
        ],
    ),
    # From when it started, not from when it was stored.
    "a column of another name": Case(
        "id,severity,created_at,started_at,resolved_at\n"
        "1,critical,2025-09-08T10:09:00Z,2025-09-08T10:00:00Z,2025-09-08T10:25:00Z\n",
        "--zone UTC --from 2025-09-08 --to 2025-09-08 --as-of 2025-09-10 --column first_occurrence=started_at",
        1,
        [{"downtime_seconds": 1_500}],
    ),
    "a severity of X.733 that does not qualify": Case(
        HEADER
        + "1,indeterminate,2025-03-05T08:00:00Z,2025-03-05T09:00:00Z\n"
        + "2,CRITICAL,2025-03-06T08:00:00Z,2025-03-06T09:00:00Z\n",
        "--zone UTC --from 2025-03-05 --to 2025-03-06 --as-of 2025-03-08",
        1,
        [{"downtime_seconds": 0}, {"downtime_seconds": 3_600}],
    ),
}


def report(folder: Path, case: Case, *options: str) -> Result:
    """Run the command in a folder that holds the case's files."""
    (folder / "alarms.csv").write_text(case.alarms, encoding="utf-8")
    (folder / "work.csv").write_text(case.work, encoding="utf-8")
    return CliRunner().invoke(commands, ["report", "alarms.csv", *shlex.split(case.options), *options])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_figures_are_those_worked_out_by_hand(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each record's, and the exit code."""
    monkeypatch.chdir(tmp_path)
    result = report(tmp_path, case, "--format", "json", "--detail")
    assert result.exit_code == case.exit_code, result.stderr
    records = json.loads(result.stdout)
    assert [
        {name: record[name] for name in figures} for record, figures in zip(records, case.records, strict=True)
    ] == case.records


@pytest.mark.parametrize("name", ["json", "csv"])
def test_a_row_set_aside_is_said_where_only_scripts_read(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row cleared an hour too early; the other is 10 of 2,880 minutes, a breach whatever the first was."""
    monkeypatch.chdir(tmp_path)
    rows = "1,major,2025-03-03T10:00:00Z,2025-03-03T09:00:00Z\n2,major,2025-03-04T10:00:00Z,2025-03-04T10:10:00Z\n"
    options = "--zone UTC --from 2025-03-03 --to 2025-03-04 --as-of 2025-03-06 --on-invalid quarantine"
    result = report(tmp_path, Case(HEADER + rows, options, 1, []), "--format", name)
    assert result.exit_code == 1
    assert result.stderr.startswith("Note: 1 bad row set aside: alarms.csv:2 ")


FILES = sorted((Path(__file__).parent / "field_cases").glob("*.json"))


def figure_at(records: Any, path: str) -> Any:
    """Return the value at a path such as "0.downtime_seconds" of what `--format json` writes."""
    value = records
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_each_case_in_a_file_has_the_figures_worked_out_by_hand(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By each of the commands that the case may be asked by; a figure may be given as a range."""
    monkeypatch.chdir(tmp_path)
    case = json.loads(file.read_text(encoding="utf-8"))
    for name, content in case["files"].items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    for command in case["commands"]:
        result = CliRunner().invoke(commands, shlex.split(command))
        assert result.exit_code == case["exit_code"], result.stderr
        for path, expected in case["figures"].items():
            figure = figure_at(json.loads(result.stdout), path)
            if isinstance(expected, dict):
                assert expected["from"] <= figure < expected["below"], path
            else:
                assert figure == expected, path
        for words in case.get("says", ()):
            assert words in result.output
