"""What alerts the people that a contract file names."""

from __future__ import annotations

from sla_compliance.alerts.notifier import Notifier
from sla_compliance.service import ComplianceService
from sla_compliance.settings import AlertSettings, Settings
from sla_compliance.stores.notifications import NotificationStore


def notifier_of(service: ComplianceService, store: NotificationStore, contract: Settings) -> Notifier:
    """Return what looks at tenants by the contract file; its service, and a store whose calls have time-outs."""

    def alert_settings(tenant_id: str) -> AlertSettings:
        return contract.agreement(tenant_id).alerts

    return Notifier(service, store, settings=alert_settings)


def has_alert_recipients(contract: Settings) -> bool:
    """Return whether the contract file names anybody to be alerted."""
    agreements = (contract.defaults, *contract.tenants.values())
    return any(agreement.alerts.email or agreement.alerts.webhook is not None for agreement in agreements)
