"""The compose file's services as processes of this machine: its own commands, variables, users and SQL files."""
################################################################
# What differs from containers are places: host names, ports and folders. `Stack.here`
# replaces them, in commands and in variables; all else runs as it stands.
################################################################

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from tests.deploy.deployment import COMPOSE, FOLDER, SERVICES, filled, json_command, variables_of
from tests.servers import postgres, valkey
from tests.servers.process import ServerProcess, free_port

SCRIPTS: Final = Path(sysconfig.get_path("scripts"))
DATABASE: Final = "platform"
WITHIN_S: Final = 90
STOPS_WITHIN_S: Final = 60
SECRETS: Final = {name: f"{number:064x}" for number, name in enumerate(sorted(variables_of(COMPOSE)), start=10)}
ADMIN: Final = "user admin on nopass ~* &* +@all\n"
ROWS: Final = """
    INSERT INTO tenants VALUES ('acme', 'Africa/Lagos', now() - interval '100 days');
    INSERT INTO alarms (tenant_id, alarm_id, severity, title, resource_id, first_occurrence, cleared_at)
    SELECT 'acme', 'los', 'CRITICAL', 'Loss of signal', 'olt-1', noon, noon + interval '90 seconds'
    FROM generate_series(date_trunc('day', now()) - interval '29 days 12 hours', now(), interval '7 days') AS noon;
"""


@dataclass
class Stack:
    """The services.

    Attributes:
        dsn: of the database, as its owner.
        redis_url: of Valkey, as a user with all rights.
        folder: where processes run and write.
        places: what stands in the files, and what it is on this machine.
    """

    dsn: str
    redis_url: str
    folder: Path
    places: Mapping[str, str]

    def here(self, text: str) -> str:
        """Return a text of the files for this machine."""
        text = filled(text, SECRETS)
        for place, place_here in self.places.items():
            text = text.replace(place, place_here)
        return text

    def url(self, port: str, path: str) -> str:
        """Return the address of a path at a port of the files."""
        return f"http://127.0.0.1:{self.places[port]}/{path}"

    def environment(self, service: str) -> dict[str, str]:
        """Return the variables of a service."""
        variables = SERVICES[service].get("environment", {})
        return {"PATH": f"{SCRIPTS}:{os.environ['PATH']}"} | {name: self.here(variables[name]) for name in variables}

    def run(self, command: Sequence[str], service: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run a command of a service to its end, with some variables changed."""
        return subprocess.run(
            [self.here(word) for word in command],
            env=self.environment(service) | changes,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=WITHIN_S,
        )

    @contextmanager
    def running(
        self, service: str, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run a command until the block ends, with the variables of the service or with those given."""
        with (self.folder / f"{service}.log").open("wb") as log:
            process = subprocess.Popen(
                [self.here(word) for word in command],
                env=self.environment(service) if environment is None else environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(STOPS_WITHIN_S)

    def log(self, service: str) -> str:
        """Return what a service has written so far."""
        return (self.folder / f"{service}.log").read_text()

    def until(self, is_so: Callable[[], bool], service: str) -> None:
        """Wait until something is so; else show the log of a service."""
        give_up_at = time.monotonic() + WITHIN_S
        while not is_so():
            assert time.monotonic() < give_up_at, self.log(service)
            time.sleep(0.1)


@contextmanager
def running_servers(folder: Path) -> Iterator[Stack]:
    """Run PostgreSQL with the files' tables and role, and Valkey by the files' command and users."""
    binaries = next(iter(postgres.installed_binaries().values()))
    with ExitStack() as servers:
        cluster = servers.enter_context(postgres.running_postgres(binaries))
        dsn = cluster.url.rpartition("/")[0] + f"/{DATABASE}"
        _make_database(cluster.url, dsn, binaries)
        cache = _valkey(folder)
        servers.callback(cache.stop)
        cache.start()
        worker_folder = folder / "run"
        worker_folder.mkdir()
        places = {
            "@database:5432": "@" + dsn.rpartition("/")[0].rpartition("@")[2],
            "@valkey:6379": "@" + cache.url.rpartition("@")[2],
            "/etc/sla-compliance/sla.toml": str(FOLDER / "sla.toml"),
            "/run/sla-compliance": str(worker_folder),
            "/monitoring": str(folder / "monitoring"),
            "/reports": str(folder / "reports"),
            "0.0.0.0": "127.0.0.1",  # noqa: S104 - what it stands for
            "9464": str(free_port()),
            "8000": str(free_port()),
        }
        yield Stack(dsn, cache.url, folder, places)


def _make_database(admin_dsn: str, dsn: str, binaries: Path) -> None:
    """Run the files of the service `database` in their order, as its image does: with psql, each to its first error."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    variables = {name: filled(value, SECRETS) for name, value in SERVICES["database"]["environment"].items()}
    mounts = [volume.split(":") for volume in SERVICES["database"]["volumes"] if "initdb.d" in volume]
    for source, _, _ in sorted(mounts, key=lambda mount: mount[1]):
        command = [binaries / "psql", "--set", "ON_ERROR_STOP=1", "--quiet", "--dbname", dsn, "--file", FOLDER / source]
        done = subprocess.run(
            command, env={**os.environ, **variables}, capture_output=True, text=True, check=False, cwd=FOLDER
        )
        assert done.returncode == 0, done.stderr
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(ROWS)


def _valkey(folder: Path) -> ServerProcess:
    binary = valkey.installed_binaries().get("valkey") or next(iter(valkey.installed_binaries().values()))
    users = folder / "users.acl"
    users.write_text(filled(COMPOSE["configs"]["valkey-users"]["content"], SECRETS) + ADMIN)
    port = free_port()
    _, *options = SERVICES["valkey"]["command"]
    options[options.index("/etc/valkey/users.acl")] = str(users)
    return ServerProcess(
        url=f"redis://admin:any@127.0.0.1:{port}",
        command=[binary, *options, "--bind", "127.0.0.1", "--port", str(port), "--dir", folder],
        is_ready=lambda: _answers(port),
        log=folder / "valkey.log",
    )


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
            client.sendall(b"PING\r\n")
            return b"NOAUTH" in client.recv(100)
    except OSError:
        return False


def command_of(service: str) -> list[str]:
    """Return the command of a service: its own, else that of the image."""
    command: list[str] = SERVICES[service].get("command") or json_command("CMD")
    return command
