"""`sla-compliance demo`: what it writes can be read by everything else, and all figures agree."""

from __future__ import annotations

import csv
import json
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine

import sla_compliance as sla
from sla_compliance.cli.commands import commands
from sla_compliance.cli.demo import Files, program, reports, rows_and_terms, write_files
from sla_compliance.cli.demo_alerts import DemoMonths
from sla_compliance.cli.demo_report import write_demo_report
from sla_compliance.compliance import EvaluationKeywords
from sla_compliance.date_ranges import calendar_month
from sla_compliance.outlets import document
from sla_compliance.outlets.html import document_page
from sla_compliance.samples import COLUMNS, SampleProvider, sample_provider
from sla_compliance.server.sample_database import read_alarm_rows, read_windows
from sla_compliance.sources.files import FileAlarmSource
from sla_compliance.sources.maintenance_files import read_maintenance
from sla_compliance.sources.sqlalchemy import (
    SQLAlchemyAlarmSource,
    SQLAlchemyMaintenanceSource,
    SQLAlchemyTenantSource,
    missing_index_statements,
)
from sla_compliance.units import instant_us, moment

NOW = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
PROVIDER = sample_provider(NOW)


def run(*arguments: str) -> Result:
    """The command line, 80 columns wide."""
    return CliRunner(env={"COLUMNS": "80"}).invoke(commands, arguments)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The sample provider's files."""
    files = Files(tmp_path_factory.mktemp("demo"))
    write_files(PROVIDER, files)
    return files


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Files]:
    """What the command says, and where it wrote."""
    folder = tmp_path_factory.mktemp("shown") / "a folder"
    result = run("demo", "--directory", str(folder), "--seed", "3")
    assert result.exit_code == 0, result.output
    return result.stdout, Files(folder)


def in_memory(provider: SampleProvider) -> sla.ComplianceReport:
    """The figures of the rows as they were made."""
    return sla.evaluate(provider.batch(), **provider.terms)


def recorded(report: sla.ComplianceReport) -> list[object]:
    """What is on record of each day, without what is certain of it."""
    return [(day.start_us, day.end_us, day.cells_us) for day in report.days]


def test_the_database_holds_what_was_made(files: Files) -> None:
    """Row by row, to the microsecond."""
    assert tuple(read_alarm_rows(files.database)) == PROVIDER.rows
    assert read_windows(files.database) == PROVIDER.maintenance


def test_figures_from_the_database_are_those_of_the_rows_in_memory(files: Files) -> None:
    """Days, gross, quality and every device."""
    report, resources = reports(PROVIDER, files)
    expected = in_memory(PROVIDER)
    assert (report.days, report.gross, report.quality) == (expected.days, expected.gross, expected.quality)
    assert len(resources) == len(PROVIDER.inventory)


def test_figures_from_the_exports_are_the_same(files: Files) -> None:
    """The files are what the report command reads."""
    batch = FileAlarmSource(files.alarms, on_invalid="quarantine", clock_skew=timedelta(0)).read()
    terms = PROVIDER.terms
    terms["maintenance"] = read_maintenance(files.maintenance)
    assert sla.evaluate(batch, **terms).days == in_memory(PROVIDER).days


def test_the_sql_sources_read_the_database_as_it_stands(files: Files) -> None:
    """Its tables are called and built as the platform's: alarms, windows, the tenant, and the index requests need."""
    engine = create_engine(f"sqlite:///{files.database}")
    bounds = (instant_us(PROVIDER.start, field="start"), instant_us(PROVIDER.end, field="end"))
    source = SQLAlchemyAlarmSource(engine, on_invalid="quarantine")
    terms = PROVIDER.terms
    terms["maintenance"] = SQLAlchemyMaintenanceSource(engine).fetch("demo", *bounds)
    from_database = sla.evaluate(source.fetch_details("demo", *bounds), **terms)
    expected = in_memory(PROVIDER)
    assert recorded(from_database) == recorded(expected)
    assert from_database.days == expected.days
    assert len(source.fetch("somebody else", *bounds)) == 0
    tenant = SQLAlchemyTenantSource(engine).fetch("demo")
    assert tenant is not None
    assert tenant.zone == "Europe/Berlin"
    assert missing_index_statements(engine) == ()
    engine.dispose()


def test_the_alarms_table_has_the_columns_of_the_platform(files: Files) -> None:
    """In its order, with an index on what requests ask for."""
    with closing(sqlite3.connect(files.database)) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(alarms)")]
        indexes = [row[1] for row in database.execute("PRAGMA index_list(alarms)") if row[3] == "c"]  # beside the key's
        tenants = database.execute("SELECT id, timezone FROM tenants").fetchall()
    assert columns == list(COLUMNS)
    assert indexes == ["ix_alarms_window"]
    assert tenants == [("demo", "Europe/Berlin")]


def test_it_shows_every_day_the_worst_resources_and_the_quality(shown: tuple[str, Files]) -> None:
    """A newcomer sees it all on one screenful after another, none wider than 80 columns."""
    text, files = shown
    table = text.partition("Total, 90 days")[0]
    assert (
        sum(
            line.lstrip("✗! x").startswith(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
            for line in table.splitlines()
        )
        == 90
    )
    assert "Without exclusions" in text
    assert "whose severity was overwritten" in text
    assert "of 300 devices were ever down" in text
    paths = (str(files.folder),)
    assert [line for line in text.splitlines() if len(line) > 80 and not any(path in line for path in paths)] == []


def test_it_writes_a_page_and_prints_its_path(shown: tuple[str, Files]) -> None:
    """On a line of its own, whole, however long it is."""
    text, files = shown
    assert f"\n  {files.page.resolve()}\n" in text
    assert files.page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_page_is_that_of_the_figures_shown(shown: tuple[str, Files]) -> None:
    """Terminal and page say the same."""
    text, files = shown
    total = next(line for line in text.splitlines() if "Total, 90 days" in line)
    availability = total.split()[4]
    assert f">{availability}\u202f%</dd>" in files.page.read_text(encoding="utf-8")


def test_the_command_to_try_next_works(shown: tuple[str, Files]) -> None:
    """It reads the exports as of the same instant; only the time nobody was watching counts as up there."""
    text, files = shown
    command = text.partition("Try next")[2].partition("\n")[2].partition("\n\n")[0].replace("\\\n", " ")
    name, *arguments = shlex.split(command)
    result = run(*arguments)
    assert (name, result.exit_code) == ("sla-compliance", 1), result.output
    asked = dict(zip(arguments[2::2], arguments[3::2], strict=True))
    provider = sample_provider(datetime.fromisoformat(asked["--as-of"]), seed=3)
    terms = provider.terms
    del terms["monitored"]
    expected = sla.evaluate(provider.batch(), **terms)
    assert f" {expected.total.compliance_text} % " in next(
        line for line in result.stdout.splitlines() if "Total, 90 days" in line
    )
    assert files.alarms.exists()


def test_rows_that_say_they_are_over_leave_at_most_a_day_unconfirmed(files: Files, tmp_path: Path) -> None:
    """Of 90. One of them says that it is over and not when: the next alarm of its port bounds it."""
    with files.alarms.open(encoding="utf-8", newline="") as exported:
        rows = list(csv.DictReader(exported))
    rows_over = [row for row in rows if row["status"] in ("cleared", "resolved", "closed")]
    assert any(not row["cleared_at"] and not row["resolved_at"] for row in rows_over)
    with (tmp_path / "over.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows_over)
    dates = ("--from", PROVIDER.start.date().isoformat(), "--to", NOW.date().isoformat(), "--as-of", NOW.isoformat())
    options = ("--zone", PROVIDER.zone, *dates, "--maintenance", str(files.maintenance), "--format", "json", "--detail")
    result = run("report", str(tmp_path / "over.csv"), *options)
    days = json.loads(result.stdout)
    assert len(days) == 90
    assert len([day for day in days if not day["is_confirmed"]]) <= 1
    assert "1 alarm cleared or resolved without a time" in result.stderr


def test_running_it_again_replaces_its_files(shown: tuple[str, Files]) -> None:
    """It is no error to be curious twice."""
    files = shown[1]
    before = files.alarms.read_bytes()
    assert run("demo", "--directory", str(files.folder), "--seed", "4").exit_code == 0
    assert files.alarms.read_bytes() != before
    assert len(read_alarm_rows(files.database)) == 1_000


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    """With one message and exit code 2."""
    (tmp_path / "taken").write_text("")
    for folder in ("taken", "taken/below"):
        result = run("demo", "--directory", str(tmp_path / folder))
        assert (result.exit_code, "Traceback" in result.output) == (2, False)
        assert "taken" in result.output


def test_the_program_is_called_by_a_name_that_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From an environment below the working directory by its path there, else by its plain name."""
    monkeypatch.chdir(tmp_path)
    assert program(str(tmp_path / ".nox" / "demo" / "bin" / "sla-compliance")) == ".nox/demo/bin/sla-compliance"
    assert program("/usr/bin/sla-compliance") == program("/usr/bin/pytest") == "sla-compliance"


def test_the_page_is_the_same_for_the_same_moment(files: Files) -> None:
    """Nothing on it depends on when or where it is written."""
    page = document_page(document(reports(PROVIDER, files)[0], title="Sample provider"))
    assert page == document_page(document(in_memory(PROVIDER), title="Sample provider"))


def test_it_needs_the_packages_of_its_own_extra_alone(tmp_path: Path) -> None:
    """Neither SQLAlchemy nor anything of a web server is imported."""
    others = (
        "sqlalchemy",
        "psycopg",
        "fastapi",
        "starlette",
        "uvicorn",
        "jwt",
        "prometheus_client",
        "redis",
    )
    program = f"import sys; sys.modules.update(dict.fromkeys({others})); from sla_compliance.cli import main; main()"
    command = [sys.executable, "-c", program, "demo", "--directory", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(read_alarm_rows(tmp_path / "sample.sqlite")) == 1_000


class TestReportOfAMonth:
    """`demo --report pdf`: a file to open, as a customer gets it."""

    @pytest.mark.parametrize(("name", "start"), [("pdf", b"%PDF-"), ("xlsx", b"PK"), ("html", b"<!doctype html>")])
    def test_a_newcomer_has_a_file_to_open(
        self, name: str, start: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In the current folder, and its path is said."""
        monkeypatch.chdir(tmp_path)
        result = run("demo", "--report", name)
        assert result.exit_code == 0, result.output
        assert f"Open the report of last month\n  {tmp_path / f'demo.{name}'}\n" in result.stdout
        assert (tmp_path / f"demo.{name}").read_bytes().startswith(start)

    def test_it_is_the_last_whole_month(self, files: Files, tmp_path: Path) -> None:
        """With the figures of that month alone, and the same bytes each time."""
        contents = set()
        for number in range(2):
            path = write_demo_report(*rows_and_terms(PROVIDER, files), "html", tmp_path / f"{number}.html")
            contents.add(path.read_bytes())
        (page,) = contents
        start, end = calendar_month("2026-10", zone=PROVIDER.zone)
        batch, terms = rows_and_terms(PROVIDER, files)
        terms_of_month: EvaluationKeywords = {**terms, "start": start, "end": end}
        month = sla.evaluate(batch, **terms_of_month)
        assert f"{month.total.compliance_text}" in page.decode()
        assert "Oct\N{NO-BREAK SPACE}31, 2026" in page.decode()

    def test_an_output_needs_a_report(self, tmp_path: Path) -> None:
        """Nothing is written."""
        result = run("demo", "--directory", str(tmp_path / "demo"), "--output", "x.pdf")
        assert result.exit_code == 2
        assert "--output is the file of --report; give --report too" in result.stderr
        other = run("demo", "--directory", str(tmp_path / "demo"), "--report", "pdf", "--output", "x.xlsx")
        assert other.exit_code == 2
        assert "--output x.xlsx ends in .xlsx, and its format is pdf; change one of them" in other.stderr
        assert not (tmp_path / "demo").exists()


def test_alerts_of_the_sample_are_replayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each month that is lost is told once; nothing is written. The library's own figures say which months are."""
    monkeypatch.chdir(tmp_path)
    result = run("demo", "--alerts", "--seed", "1")
    assert result.exit_code == 0, result.output
    assert list(tmp_path.iterdir()) == []
    lines = result.stdout.splitlines()
    provider = sample_provider(datetime.now(UTC).replace(microsecond=0), seed=1)
    months = DemoMonths.of(provider)
    lost = 0
    for start_us, end_us in pairwise(months.edges_us):
        report = sla.evaluate(
            provider.batch(),
            start=moment(start_us),
            end=moment(end_us),
            zone=provider.zone,
            as_of=provider.now,
            maintenance=provider.maintenance,
            monitored=provider.monitored,
        )
        lost += report.total.is_breached and report.total.is_confirmed
    assert len([line for line in lines if line.endswith("  BREACHED")]) == lost
    assert lines[0].endswith("by a target of 99.9 % (made up)")
