"""The service: the compliance of tenants from any source, cached and stored."""

from sla_compliance.agreements import TenantSettings
from sla_compliance.service.answers import ComplianceAnswer, Provenance
from sla_compliance.service.change_reports import Sweep
from sla_compliance.service.observer import BudgetObserver, ServiceObserver, Statistics
from sla_compliance.service.overview import NamedCause, TenantOverview
from sla_compliance.service.queries import Subject
from sla_compliance.service.reconciliation import Reconciliation, WaitingCause, WaitingDay
from sla_compliance.service.service import ComplianceService
from sla_compliance.service.sync import SyncComplianceService
from sla_compliance.sources.memory import MemoryCorrections, MemoryTenants
from sla_compliance.sources.protocol import ExclusionSource, Tenants
from sla_compliance.sources.threaded import corrections_to_async, exclusions_to_async, inventories_to_async, to_async

__all__ = [
    "BudgetObserver",
    "ComplianceAnswer",
    "ComplianceService",
    "ExclusionSource",
    "MemoryCorrections",
    "MemoryTenants",
    "NamedCause",
    "Provenance",
    "Reconciliation",
    "ServiceObserver",
    "Statistics",
    "Subject",
    "Sweep",
    "SyncComplianceService",
    "TenantOverview",
    "TenantSettings",
    "Tenants",
    "WaitingCause",
    "WaitingDay",
    "corrections_to_async",
    "exclusions_to_async",
    "inventories_to_async",
    "to_async",
]
