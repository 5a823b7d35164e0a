"""Rows of files as windows: what files of maintenance and files of exclusions share."""
################################################################
# One window a row. A column of APPLIES_TO_COLUMNS names the alarms that a window
# applies to: one value, or several with ";" between them, in JSON also a list. A
# window without any applies to everybody's time. `with_children` is yes or no.
#
# Columns are known by their names in any case, others are mapped. A column that
# windows do not have is refused, unless it is to be ignored: a misspelt one would
# quietly change what is excused.
################################################################

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from sla_compliance.checks import listed_texts, shown_names, wrong_type
from sla_compliance.errors import InvalidFileError, InvalidValueError, SLAComplianceError, shown
from sla_compliance.rows.options import OptionNames, or_give
from sla_compliance.rows.reading import TypedColumn
from sla_compliance.rows.times import Epoch, TimeReader
from sla_compliance.sources._files.chunk import Chunk, ExpectedColumns, Text
from sla_compliance.sources._files.row_files import RowFile, opened_rows
from sla_compliance.units import moment

APPLIES_TO_COLUMNS: Final = (
    "resource_id", "resource_name", "resource_type", "customer_id", "customer_name", "alarm_type", "source",
)  # fmt: skip

# What tables of many systems call a column, and our name of it.
_OTHER_NAMES: Final = {"created_by": "author"}
_NEEDED: Final = ("start", "end")
_WITH_CHILDREN: Final = "with_children"
_FLAGS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

WindowT = TypeVar("WindowT")


@dataclass(frozen=True, slots=True)
class WindowKind(Generic[WindowT]):
    """What rows become.

    Attributes:
        make: returns a window of its start, its end and keywords.
        name: what messages call one, e.g. "maintenance window".
        plural: what they call several.
        times, texts: the columns that hold times, and those that hold text.
    """

    make: Callable[..., WindowT]
    name: str
    plural: str
    times: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns."""
        return (*self.times, *self.texts, *APPLIES_TO_COLUMNS, _WITH_CHILDREN)


class WindowReader(Generic[WindowT]):
    """Reads files of one kind of windows."""

    def __init__(
        self,
        kind: WindowKind[WindowT],
        *,
        columns: Mapping[str, str] | None,
        ignored: Collection[str],
        times_in: str | None,
        epoch: Epoch | None,
        option_names: OptionNames,
    ) -> None:
        """Check the options.

        Args:
            columns: {our column: theirs}.
            ignored: columns of the files that are not read.
            times_in, epoch: as `alarms_from_rows`.
            option_names: what the door calls these options, for messages.

        Raises:
            InvalidTypeError, InvalidValueError: an option is not one.
        """
        self._kind = kind
        self._theirs = self._checked_columns(columns)
        self._ours = {their_name: our_name for our_name, their_name in self._theirs.items()}
        self._ignored = frozenset(listed_texts(ignored, "ignored"))
        self._times = TimeReader(times_in, epoch, option_names)
        self._way_out = or_give(option_names.columns)

    def _checked_columns(self, columns: Mapping[str, str] | None) -> dict[str, str]:
        if columns is None:
            return {}
        if not isinstance(columns, Mapping) or not all(
            isinstance(text, str) for pair in columns.items() for text in pair
        ):
            raise wrong_type(columns, "columns", "a mapping of texts such as {'start': 'begins_at'}")
        for name in columns:
            if name not in self._kind.columns:
                listed = ", ".join(self._kind.columns)
                raise InvalidValueError(
                    f"columns maps {shown(name)}, which {self._kind.plural} do not have; give one of {listed}",
                    field="columns",
                )
        if len(set(columns.values())) < len(columns):
            raise InvalidValueError("columns maps one column of the file twice; map it once", field="columns")
        return dict(columns)

    def read(self, path: str | os.PathLike[str]) -> tuple[WindowT, ...]:
        """Return the windows of a file; "-" is standard input.

        Raises:
            InvalidFileError: it cannot be read, lacks a column, has an unknown one, or a row of it is no window.
        """
        windows: list[WindowT] = []
        with opened_rows(path) as files:
            for file in files:
                for chunk in file.chunks(ExpectedColumns(self._are_enough)):
                    windows += self._windows(file, chunk)
        return tuple(windows)

    def _are_enough(self, their_names: Collection[str]) -> bool:
        return {self._our_name(name) for name in their_names}.issuperset(_NEEDED)

    def _our_name(self, their_name: str) -> str | None:
        """Return our name of a column, None of one that is ignored; that of an unknown one is none of ours."""
        if their_name in self._ignored:
            return None
        if their_name in self._ours:
            return self._ours[their_name]
        name = their_name.strip().lower()
        name = _OTHER_NAMES.get(name, name)
        # Where another column is mapped onto our name, this one is not ours.
        return f"original {name}" if name in self._theirs else name

    def _windows(self, file: RowFile, chunk: Chunk) -> Iterator[WindowT]:
        columns: dict[str, Sequence[Text]] = {}
        for their_name, column in chunk.columns.items():
            name = self._our_name(their_name)
            if name is None:
                continue
            if name not in self._kind.columns:
                listed = ", ".join(self._kind.columns)
                raise file.error(f"has a column {shown(their_name)}; {self._kind.plural} have {listed}{self._way_out}")
            if name in columns:
                raise file.error(f"has two columns called {name}; rename one")
            columns[name] = column.cells() if isinstance(column, TypedColumn) else column
        if chunk.columns:
            self._check_needed(file, columns, chunk.columns)
        for row, place in enumerate(chunk.places):
            values = {name: column[row] or None for name, column in columns.items()}
            try:
                yield self._window(values, chunk.faults.get(row))
            except SLAComplianceError as error:
                raise InvalidFileError(f"{place} is no {self._kind.name}: {error}", path=file.name) from error

    def _check_needed(self, file: RowFile, columns: Collection[str], their_names: Collection[str]) -> None:
        listed = shown_names(their_names)
        for name, their_name in self._theirs.items():
            if name not in columns:
                raise file.error(f"has no column {shown(their_name)}, which {name} is mapped to; it has {listed}")
        for name in _NEEDED:
            if name not in columns:
                raise file.error(
                    f"has no column {name}; it has {listed}; {self._kind.plural} need start and end{self._way_out}"
                )

    def _window(self, values: Mapping[str, Text], fault: str | None) -> WindowT:
        if fault is not None:
            raise InvalidFileError(fault)
        arguments: dict[str, Any] = {name: self._time(name, values.get(name)) for name in self._kind.times}
        for name in self._kind.texts:
            text = values.get(name)
            if text is not None:  # an empty cell leaves the window's own default
                arguments[name] = text
        applies_to: dict[str, list[str]] = {}
        for name in APPLIES_TO_COLUMNS:
            text = values.get(name)
            if text is not None:
                applies_to[name] = _cell_values(text)
        start, end = arguments.pop("start"), arguments.pop("end")
        with_children = yes_or_no(_WITH_CHILDREN, values.get(_WITH_CHILDREN))
        return self._kind.make(start, end, applies_to=applies_to or None, with_children=with_children, **arguments)

    def _time(self, name: str, text: Text) -> datetime | None:
        try:
            instant_us = self._times.read(text)
        except InvalidValueError as error:
            raise InvalidFileError(f"{name} {error}") from None
        if instant_us is not None:
            return moment(instant_us)
        if name in _NEEDED:
            raise InvalidFileError(f"{name} is empty")
        return None


def yes_or_no(name: str, text: Text) -> bool:
    """Return a flag; an empty cell is no."""
    if text is None:
        return False
    flag = _FLAGS.get(text.strip().lower())
    if flag is None:
        raise InvalidFileError(f"{name} is {shown(text)}; write yes or no")
    return flag


def _cell_values(text: str) -> list[str]:
    """Return the values of a cell: a JSON list, or texts with semicolons between them."""
    if text.startswith("["):
        try:
            items = json.loads(text)
        except ValueError:
            pass  # not JSON, but a text that begins with a bracket
        else:
            return [item if isinstance(item, str) else json.dumps(item) for item in items]
    return [value.strip() for value in text.split(";") if value.strip()]
