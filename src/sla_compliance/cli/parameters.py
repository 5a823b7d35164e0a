"""Values of options that are more than a word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import click

_LENGTH: Final = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,5})s)?", re.ASCII)


def length_of(ctx: click.Context, param: click.Parameter, text: str | None) -> timedelta | None:
    """Return the length of time that a text such as "90s", "5m", "1h30m" or "7d" names."""
    if text is None:
        return None
    found = _LENGTH.fullmatch(text.lower())
    if found is None or not any(found.groups()):
        raise click.BadParameter(f"{text!r} is no length of time; write it as 90s, 5m, 1h30m or 7d", ctx, param)
    days, hours, minutes, seconds = (int(number or 0) for number in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def mapping_of(ctx: click.Context, param: click.Parameter, values: Iterable[str]) -> dict[str, str]:
    """Return {column: file's own name} of texts such as "first_occurrence=raised"; for `--column`."""
    mapping: dict[str, str] = {}
    for text in values:
        column, equals, own = (part.strip() for part in text.partition("="))
        if not (column and equals and own):
            raise click.BadParameter(f"{text!r} maps nothing; write it as first_occurrence=raised_at", ctx, param)
        if column in mapping:
            raise click.BadParameter(f"maps {column!r} twice; map it once", ctx, param)
        mapping[column] = own
    return mapping
