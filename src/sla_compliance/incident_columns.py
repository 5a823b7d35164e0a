"""Columns of incidents: what frames hold of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sla_compliance.dataframes import DataColumn, ValueType
from sla_compliance.incidents import Incident
from sla_compliance.units import moment

_COLUMNS_OF_FIRST_ALARM: Final = ("severity", "alarm_type", "resource_id", "customer_id", "title")


def incident_columns(incidents: Sequence[Incident]) -> list[DataColumn]:
    """Return the columns that a frame holds of incidents, one row an incident."""
    starts = [moment(incident.start_us) for incident in incidents]
    ends = [None if incident.is_ongoing else moment(incident.end_us) for incident in incidents]
    columns = [
        DataColumn("start", ValueType.INSTANT, starts),
        DataColumn("end", ValueType.INSTANT, ends),
        DataColumn("is_ongoing", ValueType.FLAG, [incident.is_ongoing for incident in incidents]),
        DataColumn("duration_us", ValueType.INTEGER, [incident.duration_us for incident in incidents]),
        DataColumn("downtime_us", ValueType.INTEGER, [incident.downtime_us for incident in incidents]),
        DataColumn("alarm_count", ValueType.INTEGER, [len(incident.alarms) for incident in incidents]),
    ]
    for name in _COLUMNS_OF_FIRST_ALARM:
        texts = [_text_of_first_alarm(incident, name) for incident in incidents]
        columns.append(DataColumn(f"first_{name}", ValueType.TEXT, texts))
    return columns


def _text_of_first_alarm(incident: Incident, name: str) -> str | None:
    """Return a value of the alarm that was raised first; None where there is no alarm, or no value."""
    value = getattr(incident.alarms[0], name) if incident.alarms else None
    return None if value is None else str(value)
