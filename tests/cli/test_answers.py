"""`incidents`, `explain`, `budget`, `trend`, `statement`: worked examples, each format, hostile input."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sla_compliance.cli.commands import commands

FOUR_CAUSES = """\
id,severity,resource_id,title,first_occurrence,cleared_at,acknowledged_at
1,critical,fibre,Fibre cut,2026-10-05T09:00:00Z,2026-10-05T11:00:00Z,2026-10-05T09:06:00Z
2,critical,olt,,2026-10-05T10:00:00Z,2026-10-05T12:00:00Z,
3,major,pon,,2026-10-05T10:30:00Z,2026-10-05T10:45:00Z,
4,major,power,Power,2026-10-07T02:00:00Z,2026-10-07T03:00:00Z,
"""
WORK = "start,end,reason\n2026-10-05T11:30:00Z,2026-10-05T13:00:00Z,firmware\n"
HALF = "id,severity,first_occurrence,cleared_at\n1,critical,2026-10-03T00:00:00Z,2026-10-03T00:30:00Z\n"
MONTHS = """\
severity,first_occurrence,cleared_at
major,2026-02-03T00:00:00Z,2026-02-03T00:40:00Z
major,2026-03-03T00:00:00Z,2026-03-03T00:44:00Z
"""
ROWS = """\
id,tenant_id,severity,first_occurrence,cleared_at
16,acme,critical,2026-10-02T08:00:00Z,2026-10-02T08:04:00Z
17,acme,critical,2026-10-03T09:00:00Z,2026-10-03T09:40:00Z
"""
OCTOBER = ("--zone", "UTC", "--month", "2026-10")
OVER = (*OCTOBER, "--as-of", "2026-11-02")
TENTH = (*OCTOBER, "--as-of", "2026-10-10")
ISSUED = (*OVER, "--tenant", "acme", "--issued-by", "ana")
FILES = {"four.csv": FOUR_CAUSES, "work.csv": WORK, "half.csv": HALF, "months.csv": MONTHS, "rows.csv": ROWS}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with exports."""
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "late.csv").write_text(ROWS.replace("09:40", "10:20"), encoding="utf-8")
    (tmp_path / "empty.csv").write_text(ROWS.splitlines()[0] + "\n", encoding="utf-8")
    return tmp_path


def run(*arguments: str, columns: int = 100) -> Result:
    """Run a command."""
    return CliRunner().invoke(commands, arguments, env={"COLUMNS": str(columns), "TERM": "dumb"})


def answer(*arguments: str) -> Any:
    """Return what a command writes as JSON."""
    return json.loads(run(*arguments, "--format", "json").stdout)


def rows(*arguments: str) -> list[dict[str, str]]:
    """Return what a command writes as CSV."""
    return list(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv").stdout)))


FOUR = ("four.csv", *OVER, "--maintenance", "work.csv")


class TestIncidents:
    """The outages in order of time."""

    def test_a_table_marks_decisive_ones_and_says_how_reliable_it_was(self) -> None:
        result = run("incidents", *FOUR)
        assert result.exit_code == 0
        lines = result.stdout.splitlines()
        assert [line.rpartition("  ")[2] for line in lines if line.startswith("✗")] == [
            "fibre Fibre cut",
            "power Power",
        ]
        words = " ".join(result.stdout.split())
        assert "MTBF 15 d 9 h 30 min up for each of 2 failures, 1 h 45 min down" in words
        assert "MTTR 2 h of 2 restorations, median 1 h, longest 3 h" in words
        assert "MTTA 6 min, 1 of 4 alarms acknowledged" in words

    def test_80_columns_have_room_for_what_an_outage_began_with(self, folder: Path) -> None:
        header = "severity,first_occurrence,cleared_at,resource_id,title"
        row = "major,2026-10-05T23:00:00Z,2026-10-06T00:30:00Z,OLT-017,Loss of signal"
        (folder / "over_midnight.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
        table = run("incidents", "over_midnight.csv", *OVER, columns=80).stdout
        assert "2026-10-05 23:00:00  00:30:00 +1 d  1:30:00  1:30:00  OLT-017 Loss of signal" in table
        wide = run("incidents", "over_midnight.csv", *OVER, columns=120).stdout
        assert "2026-10-06 00:30:00+00:00" in wide
        assert "Alarms" in wide

    def test_a_limit_says_what_it_cuts_in_every_format(self) -> None:
        document = answer("incidents", *FOUR, "--limit", "1")
        assert (len(document["incidents"]), document["total"]) == (1, 2)
        assert (document["incidents"][0]["downtime_seconds"], document["incidents"][0]["is_decisive"]) == (9000, True)
        assert document["reliability"]["mttr_seconds"] == 7200
        result = run("incidents", *FOUR, "--limit", "1", "--format", "csv")
        assert "1 more incident is not listed; a higher --limit lists them" in result.stderr
        assert [row["first_title"] for row in rows("incidents", *FOUR)] == ["Fibre cut", "Power"]
        assert "1 more incident is not listed" in run("incidents", *FOUR, "--limit", "1").stdout

    def test_an_open_outage_lasts_and_none_is_an_empty_list(self, folder: Path) -> None:
        (folder / "open.csv").write_text("first_occurrence\n2026-10-09T23:00:00Z\n", encoding="utf-8")
        result = run("incidents", "open.csv", *TENTH)
        assert "lasts" in result.stdout
        assert "1 still open, for 1 h" in " ".join(result.stdout.split())
        assert answer("incidents", "half.csv", "--zone", "UTC", "--month", "2026-09")["incidents"] == []
        assert run("incidents", "empty.csv", *OVER).exit_code == 3

    def test_names_cannot_move_the_cursor(self, folder: Path) -> None:
        (folder / "hostile.csv").write_text(FOUR_CAUSES.replace("Power", "\x1b[2J[red]P"), encoding="utf-8")
        for command in ("incidents", "explain"):
            output = run(command, "hostile.csv", *OVER).stdout
            assert "\x1b" not in output
            assert "�[2J[red]P" in output


class TestExplain:
    """What cost the period."""

    def test_shares_are_those_of_the_worked_example(self) -> None:
        document = answer("explain", *FOUR)
        minutes = {
            share["key"]: tuple(
                share[name] // 60_000_000 for name in ("gross_us", "unique_us", "owned_us", "effect_us")
            )
            for share in document["attribution"]["rows"]
        }
        assert minutes == {
            "fibre": (120, 60, 120, 60), "power": (60, 60, 60, 60), "olt": (90, 30, 30, 30), "pon": (15, 0, 0, 0),
        }  # fmt: skip
        assert document["verdict"] == "Breached"
        assert len(document["decisive_incidents"]) == 2
        assert document["record"]["downtime_seconds"] == 210 * 60

    def test_a_table_and_csv_say_the_same_and_the_exit_code_is_that_of_a_report(self) -> None:
        result = run("explain", *FOUR, "--top", "3")
        assert result.exit_code == 1
        words = " ".join(result.stdout.split())
        assert "Verdict Breached: 99.52 %, target 99.9 %" in words
        assert "Decisive without 2 outages the target would have been met" in words
        assert "fibre 1 1:00:00 2:00:00 1:00:00 2:00:00 1:00:00" in words
        assert "1 more share is not listed" in words
        assert [row["key"] for row in rows("explain", *FOUR)] == ["fibre", "power", "olt", "pon"]

    def test_the_column_is_resource_id_else_id_else_none(self) -> None:
        assert answer("explain", "half.csv", *OVER)["attribution"]["by"] == "id"
        assert answer("explain", *FOUR, "--by", "title")["attribution"]["rows"][0]["key"] is not None
        result = run("explain", "months.csv", "--zone", "UTC", "--month", "2026-02", "--format", "json")
        assert json.loads(result.stdout)["attribution"] is None
        assert "--by COLUMN names another column" in result.stderr
        assert "--by is 'colour'" in run("explain", *FOUR, "--by", "colour").stderr

    def test_a_kept_and_an_empty_period_have_no_decisive_incident(self) -> None:
        assert "none: the target is met" in run("explain", "half.csv", *OVER).stdout
        assert "none: the target can still be met" in run("explain", "half.csv", *TENTH).stdout
        result = run("explain", "half.csv", *OVER, "--in-service", "2027-01-01")
        assert "nothing counted, so no outage is decisive" in result.stdout
        assert result.exit_code == 3

    def test_no_rows_confirm_nothing(self, folder: Path) -> None:
        (folder / "none.csv").write_text("id,severity,first_occurrence,cleared_at\n")
        result = run("explain", "none.csv", *OVER)
        assert "Not confirmed: no rows were read" in result.stdout
        assert "no doubt could change the verdict" not in result.stdout
        assert result.exit_code == 3

    def test_bridged_gaps_are_a_row(self) -> None:
        text = run("explain", *FOUR, "--merge-gap", "2d").stdout
        assert "(bridged gaps)" in text


class TestBudget:
    """What is left, and until when."""

    def test_the_deadline_of_the_worked_example(self) -> None:
        result = run("budget", "half.csv", *TENTH)
        assert result.exit_code == 0
        words = " ".join(result.stdout.split())
        assert "spent 30 min, left 14 min 38.4 s" in words
        assert "cleared by 2026-10-10T00:14:38.400000+00:00" in words
        assert "Burn rate 1h 0.0, 6h 0.0, 1d 0.0, 3d 0.0" in words
        document = answer("budget", "half.csv", *TENTH)
        assert (document["budget"]["left_seconds"], document["if"]) == (878.4, None)

    def test_what_if_is_left_over_and_changes_no_exit_code(self) -> None:
        first, second = "2026-10-10T00:00:00Z/2026-10-10T00:10:00Z", "2026-10-12/2026-10-12"
        document = answer("budget", "half.csv", *TENTH, "--if", first)
        assert (document["if"]["left_seconds"], document["if"]["verdict"]) == (278.4, "MET")
        result = run("budget", "half.csv", *TENTH, "--if", first, "--if", second)
        assert result.exit_code == 0
        assert "BREACHED if nothing else is down" in " ".join(result.stdout.split())
        (row,) = rows("budget", "half.csv", *TENTH, "--if", second)
        assert (row["if.added_seconds"], row["if.verdict"], row["burn_rate.3d"]) == ("86400.0", "BREACHED", "0.0")
        (row,) = rows("budget", "half.csv", *OCTOBER, "--as-of", "2026-10-01T02:00:00Z")
        assert (row["burn_rate.1h"], row["burn_rate.6h"], row["if.verdict"]) == ("0.0", "", "")

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("2026-10-12", "is no time; write it as"),
            ("/2026-10-12", "is no time; write it as"),
            ("2026-10-12/2026-10-1x", "--if is '2026-10-1x'"),
            ("2026-10-12/2026-10-11", "--if is '2026-10-11', not behind"),
            ("2026-11-12/2026-11-13", "outside the period"),
        ],
    )
    def test_a_time_that_cannot_be_is_named(self, text: str, fault: str) -> None:
        result = run("budget", "half.csv", *TENTH, "--if", text)
        assert (result.exit_code, result.stdout) == (2, "")
        assert fault in result.stderr

    def test_lost_and_unconfirmed_budgets_have_the_exit_code_of_a_report(self, folder: Path) -> None:
        lost = run("budget", *FOUR)
        assert lost.exit_code == 1
        assert "overspent by" in lost.stdout
        assert answer("budget", *FOUR)["burn_rates"] == {}
        assert run("budget", "empty.csv", *TENTH).exit_code == 3
        assert not answer("budget", "empty.csv", *TENTH)["budget"]["is_confirmed"]
        header = "id,severity,first_occurrence,last_occurrence\n"
        seen = "2026-10-01T00:00:00Z,2026-10-01T00:01:00Z"
        unseen = "".join(f"{number},major,{seen}\n" for number in range(7))
        (folder / "unseen.csv").write_text(header + unseen, encoding="utf-8")
        words = " ".join(run("budget", "unseen.csv", *TENTH).stdout.split())
        assert "and 2 more rows" in words
        assert "no data" in run("budget", "half.csv", *TENTH, "--target", "100").stdout


class TestTrend:
    """Periods side by side."""

    def test_a_row_takes_one_line_of_a_terminal_of_80_columns(self) -> None:
        window = ("--zone", "UTC", "--from", "2026-02-02", "--to", "2026-03-01", "--as-of", "2026-04-10")
        lines = run("trend", "months.csv", *window, "--period", "week", columns=80).stdout.splitlines()
        weeks = [line for line in lines if "2026-02-" in line and " %" in line]
        assert [line[3:13] for line in weeks] == ["2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23"]

    def test_months_of_other_lengths_compare(self) -> None:
        window = ("--zone", "UTC", "--from", "2026-02-01", "--to", "2026-03-31", "--as-of", "2026-04-10")
        february, march = answer("trend", "months.csv", *window)["changes"]
        assert february["reason"] == "the one before is not in the window"
        cut_ends = ("--zone", "UTC", "--from", "2026-02-10", "--to", "2026-04-20", "--as-of", "2026-05-10")
        assert [change["reason"] for change in answer("trend", "months.csv", *cut_ends)["changes"]] == [
            "the one before is not in the window",
            "2026-02-10 to 2026-02-28 is cut by the window",
            "2026-04-01 to 2026-04-20 is cut by the window",
        ]
        assert march["points"] == pytest.approx(5 / 7812)
        assert [row["points"][:6] for row in rows("trend", "months.csv", *window)] == ["", "0.0006"]
        assert "+0.0006" in run("trend", "months.csv", *window).stdout

    def test_without_an_end_the_period_in_progress_is_at_risk_until_it_is_lost(self) -> None:
        """As `budget --month` says; with --to it is the verdict on the window."""
        window = ("--zone", "UTC", "--from", "2026-09-01", "--as-of", "2026-10-10T00:00:00Z")
        last = answer("trend", "half.csv", *window)["changes"][-1]
        assert (last["record"]["verdict"], last["is_to_date"]) == ("AT_RISK", True)
        assert (
            answer("trend", "half.csv", *window, "--to", "2026-10-10")["changes"][-1]["record"]["verdict"] == "BREACHED"
        )

    def test_what_is_in_progress_or_cut_or_without_data_says_so(self) -> None:
        words = " ".join(run("trend", "half.csv", "--zone", "UTC", "--from", "2026-09-01", *TENTH[4:]).stdout.split())
        assert "is cut by the window" not in words
        weeks = ("--zone", "UTC", "--from", "2026-10-01", "--to", "2026-10-16", "--period", "week")
        assert "is cut by the window" in " ".join(
            run("trend", "half.csv", *weeks, "--as-of", "2026-11-01").stdout.split()
        )
        assert (
            "to date"
            in run("trend", "half.csv", *weeks[:4], "--to", "2026-10-18", *weeks[6:], "--as-of", "2026-10-14").stdout
        )
        days = ("--zone", "UTC", "--from", "2026-10-01", "--to", "2026-10-03", "--period", "day")
        gaps = answer("trend", "half.csv", *days, "--as-of", "2026-11-01", "--in-service", "2026-10-02..2026-10-03")
        assert gaps["changes"][1]["reason"] == "no data in Thu 2026-10-01"


class TestStatement:
    """What was declared, and what a later one changes."""

    def test_a_late_end_is_restated_and_the_difference_said(self, folder: Path) -> None:
        first = run("statement", "rows.csv", *ISSUED, "--output", "one.json")
        assert (first.exit_code, first.stdout) == (0, "")
        document = json.loads((folder / "one.json").read_bytes())
        assert (document["number"], document["figures"]["verdict"], len(document["lines"])) == (1, "MET", 2)
        again = ("--previous", "one.json", "--reason", "row 17 ended later")
        second = run("statement", "late.csv", *ISSUED, *again, "--output", "two.json")
        assert second.exit_code == 0
        assert "Note: 2026-10-03 AGREED/DOWN +40 min, AGREED/UP -40 min" in second.stderr
        assert "Note: rows changed: 17" in second.stderr
        restated = json.loads((folder / "two.json").read_bytes())
        assert (restated["number"], restated["supersedes"]) == (2, document["digest"])
        words = " ".join(run("statement", "late.csv", *ISSUED, *again, "--format", "table").stdout.split())
        assert "verdict: MET -> BREACHED" in words
        assert "Breached: 99.81 %, target 99.9 %" in words

    def test_unchanged_facts_write_the_old_one_again(self, folder: Path) -> None:
        run("statement", "rows.csv", *ISSUED, "--output", "one.json")
        again = run("statement", "rows.csv", *ISSUED, "--previous", "one.json", "--reason", "checked")
        assert again.exit_code == 0
        assert again.stdout == (folder / "one.json").read_text(encoding="utf-8")
        assert "the facts are those of statement 1" in again.stderr

    def test_its_evidence_is_verified(self, folder: Path) -> None:
        written = run("statement", "rows.csv", *ISSUED, "--output", "one.json", "--evidence", "one.zip")
        assert (written.exit_code, written.stdout) == (0, "")
        digest = json.loads((folder / "one.json").read_bytes())["digest"]
        verified = run("verify", "one.zip", "--digest", digest)
        assert (verified.exit_code, verified.stdout.count("ok    ")) == (0, 7)
        assert "figures: availability 99.90 %, 44.00 min down, MET" in verified.stdout
        assert run("verify", "one.zip", "--digest", digest[:8].upper()).exit_code == 0
        for too_little in ("", digest[:7], "statement"):  # an empty one would hold for any pack
            refused = run("verify", "one.zip", "--digest", too_little)
            assert (refused.exit_code, refused.stdout) == (2, "")
            assert "at least 8 hexadecimal digits" in refused.stderr
        other = run("verify", "one.zip", "--digest", "00000000")
        assert other.exit_code == 1
        assert f"FAIL  statement: its digest is {digest}, and not the given one" in other.stdout
        missing = run("verify", "missing.zip")
        assert (missing.exit_code, missing.stdout) == (1, "FAIL  read: no such file, or it is no plain one\n")

    def test_evidence_is_of_the_statement_that_stands(self, folder: Path) -> None:
        """The old statement is written again from the same facts, and its pack has it."""
        run("statement", "rows.csv", *ISSUED, "--output", "one.json")
        previous = ("--previous", "one.json", "--reason", "checked", "--evidence", "one.zip")
        assert run("statement", "rows.csv", *ISSUED, *previous).exit_code == 0
        digest = json.loads((folder / "one.json").read_bytes())["digest"]
        assert run("verify", "one.zip", "--digest", digest).exit_code == 0
        assert run("statement", "empty.csv", *ISSUED, "--output", "no.json", "--evidence", "no.zip").exit_code == 3
        assert run("verify", "no.zip").exit_code == 0

    def test_evidence_of_another_instant_is_refused(self, folder: Path) -> None:
        """A provisional statement stands while no fact changes; more of its period has come since."""
        early = ("rows.csv", *OCTOBER, "--as-of", "2026-10-20", *ISSUED[6:])
        late = ("rows.csv", *OCTOBER, "--as-of", "2026-10-25", *ISSUED[6:])
        run("statement", *early, "--provisional", "--output", "one.json")
        previous = ("--previous", "one.json", "--reason", "checked", "--evidence", "one.zip", "--output", "two.json")
        refused = run("statement", *late, *previous)
        assert refused.exit_code == 2
        assert "--previous has another day_cells than the report" in refused.stderr
        assert not (folder / "one.zip").exists()
        assert not (folder / "two.json").exists()

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--evidence", "rows.csv"), "--evidence rows.csv is a file that is read"),
            (("--output", "a.json", "--evidence", "./a.json"), "--evidence and --output are one file"),
            (("--evidence", "missing/a.zip"), "missing/a.zip: No such file"),
        ],
    )
    def test_where_evidence_cannot_be_written(self, folder: Path, arguments: tuple[str, ...], message: str) -> None:
        result = run("statement", "rows.csv", *ISSUED, *arguments)
        assert result.exit_code == 2
        assert message in result.stderr
        assert (folder / "rows.csv").read_text(encoding="utf-8") == ROWS

    def test_open_periods_are_provisional_or_refused(self) -> None:
        arguments = ("rows.csv", *OCTOBER, "--as-of", "2026-10-20", *ISSUED[6:])
        refused = run("statement", *arguments)
        assert refused.exit_code == 2
        assert "is final on 2026-11-01T00:00:00+00:00" in refused.stderr
        assert "give --provisional" in refused.stderr
        words = run("statement", *arguments, "--provisional", "--format", "table").stdout
        assert "2026-10-31, provisional: " in words

    def test_no_rows_confirm_nothing(self) -> None:
        result = run("statement", "empty.csv", *ISSUED)
        assert result.exit_code == 3
        assert json.loads(result.stdout)["figures"]["is_confirmed"] is False

    @pytest.mark.parametrize(
        ("arguments", "fault"),
        [
            (("--reason", "why"), "give --previous FILE too"),
            (("--previous", "one.json"), "Missing option '--reason'"),
            (("--previous", "one.json", "--reason", "w", "--provisional"), "--provisional is of a first statement"),
            (("--previous", "one.json", "--reason", "w", "--subject", "s"), "--subject is 's'"),
            (("--previous", "one.json", "--reason", " "), "--reason is blank"),
            (("--previous", "one.json", "--reason", "w", "--output", "one.json"), "is a file that is read"),
            (("--previous", "one.json", "--reason", "w", "--month", "2026-09"), "--previous is of 2026-10-01"),
            (("--previous", "none.json", "--reason", "w"), "none.json"),
            (("--previous", "rows.csv", "--reason", "w"), "it is no JSON"),
            (("--issued-by", " "), "--issued-by is blank"),
            (("--as-of", "2999-01-01"), "later than now"),
            (("--output", "one.csv"), "none of the endings .json, .txt"),
        ],
    )
    def test_options_that_cannot_be_are_named(self, arguments: tuple[str, ...], fault: str) -> None:
        assert run("statement", "rows.csv", *ISSUED, "--output", "one.json").exit_code == 0
        result = run("statement", "rows.csv", *ISSUED, *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert fault in result.stderr

    def test_the_name_of_the_tenant_is_enough(self, folder: Path) -> None:
        """Files that name no tenant are all of it; files that name it in part only are bad input."""
        run("statement", "rows.csv", *ISSUED, "--output", "one.json")
        lines = (folder / "rows.csv").read_text(encoding="utf-8").splitlines()
        untenanted = "\n".join(",".join(cells[:1] + cells[2:]) for cells in (line.split(",") for line in lines))
        (folder / "untenanted.csv").write_text(untenanted, encoding="utf-8")
        assert run("statement", "untenanted.csv", *ISSUED, "--output", "two.json").exit_code == 0
        one, two = (json.loads((folder / name).read_bytes()) for name in ("one.json", "two.json"))
        assert (one["tenant"], one["figures"], one["lines"]) == ("acme", two["figures"], two["lines"])
        mixed = run("statement", "rows.csv", "untenanted.csv", *ISSUED)
        assert (mixed.exit_code, "give all rows a tenant_id" in mixed.stderr) == (2, True)
        assert "has no column tenant_id" in run("explain", "untenanted.csv", *OVER, "--tenant", "acme").stderr

    def test_a_statement_names_a_tenant_and_a_period(self) -> None:
        assert "Missing option '--tenant'" in run("statement", "rows.csv", *OVER, "--issued-by", "ana").stderr
        future = run("statement", "rows.csv", "--zone", "UTC", "--from", "2026-12-01", *OVER[4:], *ISSUED[6:])
        assert "--from has not come yet" in future.stderr

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("number", True),
            ("figures", {}),
            ("figures", []),
            ("day_cells", {}),
            ("day_cells", {"2026-10-01": 1}),
            ("lines", [1]),
            ("lines", ["x"]),
            ("tenant", "acme "),
            ("zone", None),
            ("more", 1),
        ],
    )
    def test_a_statement_that_was_changed_is_refused(self, folder: Path, name: str, value: object) -> None:
        run("statement", "rows.csv", *ISSUED, "--output", "one.json")
        document = {**json.loads((folder / "one.json").read_bytes()), name: value}
        for text in (json.dumps(document), json.dumps([document])):
            (folder / "bad.json").write_text(text, encoding="utf-8")
            tenant = ("--tenant", "acme ") if name == "tenant" else ()
            result = run("statement", "rows.csv", *ISSUED, *tenant, "--previous", "bad.json", "--reason", "w")
            assert (result.exit_code, result.stdout) == (2, "")
            assert "--previous bad.json" in result.stderr


@pytest.mark.parametrize("command", ["incidents", "explain", "budget", "trend"])
def test_narrow_terminals_keep_the_verdict_and_files_are_written_whole(command: str, folder: Path) -> None:
    lines = run(command, *FOUR, columns=50).stdout.splitlines()
    assert "Verdict  Breached: 99.52 %, target 99.9 %" in lines
    assert max(map(len, lines)) <= 50
    for ending in ("json", "csv", "txt"):
        assert run(command, *FOUR, "--output", f"answer.{ending}").stdout == ""
        assert (folder / f"answer.{ending}").read_text(encoding="utf-8")
    assert "none of the endings .json, .csv, .txt" in run(command, *FOUR, "--output", "answer.html").stderr
    assert (
        "--all-tenants has no answer"
        in run(command, *OVER, "--database-url", "sqlite:///none.sqlite", "--all-tenants").stderr
    )
