"""Validation of alarm rows: finds every bad row, raises them together or sets them aside."""
################################################################
# A bad row contradicts itself: no instant where one is needed, cleared before
# raised by more than the clock skew, a severity that does not exist, a value
# that cannot be compared, one id with two contents. A value of a foreign type may
# raise anything when it is looked at: that is a fault of its row too. All faults
# are collected before anything happens.
# on_invalid="raise" raises them together; "quarantine" sets the rows aside.
# Nothing is dropped silently. Within the clock skew a reversed row has length 0.
# Copies of a row, the same id with the same content, are one alarm; of two
# contents under one id neither can be believed, so both are bad. A row that is
# bad for another reason has another content than a good one.
#
# An alarm lasts until cleared_at, else resolved_at, else, where its status says
# cleared or resolved, last_occurrence (marked as assumed), else it is active.
#
# Columns that are handed in are never changed: a check returns a new one.
################################################################

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from operator import gt
from typing import Any, Final, Literal

from sla_compliance.alarms import Alarm, Severity, severity_of
from sla_compliance.checks import wrong_type, wrong_value
from sla_compliance.errors import InvalidAlarmError, InvalidAlarmsError, SLAComplianceError, shown
from sla_compliance.units import MAX_US, MIN_US, checked_instant_us, instant_us, length_text, length_us

OnInvalid = Literal["raise", "quarantine"]
Column = tuple[Any, ...]

STILL_ACTIVE_US: Final = 2**62
"""The end of an alarm that is still active, inside the library; None at the public door."""

ENDED_STATUSES: Final = frozenset({"cleared", "resolved"})
NEEDED_INSTANT: Final = "first_occurrence"

_SEVERITIES: Final = {severity.value: severity for severity in Severity}
_END_COLUMNS: Final = ("cleared_at", "resolved_at", "last_occurrence")
_PLACEHOLDER_US: Final = 0  # stands for an instant of a bad row until the row is set aside


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A bad row that quarantine set aside.

    Attributes:
        row: its index in the input.
        reasons: what is wrong with it, one sentence each.
        columns: what it says otherwise, by column name.
        start_us: when it was raised; None where that cannot be read.
        end_us: when it was over, at its start where it says earlier; None while active and where it cannot be read.
    """

    row: int
    reasons: tuple[str, ...]
    columns: Mapping[str, object] = field(hash=False)
    start_us: int | None = None
    end_us: int | None = None


class RowValidation:
    """The faults of one input, and what to do about them."""

    def __init__(self, on_invalid: OnInvalid, clock_skew: timedelta, row_names: Sequence[str] | None = None) -> None:
        """Begin without faults.

        Raises:
            InvalidValueError, InvalidTypeError: an option is not one.
        """
        if on_invalid not in ("raise", "quarantine"):
            raise wrong_value(on_invalid, "on_invalid", "'raise' or 'quarantine'")
        self.on_invalid = on_invalid
        self.skew_us = length_us(clock_skew, field="clock_skew")
        self.row_names = row_names
        self.faults: dict[int, list[InvalidAlarmError]] = defaultdict(list)
        self.unreadable: set[tuple[int, str]] = set()
        """Row and column of what is no instant, and so stands as a placeholder."""

    def field(self, row: int, column: str) -> str:
        """Return what to call a value in a message, e.g. "alarms[17].cleared_at"."""
        return f"alarms[{row}].{column}" if self.row_names is None else f"{self.row_names[row]} {column}"

    def add_fault(self, row: int, message: str, column: str) -> None:
        """Add a fault of one value of a row."""
        self.faults[row].append(InvalidAlarmError(message, field=self.field(row, column), row=row))

    def alarm(self, row: int, value: object) -> Alarm | None:
        """Return `value` if it is an Alarm; else add a fault and return None."""
        if isinstance(value, Alarm):
            return value
        self.unreadable.add((row, "first_occurrence"))
        self.faults[row].append(
            InvalidAlarmError(f"alarms[{row}] is {shown(value)}; give an Alarm", field=f"alarms[{row}]", row=row)
        )
        return None

    def instant(self, row: int, value: object, column: str) -> int | None:
        """Return a datetime's instant, None for None; else add a fault and return a placeholder."""
        if value is None and column != NEEDED_INSTANT:
            return None
        return self._checked_instant(row, value, column, instant_us)

    def integer_instants(self, column: Sequence[Any], name: str) -> list[Any]:
        """Return a column of integer instants; a value that is none is a fault and becomes a placeholder."""
        allows_none = name != NEEDED_INSTANT
        if _are_integer_instants(column, allows_none=allows_none):
            return list(column)
        return [
            None if value is None and allows_none else self._checked_instant(row, value, name, _integer_instant_us)
            for row, value in enumerate(column)
        ]

    def _checked_instant(self, row: int, value: object, column: str, check: Callable[..., int]) -> int:
        try:
            return check(value, field=self.field(row, column))
        except SLAComplianceError as error:
            self.add_fault(row, str(error), column)
            self.unreadable.add((row, column))
            return _PLACEHOLDER_US

    def hashable(self, column: Column, name: str) -> Column:
        """Return a descriptive column; what cannot be compared or be a key is a fault and becomes None."""
        try:
            set(column)
        except Exception:
            return tuple(self._hashable(row, value, name) for row, value in enumerate(column))
        return column

    def _hashable(self, row: int, value: object, name: str) -> object:
        try:
            hash(value)
        except Exception:
            self.add_fault(row, f"{self.field(row, name)} is {shown(value)}; give text", name)
            return None
        return value

    def severities(self, texts: Column) -> Column:
        """Return a column of severities; a value that names none is a fault."""
        if set(map(type, texts)) <= {str, Severity}:
            severity_by_text = {text: _SEVERITIES.get(text.lower()) for text in set(texts)}
            if None not in severity_by_text.values():
                return tuple(map(severity_by_text.__getitem__, texts))
        return tuple(self._severity(row, text) for row, text in enumerate(texts))

    def _severity(self, row: int, text: object) -> str | None:
        try:
            return severity_of(text, field=self.field(row, "severity"))
        except SLAComplianceError as error:
            self.add_fault(row, str(error), "severity")
            return text if isinstance(text, str) else None

    def ordered_ends(
        self, starts: Sequence[int], ends: Sequence[int], instants: Mapping[str, Sequence[Any]]
    ) -> list[int]:
        """Return the ends, none before its start: a row reversed by more than the clock skew is a fault.

        Args:
            instants: the columns that the ends were taken from, by name.
        """
        ordered = list(ends)
        if not any(map(gt, starts, ends)):
            return ordered
        for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if start <= end or row in self.faults:
                continue
            if start - end > self.skew_us:
                name = next(name for name in _END_COLUMNS if name in instants and instants[name][row] == end)
                length = length_text(start - end)
                message = f"{self.field(row, name)} lies {length} before first_occurrence; mend the row"
                self.add_fault(row, message, name)
            ordered[row] = start
        return ordered

    def repeated_rows(self, ids: Column, contents: Sequence[Sequence[Any]]) -> set[int]:
        """Return the rows that only repeat an earlier one; rows of one id with two contents are faults.

        Args:
            ids: the identity of each row, None where it has none.
            contents: the columns that make up what a row says.
        """
        repeated_ids = {key for key, count in Counter(ids).items() if count > 1 and key is not None}
        rows_by_id: dict[Hashable, list[int]] = defaultdict(list)
        for row, key in enumerate(ids):
            if key in repeated_ids:
                rows_by_id[key].append(row)
        repeats: set[int] = set()
        for key, rows in rows_by_id.items():
            different = {(row in self.faults, *(column[row] for column in contents)) for row in rows}
            if len(different) == 1:
                repeats.update(rows[1:])
                continue
            for row in rows:
                message = f"{self.field(row, 'id')} is {shown(key)}, which other rows with another content have too"
                self.add_fault(row, message, "id")
        return repeats

    def set_aside(
        self, texts: Mapping[str, Column], starts_us: Sequence[int], ends_us: Sequence[int]
    ) -> tuple[RejectedRow, ...]:
        """Return the bad rows as rejected ones.

        Raises:
            InvalidAlarmsError: there are bad rows and they are not to be quarantined.
        """
        if self.faults and self.on_invalid == "raise":
            faults = [fault for row in sorted(self.faults) for fault in self.faults[row]]
            raise InvalidAlarmsError(
                f"{len(self.faults)} bad alarm rows, the first: {faults[0]}; mend them or pass on_invalid='quarantine'",
                faults,
            )
        rejected = []
        for row, faults in sorted(self.faults.items()):
            columns = {name: column[row] for name, column in texts.items()}
            is_start_readable = (row, NEEDED_INSTANT) not in self.unreadable
            is_end_readable = not any((row, name) in self.unreadable for name in _END_COLUMNS)
            is_over = is_end_readable and ends_us[row] != STILL_ACTIVE_US
            rejected.append(
                RejectedRow(
                    row,
                    tuple(map(str, faults)),
                    columns,
                    start_us=starts_us[row] if is_start_readable else None,
                    end_us=max(starts_us[row], ends_us[row]) if is_start_readable and is_over else None,
                )
            )
        return tuple(rejected)


def _are_integer_instants(column: Sequence[Any], *, allows_none: bool) -> bool:
    """Return whether a whole column is ints that every zone has a date for; two passes, no object per row."""
    kinds = set(map(type, column))
    if not kinds <= ({int, type(None)} if allows_none else {int}):
        return False
    instants = [value for value in column if value is not None] if type(None) in kinds else column
    return not instants or (min(instants) >= MIN_US and max(instants) <= MAX_US)


def _integer_instant_us(value: object, *, field: str) -> int:
    if type(value) is not int:
        raise wrong_type(value, field, "microseconds since 1970 as an int")
    return checked_instant_us(value, field=field)


def resolved_ends(
    cleared: Sequence[int | None],
    resolved: Sequence[int | None] | None,
    last_seen: Sequence[int | None] | None,
    statuses: Sequence[str | None] | None,
) -> tuple[list[int], tuple[bool, ...] | None]:
    """Return each row's end by the rule above, and where it is assumed (None: nowhere)."""
    if None not in cleared:
        return list(cleared), None  # type: ignore[arg-type]
    absent = (None,) * len(cleared)
    ends: list[int] = []
    is_assumed: list[bool] = []
    for cleared_us, resolved_us, seen_us, status in zip(
        cleared, resolved or absent, last_seen or absent, statuses or absent, strict=True
    ):
        end = cleared_us if cleared_us is not None else resolved_us
        says_over = isinstance(status, str) and status.lower() in ENDED_STATUSES
        ends_when_seen = end is None and seen_us is not None and says_over
        if ends_when_seen:
            end = seen_us
        ends.append(STILL_ACTIVE_US if end is None else end)
        is_assumed.append(ends_when_seen)
    return ends, tuple(is_assumed) if any(is_assumed) else None
