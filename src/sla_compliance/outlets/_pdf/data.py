"""What the template of PDF documents lays out: texts and places, as JSON."""
################################################################
# Texts of the data go to the template as values, never as its source, so none is
# markup. Places of the chart are shares of its width and height; they come from the
# scales of drawing/chart.py.
#
# A long word without blanks has places to break. Text of a script that runs from
# right to left is isolated, so that it cannot reorder what stands beside it.
################################################################

from __future__ import annotations

import re
import unicodedata
from heapq import nlargest
from typing import Final, TypeAlias

from sla_compliance.drawing.chart import MARKED_KINDS, ChartPoint, Scales, axis_floor, boxed_runs, dated_points
from sla_compliance.drawing.markup import may_reorder
from sla_compliance.drawing.palette import paper_colours
from sla_compliance.errors import InvalidTypeError
from sla_compliance.outlets._pdf.fonts import font_families, printable_text
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
    Logo,
    Note,
    Row,
    Stretch,
    Table,
    Timeline,
)

Json: TypeAlias = dict[str, object]

_LONGEST_WORD: Final = 24  # characters; longer ones may break
_LONG_WORD: Final = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")
_PARTS_OF_WORD: Final = re.compile(r"[^\W_]+[\W_]*|[\W_]+")  # a run of letters and digits with what follows it
_BREAK: Final = "\u200b"  # a place to break that has no width
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_LONGEST_RUNNING_TITLE: Final = 70  # characters
_LONGEST_TEXT_OF_FILE: Final = 1_000
_LEFT_KINDS: Final = frozenset({CellKind.TEXT, CellKind.DATE, CellKind.INSTANT})
_VERDICT: Final = "verdict"  # the key of the column that carries the mark of a row's tone
_MEASURED_TEXTS: Final = 3
_LONGEST_MEASURED: Final = 90  # characters; about the width of a page
_CHART_HEIGHT: Final = 1_000  # of the scales, whose places become shares
_LOGO_FORMATS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}


def template_data(document: Document) -> Json:
    """Return a document as the template takes it.

    Raises:
        InvalidTypeError: a block is of no known kind.
    """
    language, *subtags = re.split("[-_]", document.locale)
    regions = [subtag for subtag in subtags if len(subtag) == 2]
    return {
        "title": laid_out_text(document.title),
        "title_length": len(document.title),
        "title_of_file": _text_of_file(document.title) or printable_text(document.subtitle),
        "running_title": laid_out_text(_cut_text(document.title, _LONGEST_RUNNING_TITLE)),
        "subtitle": laid_out_text(document.subtitle),
        "facts": [[laid_out_text(name), laid_out_text(fact)] for name, fact in document.facts],
        "author": _text_of_file(document.issued_by),
        "language": language.lower(),
        "region": regions[0].upper() if regions else None,
        "fonts": font_families(document.locale),
        "page_word": laid_out_text(document.page_word),
        "colours": paper_colours(),
        "logo": _logo(document.logo),
        "blocks": [_block(block) for block in document.blocks],
    }


def laid_out_text(text: str) -> str:
    """Return text that the template can set: in its fonts, breakable, isolated where it needs to be."""
    shown = printable_text(text)
    if len(shown) > _LONGEST_WORD:
        shown = _LONG_WORD.sub(lambda word: _breakable(word[0]), shown)
    if may_reorder(shown):
        return f"{_ISOLATE}{shown}{_END_OF_ISOLATE}"
    return shown


def _breakable(word: str) -> str:
    """Return a long word with places to break: behind its punctuation, or anywhere in a part that is long itself."""
    parts = _PARTS_OF_WORD.findall(word)
    return _BREAK.join(part if len(part) <= _LONGEST_WORD else _breakable_anywhere(part) for part in parts)


def _breakable_anywhere(word: str) -> str:
    """Return a word with a place to break behind each character, but not before a mark that belongs to it."""
    pieces: list[str] = []
    for character in word:
        if pieces and not unicodedata.category(character).startswith(("M", "C")):
            pieces.append(_BREAK)
        pieces.append(character)
    return "".join(pieces)


def _text_of_file(text: str) -> str:
    """Return a text for the properties of the file; archivable files have none of more than 32,767 bytes."""
    return printable_text(_cut_text(text, _LONGEST_TEXT_OF_FILE)).strip()


def _cut_text(text: str, most_characters: int) -> str:
    if len(text) <= most_characters:
        return text
    return f"{text[:most_characters].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def _logo(logo: Logo | None) -> Json | None:
    if logo is None:
        return None
    return {"bytes": list(logo.content), "format": _LOGO_FORMATS[logo.media_type]}


def _block(block: Block) -> Json:
    match block:
        case Heading():
            return {"kind": "heading", "text": laid_out_text(block.text)}
        case Figures():
            return {"kind": "figures", "figures": [_figure(figure) for figure in block.figures]}
        case Table():
            return _table(block)
        case Chart():
            return _chart(block)
        case Timeline():
            return _timeline(block)
        case Note():
            sentences = [laid_out_text(sentence) for sentence in block.sentences]
            return {"kind": "note", "sentences": sentences, "tone": block.tone}
    raise InvalidTypeError(f"a document has no blocks of {type(block).__name__}")


def _figure(figure: Figure) -> Json:
    return {
        "label": laid_out_text(figure.label),
        "text": laid_out_text(figure.cell.text),
        "notes": [laid_out_text(note) for note in figure.notes],
        "tone": figure.tone,
    }


def _table(table: Table) -> Json:
    rows = [*table.rows, *([table.total] if table.total else [])]
    keys = [column.key for column in table.columns]
    texts_of_columns = [[row.cells[place].text for row in rows] for place in range(len(keys))]
    return {
        "kind": "table",
        "caption": laid_out_text(table.caption),
        "columns": [_column(*column) for column in zip(table.columns, texts_of_columns, strict=True)],
        "rows": [_row(row) for row in table.rows],
        "total": _row(table.total) if table.total else None,
        "marked_column": keys.index(_VERDICT) if _VERDICT in keys else 0,
        "note": laid_out_text(table.note),
    }


def _column(column: Column, texts: list[str]) -> Json:
    """Return what the template measures of a column: its longest texts and the longest of its words."""
    words = [word for text in texts for word in text.split()] if column.kind is CellKind.TEXT else []
    return {
        "heading": laid_out_text(column.heading),
        "is_left": column.kind in _LEFT_KINDS,
        "is_text": column.kind is CellKind.TEXT,
        "longest": _longest(texts, _LONGEST_MEASURED),
        "words": [*_longest(column.heading.split(), _LONGEST_WORD), *_longest(words, _LONGEST_WORD)],
    }


def _longest(texts: list[str], most_characters: int) -> list[str]:
    """Return the few texts that may be the widest, cut; at least one."""
    longest = nlargest(_MEASURED_TEXTS, {text[:most_characters] for text in texts}, key=lambda text: (len(text), text))
    return [printable_text(text) for text in longest] or [""]


def _row(row: Row) -> Json:
    return {"cells": [_cell(cell) for cell in row.cells], "tone": row.tone}


def _cell(cell: Cell) -> str:
    return laid_out_text(cell.text)


def _chart(chart: Chart) -> Json:
    points = chart.points
    target_percentage = _number(chart.target, "the target of a chart")
    scales = Scales(
        point_count=len(points),
        floor_percentage=axis_floor(points, target_percentage),
        top=0,
        bottom=_CHART_HEIGHT,
        height=_CHART_HEIGHT,
    )
    last, *others = dated_points(len(points))
    dates = [{"place": index + 0.5, "label": laid_out_text(points[index].label)} for index in others]
    is_gap = [point.percentage is None for point in points]
    is_doubtful = [point.percentage is not None and point.is_doubtful for point in points]
    return {
        "kind": "chart",
        "label": laid_out_text(chart.label),
        "points": [_point(scales, point) for point in points],
        "ticks": [
            {"label": laid_out_text(tick.text), "height": _height(scales, _number(tick, "a tick of a chart"))}
            for tick in chart.ticks
        ],
        "target": _height(scales, target_percentage),
        "dates": dates,
        "last_date": laid_out_text(points[last].label),
        "gaps": _runs(is_gap),
        "doubts": _runs(is_doubtful),
        "legend": [{"mark": entry.mark, "text": laid_out_text(entry.text)} for entry in chart.legend],
    }


def _number(cell: Cell, name: str) -> float:
    if not isinstance(cell.value, int | float):
        raise InvalidTypeError(f"{name} is {cell.value!r}; it has to be a number of percent")
    return float(cell.value)


def _height(scales: Scales, percentage: float) -> float:
    """Return where a percentage lies above the chart's floor, as a share of its height."""
    return 1 - scales.y(percentage) / _CHART_HEIGHT


def _point(scales: Scales, point: ChartPoint) -> Json:
    height = None if point.percentage is None else _height(scales, point.percentage)
    return {"height": height, "mark": point.kind if point.kind in MARKED_KINDS else ""}


def _runs(is_boxed: list[bool]) -> list[list[int]]:
    return [[run.start, len(run)] for run in boxed_runs(is_boxed)]


def _timeline(timeline: Timeline) -> Json:
    rows = [
        {"label": laid_out_text(row.label), "stretches": [_stretch(stretch) for stretch in row.stretches]}
        for row in timeline.rows
    ]
    legend = [{"mark": entry.mark, "text": laid_out_text(entry.text)} for entry in timeline.legend]
    return {"kind": "timeline", "label": laid_out_text(timeline.label), "rows": rows, "legend": legend}


def _stretch(stretch: Stretch) -> list[object]:
    return [stretch.start_share, stretch.end_share, stretch.kind]
