"""store_closed_days(): closed days of many tenants, measured on a cluster, into the store of a service."""
################################################################
# A task makes the service that answers, over a source of the task's own rows, and lets
# it store its closed days. So keys, digests, the look at the clock and the rules of the
# store are those of the service, and a task that runs twice adds nothing.
#
# A service reads how many changes of a date were reported before it reads the facts.
# So the driver reads these counts before the job starts: see stores/sqlalchemy_batch.py.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypedDict

from sla_compliance.batch import AlarmBatch
from sla_compliance.columns import TENANT_COLUMN
from sla_compliance.errors import SLAComplianceError, requires_extra
from sla_compliance.jobs.sweep import SweepReport, TenantOutcome
from sla_compliance.rows.frames import batch_from_frame
from sla_compliance.rows.reading import RowFormat
from sla_compliance.rows.times import Epoch
from sla_compliance.rows.words import WordMap
from sla_compliance.service import ComplianceService, SyncComplianceService, to_async
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.protocol import AsyncAlarmSource
from sla_compliance.units import ONE_DAY, instant_us
from sla_compliance.validation import OnInvalid

with requires_extra("spark", __name__):
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import compute
    from pyspark.sql import DataFrame
    from pyspark.sql.types import LongType, StringType, StructField, StructType

    from sla_compliance.frames.gathering import KeyColumns, names_in_frame
    from sla_compliance.frames.spark_task import IS_LISTED
    from sla_compliance.frames.whole_keys import TableSize, whole_keys

with requires_extra("sqlalchemy", __name__):
    from sqlalchemy import Engine

    from sla_compliance.stores.sqlalchemy_batch import BatchDayStore, ReportedCounts

_TENANTS_AT_ONCE: Final = TableSize(rows=1 << 17, keys=256)
_OUTCOME_TYPES: Final = {"tenant_id": pa.string(), "added": pa.int64(), "restated": pa.int64(), "error": pa.string()}
_OUTCOME_SCHEMA: Final = StructType(
    [
        StructField("tenant_id", StringType()),
        StructField("added", LongType()),
        StructField("restated", LongType()),
        StructField("error", StringType()),
    ]
)


class PartsOfTask(TypedDict):
    """What a task gives to a ComplianceService, by the names of its arguments."""

    source: AsyncAlarmSource
    store: BatchDayStore
    clock: Callable[[], dt.datetime]


MakeService = Callable[[Engine, PartsOfTask], ComplianceService]
"""Makes the service that answers, of a task's parts and its own, e.g. tenants and exclusions from the engine."""


def store_closed_days(
    dataframe: DataFrame,
    *,
    make_engine: Callable[[], Engine],
    make_service: MakeService,
    start: dt.datetime,
    end: dt.datetime,
    as_of: dt.datetime,
    complete_since: dt.datetime | None = None,
    tenants: DataFrame | None = None,
    columns: Mapping[str, str] | None = None,
    times_in: str | None = None,
    epoch: Epoch | None = None,
    severity_map: WordMap | None = None,
    status_map: WordMap | None = None,
    on_invalid: OnInvalid = "quarantine",
    clock_skew: dt.timedelta = dt.timedelta(0),
) -> SweepReport:
    """Measure the closed days of many tenants on a cluster, and store those that are not stored yet.

    The service then answers from them without a query for alarms. Days that are stored already stay, but for those
    that `store_closed_days` of a service mends; stale ones are left to the service's own sweep. Idempotent.

    Args:
        dataframe: a row an alarm, with the column `tenant_id`: all rows of each tenant that share an instant with the
            window, widened as damping looks, on whole local days. Its rows are read when the job runs: of a frame that
            was cached before, a change reported in between would be taken for included.
        make_engine: returns an Engine of the store; called by the driver, and once by each task.
        make_service: returns the service, as the web app makes it but for the task's parts:
            `ComplianceService(**parts, tenants=...)`. Both functions are sent to the tasks.
        start, end: as `ComplianceService.store_closed_days`.
        as_of: the instant of evaluation: all that happened before it is among the rows.
        complete_since: since when no row is missing, e.g. because older ones are purged; earlier days are not stored.
        tenants: a frame with the column `tenant_id`, of tenants that have days even without an alarm.
        columns, times_in, epoch, severity_map, status_map, on_invalid, clock_skew: as `alarms_from_frame`.

    Returns:
        What became of each tenant. One that fails does not stop the others.

    Raises:
        InvalidValueError, InvalidTypeError: an argument is bad, or the frame lacks a column.
        MissingExtraError: a package is not installed.

    Cost: of the driver, one query and a line for each tenant; of a task, a pool of connections, five short
    transactions a tenant, and the rows of its largest tenant as Arrow.
    """
    row_options: dict[str, Any] = {
        "columns": columns,
        "times_in": times_in,
        "epoch": epoch,
        "severity_map": severity_map,
        "status_map": status_map,
    }
    their_names = names_in_frame(dataframe, RowFormat(**row_options))
    keys = KeyColumns.of(dataframe, their_names, (TENANT_COLUMN,))
    instant_us(as_of, field="as_of")
    task = _StoringTask(
        make_engine=make_engine,
        make_service=make_service,
        reported=_counts_now(make_engine, start, end),
        start=start,
        end=end,
        as_of=as_of,
        complete_since_us=None if complete_since is None else instant_us(complete_since, field="complete_since"),
        their_name=keys.their_names[0],
        row_options=row_options,
        on_invalid=on_invalid,
        clock_skew=clock_skew,
    )
    listed = keys.listed(() if tenants is None else tenants, dataframe.sparkSession)
    rows = dataframe.filter(~keys.is_missing(dataframe))
    rows = rows if listed is None else keys.with_listed(rows, listed)
    outcomes = keys.gathered(rows).mapInArrow(task.outcomes_of_batches, _OUTCOME_SCHEMA).toArrow().to_pylist()
    failed = [
        TenantOutcome(row["tenant_id"], error=SLAComplianceError(row["error"])) for row in outcomes if row["error"]
    ]
    succeeded = [TenantOutcome(row["tenant_id"], row["added"], row["restated"]) for row in outcomes if not row["error"]]
    return SweepReport(tuple(succeeded), tuple(failed))


def _counts_now(make_engine: Callable[[], Engine], start: dt.datetime, end: dt.datetime) -> ReportedCounts:
    """Return the counts of reported changes of a window, whatever the zone of a tenant."""
    engine = make_engine()
    try:
        return ReportedCounts.read(engine, start.date() - 2 * ONE_DAY, end.date() + 2 * ONE_DAY)
    finally:
        engine.dispose()


class _TenantRows(MemoryAlarmSource):
    """The rows of some tenants, and since when they are complete."""

    def __init__(self, batches: Mapping[str, AlarmBatch], complete_since_us: int | None) -> None:
        super().__init__(batches)
        self._complete_since_us = complete_since_us

    def complete_since(self, tenant_id: str) -> int | None:  # noqa: ARG002 - one rule for all tenants
        """Return since when no row is missing."""
        return self._complete_since_us


@dataclass(frozen=True, slots=True)
class _StoringTask:
    """Stores the closed days of tenants, from Arrow batches of their rows to what became of each.

    Attributes:
        reported: how many changes were reported before the job.
        their_name: the frame's name of the tenant's column.
        Others as `store_closed_days`.
    """

    make_engine: Callable[[], Engine]
    make_service: MakeService
    reported: ReportedCounts
    start: dt.datetime
    end: dt.datetime
    as_of: dt.datetime
    complete_since_us: int | None
    their_name: str
    row_options: Mapping[str, Any]
    on_invalid: OnInvalid
    clock_skew: dt.timedelta

    def outcomes_of_batches(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Store the days of the tenants of a partition, and yield what became of each."""
        engine = self.make_engine()
        try:
            for table in whole_keys(batches, [self.their_name], [self.their_name], _TENANTS_AT_ONCE):
                outcomes = self._outcomes(table, engine)
                columns = [[outcome[name] for outcome in outcomes] for name in _OUTCOME_TYPES]
                arrays = [pa.array(values, kind) for values, kind in zip(columns, _OUTCOME_TYPES.values(), strict=True)]
                yield pa.RecordBatch.from_arrays(arrays, names=list(_OUTCOME_TYPES))
        finally:
            engine.dispose()

    def _outcomes(self, table: pa.Table, engine: Engine) -> list[dict[str, Any]]:
        """Store the days of the tenants of a table, all of whose rows are there."""
        tenant_ids = list(dict.fromkeys(map(str, table.column(self.their_name).to_pylist())))
        batch = self._batch(table)
        batches = {str(key): rows for key, rows in batch.by(TENANT_COLUMN).items()} if batch.rows_read else {}
        parts: PartsOfTask = {
            "source": to_async(_TenantRows(batches, self.complete_since_us)),
            "store": BatchDayStore(engine, self.reported),
            "clock": lambda: self.as_of,
        }
        with SyncComplianceService(self.make_service(engine, parts)) as service:
            return [self._outcome(service, tenant_id) for tenant_id in tenant_ids]

    def _batch(self, table: pa.Table) -> AlarmBatch:
        if IS_LISTED in table.column_names:
            table = table.filter(compute.invert(table.column(IS_LISTED))).drop_columns([IS_LISTED])
        return batch_from_frame(table, RowFormat(**self.row_options), self.on_invalid, self.clock_skew)

    def _outcome(self, service: SyncComplianceService, tenant_id: str) -> dict[str, Any]:
        outcome = {"tenant_id": tenant_id, "added": 0, "restated": 0, "error": None}
        try:
            sweep = service.store_closed_days(tenant_id, self.start, self.end)
        except Exception as error:  # whatever it is, the other tenants are stored
            return {**outcome, "error": f"{type(error).__name__}: {error}"}
        return {**outcome, "added": sweep.added, "restated": len(sweep.restated)}
