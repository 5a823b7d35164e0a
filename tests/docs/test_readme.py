"""The README's function on the demonstration's rows gives the demonstration's figures."""
################################################################
# The rows have what a first attempt gets wrong: alarms that are resolved and not
# cleared, over without a time, overwritten severities, a bad row, copies. The README
# gives them to evaluate() as they come from a database, a file or a frame.
#
# Only what the rows cannot say is left out on both sides: when monitoring was down.
################################################################

from __future__ import annotations

import csv
import json
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd
import polars as pl
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

import sla_compliance as sla
from sla_compliance.cli.commands import commands
from sla_compliance.cli.demo import Files, next_command, write_files
from sla_compliance.samples import COLUMNS, sample_provider
from sla_compliance.sources.maintenance_files import read_maintenance
from tests.docs.test_examples import ROOT, run_page, write_demo

NOW: Final = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
PROVIDER: Final = sample_provider(NOW)

DailyCompliance = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """What the demonstration writes."""
    files = Files(tmp_path_factory.mktemp("demo"))
    write_files(PROVIDER, files)
    return files


@pytest.fixture(scope="module")
def expected() -> list[dict[str, Any]]:
    """The demonstration's figures, from its own objects."""
    terms = PROVIDER.terms
    del terms["monitored"]
    return [dict(record) for record in sla.evaluate(PROVIDER.batch(), **terms).as_dicts()]


@pytest.fixture(scope="module")
def daily_compliance(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The README's function."""
    folder = tmp_path_factory.mktemp("readme")
    write_demo(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return run_page(ROOT / "README.md")["daily_compliance"]


def database_rows(files: Files) -> list[Any]:
    """The rows of the demonstration's database, as SQLAlchemy gives them."""
    engine = sa.create_engine(f"sqlite:///{files.database}")
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM alarms")).mappings().all()
    engine.dispose()
    return list(rows)


def csv_rows(files: Files) -> list[dict[str, str]]:
    """The rows of the demonstration's export."""
    with files.alarms.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS: Final[dict[str, Callable[[Files], Any]]] = {
    "objects as dicts": lambda _: [{name: getattr(row, name) for name in COLUMNS} for row in PROVIDER.rows],
    "rows of csv.DictReader": csv_rows,
    "rows of a database": database_rows,
    "a frame of pandas": lambda files: pd.read_csv(files.alarms, dtype=str),
    "a frame of Polars": lambda files: pl.read_csv(files.alarms, infer_schema=False),
}


@pytest.mark.parametrize("kind", ROWS)
def test_the_function_gives_the_figures_of_the_demonstration(
    kind: str, files: Files, daily_compliance: DailyCompliance, expected: list[dict[str, Any]]
) -> None:
    """Each day's record, whatever the rows come as."""
    records = daily_compliance(
        ROWS[kind](files),
        zone=PROVIDER.zone,
        now=NOW,
        from_date=PROVIDER.start.date().isoformat(),
        maintenance=read_maintenance(files.maintenance),
    )
    assert records == expected
    assert any(record["sla_breaches"] for record in records)


def test_the_command_that_the_demonstration_names_gives_them_too(
    files: Files, expected: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The README's third way."""
    monkeypatch.chdir(tmp_path)
    _, *arguments = shlex.split(next_command(PROVIDER, files).replace("\\\n", " "))
    result = CliRunner().invoke(commands, [*arguments, "--format", "json"])
    assert json.loads(result.stdout) == expected
