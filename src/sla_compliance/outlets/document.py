"""document: a report, or a service's answer, as the blocks that every outlet writes."""
################################################################
# The sections stand in one order, whatever is asked for: first what a customer
# reads, then what an auditor reads. Each is made in a file of its own, of figures
# that records have; nothing here computes one and nothing reads a clock, so the
# same arguments make equal documents.
#
# An answer has no rows. What only rows can say comes in as `incident_costs` and
# `trend`; without them a section says in one sentence that it has none.
################################################################

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sla_compliance.analysis.incident_costs import IncidentCosts
from sla_compliance.analysis.statements import Statement
from sla_compliance.analysis.trends import Trend
from sla_compliance.calendars.periods import Period
from sla_compliance.checks import check_type, checked_text, listed_texts, wrong_value
from sla_compliance.day_figures import DayFigures
from sla_compliance.outlets._document.bridge import bridge_section
from sla_compliance.outlets._document.budget import budget_section
from sla_compliance.outlets._document.composition import Composition
from sla_compliance.outlets._document.days import days_section
from sla_compliance.outlets._document.incidents import incidents_section
from sla_compliance.outlets._document.method import method_section
from sla_compliance.outlets._document.plain_texts import with_plain_texts
from sla_compliance.outlets._document.planned_work import planned_work_section
from sla_compliance.outlets._document.quality import quality_section
from sla_compliance.outlets._document.summary import summary_section
from sla_compliance.outlets._document.wording import Wording
from sla_compliance.outlets.blocks import Block, Document, Logo
from sla_compliance.outlets.locales import formats_of
from sla_compliance.outlets.missing_incidents import MissingIncidents
from sla_compliance.outlets.words import CATALOGUE, Catalogue
from sla_compliance.units import instant_us, moment
from sla_compliance.zones import load_zone

_SECTIONS: Final[Mapping[str, Callable[[Composition], list[Block]]]] = MappingProxyType(
    {
        "summary": summary_section,
        "bridge": bridge_section,
        "days": days_section,
        "incidents": incidents_section,
        "planned-work": planned_work_section,
        "budget": budget_section,
        "quality": quality_section,
        "method": method_section,
    }
)
SECTIONS: Final = tuple(_SECTIONS)
"""The names of all sections, in the order of a document."""


def document(
    figures: DayFigures,
    *,
    title: str,
    period: Period = Period.DAY,
    customer: str | None = None,
    contract: str | None = None,
    issued_by: str | None = None,
    issued_at: datetime | None = None,
    logo: Logo | None = None,
    locale: str = "en",
    sections: Iterable[str] = SECTIONS,
    incident_costs: IncidentCosts | None = None,
    missing_incidents: MissingIncidents = MissingIncidents.NOT_KNOWN,
    trend: Trend | None = None,
    statement: Statement | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> Document:
    """Return figures as a document, to be written as HTML, PDF, XLSX, CSV or JSON.

    Args:
        figures: a ComplianceReport, or a service's ComplianceAnswer.
        title: any text, as all texts below.
        period: of the chart and the table of days.
        customer, contract, issued_by: what stands below the title; None: no such line.
        issued_at: aware; by default the instant of evaluation.
        logo: a picture at the head of the document.
        locale: of dates and numbers, and of the sentences where the catalogue has its language; else they are English.
        sections: which of SECTIONS; their order is always that of SECTIONS.
        incident_costs: the incidents of an answer; by default those of a report.
        missing_incidents: why an answer comes without them.
        trend: how the period compares with earlier ones; by default as far as a report holds them.
        statement: the statement that the document is of.
        catalogue: the sentences, e.g. `CATALOGUE.extended("pt", {...})`.

    Raises:
        InvalidTypeError, InvalidValueError, NaiveDatetimeError: naming the argument.
        MissingExtraError: the locale is not "en", and Babel (the extra `locale`) is not installed.
    """
    _check_texts(title=title, customer=customer, contract=contract, issued_by=issued_by)
    check_type(figures, DayFigures, "figures", "a ComplianceReport or a ComplianceAnswer")
    check_type(logo, (Logo, type(None)), "logo", "a Logo")
    formats = formats_of(locale)
    language = catalogue.language_of(formats.locale)
    wording = Wording(catalogue.languages[language], language, formats)
    composition = Composition(
        figures=figures,
        period=period,
        records=figures.by(period),
        wording=wording,
        incident_costs=incident_costs,
        missing_incidents=missing_incidents,
        trend=trend,
        statement=statement,
    )
    issued_us = figures.as_of_us if issued_at is None else instant_us(issued_at, field="issued_at")
    issued = moment(issued_us, load_zone(figures.zone))
    blocks: list[Block] = []
    for name in _checked_sections(sections):
        blocks += _SECTIONS[name](composition)
    facts = {"customer": customer, "contract": contract, "issued_by": issued_by, "issued_at": formats.instant(issued)}
    return with_plain_texts(
        Document(
            title=title,
            subtitle=wording.say("subtitle", dates=wording.dates(figures.total), zone=figures.zone),
            facts=tuple((wording.say(f"fact_{name}"), text) for name, text in facts.items() if text),
            logo=logo,
            locale=formats.locale,
            page_word=wording.say("page"),
            issued_by=issued_by or "",
            issued_at=issued,
            blocks=tuple(blocks),
            records=tuple(figures.as_dicts(period, detail=True)),
        )
    )


def default_title(locale: str) -> str:
    """Return the title of a report that has none of its own; errors as `document`."""
    formats = formats_of(locale)
    language = CATALOGUE.language_of(formats.locale)
    return Wording(CATALOGUE.languages[language], language, formats).say("report_title")


def _check_texts(**texts: str | None) -> None:
    for name, text in texts.items():
        if text is not None or name == "title":
            checked_text(text, name)


def _checked_sections(sections: Iterable[str]) -> list[str]:
    """Return the names of sections in the order of a document."""
    names = listed_texts(sections, "sections", f"some of {', '.join(SECTIONS)}")
    for name in names:
        if name not in _SECTIONS:
            raise wrong_value(name, "sections", f"some of {', '.join(SECTIONS)}")
    return [name for name in SECTIONS if name in names]
