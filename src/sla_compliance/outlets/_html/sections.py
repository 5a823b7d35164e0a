"""The sections of a page of many keys: cards of them all together, a row for each, notes."""
################################################################
# Nothing here computes a figure: records have them, text.py writes them.
################################################################

from __future__ import annotations

from collections.abc import Sequence

from sla_compliance.certainty import INPUT_DOUBTS_IN_WORDS
from sla_compliance.day_figures import DayFigures
from sla_compliance.drawing.markup import Markup, element, isolated_text, join_markup
from sla_compliance.outlets.text import (
    AGREED_HOURS,
    PAGE,
    WITHOUT_EXCLUSIONS,
    counted,
    downtime_length,
    is_confirmed,
    length_units,
    short_date,
    total_verdict,
    unknown_text,
    whole_seconds_up,
)
from sla_compliance.records import ComplianceRecord
from sla_compliance.verdicts import verdict_text


def cards(figures: DayFigures) -> Markup:
    """Return the figures of the whole window."""
    total = figures.total
    measured_days = [day for day in figures.days if day.availability_ratio is not None]
    downtime = [_figure(str(count), unit) for count, unit in length_units(whole_seconds_up(total.down_us))]
    breached_days = _figure(str(total.sla_breaches), f"of {len(measured_days)}")
    verdict = _verdict(total_verdict(figures))
    target_note = f" target {PAGE.target(total)}"
    if figures.doubt_of_input is not None:
        target_note += f"; {INPUT_DOUBTS_IN_WORDS[figures.doubt_of_input]}"
    return element(
        "dl",
        _card("Availability", _figure(total.compliance_text, "%"), verdict, target_note),
        _card("Downtime", join_markup(downtime), f"In {counted(len(measured_days), 'measured day')}"),
        _card("Breached days", breached_days, _worst_day(measured_days)),
        _card(WITHOUT_EXCLUSIONS, _figure(figures.gross.compliance_text, "%"), AGREED_HOURS),
        class_="cards",
    )


def _card(name: str, figure: Markup, *note: str) -> Markup:
    return element(
        "div",
        element("dt", name),
        element("dd", figure, class_="figure"),
        element("dd", *note, class_="note"),
    )


def _figure(number: str | None, unit: str) -> Markup:
    if number is None:
        return join_markup([PAGE.no_figure])
    return join_markup([number, element("small", unit)])


def _verdict(words: str) -> Markup:
    """Return a verdict as words and a shape; the style sheet adds colour by the class, e.g. "not-confirmed".

    An hour has neither words nor shape.
    """
    if not words:
        return element("span", words)
    kind = words.partition(",")[0].lower().replace(" ", "-")
    return element("span", words, class_=f"verdict {kind}")


def _worst_day(measured_days: Sequence[ComplianceRecord]) -> str:
    worst = min(measured_days, key=lambda day: day.availability_ratio or 0, default=None)
    if worst is None:
        return "Nothing was measured"
    if not worst.down_us:
        return "No downtime on any day"
    return f"Worst: {PAGE.percentage(worst.compliance_text)} on {short_date(worst.date)}"


def key_heading(column: str, *, has_targets: bool) -> Markup:
    """Return the headings of `key_row`; `column` is what the keys are."""
    target = ["Target"] if has_targets else []
    names = [column, "Availability", *target, "Downtime", "Breached days"]
    names += [f"{WITHOUT_EXCLUSIONS} {AGREED_HOURS}", "Verdict"]
    return element("tr", *(element("th", isolated_text(name), scope="col") for name in names))


def key_row(name: str, figures: DayFigures, whole: DayFigures, *, has_targets: bool) -> Markup:
    """Return the figures of one key as a row of a table.

    Args:
        whole: the figures of all keys together: they confirm none where no row was read.
        has_targets: whether the table shows the target of each key.
    """
    total = figures.total
    verdict_words = verdict_text(total.verdict, is_confirmed=is_confirmed(whole, total))
    unknown = unknown_text(total)
    note = [" ", element("span", unknown, class_="quiet")] if unknown else []
    target = [PAGE.target(total)] if has_targets else []
    cells = (
        PAGE.percentage(total.compliance_text),
        *target,
        downtime_length(total.down_us) if total.availability_ratio is not None else PAGE.no_figure,
        str(total.sla_breaches),
        PAGE.percentage(figures.gross.compliance_text),
    )
    return element(
        "tr",
        element("th", isolated_text(name), scope="row"),
        *(element("td", cell) for cell in cells),
        element("td", _verdict(verdict_words), *note),
    )


def notes(sentences: Sequence[str]) -> Markup:
    """Return sentences that may hold text of the data, one below the other."""
    return element("ul", *(element("li", isolated_text(sentence)) for sentence in sentences), class_="notes")


def footer(method: str) -> Markup:
    """Return how the figures were made.

    Args:
        method: a report's method, in one line.
    """
    return element("footer", element("p", "Availability = up / (up + down), shown rounded down; ", method, "."))
