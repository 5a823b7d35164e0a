"""The command line: `sla-compliance`."""
################################################################
# Exit codes: 0; 1 where a report's whole range is BREACHED; 2 for bad input or a
# missing package, with one clear message on stderr and never a traceback.
################################################################

from __future__ import annotations

import sys
from typing import Final

from sla_compliance.errors import MissingExtraError

BAD_INPUT: Final = 2


def main() -> None:
    """Run the command that the process was started with."""
    try:
        from sla_compliance.cli.commands import commands  # noqa: PLC0415 - needs click, which may be absent
    except MissingExtraError as error:
        sys.stderr.write(f"Error: {error}\n")
        sys.exit(BAD_INPUT)
    commands(prog_name="sla-compliance")
