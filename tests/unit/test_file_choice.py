"""Which rows of files are taken: those of a tenant or of all, and those that conditions name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sla_compliance.errors import InvalidFileError, InvalidTypeError
from sla_compliance.sources.files import FileAlarmSource, FileChangeSource

ROWS = """\
tenant_id,site,first_occurrence
a,Lagos,2026-03-05T10:00:00Z
b,Abuja,2026-03-05T11:00:00Z
b,,2026-03-05T12:00:00Z
"""
LOG = """\
tenant_id,at,state
a,2026-03-05T10:00:00Z,down
b,2026-03-05T11:00:00Z,down
a,2026-03-05T12:00:00Z,up
"""


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """An export of two tenants."""
    path = tmp_path / "rows.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_all_tenants_may_be_read_together(rows: Path) -> None:
    """With the column that names them; without being asked for, they are refused."""
    assert FileAlarmSource(rows).read_all_tenants().columns["tenant_id"] == ("a", "b", "b")
    with pytest.raises(InvalidFileError, match="holds alarms of several tenants, 'a', 'b'; ask for one, with read"):
        FileAlarmSource(rows).read()


def test_logs_of_all_tenants_may_be_read_together(tmp_path: Path) -> None:
    """Where the tenant is what changes, each has its own outages."""
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    source = FileChangeSource(path, down="down", key="tenant_id")
    assert sorted(source.read_all_tenants().columns["tenant_id"]) == ["a", "b"]
    assert len(source.read("a")) == 1


@pytest.mark.parametrize(
    ("where", "sites"),
    [
        ({"site": "Lagos"}, ["Lagos"]),
        ({"site": ["Lagos", "Abuja"]}, ["Lagos", "Abuja"]),
        ({"SITE": ""}, [None]),
        ({"site": ["Lagos", "Abuja"], "tenant_id": "b"}, ["Abuja"]),
        ({"site": []}, []),
    ],
)
def test_conditions_choose_rows(where: Mapping[str, Any], sites: list[str | None], rows: Path) -> None:
    """One of the texts in each column; the empty text is an absent value."""
    assert list(FileAlarmSource(rows, where=where).read_all_tenants().columns["site"]) == sites


def test_a_mapped_column_is_known_by_both_names(tmp_path: Path) -> None:
    """Ours and the file's."""
    path = tmp_path / "rows.csv"
    path.write_text(ROWS, encoding="utf-8")
    for name in ("resource_id", "site"):
        source = FileAlarmSource(path, columns={"resource_id": "site"}, where={name: "Abuja"})
        assert len(source.read_all_tenants()) == 1


def test_a_column_that_is_missing_is_named(rows: Path) -> None:
    """Without it no row would ever be taken."""
    with pytest.raises(InvalidFileError, match="has no column 'place', which where names; it has 'tenant_id', 'site'"):
        FileAlarmSource(rows, where={"place": "Lagos"}).read_all_tenants()


@pytest.mark.parametrize("where", [["site"], {1: "Lagos"}, {"site": 1}, {"site": [1]}])
def test_conditions_are_texts(where: Any, rows: Path) -> None:
    """Anything else is a wrong type, when the source is made."""
    with pytest.raises(InvalidTypeError, match="where"):
        FileAlarmSource(rows, where=where)
