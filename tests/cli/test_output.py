"""Where a report is written, and what of it: files, pages of keys, the worst keys, hours, narrow terminals."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sla_compliance.cli.commands import commands
from sla_compliance.cli.option_groups import OTHER
from tests.cli.exports import ALARMS, RANGE, STALE

EACH = ("--each", "resource_id")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alarms.csv").write_text(ALARMS, encoding="utf-8")
    return tmp_path


def report(*arguments: str, columns: int = 80) -> Result:
    """Run the command on the export."""
    environment = {"COLUMNS": str(columns), "TERM": "dumb"}
    return CliRunner().invoke(commands, ["report", "alarms.csv", *RANGE, *arguments], env=environment)


class TestFiles:
    """`--output FILE`."""

    @pytest.mark.parametrize(
        ("name", "format_name"),
        [("a.json", "json"), ("a.CSV", "csv"), ("a.html", "html"), ("a.htm", "html"), ("a.txt", "table")],
    )
    @pytest.mark.parametrize("each", [(), EACH])
    def test_the_ending_says_the_format(self, name: str, format_name: str, each: tuple[str, ...], folder: Path) -> None:
        """The file holds what standard output would; standard output is empty, the exit code the same."""
        shown = report(*each, "--format", format_name)
        written = report(*each, "--output", name)
        assert (written.exit_code, written.stdout) == (shown.exit_code, "")
        assert (folder / name).read_text(encoding="utf-8") == shown.stdout
        assert sorted(path.name for path in folder.iterdir()) == sorted(["alarms.csv", name])

    def test_a_format_that_is_given_wins(self, folder: Path) -> None:
        """Whatever the ending."""
        assert report("--output", "report.out", "--format", "json").exit_code == 1
        assert len(json.loads((folder / "report.out").read_text(encoding="utf-8"))) == 12

    def test_an_older_file_is_replaced_as_a_whole(self, folder: Path) -> None:
        """Also where it is longer, and through a link to it."""
        (folder / "old.json").write_text("x" * 100_000, encoding="utf-8")
        (folder / "link.json").symlink_to("old.json")
        assert report("--output", "link.json").exit_code == 1
        assert len(json.loads((folder / "old.json").read_text(encoding="utf-8"))) == 12
        assert (folder / "link.json").is_symlink()

    def test_an_error_leaves_the_older_file(self, folder: Path) -> None:
        """Nothing is half written."""
        (folder / "old.json").write_text("old", encoding="utf-8")
        assert report("--output", "old.json", "--each", "colour").exit_code == 2
        assert (folder / "old.json").read_text(encoding="utf-8") == "old"

    def test_a_pipe_is_written_directly(self, folder: Path) -> None:
        """A device, too: it has no place beside it."""
        os.mkfifo(folder / "pipe")
        reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        assert report("--output", "pipe", "--format", "csv", "--by", "month").exit_code == 1
        assert os.read(reader, 1 << 16).startswith(b"date,")
        os.close(reader)

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            (
                "report.doc",
                "--output report.doc has none of the endings .json, .csv, .html, .htm, .txt, .pdf, .xlsx; choose one",
            ),
            ("report", "--output report has none of the endings"),
            ("alarms.csv", "--output alarms.csv is a file that is read; give another name"),
            ("./alarms.csv", "--output ./alarms.csv is a file that is read; give another name"),
            ("nowhere/report.json", "Error: nowhere/report.json: No such file or directory"),
        ],
    )
    def test_a_file_that_cannot_be_written_is_named(self, name: str, message: str, folder: Path) -> None:
        """Exit code 2; the export is as it was."""
        result = report("--output", name)
        assert (result.exit_code, result.stdout) == (2, "")
        assert message in result.stderr
        assert (folder / "alarms.csv").read_text(encoding="utf-8") == ALARMS


class TestKeys:
    """`--each COLUMN`."""

    def test_a_page_has_a_row_for_each_key_the_worst_first(self) -> None:
        """With the figures of all together above."""
        page = report(*EACH, "--format", "html", "--title", "Fleet & more").stdout
        assert page.startswith("<!doctype html>")
        assert page.endswith("</html>\n")
        assert "<title>Fleet &amp; more</title>" in page
        assert re.findall(r'<th scope="row"><bdi>(.*?)</bdi></th>', page) == ["OLT-7", "ONT-31", "PWR-1", "OLT-5"]
        assert page.count("<h2") == page.count("</h2>")

    def test_names_of_keys_are_text(self, folder: Path) -> None:
        """Markup of the data is shown, not obeyed."""
        (folder / "alarms.csv").write_text(
            ALARMS.replace("OLT-7,2026", "<script>alert(1)</script>,2026"), encoding="utf-8"
        )
        page = report(*EACH, "--format", "html").stdout
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>" not in page

    def test_only_the_worst_keys_are_written(self) -> None:
        """In every format; the table says of how many; the exit code is that of all."""
        keys = [item["key"] for item in json.loads(report(*EACH, "--worst", "2", "--format", "json").stdout)]
        assert keys == ["OLT-7", "ONT-31"]
        rows = csv.DictReader(io.StringIO(report(*EACH, "--worst", "2", "--format", "csv").stdout))
        assert {row["resource_id"] for row in rows} == {"OLT-7", "ONT-31"}
        assert report(*EACH, "--worst", "2", "--format", "html").stdout.count('<th scope="row">') == 2
        table = report(*EACH, "--worst", "2").stdout
        assert "2 of 4; what has no alarm row at all is not listed; the 2 worst are shown" in " ".join(table.split())
        assert "PWR-1" not in table
        unconfirmed = report(*EACH, "--worst", "1", "--target", "50")
        assert unconfirmed.exit_code == report(*EACH, "--target", "50").exit_code

    @pytest.mark.parametrize(("unkeyed", "downtime_s"), [("doubt", 80), ("everybody", 17_480), ("nobody", 80)])
    def test_rows_without_a_key_are_whose_it_is_said(self, unkeyed: str, downtime_s: int, folder: Path) -> None:
        """Of nobody on record, or of every key."""
        (folder / "alarms.csv").write_text(ALARMS.replace("OLT-7,2026", ",2026"), encoding="utf-8")
        options = (*EACH, "--unkeyed", unkeyed, "--by", "year", "--format", "json", "--detail")
        by_key = {item["key"]: item["records"][0] for item in json.loads(report(*options).stdout)}
        assert by_key["PWR-1"]["downtime_seconds"] == downtime_s
        assert (None in by_key) == (unkeyed == "doubt")

    @pytest.mark.parametrize("option", [("--worst", "3"), ("--unkeyed", "nobody")])
    def test_options_about_keys_need_keys(self, option: tuple[str, str]) -> None:
        """The message says which option is missing."""
        result = report(*option)
        assert result.exit_code == 2
        assert f"{option[0]} is about the keys of --each; give --each COLUMN too" in result.stderr

    def test_json_of_no_key_is_an_empty_list(self, folder: Path) -> None:
        """An export without rows has none."""
        (folder / "alarms.csv").write_text(ALARMS.splitlines()[0] + "\n", encoding="utf-8")
        assert json.loads(report(*EACH, "--format", "json").stdout) == []
        assert report(*EACH, "--format", "csv").stdout == ""


class TestHours:
    """`--by hour`."""

    def test_hours_have_figures_and_no_verdict(self) -> None:
        """In JSON, CSV and the table."""
        day = ("--from", "2026-10-08", "--to", "2026-10-08", "--by", "hour")
        records = json.loads(report(*day, "--format", "json", "--detail").stdout)
        assert len(records) == 24
        assert (records[9]["date"], records[9]["downtime_seconds"]) == ("2026-10-08T09:00:00+01:00", 80)
        assert {(record["verdict"], record["is_confirmed"]) for record in records} == {(None, None)}
        table = report(*day).stdout
        assert "   2026-10-08 09:00+01:00       97.77 %   0:01:20        2\n" in table
        page = report(*day, "--format", "html").stdout
        assert len(set(re.findall(r'scope="row">(Thu, Oct\s8, 2026, \d\d:00)<', page))) == 24

    def test_a_day_of_25_hours_has_25(self) -> None:
        """The doubled one twice, told apart by its offset."""
        day = ("--zone", "Europe/Berlin", "--from", "2026-10-25", "--to", "2026-10-25", "--by", "hour")
        table = report(*day).stdout
        assert [line for line in table.splitlines() if "2026-10-25 02:00" in line] == [
            "   2026-10-25 02:00+02:00      100.00 %         -        -",
            "   2026-10-25 02:00+01:00      100.00 %         -        -",
        ]


class TestNarrowTerminals:
    """What a terminal of 40 columns shows."""

    @pytest.mark.parametrize("columns", [40, 60, 79, 80])
    @pytest.mark.parametrize("options", [(), EACH, ("--by", "month"), ("--service-hours", "mon-fri 09:00-17:00")])
    def test_the_verdict_stays_whole(self, columns: int, options: tuple[str, ...]) -> None:
        """No line is wider than the terminal, and no verdict is cut."""
        lines = report(*options, columns=columns).stdout.splitlines()
        assert max(map(len, lines)) <= columns
        breached = [line for line in lines if line.startswith("✗")]
        assert breached
        assert [line for line in breached if not line.endswith("Breached")] == []
        assert [line for line in breached if "%" not in line] == []

    def test_an_unconfirmed_verdict_takes_two_lines(self, folder: Path) -> None:
        """Both of its words are there."""
        not_confirmed = report("--target", "98", columns=40).stdout
        (line,) = [line for line in not_confirmed.splitlines() if "Total" in line]
        assert line.endswith("98.31 % Not confirmed")
        (folder / "alarms.csv").write_text(ALARMS + STALE, encoding="utf-8")
        breached = report("--target", "97", columns=40).stdout.splitlines()
        total = next(index for index, line in enumerate(breached) if "Total" in line)
        assert (breached[total].split()[-1], breached[total + 1].split()[-1]) == ("Breached,", "unconfirmed")


def test_help_lists_every_option_in_its_group() -> None:
    """Each with its default, where it has one."""
    text = CliRunner().invoke(commands, ["report", "--help"]).stdout
    groups = re.findall(r"^(\w[\w ]*):$", text, re.MULTILINE)
    assert groups == [
        "Which time", "What was agreed", "Maintenance and exclusions", "How rows are read", "Rows of a database",
        "Logs of state changes", "Which figures", "Output", OTHER,
    ]  # fmt: skip
    words = " ".join(text.split())
    for default in ("default: now", "default: 99.9", "default: critical,major", "default: 5m", "default: removed"):
        assert default in words
