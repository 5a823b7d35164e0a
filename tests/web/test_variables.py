"""The app's environment variables: one table, in `serve --help`, in the docs, and read as it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from fastapi.testclient import TestClient

import sla_compliance
from sla_compliance.cache.seals import derived_cache_key
from sla_compliance.cli.commands import commands
from sla_compliance.errors import InvalidValueError
from sla_compliance.server.auth import Tokens, router_dependencies
from sla_compliance.server.settings import ServeSettings
from sla_compliance.server.variables import (
    CACHE_KEY,
    DATABASE_URL,
    HEADER_USE,
    KEY_SET,
    METRICS_HOSTS,
    REDIS_URL,
    SECRET,
    VARIABLES,
)
from sla_compliance.web.fastapi import compliance_router
from sla_compliance.web.tenants import ListedTenant
from tests.web.live import TEST_SECRET, token_for
from tests.web.world import Source, assert_problem, service_over

PACKAGE = Path(sla_compliance.__file__).parent
WEB_PAGE = Path(__file__).parents[2] / "docs" / "web.md"
OTHER_SECRET = "another secret of the tests, as long as it has to be"  # noqa: S105
WIDE = {"COLUMNS": "200", "TERM": "dumb"}
NEEDED = {DATABASE_URL: "sqlite:///x.sqlite", SECRET: TEST_SECRET}


def test_every_variable_that_the_code_names_is_in_the_table() -> None:
    """And the table has no other."""
    folders = ("server", "cli", "web", "jobs", "delivery")
    named: set[str] = set()
    for folder in folders:
        for path in (PACKAGE / folder).rglob("*.py"):
            named |= set(re.findall(r"\bSLA_[A-Z_]+[A-Z]\b", path.read_text(encoding="utf-8")))
    assert named - {"SLA_COMPLIANCE_TRACEBACK"} == {variable.name for variable in VARIABLES}


def test_help_and_docs_list_every_variable() -> None:
    """With its meaning, and what holds without it; the help in full."""
    shown = CliRunner().invoke(commands, ["serve", "--help"], env=WIDE).output
    page = WEB_PAGE.read_text(encoding="utf-8")
    for variable in VARIABLES:
        assert variable.name in shown
        assert variable.meaning in shown
        assert variable.without in shown
        assert f"`{variable.name}`" in page
        if variable.option:
            assert f"{variable.name} ({variable.option})" in shown


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {KEY_SET: "/keys.json", SECRET: ""},
        {REDIS_URL: "redis://127.0.0.1:6379/0", CACHE_KEY: OTHER_SECRET, HEADER_USE: "ignore"},
        {METRICS_HOSTS: "sla-app,b.example", "SLA_STORED_DAYS": "1", "SLA_TENANT_METRICS": "1"},
        {"SLA_METRICS_TOKEN": "scrape", "SLA_CONTRACT": "/sla.toml"},
    ],
)
def test_settings_reach_the_workers_as_they_are(changes: dict[str, str]) -> None:
    """Through the environment and back."""
    settings = ServeSettings.from_environment(NEEDED | changes)
    assert ServeSettings.from_environment(settings.as_environment()) == settings
    for secret in (TEST_SECRET, OTHER_SECRET, "scrape", "redis://"):
        assert secret not in repr(settings)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({SECRET: ""}, f"{SECRET} is 0 bytes long"),
        ({SECRET: "short", KEY_SET: "/keys.json"}, f"{SECRET} is 5 bytes long"),
        ({CACHE_KEY: "short"}, f"{CACHE_KEY} is 5 bytes long; give 32 or more"),
        ({HEADER_USE: "off"}, f"{HEADER_USE} is 'off'; give confirm or ignore"),
        (
            {SECRET: "", KEY_SET: "/keys.json", REDIS_URL: "redis://h"},
            f"{CACHE_KEY} is missing, so entries of the cache",
        ),
    ],
)
def test_a_wrong_value_is_refused(changes: dict[str, str], fault: str) -> None:
    """By the name of its variable."""
    with pytest.raises(InvalidValueError, match=fault):
        ServeSettings.from_environment(NEEDED | changes)


def test_entries_are_sealed_by_the_secret_or_a_key_of_their_own() -> None:
    """Which key it is depends on no other setting; without either there is none."""
    assert ServeSettings.from_environment(NEEDED).cache_key == derived_cache_key(TEST_SECRET)
    own = NEEDED | {CACHE_KEY: OTHER_SECRET}
    assert ServeSettings.from_environment(own).cache_key == derived_cache_key(OTHER_SECRET)
    assert ServeSettings(secret="", database_url="").cache_key is None


class NoDirectory:
    """Lists that are never asked for: the token holds its tenants."""

    async def listed(self) -> list[ListedTenant]:
        """Fail."""
        raise AssertionError("no token is an operator's")

    async def titled(self, tenant_ids: Sequence[str]) -> list[ListedTenant]:
        """Fail."""
        raise AssertionError(f"nobody lists {tenant_ids}")


def visitor(**options: Any) -> TestClient:
    """Return a client of an app with the server's own dependencies, whose token holds two tenants."""
    dependencies = router_dependencies(Tokens(TEST_SECRET), NoDirectory(), **options)._asdict()
    app = FastAPI()
    app.include_router(compliance_router(service_over(Source()), **dependencies, **options))
    bearer = {"Authorization": f"Bearer {token_for('acme', 'other')}"}
    return TestClient(app, headers=bearer)


def test_the_header_chooses_among_a_tokens_tenants_unless_it_is_switched_off() -> None:
    """Switched off it says nothing: neither another tenant of the token nor one that it does not hold."""
    question = "/sla/rollup-stats?days=7"
    own = visitor().get(question).json()
    other = visitor().get(question, headers={"X-Tenant-ID": "other"}).json()
    assert own != other
    assert_problem(visitor().get(question, headers={"X-Tenant-ID": "apia"}), 403)
    ignoring = visitor(tenant_header="ignore")
    for header in ("acme", "other", "apia", "region-7", ""):
        answer = ignoring.get(question, headers={"X-Tenant-ID": header})
        assert (answer.status_code, answer.json()) == (200, own)


def test_check_reads_the_same_variables(tmp_path: Path) -> None:
    """The database and the contract file."""
    path = tmp_path / "empty.sqlite"
    path.touch()
    database = f"sqlite:///{path}"
    contract = tmp_path / "sla.toml"
    contract.write_text('[tables.alarms]\ntable = "faults"\n', encoding="utf-8")

    def said(environment: dict[str, str]) -> str:
        return CliRunner().invoke(commands, ["check"], env=environment).output

    assert "--database-url" in said({})
    assert "there is no table alarms" in said({DATABASE_URL: database})
    assert "there is no table faults" in said({DATABASE_URL: database, "SLA_CONTRACT": str(contract)})
