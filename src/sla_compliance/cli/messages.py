"""Errors of the library, in the words of a command line."""
################################################################
# A message names a field as the library calls it. Where an option has another
# name, the error is renamed beside the call that may raise it, never later: a file
# or a tenant may be called like a field.
################################################################

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sla_compliance.errors import InvalidAlarmError, InvalidAlarmsError, InvalidContractError, SLAComplianceError
from sla_compliance.rows.reading import MOST_FAULTS

ROWS_SHOWN: Final = 5
WAY_OUT: Final = "Mend the export, or set the bad rows aside with --on-invalid quarantine; the report then says so."


@contextmanager
def named_by_option(**options: str) -> Iterator[None]:
    """Rename the errors of this block: {field: option}, e.g. `zone="--zone"`."""
    try:
        yield
    except SLAComplianceError as error:
        if error.field not in options:
            raise
        raise error.renamed(options[error.field]) from error


def message_of(error: SLAComplianceError) -> str:
    """Return the one message for an error; of bad rows and of a contract file, a list."""
    if isinstance(error, InvalidContractError):
        return error.message  # str() of a group adds how many errors it has
    return _bad_rows_message(error) if isinstance(error, InvalidAlarmsError) else str(error)


def _bad_rows_message(error: InvalidAlarmsError) -> str:
    # A row may have several faults: its first one stands for it.
    fault_of_row: dict[int, InvalidAlarmError] = {}
    for fault in error.exceptions:
        if isinstance(fault, InvalidAlarmError):
            fault_of_row.setdefault(fault.row, fault)
    bad_rows = sorted(fault_of_row)
    # Reading ends at so many faults: how many rows are bad beyond them is not known.
    or_more = " or more" if len(error.exceptions) >= MOST_FAULTS else ""
    title = "1 bad row:" if len(bad_rows) == 1 else f"{len(bad_rows):,}{or_more} bad rows:"
    lines = [f"  {fault_of_row[row]}" for row in bad_rows[:ROWS_SHOWN]]
    hidden_rows = len(bad_rows) - len(lines)
    if hidden_rows:
        lines.append(f"  and {hidden_rows:,} more")
    return "\n".join([title, *lines, WAY_OUT])
