"""What sources promise: of alarms, of maintenance and exclusions, of tenants' settings, inventories, corrections."""
################################################################
# A source is anything with these methods; there is no base class to inherit.
# The contract suite in tests/contract checks every promise made here.
################################################################

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, runtime_checkable

from sla_compliance.agreements import TenantSettings
from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import AnyExclusion
from sla_compliance.corrections import Correction
from sla_compliance.inventory import Inventory

EVERY_QUALIFYING = AlarmFilter()


@runtime_checkable
class AlarmSource(Protocol):
    """Anything that can list one tenant's alarms.

    An implementation

    - returns every alarm that passes `wanted` and shares an instant with [start_us, end_us), raised before it or
      still active too, and every row whose end lies before its start; it may return more, never less;
    - returns no other tenant's alarm, whatever the tenant id contains;
    - neither clips, merges nor sorts: that is the library's work;
    - raises its own errors unwrapped: a database that is down is not an SLA fact.
    """

    def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING) -> AlarmBatch:
        """Return the alarms of one tenant; instants in microseconds since 1970."""
        ...


class AsyncAlarmSource(Protocol):
    """The same promises as AlarmSource, awaited."""

    async def fetch(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return the alarms of one tenant; instants in microseconds since 1970."""
        ...


@runtime_checkable
class SupportsCompleteSince(Protocol):
    """A source that knows since when its rows are complete, e.g. because cleared alarms are purged."""

    def complete_since(self, tenant_id: str) -> int | None:
        """Return the first instant from which on no row is missing; None where none ever is."""
        ...


@runtime_checkable
class ReadsCompleteSince(SupportsCompleteSince, Protocol):
    """A source whose rows may be complete from earlier on than `complete_since`, as a look at them says."""

    def read_complete_since(self, tenant_id: str) -> int | None:
        """Return the first instant from which on no row is missing, as the rows are now; None where none ever is."""
        ...


@runtime_checkable
class AsyncReadsCompleteSince(SupportsCompleteSince, Protocol):
    """The same as ReadsCompleteSince, awaited."""

    async def read_complete_since(self, tenant_id: str) -> int | None:
        """Return the first instant from which on no row is missing, as the rows are now; None where none ever is."""
        ...


@runtime_checkable
class CountsUnrecognizedSeverities(Protocol):
    """A source that counts the rows whose severity no filter can match: unknown words, and overwritten ones."""

    def unrecognized_severity_rows(self, tenant_id: str) -> int | None:
        """Return how many there were when it last looked; None where it never has."""
        ...


@runtime_checkable
class DetailedAlarmSource(Protocol):
    """A source whose `fetch` leaves out the columns that only a person looks at."""

    def fetch_details(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return what `fetch` returns, with every descriptive column."""
        ...


@runtime_checkable
class AsyncDetailedAlarmSource(Protocol):
    """The same as DetailedAlarmSource, awaited."""

    async def fetch_details(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return what `fetch` returns, with every descriptive column."""
        ...


@runtime_checkable
class SupportsAncestors(Protocol):
    """A source that returns a part of its rows, and knows the parents that they name.

    Exclusions with children need them. A source whose batches hold the parents anyway does without.
    """

    def fetch_with_ancestors(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return what `fetch_details` returns and the ancestors of its rows, whatever their severity or time."""
        ...


@runtime_checkable
class AsyncSupportsAncestors(Protocol):
    """The same as SupportsAncestors, awaited."""

    async def fetch_with_ancestors(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return what `fetch_details` returns and the ancestors of its rows, whatever their severity or time."""
        ...


@runtime_checkable
class SupportsRowsById(Protocol):
    """A source that finds rows by their `id`; corrections need it, for they may move a row into a window."""

    def fetch_by_ids(self, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        """Return every row of the tenant whose id reads as one of these, and the ancestors of these rows, in full.

        Whatever their severity or time. A source that knows no parents returns the rows alone.
        """
        ...


@runtime_checkable
class AsyncSupportsRowsById(Protocol):
    """The same as SupportsRowsById, awaited."""

    async def fetch_by_ids(self, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        """Return every row of the tenant whose id reads as one of these, and the ancestors of these rows, in full.

        Whatever their severity or time. A source that knows no parents returns the rows alone.
        """
        ...


@runtime_checkable
class SupportsSampleFlag(Protocol):
    """A source that knows whether its alarms are made up: marked where shown; never cached, stored or exported."""

    @property
    def is_sample(self) -> bool:
        """Whether they are."""
        ...


@runtime_checkable
class SupportsForget(Protocol):
    """A source, or Tenants, that remembers something of a tenant."""

    def forget(self, tenant_id: str) -> None:
        """Forget it: the next request reads it again."""
        ...


class ExclusionSource(Protocol):
    """Anything that lists the maintenance and exclusions of tenants; the same promises as an AlarmSource."""

    async def fetch(self, tenant_id: str, start_us: int, end_us: int) -> Sequence[AnyExclusion]:
        """Return what is agreed and may share an instant with [start_us, end_us); more, never less."""
        ...


class SyncExclusionSource(Protocol):
    """The same promises as ExclusionSource, not awaited."""

    def fetch(self, tenant_id: str, start_us: int, end_us: int) -> Sequence[AnyExclusion]:
        """Return what is agreed and may share an instant with [start_us, end_us); more, never less."""
        ...


class Tenants(Protocol):
    """Anything that knows the settings of tenants."""

    async def settings(self, tenant_id: str) -> TenantSettings:
        """Return the settings of a tenant.

        Raises:
            UnknownTenantError: there is none by this id.
        """
        ...


@runtime_checkable
class SupportsManySettings(Protocol):
    """Tenants that read the settings of many tenants at once, e.g. with one statement."""

    async def settings_of_tenants(self, tenant_ids: Collection[str]) -> Mapping[str, TenantSettings]:
        """Return the settings of some tenants, each as `settings` returns them.

        A tenant may be left out: one that is unknown, whose settings cannot be used, or that has to be read alone. It
        is asked for by `settings` then, which says what is wrong. So the fault of one tenant is none of the others'.
        """
        ...


@runtime_checkable
class SupportsInventory(Protocol):
    """Anything that knows what a tenant has: the units that reports are made for, the devices they share."""

    def inventory(self, tenant_id: str) -> Inventory:
        """Return the inventory of one tenant and of no other; an empty one where nothing is known."""
        ...


@runtime_checkable
class AsyncSupportsInventory(Protocol):
    """The same as SupportsInventory, awaited."""

    async def inventory(self, tenant_id: str) -> Inventory:
        """Return the inventory of one tenant and of no other; an empty one where nothing is known."""
        ...


@runtime_checkable
class SupportsCorrections(Protocol):
    """Anything that knows the corrections of a tenant's rows. They are only ever added."""

    def corrections(self, tenant_id: str) -> Sequence[Correction]:
        """Return all corrections of one tenant and of no other; those of one instant in the order of their entry."""
        ...


@runtime_checkable
class AsyncSupportsCorrections(Protocol):
    """The same as SupportsCorrections, awaited."""

    async def corrections(self, tenant_id: str) -> Sequence[Correction]:
        """Return all corrections of one tenant and of no other; those of one instant in the order of their entry."""
        ...
