"""What standard error says of figures that look better than they may be."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sla_compliance.cli.commands import commands

ROWS = """\
id,severity,tenant_id,first_occurrence,cleared_at
1,critical,acme,2026-03-05T10:00:00Z,2026-03-05T11:00:00Z
2,major,acme,2026-03-06T23:00:00Z,2026-03-07T00:30:00Z
"""
LOG = """\
at,state
2026-03-05T10:00:00Z,Up
2026-03-05T11:00:00Z,Paused
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export and a log."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    return tmp_path


def report(file: str, first: str, last: str, *arguments: str) -> Result:
    """Run the command for some days in UTC."""
    days = ("--from", first, "--to", last, "--as-of", "2026-04-02")
    return CliRunner().invoke(commands, ["report", file, "--zone", "UTC", *days, "--format", "json", *arguments])


@pytest.mark.parametrize(("first", "last"), [("2026-03-08", "2026-03-09"), ("2026-03-03", "2026-03-04")])
def test_alarms_of_another_time_are_a_note(first: str, last: str) -> None:
    """An export of another month shows a perfect one; so does a perfect month, and the verdict is the same."""
    result = report("rows.csv", first, last)
    assert result.exit_code == 0
    assert result.stderr == (
        "Note: no alarm of the files reaches into the period, they are of 2026-03-05 to 2026-03-06; "
        "is the export whole?\n"
    )


@pytest.mark.parametrize(("first", "last"), [("2026-03-07", "2026-03-09"), ("2026-03-01", "2026-03-05")])
def test_one_alarm_that_reaches_into_the_period_is_enough(first: str, last: str) -> None:
    """Its start may lie before, or its end behind."""
    assert report("rows.csv", first, last).stderr == ""


def test_a_bad_row_may_be_of_any_time(folder: Path) -> None:
    """So nothing is said of the others'."""
    (folder / "rows.csv").write_text(f"{ROWS}3,critical,acme,noon,\n", encoding="utf-8")
    assert "reaches into" not in report("rows.csv", "2026-03-08", "2026-03-09", "--on-invalid", "quarantine").stderr


@pytest.mark.parametrize(
    ("target", "note"),
    [
        ("0.999", "Note: the target is 0.999 %; where a share was meant, write 99.9\n"),
        ("1", "Note: the target is 1 %; where a share was meant, write 100\n"),
        ("0", ""),
        ("1.5", ""),
    ],
)
def test_a_target_that_looks_like_a_share_is_a_note(target: str, note: str) -> None:
    """Nothing would breach it; 0 is a target that nothing is meant to breach."""
    assert report("rows.csv", "2026-03-05", "2026-03-05", "--target", target).stderr == note


def test_each_targets_note_is_written_once(folder: Path) -> None:
    """With `--each` those of the keys count, and not that of all together."""
    (folder / "units.csv").write_text("key,target\nacme,0.995\nother,0.995\n", encoding="utf-8")
    keys = ("--each", "tenant_id", "--inventory", "units.csv", "--target", "0.5")
    result = report("rows.csv", "2026-03-05", "2026-03-05", *keys)
    assert result.stderr == "Note: the target is 0.995 %; where a share was meant, write 99.5\n"


@pytest.mark.parametrize(
    ("other_keys", "note"),
    [
        (["a"], "Note: 1 key of the rows not in the inventory: 'a'\n"),
        ([], ""),
        (
            ["f", "b", "e", "d", "c", "a"],
            "Note: 6 keys of the rows not in the inventory: 'a', 'b', 'c', 'd', 'e' and 1 more\n",
        ),
    ],
)
def test_keys_that_the_inventory_does_not_have_are_a_note(folder: Path, other_keys: list[str], note: str) -> None:
    """One of its own may be spelt otherwise, and look spotless; rows without a key are no key."""
    rows = [f"{number},critical,{key},2026-03-05T10:00:00Z,\n" for number, key in enumerate(["acme", *other_keys])]
    header, _ = ROWS.split("\n", 1)
    (folder / "rows.csv").write_text("".join([f"{header}\n", *rows]), encoding="utf-8")
    (folder / "units.csv").write_text("key\nacme\n", encoding="utf-8")
    keys = ("--each", "tenant_id", "--inventory", "units.csv")
    notes = report("rows.csv", "2026-03-05", "2026-03-05", *keys).stderr.splitlines(keepends=True)
    assert "".join(line for line in notes if "inventory" in line) == note


def test_rows_that_where_leaves_out_are_not_said_to_be_missing() -> None:
    """The tenant has rows, and none of them is chosen."""
    result = report("rows.csv", "2026-03-05", "2026-03-05", "--tenant", "acme", "--where", "id=7")
    assert "Note: the files hold no row of tenant 'acme' that --where lets through.\n" in result.stderr
    result = report("rows.csv", "2026-03-05", "2026-03-05", "--tenant", "acne")
    assert "Note: the files hold no row of tenant 'acne'.\n" in result.stderr


def test_a_log_without_a_word_of_down_names_its_states() -> None:
    """A misspelt word would make every state up."""
    result = report("log.csv", "2026-03-06", "2026-03-06", "--changes", "state", "--down", "Dwon")
    assert "Note: no row says down ('dwon'); the states of the log are 'paused', 'up'\n" in result.stderr
    assert "Note: no row of the log says down; give its words of up to confirm that it was up\n" in result.stderr
    assert "no rows were read" not in result.stderr
    assert "reaches into" not in result.stderr
    assert result.exit_code == 3


def test_a_log_of_which_every_row_says_up_confirms_what_it_observed() -> None:
    """From its first row on; the time before that is unknown."""
    log = ("--changes", "state", "--down", "Down", "--up", "Up,Paused")
    result = report("log.csv", "2026-03-06", "2026-03-06", *log)
    assert (result.exit_code, result.stderr) == (0, "")
    before = report("log.csv", "2026-03-05", "2026-03-06", *log)
    assert before.exit_code == 3
    assert "Not confirmed: availability lies between" in before.stderr
    assert "time that was not monitored: up to 10 h" in before.stderr
