"""The options by which files of alarms and logs of state changes are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sla_compliance.cli.commands import commands

# Three hours of outages on one day in UTC: site A one hour, site B two.
ROWS = """\
Site,Kind,Level,Began,Ended,State
A,link,High,2026-03-03 10:00,2026-03-03 11:00,Done
B,link,High,2026-03-03 12:00,2026-03-03 13:00,Done
B,power,Disaster,2026-03-03 14:00,2026-03-03 15:00,Done
B,,Low,2026-03-03 16:00,2026-03-03 17:00,Done
"""
COLUMNS = (
    "--column", "severity=Level", "--column", "first_occurrence=Began", "--column", "cleared_at=Ended",
    "--column", "resource_id=Site", "--column", "status=State",
)  # fmt: skip
LOCAL = ("--times-in", "UTC")
SEVERITIES = ("--map-severity", "critical=High,Disaster", "--map-severity", "minor=*")
DAY = ("--zone", "UTC", "--from", "2026-03-03", "--to", "2026-03-03", "--as-of", "2026-03-05")
JSON = ("--format", "json", "--detail")
LOG = """\
When,Monitor,Event
2026-03-03T00:00:00Z,web,Up
2026-03-03T01:00:00Z,mail,Down
2026-03-03T02:00:00Z,mail,Up
2026-03-03T03:00:00Z,web,Paused
2026-03-03T05:00:00Z,web,Up
"""
LOG_OPTIONS = ("--changes", "Event", "--column", "at=When", "--per", "Monitor")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export and a log."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    return tmp_path


def report(*arguments: str) -> Result:
    """Run the command for the day."""
    return CliRunner().invoke(commands, ["report", *DAY, *arguments], env={"COLUMNS": "100", "TERM": "dumb"})


def figures(*arguments: str) -> dict[str, Any]:
    """Return the record of the day."""
    result = report(*JSON, *arguments)
    assert result.exit_code in {0, 1, 3}, result.output
    (record,) = json.loads(result.stdout)
    return dict(record)


def hours_down(*arguments: str) -> float:
    """Return the downtime of the day, in hours."""
    return float(figures(*arguments)["downtime_seconds"]) / 3600


def test_rows_of_another_product_are_read_by_their_own_words() -> None:
    """Columns, local times, severities."""
    assert hours_down("rows.csv", *COLUMNS, *LOCAL, *SEVERITIES) == 3


def test_words_may_be_given_one_by_one() -> None:
    """A severity named twice has the words of both, in any case."""
    words = ("--map-severity", "critical=high", "--map-severity", "critical=DISASTER", "--map-severity", "minor=*")
    assert hours_down("rows.csv", *COLUMNS, *LOCAL, *words) == 3


def test_rows_without_a_word_may_have_one(folder: Path) -> None:
    """Nothing after the sign stands for an absent value."""
    (folder / "rows.csv").write_text(ROWS.replace(",High,", ",,"), encoding="utf-8")
    words = ("--map-severity", "critical=Disaster", "--map-severity", "minor=*", "--map-severity", "major=")
    assert hours_down("rows.csv", *COLUMNS, *LOCAL, *words) == 3


def test_a_status_of_another_word_says_that_an_alarm_is_over(folder: Path) -> None:
    """Without a time it is over at an unknown one; unmapped it is still active."""
    (folder / "rows.csv").write_text(
        "Level,first_occurrence,status\nmajor,2026-03-03T23:00:00Z,Done\n", encoding="utf-8"
    )
    mapped = report("rows.csv", *JSON, "--column", "severity=Level", "--map-status", "resolved=Done")
    assert "Note: 1 alarm cleared or resolved without a time" in mapped.stderr
    plain = report("rows.csv", *JSON, "--column", "severity=Level")
    assert "without a time" not in plain.stderr


@pytest.mark.parametrize(("unit", "factor"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
def test_numbers_count_from_1970_in_the_unit_that_is_named(unit: str, factor: int, folder: Path) -> None:
    """10:00 to 11:00 on the day."""
    start = 1_772_532_000 * factor
    content = f"first_occurrence,cleared_at\n{start},{start + 3600 * factor}\n"
    (folder / "rows.csv").write_text(content, encoding="utf-8")
    assert hours_down("rows.csv", "--epoch", unit) == 1
    refused = report("rows.csv")
    assert refused.exit_code == 2
    assert "--epoch s" in refused.stderr


def test_local_times_are_read_in_the_zone_that_is_named() -> None:
    """Auckland is 13 hours ahead: two of the outages were on the day before in UTC."""
    assert hours_down("rows.csv", *COLUMNS, *SEVERITIES, "--times-in", "Pacific/Auckland") == 1
    refused = report("rows.csv", *COLUMNS, *SEVERITIES)
    assert refused.exit_code == 2
    assert "--times-in Africa/Lagos" in refused.stderr


@pytest.mark.parametrize(
    ("conditions", "hours"),
    [
        (["Site=A"], 1),
        (["resource_id=B"], 2),  # by our name of the column
        (["Site=A", "Site=B"], 3),
        (["Site=B", "Kind=link"], 1),
        (["site=B", "kind=power", "kind=link"], 2),
        (["Kind="], 0),
        (["Site=a"], 0),
    ],
)
def test_rows_are_chosen_by_values(conditions: list[str], hours: float) -> None:
    """Several columns: all must match; one column several times: either value; values are exact."""
    options = [word for condition in conditions for word in ("--where", condition)]
    assert hours_down("rows.csv", *COLUMNS, *LOCAL, *SEVERITIES, *options) == hours


def test_rows_that_are_not_chosen_may_be_bad(folder: Path) -> None:
    """They are somebody else's."""
    with (folder / "rows.csv").open("a", encoding="utf-8") as file:
        file.write("C,link,High,yesterday,,Done\n")
    options = (*COLUMNS, *LOCAL, *SEVERITIES)
    assert hours_down("rows.csv", *options, "--where", "Site=A") == 1
    assert report("rows.csv", *options).exit_code == 2


def test_values_inside_objects_choose_rows(folder: Path) -> None:
    """By a name with dots."""
    rows = [
        {
            "first_occurrence": f"2026-03-03T{hour}:00:00Z",
            "cleared_at": f"2026-03-03T{hour}:30:00Z",
            "labels": {"site": site},
        }
        for hour, site in (("10", "A"), ("12", "B"), ("14", "B"))
    ]
    for name, content in (("rows.json", json.dumps(rows)), ("rows.jsonl", "\n".join(map(json.dumps, rows)))):
        (folder / name).write_text(content, encoding="utf-8")
        assert hours_down(name, "--where", "labels.site=B") == 1


def test_rows_of_a_log_are_chosen_too() -> None:
    """Then the others' changes are as if they were not there."""
    assert hours_down("log.csv", *LOG_OPTIONS, "--down", "Down,Paused") == 3
    assert hours_down("log.csv", *LOG_OPTIONS, "--down", "Down,Paused", "--where", "Monitor=mail") == 1


def test_words_of_a_log_are_down_up_or_bad() -> None:
    """Without --up every other word is up; with it, a word that is neither is a bad row."""
    assert hours_down("log.csv", *LOG_OPTIONS, "--down", "Down") == 1
    assert hours_down("log.csv", *LOG_OPTIONS, "--down", "Down", "--down", "Paused") == 3
    refused = report("log.csv", *LOG_OPTIONS, "--down", "Down", "--up", "Up")
    assert refused.exit_code == 2
    assert "log.csv:5 Event is 'Paused', a word of neither down nor up" in refused.stderr
    quarantined = report("log.csv", *LOG_OPTIONS, "--down", "Down", "--up", "Up", "--on-invalid", "quarantine")
    assert "1 bad row set aside" in quarantined.stderr


@pytest.mark.parametrize(("before", "unknown_hours"), [("auto", 0), ("unknown", 1), ("up", 0), ("down", 0)])
def test_the_state_before_the_first_row_is_as_it_is_said(before: str, unknown_hours: int) -> None:
    """Of mail nothing is known in its first hour, unless it is taken as up; `down` begins before the log."""
    result = report(
        "log.csv", *LOG_OPTIONS, "--down", "Down,Paused", "--before-first", before, "--each", "Monitor", *JSON
    )
    records = {item["key"]: item["records"][0] for item in json.loads(result.stdout)}
    assert records["mail"]["segments"]["AGREED/UNKNOWN"] == unknown_hours * 3_600_000_000
    assert records["mail"]["downtime_seconds"] == (7200 if before == "down" else 3600)


def test_several_tenants_are_reported_one_by_one(folder: Path) -> None:
    """Or one of them; together they are refused, and the message says both ways."""
    rows = "tenant_id,first_occurrence,cleared_at\n"
    rows += "a,2026-03-03T10:00:00Z,2026-03-03T11:00:00Z\nb,2026-03-03T10:00:00Z,2026-03-03T12:00:00Z\n"
    (folder / "rows.csv").write_text(rows, encoding="utf-8")
    result = report("rows.csv", "--each", "tenant_id", *JSON)
    downtime = {item["key"]: item["records"][0]["downtime_seconds"] for item in json.loads(result.stdout)}
    assert downtime == {"b": 7200, "a": 3600}
    assert hours_down("rows.csv", "--tenant", "a") == 1
    refused = report("rows.csv")
    assert refused.exit_code == 2
    assert "ask for one, with --tenant, or report on all with --each tenant_id" in refused.stderr


def test_each_tenant_has_its_own_agreement(folder: Path) -> None:
    """Where a contract file names it: target, hours and zone."""
    rows = "tenant_id,first_occurrence,cleared_at\n"
    rows += "a,2026-03-03T10:00:00Z,2026-03-03T11:00:00Z\nb,2026-03-03T10:00:00Z,2026-03-03T11:00:00Z\n"
    (folder / "rows.csv").write_text(rows, encoding="utf-8")
    (folder / "sla.toml").write_text(
        'defaults.zone = "UTC"\n[tenants.a]\nzone = "Asia/Tokyo"\nservice_hours = "mon-fri 09:00-17:00"\n'
        "[tenants.b.policy]\ntarget = 90\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(
        commands,
        ["report", "rows.csv", "--contract", "sla.toml", "--each", "tenant_id", *DAY[2:], *JSON],
    )
    records = {item["key"]: item["records"][0] for item in json.loads(result.stdout)}
    assert (records["a"]["zone"], records["a"]["downtime_seconds"]) == ("Asia/Tokyo", 0)  # 19:00 there
    assert (records["b"]["target_percentage"], records["b"]["verdict"]) == (90, "MET")


BAD_OPTIONS = {
    "no map": (("--map-severity", "High"), "'--map-severity': 'High' maps nothing; write it as critical=High,Disaster"),
    "an empty word": (("--map-severity", "critical=High,"), "'--map-severity': 'High,' holds an empty word"),
    "no severity": (("--map-severity", "red=High"), "Error: --map-severity names 'red'; give keys of critical"),
    "a word mapped twice": (
        ("--map-severity", "critical=High", "--map-severity", "minor=High"),
        "Error: --map-severity maps 'high' to 'critical' and to 'minor'; map it once",
    ),
    "no zone of times": (
        ("--times-in", "Lagos"),
        "Error: --times-in is 'Lagos', not a time zone; did you mean 'Africa/Lagos'?",
    ),
    "no unit": (("--epoch", "h"), "'--epoch': 'h' is not one of"),
    "no condition": (("--where", "Site"), "'--where': 'Site' is no condition; write it as site=Lagos"),
    "no such column to choose by": (
        ("--column", "first_occurrence=Began", "--times-in", "UTC", "--where", "Colour=red"),
        "Error: rows.csv has no column 'Colour', which --where names; it has 'Site', ",
    ),
    "a log without its words": (
        ("--changes", "State"),
        "Missing option '--down'; give the words of --changes that are",
    ),
    "words without a log": (("--down", "Done"), "--down is of a log of state changes; give --changes COLUMN too"),
    "a key without a log": (("--per", "Site"), "--per is of a log of state changes; give --changes COLUMN too"),
    "a state before without a log": (("--before-first", "up"), "--before-first is of a log of state changes; give"),
    "severities of a log": (
        ("--changes", "State", "--down", "Done", "--map-severity", "critical=High"),
        "--map-severity means nothing in a log of state changes; leave it out",
    ),
    "a skew of a log": (
        ("--changes", "State", "--down", "Done", "--clock-skew", "0s"),
        "--clock-skew means nothing in a log of state changes; leave it out",
    ),
    "another column of a log": (
        ("--changes", "State", "--down", "Done", "--column", "severity=Level"),
        "--column severity means nothing in a log of state changes; its columns are --changes, --per and --column at=",
    ),
    "outages that would not qualify": (
        ("--changes", "State", "--down", "Done", "--column", "at=Began", "--severities", "major"),
        "Error: --severities is major, but outages of a log of state changes are critical; add critical",
    ),
    "a log without its column of times": (
        ("--changes", "State", "--down", "Done"),
        "Error: rows.csv has no column 'at'; it has 'Site', 'Kind', 'Level', 'Began', 'Ended', 'State'; "
        "name the right one as --column at=Time",
    ),
    "a log without its column of states": (
        ("--changes", "Status", "--down", "Done", "--column", "at=Began"),
        "name the right one as --changes State",
    ),
    "a log without its key": (
        ("--changes", "State", "--down", "Done", "--column", "at=Began", "--per", "Host"),
        "name the right one as --per Monitor",
    ),
    "a word that is both": (
        ("--changes", "State", "--down", "Done", "--up", "done", "--column", "at=Began"),
        "Error: --up and down both name 'done'; give it to one of them",
    ),
    "an empty list of words": (("--changes", "State", "--down", ""), "'--down': '' holds an empty word"),
}


@pytest.mark.parametrize(("options", "message"), BAD_OPTIONS.values(), ids=BAD_OPTIONS.keys())
def test_a_bad_option_is_one_message_that_names_it(options: tuple[str, ...], message: str) -> None:
    """Exit code 2, and nothing on standard output."""
    result = report("rows.csv", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr.splitlines()[-1]
