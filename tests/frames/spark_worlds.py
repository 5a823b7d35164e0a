"""Random alarms of many tenants as Arrow, with all that makes rows differ from plain outages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

ZONES: Final = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
FIRST: Final = dt.datetime(2025, 9, 20, tzinfo=dt.UTC)
DAYS: Final = 50  # clocks change in Berlin, New York and on Lord Howe
MINUTE_US: Final = 60_000_000
DAY_US: Final = 1440 * MINUTE_US


def random_alarms(row_count: int, tenant_count: int, *, seed: int = 7, keyless_share: float = 0.0) -> pa.Table:
    """Return alarms of tenants of several zones: open ones, copies, snapshots, disputes, all severities.

    The first tenant has half of all rows.
    """
    random = np.random.default_rng(seed)
    tenants = np.where(random.random(row_count) < 0.5, 0, random.integers(0, tenant_count, row_count))
    ids = random.integers(0, 4 * row_count, row_count)
    starts_us = int(FIRST.timestamp()) * 1_000_000 + random.integers(0, DAYS * DAY_US, row_count)
    lengths_us = (random.exponential(40, row_count) * MINUTE_US).astype(np.int64)
    is_open = random.random(row_count) < 0.002
    repeated = random.integers(1, row_count, row_count // 50)  # rows of the same alarm as the row before them
    for column in (tenants, ids, starts_us):
        column[repeated] = column[repeated - 1]
    ends_us = starts_us + lengths_us
    is_keyless = random.random(row_count) < keyless_share
    names = np.array([f"tenant-{number}" for number in range(tenant_count)])[tenants]
    severities = np.array(["critical", "major", "minor", "cleared"])[
        random.choice(4, row_count, p=[0.4, 0.4, 0.15, 0.05])
    ]
    return pa.table(
        {
            "tenant_id": pa.array(names.tolist(), mask=is_keyless),
            "resource_id": pa.array(random.integers(0, 3, row_count)),
            "zone": pa.array([ZONES[number % len(ZONES)] for number in tenants]),
            "id": pa.array(ids),
            "severity": pa.array(severities.tolist()),
            "first_occurrence": instants(starts_us),
            "cleared_at": instants(ends_us, is_missing=is_open),
        }
    )


def instants(values_us: Any, *, is_missing: Any = None) -> pa.Array:
    """Return instants of microseconds as Arrow has them."""
    return pa.array(values_us, pa.int64(), mask=is_missing).cast(pa.timestamp("us", "UTC"))
