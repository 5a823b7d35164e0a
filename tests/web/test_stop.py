"""A graceful stop: requests that run when the server is told to end are answered."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import httpx2
import pytest

from tests.web.live import API, Live, serving

READERS = 24
UNDER_WAY = 0.3


def ask(live: Live, started: Barrier) -> int:
    """Connect, wait for the others, ask what is worked out for every request; return the status."""
    with live.client() as client:
        client.get("/healthz")
        started.wait()
        return client.get(f"/{API}resources?days=90").status_code


@pytest.mark.parametrize("workers", ["1", "2"])
def test_no_request_is_dropped_when_the_server_is_told_to_stop(workers: str) -> None:
    """All that had reached it are answered, then it ends in good order and leaves nothing behind."""
    with serving("--demo", "--workers", workers) as live, ThreadPoolExecutor(READERS) as readers:
        started = Barrier(READERS + 1)
        asked = [readers.submit(ask, live, started) for _ in range(READERS)]
        started.wait()
        time.sleep(UNDER_WAY)
        answered_before = sum(request.done() for request in asked)
        code = live.stop()
        assert [request.result() for request in asked] == [200] * READERS
        assert answered_before < READERS
        assert code == 0
        with pytest.raises(httpx2.ConnectError):
            live.get("healthz")
        assert not list(Path(live.folder).glob("sla-compliance-*"))
