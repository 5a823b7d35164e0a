"""The tables of keys in docs/contract.md, and the published JSON schema: both made from the table of keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import sla_compliance.settings
from sla_compliance.settings.keys import (
    AGREEMENT_KEYS,
    ALARMS_TABLE_KEYS,
    CORRECTIONS_TABLE_KEYS,
    INVENTORY_TABLE_KEYS,
    MAINTENANCE_TABLE_KEYS,
    ROWS_KEY,
    TENANTS_TABLE_KEYS,
)
from sla_compliance.settings.schema import json_schema_text
from sla_compliance.settings.setting_key import SettingKey

PAGE: Final = Path(__file__).parents[2] / "docs" / "contract.md"
SCHEMA: Final = Path(sla_compliance.settings.__path__[0]) / "sla.schema.json"
PARTS: Final[Mapping[str, tuple[SettingKey, ...]]] = {
    "agreement": AGREEMENT_KEYS,
    "rows": ROWS_KEY.keys,
    "alarms": ALARMS_TABLE_KEYS,
    "maintenance": MAINTENANCE_TABLE_KEYS,
    "inventory": INVENTORY_TABLE_KEYS,
    "corrections": CORRECTIONS_TABLE_KEYS,
    "tenants": TENANTS_TABLE_KEYS,
}
_PART: Final = re.compile(r"(<!-- keys: (\w+) -->\n).*?(<!-- end of keys -->)", re.DOTALL)


def page_with_keys() -> str:
    """Return the page with its tables of keys as the library reads them."""
    page = PAGE.read_text(encoding="utf-8")
    return _PART.sub(lambda part: f"{part[1]}{_table(PARTS[part[2]])}\n{part[3]}", page)


def _table(keys: tuple[SettingKey, ...]) -> str:
    return "\n".join(["| key | says | default |", "|---|---|---|", *_rows(keys, "")])


def _rows(keys: tuple[SettingKey, ...], path: str) -> Iterator[str]:
    for key in keys:
        name = f"{path}{key.name}"
        if key.kind is not None or not key.keys:
            default = f"`{key.default}`" if key.default else _code(key.without)
            yield f"| `{name}` | {key.meaning} | {default} |"
        yield from _rows(key.keys, f"{name}.")


def _code(text: str) -> str:
    return f"`{text}`" if text.startswith(('"', "[")) or text == "false" else text


def write() -> None:
    """Bring the page and the schema up to date."""
    PAGE.write_text(page_with_keys(), encoding="utf-8")
    SCHEMA.write_text(json_schema_text(), encoding="utf-8")


if __name__ == "__main__":
    write()
