"""A document as JSON, for programs: versioned, with the text and the value of each cell."""
################################################################
# Each block says what it is by `type`, the name of its class in lower case. Dates and
# instants are ISO 8601 text, enums their values; all else is as in blocks.py. A later
# version may add keys; FORMAT_VERSION changes where a key goes or changes its meaning.
################################################################

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Final, cast

from sla_compliance.outlets.blocks import Document

FORMAT_VERSION: Final = 1


def document_json(document: Document) -> str:
    """Return a document as JSON, ending in a line feed; the same for the same document."""
    parts = cast("dict[str, object]", _json_value(document))
    blocks = [
        {"type": type(block).__name__.lower(), **cast("dict[str, object]", _json_value(block))}
        for block in document.blocks
    ]
    facts = [{"name": name, "text": text} for name, text in document.facts]
    content = {"version": FORMAT_VERSION, **parts, "facts": facts, "blocks": blocks}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _json_value(value: object) -> object:
    """Return a part of a document in JSON types."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, Mapping):
        return {str(key): _json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    if is_dataclass(value):
        return {field.name: _json_value(getattr(value, field.name)) for field in fields(value)}
    return value
