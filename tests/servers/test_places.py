"""Where a server's files go when the tests run as root."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from tests.servers.places import can_reach, temporary_folder

OTHER = "nobody"


@pytest.fixture
def open_folder() -> Path:
    """A folder that everybody can enter, wherever the tests keep theirs."""
    return temporary_folder(OTHER)


def test_a_folder_below_a_closed_one_is_out_of_reach(tmp_path: Path) -> None:
    """Though its own permissions let everybody in."""
    inside = tmp_path / "closed" / "open"
    inside.mkdir(parents=True)
    inside.chmod(0o777)
    inside.parent.chmod(0o700)
    assert not can_reach(inside, OTHER)
    assert can_reach(inside, None)


def test_the_first_folder_in_reach_is_taken(tmp_path: Path, open_folder: Path) -> None:
    """Those that do not exist or cannot be entered are passed over."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    candidates = [str(tmp_path / "missing"), str(closed), str(open_folder)]
    assert temporary_folder(OTHER, candidates) == open_folder
    assert temporary_folder(None, candidates) == closed


def test_where_none_is_in_reach_the_message_says_so(tmp_path: Path) -> None:
    """Who cannot enter what, and the way out."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(LookupError, match=f"user 'nobody', .* can enter none of {closed}; give everybody the right"):
        temporary_folder(OTHER, [str(closed)])


def test_an_owner_without_the_permission_is_kept_out(tmp_path: Path) -> None:
    """Others may enter, the owner may not; so the kernel has it, root apart."""
    folder = tmp_path / "own"
    folder.mkdir(mode=0o700)
    folder.chmod(0o077)
    owner = pwd.getpwuid(os.getuid()).pw_name
    assert not can_reach(folder, owner)
    folder.chmod(0o700)
    assert can_reach(folder, owner)
