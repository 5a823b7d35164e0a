"""`sla-compliance doctor`: findings, and the command line that reads a file which cannot be read as told."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sla_compliance.cli.commands import commands

EXPORTS = Path(__file__).parents[1] / "fixtures" / "exports"
HEADER = "id,tenant_id,source,severity,status,first_occurrence,last_occurrence,cleared_at\n"
RANGE = ("--zone", "UTC", "--month", "2026-10", "--as-of", "2026-11-15")
WATCHED = ("--monitored-since", "2026-10-01")
FINE = "1,acme,probe,critical,cleared,2026-10-05T10:00:00Z,,2026-10-05T11:00:00Z\n"
OPEN = "2,acme,probe,critical,active,2026-10-20T10:00:00Z,2026-10-20T10:05:00Z,\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for files."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def doctor(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(commands, ["doctor", *arguments])


def write(*rows: str, header: str = HEADER) -> str:
    """Write an export, and return its name."""
    Path("rows.csv").write_text(header + "".join(rows), encoding="utf-8")
    return "rows.csv"


def findings_of(*arguments: str) -> dict[str, Any]:
    """Return the findings by their code."""
    result = doctor(*arguments, "--format", "json")
    assert result.exit_code in {0, 3}, result.output
    document = json.loads(result.stdout)
    assert document["proposal"] is None
    return {finding["code"]: finding for finding in document["findings"]}


def proposed(*arguments: str) -> dict[str, Any]:
    """Return the proposal."""
    result = doctor(*arguments, "--format", "json")
    assert result.exit_code == 2, result.output
    assert "Error: " in result.stderr
    document = json.loads(result.stdout)
    assert document["findings"] == []
    proposal: dict[str, Any] = document["proposal"]
    return proposal


def run_in_shell(command: str) -> list[dict[str, Any]]:
    """Run a proposed command in a shell, as JSON, and return its records."""
    script = shlex.quote(str(Path(sys.executable).parent / "sla-compliance"))
    line = command.replace("sla-compliance report", f"{script} report") + " --format json --detail --by day"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)  # noqa: S602 - what we propose
    assert done.returncode in {0, 1, 3}, done.stderr
    records: list[dict[str, Any]] = json.loads(done.stdout)
    return records


def test_nothing_in_doubt() -> None:
    """Exit code 0, in one sentence."""
    result = doctor(write(FINE), *RANGE, *WATCHED)
    assert (result.exit_code, result.stdout) == (0, "Nothing is in doubt.\n")


def test_findings_name_minutes_and_the_option() -> None:
    """The most minutes first; exit code 3."""
    result = doctor(write(FINE, OPEN), *RANGE)
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    minutes = (11 * 24 + 14) * 60 - 5
    assert lines[0].startswith(f"  {minutes:,} min  1 alarm open and unseen for 7 days")
    assert lines[1:3] == [
        "              2",
        "              settled by --corrections FILE, which `sla-compliance settle` prepares",
    ]
    assert lines[3].startswith("   6,360 min  no row before 2026-10-05 10:00 UTC")
    assert lines[4] == "              settled by --monitored-since TIME"


def test_bad_rows_are_findings() -> None:
    """Whatever --on-invalid says; words of severity stand in the option."""
    bad = "3,acme,probe,High,cleared,2026-10-06T10:00:00Z,,2026-10-06T10:10:00Z\n"
    reversed_row = "4,acme,probe,major,cleared,2026-10-07T10:00:00Z,,2026-10-06T10:10:00Z\n"
    unread = "5,acme,probe,major,cleared,yesterday,,\n"
    name = write(FINE, FINE.replace("1,", "8,", 1), FINE.replace("1,", "9,", 1), bad, reversed_row, unread)
    findings = findings_of(name, *RANGE, *WATCHED, "--on-invalid", "raise")
    assert findings["UNKNOWN_SEVERITY"]["at_stake_minutes"] == 10
    assert findings["UNKNOWN_SEVERITY"]["option"] == "--map-severity critical=High, or what these words mean"
    assert findings["SET_ASIDE"]["at_stake_minutes"] == 1440
    assert findings["NO_START"]["at_stake_minutes"] is None
    text = doctor(name, *RANGE, *WATCHED).stdout
    assert "           -  1 row set aside without a start" in text
    assert "no minutes: they may be outages of any time and length" in text


def test_zone_and_range_may_be_left_out() -> None:
    """The range begins with the first row, and standard error says what was taken."""
    result = doctor(write(FINE), "--as-of", "2026-11-15")
    assert result.exit_code == 3
    assert "Note: no zone was given; days are those of UTC." in result.stderr
    assert "Note: no range was given; it begins with the first row, on 2026-10-05." in result.stderr
    empty = doctor(write(), "--zone", "UTC")
    assert (empty.exit_code, "no row says where the range begins" in empty.stderr) == (2, True)


def test_rows_without_a_tenant_by_source() -> None:
    """They are nobody's; if they were this tenant's, so much more would be down."""
    lost = "3,,probe,critical,cleared,2026-10-06T10:00:00Z,,2026-10-06T10:10:00Z\n"
    other = "4,,,critical,cleared,2026-10-07T10:00:00Z,,2026-10-07T10:20:00Z\n"
    finding = doctor(write(FINE, lost, other), *RANGE, *WATCHED, "--tenant", "acme", "--format", "json")
    found = [(item["sentence"], item["at_stake_minutes"]) for item in json.loads(finding.stdout)["findings"]]
    assert found == [("1 row without a tenant", 20), ("1 row without a tenant, of source probe", 10)]


def test_keys_outside_the_inventory(folder: Path) -> None:
    """With --each and --inventory."""
    (folder / "units.csv").write_text("key\nother\n", encoding="utf-8")
    arguments = (write(FINE), *RANGE, *WATCHED)
    findings = findings_of(*arguments, "--each", "source", "--inventory", "units.csv")
    assert findings["OUTSIDE_INVENTORY"]["at_stake_minutes"] == 60
    assert findings["OUTSIDE_INVENTORY"]["names"] == ["probe"]
    assert "give --each COLUMN too" in doctor(*arguments, "--inventory", "units.csv").stderr


# Of each export: downtime of the days from the first that has some, worked out by hand in tests/docs/test_recipes.py.
PROPOSALS = {
    "zabbix_problems.csv": ("Europe/Riga", "2026-03-03", [4_500, 600]),
    "librenms_outages.tsv": ("UTC", "2026-03-03", [12_600, 86_400]),
    "opennms_outages.json": ("UTC", "2026-03-03", [5_100, 86_400]),
    "uptimerobot_logs.csv": ("UTC", "2026-03-03", None),
    "pagerduty_incidents.json": ("UTC", "2026-03-03", None),
    "opsgenie_alerts.json": ("UTC", "2026-03-03", None),
    "servicenow_outages.csv": ("America/New_York", "2026-03-07", None),
    "uptime_kuma_heartbeats.csv": ("UTC", "2026-03-03", None),
}


@pytest.mark.parametrize("name", PROPOSALS)
def test_exports_of_other_products_get_a_command_that_reads_them(name: str, folder: Path) -> None:
    """The command runs as it stands, reads every row, and gives the figures of the recipe where rows are alarms."""
    shutil.copy(EXPORTS / name, folder)
    zone, first_day, downtime_s = PROPOSALS[name]
    last_day = f"{first_day[:-1]}{int(first_day[-1]) + 1}"
    proposal = proposed(name, "--zone", zone, "--from", first_day, "--to", last_day)
    assert proposal["rows"] > 0
    assert proposal["rows_set_aside"] == 0
    assert proposal["remarks"]
    records = run_in_shell(proposal["command"])
    if downtime_s is not None:
        assert [record["downtime_seconds"] for record in records] == downtime_s


@pytest.mark.parametrize("name", ["prtg_messages.json", "nagios.log", "alertmanager_notifications.jsonl"])
def test_what_no_option_reads_gets_the_error_of_report(name: str, folder: Path) -> None:
    """Nothing is proposed that was not tried."""
    shutil.copy(EXPORTS / name, folder)
    result = doctor(name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: {name}")


def test_a_command_without_zone_and_range_has_those_of_the_rows(folder: Path) -> None:
    """So it runs as it stands; what is a guess is said."""
    shutil.copy(EXPORTS / "zabbix_problems.csv", folder)
    result = doctor("zabbix_problems.csv")
    (command,) = re.findall(r"^  (sla-compliance report .*)$", result.stdout, re.MULTILINE)
    assert command.endswith("--zone UTC --month 2026-03")
    assert "- the file does not say the zone of its clock; UTC stands in its place" in result.stdout
    assert "- severity critical stands for 'High', 'Disaster'" in result.stdout
    run_in_shell(command)


def test_times_that_look_naive_and_words_of_all_rows() -> None:
    """Most rows are set aside as told; the command reads them, also words that come late and rows without one."""
    rows = [f"{n},acme,,P1,,2026-10-05 10:00:00,,2026-10-05 11:00:00\n" for n in range(5)]
    rows += ["7,acme,,,,2026-10-05 10:00:00,,2026-10-05 11:00:00\n"]
    proposal = proposed(write(*rows), *RANGE)
    assert proposal["rows"] == 6
    expected = "--times-in UTC --map-severity critical=P1 --map-severity critical="
    assert proposal["command"].endswith(expected)
    assert sum(record["downtime_seconds"] for record in run_in_shell(proposal["command"])) == 3600


def test_options_that_were_given_are_kept() -> None:
    """The zone of the clock is that of the days; what is mapped already is not mapped again."""
    header = "Began,Over,Level\n"
    name = write("2026-10-05 10:00,2026-10-05 11:00,Bad\n", header=header)
    given = ("--column", "first_occurrence=Began", "--zone", "Africa/Lagos", "--month", "2026-10")
    command = proposed(name, *given, "--column", "cleared_at=Over")["command"]
    missing = ("--column", "severity=Level", "--times-in", "Africa/Lagos", "--map-severity", "critical=Bad")
    assert command == shlex.join(["sla-compliance", "report", name, *given, "--column", "cleared_at=Over", *missing])


def test_bad_rows_beside_the_others() -> None:
    """A row that no option reads is set aside by the command."""
    rows = ["2026-10-05 10:00,2026-10-05 11:00\n"] * 3 + ["2026-10-05 10:00,never\n"]
    proposal = proposed(write(*rows, header="start,end\n"), *RANGE)
    assert (proposal["rows"], proposal["rows_set_aside"]) == (3, 1)
    assert proposal["command"].endswith("--on-invalid quarantine")
    run_in_shell(proposal["command"])


def test_column_names_below_a_title(folder: Path) -> None:
    """The lines above are cut off."""
    name = write(FINE, header=f"Alarms of October\n\nprinted 2026-11-01\n{HEADER}")
    proposal = proposed(name, *RANGE)
    assert proposal["command"].startswith("tail -n +4 rows.csv | sla-compliance report - ")
    assert sum(record["downtime_seconds"] for record in run_in_shell(proposal["command"])) == 3600
    (folder / "titles.csv").write_text("Alarms\nstart;end\n2026-10-05T10:00Z;2026-10-05T11:00Z\n", encoding="utf-8")
    assert proposed("titles.csv", *RANGE)["command"].startswith("tail -n +2 titles.csv | ")


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_the_longest_of_several_lists(folder: Path) -> None:
    """A file of two lists of objects: jq takes the longest out."""
    rows = [{"start": "2026-10-05T10:00:00Z", "end": f"2026-10-05T11:0{n}:00Z"} for n in range(3)]
    document = {"links": [{"href": "x"}], "data": {"alarms": rows}}
    (folder / "rows.json").write_text(json.dumps(document), encoding="utf-8")
    proposal = proposed("rows.json", *RANGE)
    assert proposal["command"].startswith("""jq '."data"."alarms"' rows.json | sla-compliance report - """)
    assert sum(record["downtime_seconds"] for record in run_in_shell(proposal["command"])) == 3720


def test_several_tenants_in_one_file() -> None:
    """The command reports on each."""
    name = write(FINE, FINE.replace("acme", "other"))
    assert proposed(name, *RANGE)["command"].endswith("--each tenant_id")


BAD_FILES = {
    "empty": ("bad.csv", b"", "bad.csv is empty"),
    "broken JSON": ("bad.json", b'[{"a": 1}', "bad.json"),
    "no times": ("bad.csv", b"a,b\n1,2\n", "bad.csv has no column first_occurrence"),
    "nothing that can be read": ("bad.csv", b"first_occurrence\nyesterday\n", "1 row cannot be read, the first: "),
    "no text": ("bad.csv", b"\xff\xfe\x00\x01", "bad.csv"),
    "a broken workbook": ("bad.xlsx", b"PK", "bad.xlsx"),
}


@pytest.mark.parametrize(("name", "content", "message"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_bad_files(name: str, content: bytes, message: str, folder: Path) -> None:
    """One error, exit code 2, nothing on standard output."""
    (folder / name).write_bytes(content)
    result = doctor(name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("Error: ") == 1
    assert message in result.stderr


def test_rows_without_an_id_need_one_first() -> None:
    """No correction can name them."""
    name = write("2026-10-05T10:00:00Z,\n", header="first_occurrence,cleared_at\n")
    findings = findings_of(name, *RANGE, *WATCHED)
    assert findings["UNSEEN"]["option"].startswith("--column id=NAME, and then --corrections FILE")
    assert findings["ASSUMPTION"]["option"].startswith("--column severity=NAME")


def test_a_window_of_a_misspelt_device_is_found(folder: Path) -> None:
    """With how the rows spell it, and where to mend it; it is nothing that is at stake."""
    (folder / "rows.csv").write_text(
        "id,resource_id,severity,first_occurrence,cleared_at\n"
        "1,OLT-07,major,2026-10-05T10:00:00Z,2026-10-05T11:00:00Z\n",
        encoding="utf-8",
    )
    (folder / "work.csv").write_text(
        "start,end,resource_id\n2026-10-05T10:00:00Z,2026-10-05T11:00:00Z,OLT-7\n", encoding="utf-8"
    )
    result = doctor("rows.csv", *RANGE, *WATCHED, "--maintenance", "work.csv")
    assert result.exit_code == 0
    assert "1 window for 1 value that no row has\n" in result.stdout
    assert "resource_id 'OLT-7' (a row has 'OLT-07')\n" in result.stdout
    assert "settled by the spelling of the rows in the files of --maintenance and --exclusions\n" in result.stdout


def test_a_bad_file_of_corrections_gets_no_proposal(folder: Path) -> None:
    """The rows are fine."""
    (folder / "fix.csv").write_text("row,void\n1,yes\n", encoding="utf-8")
    result = doctor(write(FINE), *RANGE, "--corrections", "fix.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "fix.csv has no column row_id" in result.stderr


def test_standard_input_is_read_once() -> None:
    """Findings, but no proposal and no rows of other tenants."""
    runner = CliRunner()
    result = runner.invoke(commands, ["doctor", "-", *RANGE, *WATCHED, "--tenant", "acme"], input=HEADER + FINE)
    assert (result.exit_code, result.stdout) == (0, "Nothing is in doubt.\n")
    unreadable = runner.invoke(commands, ["doctor", "-"], input="start,end\n")
    assert (unreadable.exit_code, unreadable.stdout) == (2, "")
