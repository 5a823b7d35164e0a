"""Documents of tenants as they come: what each section says, in every language, whatever the texts."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from math import ceil
from typing import Any

import openpyxl
import pytest

import sla_compliance as sla
from sla_compliance.analysis import incident_costs, settlement, statement, trend
from sla_compliance.outlets import (
    CATALOGUE,
    SECTIONS,
    Logo,
    blocks,
    document,
    write_csv,
    write_html,
    write_json,
    write_pdf,
    write_xlsx,
)
from sla_compliance.outlets.csv import records_csv
from sla_compliance.outlets.text import doubt_sentences
from sla_compliance.rounding import percentage_text
from sla_compliance.service import ComplianceAnswer, ComplianceService, MemoryTenants, TenantSettings, to_async
from sla_compliance.sources.memory import MemoryAlarmSource
from tests.outlets import report_worlds as worlds
from tests.outlets.report_worlds import AFTER, END, START, WORLDS, ZONE, column, plain, section, sentences, table, texts

LOCALES = ("en", "fr", "de", "pt-BR", "ar", "zh-Hant")
HOSTILE_TITLES = {
    "Arabic": "تقرير مستوى الخدمة",
    "Chinese": "服务级别报告",
    "500 characters": "x" * 500,
    "formula": '=HYPERLINK("http://example.com","x")',
    "script": "<script>alert(1)</script>",
    "typst": '#read("/etc/passwd") $x$ *bold* \\ @ref <label>',
    "placeholders": "{title} {0} %s",
}


def answer(alarms: list[sla.Alarm], **settings: Any) -> ComplianceAnswer:
    """Return what a service answers about October."""
    service = ComplianceService(
        to_async(MemoryAlarmSource({"acme": sla.AlarmBatch.from_alarms(alarms)})),
        tenants=MemoryTenants({"acme": TenantSettings(ZONE, **settings)}),
        clock=lambda: AFTER,
    )

    async def asked() -> ComplianceAnswer:
        try:
            return await service.compliance("acme", START, END)
        finally:
            await service.aclose()

    return asyncio.run(asked())


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("world", WORLDS)
def test_every_section_stands_in_its_place_in_every_language(world: str, locale: str) -> None:
    """The order is fixed; figures do not depend on the locale, and no sentence is left unfilled."""
    report = WORLDS[world]()
    made, english = document(report, title="Report", locale=locale), document(report, title="Report")
    headings = [block for block in made.blocks if isinstance(block, blocks.Heading)]
    assert tuple(heading.name for heading in headings) == SECTIONS
    assert made.locale == locale
    assert values(made) == values(english)
    assert [text for text in texts(made) if "{" in text] == []


def values(made: blocks.Document) -> list[list[object]]:
    """Return the values of all figures and of all cells but texts, block by block."""
    found: list[list[object]] = []
    for block in made.blocks:
        if isinstance(block, blocks.Figures):
            found.append([figure.cell.value for figure in block.figures if figure.cell.kind != "text"])
        elif isinstance(block, blocks.Table):
            rows = [*block.rows, *([] if block.total is None else [block.total])]
            found += [[cell.value for cell in row.cells if cell.kind != "text"] for row in rows]
    return found


@pytest.mark.parametrize("world", WORLDS)
def test_words_of_a_french_document_are_french(world: str) -> None:
    """Headings, columns and labels of the library itself are none of the English ones."""
    report = WORLDS[world]()
    labels: list[set[str]] = []
    for locale in ("en", "fr"):
        made = document(report, title="Report", locale=locale)
        tables = [block for block in made.blocks if isinstance(block, blocks.Table)]
        words = {heading.text for heading in made.blocks if isinstance(heading, blocks.Heading)}
        words |= {shown.heading for one in tables for shown in one.columns} | {one.note for one in tables}
        words |= {figure.label for one in made.blocks if isinstance(one, blocks.Figures) for figure in one.figures}
        labels.append(words - {""})
    # These are the same word in both languages.
    assert labels[0] & labels[1] <= {"Verdict", "Total", "Alarms"}


def test_the_first_page_says_how_it_stands_in_a_customer_s_words() -> None:
    """Met, breached, in doubt, without rows, without data, in progress."""
    first = {world: sentences(document(make(), title="t"), "summary") for world, make in WORLDS.items()}
    assert first["quiet"] == ["The service was available 100.00 % of the agreed time; the target of 99.9 % was met."]
    assert first["breached"] == [
        "The service was available 99.77 % of the agreed time; the target of 99.9 % was missed"
        " by 55 min 18 s of downtime."
    ]
    assert first["in doubt"] == [
        "99.96 % on record.",
        "Not confirmed: 61.45 to 99.96 % possible; 1 thing to settle (see Data quality).",
    ]
    assert first["without rows"] == [
        "100.00 % on record.",
        "Not confirmed: no rows were read; 1 thing to settle (see Data quality).",
    ]
    assert first["without data"] == [
        "No time was counted, so there is no availability to report.",
        "Not confirmed: 0.00 to 100.00 % possible; 1 thing to settle (see Data quality).",
    ]
    now = START + timedelta(days=5, hours=14)
    short, long = (worlds.october(worlds.outage(5, 8, minutes), as_of=now) for minutes in (1, 40))
    assert sentences(document(short, title="t"), "summary") == [
        "The service has been available 99.98 % of the agreed time so far; the target is 99.9 %."
    ]
    lost = worlds.october(worlds.outage(5, 8, 60), as_of=now)
    assert sentences(document(lost, title="t"), "summary") == [
        "The service has been available 99.25 % of the agreed time so far; the target of 99.9 % can no longer be met:"
        " there was 15 min 18 s of downtime too much."
    ]
    assert sentences(document(long, title="t"), "summary") == [
        "The service has been available 99.50 % of the agreed time so far, below the target of 99.9 %;"
        " the time to come can still repair it."
    ]


def test_a_period_in_progress_is_not_said_to_be_decided() -> None:
    """Met is so far; a period that is lost stays lost. Of one that lies ahead nothing is in doubt yet."""
    now = START + timedelta(days=5, hours=14)
    for minutes, expected in ((1, "confirmed, so far"), (40, "confirmed, so far"), (60, "confirmed")):
        made = document(worlds.october(worlds.outage(5, 8, minutes), as_of=now), title="t")
        (figures,) = [block for block in section(made, "summary") if isinstance(block, blocks.Figures)]
        assert figures.figures[2].notes == (expected,)
    ahead = worlds.october(worlds.outage(5, 8, 1), as_of=START)
    assert sentences(document(ahead, title="t"), "summary") == [
        "No time was counted, so there is no availability to report."
    ]


def test_a_storm_lists_the_dearest_outages_and_says_what_the_others_hold() -> None:
    """500 outages: 50 rows, and one sentence on 450; the downtime of both is that of the month."""
    report = WORLDS["stormy"]()
    made = document(report, title="t")
    listed = table(made, "incidents")
    costs = incident_costs(report)
    assert costs.total == 500
    assert column(made, "incidents", "title") == [f"Cut {number}" for number in range(499, 449, -1)]
    rest_us = report.total.downtime_us - sum(cost.incident.downtime_us for cost in costs.rows[:50])
    hours, seconds = divmod(rest_us // 1_000_000, 3600)
    length = f"{hours} h {seconds // 60} min {seconds % 60} s"
    assert plain(listed.note) == f"450 more outages hold {length} of downtime."
    assert sentences(made, "incidents") == ["Without the 428 marked outages the target would have been met."]
    assert set(column(made, "incidents", "decisive")) == {"decisive"}
    resources = table(made, "resources")
    assert len(resources.rows) == 10
    assert resources.note == "and 10 more resources"


def test_agreed_windows_have_reason_and_author_and_refused_ones_the_reason_of_refusal() -> None:
    """What was agreed took its downtime out of the bridge, line for line."""
    made = document(WORLDS["agreed"](), title="t")
    windows = table(made, "planned-work")
    assert [[plain(cell.text) for cell in row.cells] for row in windows.rows] == [
        ["Mon, Oct 12, 2026, 03:00", "planned work", "New card", "noc@example.com", "everybody", "1", "1 h", "30 min"],
        ["Wed, Oct 14, 2026, 12:00", "exclusion", "No access", "desk", "resource olt-2", "1", "1 h", "20 min"],
    ]
    assert column(made, "refused", "why") == ["emergency work is not accepted"]
    bridge = [[plain(cell.text) for cell in row.cells] for row in table(made, "bridge").rows]
    assert bridge == [
        ["All monitored time", "70 min", "44,630 min", "99.84 %"],
        ["Not in service", "0 min", "0 min", "-"],
        ["Outside service hours", "-20 min", "-5,800 min", "-"],
        ["Without exclusions (agreed hours)", "50 min", "38,830 min", "99.87 %"],
        ["Agreed maintenance", "-30 min", "-30 min", "-"],
        ["Other agreed exclusions", "-20 min", "20 min", "-"],
        ["Accounting", "0 min", "0 min", "-"],
    ]
    (planned,) = [block for block in section(made, "bridge") if isinstance(block, blocks.Figures)]
    assert [plain(figure.cell.text) for figure in planned.figures] == ["99.92 %", "100.00 %"]


def test_doubt_stands_in_the_appendix_with_ids_and_advice() -> None:
    """The first page counts what is to settle; the appendix names the rows."""
    made = document(WORLDS["in doubt"](), title="t")
    assert column(made, "settle", "subject") == ["stale-7"]
    assert column(made, "settle", "advice") == ["open and unseen for long, ended when last seen: when was it over?"]
    assert column(made, "doubts", "rows") == ["1"]
    assert plain(table(made, "doubts").note) == "availability lies between 61.45 % and 99.96 %"


def test_a_narrow_range_has_the_decimals_that_tell_its_ends_apart() -> None:
    """In the appendix and on terminals."""
    start = datetime(2026, 10, 20, tzinfo=UTC)
    overwritten = sla.Alarm(start, start + timedelta(seconds=20), id="x", severity="cleared")
    report = worlds.october(worlds.outage(5, 10, 90, id="a"), overwritten)
    assert report.total.availability_bounds is not None
    low, high = report.total.availability_bounds
    assert percentage_text(low, 2) == percentage_text(high, 2)
    made = document(report, title="t")
    low_text, high_text = percentage_text(low, 3), percentage_text(high, 3)
    assert low_text != high_text
    assert plain(table(made, "doubts").note) == f"availability lies between {low_text} % and {high_text} %"
    assert f"availability lies between {low_text} % and {high_text} %" in doubt_sentences(report)


@pytest.mark.parametrize(
    ("locale", "method", "accounting"),
    [
        ("en", "down while a critical or major alarm is raised", "maintenance and exclusions left out"),
        (
            "fr",
            "en panne tant qu\N{RIGHT SINGLE QUOTATION MARK}une alarme critique ou majeure est active",
            "maintenance et exclusions non comptées",
        ),
    ],
)
def test_the_method_is_in_people_s_words(locale: str, method: str, accounting: str) -> None:
    """Severities and what counts, in the language of the document."""
    made = document(WORLDS["quiet"](), title="t", locale=locale)
    assert method in sentences(made, "method")[0]
    assert accounting in column(made, "method", "value")


def test_what_a_window_applies_to_is_in_people_s_words() -> None:
    """Columns of the alarms table have names; others stand as they are. Pairs stand together."""
    start = datetime(2026, 10, 12, 1, tzinfo=UTC)
    window = sla.MaintenanceWindow(
        start,
        start + timedelta(hours=1),
        applies_to={"resource_id": ["olt-1", "olt-2"], ("customer_id", "port"): [("acme", "7")]},
    )
    for locale, expected in (
        ("en", "customer acme + port 7; resource olt-1, olt-2"),
        ("fr", "client acme + port 7 ; ressource olt-1, olt-2"),
    ):
        made = document(worlds.october(maintenance=[window]), title="t", locale=locale)
        assert [plain(text) for text in column(made, "planned-work", "applies_to")] == [expected]


@pytest.mark.parametrize(("locale", "lowest"), [("en", "95 %"), ("fr", "95 %"), ("tr", "%95")])
def test_the_axis_of_a_chart_is_in_the_locale(locale: str, lowest: str) -> None:
    """In every format that draws it."""
    made = document(WORLDS["quiet"](), title="t", locale=locale)
    (chart,) = [block for block in made.blocks if isinstance(block, blocks.Chart)]
    assert plain(chart.ticks[0].text) == lowest
    assert f">{chart.ticks[0].text}</text>" in write_html(made).decode()


def test_a_column_of_mixed_values_names_no_zone_in_a_workbook() -> None:
    """The zone stands in the head of columns of instants alone."""
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(document(WORLDS["breached"](), title="t"))))
    assert book["Method"]["B1"].value == "Value"
    assert book["Costliest outages"]["A1"].value == f"Start ({ZONE})"


def test_tables_of_one_section_have_captions() -> None:
    """A table that is alone in its section needs none."""
    captions = {
        block.name: block.caption
        for block in document(WORLDS["stormy"](), title="t").blocks
        if isinstance(block, blocks.Table) and block.rows
    }
    assert captions["incidents"] == "Costliest outages"
    assert captions["resources"] == "Worst resources"
    assert captions["days"] == captions["method"] == ""
    made = document(WORLDS["in doubt"](), title="t")
    assert [table(made, name).caption for name in ("doubts", "settle")] == ["What is in doubt", "What to settle"]
    assert "<caption>What to settle</caption>" in write_html(made).decode()


def test_a_length_that_runs_from_right_to_left_is_isolated_in_a_sentence() -> None:
    """Else its numbers and units would change places with the words beside it."""
    (sentence,) = sentences(document(WORLDS["breached"](), title="t", locale="ar"), "summary")
    isolated = sentence.partition("\u2068")[2].partition("\u2069")[0]
    assert "55" in isolated
    assert sentence.isascii() is False
    assert "\u2068" not in sentences(document(WORLDS["breached"](), title="t", locale="fr"), "summary")[0]


def test_rows_that_name_no_key_are_to_settle_in_the_document_of_each_key() -> None:
    """With the advice that the settlement of the same report gives."""
    rows = [worlds.outage(5, 10, 60, id="a", resource_id="olt-1"), worlds.outage(6, 10, 60, id="x")]
    reports = sla.evaluate_each(rows, by="resource_id", start=START, end=END, zone=ZONE, as_of=AFTER)
    made = document(reports["olt-1"], title="t")
    (row,) = settlement(reports["olt-1"]).rows
    assert column(made, "settle", "subject") == [row.row_id] == ["x"]
    assert column(made, "settle", "advice") == [row.sentence]


def test_an_outage_that_lasts_has_no_end_and_a_deadline() -> None:
    """The end is words without a value, the deadline that of the error budget."""
    now = START + timedelta(days=5, hours=14)
    report = worlds.october(sla.Alarm(now - timedelta(minutes=3), id="x"), as_of=now)
    made = document(report, title="t")
    (row,) = table(made, "incidents").rows
    assert (row.cells[1].text, row.cells[1].value) == ("not over yet", None)
    assert sentences(made, "budget") == [
        "The service is down; the period is lost unless the outage is over by Tue, Oct 6, 2026, 14:41."
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_an_answer_makes_all_sections_without_rows(locale: str) -> None:
    """What only rows can say is one sentence; the figures are those of a report."""
    cut = worlds.outage(5, 10, 90, id="a")
    made = document(answer([cut]), title="t", locale=locale)
    of_report = document(worlds.october(cut), title="t", locale=locale)
    assert [block.name for block in made.blocks if isinstance(block, blocks.Heading)] == list(SECTIONS)
    for name in ("bridge", "days"):
        assert table(made, name) == table(of_report, name)
    assert len(sentences(made, "incidents")) == 1
    assert table(made, "trend").rows == ()
    assert [block for block in made.blocks if isinstance(block, blocks.Timeline)] == []


def test_outages_and_trend_of_an_answer_come_as_arguments() -> None:
    """A service has them by queries of their own."""
    cuts = [worlds.outage(5, 10, 90, id="a"), worlds.outage(7, 10, 10, id="b")]
    report = sla.evaluate(cuts, start=START - timedelta(days=30), end=END, zone=ZONE, as_of=AFTER)
    costs = incident_costs(worlds.october(*cuts))
    made = document(answer(cuts), title="t", incident_costs=costs, trend=trend(report, sla.Period.MONTH))
    assert table(made, "incidents") == table(document(worlds.october(*cuts), title="t"), "incidents")
    assert column(made, "trend", "points") == ["-0.23"]


def test_agreed_windows_of_an_answer_stand_without_the_downtime_that_they_took() -> None:
    """Kept days do not say which window took what; what was refused stands in their facts."""
    night = datetime(2026, 10, 12, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    windows = (
        sla.MaintenanceWindow(night, night + hour, reason="New card"),
        sla.MaintenanceWindow(night + 3 * hour, night + 4 * hour, kind="emergency", reason="Leak: roof"),
    )
    made = document(answer([worlds.MINOR], exclusions=windows), title="t")
    assert column(made, "planned-work", "reason") == ["New card"]
    assert column(made, "planned-work", "downtime") == ["-"]
    assert column(made, "refused", "window") == ["maintenance of 2026-10-12 04:00 UTC (Leak: roof)"]
    assert column(made, "refused", "why") == ["emergency work is not accepted"]


def test_the_rows_that_kept_days_name_in_doubt_are_to_settle() -> None:
    """An answer knows the names of some rows, and how many it does not name."""
    start = datetime(2026, 10, 3, tzinfo=UTC)
    undated = [
        sla.Alarm(start, status="resolved", last_occurrence=start + timedelta(minutes=5), id=f"u{number}")
        for number in range(7)
    ]
    made = document(answer(undated, policy=sla.SLAPolicy("99")), title="t")
    subjects = column(made, "settle", "subject")
    assert len(subjects) == 6
    assert subjects[-1] == "2 more rows"
    assert set(column(made, "settle", "advice")) == {"over without a time: when was it over?"}
    assert "7 things to settle" in sentences(made, "summary")[-1]


def test_a_statement_and_corrections_stand_in_the_method() -> None:
    """Number, digest, what it supersedes and why; that some data was corrected is a line."""
    ends = datetime(2026, 10, 5, 10, 30, tzinfo=UTC)
    correction = sla.Correction("a", ends=ends, reason="cleared late", author="noc", entered_at=AFTER)
    report = worlds.october(worlds.outage(5, 10, 90, id="a"), corrections=[correction])
    first = statement(report, tenant="acme", issued_at=AFTER, issued_by="ops")
    second = replace(first, number=2, supersedes=first.digest, reason="late rows")
    made = document(report, title="t", statement=second)
    method = dict(zip(column(made, "method", "name"), column(made, "method", "value"), strict=True))
    assert plain(method["Statement"]) == "No. 2, issued Mon, Nov 2, 2026, 00:00 by ops"
    assert method["Digest of the statement"] == second.digest
    assert method["Supersedes"] == f"No. 1: late rows ({first.digest})"
    assert method["Corrections"] == "Some data was corrected by hand (see Data quality)."
    assert method["Policy"] == report.policy.fingerprint
    assert method["Digest of the input"] == first.input_digest
    assert sentences(made, "quality")[0].startswith("corrected by hand: ")


@pytest.mark.parametrize("title", HOSTILE_TITLES.values(), ids=HOSTILE_TITLES)
def test_any_title_passes_through_as_text(title: str) -> None:
    """Of a document, of an outage and of a reason, unchanged."""
    window = sla.MaintenanceWindow(START, START + timedelta(hours=1), reason=title, author=title)
    report = worlds.october(worlds.outage(5, 10, 90, id="a", title=title, resource_id=title), maintenance=[window])
    made = document(report, title=title, customer=title, contract=title, issued_by=title)
    assert made.title == made.issued_by == title
    assert [text for name, text in made.facts if name != "Issued"] == [title] * 3
    assert column(made, "incidents", "title") == column(made, "incidents", "resource") == [title]
    assert column(made, "planned-work", "reason") == column(made, "planned-work", "author") == [title]
    assert column(made, "resources", "resource") == [title]


def test_characters_that_a_format_cannot_hold_are_replaced_once_for_all_formats() -> None:
    """NUL, escape and half a surrogate pair; line breaks are blanks. The records of CSV and JSON too."""
    wild = "a\x00b\x1b[31mc\ud800d\r\ne\tf\uffff"
    window = sla.MaintenanceWindow(START, START + timedelta(hours=1), reason=wild, author=wild)
    report = worlds.october(worlds.outage(5, 10, 90, id="a", title=wild), maintenance=[window])
    made = document(report, title=wild, customer=wild)
    assert made.title == "a\ufffdb\ufffd[31mc\ufffdd e f\ufffd"
    assert column(made, "incidents", "title") == column(made, "planned-work", "reason") == [made.title]
    assert "\ufffd" in write_csv(made).decode()
    assert json.loads(write_json(made))["title"] == made.title
    assert [text for text in texts(made) if "\x00" in text or "\ud800" in text] == []


@pytest.mark.parametrize(
    "period",
    [
        sla.Period.HOUR,
        sla.Period.WEEK,
        sla.Period.MONTH,
        sla.Period.YEAR,
        sla.Period.rolling(30),
        sla.Period.rolling(60),
    ],
    ids=lambda period: period.name,
)
def test_any_period_makes_a_table_of_its_records(period: sla.Period) -> None:
    """Also rolling windows, and those of which the report holds none."""
    report = WORLDS["breached"]()
    made = document(report, title="t", period=period, locale="fr")
    assert len(table(made, "days").rows) == len(report.by(period)) == len(made.records)
    assert list(made.records) == report.as_dicts(period, detail=True)
    timelines = [len(block.rows) for block in made.blocks if isinstance(block, blocks.Timeline)]
    is_of_days = period.is_hour or period.is_rolling
    expected = len(report.days) if is_of_days else len(report.by(period))
    assert timelines == ([expected] if report.by(period) else [])


def test_hours_have_short_names_below_the_chart() -> None:
    """Dates of many days, the time of day of one: long names would cover one another."""
    for days, expected in ((31, "Oct 1"), (1, "00:00")):
        report = sla.evaluate([], start=START, end=START + timedelta(days=days), zone=ZONE, as_of=AFTER)
        made = document(report, title="t", period=sla.Period.HOUR)
        (chart,) = [block for block in made.blocks if isinstance(block, blocks.Chart)]
        assert plain(chart.points[0].label) == expected


def test_a_partial_day_keeps_its_place_on_the_clock() -> None:
    """The time of the day before the window is not counted in the picture."""
    report = worlds.october(worlds.MINOR, start=START + timedelta(hours=6), end=START + timedelta(hours=30))
    (timeline,) = [block for block in document(report, title="t").blocks if isinstance(block, blocks.Timeline)]
    first, second = ([(shown.end_share, shown.kind) for shown in row.stretches] for row in timeline.rows)
    assert first == [(0.25, blocks.StretchKind.NOT_COUNTED), (1, blocks.StretchKind.UP)]
    assert second == [(0.25, blocks.StretchKind.UP), (1, blocks.StretchKind.NOT_COUNTED)]


def test_a_row_of_thousands_of_flaps_is_cut_into_few_parts_and_loses_no_outage() -> None:
    """A part in which something was down shows it, as long as it was."""
    start = datetime(2026, 10, 5, tzinfo=UTC)
    flaps = [
        sla.Alarm(start + timedelta(seconds=40 * number), start + timedelta(seconds=40 * number + 5), id=str(number))
        for number in range(500)
    ]
    made = document(worlds.october(*flaps), title="t", sections=["days"])
    (timeline,) = [block for block in made.blocks if isinstance(block, blocks.Timeline)]
    row = timeline.rows[4]
    down_shares = [
        stretch.end_share - stretch.start_share for stretch in row.stretches if stretch.kind is blocks.StretchKind.DOWN
    ]
    assert len(down_shares) == ceil(500 * 40 / 300)  # the parts of 300 s that the flaps reach
    assert sum(down_shares) == pytest.approx(500 * 5 / 86_400, abs=1e-4)


def test_a_window_without_an_instant_makes_a_document_too() -> None:
    """No days, no figures, no failure."""
    report = worlds.october(start=START, end=START)
    made = document(report, title="t")
    assert table(made, "days").rows == ()
    assert sentences(made, "days") == ["No whole day in this time."]


def test_sections_keep_their_order_and_issued_at_is_the_instant_of_evaluation() -> None:
    """Whatever is asked for; a given instant is shown by the tenant's clock."""
    report = WORLDS["quiet"]()
    made = document(report, title="t", sections=["method", "summary"])
    assert [block.name for block in made.blocks if isinstance(block, blocks.Heading)] == ["summary", "method"]
    assert made.issued_at == AFTER
    issued = datetime(2026, 11, 5, 23, 30, tzinfo=timezone(timedelta(hours=-1)))
    given = document(report, title="t", issued_at=issued, locale="de", logo=Logo(content=b"x", media_type="image/png"))
    assert given.issued_at == issued
    assert plain(given.facts[0][1]) == "Fr., 6. Nov. 2026, 01:30"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"title": None}, "title"),
        ({"customer": 7}, "customer"),
        ({"issued_at": datetime(2026, 11, 5)}, "issued_at"),  # noqa: DTZ001 - it is refused
        ({"locale": "xx-YY"}, "locale"),
        ({"locale": ""}, "locale"),
        ({"locale": None}, "locale"),
        ({"locale": "fr; drop"}, "locale"),
        ({"sections": ["summary", "footer"]}, "sections"),
        ({"sections": "summary"}, "sections"),
        ({"logo": b"x"}, "logo"),
        ({"period": "day"}, "period"),
    ],
)
def test_a_wrong_argument_is_one_clear_error(arguments: dict[str, Any], field: str) -> None:
    """It names the argument."""
    with pytest.raises(sla.SLAComplianceError) as error:
        document(WORLDS["quiet"](), **{"title": "t", **arguments})
    assert getattr(error.value, "field", None) == field
    assert field in str(error.value)


def test_csv_is_the_wire_and_json_says_all_with_a_version() -> None:
    """Each cell has text and value; instants are ISO 8601."""
    report = WORLDS["breached"]()
    made = document(report, title="t", logo=Logo(content=b"\x89PNG", media_type="image/png"))
    assert write_csv(made).decode() == records_csv(report.as_dicts(detail=True))
    content = json.loads(write_json(made))
    assert content["version"] == 1
    assert content["records"] == json.loads(json.dumps(report.as_dicts(detail=True)))
    assert content["logo"] == {"content": "iVBORw==", "media_type": "image/png"}
    assert content["facts"] == [{"name": "Issued", "text": made.facts[0][1]}]
    assert [block["type"] for block in content["blocks"]][:3] == ["heading", "note", "figures"]
    (incidents,) = [block for block in content["blocks"] if block.get("name") == "incidents" and "rows" in block]
    first = incidents["rows"][0]["cells"]
    assert first[0]["value"] == "2026-10-05T12:00:00+02:00"
    assert first[5] == {"text": "1\u202fh 30\u202fmin", "value": 5400, "kind": "length", "decimals": 0}


def test_a_language_of_one_s_own_makes_documents() -> None:
    """Numbers and dates are those of the locale; a language with all sentences is used for its regions too."""
    portuguese = {**CATALOGUE.languages["en"], "heading_summary": "Resumo"}
    catalogue = CATALOGUE.extended("pt", portuguese)
    made = document(WORLDS["breached"](), title="t", locale="pt-BR", catalogue=catalogue)
    headings = [block.text for block in made.blocks if isinstance(block, blocks.Heading)]
    assert headings[0] == "Resumo"
    (figures, *_) = [block for block in made.blocks if isinstance(block, blocks.Figures)]
    assert plain(figures.figures[0].cell.text) == "99,77%"


def test_importing_the_outlets_loads_no_third_party_module() -> None:
    """A format's packages are imported when it is written."""
    program = (
        "import sys; before = set(sys.modules); import sla_compliance.outlets\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    # A module of the platform's build settings is no part of the standard library by name.
    assert [name for name in done.stdout.split() if not name.startswith("_sysconfigdata")] == ["sla_compliance"]


@pytest.mark.parametrize("world", WORLDS)
def test_every_format_is_written_and_says_the_first_sentence(world: str) -> None:
    """One document, all outlets; two runs, the same bytes."""
    made = document(WORLDS[world](), title="Report of October", locale="fr")
    writers = (write_html, write_pdf, write_xlsx, write_csv, write_json)
    written = [write(made) for write in writers]
    assert written == [write(made) for write in writers]
    assert [content[:4] for content in written[1:3]] == [b"%PDF", b"PK\x03\x04"]
    (note, *_) = [block for block in made.blocks if isinstance(block, blocks.Note)]
    for page in (written[0], written[4]):
        assert note.sentences[0] in page.decode()
