"""The demonstration's rows: ninety days of two made-up providers, as ordinary rows of the platform's tables."""
################################################################
# `demo` and `demo-2` have figures; `empty` has no rows at all, for it is not
# monitored yet. Sample rows never mix with real ones: a database that knows any
# other tenant is refused.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, delete, insert, select

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.samples import SampleProvider, sample_provider
from sla_compliance.web.served import tables

DEMO: Final = "demo"
SECOND: Final = "demo-2"
EMPTY: Final = "empty"
SECOND_SEED: Final = 2
SECOND_ZONE: Final = "Africa/Lagos"

Row = Mapping[str, Any]


def fill(engine: Engine, now: datetime) -> None:
    """Write the demonstration's rows, in place of those of an earlier one.

    Raises:
        InvalidValueError: the database knows other tenants.
    """
    providers = (
        sample_provider(now, tenant_id=DEMO),
        sample_provider(now, tenant_id=SECOND, seed=SECOND_SEED, zone=SECOND_ZONE),
    )
    with engine.begin() as connection:
        tables.metadata.create_all(connection)
        _refuse_others(connection)
        for table, rows in _rows(providers).items():
            connection.execute(delete(table))
            connection.execute(insert(table), rows)


def _refuse_others(connection: Connection) -> None:
    others = set(connection.scalars(select(tables.tenants.c.id))) - {DEMO, SECOND}
    if others:
        raise InvalidValueError(
            f"--demo would mix made-up rows with those of tenant {shown(min(others))}; give it a database of its own"
        )


def _rows(providers: Iterable[SampleProvider]) -> dict[Table, list[Row]]:
    known = list(providers)
    return {
        tables.tenants: [{"id": each.tenant_id, "timezone": each.zone, "created_at": each.start} for each in known],
        tables.alarms: [asdict(row) for each in known for row in each.rows],
        tables.maintenance_windows: [row for each in known for row in _windows(each)],
    }


def _windows(provider: SampleProvider) -> Iterator[Row]:
    for window in provider.maintenance:
        yield {
            "tenant_id": provider.tenant_id,
            "title": window.reason,
            "start_time": window.start,
            "end_time": window.end,
            "timezone": provider.zone,
            "status": "completed" if window.end <= provider.now else "in_progress",
            "suppress_alarms": True,
            "affected_services": [],
            "affected_customers": [],
            "affected_resources": _resources(window),
        }


def _resources(window: MaintenanceWindow) -> list[str]:
    return sorted((window.applies_to or {}).get("resource_id", ()))
