"""The SQL of a store of notifications."""
################################################################
# A claim is one statement. On PostgreSQL it locks the rows that it takes and skips those
# that another worker has locked; on SQLite a statement that writes has the database for
# itself. So no delivery is claimed twice, and no worker waits for another.
#
# Rows are written in the order of their keys, so that two workers at once wait for each
# other in one direction alone.
################################################################

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.stores._tables import STORE_DIALECTS, alert_states, escaped_tenant_id, kept_deliveries
from sla_compliance.stores.notifications import (
    Channel,
    ClaimFilter,
    Delivery,
    DeliveryKind,
    DeliveryPage,
    DeliveryStatus,
    StoredState,
    check_commit,
    check_deliveries,
)

_STATES: Final = alert_states.c
_KEPT: Final = kept_deliveries.c
_COLUMNS: Final = tuple(column for column in _KEPT if column is not _KEPT.claimed_until_us)
# SQLite takes so many values in one statement, of any version.
_MOST_IDS: Final = 900


def read_states(connection: sa.Connection, tenant_ids: Collection[str]) -> Mapping[str, StoredState]:
    """Return the states of tenants that have one."""
    id_by_escaped = {escaped_tenant_id(tenant_id): tenant_id for tenant_id in tenant_ids}
    escaped_ids = list(id_by_escaped)
    states: dict[str, StoredState] = {}
    for first in range(0, len(escaped_ids), _MOST_IDS):
        query = sa.select(alert_states).where(_STATES.tenant_id.in_(escaped_ids[first : first + _MOST_IDS]))
        for escaped_id, content, version in connection.execute(query):
            tenant_id = id_by_escaped[escaped_id]
            states[tenant_id] = StoredState(tenant_id=tenant_id, content=content, version=version)
    return states


def commit(connection: sa.Connection, states: Sequence[StoredState], deliveries: Sequence[Delivery]) -> frozenset[str]:
    """Write states and their deliveries; return the tenants whose state was written."""
    check_commit(states, deliveries)
    state_by_id = {escaped_tenant_id(state.tenant_id): state for state in states}
    written_ids = _insert_states(connection, {key: state for key, state in state_by_id.items() if not state.version})
    for escaped_id, state in sorted(state_by_id.items()):
        if state.version and _update_state(connection, escaped_id, state):
            written_ids.add(state.tenant_id)
    _insert_deliveries(connection, [delivery for delivery in deliveries if delivery.tenant_id in written_ids])
    return frozenset(written_ids)


def _insert_states(connection: sa.Connection, states: Mapping[str, StoredState]) -> set[str]:
    """Insert the first states of tenants; return the tenants that had none."""
    if not states:
        return set()
    insert = STORE_DIALECTS[connection.dialect.name].insert(alert_states).on_conflict_do_nothing()
    rows = [
        {"tenant_id": escaped_id, "content": state.content, "version": 1}
        for escaped_id, state in sorted(states.items())
    ]
    inserted_ids = connection.scalars(insert.returning(_STATES.tenant_id), rows)
    return {states[escaped_id].tenant_id for escaped_id in inserted_ids}


def _update_state(connection: sa.Connection, escaped_id: str, state: StoredState) -> bool:
    """Write a state over the version that was read; return whether it was still that one."""
    is_unchanged = sa.and_(_STATES.tenant_id == escaped_id, _STATES.version == state.version)
    update = sa.update(alert_states).where(is_unchanged).values(content=state.content, version=state.version + 1)
    return connection.execute(update).rowcount == 1


def add_deliveries(connection: sa.Connection, deliveries: Sequence[Delivery]) -> int:
    """Insert deliveries that are not kept yet; return how many."""
    check_deliveries(deliveries)
    return _insert_deliveries(connection, deliveries)


def _insert_deliveries(connection: sa.Connection, deliveries: Sequence[Delivery]) -> int:
    if not deliveries:
        return 0
    insert = STORE_DIALECTS[connection.dialect.name].insert(kept_deliveries).on_conflict_do_nothing()
    rows = [_values(delivery) for delivery in sorted(deliveries, key=lambda delivery: delivery.delivery_id)]
    return len(connection.execute(insert.returning(_KEPT.delivery_id), rows).all())


def claim(
    connection: sa.Connection, now_us: int, until_us: int, limit: int, wanted: ClaimFilter
) -> tuple[Delivery, ...]:
    """Claim waiting deliveries that are due, the longest due first."""
    # Written out: with a parameter no database uses an index of the waiting ones alone.
    is_waiting = _KEPT.status == sa.literal(DeliveryStatus.WAITING.value, literal_execute=True)
    is_due = sa.and_(is_waiting, _KEPT.due_us <= now_us, _KEPT.claimed_until_us <= now_us)
    # A later version of the library may write further kinds and channels; those are left to it.
    is_wanted = sa.and_(_KEPT.kind.in_([*wanted.kinds]), _KEPT.channel.in_([*wanted.channels]))
    if wanted.except_recipients:
        is_wanted = sa.and_(is_wanted, _KEPT.recipient.not_in([*wanted.except_recipients]))
    # A common table expression that locks rows is evaluated once; a subquery may be evaluated again for each row, and
    # then more rows than the limit are claimed. SQLite knows no such lock, and needs none.
    due = (
        sa.select(_KEPT.delivery_id)
        .where(is_due, is_wanted)
        .order_by(_KEPT.due_us, _KEPT.delivery_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    update = (
        sa.update(kept_deliveries)
        .where(_KEPT.delivery_id.in_(sa.select(due.c.delivery_id)))
        .values(claimed_until_us=until_us, attempts=_KEPT.attempts + 1)
        .returning(*_COLUMNS)
    )
    claimed = [_delivery(row) for row in connection.execute(update).all()]
    return tuple(sorted(claimed, key=lambda delivery: (delivery.due_us, delivery.delivery_id)))


def mark_sent(connection: sa.Connection, delivery_id: str, at_us: int) -> None:
    """Write that a delivery was sent."""
    is_unsent = sa.and_(_KEPT.delivery_id == delivery_id, _KEPT.status != DeliveryStatus.SENT)
    connection.execute(
        sa.update(kept_deliveries).where(is_unsent).values(status=DeliveryStatus.SENT, finished_us=at_us, error=None)
    )


def mark_failed(connection: sa.Connection, delivery_id: str, at_us: int, error: str, retry_us: int | None) -> None:
    """Write that an attempt failed: try again at `retry_us`, or never where it is None."""
    is_waiting = sa.and_(_KEPT.delivery_id == delivery_id, _KEPT.status == DeliveryStatus.WAITING)
    values: dict[str, object] = {"error": _storable(error), "claimed_until_us": 0}
    if retry_us is None:
        values |= {"status": DeliveryStatus.FAILED, "finished_us": at_us}
    else:
        values["due_us"] = retry_us
    connection.execute(sa.update(kept_deliveries).where(is_waiting).values(values))


def retry(connection: sa.Connection, delivery_id: str, at_us: int) -> bool:
    """Let a delivery that failed for good wait again; return whether it did."""
    has_failed = sa.and_(_KEPT.delivery_id == _storable(delivery_id), _KEPT.status == DeliveryStatus.FAILED)
    values = {"status": DeliveryStatus.WAITING, "due_us": at_us, "attempts": 0, "finished_us": None}
    update = sa.update(kept_deliveries).where(has_failed).values(**values, claimed_until_us=0)
    return connection.execute(update).rowcount == 1


def log_page(
    connection: sa.Connection, tenant_id: str | None, status: DeliveryStatus | None, limit: int, offset: int
) -> DeliveryPage:
    """Return some of the log, those made last first, and how many there are."""
    conditions: list[sa.ColumnElement[bool]] = []
    if tenant_id is not None:
        conditions.append(_KEPT.tenant_id == escaped_tenant_id(tenant_id))
    if status is not None:
        conditions.append(_KEPT.status == status)
    total = connection.scalars(sa.select(sa.func.count()).select_from(kept_deliveries).where(*conditions)).one()
    order = (_KEPT.created_us.desc(), _KEPT.delivery_id)
    query = sa.select(*_COLUMNS).where(*conditions).order_by(*order).limit(limit).offset(offset)
    return DeliveryPage(tuple(_delivery(row) for row in connection.execute(query).all()), total)


def _values(delivery: Delivery) -> dict[str, object]:
    """Return the columns of a delivery that no worker has claimed."""
    values: dict[str, object] = {column.name: getattr(delivery, column.name) for column in _COLUMNS}
    values["tenant_id"] = escaped_tenant_id(delivery.tenant_id)
    values["error"] = None if delivery.error is None else _storable(delivery.error)
    return {**values, "claimed_until_us": 0}


def _delivery(row: sa.Row[Any]) -> Delivery:
    """Return the delivery of a row.

    Raises:
        InvalidValueError: it has a kind, a channel or a status that this version does not know.
    """
    values = row._asdict()
    try:
        values["kind"] = DeliveryKind(values["kind"])
        values["channel"] = Channel(values["channel"])
        values["status"] = DeliveryStatus(values["status"])
    except ValueError as error:
        raise InvalidValueError(
            f"delivery {shown(values['delivery_id'])} of table {kept_deliveries.name} is of a later version: {error};"
            " install it",
            field="delivery",
        ) from error
    values["tenant_id"] = values["tenant_id"].encode("ascii").decode("unicode_escape")
    return Delivery(**values)


def _storable(text: str) -> str:
    """Return a text for people as a database can hold it: NUL and lone surrogates are escaped."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", r"\x00")
