"""Where a report is written: standard output, or a file that appears only when it is complete."""
################################################################
# A file is written beside its place and moved there when all is written, so that a
# reader never sees half of it and an error leaves the old one. What is no regular
# file, such as /dev/stdout or a named pipe, is written directly.
################################################################

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import click

FORMAT_BY_SUFFIX: Final = {
    ".json": "json",
    ".csv": "csv",
    ".html": "html",
    ".htm": "html",
    ".txt": "table",
    ".pdf": "pdf",
    ".xlsx": "xlsx",
}


def format_of(path: str) -> str:
    """Return the format that the ending of a file's name names.

    Raises:
        UsageError: it names none.
    """
    name = FORMAT_BY_SUFFIX.get(Path(path).suffix.lower())
    if name is None:
        endings = ", ".join(FORMAT_BY_SUFFIX)
        raise click.UsageError(f"--output {path} has none of the endings {endings}; choose one, or give --format")
    return name


def check_ending(path: str, format_name: str, binary_formats: Collection[str]) -> None:
    """Check that a file whose ending names a binary format has this format, and the other way round.

    Raises:
        UsageError: programs would open it as something else.
    """
    suffix = Path(path).suffix.lower()
    named = FORMAT_BY_SUFFIX.get(suffix, format_name)
    if named != format_name and {named, format_name} & set(binary_formats):
        raise click.UsageError(f"--output {path} ends in {suffix}, and its format is {format_name}; change one of them")


def check_output(path: str, input_files: Iterable[str], option: str = "--output") -> None:
    """Check that a file to write is none of those that are read.

    Args:
        option: which names it.

    Raises:
        UsageError: it is.
    """
    for file in input_files:
        if Path(path).exists() and Path(file).exists() and Path(path).samefile(file):
            raise click.UsageError(f"{option} {path} is a file that is read; give another name")


def write_pieces(pieces: Iterable[str], path: str | None, encoding: str = "utf-8") -> None:
    """Write texts one after the other; characters that the encoding lacks are replaced.

    Args:
        path: None is standard output.

    Raises:
        OSError: the file cannot be written, or standard output is closed or full.
    """
    with _opened(path) as stream:
        for piece in pieces:
            stream.write(piece.encode(encoding, errors="replace"))
        stream.flush()


def write_content(content: bytes, path: str | None) -> None:
    """Write bytes; arguments and errors as `write_pieces`."""
    with _opened(path) as stream:
        stream.write(content)
        stream.flush()


@contextmanager
def _opened(path: str | None) -> Iterator[BinaryIO]:
    if path is None:
        yield sys.stdout.buffer
        return
    target = Path(os.path.realpath(path))
    is_device = target.exists() and not target.is_file()
    unfinished = target if is_device else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb" if is_device else "xb") as stream:
            yield stream
        if not is_device:
            unfinished.replace(target)
    except OSError as error:
        error.filename = path  # messages name the file that was asked for
        raise
    finally:
        if not is_device:
            unfinished.unlink(missing_ok=True)
