"""The Grafana dashboard and the alert rules that come with the metrics: all they name is exposed."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from sla_compliance import Alarm
from sla_compliance.outlets.prometheus import PrometheusObserver
from tests.adapters.test_prometheus import DAY, NOW, asked, exposed, measured, service_of

FOLDER = files("sla_compliance.outlets") / "monitoring"
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "grafana-dashboard.json").read_text(encoding="utf-8"))
RULES_TEXT = (FOLDER / "alert-rules.yml").read_text(encoding="utf-8")
RULES: dict[str, Any] = yaml.safe_load(RULES_TEXT)
ALERTS = {rule["alert"]: rule for group in RULES["groups"] for rule in group["rules"]}
PANELS = {panel["title"]: panel for panel in DASHBOARD["panels"] if panel["type"] != "row"}

SELECTOR = re.compile(r"(\bsla_\w+)\s*(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"[^"]*"')
GROUPING = re.compile(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")
TEMPLATE = re.compile(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}")
LABEL_VALUES = re.compile(r"label_values\((\w+), (\w+)\)")


@pytest.fixture(scope="module")
def labels_of() -> dict[str, set[str]]:
    """The labels of each metric of a service that has answered, from the cache and not, and has failed."""
    registry = CollectorRegistry()
    observer = PrometheusObserver(registry)
    asked(service_of("acme", observer=observer), "acme", days=90, times=2)
    observer.failed("cache", ConnectionError())
    observer.severities_counted("acme", unrecognized_rows=0)
    asyncio.run(measured(observer, Alarm(NOW - DAY), now=NOW - DAY + dt.timedelta(hours=1)))
    found: dict[str, set[str]] = {}
    for name, labels in exposed(registry):
        found.setdefault(name, set()).update(label for label, _ in labels)
    return found


def _names(expression: str) -> Iterator[tuple[str, set[str]]]:
    """Yield each metric of an expression with the labels that it is selected or grouped by."""
    grouped = {label for names in GROUPING.findall(expression) for label in re.findall(r"\w+", names)}
    for metric, matchers in SELECTOR.findall(expression):
        yield metric, grouped | set(MATCHER.findall(matchers))


def _expressions() -> Iterator[tuple[str, str]]:
    """Yield every expression with the texts that show its labels."""
    for alert in ALERTS.values():
        yield alert["expr"], " ".join(alert["annotations"].values())
    for panel in PANELS.values():
        for target in panel["targets"]:
            yield target["expr"], target["legendFormat"]


@pytest.mark.parametrize(("expression", "shown"), list(_expressions()))
def test_expressions_name_metrics_and_labels_that_are_exposed(
    expression: str, shown: str, labels_of: dict[str, set[str]]
) -> None:
    """A panel or alert on a name that does not exist would be silent for ever."""
    named = list(_names(expression))
    assert named
    for metric, labels in named:
        assert labels <= labels_of[metric]
    grouped = {label for names in GROUPING.findall(expression) for label in re.findall(r"\w+", names)}
    assert set(TEMPLATE.findall(shown)) <= grouped


def test_what_the_panels_can_be_narrowed_to_is_exposed(labels_of: dict[str, set[str]]) -> None:
    """The lists of tenants and of numbers of days come from the gauges, and every panel's variable has a list."""
    lists = {each["name"]: each["query"] for each in DASHBOARD["templating"]["list"]}
    for query in (lists["tenant"]["query"], lists["days"]["query"]):
        metric, label = LABEL_VALUES.fullmatch(query).groups()  # type: ignore[union-attr]
        assert label in labels_of[metric]
    used = {name for expression, _ in _expressions() for name in re.findall(r"\$(\w+)", expression)}
    assert used == {"tenant", "days", "__rate_interval"}


def test_every_metric_is_looked_at(labels_of: dict[str, set[str]]) -> None:
    """What is exposed and never shown is noise."""
    watched = {metric for expression, _ in _expressions() for metric, _ in _names(expression)}
    families = {re.sub("_(bucket|sum|count)$", "", name) for name in labels_of}
    assert families == {re.sub("_(bucket|sum|count)$", "", name) for name in watched}


def test_panels_have_places_of_their_own() -> None:
    """No panel covers another, all fit the width of 24, and no id or reference comes twice."""
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    for panel in PANELS.values():
        references = [target["refId"] for target in panel["targets"]]
        assert len(references) == len(set(references))


def test_alerts_say_how_urgent_they_are_and_what_is_wrong() -> None:
    """Whoever is called at night reads a sentence."""
    for alert in ALERTS.values():
        assert alert["labels"]["severity"] in {"critical", "warning"}
        assert set(alert["annotations"]) == {"summary", "description"}


MADE_UP = Path(__file__).parents[1] / "fixtures" / "alerts_firing.yml"
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool (Debian's package prometheus) is not installed")


@needs_promtool
def test_each_alert_fires_for_its_cause_and_for_no_other_tenant(tmp_path: Path) -> None:
    """Prometheus itself evaluates the rules on made-up series."""
    (tmp_path / "alert-rules.yml").write_text(RULES_TEXT, encoding="utf-8")
    _promtool("test", "rules", str(shutil.copy(MADE_UP, tmp_path)))


@needs_promtool
def test_panels_are_expressions_that_prometheus_understands(tmp_path: Path) -> None:
    """As rules, with Grafana's variables filled in."""
    filled = [
        re.sub(r"\$__rate_interval", "5m", expression).replace("$tenant", ".*").replace("$days", "30")
        for expression, _ in _expressions()
    ]
    rules = [{"record": f"panel:{number}", "expr": expression} for number, expression in enumerate(filled)]
    written = tmp_path / "panels.yml"
    written.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")
    _promtool("check", "rules", str(written))


def _promtool(*arguments: str) -> None:
    done = subprocess.run([str(PROMTOOL), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
