"""daily_compliance() on a cluster: the days of many keys, from a Spark DataFrame to one."""
################################################################
# Rows are gathered by key. Each task hands whole keys to `daily_result`, so the
# figures are those of that function, and a task that runs twice gives the same.
#
# What a key's figures need besides its own rows must be known in each task: rows that
# name no key may be anybody's, and go along with the tasks. Rows of one id are one
# alarm, or dispute each other, within a tenant. So rows are gathered by tenant where
# `tenant_id` is part of the key; elsewhere an id may not stand under two keys, which
# is checked.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Final, Unpack

from sla_compliance.checks import listed_keys
from sla_compliance.columns import TENANT_COLUMN
from sla_compliance.dataframes import ValueType
from sla_compliance.errors import InvalidTypeError, InvalidValueError, requires_extra, shown
from sla_compliance.frames.question import Bound, DailyQuestion, Terms
from sla_compliance.inventory import Inventory
from sla_compliance.readings import Unkeyed
from sla_compliance.record_columns import RECORD_TYPES
from sla_compliance.rows.reading import RowFormat
from sla_compliance.rows.times import Epoch
from sla_compliance.rows.words import WordMap
from sla_compliance.units import DAY_US
from sla_compliance.validation import OnInvalid

with requires_extra("spark", __name__):
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as sf
    from pyspark.sql.types import BooleanType, DateType, DoubleType, LongType, StringType, StructField, StructType

    from sla_compliance.frames.gathering import KeyColumns, names_in_frame
    from sla_compliance.frames.spark_task import SparkTask
    from sla_compliance.frames.whole_keys import TableSize

_MOST_ROWS_AT_ONCE: Final = 1 << 17
_MOST_DAYS_AT_ONCE: Final = 1 << 18
_KEY: Final = "_sla_key"
_SPARK_TYPES: Final = {
    ValueType.DATE: DateType(),
    ValueType.TEXT: StringType(),
    ValueType.FLAG: BooleanType(),
    ValueType.INTEGER: LongType(),
    ValueType.NUMBER: DoubleType(),
}
_RECORD_FIELDS: Final = [StructField(name, _SPARK_TYPES[value_type]) for name, value_type in RECORD_TYPES.items()]


def daily_compliance(
    dataframe: DataFrame,
    *,
    by: str | Iterable[str] = ("tenant_id",),
    zone: str | None = None,
    zone_column: str | None = None,
    start: Bound,
    end: Bound,
    inventory: DataFrame | Iterable[Hashable] | None = None,
    unkeyed: Unkeyed = "doubt",
    columns: Mapping[str, str] | None = None,
    times_in: str | None = None,
    epoch: Epoch | None = None,
    severity_map: WordMap | None = None,
    status_map: WordMap | None = None,
    on_invalid: OnInvalid = "raise",
    clock_skew: dt.timedelta = dt.timedelta(0),
    **terms: Unpack[Terms],
) -> DataFrame:
    """Return the days of many tenants or keys, measured on a cluster. Needs the extra `spark`, on each executor too.

    The figures are those of `frames.daily_result`. The result is lazy. Jobs that run at once are: one that reads the
    rows without a key, which then go along with each task; with `inventory` one that looks for a first row; and one
    that compares ids, where rows have an `id` and `by` lacks `tenant_id`, or names more than it and rows lack a key.

    Args:
        dataframe: a row an alarm. A TIMESTAMP is an instant in whichever session zone; a TIMESTAMP_NTZ is a local
            time, which `times_in` says the zone of.
        by: columns of strings or of integers, by the names that rows are read by. With `tenant_id` among them all rows
            of a tenant are in one task, otherwise all rows of a key.
        inventory: keys that have days even without an alarm: a DataFrame with the columns of `by`, or keys, of several
            columns tuples. An Inventory of units is refused.
        zone, zone_column, start, end, unkeyed, terms: as `frames.daily_result`.
        columns, times_in, epoch, severity_map, status_map, clock_skew: as `alarms_from_frame`.
        on_invalid: as there. Bad rows that are set aside are not listed; the days of their keys are in doubt.

    Returns:
        A row for each day of each key, in no order: the columns of `by`, in the types that they have, then those of
        `ComplianceReport.to_pandas`. With `unkeyed="doubt"`, rows without a key have days of their own.

    Raises:
        InvalidValueError, InvalidTypeError: an argument is bad, the frame lacks a column, or an id stands under two
            keys. What is wrong in rows stops the job: Spark's error then has the message of the InvalidAlarmsError, or
            of the InvalidValueError where a key has two zones. Rows have no number there: it names the key and the id.
        MissingExtraError: a package is not installed.

    Cost: one shuffle of all columns given, so select those that are needed. A task holds the rows of the largest key.
    """
    if isinstance(inventory, Inventory):
        raise InvalidTypeError(
            "inventory is an Inventory, whose units need each other's rows; give keys, or a DataFrame of them",
            field="inventory",
        )
    inventory_keys: Sequence[Hashable] | None = None
    if inventory is not None:
        inventory_keys = () if isinstance(inventory, DataFrame) else listed_keys(inventory, "inventory")
    question = DailyQuestion.of(
        by=by,
        zone=zone,
        zone_column=zone_column,
        start=start,
        end=end,
        terms=terms,
        inventory=inventory_keys,
        unkeyed=unkeyed,
    )
    row_options: dict[str, Any] = {
        "columns": columns,
        "times_in": times_in,
        "epoch": epoch,
        "severity_map": severity_map,
        "status_map": status_map,
    }
    their_names = names_in_frame(dataframe, RowFormat(**row_options))
    keys = KeyColumns.of(dataframe, their_names, question.by)
    listed = keys.listed(
        inventory if isinstance(inventory, DataFrame) else inventory_keys or (), dataframe.sparkSession
    )
    keywords = {**_keywords(question), **row_options, "on_invalid": on_invalid, "clock_skew": clock_skew}
    return _days(dataframe, question, keys, their_names, listed, keywords)


def _days(
    dataframe: DataFrame,
    question: DailyQuestion,
    keys: KeyColumns,
    their_names: Mapping[str, str],
    listed: DataFrame | None,
    keywords: Mapping[str, Any],
) -> DataFrame:
    """Return the days of a question.

    Args:
        listed: keys of the inventory; None: there is none.
        keywords: of `daily_result`, other than the inventory.
    """
    is_missing = keys.is_missing(dataframe)
    keyless, keyed = dataframe.filter(is_missing).toArrow(), dataframe.filter(~is_missing)
    _check_rows_of_other_keys(dataframe, keys, their_names, question, has_keyless=keyless.num_rows > 0)
    task = SparkTask(
        keywords=keywords,
        their_names=keys.their_names,
        group_columns=keys.group_columns,
        id_column=their_names.get("id"),
        size=_table_size(question),
        keyless=keyless,
        first_row=None if listed is None else keyed.limit(1).toArrow(),
    )
    schema = StructType([*keys.output_fields, *_RECORD_FIELDS])
    rows = keyed if listed is None else keys.with_listed(keyed, listed)
    days = keys.gathered(rows).mapInArrow(task.days_of_batches, schema)
    if not keyless.num_rows:
        return days
    return days.union(dataframe.sparkSession.createDataFrame(task.days_without_key(), schema))


def _keywords(question: DailyQuestion) -> dict[str, Any]:
    """Return the keywords that say the question again, each of which can be read and sent any number of times."""
    arguments = question.arguments_in(question.common_zone)
    return {
        "by": question.by,
        "zone": question.zone,
        "zone_column": question.zone_column,
        "start": question.start,
        "end": question.end,
        "unkeyed": question.unkeyed,
        **{name: getattr(arguments, name) for name in question.terms},
    }


def _table_size(question: DailyQuestion) -> TableSize:
    """Return how many keys are measured at once, so that their days are not too many."""
    arguments = question.arguments_in(question.common_zone)
    day_count = (arguments.end_us - arguments.start_us) // DAY_US + 2  # cut days at both ends
    return TableSize(rows=_MOST_ROWS_AT_ONCE, keys=max(1, _MOST_DAYS_AT_ONCE // day_count))


def _check_rows_of_other_keys(
    dataframe: DataFrame,
    keys: KeyColumns,
    their_names: Mapping[str, str],
    question: DailyQuestion,
    *,
    has_keyless: bool,
) -> None:
    """Check that no key's figures need rows that other tasks have.

    Raises:
        InvalidValueError: an exclusion reaches children, or an id stands under several keys.
    """
    is_by_tenant = TENANT_COLUMN in keys.names
    if is_by_tenant and (len(keys.names) == 1 or not has_keyless):
        return  # ids and parents are those of a tenant, all of whose rows are in one task
    if question.arguments_in(question.common_zone).needs_ancestors:
        raise InvalidValueError(
            "an exclusion has with_children, and parents may be rows of another key; give by with tenant_id, and rows"
            " that name their keys",
            field="by",
        )
    id_column = their_names.get("id")
    if id_column is None:
        return
    scope = [their_names[name] for name in (TENANT_COLUMN,) if name in their_names]
    # Within a tenant whose rows are together only rows without a key can stand elsewhere.
    key = keys.is_missing(dataframe) if is_by_tenant else sf.struct(*keys.their_names)
    rows = dataframe.filter(dataframe[id_column].isNotNull()).withColumn(_KEY, key)
    by_id = rows.groupBy(*scope, id_column).agg(sf.min(_KEY).alias("least"), sf.max(_KEY).alias("greatest"))
    shared = by_id.filter(~by_id["least"].eqNullSafe(by_id["greatest"])).select(id_column).head(1)
    if shared:
        raise InvalidValueError(
            f"id {shown(shared[0][0])} is that of rows of several keys, or of rows with and without one; give by with"
            " tenant_id, whose ids are its own, or give each alarm an id of its own",
            field="by",
        )
