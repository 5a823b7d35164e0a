"""`sla-compliance verify`: whether the figures of an evidence pack follow from what is in it."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Final

import click

from sla_compliance.cli.commands import BadInput
from sla_compliance.cli.parameters import complete_file
from sla_compliance.errors import shown
from sla_compliance.outlets._evidence.verify import MOST_PACK_BYTES, verify

NOT_VERIFIED: Final = 1
_DIGEST: Final = re.compile("[0-9a-fA-F]{8,64}")
EPILOG_OF_VERIFY: Final = """
\b
Examples:
  sla-compliance verify october-1.zip
  sla-compliance verify october-1.zip --digest 5ce05d32

Exit code: 0 all checks hold, 1 one does not, or the pack cannot be read, 2 bad options.
"""


@click.command(epilog=EPILOG_OF_VERIFY)
@click.argument("pack", metavar="PACK", shell_complete=complete_file)
@click.option("--digest", metavar="HEX", help="The statement's digest, or how it begins, as you know it.")
@click.pass_context
def command(context: click.Context, /, pack: str, digest: str | None) -> None:
    """Compute the figures of an evidence pack again, and say what holds.

    PACK is a zip of `statement --evidence`, or the folder that it was unpacked to. Nothing else is read, and no program
    in it is run. Whether the rows are true, and who issued it, the pack cannot prove: compare the digest.
    """
    if digest is not None and not _DIGEST.fullmatch(digest):  # an empty one would hold for any pack
        raise BadInput(f"--digest is {shown(digest)}; give the digest or how it begins, at least 8 hexadecimal digits")
    csv.field_size_limit(MOST_PACK_BYTES)  # a window may name thousands of alarms
    results = list(verify(Path(pack), digest or ""))
    for holds, line in results:
        click.echo(f"{'ok  ' if holds else 'FAIL'}  {line}")
    context.exit(0 if all(holds for holds, _ in results) else NOT_VERIFIED)
