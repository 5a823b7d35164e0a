"""The sections of a report's page: cards, chart and legend, the table of all figures, outages, notes."""
################################################################
# Nothing here computes a figure: records and incidents have them, text.py writes
# them. The chart's points and the table's rows stand in the same order; a point
# links to its row by the row's id. A day of which something is unknown is hatched in
# the chart, and its row says how much.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sla_compliance.calendars.periods import Period
from sla_compliance.certainty import INPUT_DOUBTS_IN_WORDS
from sla_compliance.day_figures import DayFigures
from sla_compliance.drawing.chart import ChartPoint, PointKind, chart, swatch
from sla_compliance.drawing.markup import Markup, element, isolated_text, join_markup
from sla_compliance.incidents import Incident
from sla_compliance.outlets.text import (
    AGREED_HOURS,
    PAGE,
    WITHOUT_EXCLUSIONS,
    counted,
    date_span,
    day_and_time,
    downtime_length,
    is_confirmed,
    iso_period,
    left_out_reasons,
    length_units,
    record_verdict,
    short_date,
    total_verdict,
    unknown_length_us,
    unknown_text,
    uptime_length,
    whole_seconds_up,
)
from sla_compliance.previews import POINT_KINDS
from sla_compliance.records import ComplianceRecord, Verdict
from sla_compliance.verdicts import verdict_text

MOST_INCIDENTS: Final = 8


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


def availability_chart(records: Sequence[ComplianceRecord], label: str) -> Markup:
    """Return the chart of some records, at least one, in the frame that its script needs.

    Args:
        label: the accessible name of the chart.
    """
    points = [_chart_point(index, record) for index, record in enumerate(records)]
    return element(
        "div",
        chart(points, target_percentage=records[0].target_percentage, label=label),
        class_="frame",
    )


def _chart_point(index: int, record: ComplianceRecord) -> ChartPoint:
    return ChartPoint(
        label=iso_period(record) if record.is_hour else short_date(record.date),
        percentage=record.compliance_percentage,
        kind=_point_kind(record),
        is_doubtful=unknown_length_us(record) > 0,
        link_id=_row_id(index),
    )


def _point_kind(record: ComplianceRecord) -> PointKind:
    if record.is_hour and record.availability_ratio is not None:
        return PointKind.MET  # an hour has no verdict; its height alone says how it was
    return POINT_KINDS[record.verdict]


def _row_id(index: int) -> str:
    """Return the id of the table's row of a record."""
    return f"r{index}"


def legend(records: Sequence[ComplianceRecord]) -> Markup:
    """Return what the marks of the records' chart mean; those that the chart does not show are left out."""
    verdicts = {record.verdict for record in records}
    entries = [("line", "Availability"), ("target", f"Target {PAGE.target(records[0])}")]
    if Verdict.BREACHED in verdicts:
        entries.append((PointKind.BREACHED, "Breached"))
    if Verdict.AT_RISK in verdicts:
        entries.append((PointKind.AT_RISK, "At risk"))
    if Verdict.UNDETERMINED in verdicts:
        entries.append(("gap", "No data"))
    if any(unknown_length_us(record) for record in records if record.availability_ratio is not None):
        entries.append(("doubt", "Partly unknown"))
    items = [element("li", swatch(kind), name) for kind, name in entries]
    return element("ul", *items, class_="legend", aria_label="Legend")


def table(figures: DayFigures, by: Period) -> Markup:
    """Return all figures to read, one row for each record of a period."""
    names = (by.name.capitalize(), "Availability", "Uptime", "Downtime", "Left out", "Verdict")
    head = element("tr", *(element("th", name, scope="col") for name in names))
    rows = [_row(index, record, record_verdict(figures, record, by)) for index, record in enumerate(figures.by(by))]
    return element("table", element("thead", head), element("tbody", *rows), id="figures")


def _row(index: int, record: ComplianceRecord, verdict_words: str) -> Markup:
    is_measured = record.availability_ratio is not None
    figures = (
        PAGE.percentage(record.compliance_text),
        uptime_length(record.up_us) if is_measured else PAGE.no_figure,
        downtime_length(record.down_us) if is_measured else PAGE.no_figure,
        _left_out(record),
    )
    unknown = unknown_text(record)
    note = [" ", element("span", unknown, class_="quiet")] if unknown else []
    return element(
        "tr",
        element("th", iso_period(record) if record.is_hour else date_span(record.date, record.last_date), scope="row"),
        *(element("td", figure) for figure in figures),
        element("td", _verdict(verdict_words), *note),
        id=_row_id(index),
    )


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


def _left_out(record: ComplianceRecord) -> str:
    """Return the time that is left out, with its reasons."""
    reasons_us = left_out_reasons(record).items()
    return ", ".join(f"{uptime_length(length_us)} {reason}" for reason, length_us in reasons_us) or PAGE.no_figure


def longest_incidents(incidents: Sequence[Incident]) -> Markup:
    """Return the outages with the most counted downtime, longest first."""
    longest = sorted(incidents, key=lambda incident: (-incident.downtime_us, incident.start_us))[:MOST_INCIDENTS]
    if not longest:
        return element("p", "No outage in this time.", class_="quiet")
    return element("ol", *map(_incident, longest), class_="incidents")


def _incident(incident: Incident) -> Markup:
    return element(
        "li",
        element("strong", isolated_text(_incident_name(incident))),
        element("span", downtime_length(incident.downtime_us), class_="length"),
        element("span", " · ".join(_incident_facts(incident)), class_="quiet"),
    )


def _incident_name(incident: Incident) -> str:
    """Return the title or type of the alarm that was raised first."""
    if not incident.alarms:
        return "Outage"
    first_alarm = incident.alarms[0]
    return str(first_alarm.title or first_alarm.alarm_type or "Outage")


def _incident_facts(incident: Incident) -> list[str]:
    start = day_and_time(incident.start)
    facts = [f"{start}, not over yet" if incident.is_ongoing else start, counted(len(incident.alarms), "alarm")]
    excused_us = incident.duration_us - incident.downtime_us
    if excused_us:
        facts.append(f"{uptime_length(excused_us)} of it left out")
    return facts


def notes(sentences: Sequence[str]) -> Markup:
    """Return sentences that may hold text of the data, one below the other."""
    return element("ul", *(element("li", isolated_text(sentence)) for sentence in sentences))


def footer(method: str) -> Markup:
    """Return how the figures were made.

    Args:
        method: a report's method, in one line.
    """
    return element("footer", element("p", "Availability = up / (up + down), shown rounded down; ", method, "."))
