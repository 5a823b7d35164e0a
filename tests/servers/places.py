"""Where a server's files go: a folder that the user who runs the server can enter, whatever TMPDIR says."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.servers.process import identity

USUAL_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - what is made in them has a random name


def temporary_folder(user: str | None, candidates: Sequence[str] | None = None) -> Path:
    """Return the first existing folder that a user can enter and the tests can write to.

    Args:
        user: the account that runs the server; None is that of the tests.
        candidates: folders in order of preference; None: the temporary folder of Python, then the usual ones.

    Raises:
        LookupError: there is none.
    """
    folders = (tempfile.gettempdir(), *USUAL_FOLDERS) if candidates is None else candidates
    for folder in map(Path, folders):
        if folder.is_dir() and os.access(folder, os.W_OK) and can_reach(folder, user):
            return folder
    raise LookupError(
        f"user {user!r}, who runs the server, can enter none of {', '.join(folders)}; "
        "give everybody the right to enter one of them and the folders above it"
    )


def can_reach(path: Path, user: str | None) -> bool:
    """Whether a user has the execute permission on a path and on every folder above it."""
    if user is None:
        return True
    uid, gid = identity(user)
    resolved = path.resolve()
    return all(_may_execute(part.stat(), uid, gid) for part in (resolved, *resolved.parents))


def _may_execute(status: os.stat_result, uid: int | None, gid: int | None) -> bool:
    # The first class that fits decides alone: an owner without the permission does not get it as one of the others.
    if status.st_uid == uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
