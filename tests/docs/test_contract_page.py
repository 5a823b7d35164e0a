"""docs/contract.md: its tables are the keys that are read, and its example is a contract file."""

from __future__ import annotations

from sla_compliance.settings.keys import FILE_KEYS
from sla_compliance.settings.setting_key import SettingKey
from tests.docs.contract_keys import PAGE, PARTS, page_with_keys


def test_the_tables_of_keys_are_the_keys_that_are_read() -> None:
    """`nox -s map` draws them."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == page_with_keys()
    assert all(f"<!-- keys: {name} -->" in page for name in PARTS)


def test_the_complete_example_has_every_rule_of_an_agreement() -> None:
    """A reader can copy it and strike what is not agreed; that it is read is a test of the page's code."""
    example = PAGE.read_text(encoding="utf-8").partition("```toml\n# sla.toml\n")[2].partition("```")[0]
    names = {line.partition("=")[0].strip() for line in example.splitlines()}
    inline = {"from", "to"}
    missing = [key.name for key in _keys(FILE_KEYS[0].keys) if key.kind and key.name not in names | inline]
    assert missing == []


def _keys(keys: tuple[SettingKey, ...]) -> list[SettingKey]:
    return [inner for key in keys for inner in (key, *_keys(key.keys))]
