"""Input that fuzzing found an error for that is not of this library, or a message that cannot be written."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import openpyxl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pyarrow import parquet

import sla_compliance as sla
from sla_compliance.analysis import difference, statement
from sla_compliance.analysis.statement_documents import document_of, statement_of
from sla_compliance.canonical_input import input_digest
from sla_compliance.server.auth import InvalidTokenError, Tokens
from sla_compliance.settings import loads
from sla_compliance.sources.files import FileAlarmSource
from tests.unit.moments import at, report_of

SURROGATE: Final = "\ud800"
DAY: Final[dict[str, Any]] = {"start": at(8), "end": at(9), "zone": "UTC", "as_of": at(9)}


def forged_statement(**changes: Any) -> dict[str, Any]:
    """Return the document of a statement that somebody changed, who computed its digests again."""
    issued = statement(report_of([], at(1), at(2)), tenant="acme", issued_at=at(30), issued_by="ana", provisional=True)
    document = {**document_of(issued), **changes}
    if "lines" in changes:
        document["input_digest"] = input_digest(changes["lines"])
    fields = {name: value for name, value in document.items() if name not in ("lines", "digest")}
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return {**document, "digest": hashlib.sha256(canonical.encode()).hexdigest()}


def figures(**changes: Any) -> dict[str, Any]:
    """Return the figures of a statement, some of them changed."""
    return {**forged_statement()["figures"], **changes}


def test_a_statement_with_a_digest_of_its_own_is_taken() -> None:
    """The forger's digest is right, so each refusal below is of a value."""
    assert statement_of(forged_statement()).explain()
    rows = ['["row",null,1,2,null,{}]', '["row","1",1,2,null,{}]', '["correction","1"]']
    assert statement_of(forged_statement(lines=rows)).lines == tuple(rows)


def test_a_figure_that_one_of_two_statements_lacks_is_a_difference() -> None:
    """Another version of the library may have issued one of them."""
    issued = statement_of(forged_statement())
    with_more_figures = statement_of(forged_statement(figures=figures(patience="7")))
    assert difference(issued, with_more_figures).figures == (("patience", None, "7"),)
    assert difference(with_more_figures, issued).figures == (("patience", "7", None),)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"issued_us": 10**20}, "issued_us is 100000000000000000000 microseconds"),
        ({"start_us": -(10**18)}, "start_us is -1000000000000000000 microseconds"),
        ({"zone": "../UTC"}, "zone is '../UTC', not a time zone"),
        ({"figures": figures(verdict="PERHAPS")}, "its verdict is 'PERHAPS'"),
        ({"figures": figures(downtime_us="1")}, "its figure downtime_us is of another type"),
        ({"figures": figures(is_confirmed=1)}, "its figure is_confirmed is of another type"),
        ({"figures": {"verdict": "MET"}}, "its field figures lacks some"),
        ({"day_cells": {"yesterday": {}}}, "day_cells is 'yesterday'"),
        ({"day_cells": {"2025-10-01": {"AGREED/UP": True}}}, "of its field day_cells has a length"),
        ({"day_cells": {"2025-10-01": {"AGREED/UP": -1}}}, "2025-10-01 of its field day_cells has a length"),
        ({"corrections": [1]}, "its field corrections holds other things"),
        ({"lines": ["row"]}, "its field lines holds 'row'"),
        ({"lines": ["1"]}, "its field lines holds '1'"),
        ({"lines": ["[" * 100_000]}, "its field lines holds '[[["),
        ({"lines": ['["row",']}, "its field lines holds '[\"row\",'"),
        ({"lines": ['["row"]']}, "its field lines holds '[\"row\"]'"),
        ({"lines": ['["row",{}]']}, "its field lines holds '[\"row\",{}]'"),
        ({SURROGATE: 1}, r"besides its own, '\ud800'"),
    ],
    ids=lambda value: ascii(value) if isinstance(value, str) else "",
)
def test_a_statement_that_cannot_have_been_issued_is_refused(changes: dict[str, Any], message: str) -> None:
    """When it is read, not when it is shown."""
    with pytest.raises(sla.InvalidValueError) as refused:
        statement_of(forged_statement(**changes))
    assert refused.value.field == "statement"
    assert message in str(refused.value)


@pytest.mark.parametrize("token", [SURROGATE, "a.b.\udc80", "\u00e9.b.c", "\uff41.b.c"])
def test_a_token_of_other_characters_is_not_valid(token: str) -> None:
    """A token is ASCII; the message repeats nothing of it."""
    with pytest.raises(InvalidTokenError, match=r"^The token is not valid; get one for this server\.$"):
        Tokens("a secret of 32 bytes or more, for tests").read(token)


@pytest.mark.parametrize("name", [SURROGATE, "x" * 10_000, "a\nb"])
def test_columns_in_a_message_are_short_and_can_be_written(name: str) -> None:
    """Whatever the export calls them, and however many there are."""
    rows = [{"first_occurrence": at(8), name: 1, **{f"column {number}": 1 for number in range(1_000)}}]
    with pytest.raises(sla.InvalidValueError, match="by is 'resource_id'; the alarms carry the columns") as refused:
        sla.evaluate_each(sla.alarms_from_rows(rows), **DAY)
    assert len(str(refused.value)) < 1_500
    assert str(refused.value).encode()
    assert "\n" not in str(refused.value)


def test_a_long_column_name_that_is_there_twice_is_shown_short(tmp_path: Path) -> None:
    """As any other value in a message."""
    path = tmp_path / "alarms.csv"
    path.write_text(f"first_occurrence,{'x' * 9_999},{'x' * 9_999}\n", encoding="utf-8")
    with pytest.raises(sla.InvalidFileError, match="names the column 'x+'... .9999 characters. twice") as refused:
        FileAlarmSource(path).read()
    assert len(str(refused.value)) < 500


def test_parquet_with_a_name_that_is_no_text_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """The library of Parquet leaves that to Python's decoder."""
    path = tmp_path / "alarms.parquet"
    parquet.write_table(pa.table({"first_occurrence": ["2025-10-08T00:00:00Z"], "colour": ["red"]}), path)
    path.write_bytes(path.read_bytes().replace(b"colour", b"col\xff\xfe\xff"))
    with pytest.raises(sla.InvalidFileError, match="is no Parquet that can be read"):
        FileAlarmSource(path).read()


def test_a_clock_skew_is_no_reason_to_lose_a_row() -> None:
    """Rows without ids are alarms or are listed, whatever the options."""
    rows = [{"first_occurrence": at(8), "cleared_at": at(8) - timedelta(minutes=minutes)} for minutes in (1, 9)]
    batch = sla.alarms_from_rows(rows, on_invalid="quarantine", clock_skew=timedelta(minutes=5))
    assert (len(batch), len(batch.rejected)) == (1, 1)


def workbook_with(sheet_text: Callable[[bytes], bytes], path: Path) -> Path:
    """Write a workbook with two alarms, the text of its sheet changed; return its path."""
    workbook = openpyxl.Workbook()
    sheet = workbook.create_sheet("alarms", 0)
    for cells in (("first_occurrence", "id"), ("2025-10-08T00:00:00Z", "1"), ("2025-10-08T01:00:00Z", "2")):
        sheet.append(cells)
    content = io.BytesIO()
    workbook.save(content)
    with zipfile.ZipFile(content) as parts, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            part = parts.read(name)
            archive.writestr(name, sheet_text(part) if name == "xl/worksheets/sheet1.xml" else part)
    return path


@pytest.mark.parametrize("size", [b"A1", b"A1:A2", b"A1:B2", b"A1:XFD1048576", b"B2:A1", b"A1:B3"])
def test_the_size_that_a_sheet_states_loses_no_row(size: bytes, tmp_path: Path) -> None:
    """Exporters write sizes that are not those of the sheet."""
    path = workbook_with(lambda part: part.replace(b'ref="A1:B3"', b'ref="' + size + b'"'), tmp_path / "alarms.xlsx")
    assert FileAlarmSource(path).read().columns["id"] == ("1", "2")


def test_a_sheet_with_a_row_beyond_the_last_one_is_refused(tmp_path: Path) -> None:
    """Nobody waits until all rows before it are counted."""
    path = workbook_with(lambda part: part.replace(b'<row r="3"', b'<row r="900000000"'), tmp_path / "alarms.xlsx")
    with pytest.raises(sla.InvalidFileError, match="has a row below 1,048,576, the last one of a sheet; save it again"):
        FileAlarmSource(path).read()


@pytest.mark.parametrize("line", ["a{} = 1", "[a{}]", "a = {{b{} = 1}}", "# a{}", '#""", b{} = 1}}'])
def test_a_contract_file_with_a_key_of_many_parts_is_refused(line: str) -> None:
    """The parser takes the square of their number; what begins like a comment may be the end of a text."""
    with pytest.raises(sla.InvalidFileError, match="^the contract file:2 has more than 200 dots;") as refused:
        loads('a = {b = """\n' + line.format(".a" * 200_000))
    assert refused.value.line == 2


@pytest.mark.parametrize("tenant", [{"id": 1}, ["acme"]], ids=str)
def test_a_tenant_that_cannot_be_compared_is_a_fault_of_its_row(tenant: object) -> None:
    """As every other value that rows are told apart by; a column of another name may hold anything."""
    rows: list[dict[str, object]] = [
        {"first_occurrence": at(8), "status": "cleared", "alarm_id": "x", "tenant_id": tenant, "labels": tenant},
        {"first_occurrence": at(8, 1), "status": "cleared", "alarm_id": "x", "tenant_id": "acme", "labels": tenant},
    ]
    batch = sla.alarms_from_rows(rows, on_invalid="quarantine")
    assert (batch.columns["tenant_id"], batch.columns["labels"]) == (("acme",), (tenant,))
    assert "tenant_id is a value of type" in batch.rejected[0].reasons[0]
    with pytest.raises(sla.InvalidAlarmsError, match="tenant_id is a value of type"):
        sla.alarms_from_rows(rows)


@pytest.mark.parametrize("sign", ["", "+", "-"])
@pytest.mark.parametrize(
    ("rule", "highest", "period"),
    [
        ("FREQ=MONTHLY;BYDAY={}MO", 5, "month"),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=1SU,{}MO", 5, "month"),
        ("FREQ=YEARLY;BYDAY={}MO", 53, "year"),
    ],
)
def test_a_weekday_that_no_period_has_so_often_is_refused(rule: str, sign: str, highest: int, period: str) -> None:
    """The library of recurrences fails for such numbers; the highest that there can be is taken."""
    assert sla.MaintenanceWindow(at(8), at(9), recurrence=rule.format(f"{sign}{highest}")).recurrence is not None
    for number in (highest + 1, 99):
        with pytest.raises(sla.InvalidRecurrenceError, match=f"a {period} has a weekday {highest} times at most"):
            sla.MaintenanceWindow(at(8), at(9), recurrence=rule.format(f"{sign}{number}"))
