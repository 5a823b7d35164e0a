"""What the doctor looks for beside the rows themselves: keys, windows, history, what the reader assumed."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from sla_compliance.analysis.comparison import Comparison
from sla_compliance.analysis.findings import NAMES_OF_A_FINDING, Finding, FindingCode, counted_rows
from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow
from sla_compliance.contract import Pair
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US, IntervalSet
from sla_compliance.inventory import Inventory
from sla_compliance.keyed_rows import KeyedRows
from sla_compliance.units import moment


def key_findings(
    comparison: Comparison, by: str, inventory: Inventory | Sequence[Hashable] | None, known_keys: Collection[str]
) -> Iterator[Finding]:
    """Yield the findings of rows of keys that the inventory does not have, and of rows without a key.

    Args:
        by: the column of the keys.
        known_keys: those of the inventory, as text.
    """
    keyed = KeyedRows.of(comparison.qualifying, by, inventory)
    if inventory is not None:
        outside = [text for text in keyed.good.rows if text not in known_keys]
        rows = [row for text in outside for row in keyed.good.rows[text]]
        sentence = (
            f"{counted_rows(len(rows), 'row')} of {counted_rows(len(outside), 'key')} that the inventory does not have"
        )
        yield from _left_out(comparison, FindingCode.OUTSIDE_INVENTORY, sentence, rows, "inventory", outside)
    sentence = f"{counted_rows(len(keyed.good.keyless), 'row')} without a value of {by}"
    yield from _left_out(comparison, FindingCode.WITHOUT_KEY, sentence, keyed.good.keyless, "unkeyed", None)


def _left_out(
    comparison: Comparison,
    code: FindingCode,
    sentence: str,
    rows: Sequence[int],
    keyword: str,
    names: Sequence[str] | None,
) -> Iterator[Finding]:
    if rows:
        numbers = comparison.numbers_of(rows)
        yield Finding(
            code=code,
            sentence=sentence,
            rows=len(rows),
            at_stake_us=comparison.difference_us(comparison.without(numbers)),
            keyword=keyword,
            names=comparison.names_of(numbers) if names is None else tuple(names[:NAMES_OF_A_FINDING]),
        )


def window_findings(comparison: Comparison) -> Iterator[Finding]:
    """Yield the findings of windows that excuse all alarms, and of late ones."""
    arguments = comparison.arguments
    maintenance = [window for window in arguments.maintenance if not _is_targeted(window)]
    exclusions = [window for window in arguments.exclusions if not _is_targeted(window)]
    count = len(maintenance) + len(exclusions)
    if count:
        targeted_alone = replace(
            arguments,
            maintenance=[window for window in arguments.maintenance if _is_targeted(window)],
            exclusions=[window for window in arguments.exclusions if _is_targeted(window)],
        )
        yield Finding(
            code=FindingCode.UNTARGETED_WINDOW,
            sentence=f"{counted_rows(count, 'window')} for all alarms, whatever they are of",
            rows=count,
            at_stake_us=comparison.difference_under_us(targeted_alone),
            keyword="applies_to",
        )
    late = comparison.report.contract.late
    if late:
        policy = arguments.policy
        work = replace(policy.planned_work, notice=timedelta(0))
        names = dict.fromkeys(work.name for work in late)
        yield Finding(
            code=FindingCode.LATE_WINDOW,
            sentence=f"{counted_rows(len(late), 'window')} announced or entered after the start, accepted",
            rows=len(late),
            at_stake_us=comparison.difference_under_us(
                replace(arguments, policy=policy.with_changes(planned_work=work))
            ),
            keyword="planned_work",
            names=tuple(names)[:NAMES_OF_A_FINDING],
        )


def history_findings(comparison: Comparison) -> Iterator[Finding]:
    """Yield the finding of the time before the first row, unless it is said since when time is monitored."""
    arguments = comparison.arguments
    is_said = not arguments.contract.monitored or arguments.contract.monitored.starts_us[0] > ALWAYS_START_US
    rejected_starts_us = [row.start_us for row in comparison.batch.rejected if row.start_us is not None]
    first_us = min([*comparison.batch.starts_us, *rejected_starts_us], default=None)
    if is_said or (first_us is not None and first_us <= arguments.start_us):
        return
    if first_us is None:
        first_us, words = arguments.end_us, "no row at all"
    else:
        words = f"no row before {moment(first_us).replace(tzinfo=None).isoformat(' ', 'minutes')} UTC"
    monitored = IntervalSet((first_us,), (ALWAYS_END_US,))
    known = replace(arguments, monitored=monitored).report(comparison.batch)
    yield Finding(
        code=FindingCode.HISTORY,
        sentence=f"{words}, although the window begins earlier: that time counts as up",
        rows=0,
        at_stake_us=comparison.report.total.observed_us - known.total.observed_us,
        keyword="monitored",
    )


def assumption_findings(comparison: Comparison) -> Iterator[Finding]:
    """Yield what the reader of the rows assumed."""
    for sentence in comparison.batch.assumptions:
        yield Finding(
            code=FindingCode.ASSUMPTION,
            sentence=sentence,
            rows=len(comparison.batch),
            at_stake_us=None,
            reason="no minutes: the rows do not say it, and all figures rest on it",
            keyword="columns",
        )


def _is_targeted(window: MaintenanceWindow | Exclusion | Pair) -> bool:
    return isinstance(window, MaintenanceWindow | Exclusion) and window.targets is not None
