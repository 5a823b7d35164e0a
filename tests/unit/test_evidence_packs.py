"""Evidence packs: what is in them, that they verify anywhere, and that nothing in them can be changed unnoticed."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sla_compliance import (
    Accounting,
    Alarm,
    Correction,
    Counts,
    Exclusion,
    InvalidValueError,
    MaintenanceWindow,
    Scope,
    ServiceHours,
    SLAPolicy,
    State,
    __version__,
    evaluate,
)
from sla_compliance.analysis import restate, statement
from sla_compliance.outlets._evidence import verify as program
from sla_compliance.outlets.evidence_pack import evidence_pack
from sla_compliance.report import ComplianceReport
from tests.unit.forged_packs import Files, faults, files_of, forged, relabelled, table, text_of, write

PROGRAM = Path(program.__file__)
NAMES = {
    "README.txt", "statement.json", "policy.json", "rows.csv", "windows.csv", "corrections.csv", "ledger.csv",
    "verify.py", "digests.txt",
}  # fmt: skip
AFTER = datetime(2026, 11, 3, tzinfo=UTC)
CUSTOM = Accounting({(Scope.AGREED, State.UNKNOWN): Counts.UP, (Scope.OUT_OF_HOURS, State.DOWN): Counts.DOWN})


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


def october(**changes: Any) -> ComplianceReport:
    """A month in which every rule matters, with a change of clocks on the 25th."""
    alarms = [
        Alarm(at(2, 8), at(2, 9), id="16", resource_id="olt-1"),
        Alarm(at(2, 9, 3), at(2, 9, 30), id="17", resource_id="olt-2"),
        Alarm(at(5, 9), at(5, 9, 40), id="18", resource_id="olt-1"),
        Alarm(at(6, 1), at(6, 2), id="19", resource_id="olt-2"),
        Alarm(at(7, 8), at(7, 8, 1), id="short", resource_id="olt-2"),
        Alarm(at(24, 20), at(25, 12), id='=HYPERLINK("x")', resource_id="'\n Zürich \ud800 中"),
        Alarm(at(12, 9), at(12, 10), resource_id="olt-3"),
    ]
    arguments: dict[str, Any] = {
        "start": datetime.fromisoformat("2026-10-01T00:00:00+02:00"),
        "end": datetime.fromisoformat("2026-11-01T00:00:00+01:00"),
        "zone": "Europe/Paris",
        "as_of": AFTER,
        "policy": SLAPolicy(
            "99.95", accounting=CUSTOM, merge_gap=timedelta(minutes=5), min_outage=timedelta(minutes=2)
        ),
        "maintenance": [
            MaintenanceWindow(at(5, 9), at(5, 9, 30), reason="firmware"),
            MaintenanceWindow(at(2, 8), at(2, 8, 45), applies_to={"resource_id": ["olt-1"]}),
        ],
        "exclusions": [
            Exclusion(at(12, 9), at(12, 12), reason="no access", applies_to={"resource_id": ["olt-3", "olt-4"]}),
            Exclusion(at(13), at(14), reason="strike"),
        ],
        "service_hours": ServiceHours.weekly({"mon-sun": "06:00-22:00"}),
        "in_service": [(at(1, 12), at(31, 12))],
        "monitored": [(at(1), at(20, 10)), (at(20, 10, 1), at(30)), (at(30, 10), AFTER)],
        "monitor_gap": timedelta(minutes=2),
        "corrections": [Correction("18", ends=at(5, 10), reason="log of the device", author="ana", entered_at=at(20))],
    }  # fmt: skip
    return evaluate(alarms, **{**arguments, **changes})


def pack(report: ComplianceReport | None = None, **changes: Any) -> bytes:
    arguments = {"tenant": "acme", "issued_by": "ana", "issued_at": AFTER + timedelta(days=30), **changes}
    return evidence_pack(october() if report is None else report, **arguments)


def run_bare(command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env={}, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def files() -> Files:
    """The files of a pack."""
    return files_of(pack())


class TestPack:
    def test_it_verifies_as_a_zip_and_as_a_folder(self, tmp_path: Path, files: Files) -> None:
        (tmp_path / "pack.zip").write_bytes(pack())
        assert faults(tmp_path / "pack.zip") == faults(write(tmp_path / "folder", files)) == []
        assert files.keys() == NAMES

    def test_every_rule_matters_in_it(self, files: Files) -> None:
        """Otherwise these tests would notice nothing."""
        ledger = table(files["ledger.csv"])[1:]
        assert {row[2] for row in ledger} == {str(scope) for scope in Scope}
        assert {row[3] for row in ledger} == {str(state) for state in State} - {"NOT_YET"}
        assert [len(table(files[name])) for name in ("rows.csv", "windows.csv", "corrections.csv")] == [8, 5, 2]

    def test_it_says_which_version_made_it(self, files: Files) -> None:
        """An auditor takes the program from the same library."""
        assert f"made by sla-compliance {__version__}." in files["README.txt"].decode()

    def test_two_processes_write_the_same_bytes(self) -> None:
        code = "import sys; from tests.unit.test_evidence_packs import pack; sys.stdout.buffer.write(pack())"
        environments = [
            {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone} for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
        ]
        outputs = [
            subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True).stdout
            for environment in environments
        ]
        assert outputs[0] == outputs[1] == pack()

    def test_its_program_runs_on_a_bare_python(self, tmp_path: Path, files: Files) -> None:
        """Without this library, its environment and any other package; in the folder and on the zip."""
        (tmp_path / "pack.zip").write_bytes(pack())
        folder = write(tmp_path / "folder", files)
        python = Path(sys.base_prefix) / "bin" / Path(sys.executable).name
        digest = json.loads(files["statement.json"])["digest"]
        for arguments in (["verify.py"], ["verify.py", "../pack.zip"], ["verify.py", "../pack.zip", digest[:16]]):
            run = run_bare([python, "-I", "-S", *arguments], folder)
            assert (run.returncode, run.stderr, run.stdout.count("ok    ")) == (0, "", 7)
        run = run_bare([python, "-I", "-S", "verify.py", ".", "00"], folder)
        assert (run.returncode, run.stderr, run.stdout.count("FAIL  ")) == (1, "", 1)

    def test_its_program_says_how_it_is_used(self, tmp_path: Path, files: Files) -> None:
        """And nothing of a pack, where it is given too much."""
        (tmp_path / "verify.py").write_bytes(files["verify.py"])
        for arguments in (["-h"], ["--help"], ["pack.zip", "5ce0", "more"], ["pack.zip", ""]):
            run = run_bare([sys.executable, "-I", "verify.py", *arguments], tmp_path)
            assert (run.returncode, run.stdout) == (1, "")
            assert run.stderr.startswith("Verify an evidence pack: python verify.py [PACK.zip")

    def test_its_program_is_plain_python_of_3_8(self) -> None:
        """Its syntax, and modules of the standard library that are not young."""
        tree = ast.parse(PROGRAM.read_text(encoding="utf-8"), feature_version=(3, 8))
        modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert modules == {
            "__future__", "collections", "csv", "datetime", "fractions", "hashlib", "io", "json", "math", "pathlib",
            "re", "sys", "typing", "zipfile",
        }  # fmt: skip

    def test_sha256sum_checks_the_digests(self, tmp_path: Path, files: Files) -> None:
        folder = write(tmp_path / "folder", files)
        subprocess.run(["sha256sum", "-c", "--strict", "digests.txt"], cwd=folder, check=True, capture_output=True)

    def test_a_second_reader_opens_the_rows(self, files: Files) -> None:
        """A spreadsheet computes none of the cells, and each row is one line."""
        pandas = pytest.importorskip("pandas")
        frame = pandas.read_csv(io.BytesIO(files["rows.csv"]), dtype=str)
        assert list(frame.columns) == ["id", "start", "end", "severity", "resource_id"]
        assert frame["start"][0] == "2026-10-02T10:00:00+02:00"
        assert not any(str(cell)[:1] in "=+-@" for column in frame.columns for cell in frame[column])
        assert len(files["rows.csv"].splitlines()) == 8

    def test_an_empty_month_and_one_in_progress_verify(self, tmp_path: Path) -> None:
        path = tmp_path / "pack.zip"
        quiet = evaluate([], start=at(1), end=at(31), zone="UTC", as_of=AFTER)
        for report in (quiet, october(as_of=at(12, 9, 20)), october(start=at(3), end=at(3))):
            path.write_bytes(pack(report, provisional=True))
            assert faults(path) == []

    def test_one_of_the_periods_of_a_report(self, tmp_path: Path) -> None:
        report = october()
        day = report.days[4].counted_as(Accounting.GROSS).with_target("90")
        (tmp_path / "pack.zip").write_bytes(pack(report, record=day))
        assert faults(tmp_path / "pack.zip") == []
        assert len(table(files_of(pack(report, record=day))["rows.csv"])) == 2

    def test_a_window_that_names_thousands_of_alarms(self, tmp_path: Path) -> None:
        names = [f"olt-{number}" for number in range(20_000)]
        work = MaintenanceWindow(at(5), at(6), applies_to={"resource_id": names})
        (tmp_path / "pack.zip").write_bytes(pack(october(maintenance=[work])))
        run = run_bare([sys.executable, PROGRAM, "pack.zip"], tmp_path)
        assert (run.returncode, run.stderr) == (0, "")


class TestStatementThatIsGiven:
    def test_the_statement_stands_in_it(self) -> None:
        report = october()
        first = statement(report, tenant="acme", issued_at=AFTER, issued_by="ana")
        document = json.loads(files_of(evidence_pack(report, statement=first))["statement.json"])
        assert (document["digest"], document["lines"]) == (first.digest, None)

    def test_one_of_other_facts_is_refused(self) -> None:
        report = october()
        first = statement(report, tenant="acme", issued_at=AFTER, issued_by="ana")
        for name, other in (
            ("policy", october(policy=SLAPolicy("99"))),
            ("input_digest", october(corrections=[])),
            ("day_cells", october(monitored=None)),
            ("start_us", october(start=at(2))),
        ):
            with pytest.raises(InvalidValueError, match=f"statement has another {name} than the report"):
                evidence_pack(other, statement=first)
        with pytest.raises(InvalidValueError, match="statement has another figures"):
            evidence_pack(report, statement=first, record=report.total.counted_as(Accounting.GROSS))

    def test_one_that_supersedes_another(self, tmp_path: Path) -> None:
        first = statement(october(corrections=[]), tenant="acme", issued_at=AFTER, issued_by="ana")
        second = restate(first, october(), issued_at=AFTER, issued_by="ana", reason="a correction")
        (tmp_path / "pack.zip").write_bytes(evidence_pack(october(), statement=second))
        assert faults(tmp_path / "pack.zip", second.digest) == []
        assert faults(tmp_path / "pack.zip", first.digest) != []

    def test_who_issues_it_has_to_be_said(self) -> None:
        with pytest.raises(InvalidValueError, match="tenant is blank"):
            evidence_pack(october())

    def test_a_pack_that_no_program_would_read_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(program, "MOST_PACK_BYTES", 10_000)
        with pytest.raises(InvalidValueError, match="more rows than an evidence pack holds"):
            pack()


class TestAlteredFiles:
    @pytest.mark.parametrize("name", sorted(NAMES))
    def test_any_byte_of_any_file(self, tmp_path: Path, files: Files, name: str) -> None:
        folder, content = write(tmp_path / "folder", files), files[name]
        for place in [0, 1, len(content) // 3, len(content) // 2, len(content) - 2, len(content) - 1]:
            for altered in (content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :], content[:place]):
                (folder / name).write_bytes(altered)
                assert faults(folder) != []

    @pytest.mark.parametrize("name", ["rows.csv", "windows.csv", "corrections.csv", "ledger.csv"])
    @pytest.mark.parametrize("change", ["drop", "double", "move"])
    def test_rows_that_are_dropped_or_doubled_by_a_forger(
        self, tmp_path: Path, files: Files, name: str, change: str
    ) -> None:
        header, *rows = table(files[name])
        for place in range(len(rows)):
            altered = [
                row
                for number, row in enumerate(rows)
                for _ in range({"drop": 0, "double": 2, "move": 0}[change] if number == place else 1)
            ]
            if change == "move":
                if name != "ledger.csv" or place == len(rows) - 1:
                    continue  # the order of the others means nothing
                altered.append(rows[place])
            assert faults(write(tmp_path / "folder", forged({**files, name: text_of([header, *altered])}))) != []

    @pytest.mark.parametrize("name", ["rows.csv", "windows.csv", "corrections.csv", "ledger.csv"])
    def test_cells_that_are_changed_by_a_forger(self, tmp_path: Path, files: Files, name: str) -> None:
        header, *rows = table(files[name])
        for place, row in list(enumerate(rows))[:: 25 if name == "ledger.csv" else 2]:
            for column, cell in enumerate(row):
                for other in {"", "x", "2026-10-02T10:00:01+02:00", "UP", "AGREED", "0", "'null", "'5", "true"} - {
                    cell
                }:
                    if (cell, other) == ("", "'null"):
                        continue  # another way to say that there is nothing
                    altered = [*rows[:place], [*row[:column], other, *row[column + 1 :]], *rows[place + 1 :]]
                    content = text_of([header, *altered])
                    assert faults(write(tmp_path / "folder", forged({**files, name: content}))) != [], (row, other)

    def test_figures_that_are_changed_by_a_forger(self, tmp_path: Path, files: Files) -> None:
        document = json.loads(files["statement.json"])
        for name, figure in document["figures"].items():
            if name in ("is_confirmed", "accounting"):  # not computed; a name
                continue
            others: tuple[Any, ...] = (
                None,
                "99.99",
                1,
                0,
                -1,
                "1/1",
                "0/1",
                "1/0",
                "MET",
                "AT_RISK",
                True,
                [],
                {},
                10**30,
            )
            for other in others:
                if other == figure or (name, other) in (("high", "1/1"), ("low", "0/1")):
                    continue
                changed = {**document, "figures": {**document["figures"], name: other}}
                altered = {**files, "statement.json": json.dumps(changed).encode()}
                assert faults(write(tmp_path / "folder", forged(altered))) != [], (name, other)

    def test_facts_of_the_statement_that_are_changed_by_a_forger(self, tmp_path: Path, files: Files) -> None:
        document = json.loads(files["statement.json"])
        days = document["day_cells"]
        first, *_, last = days
        changes: list[dict[str, Any]] = [
            {"start_us": document["start_us"] + 1},
            {"end_us": document["end_us"] - 1},
            {"as_of_us": document["start_us"]},
            {"policy": "0" * 16},
            {"input_digest": "0" * 64},
            {"corrections": []},
            {"day_cells": {}},
            {"day_cells": {date: cells for date, cells in days.items() if date != last}},
            {"day_cells": {**days, "2026-11-01": {"AGREED/UP": 1}}},
            {"day_cells": {**days, first: days[last], last: days[first]}},
            {"day_cells": {**days, "2026-10-09": {**days["2026-10-09"], "AGREED/DOWN": 0}}},
            {"day_cells": {**days, "2026-10-09": {"AGREED/UP": sum(days["2026-10-09"].values())}}},
            {"day_cells": {**days, "2026-10-09": {"AGREED/UP": -1}}},
            {"day_cells": {**days, "2026-10-09": 5}},
            {"day_cells": []},
        ]
        for change in changes:
            altered = {**files, "statement.json": json.dumps({**document, **change}).encode()}
            assert faults(write(tmp_path / "folder", forged(altered))) != [], change

    def test_terms_that_are_changed_by_a_forger(self, tmp_path: Path, files: Files) -> None:
        terms = json.loads(files["policy.json"])
        changes: list[dict[str, Any]] = [{name: []} for name in ("in_service", "service_hours", "monitored")]
        changes += [
            {name: [["2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00"]]}
            for name in ("in_service", "service_hours")
        ]
        changes += [{"monitored": [["2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00"]]}]
        changes += [{"rules": {**terms["rules"], name: 0}} for name in terms["rules"] if terms["rules"][name] != 0]
        changes += [{"target": target} for target in ("0", "1", "999/1000", "1/0", "x", 5, None, "-1/2", "1e999999999")]
        changes += [{"accounting": {}}, {"monitor_gap_us": 0}, {"rules": None}]
        changes += [
            {"accounting": {name: count for name, count in terms["accounting"].items() if name != changed}}
            for changed in ("AGREED/UP", "AGREED/DOWN", "AGREED/UNKNOWN", "OUT_OF_HOURS/DOWN", "AGREED/EXCUSED_OTHER")
        ]
        for change in changes:
            altered = {**files, "policy.json": json.dumps({**terms, **change}).encode()}
            assert faults(write(tmp_path / "folder", forged(altered))) != [], change

    def test_files_that_are_swapped(self, tmp_path: Path, files: Files) -> None:
        names = sorted(NAMES - {"README.txt", "verify.py", "digests.txt"})
        for left in names:
            for right in names:
                if left < right:
                    altered = {**files, left: files[right], right: files[left]}
                    assert faults(write(tmp_path / "folder", altered)) != []

    def test_the_rows_of_another_pack(self, tmp_path: Path, files: Files) -> None:
        """Whose statement and digests are its own: the ledger and the figures are not those of these rows."""
        other = files_of(pack(october(corrections=[])))
        document = json.loads(files["statement.json"])
        stolen = json.loads(other["statement.json"])
        document |= {"input_digest": stolen["input_digest"], "corrections": []}
        altered = {**files, "statement.json": json.dumps(document).encode()}
        altered |= {name: other[name] for name in ("rows.csv", "corrections.csv")}
        assert faults(write(tmp_path / "folder", forged(altered))) == ["states: the ledger is down where no row is"]

    @pytest.mark.parametrize(
        ("states", "fault"),
        [
            (("AGREED", "DOWN", "UP"), "the ledger is down|a row is down|UP is not"),
            (("AGREED", "UP", "DOWN"), "the ledger is down where no row is"),
            (("AGREED", "DOWN", "EXCUSED_OTHER"), "are not when windows excuse alarms"),
            (("AGREED", "EXCUSED_MAINTENANCE", "EXCUSED_OTHER"), "EXCUSED_MAINTENANCE are not when"),
            (("AGREED", "UNKNOWN", "UP"), "unmonitored time is known"),
            (("AGREED", "UP", "UNKNOWN"), "time is UNKNOWN that was monitored"),
            (("AGREED", "UP", "NOT_YET"), "NOT_YET is not what lies after as_of"),
            (("AGREED", "UP", "FINE"), "UP is not all other time"),
        ],
    )
    def test_a_ledger_of_other_states_with_days_and_figures_to_match(
        self, tmp_path: Path, files: Files, states: tuple[str, str, str], fault: str
    ) -> None:
        """What a forger who can count would do: rows and windows say otherwise."""
        scope, old, new = states
        altered = relabelled(files, lambda row: [*row[:3], new, row[4]] if row[2:4] == [scope, old] else row)
        (said,) = [line for line in faults(write(tmp_path / "folder", altered)) if line.startswith("states")]
        assert any(part in said for part in fault.split("|"))

    @pytest.mark.parametrize("old", ["NOT_IN_SERVICE", "OUT_OF_HOURS", "MAINTENANCE", "EXCLUDED", "AGREED"])
    def test_a_ledger_of_other_scopes(self, tmp_path: Path, files: Files, old: str) -> None:
        new = "EXCLUDED" if old != "EXCLUDED" else "AGREED"
        altered = relabelled(files, lambda row: [*row[:2], new, *row[3:]] if row[2] == old else row)
        (said,) = [line for line in faults(write(tmp_path / "folder", altered)) if line.startswith("owed")]
        assert "is not when hours and windows say" in said

    def test_alarms_that_are_children_are_taken_from_the_pack(self, tmp_path: Path) -> None:
        """Which they are is not known, and an excuse outside the window is noticed all the same."""
        work = MaintenanceWindow(at(2, 8), at(2, 8, 45), applies_to={"resource_id": ["olt-9"]}, with_children=True)
        files = files_of(pack(october(maintenance=[work], exclusions=[], policy=SLAPolicy("99"))))
        assert faults(write(tmp_path / "folder", files)) == []
        altered = relabelled(files, lambda row: [*row[:3], "EXCUSED_MAINTENANCE", row[4]] if row[3] == "DOWN" else row)
        assert any("are not when windows excuse" in line for line in faults(write(tmp_path / "folder", altered)))


class TestHostilePacks:
    """Each is a line that begins with `read`, and nothing is written or read elsewhere."""

    @pytest.mark.parametrize(
        "content",
        [b"", b"PK", b"PK\5\6" + bytes(18), bytes(1000), b"PK\3\4" + bytes(100), b"\x1f\x8b" + bytes(50)],
        ids=["empty", "PK", "no files", "zeros", "cut", "gzip"],
    )
    def test_what_is_no_zip(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "pack.zip").write_bytes(content)
        assert len(faults(tmp_path / "pack.zip")) == 1

    @pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "C:\\x", "a/rows.csv", "rows.csv\n", "\x1b[2J", "éa"])
    def test_names_that_are_none_of_a_pack(self, tmp_path: Path, files: Files, name: str) -> None:
        with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
            for other, content in {**files, name: b"x"}.items():
                archive.writestr(other, content)
        (said,) = faults(tmp_path / "pack.zip")
        assert said.startswith("read: it lacks, or has besides those of a pack, [")
        assert said.isprintable()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["pack.zip"]

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_a_name_that_is_there_twice(self, tmp_path: Path, files: Files) -> None:
        with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
            for name, content in [*files.items(), ("rows.csv", b"other")]:
                archive.writestr(name, content)
        assert faults(tmp_path / "pack.zip") == ["read: it lacks, or has besides those of a pack, ['rows.csv']"]

    @pytest.mark.parametrize("name", sorted(NAMES))
    def test_a_file_that_is_missing(self, tmp_path: Path, files: Files, name: str) -> None:
        folder = write(tmp_path / "folder", files)
        (folder / name).unlink()
        assert faults(folder) == [f"read: it lacks, or has besides those of a pack, ['{name}']"]

    def test_links_and_folders_are_not_followed(self, tmp_path: Path, files: Files) -> None:
        folder = write(tmp_path / "folder", files)
        secret = tmp_path / "secret"
        secret.write_bytes(files["rows.csv"])
        (folder / "rows.csv").unlink()
        (folder / "rows.csv").symlink_to(secret)
        assert faults(folder) == ["read: no such file, or it is no plain one"]
        (folder / "rows.csv").unlink()
        (folder / "rows.csv").mkdir()
        assert faults(folder) == ["read: no such file, or it is no plain one"]
        (folder / "rows.csv").rmdir()
        os.mkfifo(folder / "rows.csv")
        assert faults(folder) == ["read: no such file, or it is no plain one"]

    def test_a_zip_bomb_is_not_unpacked(self, tmp_path: Path, files: Files) -> None:
        with zipfile.ZipFile(tmp_path / "pack.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                with archive.open(name, "w") as entry:
                    entry.write(content)
                    for _ in range(300 if name == "rows.csv" else 0):
                        entry.write(bytes(1 << 20))
        assert (tmp_path / "pack.zip").stat().st_size < 1 << 20
        assert faults(tmp_path / "pack.zip") == ["read: it is too large when unpacked"]

    def test_a_zip_that_lies_about_its_sizes_or_has_too_many_files(self, tmp_path: Path) -> None:
        content = bytearray(pack())
        directory = content.index(b"PK\1\2")
        content[directory + 24 : directory + 28] = b"\x05\x00\x00\x00"  # the size when unpacked
        (tmp_path / "pack.zip").write_bytes(content)
        assert len(faults(tmp_path / "pack.zip")) == 1
        with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
            for number in range(2_000):
                archive.writestr(f"{number}", b"")
        assert faults(tmp_path / "pack.zip") == ["read: it is no zip of a pack"]

    def test_a_pack_that_was_compressed_again_verifies(self, tmp_path: Path, files: Files) -> None:
        with zipfile.ZipFile(tmp_path / "pack.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name in reversed(files):
                archive.writestr(name, files[name])
        assert faults(tmp_path / "pack.zip") == []

    @pytest.mark.parametrize("name", ["statement.json", "policy.json"])
    @pytest.mark.parametrize(
        "content",
        [
            b"", b"{", b"[]", b"null", b"5", b"\xff\xfe", b'{"figures": NaN}', b'{"start_us": 1e999}', b"[" * 100_000,
            b'{"start_us": ' + b"9" * 10_000 + b"}", b'{"a": 1, "a": 2}', b'{"figures": {}, "rules": {}}', b'"x"',
        ],
        ids=range(13),
    )  # fmt: skip
    def test_broken_json(self, tmp_path: Path, files: Files, name: str, content: bytes) -> None:
        lines = faults(write(tmp_path / "folder", {**files, name: content}))
        assert [line.isprintable() for line in lines] == [True] * len(lines) != []

    @pytest.mark.parametrize(
        "number", [b"NaN", b"Infinity", b"-1", b"1.0", b"1e400", b"true", b"null", b"[]", b"9" * 5_000]
    )
    def test_numbers_that_are_none(self, tmp_path: Path, files: Files, number: bytes) -> None:
        document = files["statement.json"]
        for name in (b"start_us", b"end_us", b"as_of_us", b"downtime_us", b"sla_breaches"):
            value = str({**(said := json.loads(document)), **said["figures"]}[name.decode()]).encode()
            altered = document.replace(b'"' + name + b'": ' + value, b'"' + name + b'": ' + number)
            assert altered != document
            assert faults(write(tmp_path / "folder", {**files, "statement.json": altered})) != []

    @pytest.mark.parametrize("name", ["rows.csv", "windows.csv", "corrections.csv", "ledger.csv"])
    @pytest.mark.parametrize(
        "line",
        [
            b"",
            b"x\n",
            b'"',
            b"\0\n",
            b"\xff\n",
            b",,,,\n",
            b"'{,,,,\n",
            b"'" + b"[" * 50_000 + b",,,,\n",
            b"\n",
            b"a" * 200_000,
        ],
        ids=range(10),
    )
    def test_broken_tables(self, tmp_path: Path, files: Files, name: str, line: bytes) -> None:
        header = files[name].splitlines(keepends=True)[0]
        for content in (line, header + line, files[name] + line):
            if content != files[name] and content != header:
                lines = faults(write(tmp_path / "folder", {**files, name: content}))
                assert [text.isprintable() for text in lines] == [True] * len(lines) != []


def test_statements_that_differ_by_a_replaced_field_have_other_digests() -> None:
    """The digest that a reader knows decides, for whoever forges all of a pack forges its digest too."""
    report = october()
    first = statement(report, tenant="acme", issued_at=AFTER, issued_by="ana")
    assert replace(first, issued_by="bob").digest != first.digest
