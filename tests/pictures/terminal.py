"""The picture of the terminal: a command as it is typed, and what it really prints."""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from sla_compliance.cli.demo_exports import write_exports
from tests.pictures.sample import PROVIDER

NAME: Final = "terminal.svg"
WIDTH: Final = 108
COMMAND: Final = (
    f"sla-compliance report alarms.csv --zone {PROVIDER.zone} --from 2026-11-01 --to 2026-11-14 "
    "--maintenance maintenance.csv --on-invalid quarantine"
)
AS_OF: Final = ("--as-of", PROVIDER.now.isoformat())

# As rich's own format, but without the fonts that it would load from another host.
SVG: Final = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font: bold 18px sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def printed() -> str:
    """Return what the command prints in a terminal with colours, run in a folder with the sample export."""
    program, *arguments = shlex.split(COMMAND)
    program = str(Path(sys.executable).parent / program)
    with tempfile.TemporaryDirectory() as folder:
        write_exports(PROVIDER, Path(folder) / "alarms.csv", Path(folder) / "maintenance.csv")
        done = subprocess.run(
            [program, *arguments, *AS_OF],
            cwd=folder,
            env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH)},
            capture_output=True,
            text=True,
            check=False,
        )
    return done.stdout


def make(folder: Path) -> None:
    """Write the picture."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ {COMMAND}", style="bold"), Text(""), Text.from_ansi(printed()), sep="\n")
    svg = console.export_svg(title="sla-compliance", theme=MONOKAI, code_format=SVG, unique_id="terminal")
    (folder / NAME).write_text(svg, encoding="utf-8")
