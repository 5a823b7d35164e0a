"""Columns of records: what frames hold of days and periods."""
################################################################
# The columns are the date, the keys of the wire format but for its `date`, the
# verdict with its confirmation, and exact lengths. A record without an availability
# has a row too, without a percentage.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sla_compliance.dataframes import DataColumn, ValueType
from sla_compliance.records import ComplianceRecord

WIRE_TYPES: Final = {
    "compliance_percentage": ValueType.NUMBER,
    "target_percentage": ValueType.NUMBER,
    "uptime_minutes": ValueType.INTEGER,
    "downtime_minutes": ValueType.INTEGER,
    "sla_breaches": ValueType.INTEGER,
}
"""The keys of the wire format that have a column of their own name; its `date` is an instant, that of frames a date."""
RECORD_TYPES: Final = {
    "date": ValueType.DATE,
    **WIRE_TYPES,
    "verdict": ValueType.TEXT,
    "is_confirmed": ValueType.FLAG,
    "uptime_us": ValueType.INTEGER,
    "downtime_us": ValueType.INTEGER,
}
"""The columns of records, in their order."""


def record_columns(records: Sequence[ComplianceRecord], *, is_input_in_doubt: bool) -> list[DataColumn]:
    """Return the columns of some records, one row a record.

    Args:
        is_input_in_doubt: whether nothing of the input is confirmed, e.g. because no row was read.
    """
    wire_records = [record.as_dict() for record in records]
    values: dict[str, list[object]] = {key: [wire[key] for wire in wire_records] for key in WIRE_TYPES}
    values["date"] = [record.date for record in records]
    values["verdict"] = [str(record.verdict) for record in records]
    values["is_confirmed"] = [record.is_confirmed and not is_input_in_doubt for record in records]
    values["uptime_us"] = [record.uptime_us for record in records]
    values["downtime_us"] = [record.downtime_us for record in records]
    return [DataColumn(name, value_type, values[name]) for name, value_type in RECORD_TYPES.items()]
