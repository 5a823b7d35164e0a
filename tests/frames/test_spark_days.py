"""jobs.spark: closed days measured on a cluster, in the store of the service that answers from them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pyarrow import compute as pc
from sqlalchemy import URL, Engine, create_engine

from sla_compliance import AlarmBatch, AlarmFilter, SLAPolicy, alarms_from_frame
from sla_compliance.service import (
    ComplianceService,
    MemoryTenants,
    Provenance,
    SyncComplianceService,
    TenantSettings,
)
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.stores.sqlalchemy import SQLAlchemyDayStore, ddl
from tests.frames.spark_worlds import random_alarms
from tests.servers.databases import fresh_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")

PAGE = (Path(__file__).parents[2] / "docs" / "spark.md").read_text(encoding="utf-8")
AS_OF = dt.datetime(2025, 11, 3, 15, 30, tzinfo=dt.UTC)
WINDOW: dict[str, Any] = {"start": dt.datetime(2025, 9, 28, tzinfo=dt.UTC), "end": AS_OF}
POLICY = SLAPolicy("99.9", merge_gap=dt.timedelta(minutes=3), min_outage=dt.timedelta(minutes=5))
SETTINGS = {
    "tenant-0": TenantSettings("Europe/Berlin", POLICY),
    "tenant-1": TenantSettings(
        "Australia/Lord_Howe", POLICY, monitored_since=dt.datetime(2025, 10, 4, 5, tzinfo=dt.UTC)
    ),
    "tenant-2": TenantSettings("America/New_York"),
    "quiet": TenantSettings("Asia/Kathmandu"),
}
ALARMS = random_alarms(1_500, 4, keyless_share=0.01)  # tenant-3 has rows and no settings


class CountedRows:
    """A source of rows that counts how often it is asked.

    Attributes:
        queries: how often.
    """

    def __init__(self) -> None:
        self.queries = 0
        self._batches = alarms_from_frame(ALARMS).by("tenant_id")

    async def fetch(
        self,
        tenant_id: str,
        start_us: int,
        end_us: int,
        wanted: AlarmFilter = EVERY_QUALIFYING,  # noqa: ARG002
    ) -> AlarmBatch:
        """Return the rows that meet the window."""
        self.queries += 1
        batch = self._batches.get(tenant_id, AlarmBatch())
        return batch.take(batch.rows_within_reach(start_us, end_us))


@pytest.fixture(scope="module")
def url(postgres_dsn: str) -> Iterator[URL]:
    """A PostgreSQL with the tables of a store."""
    with fresh_database(postgres_dsn, ddl("postgresql")) as fresh_url:
        yield fresh_url


@pytest.fixture
def store_days(spark: SparkSession, url: URL) -> Callable[..., Any]:
    """Runs the job on all alarms."""
    from sla_compliance.jobs import spark as module  # noqa: PLC0415 - PySpark may not be there

    address, settings = url.render_as_string(hide_password=False), SETTINGS

    def make_engine() -> Engine:
        return create_engine(address)

    def make_service(_engine: Engine, parts: Any) -> ComplianceService:
        return ComplianceService(**parts, tenants=MemoryTenants(settings))

    def store() -> Any:
        listed = spark.createDataFrame(pa.table({"tenant_id": list(settings)}))
        return module.store_closed_days(
            spark.createDataFrame(ALARMS),
            make_engine=make_engine,
            make_service=make_service,
            as_of=AS_OF,
            tenants=listed,
            **WINDOW,
        )

    return store


def test_the_service_answers_from_days_that_the_cluster_stored(store_days: Callable[..., Any], url: URL) -> None:
    """Without a query for alarms, and each day is what the service itself would have stored."""
    report = store_days()
    assert {outcome.tenant_id for outcome in report.succeeded} == set(SETTINGS)
    assert [(outcome.tenant_id, str(outcome.error)[:18]) for outcome in report.failed] == [
        ("tenant-3", "UnknownTenantError")
    ]
    engine = create_engine(url)
    source, memory = CountedRows(), MemoryDayStore()
    tenants = MemoryTenants(SETTINGS)
    own = ComplianceService(CountedRows(), tenants=tenants, store=memory, clock=lambda: AS_OF)
    served = ComplianceService(source, tenants=tenants, store=SQLAlchemyDayStore(engine), clock=lambda: AS_OF)
    with SyncComplianceService(own) as own_service, SyncComplianceService(served) as service:
        own_added = 0
        for tenant_id in SETTINGS:
            added = own_service.store_closed_days(tenant_id, **WINDOW).added
            own_added += added
            closed_end = WINDOW["start"] + dt.timedelta(days=added - 1)
            answer = service.compliance(tenant_id, WINDOW["start"], closed_end)
            assert set(answer.provenance) == {Provenance.STORE}
            assert answer.measured == own_service.compliance(tenant_id, WINDOW["start"], closed_end).measured
    engine.dispose()
    assert source.queries == 0
    assert report.added == own_added > 4 * 34


def test_a_second_job_adds_nothing_and_a_change_meanwhile_leaves_days_stale(
    store_days: Callable[..., Any], url: URL
) -> None:
    """What was reported after the job looked is not taken for included: the service measures that day again."""
    from sla_compliance.stores.sqlalchemy_batch import BatchDayStore, ReportedCounts  # noqa: PLC0415

    store_days()
    assert store_days().added == 0
    engine = create_engine(url)
    date = dt.date(2025, 10, 10)
    before = ReportedCounts.read(engine, date, date)
    source = CountedRows()
    service = ComplianceService(
        source, tenants=MemoryTenants(SETTINGS), store=SQLAlchemyDayStore(engine), clock=lambda: AS_OF
    )
    with SyncComplianceService(service) as blocking:
        store = SQLAlchemyDayStore(engine)
        blocking.call(lambda _: store.mark_stale("quiet", [date]))
        blocking.call(lambda _: store.mark_stale("tenant-0", [date]))
        late_store = BatchDayStore(engine, before)
        assert blocking.call(lambda _: late_store.changes("tenant-0", [date])) == {date: 0}
        report = store_days()  # it has seen both changes, and leaves stored days to the service
        assert (report.added, [outcome.restated for outcome in report.succeeded]) == (0, [0, 0, 0, 0])
        answer = blocking.compliance(
            "tenant-0", dt.datetime(2025, 10, 10, 12, tzinfo=dt.UTC), dt.datetime(2025, 10, 10, 13, tzinfo=dt.UTC)
        )
        assert answer.provenance == (Provenance.SOURCE,)
        assert source.queries == 1
        sweep = blocking.store_closed_days("tenant-0", **WINDOW)
        assert sweep.restated == ()  # the rows are the same
    engine.dispose()


def test_the_programs_of_the_page_run(
    spark: SparkSession, url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a reader would run them: Parquet to Parquet, and Parquet into PostgreSQL."""
    daily, store = (namespace(code) for code in re.findall(r"^```py\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    address = url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setitem(spark.sparkContext.environment, "DATABASE_URL", address)  # as spark.executorEnv sets it
    source, target = str(tmp_path / "alarms"), str(tmp_path / "days")
    spark.createDataFrame(ALARMS.filter(pc.is_valid(ALARMS["tenant_id"]))).write.parquet(source)
    daily["write_days"](spark, source, target, dt.date(2025, 10, 1), dt.date(2025, 10, 3))
    assert spark.read.parquet(target).count() == 4 * 2
    report = store["store_days"](spark, source, AS_OF, 10)
    assert {outcome.tenant_id: outcome.added for outcome in report.succeeded} == {"acme": 10, "globex": 10}
    assert {outcome.tenant_id for outcome in report.failed} == {f"tenant-{number}" for number in range(4)}


def namespace(code: str) -> dict[str, Any]:
    """Return the names of a program."""
    names: dict[str, Any] = {"__name__": "program"}
    exec(code, names)  # noqa: S102 - of this repository
    return names
