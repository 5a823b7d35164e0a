"""What stands around the chart: cards, legend, the table of all figures, incidents, and how it was measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sla_compliance.incidents import Incident
from sla_compliance.outlets._html.chart import swatch
from sla_compliance.outlets._html.markup import Markup, element, from_elsewhere, joined
from sla_compliance.outlets._html.words import (
    NOTHING,
    VERDICTS,
    clock_time,
    counted,
    date_span,
    downtime,
    percentage,
    short_date,
    target,
    units,
    uptime,
    whole_seconds_up,
)
from sla_compliance.records import ComplianceRecord, Verdict
from sla_compliance.report import ComplianceReport

INCIDENTS_SHOWN: Final = 8


def verdict(record: ComplianceRecord) -> Markup:
    """Return a verdict as a word and a shape; the colour comes on top."""
    kind = record.verdict.lower().replace("_", "-")
    return element("span", VERDICTS[record.verdict], class_=f"verdict {kind}")


def cards(report: ComplianceReport) -> Markup:
    """Return the figures of the whole window."""
    total = report.total
    measured = [day for day in report.days if day.availability_ratio is not None]
    return element(
        "dl",
        _card("Availability", _figure(total.compliance_text, "%"), verdict(total), f" of {target(total)}"),
        _card("Downtime", _lengths(total.down_us), f"In {counted(len(measured), 'measured day')}"),
        _card("Breached days", _figure(str(total.sla_breaches), f"of {len(measured)}"), _worst(measured)),
        _card("Gross availability", _figure(report.gross.compliance_text, "%"), "Nothing excluded"),
        class_="cards",
    )


def _card(name: str, figure: Markup, *note: str) -> Markup:
    return element(
        "div", element("dt", name), element("dd", figure, class_="figure"), element("dd", *note, class_="note")
    )


def _figure(number: str | None, unit: str) -> Markup:
    return joined((NOTHING,)) if number is None else joined((number, element("small", unit)))


def _lengths(length_us: int) -> Markup:
    return joined(_figure(str(count), unit) for count, unit in units(whole_seconds_up(length_us)))


def _worst(measured: Sequence[ComplianceRecord]) -> str:
    worst = min(measured, key=lambda day: day.availability_ratio or 0, default=None)
    if worst is None:
        return "Nothing was measured"
    if not worst.down_us:
        return "No downtime on any day"
    return f"Worst: {percentage(worst.compliance_text)} on {short_date(worst.date)}"


def legend(records: Sequence[ComplianceRecord]) -> Markup:
    """Return what the chart's marks mean; only those it shows."""
    verdicts = {record.verdict for record in records}
    entries = [
        (True, "line", "Availability"),
        (True, "target", f"Target {target(records[0])}"),
        (Verdict.BREACHED in verdicts, "breached", "Breached"),
        (Verdict.AT_RISK in verdicts, "at-risk", "At risk"),
        (Verdict.UNDETERMINED in verdicts, "gap", "Not measured"),
    ]
    items = (element("li", swatch(kind), name) for is_shown, kind, name in entries if is_shown)
    return element("ul", *items, class_="legend", aria_label="Legend")


def table(records: Sequence[ComplianceRecord], heading: str) -> Markup:
    """Return all figures, one row a record: what the chart shows, to read."""
    names = (heading, "Availability", "Uptime", "Downtime", "Not counted", "Verdict")
    head = element("tr", *(element("th", name, scope="col") for name in names))
    rows = (_row(index, record) for index, record in enumerate(records))
    return element("table", element("thead", head), element("tbody", *rows), id="figures")


def _row(index: int, record: ComplianceRecord) -> Markup:
    not_counted_us = record.end_us - record.start_us - record.observed_us
    is_measured = record.availability_ratio is not None
    figures = (
        percentage(record.compliance_text),
        uptime(record.up_us) if is_measured else NOTHING,
        downtime(record.down_us) if is_measured else NOTHING,
        uptime(not_counted_us) if not_counted_us else NOTHING,
    )
    cells = (element("td", figure) for figure in figures)
    name = element("th", date_span(record.date, record.last_date), scope="row")
    return element("tr", name, *cells, element("td", verdict(record)), id=f"r{index}")


def incidents(found: Sequence[Incident]) -> Markup:
    """Return the outages that cost most, longest first."""
    longest = sorted(found, key=lambda incident: (-incident.downtime_us, incident.start_us))[:INCIDENTS_SHOWN]
    if not longest:
        return element("p", "No outage in this time.", class_="quiet")
    return element("ol", *map(_incident, longest), class_="incidents")


def _incident(incident: Incident) -> Markup:
    length = downtime(incident.downtime_us)
    excused_us = incident.duration_us - incident.downtime_us
    facts = [
        clock_time(incident.start) + (", not over yet" if incident.is_ongoing else ""),
        counted(len(incident.alarms), "alarm"),
        *([f"{uptime(excused_us)} of it not counted"] if excused_us else []),
    ]
    cause = incident.alarms[0].title or incident.alarms[0].alarm_type if incident.alarms else None
    name = element("strong", from_elsewhere(str(cause or "Outage")))
    return element(
        "li", name, element("span", length, class_="length"), element("span", " · ".join(facts), class_="quiet")
    )


def notes(lines: Sequence[str]) -> Markup:
    """Return sentences that may hold text of the data, one below the other."""
    return element("ul", *(element("li", from_elsewhere(line)) for line in lines))


def footer(report: ComplianceReport) -> Markup:
    """Return how the figures were made."""
    return element("footer", element("p", "Availability = up / (up + down), shown rounded down; ", report.method, "."))
