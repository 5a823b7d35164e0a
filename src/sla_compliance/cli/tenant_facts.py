"""What a database says of a tenant, and how it completes what was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.errors import shown
from sla_compliance.settings import Agreement
from sla_compliance.zones import load_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantFacts:
    """What a database says of a tenant.

    Attributes:
        zone: the zone of its local days; None: the database does not say.
        created: since when it is in service and monitored; None: the same.
        maintenance: its maintenance windows; they excuse its own alarms alone.
        complete_since_us: since when no row has been purged, microseconds; None: none ever is.
    """

    zone: str | None = None
    created: datetime | None = None
    maintenance: Sequence[MaintenanceWindow] = ()
    complete_since_us: int | None = None

    def completed(self, agreement: Agreement, tenant_id: str | None) -> Agreement:
        """Return an agreement in which this stands where the tenant's own table in the contract file says nothing.

        Raises:
            UnknownZoneError: the database says a zone that is no IANA name; the message names the tenant.
        """
        changes: dict[str, Any] = {}
        if self.zone is not None and "zone" not in agreement.own_keys:
            changes["zone"] = load_zone(self.zone, field=f"zone of tenant {shown(tenant_id)}").key
        if self.created is not None and "in_service" not in agreement.own_keys:
            changes |= {"in_service_from": self.created, "in_service_to": None}
        if self.created is not None and "monitored_since" not in agreement.own_keys:
            changes["monitored_since"] = self.created
        return replace(agreement, **changes)
