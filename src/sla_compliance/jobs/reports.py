"""Reports of tenants' last months: what is to be sent, and the message that is made of it when it is sent."""
################################################################
# Once a tenant's month is closed, by its own zone, its report is due. What is kept
# then is which report goes to whom and not the file: that is made when it is sent. So
# a worker that is killed in between has sent nothing and lost nothing, and the next one
# makes the same report again.
#
# The ids follow from the tenant, the month, the way and the recipient. The same work
# done again, by two workers at once too, adds what is missing and nothing else; a
# receiver that looks at ids has each report once.
#
# A tenant that fails does not stop the others.
################################################################

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.calendars.periods import Period
from sla_compliance.delivery.messages import Attachment, DeliveryError, Message, deliveries_to
from sla_compliance.errors import SLAComplianceError
from sla_compliance.jobs.statements import last_first_date
from sla_compliance.jobs.sweep import AT_ONCE, run_for_tenants
from sla_compliance.measured import closes_at_us
from sla_compliance.outlets.blocks import Document, Heading, Note
from sla_compliance.outlets.outcome_levels import OutcomeLevel
from sla_compliance.outlets.report_formats import FILE_FORMATS
from sla_compliance.outlets.report_names import report_file_name
from sla_compliance.outlets.text import is_confirmed
from sla_compliance.outlets.writers import write_json
from sla_compliance.service import ComplianceService, Subject, SyncComplianceService
from sla_compliance.service.report_facts import ReportFacts
from sla_compliance.settings import ReportSettings
from sla_compliance.settings.notifications import ReportsOf
from sla_compliance.stores.notifications import Channel, Delivery, DeliveryKind, NotificationStore
from sla_compliance.units import moment
from sla_compliance.verdicts import Verdict

_ID_LENGTH: Final = 32
_EVENT: Final = "report"


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    """What became of one tenant's report.

    Attributes:
        tenant_id: which.
        first_date: the first date of the month; None where it failed.
        added: how many deliveries were added; 0 where they were there already.
        due: how many recipients the report has; 0 where it goes to none.
        final_us: when the month is closed, microseconds; None where it is.
        left_out: why it is not sent, the month's verdict, by the tenant's `only_if`; None where it is.
        error: why it failed; None where it did not.
    """

    tenant_id: str
    first_date: dt.date | None = None
    added: int = 0
    due: int = 0
    final_us: int | None = None
    left_out: Verdict | None = None
    error: BaseException | None = None


async def add_report(
    service: ComplianceService,
    store: NotificationStore,
    tenant_id: str,
    settings: ReportSettings,
    *,
    first_date: dt.date | None = None,
    is_dry_run: bool = False,
) -> ReportOutcome:
    """Keep what is to be sent of a tenant's month, once it is closed; what is kept already stays as it is.

    Args:
        settings: the recipients, and which months are sent.
        first_date: a date of the month; None: of the last one, by the tenant's zone.
        is_dry_run: keep nothing, and count what would be added at most.

    Raises:
        UnknownTenantError, TimeoutError, or the source's or the store's own error.
    """
    subject = await service.subject(tenant_id)
    month = last_first_date(subject, Period.MONTH) if first_date is None else Period.MONTH.first_date(first_date)
    deliveries = report_deliveries(subject, month, settings)
    if not deliveries:
        return ReportOutcome(tenant_id, month)
    start_us, end_us = _bounds_us(subject, month)
    final_us = closes_at_us(end_us, subject.policy)
    if subject.as_of_us < final_us:
        return ReportOutcome(tenant_id, month, due=len(deliveries), final_us=final_us)
    if settings.only_if != "always":
        answer = await service.compliance(tenant_id, moment(start_us), moment(end_us))
        level, total = OutcomeLevel(settings.only_if), answer.total
        if not level.includes(total.verdict, is_confirmed=is_confirmed(answer, total)):
            return ReportOutcome(tenant_id, month, due=len(deliveries), left_out=answer.total.verdict)
    added = len(deliveries) if is_dry_run else await store.add(deliveries)
    return ReportOutcome(tenant_id, month, added=added, due=len(deliveries))


def add_reports(
    service: SyncComplianceService,
    store: NotificationStore,
    tenant_ids: Iterable[str],
    reports: ReportsOf,
    *,
    at_once: int = AT_ONCE,
) -> tuple[ReportOutcome, ...]:
    """Add for many tenants, `at_once` at a time; a failure is in the outcome of its tenant, and nothing is raised.

    Args:
        store: of the service's loop.
    """

    def add(tenant_id: str) -> ReportOutcome:
        settings = reports(tenant_id)
        return service.call(lambda async_service: add_report(async_service, store, tenant_id, settings))

    outcomes: list[ReportOutcome] = []
    for tenant_id, future in run_for_tenants(tenant_ids, add, at_once).items():
        error = future.exception()
        outcomes.append(future.result() if error is None else ReportOutcome(tenant_id, error=error))
    return tuple(outcomes)


def report_deliveries(subject: Subject, first_date: dt.date, settings: ReportSettings) -> tuple[Delivery, ...]:
    """Return the deliveries of the report of a tenant's month, one for each recipient."""
    content = {"event": _EVENT, "first_date": first_date.isoformat(), "formats": list(settings.formats)}
    return deliveries_to(
        settings,
        message_id=report_id(subject.tenant_id, first_date),
        tenant_id=subject.tenant_id,
        kind=DeliveryKind.REPORT,
        content=json.dumps(content),
        created_us=subject.as_of_us,
    )


def report_id(tenant_id: str, first_date: dt.date) -> str:
    """Return the id of the report of a tenant's month, by which receivers know it."""
    text = f"{_EVENT}:{len(tenant_id)}:{tenant_id}:{first_date.isoformat()}"
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:_ID_LENGTH]


class ReportRenderer:
    """Makes the messages of reports when they are sent; for one event loop."""

    def __init__(self, service: ComplianceService, reports: ReportsOf) -> None:
        """Make nothing yet."""
        self._service = service
        self._reports = reports

    async def __call__(self, delivery: Delivery) -> Message:
        """Return the message of a delivery: the files of its formats, and for a webhook the document as JSON.

        Raises:
            DeliveryError: a format or a setting cannot be used. It is tried again: people may mend that meanwhile.
            TimeoutError, or the source's own error: there is no report without all of its parts.
        """
        content = json.loads(delivery.content)
        first_date = dt.date.fromisoformat(content["first_date"])
        formats = content["formats"] if delivery.channel is not Channel.WEBHOOK else ()
        settings = self._reports(delivery.tenant_id)
        try:
            facts = await self._service.month_facts(delivery.tenant_id, first_date)
            document = await self._service.document_of(facts, settings)
            # With the service's computations, one at a time: a worker of jobs has nobody who waits for an answer.
            return await self._service.compute(lambda: _message(delivery, facts, document, formats))
        except SLAComplianceError as error:
            raise DeliveryError(f"the report cannot be made: {error}") from error


def _message(delivery: Delivery, facts: ReportFacts, document: Document, formats: Iterable[str]) -> Message:
    dates = facts.answer.dates
    attachments = tuple(
        Attachment(
            name=report_file_name(delivery.tenant_id, dates[0], dates[-1], name),
            media_type=FILE_FORMATS[name].media_type,
            content=FILE_FORMATS[name].write(document),
        )
        for name in formats
    )
    payload: dict[str, object] = {}
    if delivery.channel is Channel.WEBHOOK:
        payload = {
            "event": _EVENT,
            "id": delivery.message_id,
            "tenant_id": delivery.tenant_id,
            "first_date": dates[0].isoformat(),
            "last_date": dates[-1].isoformat(),
            "figures": facts.answer.total.as_dict(detail=True),
            "document": json.loads(write_json(document)),
        }
    return Message(
        message_id=delivery.message_id,
        created_us=delivery.created_us,
        subject=f"{document.title}: {document.subtitle}",
        text=_text(document, delivery.message_id),
        attachments=attachments,
        payload=payload,
    )


def _text(document: Document, message_id: str) -> str:
    """Return the text of the mail: what the document is of, and its summary."""
    lines = [document.title, document.subtitle, *(f"{name}: {text}" for name, text in document.facts), ""]
    section = ""
    for block in document.blocks:
        if isinstance(block, Heading):
            section = block.name
        elif isinstance(block, Note) and section == "summary":
            lines += block.sentences
    return "\n".join([*lines, "", f"id: {message_id}", ""])


def _bounds_us(subject: Subject, first_date: dt.date) -> tuple[int, int]:
    """Return the bounds of the month that begins on a date, in the tenant's zone."""
    after = Period.MONTH.next_first_date(first_date)
    return (
        first_instant_us(first_date, subject.zone, field="first_date"),
        first_instant_us(after, subject.zone, field="first_date"),
    )
