"""Rows of a database: alarms, maintenance windows and terms of tenants, through the mapped tables."""
################################################################
# The tables are those that the contract file maps, else the platform's. A database may
# have no table of tenants or of windows: then zone and windows are those of the options.
#
# Of zone, activation and monitoring an option wins, then the tenant's own table in the
# contract file, then its row, then the file's defaults.
#
# Everything is read before anything is evaluated, and nothing is written. How long
# that may take is said by sources/command_engines.py.
################################################################

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.cli.agreed_evaluation import Evaluation
from sla_compliance.cli.commands import BadInput
from sla_compliance.cli.row_options import RowOptions
from sla_compliance.cli.tenant_facts import TenantFacts
from sla_compliance.compliance import EvaluationArguments
from sla_compliance.corrected_batch import corrected_batch
from sla_compliance.errors import requires_extra
from sla_compliance.rows_by_id import with_rows_found
from sla_compliance.sources.command_engines import run_with_engine
from sla_compliance.sources.files import CLOCK_SKEW, TENANT_COLUMN
from sla_compliance.sources.sqlalchemy import (
    MappedTables,
    SQLAlchemyAlarmSource,
    SQLAlchemyMaintenanceSource,
    SQLAlchemyTenantSource,
    mapped_tables,
    rows_without_tenant,
    tenant_ids,
)
from sla_compliance.units import DAY_US, MIN_US

with requires_extra("sqlalchemy", __name__):
    from sqlalchemy import Engine, inspect

# Caps on planned work look back to the start of their period, a year at most.
_WINDOWS_BEFORE_US: Final = 366 * DAY_US


@dataclass(frozen=True, slots=True)
class DatabaseRows:
    """What was read of a database.

    Attributes:
        evaluation: with what the database says of its tenants.
        alarms: of the tenants that were asked for, with a column tenant_id.
        rows_without_tenant: how many rows name no tenant, by their source.
    """

    evaluation: Evaluation
    alarms: AlarmBatch
    rows_without_tenant: Mapping[str | None, int]


def read_database(rows: RowOptions, evaluation: Evaluation) -> DatabaseRows:
    """Return the rows of one tenant, or of all.

    Raises:
        BadInput: the database cannot be reached, hangs, or refuses a statement; the message has no URL.
        SLAComplianceError: an option is wrong, a table is not there, or rows are bad.
    """
    corrections = rows.read_corrections()
    row_ids = frozenset(str(correction.row_id) for correction in corrections)
    read = partial(_read, rows, evaluation, row_ids)
    try:
        evaluation, alarms, without_tenant = run_with_engine(rows.database_url or "", read, field="--database-url")
    except OSError as error:
        raise BadInput(f"the database cannot be read: {error}") from error
    return DatabaseRows(evaluation, corrected_batch(alarms, corrections), without_tenant)


def _read(
    rows: RowOptions, evaluation: Evaluation, row_ids: Collection[str], engine: Engine
) -> tuple[Evaluation, AlarmBatch, Mapping[str | None, int]]:
    """Return what a DatabaseRows holds, before corrections, which name the rows with `row_ids`."""
    tables = mapped_tables(evaluation.settings.tables)
    ids = _ids(engine, tables, rows)
    facts = _Facts(engine, tables)
    keywords = {"on_invalid": "raise", "clock_skew": CLOCK_SKEW, **(rows.alarm_keywords or {})}
    source = SQLAlchemyAlarmSource(
        engine,
        tables.alarms,
        on_invalid=keywords["on_invalid"],
        clock_skew=keywords["clock_skew"],
        purged_after=tables.purged_after,
        clock=lambda: evaluation.now,
    )
    facts_by_tenant = {
        tenant_id: replace(facts.terms(tenant_id), complete_since_us=source.read_complete_since(tenant_id))
        for tenant_id in ids
    }
    evaluation = replace(evaluation, tenants=facts_by_tenant)
    facts_by_tenant = {
        tenant_id: replace(terms, maintenance=facts.maintenance(tenant_id, evaluation))
        for tenant_id, terms in facts_by_tenant.items()
    }
    evaluation = replace(evaluation, tenants=facts_by_tenant)
    alarms = AlarmBatch()
    for tenant_id in ids:
        batch = _alarms(source, tenant_id, evaluation, row_ids)
        alarms = alarms.joined(batch) if len(alarms) or alarms.rejected else batch
    with engine.connect() as connection:
        without_tenant = rows_without_tenant(connection, tables.alarms)
    return evaluation, alarms, without_tenant


def _ids(engine: Engine, tables: MappedTables, rows: RowOptions) -> list[str]:
    if rows.tenant_id is not None:
        return [rows.tenant_id]
    with engine.connect() as connection:
        return tenant_ids(connection, tables.alarms, tables.tenants)


class _Facts:
    """What the tables of tenants and of windows say, where there are such tables."""

    def __init__(self, engine: Engine, tables: MappedTables) -> None:
        inspector = inspect(engine)
        has_tenants = inspector.has_table(tables.tenants.table, schema=tables.tenants.schema)
        has_windows = inspector.has_table(tables.maintenance.table, schema=tables.maintenance.schema)
        self._tenants = SQLAlchemyTenantSource(engine, tables.tenants) if has_tenants else None
        self._windows = SQLAlchemyMaintenanceSource(engine, tables.maintenance) if has_windows else None

    def terms(self, tenant_id: str) -> TenantFacts:
        """Return the zone and the activation of a tenant."""
        row = None if self._tenants is None else self._tenants.fetch(tenant_id)
        return TenantFacts() if row is None else TenantFacts(zone=row.zone or None, created=row.monitored_since)

    def maintenance(self, tenant_id: str, evaluation: Evaluation) -> tuple[Any, ...]:
        """Return the windows of a tenant that may matter to its range."""
        if self._windows is None:
            return ()
        arguments = EvaluationArguments(**evaluation.keywords(tenant_id))
        margin_us = arguments.policy.margin_us
        first_us = max(MIN_US, arguments.start_us - _WINDOWS_BEFORE_US - margin_us)
        return self._windows.fetch(tenant_id, first_us, arguments.end_us + margin_us)


def _alarms(
    source: SQLAlchemyAlarmSource, tenant_id: str, evaluation: Evaluation, row_ids: Collection[str]
) -> AlarmBatch:
    """Return the alarms of a tenant that its range needs, and those with some ids, of any time."""
    arguments = EvaluationArguments(**evaluation.keywords(tenant_id))
    first_us = arguments.rows_needed_from_us(arguments.start_us)
    last_us = arguments.end_us + arguments.policy.margin_us
    fetch = source.fetch_with_ancestors if arguments.needs_ancestors else source.fetch_details
    batch = fetch(tenant_id, first_us, last_us, arguments.policy.qualifying)
    if row_ids:
        # A correction may move a row into the range, or make it qualify.
        batch = with_rows_found(batch, source.fetch_by_ids(tenant_id, row_ids), row_ids)
    rejected = tuple(replace(row, columns={**row.columns, TENANT_COLUMN: tenant_id}) for row in batch.rejected)
    tenants = (tenant_id,) * len(batch)
    return replace(batch, columns={**batch.columns, TENANT_COLUMN: tenants}, rejected=rejected)
