"""A document as a builder makes one, by hand: each kind of block and of cell is in it."""

from __future__ import annotations

import struct
import zlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sla_compliance.drawing.chart import ChartPoint, PointKind
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

ZONE = ZoneInfo("Europe/Oslo")
DASH = "—"
HOSTILE = '=HYPERLINK("http://x","y")'


def text(words: str) -> Cell:
    return Cell(words, words)


def percentage(number: float | None) -> Cell:
    words = DASH if number is None else f"{number:.2f} %"
    return Cell(words, number, CellKind.PERCENTAGE, 2)


def length(seconds: int) -> Cell:
    sign, positive = ("-", -seconds) if seconds < 0 else ("", seconds)
    return Cell(f"{sign}{positive // 3600}:{positive // 60 % 60:02}:{positive % 60:02}", seconds, CellKind.LENGTH)


def instant(moment: datetime) -> Cell:
    return Cell(f"{moment:%d %b %H:%M}", moment, CellKind.INSTANT)


def table_of(name: str, cells: list[list[Cell]], *, total: Row | None = None, note: str = "") -> Table:
    """Return a table with a column for each cell of its first row."""
    kinds = [cell.kind for cell in cells[0]]
    columns = tuple(Column(key=f"c{i}", heading=f"{name} {i}", kind=kind) for i, kind in enumerate(kinds))
    rows = tuple(Row(cells=tuple(row)) for row in cells)
    return Table(name=name, columns=columns, rows=rows, total=total, note=note)


def days(number: int) -> tuple[Chart, Table]:
    """Return the chart and the table of some days: the sixth not measured, the tenth breached."""
    rows: list[Row] = []
    points: list[ChartPoint] = []
    for index in range(number):
        day = date(2026, 10, 1) + timedelta(index)
        share = None if index == 5 else 99.31 if index == 9 else 99.86
        kind = PointKind.NOT_MEASURED if index == 5 else PointKind.BREACHED if index == 9 else PointKind.AT_RISK
        tone = Tone.BREACHED if index == 9 else Tone.PLAIN
        cells = (Cell(f"{day:%d.%m.}", day, CellKind.DATE), percentage(share), length(121 + index))
        rows.append(Row(cells=cells, tone=tone, row_id=f"day-{index}"))
        points.append(ChartPoint(label=str(day.day), percentage=share, kind=kind, link_id=f"day-{index}"))
    legend = (LegendEntry(mark="target", text="Target 99.90 %"),)
    chart = Chart(label="Availability by day", points=tuple(points), target=percentage(99.9), ticks=(), legend=legend)
    columns = (
        Column(key="date", heading="Day", kind=CellKind.DATE),
        Column(key="availability", heading="Availability", kind=CellKind.PERCENTAGE),
        Column(key="downtime", heading="Downtime", kind=CellKind.LENGTH),
    )
    total = Row(cells=(text("Total"), percentage(99.84), length(4216)))
    return chart, Table(name="days", columns=columns, rows=tuple(rows), total=total, note="Days are local.")


def blocks() -> tuple[Block, ...]:
    """Return the blocks of October."""
    chart, day_table = days(31)
    early, late = (datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=ZONE) for fold in (0, 1))
    incidents = [
        [instant(early), length(90_000), text(HOSTILE), Cell("4,711", 4711, CellKind.COUNT)],
        [instant(late), length(60), text("4711"), Cell(DASH, None, CellKind.COUNT)],
    ]
    bridge = [[text("Gross"), length(7200)], [text("Maintenance"), length(-3000)]]
    figures = (
        Figure(label="Availability", cell=percentage(99.84), notes=("97.10 to 99.95 % possible",), tone=Tone.BREACHED),
        Figure(label="Change", cell=Cell("+0.12", 0.12, CellKind.POINTS, 2)),
    )
    stretches = (Stretch(start_share=0, end_share=1, kind=StretchKind.UP),)
    return (
        Heading(text="Summary", name="summary"),
        Note(sentences=("The target was missed.",)),
        Figures(figures=figures),
        Heading(text="From gross to contractual: [a/b]", name="bridge"),
        table_of("bridge", bridge, total=Row(cells=(text("Counted"), length(4200)))),
        Heading(text="Days", name="days"),
        chart,
        Timeline(label="Days", rows=(TimelineRow(label="1", stretches=stretches),), legend=()),
        day_table,
        Heading(text="Planned work / 'exclusions', with reasons", name="planned"),
        table_of("Windows", [[text("firmware")]]),
        table_of("Refused", [[text("late")]], note="One was announced too late."),
        Heading(text="Incidents", name="incidents"),
        Note(sentences=("There were 2.",)),
        table_of("incidents", incidents),
        Heading(text="Method", name="method"),
        Note(sentences=("Zone rules 2026b.", "=1+1")),
    )


def october(title: str = "October", logo: Logo | None = None, made_of: tuple[Block, ...] | None = None) -> Document:
    """Return a document of October."""
    return Document(
        title=title,
        subtitle="October 2026, Europe/Oslo",
        facts=(("Customer", "Acme AS"), ("Issued by", "@M. Ade")),
        logo=logo,
        locale="en",
        page_word="Page",
        issued_at=datetime(2026, 11, 1, 9, tzinfo=ZONE),
        blocks=blocks() if made_of is None else made_of,
        records=(),
    )


def png(width: int, height: int) -> bytes:
    """Return a picture of one colour."""
    lines = b"".join(b"\0" + b"\x0f\x7a\x55" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
