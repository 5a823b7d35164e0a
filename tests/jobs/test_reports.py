"""Reports of months: kept once, made when they are sent, called as any queue would call it, and as tasks."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import openpyxl
import pypdfium2  # type: ignore[import-untyped]
import pytest
from celery import Celery

from sla_compliance import SLAPolicy
from sla_compliance.delivery.dispatcher import Dispatched, Dispatcher
from sla_compliance.delivery.folder import FolderTransport
from sla_compliance.delivery.messages import DeliveryError, Message
from sla_compliance.jobs import report_sender
from sla_compliance.jobs.celery import register_tasks
from sla_compliance.jobs.celery_reports import HOURLY_REPORTS, NIGHTLY_REPORTS, SEND_REPORTS
from sla_compliance.jobs.report_sender import ReportParts, ReportSender
from sla_compliance.jobs.reports import ReportOutcome, ReportRenderer, add_report, add_reports, report_id
from sla_compliance.service import ComplianceService, MemoryTenants, SyncComplianceService, TenantSettings
from sla_compliance.settings import ReportSettings
from sla_compliance.stores.memory_notifications import MemoryNotificationStore
from sla_compliance.stores.memory_statements import MemoryStatementStore
from sla_compliance.stores.notifications import Channel, Delivery, DeliveryKind, DeliveryStatus
from sla_compliance.verdicts import Verdict
from tests.jobs.test_sweep import HOUR, UTC, Facts

OCTOBER = dt.date(2025, 10, 1)
FIRST_OF_NOVEMBER = dt.datetime(2025, 11, 1, 0, 20, tzinfo=dt.UTC)
LOG = "sla_compliance.jobs.celery"
TENANTS = {
    "acme": UTC,
    "good": TenantSettings("UTC", SLAPolicy("50")),
    "damped": TenantSettings("UTC", SLAPolicy(merge_gap=2 * HOUR)),
    "broken": UTC,
    "kiritimati": TenantSettings("Pacific/Kiritimati"),
    "pago": TenantSettings("Pacific/Pago_Pago"),
}
BY_MAIL = ReportSettings(
    title="Monthly report", email=("ana@example.com", "Bo <bo@example.com>"), formats=("pdf", "xlsx")
)


class Outbox:
    """A way to deliver that keeps what it was given.

    Attributes:
        sent: what it took.
        error: what is raised instead, once.
    """

    most_at_once = 4

    def __init__(self) -> None:
        self.sent: list[tuple[Delivery, Message]] = []
        self.error: Exception | None = None

    async def send(self, delivery: Delivery, message: Message) -> None:
        error, self.error = self.error, None
        if error is not None:
            raise error
        self.sent.append((delivery, message))


@pytest.fixture
def facts() -> Facts:
    """A source with one outage of an hour in October; one tenant cannot be asked."""
    return Facts(FIRST_OF_NOVEMBER, broken=("broken",))


@dataclass
class Jobs:
    """A service on its loop, a store of what is to be sent, and what was sent.

    Attributes:
        now_s: what the clock of the dispatcher says.
    """

    service: SyncComplianceService
    store: MemoryNotificationStore = field(default_factory=MemoryNotificationStore)
    outbox: Outbox = field(default_factory=Outbox)
    now_s: float = 1.8e9

    def add(self, tenant_id: str, settings: ReportSettings = BY_MAIL) -> ReportOutcome:
        return self.service.call(lambda made: add_report(made, self.store, tenant_id, settings))

    def kept(self) -> list[Delivery]:
        return list(asyncio.run(self.store.deliveries(limit=100)).deliveries)

    def send(self, settings: ReportSettings = BY_MAIL, folder: Path = Path("none")) -> Dispatched:
        async def work(made: ComplianceService) -> Dispatched:
            dispatcher = Dispatcher(
                self.store,
                transports={
                    Channel.EMAIL: self.outbox,
                    Channel.WEBHOOK: self.outbox,
                    Channel.FOLDER: FolderTransport(folder),
                },
                renderers={DeliveryKind.REPORT: ReportRenderer(made, lambda _: settings)},
                clock=lambda: self.now_s,
            )
            return await dispatcher.dispatch_due()

        return self.service.call(work)


@pytest.fixture
def jobs(facts: Facts) -> Iterator[Jobs]:
    """With a service that keeps statements."""
    made = ComplianceService(
        facts, tenants=MemoryTenants(TENANTS), statements=MemoryStatementStore(), clock=lambda: facts.now
    )
    with SyncComplianceService(made) as service:
        yield Jobs(service)


def test_a_closed_month_is_kept_once_for_each_recipient(jobs: Jobs) -> None:
    """With ids that follow from tenant, month and recipient; again, and by two at once, nothing is added."""
    assert jobs.add("acme") == ReportOutcome("acme", OCTOBER, added=2, due=2)
    deliveries = jobs.kept()
    assert {delivery.recipient for delivery in deliveries} == set(BY_MAIL.email)
    assert {delivery.message_id for delivery in deliveries} == {report_id("acme", OCTOBER)}
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: jobs.add("acme"), range(16)))
    assert outcomes == [ReportOutcome("acme", OCTOBER, added=0, due=2)] * 16
    assert jobs.kept() == deliveries
    assert report_id("acme", OCTOBER) != report_id("acme", dt.date(2025, 11, 1)) != report_id("other", OCTOBER)


def test_the_month_is_that_of_the_tenants_zone(facts: Facts, jobs: Jobs) -> None:
    """Each has its report on its own first day: fourteen hours before UTC, eleven hours after."""
    dues = {}
    facts.now = dt.datetime(2025, 10, 31, 9, 20, tzinfo=dt.UTC)
    for _ in range(28):
        for tenant_id in ("kiritimati", "acme", "pago"):
            if jobs.add(tenant_id).first_date == OCTOBER and tenant_id not in dues:
                dues[tenant_id] = facts.now
        facts.now += HOUR
    assert {tenant_id: due.isoformat()[5:16] for tenant_id, due in dues.items()} == {
        "kiritimati": "10-31T10:20",
        "acme": "11-01T00:20",
        "pago": "11-01T11:20",
    }


def test_a_month_that_is_not_closed_waits(facts: Facts, jobs: Jobs) -> None:
    """Until damping cannot change its last day any more."""
    waiting = jobs.add("damped")
    assert (waiting.added, waiting.due) == (0, 2)
    assert waiting.final_us is not None
    assert not jobs.kept()
    facts.now = dt.datetime.fromtimestamp(waiting.final_us / 1e6, dt.UTC)
    assert jobs.add("damped").added == 2


@pytest.mark.parametrize(
    ("only_if", "tenant_id", "left_out"),
    [
        ("always", "good", None),
        ("at-risk", "good", None),  # the last day may yet be in doubt: nothing says when it was seen
        ("breached", "good", Verdict.MET),
        ("breached", "acme", None),
    ],
)
def test_only_some_months_are_sent(
    jobs: Jobs,
    only_if: str,
    tenant_id: str,
    left_out: Verdict | None,
) -> None:
    """By the verdict of the month, and whether it is confirmed."""
    outcome = jobs.add(tenant_id, replace(BY_MAIL, only_if=only_if))
    if left_out is None and only_if == "at-risk":
        month = jobs.service.call(lambda made: made.month_facts(tenant_id, OCTOBER)).answer
        left_out = month.total.verdict if month.is_confirmed else None
    assert outcome.left_out == left_out
    assert len(jobs.kept()) == (0 if left_out else 2)


def test_nobody_gets_a_report_without_recipients(jobs: Jobs) -> None:
    """And nothing is read for it."""
    assert jobs.add("broken", ReportSettings()) == ReportOutcome("broken", OCTOBER)


def test_a_failing_tenant_stops_no_other(jobs: Jobs) -> None:
    """Its outcome has the error."""
    settings = replace(BY_MAIL, only_if="breached")
    outcomes = add_reports(jobs.service, jobs.store, ["who", "broken", "acme"], lambda _: settings)
    assert [(outcome.tenant_id, outcome.added, type(outcome.error).__name__) for outcome in outcomes] == [
        ("who", 0, "UnknownTenantError"),
        ("broken", 0, "ConnectionError"),
        ("acme", 2, "NoneType"),
    ]


def test_the_mail_has_the_files_and_the_figures_of_the_wire(jobs: Jobs) -> None:
    """Made when it is sent; other libraries open the files."""
    jobs.add("acme")
    assert jobs.send().sent == 2
    assert jobs.send().sent == 0
    assert {delivery.status for delivery in jobs.kept()} == {DeliveryStatus.SENT}
    (_, first), (_, second) = jobs.outbox.sent
    assert first == second
    assert first.subject.startswith("Monthly report: Oct")
    start, end = dt.datetime(2025, 10, 1, tzinfo=dt.UTC), dt.datetime(2025, 11, 1, tzinfo=dt.UTC)
    total = jobs.service.compliance("acme", start, end).total
    assert total.compliance_text is not None
    assert total.compliance_text in first.text
    assert f"id: {report_id('acme', OCTOBER)}" in first.text
    pdf, book = first.attachments
    assert (pdf.name, book.name) == ("sla-acme-2025-10.pdf", "sla-acme-2025-10.xlsx")
    document = pypdfium2.PdfDocument(pdf.content)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    assert total.compliance_text in text
    assert openpyxl.load_workbook(io.BytesIO(book.content)).worksheets


def test_a_webhook_gets_figures_and_the_document(jobs: Jobs) -> None:
    """As JSON; a folder gets the files."""
    settings = replace(BY_MAIL, email=(), webhook="https://example.com/hook", formats=("csv",))
    jobs.add("acme", settings)
    jobs.send(settings)
    ((_, message),) = jobs.outbox.sent
    payload = json.loads(json.dumps(message.payload))
    assert (payload["event"], payload["id"], payload["tenant_id"]) == ("report", report_id("acme", OCTOBER), "acme")
    assert (payload["first_date"], payload["last_date"]) == ("2025-10-01", "2025-10-31")
    assert payload["figures"]["downtime_seconds"] == 3600
    assert sum(record["downtime_seconds"] for record in payload["document"]["records"]) == 3600


def test_a_folder_gets_the_files(jobs: Jobs, tmp_path: Path) -> None:
    """Whole, by their names."""
    settings = replace(BY_MAIL, email=(), folder="acme", formats=("csv", "json", "html"))
    jobs.add("acme", settings)
    assert jobs.send(settings, tmp_path).sent == 1
    names = [path.name for path in sorted((tmp_path / "acme").iterdir())]
    assert names == ["sla-acme-2025-10.csv", "sla-acme-2025-10.html", "sla-acme-2025-10.json"]


def test_what_cannot_be_made_or_sent_is_tried_again(facts: Facts, jobs: Jobs) -> None:
    """A source that is away, a mail server that refuses: the same report under the same id, later."""
    settings = replace(BY_MAIL, email=("ana@example.com",))
    jobs.outbox.error = DeliveryError("not now")
    jobs.add("acme", settings)
    assert jobs.send(settings) == Dispatched(retried=1)
    facts.broken = ("acme",)
    jobs.now_s += 3600
    assert jobs.send(settings) == Dispatched(retried=1)
    assert "cannot be made" in (jobs.kept()[0].error or "")
    facts.broken = ()
    jobs.now_s += 3600
    assert jobs.send(settings) == Dispatched(sent=1)
    ((_, message),) = jobs.outbox.sent
    assert message.message_id == report_id("acme", OCTOBER)


def test_tasks_keep_and_send_reports(facts: Facts, jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    """After its statement was issued, which the report names; by the hour those whose day has ended."""
    settings = replace(BY_MAIL, email=("ana@example.com",), formats=("json",))

    def make_parts(made: ComplianceService) -> ReportParts:
        renderers = {DeliveryKind.REPORT: ReportRenderer(made, lambda _: settings)}
        return jobs.store, Dispatcher(jobs.store, transports={Channel.EMAIL: jobs.outbox}, renderers=renderers)

    app = Celery(set_as_current=False)
    app.conf.update(task_always_eager=True)
    facts.now = dt.datetime(2025, 11, 1, 11, 20, tzinfo=dt.UTC)
    tasks = register_tasks(
        app,
        make_service=lambda: jobs.service,
        list_tenants=lambda: ["acme", "pago"],
        reports=ReportSender(make_parts, lambda _: settings),
    )
    assert {NIGHTLY_REPORTS, HOURLY_REPORTS, SEND_REPORTS} <= app.conf.beat_schedule.keys()
    caplog.set_level(logging.INFO, LOG)
    assert tasks.hourly_reports.delay().get() == 1
    assert tasks.nightly_reports.delay().get() == 2
    assert tasks.send_reports.delay().get() == 2
    assert tasks.send_reports.delay().get() == 0
    statement = jobs.service.last_statement("acme", OCTOBER)
    assert statement is not None
    by_tenant = {delivery.tenant_id: message for delivery, message in jobs.outbox.sent}
    assert statement.digest in by_tenant["acme"].attachments[0].content.decode()
    assert "tenant 'pago': the report of the month from 2025-10-01 goes to 1 recipients, 1 of them new" in caplog.text
    assert "reports: 2 sent" in caplog.text


def test_a_task_that_sends_leaves_its_process_to_others(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while it claims nothing more, and the next one goes on."""
    settings = replace(BY_MAIL, formats=("json",))

    def make_parts(made: ComplianceService) -> ReportParts:
        renderers = {DeliveryKind.REPORT: ReportRenderer(made, lambda _: settings)}
        return jobs.store, Dispatcher(jobs.store, transports={Channel.EMAIL: jobs.outbox}, renderers=renderers)

    sender = ReportSender(make_parts, lambda _: settings)
    assert sender.add(jobs.service, "acme").added == 2
    monkeypatch.setattr(report_sender, "SENDS_FOR_S", 0.0)
    assert sender.send(jobs.service) == Dispatched()
    monkeypatch.undo()
    assert sender.send(jobs.service) == Dispatched(sent=2)


def test_without_reports_no_task_is_sent() -> None:
    """Nor does one do anything."""
    app = Celery(set_as_current=False)
    app.conf.update(task_always_eager=True)
    tasks = register_tasks(app, make_service=_no_service, list_tenants=lambda: ["acme"])
    assert not {NIGHTLY_REPORTS, HOURLY_REPORTS, SEND_REPORTS} & app.conf.beat_schedule.keys()
    assert [tasks.nightly_reports.delay().get(), tasks.hourly_reports.delay().get()] == [0, 0]
    assert [tasks.add_report.delay("acme").get(), tasks.send_reports.delay().get()] == [0, 0]


def _no_service() -> SyncComplianceService:
    raise AssertionError("no service is needed")
