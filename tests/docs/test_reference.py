"""The reference is complete, and names nothing that does not exist: names of Python, commands, variables, metrics."""
################################################################
# What a user can write has a place to be looked up:
#     names of Python         docs/reference.md, from docstrings
#     commands and options    docs/commands.md, made from the command line itself
#     keys of a contract      docs/contract.md, see test_contract_page.py
#     environment variables   docs/web.md; that each is there is a test of tests/web/test_variables.py
#     metrics                 docs/metrics.md
################################################################

from __future__ import annotations

import re
from collections import Counter

import pytest
from prometheus_client import CollectorRegistry

from sla_compliance.outlets.prometheus import PrometheusObserver
from sla_compliance.server.variables import VARIABLES
from tests.docs import command_page, reference_page
from tests.docs.reference_page import documented_names, object_at, undocumented_names
from tests.docs.test_examples import ROOT

DOCS = ROOT / "docs"
NAMES = documented_names()
KNOWN_VARIABLES = {variable.name for variable in VARIABLES} | {"SLA_COMPLIANCE_TRACEBACK"}

# Of the compose file, of this project's own tests, and made up in an example.
OTHER_VARIABLES = re.compile(
    r"SLA_(VERSION|(APP|OWNER|CACHE|BROKER)_PASSWORD|(TEST|LOAD)_[A-Z_]+|WEBHOOK_SECRET_[A-Z]+)"
)


def test_every_name_of_the_reference_exists() -> None:
    """Under the path that the page gives it."""
    for name in NAMES:
        object_at(name.path)


def test_a_name_that_does_not_exist_is_an_error() -> None:
    """In the package, and in a module of it."""
    for path in ("sla_compliance.evaluate_all", "sla_compliance.analysis.doctors"):
        with pytest.raises((AttributeError, ModuleNotFoundError)):
            object_at(path)


def test_the_reference_names_nothing_twice() -> None:
    """A link to a name has one target."""
    assert [path for path, count in Counter(name.path for name in NAMES).items() if count > 1] == []


def test_every_public_name_is_in_the_reference() -> None:
    """Each of each `__all__` of a module whose path has no underscore in front."""
    assert undocumented_names() == []


def test_a_public_name_that_is_left_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under each module that has it."""
    others = [name for name in NAMES if name.path != "sla_compliance.evaluate_each"]
    monkeypatch.setattr(reference_page, "documented_names", lambda: others)
    assert undocumented_names() == ["sla_compliance.evaluate_each", "sla_compliance.compliance.evaluate_each"]


def test_a_member_that_only_a_module_would_have_shown_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A strategy whose own directive is missing, although its module stands on the page."""
    others = [name for name in NAMES if name.path != "sla_compliance.testing.scenarios"]
    monkeypatch.setattr(reference_page, "documented_names", lambda: others)
    assert "sla_compliance.testing.scenarios" in undocumented_names()


def test_the_page_of_commands_is_what_the_command_line_takes() -> None:
    """`nox -s map` makes it."""
    assert command_page.PAGE.read_text(encoding="utf-8") == command_page.page_of_commands()


def test_every_option_is_on_the_page_of_commands() -> None:
    """Described, or named as one of `report`."""
    page = command_page.PAGE.read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    by_name = command_page.commands_by_name()
    assert sections.keys() == by_name.keys()
    for name, command in by_name.items():
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        written = {option for option in options if option.startswith("--")}
        assert written <= set(re.findall(r"--[a-z-]+", sections[name])), name


def test_every_variable_that_a_page_names_exists() -> None:
    """The app reads it, or it is none of the app's."""
    for page in DOCS.rglob("*.md"):
        words = re.findall(r"\bSLA_[A-Z]+(?:_[A-Z]+)*\b", page.read_text(encoding="utf-8"))
        unknown = {word for word in words if word not in KNOWN_VARIABLES and not OTHER_VARIABLES.fullmatch(word)}
        assert unknown == set(), page


def test_the_table_of_metrics_has_each_metric_and_no_other() -> None:
    """As an observer with labels of tenants registers them."""
    registry = CollectorRegistry()
    PrometheusObserver(registry)
    registered = {metric.name + ("_total" if metric.type == "counter" else "") for metric in registry.collect()}
    rows = [
        line for line in (DOCS / "metrics.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `sla_")
    ]
    documented = {name for row in rows for name in re.findall(r"`(sla_compliance_\w+)`", row.split("|")[1])}
    assert documented == registered
