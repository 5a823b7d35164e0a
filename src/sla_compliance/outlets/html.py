"""A document, or reports of many keys, as one HTML page that needs nothing else: no network, no fonts, no library."""
################################################################
# The page's own content security policy allows its one script and its one style
# sheet, by their hashes, and nothing else. So even markup that came in with data
# could run nothing. (It cannot come in: drawing/markup.py escapes all text.)
# Without scripts the page still says everything.
#
# A page of many keys has a row for each and no script; it comes in pieces, so that it is
# never in memory as a whole.
#
# The cost is linear in the rows of the tables, and in the keys.
################################################################

from __future__ import annotations

from base64 import b64encode
from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files

from sla_compliance.drawing.markup import Markup, element, join_markup
from sla_compliance.drawing.palette import PALETTE_CSS
from sla_compliance.outlets._html.blocks import head_of, sections_of
from sla_compliance.outlets._html.sections import cards, footer, key_heading, key_row, notes
from sla_compliance.outlets.blocks import Document
from sla_compliance.outlets.text import counted, date_span, doubt_sentences, key_name
from sla_compliance.report import ComplianceReport


def document_page(document: Document) -> str:
    """Return a document as an HTML document, to be written as UTF-8."""
    main = element("main", *sections_of(document))
    body = element("body", head_of(document), main, element("script", _script()))
    language = document.locale.replace("_", "-")
    return f"<!doctype html>\n{element('html', _head(document.title), body, lang=language)}\n"


def keyed_report_page(
    whole: ComplianceReport,
    reports_by_key: Mapping[Hashable, ComplianceReport],
    *,
    column: str,
    title: str = "SLA compliance",
) -> Iterator[str]:
    """Yield an HTML document with one row for each key, piece by piece, to be written as UTF-8.

    Args:
        whole: the report of all keys together.
        reports_by_key: the report of each, in the order of the rows; None is the key of rows without a value.
        column: what the keys are, any text.
        title: the page's heading, any text.
    """
    total = whole.total
    subtitle = f"{date_span(total.date, total.last_date)} · {whole.zone}"
    header = element("header", element("h1", title), element("p", subtitle))
    summary = [cards(whole)]
    if doubt_sentences(whole):
        summary.append(_panel("In doubt", "doubts", notes(doubt_sentences(whole))))
    if whole.quality_lines:
        summary.append(_panel("Data quality", "quality", notes(whole.quality_lines)))
    yield f'<!doctype html>\n<html lang="en">{_head(title)}<body>{header}<main>{join_markup(summary)}'
    heading = element("h2", f"{counted(len(reports_by_key), 'report')} by {column}", id="every")
    yield f'<section class="panel every" aria-labelledby="every">{heading}'
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Figures">'
    has_targets = any(report.total.target_ratio != total.target_ratio for report in reports_by_key.values())
    yield f'<table id="figures"><thead>{key_heading(column, has_targets=has_targets)}</thead><tbody>'
    for key, report in reports_by_key.items():
        yield key_row(key_name(key, report.title), report, whole, has_targets=has_targets)
    yield f"</tbody></table></div></section>{footer(whole.method)}</main></body></html>\n"


def _head(title: str) -> Markup:
    policy = (
        f"default-src 'none'; script-src '{_policy_hash(_script())}'; style-src '{_policy_hash(_style())}'; "
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
        element("style", _style()),
    )


def _panel(heading: str, name: str, *contents: Markup) -> Markup:
    """Return a section with a heading; `name` is its class and the heading's id."""
    title = element("h2", heading, id=name)
    return element("section", title, *contents, class_=f"panel {name}", aria_labelledby=name)


@cache
def _style() -> Markup:
    """Return the style sheet of the page: the palette, and the rules that use it."""
    return Markup(PALETTE_CSS + _packaged("page.css"))


@cache
def _script() -> Markup:
    return _packaged("page.js")


def _packaged(name: str) -> Markup:
    """Return a file of the package as it stands in the page."""
    return Markup((files("sla_compliance.outlets._html") / name).read_text(encoding="utf-8").strip())


def _policy_hash(content: Markup) -> str:
    """Return the name of a script or style sheet in a content security policy."""
    return f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}"
