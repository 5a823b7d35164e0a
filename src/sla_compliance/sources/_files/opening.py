"""Opening a file of text: a path or standard input, gzipped or not, with or without a byte order mark."""
################################################################
# "-" is standard input. A file whose first bytes are those of gzip is decompressed;
# its name does not matter. Text is UTF-8, with or without a byte order mark. Every
# failure to read becomes one InvalidFileError that names the file and, where it is
# known, the line.
#
# No file can take more memory than it holds alarms: a line is at most LONGEST_LINE
# characters, a packed file unpacks to at most MOST_EXPANSION times its size (beyond
# the first EXPANSION_FREE_BYTES), and blanks end after MOST_BLANKS of them.
################################################################

from __future__ import annotations

import codecs
import gzip
import io
import os
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from sla_compliance.errors import InvalidFileError, InvalidTypeError, shown

STANDARD_INPUT: Final = "-"
GZIP_MAGIC: Final = b"\x1f\x8b"
PIECE_BYTES: Final = 1 << 16
LONGEST_LINE: Final = 1 << 24
MOST_AHEAD: Final = 1 << 20
MOST_EXPANSION: Final = 200
EXPANSION_FREE_BYTES: Final = 1 << 22
MOST_BLANKS: Final = 1 << 20
_LONGEST_FAULT: Final = 200


class _CountedBytes:
    """The bytes of a packed file, counted as they are read."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self.count += len(piece)
        return piece


class TextFile:
    """An open file of text.

    Attributes:
        name: the file's name in messages.
        path: as the caller wrote it; its suffix may tell the format.
    """

    def __init__(self, name: str, path: str, raw: io.BufferedReader) -> None:
        """Take the bytes of a file, packed or not, from their beginning."""
        self.name = name
        self.path = path
        self._raw = raw
        self._size = file_size(raw)
        is_packed = raw.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
        self._packed = _CountedBytes(raw) if is_packed else None
        self._stream = raw if self._packed is None else gzip.GzipFile(fileobj=cast(Any, self._packed))
        self._line = 1  # that decoding has come to
        self._decoded = self._decode()
        self._ahead: list[str] = []

    @property
    def share_read(self) -> float | None:
        """The share of the stored bytes that has been read, 0 to 1; None for a pipe."""
        return None if self._size is None else self._raw.tell() / max(1, self._size)

    def head(self) -> str:
        """Return the beginning of the text without passing it: a piece, empty only for an empty file."""
        if not self._ahead:
            piece = next(self._decoded, None)
            if piece is None:
                return ""
            self._ahead.append(piece)
        return self._ahead[0]

    def first_line(self) -> str:
        """Return the first line that is not blank, without passing it; a long one only as far as MOST_AHEAD."""
        has_end = "\n" in self.head().lstrip()
        length = len(self.head())
        while not has_end and length < MOST_AHEAD:
            piece = next(self._decoded, None)
            if piece is None:
                break
            self._ahead.append(piece)
            has_end = "\n" in piece
            length += len(piece)
        return "".join(self._ahead).lstrip().partition("\n")[0]

    def lines(self) -> Iterator[str]:
        """Return the lines, each with its end; errors as `blocks`."""
        return lines_of_blocks(self.blocks())

    def blocks(self) -> Iterator[str]:
        """Yield the text in blocks of whole lines; only the last line of all may lack its end.

        Raises:
            InvalidFileError: a line is longer than LONGEST_LINE.
        """
        parts: list[str] = []
        length = 0
        for piece in self.pieces():
            end = piece.rfind("\n") + 1
            if end:
                yield "".join((*parts, piece[:end]))
                parts, length = [], 0
            parts.append(piece[end:])
            length += len(piece) - end
            if length > LONGEST_LINE:
                # The line that decoding has come to: it is never further ahead than MOST_AHEAD.
                raise self.error(f"has a line of more than {LONGEST_LINE:,} characters; write a row a line", self._line)
        if length:
            yield "".join(parts)

    def pieces(self) -> Iterator[str]:
        """Yield the text in pieces of bounded size, which may end inside a line."""
        while self._ahead:
            yield self._ahead.pop(0)
        yield from self._decoded

    def _decode(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        blanks, unpacked = 0, 0
        while True:
            piece = self._stream.read(PIECE_BYTES)
            unpacked += len(piece)
            self._check_expansion(unpacked)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                lines_before = bytes(error.object).count(b"\n", 0, error.start)
                raise self._not_text(error, self._line + lines_before) from None
            if not piece:
                return
            self._line += text.count("\n")
            blanks = blanks + len(text) if text.isspace() else 0
            if blanks > MOST_BLANKS:
                raise self.error(f"holds more than {MOST_BLANKS:,} blanks in a row; it is no export", self._line)
            if text:
                yield text

    def _check_expansion(self, unpacked: int) -> None:
        if self._packed is None or unpacked <= EXPANSION_FREE_BYTES:
            return
        if unpacked > MOST_EXPANSION * self._packed.count:
            raise self.error(
                f"unpacks to more than {MOST_EXPANSION} times its size; unpack it yourself, if it is an export"
            )

    def error(self, fault: str, line: int | None = None) -> InvalidFileError:
        """Return the error of a fault of the file, or of one of its lines."""
        return file_error(self.name, fault, line)

    def _not_text(self, error: UnicodeDecodeError, line: int) -> InvalidFileError:
        bad_byte = error.object[error.start]
        return self.error(f"holds the byte {bad_byte:#04x}, which is no UTF-8; save it as UTF-8", line)


def lines_of_blocks(blocks: Iterable[str]) -> Iterator[str]:
    """Return the lines of some blocks of whole lines, each with its end."""
    return chain.from_iterable(map(partial(io.StringIO, newline="\n"), blocks))


def file_error(name: str, fault: str, line: int | None = None) -> InvalidFileError:
    """Return the error of a fault of a file, or of one of its lines."""
    place = name if line is None else f"{name}:{line}"
    return InvalidFileError(f"{place} {fault}", path=name, line=line)


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[TextFile]:
    """Open a file of text, or standard input; close it after.

    Raises:
        InvalidFileError: it cannot be opened, or reading it fails.
        InvalidTypeError: `path` is no path.
    """
    own_path = path_text(path)
    name = "standard input" if own_path == STANDARD_INPUT else own_path
    try:
        with _raw(own_path) as raw:
            yield TextFile(name, own_path, raw)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(name, error) from error


def unreadable(name: str, error: Exception) -> InvalidFileError:
    """Return the error of a file that the system, or the library of its format, cannot read."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return file_error(name, f"cannot be read: {reason}")


def fault_text(error: Exception) -> str:
    """Return what the library of a format says of a fault: it may quote as much of a file as it likes."""
    return str(error)[:_LONGEST_FAULT]


def path_text(path: str | os.PathLike[str]) -> str:
    """Return a path as text.

    Raises:
        InvalidFileError: no file has such a path.
        InvalidTypeError: it is no path.
    """
    text = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    if not isinstance(text, str):  # a path of bytes is none of these either
        raise InvalidTypeError(f"a file's path is {shown(path)}; give a str or a Path", field="path")
    if "\0" in text:
        raise InvalidFileError(f"{text!r} cannot be read: no path holds a NUL", path=text)
    return text


@contextmanager
def _raw(path: str) -> Iterator[io.BufferedReader]:
    if path != STANDARD_INPUT:
        with Path(path).open("rb") as file:
            yield file
        return
    # A reader of our own, for `peek`; it leaves standard input open when it goes.
    reader = io.BufferedReader(cast(Any, sys.stdin.buffer))
    try:
        yield reader
    finally:
        reader.detach()


def file_size(raw: BinaryIO) -> int | None:
    """Return a file's size, bytes; None for what has none: a pipe, a device, standard input without a file."""
    try:
        status = os.fstat(raw.fileno())
    except io.UnsupportedOperation:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None
