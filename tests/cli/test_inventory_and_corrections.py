"""What there is, and what people know better than rows: `--inventory` and `--corrections`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sla_compliance.cli.commands import commands

ROWS = """\
id,severity,customer_id,resource_id,first_occurrence,cleared_at
1,critical,,olt-1,2026-03-05T10:00:00Z,2026-03-05T11:00:00Z
2,major,c-18,,2026-03-05T12:00:00Z,2026-03-05T12:30:00Z
"""
UNITS = """\
key,parents,target,in_service,service_hours,zone,title
olt-1,,,,,,
c-17,olt-1,99.95,,,,Bakery
c-18,olt-1,90,2026-03-05T10:30:00Z..,,,
c-19,,,,09:00-17:00,,Mill
"""
HEADER = "row_id,starts,ends,severity,void,reason,author,entered_at\n"
BY = "by phone,M. Ade,2026-04-01T08:00:00Z\n"
DAY = ("--zone", "UTC", "--from", "2026-03-05", "--to", "2026-03-05", "--as-of", "2026-04-02")
EACH = ("--each", "customer_id", "--inventory", "units.csv")
JSON = ("--format", "json", "--detail")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export and an inventory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "units.csv").write_text(UNITS.replace(",09:00-17:00,", ",mon-sun 09:00-17:00,"), encoding="utf-8")
    return tmp_path


def report(*arguments: str) -> Result:
    """Run the command for the day."""
    return CliRunner().invoke(commands, ["report", "rows.csv", *DAY, *arguments], env={"COLUMNS": "100"})


def records_by_key(*arguments: str) -> dict[str, dict[str, Any]]:
    """Return the record of each key."""
    result = report(*EACH, *JSON, *arguments)
    assert result.exit_code in {0, 1, 3}, result.output
    return {item["key"]: item["records"][0] for item in json.loads(result.stdout)}


def test_every_unit_has_a_report_by_its_own_terms() -> None:
    """The alarm of the shared device is downtime of both customers; one of them came into service within it."""
    records = records_by_key()
    downtime_s = {key: record["downtime_seconds"] for key, record in records.items()}
    assert downtime_s == {"olt-1": 3600, "c-17": 3600, "c-18": 3600, "c-19": 0}
    uptime_h = {key: record["uptime_seconds"] / 3600 for key, record in records.items()}
    assert uptime_h == {"olt-1": 23, "c-17": 23, "c-18": 12.5, "c-19": 8}
    assert {key: record["target_percentage"] for key, record in records.items()} == {
        "olt-1": 99.9, "c-17": 99.95, "c-18": 90, "c-19": 99.9,
    }  # fmt: skip


def test_units_are_called_by_their_titles() -> None:
    """In tables and pages beside the key, in JSON on their own; the table does not say that units are missing."""
    table = report(*EACH).stdout
    assert "c-17 Bakery" in table
    assert "c-19 Mill" in table
    assert "not listed" not in table
    assert "c-17 Bakery" in report(*EACH, "--format", "html").stdout
    titles = {item["key"]: item.get("title") for item in json.loads(report(*EACH, "--format", "json").stdout)}
    assert titles == {"olt-1": None, "c-17": "Bakery", "c-18": None, "c-19": "Mill"}


def test_a_verdict_by_a_target_of_its_own_shows_that_target() -> None:
    """Beside the target of all, 99.9 %, c-18 would look as if it had been judged wrongly."""
    lines = report(*EACH).stdout.splitlines()
    (row,) = (line for line in lines if "c-18" in line)
    assert row.endswith("Met, target 90 %")
    (row,) = (line for line in lines if "c-19" in line)
    assert row.endswith("Met")
    page = report(*EACH, "--format", "html").stdout
    assert ">Target<" in page
    for target in ("99.95", "90", "99.9"):
        assert f"<td>{target}\u202f%</td>" in page
    units = Path("units.csv")
    units.write_text(
        units.read_text(encoding="utf-8").replace("99.95", "").replace(",90,", ",99.900,"), encoding="utf-8"
    )
    assert "target" not in report(*EACH).stdout
    assert ">Target<" not in report(*EACH, "--format", "html").stdout


def test_an_inventory_may_be_of_any_format(folder: Path) -> None:
    """As files of alarms; a date is one of the report's zone."""
    units = [{"KEY": "c-18", "in_service": "2026-03-05..2026-03-05"}]
    (folder / "units.json").write_text(json.dumps(units), encoding="utf-8")
    result = report("--each", "customer_id", "--inventory", "units.json", "--zone", "Africa/Lagos", *JSON)
    records = {item["key"]: item["records"] for item in json.loads(result.stdout)}
    (record,) = records["c-18"]
    assert record["uptime_seconds"] + record["downtime_seconds"] == 24 * 3600


@pytest.mark.parametrize(
    ("correction", "downtime_s"),
    [
        ("2,,2026-03-05T13:00:00Z,,,", 7200),
        ("2,2026-03-05T12:15:00Z,,,,", 4500),
        ("2,,,minor,,", 3600),
        ("2,,,,yes,", 3600),
        ("2,,,,no,", None),
        ("9,,,,yes,", 5400),
    ],
)
def test_a_correction_is_what_the_row_should_have_said(correction: str, downtime_s: int | None, folder: Path) -> None:
    """Another end, start or severity, or no alarm at all; standard error says so."""
    (folder / "fix.csv").write_text(HEADER + correction + BY, encoding="utf-8")
    result = report("--corrections", "fix.csv", *JSON)
    if downtime_s is None:
        assert result.exit_code == 2
        assert "fix.csv:2 is no correction: void stands alone" in result.stderr
        return
    (record,) = json.loads(result.stdout)
    assert record["downtime_seconds"] == downtime_s
    has_effect = not correction.startswith("9")
    sentence = "Note: corrected by hand: row 2 " if has_effect else "Note: correction without effect: row 9, by M. Ade"
    assert sentence in result.stderr


def test_a_correction_mends_a_bad_row(folder: Path) -> None:
    """It applies before rows are judged."""
    (folder / "rows.csv").write_text(ROWS.replace("12:30:00Z", "11:30:00Z"), encoding="utf-8")
    (folder / "fix.csv").write_text(f"{HEADER}2,,2026-03-05T12:45:00Z,,,{BY}", encoding="utf-8")
    assert report().exit_code == 2
    (record,) = json.loads(report("--corrections", "fix.csv", *JSON).stdout)
    assert record["downtime_seconds"] == 6300


def test_rows_that_are_not_filled_in_are_counted(folder: Path) -> None:
    """They change nothing; other columns are for people, and local times are read as those of alarms."""
    (folder / "fix.csv").write_text(
        "row_id,question,ends,reason,author,entered_at\n1,over when?,,,,\n"
        "2,over when?,2026-03-05 14:00,by phone,M. Ade,2026-04-01 08:00\n",
        encoding="utf-8",
    )
    result = report("--corrections", "fix.csv", "--times-in", "Africa/Lagos", *JSON)
    assert result.stderr.startswith("Note: 1 row of fix.csv not filled in.\n")
    (record,) = json.loads(result.stdout)
    assert record["downtime_seconds"] == 7200


BAD_UNITS = {
    "a parent that is none": ("key,parents\na,b\n", "bad.csv is no inventory: units has no 'b', a parent of 'a'; add"),
    "a key twice": ("key\na\na\n", "bad.csv is no inventory: units has the key 'a' twice; give each unit once"),
    "no target": ("key,target\na,101\n", "bad.csv:2 is no unit: target is '101'; give a percentage from 0 to 100"),
    "an unknown column": ("key,targt\na,1\n", "bad.csv:2 is no unit: targt is no column; units have key, parents,"),
    "no key": ("kee\na\n", "bad.csv has no column key; it has 'kee'; units need one"),
    "a column twice": ("key,Key\na,b\n", "bad.csv has two columns called key; rename one"),
    "a short row": ("key,title\na,b\nc\n", "bad.csv:3 has 1 fields"),
    "no span": ("key,in_service\na,2026-03-05..2026-03-01\n", "bad.csv:2 is no unit: in_service is '2026-03-05..2026"),
    "no file": (None, "bad.csv cannot be read: No such file or directory"),
}
BAD_CORRECTIONS = {
    "a misspelt column": ("row_id,end\n2,x\n", "bad.csv has a column 'end'; did you mean ends?"),
    "no row": ("row,void\n1,yes\n", "bad.csv has no column row_id; it has 'row', 'void'; corrections need one"),
    "no reason": ("row_id,void\n2,yes\n", "bad.csv:2 is no correction: reason is empty; every correction needs it"),
    "no id": (f"{HEADER},,,,yes,{BY}", "bad.csv:2 is no correction: row_id is empty; every correction needs it"),
    "no flag": (f"{HEADER}2,,,,maybe,{BY}", "bad.csv:2 is no correction: void is 'maybe'; write yes or no"),
    "no severity": (f"{HEADER}2,,,high,,{BY}", "bad.csv:2 is no correction: severity is 'high'; give one of critical"),
    "a local time": (
        f"{HEADER}2,,2026-03-05 13:00,,,{BY}",
        "bad.csv:2 is no correction: ends is '2026-03-05 13:00' without a time zone; export it with its offset, "
        "e.g. 2026-10-01 09:00:00+00, or give --times-in Africa/Lagos",
    ),
}


@pytest.mark.parametrize(("content", "message"), BAD_UNITS.values(), ids=BAD_UNITS.keys())
def test_what_is_no_unit_is_named_by_file_and_line(content: str | None, message: str, folder: Path) -> None:
    """Exit code 2, and nothing on standard output."""
    if content is not None:
        (folder / "bad.csv").write_text(content, encoding="utf-8")
    result = report("--each", "customer_id", "--inventory", "bad.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.mark.parametrize(("content", "message"), BAD_CORRECTIONS.values(), ids=BAD_CORRECTIONS.keys())
def test_what_is_no_correction_is_named_by_file_and_line(content: str, message: str, folder: Path) -> None:
    """The same."""
    (folder / "bad.csv").write_text(content, encoding="utf-8")
    result = report("--corrections", "bad.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--inventory", "units.csv"), "--inventory is about the keys of --each; give --each COLUMN too"),
        (
            ("--changes", "severity", "--down", "major", "--corrections", "units.csv"),
            "--corrections means nothing in a log of state changes; leave it out",
        ),
        (("--output", "units.csv", *EACH), "--output units.csv is a file that is read; give another name"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: tuple[str, ...], message: str) -> None:
    """By their names."""
    result = report(*options)
    assert result.exit_code == 2
    assert message in result.stderr
