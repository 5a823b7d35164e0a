"""Statements as files of JSON, ASCII alone, so that no encoding can change what the digest is of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from sla_compliance.analysis import Statement
from sla_compliance.analysis.statement_documents import document_of, statement_of
from sla_compliance.errors import InvalidValueError

_OPTION: Final = "--previous"


def statement_text(issued: Statement) -> str:
    """Return a statement as a file of JSON."""
    return json.dumps(document_of(issued), indent=2) + "\n"


def read_statement(path: str) -> Statement:
    """Return the statement of a file.

    Raises:
        OSError: the file cannot be read.
        UsageError: it holds no statement, or was changed after it was issued.
    """
    try:
        document = json.loads(Path(path).read_bytes())
    except (ValueError, RecursionError):
        raise click.UsageError(f"{_OPTION} {path} is no statement of this library: it is no JSON") from None
    try:
        return statement_of(document)
    except InvalidValueError as error:
        raise click.UsageError(str(error.renamed(f"{_OPTION} {path}"))) from error
