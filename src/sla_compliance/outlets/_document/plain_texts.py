"""Texts of a document without characters that a format cannot hold."""
################################################################
# Rows and people's texts may hold anything. XML and JSON have no place for most
# control characters and for halves of surrogate pairs, so these become U+FFFD
# here, once for all formats; line breaks and tabs become blanks.
################################################################

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from fractions import Fraction
from operator import is_
from types import NoneType
from typing import Any, Final, TypeVar

_BLANKS: Final = re.compile(r"\r\n|[\t\n\v\f\r\u0085\u2028\u2029]")
_NOT_WRITABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_WITHOUT_TEXT: Final = (int, float, NoneType, Fraction, date)

_Value = TypeVar("_Value")


def plain_text(text: str) -> str:
    r"""Return a text that every format can hold.

    >>> plain_text("a\x00b\n<c>")
    'a\ufffdb <c>'
    """
    return _NOT_WRITABLE.sub("\N{REPLACEMENT CHARACTER}", _BLANKS.sub(" ", text))


def with_plain_texts(value: _Value) -> _Value:
    """Return a block, a document, or anything that they are made of, with such texts alone.

    Keys of mappings are those of the wire format and stay as they are.
    """
    changed: Any = value
    if isinstance(value, str):
        changed = value if value.isprintable() or isinstance(value, Enum) else plain_text(value)
    elif isinstance(value, _WITHOUT_TEXT):
        pass
    elif isinstance(value, tuple | list):
        plain_parts = [with_plain_texts(part) for part in value]
        changed = value if all(map(is_, plain_parts, value)) else type(value)(plain_parts)
    elif isinstance(value, Mapping):
        changed = {key: with_plain_texts(part) for key, part in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        changed = _with_plain_fields(value)
    result: _Value = changed
    return result


def _with_plain_fields(value: Any) -> Any:  # noqa: ANN401 - any dataclass
    changed_parts: dict[str, Any] = {}
    for field in fields(value):
        part = getattr(value, field.name)
        plain_part = with_plain_texts(part)
        if plain_part is not part:
            changed_parts[field.name] = plain_part
    return replace(value, **changed_parts) if changed_parts else value
