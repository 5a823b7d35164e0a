"""What the doctor looks for in the targets of windows: values that no row has, and how rows spell what may be meant."""
################################################################
# Rows hold only what failed, so a window for a device that no row names may be right.
# It may be misspelt, too, and then it excuses nothing. Where no row has the column at
# all, data quality says so; here the column is there and the value is not. Keys of the
# inventory are known without a row.
################################################################

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Final

from sla_compliance.analysis.comparison import Comparison
from sla_compliance.analysis.findings import NAMES_OF_A_FINDING, Finding, FindingCode, counted_rows
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import ColumnNames, Exclusion, MaintenanceWindow
from sla_compliance.errors import shown

_ALMOST: Final = 0.7


def target_findings(comparison: Comparison, key_column: str, known_keys: Collection[str]) -> Iterator[Finding]:
    """Yield the finding of targeted windows and exclusions that name a value which no row has.

    Args:
        key_column: the column of the keys.
        known_keys: those of the inventory, as text.
    """
    arguments, batch = comparison.arguments, comparison.batch
    values_of_rows: dict[ColumnNames, set[tuple[str, ...]]] = {}
    # A dict as an ordered set: windows in the order in which they were given.
    missing: dict[tuple[ColumnNames, tuple[str, ...]], None] = {}
    window_count = 0
    for window in (*arguments.maintenance, *arguments.exclusions):
        targets = window.targets if isinstance(window, MaintenanceWindow | Exclusion) else None
        missing_of_window = []
        for columns, values in targets or ():
            if not batch.columns.keys() >= set(columns):
                continue
            if columns not in values_of_rows:
                values_of_rows[columns] = _values_of_rows(batch, columns)
                if columns == (key_column,):
                    values_of_rows[columns] |= {(key,) for key in known_keys}
            missing_of_window += [(columns, value) for value in values if value not in values_of_rows[columns]]
        window_count += bool(missing_of_window)
        missing |= dict.fromkeys(missing_of_window)
    if missing:
        first_missing = list(missing)[:NAMES_OF_A_FINDING]
        names = [_name(columns, value, values_of_rows[columns]) for columns, value in first_missing]
        windows, values_text = counted_rows(window_count, "window"), counted_rows(len(missing), "value")
        yield Finding(
            code=FindingCode.UNKNOWN_TARGET,
            sentence=f"{windows} for {values_text} that no row has",
            rows=window_count,
            at_stake_us=None,
            reason="no minutes: what never failed has no row, and what is misspelt excuses nothing",
            keyword="applies_to",
            names=tuple(names),
        )


def _values_of_rows(batch: AlarmBatch, columns: ColumnNames) -> set[tuple[str, ...]]:
    """Return the values that rows have in some columns, as text; those of rows set aside too."""
    of_rows = zip(*(batch.columns[column] for column in columns), strict=True)
    of_rejected_rows = (tuple(row.columns.get(column) for column in columns) for row in batch.rejected)
    values = {*of_rows, *of_rejected_rows}
    return {tuple(map(str, value)) for value in values if None not in value}


def _name(columns: ColumnNames, value: tuple[str, ...], values_of_rows: Collection[tuple[str, ...]]) -> str:
    """Return a value that no row has, and the nearest that one has, where there is a near one."""
    text = ", ".join(value)
    spelling_by_lower = {}
    for known_value in values_of_rows:
        known_text = ", ".join(known_value)
        spelling_by_lower[known_text.lower()] = known_text
    near = get_close_matches(text.lower(), sorted(spelling_by_lower), n=1, cutoff=_ALMOST)
    nearest = f" (a row has {shown(spelling_by_lower[near[0]])})" if near else ""
    return f"{', '.join(columns)} {shown(text)}{nearest}"
