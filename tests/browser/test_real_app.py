"""The page on the real app: `sla-compliance serve --demo`, nothing canned."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pypdfium2  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine

from sla_compliance.server.app import service_of
from sla_compliance.server.auth import EVERY_TENANT, OVERVIEW, READERS, Tokens
from sla_compliance.server.database import database_url, engine_of, prepare
from sla_compliance.server.settings import ServeSettings
from sla_compliance.server.variables import SECRET
from sla_compliance.service import Statistics
from sla_compliance.stores.sqlalchemy import metadata
from tests.browser.conftest import VisitPage
from tests.browser.visits import Visit
from tests.web.live import TEST_SECRET, Live, serving, token_for
from tests.web.test_live_doubt import fill


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    """The whole app."""
    with serving("--demo") as live:
        yield live


def page_of(live: Live, tenant: str, query: str = "") -> str:
    """Return the address that `serve` prints for a tenant."""
    return f"{live.url}{query}#token={token_for(tenant)}"


def test_a_view_asks_for_its_days_once(live: Live, open_url: VisitPage) -> None:
    """Of thirty days with everything that the page shows; sound, and the token gone from the address."""
    seen = open_url(page_of(live, "demo")).settled("ready")
    assert seen.asked_for("sla/compliance") == ["sla/compliance?days=30&exclude_maintenance=true&detail=full"]
    assert "token" not in seen.page.url
    assert seen.page.locator("#chart [data-date]").count() == 30
    seen.assert_sound()


def test_the_app_serves_the_palette(live: Live, open_url: VisitPage) -> None:
    """The page has its colours, light and dark, under the app's own policy."""
    seen = open_url(page_of(live, "demo")).settled("ready")
    backgrounds = []
    for scheme in ("light", "dark"):
        seen.page.emulate_media(color_scheme=scheme)
        backgrounds.append(
            seen.page.evaluate("getComputedStyle(document.querySelector('.panel:not([hidden])')).backgroundColor")
        )
    assert backgrounds == ["rgb(255, 255, 255)", "rgb(22, 29, 26)"]


def test_a_day_opens_its_incidents(live: Live, open_url: VisitPage) -> None:
    """One more request; the alarms behind them are named."""
    worst = min(live.ask("compliance?days=30").json(), key=lambda day: day["compliance_percentage"])
    seen = open_url(page_of(live, "demo")).settled("ready")
    seen.day(worst["date"][:10]).click()
    seen.page.locator("#day .incidents li").first.wait_for()
    assert seen.asked_for("sla/incidents") == [f"sla/incidents?date={worst['date'][:10]}&exclude_maintenance=true"]
    seen.assert_sound()


def test_the_incidents_of_a_day_sum_to_its_downtime(live: Live, open_url: VisitPage) -> None:
    """With maintenance excluded and without: on a day of the demonstration on which that makes a difference."""
    excluded, counted = (days_of(live, exclude_maintenance) for exclude_maintenance in ("true", "false"))
    date = next(date for date, seconds in counted.items() if seconds != excluded[date])
    seen = open_url(page_of(live, "demo", "?days=90")).settled("ready")
    assert incidents_of(seen, date) == pytest.approx(excluded[date])
    seen.page.get_by_text("Exclude maintenance").click()
    seen.settled("ready")
    assert incidents_of(seen, date) == pytest.approx(counted[date])
    seen.assert_sound()


def days_of(live: Live, exclude_maintenance: str) -> dict[str, float]:
    """Return the downtime of each day of the overview, seconds."""
    days = live.ask(f"compliance?days=90&detail=full&exclude_maintenance={exclude_maintenance}").json()
    return {day["date"][:10]: day["downtime_seconds"] for day in days}


def incidents_of(seen: Visit, date: str) -> float:
    """Open a day; return the counted downtime of the incidents that the page fetches for it, seconds."""
    with seen.page.expect_response("**/sla/incidents?*") as response:
        seen.day(date).click()
    seconds: float = sum(incident["downtime_seconds"] for incident in response.value.json()["incidents"])
    return seconds


def test_another_range_is_one_request_more(live: Live, open_url: VisitPage) -> None:
    """Ninety days, maintenance counted too."""
    seen = open_url(page_of(live, "demo-2", "?days=90&exclude_maintenance=false")).settled("ready")
    assert seen.asked_for("sla/compliance") == ["sla/compliance?days=90&exclude_maintenance=false&detail=full"]
    assert "Africa/Lagos" in seen.text("#period")


def test_a_tenant_that_is_not_monitored_yet_is_told_so(live: Live, open_url: VisitPage) -> None:
    """In the platform's words."""
    seen = open_url(page_of(live, "empty")).settled("empty")
    assert "once the telemetry backend publishes historical availability data" in seen.text("#empty")


def test_a_token_that_has_expired_is_asked_for_again(live: Live, open_url: VisitPage) -> None:
    """With the reason."""
    seen = open_url(f"{live.url}#token={token_for('demo', hours=-1)}").settled("sign-in")
    assert "expired" in seen.text("#sign-in-detail")


def test_rows_that_no_filter_matches_leave_the_page_unconfirmed(tmp_path: Path, open_url: VisitPage) -> None:
    """100 on record, of a tenant whose rows are all of an unknown severity; one without rows is told so."""
    file = tmp_path / "alarms.sqlite"
    prepare(f"sqlite:///{file}", demo_at=None)
    fill(file, datetime.now(UTC))
    with serving("--database-url", f"sqlite:///{file}") as doubtful:
        for tenant in ("words", "overwritten"):
            seen = open_url(page_of(doubtful, tenant)).settled("ready")
            assert "100.00% Not confirmed target" in seen.text("#cards")
            assert "Data quality" in seen.text("#method")
        spotless = open_url(page_of(doubtful, "spotless")).settled("ready")
        assert "100.00% Met target" in spotless.text("#cards")
        assert "No rows were read" in spotless.text("#method")


def test_an_operator_sees_all_tenants_and_each_ones_figures(tmp_path: Path, open_url: VisitPage) -> None:
    """Twelve of them, the worst first; names and figures belong together."""
    file = tmp_path / "alarms.sqlite"
    url = f"sqlite:///{file}"
    prepare(url, demo_at=None)
    metadata.create_all(engine := create_engine(url))
    engine.dispose()
    outages = write_operators_tenants(file, datetime.now(UTC))
    # Not in this thread, where the browser has an event loop.
    with ThreadPoolExecutor() as pool:
        pool.submit(asyncio.run, store_days(url, outages)).result()
    token = Tokens(TEST_SECRET).issue(EVERY_TENANT, [min(READERS), OVERVIEW], lifetime=timedelta(hours=1))
    worst, best = list(outages)[-1], next(iter(outages))
    # The header X-Tenant-ID is not read: the page names the tenant in the query too.
    environment = {SECRET: TEST_SECRET, "SLA_TENANT_HEADER": "ignore"}
    with serving("--database-url", url, environment=environment) as operated:
        seen = open_url(f"{operated.url}#token={token}").settled("ready")
        names = seen.page.locator("#overview tbody th button")
        expect(names).to_have_text([*reversed(outages)])
        assert seen.text("h1") == min(outages)
        for tenant, minutes in ((worst, outages[worst]), (best, outages[best])):
            names.filter(has_text=tenant).click()
            expect(seen.page.locator("h1")).to_have_text(tenant)
            expect(seen.page.locator("#cards .card:nth-child(2) .figure")).to_have_text(f"{minutes}min")
        seen.assert_sound()


def write_operators_tenants(file: Path, now: datetime) -> dict[str, int]:
    """Write twelve tenants, each with one outage ten days ago; return its minutes by tenant, the shortest first."""
    outages = {f"tenant-{number:02}": number for number in range(1, 13)}
    day = timedelta(days=1)
    statement = (
        "INSERT INTO alarms (id, tenant_id, alarm_id, severity, status, alarm_type, title, first_occurrence,"
        " last_occurrence, cleared_at) VALUES (?, ?, 'LOS-1', 'CRITICAL', 'CLEARED', 'los', 'Loss of signal', ?, ?, ?)"
    )
    with closing(sqlite3.connect(file)) as database, database:
        for tenant, minutes in outages.items():
            start, end = now - 10 * day, now - 10 * day + timedelta(minutes=minutes)
            database.execute("INSERT INTO tenants VALUES (?, 'UTC', ?)", (tenant, (now - 60 * day).isoformat()))
            times = (start.isoformat(), end.isoformat(), end.isoformat())
            database.execute(statement, (f"row-{tenant}", tenant, *times))
    return outages


async def store_days(url: str, tenants: Iterable[str]) -> None:
    """Store the closed days of thirty, as the nightly job does."""
    variables = {SECRET: TEST_SECRET, "SLA_DATABASE_URL": url, "SLA_STORED_DAYS": "1"}
    engine = engine_of(database_url(url))
    service = service_of(engine, ServeSettings.from_environment(variables), Statistics())
    now = datetime.now(UTC)
    for tenant in tenants:
        await service.store_closed_days(tenant, now - timedelta(days=30), now)
    await service.aclose()
    await engine.dispose()


def test_the_range_is_a_file_as_pdf_and_as_workbook(live: Live, open_url: VisitPage, tmp_path: Path) -> None:
    """What the buttons download is read by other libraries, with the figures of the page's own request."""
    days = live.ask("compliance?days=30&detail=full").json()
    totals = live.ask("rollup-stats?days=30").json()
    seen = open_url(page_of(live, "demo")).settled("ready")
    files = {}
    for name in ("pdf", "xlsx"):
        button = seen.page.locator(f"#report-{name}")
        expect(button).to_be_visible()
        with seen.page.expect_download(timeout=30_000) as download:
            button.click()
        first, last = days[0]["date"][:10], days[-1]["date"][:10]
        assert download.value.suggested_filename == f"sla-demo-{first}_{last}.{name}"
        files[name] = tmp_path / f"report.{name}"
        download.value.save_as(files[name])
    document = pypdfium2.PdfDocument(files["pdf"])
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    assert f"{totals['avg_compliance']:.2f}" in text
    book = openpyxl.load_workbook(files["xlsx"])
    sheet = next(sheet for sheet in book.worksheets if isinstance(sheet["A31"].value, datetime))
    dates = [row[0].date() for row in sheet.iter_rows(min_row=2, values_only=True) if isinstance(row[0], datetime)]
    assert [date.isoformat() for date in dates] == [day["date"][:10] for day in days]
    seen.assert_sound()


def test_a_month_is_asked_for_by_its_name(live: Live, open_url: VisitPage) -> None:
    """So that it has what only a month has; a report that fails says so, and the button can be pressed again."""
    seen = open_url(page_of(live, "demo", "?month=last")).settled("ready")
    busy = {"title": "Busy", "detail": "Wait."}
    seen.page.route("**/sla/report?*", lambda route: route.fulfill(status=503, json=busy))
    seen.page.locator("#report-pdf").click()
    expect(seen.page.locator("#report-problem")).to_have_text("The report could not be downloaded: Busy. Wait.")
    expect(seen.page.locator("#report-pdf")).to_be_enabled()
    (asked,) = seen.asked_for("sla/report")
    assert "format=pdf" in asked
    assert "month=20" in asked
