"""WorkFolder: what a run has done so far, so that a run after it goes on there."""
################################################################
# A job writes its file under another name, then the file under its own, then its
# outcome. So a job is done where its outcome is there, whenever the process is killed.
#
# The manifest says of which question and which files the folder is. A run of another
# question is refused and nothing is changed: hours of work are not thrown away for a
# mistyped option. One process at a time works in a folder.
################################################################

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sla_compliance.errors import SLAComplianceError

try:
    import fcntl
except ModuleNotFoundError:  # of Windows, where two runs in one folder are not noticed
    fcntl = None  # type: ignore[assignment]

_MANIFEST: Final = "manifest.json"
_LOCK: Final = "lock"
_OWN_FILE: Final = re.compile(r"(\.manifest.*|\.?[a-z]+-\d{6}\..*)")


class WorkFolderError(SLAComplianceError, RuntimeError):
    """The folder of an unfinished run cannot be used."""


class WorkFolder:
    """A folder beside the output."""

    def __init__(self, path: Path) -> None:
        """Keep the path; nothing is made yet."""
        self.path = path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder, and keep other runs out of it in this block.

        Raises:
            WorkFolderError: another run works in it.
            OSError: it cannot be made.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / _LOCK).open("wb") as lock:
            if fcntl is not None:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise WorkFolderError(
                        f"another run works in {self.path}; wait for it, or give another --output"
                    ) from None
            yield

    def manifest(self) -> dict[str, Any] | None:
        """Return what the folder is of; None where it says nothing, or nothing that can be read."""
        try:
            manifest = json.loads((self.path / _MANIFEST).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return manifest if isinstance(manifest, dict) else None

    def start(self, manifest: Mapping[str, Any]) -> None:
        """Remove what a run left, and say what the folder is of now."""
        self._remove_files()
        self._write(_MANIFEST, manifest)

    def file(self, kind: str, number: int, suffix: str) -> Path:
        """Return the path of the file of a job."""
        return self.path / f"{kind}-{number:06}{suffix}"

    def outcome(self, kind: str, number: int) -> dict[str, Any] | None:
        """Return the outcome of a job; None where it is not done."""
        try:
            text = self.file(kind, number, ".json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        outcome: dict[str, Any] = json.loads(text)
        return outcome

    def finish(self, kind: str, number: int, outcome: Mapping[str, Any]) -> None:
        """Say that a job is done; its file is there already."""
        self._write(self.file(kind, number, ".json").name, outcome)

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        with written_whole(self.path / name) as unfinished:
            unfinished.write_text(json.dumps(content), encoding="utf-8")

    def remove(self) -> None:
        """Remove the files of the run, and the folder where it holds no other."""
        self._remove_files()
        (self.path / _LOCK).unlink(missing_ok=True)
        if not any(self.path.iterdir()):
            self.path.rmdir()

    def _remove_files(self) -> None:
        # The manifest goes first: without it the outcomes of a half emptied folder say nothing.
        (self.path / _MANIFEST).unlink(missing_ok=True)
        for path in self.path.iterdir():
            if _OWN_FILE.fullmatch(path.name):
                path.unlink()


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path to write to; after the block what is written is at `path`, whole and on the disk, or not at all.

    Raises:
        OSError: it cannot be written; it names the file.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield unfinished
        with unfinished.open("rb+") as stream:
            os.fsync(stream.fileno())
        unfinished.replace(path)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def differences(manifest: Mapping[str, Any], current: Mapping[str, Any]) -> list[str]:
    """Return the names of what a folder is of otherwise than a run, in the order of their names."""
    names = sorted({*manifest, *current})
    return [name for name in names if manifest.get(name) != current.get(name)]


def check_same_run(folder: WorkFolder, manifest: Mapping[str, Any], current: Mapping[str, Any]) -> None:
    """Check that a folder is of the question of a run.

    Raises:
        WorkFolderError: it is of another; the message says what differs.
    """
    changed = differences(manifest, current)
    if changed:
        raise WorkFolderError(
            f"{folder.path} holds an unfinished run that differs in {', '.join(changed)}; repeat that run to finish "
            "it, or give --restart to begin from the start"
        )
