"""Laws of contract files: what is written is read, and a tenant's table is the defaults with its own keys over them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sla_compliance import settings
from sla_compliance.errors import SLAComplianceError
from tests.settings.documents import Document, agreements, document_of, documents
from tests.settings.toml_text import toml_text

TABLES_OF_KEYS = {"alerts", "in_service", "planned_work", "policy", "reports", "service_hours"}


@given(st.data())
def test_what_is_written_is_read(data: st.DataObject) -> None:
    """Every value of every key comes back as it was, exactly."""
    # Drawn here, for Hypothesis prints arguments as it goes, and agreements are long.
    defaults = data.draw(agreements())
    tenants = data.draw(st.dictionaries(st.text(min_size=1, max_size=5), agreements(), max_size=1))
    document = {
        "defaults": document_of(defaults),
        "tenants": {name: document_of(agreement) for name, agreement in tenants.items()},
    }
    contract = settings.loads(toml_text(document))
    assert contract.defaults == defaults
    own_keys = frozenset(document["defaults"])
    assert contract.tenants == {name: replace(agreement, own_keys=own_keys) for name, agreement in tenants.items()}


@given(st.data())
def test_a_tenants_table_stands_over_the_defaults(data: st.DataObject) -> None:
    """As if the defaults of a file of its own said both."""
    default_table = document_of(data.draw(agreements()))
    own_table = _some_of(document_of(data.draw(agreements())), data)
    if isinstance(default_table["service_hours"], str) and isinstance(own_table.get("service_hours"), dict):
        del default_table["service_hours"]  # a word and a table are merged by another law, in test_reading
    text = toml_text({"defaults": default_table, "tenants": {"acme": own_table}})
    merged_text = toml_text({"defaults": _merged(default_table, own_table)})
    expected, fault = _outcome(merged_text)
    contract, tenant_fault = _outcome(text)
    assert (fault is None) == (tenant_fault is None)
    if expected is not None and contract is not None:
        assert contract.tenants["acme"] == replace(expected.defaults, own_keys=frozenset(own_table))


def _outcome(text: str) -> tuple[settings.Settings | None, SLAComplianceError | None]:
    try:
        return settings.loads(text), None
    except SLAComplianceError as error:  # service may end before it starts, or have no hours left
        return None, error


def _some_of(table: Document, data: st.DataObject) -> Document:
    """Return some of the keys of a table, at any depth."""
    kept: dict[str, Any] = {}
    for name, value in table.items():
        if data.draw(st.booleans()):
            is_table_of_keys = isinstance(value, dict) and name in TABLES_OF_KEYS
            kept[name] = _some_of(value, data) if is_table_of_keys else value
    return kept


def _merged(table: Document, own_table: Document) -> Document:
    merged = dict(table)
    for name, own_value in own_table.items():
        is_table_of_keys = name in TABLES_OF_KEYS
        if is_table_of_keys and isinstance(own_value, dict) and isinstance(merged.get(name), dict):
            merged[name] = _merged(merged[name], own_value)
        else:
            merged[name] = own_value
    return merged


@given(documents())
def test_any_file_is_read_or_refused_in_one_error(document: Document) -> None:
    """Nothing else escapes."""
    _outcome(toml_text(document))
