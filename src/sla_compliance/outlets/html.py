"""A report as one HTML page that needs nothing else: no network, no fonts, no library."""
################################################################
# The page may run its one script and use its one style sheet, known by their
# hashes, and nothing else: its own content security policy forbids the rest, so
# that even markup smuggled in by data could do nothing. (It cannot come in:
# markup.py escapes all text.) Without scripts the page still says everything.
################################################################

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from sla_compliance.calendars.periods import Period
from sla_compliance.outlets._html.chart import chart
from sla_compliance.outlets._html.markup import Markup, element
from sla_compliance.outlets._html.sections import cards, footer, incidents, legend, notes, table
from sla_compliance.outlets._html.words import counted, date_span
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport


def report_page(report: ComplianceReport, *, title: str = "SLA compliance", by: Period = Period.DAY) -> str:
    """Return a report as an HTML document, UTF-8.

    Args:
        title: the page's heading, any text.
        by: the periods of the chart and the table.
    """
    total = report.total
    period = f"{date_span(total.date, total.last_date)} · {report.zone}"
    heading = element("header", element("h1", title), element("p", period))
    body = element("body", heading, element("main", *_main(report, by)), _script())
    return f"<!doctype html>\n{element('html', _head(title), body, lang='en')}\n"


def _main(report: ComplianceReport, by: Period) -> list[Markup]:
    records, found = report.by(by), report.incidents()
    return [
        cards(report),
        _panel(f"Availability by {by.name}", "chart", *_picture(records, by)),
        _panel(f"Longest of {counted(len(found), 'outage')}", "longest", incidents(found)),
        *_quality(report),
        _panel(f"Every {by.name} in figures", "every", _scrolled(table(records, by.name.capitalize()))),
        footer(report),
    ]


def _picture(records: Sequence[ComplianceRecord], by: Period) -> list[Markup]:
    if not records:
        return [element("p", f"No whole {by.name} in this time.", class_="quiet")]
    label = f"Availability by {by.name}; arrow keys move"
    return [element("div", chart(records, label), class_="frame"), legend(records)]


def _scrolled(content: Markup) -> Markup:
    return element("div", content, class_="scroll", tabindex="0", role="region", aria_label="Figures")


def _quality(report: ComplianceReport) -> list[Markup]:
    lines = report.quality.lines()
    return [_panel("Data quality", "quality", notes(lines))] if lines else []


def _panel(heading: str, name: str, *content: Markup) -> Markup:
    title = element("h2", heading, id=name)
    return element("section", title, *content, class_=f"panel {name}", aria_labelledby=name)


def _head(title: str) -> Markup:
    policy = (
        f"default-src 'none'; script-src '{_hash('page.js')}'; style-src '{_hash('page.css')}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("link", rel="icon", href="data:,"),
        element("style", _packaged("page.css")),
    )


def _script() -> Markup:
    return element("script", _packaged("page.js"))


@lru_cache(maxsize=2)
def _packaged(name: str) -> Markup:
    """Return a file of the package, to stand in the page as it is."""
    return Markup((files("sla_compliance.outlets._html") / name).read_text(encoding="utf-8").strip())


def _hash(name: str) -> str:
    return f"sha256-{b64encode(sha256(_packaged(name).encode()).digest()).decode()}"
