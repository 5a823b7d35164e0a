"""Strategies, an oracle and suites of promises, for tests of code around this library."""
################################################################
# - Strategies for hypothesis: alarms(), alarm_lists(), batches(), exports(), policies(),
#   planned_work(), maintenance_windows(), recurring_maintenance_windows(), exclusions(),
#   service_hours(), zones(), places(), corrections(), inventories(); questions(), what
#   evaluate() takes beside alarms; and scenarios(), alarms and a question about them.
# - Suites of promises for pytest, the names that end in Contract: a test class inherits
#   one and brings the fixtures that it names.
# - oracle_report(): the figures of evaluate()'s arguments by brute force. oracle/ counts
#   them in tiny worlds; worlds/ draws the worlds, evaluation.py hands them to the library.
# Nothing in the library imports this room. It needs the extra `testing`.
################################################################

import sla_compliance.testing.requirements  # noqa: F401 - first: it names what is missing, and asks for explanations
from sla_compliance.testing.alarm_source import AlarmSourceContract
from sla_compliance.testing.ancestor_source import AncestorContract
from sla_compliance.testing.async_sources import (
    AsyncAlarmSourceContract,
    AsyncAncestorContract,
    AsyncCorrectionSourceContract,
    AsyncDetailedAlarmSourceContract,
    AsyncExclusionSourceContract,
    AsyncInventorySourceContract,
    AsyncRowsByIdContract,
)
from sla_compliance.testing.cache import CacheContract
from sla_compliance.testing.correction_source import CorrectionSourceContract
from sla_compliance.testing.detailed_alarm_source import DetailedAlarmSourceContract
from sla_compliance.testing.exclusion_source import ExclusionSourceContract
from sla_compliance.testing.exports import Export, exports
from sla_compliance.testing.fact_strategies import (
    corrections,
    exclusions,
    inventories,
    planned_work,
    recurring_maintenance_windows,
)
from sla_compliance.testing.inventory_source import InventorySourceContract
from sla_compliance.testing.notification_store import NotificationStoreContract
from sla_compliance.testing.observer import ObserverContract
from sla_compliance.testing.oracle.world import Place
from sla_compliance.testing.oracle_reports import OracleRecord, OracleReport, oracle_report
from sla_compliance.testing.place_strategies import places
from sla_compliance.testing.rows_by_id import RowsByIdContract
from sla_compliance.testing.scenarios import Scenario, scenarios
from sla_compliance.testing.source_parts import AsyncSourcePartsContract, SourcePartsContract
from sla_compliance.testing.statement_store import StatementStoreContract
from sla_compliance.testing.store import DayStoreContract
from sla_compliance.testing.strategies import (
    alarm_lists,
    alarms,
    batches,
    maintenance_windows,
    policies,
    questions,
    service_hours,
    zones,
)
from sla_compliance.testing.tenants import TenantsContract
from sla_compliance.testing.transport import TransportContract
from sla_compliance.testing.worlds import Aspect

__all__ = [
    "AlarmSourceContract",
    "AncestorContract",
    "Aspect",
    "AsyncAlarmSourceContract",
    "AsyncAncestorContract",
    "AsyncCorrectionSourceContract",
    "AsyncDetailedAlarmSourceContract",
    "AsyncExclusionSourceContract",
    "AsyncInventorySourceContract",
    "AsyncRowsByIdContract",
    "AsyncSourcePartsContract",
    "CacheContract",
    "CorrectionSourceContract",
    "DayStoreContract",
    "DetailedAlarmSourceContract",
    "ExclusionSourceContract",
    "Export",
    "InventorySourceContract",
    "NotificationStoreContract",
    "ObserverContract",
    "OracleRecord",
    "OracleReport",
    "Place",
    "RowsByIdContract",
    "Scenario",
    "SourcePartsContract",
    "StatementStoreContract",
    "TenantsContract",
    "TransportContract",
    "alarm_lists",
    "alarms",
    "batches",
    "corrections",
    "exclusions",
    "exports",
    "inventories",
    "maintenance_windows",
    "oracle_report",
    "places",
    "planned_work",
    "policies",
    "questions",
    "recurring_maintenance_windows",
    "scenarios",
    "service_hours",
    "zones",
]
