"""The verdict on the whole range: the card says it in the words of the library, with its confirmation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import sla_compliance as sla
from tests.browser.conftest import KeepPicture, VisitPage
from tests.browser.facts import provider

START = datetime(2025, 10, 20, tzinfo=UTC)
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)

CUT = sla.Alarm(START + 9 * HOUR, START + 10 * HOUR)  # 1 of 168 hours: 99.40 %
UNSEEN = sla.Alarm(START + 30 * HOUR, last_occurrence=START + 31 * HOUR)  # never cleared, unseen for more than 7 days
OVERWRITTEN = sla.Alarm(START + 30 * HOUR, START + 33 * HOUR, severity="cleared")


def week_of(*alarms: sla.Alarm, target: str = "99.9", **terms: Any) -> sla.ComplianceReport:
    """A week, long after it."""
    window: dict[str, Any] = {"start": START, "end": START + WEEK, "zone": "UTC", "as_of": START + 5 * WEEK}
    return sla.evaluate(alarms, policy=sla.SLAPolicy(target), **(window | terms))


REPORTS = {
    "Met": week_of(),
    "At risk": week_of(CUT, target="99.4", as_of=START + WEEK - 12 * HOUR),
    "Breached": week_of(UNSEEN),
    "Not confirmed": week_of(OVERWRITTEN),
    "Breached, unconfirmed": week_of(UNSEEN, target="99"),
}


@pytest.mark.parametrize("words", REPORTS)
def test_the_card_says_the_verdict_of_the_library(visit: VisitPage, keep_picture: KeepPicture, words: str) -> None:
    """Screen readers are told the same; the page is sound in each state."""
    report = REPORTS[words]
    assert report.total.verdict_text == words
    headers: dict[str, Any] = {
        "X_SLA_Verdict": str(report.total.verdict),
        "X_SLA_Confirmed": str(report.is_confirmed).lower(),
    }
    records = report.as_dicts(detail=True)
    seen = visit(provider(lambda _: records, **headers), "?days=7").settled("ready")
    target = f"{report.total.target_percentage:.2f}"
    assert seen.text(".card:first-child .note") == f"{words} target {target}%"
    assert f", {words.lower()}, " in (seen.page.locator("#status").text_content() or "")
    keep_picture(seen.page, f"range_{words}_light")
    seen.page.emulate_media(color_scheme="dark")
    keep_picture(seen.page, f"range_{words}_dark")
    seen.assert_sound()
