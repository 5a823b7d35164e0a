"""Strategies, an oracle and suites of promises, for tests of code around this library."""
################################################################
# - Strategies for hypothesis: alarms(), batches(), policies(), maintenance_windows(),
#   service_hours(), zones() and questions(), what evaluate() takes beside alarms.
# - Suites of promises for pytest: a test class inherits AlarmSourceContract,
#   InventorySourceContract, CorrectionSourceContract, DayStoreContract,
#   StatementStoreContract, NotificationStoreContract, CacheContract or others and
#   brings the fixtures that it names.
# - oracle/: the figures of tiny worlds by brute force; worlds/ draws the worlds,
#   evaluation.py hands them to the library.
# Nothing in the library imports this room. It needs the extra `testing`.
################################################################

import sla_compliance.testing.requirements  # noqa: F401 - first: it names what is missing, and asks for explanations
from sla_compliance.testing.alarm_source import AlarmSourceContract
from sla_compliance.testing.cache import CacheContract
from sla_compliance.testing.correction_source import CorrectionSourceContract
from sla_compliance.testing.detailed_alarm_source import DetailedAlarmSourceContract
from sla_compliance.testing.inventory_source import InventorySourceContract
from sla_compliance.testing.notification_store import NotificationStoreContract
from sla_compliance.testing.oracle.world import Place
from sla_compliance.testing.rows_by_id import RowsByIdContract
from sla_compliance.testing.statement_store import StatementStoreContract
from sla_compliance.testing.store import DayStoreContract
from sla_compliance.testing.strategies import (
    alarms,
    batches,
    maintenance_windows,
    policies,
    questions,
    service_hours,
    zones,
)

__all__ = [
    "AlarmSourceContract",
    "CacheContract",
    "CorrectionSourceContract",
    "DayStoreContract",
    "DetailedAlarmSourceContract",
    "InventorySourceContract",
    "NotificationStoreContract",
    "Place",
    "RowsByIdContract",
    "StatementStoreContract",
    "alarms",
    "batches",
    "maintenance_windows",
    "policies",
    "questions",
    "service_hours",
    "zones",
]
