"""Exports as people have them: formats, encodings, names, tenants, times, and what is wrong with them."""

from __future__ import annotations

import gzip
import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sla_compliance.batch import AlarmBatch
from sla_compliance.errors import (
    InvalidAlarmsError,
    InvalidFileError,
    InvalidTypeError,
    InvalidValueError,
    SLAComplianceError,
)
from sla_compliance.sources.files import FileAlarmSource
from sla_compliance.units import instant_us
from sla_compliance.validation import STILL_ACTIVE_US

RAISED, CLEARED = "2026-10-01T09:00:00Z", "2026-10-01T10:00:00Z"
NINE = instant_us(datetime(2026, 10, 1, 9, tzinfo=UTC), field="nine")
HOUR_US = 3_600_000_000
CSV = f"id,severity,first_occurrence,cleared_at,resource_id\n1,major,{RAISED},{CLEARED},OLT-7\n2,CRITICAL,{RAISED},,\n"
ROWS = [
    {"id": 1, "severity": "major", "first_occurrence": RAISED, "cleared_at": CLEARED, "resource_id": "OLT-7"},
    {"id": 2, "severity": "CRITICAL", "first_occurrence": RAISED, "cleared_at": None, "resource_id": ""},
]


def read(folder: Path, content: str | bytes, name: str = "alarms.csv", **options: Any) -> AlarmBatch:
    """Return what a file of that content holds."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    tenant = options.pop("tenant", None)
    return FileAlarmSource(path, **options).read(tenant)


def contents(batch: AlarmBatch) -> tuple[object, ...]:
    """Return what two batches of the same rows have in common."""
    names = ("id", "severity", "resource_id")
    return batch.starts_us, batch.ends_us, *(batch.columns[name] for name in names)


FORMATS = {
    "csv": ("alarms.csv", CSV.encode()),
    "csv with a byte order mark": ("alarms.csv", b"\xef\xbb\xbf" + CSV.encode()),
    "csv of Windows": ("alarms.csv", CSV.replace("\n", "\r\n").encode()),
    "csv without a last line end": ("alarms.csv", CSV.rstrip("\n").encode()),
    "csv with blank lines": ("alarms.csv", b"\n\n" + CSV.replace("\n", "\n\n").encode() + b",,,,\n"),
    "csv by semicolons": ("alarms.csv", CSV.replace(",", ";").encode()),
    "tsv": ("alarms.tsv", CSV.replace(",", "\t").encode()),
    "csv of no suffix": ("export", CSV.encode()),
    "csv of upper-case names": ("EXPORT.CSV", CSV.replace("severity", "SEVERITY").encode()),
    "gzipped csv": ("alarms.csv.gz", gzip.compress(CSV.encode())),
    "gzipped csv that does not say so": ("alarms.csv", gzip.compress(CSV.encode())),
    "json": ("alarms.json", json.dumps(ROWS).encode()),
    "json with a byte order mark": ("alarms.json", b"\xef\xbb\xbf" + json.dumps(ROWS).encode()),
    "indented json": ("alarms.json", json.dumps(ROWS, indent=4).encode()),
    "json of no suffix": ("export", b"  \n" + json.dumps(ROWS).encode()),
    "json lines": ("alarms.jsonl", "\n".join(map(json.dumps, ROWS)).encode()),
    "json lines with blank lines": ("alarms.ndjson", "\n\n".join(map(json.dumps, ROWS)).encode() + b"\n \n"),
    "json lines called json": ("alarms.json", "\n".join(map(json.dumps, ROWS)).encode()),
    "json lines of no suffix": ("export", "\n".join(map(json.dumps, ROWS)).encode()),
    "gzipped json lines": ("alarms.jsonl.gz", gzip.compress("\n".join(map(json.dumps, ROWS)).encode())),
}


@pytest.mark.parametrize(("name", "content"), FORMATS.values(), ids=FORMATS.keys())
def test_every_format_means_the_same(name: str, content: bytes, tmp_path: Path) -> None:
    """The same rows are the same alarms, whatever the file looks like."""
    expected = (NINE, NINE), (NINE + HOUR_US, STILL_ACTIVE_US), ("1", "2"), ("major", "critical"), ("OLT-7", None)
    assert contents(read(tmp_path, content, name)) == expected


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is called "-", and it stays open for whoever owns it."""
    stream = io.BytesIO(gzip.compress(CSV.encode()))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
    assert len(FileAlarmSource("-").read()) == 2
    assert not stream.closed


def test_several_files_are_one_table(tmp_path: Path) -> None:
    """A column that a file lacks is empty for its rows."""
    first, second = tmp_path / "a.csv", tmp_path / "b.jsonl"
    first.write_text(CSV, encoding="utf-8")
    row = {"id": 3, "severity": "major", "first_occurrence": RAISED, "circuit": "C-9"}
    second.write_text(json.dumps(row), encoding="utf-8")
    batch = FileAlarmSource(first, second).read()
    assert batch.columns["circuit"] == (None, None, "C-9")
    assert batch.columns["resource_id"] == ("OLT-7", None, None)
    assert batch.ends_us[2] == STILL_ACTIVE_US


def test_more_rows_than_a_chunk_keep_their_order_and_their_lines(tmp_path: Path) -> None:
    """Reading in chunks shows nowhere."""
    lines = [f"{number},major,{RAISED},," for number in range(10_000)]
    batch = read(tmp_path, "\n".join([CSV.splitlines()[0], *lines]))
    assert batch.columns["id"] == tuple(map(str, range(10_000)))
    lines[8_000] = f"bad,fatal,{RAISED},,"
    with pytest.raises(InvalidAlarmsError, match=r"alarms\.csv:8002 severity is 'fatal'"):
        read(tmp_path, "\n".join([CSV.splitlines()[0], *lines]))


def test_a_start_that_later_rows_do_not_have_is_a_fault_of_each_of_them(tmp_path: Path) -> None:
    """A whole chunk without the column, an empty field, and a start of year 1 among ordinary ones."""
    good = json.dumps({"severity": "major", "first_occurrence": RAISED}) + "\n"
    bad = json.dumps({"severity": "major"}) + "\n"
    batch = read(tmp_path, good * 1024 + bad * 2, "a.jsonl", on_invalid="quarantine")
    assert len(batch) == 1024
    assert [row.reasons for row in batch.rejected] == [
        (f"{tmp_path / 'a.jsonl'}:{line} first_occurrence is empty; every alarm needs one",) for line in (1025, 1026)
    ]
    for start, fault in (("", "is empty"), ("0001-02-01T00:00:00Z", "is in year 1"), ("0001-01-01T00:00:00Z", "is")):
        with pytest.raises(InvalidAlarmsError, match=rf"alarms\.csv:4 first_occurrence {fault}"):
            read(tmp_path, f"{CSV}3,major,{start},,\n")


def test_json_items_longer_than_a_piece_are_read_whole(tmp_path: Path) -> None:
    """Text is decoded as soon as all of it is there."""
    rows = [{**row, "title": "é" * 100_000} for row in ROWS]
    assert read(tmp_path, json.dumps(rows, ensure_ascii=False), "a.json").columns["title"] == ("é" * 100_000,) * 2


def test_nested_values_and_numbers_are_their_json_text(tmp_path: Path) -> None:
    """So every column can be a key."""
    row = {
        "severity": "major",
        "first_occurrence": RAISED,
        "tags": ["a", 1],
        "resource_id": 17,
        "is_up": True,
        "x": 1.5,
    }
    columns = read(tmp_path, json.dumps([row]), "a.json").columns
    assert [columns[name] for name in ("tags", "resource_id", "is_up", "x")] == [
        ('["a", 1]',),
        ("17",),
        ("true",),
        ("1.5",),
    ]


def test_progress_is_told_rows_and_share(tmp_path: Path) -> None:
    """The last word is all rows and the whole file."""
    told: list[tuple[str, int, float | None]] = []
    read(tmp_path, CSV, progress=lambda *news: told.append(news))
    assert told[-1] == (str(tmp_path / "alarms.csv"), 2, 1.0)


class TestTimes:
    """What a time in an export may look like."""

    @pytest.mark.parametrize(
        "text",
        [
            "2026-10-01T09:00:00Z",
            "2026-10-01 09:00:00+00:00",
            "2026-10-01 09:00:00+00",
            "2026-10-01 10:00:00.000000+01",
            "2026-10-01 14:30:00+05:30",
            "2026-10-01 01:00:00-08",
        ],
    )
    def test_times_with_an_offset_are_instants(self, text: str, tmp_path: Path) -> None:
        """RFC 3339, and what PostgreSQL writes by itself."""
        assert read(tmp_path, f"severity,first_occurrence\nmajor,{text}\n").starts_us == (NINE,)

    @pytest.mark.parametrize(
        ("text", "way_out"),
        [
            ("2026-10-01 09:00:00", "without a time zone; export it with its offset"),
            ("2026-10-01T09:00:00.123", "without a time zone; export it with its offset"),
            ("2026-10-01 09:00", "without a time zone; export it with its offset"),
            ("2026-10-01", "without a time zone; export it with its offset"),
            ("1790845200", "a number without a unit"),
            ("1790845200.5", "a number without a unit"),
            ("2026-13-01 09:00:00+00", "month must be in 1..12"),
            ("2026-10-01 24:00:00+00", "hour must be in 0..23"),
            ("01/10/2026 09:00", "write it as 2025-10-08T09:00:00Z"),
            ("NULL", "write it as 2025-10-08T09:00:00Z"),
            ("infinity", "write it as 2025-10-08T09:00:00Z"),
            ("0001-01-01 00:00:00+00", "outside 0001-01-04"),
            ("9" * 1_000_000, "(1000000 characters)"),
        ],
    )
    def test_what_names_no_instant_is_a_fault_with_a_way_out(self, text: str, way_out: str, tmp_path: Path) -> None:
        """It says file, line, column and what to write."""
        csv_field_limit_is_larger = len(text) < 131_072
        name = "a.csv" if csv_field_limit_is_larger else "a.jsonl"
        content = (
            f"severity,first_occurrence\nmajor,{text}\n"
            if csv_field_limit_is_larger
            else json.dumps({"severity": "major", "first_occurrence": text})
        )
        with pytest.raises(InvalidAlarmsError) as caught:
            read(tmp_path, content, name)
        message = str(caught.value.exceptions[0])
        assert message.startswith(f"{tmp_path / name}:")
        assert " first_occurrence is '" in message
        assert way_out in message
        assert len(message) < 400


class TestNames:
    """How a file's own names become the platform's."""

    OWN = f"sev,raised,severity,ended\nmajor,{RAISED},9,{CLEARED}\n"

    def test_columns_are_mapped(self, tmp_path: Path) -> None:
        """A column that another is mapped onto is carried along under a name of its own."""
        batch = read(
            tmp_path, self.OWN, columns={"severity": "sev", "first_occurrence": "raised", "cleared_at": "ended"}
        )
        assert (batch.starts_us, batch.ends_us) == ((NINE,), (NINE + HOUR_US,))
        assert (batch.columns["severity"], batch.columns["original severity"]) == (("major",), ("9",))

    @pytest.mark.parametrize(
        ("content", "columns", "message"),
        [
            (CSV, {"severity": "sev"}, "has no column 'sev', which severity is mapped to; it has 'id'"),
            (CSV, {"cleared_at": "ended"}, "has no column 'ended', which cleared_at is mapped to"),
            ("severity,raised\n", None, "has no column first_occurrence; it has 'severity', 'raised'; map"),
            ("sev,first_occurrence\n", {"severity": "level"}, "has no column 'level', which severity is mapped to"),
            (f"severity,severity,first_occurrence\nmajor,major,{RAISED}\n", None, "names the column 'severity' twice"),
            (f"severity,SEVERITY,first_occurrence\nmajor,major,{RAISED}\n", None, "two columns called severity"),
        ],
    )
    def test_columns_that_are_missing_or_double_are_refused(
        self, content: str, columns: dict[str, str] | None, message: str, tmp_path: Path
    ) -> None:
        """A typo is an error, not an outage without an end."""
        with pytest.raises(InvalidFileError, match=message):
            read(tmp_path, content, columns=columns)

    @pytest.mark.parametrize(
        ("columns", "message"),
        [
            ({"severty": "sev"}, "did you mean 'severity'"),
            ({"colour": "sev"}, "give one of first_occurrence, cleared_at"),
            ({"severity": "a", "status": "a"}, "maps one column of the file twice"),
        ],
    )
    def test_impossible_mappings_are_refused_before_any_file_is_opened(
        self, columns: dict[str, str], message: str
    ) -> None:
        """The file does not even exist."""
        with pytest.raises(InvalidValueError, match=message):
            FileAlarmSource("nowhere.csv", columns=columns)


class TestTenants:
    """Whose rows are read."""

    ROWS_OF_TWO = (
        f"tenant_id,severity,first_occurrence\nacme,major,{RAISED}\nglobex,fatal,{RAISED}\nacme,major,{RAISED}\n"
    )

    def test_rows_of_others_are_left_out_bad_ones_too(self, tmp_path: Path) -> None:
        """A fault of globex is no fault of acme."""
        batch = read(tmp_path, self.ROWS_OF_TWO, tenant="acme")
        assert batch.columns["tenant_id"] == ("acme", "acme")

    def test_several_tenants_are_refused_until_one_is_asked_for(self, tmp_path: Path) -> None:
        """The error lists those found."""
        with pytest.raises(InvalidFileError, match="several tenants, 'acme', 'globex'; ask for one"):
            read(tmp_path, self.ROWS_OF_TWO)

    def test_many_tenants_are_not_all_listed(self, tmp_path: Path) -> None:
        """Some will do."""
        rows = "".join(f"t{number},major,{RAISED}\n" for number in range(50))
        with pytest.raises(InvalidFileError, match="'t4' and more; ask"):
            read(tmp_path, f"tenant_id,severity,first_occurrence\n{rows}")

    def test_one_tenant_needs_no_asking(self, tmp_path: Path) -> None:
        """Nor does a file without the column."""
        assert len(read(tmp_path, self.ROWS_OF_TWO.replace("globex,fatal", "acme,minor"))) == 3

    def test_asking_needs_the_column(self, tmp_path: Path) -> None:
        """Without it nobody knows whose rows they are."""
        with pytest.raises(InvalidFileError, match="has no column tenant_id"):
            read(tmp_path, CSV, tenant="acme")

    def test_a_row_that_cannot_be_read_is_everybodys_fault(self, tmp_path: Path) -> None:
        """It may be an outage of whoever asks."""
        rows = [json.dumps({"tenant_id": "acme", **ROWS[0]}), '{"tenant_id": "acme", "sever']
        batch = read(tmp_path, "\n".join(rows), "a.jsonl", tenant="acme", on_invalid="quarantine")
        assert (len(batch), len(batch.rejected)) == (1, 1)


BAD_ROWS = {
    "too few fields": ("a.csv", CSV + "3,major\n", "a.csv:4 has 2 fields, the header has 5"),
    "too many fields": ("a.csv", CSV + f"3,major,{RAISED},,,,\n", "a.csv:4 has 7 fields, the header has 5"),
    "a row behind a text of two lines": (
        "a.csv",
        CSV + f'"3\n3",major,{RAISED},,\n4,x,{RAISED},,\n',
        "a.csv:6 severity",
    ),
    "no start": ("a.csv", CSV + "3,major,,,\n", "a.csv:4 first_occurrence is empty"),
    "no severity": ("a.csv", CSV + f"3,,{RAISED},,\n", "a.csv:4 severity is None"),
    "cleared before raised": ("a.csv", CSV + f"3,major,{CLEARED},{RAISED},\n", "a.csv:4 cleared_at lies"),
    "a count that is none": (
        "a.csv",
        f"severity,first_occurrence,subscriber_count\nmajor,{RAISED},many\n",
        "a.csv:2 subscriber_count is 'many'",
    ),
    "a broken line of json": ("a.jsonl", json.dumps(ROWS[0]) + '\n{"id": 3,', "a.jsonl:2 is no JSON"),
    "a line of json that nests too deeply": (
        "a.jsonl",
        json.dumps(ROWS[0]) + "\n" + "[" * 100_000,
        "a.jsonl:2 is no JSON",
    ),
    "a line that is no object": ("a.jsonl", json.dumps(ROWS[0]) + "\n17\n", "a.jsonl:2 is no JSON object"),
    "an item that is no object": ("a.json", json.dumps([*ROWS, [1]], indent=1), "(item 3) is no JSON object"),
    "a bad item": ("a.json", json.dumps([ROWS[0], {**ROWS[1], "severity": "x"}]), "a.json:1 (item 2) severity is 'x'"),
}


@pytest.mark.parametrize(("name", "content", "message"), BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_bad_rows_are_named_or_set_aside(name: str, content: str, message: str, tmp_path: Path) -> None:
    """Raised together with file and line, or quarantined and counted."""
    with pytest.raises(InvalidAlarmsError) as caught:
        read(tmp_path, content, name)
    assert message in str(caught.value.exceptions[0])
    rejected = read(tmp_path, content, name, on_invalid="quarantine").rejected
    assert message in rejected[0].reasons[0]


def test_a_bad_row_keeps_the_start_and_the_end_that_could_be_read(tmp_path: Path) -> None:
    """And none that could not: a placeholder would be an outage since 1970."""
    rows = f"3,major,soon,{CLEARED},\n4,fatal,{RAISED},{CLEARED},\n5,major,{RAISED},soon,\n"
    rejected = read(tmp_path, CSV + rows, on_invalid="quarantine").rejected
    bounds = [(row.name, row.start_us, row.end_us, row.says_over) for row in rejected]
    assert bounds == [
        ("3", None, None, True),
        ("4", NINE, NINE + HOUR_US, True),
        ("5", NINE, None, False),
    ]


BAD_FILES: dict[str, tuple[str, bytes, str]] = {
    "empty csv": ("a.csv", b"", "a.csv is empty"),
    "blank csv": ("a.csv", b"\n \n", "is empty"),
    "a quote never closed": ("a.csv", CSV.encode() + b'"3,major\n4,major\n', "a.csv:4 begins a record that is no CSV"),
    "a quote in the middle": ("a.csv", CSV.encode() + b'"a"b,major\n', "a.csv:4 begins a record that is no CSV"),
    "a field without end": ("a.csv", CSV.encode() + b"x" * 200_000, "field larger than field limit"),
    "latin-1": ("a.csv", CSV.encode() + "é".encode("latin-1"), "a.csv:4 holds the byte 0xe9, which is no UTF-8"),
    "utf-16": ("a.csv", CSV.encode("utf-16"), "a.csv:1 holds the byte 0xff"),
    "latin-1 in json": ("a.json", b'[\n{"a":\n"\xe9"}]', "a.json:3 holds the byte 0xe9"),
    "half a character": ("a.json", b'["\xc3', "a.json:1 holds the byte 0xc3"),
    "gzip cut short": ("a.csv.gz", gzip.compress(CSV.encode())[:-12], "cannot be read: Compressed file ended"),
    "gzip of rubbish": ("a.csv.gz", b"\x1f\x8b" + b"x" * 100, "cannot be read: "),
    "gzip with a flipped bit": ("a.csv.gz", gzip.compress(CSV.encode())[:-8] + b"\0" * 8, "cannot be read: CRC"),
    "no array": ("a.json", b'"text"', "a.json:1 begins no JSON array"),
    "empty json": ("a.json", b"", "a.json:1 begins no JSON array"),
    "json cut short": ("a.json", json.dumps(ROWS, indent=1).encode()[:-20], "is broken JSON"),
    "an array never closed": ("a.json", b'[{"a": 1}\n,{"a": 2}\n', "a.json:3 is broken JSON"),
    "a missing comma": ("a.json", b'[{"a": 1}\n {"a": 2}]', "a.json:2 is broken JSON"),
    "two arrays": ("a.json", b"[]\n[]", "a.json:2 holds more text behind its array"),
    "an item that nests too deeply": ("a.json", b"[" * 100_000, "nests too deeply"),
}


@pytest.mark.parametrize(("name", "content", "message"), BAD_FILES.values(), ids=BAD_FILES.keys())
@pytest.mark.parametrize("on_invalid", ["raise", "quarantine"])
def test_a_file_that_cannot_be_read_as_such_is_one_error(
    name: str, content: bytes, message: str, on_invalid: str, tmp_path: Path
) -> None:
    """It names the file and, where there is one, the line; quarantine does not hide it."""
    with pytest.raises(InvalidFileError) as caught:
        read(tmp_path, content, name, on_invalid=on_invalid)
    assert message in str(caught.value)
    assert caught.value.path == str(tmp_path / name)


@pytest.mark.parametrize(
    ("path", "kind", "message"),
    [
        ("nowhere.csv", InvalidFileError, "nowhere.csv cannot be read: No such file"),
        (".", InvalidFileError, "cannot be read: Is a directory"),
        ("a\0b", InvalidFileError, "no path holds a NUL"),
        (17, InvalidTypeError, "path is 17"),
        (b"a.csv", InvalidTypeError, "give a str or a Path"),
    ],
)
def test_paths_that_lead_nowhere_are_clear_errors(
    path: Any, kind: type[SLAComplianceError], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else escapes."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind, match=message):
        FileAlarmSource(path).read()


def test_no_file_at_all_is_refused() -> None:
    """No alarms is a statement; no file is none."""
    with pytest.raises(InvalidValueError, match="give at least one file"):
        FileAlarmSource()


def test_a_file_without_rows_is_no_alarm(tmp_path: Path) -> None:
    """A perfect month exports a header, an empty array, or nothing."""
    assert len(read(tmp_path, CSV.splitlines()[0])) == 0
    assert len(read(tmp_path, "[]", "a.json", columns={"severity": "sev"})) == 0
    assert len(read(tmp_path, "", "a.jsonl")) == 0


def test_clock_skew_is_passed_to_the_gate(tmp_path: Path) -> None:
    """A clock that runs behind makes a row of no length, not a bad one."""
    content = f"severity,first_occurrence,cleared_at\nmajor,{CLEARED},{RAISED}\n"
    batch = read(tmp_path, content, clock_skew=timedelta(hours=1))
    assert batch.starts_us == batch.ends_us
