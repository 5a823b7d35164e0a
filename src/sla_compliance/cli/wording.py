"""Errors of the library in the words of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sla_compliance.errors import InvalidAlarmsError, SLAComplianceError

OPTIONS: Final[Mapping[str, str]] = {
    "from_date": "--from",
    "to_date": "--to",
    "zone": "--zone",
    "target_percentage": "--target",
    "service_hours": "--service-hours",
    "as_of": "--as-of",
    "by": "--each",
}
ROWS_SHOWN: Final = 5


def message_of(error: SLAComplianceError) -> str:
    """Return the one message for an error; arguments are called by their options, bad rows are listed."""
    if isinstance(error, InvalidAlarmsError):
        return _bad_rows(error)
    message, option = str(error), OPTIONS.get(error.field)
    return message.replace(error.field, option, 1) if option else message


def _bad_rows(error: InvalidAlarmsError) -> str:
    rows = len({fault.row for fault in error.exceptions if hasattr(fault, "row")})
    listed = "".join(f"\n  {fault}" for fault in error.exceptions[:ROWS_SHOWN])
    hidden = len(error.exceptions) - ROWS_SHOWN
    more = f"\n  and {hidden} more" if hidden > 0 else ""
    count = "1 bad row" if rows == 1 else f"{rows} bad rows"
    return f"{count}:{listed}{more}\nMend the export, or set bad rows aside with --on-invalid quarantine (the report lists them)."
