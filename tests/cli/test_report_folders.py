"""`report --each COLUMN --output FOLDER/`: a file for each key, whatever the keys are, and an index."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import signal
import subprocess
import sysconfig
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from sla_compliance.cli.commands import commands
from sla_compliance.cli.file_names import file_names
from tests.cli.exports import ALARMS, RANGE
from tests.outlets.pdf_files import page_texts

SCRIPT = str(Path(sysconfig.get_path("scripts")) / "sla-compliance")
EACH = ("--each", "resource_id")
OTHER_EACH = ("OLT-7", "ONT-31", "PWR-1", "OLT-5")
HOSTILE_KEYS = (
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    ".hidden",
    "CON",
    "con.txt",
    "lpt1",
    "index",
    "x" * 300,
    "x" * 301,
    "Ä" * 200,
    "Shop",
    "shop",
    "SHOP",
    "ﬁne",
    "fine",
    "-rf",
    "a/b",
    "a\\b",
    "a:b",
    "a b",
    "=HYPERLINK(1)",
    "<script>",
    "港口",
    "e\u0301",
    "\u00e9",
    "a\u202eb",
    "without-key",
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alarms.csv").write_text(ALARMS, encoding="utf-8")
    return tmp_path


def report(*arguments: str, file: str = "alarms.csv") -> Result:
    return CliRunner(env={"COLUMNS": "80", "TERM": "dumb"}).invoke(commands, ["report", file, *RANGE, *arguments])


def write_alarms(path: Path, keys: list[str], column: str = "resource_id") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", column, "severity", "first_occurrence", "cleared_at"])
        for number, key in enumerate(keys):
            writer.writerow([number, key, "major", "2026-10-05T10:00:00Z", f"2026-10-05T10:{number % 50 + 1:02}:00Z"])


def index_of(folder: Path) -> list[dict[str, str]]:
    text = (folder / "index.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


class TestNames:
    """A key may be any text."""

    def test_names_stay_inside_and_apart_on_every_system(self) -> None:
        """No separator, no reserved name, none that differs from another by case alone, all short."""
        names = file_names([*HOSTILE_KEYS, "", None], ".csv")
        assert len({name.casefold() for name in names.values()}) == len(HOSTILE_KEYS) + 2
        assert "index.csv" not in {name.casefold() for name in names.values()}
        for name in names.values():
            assert Path(name).name == name
            assert not name.startswith((".", "-", " "))
            assert not set(name) & set('/\\:*?"<>|\0\n\u202e')
            assert len(name.encode()) < 200
            assert name.partition(".")[0].casefold() not in {"con", "lpt1", "nul"}

    def test_a_plain_key_is_the_name(self) -> None:
        """Others carry a digest, the same in every run."""
        names = file_names(["OLT-7", "Bäckerei Süd", "a/b"], ".pdf")
        assert list(names.values()) == ["OLT-7.pdf", "Bäckerei Süd.pdf", "a_b-c256b719.pdf"]

    def test_a_key_that_is_the_name_of_another_does_not_replace_it(self) -> None:
        """Though somebody made it so."""
        made = file_names(["a/b"], "")["a/b"]
        names = file_names([made, "a/b"], "")
        assert len(set(names.values())) == 2


class TestFolders:
    """One file a key, and the index."""

    @pytest.mark.parametrize("format_name", ["json", "csv", "html", "pdf", "xlsx", "table"])
    def test_each_key_has_a_file_in_every_format(self, format_name: str, folder: Path) -> None:
        """The exit code is that of the keys; nothing is on standard output."""
        result = report(*EACH, "--output", "new/out/", "--format", format_name)
        assert (result.exit_code, result.stdout) == (1, ""), result.output
        suffix = {"table": "txt"}.get(format_name, format_name)
        assert names_in(folder / "new" / "out") == {f"{key}.{suffix}" for key in OTHER_EACH} | {"index.csv"}

    def test_the_index_says_what_is_where(self, folder: Path) -> None:
        """The worst first, with the figures of the records."""
        report(*EACH, "--output", "out/", "--format", "json", "--detail")
        rows = index_of(folder / "out")
        assert [row["key"] for row in rows] == ["OLT-7", "ONT-31", "PWR-1", "OLT-5"]
        expected = json.loads(report(*EACH, "--by", "month", "--format", "json", "--detail").stdout)
        for row, entry in zip(rows, expected, strict=True):
            (record,) = entry["records"]
            assert (row["key"], row["title"], row["file"]) == (entry["key"], entry["key"], f"{entry['key']}.json")
            assert float(row["availability"]) == record["compliance_percentage"]
            assert (row["verdict"], row["is_confirmed"]) == (record["verdict"], str(record["is_confirmed"]))

    def test_json_and_csv_have_their_wire_forms(self, folder: Path) -> None:
        """As `--each` writes them, of one key."""
        for format_name in ("json", "csv"):
            report(*EACH, "--output", "out/", "--format", format_name)
        whole = json.loads(report(*EACH, "--format", "json").stdout)
        lines = report(*EACH, "--format", "csv").stdout.splitlines()
        for entry in whole:
            key = entry["key"]
            assert json.loads((folder / "out" / f"{key}.json").read_text(encoding="utf-8")) == [entry]
            own = (folder / "out" / f"{key}.csv").read_text(encoding="utf-8").splitlines()
            assert own == [lines[0], *(line for line in lines if line.startswith(f"{key},"))]

    def test_documents_say_whose_they_are(self, folder: Path) -> None:
        """The title names the key; the text of PDF and the cells of XLSX have the record's figures."""
        options = ("--title", "October", "--customer", "Acme", "--agreement", "C-17", "--issued-by", "M. Ade")
        for format_name in ("pdf", "xlsx"):
            assert report(*EACH, *options, "--output", "out", "--format", format_name).exit_code == 1
        text = page_texts((folder / "out" / "PWR-1.pdf").read_bytes())[0]
        book = openpyxl.load_workbook(folder / "out" / "PWR-1.xlsx")
        cells = [
            str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell is not None
        ]
        availability = next(row["availability"] for row in index_of(folder / "out") if row["key"] == "PWR-1")
        for words in ("October: PWR-1", "Acme", "C-17", "M. Ade"):
            assert words in text
            assert words in cells
        assert availability in text
        assert availability in cells

    def test_hostile_keys_stay_inside(self, folder: Path) -> None:
        """All have a file, none is outside the folder, and the index finds them."""
        write_alarms(folder / "hostile.csv", list(HOSTILE_KEYS))
        before = names_in(folder)
        assert report(*EACH, "--output", "out/", "--format", "csv", file="hostile.csv").exit_code == 1
        assert names_in(folder) - before == {"out"}
        rows = index_of(folder / "out")
        assert len(rows) == len(HOSTILE_KEYS)
        assert {row["file"] for row in rows} | {"index.csv"} == names_in(folder / "out")
        for row in rows:
            content = (folder / "out" / row["file"]).read_text(encoding="utf-8")
            assert next(csv.DictReader(io.StringIO(content)))["resource_id"] == row["key"]

    def test_a_second_run_replaces_the_files(self, folder: Path) -> None:
        """Also where a link of that name leads elsewhere: it is replaced and not followed."""
        (folder / "victim").write_text("untouched", encoding="utf-8")
        (folder / "out").mkdir()
        (folder / "out" / "PWR-1.json").symlink_to("../victim")
        (folder / "out" / "other").write_text("kept", encoding="utf-8")
        for _ in range(2):
            assert report(*EACH, "--output", "out", "--format", "json").exit_code == 1
        assert (folder / "victim").read_text(encoding="utf-8") == "untouched"
        assert json.loads((folder / "out" / "PWR-1.json").read_text(encoding="utf-8"))[0]["key"] == "PWR-1"
        assert names_in(folder / "out") == {f"{key}.json" for key in OTHER_EACH} | {"index.csv", "other"}

    def test_only_the_worst_are_written(self, folder: Path) -> None:
        """The index lists all."""
        result = report(*EACH, "--output", "out/", "--format", "json", "--worst", "1")
        assert "3 more keys not written" in result.stderr
        assert names_in(folder / "out") == {"OLT-7.json", "index.csv"}
        assert [row["file"] for row in index_of(folder / "out")] == ["OLT-7.json", "", "", ""]

    def test_only_what_ends_so_is_written(self, folder: Path) -> None:
        """Each key by itself; where none does, nothing is."""
        assert report(*EACH, "--output", "out/", "--format", "json", "--only-if", "breached").exit_code == 1
        breached = {row["file"] for row in index_of(folder / "out") if row["verdict"] == "BREACHED"}
        assert breached
        assert names_in(folder / "out") == breached | {"index.csv"}
        arguments = ("--output", "none/", "--format", "json", "--only-if", "breached", "--target", "1.5")
        result = report(*EACH, *arguments)
        assert (result.exit_code, (folder / "none").exists()) == (0, False)
        assert "4 more keys not written" in result.stderr

    def test_no_index_of_an_earlier_run_is_left(self, folder: Path) -> None:
        """A run that writes nothing says so, and no list names the files of the run before."""
        assert report(*EACH, "--output", "out/", "--format", "json").exit_code == 1
        files = names_in(folder / "out") - {"index.csv"}
        arguments = ("--output", "out/", "--format", "json", "--only-if", "breached", "--target", "1.5")
        assert report(*EACH, *arguments).exit_code == 0
        assert names_in(folder / "out") == files


class TestRowsWithoutKey:
    """A customer must not read a figure that lacks an outage."""

    @pytest.fixture(autouse=True)
    def keyless(self, folder: Path) -> None:
        write_alarms(folder / "keyless.csv", ["a", "b", ""])

    def test_their_downtime_is_refused_until_it_is_said_whose_it_is(self, folder: Path) -> None:
        """Nothing is written."""
        result = report(*EACH, "--output", "out/", "--format", "json", file="keyless.csv")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == (
            "Error: rows without a resource_id hold downtime, which no file of --output would show; say whose it is: "
            "--unkeyed everybody or --unkeyed nobody, or give an --inventory with parents\n"
        )
        assert not (folder / "out").exists()

    @pytest.mark.parametrize(("unkeyed", "minutes"), [("everybody", {"a": 3, "b": 3}), ("nobody", {"a": 1, "b": 2})])
    def test_it_can_be_said(self, unkeyed: str, minutes: dict[str, int], folder: Path) -> None:
        """And the figures follow."""
        options = ("--output", "out/", "--format", "json", "--unkeyed", unkeyed, "--by", "month")
        assert report(*EACH, *options, file="keyless.csv").exit_code in (0, 1)
        written = {key: json.loads((folder / "out" / f"{key}.json").read_text(encoding="utf-8")) for key in minutes}
        assert {key: entry[0]["records"][0]["downtime_minutes"] for key, entry in written.items()} == minutes

    def test_an_inventory_with_parents_says_it(self, folder: Path) -> None:
        """A row without the key is on no device of the inventory then."""
        (folder / "units.csv").write_text("key,parents\na,olt\nb,olt\nolt,\n", encoding="utf-8")
        options = ("--output", "out/", "--format", "json", "--inventory", "units.csv")
        assert report(*EACH, *options, file="keyless.csv").exit_code != 2
        assert names_in(folder / "out") == {"a.json", "b.json", "olt.json", "index.csv"}

    def test_rows_that_hold_no_downtime_have_a_file_of_their_own(self, folder: Path) -> None:
        """A minor alarm without a key refuses nothing."""
        rows = (folder / "keyless.csv").read_text(encoding="utf-8").replace("2,,major", "2,,minor")
        (folder / "minor.csv").write_text(rows, encoding="utf-8")
        assert report(*EACH, "--output", "out/", "--format", "json", file="minor.csv").exit_code != 2
        assert names_in(folder / "out") == {"a.json", "b.json", "without-key.json", "index.csv"}
        assert [row["title"] for row in index_of(folder / "out") if not row["key"]] != [""]


class TestTenants:
    """A report of each tenant, by what was agreed with it."""

    def test_the_contract_file_says_how_reports_look(self, folder: Path) -> None:
        """Options win over it."""
        contract = """\
[defaults]
zone = "UTC"
[defaults.reports]
title = "Service report"
issued_by = "Operations"
[tenants.acme.reports]
customer = "Acme Ltd"
locale = "fr"
[tenants.beta.policy]
target = "90"
"""
        (folder / "sla.toml").write_text(contract, encoding="utf-8")
        write_alarms(folder / "tenants.csv", ["acme", "beta"], "tenant_id")
        options = ("--contract", "sla.toml", "--each", "tenant_id", "--format", "xlsx", "--output", "out/")
        result = report(*options, "--issued-by", "M. Ade", file="tenants.csv")
        assert result.exit_code == 0, result.output
        book = openpyxl.load_workbook(folder / "out" / "acme.xlsx")
        cells = [cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row]
        assert {"Service report: acme", "Acme Ltd", "M. Ade", "Client"} <= set(cells)
        assert openpyxl.load_workbook(folder / "out" / "beta.xlsx").sheetnames != book.sheetnames

    @pytest.mark.parametrize(
        ("unkeyed", "minutes"), [("everybody", {"acme": 3, "beta": 3}), ("nobody", {"acme": 1, "beta": 2})]
    )
    def test_rows_without_a_tenant_are_whose_it_is_said(
        self, unkeyed: str, minutes: dict[str, int], folder: Path
    ) -> None:
        """Also where each tenant has an agreement of its own; their downtime is refused before."""
        (folder / "sla.toml").write_text("[tenants.acme.policy]\ntarget = 99\n", encoding="utf-8")
        write_alarms(folder / "tenants.csv", ["acme", "beta", ""], "tenant_id")
        options = ("--contract", "sla.toml", "--each", "tenant_id", "--format", "json", "--output", "out/")
        assert report(*options, file="tenants.csv").exit_code == 2
        result = report(*options, "--by", "month", "--unkeyed", unkeyed, file="tenants.csv")
        assert result.exit_code in (0, 1), result.output
        written = {key: json.loads((folder / "out" / f"{key}.json").read_text(encoding="utf-8")) for key in minutes}
        assert {key: entry[0]["records"][0]["downtime_minutes"] for key, entry in written.items()} == minutes

    def test_a_database_has_a_file_for_each_tenant(self, folder: Path) -> None:
        """`--all-tenants` needs no `--each`."""
        made = CliRunner().invoke(commands, ["demo", "--seed", "3"])
        assert made.exit_code == 0, made.output
        database = ("--database-url", "sqlite:///sla-compliance-demo/sample.sqlite", "--all-tenants")
        today = datetime.now(UTC).date()
        options = ("--from", str(today - timedelta(days=20)), "--format", "xlsx", "--output", "out/")
        result = CliRunner().invoke(commands, ["report", *database, *options])
        assert result.exit_code in (0, 1, 3), result.output
        assert names_in(folder / "out") == {"demo.xlsx", "index.csv"}


class TestRefusals:
    """What contradicts itself is refused before anything is read or written."""

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--output", "out/"), "--output out/ is a folder; give the name of a file, or --each COLUMN for a file"),
            ((*EACH, "--output", "out/"), "--output out/ is a folder; say with --format what its files are"),
            ((*EACH, "--format", "pdf"), "--format pdf has one report in a file; with --each give --output FOLDER/"),
            ((*EACH, "--output", "x.xlsx"), "--format xlsx has one report in a file; with --each give --output FOLDER"),
            (
                ("--output", "x.pdf", "--format", "xlsx"),
                "--output x.pdf ends in .pdf, and its format is xlsx; change one",
            ),
            (("--output", "x.pdf", "--format", "json"), "--output x.pdf ends in .pdf, and its format is json"),
            (("--customer", "Acme"), "--customer is about documents; give --format, one of html, pdf, xlsx"),
            (("--logo", "x.png", "--format", "json"), "--logo is about documents"),
            (("--locale", "xx_YY", "--format", "html"), "--locale is 'xx_YY'"),
            (("--logo", "alarms.csv", "--format", "html"), "--logo is 'alarms.csv', which is no PNG, JPEG or SVG"),
            ((*EACH, "--output", "alarms.csv/", "--format", "pdf"), "alarms.csv"),
        ],
    )
    def test_it_is_one_message(self, arguments: tuple[str, ...], message: str, folder: Path) -> None:
        """With the way out."""
        result = report(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert message in " ".join(result.stderr.split())
        assert names_in(folder) == {"alarms.csv"}

    def test_a_file_that_is_read_is_not_replaced(self, folder: Path) -> None:
        """By the file of a key that is called like it."""
        write_alarms(folder / "alarms.csv", ["alarms"])
        result = report(*EACH, "--output", ".", "--format", "csv")
        assert result.exit_code == 2
        assert "alarms.csv is a file that is read" in result.stderr

    def test_a_folder_that_cannot_be_written_is_named(self, folder: Path) -> None:
        """And so is a folder in the place of a file."""
        (folder / "out" / "OLT-7.json").mkdir(parents=True)
        result = report(*EACH, "--output", "out/", "--format", "json")
        assert result.exit_code == 2
        assert "out/OLT-7.json: " in result.stderr
        assert not (folder / "out" / "index.csv").exists()


class TestSingleDocuments:
    """One report as a document."""

    @pytest.mark.parametrize(("name", "start"), [("a.pdf", b"%PDF-"), ("a.xlsx", b"PK"), ("a.html", b"<!doctype")])
    def test_the_ending_says_the_format(self, name: str, start: bytes, folder: Path) -> None:
        """And two runs write the same bytes."""
        contents = set()
        for _ in range(2):
            assert report("--output", name).exit_code == 1
            contents.add((folder / name).read_bytes())
        assert len(contents) == 1
        assert contents.pop().startswith(start)

    def test_only_if_writes_nothing_and_says_so(self, folder: Path) -> None:
        """The exit code is as ever."""
        result = report("--output", "a.pdf", "--only-if", "breached", "--target", "1.5")
        assert (result.exit_code, result.stdout, names_in(folder)) == (0, "", {"alarms.csv"})
        assert "Note: nothing is written, by --only-if breached\n" in result.stderr
        assert report("--output", "a.pdf", "--only-if", "breached").exit_code == 1
        assert (folder / "a.pdf").exists()

    def test_a_pipe_gets_the_bytes_and_a_terminal_the_way_out(self) -> None:
        """`> report.pdf` is what it is good for."""
        command = [SCRIPT, "report", "alarms.csv", *RANGE, "--format", "xlsx"]
        piped = subprocess.run(command, capture_output=True, check=False)
        assert (piped.returncode, piped.stdout[:2]) == (1, b"PK")
        reader, terminal = pty.openpty()
        shown = subprocess.run(command, stdout=terminal, stderr=subprocess.PIPE, check=False)
        os.close(terminal)
        os.close(reader)
        assert shown.returncode == 2
        assert b"--format xlsx is nothing for a terminal; give --output report.xlsx" in shown.stderr


def test_an_interrupted_run_leaves_whole_files_and_no_index(folder: Path) -> None:
    """As a process, in the middle of its work."""
    write_alarms(folder / "many.csv", [f"key {number:04}" for number in range(2_000)])
    command = [SCRIPT, "report", "many.csv", *RANGE, *EACH, "--format", "xlsx", "--output", "out/"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while len(list((folder / "out").glob("*.xlsx"))) < 5 and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    finally:
        process.kill()
        process.wait()
    written = names_in(folder / "out")
    assert "index.csv" not in written
    assert not [name for name in written if name.endswith(".part")]
    for name in sorted(written)[:20]:
        openpyxl.load_workbook(folder / "out" / name)


def test_a_terminal_shows_how_many_reports_are_done() -> None:
    """On standard error; the bar is gone at the end."""
    reader, terminal = pty.openpty()
    command = [SCRIPT, "report", "alarms.csv", *RANGE, *EACH, "--format", "xlsx", "--output", "out/"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=terminal)
    os.close(terminal)
    output = b""
    try:
        while piece := os.read(reader, 65_536):
            output += piece
    except OSError:  # how a terminal ends
        pass
    finally:
        os.close(reader)
    assert process.wait(60) == 1
    assert b"of 4 reports" in output
