"""The programs: python -m sla_compliance.testing.conformance [library | reference | draw FOLDER]."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from sla_compliance.testing.conformance.answers import answer_of_library
from sla_compliance.testing.conformance.drawing.vectors import vector_files
from sla_compliance.testing.conformance.drawing.writing import write_vectors
from sla_compliance.testing.conformance.pipe import serve
from sla_compliance.testing.oracle.questions import answer_of_reference

PROGRAMS: Final = {"library": answer_of_library, "reference": answer_of_reference}


def run_program() -> None:
    """Answer the questions on standard input until it ends, or write the drawn vectors."""
    parser = argparse.ArgumentParser(prog="python -m sla_compliance.testing.conformance", description=__doc__)
    commands = parser.add_subparsers(dest="command", help="library where none is given")
    for name in PROGRAMS:
        commands.add_parser(name, help=f"answer questions on standard input by the {name}")
    draw = commands.add_parser("draw", help="write the drawn vectors; takes minutes")
    draw.add_argument("folder", type=Path)
    options = parser.parse_args()
    if options.command == "draw":
        for name, content in vector_files():
            write_vectors(options.folder, name, content)
    else:
        serve(sys.stdin, sys.stdout, PROGRAMS[options.command or "library"])


if __name__ == "__main__":
    run_program()
