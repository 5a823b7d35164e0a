"""The items of one large JSON array, one after another, without holding the file."""
################################################################
# The text arrives in pieces. An item is decoded as soon as the text holds all of
# it; where it does not yet, as much again is read before the next attempt, so an
# item is attempted a few times, however long it is.
################################################################

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from sla_compliance.errors import InvalidFileError
from sla_compliance.sources._files.opening import TextFile

_BLANK: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()


class _Text:
    """The part of a file that is not decoded yet."""

    def __init__(self, file: TextFile) -> None:
        self.file = file
        self.pieces = file.pieces()
        self.text = ""
        self.at = 0
        self.line = 1
        self.is_complete = False

    def read_on(self) -> None:
        """Forget what is decoded and read as much again as is left, at least a piece."""
        self.text, self.at = self.text[self.at :], 0
        parts = [self.text]
        missing = len(self.text) + 1
        while missing > 0 and not self.is_complete:
            piece = next(self.pieces, None)
            self.is_complete = piece is None
            parts.append(piece or "")
            missing -= len(parts[-1])
        self.text = "".join(parts)

    def character(self) -> str:
        """Return the next character that is not blank, without passing it; empty at the end."""
        while True:
            self.pass_to(_BLANK.match(self.text, self.at).end())  # type: ignore[union-attr]
            if self.at < len(self.text) or self.is_complete:
                return self.text[self.at : self.at + 1]
            self.read_on()

    def pass_to(self, position: int) -> None:
        """Count the lines up to a position, and go there."""
        self.line += self.text.count("\n", self.at, position)
        self.at = position

    def error(self, fault: str) -> InvalidFileError:
        """Return the error at the present line."""
        return self.file.error(f"{fault}; a JSON file is one array of objects: [{{...}}, {{...}}]", self.line)


def json_items(file: TextFile) -> Iterator[tuple[int, object]]:
    """Yield the items of the array that a file holds, each with the line it begins on.

    Raises:
        InvalidFileError: the file holds anything else.
    """
    text = _Text(file)
    if text.character() != "[":
        raise text.error("begins no JSON array")
    text.pass_to(text.at + 1)
    while text.character() != "]":
        yield text.line, _item(text)
        if text.character() == ",":
            text.pass_to(text.at + 1)
        elif text.character() != "]":
            raise text.error("is broken JSON: an item is followed by neither ',' nor ']'")
    text.pass_to(text.at + 1)
    if text.character():
        raise text.error("holds more text behind its array")


def _item(text: _Text) -> object:
    while True:
        try:
            item, end = _DECODER.raw_decode(text.text, text.at)
        except RecursionError:
            raise text.error("nests too deeply") from None
        except ValueError as error:
            if text.is_complete:
                text.pass_to(getattr(error, "pos", text.at))
                raise text.error(f"is broken JSON: {getattr(error, 'msg', error)}") from None
        else:
            if end < len(text.text) or text.is_complete:
                text.pass_to(end)
                return item
        text.read_on()
