"""A worker of another process: `python -m tests.contract.claiming_worker URL all|die|die-in-commit`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from sqlalchemy import create_engine, event

from sla_compliance.stores.sqlalchemy import SQLAlchemyNotificationStore
from sla_compliance.testing.notification_store import claimed_ids, state_over, waiting


async def main(url: str, task: str) -> None:
    """Claim until nothing is left, or be killed after a claim or in the middle of a commit."""
    engine = create_engine(url)
    store = SQLAlchemyNotificationStore(engine)
    if task == "all":
        while claimed := await claimed_ids(store, limit=3):
            print(*claimed)
        return
    if task == "die":
        print(*await claimed_ids(store), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(engine, "after_cursor_execute")
    def die(*arguments: object) -> None:
        if "INSERT INTO sla_deliveries" in str(arguments[2]):
            os.kill(os.getpid(), signal.SIGKILL)

    await store.commit([state_over()], [waiting("d1"), waiting("d2")])


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
