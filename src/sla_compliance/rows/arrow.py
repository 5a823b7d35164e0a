"""Columns of frames, of pandas, Polars, PyArrow, DuckDB and others, as instants and values, through narwhals."""
################################################################
# A column is read as a whole. Times leave the frame as integer microseconds, never
# as an object a cell; no backend is ever asked for time zones: times without one
# are local times, which rows/times.py reads.
#
# A column of the wrong type (times without a zone, numbers without a unit, days,
# floats with a fraction) is one error of the whole column, because all of its
# values are wrong alike. A bad value is a fault of its row.
#
# Missing is None, whatever the backend calls it. pandas makes floats of integers
# with a gap, and they stay floats when the gap is dropped: a column of floats, each
# of them whole, is integers again, for keys and ids are compared as text.
################################################################

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sla_compliance.checks import wrong_type
from sla_compliance.columns import is_absent
from sla_compliance.errors import InvalidValueError, MissingExtraError, SLAComplianceError, requires_extra
from sla_compliance.rows.names import check_texts
from sla_compliance.rows.reading import TypedColumn, whole_floats_as_integers
from sla_compliance.rows.times import TimeReader
from sla_compliance.units import MAX_US, MIN_US
from sla_compliance.validation import TO_COME_COLUMNS

with requires_extra("arrow", __name__):
    import narwhals.stable.v2 as nw


def eager_frame(native: Any) -> nw.DataFrame[Any]:  # noqa: ANN401 - frames have no common type
    """Return a frame of any kind as one of narwhals, none of its columns read yet; a lazy one is collected.

    Raises:
        InvalidTypeError: it is no frame, or a column has a name that is no text.
        InvalidValueError: two of its columns have one name.
        MissingExtraError: its backend needs a package that is not installed.
    """
    try:
        frame = _eager(native)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"a frame of {type(native).__name__}", extra="arrow", library=error.name or "", package=error.name or ""
        ) from error
    check_texts(frame.columns)
    return frame


def frame_columns(
    frame: nw.DataFrame[Any], *, cell_of: Callable[[Any], Any] | None = None
) -> tuple[dict[str, FrameColumn], int]:
    """Return the columns of a frame by their names, and how many rows it has.

    Args:
        cell_of: what to make of each value that is no instant; by default it stays as it is.
    """
    return {name: FrameColumn(frame[name], cell_of) for name in frame.columns}, len(frame)


def _eager(native: Any) -> nw.DataFrame[Any]:  # noqa: ANN401 - as above
    try:
        frame = nw.from_native(native)
    except ValueError as error:
        # narwhals lists the names, one on a line below its own sentence.
        names = ", ".join(line.strip("- ") for line in str(error).splitlines()[1:])
        raise InvalidValueError(
            f"frame has two columns of one name: {names[:120]}; rename one", field="frame"
        ) from None
    except TypeError:
        return _of_stream(native)
    return frame.collect() if isinstance(frame, nw.LazyFrame) else frame


def _of_stream(native: Any) -> nw.DataFrame[Any]:  # noqa: ANN401 - as above
    """Return a frame of something that narwhals does not know and that may export a stream of Arrow batches."""
    unknown = wrong_type(native, "frame", "a frame of pandas, Polars, PyArrow or DuckDB")
    # A Series streams its values too; it is refused before pyarrow, which may not be installed, would see that.
    if nw.dependencies.is_into_series(native) or not hasattr(type(native), "__arrow_c_stream__"):
        raise unknown
    try:
        return nw.from_arrow(native, backend="pyarrow")
    except ValueError:  # a stream of single values, such as a Series
        raise unknown from None


class FrameColumn(TypedColumn):
    """One column of a frame."""

    def __init__(self, series: nw.Series[Any], cell_of: Callable[[Any], Any] | None = None) -> None:
        self._series = series
        self._cell_of = cell_of

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values())

    def instants(self, times: TimeReader, name: str) -> tuple[list[Any], dict[int, str]]:
        """Return the column as instants, microseconds, None where missing, and what is wrong with it, by index.

        Raises:
            InvalidValueError: it is a column of the wrong type; a message names the option that would read it.
        """
        dtype = self._series.dtype
        if isinstance(dtype, nw.Datetime):
            return self._datetimes(times, name, is_local=dtype.time_zone is None), {}
        values = self._values()
        present = (value for value in values if value is not None)
        if dtype == nw.Date or (dtype.is_numeric() and not times.reads_numbers):
            _check_readable(next(present, None), times, name)
        elif dtype.is_float():
            _check_readable(next((value for value in present if value % 1), None), times, name)
        return times.read_column(values, is_end=name in TO_COME_COLUMNS)

    def cells(self) -> Sequence[Any]:
        """Return the values, None where missing."""
        values = self._values()
        if self._series.dtype.is_float():
            values = whole_floats_as_integers(values)
        is_text = self._series.dtype == nw.String
        return values if is_text or self._cell_of is None else list(map(self._cell_of, values))

    def take(self, rows: Sequence[int]) -> FrameColumn:
        """Return some of the rows, by index."""
        return FrameColumn(self._series[list(rows)], self._cell_of)

    def _values(self) -> list[Any]:
        try:
            values = self._series.to_list()
        except Exception as error:  # a backend may raise anything at a value that Python cannot hold
            raise InvalidValueError(
                f"column {self._series.name} cannot be read ({type(error).__name__}); mend it or leave it out",
                field="frame",
            ) from error
        has_missing = self._series.dtype.is_float() or self._series.null_count()
        return [None if is_absent(value) else value for value in values] if has_missing else values

    def _datetimes(self, times: TimeReader, name: str, *, is_local: bool) -> list[int | None]:
        present = self._series.drop_nulls()
        if is_local and times.local_times is None and len(present):
            _check_readable(present[0], times, name)
        # Missing times are left out first: with a gap, pandas would count microseconds in floats.
        instants: list[int] = present.dt.timestamp("us").to_list()
        if is_local and times.local_times is not None:
            instant_of = times.local_times.instant_us
            instants = [instant_of(local) if MIN_US <= local <= MAX_US else local for local in instants]
        if len(instants) == len(self._series):
            return list(instants)
        remaining = iter(instants)
        return [None if is_missing else next(remaining) for is_missing in self._series.is_null().to_list()]


def _check_readable(value: object, times: TimeReader, name: str) -> None:
    """Check that a value of a column can be read as a time.

    Raises:
        InvalidValueError: it cannot; so none of its column can.
    """
    try:
        times.read(value)
    except SLAComplianceError as error:
        raise InvalidValueError(f"column {name} {error}", field=name) from None
