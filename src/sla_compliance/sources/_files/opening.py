"""Opening a file of text: a path or standard input, gzipped or not, with or without a byte order mark."""
################################################################
# "-" is standard input. A file whose first bytes are those of gzip is decompressed;
# its name does not matter. Text is UTF-8, with or without a byte order mark. Every
# failure to read becomes one InvalidFileError that names the file and, where it is
# known, the line.
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
        name: the file's name in messages.
        path: as the caller wrote it; its suffix may tell the format.
        stream: its bytes, decompressed.
        raw: its bytes as stored.
        size: number of stored bytes; None for a pipe.
    """

    name: str
    path: str
    stream: io.BufferedReader | gzip.GzipFile
    raw: io.BufferedReader
    size: int | None

    @property
    def share_read(self) -> float | None:
        """The share of the stored bytes that has been read, 0 to 1; None for a pipe."""
        return None if self.size is None else self.raw.tell() / max(1, self.size)

    def head(self) -> str:
        """Return the beginning of the text without reading on; blanks and the byte order mark stripped."""
        first_bytes = self.stream.peek(_HEAD_BYTES)[:_HEAD_BYTES]  # peek may return more than it is asked for
        return first_bytes.decode(errors="replace").removeprefix(_MARK).lstrip()

    def lines(self) -> Iterator[str]:
        """Yield the lines, each with its end."""
        for number, line in enumerate(self.stream, start=1):
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                raise self._not_text(error, number) from None
            yield text.removeprefix(_MARK) if number == 1 else text

    def pieces(self) -> Iterator[str]:
        """Yield the text in pieces of bounded size, which may end inside a line."""
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        line = 1
        while True:
            piece = self.stream.read(PIECE_BYTES)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                lines_before = bytes(error.object).count(b"\n", 0, error.start)
                raise self._not_text(error, line + lines_before) from None
            if not piece:
                return
            line += text.count("\n")
            yield text

    def error(self, fault: str, line: int | None = None) -> InvalidFileError:
        """Return the error of a fault of the file, or of one of its lines."""
        place = self.name if line is None else f"{self.name}:{line}"
        return InvalidFileError(f"{place} {fault}", path=self.name, line=line)

    def _not_text(self, error: UnicodeDecodeError, line: int) -> InvalidFileError:
        bad_byte = error.object[error.start]
        return self.error(f"holds the byte {bad_byte:#04x}, which is no UTF-8; save it as UTF-8", line)


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[TextFile]:
    """Open a file of text, or standard input; close it after.

    Raises:
        InvalidFileError: it cannot be opened, or reading it fails.
        InvalidTypeError: `path` is no path.
    """
    path_text = _path_text(path)
    name = "standard input" if path_text == STANDARD_INPUT else path_text
    try:
        with _raw(path_text) as raw:
            is_gzipped = raw.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
            stream = gzip.GzipFile(fileobj=raw) if is_gzipped else raw
            yield TextFile(name, path_text, stream, raw, _size(raw))
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidFileError(f"{name} cannot be read: {_reason(error)}", path=name) from error


def _path_text(path: str | os.PathLike[str]) -> str:
    path_text = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    if not isinstance(path_text, str):  # a path of bytes is none of these either
        raise InvalidTypeError(f"a file's path is {shown(path)}; give a str or a Path", field="path")
    if "\0" in path_text:
        raise InvalidFileError(f"{path_text!r} cannot be read: no path holds a NUL", path=path_text)
    return path_text


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


def _size(raw: io.BufferedReader) -> int | None:
    """Return a file's size; None for a pipe, which has none, and for a stream that is no file of the system."""
    try:
        status = os.fstat(raw.fileno())
    except io.UnsupportedOperation:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _reason(error: Exception) -> str:
    """Return the reason of a failure, without the path that the message names already."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
