"""ReportSettings and AlertSettings: what a contract file says of a tenant's reports and alerts."""
################################################################
# Secrets do not stand in the file: of a webhook's secret it has the name of the
# environment variable, and the mail server is the operator's.
################################################################

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

from sla_compliance.calendars.periods import Period
from sla_compliance.policy import Target
from sla_compliance.settings.reading import Values
from sla_compliance.settings.recipients import check_webhook_url

WEBHOOK_SECRET_VARIABLE: Final = "SLA_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """Which reports of a tenant are made, and who gets them.

    Attributes:
        title, customer, contract, issued_by: as the report has them; None: the file does not say.
        locale: the language, and the form of dates and numbers.
        logo: the path of an image file; None: there is none.
        formats: pdf, html, xlsx, csv, json: a file of each is made.
        only_if: always, at-risk, unconfirmed or breached: which periods are sent.
        email: addresses, with names or without.
        webhook: the URL that signed messages are posted to; None: none are.
        webhook_may_be_http: whether the URL may begin with http://.
        webhook_secret_variable: the environment variable with the secret that signs them.
        folder: the folder below SLA_REPORTS_FOLDER to write to; None: to none.
    """

    title: str | None = None
    customer: str | None = None
    contract: str | None = None
    issued_by: str | None = None
    locale: str = "en"
    logo: str | None = None
    formats: tuple[str, ...] = ("pdf",)
    only_if: str = "always"
    email: tuple[str, ...] = ()
    webhook: str | None = None
    webhook_may_be_http: bool = False
    webhook_secret_variable: str = WEBHOOK_SECRET_VARIABLE
    folder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """When a tenant's people are alerted, and how.

    Attributes:
        period: the calendar period whose error budget is watched.
        left_below: percent of the budget below which it is low, exact.
        deadline_within: how long before the target is lost an outage is urgent at most.
        outage_for: how long an outage has lasted at least to be urgent.
        digest_at: when the daily digest is sent, wall-clock time of the tenant's zone.
        email, webhook, webhook_may_be_http, webhook_secret_variable: as in ReportSettings.
    """

    period: Period = Period.MONTH
    left_below: Target = "25"
    deadline_within: timedelta = timedelta(hours=1)
    outage_for: timedelta = timedelta(minutes=5)
    digest_at: time = time(8)
    email: tuple[str, ...] = ()
    webhook: str | None = None
    webhook_may_be_http: bool = False
    webhook_secret_variable: str = WEBHOOK_SECRET_VARIABLE


ReportsOf = Callable[[str], ReportSettings]
"""Returns what is said of a tenant's reports, by the tenant's id."""

DEFAULT_REPORTS: Final = ReportSettings()
DEFAULT_ALERTS: Final = AlertSettings()


def report_settings_of(values: Values, folder: str) -> ReportSettings:
    """Return the settings that values of a table of reports say.

    Args:
        folder: where the contract file is; empty: in the current one.

    Raises:
        InvalidValueError: the webhook is not encrypted, and need not be.
    """
    settings = ReportSettings(**values)
    _check_webhook(settings, "reports.webhook")
    if settings.logo is None:
        return settings
    return ReportSettings(**{**values, "logo": os.path.join(folder, settings.logo)})  # noqa: PTH118 - pathlib is out of the core's reach


def alert_settings_of(values: Values) -> AlertSettings:
    """Return the settings that values of a table of alerts say; errors as `report_settings_of`."""
    settings = AlertSettings(**values)
    _check_webhook(settings, "alerts.webhook")
    return settings


def _check_webhook(settings: ReportSettings | AlertSettings, field: str) -> None:
    if settings.webhook is not None:
        check_webhook_url(settings.webhook, field, may_be_http=settings.webhook_may_be_http)
