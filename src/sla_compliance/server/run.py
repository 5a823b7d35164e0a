"""Running the app with uvicorn: workers, logs, a graceful stop."""
################################################################
# On SIGTERM no new connection is taken and requests under way are answered. Then
# uvicorn raises the signal again, and the handler set here ends the process with 0.
#
# The access log goes to standard output, a JSON object a line; the server's own
# messages go to standard error.
#
# Several workers count into one folder. Its name is in the environment before any
# worker imports the client of Prometheus, which looks for it then.
################################################################

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from types import FrameType
from typing import Any, Final, NoReturn

from sla_compliance.errors import requires_extra

with requires_extra("serve", __name__):
    # The app's own doors would name the extra of each library; the command needs all of them.
    import prometheus_client  # noqa: F401
    import redis  # noqa: F401
    import uvicorn
    from starlette.types import ASGIApp
    from uvicorn.supervisors import Multiprocess

from sla_compliance.outlets.budget_gauges import SHARED_FOLDER

# Imported here too, so that a package that the app lacks is an error of this process and not of every worker.
from sla_compliance.server.app import from_environment
from sla_compliance.server.connections import KEPT_IDLE_S, MAX_HEADER_BYTES, MOST_CONNECTIONS, BoundedConnection
from sla_compliance.server.interpreter import tune
from sla_compliance.server.middleware import ACCESS_LOG
from sla_compliance.server.settings import ServeSettings

STOP_WITHIN_S: Final = 30
WORKER_ANSWERS_WITHIN_S: Final = 30
"""uvicorn replaces a worker that answers later; on a busy machine one imports for longer than the usual 5 s."""
LOGGING: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "line": {"format": "%(message)s"},
    },
    "handlers": {
        "server": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"},
        "access": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stdout"},
    },
    "root": {"handlers": ["server"], "level": "WARNING"},
    "loggers": {
        ACCESS_LOG: {"handlers": ["access"], "level": "INFO", "propagate": False},
        "uvicorn": {"level": "INFO"},
    },
}


def worker_app() -> ASGIApp:
    """Return the app of this process; each worker of uvicorn makes its own."""
    app = from_environment()
    tune()
    return app


FACTORY: Final = f"{worker_app.__module__}:{worker_app.__name__}"


def run(settings: ServeSettings, *, host: str, port: int, workers: int) -> None:
    """Run the app until a signal stops it."""
    os.environ.update(settings.as_environment())
    signal.signal(signal.SIGTERM, _exit)
    config = uvicorn.Config(
        FACTORY,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=LOGGING,
        access_log=False,
        server_header=False,
        http=BoundedConnection,
        ws="none",
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEPT_IDLE_S,
        h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        timeout_graceful_shutdown=STOP_WITHIN_S,
        timeout_worker_healthcheck=WORKER_ANSWERS_WITHIN_S,
    )
    if workers == 1:
        uvicorn.Server(config).run()
        return
    with _shared_metrics_folder():
        _workers(config).run()


def _workers(config: uvicorn.Config) -> Multiprocess:
    """Return what starts and watches the processes."""
    arguments: dict[str, Any] = {"config": config, "sockets": [_bind(config)]}
    if "target" in signature(Multiprocess).parameters:  # of older versions: what each process runs
        arguments["target"] = uvicorn.Server(config).run
    return Multiprocess(**arguments)


def _exit(signal_number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - as signal handlers are called
    sys.exit(0)


def _bind(config: uvicorn.Config) -> socket.socket:
    """Return the socket that the workers share."""
    shared_socket = config.bind_socket()
    # A single process sets this on each connection; accepted ones inherit it here. Without it a response waits 40 ms.
    shared_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return shared_socket


@contextmanager
def _shared_metrics_folder() -> Iterator[None]:
    """Give the workers a folder for their metrics, unless the environment names one."""
    with tempfile.TemporaryDirectory(prefix="sla-compliance-metrics-") as folder:
        os.environ.setdefault(SHARED_FOLDER, folder)
        yield
