"""Values of options that are more than a word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import click

REDIS_SCHEMES: Final = frozenset({"redis", "rediss"})
_LENGTH: Final = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,5})s)?", re.ASCII)


def parse_length(ctx: click.Context, param: click.Parameter, text: str | None) -> timedelta | None:
    """Return the length of time that a text such as "90s", "5m", "1h30m" or "7d" names; a callback of click."""
    if text is None:
        return None
    match = _LENGTH.fullmatch(text.lower())
    if match is None or not any(match.groups()):  # every part is optional, so the empty text matches
        raise click.BadParameter(f"{text!r} is no length of time; write it as 90s, 5m, 1h30m or 7d", ctx, param)
    days, hours, minutes, seconds = (int(number or 0) for number in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def parse_column_mapping(ctx: click.Context, param: click.Parameter, texts: Iterable[str]) -> dict[str, str]:
    """Return {column: the files' name} of texts such as "first_occurrence=raised"; a callback of click."""
    mapping: dict[str, str] = {}
    for text in texts:
        column, equals_sign, name_in_files = (part.strip() for part in text.partition("="))
        if not (column and equals_sign and name_in_files):
            raise click.BadParameter(f"{text!r} maps nothing; write it as first_occurrence=raised_at", ctx, param)
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
