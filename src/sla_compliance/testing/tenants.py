"""The promises of Tenants, as tests."""
################################################################
# A test class inherits TenantsContract and brings the fixture `tenants_of`: it makes
# Tenants that know the settings of some. Fields of TenantSettings that the place does not
# keep stand in `lacks`: they are left at their default, and not compared.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final, TypeAlias

import pytest

from sla_compliance.agreements import TenantSettings
from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.errors import UnknownTenantError
from sla_compliance.policy import SLAPolicy
from sla_compliance.sources.protocol import SupportsForget, SupportsManySettings, Tenants
from sla_compliance.testing.stored_alarms import HOSTILE_TENANTS

TenantsOf: TypeAlias = Callable[[Mapping[str, TenantSettings]], Tenants]

_CREATED: Final = datetime(2026, 1, 20, 10, 30, tzinfo=UTC)
_TERMINATED: Final = datetime(2027, 3, 1, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)
_ARGUMENTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "zone": {"zone": "Africa/Lagos"},
    "policy": {"policy": SLAPolicy("99.95", merge_gap=timedelta(minutes=2), min_outage=timedelta(minutes=1))},
    "service_hours": {"service_hours": ServiceHours.parse("mon-fri 08:00-18:00; 2026-12-25 closed")},
    "in_service": {"in_service": [(_CREATED, _TERMINATED)]},
    "monitored_since_us": {"monitored_since": _CREATED + timedelta(hours=5)},
    "monitor_gap": {"monitor_gap": timedelta(minutes=9)},
    "exclusions": {
        "maintenance": [MaintenanceWindow(_CREATED, _CREATED + _HOUR, applies_to={"resource_id": ["olt-1"]})],
        "exclusions": [Exclusion(_CREATED, _CREATED + _HOUR, reason="customer")],
    },
}
"""What settings may say, by the field of TenantSettings that holds it."""


@pytest.mark.anyio
class TenantsContract:
    """What Tenants promise; needs the fixture `tenants_of`.

    Attributes:
        lacks: fields of TenantSettings that the place does not keep, e.g. ("service_hours",).
    """

    lacks: ClassVar[Collection[str]] = ()

    def settings_but(self, *names: str) -> TenantSettings:
        """Return settings of which all is said that the place keeps, but for some fields."""
        arguments: dict[str, Any] = {"zone": "UTC"}
        for name, values in _ARGUMENTS.items():
            if name not in (*self.lacks, *names):
                arguments |= values
        return TenantSettings(**arguments)

    def facts(self, settings: TenantSettings) -> dict[str, object]:
        """Return the fields that the place keeps."""
        return {name: getattr(settings, name) for name in _ARGUMENTS if name not in self.lacks}

    async def test_a_tenant_has_all_that_was_agreed_with_it(self, tenants_of: TenantsOf) -> None:
        """And what was not agreed is as TenantSettings has it."""
        for name in ("", *(name for name in _ARGUMENTS if name not in self.lacks)):
            agreed = self.settings_but(name)
            settings = await tenants_of({"acme": agreed}).settings("acme")
            assert self.facts(settings) == self.facts(agreed)

    async def test_no_tenant_has_the_settings_of_another(self, tenants_of: TenantsOf) -> None:
        """Whatever the tenant id contains."""
        zones = ("UTC", "Africa/Lagos", "Europe/Berlin", "Asia/Kathmandu")
        ids = ["acme", *HOSTILE_TENANTS]
        agreed = {
            tenant_id: TenantSettings(zones[rank % len(zones)], monitor_gap=timedelta(minutes=rank))
            for rank, tenant_id in enumerate(ids)
        }
        tenants = tenants_of(agreed)
        settings = {tenant_id: self.facts(await tenants.settings(tenant_id)) for tenant_id in ids}
        assert settings == {tenant_id: self.facts(agreed[tenant_id]) for tenant_id in ids}

    async def test_an_unknown_tenant_is_an_error(self, tenants_of: TenantsOf) -> None:
        """Not settings that say nothing: a misspelt id would have a perfect month."""
        tenants = tenants_of({"acme": self.settings_but()})
        for tenant_id in ("unknown", "ACME", "acme ", *HOSTILE_TENANTS):
            with pytest.raises(UnknownTenantError):
                await tenants.settings(tenant_id)

    async def test_questions_at_once_are_answered_apart(self, tenants_of: TenantsOf) -> None:
        """Each with the settings of its own tenant."""
        zones = ("UTC", "Africa/Lagos", "Europe/Berlin")
        agreed = {f"tenant {number}": TenantSettings(zones[number % 3]) for number in range(12)}
        tenants = tenants_of(agreed)
        settings = await asyncio.gather(*(tenants.settings(tenant_id) for tenant_id in agreed))
        assert [one.zone for one in settings] == [one.zone for one in agreed.values()]

    async def test_many_tenants_at_once_have_what_each_has_alone(self, tenants_of: TenantsOf) -> None:
        """Where many can be read at once; one may be left out, and one that is unknown is."""
        zones = ("UTC", "Africa/Lagos", "Europe/Berlin")
        ids = ["acme", *HOSTILE_TENANTS]
        agreed = {tenant_id: TenantSettings(zones[rank % len(zones)]) for rank, tenant_id in enumerate(ids)}
        tenants = tenants_of(agreed)
        if not isinstance(tenants, SupportsManySettings):
            pytest.skip("tenants are read one by one")
        settings = await tenants.settings_of_tenants(["unknown", *ids, "ACME", "acme "])
        assert settings.keys() <= agreed.keys()
        for tenant_id, known in settings.items():
            assert self.facts(known) == self.facts(agreed[tenant_id])
        assert await tenants.settings_of_tenants([]) == {}

    async def test_what_was_forgotten_is_read_again(self, tenants_of: TenantsOf) -> None:
        """Where anything is remembered; to forget an unknown tenant is no error."""
        tenants = tenants_of({"acme": self.settings_but()})
        if not isinstance(tenants, SupportsForget):
            pytest.skip("nothing is remembered")
        before = await tenants.settings("acme")
        tenants.forget("acme")
        tenants.forget("unknown")
        assert await tenants.settings("acme") == before
