"""The gate of alarm rows: finds every bad row, raises them together or sets them aside."""
################################################################
# A bad row contradicts itself: no instant where one is needed, cleared before
# raised by more than the clock skew, a severity that does not exist, a value
# that cannot be compared, one id with two contents. All faults are collected
# before anything happens.
# on_invalid="raise" raises them together; "quarantine" sets the rows aside.
# Nothing is dropped silently. Within the clock skew a reversed row has length 0.
# Copies of a row, the same id with the same content, are one alarm; of two
# contents under one id neither can be believed, so both are bad. A row that is
# bad for another reason has another content than a good one.
#
# An alarm lasts until cleared_at, else resolved_at, else, where its status says
# cleared or resolved, last_occurrence (marked as assumed), else it is active.
################################################################

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from operator import gt
from typing import Any, Final, Literal

from sla_compliance.alarms import Alarm, Severity, severity_of
from sla_compliance.errors import (
    InvalidAlarmError,
    InvalidAlarmsError,
    InvalidIntervalError,
    InvalidTypeError,
    InvalidValueError,
    SLAComplianceError,
    shown,
)
from sla_compliance.units import MAX_US, MIN_US, checked_instant_us, instant_us, length_text, length_us

OnInvalid = Literal["raise", "quarantine"]
Column = tuple[Any, ...]

STILL_ACTIVE_US: Final = 2**62
"""The end of an alarm that is still active, inside the library; None at the public door."""

_SEVERITIES: Final = {severity.value: severity for severity in Severity}
_END_COLUMNS: Final = ("cleared_at", "resolved_at", "last_occurrence")
ENDED_STATUSES: Final = frozenset({"cleared", "resolved"})
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


class Gate:
    """The faults found so far in one input, and what to do about them."""

    def __init__(self, on_invalid: OnInvalid, clock_skew: timedelta, row_names: Sequence[str] | None = None) -> None:
        if on_invalid not in ("raise", "quarantine"):
            raise InvalidValueError(
                f"on_invalid is {shown(on_invalid)}; give 'raise' or 'quarantine'", field="on_invalid"
            )
        self.on_invalid = on_invalid
        self.skew_us = length_us(clock_skew, field="clock_skew")
        self.row_names = row_names
        self.faults: dict[int, list[InvalidAlarmError]] = defaultdict(list)
        self.unreadable: set[tuple[int, str]] = set()
        """Row and column of what is no instant, and so stands as a placeholder."""

    def field(self, row: int, column: str) -> str:
        """Return what to call a value in a message, e.g. "alarms[17].cleared_at"."""
        return f"alarms[{row}].{column}" if self.row_names is None else f"{self.row_names[row]} {column}"

    def found(self, row: int, message: str, column: str) -> None:
        """Remember a fault."""
        self.faults[row].append(InvalidAlarmError(message, field=self.field(row, column), row=row))

    def alarm(self, row: int, value: object) -> Alarm | None:
        """Return `value` if it is an Alarm; else remember the fault."""
        if isinstance(value, Alarm):
            return value
        self.unreadable.add((row, "first_occurrence"))
        self.faults[row].append(
            InvalidAlarmError(f"alarms[{row}] is {shown(value)}; give an Alarm", field=f"alarms[{row}]", row=row)
        )
        return None

    def instant(self, row: int, value: object, column: str) -> int | None:
        """Return a datetime's instant; else remember the fault and return a placeholder."""
        if value is None and column != "first_occurrence":
            return None
        return self._checked(row, value, column, instant_us)

    def check_instants(self, column: list[Any], name: str, *, allows_none: bool) -> None:
        """Find what is no instant in a column, and put placeholders there."""
        allowed = {int, type(None)} if allows_none else {int}
        known = [value for value in column if value is not None] if None in column else column
        if set(map(type, column)) <= allowed and (not known or (min(known) >= MIN_US and max(known) <= MAX_US)):
            return
        for row, value in enumerate(column):
            if value is not None or not allows_none:
                column[row] = self._checked(row, value, name, _integer_instant_us)

    def _checked(self, row: int, value: object, column: str, check: Callable[..., int]) -> int:
        try:
            return check(value, field=self.field(row, column))
        except SLAComplianceError as error:
            self.found(row, str(error), column)
            self.unreadable.add((row, column))
            return _PLACEHOLDER_US

    def hashable(self, column: Column, name: str) -> Column:
        """Return a descriptive column; what cannot be compared or be a key is a fault and becomes None."""
        try:
            set(column)
        except TypeError:
            return tuple(self._hashable(row, value, name) for row, value in enumerate(column))
        return column

    def _hashable(self, row: int, value: object, name: str) -> object:
        try:
            hash(value)
        except TypeError:
            self.found(row, f"{self.field(row, name)} is {shown(value)}; give text", name)
            return None
        return value

    def severities(self, texts: Column) -> Column:
        """Return a column of severities; a value that names none is a fault."""
        if set(map(type, texts)) <= {str, Severity}:
            named = {text: _SEVERITIES.get(text.lower()) for text in set(texts)}
            if None not in named.values():
                return tuple(map(named.__getitem__, texts))
        return tuple(self._severity(row, text) for row, text in enumerate(texts))

    def _severity(self, row: int, text: object) -> str | None:
        try:
            return severity_of(text, field=self.field(row, "severity"))
        except SLAComplianceError as error:
            self.found(row, str(error), "severity")
            return text if isinstance(text, str) else None

    def check_order(self, starts: Sequence[int], ends: list[int], instants: Mapping[str, Sequence[Any]]) -> None:
        """Find the rows that end before they start; within the clock skew they get length 0.

        Args:
            instants: the columns that the ends were taken from, by name.
        """
        if not any(map(gt, starts, ends)):
            return
        for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if start <= end or row in self.faults:
                continue
            if start - end > self.skew_us:
                name = next(name for name in _END_COLUMNS if name in instants and instants[name][row] == end)
                where = self.field(row, name)
                self.found(row, f"{where} lies {length_text(start - end)} before first_occurrence; mend the row", name)
            ends[row] = start

    def check_identities(self, ids: Column, contents: Sequence[Sequence[Any]]) -> set[int]:
        """Find ids with two contents; return the rows that only repeat an earlier one."""
        often = {key for key, count in Counter(ids).items() if count > 1 and key is not None}
        rows_of: dict[Hashable, list[int]] = defaultdict(list)
        for row, key in enumerate(ids):
            if key in often:
                rows_of[key].append(row)
        copies: set[int] = set()
        for key, rows in rows_of.items():
            if len({repr([row in self.faults, *(column[row] for column in contents)]) for row in rows}) == 1:
                copies.update(rows[1:])
                continue
            for row in rows:
                where = self.field(row, "id")
                self.found(row, f"{where} is {shown(key)}, which other rows with another content have too", "id")
        return copies

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
            is_start_readable = (row, "first_occurrence") not in self.unreadable
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


def _integer_instant_us(value: object, *, field: str) -> int:
    if type(value) is not int:
        raise InvalidTypeError(f"{field} is {shown(value)}; give microseconds since 1970 as an int", field=field)
    return checked_instant_us(value, field=field)


def listed(values: object, field: str, wanted: str = "a list with a value for each row") -> list[Any]:
    """Return several values as a list.

    Raises:
        InvalidTypeError: it is not several values; a text is one, a mapping is none.
    """
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise InvalidTypeError(f"{field} is {shown(values)}; give {wanted}", field=field)
    return list(values)


def check_lengths(columns: Mapping[str, Sequence[Any]]) -> None:
    """Check that columns belong together.

    Raises:
        InvalidIntervalError: they differ in length.
    """
    (first, values), *others = columns.items()
    for name, column in others:
        if len(column) != len(values):
            raise InvalidIntervalError(
                f"{name} has {len(column)} rows and {first} {len(values)}; give every row a value or None", field=name
            )


def resolved_ends(
    cleared: Sequence[int | None],
    resolved: Sequence[int | None] | None,
    last_seen: Sequence[int | None] | None,
    statuses: Sequence[str | None] | None,
) -> tuple[list[int], tuple[bool, ...] | None]:
    """Return each row's end by the rule above, and where it is assumed (None: nowhere)."""
    if None not in cleared:
        return list(cleared), None  # type: ignore[arg-type]
    nothing: Iterable[None] = (None,) * len(cleared)
    ends, assumed = [], []
    for end, resolution, seen, status in zip(
        cleared, resolved or nothing, last_seen or nothing, statuses or nothing, strict=True
    ):
        known = end if end is not None else resolution
        is_over = known is None and seen is not None and isinstance(status, str) and status.lower() in ENDED_STATUSES
        ends.append(seen if is_over else STILL_ACTIVE_US if known is None else known)
        assumed.append(is_over)
    return ends, tuple(assumed) if any(assumed) else None  # type: ignore[return-value]
