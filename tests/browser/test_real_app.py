"""The page on the real app: `sla-compliance serve --demo`, nothing canned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sla_compliance.server.database import prepare
from tests.browser.conftest import VisitPage
from tests.browser.visits import Visit
from tests.web.live import Live, serving, token_for
from tests.web.test_live_doubt import fill


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    """The whole app."""
    with serving("--demo") as live:
        yield live


def page_of(live: Live, tenant: str, query: str = "") -> str:
    """Return the address that `serve` prints for a tenant."""
    return f"{live.url}{query}#token={token_for(tenant)}"


def test_a_view_is_one_request(live: Live, open_url: VisitPage) -> None:
    """Of thirty days with everything that the page shows; sound, and the token gone from the address."""
    seen = open_url(page_of(live, "demo")).settled("ready")
    assert seen.asked == ["sla/compliance?days=30&exclude_maintenance=true&detail=full"]
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
    assert seen.asked[1:] == [f"sla/incidents?date={worst['date'][:10]}&exclude_maintenance=true"]
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
    assert seen.asked == ["sla/compliance?days=90&exclude_maintenance=false&detail=full"]
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
            assert "100% Not confirmed target" in seen.text("#cards")
            assert "Data quality" in seen.text("#method")
        spotless = open_url(page_of(doubtful, "spotless")).settled("ready")
        assert "100% Met target" in spotless.text("#cards")
        assert "no rows were read" in spotless.text("#method")
