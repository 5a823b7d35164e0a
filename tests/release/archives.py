"""What the wheel and the source archive of a release hold, compared with the files of the project."""
################################################################
# The wheel holds every file of the package and its metadata, the source archive every
# file of the project and its metadata; neither holds anything else. The list to compare
# with is that of version control, so none has to be kept by hand. Where somebody works,
# new files that it does not ignore count too; a release has none (ready.py).
#
# The metadata says what the project file and the package say, and names no address:
# the project has no public one.
################################################################

from __future__ import annotations

import email
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Final

from sla_compliance import __version__

ROOT: Final = Path(__file__).parents[2]
LICENSE: Final = "Apache-2.0"
_SOURCE: Final = "src/"
_FOLDERS: Final = (".ci", "docs", "src", "tests")
_WHEEL_METADATA: Final = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")
_SDIST_METADATA: Final = "PKG-INFO"
_PYTHON: Final = re.compile(r"Programming Language :: Python :: (3\.\d+)")


@dataclass(frozen=True, slots=True)
class Archives:
    """The files of a release by name: those of the wheel, and those of the source archive without its top folder."""

    wheel: Mapping[str, bytes]
    sdist: Mapping[str, bytes]


def project_files(root: Path = ROOT) -> dict[str, bytes]:
    """Return the files under version control, and new ones in its folders, by their paths from the root."""
    new_paths = git(root, "ls-files", "-z", "--others", "--exclude-standard", *_FOLDERS)
    paths = (git(root, "ls-files", "-z") + new_paths).split("\0")
    return {path: (root / path).read_bytes() for path in paths if path and (root / path).is_file()}


def git(root: Path, *arguments: str) -> str:
    """Return what git prints of a checkout, also where that belongs to another user."""
    command = ["git", "-c", "safe.directory=*", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def read_archives(folder: Path) -> Archives:
    """Return what the one wheel and the one source archive of a folder hold."""
    (wheel_path,) = folder.glob("*.whl")
    (sdist_path,) = folder.glob("*.tar.gz")
    with zipfile.ZipFile(wheel_path) as wheel:
        wheel_files = {name: wheel.read(name) for name in wheel.namelist()}
    sdist_files = {}
    with tarfile.open(sdist_path) as sdist:
        for member in sdist.getmembers():
            content = sdist.extractfile(member)
            sdist_files[member.name.partition("/")[2]] = content.read() if content is not None else b""
    return Archives(wheel_files, sdist_files)


def faults(archives: Archives, project: Mapping[str, bytes]) -> list[str]:
    """Return what is wrong with the archives of a release; `project` holds the files of the project."""
    package = {path.removeprefix(_SOURCE): text for path, text in project.items() if path.startswith(_SOURCE)}
    metadata_folder = f"sla_compliance-{__version__}.dist-info"
    wheel_metadata = [f"{metadata_folder}/{name}" for name in _WHEEL_METADATA]
    metadata = archives.wheel.get(wheel_metadata[0])
    return [
        *_differences("wheel", archives.wheel, package, wheel_metadata),
        *_differences("source archive", archives.sdist, project, [_SDIST_METADATA]),
        *([] if metadata is None else metadata_faults(email.message_from_bytes(metadata))),
    ]


def _differences(
    place: str, archived: Mapping[str, bytes], expected: Mapping[str, bytes], metadata: Iterable[str]
) -> list[str]:
    """Say which files an archive lacks, has besides, or has with another content."""
    names = {*expected, *metadata}
    altered = [name for name in sorted(expected.keys() & archived.keys()) if archived[name] != expected[name]]
    return [
        *(f"the {place} lacks {name}" for name in sorted(names - archived.keys())),
        *(f"the {place} holds {name}, which is no file of the project" for name in sorted(archived.keys() - names)),
        *(f"the {place} holds another {name} than the project" for name in altered),
    ]


def metadata_faults(metadata: Message) -> list[str]:
    """Return what the metadata of a wheel says wrongly, or does not say."""
    classifiers = metadata.get_all("Classifier", [])
    pythons = [classifier[1] for text in classifiers if (classifier := _PYTHON.fullmatch(text))]
    expected = {
        "Name": "sla-compliance",
        "Version": __version__,
        "License-Expression": LICENSE,
        "License-File": "LICENSE",
        "Description-Content-Type": "text/markdown",
        "Requires-Python": f">={pythons[0]}" if pythons else "the oldest Python of the classifiers",
    }
    altered = [(name, value) for name, value in expected.items() if metadata[name] != value]
    places = [text for text in metadata.get_all("Requires-Dist", []) if " @ " in text]
    is_typed = "Typing :: Typed" in classifiers
    is_described = bool(str(metadata.get_payload()).strip())
    return [
        *(f"{name} is {metadata[name]!r}; make it {value!r}" for name, value in altered),
        *(f"a requirement names a place, which an index refuses: {requirement}" for requirement in places),
        *([] if is_typed else ["the classifier Typing :: Typed is missing"]),
        *([] if is_described else ["the description is empty"]),
    ]


def main() -> None:
    """Check the archives of a folder; those of a second folder, built again, must have the same bytes."""
    folder, rebuilt = map(Path, sys.argv[1:3])
    messages = faults(read_archives(folder), project_files())
    for path in sorted(folder.iterdir()):
        if (rebuilt / path.name).read_bytes() != path.read_bytes():
            messages.append(f"{path.name} has other bytes when it is built again")
    if messages:
        sys.exit("\n".join(messages))


if __name__ == "__main__":
    main()
