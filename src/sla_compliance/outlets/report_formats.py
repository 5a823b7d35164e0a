"""ReportFormat: the formats that a document can be written in, and which of them can be used here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType
from typing import Final

from sla_compliance.outlets.blocks import Document
from sla_compliance.outlets.writers import write_csv, write_html, write_json, write_pdf, write_xlsx

_XLSX_MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFormat:
    """A format of documents.

    Attributes:
        name: of the format, and the ending of its files.
        media_type: of its files.
        write: returns a document in it.
        extra: the extra of this library that it needs; None: it needs none.
        libraries: what that extra brings.
    """

    name: str
    media_type: str
    write: Callable[[Document], bytes]
    extra: str | None = None
    libraries: tuple[str, ...] = ()

    @property
    def is_available(self) -> bool:
        """Whether what it needs is installed."""
        return all(find_spec(library) is not None for library in self.libraries)


_FORMATS: Final = (
    ReportFormat(
        name="pdf",
        media_type="application/pdf",
        write=write_pdf,
        extra="pdf",
        libraries=("fontTools", "typst", "weblate_fonts"),
    ),
    ReportFormat(name="html", media_type="text/html", write=write_html),
    ReportFormat(name="xlsx", media_type=_XLSX_MEDIA_TYPE, write=write_xlsx, extra="xlsx", libraries=("xlsxwriter",)),
    ReportFormat(name="csv", media_type="text/csv", write=write_csv),
    ReportFormat(name="json", media_type="application/json", write=write_json),
)
FILE_FORMATS: Final[Mapping[str, ReportFormat]] = MappingProxyType({entry.name: entry for entry in _FORMATS})


def available_formats() -> list[str]:
    """Return the names of the formats that can be written here."""
    return [name for name, entry in FILE_FORMATS.items() if entry.is_available]
