"""The bill of materials of the packages that this environment has."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.release.bill_of_materials import Dependency, cyclonedx, dependencies, licence_table

BUILT_AT = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture(scope="module")
def packages() -> dict[str, Dependency]:
    return {package.name: package for package in dependencies()}


def test_it_is_a_valid_document_of_cyclonedx(packages: dict[str, Dependency]) -> None:
    """By the validator of CycloneDX itself; each package is referred to and described."""
    bill = cyclonedx(list(packages.values()), BUILT_AT)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is None
    described = {component["bom-ref"] for component in bill["components"]}
    needed = {reference for entry in bill["dependencies"] for reference in entry["dependsOn"]}
    assert needed == described


def test_extras_bring_what_their_requirements_bring_and_nothing_else(packages: dict[str, Dependency]) -> None:
    """A package that another one would use where it is installed is not brought by it: kombu knows SQLAlchemy."""
    assert packages["python-dateutil"].extras[0] == ""
    assert packages["narwhals"].extras == ("all", "arrow", "frames")
    assert {"celery", "redis", "serve"} <= set(packages["redis"].extras)
    assert "celery" not in packages["sqlalchemy"].extras
    assert packages["hypothesis"].extras == ("testing",)
    assert "hypothesis" not in {need for package in packages.values() for need in package.needs}
    assert not {"mypy", "ruff", "sphinx", "twine", "sla-compliance"} & packages.keys()


def test_copyleft_is_flagged_with_the_extras_that_bring_it(packages: dict[str, Dependency]) -> None:
    """The package alone, and a database over asyncpg, bring none."""
    copyleft = [package for package in packages.values() if package.is_copyleft]
    assert {package.name for package in copyleft} == {
        "hypothesis", "psycopg", "psycopg-binary", "psycopg-pool", "weblate-fonts",
    }  # fmt: skip
    assert not {"", "asyncpg", "fastapi", "redis", "cli"} & {extra for package in copyleft for extra in package.extras}


def test_every_package_states_its_licence(packages: dict[str, Dependency]) -> None:
    """One that does not has to be looked at."""
    assert [name for name, package in packages.items() if package.licence == "not stated"] == []


def test_the_table_has_a_line_for_each_package(packages: dict[str, Dependency]) -> None:
    """Of five cells."""
    _, _, head, _, *lines = licence_table(list(packages.values())).splitlines()
    assert len(lines) == len(packages)
    assert {line.count("|") for line in lines} == {head.count("|")}
    assert (
        f"| psycopg | {packages['psycopg'].version} | LGPL-3.0-only | yes | serve, sqlalchemy, timescaledb |" in lines
    )
