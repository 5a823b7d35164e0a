"""The dashboard page mounted in an app of one's own."""

from __future__ import annotations

from importlib.resources import files

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from sla_compliance.drawing.palette import PALETTE_CSS
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.web.dashboard_app import API_MARK, PROTECTIVE_HEADERS, dashboard_app


@pytest.fixture
def client() -> TestClient:
    """A host app that has mounted the page below a path, with the API elsewhere."""
    host = FastAPI()
    host.mount("/operations/sla", dashboard_app(api_path="/api/v2/faults"))
    return TestClient(host)


def test_the_page_and_its_files_are_served_below_the_mount(client: TestClient) -> None:
    """Every file that the page names is there, and the palette."""
    page = client.get("/operations/sla")
    assert page.url.path == "/operations/sla/"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert client.get("/operations/sla/palette.css").text == PALETTE_CSS
    for file in (files("sla_compliance") / "web" / "dashboard").iterdir():
        assert client.get(f"/operations/sla/{file.name}").status_code == 200
    assert client.get("/operations/sla/nowhere.js").status_code == 404


def test_the_page_says_where_the_api_is(client: TestClient) -> None:
    """At the path that the host gave, else where the app of the command line has it."""
    own = client.get("/operations/sla/").text
    assert '<meta name="sla-api" content="/api/v2/faults">' in own
    assert API_MARK not in own
    host = FastAPI()
    host.mount("/", dashboard_app())
    assert API_MARK in TestClient(host).get("/index.html").text


def test_every_response_protects_its_reader(client: TestClient) -> None:
    """Nothing but the page's own files and its own server; no frame around it."""
    for path in ("", "app.js", "style.css"):
        headers = client.get(f"/operations/sla/{path}").headers
        assert {name: headers[name] for name in PROTECTIVE_HEADERS} == PROTECTIVE_HEADERS
    policy = PROTECTIVE_HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", ["/api/v1/faults/", "../api/faults", "api/v1/faults", "../../a.b/~c-d"])
def test_a_path_on_the_same_host_is_taken(path: str) -> None:
    """Absolute or relative to the page."""
    host = FastAPI()
    host.mount("/", dashboard_app(api_path=path))
    assert f'content="{path}"' in TestClient(host).get("/").text


@pytest.mark.parametrize(
    "path", ["", "https://elsewhere.example/api", "//elsewhere.example/api", '"><script>', "/api?x=1", "javascript:1"]
)
def test_anything_else_is_refused(path: str) -> None:
    """Tokens are never sent to another host."""
    with pytest.raises(InvalidValueError, match="path on the same host"):
        dashboard_app(api_path=path)


def test_a_path_is_text() -> None:
    """None is no path."""
    with pytest.raises(InvalidTypeError, match="api_path"):
        dashboard_app(api_path=None)  # type: ignore[arg-type]
