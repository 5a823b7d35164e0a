"""How much of a real export stays confirmed where some of its rows are bad."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from click.testing import CliRunner

import sla_compliance as sla
from sla_compliance.certainty import DoubtCause
from sla_compliance.cli.commands import commands
from sla_compliance.cli.demo import Files, write_files
from sla_compliance.samples import sample_provider
from sla_compliance.sources.files import FileAlarmSource
from sla_compliance.sources.maintenance_files import read_maintenance

ROWS = 10_000
DEVICES = 300
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
SEVERITIES = ("critical", "major", "minor", "warning", "info")
HEADER = "id,severity,status,resource_id,first_occurrence,last_occurrence,cleared_at"


def good_row(number: int, rng: Random) -> list[str]:
    """An alarm of some minutes, as most are."""
    start = FIRST + timedelta(seconds=rng.randrange(int((YEAR - timedelta(hours=12)).total_seconds())))
    end = start + timedelta(seconds=round(min(rng.lognormvariate(5.0, 1.3), 30_000)))
    device = f"dev-{rng.randrange(DEVICES):03}"
    times = [moment.isoformat() for moment in (start, end, end)]
    return [str(number), rng.choice(SEVERITIES), "cleared", device, *times]


def bad_row(number: int, rng: Random) -> list[str]:
    """One of the ways in which rows of real tables are bad."""
    row = good_row(number, rng)
    start = datetime.fromisoformat(row[4])
    faults = {
        "of an unknown severity": {1: "fatal"},
        "reversed": {6: (start - timedelta(hours=3)).isoformat()},
        "of an end that cannot be read": {6: "31/02/2025"},
        "over without a time": {1: "major", 2: "resolved", 5: "", 6: ""},
        "overwritten": {1: "cleared"},
    }
    for column, value in faults[rng.choice(sorted(faults))].items():
        row[column] = value
    return row


def export() -> Iterator[str]:
    """A year of 300 devices; every hundredth row is bad."""
    rng = Random(20250101)  # noqa: S311 - no secret
    yield HEADER
    for number in range(ROWS):
        row = bad_row(number, rng) if number % 100 == 0 else good_row(number, rng)
        yield ",".join(row)


def test_months_stay_confirmed_where_one_row_of_a_hundred_is_bad(tmp_path: Path) -> None:
    """At least 95 of 100 months of the devices: a bad row leaves in doubt what it may concern, and nothing else."""
    path = tmp_path / "alarms.csv"
    path.write_text("\n".join(export()) + "\n", encoding="utf-8")
    dates = ("--from", "2025-01-01", "--to", "2025-12-31", "--as-of", "2026-01-01T00:00:00Z", "--zone", "UTC")
    options = ("--each", "resource_id", "--by", "month", "--on-invalid", "quarantine", "--format", "json", "--detail")
    result = CliRunner().invoke(commands, ["report", str(path), *dates, *options])
    assert result.exit_code == 1, result.stderr
    reports = json.loads(result.stdout)
    months = [month for report in reports for month in report["records"]]
    assert len(months) == 12 * DEVICES
    unconfirmed = sum(not month["is_confirmed"] for month in months)
    assert 0 < unconfirmed <= 0.05 * len(months)
    assert "bad rows set aside" in result.stderr


def test_rows_that_say_they_are_over_leave_at_most_one_day_of_the_demo_unconfirmed(tmp_path: Path) -> None:
    """Of its ninety days, read from the export as the report command reads it."""
    files = Files(tmp_path)
    provider = sample_provider(datetime(2026, 11, 23, 15, 40, tzinfo=UTC))
    write_files(provider, files)
    batch = FileAlarmSource(files.alarms, on_invalid="quarantine").read()
    terms = provider.terms
    terms["maintenance"] = read_maintenance(files.maintenance)
    report = sla.evaluate(batch, **terms)
    assert len(report.days) == 90
    doubtful = [bounds for bounds in map(report.bounds, report.days) if not bounds.is_confirmed]
    undated = [bounds for bounds in doubtful if DoubtCause.UNDATED in {doubt.cause for doubt in bounds.because}]
    assert len(undated) <= 1
