"""Reports, records and metrics in the formats of other programs; one file a format."""

from sla_compliance.outlets.blocks import Document, Logo
from sla_compliance.outlets.document import SECTIONS, document
from sla_compliance.outlets.words import CATALOGUE
from sla_compliance.outlets.writers import write_csv, write_html, write_json, write_pdf, write_xlsx

__all__ = [
    "CATALOGUE",
    "SECTIONS",
    "Document",
    "Logo",
    "document",
    "write_csv",
    "write_html",
    "write_json",
    "write_pdf",
    "write_xlsx",
]
