"""Maintenance windows as people write them down."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sla_compliance.calendars.exclusions import MaintenanceKind, MaintenanceWindow
from sla_compliance.errors import InvalidFileError
from sla_compliance.sources.maintenance_files import read_maintenance

START, END = datetime(2026, 10, 4, 1, tzinfo=UTC), datetime(2026, 10, 4, 3, tzinfo=UTC)


def read(folder: Path, content: str, name: str = "work.csv") -> tuple[MaintenanceWindow, ...]:
    """Return the windows in a file of that content."""
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return read_maintenance(path)


def test_start_and_end_are_enough(tmp_path: Path) -> None:
    """Planned work, for everybody."""
    assert read(tmp_path, "start,end\n2026-10-04 01:00:00+00,2026-10-04T03:00:00Z\n") == (
        MaintenanceWindow(START, END),
    )


@pytest.mark.parametrize("name", ["work.csv", "work.json"])
def test_all_that_a_window_has_can_be_written_down(name: str, tmp_path: Path) -> None:
    """As CSV and as JSON."""
    rows = [
        {
            "start": "2026-10-04T01:00:00Z",
            "end": "2026-10-04T03:00:00Z",
            "kind": "EMERGENCY",
            "reason": "card, port 3",
            "author": "M. Ade",
            "actual_end": "2026-10-04T02:00:00Z",
            "announced_at": "2026-10-01T00:00:00Z",
            "entered_at": "2026-10-02T00:00:00Z",
            "with_children": "yes",
            "resource_id": "OLT-7;OLT-8",
            "customer_id": "c-1",
        },
        {
            "start": "2026-10-04T01:00:00Z",
            "end": "2026-10-04T03:00:00Z",
            "recurrence": "FREQ=WEEKLY;BYDAY=SU",
            "zone": "Europe/Berlin",
        },
    ]
    quoted = [",".join(f'"{row.get(name, "")}"' for name in rows[0] | rows[1]) for row in rows]
    content = "\n".join([",".join(rows[0] | rows[1]), *quoted]) if name == "work.csv" else json.dumps(rows)
    assert read(tmp_path, content, name) == (
        MaintenanceWindow(
            START,
            END,
            kind=MaintenanceKind.EMERGENCY,
            reason="card, port 3",
            author="M. Ade",
            actual_end=datetime(2026, 10, 4, 2, tzinfo=UTC),
            announced_at=datetime(2026, 10, 1, tzinfo=UTC),
            entered_at=datetime(2026, 10, 2, tzinfo=UTC),
            applies_to={"resource_id": ["OLT-7", "OLT-8"], "customer_id": "c-1"},
            with_children=True,
        ),
        MaintenanceWindow(START, END, recurrence="FREQ=WEEKLY;BYDAY=SU", zone="Europe/Berlin"),
    )


def test_who_created_a_window_is_its_author(tmp_path: Path) -> None:
    """The column of many systems; both names together are one column twice."""
    content = "start,end,created_by\n2026-10-04T01:00:00Z,2026-10-04T03:00:00Z,M. Ade\n"
    assert read(tmp_path, content) == (MaintenanceWindow(START, END, author="M. Ade"),)
    both = "start,end,created_by,author\n2026-10-04T01:00:00Z,2026-10-04T03:00:00Z,M. Ade,B. Obi\n"
    with pytest.raises(InvalidFileError, match="has two columns called author; rename one"):
        read(tmp_path, both)


def test_json_may_list_whom_a_window_applies_to(tmp_path: Path) -> None:
    """So values may hold semicolons."""
    row = {"start": "2026-10-04T01:00:00Z", "end": "2026-10-04T03:00:00Z", "resource_id": ["a;b", 7]}
    assert read(tmp_path, json.dumps(row), "work.jsonl")[0].applies_to == {"resource_id": frozenset({"a;b", "7"})}


def test_a_bracket_in_an_id_is_no_list(tmp_path: Path) -> None:
    """Only what is a JSON list is one."""
    content = "start,end,resource_id\n2026-10-04T01:00:00Z,2026-10-04T03:00:00Z,[olt]-7\n"
    assert read(tmp_path, content)[0].applies_to == {"resource_id": frozenset({"[olt]-7"})}


@pytest.mark.parametrize(("word", "flag"), [("TRUE", True), ("1", True), ("", False), ("no", False), ("False", False)])
def test_a_window_is_with_children_or_not(word: str, flag: bool, tmp_path: Path) -> None:
    """As spreadsheets and databases write it."""
    content = f"start,end,resource_id,with_children\n2026-10-04T01:00:00Z,2026-10-04T03:00:00Z,OLT-7,{word}\n"
    assert read(tmp_path, content)[0].with_children is flag


def test_json_may_write_the_flag_as_a_flag(tmp_path: Path) -> None:
    """True and false, without quotes."""
    row = {"start": "2026-10-04T01:00:00Z", "end": "2026-10-04T03:00:00Z", "resource_id": "a", "with_children": True}
    assert read(tmp_path, json.dumps(row), "work.jsonl")[0].with_children


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "start,end,resource_id,with_children\n2026-10-04T01:00:00Z,2026-10-04T03:00:00Z,a,maybe\n",
            "with_children is 'maybe'; write yes or no",
        ),
        (
            "start,end,with_children\n2026-10-04T01:00:00Z,2026-10-04T03:00:00Z,yes\n",
            "with_children is True",
        ),
        ("start,end\n2026-10-04T03:00:00Z,2026-10-04T01:00:00Z\n", r"work.csv:2 is no maintenance window: end is"),
        ("start,end\n2026-10-04 03:00:00,\n", r"work.csv:2 is no maintenance window: start is .* without a time zone"),
        ("start,end\n2026-10-04T03:00:00Z,\n", r"work.csv:2 is no maintenance window: end is empty"),
        ("start,end\n2026-10-04T03:00:00Z\n", r"work.csv:2 is no maintenance window: has 1 fields"),
        (
            "start,end,kind\n2026-10-04T01:00:00Z,2026-10-04T03:00:00Z,nightly\n",
            "kind is 'nightly'; give one of planned",
        ),
        ("start,end,recurrence\n2026-10-04T01:00:00Z,2026-10-04T03:00:00Z,FREQ=SECONDLY\n", "work.csv:2 is no"),
        ("start,end,resource_id\n2026-10-04T01:00:00Z,2026-10-04T03:00:00Z,;\n", "applies_to names no values"),
        ("start,ende\n", "has a column 'ende'; windows have start, end"),
        ("start,kind\n", "has no column end"),
        ("start,end,End\n", "two columns called end"),
        ("", "is empty"),
    ],
)
def test_what_is_no_window_is_named_by_file_and_line(content: str, message: str, tmp_path: Path) -> None:
    """One clear error; nothing is excused by mistake."""
    with pytest.raises(InvalidFileError, match=message):
        read(tmp_path, content)
