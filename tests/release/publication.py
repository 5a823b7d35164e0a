"""What stands beside the archives of a release: notes and checksums; and what a person does next."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Final

from sla_compliance import __version__
from tests.release.changelog import CHANGELOG, newest_section, release_notes

CHECKSUMS: Final = "SHA256SUMS"
NEXT_STEPS: Final = """\
{folder} is ready. Nothing was tagged or uploaded. Next:
  git tag -s v{version} -m 'sla-compliance {version}' && git push origin v{version}
  twine upload {folder}/*.whl {folder}/*.tar.gz
Publish the other files with the tag; {notes} is its text.
"""


def write_notes(folder: Path) -> Path:
    """Write the newest section of the changelog as the release notes of this version, and return the file."""
    notes = folder / f"sla_compliance-{__version__}.notes.md"
    section = newest_section(CHANGELOG.read_text(encoding="utf-8"))
    notes.write_text(release_notes(section), encoding="utf-8")
    return notes


def write_checksums(folder: Path) -> None:
    """Write the digests of all files of a folder as `sha256sum --check` reads them."""
    files = sorted(path for path in folder.iterdir() if path.name != CHECKSUMS)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """Write both into a folder, and say what comes next."""
    folder = Path(sys.argv[1])
    notes = write_notes(folder)
    write_checksums(folder)
    print(NEXT_STEPS.format(folder=folder, version=__version__, notes=notes))


if __name__ == "__main__":
    main()
