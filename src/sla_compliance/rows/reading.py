"""The one reader of rows: columns of any input, piece by piece, until they are a batch of alarms."""
################################################################
# Whatever the door, rows become columns under our names here, and nowhere else
# are their times, numbers and words read. What they cannot say of themselves is
# in RowFormat: names of columns (names.py), zone and unit of times (times.py),
# words of severity and status (words.py).
#
# Needed is first_occurrence. Where an input has no column of severities, each of
# its rows counts as critical, and the batch says so in `assumptions`.
# Columns that alarms do not have are carried along as they are.
#
# A row that cannot be read is a fault of that row: all faults are collected, and
# the validation of the batch raises them together or sets the rows aside. Where
# they are to be raised, reading ends once there are MOST_FAULTS of them.
################################################################

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from operator import index
from typing import Any, Final

from sla_compliance.alarms import ALARM_COLUMNS, INSTANT_COLUMNS, ColumnKind, Severity
from sla_compliance.batch import AlarmBatch
from sla_compliance.checks import row_field, row_place
from sla_compliance.columns import has_empty_text, is_absent, types_of
from sla_compliance.corrections import Correction, checked_corrections
from sla_compliance.errors import InvalidAlarmError, shown
from sla_compliance.rows.names import MakeError, RowColumnNames, check_texts
from sla_compliance.rows.options import KEYWORDS, OptionNames, with_option
from sla_compliance.rows.times import Epoch, TimeReader
from sla_compliance.rows.words import SeverityReader, StatusReader, WordMap, without_enum
from sla_compliance.validation import NEEDED_INSTANT, TO_COME_COLUMNS, OnInvalid, RowValidation

MOST_FAULTS: Final = 10_000
MOST_TEXTS: Final = 1 << 14

_COUNTS: Final = frozenset(column.name for column in ALARM_COLUMNS if column.kind is ColumnKind.COUNT)
_DESCRIPTIONS: Final = frozenset(
    column.name for column in ALARM_COLUMNS if column.kind in (ColumnKind.KEY, ColumnKind.TEXT)
)
_LONGEST_COUNT: Final = 18


class RowFormat:
    """What rows cannot say of themselves, checked."""

    def __init__(
        self,
        *,
        columns: Mapping[str, str] | None = None,
        times_in: str | None = None,
        epoch: Epoch | None = None,
        severity_map: WordMap | None = None,
        status_map: WordMap | None = None,
        option_names: OptionNames = KEYWORDS,
    ) -> None:
        """Check the options; arguments as `alarms_from_rows`.

        Args:
            option_names: what the door calls its options, for messages.

        Raises:
            InvalidTypeError, InvalidValueError: an option is not one; a message names it.
        """
        self.names = RowColumnNames(columns)
        self.times = TimeReader(times_in, epoch, option_names)
        self.severities = SeverityReader(severity_map, option_names)
        self.statuses = StatusReader(status_map)
        self._way_out = f"map the one that holds it{with_option(option_names.columns)}"

    def check_names(
        self, their_names: Collection[Any], error: MakeError, needed: Iterable[str] = (NEEDED_INSTANT,)
    ) -> None:
        """Check the names of an input's columns as far as they are known; errors as `RowColumnNames.check`."""
        check_texts(their_names)
        self.names.check(their_names, needed, error, self._way_out)


class TypedColumn(ABC):
    """A column that knows the type of its values, such as one of a frame."""

    @abstractmethod
    def instants(self, times: TimeReader, name: str) -> tuple[list[Any], dict[int, str]]:
        """Return it as instants, as TimeReader.read_column does; `name` is ours, for messages."""

    @abstractmethod
    def cells(self) -> Sequence[Any]:
        """Return its values, None where they are absent."""

    @abstractmethod
    def take(self, rows: Sequence[int]) -> TypedColumn:
        """Return some of its rows, by index."""


class RowNames(Sequence[str]):
    """What to call rows that were read piece by piece; a name is made when it is asked for."""

    def __init__(self) -> None:
        self._first_rows: list[int] = []
        self._pieces: list[Sequence[str]] = []
        self._length = 0

    def add(self, names: Sequence[str]) -> None:
        """Add the names of the next rows."""
        if names:
            self._first_rows.append(self._length)
            self._pieces.append(names)
            self._length += len(names)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, row: Any) -> Any:  # noqa: ANN401 - an index alone; slices are not needed
        piece = bisect_right(self._first_rows, row) - 1
        return self._pieces[piece][row - self._first_rows[piece]]


@dataclass(frozen=True, slots=True)
class _Values:
    """The values of one column of a piece.

    Attributes:
        faults: what is wrong with some of them, by index.
        are_plain: whether they are known to be plain, as `plain_columns` of AlarmBatch.from_named_columns are.
    """

    column: Sequence[Any]
    faults: Mapping[int, str] = field(default_factory=dict)
    are_plain: bool = False


class RowReader:
    """The rows of one or several inputs."""

    def __init__(
        self,
        row_format: RowFormat,
        on_invalid: OnInvalid = "raise",
        clock_skew: timedelta = timedelta(0),
        corrections: Iterable[Correction] = (),
    ) -> None:
        """Begin without rows; arguments and errors as `alarms_from_rows`."""
        RowValidation(on_invalid, clock_skew)  # refuses bad options before anything is read
        self._format = row_format
        self._on_invalid = on_invalid
        self._clock_skew = clock_skew
        self._corrections = checked_corrections(corrections)
        self._columns: dict[str, list[Any]] = {NEEDED_INSTANT: []}
        self._odd_columns: set[str] = set()
        self._texts_by_column: dict[str, dict[str | None, str | None]] = {}
        self._row_names: RowNames | None = None
        self._faults: list[InvalidAlarmError] = []
        self._first_row_of_input = 0
        self._has_severities = False
        self._rows_without_severity = 0

    def __len__(self) -> int:
        return len(self._columns[NEEDED_INSTANT])

    def add(
        self,
        columns: Mapping[str, Sequence[Any] | TypedColumn],
        row_count: int,
        *,
        row_names: Sequence[str] | None = None,
        row_faults: Mapping[int, str] | None = None,
    ) -> None:
        """Add the next rows.

        Args:
            columns: by our names, each with a value for every row.
            row_count: how many rows they are.
            row_names: what to call each row in messages; given for all pieces or for none.
            row_faults: what is wrong with whole rows, by index.

        Raises:
            InvalidAlarmsError: there are too many bad rows to read on.
        """
        first_row = len(self)
        if row_names is not None:
            self._row_names = self._row_names or RowNames()
            self._row_names.add(row_names)
        self._has_severities |= "severity" in columns
        for offset, fault in sorted((row_faults or {}).items()):
            place = row_place(first_row + offset, self._row_names)
            self._faults.append(InvalidAlarmError(f"{place} {fault}", field=place, row=first_row + offset))
        for name in {**self._columns, **columns}:
            if name not in self._columns:
                self._columns[name] = [None] * first_row
            if name in columns:
                values = self._read(name, columns[name])
            else:
                values = _Values([None] * row_count, are_plain=name != NEEDED_INSTANT)
            self._columns[name].extend(values.column)
            if not values.are_plain:
                self._odd_columns.add(name)
            for offset, fault in values.faults.items():
                # A row that is no row at all has one fault, not one for each of its columns besides.
                if not row_faults or offset not in row_faults:
                    self._add_fault(first_row + offset, name, fault)
        if len(self._faults) >= MOST_FAULTS and self._on_invalid == "raise":
            self.batch()

    def end_input(self) -> None:
        """End one input: without a column of severities, each of its rows counts as critical."""
        new_rows = len(self) - self._first_row_of_input
        if new_rows and not self._has_severities:
            severities = self._columns.setdefault("severity", [None] * len(self))
            severities[self._first_row_of_input :] = [Severity.CRITICAL] * new_rows
            self._rows_without_severity += new_rows
        self._first_row_of_input = len(self)
        self._has_severities = False

    def batch(self) -> AlarmBatch:
        """Return the rows as a batch, and forget them; errors as `AlarmBatch.from_named_columns`."""
        self.end_input()
        # One column after another, so that no two copies of all of them are ever in memory.
        columns = {}
        plain_columns = self._columns.keys() - self._odd_columns
        for name in list(self._columns):
            columns[name] = tuple(self._columns.pop(name))
        batch = AlarmBatch.from_named_columns(
            columns,
            plain_columns=plain_columns,
            row_names=self._row_names,
            faults=self._faults,
            corrections=self._corrections,
            on_invalid=self._on_invalid,
            clock_skew=self._clock_skew,
        )
        if self._rows_without_severity == 0:
            return batch
        rows = "1 row" if self._rows_without_severity == 1 else f"{self._rows_without_severity:,} rows"
        return replace(batch, assumptions=(f"{rows} without a severity column, counted as critical",))

    def _add_fault(self, row: int, column: str, fault: str) -> None:
        field = row_field(row, column, self._row_names)
        self._faults.append(InvalidAlarmError(f"{field} {fault}", field=field, row=row, column=column))

    def _read(self, name: str, values: Sequence[Any] | TypedColumn) -> _Values:
        """Return the values of one of our columns as a batch takes them."""
        if name in INSTANT_COLUMNS:
            if isinstance(values, TypedColumn):
                return _Values(*values.instants(self._format.times, name))
            return self._instants(name, values)
        cells = values.cells() if isinstance(values, TypedColumn) else values
        if name == "severity":
            return _Values(*self._format.severities.read_column(cells))
        if name == "status":
            cells = self._format.statuses.read_column(cells)
        elif name in _COUNTS:
            return _counts(cells)
        return self._described(name, cells)

    def _instants(self, name: str, values: Sequence[Any]) -> _Values:
        instants = self._format.times.plain_column(values)
        if instants is None:
            return _Values(*self._format.times.read_each(values, is_end=name in TO_COME_COLUMNS))
        return _Values(instants, are_plain=name != NEEDED_INSTANT or all(values))

    def _described(self, name: str, values: Sequence[Any]) -> _Values:
        """Return the values of a column that is carried along: absent ones as None, equal texts as one object."""
        kinds = types_of(values)
        if kinds <= {str, type(None)}:
            texts = self._texts_by_column.setdefault(name, {"": None})
            if len(texts) < MOST_TEXTS:
                return _Values(list(map(texts.setdefault, values, values)), are_plain=True)
            # A column of ids: hardly two texts are equal, and looking for them costs more than it saves.
            texts_or_none = [text or None for text in values] if has_empty_text(values) else values
            return _Values(texts_or_none, are_plain=True)
        if kinds <= {int, type(None)}:
            return _Values(values, are_plain=True)
        plain_values = [None if is_absent(value) else without_enum(value) for value in values]
        return _Values(whole_floats_as_integers(plain_values) if kinds <= {float, type(None)} else plain_values)


def whole_floats_as_integers(values: list[Any]) -> list[Any]:
    """Return a column of floats as integers where each of them is whole; None where they are absent.

    pandas makes floats of integers beside a missing value, and 17.0 is another key than 17 as text.
    """
    if not all(value is None or value.is_integer() for value in values):
        return values
    return [None if value is None else int(value) for value in values]


def _counts(values: Sequence[Any]) -> _Values:
    column: list[int | None] = []
    faults = {}
    for row, value in enumerate(values):
        count = None if is_absent(value) else _whole_number(value)
        column.append(count)
        if count is None and not is_absent(value):
            faults[row] = f"is {shown(value)}; give a whole number"
    return _Values(column, faults)


def _whole_number(value: Any) -> int | None:  # noqa: ANN401 - whatever a row may hold
    """Return the whole number that a value is, or is the text of; None where it is none."""
    if isinstance(value, str):
        is_number = len(value) <= _LONGEST_COUNT and value.isascii() and value.isdigit()
        return int(value) if is_number else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return index(value) if hasattr(value, "__index__") and not isinstance(value, bool) else None
