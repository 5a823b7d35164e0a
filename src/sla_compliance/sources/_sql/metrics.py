"""The one statement that reads measured availability, and the batch it becomes."""
################################################################
# A row says which share of its time was down. All rows of one time bucket are
# averaged, each clamped to 0-100 % first; a clamped one is flagged with its raw
# value, for a silent clamp hides double counting. A bucket becomes
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

from sqlalchemy import ColumnElement, Connection, Double, Interval, Select, and_, bindparam, case, cast, func, select
from sqlalchemy.types import NullType

from sla_compliance.batch import AlarmBatch, ClampedFigure
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.intervals import IntervalSet
from sla_compliance.sources._sql.indexes import AVAILABILITY
from sla_compliance.sources._sql.instants import INTEGER, PostgresInstants, integers
from sla_compliance.sources._sql.mappings import MetricsTable
from sla_compliance.sources._sql.reflection import reflected, storable
from sla_compliance.units import MAX_US, MICROSECOND, MIN_US

_TENANT: Final = "tenant"  # names of the statement's parameters
_METRIC: Final = "metric"
_START: Final = "window_start"
_END: Final = "window_end"


class MetricsReader:
    """Reads measured availability over a connection; what the table looks like is asked of the first one.

    Attributes:
        width_us: length of a time bucket.
    """

    def __init__(self, mapping: MetricsTable, width_us: int) -> None:
        self.width_us = width_us
        self._mapping = mapping
        self._known: _KnownMetrics | None = None

    def read(self, connection: Connection, tenant_id: str, start_us: int, end_us: int) -> AlarmBatch:
        """Return the outages, the monitored time and the clamped figures of the buckets that meet the window."""
        known = self._known = self._known or _KnownMetrics(connection, self._mapping, self.width_us)
        first_us = max(start_us, MIN_US) // self.width_us * self.width_us
        after_us = -(-min(end_us, MAX_US) // self.width_us) * self.width_us
        return known.batch(connection, tenant_id, max(first_us, MIN_US), min(after_us, MAX_US))


class _KnownMetrics:
    """A mapped table of metrics whose columns are known, and the statement on it."""

    def __init__(self, connection: Connection, mapping: MetricsTable, width_us: int) -> None:
        needed = [mapping.tenant_id, mapping.timestamp, mapping.metric_type, mapping.downtime_percentage]
        table = reflected(connection, mapping.table, mapping.schema, needed)
        kind = table.instants([mapping.timestamp], mapping.naive_times)
        if not isinstance(kind, PostgresInstants):
            raise InvalidValueError("the engine speaks sqlite; time buckets need PostgreSQL", field="engine")
        if kind == INTEGER:
            field = f"{table.name}.{mapping.timestamp}"
            raise InvalidTypeError(f"{field} holds integers; map a timestamp with time zone", field=field)
        self._width_us, self._kind = width_us, kind
        percentage = cast(table.column(mapping.downtime_percentage), Double)
        self._statement = self._packed(
            table.column(mapping.timestamp),
            percentage,
            and_(
                table.is_equal(mapping.tenant_id, _TENANT),
                table.is_equal(mapping.metric_type, _METRIC),
                kind.is_before(table.column(mapping.timestamp), _END),
                table.column(mapping.timestamp) >= bindparam(_START, type_=kind.parameter_type),
                percentage.is_not(None),
                percentage != cast("NaN", Double),
            ),
        )

    def _packed(
        self, timestamp: ColumnElement[Any], percentage: ColumnElement[Any], where: ColumnElement[bool]
    ) -> Select[Any]:
        """Return the statement for all buckets as one row: their starts, shares and raw values."""
        width = bindparam(None, self._width_us * MICROSECOND, type_=Interval(), unique=True)
        highest, lowest = func.max(percentage), func.min(percentage)
        buckets = (
            select(
                func.time_bucket(width, timestamp, type_=NullType()).label("bucket"),
                func.avg(func.least(func.greatest(percentage, 0.0), 100.0)).label("share"),
                case((highest > 100.0, highest), (lowest < 0.0, lowest)).label("raw"),
            )
            .where(where)
            .group_by("bucket")
            .subquery()
        )
        starts = func.string_agg(self._kind.packed_from_1970([buckets.c.bucket]), func.decode("", "hex"))
        return select(starts, func.array_agg(buckets.c.share), func.array_agg(buckets.c.raw))

    def batch(self, connection: Connection, tenant_id: str, first_us: int, after_us: int) -> AlarmBatch:
        parameters = {
            _TENANT: storable(tenant_id),
            _METRIC: AVAILABILITY,
            **self._kind.parameters(_START, first_us),
            **self._kind.parameters(_END, after_us),
        }
        packed, shares, raws = connection.execute(self._statement, parameters).one()
        return batch_of(list(integers(packed or b"")), shares or [], raws or [], self._width_us)


def batch_of(
    buckets_us: Sequence[int], shares: Sequence[float], raws: Sequence[float | None], width_us: int
) -> AlarmBatch:
    """Return what measured buckets say.

    Args:
        buckets_us: their starts, microseconds.
        shares: the share of each that was down, in percent, 0 to 100.
        raws: the value as measured, where it lay outside; else None.
    """
    ends = [bucket + round(share * width_us / 100) for bucket, share in zip(buckets_us, shares, strict=True)]
    outages = [(bucket, end) for bucket, end in zip(buckets_us, ends, strict=True) if end > bucket]
    return replace(
        AlarmBatch.from_columns(starts_us=[bucket for bucket, _ in outages], ends_us=[end for _, end in outages]),
        monitored=IntervalSet.from_columns(buckets_us, [bucket + width_us for bucket in buckets_us]),
        clamped=tuple(
            ClampedFigure(bucket, raw) for bucket, raw in zip(buckets_us, raws, strict=True) if raw is not None
        ),
    )
