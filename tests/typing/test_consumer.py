"""A consumer of the built wheel, checked strictly in an environment that has nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACCEPTED = Path(__file__).with_name("accepted.py")
REFUSED = Path(__file__).with_name("refused.py")

MARK = re.compile(r"  # type: ignore\[([^\]]+)\]")
ERROR = re.compile(r"^[^:]+:(\d+): error: ", re.MULTILINE)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment that holds the wheel and nothing else."""
    folder = tmp_path_factory.mktemp("consumer")
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False)
    paths = {"base": str(environment), "platbase": str(environment)}
    zipfile.ZipFile(wheel).extractall(sysconfig.get_path("purelib", "venv", vars=paths))
    return Path(sysconfig.get_path("scripts", "venv", vars=paths)) / "python"


def test_a_consumer_of_the_wheel_passes_strict_checking(python: Path, tmp_path: Path) -> None:
    """The wheel brings its types (py.typed), and what the documentation promises type-checks."""
    assert _mypy(python, ACCEPTED, tmp_path) == "Success: no issues found in 1 source file\n"


def test_each_mistake_is_an_error(python: Path, tmp_path: Path) -> None:
    """A wrong argument is found by the checker: each marked line, and no other."""
    bare = tmp_path / "refused.py"
    text = REFUSED.read_text(encoding="utf-8")
    bare.write_text(MARK.sub("", text), encoding="utf-8")
    marked = {number for number, line in enumerate(text.splitlines(), 1) if MARK.search(line)}
    assert {int(number) for number in ERROR.findall(_mypy(python, bare, tmp_path))} == marked


def _mypy(python: Path, file: Path, folder: Path) -> str:
    """Return what a strict run says of a file, away from this project's settings."""
    settings = ["--strict", "--config-file=", "--cache-dir", str(folder / "cache"), "--python-executable", str(python)]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *settings, str(file)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
