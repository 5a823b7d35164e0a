"""NotificationStore: what a store of alert states and of deliveries promises."""
################################################################
# A delivery is one message to one recipient. Its id follows from the message and the
# recipient, so that a message which is made twice is kept once.
#
# An alert's state and the deliveries that follow from it are committed together, and
# only if the state is still the one that was read: of two workers one wins. What was
# committed is sent at least once: a delivery is claimed for a while, sent, and
# then marked; where its worker is killed in between, it comes due again under the
# same id, by which a receiver knows that it has it.
#
# Every delivery is kept, those sent and those that failed for good: the log of what
# was sent.
################################################################

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from sla_compliance.errors import InvalidValueError, shown


class Channel(StrEnum):
    """The way that a delivery takes."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    FOLDER = "folder"


class DeliveryKind(StrEnum):
    """What a delivery brings."""

    ALERT = "alert"
    DIGEST = "digest"
    REPORT = "report"


class DeliveryStatus(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # for good


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message to one recipient.

    Attributes:
        delivery_id: of this message to this recipient by this channel; see `delivery.messages.delivery_id`.
        message_id: of the message, the same for all recipients; receivers de-duplicate by it.
        tenant_id: whose message.
        kind: what it brings.
        channel, recipient: the way, and an address, a URL or a folder.
        content: JSON: the payload of an alert or a digest, or which report to make.
        created_us: since when it waits, microseconds.
        due_us: not to be sent earlier, microseconds.
        status: what became of it.
        attempts: how often it was claimed to be sent; a claim whose worker was killed counts too.
        error: why the last attempt failed; None where none did.
        finished_us: when it was sent, or failed for good; None while it waits.
    """

    delivery_id: str
    message_id: str
    tenant_id: str
    kind: DeliveryKind
    channel: Channel
    recipient: str
    content: str
    created_us: int
    due_us: int
    status: DeliveryStatus = DeliveryStatus.WAITING
    attempts: int = 0
    error: str | None = None
    finished_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredState:
    """The state of one tenant's alerts.

    Attributes:
        tenant_id: whose.
        content: JSON, as `alerts` writes it.
        version: how often it was written; 0: never.
    """

    tenant_id: str
    content: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFilter:
    """Which deliveries a worker claims.

    Attributes:
        kinds, channels: those of these.
        except_recipients: but for those to these; at most 400.
    """

    kinds: Collection[DeliveryKind] = tuple(DeliveryKind)
    channels: Collection[Channel] = tuple(Channel)
    except_recipients: Collection[str] = ()


ALL_DELIVERIES: Final = ClaimFilter()


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Some of the deliveries of the log.

    Attributes:
        deliveries: those made last first.
        total: how many there are.
    """

    deliveries: tuple[Delivery, ...]
    total: int


class NotificationStore(Protocol):
    """States of alerts, and deliveries. No base class to inherit.

    An implementation promises, and `testing.NotificationStoreContract` checks, that
    - a state is written with its deliveries or not at all, and only over the version that was read;
    - a delivery is kept once, however often it is added, and never removed;
    - while one worker has claimed a delivery, no other claims it.
    """

    async def states(self, tenant_ids: Collection[str]) -> Mapping[str, StoredState]:
        """Return the states of tenants that have one; one query for many."""
        ...

    async def commit(self, states: Sequence[StoredState], deliveries: Sequence[Delivery]) -> frozenset[str]:
        """Write states, each one version after the one that was read, and the deliveries of those tenants.

        Args:
            states: the new contents, with the version that was read; one of a tenant.
            deliveries: of the tenants of `states`; those that are kept already are left out.

        Raises:
            InvalidValueError: a tenant has two states, a delivery is of another tenant or cannot be stored.

        Returns:
            The tenants whose state was written. Of the others another worker has written one since; nothing of theirs
            was kept.
        """
        ...

    async def add(self, deliveries: Sequence[Delivery]) -> int:
        """Keep deliveries that are not kept yet; return how many."""
        ...

    async def claim(
        self, now_us: int, *, until_us: int, limit: int, wanted: ClaimFilter = ALL_DELIVERIES
    ) -> tuple[Delivery, ...]:
        """Return waiting deliveries that are due, the longest due first; others cannot claim them before `until_us`.

        `attempts` counts this claim.
        """
        ...

    async def mark_sent(self, delivery_id: str, at_us: int) -> None:
        """Write that a delivery was sent; that stays, whatever is marked later."""
        ...

    async def mark_failed(self, delivery_id: str, at_us: int, *, error: str, retry_us: int | None) -> None:
        """Write that an attempt failed: try again at `retry_us`, or never where it is None.

        One that another worker has sent meanwhile stays sent.
        """
        ...

    async def retry(self, delivery_id: str, at_us: int) -> bool:
        """Let a delivery that failed for good wait again, due at an instant, not tried yet; return whether it did."""
        ...

    async def deliveries(
        self,
        tenant_id: str | None = None,
        *,
        status: DeliveryStatus | None = None,
        limit: int,
        offset: int = 0,
    ) -> DeliveryPage:
        """Return some of the log, of one tenant or of all, those made last first."""
        ...


def check_commit(states: Sequence[StoredState], deliveries: Sequence[Delivery]) -> None:
    """Check that states and deliveries can be written together.

    Raises:
        InvalidValueError: a tenant has two states, a delivery is of another tenant or cannot be stored.
    """
    tenant_ids = {state.tenant_id for state in states}
    if len(tenant_ids) < len(states):
        raise InvalidValueError("states has two of one tenant; give one", field="states")
    for delivery in deliveries:
        if delivery.tenant_id not in tenant_ids:
            raise InvalidValueError(
                f"deliveries holds one of tenant {shown(delivery.tenant_id)}, who has no state there",
                field="deliveries",
            )
    for state in states:
        _check_storable(state.content, "content")
    check_deliveries(deliveries)


def check_deliveries(deliveries: Sequence[Delivery]) -> None:
    """Check that deliveries can be stored.

    Raises:
        InvalidValueError: a text holds what no database can; the message does not show it.
    """
    for delivery in deliveries:
        for name in ("delivery_id", "message_id", "recipient", "content"):
            _check_storable(getattr(delivery, name), name)


def _check_storable(text: str, field: str) -> None:
    """Check a text; that of JSON which is written in ASCII always passes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidValueError(f"{field} holds half of a character; write it as ASCII", field=field) from None
    if "\0" in text:
        raise InvalidValueError(f"{field} holds a NUL; no database can store it", field=field)
