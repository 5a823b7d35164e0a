"""Opening a file of text: standard input, gzip, a byte order mark, and what may be wrong with each."""
################################################################
# A name is a path, or "-" for standard input. Whatever begins like gzip is
# decompressed, whatever its name. Text is UTF-8, with or without a byte order
# mark. Everything that can go wrong while reading becomes one InvalidFileError
# that names the file and, where there is one, the line.
################################################################

from __future__ import annotations

import codecs
import gzip
import io
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from sla_compliance.errors import InvalidFileError, InvalidTypeError, shown

STANDARD_INPUT: Final = "-"
GZIP_MAGIC: Final = b"\x1f\x8b"
PIECE_BYTES: Final = 1 << 16

_MARK: Final = "\ufeff"
_HEAD_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class TextFile:
    """An open file of text.

    Attributes:
        name: what to call it in messages.
        path: as given; its suffix may tell the format.
        stream: its bytes, decompressed.
        raw: its bytes as stored.
        size: how many are stored; None for a pipe.
    """

    name: str
    path: str
    stream: io.BufferedReader | gzip.GzipFile
    raw: io.BufferedReader
    size: int | None

    @property
    def share_read(self) -> float | None:
        """Which share of the file has been read, 0 to 1; None for a pipe."""
        return None if self.size is None else self.raw.tell() / max(1, self.size)

    def head(self) -> str:
        """Return the beginning of the text without reading on; blanks and the byte order mark stripped."""
        return self.stream.peek(_HEAD_BYTES)[:_HEAD_BYTES].decode(errors="replace").removeprefix(_MARK).lstrip()

    def lines(self) -> Iterator[str]:
        """Yield the lines, each with its end."""
        for number, line in enumerate(self.stream, start=1):
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                raise self._not_text(error, number) from None
            yield text.removeprefix(_MARK) if number == 1 else text

    def pieces(self) -> Iterator[str]:
        """Yield the text in pieces of bounded size, wherever its lines end."""
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        line = 1
        while True:
            piece = self.stream.read(PIECE_BYTES)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                raise self._not_text(error, line + bytes(error.object).count(b"\n", 0, error.start)) from None
            if not piece:
                return
            line += text.count("\n")
            yield text

    def error(self, fault: str, line: int | None = None) -> InvalidFileError:
        """Return the error that says what is wrong with the file, or with one of its lines."""
        place = self.name if line is None else f"{self.name}:{line}"
        return InvalidFileError(f"{place} {fault}", path=self.name, line=line)

    def _not_text(self, error: UnicodeDecodeError, line: int) -> InvalidFileError:
        return self.error(f"holds the byte {error.object[error.start]:#04x}, which is no UTF-8; save it as UTF-8", line)


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[TextFile]:
    """Open a file of text, or standard input; close it after.

    Raises:
        InvalidFileError: it cannot be opened, or reading it fails.
        InvalidTypeError: `path` is no path.
    """
    given = _path_text(path)
    name = "standard input" if given == STANDARD_INPUT else given
    try:
        with _raw(given) as raw:
            is_packed = raw.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
            yield TextFile(name, given, gzip.GzipFile(fileobj=raw) if is_packed else raw, raw, _size(raw))
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidFileError(f"{name} cannot be read: {_reason(error)}", path=name) from error


def _path_text(path: str | os.PathLike[str]) -> str:
    if not isinstance(path, str | os.PathLike) or not isinstance(given := os.fspath(path), str):
        raise InvalidTypeError(f"a file's path is {shown(path)}; give a str or a Path", field="path")
    if "\0" in given:
        raise InvalidFileError(f"{given!r} cannot be read: no path holds a NUL", path=given)
    return given


@contextmanager
def _raw(path: str) -> Iterator[io.BufferedReader]:
    if path != STANDARD_INPUT:
        with Path(path).open("rb") as file:
            yield file
        return
    reader = io.BufferedReader(cast(Any, sys.stdin.buffer))
    try:
        yield reader
    finally:
        reader.detach()


def _size(raw: io.BufferedReader) -> int | None:
    """Return a file's size; None for pipes, which have none, and for what is no file of the system."""
    try:
        status = os.fstat(raw.fileno())
    except io.UnsupportedOperation:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _reason(error: Exception) -> str:
    """Return why, without the path that a message names already."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
