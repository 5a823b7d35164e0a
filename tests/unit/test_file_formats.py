"""Files beyond plain tables: objects around rows, titles above them, Parquet, workbooks, logs, hostile input."""

from __future__ import annotations

import gzip
import json
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import perf_counter
from typing import Any

import openpyxl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pyarrow import parquet

import sla_compliance as sla
from sla_compliance.rows.options import COMMAND_LINE
from sla_compliance.sources.files import FileAlarmSource, FileChangeSource
from sla_compliance.units import instant_us
from sla_compliance.validation import STILL_ACTIVE_US

RAISED, CLEARED = "2026-10-01T09:00:00Z", "2026-10-01T10:00:00Z"
NINE = instant_us(datetime(2026, 10, 1, 9, tzinfo=UTC), field="nine")
HOUR_US = 3_600_000_000
ROW = {"severity": "major", "first_occurrence": RAISED, "cleared_at": CLEARED}
AT_ONCE_S = 5.0
BOUNDED_BYTES = 200_000_000


def written(path: Path, content: object) -> Path:
    """Write a file of bytes, text, or a JSON value."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


class TestObjectAroundTheRows:
    """APIs answer with one object, and in it a list."""

    @pytest.mark.parametrize("indent", [None, 1])
    @pytest.mark.parametrize(
        "answer",
        [
            {"incidents": [ROW]},
            {"status": "ok", "data": {"alerts": [ROW], "groups": []}, "tags": ["a", {"b": 1}], "more": False},
            {"hits": {"total": 1, "hits": [ROW]}, "took": 3.5},
        ],
    )
    def test_the_only_list_of_objects_holds_the_rows(self, answer: object, indent: int | None, tmp_path: Path) -> None:
        """At any depth, on one line or on many."""
        path = written(tmp_path / "a.json", json.dumps(answer, indent=indent))
        batch = FileAlarmSource(path).read()
        assert (batch.starts_us, batch.ends_us) == ((NINE,), (NINE + HOUR_US,))

    def test_many_rows_are_streamed_with_their_lines(self, tmp_path: Path) -> None:
        """A fault names line and item."""
        rows = [{**ROW, "id": number} for number in range(5000)]
        rows[4000] = {**ROW, "severity": "x"}
        text = json.dumps({"about": {"a": 1}, "rows": rows}, indent=0)
        path = written(tmp_path / "a.json", text)
        line = text.splitlines().index('"severity": "x",')  # the object begins on the line above it
        with pytest.raises(sla.InvalidAlarmsError, match=rf"a\.json:{line} \(item 4001\) severity is 'x'"):
            FileAlarmSource(path).read()

    def test_several_lists_are_named(self, tmp_path: Path) -> None:
        """Whichever comes first, and whatever else they hold."""
        for first in ([{"name": "x"}], [ROW], [{"name": "x"}] * 3000):
            path = written(tmp_path / "a.json", {"services": first, "more": {"incidents": [ROW]}, "empty": []})
            with pytest.raises(
                sla.InvalidFileError, match=r"holds 2 lists of objects, 'services', 'more.incidents'; save"
            ):
                FileAlarmSource(path).read()

    def test_rows_that_lack_what_is_needed_are_refused_as_in_other_files(self, tmp_path: Path) -> None:
        """The list is found, its column is not."""
        path = written(tmp_path / "a.json", {"incidents": [{"created_at": RAISED}]})
        with pytest.raises(sla.InvalidFileError, match="has no column first_occurrence; it has 'created_at'"):
            FileAlarmSource(path).read()
        assert len(FileAlarmSource(path, columns={"first_occurrence": "created_at"}).read()) == 1

    def test_an_object_without_rows_is_no_alarm(self, tmp_path: Path) -> None:
        """A perfect month."""
        assert len(FileAlarmSource(written(tmp_path / "a.json", '{"incidents": [],\n"n": 0}')).read()) == 0

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ('{"a": 1,\n"b": [1, 2]}', "holds an object and in it no list of objects"),
            ('{"a": [{"b": 1}]\n', "is broken JSON: an item is followed by neither ',' nor '}'"),
            ('{"a" 1\n}', "a name is not followed by ':'"),
            ("{1: 2\n}", "a name of a value is no text"),
            ('{"a": [{"b": 1} 2]\n}', "an item is followed by neither ',' nor ']'"),
            ('{"a": [{"b": 1}]\n} x', "holds more text behind its array"),
            ('{"a":' * 100, "nests too deeply"),
        ],
    )
    def test_broken_objects_are_one_error(self, content: str, message: str, tmp_path: Path) -> None:
        """It names the file and the line."""
        with pytest.raises(sla.InvalidFileError) as caught:
            FileAlarmSource(written(tmp_path / "a.json", content)).read()
        assert message in str(caught.value)
        assert ":" in str(caught.value).removeprefix(str(tmp_path))

    def test_a_row_a_line_is_json_lines_even_where_a_row_holds_a_list(self, tmp_path: Path) -> None:
        """A row has what is needed; an object around rows has not."""
        rows = [{**ROW, "services": [{"id": 1}]}] * 2
        path = written(tmp_path / "a.json", "\n".join(map(json.dumps, rows)))
        assert len(FileAlarmSource(path).read()) == 2

    def test_names_with_dots_reach_into_objects(self, tmp_path: Path) -> None:
        """Elsewhere nested values are their JSON text."""
        row = {**ROW, "labels": {"where": {"id": 7}}}
        for name, content in (("a.json", [row, ROW]), ("a.jsonl", f"{json.dumps(row)}\n{json.dumps(ROW)}")):
            path = written(tmp_path / name, content)
            batch = FileAlarmSource(path, columns={"resource_id": "labels.where.id"}).read()
            assert batch.columns["resource_id"] == ("7", None)
            assert batch.columns["labels"] == ('{"where": {"id": 7}}', None)


class TestTitleAboveTheTable:
    """Tools write what they are above what they export."""

    def test_a_header_below_the_first_line_is_named(self, tmp_path: Path) -> None:
        """With its line, so that the lines above can be deleted."""
        content = f"Alarm report;2026\n\nCreated;yesterday\nseverity,first_occurrence\nmajor,{RAISED}\n"
        with pytest.raises(
            sla.InvalidFileError, match=r"a\.csv:1 has its column names on line 4; delete the lines above"
        ):
            FileAlarmSource(written(tmp_path / "a.csv", content)).read()

    def test_a_mapped_header_is_found_too(self, tmp_path: Path) -> None:
        """By the names that the caller gives."""
        content = f"Report\nTime,Level\n{RAISED},major\n"
        path = written(tmp_path / "a.csv", content)
        columns = {"first_occurrence": "Time", "severity": "Level"}
        with pytest.raises(sla.InvalidFileError, match="has its column names on line 2"):
            FileAlarmSource(path, columns=columns).read()

    def test_blank_rows_above_are_no_title(self, tmp_path: Path) -> None:
        """Nor are rows of empty fields."""
        content = f"\n,,\nseverity,first_occurrence,\nmajor,{RAISED},\n"
        assert len(FileAlarmSource(written(tmp_path / "a.csv", content)).read()) == 1


class TestOptions:
    """The options of rows, at files."""

    def test_local_times_numbers_and_words(self, tmp_path: Path) -> None:
        """As for other rows; each format means the same."""
        rows: list[dict[str, Any]] = [
            {"When": "2026-10-01 11:00", "Until": "2026-10-01 12:00", "Level": "High", "State": "Done"},
            {"When": NINE // 10**6, "Until": NINE / 10**6 + 60.5, "Level": 2, "State": None},
        ]
        options: dict[str, Any] = {
            "columns": {"first_occurrence": "When", "cleared_at": "Until", "severity": "Level", "status": "State"},
            "times_in": "Europe/Berlin",
            "epoch": "s",
            "severity_map": {"critical": "HIGH", "minor": "*"},
            "status_map": {"closed": "done"},
        }
        table = "\n".join([",".join(rows[0]), *(",".join(str(value or "") for value in row.values()) for row in rows)])
        for path in (written(tmp_path / "a.json", rows), written(tmp_path / "a.csv", table)):
            batch = FileAlarmSource(path, **options).read()
            assert batch.starts_us == (NINE, NINE)
            assert batch.ends_us == (NINE + HOUR_US, NINE + 60_500_000)
            assert batch.columns["severity"] == ("critical", "minor")
            assert batch.columns["status"] == ("closed", None)

    def test_messages_name_the_options_of_the_door(self, tmp_path: Path) -> None:
        """Of the command line, where that is the door."""
        path = written(tmp_path / "a.csv", "first_occurrence,severity\n2026-10-01 09:00,High\n1790845200,minor\n")
        with pytest.raises(sla.InvalidAlarmsError) as caught:
            FileAlarmSource(path, option_names=COMMAND_LINE).read()
        messages = [str(fault) for fault in caught.value.exceptions]
        options = ("--times-in Africa/Lagos", "--map-severity critical=High", "--epoch s")
        assert all(message.endswith(option) for message, option in zip(messages, options, strict=True))

    def test_a_file_without_severities_says_so(self, tmp_path: Path) -> None:
        """Beside one that has them."""
        with_them = written(tmp_path / "a.json", [{**ROW, "severity": "minor"}])
        without = written(tmp_path / "b.csv", f"first_occurrence\n{RAISED}\n{RAISED}\n")
        batch = FileAlarmSource(with_them, without).read()
        assert batch.columns["severity"] == ("minor", "critical", "critical")
        assert batch.assumptions == ("2 rows without a severity column, counted as critical",)

    def test_a_row_that_is_none_has_one_fault(self, tmp_path: Path) -> None:
        """Not one for each of its columns besides."""
        path = written(tmp_path / "a.csv", f"severity,first_occurrence,cleared_at\nx,y\nmajor,{RAISED},\n")
        with pytest.raises(sla.InvalidAlarmsError) as caught:
            FileAlarmSource(path).read()
        assert "has 2 fields, the header has 3" in str(caught.value.exceptions[0])
        assert not any("first_occurrence is" in str(fault) for fault in caught.value.exceptions)


WITH_TYPES = {
    "id": [1, 2],
    "severity": ["major", "CRITICAL"],
    "first_occurrence": [datetime(2026, 10, 1, 9, tzinfo=UTC)] * 2,
    "cleared_at": [datetime(2026, 10, 1, 10, tzinfo=UTC), None],
    "tags": [["a", 1.5 and "b"], None],
    "seen": [date(2026, 10, 1), None],
    "labels": [{"id": 7}, None],
}


class TestParquet:
    """Files and folders of Parquet."""

    def test_columns_are_text_but_for_times(self, tmp_path: Path) -> None:
        """As in every other file."""
        parquet.write_table(pa.table(WITH_TYPES), tmp_path / "a.parquet")
        batch = FileAlarmSource(tmp_path / "a.parquet", columns={"resource_id": "labels.id"}).read()
        assert batch.starts_us == (NINE, NINE)
        assert batch.ends_us == (NINE + HOUR_US, STILL_ACTIVE_US)
        assert batch.columns == {
            "id": ("1", "2"),
            "severity": ("major", "critical"),
            "tags": ('["a", "b"]', None),
            "seen": ("2026-10-01", None),
            "labels": ('{"id": 7}', None),
            "resource_id": ("7", None),
        }

    def test_a_folder_is_all_its_files_with_what_their_folders_say(self, tmp_path: Path) -> None:
        """As Hive and Spark write them, in order of their paths; other files are left alone."""
        for tenant in ("acme", "glo%20bex"):
            folder = tmp_path / "alarms" / f"tenant_id={tenant}" / "part"
            folder.mkdir(parents=True)
            parquet.write_table(pa.table(WITH_TYPES), folder / "0.parquet")
        written(tmp_path / "alarms" / "_SUCCESS", "")
        source = FileAlarmSource(tmp_path / "alarms")
        assert source.read("glo bex").columns["tenant_id"] == ("glo bex", "glo bex")
        with pytest.raises(sla.InvalidFileError, match="several tenants, 'acme', 'glo bex'"):
            source.read()

    def test_rows_of_one_tenant_are_taken_and_bad_ones_named(self, tmp_path: Path) -> None:
        """By their number in the file."""
        columns = {"tenant_id": [1, 2, 1], "first_occurrence": [RAISED, "x", "y"]}
        parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
        told: list[tuple[str, int, float | None]] = []
        source = FileAlarmSource(tmp_path / "a.parquet", progress=lambda *news: told.append(news))
        with pytest.raises(sla.InvalidAlarmsError) as caught:
            source.read("1")
        assert [str(fault).partition(";")[0] for fault in caught.value.exceptions] == [
            f"{tmp_path / 'a.parquet'}:3 first_occurrence is 'y'"
        ]
        assert told[-1] == (str(tmp_path / "a.parquet"), 3, 1.0)

    @pytest.mark.parametrize(
        ("content", "message"), [(b"PAR1", "is no Parquet that can be read"), (None, "cannot be read: ")]
    )
    def test_what_is_no_parquet_is_one_error(self, content: bytes | None, message: str, tmp_path: Path) -> None:
        """Or no file at all."""
        path = tmp_path / "a.parquet"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(sla.InvalidFileError, match=message):
            FileAlarmSource(path).read()

    def test_a_folder_without_parquet_is_one_error(self, tmp_path: Path) -> None:
        """It says what is looked for."""
        with pytest.raises(sla.InvalidFileError, match=r"Is a directory, and no file below it is called \*\.parquet"):
            FileAlarmSource(tmp_path).read()

    def test_a_column_of_the_wrong_type_is_one_error(self, tmp_path: Path) -> None:
        """As in a frame."""
        parquet.write_table(pa.table({"first_occurrence": [1, 2]}), tmp_path / "a.parquet")
        with pytest.raises(sla.InvalidValueError, match="column first_occurrence is 1, a number without a unit"):
            FileAlarmSource(tmp_path / "a.parquet").read()

    def test_what_to_install_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where pyarrow is not there."""
        monkeypatch.delitem(sys.modules, "sla_compliance.sources._files.parquet", raising=False)
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(sla.MissingExtraError, match=r"pip install 'sla-compliance\[arrow\]' pyarrow"):
            FileAlarmSource(tmp_path / "a.parquet").read()


def workbook(path: Path, sheets: dict[str, Iterable[Iterable[Any]]]) -> Path:
    """Write a workbook."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


HEADER = ("severity", "first_occurrence", "cleared_at", "port")
LOCAL_ROW = ("major", datetime(2026, 10, 1, 11), datetime(2026, 10, 1, 12), 7.0)  # noqa: DTZ001


class TestWorkbooks:
    """XLSX."""

    def test_a_sheet_is_a_table_of_local_times(self, tmp_path: Path) -> None:
        """A workbook knows no zones; whole numbers are whole, blank rows are none."""
        rows = [(), (*HEADER, None), LOCAL_ROW, (None, " "), ("minor", "2026-10-01T09:00Z", None, "x"), (None,) * 9]
        path = workbook(tmp_path / "a.xlsx", {"Alarms": rows})
        batch = FileAlarmSource(path, times_in="Europe/Berlin").read()
        assert batch.starts_us == (NINE, NINE)
        assert batch.ends_us == (NINE + HOUR_US, STILL_ACTIVE_US)
        assert batch.columns == {"severity": ("major", "minor"), "port": ("7", "x")}
        with pytest.raises(
            sla.InvalidAlarmsError, match=r"a\.xlsx Alarms:3 first_occurrence is '2026-10-01T11:00:00' wit"
        ):
            FileAlarmSource(path).read()

    def test_the_sheet_with_the_columns_is_taken(self, tmp_path: Path) -> None:
        """Others are left alone."""
        path = workbook(tmp_path / "a.xlsx", {"Notes": [("Made by", "me")], "Empty": [], "Alarms": [HEADER, LOCAL_ROW]})
        assert len(FileAlarmSource(path, times_in="UTC").read()) == 1

    @pytest.mark.parametrize(
        ("sheets", "message"),
        [
            ({"A": [HEADER], "B": [HEADER]}, "has several sheets with the columns that are needed, among 'A', 'B'"),
            (
                {"A": [("x", "y")], "B": [("z",)], "C": []},
                "has no sheet with the columns that are needed, among 'A', 'B', 'C'; "
                "'A' has 'x', 'y'; 'B' has 'z'; map the column that holds what is needed",
            ),
            ({"A": [("x",)], "B": []}, "has no column first_occurrence; it has 'x'; map"),
            ({"A": [], "B": []}, "has no sheet with the columns that are needed, among 'A', 'B'; give it rows"),
            (
                {"A": [("My report",), (), HEADER], "B": [("x",)]},
                "has its column names on row 3 of 'A'; delete the rows",
            ),
            ({"A": [("x", "y")]}, "has no column first_occurrence; it has 'x', 'y'; map"),
            ({"A": [("My report",), (), HEADER]}, "has its column names on row 3 of 'A'; delete the rows above it"),
            ({"A": [("severity", "first_occurrence", "severity")]}, "names the column 'severity' twice"),
            ({"A": [["x"] * 2500]}, "has 2,500 columns, more than 2,000"),
        ],
    )
    def test_sheets_that_cannot_be_meant_are_one_error(
        self, sheets: dict[str, Iterable[Iterable[Any]]], message: str, tmp_path: Path
    ) -> None:
        """It names the sheets, or what is missing."""
        with pytest.raises(sla.InvalidFileError) as caught:
            FileAlarmSource(workbook(tmp_path / "a.xlsx", sheets)).read()
        assert message in str(caught.value)

    def test_cells_of_every_type_are_text(self, tmp_path: Path) -> None:
        """As in every other file."""
        rows = [("first_occurrence", "a", "b", "c", None), (RAISED, True, time(9), 1.5, "no name")]
        columns = FileAlarmSource(workbook(tmp_path / "a.xlsx", {"A": rows})).read().columns
        assert [columns[name] for name in ("a", "b", "c")] == [("true",), ("09:00:00",), ("1.5",)]

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text"])
    def test_what_is_no_workbook_is_one_error(self, content: bytes, tmp_path: Path) -> None:
        """Whatever the library of its format says."""
        with pytest.raises(sla.InvalidFileError, match="is no XLSX workbook"):
            FileAlarmSource(written(tmp_path / "a.xlsx", content)).read()
        with pytest.raises(sla.InvalidFileError, match="cannot be read: No such file"):
            FileAlarmSource(tmp_path / "nowhere.xlsx").read()

    def test_a_broken_sheet_is_one_error(self, tmp_path: Path) -> None:
        """Though the workbook around it is whole."""
        whole, broken = workbook(tmp_path / "a.xlsx", {"A": [HEADER, LOCAL_ROW]}), tmp_path / "b.xlsx"
        with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(broken, "w") as copy:
            for name in archive.namelist():
                content = archive.read(name)
                copy.writestr(name, content[:-40] if name.endswith("sheet1.xml") else content)
        with pytest.raises(sla.InvalidFileError, match="is no XLSX workbook that can be read"):
            FileAlarmSource(broken, times_in="UTC").read()

    def test_a_workbook_that_unpacks_without_end_is_refused(self, tmp_path: Path) -> None:
        """Before it is unpacked."""
        path = tmp_path / "a.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b" " * 20_000_000)
        with pytest.raises(sla.InvalidFileError, match="unpacks to more than 200 times its size"):
            FileAlarmSource(path).read()

    def test_what_to_install_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where openpyxl is not there."""
        monkeypatch.delitem(sys.modules, "sla_compliance.sources._files.xlsx", raising=False)
        monkeypatch.setitem(sys.modules, "openpyxl", None)
        with pytest.raises(sla.MissingExtraError, match=r"pip install 'sla-compliance\[xlsx\]'"):
            FileAlarmSource(tmp_path / "a.xlsx").read()


LOG = [
    {"Monitor": "web", "Event": "Up", "at": "2026-03-03T01:00:00Z"},
    {"Monitor": "web", "Event": "Down", "at": "2026-03-03T05:00:00Z"},
    {"Monitor": "web", "Event": "Up", "at": "2026-03-03T10:00:00Z"},
]


class TestLogs:
    """Files of state changes."""

    def source(self, path: Path, **options: Any) -> FileChangeSource:
        """Return the source of a log."""
        return FileChangeSource(path, **{"down": "down", "state": "event", "key": "Monitor", **options})

    def test_every_format_means_the_same(self, tmp_path: Path) -> None:
        """CSV, JSON, an object around it, JSON Lines, Parquet, XLSX."""
        table = [list(LOG[0]), *(list(row.values()) for row in LOG)]
        parquet.write_table(pa.Table.from_pylist(LOG), tmp_path / "a.parquet")
        paths = [
            written(tmp_path / "a.csv", "\n".join(map(",".join, table))),
            written(tmp_path / "a.json", LOG),
            written(tmp_path / "b.json", {"events": LOG, "hosts": []}),
            written(tmp_path / "a.jsonl", "\n".join(map(json.dumps, LOG))),
            workbook(tmp_path / "a.xlsx", {"Log": table}),
            tmp_path / "a.parquet",
        ]
        expected = sla.alarms_from_changes(LOG, down="down", state="Event", key="Monitor")
        for path in paths:
            assert self.source(path).read() == expected

    def test_times_of_typed_columns_are_read_as_a_whole(self, tmp_path: Path) -> None:
        """Local ones too."""
        columns = {"at": [datetime(2026, 3, 3, 5), datetime(2026, 3, 3, 6)], "event": ["down", "up"]}  # noqa: DTZ001
        parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
        batch = self.source(tmp_path / "a.parquet", key=None, times_in="UTC").read()
        assert [(end - start) // HOUR_US for start, end in zip(batch.starts_us, batch.ends_us, strict=True)] == [1]

    def test_names_with_dots_reach_into_objects(self, tmp_path: Path) -> None:
        """Of JSON."""
        rows = [{**row, "monitor": {"name": row["Monitor"]}} for row in LOG]
        path = written(tmp_path / "a.json", rows)
        assert self.source(path, key="monitor.name").read().columns["monitor.name"] == ("web",)

    def test_bad_rows_are_named_by_file_and_line(self, tmp_path: Path) -> None:
        """As of alarms."""
        path = written(tmp_path / "a.csv", "event,at,Monitor\nDown,noon,web\nDown\n")
        with pytest.raises(sla.InvalidAlarmsError) as caught:
            self.source(path).read()
        assert [str(fault).partition(";")[0].removeprefix(str(path)) for fault in caught.value.exceptions] == [
            ":2 at is 'noon'",
            ":3 has 1 fields, the header has 3",
        ]

    def test_rows_of_one_tenant_are_taken(self, tmp_path: Path) -> None:
        """And several are refused until one is asked for."""
        rows = [{**row, "tenant_id": tenant} for tenant in ("acme", "globex") for row in LOG]
        source = self.source(written(tmp_path / "a.json", rows))
        batch = source.read("acme")
        assert len(batch) == 1
        assert len(source.fetch("acme", batch.starts_us[0], batch.ends_us[0])) == 1
        assert len(source.fetch("acme", batch.ends_us[0], batch.ends_us[0] + 1)) == 0
        with pytest.raises(sla.InvalidFileError, match="several tenants, 'acme', 'globex'; ask for one, with read"):
            source.read()
        with pytest.raises(sla.InvalidFileError, match="has no column tenant_id"):
            self.source(written(tmp_path / "b.json", LOG)).read("acme")

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"key": "host"}, "has no column 'host'; it has 'Monitor', 'Event', 'at'; name the right one as key"),
            ({"state": "status"}, "name the right one as state"),
        ],
    )
    def test_columns_that_are_missing_are_refused(self, options: dict[str, Any], message: str, tmp_path: Path) -> None:
        """With what there is."""
        with pytest.raises(sla.InvalidFileError) as caught:
            self.source(written(tmp_path / "a.json", LOG), **options).read()
        assert message in str(caught.value)

    def test_impossible_arguments_are_refused_before_a_file_is_opened(self) -> None:
        """It does not even exist."""
        with pytest.raises(sla.InvalidValueError, match="give at least one file"):
            FileChangeSource(down="down")
        with pytest.raises(sla.InvalidValueError, match="before is 'no'"):
            FileChangeSource("nowhere", down="down", before="no")  # type: ignore[arg-type]
        with pytest.raises(sla.InvalidTypeError, match="tenant_id is 7; give text"):
            FileChangeSource("nowhere", down="down").read(7)  # type: ignore[arg-type]


def packed(line: bytes, times: int) -> bytes:
    """Return a header and many equal lines, gzipped."""
    return gzip.compress(b"severity,first_occurrence\n" + line * times, 9)


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a header of 40,000 columns": (
        "a.csv",
        lambda: ",".join(f"c{number}" for number in range(40_000)).encode(),
        "has 40,000 columns, more than 2,000; keep those of alarms",
    ),
    "a header of one name 40,000 times": ("a.csv", lambda: b"a," * 40_000, "names the column 'a' twice"),
    "an object of 40,000 names": (
        "a.json",
        lambda: json.dumps([{f"c{number}": 1 for number in range(40_000)}]).encode(),
        "has 40,000 columns",
    ),
    "a name of its own in each object": (
        "a.jsonl",
        lambda: "\n".join(json.dumps({**ROW, f"c{number}": 1}) for number in range(40_000)).encode(),
        "columns, more than 2,000",
    ),
    "a bomb of rows": (
        "a.csv.gz",
        lambda: packed(f"major,{RAISED}\n".encode(), 600_000),
        "unpacks to more than 200 times its size",
    ),
    "a bomb of one line": ("a.csv.gz", lambda: packed(b"x", 60_000_000), "unpacks to more than 200 times its size"),
    "a bomb of blanks": ("a.json.gz", lambda: gzip.compress(b" " * 60_000_000), "holds more than 1,048,576 blanks"),
    "a line without end": ("a.csv", lambda: b"x" * 40_000_000, "a.csv:1 has a line of more than 16,777,216 characters"),
    "a line of JSON without end": ("a.jsonl", lambda: b'{"a": "' + b"x" * 40_000_000, "has a line of more than"),
    "an item without end": ("a.json", lambda: b'[{"a": "' + b"x" * 40_000_000, "holds an item of more than 16,777,216"),
    "blank lines without end": ("a.csv", lambda: b"\n" * 40_000_000, "holds more than 1,048,576 blanks in a row"),
}


@pytest.mark.parametrize(("name", "content", "message"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_end_in_one_error_at_once_and_within_bounded_memory(
    name: str, content: Callable[[], bytes], message: str, tmp_path: Path
) -> None:
    """However long they would go on."""
    path = written(tmp_path / name, content())
    tracemalloc.start()
    began = perf_counter()
    with pytest.raises(sla.InvalidFileError) as caught:
        FileAlarmSource(path, on_invalid="quarantine").read()
    took_s = perf_counter() - began
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert message in str(caught.value)
    assert peak_bytes < BOUNDED_BYTES
    assert took_s < AT_ONCE_S * 10  # tracing memory makes everything slower


@pytest.mark.parametrize(("device", "message"), [("/dev/zero", "a line of more than"), ("/dev/urandom", "no UTF-8")])
def test_devices_without_end_end_in_one_error(device: str, message: str) -> None:
    """A path may lead anywhere."""
    began = perf_counter()
    with pytest.raises(sla.InvalidFileError, match=message):
        FileAlarmSource(device).read()
    assert perf_counter() - began < AT_ONCE_S


def test_an_item_that_needs_several_pieces_is_bounded_by_its_own_length_alone(tmp_path: Path) -> None:
    """A file of many items may be as long as it likes."""
    rows = [{**ROW, "title": "x" * 50_000}] * 200
    assert len(FileAlarmSource(written(tmp_path / "a.json", rows)).read()) == 200
