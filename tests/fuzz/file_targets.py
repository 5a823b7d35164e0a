"""Targets whose input is a file: text of every format, workbooks, Parquet, by every reader of files."""

from __future__ import annotations

import atexit
import gzip
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import openpyxl
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

from sla_compliance.sources.correction_files import read_corrections
from sla_compliance.sources.exclusion_files import read_exclusions
from sla_compliance.sources.files import FileAlarmSource, FileChangeSource
from sla_compliance.sources.inventory_files import read_inventory
from sla_compliance.sources.maintenance_files import read_maintenance
from tests.fuzz.target import Target, documented_errors_only


def _read_alarms(path: str) -> None:
    raised = FileAlarmSource(path, times_in="UTC", epoch="s").read()
    kept = FileAlarmSource(path, times_in="UTC", epoch="s", on_invalid="quarantine").read()
    # Rows that are all good are the same rows when the bad ones would be set aside.
    assert not kept.rejected
    assert kept.starts_us == raised.starts_us


READERS: Final[tuple[Callable[[str], Any], ...]] = (
    _read_alarms,
    lambda path: FileAlarmSource(path, on_invalid="quarantine").read_all_tenants(),
    lambda path: FileChangeSource(path, down="down", key="monitor", on_invalid="quarantine").read(),
    lambda path: read_maintenance(path, times_in="Europe/Lisbon"),
    read_exclusions,
    lambda path: read_inventory(path, zone="UTC"),
    lambda path: read_corrections(path, times_in="UTC"),
)
SUFFIXES: Final = (".csv", ".json", ".jsonl", ".txt")


@cache
def _folder() -> Path:
    """Return a folder of this process, which goes with it."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _check_file(suffix: str, content: bytes, readers: tuple[Callable[[str], Any], ...] = READERS) -> None:
    path = _folder() / f"rows{suffix}"
    path.write_bytes(content)
    for reader in readers:
        with documented_errors_only():
            reader(str(path))


def check_text_file(data: bytes) -> None:
    """The first byte is the suffix, whether it is packed, and the reader."""
    first = data[0] if data else 0
    suffix = SUFFIXES[first % len(SUFFIXES)]
    content = gzip.compress(data[1:], mtime=0) if first & 0x80 else data[1:]
    _check_file(suffix, content, (READERS[(first >> 2) % len(READERS)],))


def check_workbook(data: bytes) -> None:
    """The first byte says which part of a workbook the others replace; past the parts they are the workbook."""
    parts = _workbook_parts()
    names = sorted(parts)
    first = data[0] if data else 0
    if first >= len(names):
        _check_file(".xlsx", data[1:], READERS[:1])
        return
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, data[1:] if name == names[first] else parts[name])
    _check_file(".xlsx", content.getvalue(), READERS[:4])


def check_parquet(data: bytes) -> None:
    """The bytes are the file."""
    _check_file(".parquet", data, READERS[:4])


@cache
def _workbook() -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.create_sheet("alarms", 0)
    sheet.append(["first_occurrence", "cleared_at", "severity", "id"])
    sheet.append(["2025-10-20T08:00:00Z", "2025-10-20T09:00:00Z", "critical", 1])
    sheet.append(["2025-10-20T10:00:00Z", None, "major", 2.5])
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


@cache
def _workbook_parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(_workbook())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _workbook_seeds() -> tuple[bytes, ...]:
    parts = _workbook_parts()
    seeds = [bytes([index]) + parts[name] for index, name in enumerate(sorted(parts)) if len(parts[name]) < 2_000]
    return (*seeds, b"\xff" + _workbook())


def _parquet_file(**columns: Any) -> bytes:
    content = io.BytesIO()
    parquet.write_table(pa.table(columns), content, compression="none")
    return content.getvalue()


_CSV: Final = b"first_occurrence,cleared_at,severity,id,tenant_id\n2025-10-20T08:00:00Z,,critical,1,acme\n"
_WINDOWS: Final = (
    b"start,end,recurrence,resource_id\n2025-10-20T08:00:00Z,2025-10-20T09:00:00Z,FREQ=WEEKLY;BYDAY=SU,r1\n"
)
_LOG: Final = b"at,monitor,state\n2025-10-20T08:00:00Z,web,up\n2025-10-20T09:00:00Z,web,down\n"
_INVENTORY: Final = b"key,parents,target,in_service\ncore,,99.9,\nedge,core,,2025-01-01..2026-01-01\n"
_CORRECTIONS: Final = b"row_id,ends,void,reason,author,entered_at\n1,2025-10-20T09:00:00Z,,x,ana,2025-10-21T09:00:00Z\n"


def _seed(suffix: str, reader: int, content: bytes) -> bytes:
    return bytes([SUFFIXES.index(suffix) + (reader << 2)]) + content


_WORDS_OF_TEXT: Final = """
    " "" , ; \ufeff \0 { } [ ] : NaN 1e400 null first_occurrence cleared_at severity resource_id start end recurrence
    row_id 2025-10-20T08:00:00Z labels.severity "\\ud800" [[[[[[[[ {"a":{"a":{"a":
"""
_WORDS_OF_SHEETS: Final = """
    <c r="A1" r="XFD1048576" t="s" t="d" t="e" t="b" s="9" <v> </v> <row <!DOCTYPE <!ENTITY &amp; <sheetData>
    spans="1:16384" -1 99999999999 1e400
"""

TARGETS: Final = (
    Target(
        name="text_files",
        check=check_text_file,
        seeds=(
            _seed(".csv", 0, _CSV),
            _seed(".csv", 1, b"\xef\xbb\xbf" + _CSV.replace(b",", b";")),
            _seed(".csv", 2, _LOG),
            _seed(".csv", 3, _WINDOWS),
            _seed(".csv", 4, _WINDOWS),
            _seed(".csv", 5, _INVENTORY),
            _seed(".csv", 6, _CORRECTIONS),
            _seed(".json", 0, b'{"rows": [{"first_occurrence": "2025-10-20T08:00:00Z", "labels": {"a": [1]}}]}'),
            _seed(".json", 3, b'[{"start": 1761436800, "end": "2025-10-27T08:00:00Z", "with_children": true}]'),
            _seed(".jsonl", 0, b'{"first_occurrence": "2025-10-20T08:00:00Z", "severity": null}\n{"id": 1e400}\n'),
            bytes([0x80]) + _CSV,
        ),
        words=tuple(_WORDS_OF_TEXT.split()),
        longest_bytes=1_500,
    ),
    Target(
        name="workbooks",
        check=check_workbook,
        seeds=_workbook_seeds(),
        words=tuple(_WORDS_OF_SHEETS.split()),
        longest_bytes=6_000,
    ),
    Target(
        name="parquet",
        check=check_parquet,
        seeds=(
            _parquet_file(first_occurrence=["2025-10-20T08:00:00Z"], id=[1]),
            _parquet_file(
                first_occurrence=pa.array([1_761_436_800_000_000], pa.timestamp("us", "UTC")),
                labels=[{"severity": "major"}],
            ),
        ),
        words=("PAR1", "first_occurrence", "schema"),
        longest_bytes=4_000,
    ),
)
