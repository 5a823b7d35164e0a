"""A list that is cut says so, and by how much."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sla_compliance as sla
from sla_compliance.analysis import budget
from sla_compliance.analysis.budgets import MOST_ROWS_NAMED
from sla_compliance.checks import MOST_NAMES_SHOWN, shown_names
from sla_compliance.cli.commands import commands
from sla_compliance.cli.messages import message_of
from sla_compliance.rows.reading import MOST_FAULTS
from tests.unit.moments import at, report_of

DAY = ("--zone", "UTC", "--from", "2026-03-05", "--to", "2026-03-05", "--as-of", "2026-04-02")


def run(*arguments: str) -> Result:
    """Run a command on the export."""
    return CliRunner().invoke(commands, [*arguments])


@pytest.fixture(autouse=True)
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three devices, each down for an hour."""
    rows = [f"{number},critical,r{number},2026-03-05T10:00:00Z,2026-03-05T11:00:00Z" for number in range(3)]
    header = "id,severity,resource_id,first_occurrence,cleared_at"
    (tmp_path / "rows.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("format_name", ["json", "csv", "html"])
@pytest.mark.parametrize(
    ("worst", "note"),
    [
        ("1", "Note: 2 more keys not written; --worst says how many are\n"),
        ("2", "Note: 1 more key not written; --worst says how many are\n"),
        ("3", ""),
    ],
)
def test_keys_that_are_not_written_are_a_note(format_name: str, worst: str, note: str) -> None:
    """On standard error, for the format has no place for it."""
    result = run("report", "rows.csv", *DAY, "--each", "resource_id", "--worst", worst, "--format", format_name)
    assert result.stderr == note


def test_a_table_of_the_worst_keys_says_it_itself() -> None:
    """Below its rows."""
    result = run("report", "rows.csv", *DAY, "--each", "resource_id", "--worst", "1")
    assert (result.stderr, "the 1 worst are shown" in " ".join(result.stdout.split())) == ("", True)


def test_a_file_of_many_columns_names_the_first_of_them() -> None:
    """And how many more there are."""
    names = [f"column {number}" for number in range(MOST_NAMES_SHOWN + 5)]
    Path("rows.csv").write_text(f"{','.join(names)}\n{',' * (len(names) - 1)}\n", encoding="utf-8")
    assert f"'column {MOST_NAMES_SHOWN - 1}' and 5 more" in run("report", "rows.csv", *DAY).stderr
    assert shown_names(names[:MOST_NAMES_SHOWN]).endswith(f"'column {MOST_NAMES_SHOWN - 1}'")


def test_words_of_a_log_that_are_not_listed_are_counted() -> None:
    """In what was assumed of it."""
    rows = [{"at": at(8, 0, number), "state": f"state {number:02}"} for number in range(MOST_NAMES_SHOWN + 2)]
    (assumption,) = sla.alarms_from_changes(rows, down=["down"]).assumptions
    assert assumption.endswith(" and 2 more")


def test_a_long_reason_is_cut_in_the_name_of_a_window() -> None:
    """And whole in its line."""
    reason = "card " * 20
    report = report_of([], at(8), at(9), maintenance=[sla.MaintenanceWindow(at(8, 1), at(8, 2), reason=reason)])
    (line,) = report.exclusion_lines()
    assert line.window.name.endswith("card…)")
    assert line.window.reason == reason


def test_a_budget_counts_the_rows_in_doubt_that_it_does_not_name() -> None:
    """Those with the most time at stake are named."""
    alarms = [
        sla.Alarm(at(8), last_occurrence=at(8, 0, 1), id=f"open {number}") for number in range(MOST_ROWS_NAMED + 3)
    ]
    answer = budget(report_of(alarms, at(8), at(20)))
    assert (len(answer.because), answer.more_in_doubt) == (MOST_ROWS_NAMED, 3)
    assert answer.as_dict()["more_in_doubt"] == 3
    few = budget(report_of(alarms[:2], at(8), at(20)))
    assert (len(few.because), few.more_in_doubt) == (2, 0)


def test_bad_rows_beyond_the_most_that_are_read_are_not_counted_as_all() -> None:
    """Reading ends there."""
    bad_rows = [{"id": number, "severity": "critical", "first_occurrence": "noon"} for number in range(MOST_FAULTS)]
    for rows, title in ((bad_rows, f"{MOST_FAULTS:,} or more bad rows:"), (bad_rows[:9], "9 bad rows:")):
        with pytest.raises(sla.SLAComplianceError) as caught:
            sla.alarms_from_rows(rows)
        assert message_of(caught.value).startswith(f"{title}\n")


def test_what_a_window_applies_to_is_cut_after_a_few_values() -> None:
    """Of each column by itself."""
    targets = {"resource_id": [f"r{number}" for number in range(1, 8)]}
    work = sla.MaintenanceWindow(at(8), at(8) + timedelta(hours=1), applies_to=targets)
    (line,) = report_of([], at(8), at(9), maintenance=[work]).exclusion_lines()
    assert line.as_dict()["applies_to"] == "resource_id r1, r2, r3, r4, r5 and 2 more"
