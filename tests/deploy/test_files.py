"""The files of docs/deploy fit each other, the package and the page; the programs' own checks pass where installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from click.testing import CliRunner

from sla_compliance import __version__
from sla_compliance.cli.commands import commands
from sla_compliance.server.variables import (
    CACHE_KEY,
    CONTRACT,
    DATABASE_URL,
    METRICS_TOKEN,
    REDIS_URL,
    SECRET,
    VARIABLES,
    WORKER_METRICS,
)
from sla_compliance.server.worker import KEY_PREFIX
from tests.deploy.deployment import (
    COMPOSE,
    FOLDER,
    PAGE,
    SERVICES,
    filled,
    instructions,
    json_command,
    unit,
    unit_command,
    variables_of,
)

UNITS: Final = sorted(path.name for path in (FOLDER / "systemd").glob("*.service"))
OURS: Final = ("app", "worker", "beat")
KNOWN_VARIABLES: Final = {variable.name for variable in VARIABLES}
PROMETHEUS: Final[dict[str, Any]] = yaml.safe_load((FOLDER / "monitoring" / "prometheus.yml").read_text())


def has_program(name: str) -> pytest.MarkDecorator:
    """Skip a test where a program is not installed."""
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not installed")


def checked_by(*command: str | Path) -> None:
    """Run the check of a program."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr.strip()


def test_every_file_that_a_service_mounts_is_there() -> None:
    """A path that is not there would become an empty folder."""
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (FOLDER / source).is_file()


def test_the_page_makes_every_variable_that_the_services_need() -> None:
    """And no other: what it writes into .env is what compose reads."""
    (setup,) = re.findall(r"^for name in (.*?); do", PAGE, re.MULTILINE | re.DOTALL)
    assert {*setup.replace("\\\n", " ").split(), "SLA_VERSION"} == variables_of(COMPOSE)


def test_the_page_installs_this_version() -> None:
    """The commands of a release's documentation install that release."""
    assert re.findall(r"SLA_VERSION=(\S+)", PAGE) == [__version__]


@pytest.mark.parametrize("name", OURS)
def test_our_services_have_variables_that_the_package_reads(name: str) -> None:
    """A misspelt one would be a default in silence."""
    ours = {variable for variable in SERVICES[name]["environment"] if variable.startswith("SLA_")}
    assert ours <= KNOWN_VARIABLES
    assert {CACHE_KEY, CONTRACT, DATABASE_URL, REDIS_URL, METRICS_TOKEN} <= ours


def test_the_secret_of_tokens_is_the_apps_alone() -> None:
    """No job reads a token."""
    assert [name for name, service in SERVICES.items() if SECRET in service.get("environment", {})] == ["app"]


def test_the_environment_of_the_units_has_the_same_variables() -> None:
    """One file for all three units; what an app can do without stands in it as a comment."""
    lines = (FOLDER / "systemd" / "environment").read_text(encoding="utf-8").splitlines()
    names = {line.removeprefix("# ").partition("=")[0] for line in lines if "=" in line}
    of_services = {name for service in OURS for name in SERVICES[service]["environment"]}
    of_units = {line.partition("=")[0] for name in UNITS for line in unit(name).get("Environment", [])}
    assert names | of_units == of_services


def test_the_worker_has_every_variable_of_deliveries() -> None:
    """And it alone: mails, webhooks and files are sent by no other process. The page names each."""
    of_deliveries = {name for name in KNOWN_VARIABLES if name.startswith(("SLA_SMTP_", "SLA_WEBHOOK_", "SLA_REPORTS_"))}
    assert of_deliveries <= SERVICES["worker"]["environment"].keys()
    assert not of_deliveries & {*SERVICES["app"]["environment"], *SERVICES["beat"]["environment"]}
    assert [name for name in sorted(of_deliveries) if f"`{name}`" not in PAGE] == []


def test_the_folder_of_reports_can_be_written() -> None:
    """In a container by the image's user, in a volume of its own; below systemd in the worker's state."""
    folder = SERVICES["worker"]["environment"]["SLA_REPORTS_FOLDER"]
    assert f"reports:{folder}" in SERVICES["worker"]["volumes"]
    (command,) = [arguments for name, arguments in instructions() if "--directory" in arguments]
    assert folder in command.split()
    (state,) = unit("sla-compliance-worker.service")["StateDirectory"]
    text = (FOLDER / "systemd" / "environment").read_text(encoding="utf-8")
    assert f"SLA_REPORTS_FOLDER=/var/lib/{state}\n" in text


def test_units_and_services_start_the_same_commands() -> None:
    """But for paths and addresses."""

    def essence(command: list[str]) -> list[str]:
        words = [Path(command[0]).name, *command[1:]]
        return [word for word in words if not word.startswith(("--host", "--schedule", "0.0.0.0"))]  # noqa: S104

    commands_of_services = {
        "sla-compliance.service": json_command("CMD"),
        "sla-compliance-worker.service": SERVICES["worker"]["command"],
        "sla-compliance-beat.service": SERVICES["beat"]["command"],
    }
    assert {name: essence(unit_command(name)) for name in UNITS} == {
        name: essence(command) for name, command in commands_of_services.items()
    }


def test_ports_are_published_on_this_machine_alone() -> None:
    """TLS and limits of each client are the proxy's."""
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_prometheus_scrapes_where_the_services_listen() -> None:
    """The app on the port of the image, the worker on that of its variable."""
    targets = {target for job in PROMETHEUS["scrape_configs"] for target in job["static_configs"][0]["targets"]}
    (exposed,) = [arguments for name, arguments in instructions() if name == "EXPOSE"]
    worker_port = SERVICES["worker"]["environment"][WORKER_METRICS].rpartition(":")[2]
    assert targets == {f"app:{exposed}", f"worker:{worker_port}"}


def test_dashboard_and_rules_lie_where_prometheus_and_grafana_look() -> None:
    """In the volume that the installed package fills."""
    (rules,) = PROMETHEUS["rule_files"]
    (provider,) = yaml.safe_load((FOLDER / "monitoring" / "grafana-dashboards.yaml").read_text())["providers"]
    folder = provider["options"]["path"]
    assert rules == f"{folder}/alert-rules.yml"
    for name in ("prometheus", "grafana"):
        assert f"monitoring:{folder}:ro" in SERVICES[name]["volumes"]


def test_the_tables_are_those_that_ddl_prints() -> None:
    """The file is its output."""
    printed = CliRunner().invoke(commands, ["ddl", "--dialect", "postgresql"]).output
    assert (FOLDER / "database" / "sla.sql").read_text(encoding="utf-8") == printed


def test_the_rules_of_the_valkey_users_stand_on_the_page() -> None:
    """With the same words, for a server of one's own; its passwords are the reader's."""
    content = filled(COMPOSE["configs"]["valkey-users"]["content"], _Passwords())
    assert content in PAGE
    assert f" ~{KEY_PREFIX}* " in content


class _Passwords(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "PASSWORD"


def test_the_image_runs_as_a_user_without_rights_and_installs_wheels_alone() -> None:
    """And starts the app as the page says."""
    by_name: dict[str, list[str]] = {}
    for name, arguments in instructions():
        by_name.setdefault(name, []).append(arguments)
    assert by_name["USER"] == ["10001:10001"]
    (installation,) = [arguments for arguments in by_name["RUN"] if "pip install" in arguments]
    assert "--only-binary=:all:" in installation
    assert not re.search(r"apt-get|apk |gcc|build-essential", " ".join(by_name["RUN"]))
    assert "COPY" not in by_name


@pytest.mark.parametrize("name", UNITS)
def test_units_have_no_rights_that_they_do_not_need(name: str) -> None:
    """Neither a user of the machine, nor a capability, nor a folder to write to but their own."""
    values = unit(name)
    assert values["DynamicUser"] == ["yes"]
    assert values["CapabilityBoundingSet"] == [""]
    assert values["ProtectSystem"] == ["strict"]
    assert values["NoNewPrivileges"] == ["yes"]


@has_program("systemd-analyze")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """With a program in the place of the installed one."""
    for name in UNITS:
        text = (FOLDER / "systemd" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text), encoding="utf-8")
    checked_by("systemd-analyze", "verify", "--man=no", *(tmp_path / name for name in UNITS))


@has_program("promtool")
def test_prometheus_understands_its_configuration(tmp_path: Path) -> None:
    """With the rules of the package, and a token."""
    rules = FOLDER.parents[1] / "src" / "sla_compliance" / "outlets" / "monitoring" / "alert-rules.yml"
    text = (FOLDER / "monitoring" / "prometheus.yml").read_text(encoding="utf-8")
    token = tmp_path / "metrics_token"
    token.write_text("token", encoding="utf-8")
    text = text.replace(PROMETHEUS["rule_files"][0], str(rules)).replace("/run/secrets/metrics_token", str(token))
    (tmp_path / "prometheus.yml").write_text(text, encoding="utf-8")
    checked_by("promtool", "check", "config", tmp_path / "prometheus.yml")
