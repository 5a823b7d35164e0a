"""Alerts that speak once: what is told of a tenant's error budget."""

from sla_compliance.alerts.alert import Alert, AlertKind, NoDataReason, alert_schema
from sla_compliance.alerts.digests import AlertDigest, take_digest
from sla_compliance.alerts.rules import AlertRule
from sla_compliance.alerts.states import AlertState
from sla_compliance.alerts.steps import step

__all__ = [
    "Alert",
    "AlertDigest",
    "AlertKind",
    "AlertRule",
    "AlertState",
    "NoDataReason",
    "alert_schema",
    "step",
    "take_digest",
]
