"""What makes and sends the reports that a contract file names."""

from __future__ import annotations

from collections.abc import Mapping

from sla_compliance.delivery.dispatcher import Renderer
from sla_compliance.jobs.reports import ReportRenderer
from sla_compliance.service import ComplianceService
from sla_compliance.settings import ReportSettings, Settings
from sla_compliance.settings.notifications import ReportsOf
from sla_compliance.stores.notifications import DeliveryKind


def contract_reports(contract: Settings) -> ReportsOf:
    """Return what says which reports a tenant has, by the contract file."""

    def report_settings(tenant_id: str) -> ReportSettings:
        return contract.agreement(tenant_id).reports

    return report_settings


def report_renderers(service: ComplianceService, contract: Settings) -> Mapping[DeliveryKind, Renderer]:
    """Return what makes the messages of reports, by the contract file."""
    return {DeliveryKind.REPORT: ReportRenderer(service, contract_reports(contract))}


def has_report_recipients(contract: Settings) -> bool:
    """Return whether the contract file names anybody who gets reports."""
    agreements = (contract.defaults, *contract.tenants.values())
    return any(
        agreement.reports.email or agreement.reports.webhook is not None or agreement.reports.folder is not None
        for agreement in agreements
    )
