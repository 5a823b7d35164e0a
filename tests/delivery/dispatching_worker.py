"""A worker of another process: `python -m tests.delivery.dispatching_worker URL NOW_S [KILLED_AT]`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from sqlalchemy import create_engine

from sla_compliance.delivery.dispatcher import Dispatcher
from sla_compliance.stores.notifications import Channel, DeliveryKind
from sla_compliance.stores.sqlalchemy import SQLAlchemyNotificationStore
from tests.delivery.samples import render, webhook


async def main(url: str, now_s: int, killed_at: int | None) -> None:
    """Send all that is due; be killed before the mark of one of them, if a number is given."""
    store = SQLAlchemyNotificationStore(create_engine(url))
    mark_sent, marks = store.mark_sent, 0

    async def mark_or_die(delivery_id: str, at_us: int) -> None:
        nonlocal marks
        marks += 1
        if marks == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)
        await mark_sent(delivery_id, at_us)

    store.mark_sent = mark_or_die  # type: ignore[method-assign]
    dispatcher = Dispatcher(
        store,
        transports={Channel.WEBHOOK: webhook(step_s=30.0)},
        renderers={DeliveryKind.ALERT: render},
        clock=lambda: float(now_s),
    )
    await dispatcher.dispatch_due()


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[2:]]
    asyncio.run(main(sys.argv[1], numbers[0], numbers[1] if len(numbers) > 1 else None))
