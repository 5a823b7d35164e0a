"""Maintenance windows, one-off and recurring, and other agreed exclusions."""
################################################################
# A window says when downtime is excused and, with `applies_to`, whose alarms.
#   - `actual_end` cuts a window short and never makes it longer: an overrun was
#     not agreed. A recurring window has none; a cut night is a window of its own.
#   - A recurring window lasts, each time, as long as from its start to its end on
#     the wall of its zone: its own `zone`, else the tenant's. Its first
#     occurrence is the first that the rule names from its start on.
#   - `applies_to` names alarm columns, or tuples of columns, and values; any match
#     will do. Values are compared as text. None is everybody's time; a mapping
#     without values would be nobody's and is refused. With `with_children` alarms
#     whose parent matches, at any depth, match too.
# Cancelled windows are not given, and whether alarms were suppressed means nothing.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from sla_compliance.calendars.expansion_memory import ExpansionMemory
from sla_compliance.calendars.recurrences import Recurrence, check_names_a_date
from sla_compliance.calendars.wall_clock import wall_time
from sla_compliance.checks import check_order, check_type, checked_text, listed, shown_names, wrong_type, wrong_value
from sla_compliance.errors import InvalidRecurrenceError, InvalidValueError
from sla_compliance.intervals import IntervalSet
from sla_compliance.units import instant_us, moment
from sla_compliance.zones import load_zone

ColumnNames = tuple[str, ...]
"""The alarm columns of one key: one, or several that must all match."""
Targets = tuple[tuple[ColumnNames, tuple[tuple[str, ...], ...]], ...]
"""Keys and the values of each, as text; both ascending."""
AppliesTo = Mapping[Any, Any]
"""As it is given: `{"resource_id": ["r1"]}`, or `{("resource_type", "resource_id"): {("olt", "17")}}`."""

_UTC: Final = "UTC"
_recurrences: Final[ExpansionMemory[tuple[tuple[int, int], ...]]] = ExpansionMemory()


class MaintenanceKind(StrEnum):
    """How maintenance came about; a policy says which kinds it accepts."""

    PLANNED = "planned"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, init=False)
class _AgreedWindow:
    """What every window has: its bounds as agreed (instants, microseconds), for whom it was agreed, who entered it."""

    start_us: int
    end_us: int
    targets: Targets | None
    with_children: bool
    author: str

    @property
    def start(self) -> datetime:
        """Start, aware, in UTC."""
        return moment(self.start_us)

    @property
    def end(self) -> datetime:
        """End as agreed, aware, in UTC."""
        return moment(self.end_us)

    @property
    def applies_to(self) -> Mapping[str | ColumnNames, frozenset[Any]] | None:
        """Alarm columns and the values that match, as text; None: everybody's time."""
        return None if self.targets is None else _mapping(self.targets)

    def only_where(self, column: str, value: str) -> Self:
        """Return the same window for those of its alarms alone that have a value, as text, in a column."""
        targets = self.targets or (((), ((),)),)
        narrowed = copy(self)
        narrowed._keep(
            targets=tuple(
                sorted(((column, *columns), tuple((value, *values) for values in rows)) for columns, rows in targets)
            )
        )
        return narrowed

    def _keep(self, **facts: object) -> None:
        for name, fact in facts.items():
            object.__setattr__(self, name, fact)


@dataclass(frozen=True, slots=True, init=False)
class MaintenanceWindow(_AgreedWindow):
    """Work on the service, agreed in advance or not.

    Attributes:
        start_us, end_us: the window, or its first occurrence, as agreed; instants, microseconds.
        kind: planned or emergency.
        targets: what `applies_to` was given; None: everybody.
        with_children: whether alarms whose parent matches, at any depth, match too.
        announced_at_us: when the customer was told; None: not known.
        entered_at_us: when it was recorded, or its bounds last changed; None: not known.
        actual_end_us: when the work was over; None: as agreed.
        reason: for people.
        recurrence: an RFC 5545 RRULE; None: once.
        zone: name of the zone in which it recurs; None: the tenant's.
        author: who entered it; empty: not known.
    """

    kind: MaintenanceKind
    announced_at_us: int | None
    entered_at_us: int | None
    actual_end_us: int | None
    reason: str
    recurrence: str | None
    zone: str | None

    def __init__(
        self,
        start: datetime,
        end: datetime,
        *,
        kind: MaintenanceKind | str = MaintenanceKind.PLANNED,
        applies_to: AppliesTo | None = None,
        with_children: bool = False,
        announced_at: datetime | None = None,
        entered_at: datetime | None = None,
        actual_end: datetime | None = None,
        reason: str = "",
        recurrence: str | None = None,
        zone: str | None = None,
        author: str = "",
    ) -> None:
        """Check and keep the facts.

        Raises:
            NaiveDatetimeError, InstantOutOfRangeError: a datetime names no instant, or none that every zone has.
            InvalidIntervalError: the window, or its actual part, ends before it starts.
            InvalidRecurrenceError: the rule is malformed, too fine, names no date, or stands beside an actual end.
            UnknownZoneError: `zone` is not a name of the IANA list.
            InvalidValueError: `kind` is no kind, or `applies_to` has no values.
            InvalidTypeError: something has the wrong type.
        """
        start_us, end_us = _bounds(start, end, "end")
        if actual_end is not None:
            _bounds(start, actual_end, "actual_end")
        if zone is not None:
            load_zone(zone)
        if recurrence is not None:
            _check_recurrence(recurrence, start_us, actual_end, zone or _UTC)
        targets = _targets(applies_to)
        self._keep(
            start_us=start_us,
            end_us=end_us,
            kind=_kind(kind),
            targets=targets,
            with_children=_flag(with_children, targets),
            announced_at_us=_optional_instant(announced_at, "announced_at"),
            entered_at_us=_optional_instant(entered_at, "entered_at"),
            actual_end_us=_optional_instant(actual_end, "actual_end"),
            reason=checked_text(reason, "reason"),
            recurrence=recurrence,
            zone=zone,
            author=checked_text(author, "author"),
        )

    def expand(self, zone: str, start_us: int, end_us: int) -> IntervalSet:
        """Return the window's time within [start_us, end_us), microseconds.

        Args:
            zone: the tenant's; a recurring window's own comes first.

        Raises:
            InvalidRecurrenceError: in that zone the rule names no date, or the window ends before it starts.
            InvalidTypeError, UnknownZoneError: as `load_zone`.
        """
        return IntervalSet.from_pairs(self.occurrences(zone, start_us, end_us)).clip(start_us, end_us)

    def occurrences(self, zone: str, start_us: int, end_us: int) -> list[tuple[int, int]]:
        """Return the stretches of the window that may share an instant with [start_us, end_us), whole; as `expand`."""
        if self.recurrence is not None:
            rule, rules = self.recurrence, load_zone(self.zone or zone)
            key = rule, self.start_us, self.end_us, rules.key, start_us, end_us
            return list(_recurrences.expansion(key, lambda: tuple(self._recurring(rule, rules, start_us, end_us))))
        end = self.end_us if self.actual_end_us is None else min(self.end_us, self.actual_end_us)
        return [(self.start_us, end)] if self.start_us < end_us and end > start_us else []

    def _recurring(self, rule: str, rules: ZoneInfo, start_us: int, end_us: int) -> Iterator[tuple[int, int]]:
        start, end = wall_time(self.start_us, rules), wall_time(self.end_us, rules)
        if end < start:
            raise InvalidRecurrenceError(
                f"end is {end} on the wall of {rules.key}, before the start {start}: the clock is set back between "
                "them; begin the recurrence on another day",
                field="end",
            )
        return Recurrence.parse(rule).occurrences(start, end - start, start_us, end_us, rules)


@dataclass(frozen=True, slots=True, init=False)
class Exclusion(_AgreedWindow):
    """Time that is not the provider's by agreement: caused by the customer, no access, force majeure.

    Attributes:
        start_us, end_us: instants, microseconds.
        reason: why, in a word or two; reports group by it.
        note: details, for people.
        author: who entered it; empty: not known.
        targets: what `applies_to` was given; None: everybody.
        with_children: whether alarms whose parent matches, at any depth, match too.
    """

    reason: str
    note: str

    def __init__(
        self,
        start: datetime,
        end: datetime,
        *,
        reason: str,
        note: str = "",
        author: str = "",
        applies_to: AppliesTo | None = None,
        with_children: bool = False,
    ) -> None:
        """Check and keep the facts.

        Raises:
            NaiveDatetimeError, InstantOutOfRangeError: a datetime names no instant, or none that every zone has.
            InvalidIntervalError: it ends before it starts.
            InvalidValueError: `reason` is blank, or `applies_to` has no values.
            InvalidTypeError: something has the wrong type.
        """
        start_us, end_us = _bounds(start, end, "end")
        if not checked_text(reason, "reason").strip():
            raise InvalidValueError("reason is blank; say why this time is excluded", field="reason")
        targets = _targets(applies_to)
        self._keep(
            start_us=start_us,
            end_us=end_us,
            reason=reason,
            note=checked_text(note, "note"),
            author=checked_text(author, "author"),
            targets=targets,
            with_children=_flag(with_children, targets),
        )

    def expand(self, zone: str, start_us: int, end_us: int) -> IntervalSet:  # noqa: ARG002  (called as a window's)
        """Return the excluded time within [start_us, end_us), microseconds."""
        return IntervalSet.from_pairs([(self.start_us, self.end_us)]).clip(start_us, end_us)


AnyExclusion = MaintenanceWindow | Exclusion
"""What may excuse downtime."""


def _bounds(start: datetime, end: datetime, field: str) -> tuple[int, int]:
    start_us, end_us = instant_us(start, field="start"), instant_us(end, field=field)
    check_order(start_us, end_us, start=start, end=end, field=field)
    return start_us, end_us


def _check_recurrence(rule: str, start_us: int, actual_end: datetime | None, zone: str) -> None:
    recurrence = Recurrence.parse(rule)
    if actual_end is not None:
        raise InvalidRecurrenceError(
            "actual_end does not say which occurrence of a recurring window it ends; give that one a window of its own",
            field="actual_end",
        )
    check_names_a_date(recurrence.text, wall_time(start_us, load_zone(zone)))


def _kind(kind: MaintenanceKind | str) -> MaintenanceKind:
    text = checked_text(kind, "kind").lower()
    if text not in MaintenanceKind.__members__.values():
        raise wrong_value(kind, "kind", f"one of {', '.join(MaintenanceKind)}")
    return MaintenanceKind(text)


def _optional_instant(value: datetime | None, field: str) -> int | None:
    return None if value is None else instant_us(value, field=field)


def _flag(with_children: bool, targets: Targets | None) -> bool:
    check_type(with_children, bool, "with_children", "True or False")
    if with_children and targets is None:
        raise InvalidValueError(
            "with_children is True, and applies_to names no alarm whose children could be meant; give both",
            field="with_children",
        )
    return with_children


def _targets(applies_to: AppliesTo | None) -> Targets | None:
    """Return `applies_to` in its one canonical form; columns without values match nothing and are left out."""
    if applies_to is None:
        return None
    check_type(applies_to, Mapping, "applies_to", "a mapping such as {'resource_id': ['r1']}")
    values_by_columns = {_columns(key): _values(key, values) for key, values in applies_to.items()}
    targets = tuple(sorted((columns, values) for columns, values in values_by_columns.items() if values))
    if not targets:
        raise InvalidValueError("applies_to names no values; give None where it applies to all", field="applies_to")
    return targets


def _columns(key: object) -> ColumnNames:
    if isinstance(key, tuple) and key:
        return tuple(checked_text(column, "applies_to", "names of columns") for column in key)
    return (checked_text(key, "applies_to", "the name of a column, or a tuple of names"),)


def _values(key: object, values: object) -> tuple[tuple[str, ...], ...]:
    """Return the values of a key as text, ascending; one value may be given by itself."""
    field = f"applies_to[{shown_names(_columns(key))}]"
    if isinstance(key, tuple):
        rows = listed(values, field, "tuples of values")
        if rows and not any(isinstance(row, tuple | list) for row in rows):
            rows = [tuple(rows)]  # one tuple, given by itself
        return tuple(sorted({_value_tuple(row, len(key), field) for row in rows}))
    if isinstance(values, str) or not isinstance(values, Iterable):
        return ((_value_text(values, field),),)
    return tuple(sorted({(_value_text(value, field),) for value in values}))


def _value_tuple(row: object, length: int, field: str) -> tuple[str, ...]:
    if not isinstance(row, tuple | list) or len(row) != length:
        raise wrong_type(row, field, f"tuples of {length} values")
    return tuple(_value_text(value, field) for value in row)


def _value_text(value: object, field: str) -> str:
    """Return a value as text, so that a UUID or a number meets the text of a row."""
    if value is None or isinstance(value, float | bytes | Mapping | list | tuple | set | frozenset):
        raise wrong_type(value, field, "texts")
    return str(value)


def _mapping(targets: Targets) -> dict[str | ColumnNames, frozenset[Any]]:
    """Return targets as they are given: single columns by name."""
    mapping: dict[str | ColumnNames, frozenset[Any]] = {}
    for columns, values in targets:
        if len(columns) == 1:
            mapping[columns[0]] = frozenset(value for (value,) in values)
        else:
            mapping[columns] = frozenset(values)
    return mapping
