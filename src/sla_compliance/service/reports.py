"""ServiceReports: reports of a ComplianceService, of a month or of other days, as documents."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from sla_compliance.analysis import IncidentCosts, Statement, Trend, incident_costs
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.calendars.periods import Period
from sla_compliance.errors import InvalidIntervalError, InvalidValueError
from sla_compliance.incidents import PageBounds
from sla_compliance.labels import Accounting
from sla_compliance.ledger import CellLengths
from sla_compliance.outlets.blocks import Document
from sla_compliance.outlets.missing_incidents import MissingIncidents
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.service.answers import ComplianceAnswer
from sla_compliance.service.drill_down import with_edge
from sla_compliance.service.period_answers import PeriodAnswers
from sla_compliance.service.queries import Subject
from sla_compliance.service.report_facts import ReportFacts, document_of_facts
from sla_compliance.service.statements import ServiceStatements
from sla_compliance.service.trended_days import MOST_TREND_DAYS
from sla_compliance.settings.notifications import DEFAULT_REPORTS, ReportSettings
from sla_compliance.units import moment
from sla_compliance.verdicts import counted_us
from sla_compliance.zones import load_zone

LISTED_INCIDENTS: Final = 50
TRENDED_MONTHS: Final = 3
_DAYS_OF_A_MONTH: Final = 31


@dataclass(frozen=True, slots=True)
class _MeasuredOutages:
    """The outages of some days by the rows, and what these say of each day."""

    costs: IncidentCosts
    day_cells_us: tuple[CellLengths, ...]


class ServiceReports(PeriodAnswers, ServiceStatements):
    """The part of a ComplianceService that makes reports."""

    is_sample: bool

    async def monthly_document(
        self, tenant_id: str, first_date: dt.date, settings: ReportSettings = DEFAULT_REPORTS
    ) -> Document:
        """Return the report of a calendar month, of a month in progress until today.

        Args:
            first_date: a local date of the month.
            settings: title, parties, logo and locale.

        Raises:
            InvalidIntervalError: the month has not begun.
            InvalidValueError: the alarms are made up; the locale cannot be used.
            InvalidFileError: the logo cannot be read. Others as `compliance`, `incident_costs` and `last_statement`.

        Cost: as `compliance` of up to five months, `incident_costs`, and one look for a statement.
        """
        return await self.document_of(await self.month_facts(tenant_id, first_date), settings)

    async def range_document(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime | None = None,
        settings: ReportSettings = DEFAULT_REPORTS,
        *,
        accounting: Accounting | None = None,
    ) -> Document:
        """Return the report of the local days that share an instant with [start, end); without an end until today.

        It has neither a trend nor a statement. Others as `monthly_document`.
        """
        facts = await self.range_facts(tenant_id, start, end, accounting=accounting)
        return await self.document_of(facts, settings)

    async def month_facts(
        self, tenant_id: str, first_date: dt.date, *, accounting: Accounting | None = None
    ) -> ReportFacts:
        """Return what the report of a calendar month says; arguments and errors as `monthly_document`.

        Args:
            accounting: instead of the policy's; there is no statement of another one.
        """
        subject = await self.subject(tenant_id)
        start, end = _month_bounds(subject, first_date)
        last = None if end > subject.as_of else end
        facts = await self.range_facts(tenant_id, start, last, accounting=accounting)
        month = Period.MONTH.first_date(first_date)
        return replace(
            facts,
            trend=await self._month_trend(subject, month, accounting),
            statement=await self._statement_of(facts.answer, month),
        )

    async def document_of(self, facts: ReportFacts, settings: ReportSettings = DEFAULT_REPORTS) -> Document:
        """Return the document of a report; errors as `document_of_facts`."""
        return await self._source_reader.limits.compute(document_of_facts, facts, settings)

    async def range_facts(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime | None = None,
        *,
        accounting: Accounting | None = None,
    ) -> ReportFacts:
        """Return what the report of local days says; arguments and errors as `range_document`."""
        if self.is_sample:
            raise InvalidValueError("the alarms are made up, so there is no report; give the service real ones")
        answer = await self.compliance(tenant_id, start, end, accounting=accounting)
        if not answer.measured or answer.start_us >= answer.subject.as_of_us:
            raise InvalidIntervalError("none of these days has begun; ask for earlier ones", field="start")
        if answer.is_outdated:
            raise ConnectionError("the source cannot be read, and days that are remembered are out of date")
        incidents = await self._listed_incidents(answer)
        if isinstance(incidents, MissingIncidents):
            return ReportFacts(answer=answer, missing_incidents=incidents)
        return ReportFacts(answer=answer, incident_costs=incidents)

    async def _listed_incidents(self, answer: ComplianceAnswer) -> IncidentCosts | MissingIncidents:
        """Return the outages of an answer's days, or why their rows cannot say them."""
        start_us, end_us = answer.measured[0].start_us, answer.measured[-1].end_us
        if await self._source_reader.complete_since_us(answer.tenant_id) > start_us:
            return MissingIncidents.PURGED
        accounting = answer.accounting
        outages, read = await self._of_whole_outages(
            answer.tenant_id, moment(start_us), moment(end_us), None, accounting, _measured_outages
        )
        if _differs(answer, outages):
            return MissingIncidents.DIFFER
        rows = tuple(replace(row, incident=with_edge(row.incident, read)) for row in outages.costs.rows)
        return replace(outages.costs, rows=rows)

    async def _month_trend(self, subject: Subject, first_date: dt.date, accounting: Accounting | None) -> Trend | None:
        """Return a month and those before it, each beside the one before; None where it is too long ago."""
        today = subject.as_of.astimezone(load_zone(subject.zone)).date()
        months_since = (today.year - first_date.year) * 12 + today.month - first_date.month
        count = months_since + TRENDED_MONTHS
        if (count + 1) * _DAYS_OF_A_MONTH > MOST_TREND_DAYS:
            return None
        changes = await self.trend(subject.tenant_id, Period.MONTH, count=count, accounting=accounting)
        return Trend([change for change in changes if change.record.date <= first_date][-TRENDED_MONTHS:])

    async def _statement_of(self, answer: ComplianceAnswer, first_date: dt.date) -> Statement | None:
        """Return the last statement of a month, where its figures are those of the answer."""
        if not self.keeps_statements or answer.accounting != answer.policy.accounting:
            return None
        statement = await self.last_statement(answer.tenant_id, first_date)
        if statement is None:
            return None
        stated = statement.figures["uptime_us"], statement.figures["downtime_us"]
        return statement if stated == (answer.total.uptime_us, answer.total.downtime_us) else None


def _month_bounds(subject: Subject, first_date: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return the bounds of the month that holds a date, in the tenant's zone.

    Raises:
        InvalidTypeError, InstantOutOfRangeError: `first_date` is no date, or none that every zone has.
        InvalidIntervalError: it has not begun.
    """
    zone = load_zone(subject.zone)
    first_instant_us(first_date, subject.zone, field="first_date")  # for its errors
    start_us = first_instant_us(Period.MONTH.first_date(first_date), subject.zone, field="first_date")
    end_us = first_instant_us(Period.MONTH.next_first_date(first_date), subject.zone, field="first_date")
    if start_us >= subject.as_of_us:
        raise InvalidIntervalError(
            f"the month of {first_date.isoformat()} has not begun; ask for an earlier one", field="first_date"
        )
    return moment(start_us, zone), moment(end_us, zone)


def _measured_outages(report: ComplianceReport, record: ComplianceRecord) -> _MeasuredOutages:
    bounds = PageBounds(limit=LISTED_INCIDENTS, alarm_limit=1)
    return _MeasuredOutages(incident_costs(report, record, bounds=bounds), tuple(report.day_cells_us))


def _differs(answer: ComplianceAnswer, outages: _MeasuredOutages) -> bool:
    """Return whether the rows say another downtime of a closed day than the answer does."""
    down_cells = answer.accounting.down_cells
    return any(
        counted_us(day.cells_us, down_cells) != counted_us(cells_us, down_cells)
        for day, cells_us in zip(answer.measured, outages.day_cells_us, strict=True)
        if day.is_closed(answer.policy)
    )
