"""The promises of SupportsInventory, as tests."""
################################################################
# A test class inherits InventorySourceContract and brings the fixture `source_of`: it
# makes a source that holds the inventories of some tenants.
################################################################

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, TypeAlias

from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.inventory import Inventory, Unit
from sla_compliance.sources.protocol import SupportsInventory
from sla_compliance.testing.stored_alarms import HOSTILE_TENANTS

SourceOf: TypeAlias = Callable[[Mapping[str, Inventory]], SupportsInventory]

ACTIVATED: Final = datetime(2026, 1, 20, 10, 30, 0, 1, tzinfo=UTC)
TERMINATED: Final = datetime(2026, 3, 1, tzinfo=UTC)
# In the order of their keys, for the rows of a table have none.
UNITS: Final = (
    Unit("c-1", parents=["olt-1", "power"], target="99.95", title="Bakery"),
    Unit("c-2", parents=["olt-1"], in_service=[(ACTIVATED, TERMINATED)], zone="Africa/Lagos"),
    Unit("c-3", service_hours=ServiceHours.parse("mon-fri 08:00-18:00")),
    Unit("o'brien's \N{GREEK SMALL LETTER ALPHA}"),
    Unit("olt-1", parents=["power"]),
    Unit("power"),
)


class InventorySourceContract:
    """What sources of inventories promise."""

    def test_a_tenant_has_its_units_with_all_that_is_agreed_for_them(self, source_of: SourceOf) -> None:
        """Parents, target, time in service, service hours, zone and title."""
        inventory = Inventory(UNITS)
        assert source_of({"acme": inventory}).inventory("acme") == inventory

    def test_a_tenant_never_sees_the_units_of_another(self, source_of: SourceOf) -> None:
        """Whatever the tenant id contains; the same key may stand for a unit of each."""
        other = Inventory([Unit("c-1", title="of another")])
        source = source_of({"acme": Inventory(UNITS), "other": other})
        assert source.inventory("other") == other
        for tenant_id in HOSTILE_TENANTS:
            assert source.inventory(tenant_id) == Inventory(())

    def test_a_tenant_without_units_has_an_empty_inventory(self, source_of: SourceOf) -> None:
        """It is no error: nothing is known of what it has."""
        source = source_of({"acme": Inventory(())})
        assert source.inventory("acme") == Inventory(())
        assert source.inventory("unknown") == Inventory(())
