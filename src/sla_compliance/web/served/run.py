"""uvicorn, told how to run the app: workers, logs, a graceful stop."""
################################################################
# On SIGTERM no new connection is taken, requests under way are answered, then
# uvicorn raises the signal again and the process ends, tidily.
#
# The access log goes to standard output, a JSON object a line; what the server
# itself has to say goes to standard error. Several workers count into one folder,
# which is there before any of them imports the client of Prometheus.
################################################################

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, NoReturn

import uvicorn
from uvicorn.supervisors import Multiprocess

from sla_compliance.outlets.prometheus import SHARED_FOLDER
from sla_compliance.web.served.settings import ServeSettings

FACTORY: Final = "sla_compliance.web.served.app:from_environment"
STOP_WITHIN_S: Final = 30
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
        "sla_compliance.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
        "uvicorn": {"level": "INFO"},
    },
}


def _leave(signal_number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - as signal handlers are called
    sys.exit(0)


def run(settings: ServeSettings, *, host: str, port: int, workers: int) -> None:
    """Run the app until it is told to stop."""
    os.environ.update(settings.as_environment())
    signal.signal(signal.SIGTERM, _leave)
    config = uvicorn.Config(
        FACTORY,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=LOGGING,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
    if workers > 1:
        with _counting_together():
            Multiprocess(config, sockets=[_listening(config)]).run()
    else:
        uvicorn.Server(config).run()


def _listening(config: uvicorn.Config) -> socket.socket:
    """Return the socket that workers share; what is accepted sends at once, as a single process's connections do."""
    shared = config.bind_socket()
    shared.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return shared


@contextmanager
def _counting_together() -> Iterator[None]:
    """Give workers a folder for their metrics, unless they have one."""
    with tempfile.TemporaryDirectory(prefix="sla-compliance-metrics-") as folder:
        os.environ.setdefault(SHARED_FOLDER, folder)
        yield
