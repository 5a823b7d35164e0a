"""Writes vectors: JSON that a person can read and a version control system can compare."""
################################################################
# A list or an object stands on one line where that is short enough, and so do the
# figures of a day.
################################################################

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

_WIDTH: Final = 150
_INDENT: Final = 2
_FIGURE: Final = "downtime_us"


def write_vectors(folder: Path, name: str, content: Mapping[str, Any]) -> None:
    """Write a file of vectors."""
    (folder / f"{name}.json").write_text(json_text_of(content) + "\n", encoding="utf-8")


def json_text_of(value: object, depth: int = 0) -> str:
    """Return a value as JSON."""
    flat = json.dumps(value, ensure_ascii=False)
    is_short = len(flat) + depth * _INDENT <= _WIDTH or (isinstance(value, dict) and _FIGURE in value)
    if is_short or not isinstance(value, dict | list):
        return flat
    indent = " " * (depth + 1) * _INDENT
    if isinstance(value, dict):
        entries = [f"{json.dumps(key)}: {json_text_of(entry, depth + 1)}" for key, entry in value.items()]
        opening, closing = "{", "}"
    else:
        entries = [json_text_of(entry, depth + 1) for entry in value]
        opening, closing = "[", "]"
    lines = f",\n{indent}".join(entries)
    return f"{opening}\n{indent}{lines}\n{' ' * depth * _INDENT}{closing}"
