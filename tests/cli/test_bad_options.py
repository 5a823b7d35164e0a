"""Bad options of the commands beside `report`: one message that names the option, exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from sla_compliance.cli.commands import commands

BAD_OPTIONS = {
    "no URL": (("check", "--database-url", "postgresql"), "Error: --database-url cannot be read; write it as"),
    "a port that is none": (("check", "--database-url", "postgresql://h:x/d"), "Error: --database-url cannot be read;"),
    "another database": (
        ("check", "--database-url", "mysql://host/platform"),
        "Error: --database-url names a database of mysql; give postgresql or sqlite",
    ),
    "no dialect": (("ddl", "--dialect", "mysql"), "Error: Invalid value for '--dialect': 'mysql' is not one of"),
    "no seed": (("demo", "--seed", "seed"), "Error: Invalid value for '--seed': 'seed' is not a valid"),
    "no hours": (
        ("token", "--tenant", "acme", "--hours", "0"),
        "Error: Invalid value for '--hours': 0 is not in the range",
    ),
    "no tenant": (("token", "--tenant", ""), "Error: Invalid value for --tenant: give an id"),
    "no permission": (
        ("token", "--tenant", "acme", "--permission", "all"),
        "Error: Invalid value for '--permission': 'all' is not one of",
    ),
    "no port": (("serve", "--port", "0"), "Error: Invalid value for '--port': 0 is not in the range"),
    "no workers": (("serve", "--workers", "0"), "Error: Invalid value for '--workers': 0 is not in the range"),
    "no URL to serve": (("serve", "--database-url", "database_url"), "Error: --database-url cannot be read; write it"),
    "another database to serve": (
        ("serve", "--database-url", "mysql://host/platform"),
        "Error: --database-url names a database of mysql; give postgresql or sqlite",
    ),
    "a database that cannot be opened": (
        ("serve", "--database-url", "sqlite:////dev/null/platform"),
        "Error: the database cannot be used: unable to open database file",
    ),
    "no URL of Redis": (
        ("serve", "--redis-url", "localhost"),
        "'--redis-url': it is no URL of Redis",
    ),
    "a port of Redis that is none": (("serve", "--redis-url", "redis://h:x/0"), "'--redis-url': it is no URL of Redis"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD_OPTIONS.values(), ids=BAD_OPTIONS.keys())
def test_a_bad_option_is_one_message_that_names_it(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written to standard output, and no file is made."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(commands, arguments, env={"SLA_JWT_SECRET": "x" * 32})
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.count("Error: ") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["check", "serve"])
def test_a_message_never_shows_a_password(command: str) -> None:
    """URLs may hold one."""
    url = "postgresql//user:hunter2@host:port/platform"
    result = CliRunner().invoke(commands, [command, "--database-url", url], env={"SLA_JWT_SECRET": "x" * 32})
    assert result.exit_code == 2
    assert "hunter2" not in result.output
