"""Frames to a batch of alarms, and what is a frame at all."""
################################################################
# This file needs no third party: narwhals is imported by rows/arrow.py, once a frame
# is there to be read.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final, Protocol, TypeGuard

from sla_compliance.batch import AlarmBatch
from sla_compliance.corrections import Correction
from sla_compliance.errors import InvalidValueError, SLAComplianceError
from sla_compliance.rows.reading import RowFormat, RowReader
from sla_compliance.rows.times import Epoch
from sla_compliance.rows.words import WordMap
from sla_compliance.validation import OnInvalid


class ArrowFrame(Protocol):
    """A frame that exports Arrow: of pandas, Polars, PyArrow, DuckDB."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:  # noqa: ANN401 - Arrow's interface
        """Return a capsule of an Arrow stream."""


class LazyFrame(Protocol):
    """A frame that is computed when it is asked for, of Polars."""

    def collect_schema(self) -> Any:  # noqa: ANN401 - of its library
        """Return the names and types of its columns."""


NativeFrame = ArrowFrame | LazyFrame
_MARKS: Final = ("__arrow_c_stream__", "__dataframe__", "collect_schema")


def is_frame(value: object) -> TypeGuard[NativeFrame]:
    """Return whether a value is a frame, without importing any library of frames."""
    return any(hasattr(type(value), mark) for mark in _MARKS)


def alarms_from_frame(
    frame: NativeFrame,
    *,
    columns: Mapping[str, str] | None = None,
    times_in: str | None = None,
    epoch: Epoch | None = None,
    severity_map: WordMap | None = None,
    status_map: WordMap | None = None,
    on_invalid: OnInvalid = "raise",
    clock_skew: timedelta = timedelta(0),
) -> AlarmBatch:
    """Return the alarms of a frame: pandas, Polars (eager or lazy), PyArrow, DuckDB. Needs the extra `arrow`.

    Args:
        frame: a row an alarm; a lazy frame is collected. Missing values (NaT, NaN, NA, null) are absent, so an open
            alarm's `cleared_at` may be NaT.
        columns, times_in, epoch, severity_map, status_map: as `alarms_from_rows`.
        on_invalid, clock_skew: as `AlarmBatch.from_alarms`.

    Raises:
        InvalidAlarmsError: rows are bad and `on_invalid` is "raise".
        InvalidTypeError: `frame` is no frame, or an option has the wrong type.
        InvalidValueError: the frame lacks a column, a column has a type that names no time, or an option is not one.
        MissingExtraError: a package that reads frames is not installed.

    Cost: by whole columns; times never become an object each.
    """
    row_format = RowFormat(
        columns=columns, times_in=times_in, epoch=epoch, severity_map=severity_map, status_map=status_map
    )
    return batch_from_frame(frame, row_format, on_invalid, clock_skew)


def batch_from_frame(
    frame: NativeFrame,
    row_format: RowFormat,
    on_invalid: OnInvalid,
    clock_skew: timedelta = timedelta(0),
    corrections: Iterable[Correction] = (),
) -> AlarmBatch:
    """Return the alarms of a frame of a format; arguments and errors as `alarms_from_frame`."""
    from sla_compliance.rows.arrow import eager_frame, frame_columns  # noqa: PLC0415 - needs narwhals

    # Names first: a frame may have too many columns to make each of them.
    eager = eager_frame(frame)
    row_format.check_names(eager.columns, error_of_frame)
    row_format.names.check_mapped(eager.columns, None, error_of_frame)
    theirs, row_count = frame_columns(eager)
    reader = RowReader(row_format, on_invalid, clock_skew, corrections)
    reader.add(row_format.names.named(theirs), row_count)
    return reader.batch()


def error_of_frame(fault: str) -> SLAComplianceError:
    """Return the error of a fault such as "has no column severity"."""
    return InvalidValueError(f"frame {fault}", field="frame")
