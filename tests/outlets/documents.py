"""Documents made by hand: every block, in the sizes that months have."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sla_compliance.drawing.chart import ChartPoint, PointKind, axis_floor, axis_ticks
from sla_compliance.outlets.blocks import (
    Block,
    Cell,
    CellKind,
    Chart,
    Column,
    Document,
    Figure,
    Figures,
    Heading,
    LegendEntry,
    Logo,
    Note,
    Row,
    Stretch,
    StretchKind,
    Table,
    Timeline,
    TimelineRow,
    Tone,
)

DASH = "\N{EN DASH}"
TEXT = CellKind.TEXT
FIRST_DAY = date(2026, 10, 1)
DAYS = 31


def text_cell(text: str) -> Cell:
    """A cell of text alone."""
    return Cell(text, text)


def length_cell(seconds: int) -> Cell:
    """A length in hours, minutes and seconds."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return Cell(f"{hours} h {minutes:02} min {rest:02} s", seconds, CellKind.LENGTH)


def percentage_cell(percentage: float | None) -> Cell:
    """A percentage with two decimals."""
    text = DASH if percentage is None else f"{percentage:.2f} %"
    return Cell(text, percentage, CellKind.PERCENTAGE, 2)


def day_percentage(day: int) -> float | None:
    """Some days are bad, one at risk, one was not measured."""
    return {6: 95.33, 12: None, 20: 99.91, 27: 97.4}.get(day, 100.0)


def day_tone(day: int) -> Tone:
    """What the day means."""
    return {6: Tone.BREACHED, 12: Tone.UNCERTAIN, 20: Tone.AT_RISK, 27: Tone.BREACHED}.get(day, Tone.MET)


def summary() -> list[Block]:
    """A sentence and four figures."""
    return [
        Heading(text="Summary", name="summary"),
        Note(
            sentences=(
                "99.76 % on record against a target of 99.50 %. Not confirmed: 97.10 to 99.95 % possible; "
                "2 things to settle.",
            ),
            tone=Tone.UNCERTAIN,
        ),
        Figures(
            figures=(
                Figure(
                    label="Availability",
                    cell=percentage_cell(99.76),
                    notes=("Not confirmed, target 99.50 %", "97.10 to 99.95 % possible"),
                    tone=Tone.UNCERTAIN,
                ),
                Figure(label="Downtime", cell=length_cell(6_433), notes=("In 30 measured days",)),
                Figure(
                    label="Breached days",
                    cell=Cell("2 of 30", 2, CellKind.COUNT),
                    notes=("Worst: 95.33 % on Oct 7",),
                    tone=Tone.BREACHED,
                ),
                Figure(label="Without exclusions", cell=percentage_cell(99.41), notes=("in agreed hours",)),
            )
        ),
        Table(
            name="bridge",
            columns=(
                Column(key="rule", heading="From gross to contractual downtime"),
                Column(key="length", heading="Length", kind=CellKind.LENGTH),
            ),
            rows=(
                Row(cells=(text_cell("All downtime that alarms report"), length_cell(9_000))),
                Row(cells=(text_cell("Agreed maintenance"), length_cell(2_000))),
                Row(cells=(text_cell("Exclusions"), length_cell(567))),
                Row(cells=(text_cell("Outside agreed hours"), length_cell(0))),
            ),
            total=Row(cells=(text_cell("Contractual downtime"), length_cell(6_433))),
        ),
    ]


def chart() -> Chart:
    """Of all days."""
    kinds = {Tone.BREACHED: PointKind.BREACHED, Tone.AT_RISK: PointKind.AT_RISK, Tone.MET: PointKind.MET}
    points = tuple(
        ChartPoint(
            label=f"Oct {day + 1}",
            percentage=day_percentage(day),
            kind=kinds.get(day_tone(day), PointKind.NOT_MEASURED),
            link_id=f"day-{day}",
            is_doubtful=day in (15, 16),
        )
        for day in range(DAYS)
    )
    legend = (
        LegendEntry(mark="line", text="Availability"),
        LegendEntry(mark="target", text="Target 99.50 %"),
        LegendEntry(mark="breached", text="Breached"),
        LegendEntry(mark="at-risk", text="At risk"),
        LegendEntry(mark="gap", text="No data"),
        LegendEntry(mark="doubt", text="Partly unknown"),
    )
    ticks = tuple(percentage_cell(tick) for tick in axis_ticks(axis_floor(points, 99.5)))
    return Chart(label="Availability by day", points=points, target=percentage_cell(99.5), ticks=ticks, legend=legend)


def timeline() -> Timeline:
    """Of all days; each kind stands in one of them."""
    up = (Stretch(start_share=0.0, end_share=1.0, kind=StretchKind.UP),)
    mixed = tuple(
        Stretch(start_share=place / 6, end_share=(place + 1) / 6, kind=kind) for place, kind in enumerate(StretchKind)
    )
    down = (
        Stretch(start_share=0.0, end_share=0.3, kind=StretchKind.UP),
        Stretch(start_share=0.3, end_share=0.302, kind=StretchKind.DOWN),
        Stretch(start_share=0.302, end_share=1.0, kind=StretchKind.UP),
    )
    unknown = (Stretch(start_share=0.0, end_share=1.0, kind=StretchKind.UNKNOWN),)
    rows = tuple(
        TimelineRow(label=f"Oct {day + 1}", stretches={6: mixed, 27: down, 12: unknown}.get(day, up))
        for day in range(DAYS)
    )
    legend = tuple(LegendEntry(mark=kind, text=kind.value.capitalize()) for kind in StretchKind)
    return Timeline(label="When the service was down", rows=rows, legend=legend)


def days() -> list[Block]:
    """Chart, timeline and table."""
    words = {
        Tone.MET: "Met",
        Tone.AT_RISK: "At risk",
        Tone.BREACHED: "Breached",
        Tone.UNCERTAIN: "No data, up to 1 d unknown",
    }
    rows = []
    for day in range(DAYS):
        calendar_date = FIRST_DAY + timedelta(days=day)
        is_measured = day_percentage(day) is not None
        cells = (
            Cell(f"{calendar_date:%a, %b %d, %Y}", calendar_date, CellKind.DATE),
            percentage_cell(day_percentage(day)),
            length_cell(86_400 if is_measured else 0),
            length_cell(0),
            text_cell("2 h maintenance" if day % 7 == 0 else DASH),
            text_cell(words[day_tone(day)]),
        )
        rows.append(Row(cells=cells, tone=day_tone(day), row_id=f"day-{day}"))
    columns = (
        Column(key="date", heading="Day", kind=CellKind.DATE),
        Column(key="availability", heading="Availability", kind=CellKind.PERCENTAGE),
        Column(key="uptime", heading="Uptime", kind=CellKind.LENGTH),
        Column(key="downtime", heading="Downtime", kind=CellKind.LENGTH),
        Column(key="left_out", heading="Left out"),
        Column(key="verdict", heading="Verdict"),
    )
    total = Row(
        cells=(
            text_cell("October 2026"),
            percentage_cell(99.76),
            length_cell(2_592_000),
            length_cell(6_433),
            text_cell("10 h maintenance"),
            text_cell("Not confirmed"),
        ),
        tone=Tone.UNCERTAIN,
    )
    return [
        Heading(text="Days", name="days"),
        chart(),
        timeline(),
        Table(name="days", columns=columns, rows=tuple(rows), total=total),
    ]


def incidents(count: int, title: str) -> list[Block]:
    """Some incidents with a title."""
    start = datetime(2026, 10, 7, 2, tzinfo=UTC)
    columns = (
        Column(key="incident", heading="Incident"),
        Column(key="started", heading="Started", kind=CellKind.INSTANT),
        Column(key="downtime", heading="Downtime", kind=CellKind.LENGTH),
        Column(key="share", heading="Share of the budget", kind=CellKind.PERCENTAGE),
        Column(key="resource", heading="Resource"),
        Column(key="verdict", heading="Decisive"),
    )
    rows = tuple(
        Row(
            cells=(
                text_cell(f"{title} {number}"),
                Cell("Oct 7, 02:00", start + timedelta(minutes=number), CellKind.INSTANT),
                length_cell(600 + number),
                percentage_cell(12.5),
                text_cell(f"olt-{number % 9}.north.example"),
                text_cell("Decisive" if number == 0 else DASH),
            ),
            tone=Tone.BREACHED if number == 0 else Tone.PLAIN,
        )
        for number in range(count)
    )
    note = "" if rows else "No incident in this time."
    return [
        Heading(text="Incidents", name="incidents"),
        Table(name="incidents", columns=columns, rows=rows, note=note),
    ]


def appendix() -> list[Block]:
    """What an auditor reads."""
    return [
        Heading(text="Data quality", name="quality"),
        Note(
            sentences=(
                "1 alarm open and unseen for long, ended when last seen: up to 4 d 17 h.",
                "Monitoring has no data of Oct 13.",
            ),
            tone=Tone.UNCERTAIN,
        ),
        Heading(text="Method", name="method"),
        Note(sentences=("Availability = up / (up + down), shown rounded down; days in Europe/Berlin, tzdata 2025.2.",)),
    ]


def month(
    *,
    title: str = "Northern Networks: October 2026",
    incident_count: int = 3,
    incident_title: str = "Trunk fibre cut",
    logo: Logo | None = None,
    locale: str = "en",
) -> Document:
    """A month of one tenant."""
    blocks = [*summary(), *days(), *incidents(incident_count, incident_title), *appendix()]
    return Document(
        title=title,
        subtitle="Oct 1 \N{EN DASH} Oct 31, 2026 · Europe/Berlin",
        facts=(("Customer", "Acme Retail GmbH"), ("Contract", "C-2025-117"), ("Issued by", "Service desk")),
        logo=logo,
        locale=locale,
        page_word="Page",
        issued_by="Service desk",
        issued_at=datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
        blocks=tuple(blocks),
        records=(),
    )
