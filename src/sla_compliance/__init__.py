"""Exact SLA compliance from alarms: one ledger of what was owed and what was the case.

>>> import sla_compliance as sla
>>> from datetime import datetime, timezone
>>> def at(day, hour=0, minute=0): return datetime(2025, 10, day, hour, minute, tzinfo=timezone.utc)
>>> alarms = [sla.Alarm(at(8, 9), at(8, 9, 2), severity="critical")]
>>> report = sla.evaluate(alarms, start=at(8), end=at(9), zone="UTC", as_of=at(9))
>>> report.total.compliance_percentage, report.total.downtime_minutes
(99.86, 2)
"""

from sla_compliance import intervals
from sla_compliance.alarms import Alarm, AlarmFilter, Severity
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import Exclusion, MaintenanceKind, MaintenanceWindow
from sla_compliance.calendars.periods import Period
from sla_compliance.calendars.planned_work import PlannedWork
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.certainty import Bounds, Doubt, DoubtCause
from sla_compliance.compliance import evaluate, evaluate_each
from sla_compliance.corrections import Correction
from sla_compliance.date_ranges import whole_days
from sla_compliance.errors import (
    InvalidAlarmError,
    InvalidAlarmsError,
    InvalidFileError,
    InvalidIntervalError,
    InvalidRecurrenceError,
    InvalidServiceHoursError,
    InvalidTargetError,
    InvalidTimestampError,
    InvalidTypeError,
    InvalidValueError,
    MissingExtraError,
    NaiveDatetimeError,
    RangeTooLongError,
    SLAComplianceError,
    UnknownZoneError,
)
from sla_compliance.incidents import Incident
from sla_compliance.inventory import Inventory, Unit
from sla_compliance.labels import Accounting, Counts, Scope, State
from sla_compliance.ledger import Ledger
from sla_compliance.policy import SLAPolicy
from sla_compliance.quality import DataQuality
from sla_compliance.records import ComplianceRecord, Verdict
from sla_compliance.report import ComplianceReport
from sla_compliance.rows.changes import alarms_from_changes
from sla_compliance.rows.frames import alarms_from_frame
from sla_compliance.rows.mappings import alarms_from_rows
from sla_compliance.sources.protocol import AlarmSource, AsyncAlarmSource
from sla_compliance.units import parse_timestamp
from sla_compliance.version import __version__

__all__ = [
    "Accounting",
    "Alarm",
    "AlarmBatch",
    "AlarmFilter",
    "AlarmSource",
    "AsyncAlarmSource",
    "Bounds",
    "ComplianceRecord",
    "ComplianceReport",
    "Correction",
    "Counts",
    "DataQuality",
    "Doubt",
    "DoubtCause",
    "Exclusion",
    "Incident",
    "InvalidAlarmError",
    "InvalidAlarmsError",
    "InvalidFileError",
    "InvalidIntervalError",
    "InvalidRecurrenceError",
    "InvalidServiceHoursError",
    "InvalidTargetError",
    "InvalidTimestampError",
    "InvalidTypeError",
    "InvalidValueError",
    "Inventory",
    "Ledger",
    "MaintenanceKind",
    "MaintenanceWindow",
    "MissingExtraError",
    "NaiveDatetimeError",
    "Period",
    "PlannedWork",
    "RangeTooLongError",
    "SLAComplianceError",
    "SLAPolicy",
    "Scope",
    "ServiceHours",
    "Severity",
    "State",
    "Unit",
    "UnknownZoneError",
    "Verdict",
    "__version__",
    "alarms_from_changes",
    "alarms_from_frame",
    "alarms_from_rows",
    "evaluate",
    "evaluate_each",
    "intervals",
    "parse_timestamp",
    "whole_days",
]
