"""What the log says of an outage: its beginning, a count each interval, its end; whatever the number of requests."""

from __future__ import annotations

import asyncio
import logging
import re

import pytest

from sla_compliance.web.outage_log import OutageLog, one_line
from tests.servers import postgres
from tests.web import platform
from tests.web.live import serving

INTERVAL_S = 0.2
LOG = logging.getLogger("tests.outages")


def test_a_stopped_database_is_one_traceback_and_not_one_a_request() -> None:
    """The rest of the log is quiet; requests that fail are in the access log all the same."""
    binaries = next(iter(postgres.installed_binaries().values()))
    with postgres.running_postgres(binaries) as database:
        platform.fill(database.url)
        with serving("--database-url", database.url) as live:
            assert live.ask("incidents?date=2025-10-07", "acme").status_code == 200
            database.kill()
            statuses = [live.ask(f"incidents?date=2025-10-{day:02}", "acme").status_code for day in range(1, 29)]
            log = (live.folder / "stderr").read_text()
        assert set(statuses) == {503}
        assert len(re.findall("the service failed", log)) == len({*re.findall(r"the service failed: (\w+)", log)}) <= 2
        assert log.count("Exception in ASGI") == 0
        assert len(log) < 40_000


def fail(outages: OutageLog, error: Exception, times: int = 1) -> None:
    """Fail as a route does."""
    for _ in range(times):
        try:
            raise error
        except type(error) as caught:
            outages.failed(caught)


def test_an_outage_has_a_beginning_a_count_and_an_end(caplog: pytest.LogCaptureFixture) -> None:
    """The first failure with its traceback; then a line for each interval with failures; then one that it is over."""

    async def outage() -> None:
        outages = OutageLog(LOG, interval_s=INTERVAL_S)
        fail(outages, ConnectionRefusedError("down"), 6)
        await asyncio.sleep(INTERVAL_S * 1.5)
        fail(outages, ConnectionRefusedError("still\ndown"), 2)
        await asyncio.sleep(INTERVAL_S * 2.2)
        fail(outages, ConnectionRefusedError("down again"))

    asyncio.run(outage())
    messages = [record.getMessage() for record in caplog.records]
    assert messages[0] == "the service failed: ConnectionRefusedError: down"
    assert re.fullmatch(
        r"the service failed 5 more times, 6 in \d s, the last: ConnectionRefusedError: down", messages[1]
    )
    assert re.fullmatch(
        r"the service failed 2 more times, 8 in \d s, the last: ConnectionRefusedError: still", messages[2]
    )
    assert messages[3].startswith("the outage is over: no failure by ConnectionRefusedError for")
    assert messages[3].endswith("there were 8")
    assert messages[4] == "the service failed: ConnectionRefusedError: down again"
    assert [record.exc_info is not None for record in caplog.records] == [True, False, False, False, True]


def test_another_fault_during_an_outage_has_a_beginning_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    """Else a defect would hide behind a database that is down."""

    async def faults() -> None:
        outages = OutageLog(LOG, interval_s=INTERVAL_S)
        fail(outages, ConnectionRefusedError("down"), 3)
        fail(outages, ZeroDivisionError("a defect"), 3)

    asyncio.run(faults())
    assert [one_line(record.exc_info[1]) for record in caplog.records if record.exc_info] == [  # type: ignore[arg-type]
        "ConnectionRefusedError: down",
        "ZeroDivisionError: a defect",
    ]


def test_an_error_without_words_is_its_type() -> None:
    """As time-outs are."""
    assert one_line(TimeoutError()) == "TimeoutError"
