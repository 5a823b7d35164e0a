"""Statements as files of JSON: fields, the lines of the input, and the digest."""
################################################################
# A file that was changed after it was issued is refused: its digest is that of its
# fields, and its field `input_digest` that of its lines.
################################################################

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import NoneType
from typing import Any, Final

import click

from sla_compliance.analysis import Statement
from sla_compliance.analysis.canonical_input import input_digest
from sla_compliance.errors import InvalidValueError

_LINES: Final = "lines"
_DIGEST: Final = "digest"
_OPTION: Final = "--previous"
_TEXT: Final = (str,)
_TEXT_OR_NONE: Final = (str, NoneType)
_NUMBER: Final = (int,)
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "tenant": _TEXT,
    "subject": _TEXT_OR_NONE,
    "zone": _TEXT,
    "start_us": _NUMBER,
    "end_us": _NUMBER,
    "number": _NUMBER,
    "issued_us": _NUMBER,
    "issued_by": _TEXT,
    "is_provisional": (bool,),
    "policy": _TEXT,
    "tz_version": _TEXT,
    "as_of_us": _NUMBER,
    "figures": (dict,),
    "day_cells": (dict,),
    "corrections": (list,),
    "input_digest": _TEXT,
    "supersedes": _TEXT_OR_NONE,
    "reason": _TEXT_OR_NONE,
    _LINES: (list, NoneType),
    _DIGEST: _TEXT,
}
_FIGURES: Final = frozenset(
    {
        "compliance_percentage",
        "target_percentage",
        "availability",
        "low",
        "high",
        "uptime_us",
        "downtime_us",
        "sla_breaches",
        "verdict",
        "is_confirmed",
        "accounting",
    }
)


def statement_text(issued: Statement) -> str:
    """Return a statement as a file of JSON, ASCII alone, so that no encoding can change what the digest is of."""
    lines = None if issued.lines is None else list(issued.lines)
    return json.dumps({**issued.as_dict(), _LINES: lines, _DIGEST: issued.digest}, indent=2) + "\n"


def read_statement(path: str) -> Statement:
    """Return the statement of a file.

    Raises:
        OSError: the file cannot be read.
        UsageError: it holds no statement, or was changed after it was issued.
    """
    values = _checked(_json(path), path)
    lines, digest = values.pop(_LINES), values.pop(_DIGEST)
    try:
        issued = Statement.from_dict(values, lines)
    except InvalidValueError as error:
        raise _no_statement(path, str(error)) from error
    if issued.digest != digest or (lines is not None and input_digest(lines) != issued.input_digest):
        raise click.UsageError(f"{_OPTION} {path} was changed after it was issued: its digest is of other content")
    return issued


def _json(path: str) -> object:
    try:
        return json.loads(Path(path).read_bytes())
    except (ValueError, RecursionError):
        raise _no_statement(path, "it is no JSON") from None


def _checked(document: object, path: str) -> dict[str, Any]:
    """Return the values of a document that has the fields of a statement, each of its type."""
    if not isinstance(document, dict):
        raise _no_statement(path, "it is no object")
    for name, kinds in _TYPES.items():
        # A bool is an int, and not meant where a number is.
        value = document.get(name)
        if name not in document or not isinstance(value, kinds) or (kinds is _NUMBER and isinstance(value, bool)):
            raise _no_statement(path, f"its field {name} is missing, or of another type")
    if not document["figures"].keys() >= _FIGURES:
        raise _no_statement(path, "its field figures lacks some of them")
    if not document["day_cells"] or not all(isinstance(cells, dict) for cells in document["day_cells"].values()):
        raise _no_statement(path, "its field day_cells has no days")
    if not all(isinstance(line, str) for line in document[_LINES] or ()):
        raise _no_statement(path, "its field lines holds other things than texts")
    return document


def _no_statement(path: str, fault: str) -> click.UsageError:
    return click.UsageError(f"{_OPTION} {path} is no statement of this command: {fault}")
