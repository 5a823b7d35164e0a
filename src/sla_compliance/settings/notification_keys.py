"""The keys of a contract file that say which reports and alerts are sent, and to whom."""

from __future__ import annotations

from typing import Final

from sla_compliance.settings.kinds import CALENDAR_PERIOD, FLAG, LENGTH, PERCENTAGE, TEXT, one_of, or_off
from sla_compliance.settings.notification_kinds import (
    EMAIL_ADDRESSES,
    FOLDER_NAME,
    LOCALE,
    REPORT_FORMATS,
    SECRET_VARIABLE,
    TIME_OF_DAY,
    WEBHOOK_URL,
)
from sla_compliance.settings.setting_key import SettingKey

_RECIPIENT_KEYS: Final = (
    SettingKey("email", "addresses, with names or without", EMAIL_ADDRESSES, default="[]"),
    SettingKey("webhook", "the URL that signed messages are posted to", or_off(WEBHOOK_URL), default="false"),
    SettingKey("webhook_may_be_http", "whether the URL may begin with http://", FLAG, default="false"),
    SettingKey(
        "webhook_secret_variable",
        "the environment variable with the secret that signs them; its name begins with SLA_WEBHOOK_SECRET",
        SECRET_VARIABLE,
        default='"SLA_WEBHOOK_SECRET"',
    ),
)
REPORTS_KEYS: Final = (
    SettingKey("title", "the title of a report", or_off(TEXT), default="false"),
    SettingKey("customer", "whom the report is for", or_off(TEXT), default="false"),
    SettingKey("contract", "the contract's name or number", or_off(TEXT), default="false"),
    SettingKey("issued_by", "who issues the report", or_off(TEXT), default="false"),
    SettingKey("locale", "the language, and the form of dates and numbers", LOCALE, default='"en"'),
    SettingKey("logo", "an image file, from the folder of the contract file", or_off(TEXT), default="false"),
    SettingKey("formats", "pdf, html, xlsx, csv, json: a file of each is made", REPORT_FORMATS, default='["pdf"]'),
    SettingKey(
        "only_if",
        "which periods are sent: always, or those at-risk, unconfirmed or breached",
        one_of("always", "at-risk", "unconfirmed", "breached"),
        default='"always"',
    ),
    *_RECIPIENT_KEYS,
    SettingKey("folder", "the folder below SLA_REPORTS_FOLDER to write to", or_off(FOLDER_NAME), default="false"),
)
ALERTS_KEYS: Final = (
    SettingKey(
        "period", "whose budget is watched: day, week, month, quarter or year", CALENDAR_PERIOD, default='"month"'
    ),
    SettingKey("left_below", "percent of the budget below which it is low", PERCENTAGE, default='"25"'),
    SettingKey("deadline_within", "how long before the target is lost an outage is urgent", LENGTH, default='"1 h"'),
    SettingKey("outage_for", "how long an outage lasts at least to be urgent", LENGTH, default='"5 min"'),
    SettingKey(
        "digest_at", "when the daily digest is sent, in wall-clock time of the zone", TIME_OF_DAY, default='"08:00"'
    ),
    *_RECIPIENT_KEYS,
)
