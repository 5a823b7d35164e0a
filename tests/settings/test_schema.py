"""The published JSON schema: up to date, and of one mind with the reader as far as a schema can say it."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from jsonschema import Draft7Validator

from sla_compliance import settings
from sla_compliance.errors import InvalidContractError
from sla_compliance.settings.schema import DRAFT, json_schema, json_schema_text
from tests.settings.documents import Document, documents
from tests.settings.test_reading import FAULTS, FULL
from tests.settings.toml_text import json_form, toml_text

VALIDATOR = Draft7Validator(json_schema())

# Faults that a schema cannot see: what words mean, what does not exist, what contradicts something else.
READER_ALONE = {
    "no zone",
    "no severity",
    "hours of no day",
    "hours of the week",
    "a holiday that is no date",
    "an exception without hours",
    "the year 1",
    "an instant of the year 1",
    "no severity of ours",
    "one severity of ours twice",
    "service that ends before it starts",
    "hours that a tenant takes away",
    "planned work without hours",
}
NO_JSON = {"a time of day", "not a number"}


def _is_valid(text: str) -> bool:
    return bool(VALIDATOR.is_valid(json_form(tomllib.loads(text, parse_float=Decimal))))


def test_the_published_schema_is_the_one_that_the_keys_make() -> None:
    """`sla-compliance contract schema` prints it."""
    published = files("sla_compliance.settings").joinpath("sla.schema.json").read_text(encoding="utf-8")
    assert published == json_schema_text()
    assert json.loads(published)["$schema"] == DRAFT
    Draft7Validator.check_schema(json.loads(published))


def test_a_file_that_says_everything_is_valid() -> None:
    """By both."""
    assert _is_valid(FULL)
    assert _is_valid("")


@pytest.mark.parametrize("name", FAULTS.keys() - READER_ALONE - NO_JSON)
def test_a_fault_of_form_is_one_of_the_schema(name: str) -> None:
    """An editor marks it while the file is written."""
    assert not _is_valid(FAULTS[name][0])


@pytest.mark.parametrize("name", sorted(READER_ALONE))
def test_what_the_reader_alone_sees_is_known(name: str) -> None:
    """The list is no longer than it must be."""
    assert _is_valid(FAULTS[name][0])


@given(documents())
@hypothesis_settings(max_examples=500)
def test_what_the_reader_accepts_is_valid(document: Document) -> None:
    """The schema refuses nothing that can be read."""
    text = toml_text(document)
    try:
        settings.loads(text)
    except InvalidContractError:
        return
    assert _is_valid(text)
