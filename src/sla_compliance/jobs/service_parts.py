"""PartsOfService: what belongs to the event loop of a blocking service, made once for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from sla_compliance.service import ComplianceService, SyncComplianceService

_Parts = TypeVar("_Parts")


class PartsOfService(Generic[_Parts]):
    """Makes parts where they are first asked for, and again for another service."""

    def __init__(self, make_parts: Callable[[ComplianceService], _Parts]) -> None:
        """Make nothing yet."""
        self._make_parts = make_parts
        self._made: tuple[SyncComplianceService, _Parts] | None = None

    def of(self, service: SyncComplianceService, async_service: ComplianceService) -> _Parts:
        """Return the parts of a service; called on its event loop."""
        if self._made is None or self._made[0] is not service:
            self._made = service, self._make_parts(async_service)
        return self._made[1]
