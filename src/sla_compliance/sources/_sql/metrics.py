"""The one statement that reads measured availability, and the batch it becomes."""
################################################################
# A row says which share of its time was down. All rows of one time bucket are
# averaged, each clamped to 0-100 % first. A bucket with a clamped row is listed with
# the raw value, for a silent clamp hides double counting. A bucket becomes
#   - an outage of that share of the bucket's length, from the bucket's start on;
#   - monitored time, all of the bucket.
# A bucket without rows, or with nothing but NULL and NaN, is a gap: unknown.
#
# Buckets are of UTC. One whose width divides 15 minutes never straddles a
# midnight of any zone, so the core alone assigns days.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Interval,
    LargeBinary,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.types import NullType

from sla_compliance.batch import AlarmBatch
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.intervals import IntervalSet
from sla_compliance.sources._sql.indexes import AVAILABILITY
from sla_compliance.sources._sql.instants import INTEGER, Expression, PostgresInstants, integers
from sla_compliance.sources._sql.kept_reflection import KeptReflection
from sla_compliance.sources._sql.mappings import MetricsTable
from sla_compliance.sources._sql.reflection import checked_tenant_id
from sla_compliance.sources._sql.row_security import readable_table
from sla_compliance.units import MAX_US, MICROSECOND, MIN_US
from sla_compliance.validation import ClampedFigure

_TENANT: Final = "tenant"  # names of the statement's parameters
_METRIC: Final = "metric"
_START: Final = "window_start"
_END: Final = "window_end"


class MetricsReader:
    """Reads measured availability over a connection; the first one reflects the table.

    Attributes:
        width_us: length of a time bucket.
    """

    def __init__(self, mapping: MetricsTable, width_us: int) -> None:
        self.width_us = width_us
        self._table = KeptReflection(lambda connection: _MappedMetrics(connection, mapping, width_us))

    def read(self, connection: Connection, tenant_id: str, start_us: int, end_us: int) -> AlarmBatch:
        """Return the outages, the monitored time and the clamped figures of the buckets that meet the window."""
        # Whole buckets: down to the start of the first one, up to the end of the last one.
        first_us = max(start_us, MIN_US) // self.width_us * self.width_us
        after_us = -(-min(end_us, MAX_US) // self.width_us) * self.width_us
        with self._table.used(connection) as table:
            return table.batch(connection, tenant_id, max(first_us, MIN_US), min(after_us, MAX_US))


class _MappedMetrics:
    """A mapped table of metrics, reflected, and the statement on it."""

    def __init__(self, connection: Connection, mapping: MetricsTable, width_us: int) -> None:
        needed = [mapping.tenant_id, mapping.timestamp, mapping.metric_type, mapping.downtime_percentage]
        table = readable_table(connection, mapping, needed)
        kind = table.instants([mapping.timestamp], mapping.naive_times)
        if not isinstance(kind, PostgresInstants):
            raise InvalidValueError("the engine speaks sqlite; time buckets need PostgreSQL", field="engine")
        if kind == INTEGER:
            field = f"{table.name}.{mapping.timestamp}"
            raise InvalidTypeError(f"{field} holds integers; map a timestamp with time zone", field=field)
        self._width_us, self._kind = width_us, kind
        timestamp = table.column(mapping.timestamp)
        percentage = cast(table.column(mapping.downtime_percentage), Double)
        where = and_(
            table.is_equal(mapping.tenant_id, _TENANT),
            table.is_equal(mapping.metric_type, _METRIC),
            kind.is_before(timestamp, _END),
            timestamp >= bindparam(_START, type_=kind.parameter_type),
            percentage.is_not(None),
            percentage != cast(literal_column("'NaN'"), Double),  # asyncpg takes no text as a parameter of this type
        )
        self._statement = self._aggregate(timestamp, percentage, where)

    def _aggregate(
        self, timestamp: ColumnElement[Any], percentage: ColumnElement[Any], where: ColumnElement[bool]
    ) -> Select[Any]:
        """Return the statement for all buckets as one row: their starts, shares and raw values."""
        width = bindparam(None, self._width_us * MICROSECOND, type_=Interval(), unique=True)
        clamped_percentage = func.least(func.greatest(percentage, 0.0), 100.0)
        highest, lowest = func.max(percentage), func.min(percentage)
        buckets = (
            select(
                func.time_bucket(width, timestamp, type_=NullType()).label("bucket"),
                func.avg(clamped_percentage).label("share"),
                case((highest > 100.0, highest), (lowest < 0.0, lowest)).label("raw"),
            )
            .where(where)
            .group_by("bucket")
            .subquery()
        )
        no_separator = func.decode("", "hex")
        starts = func.string_agg(self._kind.pack_from_1970([buckets.c.bucket]), no_separator, type_=LargeBinary)
        columns: list[Expression] = [starts, func.array_agg(buckets.c.share), func.array_agg(buckets.c.raw)]
        return select(*columns)

    def batch(self, connection: Connection, tenant_id: str, first_us: int, after_us: int) -> AlarmBatch:
        parameters = {
            _TENANT: checked_tenant_id(tenant_id),
            _METRIC: AVAILABILITY,
            **self._kind.parameters(_START, first_us),
            **self._kind.parameters(_END, after_us),
        }
        packed_starts, shares, raw_values = connection.execute(self._statement, parameters).one()
        starts_us = list(integers(packed_starts or b""))  # aggregates of no rows are NULL
        return batch_of_buckets(starts_us, shares or [], raw_values or [], self._width_us)


def batch_of_buckets(
    buckets_us: Sequence[int], shares: Sequence[float], raw_values: Sequence[float | None], width_us: int
) -> AlarmBatch:
    """Return the outages, the monitored time and the clamped figures of measured buckets.

    Args:
        buckets_us: their starts, microseconds since 1970.
        shares: the percentage of each that was down, 0 to 100.
        raw_values: the percentage as measured, where it lay outside 0 to 100; else None.
        width_us: their length, microseconds.
    """
    outage_starts_us: list[int] = []
    outage_ends_us: list[int] = []
    clamped: list[ClampedFigure] = []
    for start_us, share, raw_value in zip(buckets_us, shares, raw_values, strict=True):
        downtime_us = round(share * width_us / 100)
        if downtime_us > 0:
            outage_starts_us.append(start_us)
            outage_ends_us.append(start_us + downtime_us)
        if raw_value is not None:
            clamped.append(ClampedFigure(start_us, raw_value))
    monitored = IntervalSet.from_columns(buckets_us, [start_us + width_us for start_us in buckets_us])
    batch = AlarmBatch.from_columns(starts_us=outage_starts_us, ends_us=outage_ends_us)
    return replace(batch, monitored=monitored, clamped=tuple(clamped))
