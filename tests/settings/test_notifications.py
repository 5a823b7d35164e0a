"""Reports and alerts of a contract file: what they say, and who can be sent to."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

import sla_compliance as sla
from sla_compliance import settings
from sla_compliance.settings import AlertSettings, ReportSettings
from tests.settings.test_reading import faults_of

TEXT = """
[defaults.reports]
title = "Availability"
issued_by = "Example Networks"
locale = "fr"
logo = "images/logo.png"
formats = ["pdf", "html", "pdf"]
only_if = "at-risk"
email = ["Ana Pérez <ana@example.com>", "noc@example.com"]
folder = "customers"

[defaults.alerts]
period = "quarter"
left_below = "12.5"
deadline_within = "2 h"
outage_for = "0 s"
digest_at = "07:30"
webhook = "https://example.com/hooks/sla"

[tenants.acme.reports]
customer = "Acme"
email = []
folder = "customers/acme"
[tenants.acme.alerts]
webhook = "http://10.0.0.7:8080/sla"
webhook_may_be_http = true
webhook_secret_variable = "SLA_WEBHOOK_SECRET_ACME"
"""


def test_a_tenant_overrides_key_by_key() -> None:
    """As all tables of an agreement."""
    contract = settings.loads(TEXT)
    assert contract.defaults.reports == ReportSettings(
        title="Availability",
        issued_by="Example Networks",
        locale="fr",
        logo="images/logo.png",
        formats=("pdf", "html"),
        only_if="at-risk",
        email=("Ana Pérez <ana@example.com>", "noc@example.com"),
        folder="customers",
    )
    acme = contract.agreement("acme")
    assert (acme.reports.title, acme.reports.customer, acme.reports.email) == ("Availability", "Acme", ())
    assert acme.reports.folder == "customers/acme"
    assert acme.alerts == AlertSettings(
        period=sla.Period.QUARTER,
        left_below="12.5",
        deadline_within=timedelta(hours=2),
        outage_for=timedelta(0),
        digest_at=time(7, 30),
        webhook="http://10.0.0.7:8080/sla",
        webhook_may_be_http=True,
        webhook_secret_variable="SLA_WEBHOOK_SECRET_ACME",  # noqa: S106 - the name of a variable
    )
    assert contract.defaults.alerts.webhook_secret_variable == "SLA_WEBHOOK_SECRET"  # noqa: S105 - as above


def test_a_logo_stands_beside_the_file(tmp_path: Path) -> None:
    """Wherever the reader of the file is."""
    (tmp_path / "sla.toml").write_text(TEXT, encoding="utf-8")
    contract = settings.load(tmp_path / "sla.toml")
    assert contract.agreement("acme").reports.logo == str(tmp_path / "images" / "logo.png")


@pytest.mark.parametrize(
    "address",
    ["", "ana", "@example.com", "ana@", "ana@b@example.com", "ana@-x.com", "ana@exa mple.com", "ana@example..com",
     ".ana@example.com", "ana.@example.com", "ana@example.com\\nBcc: bo@example.com", "ana@example.com, bo@example.com",
     "Ana\\r\\nBcc: bo@example.com <ana@example.com>", "Ana <ana@example.com> <bo@example.com>", "<ana@example.com>",
     "bo@example.com <ana@example.com>", 'a\\"b@example.com', "ana@[127.0.0.1]", "x@" + "a" * 64 + ".com",
     "x" * 65 + "@example.com", "x@" + "a." * 130 + "com", "ana@example.com\\u0000", "Ana\\u202e <ana@example.com>",
     "ana@example.com\\n", "ana(x)@example.com", "bücher@bücher.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    """By its index; no text becomes a second header or a second recipient."""
    faults = faults_of(f'[tenants.acme.alerts]\nemail = ["bo@example.com", "{address}"]')
    assert list(faults) == ["tenants.acme.alerts.email[1]"]


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("ftp://example.com/x", "is no URL of a webhook; give one in ASCII, such as https://"),
        ("https:///x", "is no URL of a webhook"),
        ("example.com", "is no URL of a webhook"),
        ("https://example.com:99999/", "is no URL of a webhook"),
        ("https://example.com:0/", "is no URL of a webhook"),
        ("https://exa mple.com/", "is no URL of a webhook"),
        ("https://example.com/a b", "is no URL of a webhook"),
        ("https://example.com/\\nHost: other", "is no URL of a webhook"),
        ("https://bücher.example/", "is no URL of a webhook"),
        ("https://example.com/#part", "is no URL of a webhook"),
        ("https://example.com\\\\@10.0.0.1/", "has a user or a password"),
        ("https://" + "a" * 2000 + ".example/", "is no URL of a webhook"),
        ("https://ana:PASSWORD@example.com/", "has a user or a password; give a URL without"),
        ("http://example.com/?token=PASSWORD", "begins with http://, which is not encrypted; give an https URL"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("table", ["alerts", "reports"])
def test_what_is_no_webhook_is_refused(url: str, fault: str, table: str) -> None:
    """One error, which does not repeat the URL: it may hold a secret."""
    faults = faults_of(f'[tenants.acme.{table}]\nwebhook = "{url}"')
    ((path, message),) = faults.items()
    assert path == f"tenants.acme.{table}.webhook"
    assert fault in message
    assert "PASSWORD" not in message


def test_http_is_refused_after_the_tables_are_merged() -> None:
    """A tenant that takes the allowance away has to give another URL."""
    text = "[defaults.alerts]\nwebhook = 'http://a.example'\nwebhook_may_be_http = true\n[tenants.a.alerts]\n"
    assert settings.loads(text).agreement("a").alerts.webhook == "http://a.example"
    assert list(faults_of(f"{text}webhook_may_be_http = false")) == ["tenants.a.alerts.webhook"]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("folder = '../etc'", "folder"),
        ("folder = '/etc'", "folder"),
        ("folder = 'a//b'", "folder"),
        ("folder = 'a/..'", "folder"),
        ("folder = 'a/.hidden'", "folder"),
        ("folder = 'a\\b'", "folder"),
        ("folder = 'C:x'", "folder"),
        ("folder = 'a.'", "folder"),
        ('folder = "a\\u0000"', "folder"),
        ('folder = "a\\n"', "folder"),
        (f"folder = '{'a' * 201}'", "folder"),
        ("locale = 'english'", "locale"),
        ("locale = 'EN'", "locale"),
        ('locale = "en\\n"', "locale"),
        ("formats = []", "formats"),
        ("formats = ['docx']", "formats[0]"),
        ("only_if = 'late'", "only_if"),
        ("webhook_secret_variable = 'SLA_JWT_SECRET'", "webhook_secret_variable"),
        ("webhook_secret_variable = 'PATH'", "webhook_secret_variable"),
    ],
)
def test_other_faults_of_reports_name_their_key(line: str, path: str) -> None:
    """A folder stays below the one of reports; no other secret is used for signatures."""
    assert list(faults_of(f"[defaults.reports]\n{line}")) == [f"defaults.reports.{path}"]


@pytest.mark.parametrize("text", ["'24:00'", "'8:00'", "'08:00:00'", "'08:00Z'", '"08:00\\n"', "8"])
def test_a_time_of_day_is_hours_and_minutes(text: str) -> None:
    """Of the tenant's own clock."""
    assert list(faults_of(f"[defaults.alerts]\ndigest_at = {text}")) == ["defaults.alerts.digest_at"]
