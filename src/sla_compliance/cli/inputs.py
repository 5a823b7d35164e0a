"""The rows that a command is about: those of files, or of a database."""

from __future__ import annotations

from sla_compliance.batch import AlarmBatch
from sla_compliance.cli.agreed_evaluation import Evaluation
from sla_compliance.cli.row_options import RowOptions
from sla_compliance.sources.files import TENANT_COLUMN


def read_rows(rows: RowOptions, evaluation: Evaluation, *, each: str | None) -> tuple[Evaluation, AlarmBatch]:
    """Return the rows, and the evaluation with what a database says of its tenants.

    Options are checked before rows are read.

    Args:
        each: the column of the keys; None: one report.

    Raises:
        SLAComplianceError: an option is wrong, or a file, or rows are bad.
        UsageError: an option is missing.
        BadInput: the database cannot be read.
    """
    if rows.database_url is None:
        evaluation.check(rows)
        return evaluation, rows.read(of_all_tenants=each == TENANT_COLUMN and rows.tenant_id is None)
    from sla_compliance.cli.database import read_database  # noqa: PLC0415 - needs SQLAlchemy, which files do not

    database = read_database(rows, evaluation)
    return database.evaluation, database.alarms
