"""Alarms of exported files keep the promises of a source, in every format."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sla_compliance.alarms import Alarm
from sla_compliance.sources.files import FileAlarmSource
from sla_compliance.testing.ancestor_source import AncestorContract
from sla_compliance.testing.stored_alarms import Stored

COLUMNS = ["tenant_id", *Alarm.__dataclass_fields__.keys() - {"_"}]


def exported(tenant_id: str, alarm: Alarm) -> dict[str, Any]:
    """Return an alarm as a row of an export."""
    row = {"tenant_id": tenant_id, **asdict(alarm)}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


class TestCsvFiles(AncestorContract):
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


class TestJsonLinesFiles(AncestorContract):
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


class TestJsonFiles(AncestorContract):
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
