"""`sla-compliance contract`: what a contract file means, in words, and its JSON schema."""

from __future__ import annotations

import sys

import click

from sla_compliance.cli.output import emit
from sla_compliance.settings import load
from sla_compliance.settings.schema import json_schema_text
from sla_compliance.settings.words import contract_text


@click.group()
def command() -> None:
    """Check a contract file, or print the JSON schema by which an editor checks it."""


@command.command("check")
@click.argument("file", metavar="FILE")
def check(file: str) -> None:
    """Print what a contract file means in words; what is wrong in it is listed, with exit code 2."""
    emit(contract_text(load(file), file) + "\n", sys.stdout.encoding or "utf-8")


@command.command("schema")
def schema() -> None:
    """Print the JSON schema of contract files, for editors."""
    emit(json_schema_text())
