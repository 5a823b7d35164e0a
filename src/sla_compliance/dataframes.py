"""Data frames: columns of values as a frame of pandas, Polars or PyArrow, through narwhals."""
################################################################
# This file is the only place that makes frames. It knows no records or incidents:
# they give columns, each with its type, so a frame without rows has the types of
# one with rows.
#
# An instant has the zone UTC in a frame: no library of frames is asked for local
# times, because each has zone rules of its own. A length is an integer in
# microseconds. pandas has no type of dates; its column holds `datetime.date`.
#
# narwhals is imported when a frame is asked for, so that importing the package stays
# light.
################################################################

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import version
from typing import Any, Final, Literal

from sla_compliance.checks import checked_text, wrong_value
from sla_compliance.errors import requires_extra

_KINDS_IN_WORDS: Final = "'pandas', 'polars' or 'arrow'"
_PACKAGES: Final[Mapping[str, Literal["pandas", "polars", "pyarrow"]]] = {
    "pandas": "pandas",
    "polars": "polars",
    "arrow": "pyarrow",
}


class ValueType(Enum):
    """What a column of a frame holds."""

    DATE = "dates"
    INSTANT = "instants: aware datetimes in UTC, or None"
    TEXT = "texts, or None"
    FLAG = "True or False"
    INTEGER = "integers of 64 bits"
    NUMBER = "floats, or None"


@dataclass(frozen=True, slots=True)
class DataColumn:
    """A column of a frame before it is one.

    Attributes:
        name: its name.
        type: what it holds.
        values: one for each row; where they are a numpy array, that of dates has days, and NaN among numbers is None.
    """

    name: str
    type: ValueType
    values: Sequence[Any]


def data_frame(kind: str, columns: Sequence[DataColumn]) -> Any:  # noqa: ANN401 - frames have no common type
    """Return a frame of some columns of one length.

    Args:
        kind: "pandas", "polars" or "arrow".

    Raises:
        InvalidTypeError, InvalidValueError: `kind` is none of these.
        MissingExtraError: narwhals, or the package of that kind, is not installed.
    """
    if checked_text(kind, "kind", _KINDS_IN_WORDS) not in _PACKAGES:
        raise wrong_value(kind, "kind", _KINDS_IN_WORDS)
    package = _PACKAGES[kind]
    with requires_extra("arrow", f"a frame of {package}", package=package):
        import narwhals.stable.v2 as nw  # noqa: PLC0415 - only who asks for frames needs it

        dtypes = {
            # narwhals makes dates of pandas by way of PyArrow, which not everyone has.
            ValueType.DATE: nw.Object() if kind == "pandas" else nw.Date(),
            ValueType.INSTANT: nw.Datetime("us", "UTC"),
            ValueType.TEXT: nw.Object() if kind == "pandas" and _is_old_pandas() else nw.String(),
            ValueType.FLAG: nw.Boolean(),
            ValueType.INTEGER: nw.Int64(),
            ValueType.NUMBER: nw.Float64(),
        }
        values = {column.name: _values(column, are_objects=kind == "pandas") for column in columns}
        schema = {column.name: dtypes[column.type] for column in columns}
        frame = nw.from_dict(values, schema=schema, backend=package)
        with_nan = [column.name for column in columns if column.type is ValueType.NUMBER and _is_array(column.values)]
        return frame.with_columns(nw.col(with_nan).fill_nan(None)).to_native() if with_nan else frame.to_native()


def _is_array(values: object) -> bool:
    """Return whether values are a numpy array, which is not imported for that."""
    return hasattr(values, "dtype")


def _values(column: DataColumn, *, are_objects: bool) -> Any:  # noqa: ANN401 - an array, or a list
    """Return the values of a column as a frame takes them; with `are_objects`, dates as objects."""
    values: Any = column.values
    if not _is_array(values):
        return list(values)
    if column.type is ValueType.DATE and are_objects:
        return values.astype(object)
    return values.tolist() if column.type is ValueType.TEXT else values


def _is_old_pandas() -> bool:
    """Return whether pandas has no type of its own for text: made into one there, None would read "None"."""
    return int(version("pandas").partition(".")[0]) < 3
