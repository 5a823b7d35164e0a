"""`sla-compliance settle`: doubt as a file of corrections, and the round trip to a confirmed verdict."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sla_compliance.cli.commands import commands

ROWS = """\
id,severity,status,first_occurrence,last_occurrence,cleared_at
unseen,critical,active,2026-09-20T10:00:00Z,2026-09-20T12:00:00Z,
undated,critical,cleared,2026-10-05T10:00:00Z,,
twice,major,cleared,2026-10-06T10:00:00Z,,2026-10-06T11:00:00Z
twice,major,cleared,2026-10-06T10:30:00Z,,2026-10-06T10:45:00Z
over,cleared,cleared,2026-09-07T10:00:00Z,,2026-09-07T10:05:00Z
bad,major,cleared,2026-10-08T10:00:00Z,,2026-10-08T09:00:00Z
unread,major,cleared,yesterday,,
fine,major,cleared,2026-10-09T10:00:00Z,,2026-10-09T10:01:00Z
"""
RANGE = ("--zone", "Africa/Lagos", "--from", "2026-09-01", "--to", "2026-10-31", "--as-of", "2026-11-15")
TRUTH = {
    "unseen": {"ends": "2026-09-20T12:30:00Z"},
    "undated": {"ends": "2026-10-05T10:10:00Z"},
    "twice": {"starts": "2026-10-06T10:00:00Z", "ends": "2026-10-06T11:00:00Z"},
    "over": {"severity": "major"},
    "bad": {"void": "yes"},
    "unread": {"starts": "2026-10-10T10:00:00Z", "ends": "2026-10-10T10:20:00Z"},
}
DOWNTIME_S = (150 + 10 + 60 + 5 + 20 + 1) * 60


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


def run(command: str, *arguments: str) -> Result:
    """Run a command on the export."""
    return CliRunner().invoke(commands, [command, "rows.csv", *RANGE, *arguments])


def settle(*arguments: str) -> list[dict[str, str]]:
    """Return the rows of the file."""
    result = run("settle", *arguments)
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_the_newest_month_comes_first_and_in_it_the_most_minutes() -> None:
    """Rows of any time stand before all; one that is in doubt until now is of the newest month."""
    rows = settle()
    assert [(row["row_id"], row["month"]) for row in rows] == [
        ("unread", "any"), ("unseen", "2026-10"), ("undated", "2026-10"), ("bad", "2026-10"), ("twice", "2026-10"),
        ("over", "2026-09"),
    ]  # fmt: skip
    minutes = {row["row_id"]: row["minutes_at_stake"] for row in rows}
    # Unseen from September 20, 12:00, to the end of October in Lagos (UTC+1).
    unseen = str((41 * 24 + 11) * 60)
    assert minutes == {"unread": "", "unseen": unseen, "bad": "1440", "undated": "1440", "twice": "45", "over": "5"}
    assert rows[1]["in_doubt"] == "open and unseen for 7 days: when was it over?"
    assert rows[1]["present_reading"] == (
        "critical from 2026-09-20T10:00:00+00:00 to still open, last seen 2026-09-20T12:00:00+00:00"
    )
    assert "yesterday" in rows[0]["present_reading"]
    assert all(row[name] == "" for row in rows for name in ("ends", "starts", "severity", "void", "reason", "author"))


def test_the_filled_file_confirms_the_verdict(folder: Path) -> None:
    """Before it nothing is confirmed; after it no doubt is left, and every correction is named with its author."""
    before = run("report", "--format", "json", "--detail", "--by", "year", "--on-invalid", "quarantine")
    assert [record["is_confirmed"] for record in json.loads(before.stdout)] == [False]
    assert run("settle", "--output", "to-settle.csv").stdout == ""
    rows = list(csv.DictReader((folder / "to-settle.csv").read_text(encoding="utf-8").splitlines()))
    author = {"reason": "asked the operator", "author": "M. Ade", "entered_at": "2026-11-15T08:00:00Z"}
    with (folder / "filled.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, **TRUTH[row["row_id"]], **author} for row in rows)
    after = run("report", "--corrections", "filled.csv", "--format", "json", "--detail", "--by", "year")
    (record,) = json.loads(after.stdout)
    assert (record["is_confirmed"], record["doubts"]) == (True, [])
    assert record["downtime_seconds"] == DOWNTIME_S
    assert after.exit_code == 1  # confirmed, and below 99.9 %
    corrected = record["quality"]["corrected_by_hand"]
    assert {line.split()[1] for line in corrected} == set(TRUTH)
    assert all(line.endswith(", by M. Ade: asked the operator") for line in corrected)
    assert "Note: corrected by hand: row unseen ends 2026-09-20T12:30:00+00:00, by M. Ade: asked" in after.stderr
    assert settle("--corrections", "filled.csv") == []


def test_an_unfilled_file_changes_nothing() -> None:
    """Its rows are counted as not filled in."""
    assert settle("--output", "to-settle.csv") == []
    quarantine = ("--format", "json", "--on-invalid", "quarantine")
    with_file = run("report", "--corrections", "to-settle.csv", *quarantine)
    assert "Note: 6 rows of to-settle.csv not filled in." in with_file.stderr
    assert with_file.stdout == run("report", *quarantine).stdout
    assert run("settle", "--output", "rows.csv").exit_code == 2


def test_what_no_correction_can_settle_is_said(folder: Path) -> None:
    """Rows without an id, and time that was not monitored."""
    lines = [line.partition(",")[2] for line in ROWS.splitlines()]
    (folder / "rows.csv").write_text("\n".join(lines[:3]) + "\n", encoding="utf-8")
    result = run("settle", "--monitored-since", "2026-09-02")
    assert result.stdout.count("\n") == 1
    assert "2 rows in doubt without an id, which no correction can name" in result.stderr
    assert "time that was not monitored, up to 1 d, is no row's" in result.stderr
    assert "no row that a correction could settle is in doubt" in result.stderr
