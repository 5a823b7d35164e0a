"""The routes of reports: files of a month and of other days, with the figures of the other routes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2  # type: ignore[import-untyped]
import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance

from sla_compliance.errors import MissingExtraError
from sla_compliance.outlets.report_formats import FILE_FORMATS
from sla_compliance.settings import ReportSettings
from sla_compliance.sources.samples import SampleAlarmSource
from sla_compliance.web import report_writing
from sla_compliance.web.report_writing import ReportWriting
from tests.web.world import API, NOW, Clock, Source, assert_problem, platform, service_over, visiting

LATER = NOW + dt.timedelta(days=60)
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
ACME = ReportSettings(title="Monthly report", customer="Acme & Sons", contract="C-17", issued_by="NOC")


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Logged in as acme, two months later."""
    with visiting(service_over(Source(), clock=Clock(LATER)), unknown_parameters="refuse") as client:
        yield client


def facts_of(days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return days without where they came from, which is another place the next time."""
    return [{key: value for key, value in day.items() if key != "provenance"} for day in days]


def pdf_text(content: bytes) -> str:
    """Return the text of a PDF as another library reads it."""
    document = pypdfium2.PdfDocument(content)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return text


@pytest.mark.parametrize("name", list(FILE_FORMATS))
def test_a_month_is_a_file_of_each_format(client: TestClient, name: str) -> None:
    """With its media type and a name; the client's copy is current, and the same request has the same bytes."""
    answer = client.get(f"report?month=2025-10&format={name}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPES[name]
    assert answer.headers["content-disposition"] == f'attachment; filename="sla-acme-2025-10.{name}"'
    assert answer.headers["cache-control"] == "private, no-cache"
    again = client.get(f"report?month=2025-10&format={name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"report?month=2025-10&format={name}").content == answer.content


def test_the_figures_are_those_of_the_other_routes(client: TestClient) -> None:
    """In each format: the availability on record, the days, their downtime."""
    query = "from_date=2025-10-01&to_date=2025-10-31"
    days = client.get(f"compliance?{query}&detail=full").json()
    totals = client.get(f"rollup-stats?{query}").json()
    files = {name: client.get(f"report?month=2025-10&format={name}").content for name in FILE_FORMATS}
    assert json.loads(files["json"])["records"] == facts_of(days)
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode())))
    assert [(row["date"], Decimal(row["compliance_percentage"])) for row in rows] == [
        (day["date"], Decimal(str(day["compliance_percentage"]))) for day in days
    ]
    text = pdf_text(files["pdf"])
    assert f"{totals['avg_compliance']:.2f}" in text
    assert len(re.findall(r"100\.00", text)) >= sum(day["compliance_percentage"] == 100 for day in days)
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    downtimes = seconds_of_days(book)
    assert downtimes == [day["downtime_seconds"] for day in days]


def seconds_of_days(book: Any) -> list[float]:
    """Return the downtime of each day of a workbook, whole seconds."""
    (sheet,) = [sheet for sheet in book.worksheets if isinstance(sheet["A32"].value, dt.datetime)]
    heads = [cell.value for cell in sheet[1]]
    place = heads.index("Downtime")
    rows = [row for row in sheet.iter_rows(min_row=2, values_only=True) if isinstance(row[0], dt.datetime)]
    return [row[place].total_seconds() if isinstance(row[place], dt.timedelta) else row[place] * 86_400 for row in rows]


def test_other_days_are_those_of_the_dashboard(client: TestClient) -> None:
    """By dates or by number, with maintenance counted where it is counted there."""
    for query in ("days=90", "from_date=2025-10-06&to_date=2025-10-08", "from_date=2025-10-06"):
        for maintenance in ("", "&exclude_maintenance=false"):
            days = client.get(f"compliance?{query}{maintenance}&detail=full").json()
            answer = client.get(f"report?{query}{maintenance}&format=json")
            assert answer.json()["records"] == facts_of(days)
    named = client.get("report?from_date=2025-10-06&to_date=2025-10-08&format=csv")
    assert named.headers["content-disposition"] == 'attachment; filename="sla-acme-2025-10-06_2025-10-08.csv"'


def test_a_month_in_progress_is_one_until_today() -> None:
    """Its name says which days it has."""
    with visiting(service_over(Source())) as client:
        answer = client.get("report?month=2025-10&format=json")
        days = client.get("compliance?from_date=2025-10-01&detail=full").json()
    assert answer.json()["records"] == facts_of(days)
    assert answer.headers["content-disposition"] == 'attachment; filename="sla-acme-2025-10-01_2025-10-08.json"'


def test_title_parties_and_locale_are_those_of_the_tenant() -> None:
    """As the platform says; the locale may be chosen."""
    reports = {"acme": ACME}
    service = service_over(Source(), clock=Clock(LATER))
    with visiting(service, reports=lambda tenant_id: reports[tenant_id]) as client:
        english = client.get("report?month=2025-10&format=json").json()
        assert english["title"] == "Monthly report"
        texts = [fact["text"] for fact in english["facts"]]
        assert texts[:3] == ["Acme & Sons", "C-17", "NOC"]
        french = client.get("report?month=2025-10&format=json&locale=fr").json()
        assert (french["title"], french["locale"]) == ("Monthly report", "fr")
        assert "octobre 2025" in french["subtitle"] or "oct. 2025" in french["subtitle"]


def test_settings_that_cannot_be_used_are_a_409(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With the name of the setting; the path of the server's file is in its log alone."""
    picture = tmp_path / "picture.png"
    picture.write_text("none")
    logos = {"acme": str(tmp_path / "gone.png"), "other": str(picture)}
    service = service_over(Source(), clock=Clock(LATER))
    for tenant_id in ("acme", "other"):
        with visiting(service, tenant_id, reports=lambda tenant_id: ReportSettings(logo=logos[tenant_id])) as client:
            answer = client.get("report?month=2025-10&format=json")
        assert_problem(answer, 409, "reports.logo")
        assert str(tmp_path) not in answer.text
        assert f"tenant '{tenant_id}' has no reports" in caplog.text


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("format=pdf", 422, "month is missing"),
        ("month=2025-13", 400, "month"),
        ("month=x", 400, "month"),
        ("month=2026-01", 400, "has not begun"),
        ("from_date=2026-01-01", 400, "has not begun"),
        ("from_date=2025-01-01", 400, "90 days"),
        ("month=2025-10&days=7", 422, "month stands beside"),
        ("", 422, "days"),
        ("month=2025-10&format=docx", 422, "format"),
        ("month=2025-10&locale=xx_not_a_locale", 422, "locale"),
        ("month=2025-10&locale=" + "a" * 36, 422, "locale"),
        ("month=2025-10&target_percentage=99", 422, "target_percentage"),
    ],
)
def test_bad_requests_are_problems(client: TestClient, query: str, status: int, word: str) -> None:
    """Which name the parameter."""
    assert_problem(client.get(f"report?{query}"), status, word)


def test_it_takes_the_permission_to_read() -> None:
    """And the tenant is that of the identity."""
    service = service_over(Source(), clock=Clock(LATER))
    with visiting(service, tenant="acme no-reader") as client:
        assert_problem(client.get("report?month=2025-10"), 403, "may not read")
        assert_problem(client.get("report-formats"), 403, "may not read")
    with visiting(service_over(Source(), clock=Clock(LATER)), tenant="nobody") as client:
        assert_problem(client.get("report?month=2025-10"), 403)


def test_what_is_not_installed_is_not_offered(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A 501 names the extra; the list of formats leaves it out."""
    assert client.get("report-formats").json() == list(FILE_FORMATS)
    monkeypatch.setattr("sla_compliance.outlets.report_formats.find_spec", lambda name: None if name == "typst" else 1)
    assert client.get("report-formats").json() == [name for name in FILE_FORMATS if name != "pdf"]
    assert_problem(client.get("report?month=2025-10&format=pdf"), 501, "sla-compliance[pdf]")
    assert client.get("report?month=2025-10&format=csv").status_code == 200

    def no_babel(_: str) -> Any:
        raise MissingExtraError("a locale", extra="locale")

    monkeypatch.setattr("sla_compliance.web.report_queries.formats_of", no_babel)
    assert_problem(client.get("report?month=2025-10&format=csv&locale=fr"), 501, "sla-compliance[locale]")


def test_a_source_that_is_away_is_a_503_and_no_half_report() -> None:
    """Days are remembered, outages are not."""
    source = Source()
    with visiting(service_over(source, clock=Clock(LATER))) as client:
        assert client.get("report?month=2025-10&format=csv").status_code == 200
        source.error = ConnectionError("away")
        assert client.get("compliance?from_date=2025-10-01&to_date=2025-10-31").status_code == 200
        assert_problem(client.get("report?month=2025-10&format=csv"), 503)


def test_one_report_is_written_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others wait, for a while; other routes are answered meanwhile."""
    writes, at_once, most_at_once = threading.Semaphore(0), 0, 0
    begun = threading.Event()

    def slow(_: object) -> str:
        nonlocal at_once, most_at_once
        at_once += 1
        most_at_once = max(most_at_once, at_once)
        begun.set()
        writes.acquire(timeout=10)
        at_once -= 1
        return "date\n"

    monkeypatch.setattr("sla_compliance.outlets.writers.records_csv", slow)
    waits = {"turn_within_s": 0.5, "written_within_s": 20.0}
    monkeypatch.setattr(ReportWriting.__init__, "__kwdefaults__", waits)
    with visiting(service_over(Source(), clock=Clock(LATER))) as client, ThreadPoolExecutor(3) as pool:
        first = pool.submit(client.get, "report?month=2025-10&format=csv")
        assert begun.wait(10)
        second = pool.submit(client.get, "report?month=2025-10&format=csv")
        assert client.get("compliance?days=7").status_code == 200
        assert_problem(second.result(10), 503, "Other reports")
        writes.release(2)
        assert first.result(10).content == b"date\n"
        assert client.get("report?month=2025-10&format=csv").content == b"date\n"
    assert most_at_once == 1


def test_reports_leave_places_to_other_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """One tenant has few of the places of reports, and all reports fewer than there are of requests."""
    writes, begun = threading.Semaphore(0), threading.Event()

    def slow(_: object) -> str:
        begun.set()
        writes.acquire(timeout=10)
        return "date\n"

    monkeypatch.setattr("sla_compliance.outlets.writers.records_csv", slow)
    monkeypatch.setattr(report_writing, "MOST_REPORTS", 3)
    monkeypatch.setattr(report_writing, "MOST_REPORTS_OF_TENANT", 2)
    question, of_other = "report?month=2025-10&format=csv", {"Authorization": "other"}
    with (
        visiting(service_over(Source(), clock=Clock(LATER)), max_concurrent=12) as client,
        ThreadPoolExecutor(20) as pool,
    ):
        asked = {pool.submit(client.get, question) for _ in range(10)}
        refused = list(islice(as_completed(asked, timeout=10), 8))
        assert begun.wait(10)
        # Two of another tenant: there is one place left.
        of_others = {pool.submit(client.get, question, headers=of_other) for _ in range(2)}
        refused += islice(as_completed(of_others, timeout=10), 1)
        for answer in refused:
            assert_problem(answer.result(), 503, "Too many reports")
        assert client.get("compliance?days=7").status_code == 200
        writes.release(3)
        assert {answer.result(10).status_code for answer in (asked | of_others).difference(refused)} == {200}


def test_made_up_figures_have_no_report() -> None:
    """They cannot be downloaded."""
    app = platform(service_over(SampleAlarmSource("UTC")))
    assert not [path for path in app.openapi()["paths"] if "report" in path]


APP = platform(service_over(Source(), clock=Clock(LATER)))
schema = schemathesis.openapi.from_asgi("/openapi.json", APP).include(path_regex="/report")


def test_the_routes_are_documented() -> None:
    """Media types, parameters and errors."""
    operation = APP.openapi()["paths"][f"{API}/report"]["get"]
    query = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query"}
    assert query == {"month", "from_date", "to_date", "days", "format", "locale", "exclude_maintenance"}
    assert operation["responses"]["200"]["content"].keys() == {entry.media_type for entry in FILE_FORMATS.values()}
    assert {"400", "401", "403", "409", "422", "501", "503"} <= operation["responses"].keys()


@schema.parametrize()
@settings(max_examples=30)
def test_whatever_is_asked_the_routes_keep_to_the_document(case: Any) -> None:
    """No 5xx, and nothing undocumented."""
    case.call_and_validate(headers={"Authorization": "acme"}, checks=[not_a_server_error, content_type_conformance])
