"""with_added_keys(): the columns of the frame's keys, with keys that only an inventory lists."""
################################################################
# Columns keep their types where these hold the keys that are added; a column without
# any value has the type of those. A library may make another value of one that does
# not fit, such as True of "x": each key is compared with what became of it.
################################################################

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import narwhals.stable.v2 as nw

from sla_compliance.errors import InvalidValueError, shown

_Columns = Mapping[str, list[Any]]


def with_added_keys(
    values: nw.DataFrame[Any], added: Sequence[tuple[object, ...]], *, with_missing: bool
) -> nw.DataFrame[Any]:
    """Return the columns of keys with further rows.

    Args:
        added: the values of keys.
        with_missing: whether a row of missing values comes after them.

    Raises:
        InvalidValueError: a key does not fit the types of the columns.
    """
    if not added and not with_missing:
        return values
    try:
        return _extended(values, added, with_missing=with_missing)
    except Exception as error:  # a library may raise anything
        unfit = next((key for key in added if not _fits(values, key)), added[0] if added else (None,))
        columns = ", ".join(f"{name} ({dtype})" for name, dtype in values.schema.items())
        raise InvalidValueError(
            f"inventory holds {', '.join(map(shown, unfit))}, which does not fit the types of {columns} in the"
            f" frame ({type(error).__name__}); give keys of these types, or make texts of these columns",
            field="inventory",
        ) from error


def _fits(values: nw.DataFrame[Any], key: tuple[object, ...]) -> bool:
    try:
        _extended(values.head(0), [key], with_missing=False)
    except Exception:  # as above
        return False
    return True


def _extended(
    values: nw.DataFrame[Any], added: Sequence[tuple[object, ...]], *, with_missing: bool
) -> nw.DataFrame[Any]:
    columns = {name: [key[place] for key in added] for place, name in enumerate(values.columns)}
    native: Any = _EXTENDED_BY[values.implementation](values.to_native(), columns, with_missing)
    extended: nw.DataFrame[Any] = nw.from_native(native, eager_only=True)
    for name, column in columns.items():
        cells = extended[name].to_list()[len(values) : len(values) + len(column)]
        for cell, value in zip(cells, column, strict=True):
            if cell != value and str(cell) != str(value):
                raise ValueError(f"{value!r} became {cell!r}")
    return extended


def _extended_polars(frame: Any, columns: _Columns, with_missing: bool) -> Any:  # noqa: ANN401 - foreign types
    import polars as pl  # noqa: PLC0415 - only where the frame is one of it

    rows = {}
    for name, column in columns.items():
        dtype = frame.schema[name]
        cells = [*column, None] if with_missing else column
        rows[name] = pl.Series(name, cells, dtype=None if dtype == pl.Null else dtype)
    return pl.concat([frame, pl.DataFrame(rows)], how="vertical_relaxed")


def _extended_pandas(frame: Any, columns: _Columns, with_missing: bool) -> Any:  # noqa: ANN401 - foreign types
    import pandas as pd  # noqa: PLC0415 - as above

    extended = frame.reset_index(drop=True)
    if next(iter(columns.values())):
        rows = {}
        for name, column in columns.items():
            dtype = frame[name].dtype
            is_category = isinstance(dtype, pd.CategoricalDtype)
            rows[name] = pd.Series(column) if is_category else pd.Series(column, dtype=object).astype(dtype)
        extended = pd.concat([extended, pd.DataFrame(rows)], ignore_index=True)
    # A row that the frame does not have is one of missing values: integers become floats, bools objects.
    return extended.reindex(range(len(extended) + 1)) if with_missing else extended


def _extended_arrow(table: Any, columns: _Columns, with_missing: bool) -> Any:  # noqa: ANN401 - foreign types
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

    rows = {}
    for index, (name, column) in enumerate(columns.items()):
        dtype = table.schema.field(name).type
        cells = [*column, None] if with_missing else column
        rows[name] = pa.array(cells, None if pa.types.is_null(dtype) else dtype)
        if pa.types.is_null(dtype):
            table = table.set_column(index, name, table[name].cast(rows[name].type))
        elif pa.types.is_dictionary(dtype):
            # A dictionary may hold a missing value; PyArrow does not join such ones.
            encoded = table[name].cast(dtype.value_type).dictionary_encode()
            table = table.set_column(index, name, encoded.cast(dtype))
    return pa.concat_tables([table, pa.table(rows, schema=table.schema)])


_EXTENDED_BY: Final[Mapping[nw.Implementation, Callable[[Any, _Columns, bool], Any]]] = {
    nw.Implementation.PANDAS: _extended_pandas,
    nw.Implementation.POLARS: _extended_polars,
    nw.Implementation.PYARROW: _extended_arrow,
}
