"""Blocks of shell: their syntax, the names in them, and each report of a file that stands on a page, run."""
################################################################
# A call that reads an export is run in a folder that has the files of its page,
# as of an instant after the month that the pages report. What needs a server, a
# container or a network is only read: its options, extras and sessions exist.
# tests/deploy runs the commands of docs/deploy.md on real servers, and
# test_recipes.py whole pipelines of docs/files.md.
################################################################

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
import pytest
from click.testing import CliRunner
from PIL import Image
from pyarrow import csv, parquet  # type: ignore[import-untyped]

from sla_compliance.cli.commands import commands
from tests.docs.shell_blocks import commands_of, shell_blocks
from tests.docs.test_examples import FILES_OF_PAGES, PAGES, ROOT, TOML_FILE, name_of, run_page

PROGRAM: Final = "sla-compliance"
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
READS_FILES: Final = {"report", "incidents", "explain", "budget", "trend", "statement", "doctor", "settle"}
AS_OF: Final = datetime(2026, 11, 9, tzinfo=UTC)
"""When October is closed. A statement cannot be issued as of an instant that has not come."""

ALARMS: Final = """\
id,tenant_id,customer_id,resource_id,severity,alarm_type,first_occurrence,cleared_at
1,acme,c-1,OLT-7,critical,fibre_cut,2026-10-08T08:00:00+01:00,2026-10-08T09:05:00+01:00
2,acme,c-2,ONT-31,major,power,2026-10-20T01:00:00+01:00,2026-10-20T01:02:00+01:00
3,acme,c-2,ONT-31,critical,power,2026-10-30T12:00:00+01:00,2026-10-30T12:10:00+01:00
"""
STATE_CHANGES: Final = """\
Monitor,Event,Date-Time
web,Up,2026-03-18 00:00:00
web,Down,2026-03-18 05:00:00
web,Up,2026-03-18 05:30:00
"""

FOLDERS_OF_WHOLE_TASKS: Final = {"tasks", "moving"}
"""Pages of which the Python writes the files that the commands read."""

PAGES_WITH_COMMANDS: Final = [page for page in PAGES if commands_of(page, PROGRAM)]


def command_called(arguments: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that a call names, one of a group among them, and the arguments that are left."""
    command: click.Command = commands
    while isinstance(command, click.Group) and arguments:
        inner = command.get_command(click.Context(command), arguments[0])
        assert inner is not None, f"there is no command {arguments[0]}"
        command, arguments = inner, arguments[1:]
    return command, arguments


def is_run(arguments: list[str]) -> bool:
    """Return whether a call reads files and needs nothing else."""
    if not arguments or arguments[0] not in READS_FILES or {"-", "--database-url"} & set(arguments):
        return False
    return arguments[0] != "statement" or datetime.now(UTC) > AS_OF


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that pages name."""
    (tmp_path / "alarms.csv").write_text(ALARMS, encoding="utf-8")
    parquet.write_table(csv.read_csv(tmp_path / "alarms.csv"), tmp_path / "alarms.parquet")
    (tmp_path / "events.csv").write_text(STATE_CHANGES, encoding="utf-8")
    Image.new("RGB", (8, 8)).save(tmp_path / "logo.png")
    shutil.copytree(FILES_OF_PAGES["files.md"], tmp_path, dirs_exist_ok=True)
    shutil.copy(tmp_path / "zabbix_problems.csv", tmp_path / "problems.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if shell_blocks(page)], ids=name_of)
def test_a_shell_can_read_the_blocks(page: Path) -> None:
    """No quote is left open, no command is cut."""
    for block in shell_blocks(page):
        done = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False)
        assert not done.stderr, block


@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS, ids=name_of)
def test_the_commands_and_options_of_a_page_exist(page: Path) -> None:
    """As the command line itself reads them."""
    for arguments in commands_of(page, PROGRAM):
        command, options = command_called(arguments)
        command.make_parser(click.Context(command)).parse_args(list(options))


@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS, ids=name_of)
def test_the_calls_of_a_page_that_read_files_run(page: Path, folder: Path) -> None:
    """One after another, as a reader pastes them; each ends with a verdict."""
    for name, text in TOML_FILE.findall(page.read_text(encoding="utf-8")):
        (folder / name).write_text(text, encoding="utf-8")
        if 'first_occurrence = "raised"' in text:  # its export has other names
            alarms = ALARMS.replace("first_occurrence", "raised").replace("severity", "level")
            (folder / "alarms.csv").write_text(alarms, encoding="utf-8")
    if page.parent.name in FOLDERS_OF_WHOLE_TASKS:
        run_page(page)
    for arguments in filter(is_run, commands_of(page, PROGRAM)):
        result = CliRunner().invoke(commands, [*arguments, "--as-of", AS_OF.isoformat()])
        assert result.exit_code in (0, 1, 3), f"{arguments}: {result.output}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_extras_that_a_page_installs_exist(page: Path) -> None:
    """In a command, and in a sentence."""
    named = re.findall(r"(?:sla-compliance|pip install '\.)\[([a-z,]+)\]", page.read_text(encoding="utf-8"))
    extras = {extra for names in named for extra in names.split(",")}
    assert extras <= PROJECT["optional-dependencies"].keys()


def test_the_sessions_that_pages_name_exist() -> None:
    """Each `nox -s NAME`, on a page or in a sentence of one."""
    named: set[str] = set()
    for page in [*PAGES, ROOT / "CONTRIBUTING.md"]:
        text = page.read_text(encoding="utf-8")
        for names in re.findall(r"nox -s ((?:[a-z-]+ ?)+)", text):
            names_alone, _, _ = names.partition("--")  # of a session's own arguments
            named |= set(names_alone.split())
    assert named <= _sessions()


def _sessions() -> set[str]:
    """Return the names of the sessions of noxfile.py, read and not run."""
    names: set[str] = set()
    for node in ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names |= {_session_name(node, decorator) for decorator in node.decorator_list}
    return names - {""}


def _session_name(function: ast.FunctionDef, decorator: ast.expr) -> str:
    if ast.unparse(decorator) == "nox.session":
        return function.name
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "nox.session":
        given = [keyword.value for keyword in decorator.keywords if keyword.arg == "name"]
        return str(ast.literal_eval(given[0])) if given else function.name
    return ""
