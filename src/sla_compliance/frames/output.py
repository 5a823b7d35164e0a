"""The frame of figures: the columns of the keys, then those of their days, in the kind that was given."""
################################################################
# The columns of the keys are taken from the frame given, so they keep their types.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import narwhals.stable.v2 as nw

from sla_compliance.dataframes import DataColumn, data_frame
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.timeline.line import Int64s

_KINDS: Final = {
    nw.Implementation.PANDAS: "pandas",
    nw.Implementation.POLARS: "polars",
    nw.Implementation.PYARROW: "arrow",
}
_TYPE_OF_VIEWS: Final = {"string_view": "large_string", "binary_view": "large_binary"}
"""Of types of PyArrow that are views, those of the same values that are none."""


def check_kind(frame: nw.DataFrame[Any]) -> None:
    """Check that frames of this kind can be made.

    Raises:
        InvalidTypeError: they cannot.
    """
    if frame.implementation not in _KINDS:
        raise InvalidTypeError(
            f"frame is one of {frame.implementation}; give one of pandas, Polars, PyArrow or DuckDB", field="frame"
        )


def with_takeable_types(frame: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """Return a frame without the types of PyArrow of which it takes no rows: views, and runs of one value."""
    if not frame.implementation.is_pyarrow():
        return frame
    import pyarrow.compute as pc  # type: ignore[import-untyped]  # noqa: PLC0415 - the frame is one of it

    table = frame.to_native()
    for index, field in enumerate(table.schema):
        type_name = str(field.type)
        if type_name in _TYPE_OF_VIEWS:
            table = table.set_column(index, field.name, table[index].cast(_TYPE_OF_VIEWS[type_name]))
        elif type_name.startswith("run_end_encoded"):
            table = table.set_column(index, field.name, pc.run_end_decode(table[index]))
    return nw.from_native(table, eager_only=True)


def frame_of_days(
    native: Any,  # noqa: ANN401 - frames have no common type
    values: nw.DataFrame[Any],
    rows: Int64s,
    columns: Sequence[DataColumn],
) -> Any:  # noqa: ANN401 - as above
    """Return the days of keys as a frame of the kind of `native`.

    Args:
        values: the columns of the keys.
        rows: for each day the row of `values` that holds its key.
        columns: the figures of the days.
    """
    figures = nw.from_native(data_frame(_KINDS[values.implementation], columns), eager_only=True)
    key_values = nw.maybe_reset_index(values[rows, :])
    days_of_keys = nw.concat([key_values, figures], how="horizontal").to_native()
    if nw.dependencies.is_polars_lazyframe(native):
        return days_of_keys.lazy()
    if nw.dependencies.is_duckdb_relation(native):
        return _relation_of(native, days_of_keys)
    return days_of_keys


def _relation_of(native: Any, table: Any) -> Any:  # noqa: ANN401 - as above
    """Return a table as a relation on the connection of another."""
    # DuckDB finds the table by the name of the variable, unless the database has a table of that name.
    sla_compliance_days_of_keys = table  # noqa: F841 - read by its name
    try:
        return native.query("sla_compliance_alarms", "SELECT * FROM sla_compliance_days_of_keys")
    except Exception as error:  # of DuckDB, which is not imported
        raise InvalidValueError(
            f"frame is a relation whose connection reads no Arrow table by its name ({type(error).__name__}); set"
            " python_enable_replacements to true there, or give frame.to_arrow_table()",
            field="frame",
        ) from error
