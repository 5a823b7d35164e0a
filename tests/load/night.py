"""The jobs of the night beside the crowd: stored days, and reconciliation over and over."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sla_compliance.cli.app_service import AppService, with_app_service
from sla_compliance.jobs.sweep import LOOKBACK
from tests.web.live import SCRIPT


def store_days(database_url: str, redis_url: str) -> int:
    """Store the closed days of all tenants; return how many those are."""

    async def sweep(app: AppService) -> int:
        added = 0
        for tenant_id in app.tenant_ids:
            end = (await app.service.subject(tenant_id)).as_of
            added += (await app.service.store_closed_days(tenant_id, end - LOOKBACK, end)).added
        return added

    return with_app_service(database_url, redis_url, None, sweep)


@dataclass
class Reconciliations:
    """Runs of `sla-compliance reconcile`.

    Attributes:
        checked, restated: stored days, of each run that ended.
    """

    database_url: str
    redis_url: str
    checked: list[int] = field(default_factory=list)
    restated: list[int] = field(default_factory=list)

    def run_once(self) -> None:
        """Reconcile all tenants."""
        options = ("--database-url", self.database_url, "--redis-url", self.redis_url, "--format", "json")
        run = subprocess.run([SCRIPT, "reconcile", *options], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        outcomes = json.loads(run.stdout)
        self.checked.append(sum(outcome["checked"] for outcome in outcomes))
        self.restated.append(sum(len(outcome["restated"]) for outcome in outcomes))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let one run follow another while the block runs; the last one is whole."""
        over = threading.Event()
        errors: list[AssertionError] = []

        def run_until_over() -> None:
            try:
                self.run_once()
                while not over.is_set():
                    self.run_once()
            except AssertionError as error:
                errors.append(error)

        thread = threading.Thread(target=run_until_over)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
        assert not errors, errors
