"""Writing TOML: documents of plain values to text, for tests."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def toml_text(document: dict[str, Any]) -> str:
    """Return a document as TOML, each of its tables on one line."""
    return "".join(f"{_key(name)} = {_value(value)}\n" for name, value in document.items())


def json_form(value: object) -> Any:
    """Return a value of TOML as a JSON schema sees it: times as text, numbers as floats."""
    if isinstance(value, dict):
        return {name: json_form(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [json_form(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _key(name: str) -> str:
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007F")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _key(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f") if "." in format(value, "f") else f"{value:f}.0"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    assert isinstance(value, dict), value
    return f"{{{', '.join(f'{_key(name)} = {_value(inner)}' for name, inner in value.items())}}}"
