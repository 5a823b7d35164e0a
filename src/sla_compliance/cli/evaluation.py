"""Reports of alarms by what was agreed: all together and of each key, their notes and the exit code."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.certainty import INPUT_DOUBTS_IN_WORDS
from sla_compliance.cli.agreed_evaluation import Evaluation
from sla_compliance.cli.keyed_evaluation import KeyedEvaluation
from sla_compliance.compliance import evaluate
from sla_compliance.errors import shown
from sla_compliance.inventory import Inventory
from sla_compliance.measured import FactCode
from sla_compliance.outlets.outcome_levels import OutcomeLevel
from sla_compliance.outlets.text import counted, doubt_sentences, is_confirmed, total_verdict
from sla_compliance.quality import lines_of
from sla_compliance.readings import Unkeyed
from sla_compliance.records import Verdict
from sla_compliance.report import ComplianceReport
from sla_compliance.units import moment

BREACHED: Final = 1
NOT_CONFIRMED: Final = 3

# In percent: 0.999 was meant as a share, or is a target that nothing breaches.
_LEAST_LIKELY_TARGET: Final = 1
_MOST_KEYS_NAMED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What of the report of a key decides about the command, and stands in an index.

    Attributes:
        key: None: of rows without a value, or of all rows.
        title: what an inventory calls it.
        availability_percentage: as the wire format has it.
        verdict: on record.
        is_record_confirmed: whether no doubt about the rows could change it.
        is_confirmed: whether the input as a whole allows a verdict, too.
        target_percentage: what was promised.
        rank: sorts the worst first, those without a figure last.
    """

    key: Hashable
    title: str | None
    availability_percentage: float | None
    verdict: Verdict
    is_record_confirmed: bool
    is_confirmed: bool
    target_percentage: float
    rank: tuple[bool, object, int, str]

    @classmethod
    def of(cls, key: Hashable, report: ComplianceReport, whole: ComplianceReport) -> Outcome:
        """Return the outcome of a report; it holds nothing of the report itself."""
        total = report.total
        return cls(
            key=key,
            title=report.title,
            availability_percentage=total.compliance_percentage,
            verdict=total.verdict,
            is_record_confirmed=total.is_confirmed,
            is_confirmed=is_confirmed(whole, total),
            target_percentage=total.target_percentage,
            rank=_rank(key, report),
        )


def exit_code_of(outcomes: Iterable[Outcome], whole: ComplianceReport, fail_on: OutcomeLevel) -> int:
    """Return the exit code of the worst of some reports: 1, then 3, then 0.

    Args:
        whole: of all alarms together.
        fail_on: the mildest outcome that is a failure.
    """
    judged = list(outcomes)
    if any(outcome.verdict is Verdict.BREACHED for outcome in judged):
        return BREACHED
    if whole.doubt_of_input is not None and fail_on is not OutcomeLevel.BREACHED:
        return NOT_CONFIRMED
    failures = [fail_on.includes(outcome.verdict, is_confirmed=outcome.is_record_confirmed) for outcome in judged]
    return NOT_CONFIRMED if any(failures) else 0


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
    def outcomes(self) -> list[Outcome]:
        """What is judged: the report of each key, where there are keys."""
        if self.by_key is None:
            return [Outcome.of(None, self.whole, self.whole)]
        return [Outcome.of(key, report, self.whole) for key, report in self.by_key.items()]

    def exit_code(self, fail_on: OutcomeLevel) -> int:
        """Return the exit code of the command; arguments as `exit_code_of`."""
        return exit_code_of(self.outcomes, self.whole, fail_on)


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
    outcomes = result.outcomes
    if result.by_key is not None:
        return [*notes_on_rows(result.whole, outcomes), *notes_on_keys(outcomes, inventory)]
    notes = notes_on_rows(result.whole, outcomes)
    if not result.whole.is_confirmed:
        doubts = "; ".join(doubt_sentences(result.whole)) or "nothing is known of this time"
        notes.append(f"{total_verdict(result.whole)}: {doubts}")
    return notes


def notes_on_rows(whole: ComplianceReport, outcomes: Iterable[Outcome]) -> list[str]:
    """Return what was set aside and assumed, and which target was probably meant as a share."""
    notes = [*lines_of(fact for fact in whole.quality.facts if fact.code in _NOTED)]
    if whole.doubt_of_input is not None:
        notes.append(INPUT_DOUBTS_IN_WORDS[whole.doubt_of_input])
    elif _is_of_another_time(whole):
        raised_us = whole.batch.starts_us
        first, last = (moment(instant_us).date() for instant_us in (min(raised_us), max(raised_us)))
        notes.append(
            f"no alarm of the files reaches into the period, they are of {first} to {last}; is the export whole?"
        )
    targets = {outcome.target_percentage for outcome in outcomes}
    small_targets = sorted(target for target in targets if 0 < target <= _LEAST_LIKELY_TARGET)
    sentence = "the target is {:.15g} %; where a share was meant, write {:.15g}"
    return notes + [sentence.format(target, target * 100) for target in small_targets]


def notes_on_keys(outcomes: Sequence[Outcome], inventory: Inventory | None) -> list[str]:
    """Return which keys the inventory does not have, and how many verdicts are not confirmed."""
    notes: list[str] = []
    if inventory is not None:
        notes += _notes_on_other_keys([outcome.key for outcome in outcomes], inventory)
    unconfirmed = sum(not outcome.is_record_confirmed for outcome in outcomes)
    if unconfirmed:
        notes.append(f"{unconfirmed:,} of {counted(len(outcomes), 'verdict')} not confirmed")
    return notes


def _notes_on_other_keys(keys: Iterable[Hashable], inventory: Inventory) -> list[str]:
    """Return a sentence on keys of rows that the inventory does not have: one of its own may be spelt otherwise."""
    inventory_keys = {str(unit.key) for unit in inventory.units}
    other_keys = sorted({str(key) for key in keys if key is not None} - inventory_keys)
    if not other_keys:
        return []
    listed = ", ".join(map(shown, other_keys[:_MOST_KEYS_NAMED]))
    unnamed = len(other_keys) - _MOST_KEYS_NAMED
    more = f" and {unnamed:,} more" if unnamed > 0 else ""
    return [f"{counted(len(other_keys), 'key')} of the rows not in the inventory: {listed}{more}"]


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
    whole = evaluate(batch, **evaluation.keywords(tenant_id))
    if column is None:
        return ReportResult(whole, None)
    keyed = KeyedEvaluation.of(batch, column, evaluation, tenant_id, unkeyed=unkeyed, inventory=inventory)
    reports = dict(keyed.each_report())
    worst_first = sorted(reports, key=lambda key: _rank(key, reports[key]))
    return ReportResult(whole, {key: reports[key] for key in worst_first})


def _rank(key: Hashable, report: ComplianceReport) -> tuple[bool, object, int, str]:
    """Return what sorts the worst report first, those without a figure last; the key's text decides between equals."""
    ratio = report.total.availability_ratio
    return ratio is None, ratio or 0, -report.total.downtime_us, str(key)
