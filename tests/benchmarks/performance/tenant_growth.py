"""How the cost of the same number of alarms grows with the number of tenants that they belong to, beside peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import polars as pl

import sla_compliance as sla
from sla_compliance.frames import daily_compliance
from sla_compliance.units import instant_us
from tests.benchmarks import tenant_peers
from tests.benchmarks.database_peers import AlarmDatabase
from tests.benchmarks.performance.alarm_growth import table_of
from tests.benchmarks.performance.figures import Results, ratios
from tests.benchmarks.performance.ladder import Way, climb
from tests.benchmarks.tenant_peers import Cells, cells_of
from tests.benchmarks.workload import DAYS, FIRST_DAY, Workload, workload

TENANT_COUNTS: Final = (1, 10, 100, 1_000, 10_000)
ALARMS: Final = 100_000
LIMIT_S: Final = 15.0
BUDGET_S: Final = 10.0
START: Final = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
END: Final = START + timedelta(days=DAYS)
# A workload has some alarms before and after its window; here all lie in it.
START_US, END_US = instant_us(START, field="start"), instant_us(END, field="end")

EACH: Final = "`evaluate_each`, downtime of each day"
FRAME: Final = "`frames.daily_compliance`, all figures"
BARE_SORT: Final = "a bare sort in Polars"
NAMES: Final = (EACH, FRAME, "pandas", "Polars", "DuckDB, SQL", "PostgreSQL, `range_agg`", BARE_SORT)


def measure_tenant_growth(
    database: AlarmDatabase, tenant_counts: Sequence[int] = TENANT_COUNTS, alarms: int = ALARMS
) -> Results:
    """Return the ratios of all ways at each number of tenants; their answers are equal."""
    load = load_within_days(alarms)
    ways_at = partial(_ways_at, database, load)
    timed = climb(tenant_counts, NAMES, ways_at, limit_s=LIMIT_S, budget_s=BUDGET_S, clock=database.clock)
    unit_s = timed.seconds[EACH]
    ways = [
        {
            "name": name,
            "x_each": ratios(timed.seconds[name], unit_s),
            "x_one_tenant": ratios(timed.seconds[name], [unit_s[0]] * len(tenant_counts)),
        }
        for name in NAMES
    ]
    return {"sizes": list(tenant_counts), "alarms": alarms, "limit_s": LIMIT_S, "ways": ways}


def load_within_days(alarms: int) -> Workload:
    """Return alarms that all lie within the days of UTC."""
    load = workload(alarms, is_sorted=False)
    starts_us = [min(max(start_us, START_US), END_US - 2) for start_us in load.starts_us]
    ends_us = [max(start_us + 1, min(end_us, END_US)) for start_us, end_us in zip(starts_us, load.ends_us, strict=True)]
    return load._replace(starts_us=starts_us, ends_us=ends_us)


def tenants_of(alarms: int, tenant_count: int) -> list[str]:
    """Return the tenant of each alarm, in turns."""
    return [f"tenant-{number % tenant_count}" for number in range(alarms)]


def _ways_at(database: AlarmDatabase, load: Workload, tenant_count: int, names: Sequence[str]) -> dict[str, Way]:
    tenants = tenants_of(len(load.starts_us), tenant_count)
    batch = sla.AlarmBatch.from_columns(starts_us=load.starts_us, ends_us=load.ends_us, resource_ids=tenants)
    keys = sorted(set(tenants))
    table = table_of(load)
    table = table.append_column("tenant_id", [tenants])
    pandas, polars = table.to_pandas(), pl.DataFrame(table)
    tenant_peers.fill_tenants(database.connection, tenants, load[:2])
    ways = {
        EACH: Way(lambda: by_evaluate_each(batch, keys), _cells_of_keys),
        FRAME: Way(lambda: by_daily_compliance(polars), _cells_of_frame),
        "pandas": Way(lambda: tenant_peers.tenants_by_pandas(pandas), lambda frame: cells_of(frame.itertuples(False))),
        "Polars": Way(lambda: tenant_peers.tenants_by_polars(polars), lambda frame: cells_of(frame.iter_rows())),
        "DuckDB, SQL": Way(lambda: tenant_peers.tenants_by_duckdb(table), lambda rows: cells_of(_rows_of(rows))),
        "PostgreSQL, `range_agg`": Way(lambda: tenant_peers.tenants_by_range_agg(database.connection), cells_of),
        BARE_SORT: Way(lambda: polars.sort("tenant_id", "first_occurrence"), is_answer=False),
    }
    return {name: ways[name] for name in names}


def by_evaluate_each(batch: sla.AlarmBatch, keys: Sequence[str]) -> dict[str, list[int]]:
    """Return the downtime of each day of each key."""
    reports = sla.evaluate_each(batch, inventory=keys, start=START, end=END, as_of=END, zone="UTC")
    return {str(key): [record.downtime_us for record in report.days] for key, report in reports.items()}


def by_daily_compliance(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the figures of each day of each tenant, a row each."""
    result: pl.DataFrame = daily_compliance(frame, by="tenant_id", start=START, end=END, as_of=END, zone="UTC")
    return result


def _cells_of_keys(downtimes_us: Mapping[str, Sequence[int]]) -> Cells:
    dates = [FIRST_DAY + timedelta(days=number) for number in range(DAYS)]
    return cells_of(
        (key, date, downtime_us)
        for key, days_us in downtimes_us.items()
        for date, downtime_us in zip(dates, days_us, strict=True)
    )


def _cells_of_frame(frame: pl.DataFrame) -> Cells:
    return cells_of(frame.select("tenant_id", "date", "downtime_us").iter_rows())


def _rows_of(table: Any) -> list[tuple[str, Any, int]]:
    columns: list[list[Any]] = [column.to_pylist() for column in table.columns]
    return list(zip(*columns, strict=True))
