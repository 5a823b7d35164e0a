"""The wheel and the source archive, built as a release builds them, and what the check says of altered ones."""

from __future__ import annotations

import email
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sla_compliance import __version__
from tests.release.archives import ROOT, Archives, faults, metadata_faults, project_files, read_archives

pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="the files of the project are listed by git"
)
METADATA = f"sla_compliance-{__version__}.dist-info/METADATA"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel and the source archive that it was built from."""
    folder = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT))
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def archives(folder: Path) -> Archives:
    return read_archives(folder)


@pytest.fixture(scope="module")
def project() -> Mapping[str, bytes]:
    return project_files()


def test_archives_hold_the_files_of_the_project_and_no_others(archives: Archives, project: Mapping[str, bytes]) -> None:
    """Types, page, templates, schemas and licence are among them; tests are not in the wheel."""
    assert faults(archives, project) == []
    assert {"sla_compliance/py.typed", "sla_compliance/web/dashboard/index.html"} <= archives.wheel.keys()
    assert {"LICENSE", "noxfile.py", "tests/conftest.py", ".ci/run"} <= archives.sdist.keys()
    assert not any(name.startswith("tests") for name in archives.wheel)


def test_the_tree_and_the_source_archive_give_the_same_wheel(folder: Path, tmp_path: Path) -> None:
    """Byte for byte: anybody can build what was published."""
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT))
    subprocess.run(build, capture_output=True, check=True)
    (published,), (rebuilt,) = folder.glob("*.whl"), tmp_path.glob("*.whl")
    assert published.name == rebuilt.name
    assert published.read_bytes() == rebuilt.read_bytes()


def test_what_is_missing_foreign_or_altered_is_named(archives: Archives, project: Mapping[str, bytes]) -> None:
    """Each with its archive."""
    wheel = {name: content for name, content in archives.wheel.items() if not name.endswith("py.typed")}
    altered = Archives(
        wheel={**wheel, "tests/conftest.py": b"", "sla_compliance/errors.py": b""},
        sdist={**archives.sdist, "tests/__pycache__/conftest.pyc": b""},
    )
    assert faults(altered, project) == [
        "the wheel lacks sla_compliance/py.typed",
        "the wheel holds tests/conftest.py, which is no file of the project",
        "the wheel holds another sla_compliance/errors.py than the project",
        "the source archive holds tests/__pycache__/conftest.pyc, which is no file of the project",
    ]
    without_metadata = {name: content for name, content in archives.wheel.items() if name != METADATA}
    assert faults(replace(archives, wheel=without_metadata), project) == [f"the wheel lacks {METADATA}"]


@pytest.mark.parametrize(
    ("line", "other_line", "message"),
    [
        (f"Version: {__version__}", "Version: 9", f"Version is '9'; make it '{__version__}'"),
        ("License-Expression: Apache-2.0", "License: MIT", "License-Expression is None; make it 'Apache-2.0'"),
        ("Classifier: Typing :: Typed", "Keywords: typed", "the classifier Typing :: Typed is missing"),
        ("Requires-Python: >=3.11", "Requires-Python: >=3.8", "Requires-Python is '>=3.8'; make it '>=3.11'"),
        (
            "Requires-Dist: tzdata>=2025.2",
            "Requires-Dist: tzdata @ file:///tzdata",
            "a requirement names a place, which an index refuses: tzdata @ file:///tzdata",
        ),
    ],
)
def test_metadata_that_says_something_else_is_a_fault(
    archives: Archives, line: str, other_line: str, message: str
) -> None:
    """What an index and an installer read."""
    text = archives.wheel[METADATA].decode()
    assert line in text
    assert metadata_faults(email.message_from_string(text.replace(line, other_line, 1))) == [message]


def test_the_metadata_names_every_supported_python(archives: Archives) -> None:
    """Those that `nox -s installs` tries."""
    noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    metadata = email.message_from_bytes(archives.wheel[METADATA])
    prefix = "Programming Language :: Python :: 3."
    versions = [text.removeprefix(prefix) for text in metadata.get_all("Classifier", []) if text.startswith(prefix)]
    assert f"PYTHONS = {[f'3.{version}' for version in versions]}".replace("'", '"') in noxfile
