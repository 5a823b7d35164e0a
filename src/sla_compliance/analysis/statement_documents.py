"""Statements as documents of JSON types: fields, the lines of the input, and the digest."""
################################################################
# A document that was changed after it was issued is refused: its digest is that of
# its fields, and its field `input_digest` that of its lines.
################################################################

from __future__ import annotations

import json
from collections.abc import Mapping
from types import NoneType
from typing import Any, Final

from sla_compliance.analysis.statements import Statement
from sla_compliance.canonical_input import ROW, input_digest
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.units import MAX_US, checked_instant_us, parse_date
from sla_compliance.verdicts import Verdict
from sla_compliance.zones import load_zone

_LINES: Final = "lines"
_INSTANTS: Final = ("start_us", "end_us", "issued_us", "as_of_us")
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
_FIGURES: Final[Mapping[str, tuple[type, ...]]] = {
    "compliance_percentage": _TEXT_OR_NONE,
    "target_percentage": _TEXT,
    "availability": _TEXT_OR_NONE,
    "low": _TEXT_OR_NONE,
    "high": _TEXT_OR_NONE,
    "uptime_us": _NUMBER,
    "downtime_us": _NUMBER,
    "sla_breaches": _NUMBER,
    "verdict": _TEXT,
    "is_confirmed": (bool,),
    "accounting": _TEXT,
}


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
    for line in issued.lines or ():
        if not _is_canonical(line):
            raise _no_statement(f"its field lines holds {shown(line)}")
    return issued


def _checked(document: object) -> dict[str, Any]:
    """Return the values of a document that has the fields of a statement, each of its type."""
    if not isinstance(document, dict):
        raise _no_statement("it is no object")
    for name, kinds in _TYPES.items():
        if name not in document or not _is_of(document[name], kinds):
            raise _no_statement(f"its field {name} is missing, or of another type")
    figures = document["figures"]
    if not figures.keys() >= _FIGURES.keys():
        raise _no_statement("its field figures lacks some of them")
    for name, kinds in _FIGURES.items():
        if not _is_of(figures[name], kinds):
            raise _no_statement(f"its figure {name} is of another type")
    if not document["day_cells"] or not all(isinstance(cells, dict) for cells in document["day_cells"].values()):
        raise _no_statement("its field day_cells has no days")
    for name in ("corrections", _LINES):
        if not all(isinstance(line, str) for line in document[name] or ()):
            raise _no_statement(f"its field {name} holds other things than texts")
    _check_possible(document)
    return dict(document)


def _is_of(value: object, kinds: tuple[type, ...]) -> bool:
    # A bool is an int, and not meant where a number is.
    return isinstance(value, kinds) and not (kinds is _NUMBER and isinstance(value, bool))


def _check_possible(document: Mapping[str, Any]) -> None:
    """Check values that a statement is shown and compared by: who can edit a document can compute its digest."""
    try:
        load_zone(document["zone"])
        for name in _INSTANTS:
            checked_instant_us(document[name], field=name)
        for date in document["day_cells"]:
            parse_date(date, field="day_cells")
    except InvalidValueError as error:
        raise _no_statement(str(error)) from error
    for date, cells_us in document["day_cells"].items():
        if not all(_is_of(cell_us, _NUMBER) and 0 <= cell_us <= MAX_US for cell_us in cells_us.values()):
            raise _no_statement(f"{date} of its field day_cells has a length that is none")
    if document["figures"]["verdict"] not in set(Verdict):
        raise _no_statement(f"its verdict is {shown(document['figures']['verdict'])}")


def _is_canonical(line: str) -> bool:
    """Return whether a line is a list in JSON, and that of a row has its id: statements are compared by those."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return False
    if not isinstance(values, list):
        return False
    return values[:1] != [ROW] or (len(values) > 1 and isinstance(values[1], _TEXT_OR_NONE))


def _no_statement(fault: str) -> InvalidValueError:
    return InvalidValueError(f"statement is no statement of this library: {fault}", field="statement")
