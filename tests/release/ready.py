"""Whether a checkout can be released: all is committed, the version is new, and the changelog has it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from sla_compliance import __version__
from tests.release.archives import ROOT, git
from tests.release.changelog import CHANGELOG, newest_section, section_faults


def faults(root: Path = ROOT, changelog: Path = CHANGELOG) -> list[str]:
    """Return what has to be done before the version of the package can be released from a checkout."""
    changes = git(root, "status", "--porcelain", "--untracked-files=all").splitlines()
    tag = f"v{__version__}"
    section = newest_section(changelog.read_text(encoding="utf-8"))
    return [
        *(f"not committed: {line}" for line in changes),
        *([f"the tag {tag} exists; raise the version in version.py"] if git(root, "tag", "--list", tag) else []),
        *section_faults(section, __version__, datetime.now(UTC).date()),
    ]


def main() -> None:
    """Print what is missing; a failure is a non-zero exit code."""
    missing = faults()
    if missing:
        sys.exit("it cannot be released yet:\n" + "\n".join(missing))


if __name__ == "__main__":
    main()
