"""Writers: a document as bytes of each format; what a format needs is imported when it is written."""

from __future__ import annotations

from sla_compliance.outlets.blocks import Document
from sla_compliance.outlets.csv import records_csv
from sla_compliance.outlets.json import document_json


def write_html(document: Document) -> bytes:
    """Return a document as one HTML page in UTF-8 that needs nothing else: no network, no fonts, no library."""
    from sla_compliance.outlets.html import document_page  # noqa: PLC0415 - other formats need no page

    return document_page(document).encode()


def write_pdf(document: Document) -> bytes:
    """Return a document as PDF, with the fonts inside.

    A character that no font has stands as its code, e.g. [U+13000].

    Raises:
        MissingExtraError: the extra `pdf` is not installed.
        InvalidValueError: the logo is no picture.
    """
    from sla_compliance.outlets.pdf import pdf  # noqa: PLC0415 - an extra

    return pdf(document)


def write_xlsx(document: Document) -> bytes:
    """Return a document as a workbook of Excel.

    Raises:
        MissingExtraError: the extra `xlsx` is not installed.
        InvalidValueError: the logo is no picture.
    """
    from sla_compliance.outlets.xlsx import xlsx  # noqa: PLC0415 - an extra

    return xlsx(document)


def write_csv(document: Document) -> bytes:
    """Return the periods of a document as CSV in UTF-8, with the columns of the wire format in detail."""
    return records_csv(document.records).encode()


def write_json(document: Document) -> bytes:
    """Return a document as JSON in UTF-8."""
    return document_json(document).encode()
