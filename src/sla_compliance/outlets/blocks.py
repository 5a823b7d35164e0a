"""Document: what a report says, as blocks that every outlet writes in its own format."""
################################################################
# A document is finished: its texts are in its locale, its figures are those of the
# records. A writer lays blocks out; it computes nothing and words nothing.
#
# A cell has what people read (`text`) and what programs compute with (`value`):
#     TEXT        the text
#     DATE        a date
#     INSTANT     an aware datetime, in the tenant's zone
#     PERCENTAGE  a number of percent, rounded as the text is
#     POINTS      a signed number of percentage points
#     LENGTH      whole seconds, rounded as the text is; below 0 where the text is
#     COUNT       a whole number
# The value is None where there is no figure.
#
# Texts are any text, also that of rows: each writer escapes them for its format.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sla_compliance.drawing.chart import ChartPoint


class CellKind(StrEnum):
    """What the value of a cell is."""

    TEXT = "text"
    DATE = "date"
    INSTANT = "instant"
    PERCENTAGE = "percentage"
    POINTS = "points"
    LENGTH = "length"
    COUNT = "count"


class Tone(StrEnum):
    """What a figure, a row or a note means for its reader; its text says it as well, so colour is never alone."""

    PLAIN = "plain"
    MET = "met"
    AT_RISK = "at-risk"
    BREACHED = "breached"
    UNCERTAIN = "uncertain"


class StretchKind(StrEnum):
    """What was the case in a stretch of a timeline."""

    UP = "up"
    DOWN = "down"
    EXCUSED = "excused"  # downtime that does not count
    PLANNED = "planned"  # agreed work while up
    UNKNOWN = "unknown"
    NOT_COUNTED = "not-counted"  # outside agreed hours or service, or still to come


@dataclass(frozen=True, slots=True)
class Cell:
    """One value, for people and for programs.

    Attributes:
        text: in the document's locale; a dash where there is no figure.
        value: as the kind says; None where there is no figure.
        kind: what the value is.
        decimals: of a percentage or of points, as the text has them.
    """

    text: str
    value: str | int | float | date | datetime | None
    kind: CellKind = CellKind.TEXT
    decimals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The heading of a section.

    Attributes:
        text: in the locale.
        name: of the section, the same in every locale, e.g. "days".
    """

    text: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its name.

    Attributes:
        label: what it is.
        cell: the figure.
        notes: what is said below it, a line each.
        tone: what it means.
    """

    label: str
    cell: Cell
    notes: tuple[str, ...] = ()
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures side by side, the first the most important.

    Attributes:
        figures: at least one.
    """

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table.

    Attributes:
        key: its name for programs, the same in every locale, e.g. "downtime".
        heading: in the locale.
        kind: of its cells; a cell may hold no figure.
    """

    key: str
    heading: str
    kind: CellKind = CellKind.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table.

    Attributes:
        cells: one for each column; the first names the row.
        tone: what the row means.
        row_id: an id within the document that the chart's points link to; empty where nothing does.
    """

    cells: tuple[Cell, ...]
    tone: Tone = Tone.PLAIN
    row_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table.

    Attributes:
        name: the same in every locale, unique within the document, e.g. "days".
        columns: at least one.
        rows: in order.
        total: the last row, set apart; None: there is none.
        caption: its name for people, where its section shows several tables; else empty.
        note: a sentence below, such as how many rows are not listed; of a table without rows what stands in its place.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    caption: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendEntry:
    """What a mark of a chart or a timeline means.

    Attributes:
        mark: "line", "target", "gap", "doubt", or the value of a PointKind or of a StretchKind.
        text: in the locale.
    """

    mark: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Availability over time.

    Attributes:
        label: its accessible name.
        points: at least one; a point's `link_id` is the id of its row.
        target: the target of all points.
        ticks: the percentages that its axis names, as `drawing.chart.axis_ticks` has them.
        legend: of the marks that it shows.
    """

    label: str
    points: tuple[ChartPoint, ...]
    target: Cell
    ticks: tuple[Cell, ...]
    legend: tuple[LegendEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a timeline's row.

    Attributes:
        start_share, end_share: where it lies, shares of the row's length from 0 to 1, ascending.
        kind: what was the case.
    """

    start_share: float
    end_share: float
    kind: StretchKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """A stretch of time, such as a day.

    Attributes:
        label: in the locale.
        stretches: in order, without gaps.
    """

    label: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """When the service was down, and why it counted or not.

    Attributes:
        label: its accessible name.
        rows: at least one.
        legend: of the kinds that it shows.
    """

    label: str
    rows: tuple[TimelineRow, ...]
    legend: tuple[LegendEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Sentences, one below the other.

    Attributes:
        sentences: at least one.
        tone: what they mean.
    """

    sentences: tuple[str, ...]
    tone: Tone = Tone.PLAIN


Block = Heading | Figures | Table | Chart | Timeline | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture that stands at the head of a document.

    Attributes:
        content: the file.
        media_type: "image/png", "image/jpeg" or "image/svg+xml".
    """

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report that is ready to be written.

    Attributes:
        title: any text.
        subtitle: the period and the zone.
        facts: what stands below the title: names and texts, such as the customer and by whom it was issued.
        logo: None: there is none.
        locale: of all texts, e.g. "fr".
        page_word: the word before a page's number.
        issued_by: the author that files carry; empty where nothing is known.
        issued_at: the date that files carry, aware; the instant of evaluation where no other is given.
        blocks: a heading, then what belongs to it, and so on.
        records: the periods in the wire format, in detail.
    """

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    logo: Logo | None
    locale: str
    page_word: str
    issued_by: str = ""
    issued_at: datetime
    blocks: tuple[Block, ...]
    records: tuple[Mapping[str, object], ...]
