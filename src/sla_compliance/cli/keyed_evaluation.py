"""Reports of the keys of a column, each made when it is asked for, so that thousands need no more memory than one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace

from sla_compliance.batch import AlarmBatch
from sla_compliance.cli.agreed_evaluation import Evaluation
from sla_compliance.cli.messages import named_by_option
from sla_compliance.compliance import evaluate
from sla_compliance.evaluation import EvaluationArguments, EvaluationKeywords
from sla_compliance.intervals import NEVER
from sla_compliance.inventory import Inventory
from sla_compliance.readings import Unkeyed
from sla_compliance.report import ComplianceReport
from sla_compliance.sources.files import TENANT_COLUMN

KeyedReport = tuple[Hashable, ComplianceReport]


@dataclass(frozen=True, slots=True)
class KeyedEvaluation:
    """The reports of the keys of a column.

    Attributes:
        keys: all that have a report; None is that of rows without a value.
        keyless_rows: the rows without a value, where it is not agreed whose they are; None: there are none, or it is.
        arguments: by which rows without a value are evaluated.
        each_report: returns an iterator of each key and its report, in the order of `keys`.
    """

    keys: tuple[Hashable, ...]
    keyless_rows: AlarmBatch | None
    arguments: EvaluationKeywords
    each_report: Callable[[], Iterator[KeyedReport]]

    @classmethod
    def of(
        cls,
        batch: AlarmBatch,
        column: str,
        evaluation: Evaluation,
        tenant_id: str | None,
        *,
        unkeyed: Unkeyed,
        inventory: Inventory | None,
    ) -> KeyedEvaluation:
        """Return the reports of the values of a column; arguments as `make_reports`.

        Raises:
            SLAComplianceError: the rows have no such column, or its values are no keys; it is named as --each.
        """
        arguments = evaluation.keywords(tenant_id)
        has_own_terms = evaluation.settings.tenants or evaluation.tenants is not None
        with named_by_option(by="--each"):
            if column == TENANT_COLUMN and inventory is None and has_own_terms:
                return _of_tenants(batch, evaluation, arguments, unkeyed)
            checked = EvaluationArguments(**arguments)
            keyed = checked.keyed_rows(batch, column, inventory)
        has_keyless = unkeyed == "doubt" and keyed.has_report_without_key
        keys = (*keyed.keys.values(), *((None,) if has_keyless else ()))
        return cls(
            keys,
            keyed.keyless_batch() if has_keyless else None,
            arguments,
            lambda: checked.each_report(keyed, unkeyed=unkeyed),
        )

    @property
    def has_downtime_without_key(self) -> bool:
        """Whether rows without a value hold downtime, excused or not, so that reports of keys lack it."""
        if self.keyless_rows is None:
            return False
        report = evaluate(self.keyless_rows, **self.arguments)
        return report.total.downtime_us > 0 or report.gross.downtime_us > 0


def _of_tenants(
    batch: AlarmBatch, evaluation: Evaluation, arguments: EvaluationKeywords, unkeyed: Unkeyed
) -> KeyedEvaluation:
    """Return the reports of tenants, by what the contract file and the database say of each."""
    batches = _batches_of_tenants(batch, evaluation)
    keyless_rows = batches.get(None)
    if unkeyed != "doubt":
        batches.pop(None, None)
    added_rows = keyless_rows if unkeyed == "everybody" else None

    def make() -> Iterator[KeyedReport]:
        observed_by_tenant = batch.monitored_by.get(TENANT_COLUMN)
        for key, tenant_batch in batches.items():
            alarms = tenant_batch
            if added_rows is not None:
                alarms = alarms.joined(added_rows) if alarms.rows_read else added_rows
            if observed_by_tenant is not None:
                alarms = replace(alarms, monitored=observed_by_tenant.get(str(key), NEVER))
            yield key, evaluate(alarms, **evaluation.keywords(None if key is None else str(key)))

    return KeyedEvaluation(tuple(batches), keyless_rows if unkeyed == "doubt" else None, arguments, make)


def _batches_of_tenants(batch: AlarmBatch, evaluation: Evaluation) -> dict[Hashable, AlarmBatch]:
    """Return the rows of each tenant; a tenant that the database or a log knows has an entry without rows too."""
    observed: Mapping[str, object] = batch.monitored_by.get(TENANT_COLUMN) or {}
    without_rows = replace(batch.take(()), rejected=())
    batches: dict[Hashable, AlarmBatch] = dict.fromkeys(evaluation.tenants or (), AlarmBatch())
    # A tenant of a log that never failed has a report too; its state is known when its own rows say it.
    batches |= dict.fromkeys(observed, without_rows)
    batches |= batch.by(TENANT_COLUMN)
    return batches
