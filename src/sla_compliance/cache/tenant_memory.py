"""TenantMemory: values of tenants inside the process, in bounded memory."""
################################################################
# What is remembered here only saves work: its users compare it with what it was made
# of. A tenant that asks for many different things drives out its own values first, not
# those of others; where all tenants together have too much, the tenant that was not
# asked for longest goes as a whole.
################################################################

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


@dataclass(slots=True)
class _OfTenant(Generic[_Key, _Value]):
    """The values of one tenant with their sizes, the oldest first, and the sum of the sizes."""

    values: dict[_Key, tuple[_Value, int]] = field(default_factory=dict)
    size: int = 0

    def drop(self, key: _Key) -> None:
        _, size = self.values.pop(key)
        self.size -= size


class TenantMemory(Generic[_Key, _Value]):
    """Values by tenant and key, for one event loop."""

    def __init__(self, *, most_of_tenant: int, most: int) -> None:
        """Make an empty memory.

        Args:
            most_of_tenant, most: the greatest sum of sizes, of one tenant and of all of them.
        """
        self._most_of_tenant = most_of_tenant
        self._most = most
        self._tenants: OrderedDict[str, _OfTenant[_Key, _Value]] = OrderedDict()
        self._size = 0

    def get(self, tenant_id: str, key: _Key) -> _Value | None:
        """Return the value of a tenant under a key; None where there is none."""
        tenant = self._tenants.get(tenant_id)
        if tenant is None:
            return None
        self._tenants.move_to_end(tenant_id)
        value, _ = tenant.values.get(key, (None, 0))
        return value

    def put(self, tenant_id: str, key: _Key, value: _Value, *, size: int) -> None:
        """Remember a value, unless it is too large for a tenant."""
        if size > self._most_of_tenant:
            return
        tenant = self._tenants.pop(tenant_id, None) or _OfTenant()
        self._size -= tenant.size
        if key in tenant.values:
            tenant.drop(key)
        while tenant.size + size > self._most_of_tenant:
            tenant.drop(next(iter(tenant.values)))
        tenant.values[key] = value, size
        tenant.size += size
        self._tenants[tenant_id] = tenant
        self._size += tenant.size
        while self._size > self._most:
            _, forgotten_tenant = self._tenants.popitem(last=False)
            self._size -= forgotten_tenant.size

    def forget(self, tenant_id: str) -> None:
        """Remember nothing of a tenant."""
        tenant = self._tenants.pop(tenant_id, None)
        if tenant is not None:
            self._size -= tenant.size
