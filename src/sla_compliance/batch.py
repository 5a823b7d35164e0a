"""AlarmBatch: alarms as checked columns: what sources make and the core computes on."""
################################################################
# A batch is the alarms of one service: a tenant as a whole, or one resource,
# customer or circuit. Its rows have passed validation (validation.py). There is no
# object per alarm; a row becomes an Alarm again only where a person looks at it.
################################################################

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from operator import attrgetter
from typing import Any, Final, Self

from sla_compliance.alarms import (
    ALARM_COLUMNS,
    DESCRIPTIVE_COLUMNS,
    INSTANT_COLUMNS,
    Alarm,
    AlarmFilter,
    raised_text,
)
from sla_compliance.checked_rows import checked_rows, instants_and_descriptive
from sla_compliance.checks import bare_names, checked_text, listed
from sla_compliance.columns import Column, columns_by_name, joined_column, rows_by_value, taken
from sla_compliance.corrections import CorrectedRow, Correction, UnusedCorrection
from sla_compliance.described_alarms import alarms_at
from sla_compliance.drawing.preview import Preview, Previewed
from sla_compliance.errors import InvalidAlarmError, InvalidTypeError, InvalidValueError, shown
from sla_compliance.identity import NO_ROW_FACTS, RowFacts
from sla_compliance.intervals import IntervalSet
from sla_compliance.logged_changes import LoggedChanges
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.validation import NEEDED_INSTANT, STILL_ACTIVE_US, ClampedFigure, OnInvalid, RowValidation

_ARGUMENTS: Final = {column.name: column.argument for column in ALARM_COLUMNS}


@dataclass(frozen=True, slots=True, repr=False)
class AlarmBatch(Previewed):
    """Alarms as columns of one length. Make one with `from_alarms` or `from_columns`.

    Attributes:
        starts_us, ends_us: when each was raised, and was over; STILL_ACTIVE_US while active.
        last_seen_us: when each was last seen, or None; None where the source does not say.
        undated: rows that say they are over and not when; by row, the earliest instant by which each was over as far
            as rows say, or None. Their ends are when they were last seen, STILL_ACTIVE_US where that is not known.
        disputed_ids: ids of which rows disagree on when the alarm was.
        columns: the descriptive columns the source carries, by their name in `Alarm` or in the source.
        rejected, clamped: rows set aside; measured shares that lay outside 0-100.
        excluded_by: for each row the targeted exclusions that match it, as indices; None until they are known.
        row_facts, assumptions: how many rows were copies, snapshots or shared an id; what was assumed, a sentence each.
        monitored, monitored_by: when the source says it observed, all or by column and key (as text); None: not said.
        corrected, unused_corrections: rows that were corrected by hand; corrections that change nothing, and why.
        changes: of the log of state changes that the rows are outages of; None where they are of none.
    """

    starts_us: tuple[int, ...] = ()
    ends_us: tuple[int, ...] = ()
    last_seen_us: tuple[int | None, ...] | None = None
    undated: Mapping[int, int | None] = field(default_factory=dict, hash=False)
    disputed_ids: frozenset[Hashable] = frozenset()
    columns: Mapping[str, Column] = field(default_factory=dict, hash=False)
    rejected: tuple[RejectedRow, ...] = ()
    monitored: IntervalSet | None = None
    clamped: tuple[ClampedFigure, ...] = ()
    row_facts: RowFacts = NO_ROW_FACTS
    excluded_by: tuple[frozenset[int], ...] | None = None
    assumptions: tuple[str, ...] = ()
    monitored_by: Mapping[str, Mapping[str, IntervalSet]] = field(default_factory=dict, hash=False)
    corrected: tuple[CorrectedRow, ...] = ()
    unused_corrections: tuple[UnusedCorrection, ...] = ()
    changes: LoggedChanges | None = None

    @classmethod
    def from_alarms(
        cls,
        alarms: Iterable[Alarm],
        *,
        corrections: Iterable[Correction] = (),
        on_invalid: OnInvalid = "raise",
        clock_skew: timedelta = timedelta(0),
    ) -> Self:
        """Return the batch of some alarms, in their order; `corrections` apply before rows are judged.

        Raises:
            InvalidAlarmsError: rows are bad and `on_invalid` is "raise"; it holds one error for each fault.
            InvalidTypeError: `alarms` is not several Alarm.
            InvalidValueError: an option is not one.
        """
        validation = RowValidation(on_invalid, clock_skew)
        rows = listed(alarms, "alarms", "an AlarmBatch or several Alarm")
        validation.check_alarms(rows)
        instants = {name: validation.datetimes(list(map(attrgetter(name), rows)), name) for name in INSTANT_COLUMNS}
        descriptive = {name: tuple(map(attrgetter(name), rows)) for name in DESCRIPTIVE_COLUMNS}
        return cls._validated(validation, instants, descriptive, None, corrections)

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
        parent_alarm_ids: Sequence[str | None] | None = None,
        resource_types: Sequence[str | None] | None = None,
        acknowledged_us: Sequence[int | None] | None = None,
        updated_us: Sequence[int | None] | None = None,
        more: Mapping[str, Sequence[Any]] | None = None,
        row_names: Sequence[str] | None = None,
        faults: Iterable[InvalidAlarmError] = (),
        corrections: Iterable[Correction] = (),
        on_invalid: OnInvalid = "raise",
        clock_skew: timedelta = timedelta(0),
    ) -> Self:
        """Return the batch of some columns.

        Args:
            starts_us, ends_us, resolved_us, last_occurrences_us, acknowledged_us, updated_us: microseconds since 1970,
                integers of any library; all but starts may be None.
            more: further descriptive columns by name, e.g. {"circuit_id": [...]}.
            row_names: what to call each row in errors, e.g. "alarms.csv:17"; by default "alarms[17]".
            faults: what the reader of the rows found wrong already, by `row`; those rows may hold any instant.
            corrections: what people know better than rows; they apply before rows are judged.

        Raises:
            InvalidAlarmsError: as `from_alarms`.
            InvalidIntervalError: the columns differ in length.
            InvalidTypeError: a column is not several values.
        """
        # The first statement of the body: the arguments by name, so that ALARM_COLUMNS alone says which column each is.
        value_by_argument = locals()
        columns = {column.name: value_by_argument[column.argument] for column in ALARM_COLUMNS}
        columns |= {} if more is None else columns_by_name(more, "more")
        validation = RowValidation(on_invalid, clock_skew, row_names, _ARGUMENTS)
        instants, descriptive = instants_and_descriptive(columns, validation, faults)
        return cls._validated(validation, instants, descriptive, None, corrections)

    @classmethod
    def from_named_columns(
        cls,
        columns: Mapping[str, Sequence[Any] | None],
        *,
        next_starts_us: Sequence[int | None] | None = None,
        plain_columns: Collection[str] = (),
        row_names: Sequence[str] | None = None,
        faults: Iterable[InvalidAlarmError] = (),
        corrections: Iterable[Correction] = (),
        on_invalid: OnInvalid = "raise",
        clock_skew: timedelta = timedelta(0),
    ) -> Self:
        """Return the batch of some columns by the names they have in an Alarm; what sources and readers build.

        Args:
            columns: instants as microseconds since 1970; a column that is None is not there; `first_occurrence` must
                be. Names that an Alarm does not have are carried along as descriptive columns.
            next_starts_us: the start of each device's next row, where the source knows more rows; see undated_rows.py.
            plain_columns: names of columns of which the caller has looked at each value, so that it is not done again:
                ints of the years 2 to 9998, or texts that are not empty or ints; or None, but for `first_occurrence`.
            row_names, faults, corrections, on_invalid, clock_skew: as `from_columns`.

        Raises:
            InvalidValueError: there is no column `first_occurrence`. Others as `from_columns`.

        >>> batch = AlarmBatch.from_named_columns({"first_occurrence": [0, 60], "cleared_at": [30, None], "site": "ab"})
        Traceback (most recent call last):
        sla_compliance.errors.InvalidTypeError: site is 'ab'; give a list with a value for each row
        """
        if NEEDED_INSTANT not in columns_by_name(columns, "columns"):
            raise InvalidValueError(f"columns has no {NEEDED_INSTANT}; every alarm needs one", field="columns")
        validation = RowValidation(on_invalid, clock_skew, row_names, plain_columns=plain_columns)
        instants, descriptive = instants_and_descriptive(columns, validation, faults)
        return cls._validated(validation, instants, descriptive, next_starts_us, corrections)

    @classmethod
    def _validated(
        cls,
        validation: RowValidation,
        instants: Mapping[str, Sequence[Any]],
        descriptive: dict[str, Column],
        next_starts_us: Sequence[int | None] | None = None,
        corrections: Iterable[Correction] = (),
    ) -> Self:
        """Return the batch of the rows that pass; instants are checked one by one already."""
        rows = checked_rows(validation, instants, descriptive, next_starts_us, corrections)
        batch = cls(
            starts_us=rows.starts_us,
            ends_us=rows.ends_us,
            last_seen_us=rows.last_seen_us,
            undated=rows.undated,
            disputed_ids=rows.disputed_ids,
            columns=rows.columns,
            rejected=rows.rejected,
            row_facts=rows.row_facts,
            corrected=rows.corrected,
            unused_corrections=rows.unused_corrections,
        )
        return batch.take([row for row in range(len(batch)) if row not in rows.left_out]) if rows.left_out else batch

    def __len__(self) -> int:
        return len(self.starts_us)

    def _preview(self) -> Preview:
        from sla_compliance.batch_preview import batch_preview  # noqa: PLC0415 - figures need no drawing

        return batch_preview(self)

    def take(self, rows: Sequence[int]) -> Self:
        """Return the batch of some rows, by index; all but the columns stays."""
        return replace(
            self,
            starts_us=taken(self.starts_us, rows),
            ends_us=taken(self.ends_us, rows),
            last_seen_us=None if self.last_seen_us is None else taken(self.last_seen_us, rows),
            undated={rank: self.undated[row] for rank, row in enumerate(rows) if row in self.undated},
            columns={name: taken(column, rows) for name, column in self.columns.items()},
            excluded_by=None if self.excluded_by is None else taken(self.excluded_by, rows),
        )

    def rows_within_reach(self, start_us: int, end_us: int) -> list[int]:
        """Return the rows, by index, that may matter to a window: those that meet it, and those in doubt that may.

        A row that is over and undated may have lasted longer than its end; rows that disagree are in doubt together.
        """
        ids: Sequence[Hashable] = self.columns["id"] if self.disputed_ids else ()
        disputed_rows = {row for row, key in enumerate(ids) if key in self.disputed_ids}
        return [
            row
            for row, (start, end) in enumerate(zip(self.starts_us, self.ends_us, strict=True))
            if (start < end_us and (end > start_us or row in self.undated)) or row in disputed_rows
        ]

    def joined(self, other: Self) -> Self:
        """Return the rows of both batches, which come from one source; their rejected rows too."""
        shift = len(self)
        names = dict.fromkeys((*self.columns, *other.columns))
        return replace(
            self,
            starts_us=self.starts_us + other.starts_us,
            ends_us=self.ends_us + other.ends_us,
            last_seen_us=joined_column(self.last_seen_us, len(self), other.last_seen_us, len(other)),
            undated={**self.undated, **{row + shift: bound for row, bound in other.undated.items()}},
            disputed_ids=self.disputed_ids | other.disputed_ids,
            columns={
                name: joined_column(self.columns.get(name), len(self), other.columns.get(name), len(other)) or ()
                for name in names
            },
            rejected=(*self.rejected, *other.rejected),
            corrected=(*self.corrected, *other.corrected),
            excluded_by=None if self.excluded_by is None else self.excluded_by + (other.excluded_by or ()),
        )

    def qualifying(self, wanted: AlarmFilter) -> Self:
        """Return the batch of the rows that qualify, judged by the columns the batch carries."""
        severities = self.columns.get("severity", ())
        batch = self
        if not wanted.severities.issuperset(severities):
            batch = self.take([row for row, severity in enumerate(severities) if severity in wanted.severities])
        return batch.without_excluded(wanted)

    def without_excluded(self, wanted: AlarmFilter) -> Self:
        """Return the batch of the rows whose type and status are not excluded, judged by the columns it carries."""
        batch = self
        for name, excluded in (("alarm_type", wanted.excluded_alarm_types), ("status", wanted.excluded_statuses)):
            if excluded and name in batch.columns:
                texts = batch.columns[name]
                batch = batch.take(
                    [row for row, text in enumerate(texts) if text is None or str(text).lower() not in excluded]
                )
        return batch

    def name_of(self, row: int) -> str:
        """Return what people know a row by: its id, else its alarm_id or title, else when it was raised."""
        for name in ("id", "alarm_id", "title"):
            value = self.columns[name][row] if name in self.columns else None
            if value is not None:
                return str(value)
        return raised_text(self.starts_us[row])

    def by(self, name: str) -> dict[Hashable, Self]:
        """Return the batches of the rows that share a value of column `name`, each with its rejected rows.

        A batch that knows of no column at all, such as AlarmBatch(), is taken to have those of an Alarm.

        Raises:
            InvalidTypeError: `name` is no str, or a value of its column cannot be a key.
            InvalidValueError: the batch carries no such column.
        """
        rows = rows_by_value(self.key_column(name))
        set_aside = rows_by_value([rejected.columns.get(name) for rejected in self.rejected])
        batches: dict[Hashable, Self] = {}
        for key in [*rows, *set_aside]:
            rejected = tuple(map(self.rejected.__getitem__, set_aside.get(key, ())))
            batches[key] = replace(self.take(rows.get(key, ())), rejected=rejected)
        return batches

    def key_column(self, name: str) -> Column:
        """Return the column of which each value stands for a service; errors as `by`."""
        checked_text(name, "by", "the name of a column, e.g. 'resource_id'")
        names = self.columns if self.columns or self.starts_us else DESCRIPTIVE_COLUMNS
        if name not in names:
            raise InvalidValueError(
                f"by is {shown(name)}; the alarms carry the columns {bare_names(names)}", field="by"
            )
        column = self.columns.get(name, ())
        try:
            set(column)
            {rejected.columns.get(name) for rejected in self.rejected}
        except TypeError:
            raise InvalidTypeError(
                f"by is {shown(name)}, a column that holds lists; give another", field="by"
            ) from None
        return column

    @property
    def rows_read(self) -> int:
        """How many rows were read for it: its own or those of its log, and those set aside."""
        return len(self.rejected) + (len(self) if self.changes is None else self.changes.rows_read)

    @property
    def active_rows(self) -> list[int]:
        """The rows that are still active."""
        return [row for row, end in enumerate(self.ends_us) if end == STILL_ACTIVE_US and row not in self.undated]

    def alarm(self, row: int) -> Alarm:
        """Return one row as an Alarm, times in UTC; no end while active."""
        return next(self.alarms((row,)))

    def alarms(self, rows: Sequence[int]) -> Iterator[Alarm]:
        """Yield some rows as Alarms, as `alarm` does; many at once are faster."""
        return alarms_at(
            rows,
            starts_us=self.starts_us,
            ends_us=self.ends_us,
            last_seen_us=self.last_seen_us,
            columns=self.columns,
        )
