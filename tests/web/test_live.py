"""The whole app as a process: what somebody with curl and a token sees."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sla_compliance import __version__
from sla_compliance.errors import InvalidValueError
from sla_compliance.server.database import prepare
from sla_compliance.server.variables import SECRET
from sla_compliance.stores.sqlalchemy import ddl
from tests.servers.databases import fresh_database
from tests.web.live import TEST_SECRET, Live, eventually, serving, token_for
from tests.web.world import assert_problem

WIRE_KEYS = [
    "date", "compliance_percentage", "target_percentage", "uptime_minutes", "downtime_minutes", "sla_breaches",
]  # fmt: skip


def days_ago(days: int) -> str:
    """A moment as a browser writes it."""
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class TestManualChecks:
    """The checks that the endpoint's roadmap asks for, against the running server."""

    def test_thirty_days_back(self, demo: Live) -> None:
        """A record for each local day, in order, as front ends know them."""
        answer = demo.ask(f"compliance?from_date={days_ago(30)}")
        records = answer.json()
        assert (answer.status_code, len(records)) == (200, 31)
        assert all(list(record) == WIRE_KEYS for record in records)
        assert [record["date"] for record in records] == sorted(record["date"] for record in records)

    def test_ninety_days_back(self, demo: Live) -> None:
        """As the page of 90 days asks."""
        assert len(demo.ask("compliance?days=90").json()) == 90

    def test_another_tenant_sees_other_data_or_none(self, demo: Live) -> None:
        """demo-2 has its own; empty is not monitored yet, and neither is one that the database never heard of."""
        first, second = (demo.ask("compliance?days=30", tenant).json() for tenant in ("demo", "demo-2"))
        assert first != second
        assert [demo.ask("compliance?days=30", tenant).json() for tenant in ("empty", "unheard-of")] == [[], []]

    def test_a_range_beyond_ninety_days_is_refused(self, demo: Live) -> None:
        """From 2020 on: 400."""
        assert_problem(demo.ask("compliance?from_date=2020-01-01T00:00:00Z"), 400, "90 days")

    def test_a_malformed_date_is_refused(self, demo: Live) -> None:
        """400."""
        assert_problem(demo.ask("compliance?from_date=08.10.2025"), 400, "from_date")

    def test_the_future_is_empty(self, demo: Live) -> None:
        """No error."""
        assert demo.ask(f"compliance?from_date={days_ago(-3)}").json() == []

    def test_maintenance_hides_downtime_until_asked(self, demo: Live) -> None:
        """The demo's planned work has some."""
        total = [
            demo.ask(f"rollup-stats?days=90&exclude_maintenance={flag}").json()["total_downtime_minutes"]
            for flag in ("true", "false")
        ]
        assert 0 < total[0] < total[1]

    def test_demo_rows_bear_no_mark_of_samples(self, demo: Live) -> None:
        """They are ordinary rows, remembered like any."""
        demo.ask("compliance?days=7")
        answer = demo.ask("compliance?days=7&detail=full")
        assert "X-SLA-Sample-Data" not in answer.headers
        assert {place for day in answer.json() for place in day["provenance"]} == {"CACHE"}


class TestAroundTheEndpoint:
    """Page, probes, headers, log."""

    def test_the_page_is_there_and_may_do_little(self, demo: Live) -> None:
        """Its own files, its own server; nothing else."""
        page = demo.get("")
        assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("path", ["", "healthz", "nowhere", "api/v1/faults/sla/compliance", "openapi.json"])
    def test_every_answer_protects_its_reader(self, demo: Live, path: str) -> None:
        """Errors too."""
        headers = demo.get(path).headers
        assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")
        assert (headers["Referrer-Policy"], "Server" in headers) == ("no-referrer", False)

    def test_the_document_of_the_api_has_the_version_of_the_package(self, demo: Live) -> None:
        """A client sees which one it talks to."""
        assert demo.get("openapi.json").json()["info"]["version"] == __version__

    @pytest.mark.parametrize("path", ["healthz", "readyz"])
    def test_probes_need_no_token(self, demo: Live, path: str) -> None:
        """The process lives; the database answers."""
        assert demo.get(path).json() == {"status": "ok"}

    def test_an_unknown_path_is_a_problem_too(self, demo: Live) -> None:
        """Like every other error."""
        assert_problem(demo.get("nowhere"), 404)

    @pytest.mark.parametrize(
        "path", ["../pyproject.toml", "..%2f..%2fserver%2fapp.py", "/etc/passwd", "%2e%2e/fastapi.py"]
    )
    def test_the_page_serves_its_own_files_alone(self, demo: Live, path: str) -> None:
        """Whatever the path is made of."""
        assert demo.get(path).status_code == 404

    def test_the_log_says_who_asked_what_and_no_secret(self, demo: Live) -> None:
        """Neither the token nor the query."""
        token = token_for("demo")
        answer = demo.ask(f"compliance?days=7&access_token={token}", Authorization=f"Bearer {token}")
        said = {"method": "GET", "path": "/api/v1/faults/sla/compliance", "status": 422, "tenant_id": "demo"}
        assert token not in answer.text
        assert eventually(lambda: said.items() <= demo.access_log[-1].items())
        assert token not in demo.printed
        assert "access_token" not in demo.printed


class TestParameters:
    """The app of `serve` knows all parameters there are."""

    @pytest.mark.parametrize(
        ("question", "unknown"),
        [
            ("compliance?days=3&target=99", "target"),
            ("compliance?days=3&limit=3", "limit"),
            ("rollup-stats?detail=full", "detail"),
            ("incidents?date=2025-10-07&target_percentage=99", "target_percentage"),
            ("resources?days=3&tenant_id=demo-2", "tenant_id"),
        ],
    )
    def test_one_that_a_route_does_not_declare_is_refused(self, demo: Live, question: str, unknown: str) -> None:
        """422 that names it and those that there are: a typo is no other figure."""
        assert_problem(
            demo.ask(question), 422, f"'{unknown}'", "exclude_maintenance", "days" if "days" in question else ""
        )

    def test_several_are_named_together(self, demo: Live) -> None:
        """In order."""
        assert_problem(demo.ask("compliance?days=3&b=1&a=2"), 422, "'a', 'b': no parameter here; give ")


class TestMetrics:
    """What Prometheus scrapes."""

    def test_requests_and_hits_are_counted_for_each_tenant(self, demo: Live) -> None:
        """Where only this machine can ask."""
        for _ in range(2):
            demo.ask("compliance?days=30")
        scraped = demo.get("metrics").text
        assert 'sla_compliance_request_duration_seconds_count{cached="true",tenant_id="demo"}' in scraped
        assert 'sla_compliance_cache_hits_total{tenant_id="demo"}' in scraped

    def test_all_workers_are_one_exposition(self) -> None:
        """Whichever is asked; where others can ask too, no tenant is named."""
        with serving("--demo", "--workers", "2", "--host", "0.0.0.0") as live:  # noqa: S104
            for _ in range(12):
                assert live.ask("compliance?days=30").status_code == 200
            scraped = live.get("metrics").text
        counts = dict(re.findall(r"^sla_compliance_cache_(hits|misses)_total (\S+)$", scraped, re.MULTILINE))
        assert sum(map(float, counts.values())) == 12
        assert "tenant_id" not in scraped

    def test_a_token_of_its_own_opens_the_series_of_tenants(self) -> None:
        """And nothing else does, a reader's token least of all."""
        environment = {SECRET: TEST_SECRET, "SLA_METRICS_TOKEN": "scrape"}
        with serving("--demo", "--host", "0.0.0.0", environment=environment) as live:  # noqa: S104
            live.ask("compliance?days=30")
            for bearer in ({}, {"Authorization": "Bearer else"}, {"Authorization": f"Bearer {token_for('demo')}"}):
                assert_problem(live.get("metrics", **bearer), 401)
            assert 'tenant_id="demo"' in live.get("metrics", Authorization="Bearer scrape").text


class TestStart:
    """How the server is told what it needs."""

    def test_without_a_secret_it_prints_tokens_that_hold(self) -> None:
        """And the page's address with one; all workers know the secret."""
        with serving("--demo", "--workers", "2", environment={}) as live:
            opened = dict(re.findall(r"Tenant +(\S+)\nToken +(\S+)", live.printed))
            assert set(opened) == {"demo", "demo-2", "empty"}
            assert f"Open       {live.url}#token={opened['demo']}" in live.printed
            bearer = {"Authorization": f"Bearer {opened['demo']}"}
            answers = [live.ask("compliance?days=3", **bearer) for _ in range(8)]
            assert {answer.status_code for answer in answers} == {200}
            assert live.ask("compliance?days=3").status_code == 401

    def test_several_workers_send_at_once(self) -> None:
        """Header and body do not wait for the client's word, which takes 40 ms."""
        with serving("--workers", "2") as live, live.client() as client:
            assert min(client.get("healthz").elapsed for _ in range(20)) < timedelta(milliseconds=30)

    def test_a_short_secret_is_refused(self) -> None:
        """With one message that does not show it."""
        with (
            pytest.raises(RuntimeError, match="16 bytes long; give 32") as refused,
            serving(environment={SECRET: "0123456789abcdef"}),
        ):
            pass
        assert "0123456789abcdef" not in str(refused.value)
        assert "Traceback" not in str(refused.value)

    def test_a_database_that_is_none_is_refused_without_showing_its_password(self) -> None:
        """One message."""
        url = "mysql://admin:hunter2@localhost/db"
        with pytest.raises(RuntimeError, match="postgresql or sqlite") as refused, serving("--database-url", url):
            pass
        assert "hunter2" not in str(refused.value)

    def test_without_options_it_starts_empty(self) -> None:
        """A database of its own, which stays; nobody is monitored yet."""
        with serving() as live:
            assert live.ask("compliance?days=30").json() == []
            assert (live.folder / "sla-compliance.sqlite").exists()

    def test_sample_rows_never_mix_with_real_ones(self, tmp_path: Path) -> None:
        """A database that knows other tenants is refused; one of the demo alone is filled anew."""
        url = f"sqlite:///{tmp_path / 'real.sqlite'}"
        for _ in range(2):
            prepare(url, demo_at=datetime.now(UTC))
        with sqlite3.connect(tmp_path / "real.sqlite") as database:
            database.execute("INSERT INTO tenants VALUES ('acme', 'UTC', '2025-01-01T00:00:00Z')")
        database.close()
        with pytest.raises(InvalidValueError, match="acme"):
            prepare(url, demo_at=datetime.now(UTC))


def test_the_driver_of_the_url_serves(postgres_dsn: str) -> None:
    """Facts, stored days and the probe alike."""
    with fresh_database(postgres_dsn, ddl("postgresql")) as database:
        url = database.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
        with serving("--demo", "--database-url", url) as live:
            answer = live.ask("compliance?days=30")
            assert (answer.status_code, len(answer.json())) == (200, 30)
            assert live.get("readyz").status_code == 200
