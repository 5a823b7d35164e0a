"""What reports, records, answers and batches say of themselves: a few lines of text, and HTML for notebooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.drawing.palette import DARK_COLOURS, LIGHT_COLOURS
from sla_compliance.drawing.preview import MOST_NOTES, PREVIEW_CSS, Preview
from sla_compliance.samples import sample_provider
from tests.architecture.test_colours import COLOUR, defined, used
from tests.unit.moments import DAY_US, at, report_of

PROVIDER = sample_provider(datetime(2026, 11, 23, 15, 40, tzinfo=UTC))
SAMPLE_REPORT = sla.evaluate(PROVIDER.batch(), **PROVIDER.terms)
DAY = timedelta(days=1)
KILOBYTE = 1_000
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></svg><script>",
    "]]><!--",
    "&lt;b&gt;",
    "\u202egnp.exe",
    "a\x00b\x1b[31m",
    "\ud800",
)
# Elements that may stand within each element; a text may stand within those of TEXT.
SVG = {"svg", "path", "line", "rect", "text", "g", "title", "style"}
CHILDREN = {
    "div": {"div", "span", "svg", "bdi"},
    "span": {"bdi"},
    "bdi": set(),
    "svg": SVG - {"title"},
    "g": {"rect", "svg", "title"},
    "path": set(),
    "line": set(),
    "rect": set(),
    "text": set(),
    "title": set(),
    "style": set(),
}
TEXT = {"span", "bdi", "text", "title", "style"}


def elements_of(html: str) -> list[ElementTree.Element]:
    """The elements of a preview, parsed strictly; refuses whatever may not stand where it stands."""
    root = ElementTree.fromstring(html)  # noqa: S314 - our own markup
    assert (root.tag, root.get("class")) == ("div", "sla-preview")
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN[element.tag]
        texts = [element.text, *(child.tail for child in element)]
        assert element.tag in TEXT or not "".join(text or "" for text in texts).strip()
    return list(root.iter())


def text_of(html: str) -> str:
    """What a reader sees, the style sheet aside."""
    return "\n".join(
        text.strip()
        for element in elements_of(html)
        if element.tag != "style"
        for text in [element.text or ""]
        if text.strip()
    )


def previews_of(report: sla.ComplianceReport) -> Iterator[str]:
    """The HTML of a report, of its records and of its batch."""
    yield report._repr_html_()
    yield report.total._repr_html_()
    yield from (day._repr_html_() for day in report.days[:2])
    yield report.batch._repr_html_()


def test_a_report_says_what_it_is_in_a_few_lines() -> None:
    """The window, the zone, the verdict, the figure, whether it is confirmed, how many days and rows."""
    alarms = [sla.Alarm(at(8, 9), at(8, 10, 0, 1)), sla.Alarm(at(9), at(10), severity="minor")]
    assert repr(report_of(alarms, at(8), at(11), zone="Africa/Lagos")) == (
        "<ComplianceReport 2025-10-08 to 2025-10-11 in Africa/Lagos\n"
        "  verdict: Breached\n"
        "  confirmed: yes (no doubt could change the verdict)\n"
        "  window: 2025-10-08T01:00:00+01:00 to 2025-10-11T01:00:00+01:00\n"
        "  availability: 98.61 %\n"
        "  target: 99.9 %\n"
        "  downtime: 1 h 1 s\n"
        "  days: 4, of which 1 breached\n"
        "  rows: 2, of which 1 qualify>"
    )


def test_a_report_says_why_it_is_not_confirmed() -> None:
    """Doubtful rows leave a range; without rows nothing is known."""
    silent = sla.Alarm(at(1), last_occurrence=at(2))
    doubtful = report_of([silent], at(1), at(31))
    assert "verdict: Breached, unconfirmed" not in repr(doubtful)
    assert "verdict: Breached\n" in repr(doubtful)
    unmonitored = report_of([sla.Alarm(at(1), at(1, 1))], at(2), at(31), monitored=[(at(2), at(20))])
    assert "verdict: Not confirmed\n  confirmed: no (availability lies between 62.06 % and 100.00 %" in repr(
        unmonitored
    )
    assert "verdict: Not confirmed\n  confirmed: no (no rows were read)\n" in repr(report_of([], at(1), at(31)))


def test_a_key_without_alarms_among_others_is_confirmed() -> None:
    """Rows were read, and none of them is its own; without any row it is another matter."""
    terms: dict[str, Any] = {"start": at(8), "end": at(10), "zone": "UTC", "as_of": at(10), "inventory": ["a", "b"]}
    of_rows = sla.evaluate_each([sla.Alarm(at(8), at(9), resource_id="a")], **terms)["b"]
    assert "verdict: Met\n  confirmed: yes (no doubt could change the verdict)" in repr(of_rows)
    assert list(of_rows.to_pandas()["is_confirmed"]) == [True, True]
    of_nothing = sla.evaluate_each([], **terms)["b"]
    assert "confirmed: no (no rows were read)" in repr(of_nothing)
    assert list(of_nothing.to_pandas()["is_confirmed"]) == [False, False]


def test_rows_that_were_set_aside_are_counted() -> None:
    """Beside those that were read."""
    alarms = [sla.Alarm(at(9), at(8)), sla.Alarm(at(9), at(9, 1))]
    report = report_of(alarms, at(8), at(11), on_invalid="quarantine")
    assert repr(report).endswith("\n  rows: 1, of which 1 qualify; 1 set aside>")


def test_a_record_says_what_it_is_in_one_line() -> None:
    """A list of ninety is ninety lines."""
    day, month = SAMPLE_REPORT.days[3], SAMPLE_REPORT.by(sla.Period.MONTH)[1]
    assert repr(day) == (
        "<ComplianceRecord 2026-08-29 in Europe/Berlin, verdict: Met, availability: 99.98 %, target: 99.9 %, "
        "downtime: 11 s, confirmed: yes>"
    )
    assert repr(month).startswith("<ComplianceRecord 2026-09-01 to 2026-09-30 in Europe/Berlin, verdict: Breached, ")
    assert "availability: no time counted" in repr(report_of([], at(8), at(9), as_of=at(8)).total)
    assert "confirmed: no" in repr(report_of([], at(8), at(9), as_of=at(8)).total)


def test_a_batch_says_what_it_is_in_a_few_lines() -> None:
    """How many alarms, of when, how bad, and what is odd about them; one alarm is one."""
    batch = sla.AlarmBatch.from_alarms(
        [
            sla.Alarm(at(8), at(9), severity="major", id=1),
            sla.Alarm(at(8), at(9, 1), severity="major", id=1),
            sla.Alarm(at(8, 1), status="cleared", severity="critical"),
            sla.Alarm(at(8, 2), severity="major"),
            sla.Alarm(at(9), at(8)),
        ],
        on_invalid="quarantine",
    )
    assert repr(batch) == (
        "<AlarmBatch 4 alarms\n"
        "  raised: 2025-10-08T00:00:00+00:00 to 2025-10-08T02:00:00+00:00\n"
        "  severities: 3 major, 1 critical\n"
        "  still active: 1\n"
        "  set aside: 1\n"
        "  over without a time: 1\n"
        "  ids whose rows disagree: 1>"
    )
    assert repr(sla.AlarmBatch()) == "<AlarmBatch 0 alarms\n  still active: 0\n  set aside: 0>"
    assert repr(sla.AlarmBatch.from_columns(starts_us=[0], ends_us=[1])).startswith("<AlarmBatch 1 alarm\n")


@pytest.mark.parametrize("shown", [SAMPLE_REPORT, SAMPLE_REPORT.total, SAMPLE_REPORT.days, SAMPLE_REPORT.batch])
def test_no_text_is_long(shown: object) -> None:
    """Ninety days in one look."""
    assert len(repr(shown)) < 16 * KILOBYTE
    if not isinstance(shown, tuple):
        assert len(repr(shown)) < KILOBYTE


@pytest.mark.parametrize(
    "report",
    [
        SAMPLE_REPORT,
        report_of([], at(8), at(8)),
        report_of([], at(8), at(9)),
        report_of([sla.Alarm(at(8), at(8, 1))], at(8), at(11), as_of=at(9)),
    ],
    ids=["ninety days", "no day", "no rows", "days to come"],
)
def test_the_html_is_valid_and_complete_in_itself(report: sla.ComplianceReport) -> None:
    """Nothing runs, nothing is loaded, nothing is referred to, and no id can clash."""
    for html in previews_of(report):
        attributes = {name for element in elements_of(html) for name in element.attrib}
        assert attributes & {"id", "href", "src", "style", "aria-labelledby", "for"} == set()
        assert [name for name in attributes if name.startswith("on")] == []
        assert not re.search(r"https?:|//[a-z]|@import|url\(|<script", html)


def test_the_html_says_the_text_and_the_quality() -> None:
    """Every fact of repr(), each line of data quality, a chart with a name."""
    seen = text_of(SAMPLE_REPORT._repr_html_())
    for line in repr(SAMPLE_REPORT).strip("<>").splitlines()[1:]:
        assert line.partition(": ")[2] in seen
    assert all(line in seen for line in SAMPLE_REPORT.quality_lines)
    assert "Availability by day" in SAMPLE_REPORT._repr_html_()
    assert "no doubt could change the verdict" in text_of(SAMPLE_REPORT.total._repr_html_())
    assert "set aside: alarms[" in text_of(SAMPLE_REPORT.batch._repr_html_())


def test_days_of_a_chart_are_named_and_marked() -> None:
    """A day's figure where the pointer rests; diamonds, shades and gaps are explained."""
    report = report_of(
        [sla.Alarm(at(8), at(8, 12)), sla.Alarm(at(14, 6), at(14, 8))],
        at(8),
        at(16),
        as_of=at(14, 12),
        monitored=[(at(1), at(10)), (at(10, 12), at(31))],
        policy=sla.SLAPolicy("90"),
    )
    elements = elements_of(report._repr_html_())
    titles = [element.text for element in elements if element.tag == "title"]
    assert titles[:3] == ["2025-10-08: 50.00 %", "2025-10-09: 100.00 %", "2025-10-10: 100.00 %, partly unknown"]
    assert titles[-1] == "2025-10-15: no time counted"
    classes = [element.get("class", "") for element in elements]
    assert classes.count("marker breached") == classes.count("marker at-risk") == 1
    assert {"gap", "doubt"} <= set(classes)
    key = "dashed: target, filled diamond: breached, hollow diamond: at risk, no line: no data, shaded: partly unknown"
    assert key in [element.text for element in elements]


@pytest.mark.parametrize(
    ("days", "period"),
    [
        (90, "day"),
        (100, "day"),
        (101, "week"),
        (700, "week"),
        (701, "month"),
        (3_100, "month"),
        (3_101, "quarter"),
        (9_200, "quarter"),
        (9_201, "year"),
        (40_000, "year"),
    ],
)
def test_a_long_report_has_a_chart_of_longer_periods(days: int, period: str) -> None:
    """It never grows beyond what a notebook carries."""
    alarms = [sla.Alarm(at(1) + day * DAY, at(1, 2) + day * DAY) for day in range(0, days, 3)]
    report = report_of(alarms, at(1), at(1) + days * DAY)
    html = report._repr_html_()
    assert f"Availability by {period}" in html
    assert len(html.encode()) < 50 * KILOBYTE
    assert len(report.total._repr_html_().encode()) < 50 * KILOBYTE


def test_a_long_record_takes_days_together() -> None:
    """An equal number for each point, summed by their lengths."""
    total = report_of([sla.Alarm(at(1), at(2))], at(1), at(1) + 101 * DAY).total
    html = total._repr_html_()
    assert "Availability by 2 days" in html
    assert 'viewBox="0 0 51 104"' in html
    assert "50%" in text_of(html)  # the first point has a day up and a day down


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_the_data_is_markup(text: str) -> None:
    """In titles, ids, severities or reasons of any row."""
    alarms = [
        sla.Alarm(at(day), at(day, 1), severity=severity, id=text, resource_id=text, title=text)
        for day, severity in ((8, "critical"), (9, "major"), (10, "major"))
    ]
    alarms += [sla.Alarm(at(9), at(8), id=text, title=text), sla.Alarm(at(9), severity=text)]
    work = sla.MaintenanceWindow(at(8), at(9), reason=text, applies_to={"resource_id": {text}})
    report = report_of(alarms, at(8), at(11), on_invalid="quarantine", maintenance=[work])
    for html in previews_of(report):
        allowed_tags = {element.tag for element in elements_of(html)}
        assert set(re.findall(r"<(\w+)", html)) == allowed_tags
        html.encode()


@given(st.text(), st.text(), st.text())
@settings(max_examples=200)
def test_any_text_makes_a_valid_preview(heading: str, value: str, note: str) -> None:
    """The shape of the HTML does not depend on it."""
    preview = Preview(heading=heading, facts=[("value", value)], notes=lambda: [note])
    plain = Preview(heading="", facts=[("value", "")], notes=lambda: [""])
    tags = [[element.tag for element in elements_of(shown.html("Kind"))] for shown in (preview, plain)]
    assert tags[0] == tags[1]


def test_a_preview_needs_no_chart_and_no_notes() -> None:
    """Heading and facts are enough."""
    assert text_of(Preview(heading="Nothing", facts=[("value", "1")]).html("Kind")).split() == [
        "Nothing",
        "Kind",
        "value",
        "1",
    ]


def test_many_notes_are_shortened() -> None:
    """Ten thousand bad rows are one line, and the number of them."""
    preview = Preview(heading="", facts=(), notes=lambda: [f"note {number}" for number in range(10_000)])
    seen = text_of(preview.html("Kind")).splitlines()
    assert f"note {MOST_NOTES - 1}" in seen
    assert seen[-1] == f"and {10_000 - MOST_NOTES:,} more"


def test_the_bars_of_a_batch_count_its_alarms() -> None:
    """The highest is named; alarms of one instant are one bar."""
    batch = sla.AlarmBatch.from_columns(starts_us=[0] * 7, ends_us=[1] * 7)
    elements = elements_of(batch._repr_html_())
    assert [element.text for element in elements if element.tag == "text"] == ["7", "0"]
    (bars,) = [element.get("d") for element in elements if element.get("class") == "bars"]
    assert bars == "M0.1 96v-88h.8v88z"
    spread = sla.AlarmBatch.from_columns(starts_us=[0, 0, DAY_US], ends_us=[1, 1, DAY_US])
    (bars,) = [element.get("d") for element in elements_of(spread._repr_html_()) if element.get("class") == "bars"]
    assert bars == "M0.1 96v-88h.8v88zM59.1 96v-44h.8v44z"


def test_the_style_has_colours_of_the_palette_alone() -> None:
    """And every property that it uses; each rule is for what stands within a preview."""
    colours = LIGHT_COLOURS + DARK_COLOURS
    rules = str(PREVIEW_CSS)
    for declarations in (LIGHT_COLOURS, DARK_COLOURS):
        rules = rules.replace(declarations, "")
    assert COLOUR.findall(rules) == []
    assert used(rules) <= set(defined(colours))
    selectors = re.findall(r"^([^@{}\n]+)\{", rules, re.MULTILINE)
    assert len(selectors) > 20
    assert all(".sla-preview" in part for selector in selectors for part in selector.split(","))


def test_a_style_element_stands_where_html_allows_one() -> None:
    """Within an SVG."""
    root = ElementTree.fromstring(SAMPLE_REPORT._repr_html_())  # noqa: S314 - our own markup
    assert len(root.findall("./svg/style")) == len(root.findall(".//style")) == 1
