"""The worker's variables: each fault is one message at the start that names the variable and the way out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from wsgiref.util import setup_testing_defaults

import pytest
from prometheus_client import CollectorRegistry, Counter

from sla_compliance.errors import InvalidValueError
from sla_compliance.jobs.celery import NIGHTLY_SWEEP, beat_schedule
from sla_compliance.jobs.celery_alerts import ALERTS
from sla_compliance.server import worker
from sla_compliance.server.worker import REGULAR_SWEEP, celery_app
from sla_compliance.server.worker_metrics import Address, metrics_address, metrics_app

DATABASE = "postgresql://host/platform"
CACHE, BROKER = "redis://host/0", "redis://host/1"
KEY = "a secret of the tests alone, long enough to seal with"
COMPLETE = {
    "SLA_DATABASE_URL": DATABASE,
    "SLA_REDIS_URL": CACHE,
    "SLA_BROKER_URL": BROKER,
    "SLA_CACHE_KEY": KEY,
}


def test_the_queue_has_a_server_of_its_own_or_that_of_the_cache() -> None:
    """And one of both is needed."""
    assert celery_app(COMPLETE).conf.broker_url == BROKER
    without_broker = {name: value for name, value in COMPLETE.items() if name != "SLA_BROKER_URL"}
    assert celery_app(without_broker).conf.broker_url == CACHE
    with pytest.raises(InvalidValueError, match="SLA_BROKER_URL is missing"):
        celery_app({"SLA_DATABASE_URL": DATABASE})


def test_the_database_is_needed() -> None:
    """A worker without one would fail with each task."""
    with pytest.raises(InvalidValueError, match="SLA_DATABASE_URL is missing"):
        celery_app({"SLA_REDIS_URL": CACHE})
    with pytest.raises(InvalidValueError) as caught:
        celery_app({**COMPLETE, "SLA_DATABASE_URL": "mysql://user:secret@host/platform"})
    assert "secret" not in str(caught.value)


def test_the_cache_needs_the_key_of_the_app() -> None:
    """Entries that are sealed with another one, or with none, would be misses; the secret of tokens has one too."""
    without_key = {name: value for name, value in COMPLETE.items() if name != "SLA_CACHE_KEY"}
    with pytest.raises(InvalidValueError, match="SLA_CACHE_KEY is missing"):
        celery_app(without_key)
    assert celery_app({**without_key, "SLA_JWT_SECRET": KEY}).conf.broker_url == BROKER


def test_its_time_zone_is_that_of_the_contract_file(tmp_path: Path) -> None:
    """Two o'clock is that of the operator; UTC where the file says nothing."""
    contract = tmp_path / "sla.toml"
    contract.write_text('[defaults]\nzone = "Africa/Lagos"\n', encoding="utf-8")
    assert str(celery_app(COMPLETE).timezone) == "UTC"
    assert str(celery_app({**COMPLETE, "SLA_CONTRACT": str(contract)}).timezone) == "Africa/Lagos"


def test_a_regular_sweep_that_waits_too_long_is_dropped() -> None:
    """Else the sweeps of a night without a worker would all be done in the morning."""
    schedule = celery_app(COMPLETE).conf.beat_schedule
    assert set(schedule) == {*beat_schedule(), REGULAR_SWEEP}
    assert schedule[REGULAR_SWEEP]["task"] == NIGHTLY_SWEEP
    assert schedule[REGULAR_SWEEP]["options"] == {"expires": 15 * 60}


def test_celery_looks_the_app_up_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """`celery --app=sla_compliance.server.worker`; the environment is read then, and once."""
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    assert worker.app.conf.broker_url == BROKER
    assert worker.app is worker.app
    with pytest.raises(AttributeError, match="another"):
        _ = worker.another


def test_metrics_have_an_address_where_one_is_set() -> None:
    """An address of this machine alone needs no token."""
    assert metrics_address({}) is None
    here = {"SLA_WORKER_METRICS": "127.0.0.1:9464", "PROMETHEUS_MULTIPROC_DIR": "/folder"}
    assert metrics_address(here) == Address("127.0.0.1", 9464)
    everywhere = {**here, "SLA_WORKER_METRICS": "0.0.0.0:9464", "SLA_METRICS_TOKEN": "token"}
    assert metrics_address(everywhere) == Address("0.0.0.0", 9464)  # noqa: S104 - nothing listens


@pytest.mark.parametrize("text", ["9464", ":9464", "127.0.0.1:", "127.0.0.1:none", "127.0.0.1:70000", "127.0.0.1:0"])
def test_an_address_that_is_none_is_refused(text: str) -> None:
    """The message shows it."""
    with pytest.raises(InvalidValueError, match=f"SLA_WORKER_METRICS is '{text}'"):
        metrics_address({"SLA_WORKER_METRICS": text, "PROMETHEUS_MULTIPROC_DIR": "/folder"})


def test_series_of_tenants_need_a_token_where_others_can_reach_them() -> None:
    """As the app's do."""
    with pytest.raises(InvalidValueError, match="SLA_METRICS_TOKEN is missing"):
        metrics_address({"SLA_WORKER_METRICS": "0.0.0.0:9464", "PROMETHEUS_MULTIPROC_DIR": "/folder"})


def test_metrics_need_the_folder_in_which_the_processes_count() -> None:
    """Without it the worker would show those of its main process, which works on nothing."""
    with pytest.raises(InvalidValueError, match="PROMETHEUS_MULTIPROC_DIR is missing"):
        metrics_address({"SLA_WORKER_METRICS": "127.0.0.1:9464"})


@pytest.mark.parametrize(
    ("path", "authorization", "status"),
    [
        ("/metrics", "Bearer token", "200 OK"),
        ("/metrics", "Bearer another", "401 Unauthorized"),
        ("/metrics", "", "401 Unauthorized"),
        ("/", "Bearer token", "404 Not Found"),
    ],
)
def test_metrics_are_for_the_token_alone(path: str, authorization: str, status: str) -> None:
    """And at one path."""
    answer = requested("token", PATH_INFO=path, HTTP_AUTHORIZATION=authorization)
    assert answer[0] == status
    assert (b"made_up_total 1.0" in answer[1]) == (status == "200 OK")


def test_without_a_token_a_page_of_another_site_reads_nothing() -> None:
    """Its requests have its own name in their Host header."""
    assert requested(None, PATH_INFO="/metrics", HTTP_HOST="127.0.0.1:9464")[0] == "200 OK"
    assert requested(None, PATH_INFO="/metrics", HTTP_HOST="evil.example")[0] == "421 Misdirected Request"


def requested(token: str | None, **environ: str) -> tuple[str, bytes]:
    """Return the status and the body of a request."""
    registry = CollectorRegistry()
    Counter("made_up", "One.", registry=registry).inc()
    setup_testing_defaults(environ)
    statuses: list[str] = []

    def start_response(status: str, *_: object) -> Callable[[bytes], object]:
        statuses.append(status)
        return bytes

    body = b"".join(metrics_app(registry, token)(environ, start_response))
    (status,) = statuses
    return status, body


def test_people_are_alerted_where_the_contract_file_names_any(tmp_path: Path) -> None:
    """Else a task every minute would look at nobody."""
    contract = tmp_path / "sla.toml"
    contract.write_text('[tenants.acme.alerts]\nemail = ["ana@example.com"]\n', encoding="utf-8")
    schedule = celery_app({**COMPLETE, "SLA_CONTRACT": str(contract)}).conf.beat_schedule
    assert schedule.keys() - celery_app(COMPLETE).conf.beat_schedule.keys() == {ALERTS}
