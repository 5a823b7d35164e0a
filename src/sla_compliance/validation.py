"""Validation of alarm rows: finds every bad row, raises them together or sets them aside."""
################################################################
# A bad row contradicts itself: no instant where one is needed, cleared before
# raised by more than the clock skew, a severity that does not exist, a value
# that cannot be compared, or one of a foreign type that raises when it is read.
# All faults are collected before anything happens.
# on_invalid="raise" raises them together; "quarantine" sets the rows aside, with
# the start and end that could be read: what is set aside is doubt, not uptime.
# Nothing is dropped silently. Within the clock skew a reversed row has length 0.
#
# A wrong type is a programming error and raises InvalidTypeError in both modes: an
# element that is no Alarm, text or a float where an instant belongs.
#
# Absent is what columns.py calls so; in a column of what is to come (an end, an
# acknowledgement) also "not yet" (instant_columns.py). A start in year 1 is a fault.
#
# An alarm lasts until cleared_at, else resolved_at. Without either it is active,
# unless its status says that it is over (`says_over`). Such a row ends when it was
# last seen, and is bad where that lies before its start; without a last sight,
# identity.py and the policy say when it ends.
#
# Columns that are handed in are never changed.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import gt
from typing import Any, Final, Literal

from sla_compliance.alarms import ALARM_COLUMNS, DESCRIPTIVE_COLUMNS, SEVERITY_BY_NAME, Alarm, Severity, severity_of
from sla_compliance.checks import row_field, row_sequence, wrong_type, wrong_value
from sla_compliance.columns import TENANT_COLUMN, Column, has_empty_text, is_absent, is_empty, with_absent_as_none
from sla_compliance.errors import InvalidAlarmError, InvalidAlarmsError, InvalidTypeError, SLAComplianceError, shown
from sla_compliance.instant_columns import (
    YEAR_2_US,
    are_plain_integers,
    integer_instant_us,
    is_not_yet,
    plain_datetimes,
)
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.units import instant_us, length_text, length_us

OnInvalid = Literal["raise", "quarantine"]

STILL_ACTIVE_US: Final = 2**62
"""The end of an alarm that is still active, inside the library; None at the public door."""

OVER_STATUSES: Final = frozenset({"cleared", "resolved", "closed"})
NEEDED_INSTANT: Final = "first_occurrence"
COLUMN_NAMES: Final = tuple(column.name for column in ALARM_COLUMNS)
END_COLUMNS: Final = ("cleared_at", "resolved_at")
TO_COME_COLUMNS: Final = frozenset({*END_COLUMNS, "acknowledged_at"})
"""Columns in which the years 1 and 9999 say "not yet"."""

_PLACEHOLDER_US: Final = 0  # stands for an instant of a bad row until the row is set aside
_PLAIN_KEYS: Final = frozenset({str, int, Severity, type(None)})


@dataclass(frozen=True, slots=True)
class ClampedFigure:
    """A measured share of downtime that lay outside 0-100 and was clamped.

    Attributes:
        start_us: start of its time bucket.
        raw_percentage: the share as measured.
    """

    start_us: int
    raw_percentage: float


class RowValidation:
    """The faults of one input, and what to do about them."""

    def __init__(
        self,
        on_invalid: OnInvalid,
        clock_skew: timedelta,
        row_names: Sequence[str] | None = None,
        arguments: Mapping[str, str] | None = None,
        plain_columns: Collection[str] = (),
    ) -> None:
        """Begin without faults.

        Args:
            row_names: what each row is called in messages, e.g. "alarms.csv:17"; None: by its place.
            arguments: what each column was given as; None: the rows were given, not columns.
            plain_columns: columns that their reader has checked, as AlarmBatch.from_named_columns.

        Raises:
            InvalidValueError, InvalidTypeError: an option is not one.
        """
        if on_invalid not in ("raise", "quarantine"):
            raise wrong_value(on_invalid, "on_invalid", "'raise' or 'quarantine'")
        self.on_invalid = on_invalid
        self.skew_us = length_us(clock_skew, field="clock_skew")
        self.row_names = None if row_names is None else row_sequence(row_names, "row_names")
        self.arguments = arguments
        self.plain_columns = frozenset(plain_columns)
        self.rows_within_skew: set[int] = set()
        self.faults: dict[int, list[InvalidAlarmError]] = defaultdict(list)
        self.unreadable: dict[int, set[str]] = defaultdict(set)

    def field(self, row: int, column: str) -> str:
        """Return what to call a value in a message: by the row's name, its column's argument, or its place."""
        if self.row_names is not None or self.arguments is None:
            return row_field(row, column, self.row_names)
        return f"{self.arguments.get(column, column)}[{row}]"

    def add_fault(self, row: int, message: str, column: str) -> None:
        """Add a fault of one value of a row, unless one of that value is known already."""
        self.unreadable[row].add(column)
        if all(fault.column != column for fault in self.faults[row]):
            self.faults[row].append(InvalidAlarmError(message, field=self.field(row, column), row=row, column=column))

    def add_known_fault(self, fault: InvalidAlarmError) -> None:
        """Add what the reader of the rows found wrong; its message begins with the names of row and column."""
        names = [name for name in COLUMN_NAMES if str(fault).startswith(f"{self.field(fault.row, name)} ")]
        if names and not fault.column:
            fault.column = names[0]
        self.faults[fault.row].append(fault)

    def settle(self, row: int, *columns: str) -> None:
        """Drop the faults of some columns of a row, which are corrected; of none, all of them."""
        remaining = [fault for fault in self.faults.get(row, ()) if columns and fault.column not in columns]
        self.unreadable[row].difference_update(columns)
        if remaining:
            self.faults[row] = remaining
        else:
            self.faults.pop(row, None)

    def check_alarms(self, values: Sequence[object]) -> None:
        """Check that all elements are Alarm.

        Raises:
            InvalidTypeError: one is not.
        """
        if set(map(type, values)) <= {Alarm}:
            return
        for row, value in enumerate(values):
            if not isinstance(value, Alarm):
                raise wrong_type(value, f"alarms[{row}]", "an Alarm")

    def datetimes(self, column: Sequence[Any], name: str) -> list[Any]:
        """Return a column of datetimes as instants, None where absent; a value that is none is a fault.

        Raises:
            InvalidTypeError: a value is neither a datetime nor absent.
        """
        instants = plain_datetimes(column, has_gaps=name != NEEDED_INSTANT)
        if instants is not None:
            return instants
        return [self._instant(row, value, name, instant_us) for row, value in enumerate(column)]

    def integers(self, column: Sequence[Any], name: str) -> Sequence[Any]:
        """Return a column of integer instants, None where absent; a value that is none is a fault.

        Raises:
            InvalidTypeError: a value is neither an integer nor absent.
        """
        if name in self.plain_columns or are_plain_integers(column, has_gaps=name != NEEDED_INSTANT):
            return column
        return [self._instant(row, value, name, integer_instant_us) for row, value in enumerate(column)]

    def _instant(self, row: int, value: Any, name: str, read: Callable[..., int]) -> int | None:  # noqa: ANN401
        """Return the instant of one value; None where it is absent, or unreadable and thereby a fault."""
        if is_absent(value) or (name in TO_COME_COLUMNS and is_not_yet(value)):
            if name == NEEDED_INSTANT:
                self.unreadable[row].add(name)
                if row not in self.faults:  # else its reader has said already why there is none
                    self.add_fault(row, f"{self.field(row, name)} is empty; every alarm needs one", name)
            return _PLACEHOLDER_US if name == NEEDED_INSTANT else None
        field_name = self.field(row, name)
        try:
            instant = read(value, field=field_name)
        except InvalidTypeError:
            raise
        except SLAComplianceError as error:
            self.add_fault(row, str(error), name)
            return _PLACEHOLDER_US if name == NEEDED_INSTANT else None
        if name == NEEDED_INSTANT and instant < YEAR_2_US:
            self.add_fault(row, f"{field_name} is in year 1, the word for no time at all; mend the row", name)
        return instant

    def descriptive(self, columns: Mapping[str, Column]) -> dict[str, Column]:
        """Return descriptive columns, absent values as None; what cannot be compared is a fault."""
        checked: dict[str, Column] = {}
        for name, column in columns.items():
            if name in self.plain_columns:
                checked[name] = column
            elif name not in DESCRIPTIVE_COLUMNS and name != TENANT_COLUMN:
                checked[name] = with_absent_as_none(column)
            elif name == "severity" and set(map(type, column)) <= {Severity}:  # as readers of rows make them
                checked[name] = column
            else:
                checked[name] = self.keys(self.severities(column) if name == "severity" else column, name)
        return checked

    def keys(self, column: Column, name: str) -> Column:
        """Return a descriptive column, absent values as None; what cannot be compared is a fault and becomes None."""
        if is_empty(column) or (set(map(type, column)) <= _PLAIN_KEYS and not has_empty_text(column)):
            return column
        return tuple(self._key(row, value, name) for row, value in enumerate(column))

    def _key(self, row: int, value: object, name: str) -> object:
        try:
            hash(value)
            str(value)  # keys are compared as text
            return None if is_absent(value) else value
        except Exception:  # a foreign type may raise anything
            self.add_fault(row, f"{self.field(row, name)} is {shown(value)}; give text", name)
            return None

    def severities(self, texts: Column) -> Column:
        """Return a column of severities; a value that names none is a fault."""
        if set(map(type, texts)) <= {str, Severity}:
            severity_by_text = {text: SEVERITY_BY_NAME.get(text.lower()) for text in set(texts)}
            if None not in severity_by_text.values():
                return tuple(map(severity_by_text.__getitem__, texts))
        return tuple(self._severity(row, text) for row, text in enumerate(texts))

    def _severity(self, row: int, text: object) -> str | None:
        try:
            return severity_of(text, field=self.field(row, "severity"))
        except SLAComplianceError as error:
            self.add_fault(row, str(error), "severity")
            return text if isinstance(text, str) else None

    def ordered_ends(self, starts: Sequence[int], ends: list[int], cleared: Sequence[int | None]) -> list[int]:
        """Return the ends, none before its start: a row reversed by more than the clock skew is a fault.

        Args:
            ends: of which a new list is made only where an end moves.
            cleared: the column that ends were taken from first, to name the column at fault.
        """
        if not any(map(gt, starts, ends)):
            return ends
        ordered = list(ends)
        for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if start > end and row not in self.faults:
                self._check_reversed(row, start - end, "resolved_at" if cleared[row] is None else "cleared_at")
                ordered[row] = ends[row] if row in self.faults else start
        return ordered

    def check_last_sights(self, rows: Iterable[int], starts: Sequence[int], last_seen: Sequence[int | None]) -> None:
        """Check rows that ended when they were last seen: a last sight before the start is a fault, as an end is."""
        for row in rows:
            last_seen_us = last_seen[row]
            if last_seen_us is not None and last_seen_us < starts[row] and row not in self.faults:
                self._check_reversed(row, starts[row] - last_seen_us, "last_occurrence")

    def _check_reversed(self, row: int, length: int, column: str) -> None:
        """Check that a row is reversed by no more than the clock skew."""
        if length <= self.skew_us:
            self.rows_within_skew.add(row)
        else:
            message = f"{self.field(row, column)} lies {length_text(length)} before first_occurrence; mend the row"
            self.add_fault(row, message, column)

    def set_aside(
        self,
        instants: Mapping[str, Sequence[Any]],
        columns: Mapping[str, Column],
        bounds: Mapping[int, int | None],
    ) -> tuple[RejectedRow, ...]:
        """Return the bad rows as rejected ones.

        Args:
            instants: the columns of instants, as read.
            columns: the descriptive ones.
            bounds: by when each of them was over at the latest, if it is.

        Raises:
            InvalidAlarmsError: there are bad rows and they are not to be quarantined.
        """
        if self.faults and self.on_invalid == "raise":
            faults = [fault for row in sorted(self.faults) for fault in self.faults[row]]
            raise InvalidAlarmsError(
                f"{len(self.faults)} bad alarm rows, the first: {faults[0]}; mend them or pass on_invalid='quarantine'",
                faults,
            )
        rejected: list[RejectedRow] = []
        for row in sorted(self.faults):
            start = None if NEEDED_INSTANT in self.unreadable[row] else instants[NEEDED_INSTANT][row]
            ends = [instants[name][row] for name in END_COLUMNS if name in instants]
            row_columns = {name: column[row] for name, column in columns.items()}
            row_instants = {name: column[row] for name, column in instants.items()}
            row_instants[NEEDED_INSTANT] = start
            rejected.append(self._rejected(row, start, ends, row_columns, row_instants, bounds.get(row)))
        return tuple(rejected)

    def _rejected(
        self,
        row: int,
        start: int | None,
        ends: Sequence[int | None],
        columns: Mapping[str, object],
        instants: Mapping[str, int | None],
        bound: int | None,
    ) -> RejectedRow:
        # An end before the start is unreadable as an end, and says nevertheless that the row is over.
        later_ends = [end for end in ends if end is not None and start is not None and end >= start]
        return RejectedRow(
            row=row,
            reasons=tuple(map(str, self.faults[row])),
            columns=columns,
            start_us=start,
            end_us=later_ends[0] if later_ends else None,
            says_over=any(end is not None for end in ends) or says_over(columns.get("status")),
            bound_us=bound,
            instants=instants,
            faulty_columns=tuple(fault.column for fault in self.faults[row]),
        )


def says_over(status: object) -> bool:
    """Return whether a status says that an alarm is over."""
    return isinstance(status, str) and status.lower() in OVER_STATUSES


def stated_ends(cleared: Sequence[int | None], resolved: Sequence[int | None] | None) -> list[int]:
    """Return when each row says it was over: `cleared_at`, else `resolved_at`, else STILL_ACTIVE_US."""
    if resolved is None:
        return [STILL_ACTIVE_US if end is None else end for end in cleared]
    ends = []
    for cleared_us, resolved_us in zip(cleared, resolved, strict=True):
        end = resolved_us if cleared_us is None else cleared_us
        ends.append(STILL_ACTIVE_US if end is None else end)
    return ends
