"""A document as PDF: A4, tagged for screen readers, fit for archives, the same bytes for the same document."""
################################################################
# typst sets the pages. It reads the packaged template and nothing else: no file, no
# package of its registry, no font of the system. The document comes as one value.
#
# Files keep to PDF/UA-1 and PDF/A-2a: they carry their fonts and the structure of
# their text, and typst refuses what breaks these rules.
#
# A compiler must not be used by two threads, so each document has its own. Fonts are
# opened once in a process.
################################################################

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final, Literal

from sla_compliance.errors import InvalidTypeError, InvalidValueError, requires_extra
from sla_compliance.outlets._pdf.data import template_data
from sla_compliance.outlets._pdf.fonts import packaged_fonts
from sla_compliance.outlets.blocks import Document

_STANDARDS: Final[tuple[Literal["ua-1", "a-2a"], ...]] = ("ua-1", "a-2a")
_PICTURE_FAULT: Final = "failed to "  # how typst begins when it cannot decode, parse or load a picture
_FOLDER: Final = Path(__file__).parent / "_pdf"  # no picture of a logo can be read from outside


def pdf(document: Document) -> bytes:
    """Return a document as a PDF file: A4, PDF/UA-1 and PDF/A-2a, with its fonts inside.

    The fonts are those of the extra on every machine: Source Sans 3, and Kurinto Sans for other scripts, Arabic,
    Chinese, Japanese and Korean among them. A character that no font has stands as its code, e.g. [U+13000].

    A month takes about a tenth of a second; a process holds some 250 MB for the fonts and what typst remembers, however
    many files it writes. Threads may write at once.

    Raises:
        InvalidValueError: the logo is no picture that can be read.
        MissingExtraError: the extra "pdf" is not installed.
    """
    fonts = packaged_fonts()
    with requires_extra("pdf", __name__):
        from typst import Compiler, TypstError  # noqa: PLC0415 - an extra
    compiler = Compiler(root=_FOLDER, font_paths=fonts, ignore_system_fonts=True)
    try:
        content = compiler.compile(
            input=_template(),
            format="pdf",
            sys_inputs={"document": json.dumps(template_data(document))},
            pdf_standards=list(_STANDARDS),
            timestamp=int(document.issued_at.timestamp()),
        )
    except TypstError as error:
        raise _writing_error(document, error.message) from error
    if not isinstance(content, bytes):
        raise InvalidTypeError(f"typst returned {type(content).__name__} instead of a file")
    return content


def _writing_error(document: Document, message: str) -> InvalidValueError:
    """Return an error that says what of the document typst refuses."""
    if document.logo is not None and message.startswith(_PICTURE_FAULT):
        media_type = document.logo.media_type
        way_out = "it has to be a whole PNG, JPEG or SVG file that refers to no other"
        return InvalidValueError(f"logo cannot be read as {media_type}: {message}; {way_out}", field="logo")
    return InvalidValueError(f"the document cannot be written as PDF: {message}")


@cache
def _template() -> bytes:
    return (_FOLDER / "report.typ").read_bytes()
