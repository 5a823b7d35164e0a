"""daily_compliance(): a frame of alarms of many keys in, a frame of their days out."""
################################################################
# frame --> checked rows --> days of each key --> frame of the same kind
################################################################

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final, Unpack

from sla_compliance.errors import requires_extra
from sla_compliance.frames.question import Bound, DailyKeywords, DailyQuestion, Terms
from sla_compliance.frames.result import DailyResult
from sla_compliance.inventory import Inventory
from sla_compliance.readings import Unkeyed
from sla_compliance.rows.frames import NativeFrame
from sla_compliance.rows.reading import RowFormat
from sla_compliance.rows.times import Epoch
from sla_compliance.rows.words import WordMap
from sla_compliance.validation import OnInvalid

_LOGGER: Final = logging.getLogger(__name__)


def daily_compliance(frame: NativeFrame, **question: Unpack[DailyKeywords]) -> Any:  # noqa: ANN401 - frames have no common type
    """Return the days of each key; `daily_result(...).frame`, whose arguments it takes.

    By which way the figures came about is logged at level INFO by the logger `sla_compliance.frames.daily`.
    """
    result = daily_result(frame, **question)
    _LOGGER.info("daily compliance of %s", "; ".join(map(str, result.ways)))
    return result.frame


def daily_result(
    frame: NativeFrame,
    *,
    by: str | Iterable[str] = ("tenant_id",),
    zone: str | None = None,
    zone_column: str | None = None,
    start: Bound,
    end: Bound,
    inventory: Inventory | Iterable[Hashable] | None = None,
    unkeyed: Unkeyed = "doubt",
    columns: Mapping[str, str] | None = None,
    times_in: str | None = None,
    epoch: Epoch | None = None,
    severity_map: WordMap | None = None,
    status_map: WordMap | None = None,
    on_invalid: OnInvalid = "raise",
    clock_skew: dt.timedelta = dt.timedelta(0),
    **terms: Unpack[Terms],
) -> DailyResult:
    """Return the days of many tenants or keys, and by which way they came about. Needs the extra `frames`.

    Args:
        frame: of pandas, Polars (eager or lazy), PyArrow or DuckDB; a row an alarm.
        by: the columns that name a key, by the names that rows are read by.
        zone: the zone of all keys, an IANA name; UTC where neither it nor `zone_column` is given.
        zone_column: the column of each key's zone.
        start, end: the window, half-open: aware datetimes, or dates, which begin in each key's own zone.
        inventory: keys that have days even without an alarm; of several columns, tuples. As `evaluate_each`.
        unkeyed: whose the rows without a key are; as `evaluate_each`.
        columns, times_in, epoch, severity_map, status_map, on_invalid, clock_skew: as `alarms_from_frame`.
        terms: `as_of` and evaluate()'s other keywords, those of all keys.

    Returns:
        Its frame is of the kind given, with a row for each day of each key: the columns of `by`, then those of
        `ComplianceReport.to_pandas`. Keys stand in the order of their first rows, those of the inventory alone after
        them. With `unkeyed="doubt"`, rows without a key have days of their own, last, under missing values.

    Raises:
        InvalidAlarmsError: rows are bad and `on_invalid` is "raise".
        InvalidValueError: the frame lacks a column; a key has several zones; an argument is not one.
        MissingExtraError: a package that reads frames is not installed.
        Others as `evaluate`.
    """
    question = DailyQuestion.of(
        by=by,
        zone=zone,
        zone_column=zone_column,
        start=start,
        end=end,
        terms=terms,
        inventory=inventory,
        unkeyed=unkeyed,
    )
    row_format = RowFormat(
        columns=columns, times_in=times_in, epoch=epoch, severity_map=severity_map, status_map=status_map
    )
    with requires_extra("frames", "daily_compliance"):
        from sla_compliance.frames.plan import Planner  # noqa: PLC0415 - needs narwhals and numpy
        from sla_compliance.frames.reader import result_of_frame  # noqa: PLC0415

    return result_of_frame(frame, question, row_format, Planner(question, row_format, on_invalid, clock_skew))
