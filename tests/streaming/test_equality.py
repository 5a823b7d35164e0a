"""The days of a file that is streamed are those of a report of all rows at once, in every cell."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from sla_compliance.cli.commands import commands
from tests.streaming.worlds import RANGE, days_by_report, days_of_file, rows_of_world, write_rows

WINDOWS = """\
start,end,reason,resource_id,resource_name,with_children
2026-10-01T06:00:00Z,2026-10-02T18:00:00Z,one,r1,,yes
2026-10-03T00:00:00Z,2026-10-03T12:00:00Z,two,,site 3,
"""
WORLDS = int(os.environ.get("STREAMED_WORLDS", "1"))
CASES = {
    "tenants": ("tenant_id", ()),
    "resources": ("resource_id", ()),
    "customers": ("customer_id", ()),
    "stale alarms": ("customer_id", ("--stale-after", "1d", "--min-outage", "5m", "--merge-gap", "30m")),
    "rows of everybody": ("customer_id", ("--unkeyed", "everybody")),
    "rows of nobody": ("resource_id", ("--unkeyed", "nobody")),
    "bad rows": ("customer_id", ("--on-invalid", "quarantine")),
    "bad rows of tenants": ("tenant_id", ("--on-invalid", "quarantine", "--unkeyed", "everybody")),
    "windows": ("customer_id", ("--exclusions", "windows.csv")),
    "chosen rows": ("resource_id", ("--where", "status=active", "--where", "status=")),
    "one tenant": ("resource_id", ("--tenant", "t1")),
    "one tenant of all": ("tenant_id", ("--tenant", "t1")),
    "inventory": ("resource_id", ("--inventory", "inventory.csv")),
    "contract": ("tenant_id", ("--contract", "sla.toml")),
    "contract and rows of everybody": ("tenant_id", ("--contract", "sla.toml", "--unkeyed", "everybody")),
}
INVENTORY = "key,target,title\nr1,99.5,One\nnever,99,Never\nr3,,Three\nalso never,,\n"
CONTRACT = """
[defaults.policy]
target = "99"
[tenants.t1]
zone = "Europe/Berlin"
policy = { target = "95", min_outage = "20m" }
[tenants.absent]
zone = "Europe/Berlin"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all that cases name; runs divide their rows into small pieces and parts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sla_compliance.streaming.runs.PART_ROWS", 4)
    monkeypatch.setattr("sla_compliance.streaming.runs.FILE_PIECE_ROWS", 5)
    for name, text in (("windows.csv", WINDOWS), ("inventory.csv", INVENTORY), ("sla.toml", CONTRACT)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("case", CASES)
def test_days_are_those_of_a_report(folder: Path, case: str) -> None:
    """Whatever rows of several keys have to do with each other."""
    each, options = CASES[case]
    for seed in range(WORLDS):
        rows = rows_of_world(f"{case} {seed}", 24, tenants=_tenants(each, options), has_bad_rows=_sets_aside(options))
        write_rows(folder / "alarms.parquet", rows)
        arguments = ["alarms.parquet", *RANGE, "--each", each, *options]
        result = CliRunner().invoke(commands, ["report", *arguments, "--output", "days.parquet", "--processes", "1"])
        assert result.exit_code == 0, result.output
        assert days_of_file(folder / "days.parquet", each) == days_by_report(arguments), seed
        assert not (folder / "days.parquet.parts").exists()


def _tenants(each: str, options: tuple[str, ...]) -> list[str | None]:
    """Return the tenants of a world: several where rows of several are taken, or one is chosen."""
    return ["t1", "t2", "t3", None] if each == "tenant_id" or "--tenant" in options else ["t1"]


def _sets_aside(options: tuple[str, ...]) -> bool:
    return "quarantine" in options
