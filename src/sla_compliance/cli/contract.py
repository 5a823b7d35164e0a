"""`sla-compliance contract`: what a contract file means, in words, and its JSON schema."""

from __future__ import annotations

import sys

import click

from sla_compliance.cli.commands import BadInput
from sla_compliance.cli.output import emit
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.outlets.logos import read_logo
from sla_compliance.outlets.text import counted
from sla_compliance.settings import Settings, load
from sla_compliance.settings.reading import path_of
from sla_compliance.settings.schema import json_schema_text
from sla_compliance.settings.words import contract_text


@click.group()
def command() -> None:
    """Check a contract file, or print the JSON schema by which an editor checks it."""


@command.command("check")
@click.argument("file", metavar="FILE")
def check(file: str) -> None:
    """Print what a contract file means in words; what is wrong in it is listed, with exit code 2."""
    settings = load(file)
    if faults := _faults_of_logos(settings):
        raise BadInput("\n  ".join([f"{file} has {counted(len(faults), 'fault')}:", *faults]))
    emit(contract_text(settings, file) + "\n", sys.stdout.encoding or "utf-8")


def _faults_of_logos(settings: Settings) -> list[str]:
    """Return why reports would lack their logos: those are read when a report is made."""
    logos = {"defaults.reports.logo": settings.defaults.reports.logo}
    for tenant_id, agreement in settings.tenants.items():
        if agreement.reports.logo != settings.defaults.reports.logo:
            logos[f"{path_of('tenants', tenant_id)}.reports.logo"] = agreement.reports.logo
    faults: list[str] = []
    for field, path in logos.items():
        try:
            if path is not None:
                read_logo(path, field=field)
        except OSError as error:
            faults.append(f"{field} is {shown(path)}, which cannot be read: {error.strerror or error}")
        except InvalidValueError as error:
            faults.append(str(error))
    return faults


@command.command("schema")
def schema() -> None:
    """Print the JSON schema of contract files, for editors."""
    emit(json_schema_text())
