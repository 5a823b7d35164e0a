"""Alarms of exported files keep the promises of a source, in every format."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pyarrow import parquet

from sla_compliance.alarms import Alarm
from sla_compliance.sources.files import FileAlarmSource
from sla_compliance.testing import RowsByIdContract
from sla_compliance.testing.ancestor_source import AncestorContract
from sla_compliance.testing.stored_alarms import Stored

COLUMNS = ["tenant_id", *Alarm.__dataclass_fields__.keys() - {"_"}]


def exported(tenant_id: str, alarm: Alarm) -> dict[str, Any]:
    """Return an alarm as a row of an export."""
    row = {"tenant_id": tenant_id, **asdict(alarm)}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


class TestCsvFiles(AncestorContract, RowsByIdContract):
    """One CSV file with the rows of all tenants."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        """A file that holds a header and no row."""
        path = tmp_path / "alarms.csv"
        path.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
        return path

    @pytest.fixture
    def source(self, path: Path) -> FileAlarmSource:
        """Reads the file again each time."""
        return FileAlarmSource(path, on_invalid="quarantine")

    @pytest.fixture
    def stored(self, path: Path) -> Stored:
        """Appends to the file."""

        def store(tenant_id: str, alarms: Iterable[Alarm]) -> None:
            with path.open("a", encoding="utf-8", newline="") as file:
                csv.DictWriter(file, COLUMNS).writerows(exported(tenant_id, alarm) for alarm in alarms)

        return store


class TestJsonLinesFiles(AncestorContract, RowsByIdContract):
    """The same as JSON Lines."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        """An empty file."""
        path = tmp_path / "alarms.jsonl"
        path.touch()
        return path

    @pytest.fixture
    def source(self, path: Path) -> FileAlarmSource:
        """Reads the file again each time."""
        return FileAlarmSource(path, on_invalid="quarantine")

    @pytest.fixture
    def stored(self, path: Path) -> Stored:
        """Appends to the file."""

        def store(tenant_id: str, alarms: Iterable[Alarm]) -> None:
            with path.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(exported(tenant_id, alarm)) + "\n" for alarm in alarms)

        return store


class TestJsonFiles(AncestorContract, RowsByIdContract):
    """The same as one JSON array."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        """A file that holds an empty array."""
        path = tmp_path / "alarms.json"
        path.write_text("[]", encoding="utf-8")
        return path

    @pytest.fixture
    def source(self, path: Path) -> FileAlarmSource:
        """Reads the file again each time."""
        return FileAlarmSource(path, on_invalid="quarantine")

    @pytest.fixture
    def stored(self, path: Path) -> Stored:
        """Writes the array again, longer."""

        def store(tenant_id: str, alarms: Iterable[Alarm]) -> None:
            rows: list[Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
            rows.extend(exported(tenant_id, alarm) for alarm in alarms)
            path.write_text(json.dumps(rows), encoding="utf-8")

        return store


class TestParquetFiles(AncestorContract, RowsByIdContract):
    """The same as a folder of Parquet files."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        """A folder with a file that has the columns and no row."""
        folder = tmp_path / "alarms"
        folder.mkdir()
        self._write(folder / "0.parquet", [])
        return folder

    @pytest.fixture
    def source(self, path: Path) -> FileAlarmSource:
        """Reads the folder again each time."""
        return FileAlarmSource(path, on_invalid="quarantine")

    @pytest.fixture
    def stored(self, path: Path) -> Stored:
        """Adds a file to the folder."""

        def store(tenant_id: str, alarms: Iterable[Alarm]) -> None:
            rows = [{"tenant_id": tenant_id, **asdict(alarm)} for alarm in alarms]
            self._write(path / f"{len(list(path.iterdir()))}.parquet", rows)

        return store

    @staticmethod
    def _write(path: Path, rows: list[dict[str, Any]]) -> None:
        instant = pa.timestamp("us", "UTC")
        types = {name: instant if name.endswith(("_at", "_occurrence")) else pa.string() for name in COLUMNS}
        texts = [
            {name: value if types[name] == instant or value is None else str(value) for name, value in row.items()}
            for row in rows
        ]
        parquet.write_table(pa.Table.from_pylist(texts, schema=pa.schema(types)), path)


class TestWorkbooks(AncestorContract, RowsByIdContract):
    """The same as a sheet of a workbook."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        """A workbook whose sheet has a header and no row."""
        path = tmp_path / "alarms.xlsx"
        book = openpyxl.Workbook()
        book.worksheets[0].append(COLUMNS)
        book.save(path)
        return path

    @pytest.fixture
    def source(self, path: Path) -> FileAlarmSource:
        """Reads the workbook again each time."""
        return FileAlarmSource(path, on_invalid="quarantine")

    @pytest.fixture
    def stored(self, path: Path) -> Stored:
        """Appends to the sheet."""

        def store(tenant_id: str, alarms: Iterable[Alarm]) -> None:
            book = openpyxl.load_workbook(path)
            for alarm in alarms:
                row = exported(tenant_id, alarm)
                book.worksheets[0].append([row[name] for name in COLUMNS])
            book.save(path)

        return store
