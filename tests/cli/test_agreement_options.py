"""The options that say which time is evaluated and what was agreed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sla_compliance.cli.commands import commands

ROWS = """\
id,severity,alarm_type,status,resource_id,first_occurrence,cleared_at
1,critical,link,cleared,OLT-7,2026-03-05T10:00:00Z,2026-03-05T11:00:00Z
2,major,planned,cleared,OLT-7,2026-03-05T12:00:00Z,2026-03-05T14:00:00Z
3,minor,link,suppressed,OLT-8,2026-03-05T15:00:00Z,2026-03-05T19:00:00Z
"""
# An hour of work around the first half of the first outage, in columns of other names and local times.
WORK = "Begins,Ends,Ticket,reason\n2026-03-05 09:30,2026-03-05 10:30,T-1,firmware\n"
EXCLUSIONS = (
    "start,end,reason,note,author,resource_id\n2026-03-05T12:00:00Z,2026-03-05T13:00:00Z,no access,,M. Ade,OLT-7\n"
)
WORK_COLUMNS = (
    "--maintenance", "work.csv", "--maintenance-column", "start=Begins", "--maintenance-column", "end=Ends",
    "--maintenance-column", "ignore=Ticket", "--times-in", "UTC",
)  # fmt: skip
DAY = ("--zone", "UTC", "--from", "2026-03-05", "--to", "2026-03-05", "--as-of", "2026-04-02")
HOUR_S = 3600


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export, works and exclusions."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "work.csv").write_text(WORK, encoding="utf-8")
    (tmp_path / "excluded.csv").write_text(EXCLUSIONS, encoding="utf-8")
    return tmp_path


def report(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(commands, ["report", "rows.csv", *arguments], env={"COLUMNS": "100", "TERM": "dumb"})


def total(*arguments: str) -> dict[str, Any]:
    """Return the record of a window within one year."""
    result = report(*arguments, "--by", "year", "--format", "json", "--detail")
    assert result.exit_code in {0, 1, 3}, result.output
    (record,) = json.loads(result.stdout)
    return dict(record)


@pytest.mark.parametrize(
    ("options", "down_hours", "up_hours"),
    [
        ((), 3, 21),
        (("--severities", "critical"), 1, 23),
        (("--severities", "critical,minor"), 5, 19),
        (("--severities", "critical", "--severities", "MINOR"), 5, 19),
        (("--exclude-type", "Planned"), 1, 23),
        (("--exclude-type", "planned", "--exclude-type", "link"), 0, 24),
        (("--severities", "minor", "--exclude-status", "suppressed"), 0, 24),
        (("--service-hours", "24x7"), 3, 21),
        (("--service-hours", "mon-fri 09:00-13:00"), 2, 2),
        (("--in-service", "2026-03-05T12:00:00Z"), 2, 10),
        (("--in-service", "2026-03-01..2026-03-05T12:30:00Z"), 1.5, 11),
        (("--in-service", "2026-03-06"), 0, 0),
        (("--in-service", "..2026-03-05"), 3, 21),
        (("--monitored-since", "2026-03-05T06:00:00Z"), 3, 15),
        (WORK_COLUMNS, 2.5, 20.5),
        ((*WORK_COLUMNS, "--accounting", "planned-downtime-removed"), 2.5, 21),
        ((*WORK_COLUMNS, "--accounting", "excused"), 2.5, 21.5),
        ((*WORK_COLUMNS, "--accounting", "counted"), 3, 21),
        (("--exclusions", "excluded.csv"), 2, 22),
        (("--exclusions", "excluded.csv", "--accounting", "counted"), 2, 22),
        (("--exclusions", "excluded.csv", "--accounting", "gross"), 3, 21),
    ],
)
def test_what_was_agreed_changes_the_figures(options: tuple[str, ...], down_hours: float, up_hours: float) -> None:
    """Of three hours of critical and major outages, and four of a minor one."""
    record = total(*DAY, *options)
    assert (record["downtime_seconds"] / HOUR_S, record["uptime_seconds"] / HOUR_S) == (down_hours, up_hours)


@pytest.mark.parametrize(
    ("options", "start", "end"),
    [
        (("--from", "2026-03-05", "--to", "2026-03-05"), "2026-03-05T00:00:00+01:00", "2026-03-06T00:00:00+01:00"),
        (
            ("--from", "2026-03-05T09:00:00Z", "--to", "2026-03-05T13:00:00Z"),
            "2026-03-05T10:00:00+01:00",
            "2026-03-05T14:00:00+01:00",
        ),
        (
            ("--from", "2026-03-05T09:00:00Z", "--to", "2026-03-06"),
            "2026-03-05T10:00:00+01:00",
            "2026-03-07T00:00:00+01:00",
        ),
        (("--from", "2026-03-30"), "2026-03-30T00:00:00+02:00", "2026-04-03T00:00:00+02:00"),
        (("--month", "2026-03"), "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"),
        (("--month", "2026-12"), "2026-12-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00"),
    ],
)
def test_the_window_is_exactly_the_one_that_is_named(options: tuple[str, ...], start: str, end: str) -> None:
    """Dates are whole local days, timestamps instants, a month the local one; without an end it ends today."""
    record = total("--zone", "Europe/Berlin", "--as-of", "2026-04-02T12:00:00Z", *options)
    assert (record["start"], record["end"]) == (start, end)


def test_a_window_within_a_day_is_named_by_its_bounds() -> None:
    """Its table does not read like that of a whole day."""
    window = ("--from", "2026-03-05T09:00:00Z", "--to", "2026-03-05T13:00:00Z")
    assert "2026-03-05 09:00:00+00:00 to 2026-03-05 13:00:00+00:00  UTC" in report(*DAY[:2], *window, *DAY[6:]).stdout
    assert "Thu 2026-03-05  UTC" in report(*DAY).stdout


def test_local_times_of_files_of_windows_are_read_as_those_of_alarms(folder: Path) -> None:
    """By the zone, or the unit of numbers."""
    (folder / "excluded.csv").write_text(
        "start,end,reason\n1772708400,1772712000,power\n", encoding="utf-8"
    )  # 11 to 12
    (folder / "rows.csv").write_text("first_occurrence,cleared_at\n1772704800,1772712000\n", encoding="utf-8")
    record = total(*DAY, "--epoch", "s", "--exclusions", "excluded.csv")
    assert (record["downtime_seconds"], record["uptime_seconds"]) == (HOUR_S, 22 * HOUR_S)


def test_exclusions_may_be_of_any_format_and_name(folder: Path) -> None:
    """Theirs are mapped as those of works are."""
    rows = [{"Von": "2026-03-05T12:00:00Z", "Bis": "2026-03-05T14:00:00Z", "Grund": "force majeure", "nr": 3}]
    (folder / "excluded.json").write_text(json.dumps({"items": rows}), encoding="utf-8")
    names = ("start=Von", "end=Bis", "reason=Grund", "ignore=nr")
    options = [word for name in names for word in ("--exclusion-column", name)]
    assert total(*DAY, "--exclusions", "excluded.json", *options)["downtime_seconds"] == HOUR_S


BAD_OPTIONS = {
    "no start": (("--zone", "UTC"), "Missing option '--from'; give it, or --month YYYY-MM"),
    "no zone": (("--month", "2026-03"), "Missing option '--zone'; give it, or a --contract that says the zone."),
    "a month beside days": (("--month", "2026-03", "--to", "2026-03-05"), "--month stands beside --from or --to; give"),
    "no month": (("--zone", "UTC", "--month", "2026-13"), "Error: --month is '2026-13'; write it as 2025-10"),
    "a month too far away": (("--zone", "UTC", "--month", "9999-12"), "Error: --month is '9999-12'; give an earlier"),
    "no severity": ((*DAY, "--severities", "high"), "Error: --severities is 'high'; give one of critical, major,"),
    "an empty severity": ((*DAY, "--severities", "critical,"), "'--severities': 'critical,' holds an empty word"),
    "no span": ((*DAY, "--in-service", ".."), "Error: --in-service is '..'; write it as 2026-01-20, or 2026-01-20.."),
    "no bound": ((*DAY, "--in-service", "spring"), "Error: --in-service is 'spring'; write it as"),
    "a span turned round": (
        (*DAY, "--in-service", "2026-03-10..2026-03-01"),
        "Error: --in-service is 2026-03-01, before start 2026-03-10; swap them",
    ),
    "no instant": ((*DAY, "--monitored-since", "then"), "Error: --monitored-since is 'then'; write it as"),
    "no accounting": ((*DAY, "--accounting", "net"), "'--accounting': 'net' is not one of"),
    "an unknown column of works": (
        (*DAY, "--maintenance", "work.csv"),
        "Error: work.csv has a column 'Begins'; windows have start, end, actual_end, announced_at, entered_at, kind, "
        "reason, recurrence, zone, author, resource_id, resource_name, resource_type, customer_id, customer_name, "
        "alarm_type, source, with_children, or give --maintenance-column start=Begins, or ignore=Ticket to leave one "
        "out",
    ),
    "a column of works that is none": (
        (*DAY, "--maintenance", "work.csv", "--maintenance-column", "begin=Begins"),
        "Error: --maintenance-column maps 'begin', which windows do not have; give one of start, end,",
    ),
    "a column of works that is not there": (
        (*DAY, *WORK_COLUMNS[:4], "--maintenance-column", "end=Begins"),
        "Error: --maintenance-column maps one column of the file twice; map it once",
    ),
    "no mapping of works": (
        (*DAY, "--maintenance", "work.csv", "--maintenance-column", "Begins"),
        "'--maintenance-column': 'Begins' maps nothing; write it as start=Begins",
    ),
    "local times of works": (
        (*DAY, *WORK_COLUMNS[:-2]),
        "Error: work.csv:2 is no maintenance window: start is '2026-03-05 09:30' without a time zone; export it with "
        "its offset, e.g. 2026-10-01 09:00:00+00, or give --times-in Africa/Lagos",
    ),
    "a zone of works that is none": (
        (*DAY, *WORK_COLUMNS[:-1], "Lagos"),
        "Error: --times-in is 'Lagos', not a time zone; did you mean 'Africa/Lagos'?",
    ),
    "an exclusion without a reason": (
        (*DAY, "--exclusions", "work.csv", "--exclusion-column", "start=Begins", "--exclusion-column", "end=Ends",
         "--exclusion-column", "ignore=Ticket", "--exclusion-column", "ignore=reason", "--times-in", "UTC"),
        "Error: work.csv:2 is no exclusion: reason is blank; say why this time is excluded",
    ),
    "a column of works where exclusions are": (
        (*DAY, "--exclusions", "excluded.csv", "--exclusion-column", "kind=note"),
        "Error: --exclusion-column maps 'kind', which exclusions do not have; give one of start, end, reason, note,",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("options", "message"), BAD_OPTIONS.values(), ids=BAD_OPTIONS.keys())
def test_a_bad_option_is_one_message_that_names_it(options: tuple[str, ...], message: str) -> None:
    """Exit code 2, and nothing on standard output."""
    result = report(*options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr.splitlines()[-1]
