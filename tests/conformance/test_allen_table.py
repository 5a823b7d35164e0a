"""The vectors of Allen's relations are the table that was counted by hand."""

from __future__ import annotations

from tests.conformance.allen_table import PLACE, allen_file, file_text


def test_the_file_holds_the_table() -> None:
    """A change of either is a change of both: python -m tests.conformance.allen_table."""
    assert PLACE.read_text(encoding="utf-8") == file_text(allen_file())


def test_each_pair_is_there_in_all_13_relations() -> None:
    """Two alarms, the window, maintenance, unmonitored time; the last two under an alarm and without."""
    names = [vector["id"] for vector in allen_file()["vectors"]]
    assert len(set(names)) == len(names) == 6 * 13


def test_every_day_is_shared_out() -> None:
    """What was counted by hand adds up to 24 hours, or to the 4 of the window."""
    for vector in allen_file()["vectors"]:
        hours = 4 if "-window-" in vector["id"] else 24
        assert sum(vector["expected"]["total"]["cells_us"].values()) == hours * 3_600_000_000
