"""Statements as documents of JSON types: fields, the lines of the input, and the digest."""
################################################################
# A document that was changed after it was issued is refused: its digest is that of
# its fields, and its field `input_digest` that of its lines.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any, Final

from sla_compliance.analysis.statements import Statement
from sla_compliance.canonical_input import input_digest
from sla_compliance.errors import InvalidValueError

_LINES: Final = "lines"
_DIGEST: Final = "digest"
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


def document_of(issued: Statement) -> dict[str, Any]:
    """Return a statement as a document: its fields, its lines and its digest."""
    lines = None if issued.lines is None else list(issued.lines)
    return {**issued.as_dict(), _LINES: lines, _DIGEST: issued.digest}


def statement_of(document: object) -> Statement:
    """Return the statement of a document that `document_of` made.

    Raises:
        InvalidValueError: it is no statement, or was changed after it was issued; its field is "statement".
    """
    values = _checked(document)
    lines, digest = values.pop(_LINES), values.pop(_DIGEST)
    issued = Statement.from_dict(values, lines)
    if issued.digest != digest or (lines is not None and input_digest(lines) != issued.input_digest):
        raise InvalidValueError(
            "statement was changed after it was issued: its digest is of other content", field="statement"
        )
    return issued


def _checked(document: object) -> dict[str, Any]:
    """Return the values of a document that has the fields of a statement, each of its type."""
    if not isinstance(document, dict):
        raise _no_statement("it is no object")
    for name, kinds in _TYPES.items():
        # A bool is an int, and not meant where a number is.
        value = document.get(name)
        if name not in document or not isinstance(value, kinds) or (kinds is _NUMBER and isinstance(value, bool)):
            raise _no_statement(f"its field {name} is missing, or of another type")
    if not document["figures"].keys() >= _FIGURES:
        raise _no_statement("its field figures lacks some of them")
    if not document["day_cells"] or not all(isinstance(cells, dict) for cells in document["day_cells"].values()):
        raise _no_statement("its field day_cells has no days")
    if not all(isinstance(line, str) for line in document[_LINES] or ()):
        raise _no_statement("its field lines holds other things than texts")
    return dict(document)


def _no_statement(fault: str) -> InvalidValueError:
    return InvalidValueError(f"statement is no statement of this library: {fault}", field="statement")
