"""Reports of alarms by what was agreed: all together and of each key, their notes and the exit code."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.certainty import INPUT_DOUBTS_IN_WORDS
from sla_compliance.cli.agreed_evaluation import Evaluation
from sla_compliance.cli.messages import named_by_option
from sla_compliance.compliance import evaluate, evaluate_each
from sla_compliance.errors import shown
from sla_compliance.intervals import NEVER
from sla_compliance.inventory import Inventory
from sla_compliance.measured import FactCode
from sla_compliance.outlets.text import counted, doubt_sentences, total_verdict
from sla_compliance.quality import lines_of
from sla_compliance.readings import Unkeyed
from sla_compliance.records import Verdict
from sla_compliance.report import ComplianceReport
from sla_compliance.sources.files import TENANT_COLUMN
from sla_compliance.units import moment

BREACHED: Final = 1
NOT_CONFIRMED: Final = 3

# In percent: 0.999 was meant as a share, or is a target that nothing breaches.
_LEAST_LIKELY_TARGET: Final = 1
_MOST_KEYS_NAMED: Final = 5


class FailOn(StrEnum):
    """The mildest outcome that is no success; each includes those above it."""

    BREACHED = "breached"
    UNCONFIRMED = "unconfirmed"
    AT_RISK = "at-risk"


@dataclass(frozen=True, slots=True)
class ReportResult:
    """The reports of one command.

    Attributes:
        whole: of all alarms together.
        by_key: of each value of the column of `--each`, the worst first; None without `--each`.
    """

    whole: ComplianceReport
    by_key: Mapping[Hashable, ComplianceReport] | None

    def worst(self, number: int | None) -> ReportResult:
        """Return the result with the worst keys alone, so many of them; None: with all."""
        if self.by_key is None or number is None:
            return self
        return ReportResult(self.whole, dict(islice(self.by_key.items(), number)))

    @property
    def reports(self) -> Sequence[ComplianceReport]:
        """The reports that are judged: of each key, where there are keys."""
        return (self.whole,) if self.by_key is None else tuple(self.by_key.values())

    def exit_code(self, fail_on: FailOn) -> int:
        """Return the exit code of the command, by the worst of the reports: 1, then 3, then 0.

        Args:
            fail_on: the mildest outcome that is a failure.
        """
        totals = [report.total for report in self.reports]
        if any(total.is_breached for total in totals):
            return BREACHED
        is_unconfirmed = any(not total.is_confirmed for total in totals) or self.whole.doubt_of_input is not None
        if is_unconfirmed and fail_on is not FailOn.BREACHED:
            return NOT_CONFIRMED
        is_at_risk = any(total.verdict is Verdict.AT_RISK for total in totals)
        return NOT_CONFIRMED if is_at_risk and fail_on is FailOn.AT_RISK else 0


# What a reader of any format must know: which rows are missing from the figures, what was assumed of others, and what
# people changed.
_NOTED: Final = frozenset(
    {
        FactCode.ASSUMPTION,
        FactCode.BAD_ROW,
        FactCode.ASSUMED_END,
        FactCode.CLAMPED_SHARE,
        FactCode.CORRECTED,
        FactCode.UNUSED_CORRECTION,
    }
)


def notes_of(result: ReportResult, inventory: Inventory | None = None) -> list[str]:
    """Return what was set aside and assumed, a sentence for each kind, and why verdicts are not confirmed.

    Args:
        inventory: what there is; a key that it does not have is noted.
    """
    whole = result.whole
    notes = [*lines_of(fact for fact in whole.quality.facts if fact.code in _NOTED)]
    if whole.doubt_of_input is not None:
        notes.append(INPUT_DOUBTS_IN_WORDS[whole.doubt_of_input])
    elif _is_of_another_time(whole):
        raised_us = whole.batch.starts_us
        first, last = (moment(instant_us).date() for instant_us in (min(raised_us), max(raised_us)))
        notes.append(
            f"no alarm of the files reaches into the period, they are of {first} to {last}; is the export whole?"
        )
    notes += _notes_on_targets(result)
    if inventory is not None:
        notes += _notes_on_other_keys(result, inventory)
    if result.by_key is not None:
        unconfirmed = sum(not report.is_confirmed for report in result.by_key.values())
        if unconfirmed:
            notes.append(f"{unconfirmed:,} of {counted(len(result.by_key), 'verdict')} not confirmed")
    elif not whole.is_confirmed:
        doubts = "; ".join(doubt_sentences(whole)) or "nothing is known of this time"
        notes.append(f"{total_verdict(whole)}: {doubts}")
    return notes


def _notes_on_other_keys(result: ReportResult, inventory: Inventory) -> list[str]:
    """Return a sentence on keys of rows that the inventory does not have: one of its own may be spelt otherwise."""
    inventory_keys = {str(unit.key) for unit in inventory.units}
    other_keys = sorted({str(key) for key in result.by_key or () if key is not None} - inventory_keys)
    if not other_keys:
        return []
    listed = ", ".join(map(shown, other_keys[:_MOST_KEYS_NAMED]))
    unnamed = len(other_keys) - _MOST_KEYS_NAMED
    more = f" and {unnamed:,} more" if unnamed > 0 else ""
    return [f"{counted(len(other_keys), 'key')} of the rows not in the inventory: {listed}{more}"]


def _notes_on_targets(result: ReportResult) -> list[str]:
    """Return a sentence for each target that was probably meant as a share."""
    targets = {report.total.target_percentage for report in result.reports}
    small_targets = sorted(target for target in targets if 0 < target <= _LEAST_LIKELY_TARGET)
    sentence = "the target is {:.15g} %; where a share was meant, write {:.15g}"
    return [sentence.format(target, target * 100) for target in small_targets]


def _is_of_another_time(whole: ComplianceReport) -> bool:
    """Return whether rows of alarms were read and none of them, a bad one neither, can be of the period.

    A log of state changes has rows that are no alarms: it says itself which time it observed.
    """
    batch = whole.batch
    if not len(batch) or batch.rejected or batch.monitored is not None:
        return False
    spans = zip(batch.starts_us, batch.ends_us, strict=True)
    start_us, end_us = whole.total.start_us, whole.total.end_us
    return not any(raised_us < end_us and cleared_us > start_us for raised_us, cleared_us in spans)


def make_reports(
    batch: AlarmBatch,
    column: str | None,
    evaluation: Evaluation,
    tenant_id: str | None,
    *,
    unkeyed: Unkeyed = "doubt",
    inventory: Inventory | None = None,
) -> ReportResult:
    """Return the report of all alarms and, where a column is named, those of its values.

    Args:
        tenant_id: whose the alarms are; None: it does not matter.
        unkeyed: whose the rows without a value of the column are.
        inventory: the values that have a report even without a row, and what is agreed for each.
    """
    arguments = evaluation.keywords(tenant_id)
    whole = evaluate(batch, **arguments)
    if column is None:
        return ReportResult(whole, None)
    with named_by_option(by="--each"):
        has_own_terms = evaluation.settings.tenants or evaluation.tenants is not None
        if column == TENANT_COLUMN and inventory is None and has_own_terms:
            reports = _reports_of_tenants(batch, evaluation)
        else:
            reports = evaluate_each(batch, by=column, inventory=inventory, unkeyed=unkeyed, **arguments)
    worst_first = sorted(reports, key=lambda key: _rank(key, reports[key]))
    return ReportResult(whole, {key: reports[key] for key in worst_first})


def _reports_of_tenants(batch: AlarmBatch, evaluation: Evaluation) -> dict[Hashable, ComplianceReport]:
    """Return the report of each tenant, by what the contract file and the database say of it."""
    # A tenant of a log that never failed has a report too; its state is known when its own rows say it.
    observed_by_tenant = batch.monitored_by.get(TENANT_COLUMN)
    without_rows = replace(batch.take(()), rejected=())
    batches: dict[Hashable, AlarmBatch] = dict.fromkeys(evaluation.tenants or (), AlarmBatch())
    batches |= dict.fromkeys(observed_by_tenant or (), without_rows)
    batches |= batch.by(TENANT_COLUMN)
    reports: dict[Hashable, ComplianceReport] = {}
    for key, tenant_batch in batches.items():
        alarms = tenant_batch
        if observed_by_tenant is not None:
            alarms = replace(tenant_batch, monitored=observed_by_tenant.get(str(key), NEVER))
        reports[key] = evaluate(alarms, **evaluation.keywords(None if key is None else str(key)))
    return reports


def _rank(key: Hashable, report: ComplianceReport) -> tuple[bool, object, int, str]:
    """Return what sorts the worst report first, those without a figure last; the key's text decides between equals."""
    ratio = report.total.availability_ratio
    return ratio is None, ratio or 0, -report.total.downtime_us, str(key)
