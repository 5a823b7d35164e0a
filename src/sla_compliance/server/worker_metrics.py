"""/metrics of a worker: what its processes have counted and the state of tenants, on a port of its own."""
################################################################
# The jobs measure every tenant each hour and night, whoever looks at the page. So
# the gauges of all tenants are the worker's; the app has those of its visitors.
#
# A worker's processes count into the folder that PROMETHEUS_MULTIPROC_DIR names.
# As with the app, series of single tenants are for this machine alone, or behind
# the token of SLA_METRICS_TOKEN.
################################################################

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from http import HTTPStatus
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING, Final, NamedTuple
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from sla_compliance.errors import InvalidValueError, requires_extra, shown

with requires_extra("serve", __name__):
    from prometheus_client import CollectorRegistry

from sla_compliance.outlets.budget_gauges import SHARED_FOLDER
from sla_compliance.outlets.prometheus import exposition
from sla_compliance.server.metrics import refusal
from sla_compliance.server.settings import LOOPBACK_HOSTS
from sla_compliance.server.variables import METRICS_TOKEN, WORKER_METRICS

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_WITHIN_S: Final = 10


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = REQUEST_WITHIN_S

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class calls it
        """Log nothing: a scrape every few seconds is no event."""


def metrics_address(environment: Mapping[str, str]) -> Address | None:
    """Return where the worker's metrics are to be served; None: nowhere.

    Raises:
        InvalidValueError: it is no host:port; the folder of the processes is missing; or others could read the series
            of single tenants without a token.
    """
    text = environment.get(WORKER_METRICS)
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise InvalidValueError(
            f"{WORKER_METRICS} is {shown(text)}; give host:port, e.g. 127.0.0.1:9464", field=WORKER_METRICS
        )
    if not environment.get(SHARED_FOLDER):
        raise InvalidValueError(
            f"{SHARED_FOLDER} is missing; set it to an empty folder in which the worker's processes count",
            field=SHARED_FOLDER,
        )
    if host not in LOOPBACK_HOSTS and not environment.get(METRICS_TOKEN):
        raise InvalidValueError(
            f"{METRICS_TOKEN} is missing; set it, or let {WORKER_METRICS} be an address of this machine alone",
            field=METRICS_TOKEN,
        )
    return Address(host, int(port))


def serve_metrics(
    address: Address, registry: CollectorRegistry, token: str | None, hosts: Collection[str]
) -> WSGIServer:
    """Serve the metrics from a thread that ends with the process; OSError where the port is taken."""
    server = make_server(*address, metrics_app(registry, token, hosts), server_class=_Server, handler_class=_Handler)
    Thread(target=server.serve_forever, name="sla-compliance-metrics", daemon=True).start()
    return server


def metrics_app(registry: CollectorRegistry, token: str | None, hosts: Collection[str] = ()) -> WSGIApplication:
    """Return the endpoint; `token` and `hosts` as of the app's."""

    def respond(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != "/metrics":
            return _refuse(start_response, HTTPStatus.NOT_FOUND, "The metrics are at /metrics.")
        reason = refusal(environ.get("HTTP_AUTHORIZATION", ""), environ.get("HTTP_HOST", ""), token, hosts)
        if reason is not None:
            return _refuse(start_response, reason.status, reason.detail)
        body, content_type = exposition(registry, environ.get("HTTP_ACCEPT", ""))
        start_response("200 OK", [("Content-Type", content_type), ("Cache-Control", "no-store")])
        return [body]

    return respond


def _refuse(start_response: StartResponse, status: HTTPStatus, detail: str) -> list[bytes]:
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    if status is HTTPStatus.UNAUTHORIZED:
        headers.append(("WWW-Authenticate", "Bearer"))
    start_response(f"{status.value} {status.phrase}", headers)
    return [f"{detail}\n".encode()]
