"""KeyColumn: the values of one column of keys, numbered."""
################################################################
# Values are compared as evaluate_each() compares them: those that are equal are one,
# and so are those that read alike; the first of them says how it reads. Of a typed
# column the frame's own library finds the distinct values. Floats and objects are
# read cell by cell: whether floats are whole numbers is a matter of their column as
# a whole, and 1, 1.0 and True are equal objects.
################################################################

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np

from sla_compliance.columns import is_absent, types_of
from sla_compliance.errors import InvalidTypeError
from sla_compliance.rows.arrow import FrameColumn
from sla_compliance.rows.reading import whole_floats_as_integers
from sla_compliance.rows.words import without_enum
from sla_compliance.timeline.line import Int64s

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """The values of one column of keys.

    Attributes:
        numbers: of each row the number of its value, -1 where it has none.
        texts: of each number, the value as text.
        first_values: by each value, the first that equals it; empty where none but equal texts are equal.
    """

    numbers: Int64s
    texts: Sequence[str]
    first_values: Mapping[Hashable, Hashable]

    @classmethod
    def of(cls, series: nw.Series[Any], field: str) -> KeyColumn:
        """Return the values of a column.

        Args:
            field: the argument that names the column, for messages.

        Raises:
            InvalidTypeError: a value cannot be a key.
        """
        try:
            return _of_typed(series) if _is_typed(series) else _of_cells(series)
        except Exception as error:  # a library, or a value, may raise anything where values cannot be compared
            raise InvalidTypeError(
                f"{field} names {series.name}, of which a value cannot be a key ({type(error).__name__}); give texts",
                field=field,
            ) from error

    def key_of(self, value: Hashable) -> Hashable:
        """Return the first value that equals a value."""
        return self.first_values.get(value, value)


def _is_typed(series: nw.Series[Any]) -> bool:
    """Return whether no two distinct values of a column are equal, and each reads by itself."""
    dtype = series.dtype
    if dtype == nw.Categorical:
        return series.cat.get_categories().dtype == nw.String
    return dtype in (nw.String, nw.Enum, nw.Boolean) or dtype.is_integer() or dtype.is_decimal() or dtype.is_temporal()


def _of_typed(series: nw.Series[Any]) -> KeyColumn:
    numbers = _numbers_of_values(series)
    first_rows = first_rows_of(numbers)
    values = FrameColumn(series[first_rows.tolist()]).cells()
    texts = ["" if value is None else str(value) for value in values]
    if "" not in texts and len(set(texts)) == len(texts):
        return KeyColumn(numbers, texts, {})
    # An empty text is no value, and dictionaries of PyArrow may hold one value twice.
    number_by_text = {"": -1}
    for text in texts:
        number_by_text.setdefault(text, len(number_by_text) - 1)
    new_numbers = [number_by_text[text] for text in texts]
    return KeyColumn(np.array([*new_numbers, -1], dtype=np.int64)[numbers], list(number_by_text)[1:], {})


def _of_cells(series: nw.Series[Any]) -> KeyColumn:
    cells = FrameColumn(series).cells()
    values: Sequence[Any] = [None if is_absent(cell) else without_enum(cell) for cell in cells]
    if types_of(cells) <= {float, type(None)}:
        values = whole_floats_as_integers(list(values))
    first_values: dict[Hashable, Hashable] = {}
    number_by_value: dict[Hashable, int] = {None: -1}
    number_by_text: dict[str, int] = {}
    for value in values:
        if value not in number_by_value:
            first_values[value] = value
            number_by_value[value] = number_by_text.setdefault(str(value), len(number_by_text))
    numbers = np.fromiter(map(number_by_value.__getitem__, values), dtype=np.int64, count=len(values))
    return KeyColumn(numbers, list(number_by_text), first_values)


def _numbers_of_values(series: nw.Series[Any]) -> Int64s:
    """Return the number of each row's value, in the order in which they come; -1 where it is missing."""
    native: Any = series.to_native()
    if series.implementation.is_polars():
        return _numbers_in_polars(native)
    if series.implementation.is_pandas():
        # Not groupby: it takes the name of a level of the index for that of a column, and makes floats of gaps.
        numbers, _ = native.factorize()
        return numbers.astype(np.int64)  # type: ignore[no-any-return]
    if not len(series):
        return np.zeros(0, dtype=np.int64)
    indices = native.combine_chunks().dictionary_encode().indices.cast("int64")
    return by_first_row(indices.fill_null(-1).to_numpy(zero_copy_only=False))


def _numbers_in_polars(values: pl.Series) -> Int64s:
    """Return the same of a Series of Polars; texts are numbered by a type that lists them, in a third of the time."""
    import polars as pl  # noqa: PLC0415 - it is installed where there is such a Series

    distinct = values.unique(maintain_order=True).drop_nulls()
    if values.dtype == pl.String:
        numbers = values.cast(pl.Enum(distinct)).to_physical()
    else:
        table = distinct.alias("value").to_frame().with_row_index("number")
        numbers = values.alias("value").to_frame().join(table, on="value", how="left", maintain_order="left")["number"]
    return numbers.cast(pl.Int64).fill_null(-1).to_numpy()


def first_rows_of(numbers: Int64s) -> Int64s:
    """Return the first row of each number from 0 on, each of which some row has."""
    first_rows = np.zeros(int(numbers.max(initial=-1)) + 2, dtype=np.int64)  # the last place is that of -1
    # Of several values for one place the last stays, so that of the rows in reverse order the first does.
    first_rows[numbers[::-1]] = np.arange(len(numbers), dtype=np.int64)[::-1]
    return first_rows[:-1]


def by_first_row(numbers: Int64s) -> Int64s:
    """Return numbers from 0 on in the order in which they come, -1 where they are negative."""
    highest = int(numbers.max(initial=-1))
    first_rows = np.full(highest + 2, -1, dtype=np.int64)  # the last place is that of -1
    first_rows[numbers[::-1]] = np.arange(len(numbers), dtype=np.int64)[::-1]
    present = np.flatnonzero(first_rows[:-1] >= 0)
    new_numbers = np.full(highest + 2, -1, dtype=np.int64)
    new_numbers[present[np.argsort(first_rows[present])]] = np.arange(len(present), dtype=np.int64)
    return new_numbers[numbers]
