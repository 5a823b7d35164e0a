"""The command line: `sla-compliance`."""
################################################################
# Exit codes of a report: 0 where it is met or at risk, 1 where it is breached, 3
# where it is not confirmed or has no data. Of every command: 2 for bad input or a
# missing package, with one clear message on stderr; 70 for an unexpected error, in
# one line. A traceback is shown where SLA_COMPLIANCE_TRACEBACK is set.
################################################################

from __future__ import annotations

import sys
from typing import Final

from sla_compliance.errors import MissingExtraError

BAD_INPUT: Final = 2
UNEXPECTED_ERROR: Final = 70
TRACEBACK: Final = "SLA_COMPLIANCE_TRACEBACK"


def main() -> None:
    """Run the command that the process was started with."""
    try:
        from sla_compliance.cli.commands import commands  # noqa: PLC0415 - needs click, which may be absent
    except MissingExtraError as error:
        sys.stderr.write(f"Error: {error}\n")
        sys.exit(BAD_INPUT)
    commands(prog_name="sla-compliance")
