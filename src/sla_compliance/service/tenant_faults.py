"""Settings of one tenant that mean nothing: an error that names the tenant."""
################################################################
# A zone that no list has, or a date beyond the calendar, cannot be guessed, and asking
# again does not help. So it is an error of its own: no fault of the service, which
# answers all other tenants, and no database that is down.
################################################################

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sla_compliance.errors import (
    InstantOutOfRangeError,
    InvalidIntervalError,
    InvalidTenantError,
    UnknownZoneError,
    shown,
)


@contextmanager
def tenant_faults(tenant_id: str) -> Iterator[None]:
    """Turn what a tenant's settings are refused for, in this block, into an InvalidTenantError."""
    try:
        yield
    except (UnknownZoneError, InstantOutOfRangeError, InvalidIntervalError) as error:
        message = f"tenant {shown(tenant_id)} has settings that cannot be used: {error}"
        raise InvalidTenantError(message, tenant_id=tenant_id, field=error.field) from error
