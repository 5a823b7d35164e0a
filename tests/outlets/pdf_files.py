"""PDF files read back by a second library."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from sla_compliance.outlets.blocks import Block, Document, Figures, Heading, Note, Row, Table, Timeline

# Places to break and isolation of scripts show nothing.
_INVISIBLE = re.compile("[\u200b\u2066-\u2069\u202a-\u202e\ufeff\ufffe\u0002]")
_BLANK = re.compile(r"\s+")


def bare(text: str) -> str:
    """A text without blanks and what shows nothing: lines may break anywhere."""
    return _BLANK.sub("", _INVISIBLE.sub("", text))


def page_texts(content: bytes) -> list[str]:
    """The text of each page."""
    file = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_range() for page in file]
    finally:
        file.close()


def text_boxes(content: bytes) -> Iterator[tuple[float, float, float, float]]:
    """Left, bottom, right and top of every character, points."""
    file = pypdfium2.PdfDocument(content)
    for page in file:
        text_page = page.get_textpage()
        yield from (text_page.get_charbox(place) for place in range(text_page.count_chars()))
    file.close()


def page_sizes(content: bytes) -> list[tuple[float, float]]:
    """Width and height of each page, points."""
    file = pypdfium2.PdfDocument(content)
    sizes = [page.get_size() for page in file]
    file.close()
    return sizes


def metadata(content: bytes) -> dict[str, str]:
    """Title, author and dates."""
    file = pypdfium2.PdfDocument(content)
    fields = dict(file.get_metadata_dict())
    file.close()
    return fields


def is_tagged(content: bytes) -> bool:
    """Whether it carries the structure of its text."""
    file = pypdfium2.PdfDocument(content)
    answer = bool(pdfium.FPDFCatalog_IsTagged(file))
    file.close()
    return answer


def fonts_are_inside(content: bytes) -> bool:
    """Whether every text of every page is in a font that the file carries."""
    file = pypdfium2.PdfDocument(content)
    answers = []
    for page in file:
        for text in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=8):
            font = pdfium.FPDFTextObj_GetFont(text)
            answers.append(pdfium.FPDFFont_GetIsEmbedded(font) == 1)
    file.close()
    assert answers
    return all(answers)


def texts_of(document: Document) -> list[str]:
    """All texts of a document, in the order in which they stand on its pages."""
    texts = [document.title, document.subtitle]
    for name, fact in document.facts:
        texts += [name, fact]
    for block in document.blocks:
        texts += _block_texts(block)
    return [text for text in texts if text]


def _block_texts(block: Block) -> list[str]:
    match block:
        case Heading():
            return [block.text]
        case Note():
            return list(block.sentences)
        case Figures():
            return [text for figure in block.figures for text in (figure.label, figure.cell.text, *figure.notes)]
        case Table():
            rows = [*block.rows, *([block.total] if block.total else [])]
            headings = [column.heading for column in block.columns] if rows else []
            return [*headings, *(text for row in rows for text in _row_texts(row)), block.note]
        case Timeline():
            return [*(entry.text for entry in block.legend), *(row.label for row in block.rows)]
        case _:
            return [entry.text for entry in block.legend]


def _row_texts(row: Row) -> list[str]:
    return [cell.text for cell in row.cells]
