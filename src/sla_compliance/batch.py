"""AlarmBatch: the alarms of one service as validated columns, which the core computes on."""
################################################################
# A batch is the alarms of one service: a tenant as a whole, or one resource,
# customer or circuit. Its rows have passed validation (validation.py). There is no
# object per alarm; a row becomes an Alarm again only where a person looks at it.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from operator import attrgetter
from typing import Any, Final, Self

from sla_compliance.alarms import ALARM_COLUMNS, DESCRIPTIVE_COLUMNS, INSTANT_COLUMNS, Alarm, AlarmFilter
from sla_compliance.checks import check_lengths, checked_text, listed, wrong_type
from sla_compliance.errors import InvalidAlarmError, InvalidTypeError, InvalidValueError, shown
from sla_compliance.intervals import IntervalSet
from sla_compliance.units import EPOCH, moment
from sla_compliance.validation import (
    NEEDED_INSTANT,
    STILL_ACTIVE_US,
    Column,
    OnInvalid,
    RejectedRow,
    RowValidation,
    resolved_ends,
)

_NEEDED_COLUMNS: Final = (NEEDED_INSTANT, "cleared_at")  # where they are given, they are more than None
_NO_ALARM: Final = Alarm(EPOCH)  # stands for a row that is no Alarm until it is set aside


@dataclass(frozen=True, slots=True)
class ClampedFigure:
    """A measured share of downtime that lay outside 0-100 and was clamped.

    Attributes:
        start_us: start of its time bucket.
        raw_percentage: the share as measured.
    """

    start_us: int
    raw_percentage: float


@dataclass(frozen=True, slots=True)
class AlarmBatch:
    """Alarms as columns of one length. Make one with `from_alarms` or `from_columns`.

    Attributes:
        starts_us: when each was raised.
        ends_us: when each was over; STILL_ACTIVE_US while active.
        last_seen_us: when each was last seen, or None; None where the source does not say.
        is_end_assumed: where `last_occurrence` stands in for a missing end; None where it nowhere does.
        columns: the descriptive columns the source carries, by their name in `Alarm` or in the source.
        rejected: rows set aside.
        monitored: the time the source says it observed; None where it does not say.
        clamped: measured shares that lay outside 0-100.
    """

    starts_us: tuple[int, ...] = ()
    ends_us: tuple[int, ...] = ()
    last_seen_us: tuple[int | None, ...] | None = None
    is_end_assumed: tuple[bool, ...] | None = None
    columns: Mapping[str, Column] = field(default_factory=dict, hash=False)
    rejected: tuple[RejectedRow, ...] = ()
    monitored: IntervalSet | None = None
    clamped: tuple[ClampedFigure, ...] = ()

    @classmethod
    def from_alarms(
        cls, alarms: Iterable[Alarm], *, on_invalid: OnInvalid = "raise", clock_skew: timedelta = timedelta(0)
    ) -> Self:
        """Return the batch of some alarms, in their order.

        Raises:
            InvalidAlarmsError: rows are bad and `on_invalid` is "raise"; it holds one error for each fault.
            InvalidTypeError: `alarms` is not several Alarm.
            InvalidValueError: an option is not one.
        """
        validation = RowValidation(on_invalid, clock_skew)
        values = listed(alarms, "alarms", "an AlarmBatch or several Alarm")
        rows = [validation.alarm(row, value) or _NO_ALARM for row, value in enumerate(values)]
        instants = {
            name: [validation.instant(row, getattr(alarm, name), name) for row, alarm in enumerate(rows)]
            for name in INSTANT_COLUMNS
        }
        descriptive = {name: tuple(map(attrgetter(name), rows)) for name in DESCRIPTIVE_COLUMNS}
        return cls._validated(validation, instants, descriptive)

    @classmethod
    def from_columns(  # noqa: PLR0913 - one argument for each column of an alarms table
        cls,
        *,
        starts_us: Sequence[int],
        ends_us: Sequence[int | None],
        severities: Sequence[str] | None = None,
        ids: Sequence[Hashable] | None = None,
        alarm_ids: Sequence[str | None] | None = None,
        resource_ids: Sequence[str | None] | None = None,
        customer_ids: Sequence[str | None] | None = None,
        statuses: Sequence[str | None] | None = None,
        alarm_types: Sequence[str | None] | None = None,
        resolved_us: Sequence[int | None] | None = None,
        last_occurrences_us: Sequence[int | None] | None = None,
        subscriber_counts: Sequence[int | None] | None = None,
        titles: Sequence[str | None] | None = None,
        more: Mapping[str, Sequence[Any]] | None = None,
        row_names: Sequence[str] | None = None,
        faults: Iterable[InvalidAlarmError] = (),
        on_invalid: OnInvalid = "raise",
        clock_skew: timedelta = timedelta(0),
    ) -> Self:
        """Return the batch of some columns.

        Args:
            starts_us, ends_us, resolved_us, last_occurrences_us: microseconds since 1970; all but starts may be None.
            more: further descriptive columns by name, e.g. {"circuit_id": [...]}.
            row_names: what to call each row in errors, e.g. "alarms.csv:17"; by default "alarms[17]".
            faults: what the reader of the rows found wrong already, by `row`; those rows may hold any instant.

        Raises:
            InvalidAlarmsError: as `from_alarms`.
            InvalidIntervalError: the columns differ in length.
            InvalidTypeError: a column is not several values.
        """
        # The first statement of the body: the arguments by name, so that ALARM_COLUMNS alone says which column each is.
        arguments = locals()
        columns = {column.name: arguments[column.argument] for column in ALARM_COLUMNS}
        return cls.from_named_columns(
            {**columns, **_by_name(more or {}, "more")},
            row_names=row_names,
            faults=faults,
            on_invalid=on_invalid,
            clock_skew=clock_skew,
        )

    @classmethod
    def from_named_columns(
        cls,
        columns: Mapping[str, Sequence[Any] | None],
        *,
        row_names: Sequence[str] | None = None,
        faults: Iterable[InvalidAlarmError] = (),
        on_invalid: OnInvalid = "raise",
        clock_skew: timedelta = timedelta(0),
    ) -> Self:
        """Return the batch of some columns by the names they have in an Alarm; what sources and readers build.

        Args:
            columns: instants as microseconds since 1970; a column that is None is not there; `first_occurrence` must
                be. Names that an Alarm does not have are carried along as descriptive columns.
            row_names, faults, on_invalid, clock_skew: as `from_columns`.

        Raises:
            InvalidValueError: there is no column `first_occurrence`. Others as `from_columns`.

        >>> batch = AlarmBatch.from_named_columns({"first_occurrence": [0, 60], "cleared_at": [30, None], "site": "ab"})
        Traceback (most recent call last):
        sla_compliance.errors.InvalidTypeError: site is 'ab'; give a list with a value for each row
        """
        names = None if row_names is None else listed(row_names, "row_names")
        validation = RowValidation(on_invalid, clock_skew, names)
        for fault in faults:
            validation.faults[fault.row].append(fault)
            validation.unreadable.add((fault.row, NEEDED_INSTANT))
        if NEEDED_INSTANT not in _by_name(columns, "columns"):
            raise InvalidValueError(f"columns has no {NEEDED_INSTANT}; every alarm needs one", field="columns")
        present = (name for name, values in columns.items() if values is not None or name in _NEEDED_COLUMNS)
        lists = {name: listed(columns[name], name) for name in present}
        lists.setdefault("cleared_at", [None] * len(lists[NEEDED_INSTANT]))
        check_lengths({**lists, **({} if names is None else {"row_names": names})})
        instants = {
            name: validation.integer_instants(values, name) for name, values in lists.items() if name in INSTANT_COLUMNS
        }
        descriptive = {name: tuple(values) for name, values in lists.items() if name not in INSTANT_COLUMNS}
        return cls._validated(validation, instants, descriptive)

    @classmethod
    def _validated(
        cls, validation: RowValidation, instants: dict[str, list[Any]], descriptive: dict[str, Column]
    ) -> Self:
        """Return the batch of the rows that pass; instants are checked one by one already."""
        columns = {
            name: validation.severities(column) if name == "severity" else column
            for name, column in descriptive.items()
        }
        columns |= {name: validation.hashable(columns[name], name) for name in DESCRIPTIVE_COLUMNS if name in columns}
        starts, last_seen = instants[NEEDED_INSTANT], instants.get("last_occurrence")
        inferred_ends, is_end_assumed = resolved_ends(
            instants["cleared_at"], instants.get("resolved_at"), last_seen, columns.get("status")
        )
        ends = validation.ordered_ends(starts, inferred_ends, instants)
        contents = [starts, ends, *columns.values(), *([last_seen] if last_seen else [])]
        repeats = validation.repeated_rows(columns["id"], contents) if "id" in columns else set()
        rejected = validation.set_aside(columns, starts, ends)
        batch = cls(
            starts_us=tuple(starts),
            ends_us=tuple(ends),
            last_seen_us=tuple(last_seen) if last_seen else None,
            is_end_assumed=is_end_assumed,
            columns=columns,
            rejected=rejected,
        )
        left_out = repeats | validation.faults.keys()
        return batch.take([row for row in range(len(batch)) if row not in left_out]) if left_out else batch

    def __len__(self) -> int:
        return len(self.starts_us)

    def take(self, rows: Sequence[int]) -> Self:
        """Return the batch of some rows, by index; all but the columns stays."""
        return replace(
            self,
            starts_us=_taken(self.starts_us, rows),
            ends_us=_taken(self.ends_us, rows),
            last_seen_us=None if self.last_seen_us is None else _taken(self.last_seen_us, rows),
            is_end_assumed=None if self.is_end_assumed is None else _taken(self.is_end_assumed, rows),
            columns={name: _taken(column, rows) for name, column in self.columns.items()},
        )

    def qualifying(self, wanted: AlarmFilter) -> Self:
        """Return the batch of the rows that qualify, judged by the columns the batch carries."""
        severities = self.columns.get("severity", ())
        batch = self
        if not wanted.severities.issuperset(severities):
            batch = self.take([row for row, severity in enumerate(severities) if severity in wanted.severities])
        for name, excluded in (("alarm_type", wanted.excluded_alarm_types), ("status", wanted.excluded_statuses)):
            if excluded and name in batch.columns:
                texts = batch.columns[name]
                batch = batch.take(
                    [row for row, text in enumerate(texts) if text is None or str(text).lower() not in excluded]
                )
        return batch

    def by(self, name: str) -> dict[Hashable, Self]:
        """Return the batches of the rows that share a value of column `name`, each with its rejected rows.

        Raises:
            InvalidTypeError: `name` is no str, or a value of its column cannot be a key.
            InvalidValueError: the batch carries no such column.
        """
        checked_text(name, "by", "the name of a column, e.g. 'resource_id'")
        if name not in self.columns and len(self):
            carried = ", ".join(self.columns) or "none"
            raise InvalidValueError(f"by is {shown(name)}; the alarms carry the columns {carried}", field="by")
        rows: dict[Hashable, list[int]] = defaultdict(list)
        set_aside: dict[Hashable, list[RejectedRow]] = defaultdict(list)
        try:
            for row, key in enumerate(self.columns.get(name, ())):
                rows[key].append(row)
            for rejected in self.rejected:
                set_aside[rejected.columns.get(name)].append(rejected)
        except TypeError:
            raise InvalidTypeError(
                f"by is {shown(name)}, a column that holds lists; give another", field="by"
            ) from None
        return {key: replace(self.take(rows[key]), rejected=tuple(set_aside[key])) for key in [*rows, *set_aside]}

    @property
    def active_rows(self) -> list[int]:
        """The rows that are still active."""
        return [row for row, end in enumerate(self.ends_us) if end == STILL_ACTIVE_US]

    def alarm(self, row: int) -> Alarm:
        """Return one row as an Alarm, times in UTC; no end while active."""
        end_us = self.ends_us[row]
        seen_us = None if self.last_seen_us is None else self.last_seen_us[row]
        return Alarm(
            moment(self.starts_us[row]),
            None if end_us == STILL_ACTIVE_US else moment(end_us),
            last_occurrence=None if seen_us is None else moment(seen_us),
            **{name: self.columns[name][row] for name in DESCRIPTIVE_COLUMNS if name in self.columns},
        )


def _by_name(columns: Mapping[str, Sequence[Any] | None], field: str) -> Mapping[str, Sequence[Any] | None]:
    if not isinstance(columns, Mapping) or not all(isinstance(name, str) for name in columns):
        raise wrong_type(columns, field, "columns by name")
    return columns


def _taken(column: Column, rows: Sequence[int]) -> Column:
    return tuple(map(column.__getitem__, rows))
