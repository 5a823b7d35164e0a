"""KeyColumns: the columns of a Spark DataFrame that name a key, and rows gathered by them."""
################################################################
# Rows are gathered by hash, so that all rows of a key are in one partition, and sorted
# there, so that they stand together. A partition that is skewed is not split:
# adaptive execution splits only those of joins and of a hint to rebalance.
#
# A key must hash, sort and compare alike in Spark and here: so it is text of no
# collation, or integers.
################################################################

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final

from sla_compliance.columns import TENANT_COLUMN
from sla_compliance.errors import InvalidValueError, requires_extra, shown
from sla_compliance.frames.question import missing_column
from sla_compliance.rows.frames import error_of_frame
from sla_compliance.rows.reading import RowFormat

with requires_extra("spark", __name__):
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as sf
    from pyspark.sql.types import (
        ByteType,
        DataType,
        IntegerType,
        LongType,
        ShortType,
        StringType,
        StructField,
        StructType,
    )

    from sla_compliance.frames.spark_task import IS_LISTED

if TYPE_CHECKING:
    from pyspark.sql import Column, SparkSession

_KEY_TYPES: Final[Mapping[DataType, Any]] = {
    StringType(): pa.string(),
    ByteType(): pa.int8(),
    ShortType(): pa.int16(),
    IntegerType(): pa.int32(),
    LongType(): pa.int64(),
}


def names_in_frame(dataframe: DataFrame, row_format: RowFormat) -> dict[str, str]:
    """Return the frame's names of columns, by ours.

    Raises:
        InvalidValueError: it lacks a column, or has two of one name.
    """
    row_format.check_names(dataframe.columns, error_of_frame)
    row_format.names.check_mapped(dataframe.columns, None, error_of_frame)
    named = row_format.names.named({name: name for name in dataframe.columns})
    return {our_name: their_name for our_name, their_name in named.items() if their_name in dataframe.columns}


@dataclass(frozen=True, slots=True)
class KeyColumns:
    """The columns that name a key.

    Attributes:
        names: ours.
        fields: by which name the frame has each, and its type.
    """

    names: tuple[str, ...]
    fields: tuple[StructField, ...]

    @classmethod
    def of(cls, dataframe: DataFrame, their_names: Mapping[str, str], by: Sequence[str]) -> KeyColumns:
        """Return the columns of a frame.

        Raises:
            InvalidValueError: the frame has no such column, or its type makes no keys.
        """
        for name in by:
            if name not in their_names:
                raise missing_column("by", name, their_names)
        fields = tuple(dataframe.schema[their_names[name]] for name in by)
        for name, field in zip(by, fields, strict=True):
            if field.dataType not in _KEY_TYPES:
                raise InvalidValueError(
                    f"by names {shown(name)}, a column of {field.dataType.simpleString()}; cast it to string, or to a"
                    " type of integers",
                    field="by",
                )
        return cls(tuple(by), fields)

    @property
    def group_columns(self) -> tuple[str, ...]:
        """The frame's names of the columns by which rows are gathered: the tenant, where it is one of these columns."""
        if TENANT_COLUMN not in self.names:
            return self.their_names
        return (self.fields[self.names.index(TENANT_COLUMN)].name,)

    @property
    def output_fields(self) -> tuple[StructField, ...]:
        """The columns by our names, in the types that they have."""
        return tuple(StructField(name, field.dataType) for name, field in zip(self.names, self.fields, strict=True))

    @property
    def their_names(self) -> tuple[str, ...]:
        """The names of these columns in the frame."""
        return tuple(field.name for field in self.fields)

    def is_missing(self, dataframe: DataFrame) -> Column:
        """Return the condition that a row names no key: one of its values is null, or the empty text."""
        conditions = []
        for field in self.fields:
            column = dataframe[field.name]
            conditions.append(column.isNull())
            if field.dataType == StringType():
                conditions.append(column == "")
        return reduce(or_, conditions)

    def with_listed(self, dataframe: DataFrame, listed: DataFrame) -> DataFrame:
        """Return a frame with a row more for each key that is listed, marked by IS_LISTED.

        Args:
            listed: as `listed` returns it.
        """
        keys = listed.toDF(*self.their_names)
        keys = keys.filter(~self.is_missing(keys)).withColumn(IS_LISTED, sf.lit(True))
        return dataframe.withColumn(IS_LISTED, sf.lit(False)).unionByName(keys, allowMissingColumns=True)

    def listed(self, inventory: DataFrame | Iterable[Hashable], session: SparkSession) -> DataFrame | None:
        """Return the keys of an inventory as a frame that has the columns of the keys; None where it is empty.

        Raises:
            InvalidValueError: it lacks a column, or a key does not fit the types of these columns.
        """
        if isinstance(inventory, DataFrame):
            for name in self.names:
                if name not in inventory.columns:
                    raise InvalidValueError(
                        f"inventory has no column {shown(name)}; it has {', '.join(inventory.columns)}",
                        field="inventory",
                    )
            return inventory.select(*(inventory[field.name].cast(field.dataType) for field in self.output_fields))
        keys = [key if isinstance(key, tuple) else (key,) for key in inventory]
        if not keys:
            return None
        for key in keys:
            if len(key) != len(self.names) or None in key or "" in key:
                raise InvalidValueError(
                    f"inventory holds {key!r}; give keys with a value for each of {', '.join(self.names)}",
                    field="inventory",
                )
        arrays = []
        for field, values in zip(self.output_fields, zip(*keys, strict=True), strict=True):
            try:
                arrays.append(pa.array(values, _KEY_TYPES[field.dataType]))
            except pa.ArrowException as error:
                raise InvalidValueError(
                    f"inventory holds a key that does not fit {field.name}, a column of"
                    f" {field.dataType.simpleString()} ({error}); give keys of that type",
                    field="inventory",
                ) from error
        return session.createDataFrame(pa.table(arrays, names=self.names), StructType([*self.output_fields]))

    def gathered(self, dataframe: DataFrame) -> DataFrame:
        """Return a frame with all rows of a group of keys together in one partition, and those of each key together."""
        in_order = dict.fromkeys((*self.group_columns, *self.their_names))
        return dataframe.repartition(*self.group_columns).sortWithinPartitions(*in_order)
