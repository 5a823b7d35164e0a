"""Public names: each is used and has one meaning; places that tables name exist."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture import test_colours, test_purity
from tests.architecture.names import ROOT, files_by_name, unused_names
from tests.architecture.rooms import FILES, FOLDER, LEVELS, LIBRARIES, room_of

# Names that a framework looks up, so that no file of Python has to mention them.
FOUND_BY_NAME = {"command": "cli/commands.py imports the module of a command and takes its `command`"}

# Names that several files define, with the reason. An entry that is not needed fails the test.
DEFINED_TWICE = {
    "command": "the same meaning: one file is one command",
    **dict.fromkeys(
        ("Cell", "Column", "Figure", "Row", "Stretch", "Table"),
        "blocks of a document have the words of documents; they are imported from outlets/blocks.py alone",
    ),
    "daily_compliance": "the same meaning: the same figures of another kind of frame, under documented paths",
    "ddl": "the same meaning: the statements of the room's own tables, under documented paths",
}

# The oracle is a second implementation of the same rules and shares no code with the library. It has the same words,
# for a window is a window in both, so its names are compared with one another and not with the library's.
SECOND_IMPLEMENTATION = "testing/oracle/"


def test_every_public_name_is_used() -> None:
    """What neither the package nor tests nor documentation use is dead."""
    unused = {file: [name for name in names if name not in FOUND_BY_NAME] for file, names in unused_names().items()}
    assert {file: names for file, names in unused.items() if names} == {}


def test_a_public_name_has_one_meaning() -> None:
    """A reader who knows a name in one room knows it in all of them."""
    repeated = {name: files for name, files in files_by_name().items() if _is_repeated(files)}
    assert {name: files for name, files in repeated.items() if name not in DEFINED_TWICE} == {}
    assert DEFINED_TWICE.keys() - repeated.keys() == set()


def _is_repeated(files: list[str]) -> bool:
    """Return whether one of the two implementations defines a name in several files."""
    in_second = sum(file.startswith(SECOND_IMPLEMENTATION) for file in files)
    return in_second > 1 or len(files) - in_second > 1


@pytest.mark.parametrize("room", LEVELS)
def test_a_room_of_the_import_order_exists(room: str) -> None:
    """The order has no room that was renamed or deleted."""
    assert room in {room_of(file) for file in FILES}


def test_places_that_the_tables_of_tests_name_exist() -> None:
    """An exception for a file that is gone would excuse another one later."""
    places = {*LIBRARIES, *test_colours.PLACES, *test_colours.SHEETS}
    assert [place for place in sorted(places) if not (FOLDER / place).exists()] == []
    assert test_purity.ALLOWED.keys() - LEVELS.keys() == set()


def test_rooms_that_the_task_file_names_exist() -> None:
    """`noxfile.py` leaves rooms out of the judgement of coverage by their names."""
    rooms = {pattern.removesuffix("/*") for pattern in _outer_rooms(ROOT / "noxfile.py")}
    assert rooms - LEVELS.keys() == set()


def _outer_rooms(noxfile: Path) -> tuple[str, ...]:
    """Return OUTER_ROOMS of the task file, which is read and not run: it needs nox and its own folder."""
    for statement in ast.parse(noxfile.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "OUTER_ROOMS":
            rooms: tuple[str, ...] = ast.literal_eval(statement.value)
            return rooms
    raise AssertionError("noxfile.py has no OUTER_ROOMS")
