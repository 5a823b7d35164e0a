"""Values of options that are more than a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import click
from click.shell_completion import CompletionItem

from sla_compliance.errors import InvalidValueError
from sla_compliance.units import read_length

REDIS_SCHEMES: Final = frozenset({"redis", "rediss"})
IGNORE: Final = "ignore"
"""In place of a name: the column of the files is not read."""


def complete_file(
    ctx: click.Context,  # noqa: ARG001 - click's signature
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[CompletionItem]:
    """Return what makes a shell complete the name of a file; for `shell_complete` of click."""
    return [CompletionItem(incomplete, type="file")]


def parse_length(ctx: click.Context, param: click.Parameter, text: str | None) -> timedelta | None:
    """Return the length of time that a text such as "90s", "5m", "1h30m" or "7d" names; a callback of click."""
    if text is None:
        return None
    try:
        return read_length(text, field=param.name or "")
    except InvalidValueError:
        message = f"{text!r} is no length of time; write it as 90s, 5m, 1h30m or 7d"
        raise click.BadParameter(message, ctx, param) from None


def parse_column_mapping(ctx: click.Context, param: click.Parameter, texts: Iterable[str]) -> dict[str, str]:
    """Return {column: the files' name} of texts such as "first_occurrence=raised"; a callback of click."""
    return _column_mapping(ctx, param, texts, "first_occurrence=raised_at")


def _column_mapping(ctx: click.Context, param: click.Parameter, texts: Iterable[str], example: str) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for text in texts:
        column, equals_sign, name_in_files = (part.strip() for part in text.partition("="))
        if not (column and equals_sign and name_in_files):
            raise click.BadParameter(f"{text!r} maps nothing; write it as {example}", ctx, param)
        if column in mapping:
            raise click.BadParameter(f"maps {column!r} twice; map it once", ctx, param)
        mapping[column] = name_in_files
    return mapping


def parse_redis_url(ctx: click.Context, param: click.Parameter, text: str | None) -> str | None:
    """Return a URL of Redis as it is; a callback of click. A message does not show it: it may hold a password."""
    if text is None:
        return None
    try:
        url = urlsplit(text)
        is_redis = url.scheme in REDIS_SCHEMES and url.hostname is not None and url.port != 0
    except ValueError:  # the port is no number
        is_redis = False
    if not is_redis:
        raise click.BadParameter("it is no URL of Redis; write it as redis://host:6379/0", ctx, param)
    return text


def parse_word_map(ctx: click.Context, param: click.Parameter, texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return {our word: theirs} of texts such as "critical=High,Disaster"; a callback of click.

    Nothing after the sign stands for rows without a word.
    """
    word_map: dict[str, tuple[str, ...]] = {}
    for text in texts:
        our_word, equals_sign, their_words = (part.strip() for part in text.partition("="))
        if not (our_word and equals_sign):
            raise click.BadParameter(f"{text!r} maps nothing; write it as critical=High,Disaster", ctx, param)
        words = _words(their_words, ctx, param) if their_words else [""]
        word_map[our_word] = (*word_map.get(our_word, ()), *words)
    return word_map


def parse_words(ctx: click.Context, param: click.Parameter, texts: Iterable[str]) -> tuple[str, ...]:
    """Return the words of texts such as "Down,Paused"; a callback of click."""
    return tuple(word for text in texts for word in _words(text, ctx, param))


def _words(text: str, ctx: click.Context, param: click.Parameter) -> list[str]:
    words = [word.strip() for word in text.split(",")]
    if "" in words:
        raise click.BadParameter(f"{text!r} holds an empty word; write it as High,Disaster", ctx, param)
    return words


def parse_conditions(ctx: click.Context, param: click.Parameter, texts: Iterable[str]) -> dict[str, list[str]]:
    """Return {column: values} of texts such as "site=Lagos"; a callback of click."""
    values_by_column: dict[str, list[str]] = {}
    for text in texts:
        column, equals_sign, value = text.partition("=")
        if not (column.strip() and equals_sign):
            raise click.BadParameter(f"{text!r} is no condition; write it as site=Lagos", ctx, param)
        values_by_column.setdefault(column.strip(), []).append(value.strip())
    return values_by_column


@dataclass(frozen=True, slots=True)
class WindowColumns:
    """Columns of files of windows.

    Attributes:
        columns: {our column: theirs}.
        ignored: theirs that are not read.
    """

    columns: Mapping[str, str]
    ignored: tuple[str, ...]


def parse_window_columns(ctx: click.Context, param: click.Parameter, texts: Iterable[str]) -> WindowColumns:
    """Return the columns that texts such as "start=Begins" and "ignore=Ticket" name; a callback of click."""
    pairs: list[str] = []
    ignored: list[str] = []
    for text in texts:
        name, equals_sign, own_name = (part.strip() for part in text.partition("="))
        if name == IGNORE and equals_sign and own_name:
            ignored.append(own_name)
        else:
            pairs.append(text)
    return WindowColumns(_column_mapping(ctx, param, pairs, "start=Begins"), tuple(ignored))
