"""`sla-compliance report`, as a person at a terminal and as a script see it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sla_compliance.calendars.periods import Period
from sla_compliance.cli.commands import commands
from sla_compliance.cli.evaluation import ReportResult
from sla_compliance.cli.output import json_pieces
from sla_compliance.cli.table import Page, keys_page
from sla_compliance.compliance import EvaluationKeywords, evaluate, evaluate_each
from sla_compliance.date_ranges import whole_days
from sla_compliance.outlets.outcome_levels import OutcomeLevel
from sla_compliance.sources.files import FileAlarmSource
from sla_compliance.units import parse_timestamp
from tests.cli.exports import ALARMS, RANGE, STALE, WORK


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export and a list of works, and nothing else."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alarms.csv").write_text(ALARMS, encoding="utf-8")
    (tmp_path / "work.csv").write_text(WORK, encoding="utf-8")
    return tmp_path


def report(*arguments: str, stdin: str | None = None, columns: int = 80) -> Result:
    """Run the command."""
    environment = {"COLUMNS": str(columns), "TERM": "dumb"}
    return CliRunner().invoke(commands, ["report", *arguments], input=stdin, env=environment)


@pytest.mark.usefixtures("folder")
class TestTable:
    """What a person reads."""

    def test_breached_days_stand_out_without_colour(self) -> None:
        """By a sign in front and a word behind; other days have neither."""
        lines = report("alarms.csv", *RANGE).stdout.splitlines()
        marked = [line.split()[2] for line in lines if line.startswith("✗") and line.endswith("Breached")]
        assert marked == ["2026-10-03", "2026-10-04", "12"]
        assert [line for line in lines if "2026-10-08" in line] == [
            "   Thu 2026-10-08           99.90 %   0:01:20        2  Met"
        ]

    def test_totals_and_gross_stand_side_by_side(self) -> None:
        """Maintenance is taken out of one and not of the other; what is left out has its reason."""
        output = report("alarms.csv", *RANGE, "--maintenance", "work.csv").stdout
        assert "✗  Total, 12 days           98.82 %   3:21:20      202   1:30:00  Breached\n" in output
        assert "   Without exclusions       98.31 %   4:51:20      292         -\n   (agreed hours)\n" in output
        assert "Left out 1:30:00 maintenance Method" in " ".join(output.split())

    def test_method_and_target_are_said(self) -> None:
        """What was excluded, which rules, as of when."""
        words = " ".join(report("alarms.csv", *RANGE).stdout.split())
        assert "Target 99.9 %: Breached; 2 of 12 measured days breached" in words
        assert "maintenance and exclusions left out; days of Africa/Lagos by zone rules 20" in words
        assert "as of 2026-11-01T00:00:00+01:00" in words

    def test_data_quality_is_said_where_there_is_something_to_say(self) -> None:
        """An alarm nobody cleared, and a severity overwritten."""
        words = " ".join(report("-", *RANGE, stdin=ALARMS + STALE).stdout.split())
        assert "1 alarm open and unseen for 7 days alone causes 2 d 4 h of downtime in agreed time" in words
        assert "1 row whose severity was overwritten by 'cleared'" in words
        clean = ALARMS.splitlines()[0] + "\n"
        assert "Data quality" not in report("-", *RANGE, stdin=clean).stdout

    @pytest.mark.parametrize("columns", [80, 120])
    def test_no_line_is_wider_than_the_terminal(self, columns: int) -> None:
        """Nor does any end in blanks."""
        lines = report(
            "alarms.csv", *RANGE, "--service-hours", "mon-fri 09:00-17:00", columns=columns
        ).stdout.splitlines()
        assert max(map(len, lines)) <= columns
        assert [line for line in lines if line != line.rstrip()] == []

    def test_wide_terminals_show_when_it_was(self) -> None:
        """Each day as a strip of 24 parts."""
        output = report("alarms.csv", *RANGE, "--maintenance", "work.csv", columns=120).stdout
        strips = {line.split()[2]: line.rpartition("  ")[2] for line in output.splitlines() if line.startswith("✗  S")}
        assert strips == {"2026-10-03": "·" * 23 + "▇", "2026-10-04": "█░▄█" + "·" * 20}

    def test_what_is_to_come_is_blank(self) -> None:
        """A day in progress has no figure for its rest."""
        output = report("alarms.csv", *RANGE, "--as-of", "2026-10-02T11:00:00Z", columns=120).stdout
        assert "Fri 2026-10-02          100.00 %         -        -   12:00:00  Met          ············\n" in output
        assert "   Sat 2026-10-03                 -         -        -   24:00:00  No data\n" in output

    def test_longer_periods_are_spans_of_dates(self) -> None:
        """The part inside the range."""
        output = report("alarms.csv", *RANGE, "--by", "week").stdout
        assert "✗  2026-10-01 to 2026-10-04" in output
        assert "   2026-10-12               " in output.replace("Mon ", "", 1)

    def test_keys_are_sorted_worst_first(self) -> None:
        """With the gross figure and the breached days of each."""
        lines = report("alarms.csv", *RANGE, "--each", "resource_id").stdout.splitlines()
        rows = lines[lines.index(next(line for line in lines if line.startswith("───"))) + 1 :]
        assert [line[3:9].strip() for line in rows if line.endswith(("Met", "Breached", "Not confirmed"))] == [
            "OLT-7", "ONT-31", "PWR-1", "OLT-5", "All to",
        ]  # fmt: skip

    def test_names_cannot_move_the_cursor(self) -> None:
        """Escape sequences and markup are shown, not obeyed."""
        hostile = ALARMS.replace("OLT-7,2026", "\x1b[2J[red]OLT,2026")
        output = report("-", *RANGE, "--each", "resource_id", stdin=hostile).stdout
        assert "�[2J[red]OLT" in output

    def test_an_empty_range_is_an_empty_table(self) -> None:
        """Nothing has come yet, so nothing is breached, and nothing is known."""
        result = report("alarms.csv", "--zone", "UTC", "--from", "2026-12-01", "--as-of", "2026-11-01")
        assert (result.exit_code, "Total, 0 days" in result.stdout) == (3, True)


@pytest.mark.usefixtures("folder")
class TestFormats:
    """What scripts read."""

    def test_json_is_the_wire_format(self) -> None:
        """The same records as the library gives."""
        now = parse_timestamp("2026-10-31T23:00:00Z")
        start, end = whole_days("2026-10-01", "2026-10-12", zone="Africa/Lagos", now=now)
        same = evaluate(FileAlarmSource("alarms.csv").read(), start=start, end=end, zone="Africa/Lagos", as_of=now)
        assert json.loads(report("alarms.csv", *RANGE, "--format", "json").stdout) == same.as_dicts()
        detailed = report("alarms.csv", *RANGE, "--format", "json", "--detail").stdout
        records = json.loads(detailed)
        doubts = {record["date"][:10]: record.pop("doubts") for record in records}
        assert records == same.as_dicts(detail=True)
        text = "1 row whose severity was overwritten by 'cleared': up to 1 h"
        doubt = {"cause": "OVERWRITTEN", "rows": 1, "minutes": 60, "text": text}
        assert {date: doubts_of_day for date, doubts_of_day in doubts.items() if doubts_of_day} == {
            "2026-10-11": [doubt]
        }

    def test_json_of_each_key_is_a_list_the_worst_first(self) -> None:
        """Rows without a key are under null."""
        exported = ALARMS.replace("OLT-7,2026", ",2026")
        found = json.loads(report("-", *RANGE, "--each", "resource_id", "--format", "json", stdin=exported).stdout)
        assert [item["key"] for item in found] == [None, "ONT-31", "PWR-1", "OLT-5"]
        assert len(found[0]["records"]) == 12

    def test_csv_has_the_same_columns_and_the_key_in_front(self) -> None:
        """A line for each record."""
        rows = [*csv.DictReader(io.StringIO(report("alarms.csv", *RANGE, "--format", "csv").stdout))]
        assert rows[2] == {
            "date": "2026-10-03T00:00:00+01:00",
            "compliance_percentage": "96.52",
            "target_percentage": "99.9",
            "uptime_minutes": "1390",
            "downtime_minutes": "50",
            "sla_breaches": "1",
        }
        keyed = report("alarms.csv", *RANGE, "--each", "resource_id", "--format", "csv").stdout
        assert keyed.startswith("resource_id,date,")
        assert len(keyed.splitlines()) == 1 + 4 * 12

    def test_csv_in_detail_has_a_column_of_doubts(self) -> None:
        """A sentence for each cause, as the table has them; empty on days without doubt."""
        rows = [*csv.DictReader(io.StringIO(report("alarms.csv", *RANGE, "--format", "csv", "--detail").stdout))]
        doubts = {row["date"][:10]: row["doubts"] for row in rows if row["doubts"]}
        assert doubts == {"2026-10-11": "1 row whose severity was overwritten by 'cleared': up to 1 h"}
        by_key = report("alarms.csv", *RANGE, "--each", "resource_id", "--format", "csv", "--detail").stdout
        keys = [row["resource_id"] for row in csv.DictReader(io.StringIO(by_key)) if row["doubts"]]
        assert keys == ["OLT-5"]

    def test_rows_that_may_be_of_any_time_have_no_minutes(self) -> None:
        """A row without a start that can be read is a doubt of every record."""
        unreadable = ALARMS + "9,acme,Z-1,major,,,OLT-7,2026-13-01T09:00:00Z,,\n"
        options = ("--on-invalid", "quarantine", "--by", "month", "--format", "json", "--detail")
        (record,) = json.loads(report("-", *RANGE, *options, stdin=unreadable).stdout)
        doubts = {doubt["cause"]: (doubt["rows"], doubt["minutes"]) for doubt in record["doubts"]}
        assert doubts == {"OVERWRITTEN": (1, 60), "NO_START": (1, None)}

    def test_html_is_one_page(self) -> None:
        """The report's own, titled by what it is about."""
        output = report("alarms.csv", *RANGE, "--format", "html", "--tenant", "acme").stdout
        assert output.startswith("<!doctype html>")
        assert "<title>acme</title>" in output


@pytest.mark.usefixtures("folder")
class TestExitCode:
    """0, 1 where the promise was broken, 2 for bad input, 3 where it is not confirmed that it was kept."""

    def test_a_range_that_met_its_target_is_0(self) -> None:
        """Though days of it are breached."""
        assert report("alarms.csv", *RANGE, "--target", "97.9").exit_code == 0

    def test_a_range_that_doubt_could_breach_is_3_and_says_why(self) -> None:
        """The hour of the row whose severity was overwritten decides: 98.31 % with it up, 97.96 % with it down."""
        for name in ("table", "json", "csv", "html"):
            result = report("alarms.csv", *RANGE, "--target", "98", "--format", name)
            assert result.exit_code == 3
            assert result.stderr == (
                "Note: Not confirmed: availability lies between 97.96 % and 98.31 %; "
                "1 row whose severity was overwritten by 'cleared': up to 1 h\n"
            )
        table = report("alarms.csv", *RANGE, "--target", "98").stdout
        assert "Target 98 %: Not confirmed; 2 of 12" in " ".join(table.split())
        assert "Days in doubt Sun 2026-10-11: up to 1 h unknown" in " ".join(table.split())
        details = report("alarms.csv", *RANGE, "--target", "98", "--by", "month", "--format", "json", "--detail").stdout
        (record,) = json.loads(details)
        assert (record["is_confirmed"], record["low_percentage"], record["high_percentage"]) == (False, 97.96, 98.31)

    def test_a_breach_of_the_record_is_1_though_the_alarm_may_have_ended(self) -> None:
        """Breached, unconfirmed: the alarm was never cleared, and was last seen after five minutes."""
        result = report("-", *RANGE, "--target", "97", stdin=ALARMS + STALE)
        assert result.exit_code == 1
        assert "1 alarm open and unseen for 7 days: up to 2 d 3 h 55 min" in result.stderr
        assert "Target 97 %: Breached, unconfirmed; " in " ".join(result.stdout.split())

    @pytest.mark.parametrize(
        ("target", "as_of", "codes"),
        [
            ("99.9", "2026-11-01", {"breached": 1, "unconfirmed": 1, "at-risk": 1}),
            ("98", "2026-11-01", {"breached": 0, "unconfirmed": 3, "at-risk": 3}),
            ("97.9", "2026-11-01", {"breached": 0, "unconfirmed": 0, "at-risk": 0}),
            # On the 5th 4 h 50 min are lost; twelve days may lose 5 h 45 min, the four that have passed 1 h 55 min.
            ("98", "2026-10-05", {"breached": 0, "unconfirmed": 0, "at-risk": 3}),
        ],
    )
    def test_a_script_says_from_which_outcome_on_it_fails(self, target: str, as_of: str, codes: dict[str, int]) -> None:
        """Breached alone, not confirmed too, at risk too."""
        options = ("--target", target, "--as-of", as_of)
        asked = {name: report("alarms.csv", *RANGE, *options, "--fail-on", name).exit_code for name in codes}
        assert asked == codes

    def test_a_file_without_rows_says_so_beside_its_figure(self) -> None:
        """It may be perfect, or an export that went wrong: nothing is known."""
        header = ALARMS.splitlines()[0] + "\n"
        for name in ("table", "json", "csv", "html"):
            result = report("-", *RANGE, "--format", name, stdin=header)
            assert (result.exit_code, result.stderr) == (3, "Note: no rows were read\n")
        assert "In doubt no rows were read" in " ".join(report("-", *RANGE, stdin=header).stdout.split())
        lines = report("-", *RANGE, stdin=header).stdout.splitlines()
        verdicts = [line.rpartition("  ")[2] for line in lines if "100.00 %" in line and "Without" not in line]
        assert verdicts == ["Not confirmed"] * 13
        page = report("-", *RANGE, "--format", "html", stdin=header).stdout
        assert "no rows were read" in page
        assert ">Met<" not in page
        assert report("-", *RANGE, "--each", "resource_id", stdin=header).exit_code == 3

    def test_details_of_a_file_without_rows_agree_with_the_exit_code(self) -> None:
        """The record is what it is; nothing confirms it, and the doubt stands beside it."""
        header = ALARMS.splitlines()[0] + "\n"
        details = (*RANGE, "--by", "month", "--detail", "--format")
        (record,) = json.loads(report("-", *details, "json", stdin=header).stdout)
        assert (record["compliance_percentage"], record["verdict"], record["is_confirmed"]) == (100, "MET", False)
        minutes = 12 * 24 * 60
        assert record["doubts"] == [
            {"cause": "NO_ROWS", "rows": 0, "minutes": minutes, "text": "no rows were read"},
        ]
        (row,) = csv.DictReader(io.StringIO(report("-", *details, "csv", stdin=header).stdout))
        assert (row["is_confirmed"], row["doubts"]) == ("False", "no rows were read")
        table = report("-", *RANGE, "--by", "month", stdin=header).stdout
        assert "Met\n" not in table

    def test_a_key_without_rows_is_met_where_others_have_rows(self) -> None:
        """An inventory names what never failed; the file was read."""
        start, end = whole_days("2026-10-01", "2026-10-12", zone="UTC", now=parse_timestamp("2026-11-01T00:00:00Z"))
        batch = FileAlarmSource("alarms.csv").read()
        arguments = EvaluationKeywords(start=start, end=end, zone="UTC", as_of=end)
        reports = evaluate_each(batch, by="resource_id", inventory=["spotless"], **arguments)
        result = ReportResult(evaluate(batch, **arguments), {"spotless": reports["spotless"]})
        (keyed,) = json.loads("".join(json_pieces(result, Period.month(), detail=True)))
        assert [(record["is_confirmed"], record["doubts"]) for record in keyed["records"]] == [(True, [])]
        assert result.exit_code(OutcomeLevel.UNCONFIRMED) == 0
        table = keys_page(Page(io.StringIO()), "", "resource_id", result.whole, result.by_key or {})
        assert "spotless" in table
        assert next(line for line in table.splitlines() if "spotless" in line).endswith("Met")

    def test_the_worst_key_decides(self) -> None:
        """Breached before not confirmed, not confirmed before met."""
        # OLT-5 has the overwritten hour alone, of 288 hours: 99.65 % at the least.
        each = ("--each", "resource_id")
        unconfirmed = report(
            "-",
            *RANGE,
            *each,
            "--target",
            "99.7",
            stdin=ALARMS.replace(",CRITICAL,", ",minor,", 1).replace(",major,", ",minor,", 1),
        )
        assert unconfirmed.exit_code == 3
        assert unconfirmed.stderr == "Note: 1 of 4 verdicts not confirmed\n"
        assert report("alarms.csv", *RANGE, *each, "--target", "99.7").exit_code == 1

    def test_a_breached_range_is_1_in_every_format(self) -> None:
        """So a script needs no parsing."""
        codes = {
            name: report("alarms.csv", *RANGE, "--format", name).exit_code for name in ("table", "json", "csv", "html")
        }
        assert set(codes.values()) == {1}

    def test_any_breached_key_is_1(self) -> None:
        """Though most of them met their target."""
        assert report("alarms.csv", *RANGE, "--each", "resource_id").exit_code == 1
        assert report("alarms.csv", *RANGE, "--each", "resource_id", "--target", "98.3").exit_code == 0


@pytest.mark.usefixtures("folder")
class TestOptions:
    """Each changes what it says."""

    @pytest.mark.parametrize(
        ("options", "total"),
        [
            ((), "98.31"),
            (("--maintenance", "work.csv", "--accounting", "planned-downtime-removed"), "98.82"),
            (("--maintenance", "work.csv", "--accounting", "excused"), "98.83"),
            (("--maintenance", "work.csv", "--accounting", "counted"), "98.31"),
            (("--min-outage", "2m"), "98.32"),
            (("--merge-gap", "4d6h"), "63.24"),
            (("--service-hours", "mon-fri 08:00-18:00"), "99.97"),
            (("--as-of", "2026-10-03T22:00:00Z"), "100.00"),
            (("--as-of", "2026-10-04"), "98.84"),
        ],
    )
    def test_options_change_the_total(self, options: tuple[str, ...], total: str) -> None:
        """Of the same file and range."""
        lines = report("alarms.csv", *RANGE, *options).stdout.splitlines()
        (line,) = [line for line in lines if "Total" in line]
        assert f" {total} %" in line

    def test_stale_alarms_can_be_ended(self) -> None:
        """When they were last seen."""
        records = report("-", *RANGE, "--stale-after", "7d", "--format", "json", stdin=ALARMS + STALE).stdout
        assert [record["downtime_minutes"] for record in json.loads(records)][9:] == [5, 0, 0]

    def test_columns_are_mapped(self) -> None:
        """To what the files call them."""
        exported = ALARMS.replace("first_occurrence", "raised").replace("severity", "sev")
        mapping = ("--column", "first_occurrence=raised", "--column", "severity = sev")
        assert report("-", *RANGE, *mapping, stdin=exported).stdout.endswith(report("alarms.csv", *RANGE).stdout[12:])

    def test_bad_rows_can_be_set_aside(self) -> None:
        """The report says so."""
        result = report(
            "-", *RANGE, "--on-invalid", "quarantine", stdin=ALARMS + "9,acme,a,fatal,,,,2026-10-01 00:00:00Z,,\n"
        )
        assert "1 bad row set aside: standard input:7 severity is 'fatal'" in " ".join(result.stdout.split())

    @pytest.mark.parametrize("name", ["table", "json", "csv", "html"])
    def test_what_was_set_aside_and_assumed_is_said_in_every_format(self, name: str) -> None:
        """On standard error, a line for each kind."""
        bad = "9,acme,a,fatal,,,,2026-10-01 00:00:00Z,,\n10,acme,a,fatal,,,,2026-10-01 00:00:00Z,,\n"
        undated = "11,acme,b,minor,resolved,,,2026-10-02 00:00:00Z,2026-10-02 00:01:00Z,\n"
        undated += "12,acme,b,major,resolved,,,2026-10-02 00:00:00Z,2026-10-02 00:01:00Z,\n"
        result = report("-", *RANGE, "--on-invalid", "quarantine", "--format", name, stdin=ALARMS + bad + undated)
        lines = result.stderr.splitlines()
        assert lines[0].startswith("Note: 2 bad rows set aside, the first: standard input:7 severity is 'fatal'")
        assert lines[1].startswith("Note: 1 alarm cleared or resolved without a time, ended when last seen")
        assert [line for line in lines[2:] if not line.startswith("Note: Breached, unconfirmed: ")] == []

    def test_skewed_clocks_can_be_allowed_for(self) -> None:
        """A reversed row has no length then."""
        skewed = "9,acme,a,major,,,,2026-10-01 09:05:00+00,,2026-10-01 09:00:00+00\n"
        assert report("-", *RANGE, stdin=ALARMS + skewed).exit_code == 1  # 5 minutes, unless told otherwise
        assert report("-", *RANGE, "--clock-skew", "4m59s", stdin=ALARMS + skewed).exit_code == 2
        assert report("-", *RANGE, "--clock-skew", "0s", stdin=ALARMS + skewed).exit_code == 2

    def test_a_tenant_without_a_row_is_pointed_out(self) -> None:
        """It may be perfect, or misspelt."""
        result = report("alarms.csv", *RANGE, "--tenant", "Acme")
        assert (result.exit_code, result.stderr) == (
            3,
            "Note: the files hold no row of tenant 'Acme'.\nNote: no rows were read\n",
        )


BAD_INPUT = {
    "no file": (("nowhere.csv",), "nowhere.csv cannot be read: No such file or directory"),
    "a folder": ((".",), ". cannot be read: Is a directory"),
    "no such zone": (
        ("alarms.csv", "--zone", "Afrika/Lagos"),
        "--zone is 'Afrika/Lagos', not a time zone; did you mean",
    ),
    "no such date": (("alarms.csv", "--from", "2026-02-30"), "--from is '2026-02-30'; day "),
    "a range turned round": (
        ("alarms.csv", "--to", "2026-09-01"),
        "--to is '2026-09-01', not behind --from '2026-10-01'",
    ),
    "no percentage": (("alarms.csv", "--target", "100.1"), "--target is '100.1'; give a percentage from 0 to 100"),
    "no length": (("alarms.csv", "--merge-gap", "5"), "'5' is no length of time; write it as 90s, 5m, 1h30m or 7d"),
    "no hours": (("alarms.csv", "--service-hours", "mon 25:00-26:00"), "--service-hours hold '25:00-26:00'"),
    "no instant": (("alarms.csv", "--as-of", "yesterday"), "--as-of is 'yesterday'; write it as"),
    "no such day as of": (("alarms.csv", "--as-of", "2026-02-30"), "--as-of is '2026-02-30'; day "),
    "no mapping": (("alarms.csv", "--column", "severity"), "'severity' maps nothing; write it as"),
    "a column mapped twice": (("alarms.csv", "--column", "id=a", "--column", "id=b"), "maps 'id' twice"),
    "no such column to map": (("alarms.csv", "--column", "severty=x"), "--column maps 'severty'"),
    "no such column to group by": (
        ("alarms.csv", "--each", "colour"),
        "--each is 'colour'; the alarms carry the columns",
    ),
    "no windows": (("alarms.csv", "--maintenance", "alarms.csv"), "alarms.csv has a column 'id'; windows have"),
    "no such format": (("alarms.csv", "--format", "xml"), "'xml' is not one of"),
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("arguments", "message"), BAD_INPUT.values(), ids=BAD_INPUT.keys())
def test_bad_input_is_one_message_and_exit_code_2(arguments: tuple[str, ...], message: str) -> None:
    """On stderr; nothing else is written."""
    result = report(*RANGE, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.count("Error: ") == 1


# Values, files and tenants that are called as the library calls its arguments: the message keeps them as they are.
CALLED_LIKE_FIELDS = {
    "a file": (("from_date.csv",), "Error: from_date.csv cannot be read: No such file or directory"),
    "a file like a whole field": (("zone",), "Error: zone cannot be read: No such file or directory"),
    "a maintenance file": (
        ("alarms.csv", "--maintenance", "columns"),
        "Error: columns cannot be read: No such file or directory",
    ),
    "a first day": (("alarms.csv", "--from", "from_date"), "Error: --from is 'from_date'; write it as"),
    "a last day": (("alarms.csv", "--to", "from_date"), "Error: --to is 'from_date'; write it as"),
    "a range turned round": (
        ("alarms.csv", "--from", "2026-10-01T00:00:00Z", "--to", "2026-09-01"),
        "Error: --to is '2026-09-01', not behind --from '2026-10-01T00:00:00Z'; swap them",
    ),
    "a zone": (("alarms.csv", "--zone", "zone"), "Error: --zone is 'zone', not a time zone"),
    "a target": (("alarms.csv", "--target", "target_percentage"), "Error: --target is 'target_percentage'; give"),
    "service hours": (
        ("alarms.csv", "--service-hours", "mon service_hours"),
        "Error: --service-hours hold 'mon service_hours'; write days and their hours",
    ),
    "an instant": (("alarms.csv", "--as-of", "as_of"), "Error: --as-of is 'as_of'; write it as"),
    "an instant too far away": (
        ("alarms.csv", "--as-of", "9999-12-31T00:00:00Z"),
        "Error: --as-of is 9999-12-31T00:00:00+00:00, outside 0001-01-04 to 9999-12-29; give a date within",
    ),
    "a date too far away": (("alarms.csv", "--as-of", "9999-12-31"), "Error: --as-of is 9999-12-30T"),
    "a first day too far away": (("alarms.csv", "--from", "0001-01-01"), "Error: --from is -62135"),
    "a column to group by": (("alarms.csv", "--each", "by"), "Error: --each is 'by'; the alarms carry the columns"),
    "a column to map": (("alarms.csv", "--column", "columns=x"), "Error: --column maps 'columns', which alarms"),
    "a length": (("alarms.csv", "--merge-gap", "merge_gap"), "Error: Invalid value for '--merge-gap': 'merge_gap' is"),
    "a shortest outage": (
        ("alarms.csv", "--min-outage", "min_outage"),
        "Error: Invalid value for '--min-outage': 'min_outage' is",
    ),
    "an age": (("alarms.csv", "--stale-after", ""), "Error: Invalid value for '--stale-after': '' is no length"),
    "a skew": (("alarms.csv", "--clock-skew", "-1s"), "Error: Invalid value for '--clock-skew': '-1s' is no length"),
    "a period": (("alarms.csv", "--by", "by"), "Error: Invalid value for '--by': 'by' is not one of"),
    "an accounting": (
        ("alarms.csv", "--accounting", "accounting"),
        "Error: Invalid value for '--accounting': 'accounting' is not one of",
    ),
    "a way with bad rows": (
        ("alarms.csv", "--on-invalid", "on_invalid"),
        "Error: Invalid value for '--on-invalid': 'on_invalid' is not one of",
    ),
    "a format": (("alarms.csv", "--format", "output"), "Error: Invalid value for '--format': 'output' is not one of"),
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("arguments", "message"), CALLED_LIKE_FIELDS.values(), ids=CALLED_LIKE_FIELDS.keys())
def test_a_message_names_the_option_and_leaves_the_value(arguments: tuple[str, ...], message: str) -> None:
    """Also a value that reads like the library's own name of an argument."""
    result = report(*RANGE, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr.splitlines()[-1]


def test_a_tenant_may_be_called_like_an_argument(folder: Path) -> None:
    """Where the files hold no row of it, and where they hold several tenants."""
    missing = report("alarms.csv", *RANGE, "--tenant", "zone")
    assert missing.stderr == "Note: the files hold no row of tenant 'zone'.\nNote: no rows were read\n"
    (folder / "from_date.csv").write_text(ALARMS.replace("1,acme", "1,zone"), encoding="utf-8")
    several = report("from_date.csv", *RANGE)
    assert several.exit_code == 2
    assert several.stderr.startswith(
        "Error: from_date.csv holds alarms of several tenants, 'zone', 'acme'; ask for one"
    )


@pytest.mark.usefixtures("folder")
def test_a_date_that_a_zone_skipped_is_an_instant_too() -> None:
    """Samoa had no 30 December 2011: its first instant is that of the next day."""
    samoa = ("--zone", "Pacific/Apia", "--from", "2011-12-28", "--to", "2011-12-31", "--format", "json", "--detail")
    results = [report("alarms.csv", *samoa, "--as-of", as_of) for as_of in ("2011-12-30", "2011-12-31")]
    assert [result.exit_code for result in results] == [0, 0]
    assert results[0].stdout == results[1].stdout


@pytest.mark.usefixtures("folder")
def test_bad_rows_are_listed_by_file_and_line_the_first_of_them() -> None:
    """With how many there are and the way out."""
    rows = "".join(f"b{number},acme,a,fatal,,,,2026-10-01 00:00:00Z,,\n" for number in range(7))
    result = report("-", *RANGE, stdin=ALARMS + rows)
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert lines[0] == "Error: 7 bad rows:"
    assert lines[1].startswith("  standard input:7 severity is 'fatal'; give one of critical")
    assert lines[6] == "  and 2 more"
    assert "--on-invalid quarantine" in lines[7]
    assert len(lines) == 8


def test_help_imports_no_command() -> None:
    """Each stands in the list with a sentence."""
    result = CliRunner().invoke(commands, ["--help"])
    assert result.exit_code == 0
    assert "report" in result.stdout


def test_an_unknown_command_is_bad_input() -> None:
    """It says which there are, or how to ask."""
    assert CliRunner().invoke(commands, ["reprot"]).exit_code == 2


@pytest.mark.usefixtures("folder")
def test_an_unexpected_error_is_one_line_and_exit_code_70(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a hint how to see where it was raised; a traceback only for who asks for it."""
    # A service that runs out of memory, for example: no error of the library.
    monkeypatch.setattr("sla_compliance.cli.report.make_reports", fail_unexpectedly)
    result = report("alarms.csv", *RANGE)
    assert (result.exit_code, result.stdout) == (70, "")
    assert result.stderr == (
        "Unexpected error: MemoryError: no more of it. Set SLA_COMPLIANCE_TRACEBACK=1 to see where, and report it.\n"
    )
    monkeypatch.setenv("SLA_COMPLIANCE_TRACEBACK", "1")
    result = report("alarms.csv", *RANGE)
    assert result.exit_code == 70
    assert "Traceback (most recent call last)" in result.stderr


def fail_unexpectedly(*_: object, **__: object) -> None:
    """What no command expects."""
    raise MemoryError("no more\nof it")
