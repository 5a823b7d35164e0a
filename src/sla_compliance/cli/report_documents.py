"""Documents of reports: who they are for, by options and the contract file, and their bytes in each format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import click

from sla_compliance.calendars.periods import Period
from sla_compliance.cli.messages import named_by_option
from sla_compliance.cli.option_groups import Decorator, applied, option_of
from sla_compliance.cli.parameters import complete_file
from sla_compliance.lazy import lazy_property
from sla_compliance.outlets import Document, Logo, document, write_html, write_pdf, write_xlsx
from sla_compliance.outlets.locales import formats_of
from sla_compliance.outlets.logos import read_logo
from sla_compliance.report import ComplianceReport
from sla_compliance.settings import ReportSettings

WRITER_BY_FORMAT: Final[Mapping[str, Callable[[Document], bytes]]] = {
    "html": write_html,
    "pdf": write_pdf,
    "xlsx": write_xlsx,
}
DOCUMENT_FORMATS: Final = tuple(WRITER_BY_FORMAT)
BINARY_FORMATS: Final = ("pdf", "xlsx")
_OPTION_OF: Final = {
    "locale": "--locale",
    "customer": "--customer",
    "agreement": "--agreement",
    "issued_by": "--issued-by",
    "logo": "--logo",
}

_document = option_of("Documents (html, pdf, xlsx)")

document_options: Final[Decorator] = applied(
    _document("--locale", metavar="NAME", help="Language, dates and numbers, e.g. fr or pt_BR.  [default: en]"),
    _document("--customer", metavar="TEXT", help="For whom the report is."),
    _document("--agreement", metavar="TEXT", help="What the customer calls the agreement, e.g. its number."),
    _document("--issued-by", metavar="TEXT", help="Who issues the report."),
    _document("--logo", metavar="FILE", shell_complete=complete_file, help="A picture for its head: PNG, JPEG, SVG."),
)


@dataclass(frozen=True)
class DocumentOptions:
    """What stands at the head of a document; an option wins over the contract file.

    Attributes:
        title: as it was given; None: it was not.
        locale, customer, agreement, issued_by: as they were given.
        logo_path: the file of the logo.
        default_title: what the figures are about.
    """

    title: str | None
    locale: str | None
    customer: str | None
    agreement: str | None
    issued_by: str | None
    logo_path: str | None
    default_title: str

    @classmethod
    def of(cls, options: Mapping[str, Any], format_name: str, default_title: str) -> DocumentOptions:
        """Return the options of documents, checked before rows are read.

        Raises:
            UsageError: an option is about documents, and none is written.
            InvalidValueError: the locale is unknown, or the logo no picture.
        """
        for name, option in _OPTION_OF.items():
            if options[name] is not None and format_name not in DOCUMENT_FORMATS:
                formats = ", ".join(DOCUMENT_FORMATS)
                raise click.UsageError(f"{option} is about documents; give --format, one of {formats}")
        document_options = cls(
            title=options["title"],
            locale=options["locale"],
            customer=options["customer"],
            agreement=options["agreement"],
            issued_by=options["issued_by"],
            logo_path=options["logo"],
            default_title=default_title,
        )
        document_options.check()
        return document_options

    def check(self) -> None:
        """Check the locale and the logo."""
        if self.locale is not None:
            with named_by_option(locale="--locale"):
                formats_of(self.locale)
        if self.logo_path is not None:
            self._logos.logo(self.logo_path, field="--logo")

    @lazy_property
    def _logos(self) -> _Logos:
        return _Logos()

    def document(
        self, report: ComplianceReport, settings: ReportSettings, period: Period, *, key_name: str | None = None
    ) -> Document:
        """Return a report as a document.

        Args:
            settings: what the contract file says of reports.
            key_name: of which key it is; None: of all rows.
        """
        title = self.title or settings.title
        if key_name is not None:
            title = key_name if title is None else f"{title}: {key_name}"
        logo_path = self.logo_path or settings.logo
        return document(
            report,
            title=title or self.default_title,
            period=period,
            customer=self.customer or settings.customer,
            contract=self.agreement or settings.contract,
            issued_by=self.issued_by or settings.issued_by,
            logo=None if logo_path is None else self._logos.logo(logo_path, field="logo"),
            locale=self.locale or settings.locale,
        )


class _Logos:
    """The logos of documents, each read once."""

    def __init__(self) -> None:
        self._logos: dict[str, Logo] = {}

    def logo(self, path: str, *, field: str) -> Logo:
        if path not in self._logos:
            self._logos[path] = read_logo(path, field=field)
        return self._logos[path]


def document_content(document: Document, format_name: str) -> bytes:
    """Return a document in one of the formats of documents.

    Raises:
        MissingExtraError: a package that the format needs is absent.
        InvalidValueError: the logo cannot stand in the format.
    """
    return WRITER_BY_FORMAT[format_name](document)
