"""The JSON schema of a contract file, made from the table of keys."""
################################################################
# Editors check a file by it while it is written. It says what a schema can say:
# names of keys, types, words and forms. That a zone exists, a date is one and hours
# do not overlap, the reader alone checks. Times and dates are texts to a schema.
#
# It is published in the package as sla.schema.json; `sla-compliance contract
# schema` prints it.
################################################################

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from typing import Any, Final

from sla_compliance.settings.keys import AGREEMENT_KEYS, FILE_KEYS, TENANTS_KEY
from sla_compliance.settings.setting_key import SettingKey

DRAFT: Final = "http://json-schema.org/draft-07/schema#"


def json_schema() -> dict[str, Any]:
    """Return the schema, of draft 7, which editors know."""
    properties = {key.name: _key_schema(key) for key in FILE_KEYS if key is not TENANTS_KEY}
    properties[TENANTS_KEY.name] = {
        "description": TENANTS_KEY.meaning,
        "type": "object",
        "propertyNames": {"minLength": 1},
        "additionalProperties": _object_schema(AGREEMENT_KEYS),
    }
    return {
        "$schema": DRAFT,
        "title": "Contract file of sla-compliance",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def json_schema_text() -> str:
    """Return the schema as it is published."""
    return json.dumps(json_schema(), indent=2) + "\n"


def default_value(key: SettingKey) -> Any:  # noqa: ANN401 - whatever TOML holds
    """Return a key's default as TOML's value; None where it has none."""
    return tomllib.loads(f"value = {key.default}")["value"] if key.default else None


def _key_schema(key: SettingKey) -> dict[str, Any]:
    schema: dict[str, Any] = {"description": key.meaning}
    default = default_value(key)
    if default is not None:
        schema["default"] = default
    if key.kind is None:
        schema.update(_object_schema(key.keys))
    elif key.keys:
        schema["anyOf"] = [key.kind.schema, _object_schema(key.keys)]
    else:
        schema.update(key.kind.schema)
    return schema


def _object_schema(keys: Sequence[SettingKey]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key.name: _key_schema(key) for key in keys},
    }
    required = [key.name for key in keys if key.is_required]
    if required:
        schema["required"] = required
    return schema
