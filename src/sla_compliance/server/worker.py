"""The app's jobs: a Celery app for `celery -A sla_compliance.server.worker worker`, and `beat`."""
################################################################
# The worker reads the variables of `sla-compliance serve`, and so it measures by the
# same contract file, tables and cache; the secret of tokens it does not need. Two variables are its own:
#
#     SLA_BROKER_URL       Redis or Valkey of the queue; else that of SLA_REDIS_URL
#     SLA_WORKER_METRICS   host:port of the worker's /metrics; else there is none
#
# Where the contract file names recipients of alerts, they are alerted every minute;
# recipients of reports get them once a month is closed.
#
# Beside the times of jobs/celery.py there is a sweep every quarter of an hour: it
# finds all closed days stored, measures today, and so sets the gauges of tenants
# at whom nobody looks.
#
# Celery looks for `app` in this module. It is made when it is first looked up and not
# on import, for it needs the environment.
################################################################

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from sla_compliance.errors import InvalidValueError, requires_extra

with requires_extra("celery", __name__):
    from celery import Celery
    from celery.schedules import crontab
    from celery.signals import worker_ready

with requires_extra("serve", __name__):
    from prometheus_client import CollectorRegistry
    from sqlalchemy import Engine
    from sqlalchemy.engine import URL

from sla_compliance.alerts.messages import ALERT_RENDERERS
from sla_compliance.jobs.alerts import AlertParts, AlertSender
from sla_compliance.jobs.celery import NIGHTLY_SWEEP, register_tasks
from sla_compliance.jobs.report_sender import ReportParts, ReportSender
from sla_compliance.outlets.prometheus import PrometheusObserver
from sla_compliance.server.alerts import has_alert_recipients, notifier_of
from sla_compliance.server.app import contract_of, service_of
from sla_compliance.server.database import database_url, engine_of
from sla_compliance.server.delivery import dispatcher_of, notification_store_of
from sla_compliance.server.delivery_settings import DeliverySettings
from sla_compliance.server.reports import contract_reports, has_report_recipients, report_renderers
from sla_compliance.server.settings import ServeSettings
from sla_compliance.server.variables import BROKER_URL, REDIS_URL
from sla_compliance.server.worker_metrics import metrics_address, serve_metrics
from sla_compliance.service import ComplianceService, SyncComplianceService
from sla_compliance.settings import Settings
from sla_compliance.sources.command_engines import run_with_engine
from sla_compliance.sources.sqlalchemy import mapped_tables, tenant_ids

DEFAULT_ZONE: Final = "UTC"
REGULAR_SWEEP: Final = "sla_compliance.regular_sweep"
SWEEPS_EVERY_MINUTES: Final = 15
KEY_PREFIX: Final = "sla-jobs:"
"""Of every key that the queue has in the broker, so that a user of the broker can be held to them."""


def celery_app(environment: Mapping[str, str]) -> Celery:
    """Return the Celery app that variables describe; nothing is connected yet.

    Its time zone is that of the contract file's defaults, else UTC.

    Raises:
        InvalidValueError: a variable is missing or wrong.
        OSError, InvalidFileError, InvalidContractError: as `sla_compliance.settings.load`.
    """
    settings = replace(ServeSettings.from_environment(environment, reads_tokens=False), has_stored_days=True)
    contract = contract_of(settings)
    tables = mapped_tables(contract.tables)
    address = metrics_address(environment)
    registry = CollectorRegistry()
    observer = PrometheusObserver(registry)
    url = database_url(settings.database_url)  # a fault is an error here and not of every task

    def make_service() -> SyncComplianceService:
        return SyncComplianceService(service_of(engine_of(url), settings, observer))

    def list_tenants() -> list[str]:
        def ids_of_rows(engine: Engine) -> list[str]:
            with engine.connect() as connection:
                return tenant_ids(connection, tables.alarms, tables.tenants)

        return sorted({*run_with_engine(settings.database_url, ids_of_rows), *contract.tenants})

    app = Celery("sla_compliance", broker=_broker_url(environment))
    app.conf.update(
        timezone=contract.defaults.zone or DEFAULT_ZONE,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,  # a tenant may take long: others of the sweep go to processes that are free
        broker_connection_retry_on_startup=True,
        broker_transport_options={"global_keyprefix": KEY_PREFIX},
    )
    send_alerts = _alert_sender(url, contract, environment)
    reports = _report_sender(url, contract, environment)
    register_tasks(app, make_service=make_service, list_tenants=list_tenants, send_alerts=send_alerts, reports=reports)
    app.conf.beat_schedule = {
        **app.conf.beat_schedule,
        REGULAR_SWEEP: _regular_sweep(),
    }
    if address is not None:

        def start_metrics(**_: object) -> None:
            serve_metrics(address, registry, settings.metrics_token, settings.metrics_hosts)

        # Once the processes of the pool have been forked: no fork copies the server's socket.
        worker_ready.connect(start_metrics, weak=False)
    return app


def _regular_sweep() -> dict[str, object]:
    """Return when the regular sweep is due."""
    return {
        "task": NIGHTLY_SWEEP,
        "schedule": crontab(minute=f"*/{SWEEPS_EVERY_MINUTES}"),
        "options": {"expires": SWEEPS_EVERY_MINUTES * 60},  # while no worker runs, they do not pile up
    }


def _alert_sender(url: URL, contract: Settings, environment: Mapping[str, str]) -> AlertSender | None:
    """Return what alerts people; None where the contract file names none, so that no task is sent."""
    settings = DeliverySettings.from_environment(environment)  # a fault is an error here and not of every task
    if not has_alert_recipients(contract):
        return None

    def make_parts(service: ComplianceService) -> AlertParts:
        store = notification_store_of(engine_of(url))
        return notifier_of(service, store, contract), dispatcher_of(store, contract, settings, ALERT_RENDERERS)

    return AlertSender(make_parts)


def _report_sender(url: URL, contract: Settings, environment: Mapping[str, str]) -> ReportSender | None:
    """Return what keeps and sends reports; None where the contract file names nobody who gets them."""
    settings = DeliverySettings.from_environment(environment)
    if not has_report_recipients(contract):
        return None

    def make_parts(service: ComplianceService) -> ReportParts:
        store = notification_store_of(engine_of(url))
        return store, dispatcher_of(store, contract, settings, report_renderers(service, contract))

    return ReportSender(make_parts, contract_reports(contract))


def _broker_url(environment: Mapping[str, str]) -> str:
    url = environment.get(BROKER_URL) or environment.get(REDIS_URL)
    if not url:
        raise InvalidValueError(
            f"{BROKER_URL} is missing; set it to the Redis or Valkey of the queue, e.g. redis://127.0.0.1:6379/1",
            field=BROKER_URL,
        )
    return url


@cache
def _app_of_the_environment() -> Celery:
    return celery_app(os.environ)


def __getattr__(name: str) -> Celery:
    if name == "app":
        return _app_of_the_environment()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
