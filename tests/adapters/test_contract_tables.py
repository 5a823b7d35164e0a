"""Tables that a contract file names, as sources take them."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from sla_compliance.settings import loads
from sla_compliance.settings.keys import (
    ALARMS_TABLE_KEYS,
    CORRECTIONS_TABLE_KEYS,
    INVENTORY_TABLE_KEYS,
    MAINTENANCE_TABLE_KEYS,
    TENANTS_TABLE_KEYS,
)
from sla_compliance.settings.setting_key import SettingKey
from sla_compliance.sources.sqlalchemy import (
    AlarmsTable,
    CorrectionsTable,
    InventoryTable,
    MaintenanceTable,
    MappedTables,
    NaiveTimes,
    SQLAlchemyAlarmSource,
    TenantsTable,
    mapped_tables,
)
from sla_compliance.units import instant_us

CONTRACT = """
[tables.alarms]
table = "faults"
tenant_id = "tenant"
severity = "level"
first_occurrence = "raised"
cleared_at = "cleared"
resolved_at = false
last_occurrence = false
status = false
id = "key"
alarm_id = false
alarm_type = false
resource_id = false
customer_id = false
subscriber_count = false
title = false
more = ["circuit_id"]
naive_times = "utc"

[tables.maintenance]
entered_at = "created_at"
with_children = true

[tables.inventory]
key = "circuit"
target = false

[tables.corrections]
id = false
author = "by"

[tables.tenants]
timezone = "zone"
title = "name"
"""


RETENTION = "purged_after"


@pytest.mark.parametrize(
    ("keys", "table"),
    [
        (ALARMS_TABLE_KEYS, AlarmsTable),
        (MAINTENANCE_TABLE_KEYS, MaintenanceTable),
        (INVENTORY_TABLE_KEYS, InventoryTable),
        (CORRECTIONS_TABLE_KEYS, CorrectionsTable),
        (TENANTS_TABLE_KEYS, TenantsTable),
    ],
)
def test_a_file_can_say_whatever_a_mapping_can(keys: tuple[SettingKey, ...], table: Any) -> None:
    """The keys of a table are the fields of its mapping, and `false` is a value where None is."""
    optional = {field.name for field in fields(table) if "None" in str(field.type)} - {"schema"}
    keys = tuple(key for key in keys if key.name != RETENTION)
    assert sorted(key.name for key in keys) == sorted(field.name for field in fields(table))
    assert {key.name for key in keys if key.kind is not None and key.kind.may_be_off} == optional


def test_how_long_rows_are_kept_is_said_beside_the_mapping() -> None:
    """It is an argument of sources; `false`, like nothing, says that rows are never deleted."""
    tables = mapped_tables(loads('[tables.alarms]\npurged_after = "90 days"').tables)
    assert (tables.purged_after, tables.alarms) == (timedelta(days=90), AlarmsTable())
    assert mapped_tables(loads("[tables.alarms]\npurged_after = false").tables) == MappedTables()
    assert [key.name for key in ALARMS_TABLE_KEYS if key.name == RETENTION] == [RETENTION]


def test_names_of_a_file_become_mappings() -> None:
    """What it leaves out has the platform's names."""
    tables = mapped_tables(loads(CONTRACT).tables)
    assert (tables.alarms.table, tables.alarms.title, tables.alarms.more) == ("faults", None, ("circuit_id",))
    assert tables.alarms.naive_times is NaiveTimes.UTC
    assert tables.maintenance == MaintenanceTable(entered_at="created_at", with_children=True)
    assert tables.inventory == InventoryTable(key="circuit", target=None)
    assert tables.corrections == CorrectionsTable(id=None, author="by")
    assert tables.tenants == TenantsTable(timezone="zone", title="name")
    assert mapped_tables(loads("").tables) == MappedTables()


def test_a_source_reads_a_table_by_the_names_of_a_file(tmp_path: Path) -> None:
    """Of a real database."""
    engine = create_engine(f"sqlite:///{tmp_path / 'platform.sqlite'}")
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE faults (key TEXT, tenant TEXT, level TEXT, raised TEXT, cleared TEXT, circuit_id TEXT)")
        )
        connection.execute(
            text("INSERT INTO faults VALUES ('1', 'acme', 'MAJOR', '2026-03-10 09:00:00', '2026-03-10 09:30:00', 'c')")
        )
    source = SQLAlchemyAlarmSource(engine, mapped_tables(loads(CONTRACT).tables).alarms)
    start, end = datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC)
    batch = source.fetch("acme", instant_us(start, field="start"), instant_us(end, field="end"))
    engine.dispose()
    assert len(batch) == 1
