"""A process killed in the middle of rewriting a stored day: `python -m tests.service.killed_writer URL`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from sqlalchemy import event, make_url

from tests.service.platform import ALARMS, TENANT_ID, Platform


async def main(url: str) -> None:
    """Tell a service of a deleted alarm; die between the new cells and the trail."""
    platform = Platform.at(make_url(url))

    @event.listens_for(platform.engine.sync_engine, "before_cursor_execute")
    def die(*arguments: object) -> None:
        if "INSERT INTO sla_restatements" in str(arguments[2]):
            os.kill(os.getpid(), signal.SIGKILL)

    await platform.service().alarm_changed(TENANT_ID, ALARMS[0], None)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
