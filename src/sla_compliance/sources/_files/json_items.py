"""The items of one large JSON array, or of the one in an object around it, without holding the file."""
################################################################
# The text arrives in pieces. An item is decoded once the text holds all of it; where
# an attempt fails for want of text, the text is doubled before the next attempt. So
# the number of attempts grows with the logarithm of an item's length, which
# LONGEST_LINE bounds.
#
# Of an object around the array the text is walked likewise: a value that is no
# object and no list is decoded and passed. The first list whose first item is an
# object holds the rows; a second one anywhere is an error, which is raised at the
# end, when all of them are known.
################################################################

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from sla_compliance.errors import InvalidFileError, shown
from sla_compliance.sources._files.chunk import CHUNK_ROWS, ExpectedColumns
from sla_compliance.sources._files.opening import LONGEST_LINE, TextFile

_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()
_DEEPEST: Final = 20
_LISTS_SHOWN: Final = 10


class _Text:
    """The part of a file that is not decoded yet.

    Attributes:
        pieces: what is not read yet.
        text: what is read; decoded up to `position`.
        line: the line of `position`, counted from 1.
        is_complete: whether the file is read to its end.
    """

    def __init__(self, file: TextFile) -> None:
        self.file = file
        self.pieces = file.pieces()
        self.text = ""
        self.position = 0
        self.line = 1
        self.is_complete = False

    def read_more(self) -> None:
        """Drop what is decoded and double what remains, by a piece at least.

        Raises:
            InvalidFileError: an item is longer than LONGEST_LINE.
        """
        remaining = self.text[self.position :]
        if len(remaining) > LONGEST_LINE:
            raise self.file.error(f"holds an item of more than {LONGEST_LINE:,} characters", self.line)
        parts = [remaining]
        missing_characters = len(remaining) + 1
        while missing_characters > 0:
            piece = next(self.pieces, None)
            if piece is None:
                self.is_complete = True
                break
            parts.append(piece)
            missing_characters -= len(piece)
        self.text, self.position = "".join(parts), 0

    def peek(self) -> str:
        """Pass blanks and return the character behind them, without passing it; empty at the end."""
        while True:
            blanks = _BLANKS.match(self.text, self.position)  # never None: the pattern matches no blanks too
            self.pass_to(blanks.end())  # type: ignore[union-attr]
            if self.position < len(self.text) or self.is_complete:
                return self.text[self.position : self.position + 1]
            self.read_more()

    def pass_character(self) -> None:
        """Move beyond the character that `peek` returned."""
        self.pass_to(self.position + 1)

    def pass_to(self, position: int) -> None:
        """Move to a position and count the lines on the way."""
        self.line += self.text.count("\n", self.position, position)
        self.position = position

    def value(self) -> object:
        """Return the value that begins here, and move beyond it."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.position)
            except RecursionError:
                raise self.error("nests too deeply") from None
            except ValueError as error:
                if self.is_complete:
                    # A JSONDecodeError knows its place; a number of too many digits is a plain ValueError.
                    self.pass_to(getattr(error, "pos", self.position))
                    raise self.error(f"is broken JSON: {getattr(error, 'msg', error)}") from None
            else:
                # A value at the very end of the text may go on in the next piece, as 12 does in 123.
                if end < len(self.text) or self.is_complete:
                    self.pass_to(end)
                    return value
            self.read_more()

    def pass_separator(self, closing: str) -> None:
        """Go beyond a comma; stay before the closing bracket."""
        if self.peek() == ",":
            self.pass_character()
        elif self.peek() != closing:
            raise self.error(f"is broken JSON: an item is followed by neither ',' nor '{closing}'")

    def error(self, fault: str) -> InvalidFileError:
        """Return the error at the current line."""
        return self.file.error(f"{fault}; a JSON file is one array of objects: [{{...}}, {{...}}]", self.line)


def json_items(file: TextFile, expected: ExpectedColumns) -> Iterator[tuple[int, object]]:
    """Yield the items of the array that a file holds, or of the one in its object, each with the line it begins on.

    Raises:
        InvalidFileError: the file holds anything else, or several lists of objects.
    """
    text = _Text(file)
    if text.peek() == "[":
        yield from _items(text)
    elif text.peek() == "{":
        yield from _items_of_only_list(text, expected)
    else:
        raise text.error("begins no JSON array")
    if text.peek():
        raise text.error("holds more text behind its array")


def _items(text: _Text) -> Iterator[tuple[int, object]]:
    text.pass_character()
    while text.peek() != "]":
        yield text.line, text.value()
        text.pass_separator("]")
    text.pass_character()


def _items_of_only_list(text: _Text, expected: ExpectedColumns) -> Iterator[tuple[int, object]]:
    # Dicts as ordered sets: the paths of the lists of objects, and those of the empty lists.
    paths: dict[str, None] = {}
    empty_paths: dict[str, None] = {}
    # Items are held back until they look like rows: else another list may be meant, and the error must name both.
    held_items: list[tuple[int, object]] = []
    names: dict[str, None] = {}
    are_rows = False
    for path, line, item in _items_in_object(text, "", empty_paths, depth=0):
        paths.setdefault(path)
        if len(paths) > 1:
            continue
        if are_rows:
            yield line, item
        elif len(held_items) < CHUNK_ROWS:
            held_items.append((line, item))
            names.update(dict.fromkeys(item if isinstance(item, dict) else ()))
            are_rows = expected.are_enough(names)
            if are_rows:
                yield from held_items
    if len(paths) > 1:
        listed = ", ".join(map(shown, islice(paths, _LISTS_SHOWN)))
        raise text.file.error(f"holds {len(paths)} lists of objects, {listed}; save the one of the rows as a file")
    if not paths and not empty_paths:
        raise text.error("holds an object and in it no list of objects")
    if not are_rows:
        yield from held_items


def _items_in_object(
    text: _Text, path: str, empty_paths: dict[str, None], *, depth: int
) -> Iterator[tuple[str, int, object]]:
    """Yield the items of each list of objects in an object, each with the list's path and its own line."""
    if depth > _DEEPEST:
        raise text.error("nests too deeply")
    text.pass_character()
    while text.peek() != "}":
        if text.peek() != '"':
            raise text.error("is broken JSON: a name of a value is no text")
        name = str(text.value())
        if text.peek() != ":":
            raise text.error("is broken JSON: a name is not followed by ':'")
        text.pass_character()
        inner_path = f"{path}.{name}" if path else name
        first_character = text.peek()
        if first_character == "{":
            yield from _items_in_object(text, inner_path, empty_paths, depth=depth + 1)
        elif first_character == "[":
            yield from _items_of_list(text, inner_path, empty_paths)
        else:
            text.value()
        text.pass_separator("}")
    text.pass_character()


def _items_of_list(text: _Text, path: str, empty_paths: dict[str, None]) -> Iterator[tuple[str, int, object]]:
    """Yield the items of a list whose first item is an object; pass any other list."""
    is_of_objects: bool | None = None
    for line, item in _items(text):
        if is_of_objects is None:
            is_of_objects = isinstance(item, dict)
        if is_of_objects:
            yield path, line, item
    if is_of_objects is None:
        empty_paths.setdefault(path)
