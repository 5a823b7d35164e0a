"""The rule of a log of state changes: which outages it describes, and when each state was known."""
################################################################
# The rows of a key, in order of time and where times are equal in the order of the
# input: a word of `down` opens an outage, a word of `up` closes it, repeats change
# nothing. Without `up` every other word is up. What is still down is open.
#
# Before the first row of a key its state is not in the log. `before` says it:
#     auto       first row down: it was up since the log's first row of any key
#                (assumed, and listed); first row up: unknown, for the row may be
#                the monitor's beginning
#     unknown    not observed
#     up, down   up, or down, for all time before. An outage that began before the
#                log begins at MIN_US, is marked by its title and its incident, and is listed.
# Before the log's first row every key is unknown, unless `before` is up or down.
#
# Time of which the state is unknown is not monitored. It is each key's own
# (`monitored_by`); the whole is monitored where any key is.
#
# Where no row says down and no words of up are given, that all was up is assumed and
# listed (logged_changes.py).
#
# A row that cannot be read (its time, its key, a word that is neither down nor up)
# is set aside as one that may be down from its time to the next row of its key.
################################################################

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, Literal

from sla_compliance.alarms import Severity
from sla_compliance.batch import AlarmBatch
from sla_compliance.checks import checked_text, row_field, row_place, shown_names, wrong_value
from sla_compliance.columns import Column, is_absent
from sla_compliance.errors import InvalidAlarmError, InvalidValueError, shown
from sla_compliance.intervals import ALWAYS, ALWAYS_END_US, IntervalSet
from sla_compliance.logged_changes import LoggedChanges
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.rows.names import MOST_COLUMNS, MakeError, column_called, values_inside
from sla_compliance.rows.options import KEYWORDS, OptionNames
from sla_compliance.rows.reading import MOST_FAULTS, RowNames, TypedColumn
from sla_compliance.rows.times import Epoch, TimeReader
from sla_compliance.rows.words import Words, word_of, words_of
from sla_compliance.units import MIN_US
from sla_compliance.validation import NEEDED_INSTANT, STILL_ACTIVE_US, OnInvalid, RowValidation

Before = Literal["auto", "unknown", "up", "down"]

_KNOWN_BEFORE: Final = ("up", "down")
_BEFORE: Final = ("auto", "unknown", *_KNOWN_BEFORE)
_KEY_COLUMN: Final = "resource_id"


class ChangeFormat:
    """What a log of state changes cannot say of itself, checked."""

    def __init__(
        self,
        *,
        down: Words,
        up: Words | None = None,
        key: str | None = None,
        at: str = "at",
        state: str = "state",
        before: Before = "auto",
        times_in: str | None = None,
        epoch: Epoch | None = None,
        option_names: OptionNames = KEYWORDS,
    ) -> None:
        """Check the options; arguments and errors as `alarms_from_changes`."""
        self.down = words_of(down, "down")
        self.up = None if up is None else words_of(up, "up")
        if not self.down:
            raise InvalidValueError("down names no word, so nothing would ever be down; give one", field="down")
        for word in sorted(self.down & (self.up or frozenset())):
            raise InvalidValueError(f"up and down both name {shown(word)}; give it to one of them", field="up")
        if before not in _BEFORE:
            raise wrong_value(before, "before", "one of 'auto', 'unknown', 'up', 'down'")
        self.key = None if key is None else checked_text(key, "key", "the name of a column")
        self.at = checked_text(at, "at", "the name of a column")
        self.state = checked_text(state, "state", "the name of a column")
        self.before = before
        self.times = TimeReader(times_in, epoch, option_names)
        self._option_names = option_names

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return (self.at, self.state, *(() if self.key is None else (self.key,)))

    def check_names(self, their_names: Collection[str], error: MakeError) -> None:
        """Check that rows have the columns; raises what `error` makes."""
        if len(their_names) > MOST_COLUMNS:
            raise error(f"has {len(their_names):,} columns, more than {MOST_COLUMNS:,}; keep those of the log")
        for argument in ("at", "state", "key"):
            name = getattr(self, argument)
            if name is not None and column_called(name, their_names) is None:
                listed_names = shown_names(their_names)
                option = getattr(self._option_names, argument)
                raise error(f"has no column {shown(name)}; it has {listed_names}; name the right one as {option}")

    def is_down(self, word: str) -> bool | None:
        """Return whether a word says down; None where it says neither down nor up."""
        if word in self.down:
            return True
        is_up = word != "" if self.up is None else word in self.up
        return False if is_up else None


class ChangeReader:
    """The rows of a log of state changes, piece by piece."""

    def __init__(self, change_format: ChangeFormat, on_invalid: OnInvalid = "raise") -> None:
        """Begin without rows."""
        self._format = change_format
        self._validation = RowValidation(on_invalid, timedelta(0))
        self._row_names: RowNames | None = None
        self._at_us: list[int | None] = []
        self._keys: list[str | None] = []
        self._states: list[Any] = []
        self._is_down: list[bool | None] = []
        self._faults = self._validation.faults

    def add(
        self,
        columns: Mapping[str, Sequence[Any] | TypedColumn],
        row_count: int,
        *,
        row_names: Sequence[str] | None = None,
        row_faults: Mapping[int, str] | None = None,
    ) -> None:
        """Add the next rows; arguments as `RowReader.add`, the columns by their own names.

        Raises:
            InvalidAlarmsError: there are too many bad rows to read on.
        """
        first_row = len(self._at_us)
        if row_names is not None:
            self._row_names = self._row_names or RowNames()
            self._row_names.add(row_names)
        times = _column(columns, self._format.at, row_count)
        if isinstance(times, TypedColumn):
            at_us, time_faults = times.instants(self._format.times, self._format.at)
        else:
            at_us, time_faults = self._format.times.read_column(times, is_end=False)
        self._at_us += at_us
        self._states += _cells(_column(columns, self._format.state, row_count))
        if self._format.key is None:
            self._keys += [None] * row_count
        else:
            keys = _cells(_column(columns, self._format.key, row_count))
            self._keys += [None if is_absent(key) else str(key) for key in keys]
        self._is_down += [self._format.is_down(word_of(state)) for state in self._states[first_row:]]
        for index in range(row_count):
            fault = (row_faults or {}).get(index)
            if fault is None:
                self._check_row(first_row + index, time_faults.get(index))
            else:
                place = row_place(first_row + index, self._row_names)
                error = InvalidAlarmError(f"{place} {fault}", field=place, row=first_row + index)
                self._faults[first_row + index].append(error)
        if len(self._faults) >= MOST_FAULTS and self._validation.on_invalid == "raise":
            self.batch()

    def _check_row(self, row: int, time_fault: str | None) -> None:
        """Add what is wrong with a row to its faults."""
        if self._at_us[row] is None:
            self._add_fault(row, self._format.at, time_fault or "is empty; every change needs a time")
        if self._format.key is not None and self._keys[row] is None:
            self._add_fault(row, self._format.key, "is empty; every change needs a key")
        if self._is_down[row] is None:
            state = self._states[row]
            word = "empty" if is_absent(state) else shown(state)
            self._add_fault(row, self._format.state, f"is {word}, a word of neither down nor up; add it to one of them")

    def _add_fault(self, row: int, column: str, fault: str) -> None:
        field = row_field(row, column, self._row_names)
        self._faults[row].append(InvalidAlarmError(f"{field} {fault}", field=field, row=row))

    def batch(self) -> AlarmBatch:
        """Return the outages of the log as a batch.

        Raises:
            InvalidAlarmsError: rows are bad and they are not to be quarantined.
        """
        rows_by_key = self._rows_by_key()
        rejected = self._set_aside(rows_by_key)
        first_of_log_us = min((self._at(rows[0]) for rows in rows_by_key.values()), default=MIN_US)
        starts: list[int] = []
        ends: list[int] = []
        outage_keys: list[str | None] = []
        monitored_by_key: dict[str | None, IntervalSet] = {}
        for key, rows in rows_by_key.items():
            outages = self._outages(rows)
            starts += [start for start, _ in outages]
            ends += [end for _, end in outages]
            outage_keys += [key] * len(outages)
            monitored_by_key[key] = self._monitored(rows[0], first_of_log_us)
        batch = AlarmBatch(
            starts_us=tuple(starts),
            ends_us=tuple(ends),
            columns={"severity": (Severity.CRITICAL,) * len(starts), **self._titles(starts)},
            rejected=rejected,
            monitored=self._monitored_as_a_whole(monitored_by_key.values()),
            assumptions=self._assumptions(rows_by_key, first_of_log_us),
            changes=LoggedChanges(
                rows_read=sum(map(len, rows_by_key.values())), is_up_assumed=self._is_up_assumed(rows_by_key)
            ),
        )
        return batch if self._format.key is None else _with_keys(batch, self._format.key, outage_keys, monitored_by_key)

    def _at(self, row: int) -> int:
        at_us = self._at_us[row]
        return MIN_US if at_us is None else at_us

    def _rows_by_key(self) -> dict[str | None, list[int]]:
        """Return the rows that could be read, by their key, in order of time."""
        good_rows = [row for row in range(len(self._at_us)) if row not in self._faults]
        good_rows.sort(key=self._at)  # a stable sort: rows of one instant stay as given
        rows_by_key: dict[str | None, list[int]] = defaultdict(list)
        for row in good_rows:
            rows_by_key[self._keys[row]].append(row)
        return rows_by_key

    def _outages(self, rows: Sequence[int]) -> list[tuple[int, int]]:
        """Return the outages of one key."""
        outages = []
        down_since_us = MIN_US if self._format.before == "down" else None
        for row in rows:
            if self._is_down[row]:
                down_since_us = self._at(row) if down_since_us is None else down_since_us
            elif down_since_us is not None:
                outages.append((down_since_us, self._at(row)))
                down_since_us = None
        if down_since_us is not None:
            outages.append((down_since_us, STILL_ACTIVE_US))
        return outages

    def _monitored(self, first_row: int, first_of_log_us: int) -> IntervalSet:
        """Return when the state of a key is known."""
        if self._format.before in _KNOWN_BEFORE:
            return ALWAYS
        is_assumed_up = self._format.before == "auto" and self._is_down[first_row]
        return IntervalSet((first_of_log_us if is_assumed_up else self._at(first_row),), (ALWAYS_END_US,))

    def _monitored_as_a_whole(self, sets: Iterable[IntervalSet]) -> IntervalSet:
        return ALWAYS if self._format.before == "up" else IntervalSet.union(sets)

    def _titles(self, starts: Sequence[int]) -> dict[str, tuple[str | None, ...]]:
        """Return the column that marks outages which began before the log."""
        if self._format.before != "down":
            return {}
        return {"title": tuple("down since before the log" if start == MIN_US else None for start in starts)}

    def _is_up_assumed(self, rows_by_key: Mapping[str | None, Sequence[int]]) -> bool:
        """Return whether no row says down, and all states are up because no words of up were given."""
        return bool(rows_by_key) and self._format.up is None and not any(self._is_down)

    def _assumptions(self, rows_by_key: Mapping[str | None, Sequence[int]], first_of_log_us: int) -> tuple[str, ...]:
        if self._format.before == "down" and rows_by_key:
            return (f"{_count(len(rows_by_key), 'outage')} began before the log, at an unknown time",)
        if self._is_up_assumed(rows_by_key):
            words = sorted({word_of(state) for state in self._states if not is_absent(state)})
            return (
                f"no row says down ({shown_names(sorted(self._format.down))});"
                f" the states of the log are {shown_names(words)}",
            )
        if self._format.before != "auto":
            return ()
        keys_down_first = 0
        for rows in rows_by_key.values():
            if self._is_down[rows[0]] and self._at(rows[0]) > first_of_log_us:
                keys_down_first += 1
        if not keys_down_first:
            return ()
        return (f"{_count(keys_down_first, 'key')} taken as up from the log's first row to the first of its own",)

    def _set_aside(self, rows_by_key: Mapping[str | None, Sequence[int]]) -> tuple[RejectedRow, ...]:
        """Return the bad rows, each as one that may be down until the next row of its key."""
        if not self._faults:
            return ()
        starts = list(map(self._at, range(len(self._at_us))))
        ends: list[int | None] = [None] * len(starts)
        # Rows of one instant count in the order of the input, so a row's place is its time and its index.
        places_by_key = {}
        for key, rows in rows_by_key.items():
            places_by_key[key] = [(starts[row], row) for row in rows]
        for row in self._faults:
            if self._at_us[row] is None:
                self._validation.unreadable[row].add(NEEDED_INSTANT)
                continue
            places = places_by_key.get(self._keys[row], [])
            rank = bisect_left(places, (starts[row], row))
            if rank < len(places):
                next_us, _ = places[rank]
                # An end must lie behind its start; a later row of the same instant leaves a microsecond of doubt.
                ends[row] = max(next_us, starts[row] + 1)
        columns: dict[str, Column] = {self._format.state: tuple(self._states)}
        if self._format.key is not None:
            columns |= {self._format.key: tuple(self._keys), _KEY_COLUMN: tuple(self._keys)}
        return self._validation.set_aside({NEEDED_INSTANT: starts, "cleared_at": ends}, columns, {})


def _with_keys(
    batch: AlarmBatch, key_column: str, keys: Sequence[str | None], monitored_by_key: Mapping[str | None, IntervalSet]
) -> AlarmBatch:
    """Return a batch with the keys of its rows, as resource_id and under their own name."""
    by_text = {str(key): monitored for key, monitored in monitored_by_key.items()}
    names = dict.fromkeys((_KEY_COLUMN, key_column))
    return replace(
        batch,
        columns={**batch.columns, **dict.fromkeys(names, tuple(keys))},
        monitored_by=dict.fromkeys(names, by_text),
    )


def _cells(column: Sequence[Any] | TypedColumn) -> Sequence[Any]:
    return column.cells() if isinstance(column, TypedColumn) else column


def _column(
    columns: Mapping[str, Sequence[Any] | TypedColumn], name: str, row_count: int
) -> Sequence[Any] | TypedColumn:
    """Return the values of a column of the log; None where a piece does not have it."""
    own_name = column_called(name, columns.keys())
    if own_name is None:
        return [None] * row_count
    column = columns[own_name]
    if own_name.lower() == name.lower():
        return column
    # The column is the first part of a name with dots.
    return values_inside(_cells(column), name.partition(".")[2])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
