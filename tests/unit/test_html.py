"""The HTML page of a report: complete in itself, closed to everything else, true to the report, whatever the texts."""

from __future__ import annotations

import re
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.drawing.markup import may_reorder
from sla_compliance.outlets import document
from sla_compliance.outlets.blocks import Note
from sla_compliance.outlets.html import document_page
from sla_compliance.samples import sample_provider
from tests.outlets.documents import month

START = datetime(2025, 10, 1, tzinfo=UTC)
WEEK = START + timedelta(days=7)
VOID = {"img", "meta", "link", "rect", "use", "path", "line", "stop"}
SAMPLE = sample_provider(datetime(2026, 11, 23, 15, 40, tzinfo=UTC))
SAMPLE_REPORT = sla.evaluate(SAMPLE.batch(), **SAMPLE.terms)
SAMPLE_PAGE = document_page(document(SAMPLE_REPORT, title="Sample"))
# The body of the page of a month made by hand, without its script.
MONTH_BODY_SHA256 = "e59bacaab2b90f337944f41913b942802f7f3666ae2194318150b4049ee03281"
HOSTILE = (
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><svg/onload=alert(1)>",
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "javascript:alert(1)",
    "\u202egnp.exe",
    "a\x00b\x1b[31m",
    "\ud800",
)


class Page(HTMLParser):
    """A page as elements, texts and attributes; refuses what is not well nested."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)

    def values(self, name: str, tag: str | None = None) -> list[str | None]:
        """All values of an attribute."""
        return [value for where, attribute, value in self.attributes if attribute == name and tag in (None, where)]


def page_of(figures: sla.ComplianceReport, *, title: str = "SLA", period: sla.Period = sla.Period.DAY) -> str:
    """The page of figures."""
    return document_page(document(figures, title=title, period=period))


def plain(text: str) -> str:
    """A page's text with plain blanks."""
    return re.sub(r"[\u202f\u00a0]", " ", text).replace("\N{EN DASH}", "-")


def report_of(*alarms: sla.Alarm, **terms: object) -> sla.ComplianceReport:
    """A week with some alarms."""
    given = {"start": START, "end": WEEK, "zone": "UTC", "as_of": WEEK} | terms
    return sla.evaluate(alarms, **given)  # type: ignore[arg-type]


def alarm(title: str, alarm_type: str | None = None) -> sla.Alarm:
    """An hour's outage on the second day."""
    return sla.Alarm(
        START + timedelta(days=1, hours=2), START + timedelta(days=1, hours=3), title=title, alarm_type=alarm_type
    )


def rows_of(page: str) -> list[list[str]]:
    """The table of figures, cell by cell."""
    body = page.partition('id="days">')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr.*?</tr>", body)
    return [[plain(re.sub(r"<.*?>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def policy_of(page: Page) -> dict[str, list[str]]:
    """The page's content security policy, by directive."""
    (text,) = [value for value in page.values("content", "meta") if value and "default-src" in value]
    return {words[0]: words[1:] for words in map(str.split, text.split(";"))}


def hash_of(text: str) -> str:
    """As a content security policy names it."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_the_policy_allows_the_pages_own_script_and_style_alone() -> None:
    """By their hashes; nothing inline, nothing from elsewhere, no attribute that is a script or a style."""
    page = Page(SAMPLE_PAGE)
    policy = policy_of(page)
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == [hash_of(text) for text in page.texts["script"]]
    assert policy["style-src"] == [hash_of(text) for text in page.texts["style"]]
    assert "unsafe" not in SAMPLE_PAGE
    assert [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"] == []


def test_the_policy_stands_before_what_it_judges() -> None:
    """A policy does not reach back."""
    assert SAMPLE_PAGE.index("Content-Security-Policy") < min(SAMPLE_PAGE.index("<style"), SAMPLE_PAGE.index("<script"))


def test_the_page_refers_to_nothing_outside_itself() -> None:
    """No address, no import, no picture."""
    page = Page(SAMPLE_PAGE)
    assert not re.search(r"https?:|//[a-z]|@import|src=|url\((?!#)", SAMPLE_PAGE)
    assert all(value is not None and re.match("#|data:,$", value) for value in page.values("href"))


def test_every_reference_has_its_target_and_ids_are_unique() -> None:
    """Links of the chart lead to rows of the table."""
    page = Page(SAMPLE_PAGE)
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {value and value.removeprefix("#") for value in page.values("href") if value != "data:,"} <= set(ids)
    assert set(page.values("aria-labelledby")) <= set(ids)


def test_the_page_is_light() -> None:
    """Ninety days with incidents fit a mail."""
    assert len(SAMPLE_PAGE.encode()) < 100_000
    assert len(page_of(report_of()).encode()) < 32_000


def test_the_table_says_what_the_report_says() -> None:
    """One row a day, in order, figures as the records have them."""
    rows = rows_of(SAMPLE_PAGE)
    assert len(rows) == len(SAMPLE_REPORT.days) == 90
    for cells, day in zip(rows, SAMPLE_REPORT.days, strict=True):
        assert cells[1] == ("-" if day.compliance_text is None else f"{day.compliance_text} %")
    assert rows[73] == [
        "Sat, Nov 7, 2026",
        "95.33 %",
        "22 h 52 min 47 s",
        "1 h 7 min 13 s",
        "-",
        "Breached",
    ]
    assert rows[17][4:] == ["-", "Met, up to 2 h unknown"]
    assert rows[2] == ["Fri, Aug 28, 2026", "100.00 %", "24 h", "0 min", "-", "Met"]


def test_the_page_of_a_month_is_the_same_to_the_byte() -> None:
    """Every kind of block: who changes how one is written on purpose changes the hash too."""
    body = document_page(month()).partition("<body>")[2].partition("<script>")[0]
    assert sha256(body.encode()).hexdigest() == MONTH_BODY_SHA256


def long_report(days: int) -> sla.ComplianceReport:
    """An outage every third day, so three years have about twelve times what ninety days have."""
    outages = [
        sla.Alarm(START + timedelta(days=day, hours=3), START + timedelta(days=day, hours=3, minutes=1 + day % 50))
        for day in range(0, days, 3)
    ]
    end = START + timedelta(days=days)
    return report_of(*outages, end=end, as_of=end)


def calls_of(function: Callable[[], object]) -> int:
    """How many Python functions it calls, generators that go on included."""
    calls = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event == "call"

    previous_profile = sys.getprofile()
    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(previous_profile)
    return calls


def test_the_cost_of_a_page_is_linear_in_its_days() -> None:
    """Three years take about as much a day as ninety days do."""
    quarter, years = long_report(90), long_report(1_095)
    calls_per_day = [calls_of(lambda: page_of(quarter)) / 90, calls_of(lambda: page_of(years)) / 1_095]
    assert calls_per_day[1] < 1.5 * calls_per_day[0]


def test_figures_round_against_whoever_reports_them() -> None:
    """Broken seconds of downtime are whole ones, of uptime none."""
    blink = sla.Alarm(START, START + timedelta(microseconds=1))
    assert rows_of(page_of(report_of(blink)))[0][1:4] == ["99.99 %", "23 h 59 min 59 s", "1 s"]


def test_breached_days_carry_a_shape_and_a_word() -> None:
    """Colour says nothing that is not also said without it."""
    page = page_of(report_of(alarm("cut")))
    assert page.count('<use href="#breached"') == 2  # the day and the legend
    assert rows_of(page)[1][5] == "Breached"


def test_days_without_figures_are_gaps() -> None:
    """Neither a dip nor a perfect day."""
    monitored = [(START, START + timedelta(days=2)), (START + timedelta(days=3), WEEK)]
    page = page_of(report_of(monitored=monitored))
    assert page.count('class="gap"') == 2  # the day and the legend
    assert rows_of(page)[2] == ["Fri, Oct 3, 2025", "-", "-", "-", "24 h not monitored", "No data, up to 24 h unknown"]
    assert 'class="gap"' not in page_of(report_of())


def test_totals_and_longer_periods_say_whether_they_are_confirmed_and_days_what_is_unknown() -> None:
    """A word on the card, a hatch in the chart, a note in the day's row, a sentence for each cause."""
    unseen = sla.Alarm(START + timedelta(days=2, hours=6), last_occurrence=START + timedelta(days=2, hours=7))
    report = report_of(unseen, as_of=START + timedelta(days=30), policy=sla.SLAPolicy("99", stale_after=timedelta(7)))
    page = page_of(report)
    assert '<dd class="figure toned uncertain">Not confirmed</dd>' in page
    assert [row[5] for row in rows_of(page)] == [
        "Met",
        "Met",
        "Breached, up to 17 h unknown",
        *["Met, up to 24 h unknown"] * 4,
    ]
    assert page.count('class="doubt"') == 2  # the days, which are neighbours, and the legend
    assert "Not confirmed: 32.14 to" in plain(page)
    doubts = plain(page.partition('id="doubts"')[2].partition("</table>")[0])
    assert "alarm open and unseen for long, ended when last seen" in doubts
    assert "113 h" in doubts
    (week,) = rows_of(page_of(report, period=sla.Period.rolling(7)))
    assert week[5] == "Not confirmed, up to 113 h unknown"
    certain = page_of(report_of(alarm("cut")))
    assert "In doubt" not in certain
    assert 'class="doubt"' not in certain


def test_what_is_left_out_has_its_reason() -> None:
    """Beside its length."""
    work = [(START, START + timedelta(hours=2))]
    page = page_of(report_of(alarm("cut"), maintenance=work, as_of=WEEK - timedelta(hours=1)))
    assert [rows_of(page)[day][4] for day in (0, 1, 6)] == ["2 h maintenance", "-", "1 h still to come"]


def test_a_page_about_nothing_measured_still_stands() -> None:
    """All of the future, or an empty window: dashes, not zeros."""
    unmeasured = page_of(report_of(as_of=START))
    assert {tuple(row[1:4]) for row in rows_of(unmeasured)} == {("-", "-", "-")}
    assert "Nothing was measured" in unmeasured
    assert rows_of(page_of(report_of(end=START))) == []


def test_the_axis_begins_at_95_or_below_the_worst_day() -> None:
    """No day falls off the chart."""
    assert ">95\u202f%</text>" in page_of(report_of())
    assert ">80\u202f%</text>" in page_of(report_of(sla.Alarm(START, START + timedelta(hours=3))))
    assert ">0\u202f%</text>" in page_of(report_of(sla.Alarm(START, START + timedelta(days=1))))
    assert ">90\u202f%</text>" in page_of(report_of(policy=sla.SLAPolicy("92.5")))


@pytest.mark.parametrize("period", [sla.Period.WEEK, sla.Period.MONTH, sla.Period.YEAR, sla.Period.rolling(30)])
def test_other_periods_have_their_own_rows(period: sla.Period) -> None:
    """The cards stay those of the whole window."""
    page = page_of(SAMPLE_REPORT, period=period)
    assert len(rows_of(page)) == len(SAMPLE_REPORT.by(period))
    assert f"Availability by {period.name}" in page
    assert f">{SAMPLE_REPORT.total.compliance_text}\u202f%</dd>" in page


def test_longer_periods_are_named_by_their_ends() -> None:
    """With one year where it is the same."""
    weeks = rows_of(
        page_of(
            report_of(start=datetime(2025, 12, 22, tzinfo=UTC), end=datetime(2026, 1, 12, tzinfo=UTC)),
            period=sla.Period.WEEK,
        )
    )
    assert [row[0] for row in weeks] == ["Dec 22 - Dec 28, 2025", "Dec 29, 2025 - Jan 4, 2026", "Jan 5 - Jan 11, 2026"]


def test_the_gross_figure_method_and_quality_are_on_the_page() -> None:
    """Nothing that qualifies a figure is left out."""
    assert f">{SAMPLE_REPORT.gross.compliance_text}\u202f%</dd>" in SAMPLE_PAGE
    rule, *_ = SAMPLE_REPORT.method.partition("; days of")
    assert rule in SAMPLE_PAGE
    for line in SAMPLE_REPORT.quality.lines():
        words, _, _ = line.partition(" out for ")  # a document says lengths in hours
        assert words.replace("'", "&#x27;") in SAMPLE_PAGE
    spotless = sla.Alarm(START, START + timedelta(minutes=1), severity="minor")
    assert "There is nothing to say of the rows" in page_of(report_of(spotless))
    assert "no rows were read" in page_of(report_of())


def test_the_longest_outages_come_first() -> None:
    """By what counted of them, the alarm that came first as their name."""
    table = SAMPLE_PAGE.partition('id="incidents"')[2].partition("</table>")[0]
    rows = [re.findall(r"<td.*?</td>", row) for row in re.findall(r"<tr.*?</tr>", table)[1:]]
    names = [re.sub(r"<.*?>", "", row[1]).partition(":")[0] for row in rows]
    assert names[:4] == ["Trunk fibre cut", "Trunk fibre cut", "Trunk fibre cut", "Street cabinet without power"]
    assert f"{len(SAMPLE_REPORT.incidents()) - len(rows)} more outages hold" in SAMPLE_PAGE
    assert "No outage in this time." in page_of(report_of())


def test_an_outage_that_lasts_says_so() -> None:
    """Its length is what it was at the instant of evaluation."""
    page = page_of(report_of(sla.Alarm(WEEK - timedelta(hours=1))))
    assert "not over yet" in page
    assert ">Outage</td>" in page


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_text(text: str) -> None:
    """Where a title, an alarm's type or a resource stands, no element and no attribute can begin."""
    harmless = Page(page_of(report_of(alarm("cut")), title="SLA"))
    window = sla.MaintenanceWindow(START, WEEK, reason=text, applies_to={"resource_id": ["none"]})
    page = page_of(report_of(alarm(text, alarm_type=text)), title=text)
    tags = [tag for tag in Page(page).tags if tag != "bdi"]
    assert (tags, len(Page(page).attributes)) == (harmless.tags, len(harmless.attributes))
    assert page_of(report_of(alarm("cut"), maintenance=[window])).encode()
    assert page.encode()


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(), min_size=1, max_size=60))
def test_any_text_arrives_as_it_is(text: str) -> None:
    """What a reader sees is what the data says, but for characters that no page can hold."""
    blocks = (Note(sentences=(text,)),)
    page = Page(document_page(replace(month(title=text), blocks=blocks)))
    expected = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)
    shown = page.texts.get("bdi" if may_reorder(text) else "li", [])
    assert "".join(page.texts["h1"]) == "".join(shown) == expected


def test_text_that_may_reorder_its_neighbours_is_isolated() -> None:
    """From right to left, or with characters that turn the direction of others; no other text needs it."""
    texts = ("\u0634\u0647\u0631", "\u05d0", "\u202egnp.exe", "Z\u00fcrich \u2013 \u6708", "plain")
    page = document_page(replace(month(), blocks=(Note(sentences=texts),)))
    assert Page(page).texts["bdi"] == list(texts[:3])
