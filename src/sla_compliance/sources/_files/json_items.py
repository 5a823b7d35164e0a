"""The items of a large JSON array, decoded in turn; the file is never in memory as a whole."""
################################################################
# The text arrives in pieces. An item is decoded once the text holds all of it; where
# an attempt fails for want of text, the text is doubled before the next attempt. So
# the number of attempts grows with the logarithm of an item's length.
################################################################

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from sla_compliance.errors import InvalidFileError
from sla_compliance.sources._files.opening import TextFile

_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()


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
        """Drop what is decoded and double what remains, by a piece at least."""
        remaining = self.text[self.position :]
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

    def pass_to(self, position: int) -> None:
        """Move to a position and count the lines on the way."""
        self.line += self.text.count("\n", self.position, position)
        self.position = position

    def error(self, fault: str) -> InvalidFileError:
        """Return the error at the current line."""
        return self.file.error(f"{fault}; a JSON file is one array of objects: [{{...}}, {{...}}]", self.line)


def json_items(file: TextFile) -> Iterator[tuple[int, object]]:
    """Yield the line on which each item of the file's array begins, and the item.

    Raises:
        InvalidFileError: the file holds anything but one array.
    """
    text = _Text(file)
    if text.peek() != "[":
        raise text.error("begins no JSON array")
    text.pass_to(text.position + 1)
    while text.peek() != "]":
        yield text.line, _next_item(text)
        if text.peek() == ",":
            text.pass_to(text.position + 1)
        elif text.peek() != "]":
            raise text.error("is broken JSON: an item is followed by neither ',' nor ']'")
    text.pass_to(text.position + 1)
    if text.peek() != "":
        raise text.error("holds more text behind its array")


def _next_item(text: _Text) -> object:
    while True:
        try:
            item, end = _DECODER.raw_decode(text.text, text.position)
        except RecursionError:
            raise text.error("nests too deeply") from None
        except ValueError as error:
            if text.is_complete:
                # A JSONDecodeError knows its place; a number of too many digits is a plain ValueError.
                text.pass_to(getattr(error, "pos", text.position))
                raise text.error(f"is broken JSON: {getattr(error, 'msg', error)}") from None
        else:
            # An item at the very end of the text may go on in the next piece, as 12 does in 123.
            if end < len(text.text) or text.is_complete:
                text.pass_to(end)
                return item
        text.read_more()
