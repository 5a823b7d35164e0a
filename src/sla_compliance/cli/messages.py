"""Errors of the library in the words of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sla_compliance.errors import InvalidAlarmError, InvalidAlarmsError, SLAComplianceError

OPTIONS: Final[Mapping[str, str]] = {
    "from_date": "--from",
    "to_date": "--to",
    "zone": "--zone",
    "target_percentage": "--target",
    "service_hours": "--service-hours",
    "as_of": "--as-of",
    "by": "--each",
    "columns": "--column",
}
ROWS_SHOWN: Final = 5
WAY_OUT: Final = "Mend the export, or set the bad rows aside with --on-invalid quarantine; the report then says so."


def message_of(error: SLAComplianceError) -> str:
    """Return the one message for an error; arguments are called by their options, bad rows are listed."""
    if isinstance(error, InvalidAlarmsError):
        return _bad_rows(error)
    message = str(error)
    for field in (error.field, "from_date"):
        message = message.replace(field, OPTIONS.get(field, field), 1)
    return message


def _bad_rows(error: InvalidAlarmsError) -> str:
    faults = {fault.row: fault for fault in reversed(error.exceptions) if isinstance(fault, InvalidAlarmError)}
    listed = [f"\n  {faults[row]}" for row in sorted(faults)]
    hidden = len(listed) - ROWS_SHOWN
    more = f"\n  and {hidden:,} more" if hidden > 0 else ""
    count = "1 bad row" if len(faults) == 1 else f"{len(faults):,} bad rows"
    return f"{count}:{''.join(listed[:ROWS_SHOWN])}{more}\n{WAY_OUT}"
