"""The blocks of a document as markup."""
################################################################
# A heading begins a section, with what follows it. The mark of a row's tone stands in
# the column of the verdict, or else in the first one. Text that may reorder what stands
# beside it is isolated.
################################################################

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Final

from sla_compliance.drawing.chart import chart, swatch
from sla_compliance.drawing.markup import Markup, element, isolated_text, may_reorder
from sla_compliance.drawing.timeline import stretch_swatch, timeline_bars
from sla_compliance.errors import InvalidTypeError
from sla_compliance.outlets.blocks import (
    Block,
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
    Tone,
)

_VERDICT: Final = "verdict"  # the key of the column whose cells are verdicts
_SHORT_TEXT: Final = 14  # characters; longer ones wrap
_FEW_COLUMNS: Final = 3  # so many fit any screen
_LEFT_KINDS: Final = frozenset({CellKind.TEXT, CellKind.DATE, CellKind.INSTANT})
_STRETCHES: Final = frozenset(StretchKind)


def head_of(document: Document) -> Markup:
    """Return the logo, the title and the facts below it."""
    words = element("div", element("h1", document.title), element("p", document.subtitle))
    contents = [words]
    if document.logo is not None:
        contents.append(_logo(document.logo))
    if document.facts:
        facts = [element("div", element("dt", name), element("dd", _isolated(text))) for name, text in document.facts]
        contents.append(element("dl", *facts, class_="facts"))
    return element("header", *contents)


def _logo(logo: Logo) -> Markup:
    content = b64encode(logo.content).decode()
    return element("img", class_="logo", alt="", src=f"data:{logo.media_type};base64,{content}")


def sections_of(document: Document) -> list[Markup]:
    """Return the sections of a document, in its order."""
    sections: list[Markup] = []
    contents: list[Markup] = []
    heading: Heading | None = None
    for block in document.blocks:
        if not isinstance(block, Heading):
            contents.append(_block(block, heading))
            continue
        if contents or heading is not None:
            sections.append(_section(heading, contents))
        heading, contents = block, []
    if contents or heading is not None:
        sections.append(_section(heading, contents))
    return sections


def _section(heading: Heading | None, contents: Sequence[Markup]) -> Markup:
    if heading is None:
        return element("section", *contents, class_="panel")
    title = element("h2", heading.text, id=_heading_id(heading))
    return element("section", title, *contents, class_=f"panel {heading.name}", aria_labelledby=_heading_id(heading))


def _heading_id(heading: Heading) -> str:
    return f"{heading.name}-heading"


def _block(block: Block, heading: Heading | None) -> Markup:
    match block:
        case Figures():
            return element("dl", *map(_card, block.figures), class_="cards")
        case Table():
            return _table(block, heading)
        case Chart():
            return _chart(block)
        case Timeline():
            return _timeline(block)
        case Note():
            return _note(block)
    raise InvalidTypeError(f"a document has no blocks of {type(block).__name__}")


def _card(figure: Figure) -> Markup:
    return element(
        "div",
        element("dt", figure.label),
        element("dd", figure.cell.text, class_=_classes("figure", _toned(figure.tone))),
        *(element("dd", note, class_="note") for note in figure.notes),
    )


def _toned(tone: Tone) -> str:
    """Return the classes that give a text the mark of a tone."""
    return "" if tone is Tone.PLAIN else f"toned {tone}"


def _classes(*names: str) -> str:
    return " ".join(filter(None, names))


def _note(note: Note) -> Markup:
    sentences = [element("li", _isolated(sentence)) for sentence in note.sentences]
    return element("ul", *sentences, class_=_classes("sentences", _toned(note.tone)))


def _chart(block: Chart) -> Markup:
    if not isinstance(block.target.value, int | float):
        raise InvalidTypeError(f"the target of a chart is {block.target.value!r}; it has to be a number of percent")
    picture = chart(
        block.points,
        target_percentage=block.target.value,
        tick_texts=[tick.text for tick in block.ticks],
        label=block.label,
    )
    return element("div", element("div", picture, class_="frame"), _legend(block.legend), class_="chart")


def _timeline(block: Timeline) -> Markup:
    rows = [(row.label, map(_drawn, row.stretches)) for row in block.rows]
    return element("div", _legend(block.legend), timeline_bars(rows, label=block.label))


def _drawn(stretch: Stretch) -> tuple[float, float, str]:
    return stretch.start_share, stretch.end_share, stretch.kind


def _legend(entries: Sequence[LegendEntry]) -> Markup:
    items = [element("li", _swatch(entry.mark), entry.text) for entry in entries]
    return element("ul", *items, class_="legend")


def _swatch(mark: str) -> Markup:
    return stretch_swatch(mark) if mark in _STRETCHES else swatch(mark)


def _table(table: Table, heading: Heading | None) -> Markup:
    contents: list[Markup] = []
    if table.rows or table.total is not None:
        contents.append(_scrollable(_grid(table), table, heading))
    if table.note:
        contents.append(element("p", _isolated(table.note), class_="quiet"))
    return element("div", *contents, class_="table")


def _scrollable(grid: Markup, table: Table, heading: Heading | None) -> Markup:
    if len(table.columns) <= _FEW_COLUMNS:
        return grid
    if heading is None or table.caption:
        name = table.caption or table.name
        return element("div", grid, class_="scroll", tabindex="0", role="group", aria_label=name)
    name = _heading_id(heading)
    return element("div", grid, class_="scroll", tabindex="0", role="group", aria_labelledby=name)


def _grid(table: Table) -> Markup:
    keys = [column.key for column in table.columns]
    marked = keys.index(_VERDICT) if _VERDICT in keys else 0
    rows = [*table.rows, *([table.total] if table.total else [])]
    classes = [
        _cell_class(column, [row.cells[place].text for row in rows]) for place, column in enumerate(table.columns)
    ]
    names = [
        element("th", column.heading, class_=class_, scope="col")
        for column, class_ in zip(table.columns, classes, strict=True)
    ]
    bodies = [element("tbody", *(_row(row, classes, marked, keys[marked]) for row in table.rows))]
    if table.total is not None:
        # No foot of the table: browsers print that on every page.
        bodies.append(element("tbody", _row(table.total, classes, marked, keys[marked]), class_="total"))
    captions = [element("caption", table.caption)] if table.caption else []
    return element("table", *captions, element("thead", element("tr", *names)), *bodies, id=table.name)


def _cell_class(column: Column, texts: Sequence[str]) -> str | None:
    """Return whether a column's cells stand at the left, and whether they are long texts that wrap."""
    if column.kind not in _LEFT_KINDS:
        return None
    is_long = column.kind is CellKind.TEXT and max(map(len, texts), default=0) > _SHORT_TEXT
    return "left text" if is_long else "left"


def _row(row: Row, classes: Sequence[str | None], marked: int, marked_key: str) -> Markup:
    cells = []
    for place, (cell, class_) in enumerate(zip(row.cells, classes, strict=True)):
        content = _isolated(cell.text)
        if place == marked and row.tone is not Tone.PLAIN:
            mark = f"verdict {row.tone}" if marked_key == _VERDICT else _toned(row.tone)
            content = element("span", content, class_=mark)
        tag, scope = ("th", "row") if place == 0 else ("td", None)
        cells.append(element(tag, content, class_=class_, scope=scope))
    return element("tr", *cells, id=row.row_id or None)


def _isolated(text: str) -> str:
    """Return a text that stands alone; one that may reorder what is beside it is isolated."""
    return isolated_text(text) if may_reorder(text) else text
