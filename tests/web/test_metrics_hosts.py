"""/metrics without a token answers by addresses and known names: a page of another site has neither."""

from __future__ import annotations

import pytest

from sla_compliance.server.metrics import is_permitted_host
from sla_compliance.server.variables import METRICS_HOSTS, METRICS_TOKEN, SECRET
from tests.web.live import TEST_SECRET, Live, serving
from tests.web.world import assert_problem

LISTED = ("sla-app", "metrics.example")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:8000", "[::1]", "[::1]:8000", "10.1.2.3:80", "sla-app:8000",
     "Metrics.Example"],
)  # fmt: skip
def test_addresses_localhost_and_listed_names_are_permitted(host: str) -> None:
    """With a port or without."""
    assert is_permitted_host(host, LISTED)


@pytest.mark.parametrize(
    "host",
    ["", ":8000", "attacker.example", "attacker.example:8000", "localhost.attacker.example",
     "127.0.0.1.attacker.example",
     "127.0.0.1:8000.attacker.example", "[::1].attacker.example", "[::1", "localhost:", "localhost:x", "sla-app.evil",
     "[::1]8000", "a@127.0.0.1", "127.0.0.1/", "127.1", "0x7f000001"],
)  # fmt: skip
def test_any_other_host_is_not(host: str) -> None:
    """Also where it looks like one."""
    assert not is_permitted_host(host, LISTED)


def test_a_page_that_lets_its_name_point_here_reads_no_metrics(demo: Live) -> None:
    """421 with the way out; the endpoint itself needs a token anyway."""
    assert "tenant_id" in demo.get("metrics").text or demo.ask("compliance?days=3").is_success
    answer = demo.get("metrics", Host="attacker.example")
    assert_problem(answer, 421, METRICS_HOSTS, METRICS_TOKEN)
    assert "attacker" not in answer.text


def test_a_listed_name_reads_them_and_a_token_needs_no_name() -> None:
    """As a scraper in a network of containers does."""
    environment = {SECRET: TEST_SECRET, METRICS_HOSTS: "sla-app, metrics.example"}
    with serving(environment=environment) as live:
        for host in ("sla-app:8000", "METRICS.example"):
            assert live.get("metrics", Host=host).status_code == 200
        assert_problem(live.get("metrics", Host="other"), 421)
    with serving(environment={SECRET: TEST_SECRET, METRICS_TOKEN: "scrape"}) as live:
        assert live.get("metrics", Host="any.example", Authorization="Bearer scrape").status_code == 200
        assert_problem(live.get("metrics"), 401)
