"""ReportFacts: what a report of a tenant says, all of one reading; and the document that says it."""
################################################################
# A report is whole or an error: where a part cannot be read there is no report.
#
# Its figures are those of the days as the service answers for them: from the cache,
# the store, else the rows. Outages come from the rows alone. So they are listed only
# where the rows are still kept, and only where they say of each closed day what its
# figure says; else the report says why they are not.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sla_compliance.analysis import IncidentCosts, Statement, Trend
from sla_compliance.errors import InvalidFileError, shown
from sla_compliance.outlets.blocks import Document, Logo
from sla_compliance.outlets.document import default_title, document
from sla_compliance.outlets.logos import read_logo
from sla_compliance.outlets.missing_incidents import MissingIncidents
from sla_compliance.service.answers import ComplianceAnswer
from sla_compliance.settings.notifications import ReportSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What a report says.

    Attributes:
        answer: the days.
        incident_costs: the outages that took most of the budget; None: `missing_incidents` says why.
        missing_incidents: why there are none.
        trend: how the period compares; None: it is no month, or too long ago.
        statement: the last statement of the period, where it states these figures; None: there is none.
    """

    answer: ComplianceAnswer
    incident_costs: IncidentCosts | None = None
    missing_incidents: MissingIncidents = MissingIncidents.NOT_KNOWN
    trend: Trend | None = None
    statement: Statement | None = None


def document_of_facts(facts: ReportFacts, settings: ReportSettings) -> Document:
    """Return the document of a report, with title, parties, logo and locale of the settings.

    It names the tenant where the settings say neither title nor customer. It reads the file of the logo.

    Raises:
        InvalidFileError: the logo cannot be read.
        InvalidValueError: the logo is no picture, or the locale is unknown.
        MissingExtraError: the locale needs Babel.
    """
    names_customer = settings.title is not None or settings.customer is not None
    made = document(
        facts.answer,
        title=default_title(settings.locale) if settings.title is None else settings.title,
        customer=settings.customer if names_customer else facts.answer.tenant_id,
        contract=settings.contract,
        issued_by=settings.issued_by,
        logo=None if settings.logo is None else _logo(settings.logo),
        locale=settings.locale,
        incident_costs=facts.incident_costs,
        missing_incidents=facts.missing_incidents,
        trend=facts.trend,
        statement=facts.statement,
    )
    return replace(made, records=tuple(map(_without_provenance, made.records)))


def _logo(path: str) -> Logo:
    try:
        return read_logo(path, field="reports.logo")
    except OSError as error:
        raise InvalidFileError(
            f"reports.logo is {shown(path)}, which cannot be read: {error.strerror or error}", path=path
        ) from error


def _without_provenance(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record without where its days came from: that differs each time, and the report must not."""
    return {key: value for key, value in record.items() if key != "provenance"}
