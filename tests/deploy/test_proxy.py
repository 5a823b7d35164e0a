"""nginx with the configuration of docs/deploy in front of an app: what passes, what is limited, what stays inside."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2
import pytest

from tests.deploy.deployment import FOLDER
from tests.servers.process import ServerProcess, free_port
from tests.web.live import serving

NGINX: Final = shutil.which("nginx")
OPENSSL: Final = shutil.which("openssl")
CONFIGURATION: Final = FOLDER / "nginx" / "sla-compliance.conf"
MOST_REQUESTS: Final = 3_000
TEMPLATE: Final = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/sla-compliance.conf;
}}
"""

pytestmark = pytest.mark.skipif(NGINX is None or OPENSSL is None, reason="nginx or openssl is not installed")


@dataclass(frozen=True)
class Proxy:
    """A running proxy.

    Attributes:
        url: of its TLS port.
        plain_url: of the port without TLS.
    """

    url: str
    plain_url: str

    def get(self, path: str) -> httpx2.Response:
        """Request a path over TLS."""
        return httpx2.get(self.url + path, verify=_any_certificate(), timeout=30)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The app of the demonstration, behind nginx with a certificate of its own."""
    folder = tmp_path_factory.mktemp("nginx")
    _make_certificate(folder)
    tls_port, plain_port = free_port(), free_port()
    with serving("--demo") as live:
        text = CONFIGURATION.read_text(encoding="utf-8")
        text = text.replace("/etc/ssl/sla.example.com", str(folder)).replace("listen 443", f"listen {tls_port}")
        text = text.replace("listen 80;", f"listen {plain_port};")
        text = text.replace("127.0.0.1:8000", live.url.removeprefix("http://").rstrip("/"))
        (folder / "sla-compliance.conf").write_text(text, encoding="utf-8")
        (folder / "nginx.conf").write_text(TEMPLATE.format(folder=folder), encoding="utf-8")
        assert NGINX is not None
        server = ServerProcess(
            url=f"https://127.0.0.1:{tls_port}/",
            command=[NGINX, "-e", folder / "error.log", "-c", folder / "nginx.conf"],
            is_ready=lambda: _answers(tls_port),
            log=folder / "log",
        )
        try:
            server.start()
            yield Proxy(server.url, f"http://127.0.0.1:{plain_port}/")
        finally:
            server.stop()


def test_the_page_passes_with_the_headers_of_both(proxy: Proxy) -> None:
    """The app's protective headers, and the proxy's demand for TLS."""
    page = proxy.get("").raise_for_status()
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["metrics", "healthz", "readyz"])
def test_metrics_and_probes_stay_inside(proxy: Proxy, path: str) -> None:
    """They are asked behind the proxy."""
    assert proxy.get(path).status_code == 404


def test_plain_http_is_sent_to_tls(proxy: Proxy) -> None:
    """With the path as it was."""
    answer = httpx2.get(proxy.plain_url + "api?days=3")
    assert answer.status_code == 301
    assert answer.headers["location"] == "https://127.0.0.1/api?days=3"


def test_a_client_that_asks_too_often_is_refused(proxy: Proxy) -> None:
    """Sixty at once pass; later ones get a 429 until the client waits."""
    time.sleep(4)  # what earlier tests used of the burst is back
    statuses: Counter[int] = Counter()
    with httpx2.Client(verify=_any_certificate(), timeout=30) as client:
        while not statuses[429] and statuses.total() < MOST_REQUESTS:
            statuses[client.get(proxy.url + "palette.css").status_code] += 1
    assert statuses[200] >= 60
    assert statuses[429] == 1


def _make_certificate(folder: Path) -> None:
    assert OPENSSL is not None
    kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=sla.example.com"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([OPENSSL, "req", *kind, *files], check=True, capture_output=True)


def _any_certificate() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
