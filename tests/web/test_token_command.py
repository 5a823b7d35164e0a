"""`sla-compliance token`: what it prints opens the server; without a secret it prints none."""

from __future__ import annotations

import os
import subprocess

import pytest

from sla_compliance.server.auth import OVERVIEW, Tokens
from sla_compliance.server.variables import SECRET
from tests.web.live import SCRIPT, TEST_SECRET, Live


def token_command(*options: str, secret: str | None = TEST_SECRET) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    environment = {"PATH": os.environ["PATH"], **({} if secret is None else {SECRET: secret})}
    return subprocess.run([SCRIPT, "token", *options], capture_output=True, text=True, env=environment, check=False)


def test_a_printed_token_opens_the_server(demo: Live) -> None:
    """Nothing but the token is printed."""
    done = token_command("--tenant", "demo")
    bearer = {"Authorization": f"Bearer {done.stdout.strip()}"}
    assert (done.returncode, done.stderr) == (0, "")
    assert demo.ask("compliance?days=3", **bearer).status_code == 200


def test_tenants_and_permissions_may_be_repeated() -> None:
    """In the order given."""
    options = ("--tenant", "b", "--tenant", "a", "--permission", "faults.alarms.read")
    who = Tokens(TEST_SECRET).read(token_command(*options).stdout.strip())
    assert (who.tenants, who.permissions) == (("b", "a"), frozenset({"faults.alarms.read"}))


def test_an_operators_token_opens_every_tenant() -> None:
    """And has the permissions that were given, no more."""
    done = token_command("--all-tenants", "--permission", OVERVIEW)
    who = Tokens(TEST_SECRET).read(done.stdout.strip())
    assert (who.is_operator, who.tenants, who.permissions) == (True, (), frozenset({OVERVIEW}))


@pytest.mark.parametrize(
    ("options", "secret", "message"),
    [
        (("--tenant", "demo"), None, SECRET),
        (("--tenant", "demo"), "short", SECRET),
        ((), TEST_SECRET, "--tenant"),
        (("--tenant", "demo", "--all-tenants"), TEST_SECRET, "--all-tenants"),
        (("--tenant", ""), TEST_SECRET, "--tenant"),
        (("--tenant", "demo", "--permission", "everything"), TEST_SECRET, "--permission"),
        (("--tenant", "demo", "--hours", "0"), TEST_SECRET, "--hours"),
    ],
)
def test_what_cannot_be_signed_is_refused(options: tuple[str, ...], secret: str | None, message: str) -> None:
    """Exit code 2, one message, no token."""
    done = token_command(*options, secret=secret)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
