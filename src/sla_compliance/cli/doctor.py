"""`sla-compliance doctor`: what of some rows is in doubt, how much time is at stake, and what would settle it."""
################################################################
# Bad rows are set aside, whatever --on-invalid says: they are findings. Files of which
# less than half the rows can be read get no findings but a proposal, the command that
# reads them, and exit code 2.
#
# Zone and range may be left out, because doubt can be looked for before a figure is
# asked for: the zone is that of the rows, else UTC, and the range is from the first row
# to the instant of evaluation. Standard error says so.
################################################################

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, NoReturn

import click

from sla_compliance.analysis import Finding, FindingCode, doctor
from sla_compliance.analysis.findings import in_order_of_stake
from sla_compliance.batch import AlarmBatch
from sla_compliance.cli import BAD_INPUT
from sla_compliance.cli.agreed_evaluation import Evaluation
from sla_compliance.cli.agreement_options import agreement_options
from sla_compliance.cli.commands import BadInput
from sla_compliance.cli.evaluation import NOT_CONFIRMED
from sla_compliance.cli.messages import message_of, named_by_option
from sla_compliance.cli.option_groups import Decorator, GroupedCommand, applied, option_of
from sla_compliance.cli.output import emit
from sla_compliance.cli.parameters import complete_file
from sla_compliance.cli.proposal import Proposal, propose
from sla_compliance.cli.row_options import RowOptions, row_options
from sla_compliance.compliance import evaluate
from sla_compliance.errors import InvalidAlarmsError, InvalidFileError
from sla_compliance.outlets.text import counted, printable
from sla_compliance.settings import Settings, load
from sla_compliance.sources.files import STANDARD_INPUT, TENANT_COLUMN
from sla_compliance.sources.inventory_files import read_inventory
from sla_compliance.units import DAY_US, moment
from sla_compliance.zones import load_zone

_FORMATS: Final = ("table", "json")
_TYPED: Final = "sla_compliance.typed"
_OPTION_BY_KEYWORD: Final[Mapping[str, str]] = {
    "corrections": "--corrections FILE, which `sla-compliance settle` prepares",
    "refreshed_every": "refreshed_every in the policy of --contract FILE",
    "severity_map": "--map-severity",
    "times_in": "--times-in ZONE, --epoch UNIT or --column first_occurrence=NAME",
    "clock_skew": "--clock-skew 0s, which refuses such rows",
    "applies_to": "a column such as resource_id in the files of --maintenance and --exclusions",
    "planned_work": "planned_work.notice in the policy of --contract FILE",
    "inventory": "these keys in --inventory FILE",
    "unkeyed": "--unkeyed everybody or --unkeyed nobody",
    "monitored": "--monitored-since TIME",
    "tenant_id": "a tenant_id in these rows",
}

_COLUMN_BY_CODE: Final[Mapping[FindingCode, str]] = {
    FindingCode.ASSUMPTION: "--column severity=NAME where the rows have such a column",
    FindingCode.REPEATED_IDS: "--column id=NAME where another column names the alarm",
    FindingCode.SNAPSHOTS: "--column id=NAME where another column names the alarm",
    FindingCode.COPIES: "--column id=NAME where another column names the alarm",
}

_EPILOG: Final = """
\b
Examples:
  sla-compliance doctor alarms.csv
  sla-compliance doctor alarms.csv --zone Africa/Lagos --month 2026-10 --format json

Exit code: 0 nothing at stake; 2 bad input, with the command that reads it where one was found; 3 something at stake.
"""

_doctor_options: Final[Decorator] = applied(
    option_of("Which keys")("--each", metavar="COLUMN", help="Look for rows without a value of this column."),
    option_of("Which keys")(
        "--inventory", metavar="FILE", shell_complete=complete_file, help="With --each: look for rows of other keys."
    ),
    option_of("Output")(
        "--format",
        "format_name",
        type=click.Choice(_FORMATS),
        default="table",
        show_default=True,
        help="What to write.",
    ),
)


class _DoctorCommand(GroupedCommand):
    """A command that keeps its arguments as they were typed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the arguments; a proposal repeats them."""
        ctx.meta[_TYPED] = tuple(args)
        return super().parse_args(ctx, args)


@click.command(cls=_DoctorCommand, epilog=_EPILOG)
@agreement_options
@row_options
@_doctor_options
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - checked by click, typed below
    """Say what of exported alarms is in doubt, how many minutes are at stake, and which option would settle it.

    FILE is an export of an alarms table, as of `report`. Where it cannot be read, the command that does is proposed.
    """
    if options["inventory"] is not None and options["each"] is None:
        raise click.UsageError("--inventory is about the keys of --each; give --each COLUMN too")
    settings = Settings() if options["contract"] is None else load(options["contract"])
    rows = RowOptions.of({**options, "on_invalid": "quarantine"}, settings.rows)
    if rows.database_url is not None:
        findings = _findings_of_database(rows, options)
    else:
        findings = _findings_of_files(context, rows, options, settings)
    findings = in_order_of_stake(findings)
    emit(_json(findings, None) if options["format_name"] == "json" else _text(findings))
    context.exit(NOT_CONFIRMED if any(map(_is_at_stake, findings)) else 0)


def _findings_of_files(
    context: click.Context, rows: RowOptions, options: Mapping[str, Any], settings: Settings
) -> tuple[Finding, ...]:
    is_range_known = options["month"] is not None or options["from_text"] is not None
    if is_range_known and (options["zone"] or settings.agreement(rows.tenant_id).zone):
        Evaluation.of(options, datetime.now(UTC)).check(rows)  # options are read before files
    batch = _batch(context, rows, options, settings)
    complete_options = {**options, **_zone_and_range(options, settings, rows, batch)}
    evaluation = Evaluation.of(complete_options, datetime.now(UTC))
    return (*_findings(batch, rows.tenant_id, evaluation), *_rows_without_tenant(rows, batch, evaluation))


def _findings(batch: AlarmBatch, tenant_id: str | None, evaluation: Evaluation) -> tuple[Finding, ...]:
    keywords = evaluation.keywords(tenant_id)
    path = evaluation.options["inventory"]
    inventory = None if path is None else read_inventory(path, zone=keywords["zone"])
    with named_by_option(by="--each"):
        return doctor(batch, by=evaluation.options["each"], inventory=inventory, **keywords)


def _findings_of_database(rows: RowOptions, options: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the findings of one tenant, or of each, whose name stands before the sentence."""
    from sla_compliance.cli.database import read_database  # noqa: PLC0415 - needs SQLAlchemy, which files do not

    database = read_database(rows, Evaluation.of(options, datetime.now(UTC)))
    batches = database.alarms.by(TENANT_COLUMN)
    findings: list[Finding] = []
    for tenant_id in database.evaluation.tenants or ():
        batch = batches.get(tenant_id, AlarmBatch())
        for finding in _findings(batch, tenant_id, database.evaluation):
            # Rows that are over before the range were not read, so it is not known where history begins.
            if finding.code is not FindingCode.HISTORY:
                prefix = f"{tenant_id}: " if rows.of_all_tenants else ""
                findings.append(replace(finding, sentence=f"{prefix}{finding.sentence}"))
    for source, count in database.rows_without_tenant.items():
        findings.append(_without_tenant(count, source, None))
    return tuple(findings)


def _batch(context: click.Context, rows: RowOptions, options: Mapping[str, Any], settings: Settings) -> AlarmBatch:
    """Return the rows of the files; where most of them cannot be read, propose a command and end."""
    zone = options["zone"] or settings.agreement(rows.tenant_id).zone
    has_range = options["month"] is not None or options["from_text"] is not None
    try:
        batch = rows.read(of_all_tenants=options["each"] == TENANT_COLUMN and rows.tenant_id is None)
    except (InvalidFileError, InvalidAlarmsError) as error:
        proposal = propose(rows, _typed(context), zone, has_range=has_range, rows_read=0)
        is_of_corrections = isinstance(error, InvalidFileError) and error.path in rows.corrections
        if proposal is None or is_of_corrections:
            raise
        _refuse(context, proposal, message_of(error), options)
    if len(batch.rejected) > len(batch):
        proposal = propose(rows, _typed(context), zone, has_range=has_range, rows_read=len(batch))
        first_fault = batch.rejected[0].reasons[0]
        fault = f"{counted(len(batch.rejected), 'row')} cannot be read, the first: {first_fault}"
        if proposal is not None:
            _refuse(context, proposal, fault, options)
        if not batch:
            raise BadInput(fault)
    return batch


def _typed(context: click.Context) -> list[str]:
    """Return the arguments as they were typed, but for the format, which `report` has others of."""
    typed: list[str] = []
    is_format = False
    for argument in context.meta[_TYPED]:
        if argument == "--format":
            is_format = True
        elif is_format:
            is_format = False
        elif not argument.startswith("--format="):
            typed.append(argument)
    return typed


def _refuse(context: click.Context, proposal: Proposal, fault: str, options: Mapping[str, Any]) -> NoReturn:
    """Write a proposal, and end with the exit code of bad input."""
    if options["format_name"] == "json":
        emit(_json((), proposal))
    else:
        lines = ["This command reads the files:", "", f"  {printable(proposal.command)}", ""]
        lines += [f"- {printable(remark)}" for remark in proposal.remarks]
        emit("\n".join(lines) + "\n")
    click.echo(f"Error: {fault}", err=True)
    context.exit(BAD_INPUT)


def _zone_and_range(
    options: Mapping[str, Any], settings: Settings, rows: RowOptions, batch: AlarmBatch
) -> dict[str, Any]:
    """Return the zone and the range where they were not given; says which."""
    chosen: dict[str, Any] = {}
    zone = options["zone"] or settings.agreement(rows.tenant_id).zone
    if zone is None:
        keywords = rows.alarm_keywords or rows.change_keywords or {}
        zone = chosen["zone"] = keywords.get("times_in") or "UTC"
        click.echo(f"Note: no zone was given; days are those of {zone}.", err=True)
    if options["month"] is None and options["from_text"] is None:
        # A clock that was never set says nothing of where the rows begin.
        starts_us = [start_us for start_us in batch.starts_us if not 0 <= start_us < DAY_US]
        if not starts_us:
            raise click.UsageError("Missing option '--from'; no row says where the range begins")
        first_date = moment(min(starts_us), load_zone(zone)).date()
        chosen["from_text"] = first_date.isoformat()
        click.echo(f"Note: no range was given; it begins with the first row, on {first_date}.", err=True)
    return chosen


def _rows_without_tenant(rows: RowOptions, batch: AlarmBatch, evaluation: Evaluation) -> Iterator[Finding]:
    """Yield a finding for each source of rows that name no tenant, where rows of one tenant are looked at."""
    if rows.tenant_id is None or STANDARD_INPUT in rows.files:  # standard input is read once
        return
    of_all_tenants = rows.read(of_all_tenants=True)
    tenants = of_all_tenants.columns.get(TENANT_COLUMN, ())
    sources = of_all_tenants.columns.get("source", (None,) * len(of_all_tenants))
    rows_by_source: dict[str | None, list[int]] = {}
    for row, (tenant, source) in enumerate(zip(tenants, sources, strict=False)):
        if tenant is None:
            rows_by_source.setdefault(None if source is None else str(source), []).append(row)
    keywords = evaluation.keywords(rows.tenant_id)
    downtime_us = evaluate(batch, **keywords).total.downtime_us if rows_by_source else 0
    for source, numbers in rows_by_source.items():
        with_these_rows = batch.joined(of_all_tenants.take(numbers))
        at_stake_us = evaluate(with_these_rows, **keywords).total.downtime_us - downtime_us
        yield _without_tenant(len(numbers), source, at_stake_us)


def _without_tenant(count: int, source: str | None, at_stake_us: int | None) -> Finding:
    of_source = "" if source is None else f", of source {source}"
    return Finding(
        code=FindingCode.WITHOUT_TENANT,
        sentence=f"{counted(count, 'row')} without a tenant{of_source}",
        rows=count,
        at_stake_us=at_stake_us,
        reason="no minutes: it is not known whose they are" if at_stake_us is None else "",
        keyword="tenant_id",
        names=() if source is None else (source,),
    )


def _is_at_stake(finding: Finding) -> bool:
    return bool(finding.at_stake_us) or finding.code is FindingCode.NO_START


def option_that_settles(finding: Finding) -> str:
    """Return the option of the command line that would settle a finding."""
    if finding.keyword == "columns":
        return _COLUMN_BY_CODE.get(finding.code, "--column id=NAME, and then --corrections FILE: the rows have no id")
    option = _OPTION_BY_KEYWORD[finding.keyword]
    if finding.code is FindingCode.UNKNOWN_TARGET:
        return "the spelling of the rows in the files of --maintenance and --exclusions"
    if finding.code is FindingCode.UNKNOWN_SEVERITY:
        return f"{option} critical={','.join(finding.names)}, or what these words mean"
    return option


def _text(findings: Sequence[Finding]) -> str:
    if not findings:
        return "Nothing is in doubt.\n"
    lines: list[str] = []
    for finding in findings:
        minutes = "-" if finding.at_stake_minutes is None else f"{finding.at_stake_minutes:,} min"
        lines.append(f"{minutes:>12}  {printable(finding.sentence)}")
        if finding.reason:
            lines.append(f"{'':12}  {finding.reason}")
        if finding.names:
            lines.append(f"{'':12}  {printable(', '.join(finding.names))}")
        lines.append(f"{'':12}  settled by {printable(option_that_settles(finding))}")
    return "\n".join(lines) + "\n"


def _json(findings: Sequence[Finding], proposal: Proposal | None) -> str:
    document = {
        "proposal": None if proposal is None else proposal.as_dict(),
        "findings": [{**finding.as_dict(), "option": option_that_settles(finding)} for finding in findings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
