"""Doctor: what of an input a figure rests on that may be otherwise, and what would settle it."""
################################################################
# A finding names a kind of row or window, how many there are, and the time at stake:
# by how much the counted downtime of two evaluations of the whole window differs, in
# microseconds. What is compared:
#
#     alarms open, or unseen for 7 days     as recorded / ended when last seen, else at
#                                           their start
#     unseen and ended by `stale_after`     as recorded / to as_of
#     over without a time                   ended when last seen / at the latest bound
#     rows set aside, unknown severities    none of them / all as long as they may last
#     rows of one id that disagree          what all of them say / their union
#     severities overwritten by `cleared`   no outage / an outage
#     raised on 1970-01-01                  as recorded / left out
#     rows outside the inventory, no key    as recorded / left out
#     windows for all alarms                as given / left out
#     windows announced late                accepted / refused
#     windows for values that no row has    nothing: what never failed has no row
#     time before the first row             up / unknown (counted time, not downtime)
#
# Where no evaluation could differ, a finding says why in place of the time.
################################################################

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Final, Unpack

from sla_compliance.analysis.comparison import Comparison
from sla_compliance.analysis.findings import Finding, in_order_of_stake
from sla_compliance.analysis.row_examination import ends_in_doubt, odd_rows, open_alarms, rows_set_aside, shared_ids
from sla_compliance.analysis.target_examination import target_findings
from sla_compliance.analysis.term_examination import (
    assumption_findings,
    history_findings,
    key_findings,
    window_findings,
)
from sla_compliance.checks import listed_keys
from sla_compliance.corrections import Correction
from sla_compliance.evaluation import EvaluationArguments, EvaluationKeywords
from sla_compliance.inventory import Inventory
from sla_compliance.rows.inputs import Alarms, evaluated_batch
from sla_compliance.validation import OnInvalid

_DEFAULT_KEY: Final = "resource_id"


def doctor(
    alarms: Alarms,
    *,
    by: str | None = None,
    inventory: Inventory | Iterable[Hashable] | None = None,
    corrections: Iterable[Correction] = (),
    on_invalid: OnInvalid = "raise",
    **arguments: Unpack[EvaluationKeywords],
) -> tuple[Finding, ...]:
    """Return what a figure of these alarms rests on that may be otherwise, the most time at stake first.

    Args:
        by: the column of the keys, for rows that name none; with an inventory, by default `resource_id`.
        inventory: the keys that there are, for rows of others.
        alarms, corrections, on_invalid, arguments: as `evaluate`. Rows that quarantine sets aside are findings.

    Raises:
        InvalidValueError: the alarms carry no column `by`. Others as `evaluate`.

    Cost: an evaluation or two for each kind of finding that there is.

    >>> import datetime as dt
    >>> from sla_compliance import Alarm
    >>> day, now = dt.datetime(2025, 10, 1, tzinfo=dt.UTC), dt.datetime(2025, 11, 1, tzinfo=dt.UTC)
    >>> findings = doctor([Alarm(day, id="7")], start=day, end=now, zone="UTC", as_of=now)
    >>> findings[0].code, findings[0].rows, findings[0].at_stake_minutes, findings[0].keyword
    (<FindingCode.UNSEEN: 'UNSEEN'>, 1, 44640, 'corrections')
    """
    checked = EvaluationArguments(**arguments)
    if inventory is not None and not isinstance(inventory, Inventory):
        inventory = listed_keys(inventory, "inventory")
    known_keys = _known_keys(inventory)
    batch = evaluated_batch(alarms, on_invalid, corrections)
    comparison = Comparison(checked, batch)
    findings = [
        *open_alarms(comparison),
        *ends_in_doubt(comparison),
        *shared_ids(comparison),
        *rows_set_aside(comparison),
        *odd_rows(comparison),
        *window_findings(comparison),
        *target_findings(comparison, by or _DEFAULT_KEY, known_keys),
        *history_findings(comparison),
        *assumption_findings(comparison),
    ]
    if inventory is not None or by is not None:
        column = by or _DEFAULT_KEY
        batch.key_column(column)  # an unknown column is an error
        findings += key_findings(comparison, column, inventory, known_keys)
    return in_order_of_stake(findings)


def _known_keys(inventory: Inventory | Sequence[Hashable] | None) -> set[str]:
    """Return the keys of an inventory, as text."""
    if inventory is None:
        return set()
    keys = [unit.key for unit in inventory.units] if isinstance(inventory, Inventory) else inventory
    return set(map(str, keys))
